//! Hosts of a VPC without an interface in the input: they may ask, and get replies; nobody else
//! finds anybody at their addresses.

use super::compile::Compiler;
use super::filter::span;
use super::stages::{entry, slot};
use crate::code::Code;
use crate::fabric::{Action, NodeId, RowSpec, Side};
use crate::model::Subnet;

impl Compiler<'_> {
    /// Hosts without an interface: one node a VPC, by source address to the node of their subnet.
    pub(super) fn strangers(&mut self) {
        let network = self.network;
        for (vpc, v) in network.vpcs.iter() {
            let host = self.b.node(self.shapes.host, format!("{}/host", v.name));
            let mut rows = Vec::new();
            for (id, subnet) in self.subnets_of(vpc) {
                let Some(node) = self.strangers.get(id.index()).copied() else {
                    continue;
                };
                self.in_subnet(node, id);
                if let Some(table) = self.host_services.get(vpc.index()).copied() {
                    self.b.slot(node, slot::HOST_SERVICES as usize, table);
                }
                self.replies(node, host, subnet);
                let to = self.b.to(node, 0);
                for block in subnet.blocks() {
                    let name = subnet.name.clone();
                    rows.push(RowSpec::address(span(&block), to, &subnet.origin, name));
                }
            }
            let table = self.b.table(
                "subnet of the source",
                Side::Src,
                rows,
                Action::Drop(Code::NO_POSSIBLE_DESTINATION),
                "",
            );
            self.b.slot(host, 0, table);
            self.out.strangers.push(host);
        }
    }

    /// What a stranger asked for comes home; to everybody else nobody is there.
    fn replies(&mut self, node: NodeId, host: NodeId, subnet: &Subnet) {
        let asks = self
            .b
            .table("host", Side::Src, Vec::new(), Action::Next, "");
        let nobody = Action::Drop(Code::NO_POSSIBLE_DESTINATION);
        let text = "no interface has this address";
        let rows = subnet
            .blocks()
            .map(|block| RowSpec::address(span(&block), nobody, &subnet.origin, text));
        let rows = rows.collect();
        let name = format!("{} addresses", subnet.name);
        let nobody = self.b.table(&name, Side::Dst, rows, nobody, "");
        let to = self.b.to(host, entry::ARRIVE);
        let home = self.b.table("host", Side::Dst, Vec::new(), to, "");
        for (slot, table) in [
            (slot::GROUP_OUT, asks),
            (slot::GROUP_IN, nobody),
            (slot::SPECIAL, home),
        ] {
            self.b.slot(node, slot as usize, table);
        }
    }
}
