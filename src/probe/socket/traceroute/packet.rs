//! The bytes of a SYN, and those of what answers one.

use crate::probe::Replied;
use pnet::packet::icmp::{IcmpPacket, IcmpTypes};
use pnet::packet::icmpv6::{Icmpv6Packet, Icmpv6Types};
use pnet::packet::ip::IpNextHeaderProtocols::Tcp;
use pnet::packet::ipv4::{Ipv4Flags, Ipv4Packet, MutableIpv4Packet};
use pnet::packet::ipv6::{Ipv6Packet, MutableIpv6Packet};
use pnet::packet::tcp::{self, MutableTcpPacket, TcpFlags, TcpOption, TcpPacket};
use std::net::{IpAddr, SocketAddr};

/// Lengths of headers; that of TCP with the one option that a SYN has here.
const IPV4: usize = 20;
const IPV6: usize = 40;
const TCP: usize = 24;

/// The largest segment that fits a frame of Ethernet: a SYN that says none is rare, and may be
/// dropped for it.
const SEGMENT: u16 = 1440;

/// A SYN. Its ports and its sequence number tell it from all others of a traceroute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syn {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) sequence: u32,
    pub(super) ttl: u8,
}

/// An answer: to which SYN, and what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) port: u16,
    pub(super) sequence: u32,
    pub(super) what: Replied,
}

/// A SYN as it is sent, its IP header included. None if its addresses are of two families.
pub(super) fn bytes(syn: &Syn) -> Option<Vec<u8>> {
    let mut segment = [0; TCP];
    segment_of(syn, &mut MutableTcpPacket::new(&mut segment)?);
    let mut out;
    match (syn.from.ip(), syn.to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let mut filled = MutableTcpPacket::new(&mut segment)?;
            filled.set_checksum(tcp::ipv4_checksum(&filled.to_immutable(), &from, &to));
            out = vec![0; IPV4 + TCP];
            let mut ip = MutableIpv4Packet::new(&mut out)?;
            ip.set_version(4);
            ip.set_header_length(5);
            ip.set_total_length((IPV4 + TCP) as u16);
            ip.set_flags(Ipv4Flags::DontFragment);
            ip.set_ttl(syn.ttl);
            ip.set_next_level_protocol(Tcp);
            ip.set_source(from);
            ip.set_destination(to);
            ip.set_payload(&segment);
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            let mut filled = MutableTcpPacket::new(&mut segment)?;
            filled.set_checksum(tcp::ipv6_checksum(&filled.to_immutable(), &from, &to));
            out = vec![0; IPV6 + TCP];
            let mut ip = MutableIpv6Packet::new(&mut out)?;
            ip.set_version(6);
            ip.set_payload_length(TCP as u16);
            ip.set_next_header(Tcp);
            ip.set_hop_limit(syn.ttl);
            ip.set_source(from);
            ip.set_destination(to);
            ip.set_payload(&segment);
        }
        _ => return None,
    }
    Some(out)
}

fn segment_of(syn: &Syn, tcp: &mut MutableTcpPacket<'_>) {
    tcp.set_source(syn.from.port());
    tcp.set_destination(syn.to.port());
    tcp.set_sequence(syn.sequence);
    tcp.set_data_offset((TCP / 4) as u8);
    tcp.set_flags(TcpFlags::SYN);
    tcp.set_window(u16::MAX);
    tcp.set_options(&[TcpOption::mss(SEGMENT)]);
}

/// Reads what a raw TCP socket received from the destination. With IPv4 it begins with the header
/// of IP.
pub(super) fn from_destination(bytes: &[u8], to: SocketAddr) -> Option<Answer> {
    let segment = match to {
        SocketAddr::V4(_) => after_ipv4(bytes)?,
        SocketAddr::V6(_) => bytes,
    };
    let tcp = TcpPacket::new(segment)?;
    let flags = tcp.get_flags() & (TcpFlags::SYN | TcpFlags::ACK | TcpFlags::RST);
    let what = match flags {
        f if f == TcpFlags::SYN | TcpFlags::ACK => Replied::SynAck,
        f if f == TcpFlags::RST | TcpFlags::ACK => Replied::Reset,
        _ => return None,
    };
    (tcp.get_source() == to.port()).then(|| Answer {
        port: tcp.get_destination(),
        // A SYN counts as one byte (RFC 9293, 3.4).
        sequence: tcp.get_acknowledgement().wrapping_sub(1),
        what,
    })
}

/// Reads what a raw ICMP socket received: an error of somebody on the way, which quotes the SYN.
pub(super) fn from_way(bytes: &[u8], from: IpAddr, to: SocketAddr) -> Option<Answer> {
    let (what, quoted) = match to {
        SocketAddr::V4(_) => error(after_ipv4(bytes)?)?,
        SocketAddr::V6(_) => error_v6(bytes)?,
    };
    let tcp = match (from, to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let ip = Ipv4Packet::new(quoted)?;
            let ours = ip.get_source() == from
                && ip.get_destination() == to
                && ip.get_next_level_protocol() == Tcp
                && ip.get_fragment_offset() == 0;
            ours.then(|| after_ipv4(quoted)).flatten()?
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            let ip = Ipv6Packet::new(quoted)?;
            let ours = ip.get_source() == from
                && ip.get_destination() == to
                && ip.get_next_header() == Tcp;
            ours.then(|| quoted.get(IPV6..)).flatten()?
        }
        _ => return None,
    };
    // Of the segment no more than 8 bytes need be quoted (RFC 792): ports and sequence number.
    let (source, rest) = tcp.split_first_chunk()?;
    let (destination, rest) = rest.split_first_chunk()?;
    let (sequence, _) = rest.split_first_chunk()?;
    (u16::from_be_bytes(*destination) == to.port()).then(|| Answer {
        port: u16::from_be_bytes(*source),
        sequence: u32::from_be_bytes(*sequence),
        what,
    })
}

/// What follows an IPv4 header, its options skipped.
fn after_ipv4(bytes: &[u8]) -> Option<&[u8]> {
    let ip = Ipv4Packet::new(bytes)?;
    let length = usize::from(ip.get_header_length()) * 4;
    let fine = ip.get_version() == 4 && length >= IPV4;
    fine.then(|| bytes.get(length..)).flatten()
}

/// What an ICMP error says, and what it quotes.
fn error(bytes: &[u8]) -> Option<(Replied, &[u8])> {
    let icmp = IcmpPacket::new(bytes)?;
    let what = match (icmp.get_icmp_type(), icmp.get_icmp_code().0) {
        (IcmpTypes::TimeExceeded, 0) => Replied::TimeExceeded,
        (IcmpTypes::DestinationUnreachable, code) => Replied::Unreachable(code),
        _ => return None,
    };
    Some((what, bytes.get(ERROR..)?))
}

fn error_v6(bytes: &[u8]) -> Option<(Replied, &[u8])> {
    let icmp = Icmpv6Packet::new(bytes)?;
    let what = match (icmp.get_icmpv6_type(), icmp.get_icmpv6_code().0) {
        (Icmpv6Types::TimeExceeded, 0) => Replied::TimeExceeded,
        (Icmpv6Types::DestinationUnreachable, code) => Replied::Unreachable(code),
        _ => return None,
    };
    Some((what, bytes.get(ERROR..)?))
}

/// Before what they quote, errors have type, code, checksum and four bytes that say nothing here.
const ERROR: usize = 8;

#[cfg(test)]
#[path = "packet/tests.rs"]
mod tests;
