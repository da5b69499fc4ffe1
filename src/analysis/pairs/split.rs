//! New rows tell interfaces of one class apart: from now on it is several. Until then nothing told them
//! apart, so what is known of the class is true of each of them: a new class is a member more, after
//! all others, and every row, gate and way says of it what it says of the old one.

use super::places::Member;
use super::{Options, Parts};
use crate::analysis::classes::ClassId;
use crate::aws::Compiled;
use crate::fabric::Address;
use crate::model::{Interface, Network};

/// A member that is added, and the one that it is like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twin {
    pub(super) number: u32,
    pub(super) like: u32,
}

/// A class that is told apart: those of its interfaces with equal keys stay together.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Cut {
    pub(in crate::analysis) class: ClassId,
    pub(in crate::analysis) keys: Vec<Vec<bool>>,
}

impl Cut {
    /// How many classes more it makes.
    fn more(&self) -> usize {
        let mut keys: Vec<&Vec<bool>> = self.keys.iter().collect();
        keys.sort_unstable();
        keys.dedup();
        keys.len().saturating_sub(1)
    }
}

impl Parts {
    /// Splits classes: every class that there is keeps its number, and has the first of its interfaces
    /// still. The classes that are others now, or new; none if it must all be compiled anew.
    pub(in crate::analysis) fn split(
        &mut self,
        network: &Network,
        compiled: &Compiled,
        cuts: &[Cut],
        options: Options,
    ) -> Option<Vec<ClassId>> {
        if !self.can_split(network, cuts, options) {
            return None;
        }
        let mut new: Vec<(ClassId, ClassId)> = Vec::new();
        for Cut { class, keys } in cuts {
            let own = self.classes.split(*class, keys);
            new.extend(own.into_iter().map(|own| (*class, own)));
        }
        let Self {
            classes, halves, ..
        } = self;
        let (kept, mut first) = (self.kept.as_mut()?, 0);
        for (half, factors) in halves.iter_mut().zip(&mut self.factors) {
            let ports = first..first + half.ports.classes.len();
            first = ports.end;
            let mut all: Vec<(Twin, Member)> = Vec::new();
            for (class, own) in &new {
                let like = half.member(*class);
                let old = like.and_then(|like| half.places.members.get(like as usize));
                let interface = classes.members(*own).first().copied();
                let (Some(like), Some(old), Some(interface)) = (like, old, interface) else {
                    continue;
                };
                let address = address(&network.interfaces[interface], half.places.v4);
                let member = Member {
                    class: *own,
                    interface,
                    node: compiled.node_of(interface),
                    address: address.unwrap_or(old.address),
                    place: old.place,
                };
                let number = (half.places.members.len() + all.len()) as u32;
                factors
                    .holders
                    .push(&compiled.fabric, (number, member.node));
                all.push((Twin { number, like }, member));
            }
            half.alike(&all, |class| classes.members(class).len());
            let twins: Vec<Twin> = all.into_iter().map(|(twin, _)| twin).collect();
            factors.alike(&twins);
            kept.alike(ports, &twins);
        }
        self.predict(options);
        let cut = cuts.iter().map(|cut| cut.class);
        Some(cut.chain(new.into_iter().map(|(_, own)| own)).collect())
    }

    /// Whether there is room, and of what is kept nothing has to be looked at that a member more would
    /// not be in. Classes that became several are not one again before all is compiled anew: there are
    /// never more than twice as many as there were.
    fn can_split(&self, network: &Network, cuts: &[Cut], options: Options) -> bool {
        let more: usize = cuts.iter().map(Cut::more).sum();
        let bytes = self.halves.iter().map(|half| half.takes_with(more));
        let few = self.halves.iter().all(|half| {
            let compiled = half.places.begins.last().copied().unwrap_or_default();
            half.places.members.len() + more <= 2 * compiled as usize && half.keeps_columns()
        });
        // All of a class have an address of each family, or none has.
        let alike = cuts.iter().all(|cut| {
            let own = self.classes.members(cut.class);
            self.halves.iter().all(|half| {
                let has = half.member(cut.class).is_some();
                let alike = |i: &Interface| address(i, half.places.v4).is_some() == has;
                own.iter().all(|id| alike(&network.interfaces[*id]))
            })
        });
        self.kept.is_some() && few && alike && bytes.sum::<u64>() <= options.budget
    }
}

/// The address of a family that a member is looked for by.
pub(super) fn address(interface: &Interface, v4: bool) -> Option<Address> {
    match v4 {
        true => interface.ips.first().map(|ip| (*ip).into()),
        false => interface.ipv6.first().map(|ip| (*ip).into()),
    }
}
