//! Groups and rules, in few words.

use super::ids::{Kind, id};
use super::named;
use reachability::model::*;

/// A rule about a block.
pub fn from(service: Service, block: impl Into<ipnet::IpNet>) -> GroupRule {
    rule(service, Peer::Cidr(block.into()))
}

/// A rule about the members of a group.
pub fn members(service: Service, group: usize) -> GroupRule {
    rule(service, Peer::Group(named(Kind::Group, group)))
}

/// A rule about a prefix list.
pub fn listed(service: Service, list: Ref<PrefixList>) -> GroupRule {
    rule(service, Peer::List(list))
}

fn rule(service: Service, peer: Peer) -> GroupRule {
    GroupRule {
        service,
        peer,
        origin: Origin::Unknown,
    }
}

/// A group of a VPC.
pub fn group(
    number: usize,
    vpc: usize,
    ingress: Vec<GroupRule>,
    egress: Vec<GroupRule>,
) -> SecurityGroup {
    SecurityGroup {
        name: id(Kind::Group, number),
        id: None,
        vpc: named(Kind::Vpc, vpc),
        vpcs: vec![],
        ingress,
        egress,
        origin: Origin::Unknown,
    }
}

/// Everything.
pub fn anything() -> Vec<GroupRule> {
    vec![from(
        Service::ANY,
        "0.0.0.0/0".parse::<ipnet::IpNet>().unwrap(),
    )]
}
