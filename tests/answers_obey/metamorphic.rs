//! What does not matter: names, numbers, the order of the file, how a rule is cut, and strangers.

use crate::asked::{Solved, To, Told, Words, World, solve, worlds};
use crate::cases;
use crate::names::{read_back, rename, reworded};
use crate::reshape::{Renumbering, reorder, split, stranger};
use crate::seen::seen;
use reachability::answer::{Answer, Verdict};
use reachability::aws::is_token;
use std::collections::BTreeMap;

/// Flows each law is tried on.
const FLOWS: usize = 5_000;

/// How often each verdict was met.
#[derive(Default)]
struct Met {
    verdicts: BTreeMap<&'static str, usize>,
    translated: usize,
    void: usize,
    skipped: usize,
}

impl Met {
    fn note(&mut self, answer: &Told) {
        *self.verdicts.entry(answer.verdict.name()).or_default() += 1;
        let mut steps = answer.facts.iter().flatten();
        let nat = |what: &str| what == "NAT" || what == "listener";
        self.translated += usize::from(steps.any(|s| nat(s.what)));
    }

    /// Prints, and fails if the law had too little to say.
    fn enough(&self, law: &str) {
        let all: usize = self.verdicts.values().sum();
        let Self {
            verdicts,
            translated,
            void,
            skipped,
        } = self;
        println!(
            "{law}: {all} flows {verdicts:?}, {translated} translated; {skipped} skipped, {void} networks void"
        );
        for (verdict, share) in [
            ("private", 150),
            ("internet", 50),
            ("unreachable", 300),
            ("mixed", 8),
        ] {
            let met = verdicts.get(verdict).copied().unwrap_or_default();
            assert!(
                met * 1000 >= all * share,
                "{law}: {met} of {all} are {verdict}"
            );
        }
        assert!(
            translated * 100 >= all * 3 && all * 10 >= (all + skipped) * 9,
            "{law}"
        );
    }
}

/// Asks the changed network what the network was asked, in words that the change may change.
fn same(
    met: &mut Met,
    world: &World,
    other: Option<Solved>,
    words: impl Fn(&Words) -> Words,
    back: impl Fn(&str) -> String,
    skip: impl Fn(&Answer) -> bool,
) {
    let Some(other) = other else {
        met.void += 1;
        return;
    };
    for asked in &world.asks {
        let answer = world.solved.answer(asked);
        if skip(&answer) {
            met.skipped += 1;
            continue;
        }
        let before = seen(&answer).reworded(str::to_owned);
        let after = seen(&other.answer(&words(asked))).reworded(&back);
        assert_eq!(after, before, "seed {}: {asked:?}", world.seed);
        met.note(&answer);
    }
}

fn plain(words: &Words) -> Words {
    words.clone()
}

fn never(_: &Answer) -> bool {
    false
}

#[test]
fn names_do_not_matter() {
    let mut met = Met::default();
    for world in worlds(cases(FLOWS)) {
        let other = solve(rename(&world.draft));
        same(&mut met, &world, other, reworded, read_back, never);
    }
    met.enough("rename");
}

#[test]
fn the_number_of_a_vpc_does_not_matter() {
    let mut met = Met::default();
    for mut world in worlds(cases(FLOWS)) {
        let numbers = Renumbering::of(&world.draft, &mut world.genes);
        let other = solve(numbers.draft(&world.draft));
        let words = |w: &Words| numbers.words(w);
        same(&mut met, &world, other, words, str::to_owned, never);
    }
    met.enough("renumber");
}

#[test]
fn the_order_of_the_file_does_not_matter() {
    let mut met = Met::default();
    for mut world in worlds(cases(FLOWS)) {
        let other = solve(reorder(&world.draft, &mut world.genes));
        same(&mut met, &world, other, plain, str::to_owned, never);
    }
    met.enough("reorder");
}

#[test]
fn how_a_rule_is_cut_does_not_matter() {
    let (mut met, mut cuts) = (Met::default(), 0);
    // Of an address that the input does not give nobody knows in which half it is.
    let guessed = |a: &Answer| {
        let token = a.target.addresses.iter().any(|a| is_token(*a));
        token || (matches!(a.ask.to.as_str(), "sqs") && a.verdict == Verdict::Unknown)
    };
    for world in worlds(cases(FLOWS)) {
        let (draft, number) = split(&world.draft);
        cuts += number;
        same(
            &mut met,
            &world,
            solve(draft),
            plain,
            str::to_owned,
            guessed,
        );
    }
    println!("{cuts} cuts");
    met.enough("split");
}

#[test]
fn a_stranger_with_the_same_block_does_not_matter() {
    let mut met = Met::default();
    for mut world in worlds(cases(FLOWS)) {
        let other = solve(stranger(&world.draft, &mut world.genes));
        // The stranger may own what was nobody's.
        let owned = |a: &Answer| a.ask.to == "203.0.113.251";
        same(&mut met, &world, other, plain, str::to_owned, owned);
    }
    met.enough("stranger");
}

#[test]
fn reading_back_is_the_inverse_of_renaming() {
    let words = Words {
        from: "v0/h1".into(),
        to: To::Service("s3"),
        protocol: 6,
        port: 443,
        client_ports: None,
    };
    let new = reworded(&words).from;
    assert!(new != words.from && read_back(&new) == words.from, "{new}");
    assert_eq!(read_back("internet host"), "internet host");
}
