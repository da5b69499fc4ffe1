//! What would have to be otherwise for a deciding obstacle not to decide.
//!
//! The row is not taken out but turned round in its place: a deny allows, a blackhole leads
//! somewhere, an absence is filled. Had the answer cited the wrong row, the true one would go on
//! deciding, and the obstacle would stay word for word.

use crate::asked::Told;
use crate::rows::{Row, Way, number};
use ipnet::{IpNet, Ipv4Net};
use reachability::answer::{self, Alternative, Obstacle, Part};
use reachability::code::Code;
use reachability::fabric::{Address, Flow};
use reachability::model::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A change to a draft; places are those of its arenas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// The ACL's deny allows.
    Allow(usize, bool, usize),
    /// The group's rule is about everything of the family.
    Widen(usize, bool, usize, Family),
    /// The route leads into the VPC itself.
    Retarget(usize, usize),
    /// The route is a blackhole.
    Close(usize, usize),
    /// The connection is up.
    Up(usize),
    /// The tunnels of the connection carry the other family.
    Carry(usize),
    /// The listener listens elsewhere.
    MoveListener(usize, usize),
    /// The target drains.
    Drain(usize, usize),
    /// The instance of the interface runs, or does not.
    Run(usize, bool),
    /// The interface has another address.
    Vacate(usize),
    /// The endpoint is available.
    Accept(usize),
    /// Somebody has the address.
    Occupy(usize, IpAddr),
    /// The ACL ends with a rule that allows all of the family.
    AllowAtLast(usize, bool, Family),
    /// The group allows all of the family.
    AllowAll(usize, bool, Family),
    /// The table covers everything of the family.
    Default(usize, Family),
    /// The balancer listens.
    Listen(usize, u8, u16),
    /// The endpoint leads to a service of AWS's.
    Serve(usize),
    /// The interface has this public address.
    Publish(usize, Ipv4Addr),
    /// The site has an internet provider.
    Online,
    /// The gateway endpoint has no route in any table.
    Unroute(usize),
}

fn is_in(way: Way) -> bool {
    way == Way::In
}

/// The alternative whose obstacle decides, and what happened on it.
fn deciding<'a>(
    answer: &'a Told,
    obstacle: &Obstacle,
) -> Option<(&'a Alternative, &'a [answer::Fact])> {
    let mut all = answer.alternatives.iter().zip(&answer.facts);
    let (way, facts) = all.find(|(a, _)| a.obstacle.as_ref() == Some(obstacle))?;
    Some((way, facts))
}

/// The headers with which the deciding alternative met its obstacle.
fn met(alternative: &Alternative) -> Flow {
    alternative.last.unwrap()
}

/// The family of what met the obstacle.
fn family(alternative: &Alternative) -> Family {
    Family::of(met(alternative).dst.ip())
}

/// Every address of a family.
fn all_of(family: Family) -> IpNet {
    let text = match family {
        Family::Ipv4 => "0.0.0.0/0",
        Family::Ipv6 => "::/0",
    };
    text.parse().unwrap()
}

/// What to change; none, if a rule of AWS's own decided and nothing of the user's led there.
pub fn edit(draft: &Draft, rows: &[Row], answer: &Told) -> Option<Edit> {
    let obstacle = answer.obstacles.first()?;
    let (alternative, facts) = deciding(answer, obstacle)?;
    let row = number(&obstacle.origin).map(|n| rows[n]);
    let own = match row {
        Some(row) => turned(draft, row, obstacle, alternative),
        None => filled(draft, obstacle, alternative),
    };
    own.or_else(|| led_there(rows, facts, obstacle))
}

fn turned(draft: &Draft, row: Row, obstacle: &Obstacle, alternative: &Alternative) -> Option<Edit> {
    Some(match (row, obstacle.code) {
        (Row::Acl(a, way, i), _) => Edit::Allow(a, is_in(way), i),
        (Row::Group(g, way, i), _) => Edit::Widen(g, is_in(way), i, family(alternative)),
        (Row::Route(t, i), _) => Edit::Retarget(t, i),
        // A connection that leads around is up already.
        (Row::Connection(_), Code::FORWARDING_LOOP) => return None,
        (Row::Connection(c), Code::UNSUPPORTED_BY_AWS) => Edit::Carry(c),
        (Row::Connection(c), _) => Edit::Up(c),
        (Row::Listener(b, i), _) => Edit::MoveListener(b, i),
        (Row::Target(g, i), _) => Edit::Drain(g, i),
        (Row::Interface(i), Code::BAD_STATE) => Edit::Run(i, true),
        (Row::Interface(i), _) if obstacle.leg == Part::Arrival => {
            match draft.interfaces[Id::new(i)].role {
                Role::Instance(_) => Edit::Run(i, false),
                _ => Edit::Vacate(i),
            }
        }
        (Row::Endpoint(e), Code::VPCE_GATEWAY_NOT_TRANSITIVE) => Edit::Unroute(e),
        (Row::Endpoint(e), _) => Edit::Accept(e),
        (Row::Subnet(s), Code::NO_POSSIBLE_DESTINATION) => {
            let ip = met(alternative).dst.ip();
            let block = block_around(&draft.subnets[Id::new(s)], ip)?;
            (!is_kept(block, ip)).then_some(Edit::Occupy(s, ip))?
        }
        _ => return None,
    })
}

/// The block of a subnet that has an address.
fn block_around(subnet: &Subnet, ip: IpAddr) -> Option<IpNet> {
    subnet.blocks().find(|block| block.contains(&ip))
}

/// AWS keeps the first four addresses of a subnet's block, and the last.
fn is_kept(block: IpNet, ip: IpAddr) -> bool {
    let first: Address = block.network().into();
    let from_first = Address::from(ip).bits() - first.bits();
    from_first < 4 || ip == block.broadcast()
}

fn filled(draft: &Draft, obstacle: &Obstacle, alternative: &Alternative) -> Option<Edit> {
    let absent = obstacle.by.strip_suffix(" otherwise")?;
    let table = absent.split([' ', '+']).next()?;
    let ingress = absent.ends_with(" ingress");
    let is = |vpc: &str, name: &str| table == format!("{vpc}/{name}");
    match obstacle.code {
        Code::SUBNET_ACL_RESTRICTION => {
            let acl = draft.acls.iter().find(|(_, a)| is(&a.vpc.text, &a.name));
            acl.map(|(a, _)| Edit::AllowAtLast(a.index(), ingress, family(alternative)))
        }
        Code::ENI_SG_RULES_MISMATCH | Code::SG_HAS_NO_RULES => {
            let group = draft.groups.iter().find(|(_, g)| is(&g.vpc.text, &g.name));
            group.map(|(g, _)| Edit::AllowAll(g.index(), ingress, family(alternative)))
        }
        Code::NO_ROUTE_TO_DESTINATION if table == "site" => Some(Edit::Online),
        Code::NO_ROUTE_TO_DESTINATION => {
            let found = draft.tables.iter().find(|(_, t)| is(&t.vpc.text, &t.name));
            found.map(|(t, _)| Edit::Default(t.index(), family(alternative)))
        }
        Code::ELBV2_LISTENERS_MISMATCH => {
            let mut all = draft.load_balancers.iter();
            let (b, _) = all.find(|(_, b)| is(&b.vpc.text, &b.name))?;
            let sent = alternative.sent.unwrap();
            let tcp = sent.proto == 6 || sent.proto == 17;
            tcp.then_some(Edit::Listen(b.index(), sent.proto, sent.dport.0))
        }
        Code::VPCE_SERVICE_NOT_INSTALLED_IN_AZ => {
            let mut all = draft.endpoints.iter();
            let found = all.find(|(_, e)| is(&e.vpc.text, &e.name));
            found.map(|(e, _)| Edit::Serve(e.index()))
        }
        Code::NO_POSSIBLE_DESTINATION if table == "public" => {
            let online = |i: &Interface| {
                let vpc = i.subnet.text.split('/').next().unwrap();
                let mut gateways = draft.internet_gateways.iter();
                i.public.is_empty() && gateways.any(|(_, g)| g.vpc.text == vpc)
            };
            let found = draft.interfaces.iter().find(|(_, i)| online(i));
            let to = Ipv4Addr::from(met(alternative).dst.v4()?);
            found.map(|(i, _)| Edit::Publish(i.index(), to))
        }
        Code::IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS => {
            let vpc = obstacle.at.split('/').next().unwrap();
            let source = Ipv4Addr::from(met(alternative).src.v4()?);
            let here = |i: &Interface| {
                i.ips.contains(&source) && i.subnet.text.starts_with(&format!("{vpc}/"))
            };
            let found = draft.interfaces.iter().find(|(_, i)| here(i));
            found.map(|(i, _)| Edit::Publish(i.index(), Ipv4Addr::new(203, 0, 113, 240)))
        }
        _ => None,
    }
}

/// The user's last route on the way to the obstacle.
fn led_there(rows: &[Row], facts: &[answer::Fact], obstacle: &Obstacle) -> Option<Edit> {
    let way = facts.iter().filter(|s| s.part == obstacle.leg);
    let numbers = way.rev().filter_map(|s| number(&s.origin));
    let mut routes = numbers.filter_map(|n| match rows[n] {
        Row::Route(t, i) => Some(Edit::Close(t, i)),
        Row::Endpoint(e) => Some(Edit::Unroute(e)),
        _ => None,
    });
    routes.next()
}

fn everything(number: u32, family: Family) -> AclRule {
    AclRule {
        number,
        allow: true,
        service: Service::ANY,
        peer: all_of(family),
        origin: Origin::Unknown,
    }
}

/// The draft with the change.
pub fn changed(draft: &Draft, edit: &Edit) -> Draft {
    let mut draft = draft.clone();
    match edit {
        Edit::Allow(a, ingress, i) => {
            let acl = draft.acls.get_mut(Id::new(*a)).unwrap();
            rules(&mut acl.ingress, &mut acl.egress, *ingress)[*i].allow = true;
        }
        Edit::Widen(g, ingress, i, family) => {
            let group = draft.groups.get_mut(Id::new(*g)).unwrap();
            let rule = &mut rules(&mut group.ingress, &mut group.egress, *ingress)[*i];
            (rule.service, rule.peer) = (Service::ANY, Peer::Cidr(all_of(*family)));
        }
        Edit::Retarget(t, i) => {
            let route = &mut draft.tables.get_mut(Id::new(*t)).unwrap().routes[*i];
            (route.target, route.active) = (Target::Local, true);
        }
        Edit::Close(t, i) => {
            draft.tables.get_mut(Id::new(*t)).unwrap().routes[*i].active = false;
        }
        Edit::Up(c) => draft.connections.get_mut(Id::new(*c)).unwrap().up = true,
        Edit::Carry(c) => {
            let connection = draft.connections.get_mut(Id::new(*c)).unwrap();
            connection.inside = match connection.inside {
                Some(Family::Ipv4) => Some(Family::Ipv6),
                _ => Some(Family::Ipv4),
            };
        }
        Edit::MoveListener(b, i) => {
            let balancer = draft.load_balancers.get_mut(Id::new(*b)).unwrap();
            balancer.listeners[*i].port = 9;
        }
        Edit::Drain(g, i) => {
            let group = draft.target_groups.get_mut(Id::new(*g)).unwrap();
            group.targets[*i].health = Some(Health::Draining);
        }
        Edit::Run(i, running) => {
            if let Role::Instance(name) = draft.interfaces[Id::new(*i)].role.clone() {
                let is = |x: &Instance| name.text == format!("{}/{}", x.vpc.text, x.name);
                let found = draft.instances.iter().find(|(_, x)| is(x));
                let (id, _) = found.unwrap();
                draft.instances.get_mut(id).unwrap().running = *running;
            }
        }
        Edit::Vacate(i) => {
            let interface = draft.interfaces.get_mut(Id::new(*i)).unwrap();
            let base = u32::from(interface.ips[0]) & 0xffff_ff00;
            interface.ips = vec![Ipv4Addr::from(base + 99)];
            interface.public.clear();
            for ip in &mut interface.ipv6 {
                *ip = Ipv6Addr::from_bits(ip.to_bits() | 0xffff);
            }
        }
        Edit::Accept(e) => {
            let endpoint = draft.endpoints.get_mut(Id::new(*e)).unwrap();
            endpoint.state = Some(EndpointState::Available);
        }
        Edit::Occupy(s, ip) => {
            let subnet = &draft.subnets[Id::new(*s)];
            let (vpc, name) = (subnet.vpc.text.clone(), subnet.name.clone());
            let (ips, ipv6) = match ip {
                IpAddr::V4(ip) => (vec![*ip], vec![]),
                IpAddr::V6(ip) => (
                    subnet.cidr.map(nearly_last).into_iter().collect(),
                    vec![*ip],
                ),
            };
            draft.interfaces.push(Interface {
                name: "late".into(),
                id: None,
                subnet: Ref::named(format!("{vpc}/{name}"), &Origin::Unknown),
                ipv6,
                ips,
                prefixes: Vec::new(),
                groups: vec![Ref::named(format!("{vpc}/g0"), &Origin::Unknown)],
                public: Vec::new(),
                source_dest_check: true,
                deny_all_igw_traffic: None,
                role: Role::Plain,
                tags: [].into(),
                origin: Origin::Unknown,
            });
        }
        Edit::AllowAtLast(a, ingress, family) => {
            let acl = draft.acls.get_mut(Id::new(*a)).unwrap();
            rules(&mut acl.ingress, &mut acl.egress, *ingress).push(everything(32_766, *family));
        }
        Edit::AllowAll(g, ingress, family) => {
            let group = draft.groups.get_mut(Id::new(*g)).unwrap();
            rules(&mut group.ingress, &mut group.egress, *ingress).push(GroupRule {
                service: Service::ANY,
                peer: Peer::Cidr(all_of(*family)),
                origin: Origin::Unknown,
            });
        }
        Edit::Default(t, family) => {
            let table = draft.tables.get_mut(Id::new(*t)).unwrap();
            table.routes.push(Route {
                destination: Destination::Cidr(all_of(*family)),
                target: Target::Local,
                kind: RouteKind::Static,
                bgp: reachability::model::BgpPath::default(),
                active: false,
                origin: Origin::Unknown,
            });
        }
        Edit::Listen(b, proto, port) => {
            let balancer = draft.load_balancers.get_mut(Id::new(*b)).unwrap();
            let protocol = match proto {
                6 => ListenerProtocol::Tcp,
                _ => ListenerProtocol::Udp,
            };
            draft.target_groups.push(TargetGroup {
                name: "late".into(),
                id: None,
                vpc: balancer.vpc.clone(),
                kind: TargetType::Ip,
                family: Family::Ipv4,
                protocol,
                port: *port,
                targets: Vec::new(),
                preserve_client_ip: None,
                cross_zone: None,
                proxy_protocol: false,
                min_healthy: MinHealthy::default(),
                health_check: HealthCheck::default(),
                health_listed: Fact::Known(()),
                origin: Origin::Unknown,
            });
            let late = format!("{}/late", balancer.vpc.text);
            balancer.listeners.push(Listener {
                protocol,
                port: *port,
                forward: vec![(Ref::named(late, &Origin::Unknown), 1)],
                origin: Origin::Unknown,
            });
        }
        Edit::Serve(e) => {
            let endpoint = draft.endpoints.get_mut(Id::new(*e)).unwrap();
            endpoint.target = EndpointTarget::Aws("us-east-1".into(), "sqs".into());
        }
        Edit::Publish(i, public) => {
            let interface = draft.interfaces.get_mut(Id::new(*i)).unwrap();
            interface.public.push((interface.ips[0], *public));
        }
        Edit::Online => {
            let site = draft.sites.get_mut(Id::new(0)).unwrap();
            site.public_ip = Some(Ipv4Addr::new(203, 0, 113, 222));
        }
        Edit::Unroute(e) => {
            let endpoint = draft.endpoints.get_mut(Id::new(*e)).unwrap();
            if let EndpointKind::Gateway(tables) = &mut endpoint.kind {
                tables.clear();
            }
        }
    }
    draft
}

/// The last address but one that a subnet gives: nobody of the generator's has it.
fn nearly_last(block: Ipv4Net) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(block.broadcast()) - 2)
}

fn rules<'a, T>(ingress: &'a mut Vec<T>, egress: &'a mut Vec<T>, is_in: bool) -> &'a mut Vec<T> {
    if is_in { ingress } else { egress }
}
