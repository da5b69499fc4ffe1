//! Internet gateways, NAT gateways, virtual private gateways, peering connections.

use super::dump::Dump;
use super::left_out::NOT_YET;
use super::node::Node;
use crate::model::{
    Draft, Gap, InternetGateway, NatGateway, Origin, Peering, Ref, Unseen, Vpc, VpnGateway, Why,
};

/// Whether an attachment is one: `available` and `attached` both say so.
pub(super) fn holds(attachment: &Node<'_>) -> bool {
    !attachment.has("State") || attachment.is("State", &["available", "attached", "attaching"])
}

/// The VPC a gateway is attached to.
fn attached<'a>(row: &Node<'a>, key: &str) -> Option<&'a str> {
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
    for (name, row) in dump.rows("VpnGateways", "VpnGatewayId") {
        let origin = row.origin();
        match attached(&row, "VpcAttachments") {
            Some(vpc) => {
                let why = "the sites behind it are not in an export".to_owned();
                let unseen = draft.unseen.push(Unseen {
                    name: name.to_owned(),
                    kind: "virtual private gateway",
                    why: Why::NotModelled(why),
                    origin: origin.clone(),
                });
                let id = draft.vpn_gateways.push(VpnGateway {
                    name: name.to_owned(),
                    vpc: Ref::named(vpc, &origin),
                    origin,
                });
                draft.gaps.insert(Gap::VpnGateway(id), unseen);
            }
            None => dump
                .context
                .leave("virtual private gateways", why, 1, false),
        }
    }
    edges(dump, draft);
    for (name, row) in dump.rows("NatGateways", "NatGatewayId") {
        nat_gateway(name, &row, draft);
    }
    let peerings = dump.rows("VpcPeeringConnections", "VpcPeeringConnectionId");
    for (name, row) in peerings {
        let origin = row.origin();
        let status = row.get("Status");
        draft.peerings.push(Peering {
            name: name.to_owned(),
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

fn side(row: &Node<'_>, key: &str, role: &str, name: &str, origin: &Origin) -> Ref<Vpc> {
    match row.get(key).and_then(|v| v.text("VpcId")) {
        Some(vpc) => Ref::named(vpc, origin),
        None => Ref::named(format!("{role} of {name}"), origin),
    }
}

/// What happens to traffic that enters by a gateway and is not modelled: a route table of the
/// gateway itself, and VPC block public access.
fn edges(dump: &Dump<'_>, draft: &mut Draft) {
    let mut found: Vec<(String, Origin, &str)> = Vec::new();
    for (_, row) in dump.rows("RouteTables", "RouteTableId") {
        for association in row.items("Associations") {
            if let Some(gateway) = association.text("GatewayId") {
                let what = "route tables of gateways (edge associations)";
                dump.context.leave(what, NOT_YET, 1, true);
                let own = association.origin();
                found.push((gateway.to_owned(), own, "its own route table"));
            }
        }
    }
    let blocks = "VPC block public access";
    let mut blocked: Vec<(Option<&str>, Origin)> = Vec::new();
    for page in dump.pages("VpcBlockPublicAccessOptions") {
        if page.list.value.is_object() && !page.list.is("InternetGatewayBlockMode", &["off"]) {
            dump.context.leave(blocks, NOT_YET, 1, true);
            blocked.push((None, page.list.origin()));
        }
    }
    for (vpc, row) in dump.rows("Vpcs", "VpcId") {
        let state = row.get("BlockPublicAccessStates");
        let modes = ["block-bidirectional", "block-ingress"];
        if state.is_some_and(|b| b.is("InternetGatewayBlockMode", &modes)) {
            dump.context.leave(blocks, NOT_YET, 1, true);
            blocked.push((Some(vpc), row.origin()));
        }
    }
    for (vpc, origin) in blocked {
        for (_, gateway) in draft.internet_gateways.iter() {
            if vpc.is_none_or(|v| gateway.vpc.text == v) {
                found.push((gateway.name.clone(), origin.clone(), blocks));
            }
        }
    }
    for (gateway, origin, what) in found {
        let mut mark = |gap| {
            let unseen = draft.unseen.push(Unseen {
                name: gateway.clone(),
                kind: "gateway",
                why: Why::NotModelled(format!("{what} is {NOT_YET}")),
                origin: origin.clone(),
            });
            draft.gaps.insert(gap, unseen);
        };
        let mut internet = draft.internet_gateways.iter();
        let mut vpn = draft.vpn_gateways.iter();
        if let Some((id, _)) = internet.find(|(_, g)| g.name == gateway) {
            mark(Gap::InternetGateway(id));
        } else if let Some((id, _)) = vpn.find(|(_, g)| g.name == gateway) {
            mark(Gap::VpnGateway(id));
        }
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

fn nat_gateway(name: &str, row: &Node<'_>, draft: &mut Draft) {
    let origin = row.origin();
    let Some(subnet) = row.text("SubnetId") else {
        let why = "regional ones are not modelled yet";
        row.context.leave("NAT gateways", why, 1, true);
        draft.unseen.push(Unseen {
            name: name.to_owned(),
            kind: "NAT gateway",
            why: Why::NotModelled(why.to_owned()),
            origin,
        });
        return;
    };
    let interface = primary(row)
        .and_then(|a| a.text("NetworkInterfaceId"))
        .map_or_else(|| format!("of {name}"), str::to_owned);
    draft.nat_gateways.push(NatGateway {
        name: name.to_owned(),
        subnet: Ref::named(subnet, &origin),
        interface: Ref::named(interface, &origin),
        public: !row.is("ConnectivityType", &["private"]),
        available: !row.has("State") || row.is("State", &["available"]),
        origin,
    });
}
