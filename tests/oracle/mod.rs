//! A second reading of how AWS carries one packet and its reply, written from AWS's pages and not
//! from the program, to be compared with it. It shares nothing with the program but the nouns.
//!
//! One packet is carried hop by hop ([`walk`]); where it can go several ways each is tried in turn.
//! Whoever changes a packet writes down what came in and what went out ([`Memory`]), and the reply
//! must come to them as the exact mirror of it. Any `Err` is the code of what stops the packet.

mod balancer;
mod names;
mod rules;
mod walk;

use reachability::model::{
    EndpointService, Id, Interface, LoadBalancer, Network, SecurityGroup, Site, VpcEndpoint,
};
use std::net::Ipv4Addr;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum From {
    Interface(Id<Interface>),
    Site(Id<Site>, Ipv4Addr),
    Internet(Ipv4Addr),
}

/// Whom.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum To {
    Address(Ipv4Addr),
    Interface(Id<Interface>),
    Balancer(Id<LoadBalancer>),
    Endpoint(Id<VpcEndpoint>),
    Service(Id<EndpointService>),
    /// A service of AWS in a Region, by its public name.
    Aws(String, String),
    /// Any other name.
    Name(String),
}

/// What is asked. For protocols without ports these are zero.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) from: From,
    pub(crate) to: To,
    pub(crate) protocol: u8,
    pub(crate) port: u16,
    pub(crate) client_ports: (u16, u16),
}

/// One way it can end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ending {
    pub(crate) class: &'static str,
    /// What stopped it, and where; empty if it was answered.
    pub(crate) code: &'static str,
    pub(crate) leg: &'static str,
    pub(crate) mechanism: &'static str,
    /// Whether it crossed a public link.
    pub(crate) public: bool,
    /// The source as the destination saw it.
    pub(crate) sees: Option<Ipv4Addr>,
}

/// Every way it can end.
pub(crate) fn endings(network: &Network, question: &Question) -> Vec<Ending> {
    let mut reader = Reader {
        network,
        cuts: rules::cuts(network),
        accept: None,
        trip: Trip::default(),
        endings: Vec::new(),
    };
    let asked = reader.dial(question);
    if let Err(code) = asked {
        reader.trip.leg = "dns";
        reader.end(code);
    }
    reader.endings.sort();
    reader.endings.dedup();
    reader.endings
}

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Of ICMP the destination port is the type: an echo or its reply.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Packet {
    src: Ipv4Addr,
    dst: Ipv4Addr,
    protocol: u8,
    sport: u16,
    dport: u16,
}

impl Packet {
    fn mirror(self) -> Self {
        let (sport, dport) = match self.protocol {
            ICMP => (0, 8 - self.dport),
            _ => (self.dport, self.sport),
        };
        let (src, dst) = (self.dst, self.src);
        Self {
            src,
            dst,
            sport,
            dport,
            ..self
        }
    }
}

/// Where somebody waits for a reply.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spot {
    Interface(Id<Interface>),
    Site(Id<Site>),
    World,
}

/// What someone who sends or changes a packet keeps for the reply.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Memory {
    at: Spot,
    sent: Packet,
    /// What had come in, and the interface by which its answer leaves.
    asked: Packet,
    door: Option<Id<Interface>>,
    /// The reply finds its way back without a route: NAT gateways, preserved client addresses.
    direct: bool,
}

/// Something a question may have been about.
#[derive(Clone, Debug, PartialEq)]
enum Passed {
    Interface(Id<Interface>),
    Balancer(Id<LoadBalancer>),
    Endpoint(Id<VpcEndpoint>),
    Aws(String, String),
}

/// A packet on its way, and what it went through.
#[derive(Clone, Debug)]
struct Trip {
    packet: Packet,
    leg: &'static str,
    /// Groups of the sender, and whether they are still known.
    groups: Vec<Id<SecurityGroup>>,
    known: bool,
    memory: Vec<Memory>,
    mechanisms: Vec<&'static str>,
    public: bool,
    passed: Vec<Passed>,
    sees: Option<Ipv4Addr>,
}

impl Default for Trip {
    fn default() -> Self {
        let nobody = Ipv4Addr::UNSPECIFIED;
        Self {
            packet: Packet {
                src: nobody,
                dst: nobody,
                protocol: 0,
                sport: 0,
                dport: 0,
            },
            leg: "out",
            groups: Vec::new(),
            known: false,
            memory: Vec::new(),
            mechanisms: Vec::new(),
            public: false,
            passed: Vec::new(),
            sees: None,
        }
    }
}

/// Whether it goes on; if not, the code of what stops it.
type Hit = Result<(), &'static str>;

struct Reader<'a> {
    network: &'a Network,
    /// Ports at which some rule begins or ends.
    cuts: Vec<u16>,
    /// What the question is about; none: whoever has the address.
    accept: Option<Vec<Passed>>,
    trip: Trip,
    endings: Vec<Ending>,
}

/// The mechanisms, the telling ones first.
const RANK: &[&str] = &[
    "gateway-endpoint",
    "interface-endpoint",
    "isp",
    "nat-gateway",
    "internet-gateway",
    "peering",
    "vpn",
    "direct-connect",
    "load-balancer",
    "local",
    "same-subnet",
    "host-service",
];

impl Reader<'_> {
    /// Tries each of several ways from here; what stops one does not stop the others.
    fn each<T>(&mut self, ways: Vec<T>, go: impl Fn(&mut Self, T) -> Hit) -> Hit {
        let before = self.trip.clone();
        for way in ways {
            self.trip.clone_from(&before);
            if let Err(code) = go(self, way) {
                self.end(code);
            }
        }
        Ok(())
    }

    fn end(&mut self, code: &'static str) {
        let trip = &self.trip;
        let class = match code {
            "" if trip.public => "internet",
            "" => "private",
            "ENDPOINT_DOES_NOT_SERVE" => "denied",
            _ => "unreachable",
        };
        let primary = RANK.iter().find(|m| trip.mechanisms.contains(m));
        self.endings.push(Ending {
            class,
            code,
            leg: if code.is_empty() { "" } else { trip.leg },
            mechanism: primary.copied().unwrap_or_default(),
            public: trip.public,
            sees: trip.sees,
        });
    }

    /// The way goes over something that has a name.
    fn cross(&mut self, mechanism: &'static str) {
        if self.trip.leg == "out" {
            self.trip.mechanisms.push(mechanism);
        }
        self.trip.public |= ["internet-gateway", "isp"].contains(&mechanism);
        if !["local", "same-subnet"].contains(&mechanism) {
            self.trip.known = false;
        }
    }

    /// A port of every span that some rule tells apart.
    fn ports(&self, (low, high): (u16, u16)) -> Vec<u16> {
        let inside = self.cuts.iter().filter(|c| (low + 1..=high).contains(c));
        [low].into_iter().chain(inside.copied()).collect()
    }
}
