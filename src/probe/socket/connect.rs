//! A TCP connection, and if there is none, why.

use super::ask::micros;
use super::connected::source;
use super::reason;
use super::world::World;
use crate::probe::{Attempt, Connect};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// Connects, and writes down how it went. Only silence is tried again: whoever refuses has answered.
/// A try is one connection; within it TCP repeats its SYN, on Linux after 1, 3 and 7 seconds.
pub(super) async fn connect(world: &World, attempt: &mut Attempt) -> Option<TcpStream> {
    let to = SocketAddr::new(attempt.address, attempt.port.unwrap_or_default());
    attempt.local = source(to).await;
    for number in 1..=world.options.tries.max(1) {
        world.turn().await;
        attempt.tries = number;
        let begun = Instant::now();
        let came = timeout(world.options.timeout, TcpStream::connect(to)).await;
        attempt.took = micros(begun);
        match came {
            Ok(Ok(stream)) => {
                attempt.connect = Connect::Open;
                attempt.local = stream.local_addr().ok().map(|a| a.ip());
                return Some(stream);
            }
            Ok(Err(error)) => attempt.connect = reason::of_connect(&error, to.ip()),
            Err(_) => attempt.connect = Connect::TimedOut,
        }
        if attempt.connect != Connect::TimedOut {
            break;
        }
    }
    None
}
