//! Application Load Balancers, alone or as targets: a connection ends at them, and what becomes of a
//! request is not modelled (`/elasticloadbalancing/latest/network/application-load-balancer-target.html`).

use crate::aws::compile::Compiler;
use crate::aws::stages::slot;
use crate::code::Code;
use crate::fabric::{Action, RowSpec, Side, Span};
use crate::model::{Gap, Id, Interface, LoadBalancer, LoadBalancerKind, Ref, Role};

impl Compiler<'_> {
    /// Whether an interface is a node of an Application Load Balancer.
    pub(in crate::aws) fn is_proxy(&self, interface: &Interface) -> bool {
        let Role::LoadBalancer(r) = &interface.role else {
            return false;
        };
        let kind = r.id().map(|l| self.network.load_balancers[l].kind);
        kind == Some(LoadBalancerKind::Application)
    }

    /// Who listens at its nodes.
    pub(super) fn proxy(&mut self, id: Id<LoadBalancer>, lb: &LoadBalancer) {
        let name = format!("{} listeners", self.scoped(&lb.vpc, &lb.name));
        let rule = "what no listener takes is dropped, /elasticloadbalancing/latest/application/load-balancer-listeners.html";
        let lack = self.gap(Gap::Listeners(id));
        for node in lb.nodes.iter().filter_map(Ref::id) {
            let listeners = lb.listeners.iter().map(|l| RowSpec {
                ports: (l.port, l.port),
                proto: Some(6),
                ..RowSpec::address(
                    Span::Any,
                    Action::Next,
                    &l.origin,
                    format!("listener {}", l.port),
                )
            });
            let mut rows: Vec<RowSpec> = listeners.collect();
            rows.extend(lack.as_ref().map(|lack| lack.opaque()));
            let refused = Action::Drop(Code::ELBV2_LISTENERS_MISMATCH);
            let table = self.b.table(&name, Side::Dst, rows, refused, rule);
            let ends = self.b.fabric().tables.get(table as usize).map(|t| {
                let rows = self.b.fabric().rows_of(t).filter(|(_, row)| row.proto == 6);
                rows.map(|(number, _)| (number, Code::ENDS_AT_PROXY))
            });
            self.out.notes.extend(ends.into_iter().flatten());
            let node = self.out.node_of(node);
            self.b.slot(node, slot::SPECIAL as usize, table);
        }
    }
}
