//! Many targets: how many at a time, how fast, and what is left when somebody stops the run.

use crate::dns::{Says, Zone};
use crate::netns::alone;
use crate::plan::{look, plan, server};
use crate::world::World;
use reachability::probe::socket::{Event, run_until};
use reachability::probe::{Connect, Seen};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn a_thousand_targets_sixty_four_at_a_time() {
    alone("many::a_thousand_targets_sixty_four_at_a_time", || {
        let world = World::new();
        world.range("10.1.0.0/16");
        let hold = Duration::from_millis(50);
        let count = world.closes_after("0.0.0.0:80", hold);
        let words: Vec<String> = (0..1000)
            .map(|n| format!("tcp://10.1.{}.{}:80", n / 250, n % 250 + 1))
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut plan = plan(&world, &words, Vec::new());
        plan.options.rate = 1_000_000;
        plan.options.seen = true;
        let begun = Instant::now();
        let (seen, _) = look(&plan);
        let took = begun.elapsed();
        assert_eq!(seen.len(), 1000);
        for (seen, words) in seen.iter().zip(&words) {
            assert_eq!(seen.target, *words);
            assert_eq!(seen.attempts[0].connect, Connect::Open, "{seen:?}");
            assert_eq!(seen.attempts[0].seen, Some(Seen::Silent));
        }
        assert_eq!(count.all(), 1000, "one connection each");
        assert!(count.most() <= 64, "{} connections at a time", count.most());
        let least = hold * 1000u32.div_ceil(64);
        println!(
            "1000 targets of {hold:?}, 64 at a time: {took:?}, where {least:?} is the least; {} connections at most",
            count.most()
        );
        assert!(took >= least && took < least * 4, "{took:?}");
        let (files, kilobytes) = greatest_of_program(&words);
        println!("the program: {files} files and sockets open at most, {kilobytes} kB of memory");
        assert!((32..64 + 24).contains(&files), "{files} files");
        assert!(kilobytes < 128 * 1024, "{kilobytes} kB");
        assert!(count.most() <= 64);
        assert_eq!(count.all(), 2000);
    });
}

/// How many files and sockets the program has open at most, and how much memory.
fn greatest_of_program(words: &[&str]) -> (usize, u64) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_reachability"));
    program
        .args(["probe", "--seen", "--rate", "10000"])
        .args(words);
    let mut child = program.stdout(Stdio::null()).spawn().unwrap();
    let (mut files, mut kilobytes) = (0, 0);
    while child.try_wait().unwrap().is_none() {
        let open = std::fs::read_dir(format!("/proc/{}/fd", child.id()));
        files = files.max(open.map_or(0, Iterator::count));
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        let status = status.unwrap_or_default();
        let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|p| p.trim().strip_suffix(" kB")?.parse().ok());
        kilobytes = kilobytes.max(peak.unwrap_or_default());
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(child.wait().unwrap().code(), Some(0));
    (files, kilobytes)
}

#[test]
fn a_machine_that_opens_no_more_sockets_says_so() {
    alone("many::a_machine_that_opens_no_more_sockets_says_so", || {
        let world = World::new();
        world.range("10.1.0.0/16");
        world.closes_after("0.0.0.0:80", Duration::from_millis(300));
        let mut program = Command::new("sh");
        program.args(["-c", "ulimit -n 30 && exec \"$0\" \"$@\""]);
        program.arg(env!("CARGO_BIN_EXE_reachability"));
        program.args(["probe", "--format", "json", "--seen", "--rate", "10000"]);
        let done = program.args((1..=64).map(|n| format!("tcp://10.1.0.{n}:80")));
        let done = done.output().unwrap();
        assert_eq!(done.status.code(), Some(1), "{done:?}");
        let read: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let all = read["probes"].as_array().unwrap().iter();
        let words: Vec<&str> = all
            .map(|p| p["judgement"]["word"].as_str().unwrap())
            .collect();
        assert!(
            words.contains(&"reachable") && words.contains(&"not-reachable"),
            "{words:?}"
        );
        let text = read.to_string();
        assert!(
            text.contains("lets the program open no more sockets"),
            "{text}"
        );
    });
}

#[test]
fn ctrl_c_leaves_what_is_known() {
    alone("many::ctrl_c_leaves_what_is_known", || {
        let world = World::new();
        world.address("10.0.1.1");
        world.vanishes("10.0.1.2");
        let zone = Zone::default()
            .addresses("a.example", &["10.0.1.1", "10.0.1.2"])
            .with("b.example", Says::Nothing);
        let dns = world.dns("10.0.0.2:53", zone);
        let mut program = Command::new(env!("CARGO_BIN_EXE_reachability"));
        program.args([
            "probe",
            "--format",
            "json",
            "--timeout",
            "60s",
            "--parallel",
            "2",
        ]);
        program.args([
            "--resolver",
            "10.0.0.2",
            "10.0.1.1:9",
            "a.example:9",
            "b.example:9",
        ]);
        program.arg("10.0.1.1:10");
        let child = program
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let child = child.unwrap();
        let begun = Instant::now();
        while dns.asked().len() < 4 && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(300));
        let pressed = Instant::now();
        let kill = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        let done = child.wait_with_output().unwrap();
        assert!(
            pressed.elapsed() < Duration::from_secs(5),
            "{:?}",
            pressed.elapsed()
        );
        assert_eq!(done.status.code(), Some(1), "one was refused: {done:?}");
        let read: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let of = |n: usize, path: &str| read["probes"][n].pointer(path).cloned();
        let words: Vec<_> = (0..4).map(|n| of(n, "/judgement/word").unwrap()).collect();
        assert_eq!(words[0], "not-reachable");
        assert_eq!(words[2..], ["not-tried", "not-tried"]);
        let interrupted: Vec<_> = (0..4).map(|n| of(n, "/observation/interrupted")).collect();
        let yes = Some(true.into());
        assert_eq!(interrupted, [None, yes.clone(), yes.clone(), yes]);
        assert_eq!(of(1, "/observation/lookups/1/kind"), Some("AAAA".into()));
        assert_eq!(
            of(1, "/observation/attempts/0/connect"),
            Some("refused".into())
        );
        assert_eq!(
            of(1, "/observation/attempts/1/connect"),
            Some("not-tried".into())
        );
    });
}

#[test]
fn no_more_is_begun_in_a_second_than_told() {
    alone("many::no_more_is_begun_in_a_second_than_told", || {
        let world = World::new();
        let names: Vec<String> = (0..25).map(|n| format!("n{n}.example")).collect();
        let zone = names
            .iter()
            .fold(Zone::default(), |zone, name| zone.with(name, Says::Nothing));
        let dns = world.dns("10.0.0.2:53", zone);
        let words: Vec<String> = names.iter().map(|n| format!("tcp://{n}:9")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut plan = plan(&world, &words, vec![server("10.0.0.2:53")]);
        plan.options.rate = 40;
        plan.options.tries = 2;
        look(&plan);
        let asked = dns.asked();
        // A and AAAA of each, twice, and no more.
        assert_eq!(asked.len(), 100);
        for pair in asked.windows(41) {
            // The server's clock ticks when it comes to it.
            let apart = pair[40].when - pair[0].when;
            assert!(apart > Duration::from_millis(950), "41 within {apart:?}");
        }
    });
}

#[test]
fn who_stops_a_run_keeps_what_is_known() {
    alone("many::who_stops_a_run_keeps_what_is_known", || {
        let world = World::new();
        world.address("10.0.1.1");
        world.vanishes("10.0.1.2");
        let answer = ["10.0.1.1", "10.0.1.2", "10.0.1.3"];
        let zone = Zone::default()
            .addresses("a.example", &answer)
            .with("b.example", Says::Nothing);
        world.dns("10.0.0.2:53", zone);
        let words = ["10.0.1.1:9", "a.example:9", "b.example:9", "10.0.1.1:10"];
        let mut plan = plan(&world, &words, vec![server("10.0.0.2:53")]);
        plan.options.timeout = Duration::from_secs(60);
        plan.options.parallel = 2;
        let mut done = Vec::new();
        let begun = Instant::now();
        let stop = async { tokio::time::sleep(Duration::from_millis(700)).await };
        let seen = run_until(
            &plan,
            &mut |event| {
                if let Event::Done(number, _) = event {
                    done.push(number);
                }
            },
            stop,
        );
        let seen = seen.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(5));
        let interrupted: Vec<bool> = seen.iter().map(|s| s.interrupted).collect();
        assert_eq!(interrupted, [false, true, true, true]);
        done.sort_unstable();
        assert_eq!(done, [0, 1, 2], "what was not begun is not said to be done");
        assert_eq!(seen[1].lookups.len(), 2);
        let connects: Vec<&Connect> = seen[1].attempts.iter().map(|a| &a.connect).collect();
        assert_eq!(
            connects,
            [&Connect::Refused, &Connect::NotTried, &Connect::NotTried]
        );
        assert!(seen[2].lookups.is_empty() && seen[2].attempts.is_empty());
        assert!(seen[3].attempts.is_empty() && seen[3].target == "10.0.1.1:10");
    });
}
