//! A line of the table: what is measured, at which sizes, what it should come to, and who else is
//! asked the same.

use super::measured::Measured;
use super::worlds::estate::Estate;
use std::path::Path;

/// What a measurement is given: an estate, and the files made of it, if the row needs some.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    pub estate: &'a Estate,
    pub files: &'a Path,
}

/// A line.
pub struct Row {
    /// On the command line.
    pub name: &'static str,
    pub what: &'static str,
    pub at: &'static [At],
    pub files: Files,
    pub own: fn(Given<'_>) -> Measured,
    pub peers: &'static [Peer],
}

/// A size, and the goal at it.
pub struct At {
    pub kind: &'static str,
    pub size: usize,
    pub seconds: Option<f64>,
    /// The most memory, in MiB.
    pub memory: Option<f64>,
}

impl At {
    pub const fn friendly(size: usize) -> Self {
        Self {
            kind: "friendly",
            size,
            seconds: None,
            memory: None,
        }
    }

    pub const fn adversarial(size: usize) -> Self {
        Self {
            kind: "adversarial",
            ..Self::friendly(size)
        }
    }

    pub const fn within(self, seconds: f64) -> Self {
        Self {
            seconds: Some(seconds),
            ..self
        }
    }

    pub const fn in_mib(self, memory: f64) -> Self {
        Self {
            memory: Some(memory),
            ..self
        }
    }
}

/// What it reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// Nothing, or what it makes itself.
    None,
    /// For peers: see `facts`.
    Facts,
    /// What `aws … describe-*` prints.
    Listings,
    /// The same, and a snapshot of it.
    Snapshot,
}

/// Who is asked the same.
pub struct Peer {
    pub name: &'static str,
    /// How many times as long it should take, and at how many interfaces.
    pub least: Option<(f64, usize)>,
    /// The most interfaces that it is asked about.
    pub most: usize,
    pub how: How,
}

/// How.
pub enum How {
    /// A script beside this folder, and its words; whether it needs what `install.sh` installs.
    Python(&'static str, &'static [&'static str], bool),
    /// In Rust.
    Own(fn(Given<'_>) -> Measured),
}
