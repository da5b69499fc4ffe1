//! What joins networks: NAT gateways, peerings, a site behind a virtual private gateway.

use super::{Ipv4Addr, Maker, SITE, Sender, named, v4};
use reachability::model::{
    Connection, ConnectionKind, Family, Joined, NatGateway, Origin, Peering, Role, Site,
    SiteResolver, VpnGateway,
};

impl Maker<'_> {
    pub(super) fn joins(&mut self) {
        for index in 0..self.vpcs.len() {
            if self.genes.chance(65) {
                self.nat(index);
            }
            for far in index + 1..self.vpcs.len() {
                self.peering(index, far);
            }
        }
        if self.genes.chance(50) {
            self.site();
        }
    }

    fn nat(&mut self, index: usize) {
        let name = format!("{}/nat", self.vpcs[index].name);
        let public = self.vpcs[index].internet && !self.genes.chance(8);
        let role = Role::Nat(named(&name));
        let (interface, ip) = self.interface((index, 0), role, &[], public);
        let available = !self.genes.chance(6);
        self.draft.nat_gateways.push(NatGateway {
            name: "nat".into(),
            id: None,
            subnet: named(&self.vpcs[index].subnets[0].name),
            interface: named(self.label(index, interface)),
            public,
            available,
            origin: Origin::Unknown,
        });
        self.goals.push((1, ip));
        let own = self.public_of(interface);
        self.goals.extend(own.map(|ip| (1, ip)));
        self.vpcs[index].nat = Some(name);
    }

    fn peering(&mut self, one: usize, other: usize) {
        let [near, far] = [one, other].map(|i| &self.vpcs[i]);
        if near.blocks[0] != far.blocks[0] && self.genes.chance(75) {
            self.draft.peerings.push(Peering {
                name: format!("p{one}{other}"),
                id: None,
                between: [named(&near.name), named(&far.name)],
                remote_dns: [false; 2],
                active: !self.genes.chance(6),
                origin: Origin::Unknown,
            });
        }
    }

    fn site(&mut self) {
        let index = self.genes.below(self.vpcs.len());
        let vpc = self.vpcs[index].name.clone();
        self.draft.vpn_gateways.push(VpnGateway {
            name: "vgw".into(),
            vpc: named(&vpc),
            origin: Origin::Unknown,
        });
        self.ground_of_site();
        for i in 0..1 + self.genes.below(2) {
            let narrow = self.genes.chance(25);
            let kind = self.genes.pick(&[
                ConnectionKind::VpnStatic,
                ConnectionKind::VpnBgp,
                ConnectionKind::DirectConnect,
            ]);
            let up = !self.genes.chance(10);
            self.draft.connections.push(Connection {
                name: format!("c{i}"),
                site: named("site"),
                to: Joined::Vpn(named(format!("{vpc}/vgw"))),
                allowed: Vec::new(),
                kind,
                inside: (kind != ConnectionKind::DirectConnect).then_some(Family::Ipv4),
                prefixes: vec![v4(if narrow { "192.168.4.0/22" } else { SITE }).into()],
                asn: None,
                up,
                origin: Origin::Unknown,
            });
        }
        // Of itself, so that everything else is as it would be without.
        if self.draft.subnets.len().is_multiple_of(2) {
            self.branch(&vpc);
        }
        self.vpcs[index].vpn = Some(format!("{vpc}/vgw"));
    }

    /// Another site behind the same gateway, which may tell each of the other.
    fn branch(&mut self, vpc: &str) {
        let shop: Ipv4Addr = "172.24.0.5".parse().unwrap();
        let block = v4("172.24.0.0/16").into();
        self.draft.sites.push(Site {
            name: "depot".into(),
            cidrs: vec![block],
            hosts: vec![("shop".into(), shop.into())],
            public_ip: None,
            resolver: SiteResolver::None,
            routes: Vec::new(),
            rules: None,
            origin: Origin::Unknown,
        });
        let fixed = self.draft.instances.len().is_multiple_of(3);
        let kind = [ConnectionKind::VpnBgp, ConnectionKind::VpnStatic][usize::from(fixed)];
        self.draft.connections.push(Connection {
            name: "b".into(),
            site: named("depot"),
            to: Joined::Vpn(named(format!("{vpc}/vgw"))),
            allowed: Vec::new(),
            kind,
            inside: Some(Family::Ipv4),
            prefixes: vec![block],
            asn: None,
            up: true,
            origin: Origin::Unknown,
        });
        self.branch = Some(shop);
    }

    /// The site, whatever joins it.
    pub(super) fn ground_of_site(&mut self) {
        let desk: Ipv4Addr = "192.168.5.5".parse().unwrap();
        self.draft.sites.push(Site {
            name: "site".into(),
            cidrs: vec![v4(SITE).into()],
            hosts: vec![("desk".into(), desk.into())],
            public_ip: None,
            resolver: SiteResolver::None,
            routes: Vec::new(),
            rules: None,
            origin: Origin::Unknown,
        });
        self.senders
            .push((0, Sender::Site(desk.into()), "site/desk".into()));
        self.goals.push((6, desk));
        self.goals.push((2, "192.168.9.9".parse().unwrap()));
    }
}
