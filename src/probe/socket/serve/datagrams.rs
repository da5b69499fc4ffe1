//! Datagrams: a question is answered, from the address that it was sent to.
//!
//! A source of a datagram is easily forged, so an answer is never longer than the question that it
//! answers: whoever wants one pads the question with blanks. All else is told of, and not answered.

use super::super::seen::{self, QUESTION};
use super::Call;
use crate::probe::Over;
use quinn_udp::{RecvMeta, Transmit, UdpSocketState};
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// The kernel may hand over several datagrams of one caller at once, so long together.
const LONGEST: usize = 64 * 1024;

/// A socket that knows which of the machine's addresses a datagram was sent to.
pub(super) struct Datagrams {
    socket: UdpSocket,
    state: UdpSocketState,
    at: SocketAddr,
    buffer: Box<[u8]>,
}

impl Datagrams {
    pub(super) fn new(socket: UdpSocket) -> io::Result<Self> {
        Ok(Self {
            state: UdpSocketState::new((&socket).into())?,
            at: socket.local_addr()?,
            socket,
            buffer: vec![0; LONGEST].into(),
        })
    }

    /// Waits for datagrams, and answers those that ask. May be dropped while it waits.
    pub(super) async fn next(&mut self) -> io::Result<Vec<Call>> {
        let mut came = RecvMeta::default();
        let mut slices = [IoSliceMut::new(&mut self.buffer)];
        let (socket, state) = (&self.socket, &self.state);
        socket
            .async_io(Interest::READABLE, || {
                let came = std::slice::from_mut(&mut came);
                state.recv(socket.into(), &mut slices, came)
            })
            .await?;
        let at = SocketAddr::new(came.dst_ip.unwrap_or(self.at.ip()), self.at.port());
        let bytes = self.buffer.get(..came.len).unwrap_or_default();
        let answer = |said: &[u8]| {
            let line = seen::answer(came.addr, at, None);
            let asks = said.starts_with(QUESTION) && line.len() <= said.len();
            let answered = asks && self.send(&line, came.addr, at).is_ok();
            Call::new(Over::Udp, came.addr, at, None, answered)
        };
        if bytes.is_empty() {
            return Ok(vec![answer(bytes)]);
        }
        Ok(bytes.chunks(came.stride.max(1)).map(answer).collect())
    }

    fn send(&self, line: &str, to: SocketAddr, at: SocketAddr) -> io::Result<()> {
        self.socket.try_io(Interest::WRITABLE, || {
            let transmit = Transmit {
                destination: to,
                ecn: None,
                contents: line.as_bytes(),
                segment_size: None,
                src_ip: Some(at.ip()),
            };
            self.state.try_send((&self.socket).into(), &transmit)
        })
    }
}
