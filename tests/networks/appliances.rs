//! Appliances: instances that pass on what is not theirs, and the routes that lead there, from
//! subnets, from the ports of transit gateways, and from internet and VPN gateways.

use super::{Host, Maker, Place, SITE, Sender, WORLD_BLOCK, block, named, v4};
use ipnet::{IpNet, Ipv4Net};
use reachability::model::{
    Destination, Edge, Forwards, Id, Instance, Interface, Origin, Os, Role, Route, RouteKind,
    RouteTable, Subnet, Target,
};

/// The name of the table that appliances pass on by.
const OWN_TABLE: &str = "fw";

/// An appliance of a VPC.
#[derive(Clone)]
pub(super) struct Appliance {
    /// Its interface, as a route names it.
    target: String,
    zone: String,
}

impl Maker<'_> {
    /// Appliances in a subnet of their own, one for each of the first zones, or none.
    pub(super) fn appliances(&mut self) {
        for index in 0..self.vpcs.len() {
            if self.genes.chance(27) {
                let table = self.table(index, OWN_TABLE);
                let inspects = self.inspection.is_none() && self.genes.chance(35);
                for place in 0..1 + self.genes.below(2).max(usize::from(inspects)) {
                    self.appliance(index, place, &table);
                }
                self.vpcs[index].steered = self.genes.pick(&[0, 0, 30, 80]);
                self.vpcs[index].guarded = self.genes.chance(25);
                if inspects {
                    self.inspection = Some(index);
                    self.vpcs[index].inspects = 85;
                }
            }
        }
    }

    fn appliance(&mut self, index: usize, number: usize, table: &str) {
        let made = &self.vpcs[index];
        let (vpc, zone) = (made.name.clone(), made.subnets[number].zone.clone());
        let [a, b, ..] = made.blocks[0].network().octets();
        let place = Place {
            id: Id::new(self.draft.subnets.len()),
            name: format!("{vpc}/fw{number}"),
            zone: zone.clone(),
            block: v4(&format!("{a}.{b}.{}.0/24", 20 + number)),
            next: 9,
        };
        let acl = self.genes.weigh(&[(85, "a0"), (15, "a1")]);
        self.draft.subnets.push(Subnet {
            name: format!("fw{number}"),
            id: None,
            vpc: named(&vpc),
            zone: zone.clone(),
            ipv6: None,
            dns64: false,
            cidr: Some(place.block),
            table: named(table),
            acl: named(format!("{vpc}/{acl}")),
            public_access: None,
            origin: Origin::Unknown,
        });
        self.vpcs[index].subnets.push(place);
        let place = self.vpcs[index].subnets.len() - 1;
        let name = format!("fw{number}");
        let instance = format!("{vpc}/{name}");
        let public = self.vpcs[index].internet && !self.genes.chance(20);
        let group = self.genes.weigh(&[(70, 3), (15, 0), (15, 1)]);
        let role = Role::Instance(named(&instance));
        let (interface, ip) = self.interface((index, place), role, &[group], public);
        let made = self.draft.interfaces.get_mut(interface).unwrap();
        made.source_dest_check = self.genes.chance(8);
        let forwards = self.genes.weigh(&[
            (55, Forwards::Stateful),
            (40, Forwards::Stateless),
            (5, Forwards::No),
        ]);
        self.draft.instances.push(Instance {
            name,
            id: None,
            vpc: named(&vpc),
            interfaces: vec![named(self.label(index, interface))],
            running: !self.genes.chance(4),
            os: Os::Linux,
            forwards: Some(forwards),
            runs: Vec::new(),
            origin: Origin::Unknown,
        });
        self.senders
            .push((1, Sender::Interface(interface), instance.clone()));
        self.goals.push((1, ip));
        self.vpcs[index].hosts.push(Host {
            interface,
            ip,
            instance: Some(instance.clone()),
        });
        let target = self.label(index, interface);
        self.vpcs[index].appliances.push(Appliance { target, zone });
    }

    /// Routes that lead from a table to an appliance.
    pub(super) fn steered(&mut self, index: usize, table: Id<RouteTable>) -> Vec<Route> {
        let own = self.draft.tables[table].name == OWN_TABLE;
        let mut routes = Vec::new();
        let mut all = self.vpcs[index].appliances.clone();
        if all.is_empty() {
            return routes;
        }
        // Ports and hosts of a zone keep to the appliance there, where there is one.
        let zone = self.zone_of(index, table);
        let near = |a: &Appliance| Some(&a.zone) == zone.as_ref();
        if all.iter().any(near) && !self.genes.chance(15) {
            all.retain(near);
        }
        let share = |steered: usize| if own { steered / 8 } else { steered };
        let mut blocks: Vec<(usize, IpNet)> = Vec::new();
        for place in &self.vpcs[index].subnets {
            blocks.push((share(self.vpcs[index].steered), place.block.into()));
        }
        blocks.push((share(5), self.vpcs[index].blocks[0].into()));
        let inspects = self.vpcs[index].inspects;
        let others = self.vpcs.iter().enumerate().filter(|(i, _)| *i != index);
        for (_, other) in others {
            blocks.push((share(inspects), other.blocks[0].into()));
        }
        let first = self.draft.tables[table].name == "t0";
        let guarded = first && self.vpcs[index].guarded;
        blocks.push((share(if guarded { 95 } else { 6 }), block("0.0.0.0/0")));
        blocks.push((share(inspects.max(5)), block(SITE)));
        for text in [WORLD_BLOCK, super::S3] {
            blocks.push((share(5), block(text)));
        }
        for (percent, net) in blocks {
            if self.genes.chance(percent) {
                let appliance = self.genes.pick(&all);
                routes.push(self.steer(net, &appliance));
            }
        }
        routes
    }

    fn steer(&mut self, net: IpNet, appliance: &Appliance) -> Route {
        // Now and then an interface that passes nothing on.
        let any = self.genes.below(self.draft.interfaces.len());
        let odd = self.genes.chance(4);
        let name = if odd {
            self.stranger(appliance, any)
        } else {
            appliance.target.clone()
        };
        Route {
            destination: Destination::Cidr(net),
            target: Target::Interface(named(name)),
            kind: RouteKind::Static,
            bgp: reachability::model::BgpPath::default(),
            active: !self.genes.chance(3),
            origin: Origin::Unknown,
        }
    }

    /// Some host's interface in an appliance's VPC.
    fn stranger(&self, appliance: &Appliance, any: usize) -> String {
        let vpc = appliance.target.split('/').next().unwrap();
        let own = |(_, i): &(_, &Interface)| {
            let host = matches!(i.role, Role::Instance(_) | Role::Plain);
            host && i.subnet.text.split('/').next() == Some(vpc)
        };
        let mut all = self.draft.interfaces.iter().filter(own);
        let count = self.draft.interfaces.iter().filter(own).count();
        let (_, found) = all.nth(any % count).unwrap();
        format!("{vpc}/{}", found.name)
    }

    fn zone_of(&self, index: usize, table: Id<RouteTable>) -> Option<String> {
        let made = &self.vpcs[index];
        let name = format!("{}/{}", made.name, self.draft.tables[table].name);
        let mut places = made.subnets.iter();
        let place = places.find(|p| self.draft.subnets[p.id].table.text == name);
        place.map(|p| p.zone.clone())
    }

    /// Tables of gateways: what arrives for some subnets, or for the whole VPC, goes to an appliance.
    pub(super) fn edges(&mut self) {
        for index in 0..self.vpcs.len() {
            let made = &self.vpcs[index];
            let Some(appliance) = made.appliances.first().cloned() else {
                continue;
            };
            let (internet, vpn) = (made.internet, made.vpn.clone());
            let igw = format!("{}/igw", made.name);
            if internet && (made.guarded || self.genes.chance(25)) {
                self.edge(index, Edge::Internet(named(igw)), "arriving", &appliance);
            }
            if let Some(vpn) = vpn.filter(|_| self.genes.chance(60)) {
                self.edge(index, Edge::Vpn(named(vpn)), "from-site", &appliance);
            }
        }
    }

    fn edge(&mut self, index: usize, of: Edge, name: &str, appliance: &Appliance) {
        let mut blocks: Vec<IpNet> = Vec::new();
        let made = &self.vpcs[index];
        let whole: IpNet = made.blocks[0].into();
        let subnets: Vec<Ipv4Net> = made.subnets.iter().map(|p| p.block).collect();
        if self.genes.chance(20) {
            blocks.push(whole);
        }
        for (i, net) in subnets.into_iter().enumerate() {
            let share = if i == 0 { 80 } else { 15 };
            if self.genes.chance(share) {
                blocks.push(net.into());
            }
        }
        let mut routes = Vec::new();
        for net in blocks {
            let local = net != whole && self.genes.chance(10);
            let mut route = self.steer(net, appliance);
            if local {
                (route.target, route.active) = (Target::Local, true);
            }
            routes.push(route);
        }
        self.draft.tables.push(RouteTable {
            name: name.into(),
            id: None,
            vpc: named(&self.vpcs[index].name),
            routes,
            edge_of: Some(of),
            origin: Origin::Unknown,
        });
    }
}
