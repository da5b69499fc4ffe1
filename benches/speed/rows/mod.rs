//! The lines of the table, in its order.

mod classes;
mod load;
mod pairs;
mod private_link;
mod proofs;
mod services;
mod snapshot;
mod trace;

use super::row::Row;

/// Lines that nothing measures, and why.
pub static ABSENT: &[(&str, &str)] = &[("one group-rule edit, all exact again", "not measured")];

pub static ALL: &[Row] = &[
    trace::WITHIN,
    trace::BETWEEN,
    private_link::ROW,
    pairs::ROW,
    classes::ROW,
    services::ROW,
    proofs::PORTS,
    proofs::SEGMENTS,
    load::ROW,
    snapshot::ROW,
];
