//! Destinations whose own filters let in nothing of what a property forbids, whatever way it comes:
//! for those nobody need be followed.
//!
//! What a filter is asked about is more than can come: every address that a sender has or that
//! something on the way writes, every mark that one has or is given, at the ports that are sent and
//! those that are written. What it refuses of all that, it refuses.

use super::asked::SetId;
use super::flood::{Flood, flood};
use crate::fabric::{Action, Address, Fabric, NodeId, Row, Side, Stage, Table, TableId, flags};
use rustc_hash::{FxHashMap, FxHashSet};

/// A sender, as far as filters see it.
pub(super) struct Sender {
    pub(super) node: NodeId,
    /// What it is asked about.
    pub(super) set: SetId,
    /// The addresses that it may send from.
    pub(super) src: Vec<(Address, Address)>,
}

/// Who could come to whose door.
pub(super) struct Doors<'a> {
    fabric: &'a Fabric,
    /// Ports that are sent to; none: everything is sent.
    ports: Option<Vec<(u16, u16)>>,
    /// Where senders' addresses lie, sorted: runs of those with one set.
    narrow: Vec<(Address, Address, SetId)>,
    /// The same of whoever has more than one address at a time, in no order.
    wide: Vec<(Address, Address, SetId)>,
    /// Who may have each tag.
    tags: FxHashMap<u32, Vec<SetId>>,
    /// Tags that anybody may be given on the way, and addresses.
    given: FxHashSet<u32>,
    written: Vec<Address>,
    /// By node, the stages at which it may be come to.
    lists: FxHashMap<NodeId, Vec<u32>>,
    shut: FxHashMap<(TableId, u32), bool>,
}

impl<'a> Doors<'a> {
    /// The doors that traffic of these senders at these ports may come to; nothing, if it may come to
    /// where anything may happen.
    pub(super) fn new(
        fabric: &'a Fabric,
        senders: &[Sender],
        ports: Option<Vec<(u16, u16)>>,
    ) -> Option<Self> {
        let flood = flood(fabric, senders.iter().map(|s| s.node))?;
        let (mut narrow, mut wide) = (Vec::new(), FxHashSet::default());
        for sender in senders {
            for (lo, hi) in &sender.src {
                match lo == hi {
                    true => narrow.push((*lo, *hi, sender.set)),
                    false => {
                        wide.insert((*lo, *hi, sender.set));
                    }
                }
            }
        }
        narrow.sort_unstable();
        // Between two of one set there is nobody else.
        narrow.dedup_by(|next, last| {
            let same = next.2 == last.2 && next.0.is_v4() == last.0.is_v4();
            if same {
                last.1 = last.1.max(next.1);
            }
            same
        });
        let dports = flood.rewrites.iter().filter_map(|to| to.dport);
        let mut out = Self {
            fabric,
            ports: ports.map(|own| own.into_iter().chain(dports.map(|p| (p, p))).collect()),
            narrow,
            wide: wide.into_iter().collect(),
            tags: FxHashMap::default(),
            given: FxHashSet::default(),
            written: flood.rewrites.iter().filter_map(|to| to.src).collect(),
            lists: FxHashMap::default(),
            shut: FxHashMap::default(),
        };
        out.written.sort_unstable();
        out.mark(senders, &flood);
        for (node, stage) in flood.arrives {
            out.lists.entry(node).or_default().push(stage);
        }
        Some(out)
    }

    /// Who may have which tag.
    fn mark(&mut self, senders: &[Sender], flood: &Flood) {
        let fabric = self.fabric;
        let tags = |mark: u32| fabric.marks.get(mark as usize).into_iter().flatten();
        let mut own: FxHashSet<(u32, SetId)> = FxHashSet::default();
        for sender in senders {
            let node = fabric.nodes.get(sender.node as usize);
            own.extend(node.map(|n| (n.mark, sender.set)));
        }
        let own: Vec<(u32, SetId)> = own.into_iter().collect();
        for (mark, set) in turned(fabric, flood, own) {
            for tag in tags(mark) {
                let who = self.tags.entry(*tag).or_default();
                if !who.contains(&set) {
                    who.push(set);
                }
            }
        }
        let given = flood.marks.iter().map(|mark| (*mark, 0)).collect();
        for (mark, _) in turned(fabric, flood, given) {
            self.given.extend(tags(mark));
        }
    }

    /// Whether nothing of what these sets of destinations are asked about comes in; `kind` is a number
    /// for them.
    pub(super) fn is_shut(&mut self, node: NodeId, (kind, sets): (u32, &[SetId])) -> bool {
        let Some(lists) = self.lists.get(&node).cloned() else {
            return true;
        };
        lists
            .into_iter()
            .all(|stage| self.stops(node, stage, (kind, sets)))
    }

    /// Whether a filter of a list does.
    fn stops(&mut self, node: NodeId, first: u32, (kind, sets): (u32, &[SetId])) -> bool {
        let fabric = self.fabric;
        let Some(at) = fabric.nodes.get(node as usize) else {
            return false;
        };
        for stage in fabric.stages.get(first as usize..).unwrap_or_default() {
            match *stage {
                Stage::Filter { table: slot, .. } => {
                    let id = at.slots.get(slot as usize).copied();
                    let table = id.and_then(|id| Some((id, fabric.tables.get(id as usize)?)));
                    let Some((id, table)) = table else { continue };
                    let shut = match self.shut.get(&(id, kind)) {
                        Some(known) => *known,
                        None => {
                            let shut = self.refuses(table, sets);
                            self.shut.insert((id, kind), shut);
                            shut
                        }
                    };
                    if shut {
                        return true;
                    }
                }
                Stage::Return { .. } => {}
                // Behind these it may look otherwise.
                Stage::Route { .. }
                | Stage::Translate { .. }
                | Stage::Recall { .. }
                | Stage::Mark
                | Stage::Opaque { .. }
                | Stage::Arrive => return false,
            }
        }
        false
    }

    /// Whether a filter lets in nothing of theirs.
    fn refuses(&self, table: &Table, sets: &[SetId]) -> bool {
        let drops = |action| matches!(action, Action::Drop(_));
        drops(table.otherwise.action)
            && self.fabric.rows_of(table).all(|(_, row)| {
                drops(self.fabric.outcome(table, row.then).action)
                    || !self.is_sent(&row)
                    || (table.side == Side::Src && !self.may_come(&row, sets))
            })
    }

    /// Whether a row is about ports that may be sent to.
    fn is_sent(&self, row: &Row<Address>) -> bool {
        self.ports.as_ref().is_none_or(|ports| {
            let ported = row.is(flags::ANY_PROTOCOL) || matches!(row.proto, 6 | 17);
            let meets = |(lo, hi): &(u16, u16)| row.ports.0 <= *hi && *lo <= row.ports.1;
            ported && ports.iter().any(meets)
        })
    }

    /// Whether one of the senders may come as what a row is about.
    fn may_come(&self, row: &Row<Address>, sets: &[SetId]) -> bool {
        if row.is(flags::BY_MARK) {
            let who = self.tags.get(&row.tag()).into_iter().flatten();
            return self.given.contains(&row.tag()) || { who }.any(|set| sets.contains(set));
        }
        let written = self.written.partition_point(|at| *at < row.lo);
        if self.written.get(written).is_some_and(|at| *at <= row.hi) {
            return true;
        }
        let from = self.narrow.partition_point(|(_, hi, _)| *hi < row.lo);
        let narrow = self.narrow.get(from..).unwrap_or_default().iter();
        let narrow = narrow.take_while(|(lo, ..)| *lo <= row.hi);
        let wide = self.wide.iter();
        let wide = wide.filter(|(lo, hi, _)| row.lo <= *hi && *lo <= row.hi);
        { narrow.chain(wide) }.any(|(.., set)| sets.contains(set))
    }
}

/// Marks, and all that becomes of them by turns on the way.
fn turned(fabric: &Fabric, flood: &Flood, mut all: Vec<(u32, SetId)>) -> Vec<(u32, SetId)> {
    let mut known: FxHashSet<(u32, SetId)> = all.iter().copied().collect();
    let mut next = 0;
    while let Some((mark, set)) = all.get(next).copied() {
        next += 1;
        for turn in &flood.turns {
            let one = (fabric.turned(*turn, mark), set);
            if known.insert(one) {
                all.push(one);
            }
        }
    }
    all
}
