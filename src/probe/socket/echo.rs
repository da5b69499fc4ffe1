//! An ICMP echo, as an unprivileged program may send one, else as a privileged one.

use super::ask::micros;
use super::connected::hear_errors;
use super::world::World;
use super::{reason, seen};
use crate::probe::{Attempt, Connect};
use pnet::packet::util::checksum;
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout};

/// Sends echo requests until one is answered.
pub(super) async fn echo(world: &World, attempt: &mut Attempt) {
    let to = attempt.address;
    let (socket, raw) = match open(to) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            attempt.connect = Connect::NotPermitted(
                "echo requests want a group of the program within `net.ipv4.ping_group_range` (sysctl), or CAP_NET_RAW"
                    .to_owned(),
            );
            return;
        }
        Err(error) => {
            attempt.connect = reason::of_connect(&error, to);
            return;
        }
    };
    attempt.local = socket.local_addr().ok().map(|a| a.ip());
    // Two probes on one machine must not take each other's answers: the payload tells them apart.
    let id = u16::try_from(std::process::id() & 0xffff).unwrap_or_default();
    for number in 1..=world.options.tries.max(1) {
        world.turn().await;
        attempt.tries = number;
        let sequence = u16::try_from(number).unwrap_or(u16::MAX);
        let begun = Instant::now();
        let work = ask(&socket, to, raw, id, sequence);
        let came = timeout(world.options.timeout, work).await;
        attempt.took = micros(begun);
        attempt.connect = match came {
            Ok(Ok(())) => Connect::Open,
            Ok(Err(error)) => reason::of_connect(&error, to),
            Err(_) => Connect::NoAnswer,
        };
        if attempt.connect != Connect::NoAnswer {
            break;
        }
    }
}

/// A socket for echoes (`ping_group_range`, see icmp(7)), else a raw one: whether it is raw.
fn open(to: IpAddr) -> io::Result<(UdpSocket, bool)> {
    let (domain, protocol) = match to {
        IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
        IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
    };
    let (socket, raw) = match Socket::new(domain, Type::DGRAM, Some(protocol)) {
        Err(e) if e.kind() == ErrorKind::PermissionDenied => {
            (Socket::new(domain, Type::RAW, Some(protocol))?, true)
        }
        opened => (opened?, false),
    };
    hear_errors(&socket, to);
    socket.set_nonblocking(true)?;
    socket.connect(&SocketAddr::new(to, 0).into())?;
    Ok((UdpSocket::from_std(socket.into())?, raw))
}

async fn ask(socket: &UdpSocket, to: IpAddr, raw: bool, id: u16, sequence: u16) -> io::Result<()> {
    let (request, reply) = match to {
        IpAddr::V4(_) => (8, 0),
        IpAddr::V6(_) => (128, 129),
    };
    socket.send(&message(request, id, sequence)).await?;
    let mut buffer = vec![0; 65_535];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let mut came = buffer.get(..length).unwrap_or_default();
        // A raw IPv4 socket gives the header of IP too, whose first byte says how long it is.
        if raw && to.is_ipv4() {
            let words = usize::from(came.first().copied().unwrap_or_default() & 0xf);
            came = came.get(words * 4..).unwrap_or_default();
        }
        // A socket for echoes has an identifier that the system gave it, and sees its own alone.
        let own = message(reply, id, sequence);
        let same = |range: std::ops::Range<usize>| came.get(range.clone()) == own.get(range);
        let ours = same(0..1) && same(6..8) && came.get(8..) == own.get(8..);
        if ours && (!raw || same(4..6)) {
            return Ok(());
        }
    }
}

/// Type, code, checksum, identifier, sequence number, and a payload that says who sends it.
fn message(kind: u8, id: u16, sequence: u16) -> Vec<u8> {
    let mut bytes = vec![kind, 0, 0, 0];
    bytes.extend(id.to_be_bytes());
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(seen::QUESTION);
    // The system computes ICMPv6's, which covers addresses too.
    let sum = checksum(&bytes, 1).to_be_bytes();
    for (place, byte) in bytes.iter_mut().skip(2).zip(sum) {
        *place = byte;
    }
    bytes
}
