//! The firewall of an on-premises network: between its hosts and everything outside, whichever way
//! they leave. Nothing of it is AWS's; it is written as a network ACL is.

use super::compile::Compiler;
use super::filter::{NumberedRules, Way, span};
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

    /// Sets the rules of a site's node; gives the table that leads its hosts there, if there is
    /// something to pass.
    pub(super) fn firewall(&mut self, site: &Site, node: NodeId) -> Option<TableId> {
        let rules = site.rules.as_ref()?;
        let inside = site.cidrs.iter().map(|block| {
            let text = format!("{block} is inside {}", site.name);
            RowSpec::address(span(block), Action::Next, &site.origin, text)
        });
        let list = |way: Way| NumberedRules {
            name: format!("{} {}", site.name, way.word()),
            way,
            before: inside.clone().collect(),
            refuses: Code::SITE_FIREWALL_RESTRICTION,
            otherwise: "what no rule of the site's firewall allows is denied",
        };
        let (leaves, enters) = (list(Way::Out), list(Way::In));
        let leaves = self.numbered(leaves, &rules.egress);
        let enters = self.numbered(enters, &rules.ingress);
        self.b.slot(node, 2, leaves);
        self.b.slot(node, 3, enters);
        let then = self.b.to(node, 0);
        let name = format!("{} hosts", site.name);
        Some(self.b.table(
            &name,
            Side::Dst,
            Vec::new(),
            then,
            "its hosts are behind its firewall",
        ))
    }
}
