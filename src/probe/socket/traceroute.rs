//! The hops on the way: TCP SYNs that are let go one hop, two hops, three, until the destination
//! answers. They are what a client sends, so what lets the client pass lets them pass.
//!
//! Each packet of a hop has a source port of its own, the same at every hop: routers that share load
//! among several ways send the packets of a flow by the same one.

mod packet;
mod raw;

use super::world::World;
use super::{Traceroute, ask, reason};
use crate::probe::{Attempt, Connect, Hop, HopReply, Replied, Trace, TraceEnd};
use packet::Syn;
use raw::Sockets;
use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use tokio::time::{Instant, sleep_until};

/// Looks for the hops to a destination. What is seen is written down as it is seen, so that nothing
/// is lost if this is dropped. Waits for its turn before each packet.
pub(super) async fn traceroute(world: &World, how: Traceroute, attempt: &mut Attempt) {
    let to = SocketAddr::new(attempt.address, attempt.port.unwrap_or_default());
    // Who answered a connection answers these packets too, after however many silent hops.
    let answers = matches!(attempt.connect, Connect::Open | Connect::Refused);
    let patience = (!answers).then_some(how.patience.max(1));
    let seen = attempt.trace.insert(Trace {
        hops: Vec::new(),
        end: TraceEnd::Interrupted,
        sent: 0,
    });
    let Some(from) = attempt.local else {
        seen.end = TraceEnd::Failed("this machine has no route there, or no address".to_owned());
        return;
    };
    let sockets = match Sockets::open(from, to, how.packets) {
        Ok(sockets) => sockets,
        Err(e) => {
            seen.end = refused(&e);
            return;
        }
    };
    let mut search = Search {
        world,
        sockets: &sockets,
        first: RandomState::new().build_hasher().finish() as u32,
        sent: Vec::new(),
        seen,
    };
    let end = search.run(to, how, patience).await;
    seen.end = end.unwrap_or_else(|e| TraceEnd::Failed(reason::words(&e)));
}

/// A traceroute that is being made.
struct Search<'a> {
    world: &'a World,
    sockets: &'a Sockets,
    /// The sequence number that the others are counted from: who is not on the way cannot guess it.
    first: u32,
    /// What was sent and not answered yet.
    sent: Vec<(Syn, Instant)>,
    seen: &'a mut Trace,
}

impl Search<'_> {
    async fn run(
        &mut self,
        to: SocketAddr,
        how: Traceroute,
        patience: Option<u8>,
    ) -> io::Result<TraceEnd> {
        for ttl in 1..=how.hops {
            self.seen.hops.push(Hop {
                ttl,
                replies: Vec::new(),
                silent: 0,
            });
            for from in self.sockets.sources() {
                self.listen(self.world.turn(), |_| false).await;
                let sequence = self.first.wrapping_add(u32::from(ttl) << 16);
                self.send(Syn {
                    from,
                    to,
                    sequence,
                    ttl,
                })
                .await?;
            }
            let until = sleep_until(Instant::now() + self.world.options.timeout);
            self.listen(until, |sent| sent.iter().all(|(syn, _)| syn.ttl != ttl))
                .await;
            if let Some(end) = end(&self.seen.hops, patience) {
                return Ok(end);
            }
        }
        Ok(bound(&self.seen.hops, patience))
    }

    async fn send(&mut self, syn: Syn) -> io::Result<()> {
        let now = Instant::now();
        self.sockets.send(&syn).await?;
        self.sent.push((syn, now));
        self.seen.sent += 1;
        if let Some(hop) = self.seen.hops.last_mut() {
            hop.silent += 1;
        }
        Ok(())
    }

    /// Notes what comes until something is over, or what is not answered yet is `enough`.
    async fn listen(
        &mut self,
        until: impl Future<Output = ()>,
        enough: impl Fn(&[(Syn, Instant)]) -> bool,
    ) {
        let mut until = pin!(until);
        while !enough(&self.sent) {
            let (who, answer) = tokio::select! {
                answer = self.sockets.answer() => answer,
                () = &mut until => return,
            };
            let is_it = |(syn, _): &(Syn, Instant)| {
                syn.from.port() == answer.port && syn.sequence == answer.sequence
            };
            // What is answered twice is noted once.
            let Some(place) = self.sent.iter().position(is_it) else {
                continue;
            };
            let (syn, when) = self.sent.swap_remove(place);
            let hop = self.seen.hops.iter_mut().find(|h| h.ttl == syn.ttl);
            if let Some(hop) = hop {
                hop.silent = hop.silent.saturating_sub(1);
                hop.replies.push(HopReply {
                    from: who,
                    what: answer.what,
                    took: ask::micros(when),
                });
            }
        }
    }
}

/// Whether the hops so far are all that can be found, and how it ended then.
fn end(hops: &[Hop], patience: Option<u8>) -> Option<TraceEnd> {
    let mut replies = hops.iter().flat_map(|h| &h.replies);
    if replies.any(|r| matches!(r.what, Replied::SynAck | Replied::Reset)) {
        return Some(TraceEnd::Reached);
    }
    let last = hops.iter().rfind(|h| !h.replies.is_empty());
    // Where load is shared, one way may go on where another ends.
    let ends = |hop: &Hop| hop.replies.iter().all(|r| r.what != Replied::TimeExceeded);
    if last.is_some_and(ends) {
        return Some(TraceEnd::Unreachable);
    }
    let lost = patience.is_some_and(|patience| silent(hops) >= usize::from(patience));
    lost.then_some(TraceEnd::Lost)
}

/// How it ended if there may be no more hops.
fn bound(hops: &[Hop], patience: Option<u8>) -> TraceEnd {
    let lost = patience.is_some_and(|patience| silent(hops) >= hops.len().min(patience.into()));
    if lost {
        TraceEnd::Lost
    } else {
        TraceEnd::TooFar
    }
}

/// How many of the last hops nobody answered for.
fn silent(hops: &[Hop]) -> usize {
    let last = hops.iter().rev();
    last.take_while(|h| h.replies.is_empty()).count()
}

fn refused(error: &io::Error) -> TraceEnd {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return TraceEnd::Failed(reason::words(error));
    }
    let program = std::env::current_exe().ok();
    let program = program.map_or("reachability".to_owned(), |p| p.display().to_string());
    TraceEnd::NotPermitted(format!(
        "traceroute needs raw sockets, which the system gives to root and to programs with the \
         capability CAP_NET_RAW: run it with `sudo`, or `sudo setcap cap_net_raw+ep {program}` \
         once; a container needs `--cap-add NET_RAW`"
    ))
}
