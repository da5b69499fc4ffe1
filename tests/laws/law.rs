//! The laws themselves, and the meters they run behind.

use super::network::{Asked, Generated};
use reachability::engine::{End, Question, Step, Walk, Why, walk};
use reachability::fabric::*;
use std::cell::Cell;

thread_local! {
    /// Decisions that the walks of this thread may still make.
    static FUEL: Cell<u32> = const { Cell::new(0) };
}

/// Traffic that vanishes when the fuel is spent: circles with choices in them have too many paths.
#[derive(Clone, Debug)]
pub struct Metered<T>(pub T);

fn burn() -> bool {
    FUEL.with(|f| {
        let left = f.get();
        f.set(left.saturating_sub(1));
        left > 0
    })
}

/// Delegates the rest of [`Traffic`].
macro_rules! delegate {
    () => {
        fn mark(&self) -> u32 {
            self.0.mark()
        }
        fn set_mark(&mut self, mark: u32) {
            self.0.set_mark(mark);
        }
        fn session(&self) -> u32 {
            self.0.session()
        }
        fn set_session(&mut self, session: u32) {
            self.0.set_session(session);
        }
    };
}

impl<T: Traffic> Traffic for Metered<T> {
    fn split(self, row: &Row, side: Side, tags: &[u32]) -> (Option<Self>, Vec<Self>) {
        let (hit, misses) = self.0.split(row, side, tags);
        (hit.map(Self), misses.into_iter().map(Self).collect())
    }
    fn point(&self, side: Side) -> Option<u32> {
        self.0.point(side).filter(|_| burn())
    }
    fn rewrite(self, to: &Rewrite, draw: u16) -> Self {
        Self(self.0.rewrite(to, draw))
    }
    fn reply(&self) -> Self {
        Self(self.0.reply())
    }
    fn recall(self, seen: &Self, before: &Self, to: &Rewrite) -> (Option<Self>, Vec<Self>) {
        let (hit, misses) = self.0.recall(&seen.0, &before.0, to);
        (hit.map(Self), misses.into_iter().map(Self).collect())
    }
    fn apply(self, rows: &[Row], side: Side, tags: &[u32], mut each: impl FnMut(Self, Hit)) {
        if burn() {
            self.0.apply(rows, side, tags, |t, hit| each(Self(t), hit));
        }
    }
    delegate!();
}

/// Walks, or gives up.
pub fn walked<T: Traffic>(n: &Fabric, asked: &Asked, traffic: T) -> Option<Walk<Metered<T>>> {
    FUEL.with(|f| f.set(2_000));
    let question = Question {
        from: asked.from,
        entry: 0,
        traffic: Metered(traffic),
        accept: asked.accept.as_deref(),
        press_on: asked.press_on,
        draw: asked.draw,
    };
    let out = walk(n, &question);
    (FUEL.with(Cell::get) > 0).then_some(out)
}

/// A path and its end, without the numbers that differ between walks.
pub fn path<T>(walk: &Walk<T>, last: u32) -> Vec<Step> {
    let mut path = walk.path(last);
    for step in &mut path {
        step.prev = NONE;
        if let Why::Crossed(link, _) = step.why {
            step.why = Why::Crossed(link, NONE);
        }
    }
    path
}

fn headers<T>(walk: &Walk<T>, last: u32) -> Vec<&T> {
    let crossed = walk.path(last).into_iter();
    crossed
        .filter_map(|s| match s.why {
            Why::Crossed(_, header) => walk.headers.get(header as usize),
            _ => None,
        })
        .collect()
}

/// Every path of the narrow walk is one of the wide walk, with the same end; whatever the narrow
/// traffic looked like on it, the wide traffic contained.
pub fn contains<N: Traffic, W: Traffic>(
    wide: &Walk<Metered<W>>,
    narrow: &Walk<Metered<N>>,
    holds: impl Fn(&W, &N) -> bool,
) -> Result<(), String> {
    let paths: Vec<Vec<Step>> = wide.endings.iter().map(|e| path(wide, e.last)).collect();
    for ending in &narrow.endings {
        let mine = path(narrow, ending.last);
        let same = |w: usize| {
            let e = &wide.endings[w];
            e.end == ending.end
                && e.leg == ending.leg
                && e.arrived == ending.arrived
                && e.maybe == ending.maybe
                && paths[w] == mine
        };
        let alike: Vec<usize> = (0..paths.len()).filter(|w| same(*w)).collect();
        if alike.is_empty() {
            return Err(format!("no such path: {:?} by {mine:#?}", ending.end));
        }
        let contained = alike.iter().any(|w| {
            let e = &wide.endings[*w];
            let (large, small) = (headers(wide, e.last), headers(narrow, ending.last));
            holds(&e.traffic.0, &ending.traffic.0)
                && large.iter().zip(&small).all(|(w, n)| holds(&w.0, &n.0))
        });
        if !contained {
            return Err(format!(
                "the path is there, but it carries other headers: {:?} by {mine:#?}",
                ending.end
            ));
        }
    }
    Ok(())
}

/// A flow's reply may have a range of destination ports: a set contains it port by port.
pub fn set_has_flow(set: &PacketSet, flow: &Flow) -> bool {
    set.contains(flow)
}

/// Whether a set has a packet.
pub fn set_has_packet(set: &PacketSet, p: &Packet) -> bool {
    let one = |port| (port, port);
    set.contains(&Flow {
        src: p.src,
        dst: p.dst,
        sport: one(p.sport),
        dport: one(p.dport),
        proto: p.proto,
        mark: p.mark,
        session: NONE,
    })
}

/// What a case turned out to be, for the test of the generator's power.
#[derive(Clone, Copy, Debug, Default)]
pub struct Met {
    pub too_large: bool,
    pub home: bool,
    pub translated: bool,
    pub another_way: bool,
    pub several: bool,
    pub established: bool,
    pub pulled: bool,
    pub forked: bool,
}

/// Packet in flow in set.
pub fn wider_contains_narrower<P: Traffic>(
    n: &Generated,
    asked: &Asked,
    packet: P,
    plain: impl Fn(&P) -> Packet,
) -> Result<Option<Walk<Metered<P>>>, String> {
    let (Some(set), Some(flow), Some(packet)) = (
        walked(&n.fabric, asked, asked.set.clone()),
        walked(&n.fabric, asked, asked.flow),
        walked(&n.fabric, asked, packet),
    ) else {
        return Ok(None);
    };
    contains(&flow, &packet, |f, p| f.contains(&plain(p))).map_err(|e| format!("flow: {e}"))?;
    contains(&set, &flow, set_has_flow).map_err(|e| format!("set: {e}"))?;
    contains(&set, &packet, |s, p| set_has_packet(s, &plain(p)))
        .map_err(|e| format!("set, packet: {e}"))?;
    Ok(Some(packet))
}

/// What a packet's walk met.
pub fn met(n: &Generated, walk: &Walk<Metered<Packet>>) -> Met {
    let mut met = Met {
        several: walk.endings.len() > 1,
        ..Met::default()
    };
    for ending in &walk.endings {
        let steps = walk.path(ending.last);
        met.forked |= ending.forked;
        met.established |= steps.iter().any(|s| s.why == Why::Established);
        if ending.end != End::Home {
            continue;
        }
        met.home = true;
        met.translated |= steps.iter().any(|s| {
            matches!(n.fabric.stage(s.at), Some(Stage::Translate { .. }))
                && !matches!(s.why, Why::Otherwise)
        });
        let nodes = |leg| {
            let mut nodes: Vec<NodeId> = steps
                .iter()
                .filter(|s| s.leg == leg)
                .map(|s| s.at.node())
                .collect();
            nodes.dedup();
            nodes
        };
        let (out, mut back) = (
            nodes(reachability::engine::Leg::Out),
            nodes(reachability::engine::Leg::Back),
        );
        back.reverse();
        met.another_way |= out != back;
        met.pulled |= steps.iter().any(|s| {
            matches!(s.why, Why::Crossed(..))
                && matches!(n.fabric.stage(s.at), Some(Stage::Return { .. }))
        });
    }
    met
}
