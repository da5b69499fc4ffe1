//! Load balancers and target groups.

use super::{Fact, Family, Instance, Interface, IpType, Origin, Ref, Vpc};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Kind of load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoadBalancerKind {
    /// NLB.
    Network,
    /// ALB.
    Application,
    /// GWLB.
    Gateway,
}

/// A load balancer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Whether internet gateways refuse its IPv6 addresses: of an internal one, unless it is said
    /// (`/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html`).
    pub deny_all_igw_traffic: bool,
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
    /// Whom its name sends where.
    pub client_routing: ClientRouting,
    /// Zones that traffic is shifted away from, by id.
    pub zone_shift: Vec<String>,
    /// Idle timeout of its TCP listeners in seconds, where it is not the default.
    pub idle_timeout: Option<u32>,
    /// Its public DNS name in an import; else made from its name.
    pub dns_name: Option<String>,
    /// Listeners.
    pub listeners: Vec<Listener>,
    /// Where it was written.
    pub origin: Origin,
}

/// Whether clients of the VPC's resolver are sent to the node of their own zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientRouting {
    /// To any zone.
    #[default]
    AnyZone,
    /// Most of the time to their own: 85 %.
    MostlyOwnZone,
    /// To their own, if that is well.
    OwnZone,
}

/// A listener.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListenerProtocol {
    /// TCP.
    Tcp,
    /// TLS, ended at the load balancer.
    Tls,
    /// UDP.
    Udp,
    /// Both.
    TcpUdp,
    /// QUIC, which is carried by UDP.
    Quic,
    /// TCP, and QUIC.
    TcpQuic,
    /// What a Gateway Load Balancer wraps packets in, carried by UDP.
    Geneve,
}

impl ListenerProtocol {
    /// Its IP protocols.
    #[must_use]
    pub fn carries(self) -> &'static [u8] {
        match self {
            Self::Tcp | Self::Tls => &[6],
            Self::Udp | Self::Quic | Self::Geneve => &[17],
            Self::TcpUdp | Self::TcpQuic => &[6, 17],
        }
    }

    /// As AWS writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Udp => "UDP",
            Self::TcpUdp => "TCP_UDP",
            Self::Quic => "QUIC",
            Self::TcpQuic => "TCP_QUIC",
            Self::Geneve => "GENEVE",
        }
    }
}

/// What a target group registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetType {
    /// Instances.
    Instance,
    /// Addresses.
    Ip,
    /// A load balancer.
    Alb,
}

/// Health of a target. An input, never computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TargetWhat {
    /// An instance, by its primary address.
    Instance(Ref<Instance>),
    /// An address.
    Ip(IpAddr),
    /// An Application Load Balancer.
    LoadBalancer(Ref<LoadBalancer>),
}

/// A registered target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// How many targets must be healthy: below either number the load balancer acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// A number of targets; none: off.
    pub count: Option<u16>,
    /// A share of them, in percent; none: off.
    pub percent: Option<u8>,
}

impl Threshold {
    /// Whether so many healthy ones, of all, are enough.
    #[must_use]
    pub fn met(self, healthy: usize, of: usize) -> bool {
        self.count.is_none_or(|least| healthy >= usize::from(least))
            && self
                .percent
                .is_none_or(|least| healthy * 100 >= of * usize::from(least))
    }
}

impl Default for Threshold {
    fn default() -> Self {
        Self {
            count: Some(1),
            percent: None,
        }
    }
}

/// When a load balancer gives up on health: AWS's thresholds, one healthy target each by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinHealthy {
    /// Below it a zone leaves DNS.
    pub dns: Threshold,
    /// Below it a node sends to unhealthy targets too.
    pub routing: Threshold,
}

/// How targets are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// The protocol; UDP has none of its own.
    pub protocol: HealthProtocol,
    /// The port; not stated: the one that traffic goes to.
    pub port: Option<u16>,
}

/// Protocol of health checks. All of them are carried by TCP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HealthProtocol {
    /// A connection is enough.
    #[default]
    Tcp,
    /// HTTP.
    Http,
    /// HTTPS.
    Https,
}

/// A target group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// When health is given up on.
    pub min_healthy: MinHealthy,
    /// How targets are checked.
    pub health_check: HealthCheck,
    /// Where health is not listed at all in an import.
    pub health_listed: Fact<()>,
    /// Where it was written.
    pub origin: Origin,
}

impl TargetGroup {
    /// Whether its targets of other zones are used: its own setting goes before the load balancer's,
    /// but for groups of load balancers
    /// (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).
    #[must_use]
    pub fn crosses(&self, lb: &LoadBalancer) -> bool {
        let own = self.cross_zone.filter(|_| self.kind != TargetType::Alb);
        own.unwrap_or(lb.cross_zone)
    }
}
