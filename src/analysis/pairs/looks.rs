//! What tables of the fabric say of places, read from their rows with the walker's own match: a
//! filter lets a profile pass, a route turns one way. Places are sorted by address, so a table is a
//! few runs of them.

use super::half::Ground;
use super::places::Places;
use super::ports::{Ports, Query, has_ports};
use super::profile::{EVERYTHING, Passed, ProfileId, Profiles};
use crate::analysis::classes::{Owned, Tables};
use crate::fabric::{
    Action, Address, Fabric, Flow, Hit, Link, LinkId, Parts, Row, Side, Table, TableId, Tags,
    Traffic, flags,
};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::ops::Range;
use std::rc::Rc;

/// Where something begins to hold, by number of place, until the next.
pub(super) type Runs<T> = Rc<[(u32, T)]>;

/// Where a table sends what it is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Next,
    Drop,
    Go(LinkId),
    /// To whoever has the address it is asked about, over a link of this kind.
    Own(Kind),
    Rewrite(u32),
    /// Rows do not decide: a choice, an opaque node, a row that may be there.
    Open,
}

/// Index of a kind of link: links that differ in where they lead are of one.
pub(super) type Kind = u32;

/// Tables as one family of places sees them.
pub(super) struct Looks<'a> {
    pub(super) fabric: &'a Fabric,
    pub(super) owned: &'a Owned,
    pub(super) tables: &'a Tables,
    pub(super) places: &'a Places,
    pub(super) queries: &'a [Query],
    pub(super) replies: &'a [bool],
    pub(super) profiles: Profiles,
    /// By table.
    filters: Vec<Option<Runs<ProfileId>>>,
    routes: Vec<Option<Runs<Turn>>>,
    pub(super) kinds: IndexSet<Link, FxBuildHasher>,
    /// Filters that were looked at, each the first of its like.
    pub(super) looked: FxHashSet<TableId>,
}

impl<'a> Looks<'a> {
    pub(super) fn new(ground: Ground<'a>, places: &'a Places, ports: &'a Ports) -> Self {
        let (fabric, queries) = (ground.fabric, ports.queries.as_slice());
        Self {
            fabric,
            owned: ground.owned,
            tables: ground.tables,
            places,
            queries,
            replies: &ports.replies,
            profiles: Profiles::new(queries),
            filters: vec![None; fabric.tables.len()],
            routes: vec![None; fabric.tables.len()],
            kinds: IndexSet::default(),
            looked: FxHashSet::default(),
        }
    }

    /// What a filter lets pass of each place.
    pub(super) fn filter(&mut self, table: TableId) -> Runs<ProfileId> {
        let table = self.tables.like(table);
        if let Some(Some(known)) = self.filters.get(table as usize) {
            return known.clone();
        }
        let runs = self.segments(table);
        let runs = runs.into_iter().map(|(at, address)| {
            let profile = self.passes(table, address);
            (at, profile)
        });
        let runs: Runs<ProfileId> = joined(runs.collect());
        if let Some(at) = self.filters.get_mut(table as usize) {
            *at = Some(runs.clone());
        }
        runs
    }

    /// Where a table sends each place.
    pub(super) fn route(&mut self, table: TableId) -> Runs<Turn> {
        let table = self.tables.like(table);
        if let Some(Some(known)) = self.routes.get(table as usize) {
            return known.clone();
        }
        let side = self.side(table);
        let segments = self.segments(table);
        let ends = segments.iter().skip(1).map(|(at, _)| *at);
        let ends: Vec<u32> = ends.chain([self.places.len() as u32]).collect();
        let mut runs: Vec<(u32, Turn)> = Vec::new();
        for ((begin, address), end) in segments.into_iter().zip(ends) {
            let turn = self.turn(table, address);
            match turn {
                Turn::Go(link) => self.lead_to_each((side, link), begin..end, &mut runs),
                _ => runs.push((begin, turn)),
            }
        }
        let runs: Runs<Turn> = joined(runs);
        if let Some(at) = self.routes.get_mut(table as usize) {
            *at = Some(runs.clone());
        }
        runs
    }

    /// What a filter lets pass of a place that sends.
    pub(super) fn of_sender(&mut self, table: TableId, place: u32) -> ProfileId {
        at(&self.filter(table), place).unwrap_or(EVERYTHING)
    }

    /// Where a table sends a place that sends.
    pub(super) fn turn_of_sender(&mut self, table: TableId, place: u32) -> Turn {
        at(&self.route(table), place).unwrap_or(Turn::Next)
    }

    /// A link to some places: to those that it leads to by a kind of link.
    fn lead_to_each(
        &mut self,
        (side, number): (Side, LinkId),
        some: Range<u32>,
        runs: &mut Vec<(u32, Turn)>,
    ) {
        let Some(link) = self.fabric.links.get(number as usize).copied() else {
            return;
        };
        // Who asks by the source is not who it leads to.
        if self.owned.at(link.to).is_none() || side == Side::Src {
            runs.push((some.start, Turn::Go(number)));
            return;
        }
        let kind = Link {
            to: 0,
            stage: 0,
            ..link
        };
        for place in some {
            let at = self.places.all.get(place as usize);
            let turn = match at.is_some_and(|at| at.node == link.to) {
                true => Turn::Own(self.kinds.insert_full(kind).0 as Kind),
                false => Turn::Go(number),
            };
            runs.push((place, turn));
        }
    }

    /// Which address of traffic a table looks at.
    pub(super) fn side(&self, table: TableId) -> Side {
        let table = self.fabric.tables.get(table as usize);
        table.map_or(Side::Dst, |t| t.side)
    }

    /// Runs of places that no row of a table tells apart: the first of each, and its address.
    fn segments(&self, table: TableId) -> Vec<(u32, Address)> {
        let places = &self.places.all;
        let mut cuts: Vec<u32> = vec![0];
        if self.tables.delivers(table) {
            // A row for each interface, in order: of every place within them it is asked.
            let mut own = rows(self.fabric, table, self.places.v4);
            let first = own.next();
            let last = own.last().or(first);
            if let Some((first, last)) = first.zip(last) {
                let from = places.partition_point(|p| p.address < first.lo) as u32;
                let to = places.partition_point(|p| p.address <= last.hi) as u32;
                cuts.extend(from..=to);
            }
            cuts.dedup();
            return self.with_addresses(cuts);
        }
        for row in rows(self.fabric, table, self.places.v4) {
            if !row.is(flags::BY_MARK) {
                let before = |at: Address| places.partition_point(|p| p.address < at) as u32;
                let from = before(row.lo);
                cuts.push(from);
                let rest = places.get(from as usize..).unwrap_or_default();
                cuts.push(from + rest.partition_point(|p| p.address <= row.hi) as u32);
            }
        }
        cuts.sort_unstable();
        cuts.dedup();
        self.with_addresses(cuts)
    }

    fn with_addresses(&self, places: Vec<u32>) -> Vec<(u32, Address)> {
        let all = &self.places.all;
        let places = places.into_iter();
        let places = places.filter_map(|at| Some((at, all.get(at as usize)?.address)));
        places.collect()
    }

    /// What a filter lets pass of an address.
    pub(super) fn passes(&mut self, table: TableId, at: Address) -> ProfileId {
        self.looked.insert(self.tables.like(table));
        let queries = self.queries.iter();
        let profile = queries.map(|query| self.passed(table, at, query)).collect();
        self.profiles.intern(profile)
    }

    fn passed(&self, table: TableId, at: Address, query: &Query) -> Passed {
        let mut out = Passed::none();
        taken(self.fabric, table, at, query, |part, (action, flags)| {
            let fork = flags & flags::FORK != 0;
            let maybe = flags & flags::MAYBE != 0;
            if matches!(action, Action::Drop(_)) {
                out.doubt |= fork;
            } else {
                out.spans.push(part.dport);
                out.doubt |= fork || maybe || matches!(action, Action::Opaque(_));
            }
        });
        out.normal()
    }

    /// Where a table sends an address.
    pub(super) fn turn(&self, table: TableId, at: Address) -> Turn {
        let Some(t) = self.fabric.tables.get(table as usize) else {
            return Turn::Next;
        };
        let plain = |row: &Row<Address>| {
            row.ports == (0, u16::MAX) && row.is(flags::ANY_PROTOCOL) && !row.is(flags::BY_MARK)
        };
        if self.tables.delivers(table)
            || rows(self.fabric, table, self.places.v4).all(|r| plain(&r))
        {
            let query = Query {
                proto: 6,
                ports: (0, 0),
            };
            let flow = asking(t, at, &query);
            return match flow.first(self.fabric.rows_for(t)) {
                None => Turn::Open,
                Some(Hit::Otherwise) => turn_of(t.otherwise.action, 0),
                Some(Hit::Row(row)) => turn_of(self.fabric.outcome(t, row.then).action, row.flags),
            };
        }
        let mut all: Option<Turn> = None;
        for query in self.queries {
            taken(self.fabric, table, at, query, |_, (action, flags)| {
                let turn = turn_of(action, flags);
                all = match all {
                    None => Some(turn),
                    Some(known) if known == turn => Some(known),
                    Some(_) => Some(Turn::Open),
                };
            });
        }
        all.unwrap_or(Turn::Open)
    }
}

fn turn_of(action: Action, flags: u8) -> Turn {
    if flags & flags::FORK != 0 {
        return Turn::Open;
    }
    match action {
        // It is dropped there, whether or not that row is.
        Action::Drop(_) => Turn::Drop,
        _ if flags & flags::MAYBE != 0 => Turn::Open,
        Action::Next => Turn::Next,
        Action::Go(link) => Turn::Go(link),
        Action::Rewrite(number) => Turn::Rewrite(number),
        Action::Choose(..) | Action::Opaque(_) => Turn::Open,
    }
}

/// The rows of a table for one family.
pub(super) fn rows(
    fabric: &Fabric,
    table: TableId,
    v4: bool,
) -> impl Iterator<Item = Row<Address>> + '_ {
    let table = fabric.tables.get(table as usize);
    table.into_iter().flat_map(move |t| {
        let four = fabric.v4.rows.get(t.v4.range()).filter(|_| v4);
        let six = fabric.v6.rows.get(t.v6.range()).filter(|_| !v4);
        let four = four.into_iter().flatten().map(Row::wide);
        four.chain(six.into_iter().flatten().copied())
    })
}

/// Traffic with an address on the side that a table looks at.
fn asking(table: &Table, at: Address, query: &Query) -> Flow {
    let (src, dst) = match table.side {
        Side::Src => (at, other(at)),
        Side::Dst => (other(at), at),
    };
    let client = if has_ports(query.proto) {
        (1024, 1024)
    } else {
        (0, 0)
    };
    Flow {
        dport: query.ports,
        ..Flow::new(src, dst, query.proto, client, query.ports.0)
    }
}

/// Some address of the same family.
fn other(at: Address) -> Address {
    at.with_low32(0)
}

/// Each part of a query goes to the first row that takes it, as in a walk. Rows about marks, which
/// nobody has on the way, may take it or not.
fn taken(
    fabric: &Fabric,
    table: TableId,
    at: Address,
    query: &Query,
    mut each: impl FnMut(Flow, (Action, u8)),
) {
    let Some(t) = fabric.tables.get(table as usize) else {
        return;
    };
    let tags = Tags {
        marks: &fabric.marks,
        mark: 0,
    };
    let mut rest: Parts<Flow> = Parts::from([asking(t, at, query)]);
    for mut row in rows(fabric, table, at.is_v4()) {
        if row.is(flags::BY_MARK) {
            row.flags = (row.flags & !flags::BY_MARK) | flags::MAYBE | flags::FORK;
            (row.lo, row.hi) = (at, at);
        }
        let mut left = Parts::new();
        for part in rest {
            let (hit, misses) = part.split(&row, t.side, tags);
            left.extend(misses);
            let Some(hit) = hit else { continue };
            if row.is(flags::FORK) {
                left.push(hit);
            }
            each(hit, (fabric.outcome(t, row.then).action, row.flags));
        }
        rest = left;
    }
    for part in rest {
        each(part, (t.otherwise.action, 0));
    }
}

/// Runs that say the same are one.
fn joined<T: PartialEq>(mut runs: Vec<(u32, T)>) -> Rc<[(u32, T)]> {
    runs.dedup_by(|next, last| next.1 == last.1);
    runs.into()
}

/// What holds at a place.
pub(super) fn at<T: Copy>(runs: &[(u32, T)], place: u32) -> Option<T> {
    let after = runs.partition_point(|(from, _)| *from <= place);
    let run = after.checked_sub(1).and_then(|n| runs.get(n));
    run.map(|(_, what)| *what)
}
