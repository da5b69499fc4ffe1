//! Accounts: their organizations, and VPC Block Public Access by Region.

use super::Printer;
use super::doc::{Doc, Map};
use crate::model::{Blocks, Exclusion, Id, Subnet};
use indexmap::IndexMap;

impl Printer<'_> {
    pub(super) fn accounts(&self) -> Map {
        let network = self.network;
        let mut accounts: IndexMap<&str, Map> = IndexMap::new();
        for (id, organization) in &network.organizations {
            let map = accounts.entry(id).or_insert_with(|| Map::of("account"));
            map.text("organization", organization);
        }
        let mut regions: IndexMap<&str, Map> = IndexMap::new();
        for (_, vpc) in network.vpcs.iter() {
            let mode = self.access(&vpc.account, &vpc.region);
            let own = regions.entry(&vpc.account).or_insert_with(Map::free);
            if mode != "off" && own.pairs.iter().all(|p| p.key != vpc.region) {
                own.push(&vpc.region, Doc::Word(mode.to_owned()));
            }
        }
        for (id, regions) in regions.into_iter().filter(|(_, r)| !r.is_empty()) {
            let map = accounts.entry(id).or_insert_with(|| Map::of("account"));
            map.map("block_public_access", regions);
        }
        let mut all = Map::free();
        for (id, map) in accounts {
            all.push(id, Doc::Map(map));
        }
        all
    }

    /// The mode of the switch of an account and Region: the strictest that a subnet says.
    fn access(&self, account: &str, region: &str) -> &'static str {
        let network = self.network;
        let mut mode = "off";
        for (_, subnet) in network.subnets.iter() {
            let vpc = subnet.vpc.id().map(|v| &network.vpcs[v]);
            if vpc.is_none_or(|v| v.account != account || v.region != region) {
                continue;
            }
            match subnet.public_access.as_ref().map(|a| a.blocks) {
                Some(Blocks::Bidirectional) => return "bidirectional",
                Some(Blocks::Ingress) => mode = "ingress",
                None => {}
            }
        }
        mode
    }

    /// The exclusion under which a subnet is as it is.
    pub(super) fn exclusion(&mut self, map: &mut Map, id: Id<Subnet>) {
        let network = self.network;
        let subnet = &network.subnets[id];
        let Some(vpc) = subnet.vpc.id().map(|v| &network.vpcs[v]) else {
            return;
        };
        let mode = self.access(&vpc.account, &vpc.region);
        let own = subnet.public_access.as_ref();
        match (mode, own.map(|a| (a.blocks, a.exclusion))) {
            ("off", _)
            | ("ingress", Some((Blocks::Ingress, None)))
            | ("bidirectional", Some((Blocks::Bidirectional, None))) => {}
            (_, None | Some((_, Some(Exclusion::Bidirectional)))) => {
                map.word("block_public_access", "bidirectional");
            }
            ("ingress", Some((_, Some(Exclusion::Egress))))
            | (_, Some((Blocks::Bidirectional, Some(Exclusion::Egress)))) => {
                map.word("block_public_access", "egress");
            }
            (_, Some(_)) => {
                let at = self.label(id);
                self.lost(
                    "that VPC Block Public Access lets NAT gateways pass here alone",
                    at,
                );
            }
        }
    }
}
