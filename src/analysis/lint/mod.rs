//! Lint: what AWS allows and somebody will regret. One file a rule; each has a manual page under
//! `scenarios/lints/`, whose scenario the rule must find.
//!
//! A rule speaks only of what the input shows: where a listing is missing, it says nothing.

use crate::diagnostic::Diagnostic;
use crate::model::{
    EndpointKind, Gap, GroupRule, Id, Listing, Network, Origin, Peer, Ref, Vpc, VpcEndpoint,
};
use ipnet::IpNet;

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// Stable kebab-case name.
    pub name: &'static str,
    /// One sentence: what it warns of.
    pub meaning: &'static str,
    /// Its manual page.
    pub page: &'static str,
    find: fn(&Network) -> Vec<Finding>,
}

/// What a rule found.
#[derive(Clone, Debug)]
struct Finding {
    /// The component, as `vpc/name`.
    at: String,
    /// The text to underline.
    origin: Origin,
    /// What is suspicious: lower case, no full stop.
    message: String,
    /// What to do.
    help: String,
}

macro_rules! lints {
    ($($module:ident $name:literal $meaning:literal,)*) => {
        $(mod $module;)*

        /// Every rule, in the order its findings are printed.
        pub const LINTS: &[Lint] = &[$(Lint {
            name: $name,
            meaning: $meaning,
            page: include_str!(concat!("../../../scenarios/lints/", $name, ".md")),
            find: $module::find,
        },)*];
    };
}

lints! {
    endpoint_without_table "endpoint-without-table"
        "a gateway endpoint is on no route table, or on one that no subnet uses",
    gateway_endpoint_group_closed "gateway-endpoint-group-closed"
        "a client of a gateway endpoint lets out to private addresses alone",
    gateway_endpoint_without_ipv6 "gateway-endpoint-without-ipv6"
        "a gateway endpoint of type IPv4 is on a table with a way out for IPv6",
    dynamodb_name_taken "dynamodb-name-taken"
        "a private zone answers for DynamoDB's public name",
    endpoint_without_private_dns "endpoint-without-private-dns"
        "an interface endpoint leaves the service's public name to the public DNS",
    endpoint_group_closed "endpoint-group-closed"
        "the groups of an interface endpoint admit nobody on the service's port",
    endpoint_default_group "endpoint-default-group"
        "an interface endpoint has the default group, which admits only itself",
    endpoint_in_one_zone "endpoint-in-one-zone"
        "an interface endpoint stands in one zone of a VPC that uses several",
    endpoint_shadowed "endpoint-shadowed"
        "a private hosted zone answers for names of an endpoint in the same VPC",
    endpoint_without_way_back "endpoint-without-way-back"
        "an interface endpoint admits another network, and its subnet has no route back",
    private_dns_not_shared "private-dns-not-shared"
        "an interface endpoint admits another VPC, whose resolver knows only the public name",
    endpoint_over_peering "endpoint-over-peering"
        "a route takes an AWS service's prefix list over a peering connection",
    appliance_behind_vpn_gateway "appliance-behind-vpn-gateway"
        "a virtual private gateway's table leads to a Gateway Load Balancer endpoint",
    zonal_name_without_zone "zonal-name-without-zone"
        "a record leads to the name of a zone that the endpoint is not in",
    zone_hides_names "zone-hides-names"
        "a private hosted zone makes names that exist elsewhere unknown",
    inbound_dns_without_inbound "inbound-dns-without-inbound"
        "private DNS of S3 answers inbound Resolver endpoints only, and there is none",
    forward_to_vpc_resolver "forward-to-vpc-resolver"
        "queries are forwarded to a VPC's resolver, which answers its own hosts only",
    source_ip_is_private "source-ip-is-private"
        "a policy compares aws:SourceIp with private addresses",
    acl_without_replies "acl-without-replies"
        "a network ACL lets requests through and not their replies",
    stale_group_reference "stale-group-reference"
        "a rule refers to a group whose members it cannot recognise",
    nat_pays_for_aws "nat-pays-for-aws"
        "traffic that a free gateway endpoint would take goes through a NAT gateway",
    client_address_not_kept "client-address-not-kept"
        "targets expect the client's address, which PrivateLink does not keep",
    health_check_stopped "health-check-stopped"
        "a target is said to be healthy, and the network stops its health checks",
    cleartext_admitted "cleartext-admitted"
        "a VPC with encryption controls has what may carry clear text",
    quota_exceeded "quota-exceeded"
        "more of something than AWS's default quota allows",
}

impl Lint {
    /// The rule of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Lint> {
        LINTS.iter().find(|l| l.name == name)
    }
}

/// Everything the rules find, as warnings.
#[must_use]
pub fn lint(network: &Network) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for rule in LINTS {
        for found in (rule.find)(network) {
            let warning = Diagnostic::warning(rule.name, found.at, &found.origin, found.message);
            out.push(warning.help(found.help));
        }
    }
    out
}

/// `vpc/name`.
fn scoped(network: &Network, vpc: Option<Id<Vpc>>, name: &str) -> String {
    vpc.map_or(name.to_owned(), |v| {
        format!("{}/{name}", network.vpcs[v].name)
    })
}

/// Whether the input shows all of a VPC's nouns of a kind.
fn listed(network: &Network, vpc: Id<Vpc>, listing: Listing) -> bool {
    !network.unlisted.contains(&listing) && network.gap(Gap::Listing(vpc, listing)).is_none()
}

/// The rules of an interface endpoint's groups that are written for another network of the input: a
/// VPC, or, where there is none here, a site.
fn admitted<'n>(
    network: &'n Network,
    endpoint: &VpcEndpoint,
) -> Vec<(&'n GroupRule, Option<Id<Vpc>>)> {
    let EndpointKind::Interface(interfaces) = &endpoint.kind else {
        return Vec::new();
    };
    let first: Option<Id<_>> = interfaces.iter().find_map(Ref::id);
    let groups = first.map(|i| &network.interfaces[i].groups);
    let groups = groups.into_iter().flatten().filter_map(Ref::id);
    let rules = groups.flat_map(|g| &network.groups[g].ingress);
    let inside = |vpc: &Vpc, net: &IpNet| vpc.blocks().any(|b| b.contains(net));
    let place = |rule: &GroupRule| {
        let Peer::Cidr(net) = &rule.peer else {
            return None;
        };
        let vpcs = || network.vpcs.iter();
        let own = |id: Id<Vpc>| Some(id) == endpoint.vpc.id();
        if vpcs().any(|(id, v)| own(id) && inside(v, net)) {
            return None;
        }
        let far = vpcs().find(|(_, v)| inside(v, net));
        let site = || {
            network
                .sites
                .iter()
                .any(|(_, s)| s.cidrs.iter().any(|c| c.contains(net)))
        };
        match far {
            Some((id, _)) => Some(Some(id)),
            None => site().then_some(None),
        }
    };
    rules
        .filter_map(|rule| Some((rule, place(rule)?)))
        .collect()
}
