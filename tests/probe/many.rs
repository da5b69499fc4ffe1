//! Many targets: how many at a time, how fast, and what is left when somebody stops the run.

use crate::dns::{Says, Zone};
use crate::netns::alone;
use crate::plan::{look, plan, server};
use crate::world::World;
use reachability::probe::socket::{Event, run_until};
use reachability::probe::{Connect, Seen};
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
