//! Groups by tier: each tier lets in the tier before it, and blocks of other VPCs on few ports.
//!
//! Between VPCs no rule opens a port from 8000 to 8442: that is one property to be proved. That no
//! packet passes from development to production is another, and the transit gateway's tables' doing.

use super::Estate;
use super::groups::{anything, from, group, members};
use super::ids::Dice;
use super::joins::Segment;
use super::places::{Seat, ZONES, subnet_block, tcp, vpc_block};
use ipnet::Ipv4Net;
use reachability::model::{Draft, GroupRule};

/// Groups a VPC.
pub const GROUPS: usize = 10;
const WEB: usize = 0;
const PROXY: usize = 1;
const APP: usize = 2;
const WORKER: usize = 3;
const CACHE: usize = 4;
const QUEUE: usize = 5;
const DATABASE: usize = 6;
const SEARCH: usize = 7;
const ADMIN: usize = 8;
const BASE: usize = 9;

/// The tiers of the subnets of each kind.
const TIERS: [[usize; 3]; 4] = [
    [WEB, PROXY, WEB],
    [APP, WORKER, APP],
    [DATABASE, CACHE, SEARCH],
    [QUEUE, WORKER, ADMIN],
];

/// The groups of an interface.
pub fn of(seat: Seat, number: usize) -> Vec<usize> {
    let first = seat.vpc * GROUPS;
    let tier = TIERS[seat.subnet / ZONES][seat.member % 3];
    let mut own = vec![tier, BASE];
    // Some are reached by whoever looks after them.
    own.extend(((number / 7).is_multiple_of(5) && tier != ADMIN).then_some(ADMIN));
    own.into_iter().map(|g| first + g).collect()
}

/// Every group.
pub fn groups(estate: &Estate, draft: &mut Draft) {
    for vpc in 0..estate.vpcs {
        let own = vpc_block(vpc);
        let mut dice = Dice::new(estate.seed, vpc as u64);
        let mut other = || loop {
            let other = dice.below(estate.vpcs);
            if other != vpc || estate.vpcs == 1 {
                return other;
            }
        };
        let (first, second) = (other(), other());
        let core = estate.vpcs.min(other() / 5 * 5);
        let member = |tier| vpc * GROUPS + tier;
        let of = |tier, ports: (u16, u16)| members(tcp(ports.0, ports.1), member(tier));
        let app = subnet_block(vpc, ZONES + vpc % ZONES);
        let offices = Ipv4Net::new_assert(std::net::Ipv4Addr::new(10, vpc as u8, 16, 0), 24);
        let everybody: Ipv4Net = "0.0.0.0/0".parse().unwrap();
        let tiers: [Vec<GroupRule>; GROUPS] = [
            vec![
                from(tcp(80, 80), everybody),
                from(tcp(443, 443), everybody),
                of(PROXY, (8080, 8081)),
            ],
            vec![from(tcp(443, 443), own), from(tcp(3128, 3128), own)],
            vec![
                of(WEB, (8080, 8080)),
                of(PROXY, (8443, 8443)),
                from(tcp(443, 443), vpc_block(first)),
                from(tcp(9443, 9443), vpc_block(second)),
                from(tcp(8400, 8442), app),
            ],
            vec![of(APP, (8000, 8100)), of(QUEUE, (5672, 5672))],
            vec![of(APP, (6379, 6379)), of(WORKER, (6379, 6379))],
            vec![
                of(APP, (5671, 5672)),
                from(tcp(5671, 5671), vpc_block(core)),
            ],
            vec![
                of(APP, (5432, 5432)),
                of(WORKER, (5432, 5432)),
                from(tcp(5432, 5432), vpc_block(core)),
                from(tcp(5432, 5432), subnet_block(first, 4)),
            ],
            vec![of(APP, (9200, 9300)), from(tcp(9200, 9200), app)],
            vec![from(tcp(22, 22), offices), from(tcp(3389, 3389), offices)],
            vec![
                from(tcp(9100, 9100), own),
                from(tcp(9100, 9100), vpc_block(core)),
            ],
        ];
        for (tier, ingress) in tiers.into_iter().enumerate() {
            let egress = match tier {
                BASE | ADMIN => vec![],
                DATABASE | CACHE | SEARCH => {
                    vec![from(tcp(443, 443), own), from(tcp(1024, 65535), own)]
                }
                _ if Segment::of(vpc) == Segment::Development && tier == WORKER => {
                    vec![from(tcp(0, 65535), own), from(tcp(443, 443), everybody)]
                }
                _ => anything(),
            };
            draft.groups.push(group(member(tier), vpc, ingress, egress));
        }
    }
}
