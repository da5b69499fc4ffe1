//! The far side of `probe --seen`: tells whoever calls, over TCP or UDP, what source address it saw.
//!
//! So it can be seen what a NAT gateway or a load balancer does to the address of a client. A
//! caller sends the question and is answered by a line of JSON; an HTTP request is answered by the
//! same line, so that `curl` will do; and so is, after a second, who says anything else or nothing.

mod call;
mod datagrams;
mod talk;
mod words;

use super::interrupt::interrupted;
pub use call::Call;
use datagrams::Datagrams;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Where a responder listens that is not told where: on the loopback, so that nobody outside of
/// this machine can call it.
pub const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7411);

/// So many connections at a time; more wait until one of them has ended, within seconds.
const AT_A_TIME: usize = 64;

/// After the system refused a connection, e.g. because no descriptor is left.
const REST: Duration = Duration::from_millis(100);

/// Something went on.
#[derive(Debug)]
pub enum Served {
    /// It listens, on TCP and UDP.
    Listening(SocketAddr),
    /// Somebody called.
    Called(Call),
    /// The system does not let it hear a caller: why.
    Trouble(String),
}

/// Answers whoever calls, until Ctrl-C.
///
/// # Errors
/// A text for people: the address is not this machine's, or taken.
pub fn serve(at: SocketAddr, on: impl FnMut(Served)) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("cannot wait for callers: {e}"))?;
    runtime.block_on(async {
        let responder = Responder::bind(at).await?;
        // Before anybody is told that it listens.
        let interrupted = interrupted();
        tokio::select! {
            () = responder.run(on) => {}
            () = interrupted => {}
        }
        Ok(())
    })
}

/// A responder that listens.
pub struct Responder {
    tcp: TcpListener,
    udp: Datagrams,
    at: SocketAddr,
}

impl Responder {
    /// Listens on TCP and UDP of one port; port 0 is one that is free.
    ///
    /// # Errors
    /// A text for people: the address is not this machine's, or taken.
    pub async fn bind(at: SocketAddr) -> Result<Self, String> {
        // A port that is free for TCP need not be so for UDP: then the next one.
        let mut tries = if at.port() == 0 { 8 } else { 1 };
        loop {
            tries -= 1;
            match Self::try_bind(at).await {
                Err(_) if tries > 0 => {}
                done => return done,
            }
        }
    }

    async fn try_bind(at: SocketAddr) -> Result<Self, String> {
        let tcp = TcpListener::bind(at).await;
        let tcp = tcp.map_err(|e| refused("TCP", at, &e))?;
        let at = tcp.local_addr().map_err(|e| refused("TCP", at, &e))?;
        let udp = UdpSocket::bind(at).await.and_then(Datagrams::new);
        let udp = udp.map_err(|e| refused("UDP", at, &e))?;
        Ok(Self { tcp, udp, at })
    }

    /// Where it listens.
    #[must_use]
    pub fn at(&self) -> SocketAddr {
        self.at
    }

    /// Answers whoever calls, until it is dropped.
    pub async fn run(mut self, mut on: impl FnMut(Served)) {
        on(Served::Listening(self.at));
        let (tell, mut told) = mpsc::channel(AT_A_TIME);
        let mut talks = JoinSet::new();
        loop {
            tokio::select! {
                Some(call) = told.recv() => on(Served::Called(call)),
                Some(_) = talks.join_next() => {}
                accepted = self.tcp.accept(), if talks.len() < AT_A_TIME => match accepted {
                    Ok((stream, source)) => {
                        talks.spawn(talk::talk(stream, source, tell.clone()));
                    }
                    Err(e) => rest(&e, &mut on).await,
                },
                called = self.udp.next() => match called {
                    Ok(calls) => calls.into_iter().map(Served::Called).for_each(&mut on),
                    Err(e) => rest(&e, &mut on).await,
                },
            }
        }
    }
}

async fn rest(error: &io::Error, on: &mut impl FnMut(Served)) {
    on(Served::Trouble(format!("cannot hear a caller: {error}")));
    tokio::time::sleep(REST).await;
}

fn refused(over: &str, at: SocketAddr, error: &io::Error) -> String {
    let (ip, port) = (at.ip(), at.port());
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "another program has port {port} already; end it, or name another port, e.g. \
             `--serve {}`",
            SocketAddr::new(ip, port.checked_add(1).unwrap_or(USUAL.port()))
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("{ip} is no address of this machine; `ip address` lists those it has")
        }
        io::ErrorKind::PermissionDenied => format!(
            "this user may not listen on port {port}; name a port above 1023, e.g. `--serve {}`",
            SocketAddr::new(ip, USUAL.port())
        ),
        _ => error.to_string(),
    };
    format!("cannot listen on {over} {at}: {why}")
}
