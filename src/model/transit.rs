//! Transit gateways: attachments, their route tables, and who uses which.

use super::{ClientVpn, Connection, Destination, Fact, Origin, Ref, Subnet, Unseen, Vpc, id::Id};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// A transit gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransitGateway {
    /// Name, or AWS id in an import.
    pub name: String,
    /// Twelve digits.
    pub account: String,
    /// Its Region: what it joins is there, but for other gateways.
    pub region: String,
    /// Whether groups of one attached VPC may be named in another (off where nobody says).
    pub group_references: Fact<bool>,
    /// Where it was written.
    pub origin: Origin,
}

/// Something joined to a transit gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransitAttachment {
    /// `gateway/name`, or AWS id in an import.
    pub name: String,
    /// The gateway.
    pub gateway: Ref<TransitGateway>,
    /// What is joined.
    pub to: Attached,
    /// The table that routes what comes from it.
    pub table: Association,
    /// The tables that learn its blocks. An import lists the routes themselves.
    pub propagates_to: Vec<Ref<TransitTable>>,
    /// Both directions of a flow use one zone of the VPC.
    pub appliance_mode: bool,
    /// Whether it lets group references through (on where nobody says).
    pub group_references: Fact<bool>,
    /// Whether an attached VPC sends and takes IPv6 (off where nobody says).
    pub ipv6: Fact<bool>,
    /// `available`.
    pub available: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// What is joined by an attachment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Attached {
    /// A VPC, by one subnet a zone; the subnets of another account may not be known.
    Vpc(Ref<Vpc>, Fact<Vec<Ref<Subnet>>>),
    /// A VPN connection or a transit virtual interface.
    Connection(Ref<Connection>),
    /// A Client VPN endpoint.
    ClientVpn(Ref<ClientVpn>),
    /// The attachment of another gateway.
    Peer(Ref<TransitAttachment>),
    /// Something an import names, not modelled or not exported.
    Unseen(Id<Unseen>),
}

/// The table an attachment uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Association {
    /// This one.
    Table(Ref<TransitTable>),
    /// None: what comes from it is dropped.
    None,
    /// An import does not say.
    Unseen(Id<Unseen>),
}

/// A route table of a transit gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransitTable {
    /// `gateway/name`, or AWS id in an import.
    pub name: String,
    /// The gateway.
    pub gateway: Ref<TransitGateway>,
    /// Rows; those that attachments propagate are added by the builder.
    pub routes: Vec<TransitRoute>,
    /// Blocks of VPCs that overlap those of VPCs attached before, and so are not propagated.
    pub overlaps: Vec<IpNet>,
    /// Where it was written.
    pub origin: Origin,
}

/// A row of a transit gateway's route table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransitRoute {
    /// What it is for.
    pub destination: Destination,
    /// Where it leads; several are equal paths, none is a blackhole.
    pub to: Vec<Ref<TransitAttachment>>,
    /// Written by hand, not learned from an attachment.
    pub fixed: bool,
    /// `active`, else blackhole.
    pub active: bool,
    /// Where it was written.
    pub origin: Origin,
}

impl TransitAttachment {
    /// The attached VPC, if it is in the input.
    #[must_use]
    pub fn vpc(&self) -> Option<Id<Vpc>> {
        match &self.to {
            Attached::Vpc(vpc, _) => vpc.id(),
            Attached::Connection(_)
            | Attached::ClientVpn(_)
            | Attached::Peer(_)
            | Attached::Unseen(_) => None,
        }
    }

    /// The known subnets of the attached VPC.
    #[must_use]
    pub fn subnets(&self) -> &[Ref<Subnet>] {
        match &self.to {
            Attached::Vpc(_, Fact::Known(subnets)) => subnets,
            _ => &[],
        }
    }
}
