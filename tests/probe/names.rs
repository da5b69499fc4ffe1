//! Whom the probe asks for a name, in which order, and what it says of what this machine lacks.

use crate::dns::{Says, Zone};
use crate::netns::alone;
use crate::plan::{look, lookups, plan, see, server, system};
use crate::world::World;
use hickory_proto::op::ResponseCode;
use reachability::probe::socket::Resolver;
use reachability::probe::{Connect, LookupOutcome, Over};

#[test]
fn the_systems_resolver_is_asked_as_programs_ask_it() {
    alone(
        "names::the_systems_resolver_is_asked_as_programs_ask_it",
        || {
            let world = World::new();
            let failing = Zone::default()
                .with("a.b", Says::Code(ResponseCode::ServFail))
                .with("s.b", Says::Nothing);
            let first = world.dns("10.0.0.2:53", failing);
            let zone = Zone::default()
                .addresses("a.b", &["10.0.1.1"])
                .addresses("s.b", &["10.0.1.2", "fd00::2"])
                .addresses("db.corp.example", &["10.0.1.3"]);
            let second = world.dns("10.0.0.3:53", zone);
            let conf =
                "search lab.example corp.example\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n";
            let resolver = || system(&world, "10.0.1.9 pinned.b other\n", conf);
            let asked = |words: &str| lookups(&see(&plan(&world, &[words], vec![resolver()])));
            // The next server after SERVFAIL, and after silence, for the question that is open.
            assert_eq!(
                asked("tcp://a.b:1"),
                [
                    "System(10.0.0.2:53) a.b A Udp Failed(\"SERVFAIL\")",
                    "System(10.0.0.2:53) a.b AAAA Udp Failed(\"SERVFAIL\")",
                    "System(10.0.0.3:53) a.b A Udp Answered 10.0.1.1",
                    "System(10.0.0.3:53) a.b AAAA Udp NoData",
                ]
            );
            assert_eq!(
                asked("tcp://s.b:1"),
                [
                    "System(10.0.0.2:53) s.b A Udp TimedOut",
                    "System(10.0.0.2:53) s.b AAAA Udp TimedOut",
                    "System(10.0.0.3:53) s.b A Udp Answered 10.0.1.2",
                    "System(10.0.0.3:53) s.b AAAA Udp Answered fd00::2",
                ]
            );
            // The search list, and NXDOMAIN of the first server is final: nobody else is asked.
            let before = second.asked().len();
            let lines = asked("tcp://db:1");
            let names: Vec<&str> = lines.iter().map(|l| l.split(' ').nth(1).unwrap()).collect();
            let each = ["db.lab.example", "db.corp.example", "db"];
            assert_eq!(names, each.map(|n| [n, n]).concat());
            assert!(lines.iter().all(|l| l.starts_with("System(10.0.0.2:53)")));
            assert_eq!(second.asked().len(), before);
            // A dot at the end: that name alone.
            assert_eq!(asked("tcp://db.:1").len(), 2);
            // The file of hosts first, and then nobody.
            let questions = first.asked().len();
            let path = world.folder.join("hosts");
            let line = format!("Hosts {{ path: {path:?}, line: 1 }}");
            assert_eq!(
                asked("tcp://pinned.b:1"),
                [format!("{line} pinned.b A File Answered 10.0.1.9")]
            );
            assert_eq!(
                asked("tcp://localhost:1"),
                [
                    "Nobody localhost A File Answered 127.0.0.1",
                    "Nobody localhost AAAA File Answered ::1"
                ]
            );
            assert_eq!(first.asked().len(), questions);
            // Silence is asked again as often as told, a refusal is not.
            let mut again = plan(&world, &["tcp://s.b:1"], vec![server("10.0.0.2:53")]);
            again.options.tries = 3;
            let seen = see(&again);
            assert_eq!(seen.lookups.len(), 6);
            assert_eq!(first.asked().len(), questions + 6);
            again.targets = plan(&world, &["tcp://a.b:1"], Vec::new()).targets;
            assert_eq!(see(&again).lookups.len(), 2);
        },
    );
}

#[test]
fn answers_are_read_as_they_come() {
    alone("names::answers_are_read_as_they_come", || {
        let world = World::new();
        let many: Vec<String> = (1..=60).map(|n| format!("10.7.0.{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let zone = Zone::of_vpc(true)
            .addresses("many.example", &many)
            .chain(
                "one.example",
                &["two.example", "three.example"],
                &["10.7.0.1"],
            )
            .chain("loop.example", &["other.example", "loop.example"], &[])
            .chain("dangling.example", &["gone.example"], &[])
            .addresses("xn--bcher-kva.example", &["10.7.0.2"])
            .addresses("under_score.example", &["10.7.0.3"]);
        let dns = world.dns("10.0.0.2:53", zone);
        for address in many {
            world.address(address);
        }
        let ask = |words: &str| see(&plan(&world, &[words], vec![server("10.0.0.2:53")]));
        // Too long for a datagram: a connection carries it, and every address is tried, once.
        let seen = ask("tcp://many.example:9");
        assert_eq!(seen.lookups[0].over, Over::Tcp);
        assert_eq!(seen.lookups[0].records.len(), 60);
        assert_eq!(seen.attempts.len(), 60);
        assert!(
            seen.attempts
                .iter()
                .all(|a| a.connect == Connect::Refused && a.tries == 1)
        );
        let long: Vec<String> = dns.questions();
        assert_eq!(
            long,
            [
                "many.example A tcp",
                "many.example A udp",
                "many.example AAAA udp"
            ]
        );
        let seen = ask("tcp://one.example:9");
        let aliases: Vec<String> = seen.lookups[0]
            .aliases
            .iter()
            .map(|a| format!("{} {} {}", a.from, a.to, a.ttl))
            .collect();
        assert_eq!(
            aliases,
            [
                "one.example two.example 300",
                "two.example three.example 300"
            ]
        );
        assert_eq!(
            ask("tcp://loop.example:9").lookups[0].outcome,
            LookupOutcome::NoData
        );
        assert_eq!(
            ask("tcp://dangling.example:9").lookups[0].outcome,
            LookupOutcome::NoData
        );
        let seen = ask("tcp://bücher.example:9");
        assert_eq!(seen.lookups[0].name, "xn--bcher-kva.example");
        assert_eq!(seen.attempts.len(), 1);
        assert_eq!(ask("tcp://under_score.example:9").attempts.len(), 1);
        // Both resolvers are asked, and the address that both know is tried once.
        let both = vec![server("10.0.0.2:53"), server("10.0.0.3:53")];
        world.dns("10.0.0.3:53", Zone::of_vpc(false));
        let seen = see(&plan(
            &world,
            &["tcp://sts.us-east-1.amazonaws.com:9"],
            both,
        ));
        let tried: Vec<String> = seen
            .attempts
            .iter()
            .map(|a| a.address.to_string())
            .collect();
        assert_eq!(tried, ["10.0.1.50", "10.0.2.50", "52.94.241.129"]);
        // Names that cannot be asked for.
        for name in [format!("{}.example", "x".repeat(64)), "a..b".to_owned()] {
            let seen = ask(&format!("tcp://{name}:9"));
            let outcome = &seen.lookups[0].outcome;
            assert!(matches!(outcome, LookupOutcome::BadName(_)), "{outcome:?}");
        }
    });
}

#[test]
fn what_name_servers_do_wrong_is_told_apart() {
    alone("names::what_name_servers_do_wrong_is_told_apart", || {
        let world = World::new();
        world.address("10.0.0.4");
        world.no_way("unreachable", "10.0.0.5");
        world.vanishes("10.0.0.6");
        world.echo("10.0.0.7:53", 0);
        world.answers_datagrams("10.0.0.8:53", b"no DNS at all");
        for (at, says) in [
            ("10.0.0.4:53", "Unreachable(\"the port is closed there\")"),
            ("10.0.0.5:53", "Unreachable(\"no way to the host"),
            ("10.0.0.6:53", "TimedOut"),
            ("10.0.0.7:53", "Broken(\"what came is a question\")"),
            ("10.0.0.8:53", "Broken(\"what came is no message of the DNS"),
        ] {
            let seen = see(&plan(&world, &["tcp://a.b:1"], vec![server(at)]));
            for lookup in &seen.lookups {
                let outcome = format!("{:?}", lookup.outcome);
                assert!(outcome.starts_with(says), "{at}: {outcome}");
            }
            assert_eq!(seen.lookups.len(), 2, "{at}");
        }
    });
}

#[test]
fn a_broken_resolv_conf_is_said_and_the_rest_is_done() {
    alone(
        "names::a_broken_resolv_conf_is_said_and_the_rest_is_done",
        || {
            let world = World::new();
            world.says("10.0.1.1:80", b"");
            let targets = ["tcp://a.b:80", "tcp://10.0.1.1:80", "tcp://localhost:80"];
            let broken = "nameserver 10.0.0.2x\nnameserve 10.0.0.2\n";
            for (files, why, remarks) in [
                (Some(("x y\n", broken)), "names no name server", 3),
                (Some(("", "")), "names no name server", 0),
                (None, "cannot be read", 1),
            ] {
                let resolver = match files {
                    Some((hosts, servers)) => system(&world, hosts, servers),
                    None => Resolver::System {
                        hosts: world.folder.join("no-hosts"),
                        servers: world.folder.join("no-servers"),
                    },
                };
                let (seen, said) = look(&plan(&world, &targets, vec![resolver]));
                assert_eq!(said.len(), remarks, "{said:?}");
                let lines = lookups(&seen[0]);
                assert!(
                    lines[0].starts_with("Nobody a.b A File Broken"),
                    "{lines:?}"
                );
                assert!(lines[0].contains(why), "{lines:?}");
                let closed =
                    "System(127.0.0.1:53) a.b A Udp Unreachable(\"the port is closed there\")";
                assert_eq!(lines[1], closed);
                assert!(seen[0].attempts.is_empty());
                assert_eq!(seen[1].attempts[0].connect, Connect::Open);
                assert_eq!(seen[2].attempts.len(), 2);
            }
            // A file of another kind.
            let (_, said) = look(&plan(
                &world,
                &[],
                vec![system(&world, "", &"x\n".repeat(50))],
            ));
            assert_eq!(said.len(), 9, "{said:?}");
            assert!(said[8].starts_with("42 more"), "{said:?}");
            // Programs ask 127.0.0.1 then; somebody may answer there.
            world.dns(
                "127.0.0.1:53",
                Zone::default().addresses("a.b", &["10.0.1.1"]),
            );
            let seen = see(&plan(
                &world,
                &["tcp://a.b:80"],
                vec![system(&world, "", "")],
            ));
            assert_eq!(seen.attempts[0].connect, Connect::Open);
        },
    );
}
