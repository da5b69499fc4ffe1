//! What becomes of a set of packets: each part that travels alike, as the alternative of a flow of it.

use super::evidence::Reader;
use super::question::From;
use super::verdict::Alternative;
use crate::aws::{Compiled, FROM_HOST};
use crate::engine::{Ending, Leg, Question, Step, Walk, Why, walk};
use crate::fabric::{Address, Flow, NodeId, PacketSet, Region};
use crate::model::Network;
use rustc_hash::FxHashMap;

/// Of so many boxes of a part a flow is tried, before it is said that none travels so.
const MOST_TRIED: usize = 8;

/// Of a walk that is cut short some ways are told, by so many flows: each may be as long a walk, and
/// whatever they are, others are not known.
const MOST_OF_CUT: usize = 16;

/// And so many ways at most, where few flows tell many.
const PARTS_OF_CUT: usize = 64;

/// A part of a set that travels alike.
#[derive(Clone, Debug)]
pub(crate) struct Alike {
    /// How a flow of it travels and ends, by the rows that decide.
    pub(crate) alternative: Alternative,
    /// All that was sent to travel so; where ports picked on the way decide, it is sent to travel
    /// otherwise, too.
    pub(crate) sent: Vec<Region>,
}

/// What becomes of a set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reached {
    /// Its parts, in the order of the walk.
    pub(crate) parts: Vec<Alike>,
    /// There are more ways than are followed: these are some of them.
    pub(crate) cut: bool,
    /// Flows that do not travel as the set that they are part of: a fault of this program.
    pub(crate) disagreements: Vec<Flow>,
    /// Flows whose replies go fewer ways than those of the set. A set does not tell which of its ports
    /// and addresses are equal, so that a reply which answers one packet may seem to answer another.
    pub(crate) replies_unshown: Vec<Flow>,
    /// How many ways were not wanted, and so not told.
    pub(crate) passed_over: usize,
    /// Whether one of those leaves its source.
    pub(crate) left: bool,
}

/// Follows everything that is sent from one place, and tells those ways that are wanted: what stands
/// for the destination is `accept`, or wherever it arrives. A set may be of one protocol or of many,
/// of both families.
pub(crate) fn reach_some(
    network: &Network,
    compiled: &Compiled,
    from: &From,
    (sent, accept): (PacketSet, Option<&[NodeId]>),
    wanted: impl Fn(&Walk<PacketSet>, &Ending<PacketSet>) -> bool,
) -> Reached {
    let reader = Reader {
        network,
        compiled,
        name: None,
    };
    let mut out = Reached::default();
    let question = Question {
        from: from.node(compiled),
        entry: FROM_HOST,
        traffic: sent,
        accept,
        press_on: false,
        draw: 0,
    };
    let walked = walk(reader.fabric(), &question);
    out.cut = walked.cut;
    let mut alone = Alone::default();
    for ending in &walked.endings {
        if walked.cut && (alone.walked >= MOST_OF_CUT || out.parts.len() >= PARTS_OF_CUT) {
            break;
        }
        if !wanted(&walked, ending) {
            out.passed_over += 1;
            out.left = out.left || leaves(&walked, ending.last);
            continue;
        }
        let sent: Vec<Region> = ending.traffic.sent().copied().collect();
        let flows: Vec<Flow> = sent.iter().take(MOST_TRIED).flat_map(some_flows).collect();
        let told = flows.iter().find_map(|flow| {
            let alone = alone.of(*flow, || {
                walk(
                    reader.fabric(),
                    &Question {
                        from: question.from,
                        entry: FROM_HOST,
                        traffic: *flow,
                        accept,
                        press_on: false,
                        draw: 0,
                    },
                )
            });
            let same = |e: &&Ending<Flow>| {
                (e.end, e.leg, e.arrived) == (ending.end, ending.leg, ending.arrived)
                    && alike((alone, e.last), (&walked, ending.last))
            };
            let own = alone.endings.iter().find(same)?;
            Some(reader.alternative(alone, own, *flow, 0))
        });
        match told {
            Some(alternative) => out.parts.push(Alike { alternative, sent }),
            None if ending.leg == Leg::Back => out.replies_unshown.extend(flows.first()),
            None => out.disagreements.extend(flows.first()),
        }
    }
    out
}

/// Of so many flows it is kept how they travel alone.
const MOST_KEPT: usize = 64;

/// How flows travel alone: many parts of a set may be told by few of them.
#[derive(Default)]
struct Alone {
    kept: FxHashMap<Flow, Walk<Flow>>,
    walked: usize,
}

impl Alone {
    fn of(&mut self, flow: Flow, walk: impl FnOnce() -> Walk<Flow>) -> &Walk<Flow> {
        if self.kept.len() >= MOST_KEPT && !self.kept.contains_key(&flow) {
            self.kept.clear();
        }
        self.kept.entry(flow).or_insert_with(|| {
            self.walked += 1;
            walk()
        })
    }
}

/// Whether a path crosses any link on its way out.
fn leaves<T>(walk: &Walk<T>, last: u32) -> bool {
    let crossed = |s: &Step| s.leg == Leg::Out && matches!(s.why, Why::Crossed(..));
    walk.before(last).any(crossed)
}

/// Whether two paths are of the same steps, wherever their headers are kept: most differ near their ends.
fn alike<A, B>((a, one): (&Walk<A>, u32), (b, other): (&Walk<B>, u32)) -> bool {
    let bare = |s: &Step| (s.at, s.leg, s.why.bare());
    a.before(one).map(bare).eq(b.before(other).map(bare))
}

/// Flows of a box: first one that people find natural, no first address of a block and a port that
/// is in use; then its ends.
fn some_flows(of: &Region) -> [Flow; 3] {
    let address = |(lo, hi): (Address, Address)| if lo < hi { lo.after() } else { lo };
    let (lo, hi) = of.dport;
    let ported = of.proto == 6 || of.proto == 17;
    let usual = [443, 53, lo.max(1)];
    let usual = usual.into_iter().find(|p| lo <= *p && *p <= hi);
    let dport = match ported {
        true => usual.unwrap_or(lo),
        false => lo,
    };
    let flow = |src, dst, dport| Flow::new(src, dst, of.proto, of.sport, dport);
    [
        flow(address(of.src), address(of.dst), dport),
        flow(of.src.0, of.dst.0, lo),
        flow(of.src.1, of.dst.1, hi),
    ]
}

impl Alternative {
    /// The step over the first public link on the way out, if there is one.
    #[must_use]
    pub fn leaves_in_public(&self, compiled: &Compiled) -> Option<usize> {
        let mut steps = self.steps.iter();
        steps.position(|step| match step.why {
            Why::Crossed(link, _) => step.leg == Leg::Out && compiled.fabric.label(link).exposed,
            _ => false,
        })
    }

    /// The step with which the way out arrives, if it does.
    #[must_use]
    pub fn arrives(&self) -> Option<usize> {
        let mut steps = self.steps.iter();
        steps.position(|s| matches!(s.why, Why::Arrived(_)))
    }

    /// Whether no row before that step is one that may not be there.
    #[must_use]
    pub fn certain_before(&self, step: usize) -> bool {
        let before = self.steps.iter().take(step);
        !before.into_iter().any(|s| matches!(s.why, Why::Maybe(_)))
    }

    /// Whether it crosses any link on its way out.
    #[must_use]
    pub fn leaves(&self) -> bool {
        let crossed = |s: &super::Step| s.leg == Leg::Out && matches!(s.why, Why::Crossed(..));
        self.steps.iter().any(crossed)
    }
}
