//! Making a fabric: tables from row specifications, nodes, links.

use super::row::Moved;
use super::{
    Action, Address, Alternative, Fabric, Label, Link, LinkId, Lists, NONE, Node, NodeId, Rewrite,
    Row, Shape, Side, Span, Stage, Table, TableId, flags,
};
use crate::code::Code;
use crate::model::Origin;
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};
use std::ops::Range;

/// A row to be, with its origin.
#[derive(Clone, Debug)]
pub struct RowSpec {
    /// Whom it is about.
    pub span: Span,
    /// Destination ports.
    pub ports: (u16, u16),
    /// IP protocol; `None` is any.
    pub proto: Option<u8>,
    /// Further [`flags`].
    pub flags: u8,
    /// What it does.
    pub then: Action,
    /// Where it was written.
    pub origin: Origin,
    /// Its short text; rows of one rule share it.
    pub text: SmolStr,
}

impl RowSpec {
    /// A row about addresses alone.
    pub fn address(
        span: impl Into<Span>,
        then: Action,
        origin: &Origin,
        text: impl Into<SmolStr>,
    ) -> Self {
        Self {
            span: span.into(),
            ports: (0, u16::MAX),
            proto: None,
            flags: 0,
            then,
            origin: origin.clone(),
            text: text.into(),
        }
    }
}

/// A fabric under construction.
#[derive(Clone, Debug, Default)]
pub struct FabricBuilder(Fabric, Known);

/// What it has already.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Marks by their tags.
    marks: FxHashMap<Vec<u32>, u32>,
    /// Labels.
    labels: FxHashMap<Label, u16>,
    /// Where the last rows were written, the last first.
    written: [u32; 2],
    /// Where what was written for the last table begins, of tables written anew.
    begun: u32,
}

/// Where a table that was written anew has room: next time it is written there, if that is enough.
#[derive(Clone, Debug, Default)]
pub struct Room {
    v4: Range<u32>,
    v6: Range<u32>,
    outcomes: Range<u32>,
    written: Range<u32>,
}

impl FabricBuilder {
    /// An empty fabric: mark 0 belongs to nobody.
    #[must_use]
    pub fn new() -> Self {
        let nobody = Fabric {
            marks: vec![Vec::new()],
            labels: vec![Label::default()],
            named: vec![0; 256],
            ..Fabric::default()
        };
        let known = Known {
            marks: FxHashMap::from_iter([(Vec::new(), 0)]),
            labels: FxHashMap::from_iter([(Label::default(), 0)]),
            written: [NONE; 2],
            begun: 0,
        };
        Self(nobody, known)
    }

    /// A finished fabric, for some of its tables to be written anew. It gets no further mark,
    /// and no link.
    #[must_use]
    pub fn again(fabric: Fabric) -> Self {
        let mut out = Self(fabric, Known::default());
        out.begin_again();
        out
    }

    /// What is written for one table is that table's alone.
    fn begin_again(&mut self) {
        self.1.written = [NONE; 2];
        self.1.begun = self.0.written.len() as u32;
    }

    /// The finished fabric with tables written anew, none of whose rows leads over a link.
    #[must_use]
    pub fn finish_again(self) -> Fabric {
        self.0
    }

    /// Puts the last table in the place of another of the same name, and its rows where that had room.
    /// So a table that is written anew again and again takes room for twice its rows, and whatever is
    /// too small by then is less than that.
    pub fn replace(&mut self, table: TableId, room: &mut Room) {
        let Self(fabric, known) = &mut *self;
        let Some(mut last) = fabric.tables.pop() else {
            return;
        };
        if let Some(before) = fabric.tables.get(table as usize) {
            let rows = fabric.rows_of(before).map(|(_, row)| row);
            let rows = rows.filter(|row| !row.is(flags::ANY_PROTOCOL));
            let gone: Vec<u8> = rows.map(|row| row.proto).collect();
            for proto in gone {
                if let Some(named) = fabric.named.get_mut(proto as usize) {
                    *named = named.saturating_sub(1);
                }
            }
        }
        let number = |len: usize, from: u32| len as u32 - from;
        let outcomes = number(fabric.outcomes.len(), last.outcomes);
        let written = number(fabric.written.len(), known.begun);
        let fits = room.v4.len() >= last.v4.len as usize
            && room.v6.len() >= last.v6.len as usize
            && room.outcomes.len() >= outcomes as usize
            && room.written.len() >= written as usize;
        let moved = |room: &Range<u32>, from: u32| {
            let to = room.start;
            fits.then_some(Moved { from, to })
        };
        let there = moved(&room.written, known.begun);
        fabric.v4.settle(&mut last.v4, &mut room.v4, there);
        fabric.v6.settle(&mut last.v6, &mut room.v6, there);
        let there = moved(&room.outcomes, last.outcomes);
        settle(
            &mut fabric.outcomes,
            last.outcomes,
            &mut room.outcomes,
            there,
        );
        last.outcomes = room.outcomes.start;
        let there = moved(&room.written, known.begun);
        let all = fabric.written.all();
        settle(all, known.begun, &mut room.written, there);
        if let Some(place) = fabric.tables.get_mut(table as usize) {
            fabric.names.all().pop();
            last.last_word = place.last_word;
            *place = last;
        }
        self.begin_again();
    }

    /// What there is so far.
    #[must_use]
    pub fn fabric(&self) -> &Fabric {
        &self.0
    }

    /// The fabric, once every node has its shape: what leads
    /// somewhere knows the stage there.
    #[must_use]
    pub fn finish(mut self) -> Fabric {
        let mut links = std::mem::take(&mut self.0.links);
        for link in &mut links {
            link.stage = self.0.begins(link.to, link.entry);
        }
        let Fabric {
            tables, outcomes, ..
        } = &mut self.0;
        let others = tables.iter_mut().map(|t| &mut t.otherwise);
        for outcome in outcomes.iter_mut().chain(others) {
            if let Action::Go(link) = outcome.action
                && let Some(link) = links.get(link as usize)
            {
                (outcome.to, outcome.stage) = (link.to, link.stage);
            }
        }
        Fabric { links, ..self.0 }
    }

    /// Keeps a name.
    pub fn name(&mut self, name: impl Into<SmolStr>) -> u32 {
        self.0.names.push(name.into());
        self.0.names.len() as u32 - 1
    }

    /// Keeps where a row was written: once for all rows of one rule, and for those of two rules that
    /// take turns.
    fn written(&mut self, origin: Origin, text: SmolStr) -> u32 {
        let (written, [last, before]) = (&mut self.0.written, self.1.written);
        let same = |at: &u32| {
            let known = written.get(*at as usize);
            known.is_some_and(|(place, known)| *known == text && place.is_same(&origin))
        };
        let at = [last, before].into_iter().find(same).unwrap_or_else(|| {
            written.push((origin, text));
            written.len() as u32 - 1
        });
        if at != last {
            self.1.written = [at, last];
        }
        at
    }

    /// Adds a table of rows in order.
    pub fn table(
        &mut self,
        name: &str,
        side: Side,
        rows: Vec<RowSpec>,
        otherwise: Action,
        implied: &'static str,
    ) -> TableId {
        let last_word = self.name(format_smolstr!("{name} otherwise"));
        let outcomes = self.0.outcomes.len() as u32;
        let (v4, v6) = (self.0.v4.begun(), self.0.v6.begun());
        let mut known: FxHashMap<Action, u16> = FxHashMap::default();
        for spec in rows {
            let then = *known.entry(spec.then).or_insert_with(|| {
                self.0.outcomes.push(spec.then.into());
                (self.0.outcomes.len() as u32 - 1 - outcomes) as u16
            });
            let (mut flags, proto) = (spec.flags, spec.proto.unwrap_or(0));
            if spec.proto.is_none() {
                flags |= flags::ANY_PROTOCOL;
            }
            if let Span::Tag(_) | Span::TagV4(_) | Span::TagV6(_) = spec.span {
                flags |= flags::BY_MARK;
            }
            let ports = spec.ports;
            let row = Row {
                lo: (),
                hi: (),
                ports,
                proto,
                flags,
                then,
            };
            if let Some(named) = spec.proto.and_then(|p| self.0.named.get_mut(p as usize)) {
                *named += if spec.span == Span::Any { 2 } else { 1 };
            }
            let written = self.written(spec.origin, spec.text);
            let Fabric { v4, v6, .. } = &mut self.0;
            match spec.span {
                Span::Of(lo, hi) => match (lo.v4(), hi.v4()) {
                    (Some(lo), Some(hi)) => v4.push(row.about(lo, hi), written),
                    _ => v6.push(row.about(lo, hi), written),
                },
                Span::Any => {
                    v4.push(row.about(0, u32::MAX), written);
                    v6.push(row.about(Address::new(0), Address::new(u128::MAX)), written);
                }
                Span::Tag(tag) => {
                    v4.push(row.about(tag, tag), written);
                    v6.push(row.about(tag.into(), tag.into()), written);
                }
                Span::TagV4(tag) => v4.push(row.about(tag, tag), written),
                Span::TagV6(tag) => v6.push(row.about(tag.into(), tag.into()), written),
            }
        }
        self.0.tables.push(Table {
            v4: self.0.v4.ended(v4),
            v6: self.0.v6.ended(v6),
            side,
            otherwise: otherwise.into(),
            outcomes,
            last_word,
            implied,
        });
        self.0.tables.len() as u32 - 1
    }

    /// Adds a row to be cited: one that is no table's. Rows about anybody are cited by that of IPv4.
    pub fn cited(&mut self, name: &str, spec: RowSpec) -> u32 {
        let table = self.table(name, Side::Dst, vec![spec], Action::Next, "");
        let table = self.0.tables.get(table as usize);
        let first = table.and_then(|t| self.0.rows_of(t).next());
        first.map_or(NONE, |(row, _)| row)
    }

    /// Adds a shape.
    pub fn shape(&mut self, shape: Shape) -> u32 {
        let Fabric { stages, shapes, .. } = &mut self.0;
        shapes.push(Lists {
            first: stages.len() as u32,
            number: shape.stages.len() as u32,
            entries: shape.entries,
            reply: shape.reply,
        });
        stages.extend(shape.stages);
        stages.push(Stage::Opaque {
            code: Code::UNSUPPORTED_COMPONENT,
        });
        shapes.len() as u32 - 1
    }

    /// Adds a node whose slots are filled later.
    pub fn node(&mut self, shape: u32, name: impl Into<SmolStr>) -> NodeId {
        let name = self.name(name);
        self.0.nodes.push(Node {
            shape,
            mark: 0,
            slots: [NONE; 9],
            name,
        });
        self.0.nodes.len() as u32 - 1
    }

    /// A node, to be given a mark or a shape.
    pub fn node_mut(&mut self, node: NodeId) -> Option<&mut Node> {
        self.0.nodes.get_mut(node as usize)
    }

    /// Fills a slot.
    pub fn slot(&mut self, node: NodeId, slot: usize, table: TableId) {
        if let Some(place) = self
            .0
            .nodes
            .get_mut(node as usize)
            .and_then(|n| n.slots.get_mut(slot))
        {
            *place = table;
        }
    }

    /// Adds a link.
    pub fn link(&mut self, link: Link) -> LinkId {
        self.0.links.push(link);
        self.0.links.len() as u32 - 1
    }

    /// A label, for links.
    pub fn label(&mut self, label: Label) -> u16 {
        let labels = &mut self.0.labels;
        *self.1.labels.entry(label).or_insert_with(|| {
            labels.push(label);
            labels.len() as u16 - 1
        })
    }

    /// A plain link to an entry.
    pub fn to(&mut self, to: NodeId, entry: u8) -> Action {
        Action::Go(self.link(Link {
            to,
            entry,
            ..Link::default()
        }))
    }

    /// A labelled link to an entry.
    pub fn over(&mut self, to: NodeId, entry: u8, label: Label) -> Action {
        let label = self.label(label);
        Action::Go(self.link(Link {
            to,
            entry,
            label,
            ..Link::default()
        }))
    }

    /// A rewriting action.
    pub fn rewriting(&mut self, rewrite: Rewrite) -> Action {
        self.0.rewrites.push(rewrite);
        Action::Rewrite(self.0.rewrites.len() as u32 - 1)
    }

    /// A choice of alternatives; `otherwise` if there is none.
    pub fn choosing(&mut self, alternatives: Vec<Alternative>, otherwise: Code) -> Action {
        if alternatives.is_empty() {
            return Action::Drop(otherwise);
        }
        let first = self.0.alternatives.len() as u32;
        let number = alternatives.len() as u32;
        self.0.alternatives.extend(alternatives);
        Action::Choose(first, number)
    }

    /// The mark with these tags.
    pub fn mark(&mut self, mut tags: Vec<u32>) -> u32 {
        tags.sort_unstable();
        tags.dedup();
        if let Some(mark) = self.1.marks.get(&tags) {
            return *mark;
        }
        let mark = self.0.marks.len() as u32;
        self.0.marks.push(tags.clone());
        self.1.marks.insert(tags, mark);
        mark
    }

    /// What becomes of every mark by each of these turns, tag by tag. What a mark becomes is a mark
    /// as well.
    pub fn turns(&mut self, turns: &[&dyn Fn(u32) -> u32]) {
        self.0.turns = vec![Vec::new(); turns.len()];
        let mut next = 0;
        while let Some(tags) = self.0.marks.get(next).cloned() {
            for (number, turn) in turns.iter().enumerate() {
                let mark = self.mark(tags.iter().map(|t| turn(*t)).collect());
                if let Some(turned) = self.0.turns.get_mut(number) {
                    turned.push(mark);
                }
            }
            next += 1;
        }
    }
}

/// Moves the last of some to where there is room for them, or makes room for as many again behind them.
fn settle<T: Clone>(all: &mut Vec<T>, from: u32, room: &mut Range<u32>, to: Option<Moved>) {
    let from = from as usize;
    match to {
        Some(moved) => {
            let last = all.split_off(from);
            let places = all.get_mut(moved.to as usize..).unwrap_or_default();
            for (place, new) in places.iter_mut().zip(last) {
                *place = new;
            }
        }
        None => {
            let end = all.len() + all.len() - from;
            if let Some(last) = all.last().cloned() {
                all.resize(end, last);
            }
            *room = from as u32..end as u32;
        }
    }
}
