//! Endpoints, endpoint services, load balancers, target groups.

use super::{Fact, Instance, Interface, Origin, Policy, Ref, RouteTable, Vpc};
use std::net::Ipv4Addr;

/// What an endpoint leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum EndpointTarget {
    /// An AWS service: `(region, short name)`, e.g. `("us-east-1", "ecr.api")`.
    Aws(String, String),
    /// A provider's service.
    Service(Ref<EndpointService>),
}

/// How an endpoint works.
#[derive(Clone, Debug, PartialEq)]
pub enum EndpointKind {
    /// Routes in these tables.
    Gateway(Vec<Ref<RouteTable>>),
    /// Interfaces, one a zone. Their groups are the interfaces' groups.
    Interface(Vec<Ref<Interface>>),
}

/// Whether an endpoint carries traffic. AWS: `/vpc/latest/privatelink/concepts.html`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointState {
    /// It does.
    Available,
    /// Waits for the provider.
    PendingAcceptance,
    /// The provider refused it.
    Rejected,
    /// No one could have made it: the account is not permitted.
    Failed,
    /// Pending, deleting, deleted, expired, partial.
    Other,
}

/// A VPC endpoint.
#[derive(Clone, Debug, PartialEq)]
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
    /// Private DNS names on.
    pub private_dns: bool,
    /// They answer only what comes by an inbound Resolver endpoint: S3 offers that.
    pub inbound_only: bool,
    /// Whether it carries traffic; the builder computes what is not stated.
    pub state: Option<EndpointState>,
    /// Its own public DNS names as an import gives them; empty: made from its name.
    pub dns_names: Vec<String>,
    /// Made before a rule that would refuse it now.
    pub existing: bool,
    /// Its policy; none: the default, which allows everything.
    pub policy: Option<Ref<Policy>>,
    /// Where it was written.
    pub origin: Origin,
}

/// An API of API Gateway, by the first label of its default name.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// Its id, lower case.
    pub id: String,
    /// Reached by endpoints for APIs only; else it is public.
    pub private: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// A provider's endpoint service.
#[derive(Clone, Debug, PartialEq)]
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
    /// Stated connections: (endpoint, state).
    pub connections: Vec<(Ref<VpcEndpoint>, EndpointState)>,
    /// Private name, and whether its owner proved it.
    pub private_name: Option<(String, bool)>,
    /// Where it was written.
    pub origin: Origin,
}

/// Kind of load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadBalancerKind {
    /// NLB.
    Network,
    /// ALB.
    Application,
    /// GWLB.
    Gateway,
}

/// A load balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancer {
    /// Name within the VPC.
    pub name: String,
    /// ARN in an import.
    pub id: Option<String>,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// Which kind.
    pub kind: LoadBalancerKind,
    /// Internet-facing, else internal.
    pub internet_facing: bool,
    /// One node a zone. An NLB's groups are its nodes' groups.
    pub nodes: Vec<Ref<Interface>>,
    /// Whether it was made with groups: without, it filters nothing, ever.
    pub has_groups: bool,
    /// Its groups are enforced on PrivateLink traffic.
    pub enforce_on_private_link: bool,
    /// Cross-zone load balancing.
    pub cross_zone: bool,
    /// Its public DNS name in an import; else made from its name.
    pub dns_name: Option<String>,
    /// Listeners.
    pub listeners: Vec<Listener>,
    /// Where it was written.
    pub origin: Origin,
}

/// A listener.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// Protocol.
    pub protocol: ListenerProtocol,
    /// Port.
    pub port: u16,
    /// Target groups and their weights.
    pub forward: Vec<(Ref<TargetGroup>, u16)>,
    /// Where it was written.
    pub origin: Origin,
}

/// Protocol of a listener or target group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerProtocol {
    /// TCP.
    Tcp,
    /// TLS, ended at the load balancer.
    Tls,
    /// UDP.
    Udp,
    /// Both.
    TcpUdp,
}

/// What a target group registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetType {
    /// Instances.
    Instance,
    /// Addresses.
    Ip,
    /// A load balancer.
    Alb,
}

/// Health of a target. An input, never computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Passes its checks.
    Healthy,
    /// Fails them.
    Unhealthy,
    /// Not checked yet.
    Initial,
    /// Leaving.
    Draining,
    /// Not in use.
    Unused,
}

/// What a target is.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetWhat {
    /// An instance, by its primary address.
    Instance(Ref<Instance>),
    /// An address.
    Ip(Ipv4Addr),
    /// An Application Load Balancer.
    LoadBalancer(Ref<LoadBalancer>),
}

/// A registered target.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisteredTarget {
    /// What it is.
    pub what: TargetWhat,
    /// Overrides the group's port.
    pub port: Option<u16>,
    /// Zone id, for addresses outside the VPC.
    pub zone: Option<String>,
    /// Health; not stated: healthy, with an assumption.
    pub health: Option<Health>,
    /// Where it was written.
    pub origin: Origin,
}

/// A target group.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGroup {
    /// Name within the VPC.
    pub name: String,
    /// ARN in an import.
    pub id: Option<String>,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// What it registers.
    pub kind: TargetType,
    /// Protocol.
    pub protocol: ListenerProtocol,
    /// Port of targets that state none.
    pub port: u16,
    /// Targets.
    pub targets: Vec<RegisteredTarget>,
    /// Client IP preservation as stated; `None`: AWS's default by type and protocol.
    pub preserve_client_ip: Option<bool>,
    /// Cross-zone as stated; `None`: the load balancer's.
    pub cross_zone: Option<bool>,
    /// Proxy protocol v2: a header before the data says who the client is.
    pub proxy_protocol: bool,
    /// Where health is not listed at all in an import.
    pub health_listed: Fact<()>,
    /// Where it was written.
    pub origin: Origin,
}
