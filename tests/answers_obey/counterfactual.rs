//! What an answer says decided, decided; what it does not cite, did not.

use crate::asked::{Solved, To, solve, worlds};
use crate::cases;
use crate::counter::{Edit, changed, edit};
use crate::rows::Row;
use crate::seen::{cited, consults, seen, stop};
use reachability::answer::{Answer, Verdict};
use reachability::code::Code;
use std::collections::BTreeMap;

/// Rows taken out of each network, one at a time.
const TAKEN_OUT: usize = 12;

#[test]
fn another_deciding_row_decides_otherwise() {
    let (mut flows, mut refused, mut none, mut void, mut six) = (0, 0, 0, 0, 0);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for world in worlds(cases(6_000)) {
        let mut tried: BTreeMap<Edit, Option<Solved>> = BTreeMap::new();
        for words in &world.asks {
            flows += 1;
            let before = world.solved.answer(words);
            if let Verdict::Private | Verdict::Internet | Verdict::Unknown = before.verdict {
                continue;
            }
            refused += 1;
            let decided = stop(&before.obstacles[0]);
            let Some(edit) = edit(&world.draft, &world.rows, &before) else {
                none += 1;
                *left.entry(decided.code).or_default() += 1;
                continue;
            };
            let other = tried
                .entry(edit.clone())
                .or_insert_with(|| solve(changed(&world.draft, &edit)));
            let Some(other) = other else {
                void += 1;
                continue;
            };
            let after = other.answer(words);
            let decides = after.obstacles.first().map(stop);
            assert!(
                after.verdict != before.verdict || decides.as_ref() != Some(&decided),
                "seed {}: {words:?} is {} by {decided:?}, before and after {edit:?}",
                world.seed,
                before.verdict.name(),
            );
            six += usize::from(matches!(words.to, To::Address(to) if to.is_ipv6()));
            let word = format!("{edit:?}");
            let word = word.split('(').next().unwrap().to_owned();
            *met.entry(format!("{} {word}", decided.code)).or_default() += 1;
        }
    }
    println!(
        "{flows} flows, {refused} refused: {none} by AWS's own rules, {void} edits void, {six} of IPv6"
    );
    println!("turned round: {met:#?}\nnothing to turn: {left:?}");
    let changed: usize = met.values().sum();
    assert!(
        refused * 3 >= flows && changed * 100 >= refused * 94 && six * 25 >= changed,
        "{changed} of {refused}, {six} of IPv6"
    );
}

#[test]
fn a_row_that_is_not_cited_changes_nothing() {
    let (mut flows, mut compared, mut close, mut void) = (0, 0, 0, 0);
    let (mut endless, mut unknown) = (0, 0);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for mut world in worlds(cases(6_000)) {
        let answers: Vec<_> = world.asks.iter().map(|w| world.solved.answer(w)).collect();
        let before: Vec<_> = answers.iter().map(|a| (seen(a), cited(a))).collect();
        flows += answers.len();
        let removable: Vec<(usize, Row)> = world.rows.iter().copied().enumerate().collect();
        let removable: Vec<_> = removable
            .into_iter()
            .filter(|r| r.1.is_removable())
            .collect();
        for _ in 0..TAKEN_OUT {
            // Rather of a table that some flow looks at.
            let flow = world.genes.below(answers.len());
            let near = |(number, row): &(usize, Row)| {
                let table = row.table(&world.draft);
                !before[flow].1.contains(number) && consults(&answers[flow], &table)
            };
            let near: Vec<_> = removable.iter().copied().filter(near).collect();
            let (number, row) = if near.is_empty() {
                world.genes.pick(&removable)
            } else {
                world.genes.pick(&near)
            };
            let Some(other) = solve(row.removed(&world.draft)) else {
                void += 1;
                continue;
            };
            let table = row.table(&world.draft);
            for ((words, answer), (seen_before, cited)) in
                world.asks.iter().zip(&answers).zip(&before)
            {
                // Names of balancers and endpoints are answered by the health of what is behind.
                let behind = matches!(row, Row::Listener(..) | Row::Target(..));
                let by_name = matches!(words.to, To::Component(..));
                if cited.contains(&number) || (behind && by_name) {
                    continue;
                }
                let after = other.answer(words);
                // No answer, and none that could be wrong.
                if [&after, answer].into_iter().any(|a| is_endless(a)) {
                    endless += 1;
                    continue;
                }
                // Of possible addresses on whose ways it hangs an answer shows one.
                if answer.verdict == Verdict::Unknown {
                    unknown += 1;
                    continue;
                }
                assert_eq!(
                    seen(&after),
                    *seen_before,
                    "seed {}: {words:?} without {row:?} of {table}",
                    world.seed
                );
                compared += 1;
                if consults(answer, &table) {
                    close += 1;
                    let kind = format!("{row:?}");
                    *met.entry(kind.split('(').next().unwrap().to_owned())
                        .or_default() += 1;
                }
            }
        }
    }
    println!(
        "{flows} flows, {compared} comparisons, {close} of a table that was looked at {met:?}, {void} void, {endless} endless, {unknown} unknown"
    );
    assert!(compared >= 10 * flows.min(6_000) && close * 10 >= compared);
    assert!(endless * 1000 <= compared && unknown * 100 <= compared);
}

/// Whether there are more ways than the program follows.
fn is_endless(answer: &Answer) -> bool {
    let mut all = answer
        .alternatives
        .iter()
        .filter_map(|a| a.obstacle.as_ref());
    all.any(|o| o.code == Code::TOO_MANY_WAYS)
}
