//! Every interface × twenty services.

use crate::measured::{Measured, time};
use crate::row::{At, Files, Given, How, Peer, Row};
use crate::worlds::network;
use reachability::analysis::cost::Prices;
use reachability::analysis::matrix::matrix;
use reachability::analysis::services::Service;
use reachability::answer::{Ask, Asker, From};
use reachability::aws::compile;
use reachability::model::Id;
use std::collections::BTreeMap;

const SERVICES: [&str; 20] = [
    "s3",
    "dynamodb",
    "sqs",
    "sns",
    "sts",
    "kms",
    "ssm",
    "logs",
    "monitoring",
    "events",
    "lambda",
    "ecr.api",
    "ecs",
    "secretsmanager",
    "kinesis-streams",
    "athena",
    "glue",
    "states",
    "ec2",
    "internet",
];
/// One interface of so many is asked about by itself.
const SAMPLE: usize = 97;

pub const ROW: Row = Row {
    name: "services",
    what: "matrix to 20 services",
    at: &[
        At::friendly(1_000),
        At::friendly(10_000),
        At::friendly(100_000).within(1.0),
    ],
    files: Files::None,
    own,
    peers: &[Peer {
        name: "own answers on a sample, extrapolated",
        least: None,
        most: 10_000,
        how: How::Own(one_by_one),
    }],
};

fn own(given: Given<'_>) -> Measured {
    let network = network(given.estate.draft());
    let compiled = compile(&network);
    let sources: Vec<From> = network
        .interfaces
        .iter()
        .map(|(id, _)| From::Interface(id))
        .collect();
    let prices = Prices::default();
    let (seconds, matrix) = time(|| {
        let services = SERVICES.iter().map(|s| Service::new(*s, *s)).collect();
        matrix(&network, &compiled, &prices, &sources, services, |_| {})
    });
    let mut verdicts = BTreeMap::new();
    for class in &matrix.classes {
        for member in &class.members {
            let From::Interface(id) = member else {
                continue;
            };
            if id.index().is_multiple_of(SAMPLE) {
                for cell in &class.cells {
                    *verdicts
                        .entry(cell.as_ref().unwrap().verdict.name())
                        .or_insert(0) += 1;
                }
            }
        }
    }
    Measured::new(seconds, format!("{verdicts:?}"))
        .saying(format!("{} classes", matrix.classes.len()))
}

/// One of many interfaces, each about each service.
fn one_by_one(given: Given<'_>) -> Measured {
    let network = network(given.estate.draft());
    let compiled = compile(&network);
    let count = network.interfaces.len();
    let mut asker = Asker::new(&network, &compiled);
    let mut asked = 0;
    let (seconds, verdicts) = time(|| {
        let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
        asked = 0;
        for number in (0..count).step_by(SAMPLE) {
            for service in SERVICES {
                let ask = Ask::new(From::Interface(Id::new(number)), service);
                let verdict = asker.answer(&ask).unwrap().verdict;
                *verdicts.entry(verdict.name()).or_insert(0) += 1;
            }
            asked += 1;
        }
        verdicts
    });
    Measured::new(
        seconds / asked as f64 * count as f64,
        format!("{verdicts:?}"),
    )
}
