//! What compilation keeps while it runs.

use super::Compiled;
use super::filter::Members;
use super::lists::ManagedLists;
use super::stages::Shapes;
use super::transit::Transit;
use crate::fabric::{FabricBuilder, NONE, NodeId, TableId};
use crate::model::{Id, Interface, Network, NetworkAcl, RouteTable, SecurityGroup, Subnet, Vpc};
use rustc_hash::{FxHashMap, FxHashSet};

/// The groups of an interface: its VPC, those of the input, and the names of the others.
pub(super) type GroupSet = (Option<Id<Vpc>>, Vec<Id<SecurityGroup>>, Vec<String>);

/// What compilation keeps while it runs.
pub(super) struct Compiler<'n> {
    pub(super) network: &'n Network,
    pub(super) b: FabricBuilder,
    pub(super) shapes: Shapes,
    pub(super) lists: ManagedLists<'n>,
    pub(super) members: Members,
    pub(super) group_tables: FxHashMap<GroupSet, (TableId, TableId)>,
    pub(super) acl_tables: FxHashMap<Id<NetworkAcl>, (TableId, TableId)>,
    pub(super) route_tables: FxHashMap<(Id<RouteTable>, Option<Id<Subnet>>), TableId>,
    /// Interfaces that routes name.
    pub(super) forwarders: FxHashSet<Id<Interface>>,
    pub(super) near: Vec<TableId>,
    /// Interfaces with a public address, by VPC.
    pub(super) mapped: Vec<Vec<Id<Interface>>>,
    /// Internet gateways by VPC.
    pub(super) gateway_of: FxHashMap<Id<Vpc>, NodeId>,
    /// Subnets by VPC.
    pub(super) subnets: Vec<Vec<Id<Subnet>>>,
    pub(super) subnet_nodes: Vec<NodeId>,
    /// One node a subnet for hosts without an interface.
    pub(super) strangers: Vec<NodeId>,
    pub(super) routers: Vec<NodeId>,
    pub(super) internet_gateways: Vec<NodeId>,
    pub(super) egress_only: Vec<NodeId>,
    /// Egress-only internet gateways by VPC.
    pub(super) egress_only_of: FxHashMap<Id<Vpc>, NodeId>,
    pub(super) vpn_gateways: Vec<NodeId>,
    pub(super) gateway_endpoints: Vec<NodeId>,
    pub(super) host_services: Vec<TableId>,
    pub(super) internet_router: NodeId,
    /// Routers of other partitions than the input's own, by partition.
    pub(super) foreign_routers: FxHashMap<String, NodeId>,
    pub(super) isps: Vec<NodeId>,
    pub(super) peerings: Vec<NodeId>,
    pub(super) connections: Vec<NodeId>,
    pub(super) regional_nats: Vec<NodeId>,
    pub(super) transit: Transit,
    /// The mark of traffic that comes by PrivateLink.
    pub(super) private_link: u32,
    /// The mark of what an interface passes on to a NAT gateway for others.
    pub(super) brought: u32,
    pub(super) out: Compiled,
}

impl<'n> Compiler<'n> {
    /// One that has not begun.
    pub(super) fn new(
        network: &'n Network,
        (b, shapes): (FabricBuilder, Shapes),
        lists: ManagedLists<'n>,
        members: Members,
        subnets: Vec<Vec<Id<Subnet>>>,
    ) -> Self {
        Self {
            network,
            b,
            shapes,
            lists,
            members,
            group_tables: FxHashMap::default(),
            acl_tables: FxHashMap::default(),
            route_tables: FxHashMap::default(),
            forwarders: FxHashSet::default(),
            near: Vec::new(),
            mapped: vec![Vec::new(); network.vpcs.len()],
            gateway_of: FxHashMap::default(),
            subnets,
            subnet_nodes: Vec::new(),
            strangers: Vec::new(),
            routers: Vec::new(),
            internet_gateways: Vec::new(),
            egress_only: Vec::new(),
            egress_only_of: FxHashMap::default(),
            vpn_gateways: Vec::new(),
            gateway_endpoints: Vec::new(),
            host_services: Vec::new(),
            internet_router: NONE,
            foreign_routers: FxHashMap::default(),
            isps: Vec::new(),
            peerings: Vec::new(),
            connections: Vec::new(),
            regional_nats: Vec::new(),
            transit: Transit::default(),
            private_link: 0,
            brought: 0,
            out: Compiled::default(),
        }
    }
}
