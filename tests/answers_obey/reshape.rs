//! The same network, written otherwise: other blocks, another order, rules cut in two, and a
//! stranger beside it.

use crate::asked::{To, Words};
use crate::networks::Genes;
use crate::rows::each;
use ipnet::{IpNet, Ipv4Net};
use reachability::model::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Two blocks of 10.0.0.0/8 that change places: a VPC's own, and another's or nobody's.
#[derive(Clone, Copy)]
pub struct Renumbering(u8, u8);

impl Renumbering {
    pub fn of(draft: &Draft, g: &mut Genes) -> Self {
        let vpc = Id::new(g.below(draft.vpcs.len()));
        let own = draft.vpcs[vpc].cidrs[0].network().octets()[1];
        Self(own, g.pick(&[77, 200, (own + 1) % 3]))
    }

    fn address(self, ip: Ipv4Addr) -> Ipv4Addr {
        match ip.octets() {
            [10, b, c, d] if b == self.0 => Ipv4Addr::new(10, self.1, c, d),
            [10, b, c, d] if b == self.1 => Ipv4Addr::new(10, self.0, c, d),
            _ => ip,
        }
    }

    /// Of IPv6 only the addresses that stand for IPv4 move.
    fn either_address(self, ip: IpAddr) -> IpAddr {
        match ip {
            IpAddr::V4(ip) => self.address(ip).into(),
            IpAddr::V6(ip) if ip.segments()[..2] == [0x64, 0xff9b] => {
                let bits = ip.to_bits();
                let four = self.address(Ipv4Addr::from_bits(bits as u32));
                Ipv6Addr::from_bits(bits >> 32 << 32 | u128::from(four.to_bits())).into()
            }
            ip @ IpAddr::V6(_) => ip,
        }
    }

    fn block(self, net: Ipv4Net) -> Ipv4Net {
        match net.prefix_len() {
            0..=8 => net,
            long @ 16.. => Ipv4Net::new(self.address(net.network()), long).unwrap(),
            odd => panic!("{net}: a block of length {odd} does not move as one"),
        }
    }

    fn either(self, net: &mut IpNet) {
        if let IpNet::V4(v4) = net
            && v4.network().octets()[0] == 10
        {
            *v4 = self.block(*v4);
        }
    }

    pub fn words(self, words: &Words) -> Words {
        Words {
            to: match words.to {
                To::Address(ip) => To::Address(self.either_address(ip)),
                ref other => other.clone(),
            },
            ..words.clone()
        }
    }

    pub fn draft(self, draft: &Draft) -> Draft {
        let mut draft = draft.clone();
        let own = |net: &mut Ipv4Net| {
            if net.network().octets()[0] == 10 {
                *net = self.block(*net);
            }
        };
        each!(draft.vpcs, |_i, vpc| {
            vpc.cidrs.iter_mut().for_each(own);
        });
        each!(draft.subnets, |_i, subnet| {
            subnet.cidr.iter_mut().for_each(own);
        });
        each!(draft.interfaces, |_i, interface| {
            let private = interface.public.iter_mut().map(|(private, _)| private);
            for ip in interface.ips.iter_mut().chain(private) {
                *ip = self.address(*ip);
            }
            for prefix in &mut interface.prefixes {
                if let IpNet::V4(net) = prefix {
                    own(net);
                }
            }
        });
        each!(draft.groups, |_i, group| {
            for rule in group.ingress.iter_mut().chain(&mut group.egress) {
                if let Peer::Cidr(net) = &mut rule.peer {
                    self.either(net);
                }
            }
        });
        each!(draft.acls, |_i, acl| {
            for rule in acl.ingress.iter_mut().chain(&mut acl.egress) {
                self.either(&mut rule.peer);
            }
        });
        each!(draft.tables, |_i, table| {
            for route in &mut table.routes {
                if let Destination::Cidr(net) = &mut route.destination {
                    self.either(net);
                }
            }
        });
        each!(draft.transit_tables, |_i, table| {
            for route in &mut table.routes {
                if let Destination::Cidr(net) = &mut route.destination {
                    self.either(net);
                }
            }
        });
        each!(draft.prefix_lists, |_i, list| {
            list.entries.iter_mut().for_each(|net| self.either(net));
        });
        each!(draft.target_groups, |_i, group| {
            for target in &mut group.targets {
                if let TargetWhat::Ip(IpAddr::V4(ip)) = &mut target.what {
                    *ip = self.address(*ip);
                }
            }
        });
        draft
    }
}

fn shuffle<T>(g: &mut Genes, list: &mut [T]) {
    for last in (1..list.len()).rev() {
        list.swap(last, g.below(last + 1));
    }
}

/// Every list in another order, except those whose first element is the primary one.
pub fn reorder(draft: &Draft, g: &mut Genes) -> Draft {
    let mut draft = draft.clone();
    each!(draft.tables, |_i, table| {
        shuffle(g, &mut table.routes);
    });
    each!(draft.groups, |_i, group| {
        shuffle(g, &mut group.ingress);
        shuffle(g, &mut group.egress);
    });
    each!(draft.acls, |_i, acl| {
        shuffle(g, &mut acl.ingress);
        shuffle(g, &mut acl.egress);
    });
    each!(draft.interfaces, |_i, interface| {
        shuffle(g, &mut interface.groups);
    });
    each!(draft.peerings, |_i, peering| {
        shuffle(g, &mut peering.between);
    });
    // Attachments keep their order: of two VPCs with one block the first is known.
    each!(draft.attachments, |_i, attachment| {
        shuffle(g, &mut attachment.propagates_to);
        if let Attached::Vpc(_, Fact::Known(subnets)) = &mut attachment.to {
            shuffle(g, subnets);
        }
    });
    each!(draft.transit_tables, |_i, table| {
        shuffle(g, &mut table.routes);
    });
    each!(draft.prefix_lists, |_i, list| {
        shuffle(g, &mut list.entries);
    });
    each!(draft.endpoints, |_i, endpoint| {
        match &mut endpoint.kind {
            EndpointKind::Gateway(tables) => shuffle(g, tables),
            EndpointKind::Interface(own) => shuffle(g, own),
        }
    });
    each!(draft.services, |_i, service| {
        shuffle(g, &mut service.load_balancers);
        shuffle(g, &mut service.connections);
    });
    each!(draft.load_balancers, |_i, balancer| {
        shuffle(g, &mut balancer.nodes);
        shuffle(g, &mut balancer.listeners);
        for listener in &mut balancer.listeners {
            shuffle(g, &mut listener.forward);
        }
    });
    each!(draft.target_groups, |_i, group| {
        shuffle(g, &mut group.targets);
    });
    macro_rules! arenas {
        ($($arena:ident),*) => {
            $({
                let mut list: Vec<_> = draft.$arena.iter().map(|(_, noun)| noun.clone()).collect();
                shuffle(g, &mut list);
                draft.$arena = Arena::default();
                for noun in list {
                    draft.$arena.push(noun);
                }
            })*
        };
    }
    arenas!(
        vpcs,
        subnets,
        tables,
        groups,
        acls,
        interfaces,
        instances,
        internet_gateways,
        nat_gateways,
        regional_nats,
        peerings,
        connections,
        prefix_lists,
        endpoints,
        services,
        load_balancers,
        target_groups
    );
    draft
}

fn halves(net: IpNet) -> Option<[IpNet; 2]> {
    let IpNet::V4(net) = net else { return None };
    let mut parts = net.subnets(net.prefix_len() + 1).ok()?;
    Some([IpNet::V4(parts.next()?), IpNet::V4(parts.next()?)])
}

/// Every rule and route about a block becomes two about its halves, where that is the same.
pub fn split(draft: &Draft) -> (Draft, usize) {
    let (mut draft, mut cuts) = (draft.clone(), 0);
    each!(draft.groups, |_i, group| {
        for rules in [&mut group.ingress, &mut group.egress] {
            *rules = std::mem::take(rules)
                .into_iter()
                .flat_map(|rule| match rule.peer {
                    Peer::Cidr(net) => match halves(net) {
                        Some(both) => {
                            cuts += 1;
                            both.map(|half| GroupRule {
                                peer: Peer::Cidr(half),
                                ..rule.clone()
                            })
                            .to_vec()
                        }
                        None => vec![rule],
                    },
                    _ => vec![rule],
                })
                .collect();
        }
    });
    each!(draft.acls, |_i, acl| {
        for rules in [&mut acl.ingress, &mut acl.egress] {
            rules.sort_by_key(|r| r.number);
            let parts = rules.iter().flat_map(|rule| {
                let parts = halves(rule.peer).map_or(vec![rule.peer], |both| both.to_vec());
                cuts += parts.len() - 1;
                parts.into_iter().map(|peer| AclRule {
                    peer,
                    ..rule.clone()
                })
            });
            let parts = (1..).zip(parts.collect::<Vec<_>>());
            *rules = parts
                .map(|(number, rule)| AclRule { number, ..rule })
                .collect();
        }
    });
    for id in (0..draft.tables.len()).map(Id::new) {
        let routes = draft.tables[id].routes.iter();
        let routes: Vec<Route> = routes.flat_map(|r| parts_of_route(&draft, id, r)).collect();
        cuts += routes.len() - draft.tables[id].routes.len();
        draft.tables.get_mut(id).unwrap().routes = routes;
    }
    (draft, cuts)
}

/// A route's halves win where the whole did, unless another route is to the very block, or to one as
/// long as the halves, or it is inside the VPC, where only whole subnets have routes.
fn parts_of_route(draft: &Draft, table: Id<RouteTable>, route: &Route) -> Vec<Route> {
    let whole = vec![route.clone()];
    let Destination::Cidr(net) = route.destination else {
        return whole;
    };
    let Some(both) = halves(net) else {
        return whole;
    };
    let table = &draft.tables[table];
    let mut vpcs = draft.vpcs.iter();
    let (_, vpc) = vpcs.find(|(_, v)| v.name == table.vpc.text).unwrap();
    let own: Vec<IpNet> = vpc.cidrs.iter().map(|c| IpNet::V4(*c)).collect();
    let blocks = table.routes.iter().flat_map(|r| match &r.destination {
        Destination::Cidr(net) => vec![*net],
        Destination::List(l) => {
            let mut lists = draft.prefix_lists.iter();
            let (_, list) = lists.find(|(_, p)| p.name == l.text).unwrap();
            list.entries.clone()
        }
        Destination::AwsList(..) => Vec::new(),
    });
    let managed = draft.aws_lists.iter().flat_map(|(_, nets)| nets.iter());
    let managed = managed.copied();
    let others: Vec<IpNet> = blocks.chain(own.clone()).chain(managed).collect();
    let longer = net.prefix_len() + 1;
    let equals = others.iter().filter(|o| **o == net).count();
    let tie = equals > 1
        || others
            .iter()
            .any(|o| o.prefix_len() == longer && net.contains(o));
    if tie || own.iter().any(|o| o.contains(&net)) {
        return whole;
    }
    let part = |half| Route {
        destination: Destination::Cidr(half),
        ..route.clone()
    };
    both.map(part).to_vec()
}

/// A VPC that nothing joins, with the block of one that is there, and somebody at an address that
/// somebody has.
pub fn stranger(draft: &Draft, g: &mut Genes) -> Draft {
    let mut draft = draft.clone();
    let of_four = draft.interfaces.iter().filter(|(_, i)| !i.ips.is_empty());
    let of_four: Vec<_> = of_four.map(|(_, i)| i).collect();
    let like = of_four[g.below(of_four.len())];
    let (ip, place) = (like.ips[0], like.subnet.text.clone());
    let of = |s: &Subnet| place == format!("{}/{}", s.vpc.text, s.name);
    let (_, subnet) = draft.subnets.iter().find(|(_, s)| of(s)).unwrap();
    let (_, vpc) = draft
        .vpcs
        .iter()
        .find(|(_, v)| v.name == subnet.vpc.text)
        .unwrap();
    let (subnet, vpc) = (subnet.clone(), vpc.clone());
    let named = |name: &str| format!("stranger/{name}");
    fn to<T>(name: String) -> Ref<T> {
        Ref::named(name, &Origin::Unknown)
    }
    let gateway = g.chance(50).then(|| to(named("igw")));
    if gateway.is_some() {
        draft.internet_gateways.push(InternetGateway {
            name: "igw".into(),
            vpc: to("stranger".into()),
            origin: Origin::Unknown,
        });
    }
    draft.vpcs.push(Vpc {
        name: "stranger".into(),
        main_table: to(named("main")),
        internet_gateway: gateway.clone(),
        ..vpc
    });
    draft.tables.push(RouteTable {
        name: "main".into(),
        id: None,
        vpc: to("stranger".into()),
        routes: Vec::from_iter(gateway.map(|g| Route {
            destination: Destination::Cidr("0.0.0.0/0".parse().unwrap()),
            target: Target::Internet(g),
            kind: RouteKind::Static,
            bgp: reachability::model::BgpPath::default(),
            active: true,
            origin: Origin::Unknown,
        })),
        edge_of: None,
        origin: Origin::Unknown,
    });
    let all = || GroupRule {
        service: Service::ANY,
        peer: Peer::Cidr("0.0.0.0/0".parse().unwrap()),
        origin: Origin::Unknown,
    };
    draft.groups.push(SecurityGroup {
        name: "open".into(),
        id: None,
        vpc: to("stranger".into()),
        vpcs: Vec::new(),
        ingress: vec![all()],
        egress: vec![all()],
        origin: Origin::Unknown,
    });
    draft.acls.push(NetworkAcl {
        name: "acl".into(),
        id: None,
        vpc: to("stranger".into()),
        ingress: Vec::new(),
        egress: Vec::new(),
        origin: Origin::Unknown,
    });
    draft.subnets.push(Subnet {
        vpc: to("stranger".into()),
        table: to(named("main")),
        acl: to(named("acl")),
        ..subnet
    });
    let public = (ip, Ipv4Addr::new(203, 0, 113, 251));
    draft.interfaces.push(Interface {
        name: "somebody".into(),
        id: None,
        subnet: to(format!(
            "stranger/{}",
            place.split('/').next_back().unwrap()
        )),
        ipv6: vec![],
        ips: vec![ip],
        prefixes: Vec::new(),
        groups: vec![to(named("open"))],
        public: if g.chance(50) {
            vec![public]
        } else {
            Vec::new()
        },
        source_dest_check: true,
        deny_all_igw_traffic: None,
        role: Role::Plain,
        tags: [].into(),
        origin: Origin::Unknown,
    });
    draft
}
