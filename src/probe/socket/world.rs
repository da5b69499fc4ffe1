//! What every target of a run shares.

use super::hosts::Hosts;
use super::pace::Pace;
use super::resolv_conf::ResolvConf;
use super::trust::Trust;
use super::{Options, Plan, Resolver};
use crate::probe::{Scheme, Target};
use std::net::SocketAddr;

/// How to probe, whom to ask, and whose turn it is.
pub(super) struct World {
    pub(super) options: Options,
    pub(super) whom: Vec<Whom>,
    /// Whom to trust; none if there is no handshake to judge.
    pub(super) trust: Option<Trust>,
    pace: Pace,
}

/// Whom to ask for names, read.
pub(super) enum Whom {
    /// Whom the system's programs ask.
    System(Hosts, ResolvConf),
    /// One server.
    Server(SocketAddr),
}

impl World {
    /// Reads what this machine says of itself; what of that cannot be read is said to `remark`.
    ///
    /// # Errors
    /// Something that the options name cannot be read.
    pub(super) fn new(plan: &Plan, remark: &mut dyn FnMut(&str)) -> Result<Self, String> {
        let whom = plan.resolvers.iter().map(|resolver| match resolver {
            Resolver::Server(server) => Whom::Server(*server),
            Resolver::System { hosts, servers } => {
                let hosts = Hosts::load(hosts);
                let servers = ResolvConf::load(servers);
                for remarks in [&hosts.remarks, &servers.remarks] {
                    say(remarks, remark);
                }
                Whom::System(hosts, servers)
            }
        });
        let whom = whom.collect();
        let shakes = |target: &Target| shakes_hands(target, &plan.options);
        let trust = if plan.targets.iter().any(shakes) {
            Some(Trust::load(&plan.options.ca, remark)?)
        } else {
            None
        };
        Ok(Self {
            options: plan.options.clone(),
            whom,
            trust,
            pace: Pace::new(plan.options.rate),
        })
    }

    /// Waits until one more question, connection, datagram or packet may be begun. Everything that
    /// sends asks for this first, each try anew.
    pub(super) async fn turn(&self) {
        self.pace.turn().await;
    }
}

/// Says the first remarks on a file; a file of another kind has many.
fn say(remarks: &[String], remark: &mut dyn FnMut(&str)) {
    const SAID: usize = 8;
    for text in remarks.iter().take(SAID) {
        remark(text);
    }
    if let Some(more) = remarks.len().checked_sub(SAID).filter(|n| *n > 0) {
        remark(&format!("{more} more lines of that file are passed over"));
    }
}

/// Whether a TLS handshake follows the connection.
pub(super) fn shakes_hands(target: &Target, options: &Options) -> bool {
    target.scheme.is_tls() || (options.tls && target.scheme == Scheme::Tcp)
}
