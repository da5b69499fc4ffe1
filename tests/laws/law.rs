//! The laws themselves, and the meters they run behind.

use reachability::engine::{End, Question, Step, Walk, Why, walk};
use reachability::fabric::*;
use std::cell::Cell;

/// What is asked: a set, a flow of it, a packet of that.
#[derive(Clone, Debug)]
pub struct Asked {
    pub from: NodeId,
    pub set: PacketSet,
    pub flow: Flow,
    pub packet: Packet,
    pub accept: Option<Vec<NodeId>>,
    pub press_on: bool,
    pub draw: u16,
}

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
        fn recurs(&self, earlier: &Self) -> bool {
            self.0.recurs(&earlier.0)
        }
    };
}

impl<T: Traffic> Traffic for Metered<T> {
    fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> Share {
        self.0.share(row, side, tags)
    }
    fn split<A: Bits>(
        self,
        row: &Row<A>,
        side: Side,
        tags: Tags<'_>,
    ) -> (Option<Self>, Parts<Self>) {
        let (hit, misses) = self.0.split(row, side, tags);
        (hit.map(Self), misses.into_iter().map(Self).collect())
    }
    fn is_v4(&self) -> Option<bool> {
        self.0.is_v4()
    }
    fn families(self) -> Parts<Self> {
        self.0.families().into_iter().map(Self).collect()
    }
    fn point(&self, side: Side) -> Option<Address> {
        self.0.point(side)
    }
    fn rewrite(self, to: &Rewrite, draw: u16) -> Self {
        Self(self.0.rewrite(to, draw))
    }
    fn reply(&self) -> Self {
        Self(self.0.reply())
    }
    fn recall(self, seen: &Self, before: &Self, to: &Rewrite) -> (Option<Self>, Parts<Self>) {
        let (hit, misses) = self.0.recall(&seen.0, &before.0, to);
        (hit.map(Self), misses.into_iter().map(Self).collect())
    }
    fn restored(&self, seen: &Self, before: &Self, to: &Rewrite) -> Option<Self> {
        self.0.restored(&seen.0, &before.0, to).map(Self)
    }
    fn first(&self, rows: Rows<'_>) -> Option<Hit> {
        self.0.first(rows).filter(|_| burn())
    }
    fn apply(self, rows: Rows<'_>, mut each: impl FnMut(Self, Hit)) {
        if burn() {
            self.0.apply(rows, |t, hit| each(Self(t), hit));
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
        step.why = step.why.bare();
    }
    path
}

fn headers<T>(walk: &Walk<T>, last: u32) -> Vec<&T> {
    let crossed = walk.path(last).into_iter();
    crossed
        .filter_map(|s| match s.why {
            Why::Crossed(_, header) | Why::Arrived(header) => walk.headers.get(header as usize),
            _ => None,
        })
        .collect()
}

/// Traffic that a wider one may contain.
pub trait Narrow: Traffic {
    /// It, as a flow.
    fn flow(&self) -> Flow;
}

/// Traffic that may contain a narrower one.
pub trait Wide: Traffic {
    /// It, as a set.
    fn set(&self) -> PacketSet;
}

impl Narrow for Packet {
    fn flow(&self) -> Flow {
        Flow {
            mark: self.mark,
            ..Flow::new(
                self.src,
                self.dst,
                self.proto,
                (self.sport, self.sport),
                self.dport,
            )
        }
    }
}
impl Narrow for Flow {
    fn flow(&self) -> Flow {
        *self
    }
}
impl Wide for Flow {
    fn set(&self) -> PacketSet {
        let one = |a| (a, a);
        let region = Region {
            src: one(self.src),
            dst: one(self.dst),
            sport: self.sport,
            dport: self.dport,
            proto: self.proto,
        };
        PacketSet {
            mark: self.mark,
            ..PacketSet::new(region)
        }
    }
}
impl Wide for PacketSet {
    fn set(&self) -> PacketSet {
        self.clone()
    }
}

/// Every path of the narrow walk is one of the wide walk, with the same end; whatever the narrow
/// traffic looked like on it, the wide traffic contained.
pub fn contains<W: Wide, N: Narrow>(
    wide: &Walk<Metered<W>>,
    narrow: &Walk<Metered<N>>,
) -> Result<(), String> {
    let holds = |w: &Metered<W>, n: &Metered<N>| w.0.set().contains(&n.0.flow());
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
            holds(&e.traffic, &ending.traffic) && large.iter().zip(&small).all(|(w, n)| holds(w, n))
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

/// The three walks of a question; none, if one is too large.
pub type Three<S, F, P> = (Walk<Metered<S>>, Walk<Metered<F>>, Walk<Metered<P>>);

/// Packet in flow in set.
pub fn nested<S: Wide, F: Wide + Narrow, P: Narrow>(
    (set, flow, packet): &Three<S, F, P>,
) -> Result<(), String> {
    contains(flow, packet).map_err(|e| format!("flow, packet: {e}"))?;
    contains(set, flow).map_err(|e| format!("set, flow: {e}"))?;
    contains(set, packet).map_err(|e| format!("set, packet: {e}"))
}

/// A set knows what was sent to end where a part of it ended: whatever a packet comes to, it is
/// named there; and whatever is named there comes to that.
pub fn retraced(n: &Fabric, asked: &Asked, set: &Walk<Metered<PacketSet>>) -> Result<(), String> {
    let ends = |walk: &Walk<Metered<Flow>>, steps: &[Step], end: End| {
        let mut all = walk.endings.iter();
        all.any(|e| e.end == end && path(walk, e.last) == steps)
    };
    let Some(packet) = walked(n, asked, asked.flow) else {
        return Ok(());
    };
    let paths: Vec<Vec<Step>> = set.endings.iter().map(|e| path(set, e.last)).collect();
    for ending in &packet.endings {
        let mine = path(&packet, ending.last);
        let mut alike = set.endings.iter().zip(&paths);
        let named = alike.any(|(e, steps)| {
            let mut sent = e.traffic.0.sent();
            e.end == ending.end && *steps == mine && sent.any(|r| within(&asked.flow, r))
        });
        if !named {
            return Err(format!(
                "sent, but not named: {:?} by {mine:#?}",
                ending.end
            ));
        }
    }
    for (ending, steps) in set.endings.iter().zip(&paths) {
        // Only these fabrics change what an ICMP message is; then it is not told which it was.
        let changed = |s: &Step| {
            matches!(n.stage(s.at), Some(Stage::Translate { .. })) && s.why != Why::Otherwise
        };
        let icmp = |r: &&Region| matches!(r.proto, 1 | 58) && steps.iter().any(changed);
        for sent in ending.traffic.0.sent().filter(|r| !icmp(r)) {
            let one = |lo: bool| {
                let of = |(a, b): (Address, Address)| if lo { a } else { b };
                let dport = if lo { sent.dport.0 } else { sent.dport.1 };
                Flow::new(of(sent.src), of(sent.dst), sent.proto, sent.sport, dport)
            };
            for flow in [one(true), one(false)] {
                let Some(walk) = walked(n, asked, flow) else {
                    continue;
                };
                if !ends(&walk, steps, ending.end) {
                    let end = ending.end;
                    let others: Vec<_> = walk
                        .endings
                        .iter()
                        .map(|e| (e.end, e.leg, e.traffic.clone(), path(&walk, e.last)))
                        .collect();
                    let mut text = String::new();
                    for s in steps.iter().chain(others.iter().flat_map(|o| &o.3)) {
                        text +=
                            &format!("{:?} {:?} {:?} {:?}\n", s.at, s.leg, s.why, n.stage(s.at));
                    }
                    let rw: Vec<_> = n.rewrites.iter().enumerate().collect();
                    for s in steps.iter() {
                        if let Why::Rule(r) = s.why {
                            text += &format!("row {r}: {:?}\n", n.row(r));
                        }
                    }
                    return Err(format!(
                        "named, but not sent: {flow:?} sent {sent:?} to {end:?} {:?} by\n{text}\nflow ends {:?} {rw:?}",
                        ending.traffic.0.pieces,
                        others
                            .iter()
                            .map(|o| (o.0, o.1, o.2.clone()))
                            .collect::<Vec<_>>()
                    ));
                }
            }
        }
    }
    Ok(())
}

fn within(flow: &Flow, sent: &Region) -> bool {
    let of = |at: Address, (lo, hi): (Address, Address)| lo <= at && at <= hi;
    sent.proto == flow.proto
        && of(flow.src, sent.src)
        && of(flow.dst, sent.dst)
        && sent.dport.0 <= flow.dport.0
        && flow.dport.1 <= sent.dport.1
        && sent.sport.0 <= flow.sport.1
        && flow.sport.0 <= sent.sport.1
}

/// Walks a question three times.
pub fn three(n: &Fabric, asked: &Asked) -> Option<Three<PacketSet, Flow, Packet>> {
    Some((
        walked(n, asked, asked.set.clone())?,
        walked(n, asked, asked.flow)?,
        walked(n, asked, asked.packet)?,
    ))
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
    pub v6: bool,
    pub between_families: bool,
}

/// What a packet's walk met.
pub fn met(n: &Fabric, walk: &Walk<Metered<Packet>>) -> Met {
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
        let seen = headers(walk, ending.last);
        let v6 = |t: &&Metered<Packet>| !t.0.dst.is_v4();
        met.v6 |= !ending.traffic.0.dst.is_v4();
        met.between_families |= seen.iter().any(v6) && !seen.iter().all(v6);
        met.translated |= steps.iter().any(|s| {
            matches!(n.stage(s.at), Some(Stage::Translate { .. }))
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
            matches!(s.why, Why::Crossed(..)) && matches!(n.stage(s.at), Some(Stage::Return { .. }))
        });
    }
    met
}
