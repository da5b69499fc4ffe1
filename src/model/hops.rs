//! Where traffic comes in that hosts of the place did not send.

use super::{Attached, Fact, Id, Interface, Network, Ref, Role, Subnet};
use rustc_hash::FxHashSet;

impl Network {
    /// The subnets in which others' traffic comes in and is routed on by their tables: those of NAT
    /// gateways, Client VPN, transit gateways and interfaces that pass on what is not theirs, whether
    /// or not the input has the interfaces of the gateways.
    pub(crate) fn hops(&self) -> FxHashSet<Id<Subnet>> {
        let hop =
            |i: &Interface| matches!(i.role, Role::Nat(_) | Role::ClientVpn(_)) || i.may_pass_on();
        let interfaces = self.interfaces.iter().map(|(_, i)| i);
        let own = interfaces.filter(|i| hop(i)).map(|i| &i.subnet);
        let nats = self.nat_gateways.iter().map(|(_, nat)| &nat.subnet);
        let vpns = self.client_vpns.iter().flat_map(|(_, vpn)| &vpn.routes);
        let attached = self.attachments.iter().flat_map(|(_, a)| match &a.to {
            Attached::Vpc(_, Fact::Known(subnets)) => subnets.as_slice(),
            _ => &[],
        });
        own.chain(nats)
            .chain(vpns.map(|(_, subnet)| subnet))
            .chain(attached)
            .filter_map(Ref::id)
            .collect()
    }

    /// Whether [`Self::hops`] has all of them: an input may leave out which subnets an attachment has,
    /// or what is attached.
    pub(crate) fn has_all_hops(&self) -> bool {
        self.attachments.iter().all(|(_, attachment)| {
            !matches!(
                attachment.to,
                Attached::Vpc(_, Fact::Unseen(_)) | Attached::Unseen(_)
            )
        })
    }
}
