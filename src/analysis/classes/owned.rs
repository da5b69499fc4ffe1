//! Who has which addresses, private and public, for rows to be asked whom they are about.

use crate::aws::Compiled;
use crate::fabric::{Address, NONE, NodeId};
use crate::model::Network;

/// A span of addresses that an interface has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::analysis) struct Has {
    pub(in crate::analysis) lo: Address,
    pub(in crate::analysis) hi: Address,
    /// Index of the interface.
    pub(in crate::analysis) who: u32,
    /// Which of its spans: the primary is the first, public ones come last.
    pub(in crate::analysis) which: u32,
}

/// Every span of every interface, and the interface of every node.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Owned {
    /// Sorted by address.
    all: Vec<Has>,
    /// Of more than one address, sorted, each with the highest end so far.
    wide: Vec<(Address, Address, Address)>,
    /// By node.
    interfaces: Vec<u32>,
    /// Where the spans of each interface begin in `own`, and the end.
    begins: Vec<u32>,
    own: Vec<(Address, Address)>,
}

impl Owned {
    pub(in crate::analysis) fn new(network: &Network, compiled: &Compiled) -> Self {
        let mut out = Self {
            interfaces: vec![NONE; compiled.fabric.nodes.len()],
            begins: Vec::with_capacity(network.interfaces.len() + 1),
            ..Self::default()
        };
        for (id, interface) in network.interfaces.iter() {
            let who = id.index() as u32;
            if let Some(at) = out.interfaces.get_mut(compiled.node_of(id) as usize) {
                *at = who;
            }
            out.begins.push(out.own.len() as u32);
            let private = interface.spans();
            let public = interface.public.iter().map(|(_, ip)| (*ip).into());
            let spans = private.chain(public.map(|ip| (ip, ip)));
            for (which, (lo, hi)) in (0..).zip(spans) {
                let (lo, hi) = (lo.into(), hi.into());
                out.own.push((lo, hi));
                out.all.push(Has { lo, hi, who, which });
            }
        }
        out.begins.push(out.own.len() as u32);
        out.all.sort_unstable();
        let mut highest = Address::new(0);
        for has in out.all.iter().filter(|h| h.lo < h.hi) {
            highest = highest.max(has.hi);
            out.wide.push((has.lo, has.hi, highest));
        }
        out
    }

    /// How many interfaces there are.
    pub(in crate::analysis) fn interfaces(&self) -> u32 {
        self.begins.len().saturating_sub(1) as u32
    }

    /// The interface of a node.
    pub(in crate::analysis) fn at(&self, node: NodeId) -> Option<u32> {
        let who = self.interfaces.get(node as usize).copied()?;
        (who != NONE).then_some(who)
    }

    /// The spans of an interface, the primary first.
    pub(in crate::analysis) fn spans(&self, who: u32) -> &[(Address, Address)] {
        let at = |n: usize| self.begins.get(n).map(|b| *b as usize);
        let range = at(who as usize).zip(at(who as usize + 1));
        let range = range.map(|(from, to)| from..to);
        range.and_then(|r| self.own.get(r)).unwrap_or_default()
    }

    /// Whether a span is one of an interface's.
    pub(in crate::analysis) fn has(&self, who: u32, span: (Address, Address)) -> bool {
        self.spans(who).contains(&span)
    }

    /// Who has exactly these addresses.
    pub(in crate::analysis) fn who(&self, lo: Address, hi: Address) -> &[Has] {
        let from = self.all.partition_point(|h| (h.lo, h.hi) < (lo, hi));
        let all = self.all.get(from..).unwrap_or_default();
        let to = all.partition_point(|h| (h.lo, h.hi) == (lo, hi));
        all.get(..to).unwrap_or_default()
    }

    /// Whether somebody has more than one address at a time, of these and others.
    pub(in crate::analysis) fn is_part(&self, lo: Address, hi: Address) -> bool {
        let before = self.wide.partition_point(|(from, ..)| *from <= hi);
        let before = self.wide.get(..before).unwrap_or_default();
        let met = before
            .iter()
            .rev()
            .take_while(|(.., highest)| *highest >= lo);
        let mut met = met.filter(|(_, to, _)| *to >= lo);
        met.any(|(from, to, _)| (*from, *to) != (lo, hi))
    }
}
