//! What is particular to accounts: their ids, the names of their zones, their switches by Region.

use super::super::check::no_region;
use super::super::tree::{Key, Node};
use super::super::values;
use super::Lower;
use crate::diagnostic::Diagnostic;
use crate::model::{is_region, zone_prefix};

impl Lower<'_> {
    pub(super) fn accounts(&mut self) {
        for (account, node) in self.root.under("accounts") {
            let digits = account.text.bytes().all(|b| b.is_ascii_digit());
            if account.text.len() != 12 || !digits {
                let message = format!("`{}` is no account: it has twelve digits", account.text);
                let origin = account.span.origin();
                let found = Diagnostic::error("bad-account", &account.text, &origin, message);
                self.out.push(found);
            }
            for (name, zone) in node.under("zones") {
                self.zone_of_account(&account.text, name, zone);
            }
            for (region, _) in node.under("block_public_access") {
                if !is_region(&region.text) {
                    let found = no_region(&region.text, &account.text, &region.span.origin());
                    self.out.push(found);
                }
            }
        }
    }

    /// A name is one of a Region's, `us-east-1a`, and stands for an id of the same Region
    /// (`/ram/latest/userguide/working-with-az-ids.html`).
    fn zone_of_account(&mut self, account: &str, name: &Key, zone: &Node) {
        let text = name.text.as_str();
        let letter = |c: char| c.is_ascii_lowercase();
        let region = text.strip_suffix(letter).filter(|r| is_region(r));
        let Some(region) = region else {
            let message = format!("`{text}` is no name of a zone");
            let found = Diagnostic::error("bad-zone", account, &name.span.origin(), message);
            self.out
                .push(found.help("for example `us-east-1a: use1-az4`"));
            return;
        };
        let id = zone.text().filter(|id| id.contains("-az"));
        if id.is_none_or(|id| values::zone(id, region).is_none()) {
            let message = format!("`{text}` stands for the id of a zone of `{region}`");
            let found = Diagnostic::error("bad-zone", account, &zone.origin(), message);
            let prefix = zone_prefix(region).unwrap_or_else(|| region.to_owned());
            self.out
                .push(found.help(format!("for example `{prefix}-az1`")));
        }
    }
}
