//! Load balancers and target groups.

use super::{Fact, Family, Instance, Interface, IpType, Origin, Ref, Vpc};
use std::net::IpAddr;

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
    /// IPv4, or both families.
    pub ip_type: IpType,
    /// One node a zone. An NLB's groups are its nodes' groups.
    pub nodes: Vec<Ref<Interface>>,
    /// Whether it was made with groups: without, it filters nothing, ever.
    pub has_groups: bool,
    /// Its groups are enforced on PrivateLink traffic.
    pub enforce_on_private_link: bool,
    /// Cross-zone load balancing.
    pub cross_zone: bool,
    /// Idle timeout of its TCP listeners in seconds, where it is not the default.
    pub idle_timeout: Option<u32>,
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
    Ip(IpAddr),
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
    /// The family of its targets' addresses.
    pub family: Family,
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
