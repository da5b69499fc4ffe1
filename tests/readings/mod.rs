//! Two readings of the same pages compared: what was asked and seen, where they differ, and whether
//! the questions came to everything that they should.
//!
//! `ORACLE_ALL` and `ORACLE_FIRST_SEED` look further than a test does; `ORACLE_SHOW` prints the scenario
//! of a seed.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "shared by tests, which fail loudly and say what they did"
)]

use reachability::model::{Network, build};
use reachability::scenario::load;
use std::collections::BTreeMap;

/// Seeds are shared out between so many threads.
const THREADS: usize = 2;

/// What the questions came to.
#[derive(Default)]
pub struct Tally {
    pub asked: usize,
    /// Questions, or networks, of which nothing can be said.
    pub void: usize,
    /// How often each thing occurred.
    pub seen: BTreeMap<String, usize>,
    /// Disagreements: how often, and the first example.
    pub differ: BTreeMap<String, (usize, String)>,
}

impl Tally {
    pub fn saw(&mut self, what: impl Into<String>) {
        *self.seen.entry(what.into()).or_default() += 1;
    }

    pub fn differs(&mut self, how: String, example: impl FnOnce() -> String) {
        let one = self.differ.entry(how).or_insert_with(|| (0, example()));
        one.0 += 1;
    }

    fn add(&mut self, other: Tally) {
        self.asked += other.asked;
        self.void += other.void;
        for (what, n) in other.seen {
            *self.seen.entry(what).or_default() += n;
        }
        for (how, (n, example)) in other.differ {
            self.differ.entry(how).or_insert((0, example)).0 += n;
        }
    }

    /// Fails if many networks, of so many questions each, are void.
    pub fn is_sound(&self, questions: usize) {
        let few = self.void * questions * 50 <= self.asked;
        assert!(few, "{} networks are void", self.void);
    }

    /// Prints everything, and fails on a disagreement, on too few questions, and on what did not
    /// occur often enough.
    pub fn judge(&self, all: usize, reached: &[(&str, usize)]) {
        eprintln!("{} asked, {} void", self.asked, self.void);
        for (what, n) in &self.seen {
            eprintln!("{n:7} {what}");
        }
        for (how, (n, example)) in &self.differ {
            eprintln!("{n} × {how}\n    {example}");
        }
        let agree = self.differ.is_empty();
        assert!(agree, "the two readings disagree, see above");
        assert!(self.asked >= all, "{} questions are too few", self.asked);
        for (what, least) in reached {
            let n = self.seen.get(*what).copied().unwrap_or_default();
            assert!(
                n >= *least,
                "`{what}` occurred {n} times, {least} are wanted"
            );
        }
    }
}

/// Prints the scenario of a seed that somebody wants to see.
pub fn show(seed: u64, text: impl Fn() -> String) {
    if std::env::var("ORACLE_SHOW").is_ok_and(|one| one == seed.to_string()) {
        eprintln!("{}", text());
    }
}

/// The network of a seed's scenario, if it is sound.
pub fn network_of(seed: u64, text: &str) -> Option<Network> {
    show(seed, || text.to_owned());
    let scenario = load("reading.yaml", text, &|_| Err(String::new())).scenario?;
    let case = scenario.cases.into_iter().next().unwrap();
    build(case.draft).network
}

/// Asks about seed after seed, until `all` is asked.
pub fn ask(all: usize, about: impl Fn(u64, &mut Tally) + Sync) -> Tally {
    let setting = |name, or| std::env::var(name).map_or(or, |n| n.parse().unwrap());
    let first: usize = setting("ORACLE_FIRST_SEED", 0);
    let share = setting("ORACLE_ALL", all).div_ceil(THREADS);
    let about = &about;
    std::thread::scope(|scope| {
        let each = |thread| {
            move || {
                let mut tally = Tally::default();
                // A generator that makes nothing sound must end too.
                let seeds = (first + thread..).step_by(THREADS).take(share);
                for seed in seeds {
                    if tally.asked < share {
                        about(seed as u64, &mut tally);
                    }
                }
                tally
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|t| scope.spawn(each(t))).collect();
        let mut tally = Tally::default();
        for thread in threads {
            tally.add(thread.join().unwrap());
        }
        tally
    })
}

/// The reading in a folder of tests can be checked by eye, a file and all of it, and shares `model`
/// with the program and nothing else.
pub fn is_small(folder: &str, file: usize, all: usize) {
    let folder = [env!("CARGO_MANIFEST_DIR"), "/tests/", folder].concat();
    let mut sum = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for word in ["answer", "aws", "engine", "fabric", "scenario", "import"] {
            let used = text.contains(&format!("reachability::{word}"));
            assert!(!used, "{}: it shares more than `model`", path.display());
        }
        let lines = text.lines().count();
        assert!(lines <= file, "{}: {lines} lines", path.display());
        sum += lines;
    }
    assert!(sum <= all, "{sum} lines are more than anybody checks");
}
