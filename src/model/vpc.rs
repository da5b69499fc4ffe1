//! VPCs, subnets, interfaces, instances.

use super::{
    ClientVpn, EncryptionControls, Fact, InternetGateway, LoadBalancer, NatGateway, NetworkAcl,
    Origin, Ref, ResolverEndpoint, RouteTable, SecurityGroup, VpcEndpoint,
};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// A VPC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vpc {
    /// Name, or AWS id in an import.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Twelve digits.
    pub account: String,
    /// e.g. `us-east-1`.
    pub region: String,
    /// IPv4 blocks, the primary first.
    pub cidrs: Vec<Ipv4Net>,
    /// IPv6 blocks.
    pub ipv6: Vec<Ipv6Net>,
    /// `enableDnsSupport`.
    pub dns_support: Fact<bool>,
    /// `enableDnsHostnames`.
    pub dns_hostnames: Fact<bool>,
    /// Who answers the VPC's DNS queries.
    pub dhcp_dns: DhcpDns,
    /// The table of subnets that name none.
    pub main_table: Ref<RouteTable>,
    /// The attached internet gateway.
    pub internet_gateway: Option<Ref<InternetGateway>>,
    /// Its encryption controls; none: it has none.
    pub encryption: Option<EncryptionControls>,
    /// Where it was written.
    pub origin: Origin,
}

impl Vpc {
    /// Its blocks of both families.
    pub fn blocks(&self) -> impl Iterator<Item = IpNet> + '_ {
        let v4 = self.cidrs.iter().copied().map(IpNet::V4);
        v4.chain(self.ipv6.iter().copied().map(IpNet::V6))
    }
}

/// The name servers of the DHCP option set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DhcpDns {
    /// `AmazonProvidedDNS`.
    Amazon,
    /// No servers.
    None,
    /// The user's own.
    Servers(Vec<IpAddr>),
}

/// A subnet: one zone, one route table, one network ACL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subnet {
    /// Name within the VPC.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its VPC.
    pub vpc: Ref<super::Vpc>,
    /// Zone *id*, e.g. `use1-az1`: the only form that is the same in every account.
    pub zone: String,
    /// Its IPv4 block; none: an IPv6-only subnet.
    pub cidr: Option<Ipv4Net>,
    /// Its IPv6 block.
    pub ipv6: Option<Ipv6Net>,
    /// Whether its resolver makes AAAA answers of names that have none.
    pub dns64: bool,
    /// The table its packets are routed by.
    pub table: Ref<RouteTable>,
    /// The ACL at its border.
    pub acl: Ref<NetworkAcl>,
    /// VPC Block Public Access; none: it is off.
    pub public_access: Option<PublicAccess>,
    /// Where it was written.
    pub origin: Origin,
}

impl Subnet {
    /// Its blocks, one a family.
    pub fn blocks(&self) -> impl Iterator<Item = IpNet> + '_ {
        let v4 = self.cidr.into_iter().map(IpNet::V4);
        v4.chain(self.ipv6.into_iter().map(IpNet::V6))
    }

    /// What VPC Block Public Access leaves to it; none: everything.
    #[must_use]
    pub fn leaves(&self) -> Option<Leaves> {
        self.public_access.as_ref()?.leaves()
    }

    /// Its IPv4 block; one that holds no host's address where it is IPv6-only.
    #[must_use]
    pub fn v4(&self) -> Ipv4Net {
        self.cidr
            .unwrap_or(Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 32))
    }
}

/// VPC Block Public Access for a subnet
/// (`/vpc/latest/userguide/security-vpc-bpa-basics.html`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublicAccess {
    /// What the switch of the account and Region stops.
    pub blocks: Blocks,
    /// What an exclusion of the subnet, or else of its VPC, admits all the same.
    pub exclusion: Option<Exclusion>,
    /// Where the switch was written.
    pub origin: Origin,
}

impl PublicAccess {
    /// What is left to the subnet; none: everything.
    #[must_use]
    pub fn leaves(&self) -> Option<Leaves> {
        match (self.blocks, self.exclusion) {
            (_, Some(Exclusion::Bidirectional)) => None,
            (Blocks::Ingress, _) => Some(Leaves::NatGateways),
            (Blocks::Bidirectional, Some(Exclusion::Egress)) => Some(Leaves::Outbound),
            (Blocks::Bidirectional, None) => Some(Leaves::Nothing),
        }
    }
}

/// What the switch of VPC Block Public Access stops at internet gateways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Blocks {
    /// What does not come back to a NAT gateway.
    Ingress,
    /// Everything.
    Bidirectional,
}

/// What an exclusion from VPC Block Public Access admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exclusion {
    /// What the subnet starts.
    Egress,
    /// Everything.
    Bidirectional,
}

/// What VPC Block Public Access lets pass internet gateways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaves {
    /// What the subnet starts: an exclusion for egress.
    Outbound,
    /// What its NAT gateways start: ingress is blocked.
    NatGateways,
    /// Nothing.
    Nothing,
}

/// What an interface belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Role {
    /// An instance.
    Instance(Ref<Instance>),
    /// A NAT gateway.
    Nat(Ref<NatGateway>),
    /// An interface endpoint.
    Endpoint(Ref<VpcEndpoint>),
    /// A node of a load balancer.
    LoadBalancer(Ref<LoadBalancer>),
    /// A Resolver endpoint.
    Resolver(Ref<ResolverEndpoint>),
    /// A Client VPN endpoint.
    ClientVpn(Ref<ClientVpn>),
    /// Nothing in particular: a plain interface (Lambda, RDS, a task).
    Plain,
    /// Requester-managed by a service that is not modelled.
    Other(String),
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interface {
    /// Name within the VPC.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its subnet.
    pub subnet: Ref<Subnet>,
    /// Private IPv4 addresses, the primary first; none in an IPv6-only subnet.
    pub ips: Vec<Ipv4Addr>,
    /// IPv6 addresses, the primary first.
    pub ipv6: Vec<Ipv6Addr>,
    /// Delegated prefixes, of either family.
    pub prefixes: Vec<IpNet>,
    /// Its groups. Empty and irrelevant for roles that have none (NAT gateway).
    pub groups: Vec<Ref<SecurityGroup>>,
    /// Public addresses: (private, public).
    pub public: Vec<(Ipv4Addr, Ipv4Addr)>,
    /// Source/destination check.
    pub source_dest_check: bool,
    /// Whether internet gateways refuse its IPv6 addresses; none: as what it belongs to has it
    /// (`/AWSEC2/latest/APIReference/API_NetworkInterface.html`).
    pub deny_all_igw_traffic: Option<bool>,
    /// What it belongs to.
    pub role: Role,
    /// Tags: interfaces that were made alike share them.
    #[serde(with = "shared")]
    pub tags: Arc<[(String, String)]>,
    /// Where it was written.
    pub origin: Origin,
}

impl Interface {
    /// Whether an address is its own: written, or of a prefix delegated to it
    /// (`/AWSEC2/latest/UserGuide/ec2-prefix-eni.html`).
    #[must_use]
    pub fn has(&self, ip: impl Into<IpAddr>) -> bool {
        let ip = ip.into();
        self.addresses().any(|own| own == ip) || self.prefixes.iter().any(|p| p.contains(&ip))
    }

    /// Whether it may send what is not its own: an instance's, without the check.
    #[must_use]
    pub fn may_pass_on(&self) -> bool {
        matches!(self.role, Role::Instance(_)) && !self.source_dest_check
    }

    /// Its addresses of both families, each family's primary first; prefixes are not among them.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        let v4 = self.ips.iter().copied().map(IpAddr::V4);
        v4.chain(self.ipv6.iter().copied().map(IpAddr::V6))
    }

    /// Its IPv4 addresses as spans, the primary first.
    pub fn spans(&self) -> impl Iterator<Item = (IpAddr, IpAddr)> + '_ {
        let alone = self.addresses().map(|ip| (ip, ip));
        let blocks = self.prefixes.iter();
        alone.chain(blocks.map(|p| (p.network(), p.broadcast())))
    }
}

/// An instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// Name within the VPC.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its VPC.
    pub vpc: Ref<super::Vpc>,
    /// Its interfaces, the primary first.
    pub interfaces: Vec<Ref<Interface>>,
    /// Whether it runs.
    pub running: bool,
    /// Its system, which decides the client ports.
    pub os: Os,
    /// Whether it passes on what is not addressed to it; none: an import that does not say.
    pub forwards: Option<Forwards>,
    /// Names of pods and tasks that run on it.
    pub runs: Vec<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// Whether an instance passes on packets that are not its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Forwards {
    /// It does not.
    No,
    /// Replies only of what it passed on before.
    Stateful,
    /// Whatever comes.
    Stateless,
}

/// What decides the range of client ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Os {
    /// 32768-60999.
    Linux,
    /// 49152-65535.
    Windows,
    /// 1024-65535.
    Any,
}

impl Os {
    /// The default client ports, semantics 2.2.
    #[must_use]
    pub fn client_ports(self) -> (u16, u16) {
        match self {
            Os::Linux => (32768, 60999),
            Os::Windows => (49152, 65535),
            Os::Any => (1024, 65535),
        }
    }
}

/// Tags as a snapshot has them.
mod shared {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;

    type Tags = Arc<[(String, String)]>;

    pub(super) fn serialize<S: Serializer>(tags: &Tags, to: S) -> Result<S::Ok, S::Error> {
        tags.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Tags, D::Error> {
        Vec::deserialize(from).map(Tags::from)
    }
}
