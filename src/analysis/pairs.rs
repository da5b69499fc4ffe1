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
mod chosen;
mod gates;
mod half;
mod legs;
mod looks;
mod making;
mod outs;
mod parts;
mod places;
mod planes;
mod ports;
mod profile;
mod reach;
mod rows;
mod tagged;
mod tally;
mod turns;
mod walked;

pub use self::bits::Bits;
pub use self::ports::PortClass;
pub use self::reach::Reach;
pub use self::rows::Row;
pub use self::tally::Tally;
pub use self::walked::flow;

use self::chosen::Chosen;
use self::half::{Ground, Half};
use self::places::Standing;
use self::ports::Ports;
use self::rows::Kept;
use self::tally::Weights;
use super::classes::{ClassId, Classes, Owned, Tables, sights};
use crate::answer::From;
use crate::aws::Compiled;
use crate::engine::Walker;
use crate::fabric::Flow;
use crate::model::{Id, Interface, Network};

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
    classes: Classes,
    owned: Owned,
    tables: Tables,
    halves: Vec<Half>,
    ports: Vec<PortClass>,
    predicted: Predicted,
    kept: Option<Kept>,
    chosen: Option<Chosen>,
}

impl<'a> Pairs<'a> {
    /// Compiles a network's fabric into rows.
    #[must_use]
    pub fn compile(network: &'a Network, compiled: &'a Compiled, options: Options) -> Self {
        let owned = Owned::new(network, compiled);
        let fabric = &compiled.fabric;
        let tables = Tables::new(fabric, &owned);
        let all = sights(fabric, &owned, &tables, |_| true);
        let classes = Classes::refined(network, compiled, &owned, &tables, &all);
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
        let mut out = Self {
            ports: ports.collect(),
            network,
            compiled,
            classes,
            owned,
            tables,
            halves,
            predicted: Predicted::default(),
            kept: None,
            chosen: None,
        };
        out.predict(options);
        if out.predicted.keeps_ways {
            let mut halves = std::mem::take(&mut out.halves);
            for half in &mut halves {
                half.keep_columns(out.ground());
            }
            out.halves = halves;
        }
        if out.predicted.keeps_rows {
            out.kept = Some(Kept::new(&out));
        }
        out
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

    fn ground(&self) -> Ground<'_> {
        Ground {
            fabric: &self.compiled.fabric,
            owned: &self.owned,
            tables: &self.tables,
        }
    }

    /// The classes of interfaces.
    #[must_use]
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// The classes of ports, those of IPv4 first.
    #[must_use]
    pub fn ports(&self) -> &[PortClass] {
        &self.ports
    }

    /// What was predicted that it would take.
    #[must_use]
    pub fn predicted(&self) -> Predicted {
        self.predicted
    }

    /// The family that a port class is of, and its number there.
    fn half(&self, port: usize) -> Option<(usize, usize)> {
        let mut port = port;
        for (number, half) in self.halves.iter().enumerate() {
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
        let from = *self.classes.members(from).first()?;
        let mut others = self.classes.members(to).iter();
        Some((from, *others.find(|to| **to != from)?))
    }

    /// What becomes of what one class sends another at a port class; what rows leave open the walker
    /// decides.
    #[must_use]
    pub fn cell(&self, from: ClassId, to: ClassId, port: usize) -> Cell {
        match self.row(to, port).cell(from) {
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
        let pair = self.pair(from, to).zip(self.ports.get(port));
        let Some(((from, to), port)) = pair else {
            return Cell::None;
        };
        match flow(self.network, from, to, port) {
            Some(flow) => walked::walked(self.network, self.compiled, walker, (from, to), flow),
            None => Cell::None,
        }
    }
}
