//! Properties of a network, as plain data: what must hold of every flow between these and those.

/// Whose flows are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// By name: `vpc/name`, an AWS id, a site, an address; `*` stands for any characters.
    Name(String),
    /// Every interface of the network that starts connections of its own, and the clients of Client
    /// VPNs. Hosts outside are named by themselves.
    Any,
    /// Hosts of the internet: those declared, and any other.
    Internet,
    /// Hosts of every on-premises network.
    OnPremises,
    /// Interfaces with a tag.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    },
    /// Interfaces of a VPC, by its name or id.
    Vpc(String),
    /// Interfaces of a subnet, as `vpc/name`, or by its id.
    Subnet(String),
    /// Interfaces of an account's VPCs.
    Account(String),
}
