//! Names resolved: every query that travels to a name server is a flow, asked and answered like any
//! other.

use super::fold::answer;
use super::question::{Ask, From};
use super::verdict::{Answer, Verdict};
use crate::aws::{Carried, Carrier, Compiled, Host, Resolution, Sender, is_token};
use crate::fabric::NodeId;
use crate::model::Network;
use std::cell::RefCell;
use std::net::IpAddr;

/// A name resolved, and the queries that travelled for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// What came of it.
    pub resolution: Resolution,
    /// The queries, in the order they were sent.
    pub queries: Vec<Answer>,
}

/// Asks for a name.
#[must_use]
pub fn look_up(network: &Network, compiled: &Compiled, from: From, name: &str) -> Lookup {
    let post = Post {
        network,
        compiled,
        from,
        sent: RefCell::default(),
    };
    let mut resolution = compiled.resolve(network, from.viewer(network), name, &post);
    super::families::usable(network, from, &mut resolution);
    let sent = post.sent.into_inner().into_iter();
    Lookup {
        resolution,
        queries: sent.map(|(_, answer)| answer).collect(),
    }
}

/// Whose query goes where, and what became of it.
type Sent = ((Sender, IpAddr), Answer);

/// Walks queries, each once.
struct Post<'a> {
    network: &'a Network,
    compiled: &'a Compiled,
    from: From,
    sent: RefCell<Vec<Sent>>,
}

impl Carrier for Post<'_> {
    fn carry(&self, from: Sender, to: IpAddr) -> Carried {
        let known = self
            .sent
            .borrow()
            .iter()
            .position(|(s, _)| *s == (from, to));
        if let Some(query) = known {
            let sent = self.sent.borrow();
            let answer = sent.get(query).map(|(_, answer)| answer);
            return answer.map_or_else(Carried::default, |a| carried(query, a));
        }
        let server = if is_token(to.into()) {
            "internet".to_owned()
        } else {
            match to {
                IpAddr::V4(to) => to.to_string(),
                IpAddr::V6(to) => format!("[{to}]"),
            }
        };
        let ask = Ask {
            from: match from {
                Sender::Asker => self.from,
                Sender::Interface(id) => From::Interface(id),
                Sender::Site(site, ip) => From::Host(Host::Site(site), ip),
            },
            to: format!("udp://{server}:53"),
            protocol: None,
            port: None,
            client_ports: None,
        };
        match answer(self.network, self.compiled, &ask) {
            Ok(answer) => {
                let mut sent = self.sent.borrow_mut();
                let carried = carried(sent.len(), &answer);
                sent.push(((from, to), answer));
                carried
            }
            Err(why) => Carried {
                unknown: Some(why),
                ..Carried::default()
            },
        }
    }
}

fn carried(query: usize, answer: &Answer) -> Carried {
    let mut reached: Vec<NodeId> = Vec::new();
    for alternative in answer.alternatives.iter().filter(|a| a.delivered()) {
        reached.extend(alternative.receiver().filter(|n| !reached.contains(n)));
    }
    let obstacle = answer.obstacles.first();
    let why = || obstacle.map_or_else(String::new, |o| format!("{} at {}: {}", o.code, o.at, o.by));
    Carried {
        query,
        reached,
        lost: answer.alternatives.iter().any(|a| !a.delivered()),
        unknown: (answer.verdict == Verdict::Unknown).then(why),
    }
}
