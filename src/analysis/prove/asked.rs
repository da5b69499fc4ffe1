//! Who sends where: the sources that a property speaks of, each with all of its destinations.

use crate::analysis::senders::Directory;
use crate::answer::From;
use crate::model::Network;
use crate::property::{Claim, Property, To, Who};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use std::collections::HashMap;

/// Index of a set of destinations.
pub(super) type SetId = u32;

/// All that a property asks about.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// Every destination, once.
    pub(super) to: Vec<To>,
    /// Destinations that some sources have in common, as indices.
    pub(super) sets: Vec<Vec<usize>>,
    /// Every source, once, in the order of the input.
    pub(super) from: Vec<(From, SetId)>,
}

impl Asked {
    /// # Errors
    /// A text for people, if a selector means nothing in this network.
    pub(super) fn new(network: &Network, property: &Property) -> Result<Self, String> {
        let mut out = Self::default();
        let mut gathered = Gathered::default();
        let directory = Directory::new(network);
        for (from, to) in products(property)? {
            let to = to.into_iter().map(|to| out.number(to)).collect::<Vec<_>>();
            let one = gathered.set(to);
            for who in from {
                for source in directory.select(&who)? {
                    gathered.add(source, one);
                }
            }
        }
        out.from = gathered.of.into_iter().collect();
        out.sets = gathered.sets;
        Ok(out)
    }

    fn number(&mut self, to: To) -> usize {
        let known = self.to.iter().position(|known| *known == to);
        known.unwrap_or_else(|| {
            self.to.push(to);
            self.to.len() - 1
        })
    }

    /// The destinations of a set.
    pub(super) fn destinations(&self, set: SetId) -> impl Iterator<Item = &To> {
        let set = self.sets.get(set as usize).into_iter().flatten();
        set.filter_map(|to| self.to.get(*to))
    }
}

/// Every source of a property with every destination.
///
/// # Errors
/// A text for people, if a selector means nothing in this network.
pub(in crate::analysis) fn pairs(
    network: &Network,
    property: &Property,
) -> Result<Vec<(From, To)>, String> {
    let asked = Asked::new(network, property)?;
    let with_all = |(from, set): &(From, SetId)| {
        let from = *from;
        asked.destinations(*set).map(move |to| (from, to.clone()))
    };
    Ok(asked.from.iter().flat_map(with_all).collect())
}

/// Sources while they are gathered.
#[derive(Default)]
struct Gathered {
    of: IndexMap<From, SetId, FxBuildHasher>,
    sets: Vec<Vec<usize>>,
    known: HashMap<Vec<usize>, SetId>,
    both: HashMap<(SetId, SetId), SetId>,
}

impl Gathered {
    fn set(&mut self, mut to: Vec<usize>) -> SetId {
        to.sort_unstable();
        to.dedup();
        let next = self.sets.len() as SetId;
        *self.known.entry(to).or_insert_with_key(|to| {
            self.sets.push(to.clone());
            next
        })
    }

    /// A source is asked about these destinations, too.
    fn add(&mut self, from: From, set: SetId) {
        let Some(before) = self.of.get(&from).copied() else {
            self.of.insert(from, set);
            return;
        };
        let both = match self.both.get(&(before, set)) {
            Some(known) => *known,
            None => {
                let of = |set: SetId| self.sets.get(set as usize).cloned().unwrap_or_default();
                let all = [of(before), of(set)].concat();
                let both = self.set(all);
                self.both.insert((before, set), both);
                both
            }
        };
        self.of.insert(from, both);
    }
}

/// Everybody of the one list to everybody of the other.
type Product = (Vec<Who>, Vec<To>);

fn products(property: &Property) -> Result<Vec<Product>, String> {
    let Claim::Isolated(groups) = &property.claim else {
        return Ok(vec![(property.from.clone(), property.to.clone())]);
    };
    if groups.is_empty() {
        let back: Option<Vec<Who>> = property.to.iter().map(as_senders).collect();
        let Some(back) = back else {
            return Err(
                "`isolated: true` goes both ways: its `to` names interfaces, not a service"
                    .to_owned(),
            );
        };
        let from = property.from.iter().cloned().map(To::Who).collect();
        return Ok(vec![
            (property.from.clone(), property.to.clone()),
            (back, from),
        ]);
    }
    let product = |(number, from): (usize, &Who)| {
        let others = groups.iter().enumerate().filter(|(n, _)| *n != number);
        let others = others.map(|(_, who)| To::Who(who.clone()));
        (vec![from.clone()], others.collect())
    };
    Ok(groups.iter().enumerate().map(product).collect())
}

/// A destination as those who send from there.
fn as_senders(to: &To) -> Option<Who> {
    match to {
        To::Words(name) if !name.contains(':') => Some(Who::Name(name.clone())),
        To::Who(who) => Some(who.clone()),
        To::Words(_) | To::Block(_) | To::List(_) => None,
    }
}
