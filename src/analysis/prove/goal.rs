//! Destinations of a property, looked up once for all who send there.

use crate::analysis::senders::select;
use crate::answer::From;
use crate::aws::{Compiled, list_blocks};
use crate::fabric::{Address, Interval, NodeId};
use crate::model::{Id, Interface, Network};
use crate::property::{To, Who};
use std::collections::HashMap;

/// Where flows lead.
#[derive(Debug)]
pub(super) enum Goal {
    /// By words: a component, a name, an address.
    Words(String),
    /// Anywhere.
    Any,
    /// Hosts of the internet.
    Internet,
    /// Interfaces and hosts that selectors mean.
    Hosts(Hosts),
    /// Every address of a block.
    Block((Address, Address)),
    /// Every address of a prefix list.
    List(String),
}

/// Interfaces and hosts that selectors mean.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    /// Each selector as it is written, and whom it means.
    pub(super) means: Vec<(String, Vec<From>)>,
    /// Their nodes, sorted.
    pub(super) nodes: Vec<NodeId>,
    /// The selector that means whoever is at a node: the first, if several do.
    by_node: HashMap<NodeId, usize>,
}

impl Hosts {
    /// The selector that means whoever is at a node.
    pub(super) fn at(&self, node: Option<NodeId>) -> &str {
        let named = node.and_then(|node| self.by_node.get(&node)).copied();
        let means = self.means.get(named.unwrap_or_default());
        means.map_or("", |(text, _)| text)
    }

    fn add(&mut self, compiled: &Compiled, text: String, all: Vec<From>) {
        let number = self.means.len();
        for from in &all {
            let node = from.node(compiled);
            self.by_node.entry(node).or_insert(number);
            self.nodes.push(node);
        }
        self.nodes.sort_unstable();
        self.nodes.dedup();
        self.means.push((text, all));
    }
}

impl Goal {
    /// What it is called, where it is not several.
    pub(super) fn text(&self) -> String {
        match self {
            Goal::Words(text) => text.clone(),
            Goal::Any => Who::Any.to_string(),
            Goal::Internet => Who::Internet.to_string(),
            Goal::Hosts(hosts) => hosts.at(None).to_owned(),
            Goal::Block((lo, hi)) => crate::analysis::diff::in_words((*lo, *hi)),
            Goal::List(name) => format!("list:{name}"),
        }
    }

    /// What of an interface tells whether it is meant: senders that differ in it are not alike.
    pub(super) fn sees(&self, network: &Network, compiled: &Compiled, id: Id<Interface>) -> u64 {
        let blocks = |all: &[Interval<Address>]| {
            let interface = &network.interfaces[id];
            let public = interface.public.iter().map(|(_, ip)| Address::from(*ip));
            let own = interface.addresses().map(Address::from).chain(public);
            let within = |at: Address| all.iter().any(|(lo, hi)| *lo <= at && at <= *hi);
            own.fold(1, |seen, at| seen << 1 | u64::from(within(at)))
        };
        match self {
            Goal::Hosts(hosts) => {
                let node = compiled.node_of(id);
                let places = hosts.means.len() > 1;
                match hosts.by_node.get(&node) {
                    Some(number) if places => 2 + *number as u64,
                    Some(_) => 1,
                    None => 0,
                }
            }
            Goal::Block(block) => blocks(&[*block]),
            Goal::List(name) => {
                let vpc = network.vpc_of(id);
                let region = vpc.map_or(&network.region, |vpc| &network.vpcs[vpc].region);
                blocks(&list_blocks(network, region, name).unwrap_or_default())
            }
            // Whom words mean is seen from where they lead.
            Goal::Words(_) | Goal::Any | Goal::Internet => 0,
        }
    }
}

/// Destinations, those that selectors mean `together` if all of them may be followed at once.
pub(super) fn goals(
    network: &Network,
    compiled: &Compiled,
    all: &[To],
    together: bool,
) -> Result<Vec<Goal>, String> {
    let mut out: Vec<Goal> = Vec::new();
    for to in all {
        let goal = match to {
            To::Words(words) => Goal::Words(words.clone()),
            To::Who(Who::Any) => Goal::Any,
            To::Who(Who::Internet) => Goal::Internet,
            To::Block(block) => Goal::Block((block.network().into(), block.broadcast().into())),
            To::List(name) => Goal::List(name.clone()),
            To::Who(who) => {
                let (text, all) = (to.text(), select(network, who)?);
                let known = out.iter_mut().find_map(|goal| match goal {
                    Goal::Hosts(hosts) if together => Some(hosts),
                    _ => None,
                });
                if let Some(hosts) = known {
                    hosts.add(compiled, text, all);
                    continue;
                }
                let mut hosts = Hosts::default();
                hosts.add(compiled, text, all);
                Goal::Hosts(hosts)
            }
        };
        out.push(goal);
    }
    Ok(out)
}
