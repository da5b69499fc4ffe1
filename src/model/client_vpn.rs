//! Client VPN endpoints: people's machines as sources.

use super::{Id, Interface, Origin, Ref, Subnet, Unseen, Vpc};
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

/// A Client VPN endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientVpn {
    /// Name within the VPC.
    pub name: String,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// What clients get their addresses from: seen by nobody behind it.
    pub clients: Ipv4Net,
    /// One a subnet it is associated with; their groups are its groups.
    pub interfaces: Vec<Ref<Interface>>,
    /// Where clients may go. Everything else is refused.
    pub authorize: Vec<Ipv4Net>,
    /// Where members of a group may go: an import does not say who they are.
    pub of_groups: Vec<(Ipv4Net, Id<Unseen>)>,
    /// Routes beside those to the VPC: block, and the subnet they lead through.
    pub routes: Vec<(Ipv4Net, Ref<Subnet>)>,
    /// Whether clients send only what the endpoint has a route for.
    pub split_tunnel: bool,
    /// Where it was written.
    pub origin: Origin,
}
