//! VPC encryption controls: whether a VPC admits what may carry clear text
//! (`/vpc/latest/userguide/vpc-encryption-controls.html`).

use super::Origin;
use serde::{Deserialize, Serialize};

/// The encryption controls of a VPC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncryptionControls {
    /// Enforced, else monitored only.
    pub enforced: bool,
    /// What is exempt, in AWS's order.
    pub excluded: Vec<Excludable>,
    /// Where it was written.
    pub origin: Origin,
}

/// What can be exempt from a VPC's encryption controls
/// (`/AWSEC2/latest/APIReference/API_VpcEncryptionControlConfiguration.html`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Excludable {
    /// Egress-only internet gateways.
    EgressOnlyInternetGateway,
    /// Mount targets of Elastic File System.
    ElasticFileSystem,
    /// Internet gateways.
    InternetGateway,
    /// Functions of Lambda.
    Lambda,
    /// NAT gateways.
    NatGateway,
    /// Virtual private gateways.
    VirtualPrivateGateway,
    /// VPC Lattice.
    VpcLattice,
    /// Peering with a VPC that does not enforce.
    VpcPeering,
}

impl Excludable {
    /// Every kind, in AWS's order.
    pub const ALL: [Excludable; 8] = [
        Self::EgressOnlyInternetGateway,
        Self::ElasticFileSystem,
        Self::InternetGateway,
        Self::Lambda,
        Self::NatGateway,
        Self::VirtualPrivateGateway,
        Self::VpcLattice,
        Self::VpcPeering,
    ];

    /// As `aws ec2 describe-vpc-encryption-controls` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EgressOnlyInternetGateway => "EgressOnlyInternetGateway",
            Self::ElasticFileSystem => "ElasticFileSystem",
            Self::InternetGateway => "InternetGateway",
            Self::Lambda => "Lambda",
            Self::NatGateway => "NatGateway",
            Self::VirtualPrivateGateway => "VirtualPrivateGateway",
            Self::VpcLattice => "VpcLattice",
            Self::VpcPeering => "VpcPeering",
        }
    }

    /// Its word in a scenario.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::EgressOnlyInternetGateway => "egress-only-internet-gateway",
            Self::ElasticFileSystem => "elastic-file-system",
            Self::InternetGateway => "internet-gateway",
            Self::Lambda => "lambda",
            Self::NatGateway => "nat-gateway",
            Self::VirtualPrivateGateway => "virtual-private-gateway",
            Self::VpcLattice => "vpc-lattice",
            Self::VpcPeering => "vpc-peering",
        }
    }
}
