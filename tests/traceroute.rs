//! Traceroutes along a chain of network namespaces, and the packets that they send, counted by
//! somebody else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

#[path = "traceroute/chain.rs"]
mod chain;
#[path = "traceroute/counter.rs"]
mod counter;
mod netns;

use chain::Chain;
use counter::Counter;
use netns::{alone, skipped};
use reachability::probe::socket::{Options, Plan, Traceroute, run_until};
use reachability::probe::{Attempt, Connect, Hop, Replied, Target, Trace, TraceEnd};
use std::future::{Future, pending};
use std::net::{IpAddr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};

const PACKETS: u32 = 2;
const TIMEOUT: Duration = Duration::from_millis(600);

/// The destination in each family, and who answers before it.
const WAYS: [(&str, [&str; 3]); 2] = [
    ("52.95.1.80", ["10.0.0.1", "10.0.1.2", "52.95.0.2"]),
    (
        "[2600:1f00:0:2::80]",
        ["fd00:0:0:1::1", "fd00:0:0:2::2", "2600:1f00:0:1::2"],
    ),
];

fn usual() -> Options {
    Options {
        timeout: TIMEOUT,
        rate: 1000,
        traceroute: Some(Traceroute {
            hops: 8,
            packets: PACKETS,
            patience: 2,
        }),
        ..Options::default()
    }
}

fn probe(targets: &[String], options: Options, stop: impl Future<Output = ()>) -> Vec<Attempt> {
    let read = |words: &String| Target::parse(words, None, |_, _| None).unwrap();
    let plan = Plan {
        targets: targets.iter().map(read).collect(),
        resolvers: Vec::new(),
        options,
    };
    let seen = run_until(&plan, &mut |_| {}, stop).unwrap();
    seen.into_iter().flat_map(|o| o.attempts).collect()
}

/// A traceroute, of which every packet is counted.
fn trace(to: &str, options: Options) -> Trace {
    let most = options.traceroute.unwrap();
    let counter = Counter::new("c-r1");
    let mut attempts = probe(&[format!("tcp://{to}")], options, pending());
    let trace = attempts.remove(0).trace.unwrap();
    let syns = counter.syns();
    assert_eq!(syns.len() as u32, trace.sent, "{syns:?}");
    assert!(trace.sent <= u32::from(most.hops) * most.packets);
    let told: u32 = trace
        .hops
        .iter()
        .map(|h| h.silent + h.replies.len() as u32)
        .sum();
    assert_eq!(told, trace.sent, "{trace:?}");
    for hop in &trace.hops {
        let own = syns.iter().filter(|s| s.ttl == hop.ttl);
        assert_eq!(own.count() as u32, most.packets, "{hop:?}");
    }
    // A flow a packet, the same at every hop.
    let mut ports: Vec<u16> = syns.iter().map(|s| s.port).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len() as u32, most.packets);
    trace
}

/// The hops in short: who answered what, each once, and how many packets nobody answered.
fn short(hops: &[Hop]) -> Vec<(Vec<(IpAddr, Replied)>, u32)> {
    let one = |hop: &Hop| {
        let mut all: Vec<_> = hop
            .replies
            .iter()
            .map(|r| (r.from, r.what.clone()))
            .collect();
        all.dedup();
        assert!(hop.replies.iter().all(|r| r.took < 2_000_000), "{hop:?}");
        (all, hop.silent)
    };
    hops.iter().map(one).collect()
}

fn exceeded(router: &str) -> (Vec<(IpAddr, Replied)>, u32) {
    said(router, Replied::TimeExceeded)
}

fn said(who: &str, what: Replied) -> (Vec<(IpAddr, Replied)>, u32) {
    let who = who.trim_matches(['[', ']']);
    (vec![(who.parse().unwrap(), what)], 0)
}

fn silence() -> (Vec<(IpAddr, Replied)>, u32) {
    (Vec::new(), PACKETS)
}

#[test]
fn each_hop_is_shown_in_order() {
    alone("each_hop_is_shown_in_order", || {
        let chain = Chain::new();
        let _listener = chain.listens();
        for (server, routers) in WAYS {
            for (port, what) in [(443, Replied::SynAck), (444, Replied::Reset)] {
                let seen = trace(&format!("{server}:{port}"), usual());
                let mut hops = routers.map(exceeded).to_vec();
                hops.push(said(server, what));
                assert_eq!(short(&seen.hops), hops);
                assert_eq!((seen.end, seen.sent), (TraceEnd::Reached, 4 * PACKETS));
            }
        }
    });
}

#[test]
fn no_more_is_sent_than_asked_for() {
    alone("no_more_is_sent_than_asked_for", || {
        let chain = Chain::new();
        let _listener = chain.listens();
        let (server, routers) = WAYS[0];
        let to = format!("{server}:443");
        let with = |hops, packets, patience| Options {
            traceroute: Some(Traceroute {
                hops,
                packets,
                patience,
            }),
            ..usual()
        };
        let seen = trace(&to, with(2, 1, 5));
        assert_eq!(short(&seen.hops), [routers[0], routers[1]].map(exceeded));
        assert_eq!((seen.end, seen.sent), (TraceEnd::TooFar, 2));
        let seen = trace(&to, with(4, 5, 1));
        assert_eq!((seen.end, seen.sent), (TraceEnd::Reached, 20));
        // Its turn comes ten times a second: one for the connection, eight for packets.
        let slow = Options {
            rate: 10,
            ..usual()
        };
        let begun = Instant::now();
        assert_eq!(trace(&to, slow).sent, 8);
        assert!(begun.elapsed() >= Duration::from_millis(800));
        // Side by side they do not take each other's answers.
        let targets = [
            "52.95.1.80:443",
            "52.95.1.80:444",
            "52.95.0.2:9",
            "10.0.1.2:9",
        ];
        let targets: Vec<String> = targets
            .repeat(8)
            .iter()
            .map(|t| format!("tcp://{t}"))
            .collect();
        let attempts = probe(&targets, usual(), pending());
        assert_eq!(attempts.len(), 32);
        for (number, attempt) in attempts.into_iter().enumerate() {
            let (seen, last) = (attempt.trace.unwrap(), [4, 4, 3, 2][number % 4]);
            let what = [Replied::SynAck, Replied::Reset][usize::from(number % 4 > 0)].clone();
            let mut hops = routers.map(exceeded)[..last - 1].to_vec();
            hops.push(said(&attempt.address.to_string(), what));
            assert_eq!(short(&seen.hops), hops);
            assert_eq!(seen.end, TraceEnd::Reached);
        }
    });
}

#[test]
fn the_hop_that_drops_is_found() {
    alone("the_hop_that_drops_is_found", || {
        let chain = Chain::new();
        let _listener = chain.listens();
        for ((server, routers), (all, clients, key)) in WAYS.into_iter().zip([
            ("52.95.1.0/24", "10.0.0.0/24", "ipv4/ip_forward"),
            (
                "2600:1f00:0:2::/64",
                "fd00:0:0:1::/64",
                "ipv6/conf/all/forwarding",
            ),
        ]) {
            let lost_after = |hops: usize| {
                let seen = trace(&format!("{server}:443"), usual());
                let mut expected = routers.map(exceeded)[..hops].to_vec();
                expected.extend([silence(), silence()]);
                assert_eq!(short(&seen.hops), expected);
                assert_eq!(seen.end, TraceEnd::Lost);
            };
            chain.r2.ip(&format!("route add blackhole {all}"));
            lost_after(1);
            chain.r2.ip(&format!("route del blackhole {all}"));
            chain.r3.set(key, "0");
            lost_after(2);
            chain.r3.set(key, "1");
            // The answers of the destination are lost, not the packets.
            chain.server.ip(&format!("route add blackhole {clients}"));
            lost_after(3);
            chain.server.ip(&format!("route del blackhole {clients}"));
            // Routers that forward, and do not speak: more of them than patience would bear with, if
            // a connection had not shown that somebody is there.
            let family = if server.starts_with('[') { "-6" } else { "-4" };
            let rule = format!("iif lo to {clients} blackhole");
            let mute = [&chain.r2, &chain.r3];
            mute.iter()
                .for_each(|r| r.ip(&format!("{family} rule add {rule}")));
            let seen = trace(&format!("{server}:443"), usual());
            let first = exceeded(routers[0]);
            let hops = [first, silence(), silence(), said(server, Replied::SynAck)];
            assert_eq!(short(&seen.hops), hops);
            assert_eq!(seen.end, TraceEnd::Reached);
            let mut few = usual();
            few.traceroute.as_mut().unwrap().hops = 3;
            let seen = trace(&format!("{server}:443"), few);
            assert_eq!((seen.end, seen.sent), (TraceEnd::TooFar, 3 * PACKETS));
            mute.iter()
                .for_each(|r| r.ip(&format!("{family} rule del {rule}")));
        }
    });
}

#[test]
fn a_hop_that_says_no_is_found() {
    alone("a_hop_that_says_no_is_found", || {
        let chain = Chain::new();
        for (number, (server, routers)) in WAYS.into_iter().enumerate() {
            // Each at a router of its own: one that says no often says it ever more rarely.
            for (router, before, word, codes) in [
                (&chain.r2, 1, "prohibit", [13, 1]),
                (&chain.r3, 2, "unreachable", [1, 0]),
            ] {
                let host = server.trim_matches(['[', ']']);
                router.ip(&format!("route add {word} {host}"));
                let seen = trace(&format!("{server}:443"), usual());
                let mut hops = routers.map(exceeded)[..before].to_vec();
                let no = Replied::Unreachable(codes[number]);
                hops.push(said(routers[before], no));
                assert_eq!(short(&seen.hops), hops);
                assert_eq!(seen.end, TraceEnd::Unreachable);
                router.ip(&format!("route del {word} {host}"));
            }
        }
    });
}

#[test]
fn what_was_seen_is_kept_when_it_is_stopped() {
    alone("what_was_seen_is_kept_when_it_is_stopped", || {
        let chain = Chain::new();
        let _listener = chain.listens();
        let (server, routers) = WAYS[0];
        let options = Options {
            timeout: Duration::from_secs(60),
            ..usual()
        };
        let stop = async { tokio::time::sleep(Duration::from_millis(700)).await };
        chain.r2.ip("rule add iif lo to 10.0.0.0/24 blackhole");
        let attempts = probe(&[format!("tcp://{server}:443")], options, stop);
        let seen = attempts[0].trace.clone().unwrap();
        assert_eq!(short(&seen.hops), [exceeded(routers[0]), silence()]);
        assert_eq!((seen.end, seen.sent), (TraceEnd::Interrupted, 2 * PACKETS));
    });
}

#[test]
fn this_machine_is_one_hop_away() {
    alone("this_machine_is_one_hop_away", || {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let at = listener.local_addr().unwrap();
            let attempts = probe(&[format!("tcp://{at}")], usual(), pending());
            let seen = attempts[0].trace.clone().unwrap();
            let hop = said(&at.ip().to_string(), Replied::SynAck);
            assert_eq!(short(&seen.hops), [hop]);
            assert_eq!((seen.end, seen.sent), (TraceEnd::Reached, PACKETS));
        }
    });
}

#[test]
fn without_a_route_it_says_so() {
    alone("without_a_route_it_says_so", || {
        let attempts = probe(&["tcp://10.0.0.1:443".to_owned()], usual(), pending());
        let seen = attempts[0].trace.clone().unwrap();
        assert!(matches!(&seen.end, TraceEnd::Failed(why) if why.contains("no route")));
        assert_eq!((seen.hops.len(), seen.sent), (0, 0));
    });
}

/// Set once the capability is taken away.
const LACKING: &str = "REACHABILITY_TEST_LACKS_NET_RAW";

#[test]
fn without_the_capability_it_says_so_and_the_rest_is_done() {
    let name = "without_the_capability_it_says_so_and_the_rest_is_done";
    alone(name, || {
        if std::env::var(LACKING).is_err() {
            let mut lacks = Command::new("setpriv");
            let lacks = lacks.args(["--bounding-set=-net_raw", "--inh-caps=-net_raw"]);
            let lacks = lacks.arg(std::env::current_exe().unwrap());
            let done = lacks
                .args([name, "--exact", "--nocapture"])
                .env(LACKING, "1");
            let Ok(done) = done.output() else {
                return skipped(name, "`setpriv` is not here");
            };
            print!("{}", String::from_utf8_lossy(&done.stdout));
            print!("{}", String::from_utf8_lossy(&done.stderr));
            assert!(done.status.success());
            return;
        }
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let to = format!("tcp://{}", listener.local_addr().unwrap());
            let attempts = probe(&[to], usual(), pending());
            assert_eq!(attempts[0].connect, Connect::Open);
            let seen = attempts[0].trace.clone().unwrap();
            assert!(
                matches!(&seen.end, TraceEnd::NotPermitted(why)
                    if why.contains("CAP_NET_RAW") && why.contains("`sudo setcap cap_net_raw+ep ")),
                "{seen:?}"
            );
            assert_eq!((seen.hops.len(), seen.sent), (0, 0));
        }
    });
}
