//! Internet gateways, NAT gateways, peering connections.

use super::dump::Dump;
use super::node::Node;
use super::vpcs::{Zones, zone_id, zone_ids};
use crate::model::{
    Draft, EgressOnlyGateway, InternetGateway, NatGateway, Origin, Peering, Ref, RegionalNat, Vpc,
};
use std::collections::HashSet;
use std::net::Ipv4Addr;

/// Whether an attachment is one: `available` and `attached` both say so.
pub(super) fn holds(attachment: &Node<'_>) -> bool {
    !attachment.has("State") || attachment.is("State", &["available", "attached", "attaching"])
}

/// The VPC a gateway is attached to.
pub(super) fn attached<'a>(row: &Node<'a>, key: &str) -> Option<&'a str> {
    row.items(key)
        .iter()
        .filter(|a| holds(a))
        .find_map(|a| a.text("VpcId"))
}

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) {
    let why = "attached to no VPC";
    for (name, row) in dump.rows("InternetGateways", "InternetGatewayId") {
        let origin = row.origin();
        match attached(&row, "Attachments") {
            Some(vpc) => {
                draft.internet_gateways.push(InternetGateway {
                    name: name.to_owned(),
                    vpc: Ref::named(vpc, &origin),
                    origin,
                });
            }
            None => dump.context.leave("internet gateways", why, 1, false),
        }
    }
    let mut known: HashSet<&str> = HashSet::new();
    for (name, row) in dump.rows("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId") {
        known.insert(name);
        match attached(&row, "Attachments") {
            Some(vpc) => egress_only(name, vpc, &row.origin(), draft),
            None => dump
                .context
                .leave("egress-only internet gateways", why, 1, false),
        }
    }
    // One has nothing but its VPC, and a route that leads to it says that.
    for table in dump.all("RouteTables") {
        let routes = table.items("Routes");
        let routes = routes.iter().filter(|r| !r.is("State", &["blackhole"]));
        let named =
            routes.filter_map(|r| Some((r.text("EgressOnlyInternetGatewayId")?, r.origin())));
        for (name, origin) in named {
            if let (Some(vpc), true) = (table.text("VpcId"), known.insert(name)) {
                egress_only(name, vpc, &origin, draft);
            }
        }
    }
    let zones = zone_ids(dump);
    for (name, row) in dump.rows("NatGateways", "NatGatewayId") {
        nat_gateway(name, &row, &zones, draft);
    }
    let peerings = dump.rows("VpcPeeringConnections", "VpcPeeringConnectionId");
    for (name, row) in peerings {
        let origin = row.origin();
        let status = row.get("Status");
        draft.peerings.push(Peering {
            name: name.to_owned(),
            id: None,
            between: [
                side(&row, "RequesterVpcInfo", "requester", name, &origin),
                side(&row, "AccepterVpcInfo", "accepter", name, &origin),
            ],
            active: status.is_none_or(|s| s.is("Code", &["active"])),
            remote_dns: ["RequesterVpcInfo", "AccepterVpcInfo"].map(|side| {
                let options = row.get(side).and_then(|s| s.get("PeeringOptions"));
                options.and_then(|o| o.flag("AllowDnsResolutionFromRemoteVpc")) == Some(true)
            }),
            origin,
        });
    }
}

fn egress_only(name: &str, vpc: &str, origin: &Origin, draft: &mut Draft) {
    draft.egress_only_gateways.push(EgressOnlyGateway {
        name: name.to_owned(),
        vpc: Ref::named(vpc, origin),
        origin: origin.clone(),
    });
}

fn side(row: &Node<'_>, key: &str, role: &str, name: &str, origin: &Origin) -> Ref<Vpc> {
    match row.get(key).and_then(|v| v.text("VpcId")) {
        Some(vpc) => Ref::named(vpc, origin),
        None => Ref::named(format!("{role} of {name}"), origin),
    }
}

/// The address of a NAT gateway that counts: the primary, else the first.
pub(super) fn primary<'a>(row: &Node<'a>) -> Option<Node<'a>> {
    let addresses = row.items("NatGatewayAddresses");
    addresses
        .iter()
        .find(|a| a.flag("IsPrimary") == Some(true))
        .or_else(|| addresses.first())
        .cloned()
}

/// `AvailabilityMode`, and of no subnet
/// (`/AWSEC2/latest/APIReference/API_NatGateway.html`).
pub(super) fn is_regional(row: &Node<'_>) -> bool {
    row.is("AvailabilityMode", &["regional"]) || !row.has("SubnetId")
}

fn regional_nat(name: &str, row: &Node<'_>, zones: &Zones<'_>, draft: &mut Draft) {
    let origin = row.origin();
    let Some(vpc) = row.need("VpcId") else { return };
    let mut addresses = Vec::new();
    for address in row.items("NatGatewayAddresses") {
        if address.is("Status", &["failed", "disassociating"]) {
            continue;
        }
        let zone = zone_id(&address, zones);
        let public = address.parsed::<Ipv4Addr>("PublicIp", "an address");
        addresses.extend(public.map(|ip| (zone, ip)));
    }
    // Zones that AWS provisions it serves by itself.
    let by_hand = row.is("AutoProvisionZones", &["disabled"]);
    let served = by_hand.then(|| {
        let own = addresses.iter().filter_map(|(z, _)| z.clone());
        let mut zones: Vec<String> = own.collect();
        zones.dedup();
        zones
    });
    let table = row.text("RouteTableId").map(str::to_owned);
    let table = table.unwrap_or_else(|| format!("of {name}"));
    draft.regional_nats.push(RegionalNat {
        name: name.to_owned(),
        id: None,
        vpc: Ref::named(vpc, &origin),
        zones: served,
        addresses,
        table: Ref::named(table, &origin),
        available: !row.has("State") || row.is("State", &["available"]),
        origin,
    });
}

fn nat_gateway(name: &str, row: &Node<'_>, zones: &Zones<'_>, draft: &mut Draft) {
    let origin = row.origin();
    if is_regional(row) {
        return regional_nat(name, row, zones, draft);
    }
    let Some(subnet) = row.need("SubnetId") else {
        return;
    };
    let interface = primary(row)
        .and_then(|a| a.text("NetworkInterfaceId"))
        .map_or_else(|| format!("of {name}"), str::to_owned);
    draft.nat_gateways.push(NatGateway {
        name: name.to_owned(),
        id: None,
        subnet: Ref::named(subnet, &origin),
        interface: Ref::named(interface, &origin),
        public: !row.is("ConnectivityType", &["private"]),
        available: !row.has("State") || row.is("State", &["available"]),
        origin,
    });
}
