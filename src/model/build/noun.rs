//! What the builder needs to know of every kind of noun: its name, its id, its VPC.

use crate::model::{
    Arena, ClientVpn, Connection, Draft, EgressOnlyGateway, EndpointService, HostedZone, Id,
    Instance, Interface, InternetGateway, InternetHost, Listing, LoadBalancer, NatGateway,
    NetworkAcl, Origin, Peering, Policy, PrefixList, Principal, Profile, Ref, RegionalNat,
    ResolverEndpoint, ResolverRule, RouteTable, SecurityGroup, Site, Subnet, TargetGroup,
    TransitAttachment, TransitGateway, TransitTable, Vpc, VpcEndpoint, VpnGateway,
};

/// A named noun of a draft.
pub(crate) trait Noun: Sized + 'static {
    /// In AWS's words.
    const KIND: &'static str;
    /// Whether its name belongs to a VPC.
    const SCOPED: bool;
    /// Where an import finds it.
    const LISTING: Option<Listing>;
    fn name(&self) -> &str;
    fn id(&self) -> Option<&str>;
    fn origin(&self) -> &Origin;
    fn arena(draft: &Draft) -> &Arena<Self>;
    /// Its VPC, once the references that lead there are resolved.
    fn vpc(&self, draft: &Draft) -> Option<Id<Vpc>>;
    /// Other names it goes by.
    fn aliases(&self) -> &[String] {
        &[]
    }

    /// `vpc/name`, or the name where there is no VPC.
    fn label(&self, draft: &Draft) -> String {
        let mut label = String::new();
        self.write_label(draft, &mut label);
        label
    }

    /// Makes a text this one's label.
    fn write_label(&self, draft: &Draft, label: &mut String) {
        label.clear();
        if let Some(vpc) = self.vpc(draft).filter(|_| Self::SCOPED) {
            label.extend([&draft.vpcs[vpc].name, "/"]);
        }
        label.push_str(self.name());
    }
}

macro_rules! noun {
    ($type:ty, $kind:literal, $listing:expr, $scoped:literal, $arena:ident, $id:expr, $vpc:expr $(, $aliases:expr)?) => {
        impl Noun for $type {
            const KIND: &'static str = $kind;
            const SCOPED: bool = $scoped;
            const LISTING: Option<Listing> = $listing;
            fn name(&self) -> &str {
                &self.name
            }
            fn id(&self) -> Option<&str> {
                let id: fn(&Self) -> Option<&str> = $id;
                id(self)
            }
            fn origin(&self) -> &Origin {
                &self.origin
            }
            fn arena(draft: &Draft) -> &Arena<Self> {
                &draft.$arena
            }
            fn vpc(&self, draft: &Draft) -> Option<Id<Vpc>> {
                let vpc: fn(&Self, &Draft) -> Option<Id<Vpc>> = $vpc;
                vpc(self, draft)
            }
            $(fn aliases(&self) -> &[String] {
                let aliases: fn(&Self) -> &[String] = $aliases;
                aliases(self)
            })?
        }
    };
}

fn of_subnet(subnet: &Ref<Subnet>, draft: &Draft) -> Option<Id<Vpc>> {
    draft.subnets[subnet.id()?].vpc.id()
}

noun!(
    Vpc,
    "VPC",
    Some(Listing::Vpcs),
    false,
    vpcs,
    |n| n.id.as_deref(),
    |_, _| None
);
noun!(
    Subnet,
    "subnet",
    Some(Listing::Subnets),
    true,
    subnets,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    RouteTable,
    "route table",
    Some(Listing::RouteTables),
    true,
    tables,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    SecurityGroup,
    "security group",
    Some(Listing::SecurityGroups),
    true,
    groups,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    NetworkAcl,
    "network ACL",
    Some(Listing::NetworkAcls),
    true,
    acls,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    Interface,
    "network interface",
    Some(Listing::NetworkInterfaces),
    true,
    interfaces,
    |n| n.id.as_deref(),
    |n, d| { of_subnet(&n.subnet, d) }
);
noun!(
    Instance,
    "instance",
    Some(Listing::Instances),
    true,
    instances,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    InternetGateway,
    "internet gateway",
    Some(Listing::InternetGateways),
    true,
    internet_gateways,
    |_| None,
    |n, _| n.vpc.id()
);
noun!(
    EgressOnlyGateway,
    "egress-only internet gateway",
    Some(Listing::EgressOnlyInternetGateways),
    true,
    egress_only_gateways,
    |_| None,
    |n, _| n.vpc.id()
);
noun!(
    NatGateway,
    "NAT gateway",
    Some(Listing::NatGateways),
    true,
    nat_gateways,
    |n| n.id.as_deref(),
    |n, d| of_subnet(&n.subnet, d)
);
noun!(
    RegionalNat,
    "regional NAT gateway",
    Some(Listing::NatGateways),
    true,
    regional_nats,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    VpnGateway,
    "virtual private gateway",
    Some(Listing::VpnGateways),
    true,
    vpn_gateways,
    |_| None,
    |n, _| n.vpc.id()
);
noun!(
    VpcEndpoint,
    "VPC endpoint",
    Some(Listing::VpcEndpoints),
    true,
    endpoints,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    LoadBalancer,
    "load balancer",
    Some(Listing::LoadBalancers),
    true,
    load_balancers,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    TargetGroup,
    "target group",
    Some(Listing::TargetGroups),
    true,
    target_groups,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    Peering,
    "peering connection",
    Some(Listing::VpcPeeringConnections),
    false,
    peerings,
    |n| n.id.as_deref(),
    |_, _| None
);
noun!(
    ClientVpn,
    "Client VPN endpoint",
    Some(Listing::ClientVpnEndpoints),
    true,
    client_vpns,
    |_| None,
    |n, _| n.vpc.id()
);
noun!(
    TransitGateway,
    "transit gateway",
    Some(Listing::TransitGateways),
    false,
    transit_gateways,
    |_| None,
    |_, _| None
);
noun!(
    TransitAttachment,
    "transit gateway attachment",
    Some(Listing::TransitGatewayAttachments),
    false,
    attachments,
    |_| None,
    |_, _| None
);
noun!(
    TransitTable,
    "transit gateway route table",
    Some(Listing::TransitGatewayRouteTables),
    false,
    transit_tables,
    |_| None,
    |_, _| None
);
noun!(
    Site,
    "on-premises network",
    None,
    false,
    sites,
    |_| None,
    |_, _| None
);
noun!(
    Connection,
    "connection",
    Some(Listing::VpnConnections),
    false,
    connections,
    |_| None,
    |_, _| None
);
noun!(
    InternetHost,
    "internet host",
    None,
    false,
    internet_hosts,
    |_| None,
    |_, _| None
);
noun!(
    PrefixList,
    "prefix list",
    Some(Listing::PrefixLists),
    false,
    prefix_lists,
    |n| n.id.as_deref(),
    |_, _| None
);
noun!(
    EndpointService,
    "endpoint service",
    Some(Listing::EndpointServices),
    false,
    services,
    |_| None,
    |_, _| None,
    |n| &n.aliases
);
noun!(
    HostedZone,
    "hosted zone",
    Some(Listing::HostedZones),
    false,
    zones,
    |_| None,
    |_, _| { None }
);
noun!(Policy, "policy", None, false, policies, |_| None, |_, _| {
    None
});
noun!(
    Principal,
    "principal",
    None,
    false,
    principals,
    |_| None,
    |_, _| None
);
noun!(
    ResolverEndpoint,
    "Resolver endpoint",
    Some(Listing::ResolverEndpoints),
    true,
    resolver_endpoints,
    |_| None,
    |n, _| n.vpc.id()
);
noun!(
    ResolverRule,
    "Resolver rule",
    Some(Listing::ResolverRules),
    false,
    rules,
    |_| None,
    |_, _| None
);
noun!(
    Profile,
    "Profile",
    Some(Listing::Profiles),
    false,
    profiles,
    |_| None,
    |_, _| None
);
