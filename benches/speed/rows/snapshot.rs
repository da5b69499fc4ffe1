//! What was loaded and compiled once, read back.

use super::load;
use crate::listings;
use crate::machine::{resident, worked};
use crate::measured::Measured;
use crate::row::{At, Files, Given, How, Peer, Row};
use std::hint::black_box;

pub const ROW: Row = Row {
    name: "snapshot",
    what: "reload a snapshot of it",
    at: &[
        At::friendly(1_000),
        At::friendly(10_000),
        At::friendly(100_000),
        At::friendly(1_000_000).within(0.3),
        At::adversarial(1_000),
        At::adversarial(10_000),
        At::adversarial(100_000),
        At::adversarial(1_000_000),
    ],
    files: Files::Snapshot,
    own,
    peers: &[Peer {
        name: "loading and compiling the listings",
        least: Some((10.0, 1_000_000)),
        most: usize::MAX,
        how: How::Own(load::own),
    }],
};

/// Once: memory is part of it.
fn own(given: Given<'_>) -> Measured {
    let start = worked();
    let snapshot = listings::reload(given.files);
    let seconds = worked() - start;
    let count = snapshot.network.interfaces.len();
    let measured = Measured::new(seconds, format!("{count} interfaces"))
        .saying(format!("{:.0} MiB when it is done", resident()));
    black_box(snapshot);
    measured
}
