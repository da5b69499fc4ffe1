//! The lines of the table, in its order.

mod classes;
mod load;
mod pairs;
mod private_link;
mod proofs;
mod services;
mod session;
mod snapshot;
mod trace;

use super::row::Row;

pub static ALL: &[Row] = &[
    trace::WITHIN,
    trace::BETWEEN,
    private_link::ROW,
    pairs::ROW,
    classes::ROW,
    services::ROW,
    proofs::PORTS,
    proofs::SEGMENTS,
    session::ROW,
    load::ROW,
    snapshot::ROW,
];
