//! Every way that a source's flows to a destination may take.

use super::goal::{Goal, Hosts};
use super::judge;
use super::sent::{Kinds, TCP, ports};
use crate::answer::{Alternative, Answer, Ask, From, Target, Verdict, answer, reach, target};
use crate::aws::{Compiled, Host, list_blocks};
use crate::engine::{Ending, Walk};
use crate::fabric::{Address, NodeId, PacketSet, Region};
use crate::model::{Network, component};
use crate::property::Property;
use std::borrow::Cow;
use std::net::IpAddr;

/// Ports are asked about one by one by name; so many, no more.
const MOST_PORTS: u32 = 64;

/// One way, to be judged.
pub(super) struct Way {
    pub(super) alternative: Alternative,
    /// What was sent to travel so, if it was followed as a set.
    pub(super) sent: Vec<Region>,
    /// What stood for the destination; none: wherever it arrives.
    pub(super) accept: Option<Vec<NodeId>>,
    /// The answer it is of, if it was asked about by name.
    pub(super) answer: Option<Box<Answer>>,
}

/// What every source of a property is followed with.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) network: &'a Network,
    pub(super) compiled: &'a Compiled,
    pub(super) property: &'a Property,
    pub(super) kinds: &'a Kinds,
}

/// Ways from a source.
#[derive(Default)]
pub(super) struct Ways {
    /// Those that may say something against the claim.
    pub(super) all: Vec<Way>,
    /// How many there are.
    pub(super) number: usize,
    /// How many of them leave their source.
    pub(super) left: usize,
    /// What is to be said of them.
    pub(super) says: Vec<String>,
    /// Where words lead: senders among them are not alike.
    pub(super) led: (Vec<NodeId>, Vec<Address>),
}

impl Ways {
    fn extend(&mut self, other: Self) {
        self.all.extend(other.all);
        self.number += other.number;
        self.left += other.left;
        self.says.extend(other.says);
    }

    fn to(mut self, nodes: &[NodeId], addresses: &[Address]) -> Self {
        self.led = (nodes.to_vec(), addresses.to_vec());
        self
    }
}

/// Every way from a source to a destination.
///
/// # Errors
/// A text for people, if the destination means nothing in this network.
pub(super) fn ways(ground: Ground<'_>, from: From, to: &Goal) -> Result<Ways, String> {
    let Ground {
        network,
        compiled,
        property,
        kinds,
    } = ground;
    let follow = Follow {
        network,
        compiled,
        property,
        kinds,
        from,
    };
    match to {
        Goal::Words(words) => follow.words(words),
        Goal::Any => Ok(follow.anything()),
        Goal::Internet => follow.internet(),
        Goal::Hosts(hosts) => follow.hosts(hosts),
        Goal::Block(block) => Ok(follow.set(&[*block], None)),
        Goal::List(name) => {
            let region = from.vpc(network).map(|v| network.vpcs[v].region.as_str());
            let region = region.unwrap_or(&network.region);
            let blocks = list_blocks(network, region, name)
                .ok_or_else(|| format!("no prefix list is called `{name}`"))?;
            Ok(follow.set(&blocks, None))
        }
    }
}

#[derive(Clone, Copy)]
struct Follow<'a> {
    network: &'a Network,
    compiled: &'a Compiled,
    property: &'a Property,
    kinds: &'a Kinds,
    from: From,
}

impl Follow<'_> {
    /// Whether every flow must be answered, so that only those count that somebody would send.
    fn always(&self) -> bool {
        self.property.claim.is_always()
    }

    /// A destination by its words: a component by whatever address reaches it, anything else by the
    /// addresses that its name has.
    fn words(&self, words: &str) -> Result<Ways, String> {
        let plain = !words.contains("://") && component(self.network, words).is_some();
        if plain && !self.always() {
            let found = self.target(words, Some((TCP, 443)))?;
            return Ok(match found.accept {
                Some(nodes) => self.everything(Some(&nodes)).to(&nodes, &[]),
                None => self
                    .set(&points(&found.addresses), None)
                    .to(&[], &found.addresses),
            });
        }
        if let (true, Ok(ip)) = (!self.always(), words.parse::<IpAddr>()) {
            let to = [ip.into()];
            return Ok(self.set(&points(&to), None).to(&[], &to));
        }
        match (ports(self.property), self.always()) {
            (None, _) => self.ask(Ask::new(self.from, words)),
            (Some(spans), true) => self.each_port(words, &spans),
            (Some(_), false) => self.named(words),
        }
    }

    /// The addresses of a name, at the ports that the property says.
    fn named(&self, words: &str) -> Result<Ways, String> {
        let asked = answer(self.network, self.compiled, &Ask::new(self.from, words))?;
        let unnamed = asked.alternatives.iter().filter(|a| a.sent.is_none());
        let mut all = told(unnamed.map(|a| self.of(&asked, a)).collect());
        let (to, accept) = (&asked.target.addresses, asked.target.accept.as_deref());
        all.extend(self.set(&points(to), accept));
        Ok(all.to(accept.unwrap_or_default(), to))
    }

    fn each_port(&self, words: &str, spans: &[(u16, u16)]) -> Result<Ways, String> {
        let wide = |(lo, hi): &(u16, u16)| u32::from(hi - lo) + 1;
        if spans.iter().map(wide).sum::<u32>() > MOST_PORTS {
            return Err(format!(
                "`{words}` is asked about port by port: name at most {MOST_PORTS} ports"
            ));
        }
        let said = self.target(words, None).ok().map(|t| t.proto);
        let mut all = Ways::default();
        for port in spans.iter().flat_map(|(lo, hi)| *lo..=*hi) {
            all.extend(self.ask(Ask {
                protocol: Some(said.unwrap_or(TCP)),
                port: Some(port),
                ..Ask::new(self.from, words)
            })?);
        }
        Ok(all)
    }

    /// As anybody asks about it; of a bundle, each need.
    fn ask(&self, ask: Ask) -> Result<Ways, String> {
        let asked = answer(self.network, self.compiled, &ask)?;
        let own = std::slice::from_ref(&asked);
        let answers: Vec<&Answer> = match asked.needs.is_empty() {
            true => own.iter().collect(),
            false => asked.needs.iter().map(|n| &n.answer).collect(),
        };
        let ways = answers.into_iter().flat_map(|answer| {
            let all = answer.alternatives.iter();
            all.map(|alternative| self.of(answer, alternative))
        });
        Ok(told(ways.collect()))
    }

    fn of(&self, answer: &Answer, alternative: &Alternative) -> Way {
        let mut alternative = alternative.clone();
        // What the input does not tell may be so or otherwise: unknowns fold first (S3).
        if alternative.possibility && answer.verdict == Verdict::Unknown {
            alternative.class = Verdict::Unknown;
        }
        Way {
            alternative,
            sent: Vec::new(),
            accept: answer.target.accept.clone(),
            answer: Some(Box::new(answer.clone())),
        }
    }

    fn target(&self, words: &str, otherwise: Option<(u8, u16)>) -> Result<Target, String> {
        let ask = Ask::new(self.from, words);
        let asked = target(self.network, self.compiled, &ask);
        match (asked, otherwise) {
            (Err(_), Some((protocol, port))) => {
                let ask = Ask {
                    protocol: Some(protocol),
                    port: Some(port),
                    ..ask
                };
                target(self.network, self.compiled, &ask)
            }
            (asked, _) => asked,
        }
    }

    /// Anywhere; from outside, whatever the input has: what else is outside is nobody's concern.
    fn anything(&self) -> Ways {
        if !matches!(self.from, From::Host(Host::Internet(_) | Host::Site(_), _)) {
            return self.everything(None);
        }
        let own = self.network.interfaces.iter();
        let mut nodes: Vec<NodeId> = own.map(|(id, _)| self.compiled.node_of(id)).collect();
        let hosts = self.compiled.site_hosts.iter().map(|(_, _, host)| *host);
        nodes.extend(self.compiled.sites.iter().copied().chain(hosts));
        nodes.retain(|node| *node != self.from.node(self.compiled));
        nodes.sort_unstable();
        nodes.dedup();
        self.everything(Some(&nodes))
    }

    /// Hosts of the internet: wherever in public that may be.
    fn internet(&self) -> Result<Ways, String> {
        if self.always() {
            return self.words("internet");
        }
        let found = self.target("internet", None)?;
        Ok(self.everything(found.accept.as_deref()))
    }

    /// Interfaces and hosts that selectors mean, by whatever address reaches them; if everything must
    /// be answered, by their own.
    fn hosts(&self, hosts: &Hosts) -> Result<Ways, String> {
        if !self.always() {
            let own = self.from.node(self.compiled);
            let nodes: Cow<'_, [NodeId]> = match hosts.nodes.binary_search(&own) {
                Err(_) => Cow::Borrowed(&hosts.nodes),
                Ok(_) => hosts.nodes.iter().copied().filter(|n| *n != own).collect(),
            };
            return Ok(match nodes.is_empty() {
                true => Ways::default(),
                false => self.everything(Some(&nodes)),
            });
        }
        let Some(spans) = ports(self.property) else {
            let who = hosts.at(None);
            return Err(format!("`{who}` says no port: add `ports` to the property"));
        };
        let mut ways = Ways::default();
        let all = hosts.means.iter().flat_map(|(_, all)| all);
        for host in all.filter(|f| **f != self.from) {
            let mut to = host.addresses(self.network).into_iter();
            let to = to.find(|ip| self.from.toward(self.network, (*ip).into()).is_some());
            if let Some(to) = to {
                ways.extend(self.each_port(&to.to_string(), &spans)?);
            }
        }
        Ok(ways)
    }

    /// Whatever may be sent to any address.
    fn everything(&self, accept: Option<&[NodeId]>) -> Ways {
        self.set(&self.kinds.whole, accept)
    }

    /// Everything that may be sent to these addresses, at once.
    fn set(&self, to: &[(Address, Address)], accept: Option<&[NodeId]>) -> Ways {
        let (network, compiled) = (self.network, self.compiled);
        let sent = self.kinds.packets(network, &self.from, to);
        let mut out = Ways::default();
        if sent.is_empty() {
            return out;
        }
        let wanted = |walk: &Walk<PacketSet>, ending: &Ending<PacketSet>| {
            judge::bears(compiled, &self.property.claim, walk, ending)
        };
        let sent = PacketSet::of(sent);
        let reached = reach(network, compiled, &self.from, sent, accept, wanted);
        let who = self.from.name(network);
        let mut say = |text: String| out.says.push(text);
        if reached.cut {
            say(format!(
                "{who}: more ways than are followed (TOO_MANY_WAYS)"
            ));
        }
        // The way out is what most claims are about: another part has the same.
        let unshown = reached.replies_unshown.iter();
        for flow in unshown.filter(|_| self.always() || self.property.replies) {
            say(format!(
                "{who} to {}: the reply may go a way that no single flow was seen to go",
                flow.dst
            ));
        }
        for flow in &reached.disagreements {
            say(format!(
                "{who} to {}: the set and its flows disagree, which is a fault of this program",
                flow.dst
            ));
        }
        (out.number, out.left) = (reached.ways, reached.left);
        let parts = reached.parts.into_iter().map(|part| Way {
            alternative: part.alternative,
            sent: part.sent,
            accept: accept.map(<[NodeId]>::to_vec),
            answer: None,
        });
        out.all.extend(parts);
        out
    }
}

/// Ways that are all told.
fn told(all: Vec<Way>) -> Ways {
    let accepted = all.iter().flat_map(|way| way.accept.iter().flatten());
    let dialled = all.iter().filter_map(|way| way.alternative.address);
    Ways {
        number: all.len(),
        left: all.iter().filter(|w| w.alternative.leaves()).count(),
        led: (accepted.copied().collect(), dialled.collect()),
        all,
        says: Vec::new(),
    }
}

fn points(all: &[Address]) -> Vec<(Address, Address)> {
    all.iter().map(|a| (*a, *a)).collect()
}
