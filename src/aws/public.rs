//! Public addresses, and tokens for those the input does not give.
//!
//! An address nobody gave is a set of possibilities, not a pick. It is walked as a *token*, an address
//! of 240.0.0.0/4, or of a block of IPv6 that was given up, that nothing real has: rows that name the
//! service's list take it, `0.0.0.0/0` or `::/0` takes it, and a row with some public block *may*.

use crate::fabric::{Address, Span};
use crate::model::{Family, Network};
use ipnet::IpNet;

/// Every token.
pub(super) const TOKENS: (u32, u32) = (0xf000_0000, 0xffff_fffe);

/// The token of a public address that belongs to no service.
pub(super) const SOMEBODY: u32 = 0xfe00_0001;

/// Whether an address stands for a public address that the input does not give.
#[must_use]
pub fn is_token(address: Address) -> bool {
    let address = embedded(address).unwrap_or(address);
    let own = |f| tokens(f).holds((address, address));
    Family::ALL.into_iter().any(own)
}

/// Whether an address stands for that of a public name of which the input knows nothing.
#[must_use]
pub fn is_somebody(address: Address) -> bool {
    Family::ALL
        .into_iter()
        .any(|f| token(f, SOMEBODY) == address)
}

/// An address in words, or that the input does not give it.
#[must_use]
pub fn address_in_words(address: Address) -> String {
    match embedded(address) {
        _ if !is_token(address) => address.to_string(),
        Some(_) => "64:ff9b:: with a public address".to_owned(),
        None => "a public address".to_owned(),
    }
}

/// The address of IPv6 that a NAT gateway translates to this one of IPv4.
#[must_use]
pub fn nat64(address: Address) -> Address {
    NAT64.0.with_low32(address.low32())
}

/// The address of IPv4 that a NAT gateway translates this one of IPv6 to, if it does.
#[must_use]
pub fn embedded(address: Address) -> Option<Address> {
    let block = Span::from(NAT64).holds((address, address));
    block.then(|| Address::of_v4(address.low32()))
}

/// The token of this number, of a family: IPv6 has its own where IPv4 was embedded once, and
/// nothing is now (RFC 4291, 2.5.5.1).
pub(super) fn token(family: Family, number: u32) -> Address {
    match family {
        Family::Ipv4 => Address::of_v4(number),
        Family::Ipv6 => Address::new(number as u128),
    }
}

/// Every token of a family.
pub(super) fn tokens(family: Family) -> Span {
    Span::Of(token(family, TOKENS.0), token(family, TOKENS.1))
}

/// Every address of a family that somebody may have: without tokens, and IPv6 without what it
/// embeds of IPv4.
#[must_use]
pub fn nameable(family: Family) -> Vec<(Address, Address)> {
    let (lo, hi) = (token(family, TOKENS.0), token(family, TOKENS.1));
    match family {
        Family::Ipv4 => vec![
            (Address::of_v4(0), lo.before()),
            (hi.after(), Address::of_v4(u32::MAX)),
        ],
        Family::Ipv6 => {
            let mapped = (Address::of_v4(0), Address::of_v4(u32::MAX));
            let translated = (
                nat64(token(Family::Ipv4, TOKENS.0)),
                nat64(token(Family::Ipv4, TOKENS.1)),
            );
            vec![
                (Address::new(0), lo.before()),
                (hi.after(), mapped.0.before()),
                (mapped.1.after(), translated.0.before()),
                (translated.1.after(), Address::new(u128::MAX)),
            ]
        }
    }
}

/// The tokens that a block may or may not hold: it covers some public addresses of its family, but
/// not all of them. What a VPC or a site of the input has, no service has.
pub(super) fn doubt(network: &Network, net: &IpNet) -> Option<Span> {
    let family = Family::of_net(*net);
    let (first, last) = (Address::from(net.network()), Address::from(net.broadcast()));
    let within = |(lo, hi): (Address, Address)| lo <= first && last <= hi;
    let special = match family {
        Family::Ipv4 => SPECIAL
            .iter()
            .any(|(lo, hi)| within(((*lo).into(), (*hi).into()))),
        Family::Ipv6 => {
            let vpcs = network.vpcs.iter().flat_map(|(_, v)| &v.ipv6);
            let sites = network.sites.iter().flat_map(|(_, s)| &s.cidrs);
            SPECIAL6.into_iter().any(within)
                || vpcs
                    .map(|b| IpNet::V6(*b))
                    .chain(sites.copied())
                    .any(|b| b.contains(net))
        }
    };
    let beyond = family == Family::Ipv4 && first >= token(family, TOKENS.0);
    let public = net.prefix_len() != 0 && !beyond;
    (public && !special).then(|| tokens(family))
}

/// Private, shared or link-local.
pub(super) fn private(address: Address) -> bool {
    let within = |a: u32| SPECIAL.iter().any(|(lo, hi)| *lo <= a && a <= *hi);
    match address.v4() {
        Some(bits) => within(bits),
        None => SPECIAL6
            .iter()
            .any(|(lo, hi)| *lo <= address && address <= *hi),
    }
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

/// What is not public, and what is translated to IPv4 before it leaves
/// (`https://www.iana.org/assignments/iana-ipv6-special-registry`).
pub(super) const SPECIAL6: [(Address, Address); 3] = [LOCAL6[0], LOCAL6[1], NAT64];

/// Unique local and link-local addresses.
pub(super) const LOCAL6: [(Address, Address); 2] =
    [block(0xfc00 << 112, 7), block(0xfe80 << 112, 10)];

/// What a NAT gateway translates to IPv4 (RFC 6052,
/// `/vpc/latest/userguide/nat-gateway-nat64-dns64.html`).
pub(super) const NAT64: (Address, Address) = block(0x0064_ff9b << 96, 96);

/// Where the public addresses of IPv6 are: global unicast.
pub(super) const PUBLIC6: (Address, Address) = block(0x2000 << 112, 3);

/// What of IPv6 is outside global unicast, and nobody's: the IETF keeps it. Without tokens and without
/// what embeds IPv4 (`https://www.iana.org/assignments/ipv6-address-space`).
pub(super) fn kept6() -> impl Iterator<Item = Span> {
    let (first, last) = PUBLIC6;
    let all = nameable(Family::Ipv6).into_iter();
    let around =
        all.flat_map(move |(lo, hi)| [(lo, hi.min(first.before())), (lo.max(last.after()), hi)]);
    around.filter(|(lo, hi)| lo <= hi).map(Span::from)
}

/// The first and last address of a block of IPv6.
const fn block(first: u128, length: u32) -> (Address, Address) {
    (
        Address::new(first),
        Address::new(first | (u128::MAX >> length)),
    )
}

/// What nobody has: "this network", multicast, broadcast
/// (`https://www.iana.org/assignments/iana-ipv4-special-registry`).
pub(super) const NOWHERE: [(u32, u32); 3] = [
    (0, 0x00ff_ffff),
    (0xe000_0000, 0xefff_ffff),
    (u32::MAX, u32::MAX),
];

/// Unspecified and multicast addresses (`https://www.iana.org/assignments/iana-ipv6-special-registry`).
pub(super) const NOWHERE6: [(Address, Address); 2] =
    [(Address::new(0), Address::new(0)), block(0xff00 << 112, 8)];

/// The addresses that hosts of the internet have: first and last of each block.
#[must_use]
pub fn public_space(family: Family) -> Vec<(Address, Address)> {
    let spans = public_spans(family).into_iter();
    let spans = spans.filter_map(|span| match span {
        Span::Of(lo, hi) => Some((lo, hi)),
        Span::Any | Span::Tag(_) | Span::TagV4(_) | Span::TagV6(_) => None,
    });
    let last = Address::of_v4(0xdfff_ffff);
    spans
        .map(|(lo, hi)| match family {
            Family::Ipv4 => (lo, hi.min(last)),
            Family::Ipv6 => (lo, hi),
        })
        .collect()
}

/// What is neither private nor a token, of a family.
pub(super) fn public_spans(family: Family) -> Vec<Span> {
    if family == Family::Ipv6 {
        return vec![PUBLIC6.into()];
    }
    let ends = SPECIAL.iter().map(|(lo, _)| lo - 1).chain([TOKENS.0 - 1]);
    let begins = [0x0100_0000]
        .into_iter()
        .chain(SPECIAL.iter().map(|(_, hi)| hi + 1));
    begins.zip(ends).map(Span::from).collect()
}
