//! The two families of addresses: what has which, and the blocks of one of them.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A family of addresses.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Family {
    /// IPv4.
    #[default]
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl Family {
    /// Both.
    pub const ALL: [Family; 2] = [Family::Ipv4, Family::Ipv6];

    /// Of an address.
    #[must_use]
    pub fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(_) => Family::Ipv4,
            IpAddr::V6(_) => Family::Ipv6,
        }
    }

    /// Of a block.
    #[must_use]
    pub fn of_net(net: IpNet) -> Self {
        Family::of(net.addr())
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Family::Ipv4 => "IPv4",
            Family::Ipv6 => "IPv6",
        }
    }
}

/// The families of addresses that something has (AWS: `IpAddressType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IpType {
    /// IPv4 alone.
    #[default]
    Ipv4,
    /// IPv6 alone.
    Ipv6,
    /// Both.
    Dualstack,
}

impl IpType {
    /// Whether it has addresses of a family.
    #[must_use]
    pub fn has(self, family: Family) -> bool {
        match self {
            IpType::Ipv4 => family == Family::Ipv4,
            IpType::Ipv6 => family == Family::Ipv6,
            IpType::Dualstack => true,
        }
    }

    /// AWS's word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            IpType::Ipv4 => "ipv4",
            IpType::Ipv6 => "ipv6",
            IpType::Dualstack => "dualstack",
        }
    }
}

/// The IPv4 blocks of a list.
pub fn v4(nets: &[IpNet]) -> impl Iterator<Item = &Ipv4Net> {
    nets.iter().filter_map(|net| match net {
        IpNet::V4(net) => Some(net),
        IpNet::V6(_) => None,
    })
}

/// The IPv6 blocks of a list.
pub fn v6(nets: &[IpNet]) -> impl Iterator<Item = &Ipv6Net> {
    nets.iter().filter_map(|net| match net {
        IpNet::V6(net) => Some(net),
        IpNet::V4(_) => None,
    })
}

/// The IPv4 addresses of a list.
pub fn v4_addresses(ips: &[IpAddr]) -> impl Iterator<Item = Ipv4Addr> + '_ {
    ips.iter().filter_map(|ip| match ip {
        IpAddr::V4(ip) => Some(*ip),
        IpAddr::V6(_) => None,
    })
}

/// The IPv6 addresses of a list.
pub fn v6_addresses(ips: &[IpAddr]) -> impl Iterator<Item = Ipv6Addr> + '_ {
    ips.iter().filter_map(|ip| match ip {
        IpAddr::V6(ip) => Some(*ip),
        IpAddr::V4(_) => None,
    })
}

/// What the name of AWS's list of a service's IPv6 blocks begins with
/// (`/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html`).
const IPV6_LIST: &str = "ipv6.";

/// The name of AWS's list of a service's IPv6 blocks: `ipv6.s3` for `s3`.
#[must_use]
pub fn ipv6_list(service: &str) -> String {
    format!("{IPV6_LIST}{service}")
}

/// The family of an AWS-managed prefix list.
#[must_use]
pub fn list_family(name: &str) -> Family {
    match name.starts_with(IPV6_LIST) {
        true => Family::Ipv6,
        false => Family::Ipv4,
    }
}

/// The service whose blocks an AWS-managed prefix list holds.
#[must_use]
pub fn list_service(name: &str) -> &str {
    name.strip_prefix(IPV6_LIST).unwrap_or(name)
}
