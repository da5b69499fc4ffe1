//! Routes: mostly those that make a network work, and some of every kind that does not.

use super::{Maker, S3, SITE, WORLD_BLOCK, block, named};
use ipnet::{IpNet, Ipv4Net};
use reachability::model::{Destination, Id, Origin, Ref, Route, RouteKind, Target};
use std::collections::BTreeSet;

/// A way out of a VPC.
#[derive(Clone)]
enum Way {
    Internet(String),
    Nat(String),
    Vpn(String),
    Peering(String),
    Transit(String),
}

impl Way {
    fn target(&self) -> Target {
        match self {
            Way::Internet(name) => Target::Internet(named(name)),
            Way::Nat(name) => Target::Nat(named(name)),
            Way::Vpn(name) => Target::Vpn(named(name)),
            Way::Peering(name) => Target::Peering(named(name)),
            Way::Transit(name) => Target::Transit(named(name)),
        }
    }
}

fn cidr(text: &str) -> Destination {
    Destination::Cidr(block(text))
}

impl Maker<'_> {
    pub(super) fn routes(&mut self) {
        for index in 0..self.vpcs.len() {
            for table in self.vpcs[index].tables.clone() {
                let public = self.draft.tables[table].name == "t0";
                let mut routes = self.steered(index, table);
                routes.extend(self.transit_ways(index));
                routes.extend(self.outward(index, public));
                routes.extend(self.odd(index));
                routes.extend(self.site_routes(index));
                routes.extend(self.peer_routes(index));
                let mut seen = BTreeSet::new();
                routes.retain(|r| {
                    let propagated = r.kind != RouteKind::Static;
                    propagated || seen.insert(format!("{:?}", r.destination))
                });
                self.draft.tables.get_mut(table).unwrap().routes = routes;
            }
        }
    }

    fn route(&mut self, destination: Destination, way: &Way, kind: RouteKind) -> Route {
        Route {
            destination,
            target: way.target(),
            kind,
            bgp: reachability::model::BgpPath::default(),
            active: !self.genes.chance(5),
            origin: Origin::Unknown,
        }
    }

    fn ways(&self, index: usize) -> [Option<Way>; 3] {
        let made = &self.vpcs[index];
        [
            made.internet
                .then(|| Way::Internet(format!("{}/igw", made.name))),
            made.nat.clone().map(Way::Nat),
            made.vpn.clone().map(Way::Vpn),
        ]
    }

    /// The default route: of the first subnet to the internet gateway, of the others to the NAT.
    fn outward(&mut self, index: usize, public: bool) -> Option<Route> {
        let [internet, nat, _] = self.ways(index);
        let way = if public || self.genes.chance(15) {
            internet
        } else {
            nat
        };
        let way = way.filter(|_| !self.genes.chance(10))?;
        Some(self.route(cidr("0.0.0.0/0"), &way, RouteKind::Static))
    }

    /// Routes that beat the default route, or tie with one another.
    fn odd(&mut self, index: usize) -> Vec<Route> {
        let ways = self.ways(index);
        let mut routes = Vec::new();
        for (destination, share) in [
            (cidr(S3), 6),
            (cidr(WORLD_BLOCK), 8),
            (cidr("52.216.0.0/16"), 4),
            (cidr("192.168.5.0/24"), 3),
            (Destination::List(named(self.list_for(index, 0))), 7),
            (Destination::List(named(self.list_for(index, 1))), 7),
        ] {
            let way = self.genes.pick(&ways);
            if let Some(way) = way.filter(|_| self.genes.chance(share)) {
                let mut route = self.route(destination, &way, RouteKind::Static);
                route.active &= !self.genes.chance(25);
                routes.push(route);
            }
        }
        // More specific than local.
        if let Some(way) = ways[1].clone().filter(|_| self.genes.chance(6)) {
            let place = self.genes.below(self.vpcs[index].subnets.len());
            let subnet = IpNet::V4(self.vpcs[index].subnets[place].block);
            routes.push(self.route(Destination::Cidr(subnet), &way, RouteKind::Static));
        }
        routes
    }

    fn site_routes(&mut self, index: usize) -> Vec<Route> {
        let [.., Some(way)] = self.ways(index) else {
            return Vec::new();
        };
        let mut routes = Vec::new();
        for text in [SITE, "192.168.4.0/22", "10.0.1.0/25", WORLD_BLOCK, S3] {
            let kind = self.genes.pick(&[
                RouteKind::Static,
                RouteKind::DxBgp,
                RouteKind::VpnStatic,
                RouteKind::VpnBgp,
            ]);
            let wanted = self.genes.chance(if text == SITE { 85 } else { 8 });
            if wanted && (text == SITE || kind != RouteKind::Static) {
                routes.push(self.route(cidr(text), &way, kind));
            }
        }
        routes
    }

    /// To what transit gateways join; the first way to a destination is the one that is written.
    fn transit_ways(&mut self, index: usize) -> Vec<Route> {
        let mut routes = Vec::new();
        let own = self.vpcs[index].blocks.clone();
        for gateway in self.vpcs[index].transit.clone() {
            let way = Way::Transit(gateway);
            for far in 0..self.vpcs.len() {
                for wide in self.vpcs[far].blocks.clone() {
                    let inside = own.iter().any(|block| block.contains(&wide));
                    if !inside && self.genes.chance(75) {
                        let to = Destination::Cidr(IpNet::V4(wide));
                        routes.push(self.route(to, &way, RouteKind::Static));
                    }
                }
            }
            for (text, share) in [
                (SITE, 50),
                ("10.0.0.0/8", 20),
                ("0.0.0.0/0", 12),
                (WORLD_BLOCK, 4),
                (S3, 4),
            ] {
                if self.genes.chance(share) {
                    routes.push(self.route(cidr(text), &way, RouteKind::Static));
                }
            }
        }
        routes
    }

    fn peer_routes(&mut self, index: usize) -> Vec<Route> {
        let mut routes = Vec::new();
        for peering in (0..self.draft.peerings.len()).map(Id::new) {
            let peering = &self.draft.peerings[peering];
            let way = Way::Peering(peering.name.clone());
            let far = |end: &Ref<_>| self.vpcs.iter().position(|v| v.name == end.text);
            let ends = peering.between.each_ref().map(|end| far(end).unwrap());
            let far = match ends {
                [a, b] if a == index => b,
                [a, b] if b == index => a,
                _ => continue,
            };
            for wide in self.vpcs[far].blocks.clone() {
                if self.genes.chance(85) {
                    let part = Ipv4Net::new(wide.network(), 24).unwrap();
                    let to = self.genes.weigh(&[(4, wide), (1, part)]);
                    let to = Destination::Cidr(IpNet::V4(to));
                    routes.push(self.route(to, &way, RouteKind::Static));
                }
            }
            // Further than a peering leads.
            for text in [S3, WORLD_BLOCK, SITE] {
                if self.genes.chance(3) {
                    routes.push(self.route(cidr(text), &way, RouteKind::Static));
                }
            }
        }
        routes
    }
}
