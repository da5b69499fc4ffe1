//! Two interfaces of a class change places: what is true of the one is true of the other, with their
//! addresses exchanged.

use crate::fabric::Address;
use crate::model::{Id, Interface, Network};

/// The addresses of two interfaces, each with the one that it is exchanged for.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Swap(Vec<(Address, Address)>);

impl Swap {
    pub(in crate::analysis) fn new(network: &Network, a: Id<Interface>, b: Id<Interface>) -> Self {
        let own = |id| {
            let interface: &Interface = &network.interfaces[id];
            let public = interface.public.iter().map(|(_, ip)| Address::from(*ip));
            let all = interface.addresses().map(Address::from).chain(public);
            all.collect::<Vec<_>>()
        };
        Self(own(a).into_iter().zip(own(b)).collect())
    }

    /// The address that takes an address's place.
    pub(in crate::analysis) fn address(&self, at: Address) -> Address {
        let pair = self.0.iter().find(|(a, b)| *a == at || *b == at);
        pair.map_or(at, |(a, b)| if *a == at { *b } else { *a })
    }

    /// A span, of which single addresses may have changed places.
    pub(in crate::analysis) fn span(
        &self,
        (lo, hi): (Address, Address),
    ) -> Vec<(Address, Address)> {
        if lo == hi {
            let at = self.address(lo);
            return vec![(at, at)];
        }
        let within = |at: Address| lo <= at && at <= hi;
        let mut out = vec![(lo, hi)];
        for (a, b) in &self.0 {
            let (out_of, into) = match (within(*a), within(*b)) {
                (true, false) => (*a, *b),
                (false, true) => (*b, *a),
                _ => continue,
            };
            out = out.into_iter().flat_map(|s| without(s, out_of)).collect();
            out.push((into, into));
        }
        out
    }
}

/// A span without one of its addresses.
fn without(
    (lo, hi): (Address, Address),
    hole: Address,
) -> impl Iterator<Item = (Address, Address)> {
    let within = lo <= hole && hole <= hi;
    let whole = (!within).then_some((lo, hi));
    let below = (within && lo < hole).then(|| (lo, hole.before()));
    let above = (within && hole < hi).then(|| (hole.after(), hi));
    whole.into_iter().chain(below).chain(above)
}
