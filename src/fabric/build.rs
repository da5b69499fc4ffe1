//! Making a fabric: tables from row specifications, nodes, links.

use super::{
    Action, Address, Alternative, Fabric, Label, Link, LinkId, Lists, NONE, Node, NodeId, Rewrite,
    Row, Shape, Side, Span, Stage, Table, TableId, flags,
};
use crate::code::Code;
use crate::model::Origin;
use smol_str::{SmolStr, format_smolstr};
use std::collections::HashMap;

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
pub struct FabricBuilder(
    Fabric,
    /// Marks by their tags.
    HashMap<Vec<u32>, u32>,
);

impl FabricBuilder {
    /// An empty fabric: mark 0 belongs to nobody.
    #[must_use]
    pub fn new() -> Self {
        let nobody = Fabric {
            marks: vec![Vec::new()],
            ..Fabric::default()
        };
        Self(nobody, HashMap::from([(Vec::new(), 0)]))
    }

    /// A finished fabric, for some of its tables to be written anew. It gets no further mark.
    #[must_use]
    pub fn again(fabric: Fabric) -> Self {
        Self(fabric, HashMap::new())
    }

    /// The finished fabric with tables written anew, none of whose rows leads over a link.
    #[must_use]
    pub fn finish_again(self) -> Fabric {
        self.0
    }

    /// Puts the last table in the place of another.
    pub fn replace(&mut self, table: TableId) {
        let last = self.0.tables.pop();
        if let Some((place, last)) = self.0.tables.get_mut(table as usize).zip(last) {
            *place = last;
        }
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

    /// Keeps where a row was written: once for all rows of one rule.
    fn written(&mut self, origin: Origin, text: SmolStr) -> u32 {
        let written = &mut self.0.written;
        let same = |(place, last): &(Origin, _)| *last == text && place.is_same(&origin);
        if !written.last().is_some_and(same) {
            written.push((origin, text));
        }
        written.len() as u32 - 1
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
        let mut known: HashMap<Action, u16> = HashMap::new();
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
        if let Some(mark) = self.1.get(&tags) {
            return *mark;
        }
        let mark = self.0.marks.len() as u32;
        self.0.marks.push(tags.clone());
        self.1.insert(tags, mark);
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
