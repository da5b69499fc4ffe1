//! One address of a target: a connection and what is said over it, a datagram, or an echo.

use super::connect::connect;
use super::datagram::datagram;
use super::echo::echo;
use super::traceroute::traceroute;
use super::world::World;
use super::{http, seen, tls};
use crate::probe::{Attempt, Scheme, Seen, Target};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::time::timeout;

/// Tries one address, and writes down what is seen as it is seen.
pub(super) async fn reach(world: &World, target: &Target, attempt: &mut Attempt) {
    match target.scheme {
        Scheme::Udp => datagram(world, attempt).await,
        Scheme::Icmp => echo(world, attempt).await,
        _ => {
            converse(world, target, attempt).await;
            if let Some(how) = world.options.traceroute {
                traceroute(world, how, attempt).await;
            }
        }
    }
}

/// A connection, and what was asked for over it. Two questions take two connections, as who knows
/// one of them closes at the other.
async fn converse(world: &World, target: &Target, attempt: &mut Attempt) {
    let limit = world.options.timeout;
    let mut stream = open(world, target, attempt).await;
    if world.options.seen
        && let Some(mut open) = stream.take()
    {
        let work = ask_whom_it_saw(&mut open);
        attempt.seen = Some(timeout(limit, work).await.unwrap_or(Seen::Silent));
    }
    let says_http = matches!(target.scheme, Scheme::Http | Scheme::Https);
    if world.options.head && says_http {
        if attempt.seen.is_some() {
            stream = open(world, target, &mut attempt.clone()).await;
        }
        if let Some(mut stream) = stream {
            attempt.http = Some(http::head(&mut stream, target, attempt.address, limit).await);
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A connection, over TLS where the target or the options say so.
async fn open(world: &World, target: &Target, attempt: &mut Attempt) -> Option<Box<dyn Stream>> {
    let stream = connect(world, attempt).await?;
    match &world.trust {
        Some(trust) if super::world::shakes_hands(target, &world.options) => {
            let limit = world.options.timeout;
            let done = tls::handshake(trust, target, attempt.address, stream, limit).await;
            attempt.tls = Some(done.0);
            done.1.map(|s| Box::new(s) as Box<dyn Stream>)
        }
        _ => Some(Box::new(stream)),
    }
}

async fn ask_whom_it_saw(stream: &mut Box<dyn Stream>) -> Seen {
    if stream.write_all(seen::QUESTION).await.is_err() || stream.flush().await.is_err() {
        return Seen::Silent;
    }
    let mut line = Vec::new();
    let mut answer = BufReader::new(stream.take(seen::LONGEST_ANSWER as u64));
    // Whatever came before an error is judged all the same.
    drop(answer.read_until(b'\n', &mut line).await);
    seen::read(&line)
}
