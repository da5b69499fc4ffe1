//! A network that is edited while its matrix and its properties stay exact.
//!
//! An edit is judged by what it touches. Rules of a group decide nothing but rows of that group's
//! tables (`aws`): those are written anew, and rows of the matrix that are others by that are marked, to
//! be made of what is known of filters and ways when somebody asks for them. If a new
//! rule tells apart what was one class, that class is split: what was known of it is true of each part.
//! If it tells ports apart that were one class, the matrix is compiled anew over the same fabric. Anything
//! else — a route, an association, an instance, an endpoint — is a new network, compiled as any other.
//! What an edit came to, [`Changed`] says.
//!
//! # How to use it
//!
//! ```
//! use reachability::analysis::session::{Rebuilt, Session};
//! use reachability::edit::{AddGroupRule, TerminateInstance, Way};
//! use reachability::model::{GroupRule, Peer, Service};
//! # fn draft() -> reachability::model::Draft {
//! #     let text = "{name: a, region: us-east-1, vpcs: {shop: {cidr: 10.0.0.0/16, \
//! #         subnets: {app: {zone: use1-az1, cidr: 10.0.1.0/24}}, \
//! #         security_groups: {web: {}}, instances: { \
//! #         web: {subnet: app, ip: 10.0.1.10, security_groups: web}, \
//! #         app: {subnet: app, ip: 10.0.1.20, security_groups: web}}}}}";
//! #     let loaded = reachability::scenario::load("a.yaml", text, &|_| Err(String::new()));
//! #     loaded.scenario.unwrap().cases.remove(0).draft
//! # }
//! # let (draft, properties) = (draft(), Vec::new());
//! // A draft, from a scenario file or an import, and the properties that are to hold.
//! let mut session = Session::new(draft, properties).unwrap();
//! let network = session.network();
//! let (web, app) = (network.interfaces.iter().next().unwrap(), network.interfaces.iter().nth(1).unwrap());
//! let (web, app) = (web.0, app.0);
//! let group = network.groups.iter().find(|(_, g)| g.name == "web").unwrap().0;
//! let instance = network.instances.iter().next().unwrap().0;
//!
//! // Edits are those of `edit`, with ids of the network as it is.
//! let service = Service { protocol: Some(6), ports: (443, 443), icmp: (None, None) };
//! let peer = Peer::Cidr("10.0.0.0/16".parse().unwrap());
//! let changed = session.apply(&AddGroupRule { group, way: Way::In, service, peer }.into()).unwrap();
//! assert_eq!(changed.rebuilt, Rebuilt::Matrix);
//!
//! // After each, everything is as if compiled anew: cells, rows, properties.
//! let https = session.port(true, 6, 443).unwrap();
//! println!("{:?}", session.cell(app, web, https));
//!
//! // One that is no rule of a group is compiled anew, and says so.
//! let changed = session.apply(&TerminateInstance { instance }.into()).unwrap();
//! assert_eq!(changed.rebuilt, Rebuilt::Everything);
//! ```
//!
//! `fix` tries its edits on the same ground without a matrix (`analysis/edited.rs`).

mod extents;
mod standing;

use self::extents::Extents;
use self::standing::Standing;
use super::classes::ClassId;
use super::edited::Edited;
use super::pairs::{Cell, Cut, Options, Pairs, Parts, Rewritten};
use super::prove::{Proof, Space};
use crate::aws::{Compiled, Rewrite};
use crate::diagnostic::Diagnostic;
use crate::edit::Edit;
use crate::fabric::TableId;
use crate::model::{Draft, Id, Interface, Network};
use crate::property::Property;

/// A network under edit.
#[derive(Clone, Debug)]
pub struct Session {
    edited: Edited,
    parts: Parts,
    options: Options,
    extents: Extents,
    /// What everybody may send, as far as properties are about it.
    space: Space,
    standing: Vec<Standing>,
}

/// How much was worked out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rebuilt {
    /// The tables of one group, and whom they let through.
    Rows,
    /// The same, and classes that the rule tells apart: each keeps its number and the first of its
    /// interfaces, and what is no longer of it is of classes that come after all others.
    Classes,
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
    /// Where the matrix was not: the rows that are other than before, by the class that is reached and
    /// the class of ports; of a class that is new, other than those of the one that it was part of. What rows leave open is not among them: the walker decides it when it
    /// is asked. None, where rows are not kept.
    pub rows: Vec<(ClassId, usize)>,
    /// The properties whose outcome is of another kind than before, by number.
    pub properties: Vec<usize>,
    /// Sources and destinations of properties that were followed again.
    pub followed: usize,
}

/// How much a session keeps beside the matrix. Edits leave what is of no use any more: never more
/// than there is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rows of tables.
    pub rows: usize,
    /// What is known of whom filters let through.
    pub filters: usize,
}

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
        let edited = Edited::new(draft)?;
        let (network, compiled) = (&edited.network, &edited.compiled);
        let parts = Pairs::compile(network, compiled, options).into_parts();
        let space = Space::new(network, compiled);
        let prove = |property| Standing::new(network, compiled, &space, property);
        Ok(Self {
            extents: Extents::new(&parts.classes, &parts.owned),
            standing: properties.into_iter().map(prove).collect(),
            space,
            parts,
            options,
            edited,
        })
    }

    /// The network as it is now.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.edited.network
    }

    /// The same, compiled.
    #[must_use]
    pub fn compiled(&self) -> &Compiled {
        &self.edited.compiled
    }

    /// All pairs, as they are now.
    #[must_use]
    pub fn matrix(&self) -> Pairs<'_> {
        Pairs::of(self.network(), self.compiled(), &self.parts)
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

    /// How much is kept from edit to edit.
    #[must_use]
    pub fn size(&self) -> Size {
        let fabric = &self.compiled().fabric;
        Size {
            rows: fabric.v4.rows.len() + fabric.v6.rows.len(),
            filters: self.parts.filters(),
        }
    }

    /// Makes an edit. What would not be a network is refused, and nothing changes.
    ///
    /// # Errors
    /// What would be wrong with the network.
    pub fn apply(&mut self, edit: &Edit) -> Result<Changed, Vec<Diagnostic>> {
        match edit {
            Edit::AddGroupRule(add) if self.edited.is_settled(add) => {
                Ok(self.rewritten(true, |edited| edited.add(add)))
            }
            Edit::RemoveGroupRule(remove) => {
                let number = remove.number(self.network());
                let change = |edited: &mut Edited| match number {
                    Some(number) => edited.remove(remove.group, remove.way, number),
                    None => Vec::new(),
                };
                Ok(self.rewritten(false, change))
            }
            other => {
                let mut draft = self.edited.draft.clone();
                other.apply(self.network(), &mut draft);
                self.replace(draft)
            }
        }
    }

    /// Changes the network in any way.
    ///
    /// # Errors
    /// What would be wrong with the network; then nothing changes.
    pub fn change(&mut self, edit: impl FnOnce(&mut Draft)) -> Result<Changed, Vec<Diagnostic>> {
        let mut draft = self.edited.draft.clone();
        edit(&mut draft);
        self.replace(draft)
    }

    /// A group has a rule more, or one less.
    fn rewritten(
        &mut self,
        added: bool,
        change: impl FnOnce(&mut Edited) -> Vec<Rewrite>,
    ) -> Changed {
        let protocols = self.compiled().fabric.protocols();
        let new = Rewritten::new(&change(&mut self.edited), added);
        let parts = &self.parts;
        let anew = new.tables.iter().any(|t| parts.leads_by(*t)) || parts.splits_ports(&new);
        let cuts = self.extents.cuts(&new, &parts.classes, &parts.owned);
        let rebuilt = match cuts.filter(|_| !anew) {
            None => Rebuilt::Matrix,
            Some(cuts) if cuts.is_empty() => Rebuilt::Rows,
            Some(cuts) => self.split(&cuts),
        };
        let rows = match rebuilt {
            Rebuilt::Rows | Rebuilt::Classes => {
                let fabric = &self.edited.compiled.fabric;
                self.parts.rewrite(fabric, &new)
            }
            Rebuilt::Matrix | Rebuilt::Everything => {
                self.compile_matrix();
                Vec::new()
            }
        };
        // Properties are about the protocols that rows name, and one other.
        let same = self.compiled().fabric.protocols() == protocols;
        let met = same.then_some(new.tables.as_slice());
        let (properties, followed) = self.prove(met);
        Changed {
            rebuilt,
            rows,
            properties,
            followed,
        }
    }

    /// Classes are told apart, or if that cannot be the matrix is to be compiled anew.
    fn split(&mut self, cuts: &[Cut]) -> Rebuilt {
        let (network, compiled) = (&self.edited.network, &self.edited.compiled);
        let split = self.parts.split(network, compiled, cuts, self.options);
        let Some(others) = split else {
            return Rebuilt::Matrix;
        };
        let parts = &self.parts;
        self.extents.again(&others, &parts.classes, &parts.owned);
        Rebuilt::Classes
    }

    fn compile_matrix(&mut self) {
        let (network, compiled) = (&self.edited.network, &self.edited.compiled);
        self.parts = Pairs::compile(network, compiled, self.options).into_parts();
        self.extents = Extents::new(&self.parts.classes, &self.parts.owned);
    }

    /// Another network.
    fn replace(&mut self, draft: Draft) -> Result<Changed, Vec<Diagnostic>> {
        self.edited = Edited::new(draft)?;
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
        let (network, compiled) = (&self.edited.network, &self.edited.compiled);
        // It hangs on who there is, and on the protocols that rows name.
        if tables.is_none() {
            self.space = Space::new(network, compiled);
        }
        for (number, standing) in self.standing.iter_mut().enumerate() {
            let (differs, count) = standing.again(network, compiled, &self.space, tables);
            followed += count;
            if differs {
                changed.push(number);
            }
        }
        (changed, followed)
    }
}
