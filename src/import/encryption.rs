//! VPC encryption controls: `describe-vpc-encryption-controls`, or what `describe-vpcs` says of them.

use super::dump::Dump;
use super::node::Node;
use crate::model::{EncryptionControls, Excludable};
use std::collections::HashMap;

/// The rows of their listing, by VPC.
pub(super) struct Controls<'a>(HashMap<String, Node<'a>>);

impl<'a> Controls<'a> {
    pub(super) fn read(dump: &Dump<'a>) -> Self {
        let rows = dump.all("VpcEncryptionControls").into_iter();
        let of = |row: Node<'a>| Some((row.text("VpcId")?.to_owned(), row));
        Self(rows.filter_map(of).collect())
    }

    /// Those of a VPC, if it has any.
    pub(super) fn of(&self, vpc: &str, row: &Node<'a>) -> Option<EncryptionControls> {
        let stated = || row.get("EncryptionControl");
        let controls = self.0.get(vpc).cloned().or_else(stated)?;
        if controls.is("State", &["deleted", "creating"]) {
            return None;
        }
        let exclusions = controls.get("ResourceExclusions");
        let is_excluded = |kind: &Excludable| {
            let own = exclusions.as_ref().and_then(|e| e.get(kind.name()));
            own.is_some_and(|own| own.is("State", &["enabled", "disabling"]))
        };
        controls.text("Mode")?;
        Some(EncryptionControls {
            enforced: controls.is("Mode", &["enforce"]),
            excluded: Excludable::ALL.into_iter().filter(is_excluded).collect(),
            origin: controls.origin(),
        })
    }
}
