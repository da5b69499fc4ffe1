//! Where traffic could get to, whatever its headers: more than it does, found in one pass over the
//! fabric, whoever and however many send.

use crate::aws::FROM_HOST;
use crate::fabric::{Action, Fabric, LinkId, MarkOp, Node, NodeId, Rewrite, Stage, Table, TableId};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// What traffic of some senders may meet on its way out.
#[derive(Clone, Debug, Default)]
pub(super) struct Flood {
    /// Nodes that it may arrive at, each with the stage, of all stages, at which it comes in.
    pub(super) arrives: Vec<(NodeId, u32)>,
    /// Marks that it may be given on the way.
    pub(super) marks: BTreeSet<u32>,
    /// Ways in which its mark may turn.
    pub(super) turns: BTreeSet<u32>,
    /// Numbers of rewrites, and rewrites of choices, that may change it.
    pub(super) rewrites: Vec<Rewrite>,
}

/// A list of a node: the stage that it begins at.
type List = (NodeId, u32);

struct Run<'a> {
    fabric: &'a Fabric,
    out: Flood,
    /// Lists that may be entered, and those of them that are still to be followed.
    known: FxHashSet<List>,
    todo: Vec<List>,
    /// Of each table, what may come of it, once that was followed.
    tables: Vec<Option<Leads>>,
    /// Something is not modelled.
    opaque: bool,
}

/// What may come of a table, apart from links.
#[derive(Clone, Copy, Default)]
struct Leads {
    /// The next stage.
    next: bool,
    /// The mark of the node that looks at it.
    marks: bool,
}

/// Everything that traffic from some nodes may meet; nothing, if it may come to where anything may
/// happen.
pub(super) fn flood(fabric: &Fabric, from: impl Iterator<Item = NodeId>) -> Option<Flood> {
    let mut run = Run {
        fabric,
        out: Flood::default(),
        known: FxHashSet::default(),
        todo: Vec::new(),
        tables: vec![None; fabric.tables.len()],
        opaque: false,
    };
    for node in from {
        run.follow((node, fabric.begins(node, FROM_HOST)), true);
    }
    while let Some(list) = run.todo.pop() {
        run.follow(list, false);
    }
    (!run.opaque).then_some(run.out)
}

impl Run<'_> {
    /// A list, from its beginning to wherever it may end; with `own`, of whoever sends.
    fn follow(&mut self, (at, first): List, own: bool) {
        let fabric = self.fabric;
        let Some(node) = fabric.nodes.get(at as usize) else {
            return;
        };
        for stage in fabric.stages.get(first as usize..).unwrap_or_default() {
            match *stage {
                Stage::Filter { .. } | Stage::Return { .. } => {}
                Stage::Recall { otherwise, .. } => {
                    // On the way out nothing is remembered.
                    if otherwise.is_some() {
                        return;
                    }
                }
                Stage::Route { table, .. } | Stage::Translate { table, .. } => {
                    if !self.decide(node, table) {
                        return;
                    }
                }
                Stage::Mark => {
                    if !own {
                        self.out.marks.insert(node.mark);
                    }
                }
                Stage::Opaque { .. } => self.opaque = true,
                Stage::Arrive => {
                    self.out.arrives.push((at, first));
                    return;
                }
            }
            if self.opaque {
                return;
            }
        }
    }

    /// Whether anything may go on to the next stage.
    fn decide(&mut self, node: &Node, slot: u8) -> bool {
        let fabric = self.fabric;
        let id = node.slots.get(slot as usize).copied();
        let table = id.and_then(|id| Some((id, fabric.tables.get(id as usize)?)));
        let Some((id, table)) = table else {
            return true;
        };
        let leads = self.leads(id, table);
        if leads.marks {
            self.out.marks.insert(node.mark);
        }
        leads.next
    }

    fn leads(&mut self, id: TableId, table: &Table) -> Leads {
        if let Some(Some(known)) = self.tables.get(id as usize) {
            return *known;
        }
        let fabric = self.fabric;
        let mut leads = Leads::default();
        self.act(table.otherwise.action, &mut leads);
        let four = fabric.v4.rows.get(table.v4.range()).unwrap_or_default();
        let six = fabric.v6.rows.get(table.v6.range()).unwrap_or_default();
        for then in four
            .iter()
            .map(|r| r.then)
            .chain(six.iter().map(|r| r.then))
        {
            self.act(fabric.outcome(table, then).action, &mut leads);
        }
        if let Some(at) = self.tables.get_mut(id as usize) {
            *at = Some(leads);
        }
        leads
    }

    fn act(&mut self, action: Action, leads: &mut Leads) {
        let fabric = self.fabric;
        match action {
            Action::Next => leads.next = true,
            Action::Drop(_) => {}
            Action::Go(link) => self.cross(link),
            Action::Rewrite(number) => {
                let to = fabric.rewrites.get(number as usize);
                self.out.rewrites.extend(to.copied());
                leads.next = true;
            }
            Action::Choose(first, number) => {
                let range = first as usize..(first + number) as usize;
                for alternative in fabric.alternatives.get(range).unwrap_or_default() {
                    leads.marks |= alternative.mark;
                    match alternative.then {
                        Action::Go(link) => self.cross(link),
                        Action::Drop(_) => {}
                        Action::Opaque(_) => self.opaque = true,
                        Action::Next | Action::Rewrite(_) | Action::Choose(..) => {
                            self.out.rewrites.push(alternative.rewrite);
                            leads.next = true;
                        }
                    }
                }
            }
            Action::Opaque(_) => self.opaque = true,
        }
    }

    fn cross(&mut self, number: LinkId) {
        let Some(link) = self.fabric.links.get(number as usize) else {
            return;
        };
        match link.mark {
            MarkOp::Keep | MarkOp::Clear => {}
            MarkOp::Set(mark) => {
                self.out.marks.insert(mark);
            }
            MarkOp::Turn(turn) => {
                self.out.turns.insert(turn);
            }
        }
        let list = (link.to, link.stage);
        if self.known.insert(list) {
            self.todo.push(list);
        }
    }
}
