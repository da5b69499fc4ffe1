//! A network that is edited while its matrix and its properties stay exact.
//!
//! An edit is judged by what it touches. Rules of a group decide nothing but rows of that group's
//! tables (`aws`): those are written anew, and then the rows of the matrix that hang on them. If a new
//! rule tells apart what was one class, the matrix is compiled anew over the same fabric. Anything
//! else is a new network. What an edit came to, [`Changed`] says.

mod extents;
mod standing;

use self::extents::Extents;
use self::standing::Standing;
use super::classes::ClassId;
use super::pairs::{Cell, Options, Pairs, Parts, Rewritten};
use super::prove::Proof;
use crate::aws::{self, Compiled, Rules, compile};
use crate::diagnostic::Diagnostic;
use crate::edit::{AddGroupRule, Edit, RemoveGroupRule, Way};
use crate::fabric::{Table, TableId, flags};
use crate::model::{Draft, GroupRule, Id, Interface, Network, Peer, SecurityGroup, build};
use crate::property::Property;

/// A network under edit.
#[derive(Clone, Debug)]
pub struct Session {
    /// What edits are made in.
    draft: Draft,
    network: Network,
    compiled: Compiled,
    parts: Parts,
    options: Options,
    rules: Rules,
    extents: Extents,
    protocols: Protocols,
    standing: Vec<Standing>,
}

/// How much was worked out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rebuilt {
    /// The tables of one group, and the rows of the matrix that hang on them.
    Rows,
    /// The same tables, and the whole matrix: classes and ports have other numbers.
    Matrix,
    /// The network.
    Everything,
}

/// What an edit changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// How much was worked out again.
    pub rebuilt: Rebuilt,
    /// Where only rows were: those that are other than before, by the class that is reached and the
    /// class of ports. What rows leave open is not among them: the walker decides it when it is asked.
    pub rows: Vec<(ClassId, usize)>,
    /// The properties whose outcome is of another kind than before, by number.
    pub properties: Vec<usize>,
    /// Sources and destinations of properties that were followed again.
    pub followed: usize,
}

/// How many rows name each protocol.
type Protocols = Vec<u32>;

impl Session {
    /// Begins with a network and what has to hold of it.
    ///
    /// # Errors
    /// What is wrong with the network.
    pub fn new(draft: Draft, properties: Vec<Property>) -> Result<Self, Vec<Diagnostic>> {
        Self::with(draft, properties, Options::default())
    }

    /// The same, with a matrix as it is wanted.
    ///
    /// # Errors
    /// What is wrong with the network.
    pub fn with(
        draft: Draft,
        properties: Vec<Property>,
        options: Options,
    ) -> Result<Self, Vec<Diagnostic>> {
        let built = build(draft.clone());
        let network = built.network.ok_or(built.diagnostics)?;
        let compiled = compile(&network);
        let parts = Pairs::compile(&network, &compiled, options).into_parts();
        let prove = |property| Standing::new(&network, &compiled, property);
        let standing = properties.into_iter().map(prove).collect();
        Ok(Self {
            rules: Rules::new(&network, &compiled),
            extents: Extents::new(&parts.classes, &parts.owned),
            protocols: protocols(&compiled),
            standing,
            draft,
            network,
            compiled,
            parts,
            options,
        })
    }

    /// The network as it is now.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The same, compiled.
    #[must_use]
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// All pairs, as they are now.
    #[must_use]
    pub fn matrix(&self) -> Pairs<'_> {
        Pairs::of(&self.network, &self.compiled, &self.parts)
    }

    /// The class of a port, by its number in the matrix.
    #[must_use]
    pub fn port(&self, v4: bool, protocol: u8, port: u16) -> Option<usize> {
        let matrix = self.matrix();
        let mut classes = matrix.ports().iter();
        classes.position(|c| c.v4 == v4 && c.proto == protocol && c.has(port))
    }

    /// What becomes of what one interface sends another at a class of ports.
    #[must_use]
    pub fn cell(&self, from: Id<Interface>, to: Id<Interface>, port: usize) -> Cell {
        let classes = &self.parts.classes;
        match from == to {
            true => Cell::None,
            false => self.matrix().cell(classes.of(from), classes.of(to), port),
        }
    }

    /// The properties, and what comes of each: a text, if it means nothing in the network as it is.
    pub fn properties(&self) -> impl Iterator<Item = (&Property, &Result<Proof, String>)> {
        self.standing.iter().map(Standing::proof)
    }

    /// Makes an edit. What would not be a network is refused, and nothing changes.
    ///
    /// # Errors
    /// What would be wrong with the network.
    pub fn apply(&mut self, edit: &Edit) -> Result<Changed, Vec<Diagnostic>> {
        match edit {
            Edit::AddGroupRule(add) if self.is_settled(add) => Ok(self.add(add)),
            Edit::RemoveGroupRule(remove) => match remove.number(&self.network) {
                Some(number) => Ok(self.remove(remove, number)),
                None => Ok(Changed {
                    rebuilt: Rebuilt::Rows,
                    rows: Vec::new(),
                    properties: Vec::new(),
                    followed: 0,
                }),
            },
            other => {
                let mut draft = self.draft.clone();
                other.apply(&self.network, &mut draft);
                self.replace(draft)
            }
        }
    }

    /// Changes the network in any way.
    ///
    /// # Errors
    /// What would be wrong with the network; then nothing changes.
    pub fn change(&mut self, edit: impl FnOnce(&mut Draft)) -> Result<Changed, Vec<Diagnostic>> {
        let mut draft = self.draft.clone();
        edit(&mut draft);
        self.replace(draft)
    }

    /// Whether a rule names nothing that would have to be looked up or checked.
    fn is_settled(&self, add: &AddGroupRule) -> bool {
        let group = self.network.groups.iter().nth(add.group.index());
        let Some((_, group)) = group else {
            return false;
        };
        match &add.peer {
            Peer::Cidr(_) | Peer::AwsList(..) => true,
            Peer::Group(other) => other
                .id()
                .is_some_and(|o| o.index() < self.network.groups.len()),
            Peer::List(list) => {
                let lists = &self.network.prefix_lists;
                let list = list.id().filter(|l| l.index() < lists.len());
                let vpc = group.vpc.id().map(|v| &self.network.vpcs[v].region);
                list.is_some_and(|l| Some(&lists[l].region) == vpc)
            }
        }
    }

    fn add(&mut self, add: &AddGroupRule) -> Changed {
        let rule = add.rule();
        for draft in [&mut self.draft, self.network.rules_alone()] {
            if let Some(rules) = rules_of(draft, add.group, add.way) {
                rules.push(rule.clone());
            }
        }
        self.rewritten(add.group, add.way, true)
    }

    fn remove(&mut self, remove: &RemoveGroupRule, number: usize) -> Changed {
        for draft in [&mut self.draft, self.network.rules_alone()] {
            let rules = rules_of(draft, remove.group, remove.way);
            if let Some(rules) = rules.filter(|r| number < r.len()) {
                rules.remove(number);
            }
        }
        self.rewritten(remove.group, remove.way, false)
    }

    /// The rules of a group are others: more, or fewer.
    fn rewritten(&mut self, group: Id<SecurityGroup>, way: Way, added: bool) -> Changed {
        let looks = match way {
            Way::In => aws::Way::In,
            Way::Out => aws::Way::Out,
        };
        let rules = &mut self.rules;
        let before = rules.rewrite(&self.network, &mut self.compiled, group, looks);
        let fabric = &self.compiled.fabric;
        let new = Rewritten::new(fabric, &before, added);
        let anew = new.tables.iter().any(|t| self.parts.leads_by(*t))
            || self.parts.splits_ports(&new)
            || self
                .extents
                .splits(&new, &self.parts.classes, &self.parts.owned);
        let (rebuilt, rows) = match anew {
            false => (Rebuilt::Rows, self.parts.rewrite(fabric, &new)),
            true => {
                self.compile_matrix();
                (Rebuilt::Matrix, Vec::new())
            }
        };
        let met = match self.protocols_differ(&before) {
            true => None,
            false => Some(new.tables.as_slice()),
        };
        let (properties, followed) = self.prove(met);
        Changed {
            rebuilt,
            rows,
            properties,
            followed,
        }
    }

    fn compile_matrix(&mut self) {
        let pairs = Pairs::compile(&self.network, &self.compiled, self.options);
        self.parts = pairs.into_parts();
        self.extents = Extents::new(&self.parts.classes, &self.parts.owned);
    }

    /// Counts the protocols of tables that have been written anew; whether others are named than before.
    fn protocols_differ(&mut self, before: &[(TableId, Table)]) -> bool {
        let fabric = &self.compiled.fabric;
        let mut differ = false;
        for (id, old) in before {
            let new = fabric.tables.get(*id as usize);
            for (table, more) in new.into_iter().map(|t| (t, true)).chain([(old, false)]) {
                for (_, row) in fabric.rows_of(table) {
                    let count = self.protocols.get_mut(row.proto as usize);
                    let Some(count) = count.filter(|_| !row.is(flags::ANY_PROTOCOL)) else {
                        continue;
                    };
                    differ |= *count == u32::from(!more);
                    *count = match more {
                        true => *count + 1,
                        false => count.saturating_sub(1),
                    };
                }
            }
        }
        differ
    }

    /// Another network.
    fn replace(&mut self, draft: Draft) -> Result<Changed, Vec<Diagnostic>> {
        let built = build(draft.clone());
        self.network = built.network.ok_or(built.diagnostics)?;
        self.draft = draft;
        self.compiled = compile(&self.network);
        self.rules = Rules::new(&self.network, &self.compiled);
        self.protocols = protocols(&self.compiled);
        self.compile_matrix();
        let (properties, followed) = self.prove(None);
        Ok(Changed {
            rebuilt: Rebuilt::Everything,
            rows: Vec::new(),
            properties,
            followed,
        })
    }

    /// Proves the properties again that hang on some tables, or all: those whose outcome is another
    /// now, and how many sources and destinations were followed.
    fn prove(&mut self, tables: Option<&[TableId]>) -> (Vec<usize>, usize) {
        let (mut changed, mut followed) = (Vec::new(), 0);
        for (number, standing) in self.standing.iter_mut().enumerate() {
            let (differs, count) = standing.again(&self.network, &self.compiled, tables);
            followed += count;
            if differs {
                changed.push(number);
            }
        }
        (changed, followed)
    }
}

/// The rules of a group.
fn rules_of(draft: &mut Draft, group: Id<SecurityGroup>, way: Way) -> Option<&mut Vec<GroupRule>> {
    Some(way.rules(draft.groups.get_mut(group)?))
}

fn protocols(compiled: &Compiled) -> Protocols {
    let fabric = &compiled.fabric;
    let mut all = vec![0; 256];
    for row in fabric.tables.iter().flat_map(|t| fabric.rows_of(t)) {
        let (_, row) = row;
        let count = all.get_mut(row.proto as usize);
        if let Some(count) = count.filter(|_| !row.is(flags::ANY_PROTOCOL)) {
            *count += 1;
        }
    }
    all
}
