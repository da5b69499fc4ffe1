//! Public addresses: AWS's prefix lists, and tokens for addresses the input does not give.
//!
//! An address nobody gave is a set of possibilities, not a pick. It is walked as a *token*, an address
//! of 240.0.0.0/4 that nothing real has: rows that name the service's list take it, `0.0.0.0/0` takes
//! it, and a row with some public block *may* take it.

use crate::fabric::Address;
use crate::model::{Network, catalog};
use ipnet::{IpNet, Ipv4Net};

/// Every token.
pub(super) const TOKENS: (u32, u32) = (0xf000_0000, 0xffff_fffe);

/// The token of a public address that belongs to no service.
pub(super) const SOMEBODY: u32 = 0xfe00_0001;

/// Whether an address stands for a public address that the input does not give.
#[must_use]
pub fn is_token(address: Address) -> bool {
    address
        .v4()
        .is_some_and(|a| (TOKENS.0..=TOKENS.1).contains(&a))
}

/// What is known of an AWS-managed prefix list.
pub(super) enum Lists<'a> {
    /// Its blocks.
    Given(&'a [IpNet]),
    /// Nothing but its meaning.
    Symbolic,
}

/// The AWS-managed prefix lists of the input.
pub(super) struct ManagedLists<'a>(pub(super) &'a Network);

impl ManagedLists<'_> {
    pub(super) fn get(&self, region: &str, service: &str) -> Lists<'_> {
        let found = self
            .0
            .aws_lists
            .iter()
            .find(|((r, s), nets)| r == region && s == service && !nets.is_empty());
        found.map_or(Lists::Symbolic, |(_, nets)| Lists::Given(nets))
    }
}

/// The Regions the input speaks of, sorted.
pub(super) fn regions(network: &Network) -> Vec<String> {
    let mut all: Vec<String> = network.vpcs.iter().map(|(_, v)| v.region.clone()).collect();
    all.push(network.region.clone());
    all.extend(
        network
            .buckets
            .iter()
            .chain(network.dynamodb_tables.iter())
            .map(|(_, r)| r.region.clone()),
    );
    all.extend(network.aws_lists.iter().map(|((r, _), _)| r.clone()));
    all.push("us-east-1".to_owned());
    all.sort();
    all.dedup();
    all
}

/// The tokens of a service in a Region: sixteen addresses.
pub(super) fn token_span(network: &Network, region: &str, service: &str) -> (u32, u32) {
    token_span_of(&regions(network), region, service)
}

/// The same, by the [`regions`] of the input.
pub(super) fn token_span_of(regions: &[String], region: &str, service: &str) -> (u32, u32) {
    let region = regions
        .iter()
        .position(|r| r == region)
        .unwrap_or(regions.len());
    let service = catalog::SERVICES
        .iter()
        .position(|s| s.name == service)
        .unwrap_or(catalog::SERVICES.len());
    let first = 0xf100_0000 + ((region as u32) << 14) + ((service as u32) << 4);
    (first, first + 15)
}

/// Whether a block covers some public addresses, but not all of them.
pub(super) fn partly_public(net: &Ipv4Net) -> bool {
    let (first, last) = (u32::from(net.network()), u32::from(net.broadcast()));
    let within = |(lo, hi): &(u32, u32)| *lo <= first && last <= *hi;
    net.prefix_len() != 0 && first < TOKENS.0 && !SPECIAL.iter().any(within)
}

/// Private, shared or link-local.
pub(super) fn private(address: Address) -> bool {
    let within = |a: u32| SPECIAL.iter().any(|(lo, hi)| *lo <= a && a <= *hi);
    address.v4().is_some_and(within)
}

/// RFC 1918, RFC 6598, link-local, loopback.
pub(super) const SPECIAL: [(u32, u32); 6] = [
    (0x0a00_0000, 0x0aff_ffff),
    (0x6440_0000, 0x647f_ffff),
    (0x7f00_0000, 0x7fff_ffff),
    (0xa9fe_0000, 0xa9fe_ffff),
    (0xac10_0000, 0xac1f_ffff),
    (0xc0a8_0000, 0xc0a8_ffff),
];

/// What nobody has: "this network", multicast, broadcast
/// (`https://www.iana.org/assignments/iana-ipv4-special-registry`).
pub(super) const NOWHERE: [(u32, u32); 3] = [
    (0, 0x00ff_ffff),
    (0xe000_0000, 0xefff_ffff),
    (u32::MAX, u32::MAX),
];

/// What is neither private nor a token.
pub(super) fn public_spans() -> impl Iterator<Item = (u32, u32)> {
    let ends = SPECIAL.iter().map(|(lo, _)| lo - 1).chain([TOKENS.0 - 1]);
    let begins = [0x0100_0000]
        .into_iter()
        .chain(SPECIAL.iter().map(|(_, hi)| hi + 1));
    begins.zip(ends)
}
