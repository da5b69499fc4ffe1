//! Route tables and gateways, and what joins networks.

use super::{
    AclRule, Family, Interface, Origin, PrefixList, Ref, Subnet, TransitAttachment, TransitGateway,
    Unseen, Vpc, VpcEndpoint, id::Id,
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a route is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Destination {
    /// A block.
    Cidr(IpNet),
    /// A prefix list of the input.
    List(Ref<PrefixList>),
    /// An AWS-managed list: `(region, name)`. Its name is the service's, `ipv6.` before it for the
    /// list of its IPv6 blocks.
    AwsList(String, String),
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// Delivery inside the VPC.
    Local,
    /// An internet gateway.
    Internet(Ref<InternetGateway>),
    /// An egress-only internet gateway: IPv6 only.
    EgressOnly(Ref<EgressOnlyGateway>),
    /// A NAT gateway.
    Nat(Ref<NatGateway>),
    /// A regional NAT gateway.
    RegionalNat(Ref<RegionalNat>),
    /// A peering connection.
    Peering(Ref<Peering>),
    /// A virtual private gateway.
    Vpn(Ref<VpnGateway>),
    /// A gateway endpoint.
    Endpoint(Ref<VpcEndpoint>),
    /// An interface: an appliance on the way.
    Interface(Ref<Interface>),
    /// A transit gateway.
    Transit(Ref<TransitGateway>),
    /// Named in an import, not modelled or not exported.
    Unseen(Id<Unseen>),
}

/// Who wrote a route: the order of this list is the order of preference at equal length
/// (`/vpc/latest/userguide/route-tables-priority.html`, `/vpn/latest/s2svpn/vpn-route-priority.html`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RouteKind {
    /// Static, `local` and prefix-list routes.
    Static,
    /// Propagated from Direct Connect by BGP.
    DxBgp,
    /// Propagated, static VPN.
    VpnStatic,
    /// Propagated, BGP VPN.
    VpnBgp,
    /// Propagated from a transit gateway; how it ranks among the others is not described.
    Tgw,
}

/// What BGP says of a propagated route, which decides between those of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BgpPath {
    /// Length of the AS path: the shortest wins.
    pub as_path: Option<u32>,
    /// Multi-exit discriminator: then the lowest.
    pub med: Option<u32>,
}

/// A row of a route table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// What it is for.
    pub destination: Destination,
    /// Where it leads.
    pub target: Target,
    /// Who wrote it.
    pub kind: RouteKind,
    /// What BGP says of it.
    pub bgp: BgpPath,
    /// `active`, else blackhole.
    pub active: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// The gateway whose arriving traffic a table routes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edge {
    /// An internet gateway.
    Internet(Ref<InternetGateway>),
    /// A virtual private gateway.
    Vpn(Ref<VpnGateway>),
}

/// A route table. Its local routes are explicit rows, one per CIDR of the VPC, added by the builder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteTable {
    /// Name within the VPC.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// Rows, in the order of the file.
    pub routes: Vec<Route>,
    /// The gateway it is of, if it is an edge table: no subnet's.
    pub edge_of: Option<Edge>,
    /// Where it was written.
    pub origin: Origin,
}

/// An internet gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InternetGateway {
    /// Name within the VPC.
    pub name: String,
    /// The VPC it is attached to.
    pub vpc: Ref<Vpc>,
    /// Where it was written.
    pub origin: Origin,
}

/// An egress-only internet gateway: the way out for IPv6, and for nothing to come in
/// (`/vpc/latest/userguide/egress-only-internet-gateway.html`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EgressOnlyGateway {
    /// Name within the VPC.
    pub name: String,
    /// The VPC it is attached to.
    pub vpc: Ref<Vpc>,
    /// Where it was written.
    pub origin: Origin,
}

/// A zonal NAT gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NatGateway {
    /// Name within the VPC.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its subnet.
    pub subnet: Ref<Subnet>,
    /// Its interface; the public address is the interface's.
    pub interface: Ref<Interface>,
    /// `false`: private, without a public address.
    pub public: bool,
    /// `available`.
    pub available: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// A regional NAT gateway: public, of a VPC, with a route table of its own
/// (`/vpc/latest/userguide/nat-gateways-regional.html`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegionalNat {
    /// Name within the VPC.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// The zone ids it serves; none: every zone, by itself.
    pub zones: Option<Vec<String>>,
    /// Its public addresses, and the zone that each is for; none: any.
    pub addresses: Vec<(Option<String>, Ipv4Addr)>,
    /// Its own table.
    pub table: Ref<RouteTable>,
    /// `available`.
    pub available: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// A virtual private gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VpnGateway {
    /// Name within the VPC.
    pub name: String,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// Where it was written.
    pub origin: Origin,
}

/// A peering connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peering {
    /// Name.
    pub name: String,
    /// AWS id, where the name is another.
    pub id: Option<String>,
    /// Requester and accepter.
    pub between: [Ref<Vpc>; 2],
    /// `active`.
    pub active: bool,
    /// Whether the other side sees private addresses behind the public names of instances, by side.
    pub remote_dns: [bool; 2],
    /// Where it was written.
    pub origin: Origin,
}

/// An on-premises network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Name.
    pub name: String,
    /// Its private blocks.
    pub cidrs: Vec<IpNet>,
    /// Its hosts.
    pub hosts: Vec<(String, IpAddr)>,
    /// The address its own internet connection translates to; none: no internet.
    pub public_ip: Option<Ipv4Addr>,
    /// Whether its hosts resolve public names.
    pub resolver: SiteResolver,
    /// Routes written by hand, beside those its connections advertise.
    pub routes: Vec<SiteRoute>,
    /// Its firewall, if it has one.
    pub rules: Option<SiteRules>,
    /// Where it was written.
    pub origin: Origin,
}

/// The firewall between an on-premises network and everything outside it: ordered; what matches no
/// rule is denied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteRules {
    /// Rules for what enters the site, by number.
    pub ingress: Vec<AclRule>,
    /// Rules for what leaves it, by number.
    pub egress: Vec<AclRule>,
    /// Whether replies to what passed pass too.
    pub stateful: bool,
}

/// A route of an on-premises network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteRoute {
    /// What it covers.
    pub destination: IpNet,
    /// The connection it leads to; none: the site's internet connection.
    pub via: Option<Ref<Connection>>,
    /// Where it was written.
    pub origin: Origin,
}

/// Who answers a site's DNS queries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SiteResolver {
    /// The provider's: public names.
    Isp,
    /// Nobody.
    None,
    /// Servers at these addresses, in this order.
    Servers(Vec<IpAddr>),
}

/// A VPN connection or a virtual interface: a site joined to AWS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connection {
    /// Name.
    pub name: String,
    /// The site.
    pub site: Ref<Site>,
    /// Where it ends.
    pub to: Joined,
    /// VPN or Direct Connect.
    pub kind: ConnectionKind,
    /// The one family that the tunnels of a VPN connection carry; none: both.
    pub inside: Option<Family>,
    /// What the site advertises.
    pub prefixes: Vec<IpNet>,
    /// What AWS advertises over a transit virtual interface.
    pub allowed: Vec<IpNet>,
    /// The BGP number of the site's end, if it is known.
    pub asn: Option<u32>,
    /// Whether it carries traffic.
    pub up: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// Where a connection ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Joined {
    /// At a virtual private gateway.
    Vpn(Ref<VpnGateway>),
    /// At an attachment of a transit gateway.
    Transit(Ref<TransitAttachment>),
    /// At the public addresses of AWS (a public virtual interface).
    Public,
}

impl Joined {
    /// The virtual private gateway, if it is one of the input.
    #[must_use]
    pub fn vpn(&self) -> Option<Id<VpnGateway>> {
        match self {
            Joined::Vpn(gateway) => gateway.id(),
            Joined::Transit(_) | Joined::Public => None,
        }
    }
}

impl Connection {
    /// Whether packets of a family pass: those of one pass the tunnels of a VPN connection, those of
    /// both Direct Connect (`/vpn/latest/s2svpn/ipv4-ipv6.html`).
    #[must_use]
    pub fn carries(&self, family: Family) -> bool {
        self.inside.is_none_or(|inside| inside == family)
    }

    /// What AWS learns over it: BGP withdraws its prefixes while it is down, static ones stay.
    #[must_use]
    pub fn propagates(&self) -> &[IpNet] {
        if self.up || self.kind == ConnectionKind::VpnStatic {
            &self.prefixes
        } else {
            &[]
        }
    }
}

/// How a site is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConnectionKind {
    /// Site-to-Site VPN with static routes.
    VpnStatic,
    /// Site-to-Site VPN with BGP.
    VpnBgp,
    /// Direct Connect.
    DirectConnect,
}

/// A host of the internet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InternetHost {
    /// Name.
    pub name: String,
    /// Its IPv4 address.
    pub ip: Option<Ipv4Addr>,
    /// Its IPv6 address.
    pub ipv6: Option<Ipv6Addr>,
    /// Its public names.
    pub records: Vec<String>,
    /// Decides its client ports.
    pub os: super::Os,
    /// Where it was written.
    pub origin: Origin,
}

impl InternetHost {
    /// Its addresses, one a family.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        let v4 = self.ip.into_iter().map(IpAddr::V4);
        v4.chain(self.ipv6.into_iter().map(IpAddr::V6))
    }
}
