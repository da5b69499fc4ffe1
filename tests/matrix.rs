//! What a matrix says of a class is what every member of it is answered.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

mod networks;

use networks::{Genes, ease, generate, twins};
use reachability::analysis::cost::Prices;
use reachability::analysis::matrix::matrix;
use reachability::analysis::senders::own;
use reachability::analysis::services::services;
use reachability::aws::compile;
use reachability::model::build;
use std::collections::BTreeSet;

const NETWORKS: u64 = 40;

#[test]
fn every_member_of_a_class_is_answered_alike() {
    let (mut members, mut classes, mut words) = (0, 0, BTreeSet::new());
    for seed in 0..NETWORKS {
        let genes = &mut Genes::seeded(seed);
        let mut case = generate(genes, 0);
        if seed % 2 == 1 {
            ease(&mut case.draft);
        }
        twins(&mut case.draft, genes);
        let Some(network) = build(case.draft).network else {
            continue;
        };
        let (compiled, prices) = (compile(&network), Prices::default());
        let ask = |sources: &[_]| {
            let columns = services(&network);
            matrix(&network, &compiled, &prices, sources, columns, |_| ())
        };
        let whole = ask(&own(&network));
        for class in whole.classes.iter().filter(|c| c.members.len() > 1) {
            classes += 1;
            for member in &class.members {
                let alone = ask(&[*member]);
                let cells = &alone.classes.first().unwrap().cells;
                assert_eq!(
                    cells,
                    &class.cells,
                    "seed {seed}: {}",
                    member.name(&network)
                );
                members += 1;
                let verdicts = cells.iter().flatten().map(|c| c.verdict);
                words.extend(verdicts.map(|v| v.name()));
            }
        }
    }
    assert!(
        classes > 20 && members > 2 * classes,
        "{members} in {classes}"
    );
    assert!(words.len() >= 3, "{words:?}");
}
