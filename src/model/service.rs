//! Endpoints and endpoint services.

use super::{
    Draft, Family, Id, Interface, IpType, LoadBalancer, Network, Origin, Policy, Ref, RouteTable,
    Target, Vpc, catalog, ipv6_list,
};
use serde::{Deserialize, Serialize};

/// What an endpoint leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EndpointTarget {
    /// An AWS service: `(region, short name)`, e.g. `("us-east-1", "ecr.api")`.
    Aws(String, String),
    /// A provider's service.
    Service(Ref<EndpointService>),
    /// What is not modelled, by name.
    Unmodelled(Behind, String),
}

/// What an endpoint leads to that is known by name only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Behind {
    /// A resource configuration of VPC Lattice
    /// (`/vpc/latest/privatelink/privatelink-access-resources.html`).
    Resource,
    /// The appliances of a Gateway Load Balancer
    /// (`/vpc/latest/privatelink/vpce-gateway-load-balancer.html`).
    Appliances,
}

/// How an endpoint works.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EndpointKind {
    /// Routes in these tables.
    Gateway(Vec<Ref<RouteTable>>),
    /// Interfaces, one a zone. Their groups are the interfaces' groups.
    Interface(Vec<Ref<Interface>>),
}

/// Whether an endpoint carries traffic. AWS: `/vpc/latest/privatelink/concepts.html`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointState {
    /// It does.
    Available,
    /// Waits for the provider.
    PendingAcceptance,
    /// The provider refused it.
    Rejected,
    /// No one could have made it: the account is not permitted.
    Failed,
    /// Nobody knows: the API has the state, and no page says what it carries
    /// (`/AWSEC2/latest/APIReference/API_VpcEndpoint.html`).
    Partial,
    /// Pending, deleting, deleted, expired.
    Other,
}

/// The families in the answers of an endpoint's names (AWS: `DnsRecordIpType`,
/// `/vpc/latest/privatelink/privatelink-access-aws-services.html`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DnsType {
    /// These, whatever the name.
    Of(IpType),
    /// What the service says of the name called: A for `s3.…`, A and AAAA for `s3.dualstack.…`.
    ServiceDefined,
}

impl DnsType {
    /// AWS's word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DnsType::Of(families) => families.name(),
            DnsType::ServiceDefined => "service-defined",
        }
    }
}

/// A VPC endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VpcEndpoint {
    /// Name within the VPC.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// What it leads to.
    pub target: EndpointTarget,
    /// Gateway or interface.
    pub kind: EndpointKind,
    /// The families of its addresses, or of its prefix lists.
    pub ip_type: IpType,
    /// The families of its names' answers.
    pub dns_type: DnsType,
    /// Private DNS names on.
    pub private_dns: bool,
    /// They answer only what comes by an inbound Resolver endpoint: S3 offers that.
    pub inbound_only: bool,
    /// Whether it carries traffic; the builder computes what is not stated.
    pub state: Option<EndpointState>,
    /// Its own public DNS names as an import gives them; empty: made from its name.
    pub dns_names: Vec<String>,
    /// The Region of a provider's service, as stated; none: its VPC's.
    pub service_region: Option<String>,
    /// Made before a rule that would refuse it now.
    pub existing: bool,
    /// Its policy; none: the default, which allows everything.
    pub policy: Option<Ref<Policy>>,
    /// Where it was written.
    pub origin: Origin,
}

impl Network {
    /// Whether a route leads to a gateway endpoint: endpoints of other kinds are interfaces.
    #[must_use]
    pub fn is_gateway_endpoint(&self, target: &Target) -> bool {
        let Target::Endpoint(endpoint) = target else {
            return false;
        };
        let kind = endpoint.id().map(|e| &self.endpoints[e].kind);
        matches!(kind, Some(EndpointKind::Gateway(_)))
    }
}

impl VpcEndpoint {
    /// Whether it leads to appliances: then it has no security groups, and one subnet
    /// (`/vpc/latest/privatelink/vpce-gateway-load-balancer.html`).
    #[must_use]
    pub fn leads_to_appliances(&self) -> bool {
        matches!(
            self.target,
            EndpointTarget::Unmodelled(Behind::Appliances, _)
        )
    }

    /// The Region it leads to, if that is another than its VPC's.
    #[must_use]
    pub fn across<'d>(&'d self, draft: &'d Draft) -> Option<&'d str> {
        let there = match &self.target {
            EndpointTarget::Aws(region, _) => region,
            EndpointTarget::Unmodelled(..) => self.service_region.as_ref()?,
            EndpointTarget::Service(service) => {
                let own = service.id().and_then(|s| draft.services[s].region(draft));
                own.or(self.service_region.as_deref())?
            }
        };
        let here = &draft.vpcs[self.vpc.id()?].region;
        (there != here).then_some(there)
    }

    /// The names of AWS that its private DNS takes, `*.` for everything below; S3's names of both
    /// families where its records are of both
    /// (`/AmazonS3/latest/userguide/privatelink-interface-endpoints.html`).
    #[must_use]
    pub fn captures(&self) -> Vec<String> {
        const OF_BOTH: [&str; 2] = [
            "s3.dualstack.{r}.amazonaws.com",
            "*.s3.dualstack.{r}.amazonaws.com",
        ];
        let EndpointTarget::Aws(region, service) = &self.target else {
            return Vec::new();
        };
        let names = catalog::service(service).map_or(&[][..], |s| s.private_names);
        let both = matches!(
            self.dns_type,
            DnsType::ServiceDefined | DnsType::Of(IpType::Dualstack)
        );
        let more = OF_BOTH.iter().filter(|_| both && service == "s3");
        let all = names.iter().chain(more);
        all.map(|name| catalog::expand(name, region)).collect()
    }

    /// The AWS-managed lists that a gateway endpoint's routes are for, one a family: Region and name
    /// (`/vpc/latest/privatelink/gateway-endpoints.html`).
    #[must_use]
    pub fn lists(&self) -> Vec<(String, String)> {
        match &self.target {
            EndpointTarget::Aws(region, service) => lists_of(self.ip_type, region, service),
            EndpointTarget::Service(_) | EndpointTarget::Unmodelled(..) => Vec::new(),
        }
    }
}

/// The lists of a service's blocks in these families: Region and name.
#[must_use]
pub fn lists_of(families: IpType, region: &str, service: &str) -> Vec<(String, String)> {
    let own = Family::ALL.into_iter().filter(|f| families.has(*f));
    own.map(|family| match family {
        Family::Ipv4 => (region.to_owned(), service.to_owned()),
        Family::Ipv6 => (region.to_owned(), ipv6_list(service)),
    })
    .collect()
}

/// An API of API Gateway, by the first label of its default name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Api {
    /// Its id, lower case.
    pub id: String,
    /// Reached by endpoints for APIs only; else it is public.
    pub private: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// An endpoint's connection to a service, as the provider sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceConnection {
    /// The endpoint.
    pub endpoint: Ref<VpcEndpoint>,
    /// Its state.
    pub state: EndpointState,
    /// The load balancers that its interfaces are bound to; none: nobody says.
    pub load_balancers: Vec<Ref<LoadBalancer>>,
}

/// A provider's endpoint service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointService {
    /// Name, or service id in an import.
    pub name: String,
    /// Other names: `com.amazonaws.vpce.…`.
    pub aliases: Vec<String>,
    /// The load balancers behind it.
    pub load_balancers: Vec<Ref<LoadBalancer>>,
    /// Whether the provider must accept.
    pub acceptance_required: bool,
    /// Principals; `*` is everybody.
    pub allowed_principals: Vec<String>,
    /// Stated connections.
    pub connections: Vec<ServiceConnection>,
    /// The zone ids that it is offered in; none: those of its load balancers.
    pub zones: Option<Vec<String>>,
    /// The families its consumers may use.
    pub ip_types: Vec<Family>,
    /// Regions that endpoints may be in, beside its own.
    pub supported_regions: Vec<String>,
    /// Private name, and whether its owner proved it.
    pub private_name: Option<(String, bool)>,
    /// Where it was written.
    pub origin: Origin,
}

impl EndpointService {
    /// What is stated of an endpoint's connection.
    #[must_use]
    pub fn connection(&self, endpoint: Id<VpcEndpoint>) -> Option<&ServiceConnection> {
        let mut all = self.connections.iter();
        all.find(|c| c.endpoint.id() == Some(endpoint))
    }

    /// The Region it is hosted in, by its load balancers.
    #[must_use]
    pub fn region<'d>(&self, draft: &'d Draft) -> Option<&'d str> {
        let mut balancers = self.load_balancers.iter().filter_map(Ref::id);
        let vpc = balancers.find_map(|b| draft.load_balancers[b].vpc.id())?;
        Some(&draft.vpcs[vpc].region)
    }
}
