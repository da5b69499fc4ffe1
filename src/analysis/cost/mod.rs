//! What a path costs: what AWS charges by the hour for what stands on it, and by the gigabyte for
//! what passes.
//!
//! A line names the component that is charged. What the table has no price for is listed all the
//! same, as unknown: a missing line would read as *free*. A total is of one gigabyte and of one hour,
//! and no bill: volumes, tiers and discounts are not in the input.

mod prices;

pub use prices::{Charge, Per, Prices, Tier};

use crate::answer::{Alternative, Did, Part, Wording, zone_of};
use crate::aws::Compiled;
use crate::fabric::{NodeId, Outside};
use crate::model::{EndpointKind, Id, Interface, Network, Role};

/// Something on a path that AWS charges for.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What is charged.
    pub charge: Charge,
    /// The component, as `vpc/name`.
    pub at: String,
    /// How many of it: zones of an endpoint, directions across zones.
    pub times: usize,
    /// The price of one, in the table's currency; none: the table does not know it.
    pub price: Option<f64>,
}

/// What the lines of one way come to, each in the table's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Total {
    /// For every gigabyte.
    pub gb: f64,
    /// For every hour, whoever uses it.
    pub hour: f64,
    /// Whether something is charged that has no price here.
    pub open: bool,
}

/// What lines come to.
#[must_use]
pub fn total(lines: &[Line]) -> Total {
    let mut sum = Total::default();
    for line in lines {
        let amount = line.price.map(|price| price * line.times as f64);
        match (amount, line.charge.per()) {
            (Some(amount), Per::Gb) => sum.gb += amount,
            (Some(amount), Per::Hour) => sum.hour += amount,
            (Some(_), Per::Other) | (None, _) => sum.open = true,
        }
    }
    // A millionth is less than any price: what is left of a sum behind it is no amount.
    let whole = |amount: f64| (amount * 1e6).round() / 1e6;
    (sum.gb, sum.hour) = (whole(sum.gb), whole(sum.hour));
    sum
}

/// The charges of one way, in the order of the path; those of a way that delivers nothing are none.
#[must_use]
pub fn cost(
    network: &Network,
    compiled: &Compiled,
    prices: &Prices,
    way: &Alternative,
) -> Vec<Line> {
    let mut bill = Bill {
        network,
        compiled,
        prices,
        region: String::new(),
        lines: Vec::new(),
    };
    if way.delivered() {
        bill.read(way);
    }
    bill.lines
}

struct Bill<'a> {
    network: &'a Network,
    compiled: &'a Compiled,
    prices: &'a Prices,
    /// Where the path is.
    region: String,
    lines: Vec<Line>,
}

impl Bill<'_> {
    fn read(&mut self, way: &Alternative) {
        let mut out = Wording::new(self.network, self.compiled).facts(way);
        out.retain(|f| f.part == Part::Out);
        // What comes before the first interface (a VPN, a transit gateway) is charged where it ends.
        let mut met = out.iter().map(|f| f.place.node());
        if let Some(first) = met.find_map(|node| self.compiled.interface_of(node)) {
            self.region_of(first);
        }
        let mut last: Option<Id<Interface>> = None;
        let mut public = false;
        // Whose public address a packet has that leaves by an internet gateway.
        let mut owner: Option<NodeId> = None;
        let mut carried = false;
        for (at, fact) in out.iter().enumerate() {
            let node = fact.place.node();
            if let Some(here) = self.compiled.interface_of(node) {
                self.region_of(here);
                if last != Some(here) {
                    self.between(last, here, carried);
                    self.component(here);
                    (last, owner, carried) = (Some(here), Some(node), false);
                }
            }
            if fact.did == Did::Crossed {
                let rest = out.get(at + 1..).unwrap_or_default();
                let next = rest.first().map(|f| f.place.node());
                match &*fact.by {
                    "nat-gateway" => owner = next,
                    "transit-gateway" | "client-vpn" => carried = true,
                    // What comes in goes to the public address of whoever is next.
                    "internet-gateway" if public || owner.is_none() => {
                        let mut met = rest.iter().map(|f| f.place.node());
                        owner = met.find(|n| self.compiled.interface_of(*n).is_some());
                    }
                    _ => {}
                }
                if &*fact.by == "internet-gateway" {
                    public = true;
                    if let Some(owner) = owner.filter(|n| self.is_public(*n)) {
                        self.add(Charge::PublicAddressHour, &self.name(owner), 1);
                    }
                }
                self.link(&fact.by, next);
            }
        }
        if public && way.outside != Outside::No {
            self.add(Charge::InternetOut, "internet", 1);
        }
    }

    /// Whether a node has a public IPv4 address: a regional NAT gateway, or an interface that one is
    /// mapped to.
    fn is_public(&self, node: NodeId) -> bool {
        let interface = self.compiled.interface_of(node);
        interface.is_none_or(|i| !self.network.interfaces[i].public.is_empty())
    }

    fn region_of(&mut self, interface: Id<Interface>) {
        if let Some(vpc) = self.network.vpc_of(interface) {
            self.region.clone_from(&self.network.vpcs[vpc].region);
        }
    }

    fn add(&mut self, charge: Charge, at: &str, times: usize) {
        let line = Line {
            charge,
            at: at.to_owned(),
            times,
            price: self.prices.of(&self.region, charge),
        };
        if !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }

    fn name(&self, node: NodeId) -> String {
        self.compiled.owner_name(node).to_string()
    }

    /// What stands there.
    fn component(&mut self, interface: Id<Interface>) {
        let network = self.network;
        let name = self.name(self.compiled.node_of(interface));
        match &network.interfaces[interface].role {
            Role::Endpoint(endpoint) => {
                let Some(id) = endpoint.id() else { return };
                if let EndpointKind::Interface(all) = &network.endpoints[id].kind {
                    self.add(Charge::InterfaceEndpointHour, &name, all.len());
                    self.add(Charge::InterfaceEndpointGb, &name, 1);
                }
                if network.endpoints[id].across(network).is_some() {
                    self.add(Charge::CrossRegion, &name, 1);
                }
            }
            Role::Nat(_) => {
                self.add(Charge::NatGatewayHour, &name, 1);
                self.add(Charge::NatGatewayGb, &name, 1);
            }
            Role::LoadBalancer(_) => {
                self.add(Charge::LoadBalancerHour, &name, 1);
                self.add(Charge::LoadBalancerUnits, &name, 1);
            }
            // A Resolver endpoint is on the way of queries, which are no part of a flow's bill.
            Role::Instance(_)
            | Role::Resolver(_)
            | Role::ClientVpn(_)
            | Role::Plain
            | Role::Other(_) => {}
        }
    }

    /// Between Regions the sender is charged
    /// (`/vpc/latest/peering/vpc-peering-basics.html`), and between zones of a Region each direction is
    /// charged, but not on the way to an endpoint, nor what a transit gateway or Client VPN carried
    /// (`/about-aws/whats-new/2022/04/aws-data-transfer-price-reduction-privatelink-transit-gateway-client-vpn-services/`).
    fn between(&mut self, last: Option<Id<Interface>>, here: Id<Interface>, carried: bool) {
        let network = self.network;
        let free = |id: Id<Interface>| matches!(network.interfaces[id].role, Role::Endpoint(_));
        let Some(last) = last.filter(|last| !free(*last) && !free(here)) else {
            return;
        };
        let region = |id| network.vpc_of(id).map(|v| &network.vpcs[v].region);
        let name = self.name(self.compiled.node_of(here));
        if region(last) != region(here) {
            self.add(Charge::CrossRegion, &name, 1);
        } else if !carried && zone_of(network, last) != zone_of(network, here) {
            self.add(Charge::CrossZone, &name, 2);
        }
    }

    fn link(&mut self, token: &str, to: Option<NodeId>) {
        let name = to.map_or(String::new(), |to| self.name(to));
        match token {
            "gateway-endpoint" => self.add(Charge::GatewayEndpoint, &name, 1),
            // A zonal one is charged by its interface.
            "nat-gateway" if to.is_some_and(|to| self.compiled.interface_of(to).is_none()) => {
                self.add(Charge::RegionalNat, &name, 1);
            }
            "transit-gateway" => {
                self.add(Charge::TransitAttachmentHour, &name, 2);
                self.add(Charge::TransitGb, &name, 1);
            }
            "vpn" => self.add(Charge::VpnHour, &name, 1),
            "direct-connect" | "direct-connect-public" => {
                self.add(Charge::DirectConnect, &name, 1);
            }
            "client-vpn" => self.add(Charge::ClientVpn, &name, 1),
            "gwlb-endpoint" => self.add(Charge::GatewayLoadBalancerEndpoint, &name, 1),
            _ => {}
        }
    }
}
