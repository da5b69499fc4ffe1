//! Interfaces that the network names by their own: each is a class.

use super::looked::Looked;
use super::owned::Owned;
use super::tables::{Tables, delivered, link};
use crate::aws::Compiled;
use crate::fabric::{Action, Address, Alternative, Back, NodeId, Rewrite, TableId, To};
use crate::model::{DhcpDns, Id, Interface, Network, Record, Ref, RuleKind, ServerHost};
use std::net::IpAddr;

/// Of each interface, whether something other than its own address leads to it, changes traffic to be
/// for it or from it, or resolves to it.
pub(super) fn named(
    network: &Network,
    compiled: &Compiled,
    owned: &Owned,
    tables: &Tables,
    looked: &Looked,
) -> Vec<bool> {
    let mut out = Named {
        owned,
        is: vec![false; network.interfaces.len()],
    };
    out.by_rows(compiled, |id| tables.is_used(id) && looked.table(id));
    out.by_names(network);
    out.is
}

struct Named<'a> {
    owned: &'a Owned,
    is: Vec<bool>,
}

impl Named<'_> {
    fn by_rows(&mut self, compiled: &Compiled, looked: impl Fn(TableId) -> bool) {
        let fabric = &compiled.fabric;
        for (table, id) in fabric.tables.iter().zip(0..) {
            if !looked(id) {
                continue;
            }
            let plainly = |action, out: &mut Self| match action {
                Action::Go(_) => {
                    if let Some(link) = link(fabric, action) {
                        out.node(link.to);
                    }
                }
                Action::Rewrite(number) => {
                    if let Some(to) = fabric.rewrites.get(number as usize) {
                        out.rewrite(to);
                    }
                }
                Action::Next | Action::Drop(_) | Action::Opaque(_) | Action::Choose(..) => {}
            };
            plainly(table.otherwise.action, self);
            for (_, row) in fabric.rows_of(table) {
                let action = fabric.outcome(table, row.then).action;
                // A row about its own address says of everybody alike where he is, or what his
                // other address is.
                let own = match action {
                    Action::Go(_) => delivered(fabric, self.owned, table, &row).is_some(),
                    Action::Rewrite(number) => {
                        let to = fabric.rewrites.get(number as usize);
                        let has = self.owned.who(row.lo, row.hi);
                        to.is_some_and(|to| has.iter().any(|h| self.is_own(to, h.who)))
                    }
                    _ => false,
                };
                if !own {
                    plainly(action, self);
                }
            }
        }
        for alternative in &fabric.alternatives {
            self.alternative(compiled, alternative);
        }
        for link in &fabric.links {
            if let Back::To(node, _) = link.back {
                self.node(node);
            }
        }
    }

    fn alternative(&mut self, compiled: &Compiled, alternative: &Alternative) {
        self.rewrite(&alternative.rewrite);
        if let Some(link) = link(&compiled.fabric, alternative.then) {
            self.node(link.to);
        }
    }

    /// Whether all addresses that change are one interface's.
    fn is_own(&self, to: &Rewrite, who: u32) -> bool {
        let own = |at: Address| self.owned.has(who, (at, at));
        to.src.is_none_or(own)
            && match to.dst {
                Some(To::At(at)) => own(at),
                None => true,
                Some(To::Embedded) => false,
            }
    }

    fn node(&mut self, node: NodeId) {
        if let Some(is) = self
            .owned
            .at(node)
            .and_then(|who| self.is.get_mut(who as usize))
        {
            *is = true;
        }
    }

    fn rewrite(&mut self, to: &Rewrite) {
        if let Some(To::At(at)) = to.dst {
            self.address(at);
        }
        if let Some(at) = to.src {
            self.address(at);
        }
    }

    fn address(&mut self, at: Address) {
        for has in self.owned.who(at, at) {
            if let Some(is) = self.is.get_mut(has.who as usize) {
                *is = true;
            }
        }
    }

    /// Name servers, and whom names lead to.
    fn by_names(&mut self, network: &Network) {
        for (_, vpc) in network.vpcs.iter() {
            if let DhcpDns::Servers(all) = &vpc.dhcp_dns {
                self.addresses(all.iter().copied());
            }
        }
        for (_, rule) in network.rules.iter() {
            if let RuleKind::Forward { to, .. } = &rule.kind {
                self.addresses(to.iter().copied());
            }
        }
        for (_, zone) in network.zones.iter() {
            self.records(&zone.records);
        }
        for (_, server) in network.name_servers.iter() {
            self.records(&server.records);
            let forwards = server.forward.iter();
            self.addresses(forwards.flat_map(|f| f.to.iter().copied()));
            if let ServerHost::Instance(instance) = &server.host {
                let instance = instance.id().map(|i| &network.instances[i].interfaces);
                let own = instance.into_iter().flatten().filter_map(Ref::id);
                own.for_each(|id| self.interface(id));
            }
        }
    }

    fn records(&mut self, records: &[Record]) {
        self.addresses(records.iter().flat_map(|r| r.value.addresses()));
    }

    fn addresses(&mut self, all: impl Iterator<Item = IpAddr>) {
        all.for_each(|ip| self.address(ip.into()));
    }

    fn interface(&mut self, id: Id<Interface>) {
        if let Some(is) = self.is.get_mut(id.index()) {
            *is = true;
        }
    }
}
