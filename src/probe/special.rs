//! Addresses of special purpose.
//!
//! `https://www.iana.org/assignments/iana-ipv4-special-registry` and `iana-ipv6-special-registry`;
//! multicast: RFC 5771, RFC 4291; the addresses that AWS gives its own services inside a VPC:
//! `/vpc/latest/userguide/AmazonDNS-concepts.html`, `/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html`.

use ipnet::IpNet;
use std::net::IpAddr;

/// A block, what it is for, and whether hosts of a private network have such addresses.
type Block = (&'static str, &'static str, bool);

/// The most specific first.
const BLOCKS: &[Block] = &[
    ("169.254.169.253/32", "the VPC's resolver", false),
    ("169.254.169.254/32", "instance metadata", false),
    ("fd00:ec2::253/128", "the VPC's resolver", false),
    ("fd00:ec2::254/128", "instance metadata", false),
    ("10.0.0.0/8", "private (RFC 1918)", true),
    ("172.16.0.0/12", "private (RFC 1918)", true),
    ("192.168.0.0/16", "private (RFC 1918)", true),
    ("100.64.0.0/10", "shared address space (RFC 6598)", true),
    ("fc00::/7", "unique local (RFC 4193)", true),
    ("127.0.0.0/8", "loopback (RFC 1122)", false),
    ("::1/128", "loopback (RFC 4291)", false),
    ("169.254.0.0/16", "link-local (RFC 3927)", false),
    ("fe80::/10", "link-local (RFC 4291)", false),
    ("0.0.0.0/8", "this network (RFC 1122)", false),
    ("::/128", "unspecified (RFC 4291)", false),
    ("192.0.0.0/24", "protocol assignments (RFC 6890)", false),
    ("192.0.2.0/24", "documentation (RFC 5737)", false),
    ("198.51.100.0/24", "documentation (RFC 5737)", false),
    ("203.0.113.0/24", "documentation (RFC 5737)", false),
    ("2001:db8::/32", "documentation (RFC 3849)", false),
    ("3fff::/20", "documentation (RFC 9637)", false),
    ("198.18.0.0/15", "benchmarking (RFC 2544)", false),
    ("2001:2::/48", "benchmarking (RFC 5180)", false),
    ("64:ff9b::/96", "IPv4 translated by NAT64 (RFC 6052)", false),
    (
        "64:ff9b:1::/48",
        "IPv4 translated locally (RFC 8215)",
        false,
    ),
    ("::ffff:0:0/96", "IPv4 mapped (RFC 4291)", false),
    ("2002::/16", "6to4 (RFC 3056)", false),
    ("2001::/32", "Teredo (RFC 4380)", false),
    ("100::/64", "discard only (RFC 6666)", false),
    ("224.0.0.0/4", "multicast (RFC 5771)", false),
    ("ff00::/8", "multicast (RFC 4291)", false),
    ("255.255.255.255/32", "broadcast (RFC 919)", false),
    ("240.0.0.0/4", "reserved (RFC 1112)", false),
];

/// What an address is for, if it is no public one, and whether it is private: a host of a private
/// network may have it.
pub(super) fn special(address: IpAddr) -> Option<(&'static str, bool)> {
    let holds = |block: &str| block.parse().is_ok_and(|b: IpNet| b.contains(&address));
    let found = BLOCKS.iter().find(|(block, ..)| holds(block));
    found.map(|(_, what, private)| (*what, *private))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
    use super::{BLOCKS, special};
    use ipnet::IpNet;

    #[test]
    fn every_block_is_a_block_and_no_wider_one_stands_before_it() {
        let mut before: Vec<IpNet> = Vec::new();
        for (text, ..) in BLOCKS {
            let block: IpNet = text.parse().unwrap();
            assert_eq!(block, block.trunc(), "{text}");
            assert!(
                !before.iter().any(|b| b.contains(&block)),
                "{text} never decides"
            );
            before.push(block);
        }
    }

    #[test]
    fn an_address_says_what_it_is_for() {
        for (address, what) in [
            ("10.1.2.3", Some("private (RFC 1918)")),
            ("172.32.0.1", None),
            ("169.254.169.253", Some("the VPC's resolver")),
            ("52.216.1.1", None),
            ("2600:1f18::1", None),
            ("fd00:ec2::253", Some("the VPC's resolver")),
            ("fd12::1", Some("unique local (RFC 4193)")),
        ] {
            let found = special(address.parse().unwrap());
            assert_eq!(found.map(|f| f.0), what, "{address}");
        }
    }
}
