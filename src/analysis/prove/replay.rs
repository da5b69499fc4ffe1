//! A counterexample as one packet, sent again: a packet's walk must end as the set's did.

use super::Found;
use crate::answer::Alternative;
use crate::aws::{Compiled, FROM_HOST};
use crate::engine::{Question, walk};
use crate::fabric::{Fabric, Packet, Place, Stage};
use std::collections::BTreeSet;

/// A counterexample, replayed.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// The packet, if one is sent at all.
    pub packet: Option<Packet>,
    /// It travels as what was found travels; if not, that is a fault of this program.
    pub agrees: bool,
}

/// The first port that translations pick.
const FIRST: u16 = 1024;

/// Sends packets of what was found, until one travels as that does.
pub(super) fn replay(compiled: &Compiled, found: &Found) -> Replay {
    let Some(flow) = found.flow else {
        // The name alone decides: nothing is sent.
        return Replay {
            packet: None,
            agrees: true,
        };
    };
    let spans = found.sent.iter().map(|r| r.sport);
    let spans = spans.chain(found.alternative.ports.iter().copied());
    let own = spans.flat_map(|(lo, hi)| [lo, hi]).chain([flow.sport.0]);
    let own = own.filter(|p| flow.sport.0 <= *p && *p <= flow.sport.1);
    let packet = |sport| Packet::new(flow.src, flow.dst, flow.proto, sport, flow.dport.0);
    let mut packets = own.map(packet);
    let draws = draws(&compiled.fabric, &found.alternative);
    let mut last = None;
    let agrees = packets.any(|packet| {
        last = Some(packet);
        let mut draws = draws.iter();
        draws.any(|draw| travels_alike(compiled, found, packet, *draw))
    });
    Replay {
        packet: last,
        agrees,
    }
}

/// What decides the ports that translations pick on the way: those that the way is seen with, and those
/// where the filters on it begin to tell ports apart.
fn draws(fabric: &Fabric, alternative: &Alternative) -> BTreeSet<u16> {
    let seen = alternative.headers.iter().chain(&alternative.last);
    let seen = seen.flat_map(|h| [h.sport.0, h.sport.1, h.dport.0, h.dport.1]);
    let filter = |at: &Place| matches!(fabric.stage(*at), Some(Stage::Filter { .. }));
    let places = alternative.steps.iter().map(|s| s.at).filter(filter);
    let tables = places.filter_map(|at| fabric.table_at(at));
    let rows = tables.flat_map(|table| fabric.rows_of(table));
    let begins = rows.flat_map(|(_, row)| [row.ports.0, row.ports.1.saturating_add(1)]);
    let ports = seen.chain(begins).map(|port| port.saturating_sub(FIRST));
    ports.chain([0, u16::MAX]).collect()
}

fn travels_alike(compiled: &Compiled, found: &Found, packet: Packet, draw: u16) -> bool {
    let question = Question {
        from: found.from.node(compiled),
        entry: FROM_HOST,
        traffic: packet,
        accept: found.accept.as_deref(),
        press_on: false,
        draw,
    };
    let walked = walk(&compiled.fabric, &question);
    let own = found.alternative.steps.iter();
    let own: Vec<_> = own.map(|s| (s.at, s.leg, s.why.bare())).collect();
    walked.endings.iter().any(|ending| {
        let steps = walked.path(ending.last).into_iter();
        let same = steps
            .map(|s| (s.at, s.leg, s.why.bare()))
            .eq(own.iter().copied());
        same && found.alternative.end == Some((ending.leg, ending.end))
    })
}
