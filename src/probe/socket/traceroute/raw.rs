//! The sockets of a traceroute: one to send by, two to hear by, and the ports that are ours.

use super::packet::{self, Answer, Syn};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr};
use tokio::net::UdpSocket;

/// Sends whatever is a packet, and receives nothing (`man 7 raw`).
const RAW: i32 = 255;

/// More than an ICMP error quotes: it is no longer than the least that every link carries.
const LONGEST: usize = 2048;

/// Raw sockets between two addresses. Sending to an address and receiving from one is all that is
/// done with them, and that the type for UDP does as well for raw ones.
pub(super) struct Sockets {
    from: IpAddr,
    to: SocketAddr,
    out: UdpSocket,
    icmp: UdpSocket,
    tcp: UdpSocket,
    ports: Vec<Port>,
}

/// A port that no other program gets while this is held. Nobody listens at it, so that the kernel
/// answers a SYN-ACK with a RST, and the destination forgets the connection.
struct Port(#[expect(dead_code, reason = "held")] Socket, SocketAddr);

impl Sockets {
    /// Opens them, and so many ports.
    pub(super) fn open(from: IpAddr, to: SocketAddr, ports: u32) -> io::Result<Self> {
        let (domain, icmp) = match to {
            SocketAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
            SocketAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
        };
        let raw = |protocol| {
            let socket = Socket::new(domain, Type::RAW, Some(protocol))?;
            socket.set_nonblocking(true)?;
            socket.bind(&address(from))?;
            Ok::<_, io::Error>(socket)
        };
        let tcp = raw(Protocol::TCP)?;
        // Of all that this machine receives the kernel hands over what comes from there, so that
        // a busy machine does not lose our answers among the rest.
        tcp.connect(&address(to.ip()))?;
        let reserve = |_| {
            let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
            socket.bind(&address(from))?;
            let own = socket.local_addr()?.as_socket();
            let own = own.ok_or(io::ErrorKind::AddrNotAvailable)?;
            Ok(Port(socket, own))
        };
        Ok(Self {
            from,
            to,
            out: watched(raw(Protocol::from(RAW))?)?,
            icmp: watched(raw(icmp)?)?,
            tcp: watched(tcp)?,
            ports: (0..ports).map(reserve).collect::<io::Result<_>>()?,
        })
    }

    /// The addresses to send from, one a port.
    pub(super) fn sources(&self) -> Vec<SocketAddr> {
        self.ports.iter().map(|p| p.1).collect()
    }

    /// Sends a SYN.
    pub(super) async fn send(&self, syn: &Syn) -> io::Result<()> {
        let bytes = packet::bytes(syn).ok_or(io::ErrorKind::InvalidInput)?;
        let to = SocketAddr::new(self.to.ip(), 0);
        self.out.send_to(&bytes, to).await.map(drop)
    }

    /// Waits for an answer to a SYN, and who gave it. May be dropped while it waits.
    pub(super) async fn answer(&self) -> (IpAddr, Answer) {
        let (mut error, mut segment) = ([0; LONGEST], [0; LONGEST]);
        loop {
            let answer = tokio::select! {
                came = self.icmp.recv_from(&mut error) => came.ok().and_then(|(length, who)| {
                    let answer = packet::from_way(error.get(..length)?, self.from, self.to)?;
                    Some((who.ip(), answer))
                }),
                // An ICMP error ends up here too, as an error of the socket: it is no news.
                came = self.tcp.recv_from(&mut segment) => came.ok().and_then(|(length, who)| {
                    let answer = packet::from_destination(segment.get(..length)?, self.to)?;
                    (who.ip() == self.to.ip()).then_some((who.ip(), answer))
                }),
            };
            if let Some(answer) = answer {
                return answer;
            }
        }
    }
}

fn address(ip: IpAddr) -> SockAddr {
    SocketAddr::new(ip, 0).into()
}

fn watched(socket: Socket) -> io::Result<UdpSocket> {
    UdpSocket::from_std(socket.into())
}
