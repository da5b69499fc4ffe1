//! What joins VPCs: route tables, internet gateways, one transit gateway with three tables.

use super::ids::{Kind, id};
use super::places::{KINDS, SUBNETS, ZONES, vpc_block};
use super::{ACCOUNT, Estate, Groups, REGION, named, pods};
use reachability::model::*;

/// What a VPC is to the transit gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Reaches all, and is reached by all.
    Core,
    /// Reaches the core and its own.
    Production,
    /// The same.
    Development,
}

pub const SEGMENTS: [Segment; 3] = [Segment::Core, Segment::Production, Segment::Development];

impl Segment {
    /// One VPC of five is of the core.
    pub fn of(vpc: usize) -> Self {
        match vpc % 5 {
            0 => Segment::Core,
            1 | 2 => Segment::Production,
            _ => Segment::Development,
        }
    }

    /// Whether its table leads to a VPC.
    pub fn reaches(self, vpc: usize) -> bool {
        let other = Segment::of(vpc);
        self == Segment::Core || other == Segment::Core || self == other
    }
}

/// Adds them.
pub fn add(estate: &Estate, draft: &mut Draft) {
    for vpc in 0..estate.vpcs {
        draft.internet_gateways.push(InternetGateway {
            name: id(Kind::InternetGateway, vpc),
            vpc: named(Kind::Vpc, vpc),
            origin: Origin::Unknown,
        });
        for kind in 0..KINDS.len() {
            draft.tables.push(RouteTable {
                name: id(Kind::Table, vpc * KINDS.len() + kind),
                id: None,
                vpc: named(Kind::Vpc, vpc),
                routes: routes(estate, vpc, kind),
                edge_of: None,
                origin: Origin::Unknown,
            });
        }
    }
    transit(estate, draft);
}

fn to(destination: Destination, target: Target) -> Route {
    Route {
        destination,
        target,
        kind: RouteKind::Static,
        bgp: BgpPath::default(),
        active: true,
        origin: Origin::Unknown,
    }
}

fn cidr(text: &str) -> Destination {
    Destination::Cidr(text.parse().unwrap())
}

/// The routes of the subnets of a kind, without the local one.
fn routes(estate: &Estate, vpc: usize, kind: usize) -> Vec<Route> {
    let transit = || Target::Transit(named(Kind::TransitGateway, 0));
    let core = (0..estate.vpcs).filter(|v| *v != vpc && Segment::of(*v) == Segment::Core);
    match kind {
        0 => vec![
            to(cidr("10.0.0.0/8"), transit()),
            to(
                cidr("0.0.0.0/0"),
                Target::Internet(named(Kind::InternetGateway, vpc)),
            ),
        ],
        1 => vec![to(cidr("10.0.0.0/8"), transit())],
        // Data is for the core alone.
        2 if estate.groups_of == Groups::Pods => {
            vec![to(Destination::List(pods::partners(0)), transit())]
        }
        2 => core
            .take(40)
            .map(|v| to(Destination::Cidr(vpc_block(v).into()), transit()))
            .collect(),
        _ => vec![],
    }
}

fn transit(estate: &Estate, draft: &mut Draft) {
    draft.transit_gateways.push(TransitGateway {
        name: id(Kind::TransitGateway, 0),
        account: ACCOUNT.into(),
        region: REGION.into(),
        group_references: Fact::Known(false),
        origin: Origin::Unknown,
    });
    for vpc in 0..estate.vpcs {
        let subnets = (0..ZONES).map(|z| named(Kind::Subnet, vpc * SUBNETS + ZONES + z));
        let own = Segment::of(vpc);
        let table = SEGMENTS.iter().position(|s| *s == own).unwrap();
        let tables = SEGMENTS.iter().enumerate();
        let learners = tables.filter(|(_, segment)| segment.reaches(vpc));
        let learners = learners.map(|(number, _)| named(Kind::TransitTable, number));
        draft.attachments.push(TransitAttachment {
            name: id(Kind::Attachment, vpc),
            gateway: named(Kind::TransitGateway, 0),
            to: Attached::Vpc(named(Kind::Vpc, vpc), Fact::Known(subnets.collect())),
            table: Association::Table(named(Kind::TransitTable, table)),
            propagates_to: learners.collect(),
            appliance_mode: false,
            group_references: Fact::Known(true),
            ipv6: Fact::Known(false),
            available: true,
            origin: Origin::Unknown,
        });
    }
    for number in 0..SEGMENTS.len() {
        draft.transit_tables.push(TransitTable {
            name: id(Kind::TransitTable, number),
            gateway: named(Kind::TransitGateway, 0),
            routes: vec![],
            overlaps: vec![],
            origin: Origin::Unknown,
        });
    }
}
