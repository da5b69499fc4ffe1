//! A counterexample as one packet, sent again: a packet's walk must end as the set's did.

use super::Found;
use crate::aws::{Compiled, FROM_HOST};
use crate::engine::{Question, Why, walk};
use crate::fabric::Packet;

/// A counterexample, replayed.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// The packet, if one is sent at all.
    pub packet: Option<Packet>,
    /// It travels as what was found travels; if not, that is a fault of this program.
    pub agrees: bool,
}

/// Ports that translations pick on the way, one try each.
const DRAWS: [u16; 4] = [0, 0x5555, 0xaaaa, u16::MAX];

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
    let mut last = None;
    let agrees = packets.any(|packet| {
        last = Some(packet);
        DRAWS
            .into_iter()
            .any(|draw| travels_alike(compiled, found, packet, draw))
    });
    Replay {
        packet: last,
        agrees,
    }
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
    let bare = |why| match why {
        Why::Crossed(link, _) => Why::Crossed(link, 0),
        Why::Arrived(_) => Why::Arrived(0),
        why => why,
    };
    let own = found.alternative.steps.iter();
    let own: Vec<_> = own.map(|s| (s.at, s.leg, bare(s.why))).collect();
    walked.endings.iter().any(|ending| {
        let steps = walked.path(ending.last).into_iter();
        let same = steps
            .map(|s| (s.at, s.leg, bare(s.why)))
            .eq(own.iter().copied());
        same && found.alternative.end == Some((ending.leg, ending.end))
    })
}
