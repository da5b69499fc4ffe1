//! What travels, and what it meets: nodes, each an ordered list of stages of first-match tables.
//!
//! Nothing here knows an AWS word. A *node* is where stages run; it has numbered *entries*, one
//! stage list each. A *link* leads to an entry of a node and carries a label: exposed or not,
//! inside or outside the provider's network. A *place* is a stage of a node: it keys what is
//! remembered and what is reported.

mod address;
mod build;
mod fixed;
mod flow;
mod list;
mod packet;
mod region;
mod row;
mod set;
mod span;
mod traffic;

pub use address::{Address, Bits, Span};
pub use build::{FabricBuilder, Room, RowSpec};
pub use flow::Flow;
pub use list::{Rows, Tags};
pub use packet::Packet;
pub use region::Region;
pub use row::{Arena, Part, Row, V6, flags};
pub use set::{PacketSet, Piece};
pub use span::{Interval, Neighbours, joined};
pub use traffic::{Hit, Parts, Share, Side, Taken, Traffic};

use crate::code::Code;
use crate::kept::Kept;
use crate::model::Origin;
use crate::word::{self, Word};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Index of a node.
pub type NodeId = u32;
/// Index of a link.
pub type LinkId = u32;
/// Index of a table.
pub type TableId = u32;
/// No row, no link, no session.
pub const NONE: u32 = u32::MAX;

/// A stage of a node: `node * 64 + stage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(pub u32);

impl Place {
    /// The place of a stage.
    #[must_use]
    #[inline]
    pub fn new(node: NodeId, stage: usize) -> Self {
        Self(node * 64 + stage as u32)
    }

    /// Its node.
    #[must_use]
    pub fn node(self) -> NodeId {
        self.0 / 64
    }

    /// Its stage within the shape.
    #[must_use]
    pub fn stage(self) -> usize {
        (self.0 % 64) as usize
    }
}

/// Where stages run. What the stages mean for this node is in `slots`: the tables they look at.
#[derive(Clone, Debug)]
pub struct Node {
    /// Which stage lists.
    pub shape: u32,
    /// Who it says it is: an index into [`Fabric::marks`].
    pub mark: u32,
    /// The tables its stages look at.
    pub slots: [TableId; 9],
    /// Name and role, for printing: an index into [`Fabric::names`].
    pub name: u32,
}

/// Where a fabric has the stage lists of a kind of node.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Lists {
    /// The first of [`Fabric::stages`].
    pub first: u32,
    /// How many there are.
    pub number: u32,
    /// Where each entry's list begins, counted from there.
    pub entries: Vec<u8>,
    /// The entry a reply of this node starts at.
    pub reply: u8,
}

/// The stage lists of a kind of node, to be.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// All stages, the lists one after the other.
    pub stages: Vec<Stage>,
    /// Where each entry's list begins.
    pub entries: Vec<u8>,
    /// The entry a reply of this node starts at.
    pub reply: u8,
}

/// Which of a node's slots.
pub type Slot = u8;

/// One kind of decision. The list is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Passes or drops by a table. With `state`, a flow that passed may answer: the state is
    /// shared by every filter of the node with the same number.
    Filter {
        /// What kind of filter, for printing.
        #[serde(with = "word")]
        what: Word,
        /// Its table.
        table: Slot,
        /// The memory it shares, if it has one.
        state: Option<u8>,
    },
    /// Sends traffic on by a table; `Next` falls through.
    Route {
        /// What kind of table, for printing.
        #[serde(with = "word")]
        what: Word,
        /// Its table.
        table: Slot,
    },
    /// Changes headers by a table. With `remember`, the way back is by memory alone.
    Translate {
        /// What kind of translation, for printing.
        #[serde(with = "word")]
        what: Word,
        /// Its table.
        table: Slot,
        /// Replies are restored from memory; a reply it does not remember is dropped.
        remember: bool,
    },
    /// Restores what `of` changed; what `of` does not remember is dropped with `otherwise`,
    /// or goes on if there is none.
    Recall {
        /// The translating stage of this node.
        of: u8,
        /// Why the rest is dropped.
        otherwise: Option<Code>,
    },
    /// A reply that a link on its way asked back goes back over that link; the rest goes on.
    Return {
        /// Which links' replies it looks for.
        asked: Distance,
        /// First through the rest of the list from this stage on, which ends in a plain return.
        through: Option<u8>,
    },
    /// Takes the node's mark.
    Mark,
    /// Anything may happen here.
    Opaque {
        /// Why it is not modelled.
        code: Code,
    },
    /// The list ends: the traffic has arrived at this node.
    Arrive,
}

/// What a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// The next stage.
    Next,
    /// The end, and why.
    Drop(Code),
    /// Over a link.
    Go(LinkId),
    /// Headers change; the next stage.
    Rewrite(u32),
    /// Every alternative of a choice: first and number.
    Choose(u32, u32),
    /// Anything may happen.
    Opaque(Code),
}

/// What comes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What is done.
    pub action: Action,
    /// In a finished fabric, the node that the link leads to: for the next look-up not to wait until
    /// the link is read.
    pub to: NodeId,
    /// In a finished fabric, the stage that the link leads to.
    pub stage: u32,
}

impl From<Action> for Outcome {
    fn from(action: Action) -> Self {
        Self {
            action,
            to: NONE,
            stage: 0,
        }
    }
}

/// Rows in order; the first that matches decides, `otherwise` decides the rest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Table {
    /// Its rows for IPv4.
    pub v4: Part,
    /// Its rows for IPv6.
    pub v6: Part,
    /// Whether rows look at the source or the destination address.
    pub side: Side,
    /// What decides the rest.
    pub otherwise: Outcome,
    /// Where its rows' outcomes begin.
    pub outcomes: u32,
    /// For printing, what decides the rest: an index into [`Fabric::names`].
    pub last_word: u32,
    /// The rule that makes `otherwise`.
    #[serde(with = "word")]
    pub implied: Word,
}

impl Table {
    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v4.len == 0 && self.v6.len == 0
    }
}

/// Whether what lies behind a link is outside the provider's network.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum Outside {
    /// Inside.
    #[default]
    No,
    /// The input does not say.
    CannotTell,
    /// Outside.
    Yes,
}

/// What a link says about whoever crosses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Label {
    /// Public.
    pub exposed: bool,
    /// Behind it.
    pub outside: Outside,
    /// The mechanism it stands for.
    #[serde(with = "word::optional")]
    pub token: Option<Word>,
    /// An assumption that crossing it makes.
    #[serde(with = "word::optional")]
    pub assumes: Option<Word>,
}

/// What a link does to the mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MarkOp {
    /// Leaves it.
    #[default]
    Keep,
    /// Forgets it.
    Clear,
    /// Takes this one.
    Set(u32),
    /// Becomes another, by [`Fabric::turns`].
    Turn(u32),
}

/// Where replies go that a link asks back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Back {
    /// It asks for none: they find their own way.
    #[default]
    None,
    /// To this node and entry.
    To(NodeId, u8),
    /// To the node that crossed it, at this entry.
    Here(u8),
}

/// How far away the returns are that look for a link's replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Distance {
    /// Beyond the filters of the node that it led to.
    #[default]
    Far,
    /// Before them.
    Near,
    /// At other nodes than the one it led to.
    Outer,
}

/// A way to an entry of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Link {
    /// The node.
    pub to: NodeId,
    /// Its entry.
    pub entry: u8,
    /// The stage that the entry begins at, of all stages of a finished fabric.
    pub stage: u32,
    /// What crossing it means: an index into [`Fabric::labels`].
    pub label: u16,
    /// What it does to the mark.
    pub mark: MarkOp,
    /// Replies go back over it.
    pub back: Back,
    /// Which returns look for its replies.
    pub asked: Distance,
}

/// Constant changes to headers. `sport` allocates from a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rewrite {
    /// New source.
    pub src: Option<Address>,
    /// New destination.
    pub dst: Option<To>,
    /// New source port, from a range.
    pub sport: Option<(u16, u16)>,
    /// New destination port.
    pub dport: Option<u16>,
}

/// Where traffic goes instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum To {
    /// To this address.
    At(Address),
    /// To the IPv4 address in the last 32 bits of the one it was sent to.
    Embedded,
}

impl Rewrite {
    /// The new destination of what was sent to an address.
    #[must_use]
    #[inline]
    pub fn destination(&self, dst: Address) -> Address {
        match self.dst {
            None => dst,
            Some(To::At(to)) => to,
            Some(To::Embedded) => Address::of_v4(dst.low32()),
        }
    }
}

/// One alternative of a choice that headers do not decide.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Alternative {
    /// What it may not take (filter applied first), or `NONE`.
    pub unless: TableId,
    /// Headers change and are remembered.
    pub rewrite: Rewrite,
    /// A link whose `back` the replies take although they are not addressed there, or `NONE`.
    pub pull: LinkId,
    /// Takes the node's mark.
    pub mark: bool,
    /// Where it is remembered that this one was taken, for the replies to take it too, or `NONE`.
    pub keep: u32,
    /// For replies that took it, and for nobody else.
    pub only_kept: bool,
    /// What happens then: the next stage, or a way of its own.
    pub then: Action,
    /// The row that offers it.
    pub row: u32,
}

/// Everything compiled.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[allow(
    missing_docs,
    reason = "each field is the arena of what it is named after"
)]
pub struct Fabric {
    #[serde(with = "crate::fixed")]
    pub nodes: Vec<Node>,
    pub shapes: Vec<Lists>,
    /// Those of one shape after the other's. A list that does not end leads to an opaque stage.
    pub stages: Vec<Stage>,
    pub tables: Vec<Table>,
    pub v4: Arena<u32>,
    pub v6: Arena<Address>,
    /// Where rows were written, and their short text.
    pub written: Kept<(Origin, SmolStr)>,
    #[serde(with = "crate::fixed")]
    pub outcomes: Vec<Outcome>,
    #[serde(with = "crate::fixed")]
    pub links: Vec<Link>,
    /// What links mean; those without a word have the first.
    pub labels: Vec<Label>,
    pub rewrites: Vec<Rewrite>,
    pub alternatives: Vec<Alternative>,
    /// Sorted tags of each mark; mark 0 has none.
    pub marks: Vec<Vec<u32>>,
    /// What becomes of each mark, by [`MarkOp::Turn`].
    pub turns: Vec<Vec<u32>>,
    pub names: Kept<SmolStr>,
    /// Of each protocol, how many rows name it.
    pub named: Vec<u32>,
}

impl Fabric {
    /// What a mark becomes.
    #[must_use]
    pub fn turned(&self, turn: u32, mark: u32) -> u32 {
        let marks = self.turns.get(turn as usize);
        marks
            .and_then(|m| m.get(mark as usize))
            .copied()
            .unwrap_or_default()
    }

    /// Where a row was written, and its short text.
    #[must_use]
    pub fn origin(&self, row: u32) -> Option<(&Origin, &SmolStr)> {
        let place = if row & V6 == 0 {
            self.v4.origins.get(row as usize)?
        } else {
            self.v6.origins.get((row & !V6) as usize)?
        };
        let (origin, text) = self.written.get(*place as usize)?;
        Some((origin, text))
    }

    /// A row by its number.
    #[must_use]
    pub fn row(&self, row: u32) -> Option<Row<Address>> {
        if row & V6 == 0 {
            self.v4.rows.get(row as usize).map(Row::wide)
        } else {
            self.v6.rows.get((row & !V6) as usize).copied()
        }
    }

    /// The protocols that some row names, sorted.
    #[must_use]
    pub fn protocols(&self) -> Vec<u8> {
        let all = (0..=u8::MAX).zip(&self.named);
        let all = all.filter(|(_, rows)| **rows > 0);
        all.map(|(proto, _)| proto).collect()
    }

    /// What crossing a link means.
    #[must_use]
    pub fn label(&self, link: LinkId) -> Label {
        let link = self.links.get(link as usize);
        let label = link.and_then(|l| self.labels.get(l.label as usize));
        label.copied().unwrap_or_default()
    }

    /// The name of a node.
    #[must_use]
    pub fn node_name(&self, node: NodeId) -> &SmolStr {
        static NAMELESS: SmolStr = SmolStr::new_static("");
        let node = self.nodes.get(node as usize);
        let name = node.and_then(|n| self.names.get(n.name as usize));
        name.unwrap_or(&NAMELESS)
    }

    /// The stage at a place.
    #[must_use]
    pub fn stage(&self, place: Place) -> Option<Stage> {
        let first = self.lists(place.node())?.first as usize;
        self.stages.get(first + place.stage()).copied()
    }

    /// The stage lists of a node.
    #[must_use]
    #[inline]
    pub fn lists(&self, node: NodeId) -> Option<&Lists> {
        let node = self.nodes.get(node as usize)?;
        self.shapes.get(node.shape as usize)
    }

    /// The stages of a node, its lists one after the other.
    #[must_use]
    pub fn stages_of(&self, node: &Node) -> &[Stage] {
        let lists = self.shapes.get(node.shape as usize);
        let range = lists.map_or(0..0, |l| l.first as usize..(l.first + l.number) as usize);
        self.stages.get(range).unwrap_or_default()
    }

    /// The stage that an entry of a node begins at, of all stages.
    #[must_use]
    pub fn begins(&self, node: NodeId, entry: u8) -> u32 {
        self.lists(node).map_or(0, |lists| {
            let stage = lists.entries.get(entry as usize).copied();
            lists.first + u32::from(stage.unwrap_or_default())
        })
    }

    /// The table that a stage looks at.
    #[must_use]
    pub fn table_at(&self, place: Place) -> Option<&Table> {
        self.tables.get(self.table_id_at(place)? as usize)
    }

    /// The same, by its number.
    #[must_use]
    pub fn table_id_at(&self, place: Place) -> Option<TableId> {
        let slot = match self.stage(place)? {
            Stage::Filter { table, .. }
            | Stage::Route { table, .. }
            | Stage::Translate { table, .. } => table,
            Stage::Recall { .. }
            | Stage::Return { .. }
            | Stage::Mark
            | Stage::Opaque { .. }
            | Stage::Arrive => return None,
        };
        let node = self.nodes.get(place.node() as usize)?;
        node.slots.get(slot as usize).copied()
    }

    /// The rows of a table with their numbers, one family's after the other's.
    pub fn rows_of(&self, table: &Table) -> impl Iterator<Item = (u32, Row<Address>)> + '_ {
        let numbers = |part: &Part| part.first..part.first + part.len;
        let v6 = numbers(&table.v6).map(|n| n | V6);
        numbers(&table.v4)
            .chain(v6)
            .filter_map(|n| Some((n, self.row(n)?)))
    }

    /// The rows of a table, as traffic looks at them.
    #[must_use]
    #[inline]
    pub fn rows_for<'a>(&'a self, table: &'a Table) -> Rows<'a> {
        Rows {
            fabric: self,
            table,
        }
    }

    /// What comes of rows of a table that say so.
    #[must_use]
    #[inline]
    pub fn outcome<'a>(&'a self, table: &'a Table, then: u16) -> &'a Outcome {
        self.outcomes
            .get(table.outcomes as usize + then as usize)
            .unwrap_or(&table.otherwise)
    }

    /// Whether two actions do the same: whoever needs a link makes one, and two may be equal.
    #[must_use]
    pub fn same(&self, a: Action, b: Action) -> bool {
        let link = |action| match action {
            Action::Go(link) => self.links.get(link as usize),
            _ => None,
        };
        a == b || link(a).is_some_and(|a| link(b) == Some(a))
    }
}
