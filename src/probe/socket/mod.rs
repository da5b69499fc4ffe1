//! The only part of `probe` that touches the world.

mod ask;
mod certificate;
mod connect;
mod connected;
mod datagram;
mod echo;
mod hosts;
mod http;
mod interrupt;
mod pace;
mod reach;
mod reason;
mod resolv_conf;
mod resolve;
mod run;
mod seen;
pub mod serve;
mod tls;
mod traceroute;
mod trust;
mod world;

pub use interrupt::pause;
pub use run::{run, run_until};

use super::{Observation, Target};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What to probe, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Each once.
    pub targets: Vec<Target>,
    /// Whom to ask for names; all of them, and every address that one of them gives is tried.
    pub resolvers: Vec<Resolver>,
    /// The rest.
    pub options: Options,
}

/// Whom to ask for names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolver {
    /// Whom the system's programs ask: the file of hosts, then the servers of `resolv.conf`.
    System {
        /// e.g. `/etc/hosts`.
        hosts: PathBuf,
        /// e.g. `/etc/resolv.conf`.
        servers: PathBuf,
    },
    /// This server.
    Server(SocketAddr),
}

/// How to probe.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for each answer.
    pub timeout: Duration,
    /// How often to try what gives no answer: 1 is once.
    pub tries: u32,
    /// How many targets at a time.
    pub parallel: usize,
    /// How many connections, datagrams and questions to begin in a second, at most.
    pub rate: u32,
    /// Shake hands with `tcp://` targets too.
    pub tls: bool,
    /// Whom to trust beside the system's roots: PEM files.
    pub ca: Vec<PathBuf>,
    /// Send a HEAD request to `http://` and `https://` targets.
    pub head: bool,
    /// Ask the far side, a responder, whom it saw.
    pub seen: bool,
    /// Look for the hops on the way.
    pub traceroute: Option<Traceroute>,
}

/// How to look for hops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traceroute {
    /// How many hops at most.
    pub hops: u8,
    /// How many packets a hop.
    pub packets: u32,
    /// How many hops without an answer end it, if the destination did not answer a connection.
    pub patience: u8,
}

impl Default for Traceroute {
    fn default() -> Self {
        Self {
            hops: 30,
            packets: 2,
            patience: 3,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(3),
            tries: 1,
            parallel: 64,
            rate: 100,
            tls: false,
            ca: Vec::new(),
            head: false,
            seen: false,
            traceroute: None,
        }
    }
}

/// Something went on.
#[derive(Debug)]
pub enum Event<'a> {
    /// A file that says whom to ask has a line that programs pass over, or the like: where, and what.
    /// Said before anything is sent.
    Remark(&'a str),
    /// A target is done: its number in the plan, and what was seen.
    Done(usize, &'a Observation),
}
