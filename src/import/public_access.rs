//! VPC Block Public Access: what it leaves to each subnet.
//!
//! A subnet, or its VPC, says itself what holds for it (`BlockPublicAccessStates`); where neither
//! does, the account's switch and its exclusions do.

use super::dump::Dump;
use super::node::Node;
use super::place::region_of_zone;
use crate::model::{Blocks, Exclusion, PublicAccess};
use std::collections::HashMap;

/// What the listings say.
pub(super) struct Access<'a> {
    /// The switches, one an account and Region.
    switches: Vec<Node<'a>>,
    /// Mode by id of the excluded subnet or VPC.
    exclusions: HashMap<&'a str, &'a str>,
}

impl<'a> Access<'a> {
    pub(super) fn read(dump: &Dump<'a>) -> Self {
        let pages = dump.pages("VpcBlockPublicAccessOptions");
        let options = pages.iter().map(|p| p.list.clone());
        let switches = options.filter(|o| o.text("InternetGatewayBlockMode").is_some());
        let rows = dump.all("VpcBlockPublicAccessExclusions");
        let excluded = rows.iter().filter_map(|row| {
            let gone = [
                "delete-complete",
                "delete-in-progress",
                "create-failed",
                "disable-complete",
            ];
            let id = row.text("ResourceArn")?.rsplit('/').next()?;
            let mode = row.text("InternetGatewayExclusionMode")?;
            (!row.is("State", &gone)).then_some((id, mode))
        });
        Self {
            switches: switches.collect(),
            exclusions: excluded.collect(),
        }
    }

    /// What is left to a subnet.
    pub(super) fn of(&self, subnet: &str, vpc: &str, row: &Node<'a>) -> Option<PublicAccess> {
        let stated = row.get("BlockPublicAccessStates");
        let own = stated.filter(|s| s.text("InternetGatewayBlockMode").is_some());
        let source = own.or_else(|| self.switches.iter().find(|s| governs(s, row)).cloned())?;
        let excluded = self
            .exclusions
            .get(subnet)
            .or_else(|| self.exclusions.get(vpc));
        let excluded = excluded.copied().unwrap_or_default();
        let blocks = match source.text("InternetGatewayBlockMode")? {
            "off" => return None,
            "block-ingress" => Blocks::Ingress,
            _ => Blocks::Bidirectional,
        };
        let exclusion = match excluded {
            "allow-bidirectional" => Some(Exclusion::Bidirectional),
            "allow-egress" => Some(Exclusion::Egress),
            _ => None,
        };
        Some(PublicAccess {
            blocks,
            exclusion,
            origin: source.origin(),
        })
    }
}

/// Whether a switch is of the subnet's account and Region, as far as both say.
fn governs(switch: &Node<'_>, subnet: &Node<'_>) -> bool {
    let same = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
    let account = switch
        .text("AwsAccountId")
        .or(switch.place.account.as_deref());
    let region = switch.text("AwsRegion").or(switch.place.region.as_deref());
    let zone = subnet.text("AvailabilityZone").and_then(region_of_zone);
    same(
        account,
        subnet.text("OwnerId").or(subnet.place.account.as_deref()),
    ) && same(region, zone.as_deref().or(subnet.place.region.as_deref()))
}
