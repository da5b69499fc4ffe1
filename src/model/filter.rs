//! Security groups, network ACLs, prefix lists.

use super::{Origin, Ref, Vpc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// A protocol and its ports, as rules state them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Service {
    /// IP protocol number; `None` is every protocol.
    pub protocol: Option<u8>,
    /// Destination ports, inclusive; the whole range for protocols without ports.
    pub ports: (u16, u16),
    /// ICMP type and code; `None` is any.
    pub icmp: (Option<u8>, Option<u8>),
}

impl Service {
    /// Every protocol, every port.
    pub const ANY: Service = Service {
        protocol: None,
        ports: (0, u16::MAX),
        icmp: (None, None),
    };
}

/// Who a group's rule is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Peer {
    /// A block of addresses of either family.
    Cidr(IpNet),
    /// Members of a group.
    Group(Ref<SecurityGroup>),
    /// A prefix list of the input.
    List(Ref<PrefixList>),
    /// An AWS-managed list: `(region, name)`, e.g. `("us-east-1", "s3")`, `ipv6.s3` for IPv6.
    AwsList(String, String),
}

/// A rule of a group: always an allow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupRule {
    /// Protocol and ports.
    pub service: Service,
    /// The other side. One rule per peer.
    pub peer: Peer,
    /// Where it was written.
    pub origin: Origin,
}

/// A security group: an unordered set of allows, stateful.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Name within the VPC.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// Other VPCs of its Region that it is associated with.
    pub vpcs: Vec<Ref<Vpc>>,
    /// Rules for traffic to members.
    pub ingress: Vec<GroupRule>,
    /// Rules for traffic from members.
    pub egress: Vec<GroupRule>,
    /// Where it was written.
    pub origin: Origin,
}

/// A rule of an ACL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AclRule {
    /// 1 to 32766; the lowest that matches decides.
    pub number: u32,
    /// Allow or deny.
    pub allow: bool,
    /// Protocol and ports.
    pub service: Service,
    /// The other side.
    pub peer: IpNet,
    /// Where it was written.
    pub origin: Origin,
}

/// A network ACL: ordered, stateless; what matches no rule is denied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkAcl {
    /// Name within the VPC.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// Rules for what enters the subnet, by number.
    pub ingress: Vec<AclRule>,
    /// Rules for what leaves it, by number.
    pub egress: Vec<AclRule>,
    /// Where it was written.
    pub origin: Origin,
}

/// A customer-managed prefix list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrefixList {
    /// Name.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its blocks.
    pub entries: Vec<IpNet>,
    /// What it counts for in quotas.
    pub max_entries: usize,
    /// Its Region: nothing of another may name it.
    pub region: String,
    /// Who owns it; an account that names it shares it.
    pub account: String,
    /// Where it was written.
    pub origin: Origin,
}
