//! Tables of the fabric as the analysis sees them: which are alike, which are looked at at all, and
//! which only say where each address is.

use super::owned::Owned;
use crate::fabric::{
    Action, Address, Bits, Fabric, Link, NodeId, Row, Side, Stage, Table, TableId, flags,
};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// What is known of every table.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Tables {
    /// Of each table, the first one like it.
    like: Vec<TableId>,
    /// Of each that is the first, the others.
    others: FxHashMap<TableId, Vec<TableId>>,
    /// Whether any node looks at it.
    used: Vec<bool>,
    /// Whether it only says which interface has which address.
    delivers: Vec<bool>,
}

impl Tables {
    pub(in crate::analysis) fn new(fabric: &Fabric, owned: &Owned) -> Self {
        let mut used = vec![false; fabric.tables.len()];
        let slots = fabric.nodes.iter().flat_map(|n| n.slots);
        let unless = fabric.alternatives.iter().map(|a| a.unless);
        for table in slots.chain(unless) {
            if let Some(used) = used.get_mut(table as usize) {
                *used = true;
            }
        }
        let delivers = fabric.tables.iter().map(|t| delivers(fabric, owned, t));
        let mut out = Self {
            like: Vec::with_capacity(fabric.tables.len()),
            others: FxHashMap::default(),
            used,
            delivers: delivers.collect(),
        };
        let mut known: FxHashMap<u64, Vec<TableId>> = FxHashMap::default();
        for (table, id) in fabric.tables.iter().zip(0..) {
            // Of tables with a row an interface no two are alike.
            if !out.is_used(id) || out.delivers(id) {
                out.like.push(id);
                continue;
            }
            let twins = known.entry(summary(fabric, table)).or_default();
            let same = |twin: &&TableId| {
                let twin = fabric.tables.get(**twin as usize);
                twin.is_some_and(|twin| same(fabric, twin, table))
            };
            let first = twins.iter().find(same).copied();
            match first {
                Some(first) => out.others.entry(first).or_default().push(id),
                None => twins.push(id),
            }
            out.like.push(first.unwrap_or(id));
        }
        out
    }

    /// The first table that is like this one.
    pub(in crate::analysis) fn like(&self, table: TableId) -> TableId {
        self.like.get(table as usize).copied().unwrap_or(table)
    }

    /// A table has been written anew: it is like no other.
    pub(in crate::analysis) fn part(&mut self, table: TableId) {
        let was = self.like(table);
        if was != table {
            if let Some(others) = self.others.get_mut(&was) {
                others.retain(|other| *other != table);
            }
            self.point(table, table);
            return;
        }
        // The next one is the first of the others now.
        let mut others = self.others.remove(&table).unwrap_or_default().into_iter();
        let Some(heir) = others.next() else {
            return;
        };
        let others: Vec<TableId> = others.collect();
        for other in others.iter().chain([&heir]) {
            self.point(*other, heir);
        }
        self.others.insert(heir, others);
    }

    fn point(&mut self, table: TableId, to: TableId) {
        if let Some(like) = self.like.get_mut(table as usize) {
            *like = to;
        }
    }

    /// Whether any node looks at it.
    pub(in crate::analysis) fn is_used(&self, table: TableId) -> bool {
        self.used.get(table as usize).is_some_and(|used| *used)
    }

    /// Whether it only says which interface has which address.
    pub(in crate::analysis) fn delivers(&self, table: TableId) -> bool {
        self.delivers.get(table as usize).is_some_and(|d| *d)
    }
}

/// The link that a row leads over.
pub(in crate::analysis) fn link(fabric: &Fabric, action: Action) -> Option<&Link> {
    match action {
        Action::Go(link) => fabric.links.get(link as usize),
        _ => None,
    }
}

/// The interface that a row leads to, if the row is about its own address and nothing else.
pub(in crate::analysis) fn delivered<A: Bits>(
    fabric: &Fabric,
    owned: &Owned,
    table: &Table,
    row: &Row<A>,
) -> Option<u32> {
    let link = link(fabric, fabric.outcome(table, row.then).action)?;
    let who = owned.at(link.to)?;
    let own = owned.has(who, (row.lo.address(), row.hi.address()));
    own.then_some(who)
}

/// Whether rows lead to interfaces by their addresses, no two of them about one, and by nothing else.
fn delivers(fabric: &Fabric, owned: &Owned, table: &Table) -> bool {
    let mut own = false;
    let mut last: Option<Address> = None;
    for (_, row) in fabric.rows_of(table) {
        let plain = row.ports == (0, u16::MAX)
            && row.is(flags::ANY_PROTOCOL)
            && !row.is(flags::BY_MARK)
            && last.is_none_or(|last| last < row.lo || row.lo.is_v4() != last.is_v4());
        if !plain {
            return false;
        }
        last = Some(row.hi);
        own |= delivered(fabric, owned, table, &row).is_some();
    }
    own
}

/// Whether whoever comes to an entry of a node, and is not expected there, gets no further, for
/// certain: its list only filters, or refuses everybody.
pub(in crate::analysis) fn is_end(fabric: &Fabric, node: NodeId, entry: u8) -> bool {
    let Some(at) = fabric.nodes.get(node as usize) else {
        return false;
    };
    let first = fabric.begins(node, entry) as usize;
    for stage in fabric.stages.get(first..).unwrap_or_default() {
        match stage {
            Stage::Filter { table, .. } => {
                let table = at.slots.get(*table as usize);
                let table = table.and_then(|t| fabric.tables.get(*t as usize));
                if table.is_some_and(|t| refuses(fabric, t)) {
                    return true;
                }
            }
            Stage::Mark => {}
            Stage::Arrive => return true,
            Stage::Route { .. }
            | Stage::Translate { .. }
            | Stage::Recall { .. }
            | Stage::Return { .. }
            | Stage::Opaque { .. } => return false,
        }
    }
    false
}

/// Whether a filter refuses everybody, for certain.
fn refuses(fabric: &Fabric, table: &Table) -> bool {
    let drops = |action| matches!(action, Action::Drop(_));
    let mut rows = fabric.rows_of(table);
    drops(table.otherwise.action)
        && rows
            .all(|(_, row)| drops(fabric.outcome(table, row.then).action) && !row.is(flags::MAYBE))
}

/// Equal for tables that are alike.
fn summary(fabric: &Fabric, table: &Table) -> u64 {
    let mut hash = FxHasher::default();
    let action = |action: Action, hash: &mut FxHasher| match action {
        Action::Go(_) => link(fabric, action).map(|l| (l.to, l.entry)).hash(hash),
        Action::Rewrite(number) => fabric.rewrites.get(number as usize).hash(hash),
        other => other.hash(hash),
    };
    (table.v4.len, table.v6.len, table.side == Side::Src).hash(&mut hash);
    action(table.otherwise.action, &mut hash);
    for (_, row) in fabric.rows_of(table) {
        (row.lo, row.hi, row.ports, row.proto, row.flags).hash(&mut hash);
        action(fabric.outcome(table, row.then).action, &mut hash);
    }
    hash.finish()
}

/// Whether two tables decide alike, whatever they are asked.
fn same(fabric: &Fabric, a: &Table, b: &Table) -> bool {
    let action = |x: Action, y: Action| {
        let rewrite = |action| match action {
            Action::Rewrite(number) => fabric.rewrites.get(number as usize),
            _ => None,
        };
        fabric.same(x, y) || rewrite(x).is_some_and(|x| rewrite(y) == Some(x))
    };
    let row = |((_, x), (_, y)): ((u32, Row<_>), (u32, Row<_>))| {
        (x.lo, x.hi, x.ports, x.proto, x.flags) == (y.lo, y.hi, y.ports, y.proto, y.flags)
            && action(
                fabric.outcome(a, x.then).action,
                fabric.outcome(b, y.then).action,
            )
    };
    a.side == b.side
        && (a.v4.len, a.v6.len) == (b.v4.len, b.v6.len)
        && action(a.otherwise.action, b.otherwise.action)
        && fabric.rows_of(a).zip(fabric.rows_of(b)).all(row)
}
