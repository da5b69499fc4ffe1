//! Groups by deployment of pods, each of few members; rules about single addresses, one of them for
//! every interface; long prefix lists.

use super::groups::{anything, from, group, listed, members};
use super::ids::{Dice, Kind, id};
use super::places::{Seat, tcp, vpc_block};
use super::{ACCOUNT, Estate, REGION, named};
use ipnet::{IpNet, Ipv4Net};
use reachability::model::{Draft, Origin, PrefixList, Ref};
use std::net::Ipv4Addr;

/// Pods a deployment.
const PODS: usize = 16;
/// One deployment of so many has a rule about a prefix list.
const LISTED: usize = 4;
const LISTS: usize = 8;
const ENTRIES: usize = 400;
const PORTS: [(u16, u16); 8] = [
    (443, 443),
    (8080, 8080),
    (8443, 8443),
    (5432, 5432),
    (6379, 6379),
    (9090, 9099),
    (3000, 3999),
    (50_051, 50_051),
];

/// Interfaces a VPC, and deployments a VPC.
fn sizes(estate: &Estate) -> (usize, usize) {
    let each = estate.interfaces.div_ceil(estate.vpcs);
    (each, each.div_ceil(PODS))
}

/// A step that meets every number below a limit once.
fn stride(limit: usize) -> usize {
    fn common(a: usize, b: usize) -> usize {
        if b == 0 { a } else { common(b, a % b) }
    }
    let fits = |step: &usize| common(*step, limit) == 1;
    (limit / 3 + 1..).find(fits).unwrap()
}

/// The groups of an interface: its deployment's, and that of all nodes of the VPC.
pub fn of(estate: &Estate, seat: Seat, number: usize) -> Vec<usize> {
    let (each, deployments) = sizes(estate);
    let first = seat.vpc * (deployments + 1);
    vec![first, first + 1 + number % each / PODS]
}

/// A list of partners' addresses.
pub fn partners(list: usize) -> Ref<PrefixList> {
    named(Kind::List, list)
}

/// Every group, and the lists.
pub fn groups(estate: &Estate, draft: &mut Draft) {
    let (each, deployments) = sizes(estate);
    let step = stride(each);
    for vpc in 0..estate.vpcs {
        let first = vpc * (deployments + 1);
        let nodes = vec![from(tcp(10_250, 10_250), vpc_block(vpc))];
        draft.groups.push(group(first, vpc, nodes, anything()));
        for deployment in 0..deployments {
            let number = first + 1 + deployment;
            let mut dice = Dice::new(estate.seed, number as u64);
            let mut ingress = Vec::new();
            // Every interface of the VPC is somebody's named client.
            for client in deployment * PODS..each.min((deployment + 1) * PODS) {
                let client = vpc * each + client * step % each;
                let (from_port, to_port) = dice.of(&PORTS);
                let alone = Ipv4Net::from(Seat::of(estate, client).ip());
                ingress.push(from(tcp(from_port, to_port), alone));
            }
            let caller = first + 1 + dice.below(deployments);
            ingress.push(members(tcp(8080, 8080), caller));
            if deployment.is_multiple_of(LISTED) {
                ingress.push(listed(tcp(443, 443), partners(dice.below(LISTS))));
            }
            draft.groups.push(group(number, vpc, ingress, anything()));
        }
    }
    for list in 0..LISTS {
        draft.prefix_lists.push(self::list(estate, list));
    }
}

/// Blocks of /24 to /32 all over the VPCs; those of the first list, to route by, are wider than a VPC.
fn list(estate: &Estate, number: usize) -> PrefixList {
    let mut dice = Dice::new(estate.seed, 1 << 40 | number as u64);
    let mut entries: Vec<IpNet> = (0..ENTRIES)
        .map(|_| {
            let ip = Ipv4Addr::new(
                10,
                dice.below(estate.vpcs) as u8,
                dice.below(256) as u8,
                dice.below(256) as u8,
            );
            Ipv4Net::new_assert(ip, 24 + dice.below(9) as u8)
                .trunc()
                .into()
        })
        .collect();
    if number == 0 {
        let half = |n: u8| Ipv4Net::new_assert(Ipv4Addr::new(10, n * 2, 0, 0), 15).into();
        entries = (0..128).map(half).collect();
    }
    entries.sort_unstable();
    entries.dedup();
    PrefixList {
        name: id(Kind::List, number),
        id: None,
        max_entries: ENTRIES,
        entries,
        region: REGION.into(),
        account: ACCOUNT.into(),
        origin: Origin::Unknown,
    }
}
