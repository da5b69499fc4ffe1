//! What the system's errors mean, in words.

use crate::probe::Connect;
use std::io::{Error, ErrorKind};
use std::net::IpAddr;

/// What an error says of a connection or a datagram to an address.
pub(super) fn of_connect(error: &Error, to: IpAddr) -> Connect {
    match error.kind() {
        ErrorKind::ConnectionRefused => Connect::Refused,
        ErrorKind::TimedOut => Connect::TimedOut,
        _ if not_permitted(error) => Connect::NotPermitted(words(error)),
        _ if no_way_to_begin(error) && !has_family(to) => Connect::NoFamily,
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown => {
            Connect::Unreachable(words(error))
        }
        // `EACCES`: an ICMPv6 answer says so, or a `prohibit` route of this machine.
        ErrorKind::PermissionDenied => Connect::Unreachable(words(error)),
        // `EINVAL`: nothing else is said where a `blackhole` route matches.
        ErrorKind::InvalidInput => Connect::Unreachable(words(error)),
        _ => Connect::Failed(words(error)),
    }
}

/// An error in words, for people who do not know the numbers.
pub(super) fn words(error: &Error) -> String {
    let said = match error.kind() {
        ErrorKind::ConnectionRefused => "the port is closed there",
        ErrorKind::ConnectionReset => "the far side reset the connection",
        ErrorKind::NetworkUnreachable => {
            "no route to the network: this machine or a router on the way has none"
        }
        ErrorKind::HostUnreachable => {
            "no way to the host: this machine or a router on the way says so"
        }
        ErrorKind::NetworkDown => "the network interface is down",
        ErrorKind::AddrNotAvailable => "this machine has no address or port left to send from",
        ErrorKind::InvalidInput => "this machine's routes drop it (`blackhole`)",
        ErrorKind::UnexpectedEof => "the far side closed the connection",
        _ if not_permitted(error) => "a packet filter of this machine stops it",
        ErrorKind::PermissionDenied => {
            "prohibited, says a route of this machine or a router on the way"
        }
        _ if too_many_files(error) => {
            "this machine lets the program open no more sockets: probe fewer at a time"
        }
        _ => return error.to_string(),
    };
    said.to_owned()
}

/// Whether this machine has an address of the family that is of use beyond itself and its link.
pub(super) fn has_family(of: IpAddr) -> bool {
    let interfaces = pnet::datalink::interfaces();
    let addresses = interfaces.iter().flat_map(|i| &i.ips).map(|net| net.ip());
    addresses.into_iter().any(|address| match (address, of) {
        (IpAddr::V4(a), IpAddr::V4(_)) => !a.is_loopback() && !a.is_link_local(),
        (IpAddr::V6(a), IpAddr::V6(_)) => !a.is_loopback() && !a.is_unicast_link_local(),
        _ => false,
    })
}

/// `EPERM`, as distinct from `EACCES`, which Rust calls the same.
pub(super) fn not_permitted(error: &Error) -> bool {
    error.raw_os_error() == Some(1)
}

/// What the system says where it has no address to send from, no route, or no such family
/// (`EAFNOSUPPORT`).
fn no_way_to_begin(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
            | ErrorKind::PermissionDenied
            | ErrorKind::AddrNotAvailable
    ) || matches!(error.raw_os_error(), Some(47 | 97))
}

/// A text of the far side, without what a terminal would obey.
pub(super) fn visible(text: &str) -> String {
    let seen = |c: char| if c.is_control() { '·' } else { c };
    text.chars().map(seen).collect()
}

/// `EMFILE` and `ENFILE`.
fn too_many_files(error: &Error) -> bool {
    matches!(error.raw_os_error(), Some(23 | 24))
}
