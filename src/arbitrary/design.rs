//! Networks of the usual shapes: an application in some zones, ways out, endpoints, a partner.

use crate::model::{Draft, Network};
use crate::scenario::load;
use proptest::prelude::*;
use std::fmt::Write as _;

/// How private subnets reach the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nat {
    /// They do not.
    None,
    /// By one NAT gateway, in the first zone.
    Shared,
    /// By one NAT gateway a zone.
    PerZone,
}

/// What a network has. VPC `app` has the instances `app-1`, `app-2`, … one a zone, and VPC `partner`
/// the endpoint service `orders` behind a Network Load Balancer, with one target a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a decision of its own"
)]
pub struct Design {
    /// Zones of the application, from 1.
    pub zones: u8,
    /// How it reaches the internet.
    pub nat: Nat,
    /// A gateway endpoint for S3, on every private table.
    pub gateway_endpoint: bool,
    /// Zones of the endpoint to `orders`; 0: there is none.
    pub orders: u8,
    /// The endpoint takes the service's own name.
    pub private_dns: bool,
    /// The provider has accepted it.
    pub accepted: bool,
    /// The endpoint's group admits the application.
    pub admits: bool,
    /// The provider's load balancer sends to targets of every zone.
    pub cross_zone: bool,
}

/// Every design: up to three zones, with and without each of its parts.
pub fn designs() -> impl Strategy<Value = Design> {
    let nat = prop_oneof![Just(Nat::None), Just(Nat::Shared), Just(Nat::PerZone)];
    let likely = || proptest::bool::weighted(0.8);
    let of_zones = (1..=3_u8).prop_flat_map(|zones| (Just(zones), 0..=zones));
    let rest = (
        nat,
        any::<bool>(),
        likely(),
        likely(),
        likely(),
        any::<bool>(),
    );
    (of_zones, rest).prop_map(|((zones, orders), rest)| {
        let (nat, gateway_endpoint, private_dns, accepted, admits, cross_zone) = rest;
        Design {
            zones,
            nat,
            gateway_endpoint,
            orders,
            private_dns,
            accepted,
            admits,
            cross_zone,
        }
    })
}

/// The networks of [`designs`].
pub fn networks() -> impl Strategy<Value = Network> {
    designs().prop_filter_map("every design is sound", |design| design.network().ok())
}

impl Design {
    /// The network.
    ///
    /// # Errors
    /// What is wrong with it: nothing is, of any that [`designs`] makes.
    pub fn network(&self) -> Result<Network, String> {
        super::sound(self.draft()?)
    }

    /// The network, names not yet looked up.
    ///
    /// # Errors
    /// What is wrong with its text.
    pub fn draft(&self) -> Result<Draft, String> {
        let loaded = load("design.yaml", &self.scenario(), &|_| Err(String::new()));
        let cases = loaded.scenario.into_iter().flat_map(|s| s.cases);
        let first = cases.map(|case| case.draft).next();
        first.ok_or_else(|| super::wrong(loaded.diagnostics))
    }

    /// The scenario file that says the same.
    #[must_use]
    pub fn scenario(&self) -> String {
        let mut out = String::from("name: a design\nregion: us-east-1\nvpcs:\n");
        self.application(&mut out);
        self.partner(&mut out);
        let state = if self.accepted { "accepted" } else { "pending" };
        let connections = match self.orders {
            0 => String::new(),
            _ => format!(", connections: {{ app/orders: {state} }}"),
        };
        let _ = writeln!(
            out,
            "endpoint_services:\n  orders: {{ load_balancers: partner/nlb, allowed_principals: any, private_dns_name: {{ name: orders.example.com, verified: true }}{connections} }}"
        );
        out
    }

    fn application(&self, out: &mut String) {
        let zones = || 1..=self.zones;
        *out += "  app:\n    cidr: 10.0.0.0/16\n    dns: { hostnames: true }\n    internet_gateway: igw\n    subnets:\n";
        for z in zones() {
            let _ = writeln!(
                out,
                "      public-{z}: {{ zone: use1-az{z}, cidr: 10.0.{z}.0/24, route_table: public }}\n      private-{z}: {{ zone: use1-az{z}, cidr: 10.0.1{z}.0/24, route_table: private-{z} }}"
            );
        }
        *out += "    route_tables:\n      public: { routes: { 0.0.0.0/0: igw } }\n";
        for z in zones() {
            let route = match self.nat {
                Nat::None => String::new(),
                Nat::Shared => "routes: { 0.0.0.0/0: nat-1 }".to_owned(),
                Nat::PerZone => format!("routes: {{ 0.0.0.0/0: nat-{z} }}"),
            };
            let _ = writeln!(out, "      private-{z}: {{ {route} }}");
        }
        let nats = match self.nat {
            Nat::None => 0,
            Nat::Shared => 1,
            Nat::PerZone => self.zones,
        };
        if nats > 0 {
            *out += "    nat_gateways:\n";
        }
        for z in 1..=nats {
            let _ = writeln!(
                out,
                "      nat-{z}: {{ subnet: public-{z}, ip: 10.0.{z}.5, public_ip: 203.0.113.{z} }}"
            );
        }
        let admitted = if self.admits { "app" } else { "10.9.0.0/16" };
        let _ = writeln!(
            out,
            "    security_groups:\n      app: {{ ingress: [{{ protocol: tcp, port: 443, from: app }}] }}\n      endpoint: {{ ingress: [{{ protocol: tcp, port: 443, from: {admitted} }}] }}\n    instances:"
        );
        for z in zones() {
            let _ = writeln!(
                out,
                "      app-{z}: {{ subnet: private-{z}, ip: 10.0.1{z}.10, security_groups: app }}"
            );
        }
        if self.gateway_endpoint || self.orders > 0 {
            *out += "    endpoints:\n";
        }
        if self.gateway_endpoint {
            let tables: Vec<String> = zones().map(|z| format!("private-{z}")).collect();
            let tables = tables.join(", ");
            let _ = writeln!(
                out,
                "      s3: {{ type: gateway, service: s3, route_tables: [{tables}] }}"
            );
        }
        if self.orders > 0 {
            let subnet = |z| format!("private-{z}: 10.0.1{z}.50");
            let subnets: Vec<String> = (1..=self.orders).map(subnet).collect();
            let (subnets, private_dns) = (subnets.join(", "), self.private_dns);
            let _ = writeln!(
                out,
                "      orders: {{ service: \"service:orders\", subnets: {{ {subnets} }}, security_groups: endpoint, private_dns: {private_dns} }}"
            );
        }
    }

    fn partner(&self, out: &mut String) {
        *out += "  partner:\n    account: \"222222222222\"\n    cidr: 10.8.0.0/16\n    subnets:\n";
        let zones = || 1..=self.zones;
        for z in zones() {
            let _ = writeln!(
                out,
                "      web-{z}: {{ zone: use1-az{z}, cidr: 10.8.{z}.0/24 }}"
            );
        }
        *out += "    security_groups: { web: { ingress: [{ protocol: tcp, port: 8443, from: 10.8.0.0/16 }] } }\n    instances:\n";
        for z in zones() {
            let _ = writeln!(
                out,
                "      web-{z}: {{ subnet: web-{z}, ip: 10.8.{z}.30, security_groups: web }}"
            );
        }
        let list = |one: fn(u8) -> String| zones().map(one).collect::<Vec<_>>().join(", ");
        let nodes = list(|z| format!("web-{z}: 10.8.{z}.20"));
        let targets = list(|z| format!("{{ instance: web-{z}, health: healthy }}"));
        let cross_zone = self.cross_zone;
        let _ = writeln!(
            out,
            "    load_balancers: {{ nlb: {{ subnets: {{ {nodes} }}, cross_zone: {cross_zone}, listeners: [{{ protocol: tcp, port: 443, forward: web }}] }} }}\n    target_groups: {{ web: {{ port: 8443, targets: [{targets}] }} }}"
        );
    }
}
