//! What `aws … describe-*` prints, read as a stream, and compiled.

use crate::listings;
use crate::machine::{resident, worked};
use crate::measured::Measured;
use crate::row::{At, Files, Given, How, Peer, Row};

pub const ROW: Row = Row {
    name: "load",
    what: "load and compile listings",
    at: &[
        At::friendly(1_000),
        At::friendly(10_000),
        At::friendly(100_000),
        At::friendly(1_000_000).within(6.0).in_mib(1536.0),
        At::adversarial(1_000),
        At::adversarial(10_000),
        At::adversarial(100_000),
        At::adversarial(1_000_000),
    ],
    files: Files::Listings,
    own,
    peers: &[Peer {
        name: "Python json, of the interfaces alone",
        least: Some((2.5, 1_000_000)),
        most: usize::MAX,
        how: How::Python("count.py", &[], false),
    }],
};

/// Once: memory is part of it.
pub fn own(given: Given<'_>) -> Measured {
    let start = worked();
    let count = listings::load(given.files, false);
    let seconds = worked() - start;
    Measured::new(seconds, format!("{count} interfaces"))
        .saying(format!("{:.0} MiB when it is done", resident()))
}
