//! Datagram sockets connected to one address: nobody else's datagrams come in, and ICMP errors do.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use tokio::net::UdpSocket;

/// A socket for datagrams to an address. Opening it sends nothing.
pub(super) async fn connected(to: SocketAddr) -> io::Result<UdpSocket> {
    let any: IpAddr = match to {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    hear_errors(&socket, to.ip());
    socket.connect(to).await?;
    Ok(socket)
}

/// The address that this machine would send from.
pub(super) async fn source(to: SocketAddr) -> Option<IpAddr> {
    let socket = connected(to).await.ok()?;
    socket.local_addr().ok().map(|a| a.ip())
}

/// Without this Linux tells a socket of a closed port, and not of a network or host that cannot be
/// reached (ip(7), `IP_RECVERR`). Where it cannot be had the error is silence.
#[cfg(target_os = "linux")]
pub(super) fn hear_errors(socket: &impl AsFd, to: IpAddr) {
    use nix::sys::socket::{setsockopt, sockopt};
    let _ = match to {
        IpAddr::V4(_) => setsockopt(socket, sockopt::Ipv4RecvErr, &true),
        IpAddr::V6(_) => setsockopt(socket, sockopt::Ipv6RecvErr, &true),
    };
}

#[cfg(not(target_os = "linux"))]
pub(super) fn hear_errors(_: &impl AsFd, _: IpAddr) {}
