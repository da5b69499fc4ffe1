//! Who reaches whom, at every port, out and back: all pairs of interfaces by class (semantics 2.10),
//! as rows of bits that are compiled from the tables of the fabric.
//!
//! AWS's rules are one-sided: a filter, a list or a route looks at one address and at ports, never at
//! two addresses together. So what decides a pair falls apart: the way between two *places* (legs out
//! and back), whom the sender's own filter lets out, whom the receiver's own lets in. Each is read
//! from the rows of the fabric once; a row of the matrix is the *and* of the three.
//!
//! What rows do not decide (a choice, a translation, an opaque node, a row that may be there) is left
//! *open*, and the walker decides it when somebody asks.

mod arrivals;
mod bits;
mod changed;
mod chosen;
mod factors;
mod few;
mod gates;
mod gone;
mod half;
mod incoming;
mod left;
mod legs;
mod looks;
mod making;
mod outgoing;
mod outs;
mod places;
mod planes;
mod ports;
mod profile;
mod reach;
mod rewritten;
mod rows;
mod sets;
mod shared;
mod split;
mod tagged;
mod tally;
mod turns;
mod walked;

pub use self::bits::Bits;
pub use self::ports::PortClass;
pub use self::reach::Reach;
pub(in crate::analysis) use self::rewritten::Rewritten;
pub use self::rows::Row;
pub(in crate::analysis) use self::split::Cut;
pub use self::tally::Tally;
pub use self::walked::flow;

use self::chosen::Chosen;
use self::factors::Factors;
use self::half::{Ground, Half};
use self::places::Standing;
use self::ports::Ports;
use self::rows::Kept;
use self::shared::Shared;
use self::tally::Weights;
use super::classes::{ClassId, Classes, Looked, Owned, Tables, sights};
use crate::answer::From;
use crate::aws::Compiled;
use crate::engine::Walker;
use crate::fabric::{Fabric, Flow};
use crate::model::{Id, Interface, Network};
use std::borrow::Cow;

/// What becomes of what one interface sends another, both legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cell {
    /// All of it arrives, and all replies come back.
    All,
    /// Some of it: it depends on the client's port, or on what is chosen on the way.
    Some,
    /// Nothing of it.
    None,
    /// The input does not say.
    Unknown,
    /// Rows do not decide: the walker has to be asked.
    Open,
}

/// How to compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many bytes it may take; above that, rows are worked out one at a time.
    pub budget: u64,
    /// Whether rows are worked out at once and kept, if they fit.
    pub keep: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            budget: 1 << 30,
            keep: true,
        }
    }
}

/// How many bytes were predicted, before they were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Predicted {
    /// For the ways between places.
    pub ways: u64,
    /// For all rows, if no two were alike.
    pub rows: u64,
    /// Whether ways are kept, else worked out for each row.
    pub keeps_ways: bool,
    /// Whether rows are kept, else worked out when asked for.
    pub keeps_rows: bool,
}

/// All pairs of a network.
#[derive(Clone, Debug)]
pub struct Pairs<'a> {
    network: &'a Network,
    compiled: &'a Compiled,
    parts: Cow<'a, Parts>,
    chosen: Option<Chosen>,
}

/// What was compiled for all pairs, apart from the network that it was compiled from.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Parts {
    pub(in crate::analysis) classes: Classes,
    pub(in crate::analysis) owned: Owned,
    tables: Tables,
    /// Of each table, whether places are told apart by it.
    on_the_way: Vec<bool>,
    halves: Vec<Half>,
    ports: Vec<PortClass>,
    predicted: Predicted,
    kept: Option<Kept>,
    /// Of each half, what rows are made of, once there are edits.
    factors: Vec<Factors>,
}

impl<'a> Pairs<'a> {
    /// Compiles a network's fabric into rows.
    #[must_use]
    pub fn compile(network: &'a Network, compiled: &'a Compiled, options: Options) -> Self {
        let owned = Owned::new(network, compiled);
        let fabric = &compiled.fabric;
        let tables = Tables::new(fabric, &owned);
        let all = sights(fabric, &owned, &tables, |_| true);
        let everywhere = Looked::everywhere();
        let classes = Classes::refined(network, compiled, &owned, &tables, &all, &everywhere);
        drop(all);
        let standing = Standing::new(network, compiled, &owned, &tables, &classes);
        let mut ranges: Vec<(u16, u16)> = Vec::new();
        for (_, id) in classes.representatives() {
            let range = From::Interface(id).client_ports(network);
            if !ranges.contains(&range) {
                ranges.push(range);
            }
        }
        let mut halves = Vec::new();
        for v4 in [true, false] {
            let places = standing.of_family(network, compiled, &classes, &ranges, v4);
            if !places.members.is_empty() {
                let ports = Ports::new(fabric, |t| tables.is_used(t), v4, &ranges);
                let ground = Ground {
                    fabric,
                    owned: &owned,
                    tables: &tables,
                };
                let weights = Weights::new(&places, |class| classes.members(class).len());
                halves.push(Half::new(ground, places, ports, weights));
            }
        }
        let ports = halves.iter().flat_map(|h| h.ports.classes.iter().cloned());
        let mut parts = Parts {
            ports: ports.collect(),
            classes,
            owned,
            tables,
            on_the_way: standing.on_the_way,
            halves,
            predicted: Predicted::default(),
            kept: None,
            factors: Vec::new(),
        };
        parts.predict(options);
        if parts.predicted.keeps_ways {
            let mut halves = std::mem::take(&mut parts.halves);
            for half in &mut halves {
                half.keep_columns(parts.ground(fabric));
            }
            parts.halves = halves;
        }
        let mut out = Self {
            network,
            compiled,
            parts: Cow::Owned(parts),
            chosen: None,
        };
        if out.parts.predicted.keeps_rows {
            let kept = Kept::new(&out);
            out.parts.to_mut().kept = Some(kept);
        }
        out
    }

    /// The pairs of a network whose parts are known.
    pub(in crate::analysis) fn of(
        network: &'a Network,
        compiled: &'a Compiled,
        parts: &'a Parts,
    ) -> Self {
        Self {
            network,
            compiled,
            parts: Cow::Borrowed(parts),
            chosen: None,
        }
    }

    /// What was compiled, to be kept beside the network while that is edited.
    pub(in crate::analysis) fn into_parts(self) -> Parts {
        let mut parts = self.parts.into_owned();
        let shared = parts.kept.iter_mut();
        let shared: Vec<Shared> = shared.flat_map(|k| std::mem::take(&mut k.shared)).collect();
        let ground = parts.ground(&self.compiled.fabric);
        let both = parts.halves.iter().zip(shared);
        let factors = both.map(|(half, shared)| Factors::new(half, ground, shared));
        parts.factors = factors.collect();
        parts
    }

    fn ground(&self) -> Ground<'_> {
        self.parts.ground(&self.compiled.fabric)
    }

    /// The classes of interfaces.
    #[must_use]
    pub fn classes(&self) -> &Classes {
        &self.parts.classes
    }

    /// The classes of ports, those of IPv4 first.
    #[must_use]
    pub fn ports(&self) -> &[PortClass] {
        &self.parts.ports
    }

    /// What was predicted that it would take.
    #[must_use]
    pub fn predicted(&self) -> Predicted {
        self.parts.predicted
    }

    /// The family that a port class is of, and its number there.
    fn half(&self, port: usize) -> Option<(usize, usize)> {
        let mut port = port;
        for (number, half) in self.parts.halves.iter().enumerate() {
            let own = half.ports.classes.len();
            if port < own {
                return Some((number, port));
            }
            port -= own;
        }
        None
    }

    /// An interface of one class and another of a second.
    #[must_use]
    pub fn pair(&self, from: ClassId, to: ClassId) -> Option<(Id<Interface>, Id<Interface>)> {
        let from = *self.parts.classes.members(from).first()?;
        let mut others = self.parts.classes.members(to).iter();
        Some((from, *others.find(|to| **to != from)?))
    }

    /// What becomes of what one class sends another at a port class; what rows leave open the walker
    /// decides.
    #[must_use]
    pub fn cell(&self, from: ClassId, to: ClassId, port: usize) -> Cell {
        match self.raw(from, to, port) {
            Cell::Open => self.walk(&mut Walker::default(), (from, to), port),
            cell => cell,
        }
    }

    /// The walker's word for a pair of classes.
    pub fn walk(
        &self,
        walker: &mut Walker<Flow>,
        (from, to): (ClassId, ClassId),
        port: usize,
    ) -> Cell {
        let pair = self.pair(from, to).zip(self.parts.ports.get(port));
        let Some(((from, to), port)) = pair else {
            return Cell::None;
        };
        match flow(self.network, from, to, port) {
            Some(flow) => walked::walked(self.network, self.compiled, walker, (from, to), flow),
            None => Cell::None,
        }
    }
}

impl Parts {
    /// How much is known of filters.
    pub(in crate::analysis) fn filters(&self) -> usize {
        self.factors.iter().map(Factors::len).sum()
    }

    fn predict(&mut self, options: Options) {
        let ways = self.halves.iter().map(Half::columns_take).sum();
        let rows = self.halves.iter().map(Half::rows_take).sum();
        self.predicted = Predicted {
            ways,
            rows,
            keeps_ways: ways <= options.budget,
            keeps_rows: options.keep && ways + rows <= options.budget,
        };
    }

    fn ground<'p>(&'p self, fabric: &'p Fabric) -> Ground<'p> {
        Ground {
            fabric,
            owned: &self.owned,
            tables: &self.tables,
        }
    }
}
