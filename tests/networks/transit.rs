//! Transit gateways: VPCs attached in some of their zones, tables of who uses and who fills them,
//! routes written by hand, a peered gateway, and a site that comes by VPN or Direct Connect.

use super::{Maker, SITE, WORLD_BLOCK, block, named, v4};
use ipnet::{IpNet, Ipv4Net};
use reachability::model::{
    Association, Attached, Connection, ConnectionKind, Destination, Fact, Family, Id, Joined,
    Origin, TransitAttachment, TransitGateway, TransitRoute, TransitTable,
};

/// The tables of each gateway.
const TABLES: [&str; 2] = ["default", "other"];

impl Maker<'_> {
    pub(super) fn transit(&mut self) {
        if !self.genes.chance(60) {
            return;
        }
        let last = self.vpcs.len() - 1;
        self.gateway("tgw0", "us-east-1", 90);
        if self.genes.chance(30) {
            let region = self.vpcs[last].region;
            self.gateway("tgw1", region, 50);
            self.peered();
        }
        if self.genes.chance(60) {
            self.site_by_transit();
        }
        for id in (0..self.draft.transit_tables.len()).map(Id::new) {
            let gateway = self.draft.transit_tables[id].gateway.text.clone();
            let name = self.draft.transit_tables[id].name.clone();
            let first = name.ends_with(TABLES[0]);
            let routes = self.transit_routes(&gateway, first);
            self.draft.transit_tables.get_mut(id).unwrap().routes = routes;
        }
    }

    /// A gateway with its tables, and most VPCs of its Region attached.
    fn gateway(&mut self, name: &str, region: &str, share: usize) {
        let references = self.genes.chance(60);
        self.draft.transit_gateways.push(TransitGateway {
            name: name.into(),
            account: "111111111111".into(),
            region: region.into(),
            group_references: Fact::Known(references),
            origin: Origin::Unknown,
        });
        for table in TABLES {
            self.draft.transit_tables.push(TransitTable {
                name: format!("{name}/{table}"),
                gateway: named(name),
                routes: Vec::new(),
                overlaps: Vec::new(),
                origin: Origin::Unknown,
            });
        }
        for index in 0..self.vpcs.len() {
            if self.vpcs[index].region == region && self.genes.chance(share) {
                let subnets = self.ports(index);
                let vpc = self.vpcs[index].name.clone();
                let to = Attached::Vpc(named(&vpc), Fact::Known(subnets));
                self.attachment(name, &vpc, to);
                self.vpcs[index].transit.push(name.into());
            }
        }
    }

    /// A subnet of most zones of a VPC, and of one at least.
    fn ports(
        &mut self,
        index: usize,
    ) -> Vec<reachability::model::Ref<reachability::model::Subnet>> {
        let mut places = self.vpcs[index].subnets.clone();
        if self.inspection == Some(index) {
            // What comes by an appliance's own subnet would go on past it.
            places.retain(|p| !p.name.contains("/fw"));
        }
        let mut zones: Vec<&str> = places.iter().map(|p| p.zone.as_str()).collect();
        zones.sort_unstable();
        zones.dedup();
        let mut ports = Vec::new();
        for zone in zones {
            let here: Vec<_> = places.iter().filter(|p| p.zone == zone).collect();
            let port = self.genes.pick(&here);
            if !self.genes.chance(12) {
                ports.push(named(&port.name));
            }
        }
        if ports.is_empty() {
            ports.push(named(&places[0].name));
        }
        ports
    }

    fn attachment(&mut self, gateway: &str, name: &str, to: Attached) {
        let peer = matches!(to, Attached::Peer(_));
        let table = |table: &str| named(format!("{gateway}/{table}"));
        let inspector = self.inspection.map(|index| self.vpcs[index].name.as_str());
        let usual = match inspector {
            Some(inspector) => [
                (92, Some(TABLES[usize::from(name == inspector)])),
                (4, None),
            ]
            .to_vec(),
            None => vec![(72, Some(TABLES[0])), (24, Some(TABLES[1])), (4, None)],
        };
        let association = self.genes.weigh(&usual);
        let mut propagates_to = Vec::new();
        for (to, share) in [(TABLES[0], 94), (TABLES[1], 85)] {
            if !peer && self.genes.chance(share) {
                propagates_to.push(table(to));
            }
        }
        let vpc = matches!(to, Attached::Vpc(..));
        let ipv6 = vpc && !self.draft.attachments.len().is_multiple_of(2);
        self.draft.attachments.push(TransitAttachment {
            name: format!("{gateway}/{name}"),
            gateway: named(gateway),
            to,
            table: association.map_or(Association::None, |own| Association::Table(table(own))),
            propagates_to,
            appliance_mode: self.genes.chance(25) && vpc,
            group_references: Fact::Known(!(self.genes.chance(20) && vpc)),
            ipv6: Fact::Known(ipv6),
            available: !self.genes.chance(3),
            origin: Origin::Unknown,
        });
    }

    fn peered(&mut self) {
        for (own, far) in [("tgw0", "tgw1/peer"), ("tgw1", "tgw0/peer")] {
            self.attachment(own, "peer", Attached::Peer(named(far)));
        }
    }

    /// The site, the one that a VPC knows or one of its own, joined once or twice.
    fn site_by_transit(&mut self) {
        if self.draft.sites.is_empty() {
            self.ground_of_site();
        }
        // Of one kind: how static routes of a VPN rank beside learned ones is not written.
        let vpn = self
            .genes
            .pick(&[ConnectionKind::VpnBgp, ConnectionKind::VpnStatic]);
        for i in 0..1 + self.genes.below(2) {
            let direct = self.genes.chance(25);
            let kind = if direct {
                ConnectionKind::DirectConnect
            } else {
                vpn
            };
            let narrow = self.genes.chance(25);
            let (name, attachment) = (format!("t{i}"), format!("site{i}"));
            let up = !self.genes.chance(16);
            let allowed = if direct {
                vec![block("10.0.0.0/8")]
            } else {
                vec![]
            };
            self.draft.connections.push(Connection {
                name: name.clone(),
                site: named("site"),
                to: Joined::Transit(named(format!("tgw0/{attachment}"))),
                allowed,
                kind,
                inside: (kind != ConnectionKind::DirectConnect).then_some(Family::Ipv4),
                prefixes: vec![v4(if narrow { "192.168.4.0/22" } else { SITE }).into()],
                asn: None,
                up,
                origin: Origin::Unknown,
            });
            self.attachment("tgw0", &attachment, Attached::Connection(named(name)));
        }
    }

    /// Routes written by hand, no destination twice.
    fn transit_routes(&mut self, gateway: &str, first: bool) -> Vec<TransitRoute> {
        let mut to: Vec<String> = Vec::new();
        for (_, attachment) in self.draft.attachments.iter() {
            if attachment.gateway.text == gateway {
                to.push(attachment.name.clone());
            }
        }
        let mut routes: Vec<TransitRoute> = Vec::new();
        let mut write = |net: Destination, to: Option<String>| {
            if routes.iter().all(|r| r.destination != net) {
                routes.push(TransitRoute {
                    destination: net,
                    active: to.is_some(),
                    to: to.into_iter().map(named).collect(),
                    fixed: true,
                    origin: Origin::Unknown,
                });
            }
        };
        let cidr = |net: Ipv4Net| Destination::Cidr(IpNet::V4(net));
        if to.is_empty() {
            return Vec::new();
        }
        let peer = to.iter().find(|name| name.ends_with("/peer")).cloned();
        let site = to.iter().find(|name| name.ends_with("/site0")).cloned();
        let inspector = self.inspection.filter(|_| first);
        let inspector = inspector.map(|i| format!("{gateway}/{}", self.vpcs[i].name));
        let inspector = inspector.filter(|name| to.contains(name));
        for index in 0..self.vpcs.len() {
            let made = &self.vpcs[index];
            let wide = made.blocks[0];
            if let Some(through) = inspector
                .as_ref()
                .filter(|_| Some(index) != self.inspection)
            {
                if self.genes.chance(85) {
                    write(cidr(wide), Some(through.clone()));
                }
                continue;
            }
            let own = format!("{gateway}/{}", made.name);
            let here = made.transit.iter().any(|name| name == gateway);
            let part = made.subnets[self.genes.below(made.subnets.len())].block;
            if self.genes.chance(8) {
                write(cidr(part), None);
            } else if self.genes.chance(5) {
                write(cidr(part), Some(self.genes.pick(&to)));
            }
            if peer.is_some() && !here && self.genes.chance(85) {
                write(cidr(wide), peer.clone());
            } else if here && self.genes.chance(10) {
                write(cidr(wide), Some(own));
            } else if self.genes.chance(5) {
                write(cidr(wide), Some(self.genes.pick(&to)));
            }
        }
        if self.genes.chance(25) {
            write(cidr(v4("0.0.0.0/0")), Some(self.genes.pick(&to)));
        }
        if self.genes.chance(6) {
            write(cidr(v4("10.0.0.0/8")), Some(self.genes.pick(&to)));
        }
        if self.genes.chance(5) {
            write(cidr(v4(WORLD_BLOCK)), None);
        }
        if self.genes.chance(20) {
            write(cidr(v4(SITE)), site.or_else(|| peer.clone()));
        } else if self.genes.chance(10) {
            write(cidr(v4("192.168.5.0/24")), None);
        }
        for list in ["pl0", "pl1"] {
            if self.genes.chance(6) {
                let to = self.genes.pick(&to);
                write(Destination::List(named(list)), Some(to));
            }
        }
        routes
    }
}
