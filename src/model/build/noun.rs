//! What the builder needs to know of every kind of noun: its name, its id, its VPC.

use crate::model::{
    Arena, Connection, Draft, EndpointService, HostedZone, Id, Instance, Interface,
    InternetGateway, InternetHost, LoadBalancer, NatGateway, NetworkAcl, Origin, Peering,
    PrefixList, Ref, RouteTable, SecurityGroup, Site, Subnet, TargetGroup, Vpc, VpcEndpoint,
    VpnGateway,
};

/// A named noun of a draft.
pub(super) trait Noun: Sized + 'static {
    /// In AWS's words.
    const KIND: &'static str;
    /// Whether its name belongs to a VPC.
    const SCOPED: bool;
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
        match self.vpc(draft).filter(|_| Self::SCOPED) {
            Some(vpc) => format!("{}/{}", draft.vpcs[vpc].name, self.name()),
            None => self.name().to_owned(),
        }
    }
}

macro_rules! noun {
    ($type:ty, $kind:literal, $scoped:literal, $arena:ident, $id:expr, $vpc:expr $(, $aliases:expr)?) => {
        impl Noun for $type {
            const KIND: &'static str = $kind;
            const SCOPED: bool = $scoped;
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

noun!(Vpc, "VPC", false, vpcs, |n| n.id.as_deref(), |_, _| None);
noun!(
    Subnet,
    "subnet",
    true,
    subnets,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    RouteTable,
    "route table",
    true,
    tables,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    SecurityGroup,
    "security group",
    true,
    groups,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    NetworkAcl,
    "network ACL",
    true,
    acls,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    Interface,
    "network interface",
    true,
    interfaces,
    |n| n.id.as_deref(),
    |n, d| { of_subnet(&n.subnet, d) }
);
noun!(
    Instance,
    "instance",
    true,
    instances,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    InternetGateway,
    "internet gateway",
    true,
    internet_gateways,
    |_| None,
    |n, _| n.vpc.id()
);
noun!(
    NatGateway,
    "NAT gateway",
    true,
    nat_gateways,
    |_| None,
    |n, d| of_subnet(&n.subnet, d)
);
noun!(
    VpnGateway,
    "virtual private gateway",
    true,
    vpn_gateways,
    |_| None,
    |n, _| n.vpc.id()
);
noun!(
    VpcEndpoint,
    "VPC endpoint",
    true,
    endpoints,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    LoadBalancer,
    "load balancer",
    true,
    load_balancers,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    TargetGroup,
    "target group",
    true,
    target_groups,
    |n| n.id.as_deref(),
    |n, _| n.vpc.id()
);
noun!(
    Peering,
    "peering connection",
    false,
    peerings,
    |_| None,
    |_, _| None
);
noun!(
    Site,
    "on-premises network",
    false,
    sites,
    |_| None,
    |_, _| None
);
noun!(
    Connection,
    "connection",
    false,
    connections,
    |_| None,
    |_, _| None
);
noun!(
    InternetHost,
    "internet host",
    false,
    internet_hosts,
    |_| None,
    |_, _| None
);
noun!(
    PrefixList,
    "prefix list",
    false,
    prefix_lists,
    |n| n.id.as_deref(),
    |_, _| None
);
noun!(
    EndpointService,
    "endpoint service",
    false,
    services,
    |_| None,
    |_, _| None,
    |n| &n.aliases
);
noun!(HostedZone, "hosted zone", false, zones, |_| None, |_, _| {
    None
});
