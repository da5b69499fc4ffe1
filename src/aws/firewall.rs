//! The firewall of an on-premises network: between its hosts and everything outside, whichever way
//! they leave. Nothing of it is AWS's; it is written as a network ACL is.

use super::compile::Compiler;
use super::filter::{NumberedRules, Way, span};
use super::stages::{entry, slot};
use crate::code::Code;
use crate::fabric::{Action, NodeId, RowSpec, Side, TableId};
use crate::model::Site;

impl Compiler<'_> {
    /// Whether its firewall knows its connections is a matter of its node's shape.
    pub(super) fn shape_of_site(&self, site: &Site) -> u32 {
        match &site.rules {
            Some(rules) if rules.stateful => self.shapes.tracking_site,
            Some(_) | None => self.shapes.site,
        }
    }

    /// Sets the rules of a site's node, and of its routes what they keep inside; gives the table that
    /// leads its hosts there, if there is something to pass.
    pub(super) fn firewall(
        &mut self,
        site: &Site,
        node: NodeId,
        routes: &[RowSpec],
    ) -> Option<TableId> {
        let rules = site.rules.as_ref()?;
        let list = |way: Way| NumberedRules {
            name: format!("{} {}", site.name, way.word()),
            way,
            refuses: Code::SITE_FIREWALL_RESTRICTION,
            otherwise: "what no rule of the site's firewall allows is denied",
        };
        let leaves = self.numbered(list(Way::Out), &rules.egress);
        let enters = self.numbered(list(Way::In), &rules.ingress);
        let home = self.b.to(node, entry::SITE);
        let inside = self.b.to(node, entry::WITHIN_SITE);
        // What leads elsewhere matters where it takes a part of the site's own blocks.
        let own = |row: &&RowSpec| site.cidrs.iter().any(|block| row.span.meets(span(block)));
        let rows = routes.iter().filter(own).map(|row| RowSpec {
            then: match self.b.fabric().same(row.then, home) {
                true => inside,
                false => Action::Next,
            },
            ..row.clone()
        });
        let rows = rows.collect();
        let name = format!("{} inside", site.name);
        let text = "what is for elsewhere passes its firewall";
        let stays = self.b.table(&name, Side::Dst, rows, Action::Next, text);
        for (slot, table) in [(2, leaves), (3, enters), (slot::INSIDE.into(), stays)] {
            self.b.slot(node, slot, table);
        }
        let then = self.b.to(node, 0);
        let name = format!("{} hosts", site.name);
        let text = "its hosts are behind its firewall";
        Some(self.b.table(&name, Side::Dst, Vec::new(), then, text))
    }
}
