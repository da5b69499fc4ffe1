//! A reply through stateful filters needs no rule; through stateless ones it does.

use crate::asked::{Told, solve, worlds};
use crate::cases;
use crate::rows::{Row, number};
use crate::seen::{cited, seen};
use reachability::answer::{Did, Part, Verdict};
use reachability::model::{Draft, Id};
use std::collections::BTreeSet;

const FLOWS: usize = 10_000;

/// Rows that let the request through.
fn cited_on_the_way_out(answer: &Told) -> BTreeSet<usize> {
    let steps = answer.facts.iter().flatten();
    let out = steps.filter(|s| s.part == Part::Out);
    out.filter_map(|s| number(&s.origin)).collect()
}

/// The draft without the rules of groups that did not let the request through.
fn groups_for_the_request(draft: &Draft, kept: &BTreeSet<usize>) -> Draft {
    let mut draft = draft.clone();
    for id in (0..draft.groups.len()).map(Id::new) {
        let group = draft.groups.get_mut(id).unwrap();
        for rules in [&mut group.ingress, &mut group.egress] {
            rules.retain(|r| number(&r.origin).is_some_and(|n| kept.contains(&n)));
        }
    }
    draft
}

/// The same of ACLs.
fn acls_for_the_request(draft: &Draft, kept: &BTreeSet<usize>) -> Draft {
    let mut draft = draft.clone();
    for id in (0..draft.acls.len()).map(Id::new) {
        let acl = draft.acls.get_mut(id).unwrap();
        for rules in [&mut acl.ingress, &mut acl.egress] {
            rules.retain(|r| number(&r.origin).is_some_and(|n| kept.contains(&n)));
        }
    }
    draft
}

#[test]
fn a_reply_needs_no_rule_of_a_group_and_needs_one_of_an_acl() {
    let (mut delivered, mut established, mut removed, mut refused) = (0, 0, 0, 0);
    for world in worlds(cases(FLOWS)) {
        for words in &world.asks {
            let before = world.solved.answer(words);
            if !matches!(before.verdict, Verdict::Private | Verdict::Internet) {
                continue;
            }
            delivered += 1;
            let what = format!("seed {}: {words:?}", world.seed);
            let kept = cited_on_the_way_out(&before);

            let steps = before.facts.iter().flatten();
            // An appliance on the way back alone meets the reply as something new.
            let new = |s: &reachability::answer::Fact| {
                s.part == Part::Back && s.what == "sg" && s.did != Did::Established
            };
            if steps.clone().any(new) {
                continue;
            }
            let draft = groups_for_the_request(&world.draft, &kept);
            let after = solve(draft).unwrap().answer(words);
            assert_eq!(seen(&after), seen(&before), "{what}");
            let by_memory = |s: &&reachability::answer::Fact| {
                s.part == Part::Back && s.what == "sg" && s.did == Did::Established
            };
            established += usize::from(steps.clone().filter(by_memory).count() > 0);
            let rules = world.rows.iter().enumerate();
            let rules = rules.filter(|(n, r)| matches!(r, Row::Group(..)) && !kept.contains(n));
            removed += rules.count();

            let stateless = |s: &&reachability::answer::Fact| {
                let by = number(&s.origin).map(|n| world.rows[n]);
                s.part == Part::Back && matches!(by, Some(Row::Acl(..)))
            };
            let needed: BTreeSet<usize> = steps
                .filter(stateless)
                .filter_map(|s| number(&s.origin))
                .collect();
            let draft = acls_for_the_request(&world.draft, &kept);
            let after = solve(draft).unwrap().answer(words);
            if needed.is_subset(&kept) {
                assert_eq!(seen(&after), seen(&before), "{what}");
            } else if let Some(stop) = after.obstacles.first() {
                let at = (stop.code.name(), stop.leg);
                assert_eq!(at, ("SUBNET_ACL_RESTRICTION", Part::Back), "{what}");
                refused += 1;
            } else {
                // By a later rule that let the request through too.
                let acls = |n: &usize| matches!(world.rows[*n], Row::Acl(..));
                assert!(
                    cited(&after)
                        .iter()
                        .filter(|n| acls(n))
                        .all(|n| kept.contains(n))
                );
            }
        }
    }
    println!(
        "{delivered} delivered, {established} of them established, without {removed} rules of groups; {refused} replies refused without their ACL rule"
    );
    assert!(
        established * 2 >= delivered && refused * 10 >= delivered && delivered * 6 >= cases(FLOWS)
    );
}
