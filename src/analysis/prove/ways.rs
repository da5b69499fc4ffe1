//! Every way that a source's flows to a destination may take.

use super::sent::{Space, TCP, own, packets, ports};
use crate::analysis::senders::select;
use crate::answer::{Alternative, Answer, Ask, From, Target, Verdict, answer, reach_some, target};
use crate::aws::{Compiled, Host, list_blocks};
use crate::engine::{End, Ending, Leg, Walk, Why};
use crate::fabric::{Address, NONE, NodeId, PacketSet, Region};
use crate::model::{Network, component};
use crate::property::{Claim, Property, To, Who};
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

/// What else is heard of ways.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside {
    /// What was not followed to its end, for people.
    pub(super) says: Vec<String>,
    /// How many ways a claim cannot mind, and were not told.
    pub(super) passed_over: usize,
    /// Whether one of those leaves its source.
    pub(super) left: bool,
}

/// A node, with the one host that is there, if there is only one.
pub(super) type Whose = (NodeId, Option<From>);

/// Somewhere that a source sends to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Toward<'a> {
    /// As the property says it.
    To(&'a To),
    /// These nodes, which are sorted, by whatever address reaches them.
    Nodes(&'a [Whose]),
    /// These blocks of addresses, which are apart.
    Blocks(&'a [(Address, Address)]),
}

/// Every way from a source to a destination.
///
/// # Errors
/// A text for people, if the destination means nothing in this network.
pub(super) fn ways(
    network: &Network,
    compiled: &Compiled,
    (property, space): (&Property, &Space),
    (from, to): (From, Toward<'_>),
    aside: &mut Aside,
) -> Result<Vec<Way>, String> {
    let follow = Follow {
        network,
        compiled,
        property,
        space,
        from,
        briefly: !matches!(to, Toward::To(_)),
    };
    let to = match to {
        Toward::To(to) => to,
        Toward::Nodes(nodes) => {
            let others = nodes.iter().filter(|(_, host)| *host != Some(from));
            let nodes: Vec<NodeId> = others.map(|(node, _)| *node).collect();
            return Ok(match nodes.is_empty() {
                true => Vec::new(),
                false => follow.everything(Some(&nodes), aside),
            });
        }
        Toward::Blocks(blocks) => return Ok(follow.set(blocks, None, aside)),
    };
    match to {
        To::Words(words) => follow.words(words, aside),
        To::Who(Who::Any) => Ok(follow.anything(aside)),
        To::Who(Who::Internet) => follow.internet(aside),
        To::Who(who) => follow.hosts(who, aside),
        To::Block(block) => {
            let block = (block.network().into(), block.broadcast().into());
            Ok(follow.set(&[block], None, aside))
        }
        To::List(name) => {
            let region = from.vpc(network).map(|v| network.vpcs[v].region.as_str());
            let region = region.unwrap_or(&network.region);
            let blocks = list_blocks(network, region, name)
                .ok_or_else(|| format!("no prefix list is called `{name}`"))?;
            Ok(follow.set(&blocks, None, aside))
        }
    }
}

/// Whether a destination is asked about by name, which hangs on more than the flows that are sent
/// there: on queries of names, on health checks.
pub(super) fn asks(network: &Network, property: &Property, to: &To) -> bool {
    let claim = &property.claim;
    let always = matches!(claim, Claim::AlwaysPrivate | Claim::AlwaysReachable);
    match to {
        To::Words(words) => {
            let plain = !words.contains("://") && component(network, words).is_some();
            always || !(plain || words.parse::<IpAddr>().is_ok())
        }
        To::Who(who) => always && *who != Who::Any,
        To::Block(_) | To::List(_) => false,
    }
}

#[derive(Clone, Copy)]
struct Follow<'a> {
    network: &'a Network,
    compiled: &'a Compiled,
    property: &'a Property,
    space: &'a Space,
    from: From,
    /// Of ways that a claim cannot mind nothing is told.
    briefly: bool,
}

impl Follow<'_> {
    /// Whether every flow must be answered, so that only those count that somebody would send.
    fn always(&self) -> bool {
        let claim = &self.property.claim;
        matches!(claim, Claim::AlwaysPrivate | Claim::AlwaysReachable)
    }

    /// Whether a claim could have anything against a way.
    fn minds(&self, walk: &Walk<PacketSet>, ending: &Ending<PacketSet>) -> bool {
        let beyond = matches!((ending.leg, ending.end), (Leg::Out, End::Opaque(..)));
        match self.property.claim {
            Claim::NeverReachable
            | Claim::OnlyPorts(_)
            | Claim::OnlyVia(_)
            | Claim::Isolated(_) => beyond || ending.arrived != NONE,
            Claim::NeverInternet => beyond || is_exposed(self.compiled, walk, ending),
            Claim::AlwaysPrivate | Claim::AlwaysReachable => true,
        }
    }

    /// A destination by its words: a component by whatever address reaches it, anything else by the
    /// addresses that its name has.
    fn words(&self, words: &str, aside: &mut Aside) -> Result<Vec<Way>, String> {
        let plain = !words.contains("://") && component(self.network, words).is_some();
        if plain && !self.always() {
            let found = self.target(words, Some((TCP, 443)))?;
            return Ok(match found.accept {
                Some(nodes) => self.everything(Some(&nodes), aside),
                None => self.set(&points(&found.addresses), None, aside),
            });
        }
        if let (true, Ok(ip)) = (!self.always(), words.parse::<IpAddr>()) {
            return Ok(self.set(&points(&[ip.into()]), None, aside));
        }
        match (ports(self.property), self.always()) {
            (None, _) => self.ask(Ask::new(self.from, words)),
            (Some(spans), true) => self.each_port(words, &spans),
            (Some(_), false) => self.named(words, aside),
        }
    }

    /// The addresses of a name, at the ports that the property says.
    fn named(&self, words: &str, aside: &mut Aside) -> Result<Vec<Way>, String> {
        let asked = answer(self.network, self.compiled, &Ask::new(self.from, words))?;
        let unnamed = asked.alternatives.iter().filter(|a| a.sent.is_none());
        let mut all: Vec<Way> = unnamed.map(|a| self.of(&asked, a)).collect();
        let (to, accept) = (points(&asked.target.addresses), &asked.target.accept);
        all.extend(self.set(&to, accept.as_deref(), aside));
        Ok(all)
    }

    fn each_port(&self, words: &str, spans: &[(u16, u16)]) -> Result<Vec<Way>, String> {
        let wide = |(lo, hi): &(u16, u16)| u32::from(hi - lo) + 1;
        if spans.iter().map(wide).sum::<u32>() > MOST_PORTS {
            return Err(format!(
                "`{words}` is asked about port by port: name at most {MOST_PORTS} ports"
            ));
        }
        let said = self.target(words, None).ok().map(|t| t.proto);
        let mut all = Vec::new();
        for port in spans.iter().flat_map(|(lo, hi)| *lo..=*hi) {
            all.extend(self.ask(Ask {
                protocol: Some(said.unwrap_or(TCP)),
                port: Some(port),
                ..Ask::new(self.from, words)
            })?);
        }
        Ok(all)
    }

    /// As anybody asks about it but who it is; of a bundle, each need.
    fn ask(&self, ask: Ask) -> Result<Vec<Way>, String> {
        let asked = answer(self.network, self.compiled, &ask)?;
        let answers: Vec<&Answer> = match asked.needs.is_empty() {
            true => vec![&asked],
            false => asked.needs.iter().map(|n| &n.answer).collect(),
        };
        let own = own(self.network, &self.from);
        let leaves = |a: &&Alternative| a.sent.is_none_or(|flow| !own.contains(&flow.dst));
        let ways = answers.into_iter().flat_map(|answer| {
            let all = answer.alternatives.iter().filter(leaves);
            all.map(|alternative| self.of(answer, alternative))
        });
        Ok(ways.collect())
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
    fn anything(&self, aside: &mut Aside) -> Vec<Way> {
        if !matches!(self.from, From::Host(Host::Internet(_) | Host::Site(_), _)) {
            return self.everything(None, aside);
        }
        let own = self.network.interfaces.iter();
        let mut nodes: Vec<NodeId> = own.map(|(id, _)| self.compiled.node_of(id)).collect();
        let hosts = self.compiled.site_hosts.iter().map(|(_, _, host)| *host);
        nodes.extend(self.compiled.sites.iter().copied().chain(hosts));
        nodes.retain(|node| *node != self.from.node(self.compiled));
        nodes.sort_unstable();
        nodes.dedup();
        self.everything(Some(&nodes), aside)
    }

    /// Hosts of the internet: wherever in public that may be.
    fn internet(&self, aside: &mut Aside) -> Result<Vec<Way>, String> {
        if self.always() {
            return self.words("internet", aside);
        }
        let found = self.target("internet", None)?;
        Ok(self.everything(found.accept.as_deref(), aside))
    }

    /// Interfaces and hosts that a selector means, by whatever address reaches them; if everything
    /// must be answered, by their own.
    fn hosts(&self, who: &Who, aside: &mut Aside) -> Result<Vec<Way>, String> {
        let all = select(self.network, who)?;
        if !self.always() {
            let node = |from: &From| from.node(self.compiled);
            let mut nodes: Vec<NodeId> =
                all.iter().filter(|f| **f != self.from).map(node).collect();
            nodes.sort_unstable();
            nodes.dedup();
            return Ok(match nodes.is_empty() {
                true => Vec::new(),
                false => self.everything(Some(&nodes), aside),
            });
        }
        let Some(spans) = ports(self.property) else {
            return Err(format!("`{who}` says no port: add `ports` to the property"));
        };
        let mut ways = Vec::new();
        for host in all.into_iter().filter(|f| *f != self.from) {
            let mut to = host.addresses(self.network).into_iter();
            let to = to.find(|ip| self.from.toward(self.network, (*ip).into()).is_some());
            if let Some(to) = to {
                ways.extend(self.each_port(&to.to_string(), &spans)?);
            }
        }
        Ok(ways)
    }

    /// Whatever may be sent to any address.
    fn everything(&self, accept: Option<&[NodeId]>, aside: &mut Aside) -> Vec<Way> {
        self.set(&self.space.whole, accept, aside)
    }

    /// Everything that may be sent to these addresses, at once.
    fn set(
        &self,
        to: &[(Address, Address)],
        accept: Option<&[NodeId]>,
        aside: &mut Aside,
    ) -> Vec<Way> {
        let (network, compiled) = (self.network, self.compiled);
        let sent = packets(network, self.space, self.property, &self.from, to);
        if sent.is_empty() {
            return Vec::new();
        }
        let sent = (PacketSet::of(sent), accept);
        let wanted = |walk: &Walk<_>, ending: &Ending<_>| !self.briefly || self.minds(walk, ending);
        let reached = reach_some(network, compiled, &self.from, sent, wanted);
        aside.passed_over += reached.passed_over;
        aside.left |= reached.left;
        let who = self.from.name(network);
        if reached.cut {
            aside.says.push(format!(
                "{who}: more ways than are followed (TOO_MANY_WAYS)"
            ));
        }
        // The way out is what most claims are about: another part has the same.
        let unshown = reached.replies_unshown.iter();
        for flow in unshown.filter(|_| self.always() || self.property.replies) {
            aside.says.push(format!(
                "{who} to {}: the reply may go a way that no single flow was seen to go",
                flow.dst
            ));
        }
        for flow in &reached.disagreements {
            aside.says.push(format!(
                "{who} to {}: the set and its flows disagree, which is a fault of this program",
                flow.dst
            ));
        }
        let parts = reached.parts.into_iter().map(|part| Way {
            alternative: part.alternative,
            sent: part.sent,
            accept: accept.map(<[NodeId]>::to_vec),
            answer: None,
        });
        parts.collect()
    }
}

/// Whether a way crosses a public link on its way out.
fn is_exposed(compiled: &Compiled, walk: &Walk<PacketSet>, ending: &Ending<PacketSet>) -> bool {
    let fabric = &compiled.fabric;
    walk.path(ending.last).iter().any(|step| match step.why {
        Why::Crossed(link, _) => step.leg == Leg::Out && fabric.label(link).exposed,
        _ => false,
    })
}

fn points(all: &[Address]) -> Vec<(Address, Address)> {
    all.iter().map(|a| (*a, *a)).collect()
}
