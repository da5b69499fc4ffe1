//! Statements of policies.

use crate::genes::Genes;
use crate::readings::{Tally, ask};
use crate::requests::generate;
use crate::{draft, solve};
use reachability::answer::{Answer, Ask, Did, Verdict, Wording, answer, source};
use reachability::aws::Compiled;
use reachability::model::{Draft, Effect, Id, Network, Origin};
use std::collections::BTreeSet;

/// Requests of each network.
const REQUESTS: usize = 40;

/// Requests in all, asked again of every changed network.
const ALL: usize = 2_000;

/// Statements changed in each network, one at a time.
const CHANGED: usize = 3;

const REACHED: &[(&str, usize)] = &[
    ("turned: a deny", 25),
    ("turned: an allow", 100),
    ("not cited: a deny", 1_500),
    ("not cited: an allow", 2_000),
];

#[test]
fn what_decides_a_request_decides_it() {
    ask(ALL, about).judge(ALL, REACHED);
}

/// What is said of a request, and the statements that applied or may.
type Told = (Verdict, Option<String>, BTreeSet<String>);

fn about(seed: u64, tally: &mut Tally) {
    let mut genes = Genes::seeded(seed + 500_000);
    let case = generate(&mut Genes::seeded(seed), REQUESTS);
    let Some((mut before, _)) = draft(&case.scenario).map(|d| (d, ())) else {
        tally.void += 1;
        return;
    };
    name_statements(&mut before);
    let Some((network, compiled)) = solve(before.clone()) else {
        tally.void += 1;
        return;
    };
    let asked = |network: &Network, compiled: &Compiled, to: &(&str, &str)| -> Told {
        let from = source(network, to.0).unwrap();
        let answer = answer(network, compiled, &Ask::new(from, to.1)).unwrap();
        told(network, compiled, &answer)
    };
    let questions = Vec::from_iter(case.requests.iter().map(|r| (r.from, r.to.as_str())));
    let all = Vec::from_iter(questions.iter().map(|q| asked(&network, &compiled, q)));
    tally.asked += all.len();
    let places = before.policies.iter();
    let places = places.flat_map(|(id, p)| (0..p.statements.len()).map(move |s| (id, s)));
    let places = Vec::from_iter(places);
    for _ in 0..CHANGED.min(places.len()) {
        let (id, at) = genes.pick(&places);
        let statement = &before.policies[id].statements[at];
        let label = statement.label.clone();
        let kind = match statement.effect {
            Effect::Deny => "a deny",
            Effect::Allow => "an allow",
        };
        let mut without = before.clone();
        without.policies.get_mut(id).unwrap().statements.remove(at);
        let mut turned = before.clone();
        let own = &mut turned.policies.get_mut(id).unwrap().statements[at];
        own.effect = match own.effect {
            Effect::Deny => Effect::Allow,
            Effect::Allow => Effect::Deny,
        };
        let (Some(without), Some(turned)) = (solve(without), solve(turned)) else {
            tally.void += 1;
            continue;
        };
        for (question, told) in questions.iter().zip(&all) {
            if !told.2.contains(&label) {
                tally.saw(format!("not cited: {kind}"));
                let now = asked(&without.0, &without.1, question);
                if (now.0, &now.1) != (told.0, &told.1) {
                    tally.differs(format!("{kind} is not cited, and matters"), || {
                        format!("seed {seed}: {question:?} without {label}: {told:?}, {now:?}")
                    });
                }
                continue;
            }
            // A deny that decides; an allow of what is delivered, if it applies.
            let by = told.1.as_deref().is_some_and(|by| by.ends_with(&label));
            let delivered = matches!(told.0, Verdict::Private | Verdict::Internet);
            if by || delivered {
                tally.saw(format!("turned: {kind}"));
                let now = asked(&turned.0, &turned.1, question);
                if (now.0, &now.1) == (told.0, &told.1) {
                    tally.differs(format!("{kind} is cited, and does not matter"), || {
                        format!("seed {seed}: {question:?} with {label} turned round: {told:?}")
                    });
                }
            }
        }
    }
}

/// Gives every statement a name of its own, and a place.
fn name_statements(draft: &mut Draft) {
    let mut number = 0;
    for id in (0..draft.policies.len()).map(Id::new) {
        for statement in &mut draft.policies.get_mut(id).unwrap().statements {
            number += 1;
            statement.label = format!("S{number}");
            statement.origin = Origin::Text {
                file: 0,
                start: number,
                end: number,
            };
        }
    }
}

fn told(network: &Network, compiled: &Compiled, answer: &Answer) -> Told {
    let words = Wording::new(network, compiled);
    let facts = answer.alternatives.iter().flat_map(|way| words.facts(way));
    let applied = facts.filter(|f| f.did != Did::Skipped);
    let applied = applied.filter_map(|f| match f.origin {
        Origin::Text { start, end, .. } if start == end => Some(format!("S{start}")),
        _ => None,
    });
    let stop = answer.obstacles.first();
    let by = stop.map(|o| format!("{} {}", o.code, o.by));
    (answer.verdict, by, applied.collect())
}
