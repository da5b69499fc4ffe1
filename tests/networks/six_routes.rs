//! Routes of IPv6 like those of IPv4 that a network has: over peerings, transit gateways, Direct
//! Connect, and to appliances.

use super::dualstack::{SITE6, VPCS6};
use super::{Genes, SITE, block};
use ipnet::IpNet;
use reachability::model::*;

/// The blocks of IPv6 that stand where blocks of IPv4 do.
struct Like {
    /// The VPC that has them, its block and its subnet's.
    blocks: Vec<(String, IpNet, IpNet)>,
}

impl Like {
    fn new(draft: &Draft) -> Self {
        let mut blocks = Vec::new();
        for (_, vpc) in draft.vpcs.iter() {
            if let Some(six) = vpc.ipv6.first() {
                blocks.push((vpc.name.clone(), vpc.cidrs[0].into(), (*six).into()));
            }
        }
        for (_, subnet) in draft.subnets.iter() {
            if let (Some(four), Some(six)) = (subnet.cidr, subnet.ipv6) {
                blocks.push((subnet.vpc.text.to_string(), four.into(), six.into()));
            }
        }
        Self { blocks }
    }

    /// What stands for a block, in the VPC itself before elsewhere.
    fn of(&self, vpc: &str, net: &IpNet) -> Option<IpNet> {
        for (four, six) in [(SITE, SITE6), ("10.0.0.0/8", VPCS6), ("0.0.0.0/0", "::/0")] {
            if *net == block(four) {
                return Some(block(six));
            }
        }
        let found = |own: bool| {
            let mut all = self.blocks.iter();
            let same = |(of, four, _): &&(String, IpNet, IpNet)| four == net && (of == vpc) == own;
            all.find(same).map(|(.., six)| *six)
        };
        found(true).or_else(|| found(false))
    }

    fn is_of(&self, vpc: &str, net: &IpNet) -> bool {
        let mut all = self.blocks.iter();
        all.any(|(of, _, six)| of == vpc && six.contains(net))
    }
}

/// Adds routes of IPv6 like those of IPv4.
pub(super) fn alike(draft: &mut Draft, genes: &mut Genes) {
    let like = Like::new(draft);
    for id in (0..draft.tables.len()).map(Id::new) {
        let table = &draft.tables[id];
        let vpc = table.vpc.text.clone();
        let mut routes = Vec::new();
        for route in table.routes.iter().filter(|r| r.kind == RouteKind::Static) {
            let joins = matches!(
                route.target,
                Target::Peering(_) | Target::Transit(_) | Target::Vpn(_)
            );
            let appliance = matches!(route.target, Target::Interface(_));
            let Destination::Cidr(net) = &route.destination else {
                continue;
            };
            let Some(six) = like.of(&vpc, net) else {
                continue;
            };
            let own = like.is_of(&vpc, &six);
            if (appliance || joins && !own) && genes.chance(85) {
                routes.push(Route {
                    destination: Destination::Cidr(six),
                    ..route.clone()
                });
            }
        }
        // Before those to gateways, of which some have the same block.
        let routes_of_table = &mut draft.tables.get_mut(id).unwrap().routes;
        for route in routes {
            routes_of_table.retain(|r| r.destination != route.destination);
            routes_of_table.push(route);
        }
    }
    for id in (0..draft.transit_tables.len()).map(Id::new) {
        let mut routes = Vec::new();
        for route in &draft.transit_tables[id].routes {
            if let Destination::Cidr(net) = &route.destination
                && let Some(six) = like.of("", net)
                && genes.chance(85)
            {
                routes.push(TransitRoute {
                    destination: Destination::Cidr(six),
                    ..route.clone()
                });
            }
        }
        let table = draft.transit_tables.get_mut(id).unwrap();
        for route in routes {
            let new = table
                .routes
                .iter()
                .all(|r| r.destination != route.destination);
            if new {
                table.routes.push(route);
            }
        }
    }
    for id in (0..draft.connections.len()).map(Id::new) {
        let connection = draft.connections.get_mut(id).unwrap();
        if !connection.allowed.is_empty() && genes.chance(80) {
            connection.allowed.push(block(VPCS6));
        }
        let transit = matches!(connection.to, Joined::Transit(_));
        let own = block(SITE6);
        let wanted = transit && !connection.prefixes.contains(&own) && genes.chance(50);
        // Tunnels carry one family.
        if wanted && connection.carries(Family::Ipv6) {
            connection.prefixes.push(own);
        }
    }
}
