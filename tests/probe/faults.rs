//! What an address does, beside what the table shows: datagrams, echoes, families, tries, TLS
//! without a name, responders.

use crate::netns::{Place, addressed, alone, ip};
use crate::plan::{LIMIT, plan, see};
use crate::world::World;
use reachability::probe::{Attempt, Connect, Fault, Handshake, Http, LookupOutcome, Seen};
use std::process::Command;
use std::time::Duration;

fn attempt(world: &World, words: &str) -> Attempt {
    let mut seen = see(&plan(world, &[words], Vec::new()));
    assert_eq!(seen.attempts.len(), 1, "{seen:?}");
    seen.attempts.remove(0)
}

#[test]
fn datagrams_are_answered_refused_or_lost() {
    alone("faults::datagrams_are_answered_refused_or_lost", || {
        let world = World::new();
        world.echo("10.0.1.1:7", 0);
        let deaf = world.echo("10.0.1.1:8", 2);
        world.address("fd00::1");
        world.vanishes("10.0.1.2");
        world.no_way("unreachable", "10.0.1.3");
        let open = attempt(&world, "udp://10.0.1.1:7");
        assert_eq!((&open.connect, open.tries), (&Connect::Open, 1));
        assert!(open.local.is_some());
        assert_eq!(
            attempt(&world, "udp://10.0.1.1:9").connect,
            Connect::Refused
        );
        assert_eq!(
            attempt(&world, "udp://[fd00::1]:9").connect,
            Connect::Refused
        );
        assert_eq!(
            attempt(&world, "udp://10.0.1.2:9").connect,
            Connect::NoAnswer
        );
        let none = attempt(&world, "udp://10.0.1.3:9");
        assert!(matches!(none.connect, Connect::Unreachable(_)), "{none:?}");
        // Two are dropped, the third is answered; never more than told.
        let mut plan = plan(&world, &["udp://10.0.1.1:8"], Vec::new());
        plan.options.tries = 2;
        let seen = see(&plan);
        assert_eq!(seen.attempts[0].connect, Connect::NoAnswer);
        assert_eq!((seen.attempts[0].tries, deaf.all()), (2, 2));
        assert_eq!(attempt(&world, "udp://10.0.1.1:8").connect, Connect::Open);
    });
}

#[test]
fn echoes_go_as_the_system_permits() {
    alone("faults::echoes_go_as_the_system_permits", || {
        let world = World::new();
        world.address("10.0.1.1");
        world.address("fd00::1");
        world.vanishes("10.0.1.2");
        world.vanishes("fd00:2::2");
        world.no_way("unreachable", "10.0.1.3");
        // As root in this namespace, over raw sockets; then over those for everybody.
        for groups in ["of nobody", "0 0"] {
            if groups == "0 0" {
                std::fs::write("/proc/sys/net/ipv4/ping_group_range", groups).unwrap();
            }
            for address in ["10.0.1.1", "[fd00::1]"] {
                let came = attempt(&world, &format!("icmp://{address}"));
                assert_eq!(came.connect, Connect::Open, "{groups}: {came:?}");
                assert_eq!((came.port, came.tries), (None, 1));
            }
            for address in ["10.0.1.2", "[fd00:2::2]"] {
                let lost = attempt(&world, &format!("icmp://{address}"));
                assert_eq!(lost.connect, Connect::NoAnswer, "{groups}: {lost:?}");
            }
            let none = attempt(&world, "icmp://10.0.1.3");
            assert!(matches!(none.connect, Connect::Unreachable(_)), "{none:?}");
        }
    });
}

#[test]
fn without_the_capability_no_echo_is_sent_and_the_rest_is_done() {
    let test = "faults::without_the_capability_no_echo_is_sent_and_the_rest_is_done";
    alone(test, || {
        let world = World::new();
        world.says("10.0.1.1:80", b"");
        let mut program = Command::new("setpriv");
        program.args(["--bounding-set=-net_raw", "--inh-caps=-net_raw"]);
        program.arg(env!("CARGO_BIN_EXE_reachability"));
        program.args([
            "probe",
            "--format",
            "json",
            "icmp://10.0.1.1",
            "tcp://10.0.1.1:80",
        ]);
        let done = program.output().unwrap();
        assert_eq!(done.status.code(), Some(4), "{done:?}");
        let read: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let word = |n: usize| read["probes"][n]["judgement"]["word"].clone();
        assert_eq!([word(0), word(1)], ["not-permitted", "reachable"]);
        let says = read["probes"][0]["judgement"]["findings"][0]["says"].to_string();
        assert!(
            says.contains("CAP_NET_RAW") && says.contains("ping_group_range"),
            "{says}"
        );
    });
}

#[test]
fn a_machine_without_ipv6_says_so() {
    alone("faults::a_machine_without_ipv6_says_so", || {
        let world = World::new();
        world.says("10.0.1.1:80", b"");
        for way in ["address", "system"] {
            for words in ["tcp://[2600::1]:80", "udp://[2600::1]:80"] {
                assert_eq!(attempt(&world, words).connect, Connect::NoFamily, "{way}");
            }
            assert_eq!(
                attempt(&world, "icmp://2600::1").connect,
                Connect::NoFamily,
                "{way}"
            );
            assert_eq!(attempt(&world, "tcp://10.0.1.1:80").connect, Connect::Open);
            std::fs::write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1").unwrap();
        }
        // With an address of the family and no route it is the route that is missing.
        std::fs::write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "0").unwrap();
        world.address("fd00::1");
        let none = attempt(&world, "tcp://[2600::1]:80");
        assert!(matches!(none.connect, Connect::Unreachable(_)), "{none:?}");
    });
}

#[test]
fn tries_are_counted_and_answers_are_not_tried_again() {
    alone(
        "faults::tries_are_counted_and_answers_are_not_tried_again",
        || {
            let world = World::new();
            world.address("10.0.1.1");
            world.vanishes("10.0.1.2");
            let mut plan = plan(&world, &["10.0.1.1", "10.0.1.2"], Vec::new());
            plan.options.tries = 3;
            let (seen, _) = crate::plan::look(&plan);
            assert_eq!(
                (&seen[0].attempts[0].connect, seen[0].attempts[0].tries),
                (&Connect::Refused, 1)
            );
            let lost = &seen[1].attempts[0];
            assert_eq!((&lost.connect, lost.tries), (&Connect::TimedOut, 3));
            let limit = u64::try_from(LIMIT.as_micros()).unwrap();
            assert!(
                (limit..2 * limit).contains(&lost.took),
                "the last try's: {}",
                lost.took
            );
            assert!(lost.local.is_some(), "from where it was sent");
        },
    );
}

#[test]
fn certificates_of_addresses_bear_addresses() {
    alone("faults::certificates_of_addresses_bear_addresses", || {
        let world = World::new();
        let answer =
            b"HTTP/1.1 301 Moved\r\nLocation: https://b\r\nX-Amz-Id-2: x\r\nDate: now\r\n\r\n";
        world.tls(
            "10.0.1.1:443",
            world.ca.server(&["10.0.1.1", "a.b"]),
            answer,
        );
        world.tls("10.0.1.2:443", world.ca.server(&["a.b"]), answer);
        let mut plan = plan(
            &world,
            &["https://10.0.1.1", "https://10.0.1.2"],
            Vec::new(),
        );
        plan.options.head = true;
        let (seen, _) = crate::plan::look(&plan);
        let tls = |n: usize| seen[n].attempts[0].tls.as_ref().unwrap();
        assert_eq!(
            (&tls(0).handshake, tls(0).faults.len()),
            (&Handshake::Done, 0)
        );
        assert_eq!(
            (&tls(0).name, &tls(0).until),
            (&None, &Some("2100-01-01T00:00:00Z".to_owned()))
        );
        assert_eq!(tls(0).names, ["10.0.1.1", "a.b"]);
        assert_eq!(tls(0).issuer.as_deref(), Some("CN=The tests' own"));
        assert_eq!(tls(1).faults, [Fault::OtherName]);
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![header("location", "https://b"), header("x-amz-id-2", "x")];
        let status = 301;
        assert_eq!(
            seen[0].attempts[0].http,
            Some(Http::Answered { status, headers })
        );
        // Whom nobody vouches for: this machine does not know the tests' authority by itself.
        plan.options.ca.clear();
        let (seen, _) = crate::plan::look(&plan);
        let faults = &seen[0].attempts[0].tls.as_ref().unwrap().faults;
        assert!(
            matches!(faults.as_slice(), [Fault::NotTrusted(why)] if why.contains("The tests' own"))
                || *faults == [Fault::NoRoots],
            "{faults:?}"
        );
    });
}

#[test]
fn a_server_that_wants_a_certificate_of_ours_shows_its_own() {
    let test = "faults::a_server_that_wants_a_certificate_of_ours_shows_its_own";
    alone(test, || {
        let world = World::new();
        let config = crate::tls::mutual(&world.ca, &["10.0.1.1"]);
        world.tls("10.0.1.1:443", config, b"");
        let tls = attempt(&world, "tls://10.0.1.1").tls.unwrap();
        let failed = matches!(&tls.handshake, Handshake::Failed(why) if why.contains("the alert"));
        assert!(failed, "{tls:?}");
        assert_eq!(
            (tls.names.as_slice(), tls.faults.as_slice()),
            (&["10.0.1.1".to_owned()][..], &[][..])
        );
    });
}

#[test]
fn a_head_request_is_answered_or_not() {
    alone("faults::a_head_request_is_answered_or_not", || {
        let world = World::new();
        world.answers("10.0.1.1:80", b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\nbody");
        world.says("10.0.1.2:80", b"");
        world.answers("10.0.1.3:80", b"");
        world.says("10.0.1.4:80", b"220 mail\r\n");
        let words: Vec<String> = (1..=4).map(|n| format!("http://10.0.1.{n}/a")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut plan = plan(&world, &words, Vec::new());
        plan.options.head = true;
        let (seen, _) = crate::plan::look(&plan);
        let http: Vec<_> = seen
            .iter()
            .map(|s| s.attempts[0].http.clone().unwrap())
            .collect();
        let headers = vec![("server".to_owned(), "x".to_owned())];
        let status = 200;
        assert_eq!(
            http,
            [
                Http::Answered { status, headers },
                Http::TimedOut,
                Http::Closed,
                Http::Other("220 mail··".to_owned()),
            ]
        );
    });
}

#[test]
fn a_responder_says_whom_it_saw() {
    alone("faults::a_responder_says_whom_it_saw", || {
        let world = World::new();
        world.address("10.0.1.1");
        let line = b"{\"version\":1,\"source\":\"10.9.9.9:5\",\"at\":\"10.0.1.1:80\"}\n";
        world.answers("10.0.1.1:80", line);
        world.tls("10.0.1.1:443", world.ca.server(&["10.0.1.1"]), line);
        world.answers("10.0.1.1:81", b"HTTP/1.1 400 Bad Request\r\n\r\n");
        world.says("10.0.1.1:82", b"");
        world.echo("10.0.1.1:7", 0);
        let words = [
            "tcp://10.0.1.1:80",
            "tls://10.0.1.1:443",
            "http://10.0.1.1:81",
            "tcp://10.0.1.1:82",
            "udp://10.0.1.1:7",
        ];
        let mut plan = plan(&world, &words, Vec::new());
        plan.options.seen = true;
        plan.options.head = true;
        let (seen, _) = crate::plan::look(&plan);
        let said: Vec<_> = seen.iter().map(|s| s.attempts[0].seen.clone()).collect();
        let answered = Some(Seen::Answered {
            source: "10.9.9.9:5".parse().unwrap(),
            at: "10.0.1.1:80".parse().unwrap(),
            proxy: None,
        });
        let silent = Some(Seen::Silent);
        assert_eq!(
            said,
            [&answered, &answered, &silent, &silent, &silent].map(Clone::clone)
        );
        // Who knows no responder's question is asked for a head over a connection of its own.
        let http = seen[2].attempts[0].http.clone();
        assert!(
            matches!(http, Some(Http::Answered { status: 400, .. })),
            "{http:?}"
        );
    });
}

#[test]
fn a_router_without_a_route_is_heard() {
    alone("faults::a_router_without_a_route_is_heard", || heard(None));
}

#[test]
fn a_router_that_knows_no_host_is_heard() {
    let kind = Some("unreachable");
    alone("faults::a_router_that_knows_no_host_is_heard", || {
        heard(kind)
    });
}

#[test]
fn a_router_that_prohibits_is_heard() {
    let kind = Some("prohibit");
    alone("faults::a_router_that_prohibits_is_heard", || heard(kind));
}

/// No more packets of a family than Linux answers at once, which are five and one a second.
fn heard(kind: Option<&str>) {
    let world = World::new();
    let router = Place::new("router");
    ip("link add name here type veth peer name there");
    ip(&addressed("here", "10.0.0.10/24"));
    ip(&addressed("here", "fd00::10/64"));
    ip("link set here up");
    router.takes("there", &["10.0.0.1/24", "fd00::1/64"]);
    ip("route add default via 10.0.0.1");
    ip("route add default via fd00::1");
    let near = || attempt(&world, "icmp://fd00::1").connect == Connect::Open;
    assert!((0..20).any(|_| near()), "the router is there");
    for to in ["10.3.0.1", "fd00:3::1"] {
        if let Some(kind) = kind {
            router.ip(&format!("route add {kind} {to}"));
        }
        let host = match to.contains(':') {
            true => format!("[{to}]"),
            false => to.to_owned(),
        };
        for words in [
            format!("tcp://{host}:80"),
            format!("udp://{host}:80"),
            format!("icmp://{host}"),
        ] {
            let mut plan = plan(&world, &[&words], Vec::new());
            // Here an answer may come before the system has sent the SYN to its end, and is lost on
            // TCP then; the SYN's repetition after a second is answered too.
            plan.options.timeout = Duration::from_secs(4);
            let seen = see(&plan);
            let none = &seen.attempts[0].connect;
            assert!(matches!(none, Connect::Unreachable(_)), "{words}: {none:?}");
        }
        let asked = vec![crate::plan::server(&format!("{host}:53"))];
        let seen = see(&plan(&world, &["tcp://a.b:1"], asked));
        let outcome = &seen.lookups[0].outcome;
        assert!(
            matches!(outcome, LookupOutcome::Unreachable(_)),
            "{outcome:?}"
        );
    }
}
