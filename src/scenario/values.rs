//! Scalars: blocks, addresses, ports, protocols, zones. What is wrong is said in plain words.

use super::expect::Protocol;
use crate::model::{Service, zone_prefix};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A code and a message.
pub(super) type Wrong = (&'static str, String);

/// A block of either family. Bits beyond the prefix are cleared, as AWS does.
pub(super) fn block(text: &str) -> Result<IpNet, Wrong> {
    text.parse::<IpNet>().map(|n| n.trunc()).map_err(|_| {
        let hint = match text.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => format!("; one address is `{text}/32`"),
            Ok(IpAddr::V6(_)) => format!("; one address is `{text}/128`"),
            Err(_) => String::new(),
        };
        ("bad-cidr", format!("`{text}` is not a block{hint}"))
    })
}

/// An IPv4 block.
pub(super) fn block4(text: &str) -> Result<Ipv4Net, Wrong> {
    match block(text)? {
        IpNet::V4(net) => Ok(net),
        IpNet::V6(_) => Err((
            "bad-cidr",
            format!("`{text}` is a block of IPv6: one of IPv4 is expected here"),
        )),
    }
}

/// An IPv6 block.
pub(super) fn block6(text: &str) -> Result<Ipv6Net, Wrong> {
    match block(text)? {
        IpNet::V6(net) => Ok(net),
        IpNet::V4(_) => Err((
            "bad-cidr",
            format!("`{text}` is a block of IPv4: one of IPv6 is expected here"),
        )),
    }
}

/// An address of either family.
pub(super) fn address(text: &str) -> Result<IpAddr, Wrong> {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) if ip.octets()[0] >= 240 => Err((
            "bad-address",
            format!("`{text}` is of 240.0.0.0/4, which nobody has"),
        )),
        Ok(ip) => Ok(ip),
        Err(_) => Err(("bad-address", format!("`{text}` is not an address"))),
    }
}

/// An IPv4 address.
pub(super) fn address4(text: &str) -> Result<Ipv4Addr, Wrong> {
    match address(text)? {
        IpAddr::V4(ip) => Ok(ip),
        IpAddr::V6(_) => Err((
            "bad-address",
            format!("`{text}` is an IPv6 address: one of IPv4 is expected here"),
        )),
    }
}

/// An IPv6 address.
pub(super) fn address6(text: &str) -> Result<Ipv6Addr, Wrong> {
    match address(text)? {
        IpAddr::V6(ip) => Ok(ip),
        IpAddr::V4(_) => Err((
            "bad-address",
            format!("`{text}` is an IPv4 address: one of IPv6 is expected here"),
        )),
    }
}

/// `443`, `8000-8010` or `any`.
pub(super) fn ports(text: &str) -> Result<(u16, u16), Wrong> {
    let wrong = || {
        (
            "bad-port",
            format!("`{text}` is no port: write `443`, `8000-8010` or `any`"),
        )
    };
    if text == "any" {
        return Ok((0, u16::MAX));
    }
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let low = number::<u16>(low).ok_or_else(wrong)?;
    let high = number::<u16>(high).ok_or_else(wrong)?;
    if low > high {
        return Err((
            "bad-port",
            format!("`{text}` is an empty range: write `{high}-{low}`"),
        ));
    }
    Ok((low, high))
}

/// One port.
pub(super) fn port(text: &str) -> Result<u16, Wrong> {
    number::<u16>(text).filter(|p| *p > 0).ok_or_else(|| {
        (
            "bad-port",
            format!("`{text}` is not a port from 1 to 65535"),
        )
    })
}

/// Digits only: no sign, no blanks.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// A BGP number, of four bytes.
pub(super) fn bgp_number(text: &str) -> Result<u32, Wrong> {
    number::<u32>(text).filter(|n| *n > 0).ok_or_else(|| {
        (
            "bad-number",
            format!("`{text}` is no BGP number from 1 to 4294967295"),
        )
    })
}

/// `tcp`, `udp`, `icmp`, `icmpv6`, `any`, or a number.
pub(super) fn protocol(text: &str) -> Result<Protocol, Wrong> {
    Ok(match text {
        "any" => Protocol::Any,
        "tcp" => Protocol::Number(6),
        "udp" => Protocol::Number(17),
        "icmp" => Protocol::Number(1),
        "icmpv6" => Protocol::Number(58),
        _ => Protocol::Number(number::<u8>(text).ok_or_else(|| {
            (
                "bad-protocol",
                format!("`{text}` is no protocol: write `tcp`, `udp`, `icmp`, `icmpv6`, `any` or a number"),
            )
        })?),
    })
}

/// What a rule's protocol, port and ICMP type say together.
pub(super) fn service(
    protocol: Protocol,
    port: Option<&str>,
    icmp: Option<(Option<u8>, Option<u8>)>,
) -> Result<Service, Wrong> {
    let number = match protocol {
        Protocol::Any => None,
        Protocol::Number(n) => Some(n),
    };
    let ports = match port {
        None => (0, u16::MAX),
        Some(text) => {
            let ports = ports(text)?;
            if !matches!(number, Some(6 | 17)) && text != "any" {
                return Err((
                    "port-without-protocol",
                    format!("port `{text}` needs `protocol: tcp` or `protocol: udp`"),
                ));
            }
            ports
        }
    };
    if icmp.is_some() && !matches!(number, Some(1 | 58)) {
        return Err((
            "icmp-without-protocol",
            "`icmp` needs `protocol: icmp` or `protocol: icmpv6`".to_owned(),
        ));
    }
    Ok(Service {
        protocol: number,
        ports,
        icmp: icmp.unwrap_or((None, None)),
    })
}

/// The zone id of a zone id, or of a zone name by AWS's usual order (`a` is 1).
pub(super) fn zone(text: &str, region: &str) -> Option<String> {
    let prefix = zone_prefix(region);
    if let Some((place, number)) = text.rsplit_once("-az") {
        // Local Zones have ids such as `use1-bos1-az1`.
        let first = place.split('-').next().unwrap_or(place);
        let own = prefix.is_none_or(|p| p == first);
        let sound = own && !place.is_empty() && number.parse::<u8>().is_ok();
        return sound.then(|| text.to_owned());
    }
    let letter = text.strip_prefix(region)?;
    let mut letters = letter.bytes();
    match (letters.next(), letters.next()) {
        (Some(b @ b'a'..=b'z'), None) => {
            let prefix = prefix.unwrap_or_else(|| region.to_owned());
            Some(format!("{prefix}-az{}", b - b'a' + 1))
        }
        _ => None,
    }
}

/// A block that an interface is given: a /28 of IPv4, a /80 of IPv6
/// (`/AWSEC2/latest/UserGuide/ec2-prefix-eni.html`).
pub(super) fn delegated(text: &str) -> Result<IpNet, Wrong> {
    let net = block(text)?;
    match net {
        IpNet::V4(v4) if v4.prefix_len() == 28 => Ok(net),
        IpNet::V6(v6) if v6.prefix_len() == 80 => Ok(net),
        _ => Err((
            "delegated-prefix-size",
            format!(
                "`{text}` is no block that an interface is given: a /28 of IPv4, a /80 of IPv6"
            ),
        )),
    }
}

/// A domain name as it is compared: lower case, no final dot.
pub(super) fn domain(text: &str) -> String {
    text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase()
}
