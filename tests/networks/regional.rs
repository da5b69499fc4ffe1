//! Regional NAT gateways, in the place of some VPCs' zonal ones.

use super::{Flow, Genes, Sender, WORLD, block, named};
use reachability::model::*;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// Gives VPCs that have a NAT gateway a regional one, to which some of their tables lead instead, and
/// asks for its addresses.
pub fn regional_nats(draft: &mut Draft, genes: &mut Genes) -> Vec<Flow> {
    let vpcs: Vec<Vpc> = draft.vpcs.iter().map(|(_, v)| v.clone()).collect();
    let mut flows = Vec::new();
    for (index, vpc) in vpcs.iter().enumerate() {
        let own = |r: &str| r.split('/').next() == Some(vpc.name.as_str());
        let mut zonal = draft.nat_gateways.iter().map(|(_, n)| n);
        let zonal = zonal.any(|n| own(&n.subnet.text));
        let Some(gateway) = vpc.internet_gateway.clone().filter(|_| zonal) else {
            continue;
        };
        let subnets = draft.subnets.iter().filter(|(_, s)| s.vpc.text == vpc.name);
        let zones: BTreeSet<String> = subnets.map(|(_, s)| s.zone.clone()).collect();
        let address =
            |i: usize| Ipv4Addr::new(203, 0, 113, 200 + u8::try_from(index * 8 + i).unwrap());
        let mut served: Vec<String> = Vec::from_iter(zones);
        served.retain(|_| !genes.chance(15));
        let manual = !served.is_empty() && genes.chance(55);
        let zoned = !served.is_empty() && genes.chance(30);
        let addresses = match manual || zoned {
            true => served.iter().cloned().map(Some).collect(),
            false => vec![None; 1 + genes.below(2)],
        };
        let all = addresses.into_iter().enumerate();
        let addresses: Vec<_> = all.map(|(i, zone)| (zone, address(i))).collect();
        for (_, to) in addresses.iter().filter(|_| genes.chance(50)) {
            flows.push(Flow {
                sender: Sender::Internet(WORLD.parse().unwrap()),
                from: "host".into(),
                to: (*to).into(),
                protocol: 6,
                client_port: 40_000,
                port: 443,
            });
        }
        let mut ways = vec![(block("0.0.0.0/0"), Target::Internet(gateway))];
        for (_, table) in draft.tables.iter().filter(|(_, t)| t.vpc.text == vpc.name) {
            for route in &table.routes {
                if let (Destination::Cidr(net), Target::Transit(_)) =
                    (&route.destination, &route.target)
                    && ways.iter().all(|(known, _)| known != net)
                {
                    ways.push((*net, route.target.clone()));
                }
            }
        }
        ways.retain(|_| !genes.chance(10));
        let routes = ways.into_iter().map(|(net, target)| Route {
            destination: Destination::Cidr(net),
            target,
            kind: RouteKind::Static,
            bgp: BgpPath::default(),
            active: !genes.chance(4),
            origin: Origin::Unknown,
        });
        draft.tables.push(RouteTable {
            name: "rnat".into(),
            id: None,
            vpc: named(&vpc.name),
            routes: routes.collect(),
            edge_of: None,
            origin: Origin::Unknown,
        });
        draft.regional_nats.push(RegionalNat {
            name: "rnat".into(),
            id: None,
            vpc: named(&vpc.name),
            zones: manual.then_some(served),
            addresses,
            table: named(format!("{}/rnat", vpc.name)),
            available: !genes.chance(5),
            origin: Origin::Unknown,
        });
        for id in (0..draft.tables.len()).map(Id::new) {
            let table = draft.tables.get_mut(id).unwrap();
            let led = table.vpc.text == vpc.name && genes.chance(75);
            for route in table.routes.iter_mut().filter(|_| led) {
                if matches!(route.target, Target::Nat(_)) {
                    route.target = Target::RegionalNat(named(format!("{}/rnat", vpc.name)));
                }
            }
        }
    }
    flows
}
