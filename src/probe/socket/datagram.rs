//! A datagram, and whether somebody answers it.

use super::ask::micros;
use super::connected::connected;
use super::world::World;
use super::{reason, seen};
use crate::probe::{Attempt, Connect};
use std::net::SocketAddr;
use tokio::time::{Instant, timeout};

/// Sends a responder's question, which an echo answers as well as a responder.
pub(super) async fn datagram(world: &World, attempt: &mut Attempt) {
    let to = SocketAddr::new(attempt.address, attempt.port.unwrap_or_default());
    let question = seen::datagram();
    let socket = match connected(to).await {
        Ok(socket) => socket,
        Err(error) => {
            attempt.connect = reason::of_connect(&error, to.ip());
            return;
        }
    };
    attempt.local = socket.local_addr().ok().map(|a| a.ip());
    let mut answer = vec![0; 65_535];
    for number in 1..=world.options.tries.max(1) {
        world.turn().await;
        attempt.tries = number;
        let begun = Instant::now();
        let work = async {
            socket.send(&question).await?;
            socket.recv(&mut answer).await
        };
        let came = timeout(world.options.timeout, work).await;
        attempt.took = micros(begun);
        attempt.connect = match &came {
            Ok(Ok(_)) => Connect::Open,
            Ok(Err(error)) => reason::of_connect(error, to.ip()),
            Err(_) => Connect::NoAnswer,
        };
        if let Ok(Ok(length)) = came
            && world.options.seen
        {
            attempt.seen = Some(seen::read(answer.get(..length).unwrap_or_default()));
        }
        if attempt.connect != Connect::NoAnswer {
            break;
        }
    }
    if world.options.seen && attempt.seen.is_none() {
        attempt.seen = Some(crate::probe::Seen::Silent);
    }
}
