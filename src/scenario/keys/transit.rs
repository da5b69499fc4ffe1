//! Keys of `transit_gateways.<t>`.

use super::{Key, Type::*, keys};

/// The rows: name, type, default, example, meaning.
pub(super) const KEYS: &[Key] = keys! {
    "transit_gateway" {
        account: Text, "the top level's", "\"111111111111\"", "account that owns it";
        region: Region, "the top level's", "us-east-1", "Region of the VPCs it joins";
        security_group_references: Bool, "false", "true", "rules may name groups of other attached VPCs";
        attachments: Named("transit_attachment"), "none", "{ hub: { vpc: hub, subnets: tgw-a } }", "what it joins";
        route_tables: Named("transit_route_table"), "table `default`", "", "its route tables";
    }
    "transit_attachment" {
        vpc: Text, "none", "hub", "an attached VPC";
        subnets: Texts, "none", "[tgw-a, tgw-b]", "one subnet of the VPC in each zone that is served";
        vpn: Text, "none", "vpn-hq", "an attached VPN connection";
        virtual_interface: Text, "none", "dx", "an attached transit virtual interface";
        peer: Text, "none", "other/core", "the attachment of another transit gateway";
        table: Text, "default", "spokes", "route table for what comes from it, or `none`";
        propagates_to: Texts, "[default]; none for a peering", "[shared]", "route tables that learn its blocks";
        appliance_mode: Bool, "false", "true", "both directions of a flow use one zone of the VPC";
        security_group_references: Bool, "true", "false", "lets group references through, if the gateway does";
        ipv6_support: Bool, "false", "true", "the attached VPC sends and takes IPv6";
        state: Choice(&["available", "pending-acceptance", "pending", "modifying", "deleting", "deleted", "failed", "rejected"]), "available", "pending-acceptance", "state";
        client_vpn: Text, "none", "hub/people", "an attached Client VPN endpoint, as `vpc/name`; which address its clients have behind it is not described, and an answer that hangs on it is unknown";
    }
    "transit_route_table" {
        routes: TextMap, "what is propagated", "{ 0.0.0.0/0: egress, 10.9.0.0/16: blackhole }", "block or prefix list to an attachment or `blackhole`";
    }
};
