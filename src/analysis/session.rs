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
use super::edited::Edited;
use super::pairs::{Cell, Options, Pairs, Parts, Rewritten};
use super::prove::Proof;
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
        let prove = |property| Standing::new(network, compiled, property);
        Ok(Self {
            extents: Extents::new(&parts.classes, &parts.owned),
            standing: properties.into_iter().map(prove).collect(),
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
            filters: self.parts.shared(),
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
        let fabric = &self.edited.compiled.fabric;
        let parts = &self.parts;
        let anew = new.tables.iter().any(|t| parts.leads_by(*t))
            || parts.splits_ports(&new)
            || self.extents.splits(&new, &parts.classes, &parts.owned);
        let (rebuilt, rows) = match anew {
            false => (Rebuilt::Rows, self.parts.rewrite(fabric, &new)),
            true => {
                self.compile_matrix();
                (Rebuilt::Matrix, Vec::new())
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
        for (number, standing) in self.standing.iter_mut().enumerate() {
            let (differs, count) = standing.again(network, compiled, tables);
            followed += count;
            if differs {
                changed.push(number);
            }
        }
        (changed, followed)
    }
}
