//! Whom somebody wants to hear about: some senders, some receivers.

use super::Pairs;
use super::tally::Weights;
use crate::analysis::classes::ClassId;
use crate::model::{Id, Interface};

/// Of each interface, whether it is one of the senders, and one of the receivers.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    from: Vec<bool>,
    to: Vec<bool>,
}

impl Pairs<'_> {
    /// From now on, of these senders and receivers only.
    pub fn among(&mut self, from: &[Id<Interface>], to: &[Id<Interface>]) {
        let flags = |some: &[Id<Interface>]| {
            let mut out = vec![false; self.network.interfaces.len()];
            for id in some {
                if let Some(is) = out.get_mut(id.index()) {
                    *is = true;
                }
            }
            out
        };
        self.chosen = Some(Chosen {
            from: flags(from),
            to: flags(to),
        });
        let halves = self.parts.halves.iter();
        let weights = halves.map(|h| Weights::new(&h.places, |class| self.senders(class).count()));
        let weights: Vec<Weights> = weights.collect();
        for (half, weights) in self.parts.to_mut().halves.iter_mut().zip(weights) {
            half.weights = weights;
        }
    }

    /// The interfaces of a class that are heard about as senders.
    pub fn senders(&self, class: ClassId) -> impl Iterator<Item = Id<Interface>> + '_ {
        let of = self.chosen.as_ref().map(|c| &c.from);
        self.among_members(class, of)
    }

    /// The same as receivers.
    pub fn receivers(&self, class: ClassId) -> impl Iterator<Item = Id<Interface>> + '_ {
        let of = self.chosen.as_ref().map(|c| &c.to);
        self.among_members(class, of)
    }

    /// Whether an interface is heard about at all.
    #[must_use]
    pub fn hears_of(&self, id: Id<Interface>) -> bool {
        let is = |of: &Vec<bool>| of.get(id.index()) == Some(&true);
        let chosen = self.chosen.as_ref();
        chosen.is_none_or(|c| is(&c.from) || is(&c.to))
    }

    fn among_members<'s>(
        &'s self,
        class: ClassId,
        of: Option<&'s Vec<bool>>,
    ) -> impl Iterator<Item = Id<Interface>> + 's {
        let is = move |id: &Id<Interface>| of.is_none_or(|of| of.get(id.index()) == Some(&true));
        self.parts.classes.members(class).iter().copied().filter(is)
    }

    /// How many pairs of interfaces two classes have, nobody with himself.
    pub(super) fn count(&self, from: ClassId, to: ClassId) -> u64 {
        let (senders, receivers) = (self.senders(from).count(), self.receivers(to).count());
        let all = senders as u64 * receivers as u64;
        match from == to {
            true => all - self.itself(to),
            false => all,
        }
    }

    /// How many of a class are both.
    pub(super) fn itself(&self, class: ClassId) -> u64 {
        match &self.chosen {
            None => self.parts.classes.members(class).len() as u64,
            Some(chosen) => {
                let receives = |id: &Id<Interface>| chosen.to.get(id.index()) == Some(&true);
                self.senders(class).filter(receives).count() as u64
            }
        }
    }
}
