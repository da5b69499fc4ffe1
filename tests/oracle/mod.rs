//! A second reading of how AWS carries one packet and its reply, written from AWS's pages and not
//! from the program, to be compared with it.
//!
//! A packet leaves an interface ([`Reader::travel`]) and lands somewhere. A NAT gateway or a load
//! balancer writes down what came in and what went out ([`Memory`]) and sends it on. The reply
//! goes the same way home: whoever wrote something down must see exactly the mirror of it.

mod rules;

use reachability::model::{
    EndpointState, EndpointTarget, Health, Id, Interface, ListenerProtocol, LoadBalancer,
    LoadBalancerKind, Network, Ref, Role, SecurityGroup, Subnet, Target, TargetGroup, TargetType,
    TargetWhat, Vpc,
};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// What becomes of one packet and its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Answered, no internet gateway on the way.
    Private,
    /// Answered, through an internet gateway.
    Internet,
    /// Not answered.
    Unreachable,
}

/// One way it can go.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// How it ends.
    pub(crate) outcome: Outcome,
    /// What it passed.
    pub(crate) via: BTreeSet<&'static str>,
    /// Why it ends there.
    pub(crate) why: &'static str,
}

/// How one packet from the interface's primary address can end.
pub(crate) fn verdict(
    network: &Network,
    from: Id<Interface>,
    dst: Ipv4Addr,
    proto: u8,
    sport: u16,
    dport: u16,
) -> BTreeSet<Outcome> {
    readings(network, from, dst, proto, sport, dport)
        .into_iter()
        .map(|r| r.outcome)
        .collect()
}

/// As [`verdict`], with reasons.
pub(crate) fn readings(
    network: &Network,
    from: Id<Interface>,
    dst: Ipv4Addr,
    proto: u8,
    sport: u16,
    dport: u16,
) -> Vec<Reading> {
    let mut reader = Reader {
        network,
        readings: Vec::new(),
    };
    let packet = Packet {
        src: network.interfaces[from].ips[0],
        dst,
        proto,
        sport,
        dport,
    };
    reader.start(from, packet);
    reader.readings
}

/// The port that NAT gateways and load balancers pick for their own side.
pub(crate) const DRAWN: u16 = 51_024;

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Packet {
    src: Ipv4Addr,
    dst: Ipv4Addr,
    proto: u8,
    sport: u16,
    dport: u16,
}

impl Packet {
    fn mirror(self) -> Self {
        Self {
            src: self.dst,
            dst: self.src,
            sport: self.dport,
            dport: self.sport,
            ..self
        }
    }
}

/// What someone who changes packets keeps for the reply.
#[derive(Clone, Copy, Debug)]
struct Memory {
    /// The interface the reply must land on.
    at: Id<Interface>,
    /// What was sent from there.
    sent: Packet,
    /// What had come in.
    asked: Packet,
    /// The interface the answer to that leaves by.
    door: Id<Interface>,
    /// The reply comes back without a route: NAT gateway, preserved client address.
    direct: bool,
}

#[derive(Clone, Debug)]
struct Trip {
    packet: Packet,
    /// Groups of the sender, while they are known.
    sender: Vec<Id<SecurityGroup>>,
    memories: Vec<Memory>,
    via: BTreeSet<&'static str>,
}

/// Where a packet lands.
enum Place {
    Interface(Id<Interface>),
    /// At a NAT gateway, as the target of a route.
    Nat(Id<Interface>),
    /// At a public address that is nobody's in the input.
    World,
    /// At a service behind a gateway endpoint of the VPC.
    GatewayService(Id<Vpc>),
    /// At a site behind the VPC's virtual private gateway.
    Site(Id<Vpc>),
}

struct Hop {
    place: Place,
    packet: Packet,
    /// Whether the sender's groups are known there.
    known: bool,
    via: &'static str,
}

type Hops = Vec<Result<Hop, &'static str>>;

struct Reader<'a> {
    network: &'a Network,
    readings: Vec<Reading>,
}

impl Reader<'_> {
    fn lost(&mut self, trip: &Trip, why: &'static str) {
        self.readings.push(Reading {
            outcome: Outcome::Unreachable,
            via: trip.via.clone(),
            why,
        });
    }

    fn home(&mut self, trip: Trip) {
        let public = trip.via.contains("internet gateway");
        self.readings.push(Reading {
            outcome: if public {
                Outcome::Internet
            } else {
                Outcome::Private
            },
            via: trip.via,
            why: "answered",
        });
    }

    fn start(&mut self, from: Id<Interface>, packet: Packet) {
        let mut trip = Trip {
            packet,
            sender: self.groups_of(from),
            memories: Vec::new(),
            via: BTreeSet::new(),
        };
        if !self.running(from) {
            self.lost(&trip, "the source does not run");
        } else if self.host_answers(from, packet) {
            // The host itself answers: no route, no filter.
            trip.via.insert("host service");
            self.home(trip);
        } else if !self.group_lets_out(from, packet) {
            self.lost(&trip, "groups of the source");
        } else {
            trip.memories.push(Memory {
                at: from,
                sent: packet,
                asked: packet,
                door: from,
                direct: false,
            });
            self.forward(from, trip);
        }
    }

    /// Services of the host: IMDS, task metadata, resolver, clock, activation.
    fn host_answers(&self, from: Id<Interface>, packet: Packet) -> bool {
        let vpc = &self.network.vpcs[self.vpc_of(from)];
        let resolver = Ipv4Addr::from_bits(vpc.cidrs[0].network().to_bits() + 2);
        match packet.dst.octets() {
            [169, 254, 169, 123 | 250 | 251 | 253 | 254] | [169, 254, 170, 2] => true,
            _ => packet.dst == resolver,
        }
    }

    /// The packet leaves an interface whose own filters let it.
    fn forward(&mut self, from: Id<Interface>, trip: Trip) {
        if trip.memories.len() > 8 {
            return self.lost(&trip, "goes round in circles");
        }
        for hop in self.travel(from, trip.packet) {
            let mut trip = trip.clone();
            match hop {
                Err(why) => self.lost(&trip, why),
                Ok(hop) => {
                    trip.packet = hop.packet;
                    trip.via.insert(hop.via);
                    if !hop.known {
                        trip.sender.clear();
                    }
                    self.landed(hop.place, trip);
                }
            }
        }
    }

    fn landed(&mut self, place: Place, trip: Trip) {
        let reply = trip.packet.mirror();
        match place {
            Place::Interface(at) => self.arrive(at, trip),
            Place::Nat(nat) => self.translate(nat, trip),
            Place::World => {
                let hop = self.out_in_the_world(reply);
                self.answered(hop, trip);
            }
            // The far side sends its reply into the VPC that the packet came from.
            Place::GatewayService(vpc) | Place::Site(vpc) => {
                let hop = self.deliver(vpc, None, reply, false, "reply");
                self.answered(hop, trip);
            }
        }
    }

    /// A NAT gateway: TCP, UDP and ICMP, its own address as source.
    fn translate(&mut self, nat: Id<Interface>, mut trip: Trip) {
        let asked = trip.packet;
        if ![ICMP, TCP, UDP].contains(&asked.proto) {
            return self.lost(&trip, "a NAT gateway carries TCP, UDP and ICMP");
        }
        let sent = Packet {
            src: self.network.interfaces[nat].ips[0],
            sport: if asked.proto == ICMP {
                asked.sport
            } else {
                DRAWN
            },
            ..asked
        };
        trip.packet = sent;
        trip.sender.clear();
        trip.memories.push(Memory {
            at: nat,
            sent,
            asked,
            door: nat,
            direct: true,
        });
        self.forward(nat, trip);
    }

    /// The packet is at the interface that has its destination.
    fn arrive(&mut self, at: Id<Interface>, mut trip: Trip) {
        let packet = trip.packet;
        match &self.network.interfaces[at].role {
            Role::Nat(_) => self.lost(&trip, "a NAT gateway takes replies only"),
            Role::LoadBalancer(r) => {
                let balancer = &self.network.load_balancers[r.id().unwrap()];
                if balancer.has_groups && !self.group_lets_in(at, packet, &trip.sender) {
                    return self.lost(&trip, "groups of the load balancer");
                }
                trip.via.insert("load balancer");
                self.balance(balancer, at, at, false, trip);
            }
            Role::Instance(_) | Role::Plain | Role::Other(_) => {
                if !self.group_lets_in(at, packet, &trip.sender) {
                    self.lost(&trip, "groups of the destination");
                } else if !self.running(at) {
                    self.lost(&trip, "the destination does not run");
                } else {
                    self.back(at, packet.mirror(), trip);
                }
            }
            Role::Endpoint(r) => {
                let endpoint = &self.network.endpoints[r.id().unwrap()];
                if !self.group_lets_in(at, packet, &trip.sender) {
                    return self.lost(&trip, "groups of the endpoint");
                } else if endpoint.state != Some(EndpointState::Available) {
                    return self.lost(&trip, "state of the endpoint");
                } else if ![TCP, UDP].contains(&packet.proto) {
                    return self.lost(&trip, "an interface endpoint carries TCP and UDP");
                }
                trip.via.insert("interface endpoint");
                match &endpoint.target {
                    EndpointTarget::Aws(..) => self.back(at, packet.mirror(), trip),
                    EndpointTarget::Service(service) => {
                        let service = &self.network.services[service.id().unwrap()];
                        self.private_link(at, &service.load_balancers, trip);
                    }
                }
            }
        }
    }

    /// From an endpoint's interface to the node in the same zone of one of the load balancers.
    fn private_link(&mut self, at: Id<Interface>, balancers: &[Ref<LoadBalancer>], mut trip: Trip) {
        trip.via.insert("private link");
        trip.sender.clear();
        let mut found = false;
        for balancer in balancers {
            let balancer = &self.network.load_balancers[balancer.id().unwrap()];
            for node in &balancer.nodes {
                let node = node.id().unwrap();
                if self.zone_of(node) != self.zone_of(at) {
                    continue;
                }
                found = true;
                let filters = balancer.has_groups && balancer.enforce_on_private_link;
                if filters && !self.group_lets_in(node, trip.packet, &[]) {
                    self.lost(&trip, "groups of the provider's load balancer");
                } else {
                    self.balance(balancer, node, at, true, trip.clone());
                }
            }
        }
        if !found {
            self.lost(&trip, "the service is not in the endpoint's zone");
        }
    }

    /// A node of a Network Load Balancer picks a target.
    fn balance(
        &mut self,
        balancer: &LoadBalancer,
        node: Id<Interface>,
        door: Id<Interface>,
        private_link: bool,
        trip: Trip,
    ) {
        let asked = trip.packet;
        let listener = balancer.listeners.iter().find(|l| {
            let carries = match l.protocol {
                ListenerProtocol::Tcp | ListenerProtocol::Tls => asked.proto == TCP,
                ListenerProtocol::Udp => asked.proto == UDP,
                ListenerProtocol::TcpUdp => [TCP, UDP].contains(&asked.proto),
            };
            l.port == asked.dport && carries
        });
        let Some(listener) = listener.filter(|_| balancer.kind == LoadBalancerKind::Network) else {
            return self.lost(&trip, "no listener");
        };
        let mut picked = false;
        for (group, weight) in &listener.forward {
            let group = &self.network.target_groups[group.id().unwrap()];
            if *weight == 0 {
                continue;
            }
            for (ip, port) in self.candidates(balancer, node, group) {
                picked = true;
                let preserved = !private_link && preserves(group);
                let sent = Packet {
                    src: if preserved {
                        asked.src
                    } else {
                        self.network.interfaces[node].ips[0]
                    },
                    dst: ip,
                    sport: if preserved { asked.sport } else { DRAWN },
                    dport: port,
                    ..asked
                };
                let mut trip = trip.clone();
                trip.packet = sent;
                trip.sender = if balancer.has_groups {
                    self.groups_of(node)
                } else {
                    Vec::new()
                };
                trip.memories.push(Memory {
                    at: node,
                    sent,
                    asked,
                    door,
                    direct: preserved,
                });
                if preserved && asked.src == ip {
                    self.lost(&trip, "a target asks itself");
                } else if balancer.has_groups && !self.group_lets_out(node, sent) {
                    self.lost(&trip, "groups of the load balancer, out");
                } else {
                    self.reach_target(node, preserved, trip);
                }
            }
        }
        if !picked {
            self.lost(&trip, "no target");
        }
    }

    fn reach_target(&mut self, node: Id<Interface>, preserved: bool, trip: Trip) {
        if trip.memories.len() > 8 {
            return self.lost(&trip, "goes round in circles");
        }
        for hop in self.travel(node, trip.packet) {
            let mut trip = trip.clone();
            match hop {
                Err(why) => self.lost(&trip, why),
                Ok(hop) => {
                    trip.via.insert(hop.via);
                    let target = match hop.place {
                        Place::Interface(at) => Some(&self.network.interfaces[at].role),
                        _ => None,
                    };
                    let plain = matches!(target, Some(Role::Instance(_) | Role::Plain));
                    if preserved && (!plain || !hop.known) {
                        self.lost(&trip, "the client's address cannot be preserved there");
                    } else if !hop.known && !matches!(hop.place, Place::Site(_)) && target.is_none()
                    {
                        self.lost(&trip, "no way to the target");
                    } else {
                        if !hop.known {
                            trip.sender.clear();
                        }
                        self.landed(hop.place, trip);
                    }
                }
            }
        }
    }

    /// The targets a node may send to: `(address, port)`.
    fn candidates(
        &self,
        balancer: &LoadBalancer,
        node: Id<Interface>,
        group: &TargetGroup,
    ) -> Vec<(Ipv4Addr, u16)> {
        let vpc = self.vpc_of(node);
        let enabled: Vec<&str> = balancer
            .nodes
            .iter()
            .map(|n| self.zone_of(n.id().unwrap()))
            .collect();
        let crosses = group.cross_zone.unwrap_or(balancer.cross_zone);
        let mut all = Vec::new();
        for target in &group.targets {
            let (ip, zone) = match &target.what {
                TargetWhat::Instance(r) => {
                    let instance = &self.network.instances[r.id().unwrap()];
                    let primary = instance.interfaces[0].id().unwrap();
                    let ip = self.network.interfaces[primary].ips[0];
                    (ip, Some(self.zone_of(primary)))
                }
                TargetWhat::Ip(ip) => {
                    let inside = self
                        .network
                        .subnets
                        .iter()
                        .find(|(_, s)| s.vpc.id() == Some(vpc) && s.cidr.contains(ip));
                    let zone = inside.map(|(_, s)| s.zone.as_str());
                    (*ip, zone.or(target.zone.as_deref()))
                }
                TargetWhat::LoadBalancer(_) => continue,
            };
            // No zone: an address outside the VPC, for every zone.
            let here =
                zone.is_none_or(|z| enabled.contains(&z) && (crosses || z == self.zone_of(node)));
            if here {
                let healthy = matches!(target.health, None | Some(Health::Healthy));
                all.push((healthy, (ip, target.port.unwrap_or(group.port))));
            }
        }
        // With no healthy target every one is used.
        let open = !all.iter().any(|(healthy, _)| *healthy);
        all.into_iter()
            .filter(|(healthy, _)| open || *healthy)
            .map(|(_, target)| target)
            .collect()
    }

    /// A reply leaves an interface: groups are stateful and let it.
    fn back(&mut self, from: Id<Interface>, reply: Packet, trip: Trip) {
        let last = *trip.memories.last().unwrap();
        let hops = if last.direct && reply.dst == last.sent.src {
            vec![self.straight(from, last.at, reply)]
        } else {
            self.travel(from, reply)
        };
        for hop in hops {
            self.answered(hop, trip.clone());
        }
    }

    /// A reply lands: on whoever waits for it, or it is lost.
    fn answered(&mut self, hop: Result<Hop, &'static str>, mut trip: Trip) {
        let hop = match hop {
            Ok(hop) => hop,
            Err(why) => return self.lost(&trip, why),
        };
        trip.via.insert(hop.via);
        let last = trip.memories.pop().unwrap();
        match hop.place {
            Place::Interface(at) if at == last.at && hop.packet == last.sent.mirror() => {
                if trip.memories.is_empty() {
                    self.home(trip);
                } else {
                    self.back(last.door, last.asked.mirror(), trip);
                }
            }
            _ => self.lost(&trip, "the reply comes to someone who did not ask"),
        }
    }
}

/// Whether targets of the group see the client's address.
fn preserves(group: &TargetGroup) -> bool {
    let datagrams = matches!(
        group.protocol,
        ListenerProtocol::Udp | ListenerProtocol::TcpUdp
    );
    match group.kind {
        TargetType::Ip if datagrams => true,
        TargetType::Ip => group.preserve_client_ip.unwrap_or(false),
        TargetType::Instance => group.preserve_client_ip.unwrap_or(true),
        TargetType::Alb => true,
    }
}

/// Movement: who a packet meets between two interfaces.
impl Reader<'_> {
    /// A packet leaves an interface for its destination.
    fn travel(&self, from: Id<Interface>, packet: Packet) -> Hops {
        let subnet = self.subnet_of(from);
        let vpc = self.vpc_of(from);
        if packet.dst.is_link_local() {
            return vec![Err("link-local addresses are not routed")];
        } else if self.network.subnets[subnet].cidr.contains(&packet.dst) {
            // A neighbour: no router, no ACL.
            return vec![self.deliver(vpc, Some(subnet), packet, true, "same subnet")];
        }
        if !self.acl_lets_out(subnet, packet) {
            return vec![Err("ACL, out")];
        }
        let table = self.network.subnets[subnet].table.id().unwrap();
        let targets = self.routes(table, packet.dst);
        if targets.is_empty() {
            return vec![Err("no route")];
        }
        targets
            .into_iter()
            .map(|target| self.follow(target?, vpc, subnet, packet))
            .collect()
    }

    fn follow(
        &self,
        target: &Target,
        vpc: Id<Vpc>,
        subnet: Id<Subnet>,
        packet: Packet,
    ) -> Result<Hop, &'static str> {
        match target {
            Target::Local => self.deliver(vpc, Some(subnet), packet, true, "local"),
            Target::Internet(_) => {
                let shared = (packet.dst.to_bits() >> 22) == (0x6440_0000 >> 22);
                if packet.dst.is_private() || shared {
                    return Err("an internet gateway refuses private destinations");
                }
                let public = self
                    .network
                    .interfaces
                    .iter()
                    .filter(|(i, _)| self.vpc_of(*i) == vpc)
                    .flat_map(|(_, i)| &i.public)
                    .find(|(private, _)| *private == packet.src);
                let (_, src) = public.ok_or("no public address")?;
                self.out_in_the_world(Packet {
                    src: *src,
                    ..packet
                })
            }
            Target::Nat(r) => {
                let nat = &self.network.nat_gateways[r.id().unwrap()];
                let at = nat.interface.id().unwrap();
                if !nat.available || self.vpc_of(at) != vpc {
                    return Err("the NAT gateway is not available");
                }
                let to = self.subnet_of(at);
                if to != subnet && !self.acl_lets_in(to, packet) {
                    return Err("ACL of the NAT gateway, in");
                }
                Ok(Hop {
                    place: Place::Nat(at),
                    packet,
                    known: false,
                    via: "NAT gateway",
                })
            }
            Target::Peering(r) => {
                let peering = &self.network.peerings[r.id().unwrap()];
                let [one, other] = peering.between.each_ref().map(|v| v.id().unwrap());
                let far = if one == vpc { other } else { one };
                if !peering.active || (one != vpc && other != vpc) {
                    return Err("the peering is not active");
                }
                let vpcs = &self.network.vpcs;
                if !vpcs[far].cidrs.iter().any(|c| c.contains(&packet.dst)) {
                    return Err("a peering leads into the other VPC and no further");
                }
                let known = vpcs[far].region == vpcs[vpc].region;
                self.deliver(far, None, packet, known, "peering")
            }
            Target::Vpn(r) => {
                let up = self.network.connections.iter().any(|(_, c)| {
                    c.up && c.to.id() == r.id()
                        && c.prefixes.iter().any(|p| p.contains(&packet.dst))
                });
                if !up {
                    return Err("no connection announces the destination");
                }
                Ok(Hop {
                    place: Place::Site(vpc),
                    packet,
                    known: false,
                    via: "VPN",
                })
            }
            Target::Endpoint(r) => {
                let endpoint = &self.network.endpoints[r.id().unwrap()];
                if endpoint.state != Some(EndpointState::Available) {
                    return Err("state of the gateway endpoint");
                } else if ![TCP, ICMP].contains(&packet.proto) {
                    return Err("a gateway endpoint carries TCP and echo");
                }
                Ok(Hop {
                    place: Place::GatewayService(vpc),
                    packet,
                    known: false,
                    via: "gateway endpoint",
                })
            }
            Target::Transit(_) | Target::Unseen(_) => Err("not in the input"),
        }
    }

    /// Inside a VPC, to the interface that has the address.
    fn deliver(
        &self,
        vpc: Id<Vpc>,
        from: Option<Id<Subnet>>,
        packet: Packet,
        known: bool,
        via: &'static str,
    ) -> Result<Hop, &'static str> {
        let has = |i: &Interface| {
            i.ips.contains(&packet.dst) || i.prefixes.iter().any(|p| p.contains(&packet.dst))
        };
        let at = self
            .network
            .interfaces
            .iter()
            .find(|(id, i)| self.vpc_of(*id) == vpc && has(i))
            .map(|(id, _)| id)
            .ok_or("nobody has the address")?;
        let to = self.subnet_of(at);
        if from != Some(to) && !self.acl_lets_in(to, packet) {
            return Err("ACL, in");
        }
        Ok(Hop {
            place: Place::Interface(at),
            packet,
            known,
            via,
        })
    }

    /// From one interface to another by memory alone; the ACLs still look.
    fn straight(
        &self,
        from: Id<Interface>,
        at: Id<Interface>,
        packet: Packet,
    ) -> Result<Hop, &'static str> {
        let (near, far) = (self.subnet_of(from), self.subnet_of(at));
        if near != far && !(self.acl_lets_out(near, packet) && self.acl_lets_in(far, packet)) {
            return Err("ACL, back by memory");
        }
        Ok(Hop {
            place: Place::Interface(at),
            packet,
            known: false,
            via: "memory",
        })
    }

    /// A packet between public addresses: to the interface behind the destination, or to the world.
    fn out_in_the_world(&self, packet: Packet) -> Result<Hop, &'static str> {
        let via = "internet gateway";
        for (id, interface) in self.network.interfaces.iter() {
            if let Some((private, _)) = interface.public.iter().find(|(_, p)| *p == packet.dst) {
                let vpc = self.vpc_of(id);
                if self.network.vpcs[vpc].internet_gateway.is_none() {
                    return Err("no internet gateway at the destination");
                }
                let dst = *private;
                return self.deliver(vpc, None, Packet { dst, ..packet }, false, via);
            }
        }
        Ok(Hop {
            place: Place::World,
            packet,
            known: false,
            via,
        })
    }
}
