//! Quotas of policies, of names, and of what joins VPCs
//! (`/vpc/latest/privatelink/vpc-limits-endpoints.html`, `/Route53/latest/DeveloperGuide/DNSLimitations.html`,
//! `/vpc/latest/peering/vpc-peering-basics.html`, `/vpc/latest/tgw/transit-gateway-quotas.html`).

use super::Found;
use crate::model::{EndpointKind, Ref, RuleKind};
use std::collections::BTreeMap;

impl Found<'_> {
    /// White space counts too, so that this is the least that a policy has.
    pub(super) fn policies(&mut self) {
        let network = self.network;
        for (_, endpoint) in network.endpoints.iter() {
            let policy = endpoint.policy.as_ref().and_then(Ref::id);
            let have = policy.map_or(0, |p| network.policies[p].least_characters());
            let (vpc, name) = (endpoint.vpc.id(), &endpoint.name);
            let what = "characters in its policy";
            self.count(vpc, name, &endpoint.origin, have, 20_480, what);
        }
    }

    pub(super) fn names(&mut self) {
        let network = self.network;
        for (_, rule) in network.rules.iter() {
            if let RuleKind::Forward { to, .. } = &rule.kind {
                self.count(None, &rule.name, &rule.origin, to.len(), 6, "target addresses");
            }
        }
        for (_, endpoint) in network.resolver_endpoints.iter() {
            let (vpc, have) = (endpoint.vpc.id(), endpoint.interfaces.len());
            self.count(vpc, &endpoint.name, &endpoint.origin, have, 6, "addresses");
        }
        for (_, zone) in network.zones.iter() {
            let have = zone.vpcs.len();
            self.count(None, &zone.name, &zone.origin, have, 300, "VPCs");
        }
    }

    pub(super) fn joined(&mut self) {
        let network = self.network;
        for (id, vpc) in network.vpcs.iter() {
            let ends = |p: &[Ref<_>; 2]| p.iter().any(|v| v.id() == Some(id));
            let peerings = network.peerings.iter().filter(|(_, p)| p.active && ends(&p.between));
            let attached = network.attachments.iter().filter(|(_, a)| a.vpc() == Some(id));
            let (peerings, attached) = (peerings.count(), attached.count());
            self.count(None, &vpc.name, &vpc.origin, peerings, 50, "active peerings");
            self.count(None, &vpc.name, &vpc.origin, attached, 5, "transit gateways");
        }
        for (id, gateway) in network.transit_gateways.iter() {
            let own = |g: &Ref<_>| g.id() == Some(id);
            let tables = network.transit_tables.iter().filter(|(_, t)| own(&t.gateway)).count();
            self.count(None, &gateway.name, &gateway.origin, tables, 20, "route tables");
        }
        // Gateway endpoints count by account and Region.
        let mut gateways: BTreeMap<(&str, &str), Vec<_>> = BTreeMap::new();
        for (_, endpoint) in network.endpoints.iter() {
            let vpc = endpoint.vpc.id().map(|v| &network.vpcs[v]);
            if let (EndpointKind::Gateway(_), Some(vpc)) = (&endpoint.kind, vpc) {
                gateways.entry((&vpc.account, &vpc.region)).or_default().push(endpoint);
            }
        }
        for ((_, region), all) in gateways {
            // The first one too many.
            if let Some(first) = all.get(20) {
                let what = format!("gateway endpoints in {region} with it");
                self.count(first.vpc.id(), &first.name, &first.origin, all.len(), 20, &what);
            }
        }
    }
}
