//! Laws of the walker, over random fabrics: whatever travels, a wider walk contains every narrower
//! one. `REACHABILITY_CASES` sets how many fabrics each law is tried on.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "laws/asked.rs"]
mod asked;
#[path = "laws/faults.rs"]
mod faults;
#[path = "laws/genes.rs"]
mod genes;
#[path = "laws/law.rs"]
mod law;
#[path = "laws/misread.rs"]
mod misread;
#[path = "laws/network.rs"]
mod network;

use genes::{AnyGenes, Genes};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// Questions asked of each fabric.
const QUESTIONS: usize = 4;

/// Tries a property on so many lists of genes, the same ones every time.
fn for_all(cases: u32, property: impl Fn(&mut Genes<'_>) -> Result<(), String>) {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 4096,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let result = TestRunner::new_with_rng(config, rng).run(&AnyGenes, |genes| {
        property(&mut Genes::new(&genes)).map_err(TestCaseError::fail)
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, genes)) => {
            let last = genes.iter().rposition(|g| *g != 0).map_or(0, |n| n + 1);
            panic!("{reason}\ngenes: {:?}", &genes[..last]);
        }
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

fn cases(otherwise: u32) -> u32 {
    let set = std::env::var("REACHABILITY_CASES").ok();
    set.and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn a_wider_walk_contains_every_narrower_walk() {
    for_all(cases(25_000), |g| {
        let n = network::network(g);
        for _ in 0..QUESTIONS {
            let asked = asked::asked(g, &n);
            if let Some(walks) = law::three(&n.fabric, &asked) {
                law::nested(&walks).map_err(|e| format!("{asked:#?}\n{e}"))?;
            }
        }
        Ok(())
    });
}

#[test]
fn a_set_names_what_was_sent_to_end_there() {
    for_all(cases(1_500), |g| {
        let n = network::network(g);
        for _ in 0..QUESTIONS {
            let asked = asked::asked(g, &n);
            if let Some(set) = law::walked(&n.fabric, &asked, asked.set.clone()) {
                law::retraced(&n.fabric, &asked, &set).map_err(|e| format!("{asked:#?}\n{e}"))?;
            }
        }
        Ok(())
    });
}

#[test]
fn the_generator_has_power() {
    let all = std::cell::RefCell::new(Vec::new());
    for_all(1_000, |g| {
        let n = network::network(g);
        for _ in 0..QUESTIONS {
            let asked = asked::asked(g, &n);
            let met = match law::walked(&n.fabric, &asked, asked.packet) {
                Some(walk) => law::met(&n.fabric, &walk),
                None => law::Met {
                    too_large: true,
                    ..law::Met::default()
                },
            };
            all.borrow_mut().push(met);
        }
        Ok(())
    });
    let all = all.into_inner();
    let share = |what: &str, least: usize, is: fn(&law::Met) -> bool| {
        let percent = all.iter().filter(|m| is(m)).count() * 100 / all.len();
        println!("{what}: {percent} %");
        assert!(percent >= least, "{what}: {percent} % of {}", all.len());
    };
    share("not too large", 95, |m| !m.too_large);
    share("home", 1, |m| m.home);
    share("home, translated", 1, |m| m.translated);
    share("home another way", 1, |m| m.another_way);
    share("home by a link that asked for it", 1, |m| m.pulled);
    share("several alternatives", 1, |m| m.several);
    share("established", 1, |m| m.established);
    share("tried both ways", 1, |m| m.forked);
    share("home, of IPv6", 1, |m| m.v6);
    let crossed = all.iter().filter(|m| m.between_families).count();
    println!(
        "home, from one family to the other: {crossed} of {}",
        all.len()
    );
    assert!(crossed >= 10);
}

/// Within how many fabrics a fault must be seen.
const PATIENCE: u32 = 2_000;

/// The first fabric on which a law fails, counted from one.
fn seen(law: impl Fn(&network::Generated, &law::Asked) -> Result<(), String>) -> Option<u32> {
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    for case in 1..=PATIENCE {
        let genes = genes::any(&mut rng);
        let g = &mut Genes::new(&genes);
        let n = network::network(g);
        for _ in 0..QUESTIONS {
            let asked = asked::asked(g, &n);
            if law(&n, &asked).is_err() {
                return Some(case);
            }
        }
    }
    None
}

/// Prints how long each fault went unseen, and fails if one still is.
fn all_seen(found: Vec<(String, Option<u32>)>) {
    for (name, cases) in &found {
        let after = cases.map_or("not seen".to_owned(), |n| format!("seen after {n} fabrics"));
        println!("{name}: {after}");
    }
    let unseen: Vec<&String> = found
        .iter()
        .filter(|f| f.1.is_none())
        .map(|f| &f.0)
        .collect();
    assert!(
        unseen.is_empty(),
        "not seen in {PATIENCE} fabrics: {unseen:?}"
    );
}

#[test]
fn the_law_sees_faults_of_traffic() {
    use faults::{Fault, Faulty, Who};
    let after = |who: Who, fault: Fault| {
        let of = |w| if who == w { fault } else { Fault::None };
        seen(|n, asked| {
            let set = Faulty {
                inner: asked.set.clone(),
                fault: of(Who::Set),
            };
            let flow = Faulty {
                inner: asked.flow,
                fault: of(Who::Flow),
            };
            let packet = Faulty {
                inner: asked.packet,
                fault: of(Who::Packet),
            };
            match (
                law::walked(&n.fabric, asked, set),
                law::walked(&n.fabric, asked, flow),
                law::walked(&n.fabric, asked, packet),
            ) {
                (Some(set), Some(flow), Some(packet)) => law::nested(&(set, flow, packet)),
                _ => Ok(()),
            }
        })
    };
    assert_eq!(
        after(Who::Set, Fault::None),
        None,
        "the wrapper is at fault"
    );
    let found = faults::TRAFFIC
        .iter()
        .map(|(who, fault)| (format!("{who:?} {fault:?}"), after(*who, *fault)));
    all_seen(found.collect());
}

#[test]
fn the_law_sees_a_misread_fabric() {
    let found = misread::FAULTS.iter().map(|(name, misread)| {
        let cases = seen(|n, asked| {
            let (mut fabric, mut other) = (n.fabric.clone(), asked.clone());
            misread(&mut fabric, &mut other);
            match (law::three(&n.fabric, asked), law::three(&fabric, &other)) {
                (Some((_, flow, packet)), Some((misread, ..))) => {
                    law::nested(&(misread, flow, packet))
                }
                _ => Ok(()),
            }
        });
        ((*name).to_owned(), cases)
    });
    all_seen(found.collect());
}
