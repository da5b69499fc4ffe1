//! A property that has to hold, and what is known of it: by source and destination, so that only those
//! are followed again whose flows met a table that has been written anew.

use crate::analysis::prove::{
    Case, Followed, Outcome, Proof, Space, concluded, followed, gathered, pairs, prove,
};
use crate::answer::From;
use crate::aws::Compiled;
use crate::fabric::TableId;
use crate::model::Network;
use crate::property::{Property, To};

/// A property with its proof.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    property: Property,
    /// Of each source and destination; none, if something fails, or nothing is kept.
    parts: Option<Vec<(From, To, Followed)>>,
    proof: Result<Proof, String>,
}

impl Standing {
    pub(super) fn new(
        network: &Network,
        compiled: &Compiled,
        space: &Space,
        property: Property,
    ) -> Self {
        let mut out = Self {
            property,
            parts: None,
            proof: Err(String::new()),
        };
        out.anew(network, compiled, space);
        out
    }

    /// The property, and what came of it.
    pub(super) fn proof(&self) -> (&Property, &Result<Proof, String>) {
        (&self.property, &self.proof)
    }

    /// Proves it in a network in which tables were written anew, or in another: whether the outcome is
    /// of another kind now, and how many sources and destinations were followed.
    pub(super) fn again(
        &mut self,
        network: &Network,
        compiled: &Compiled,
        space: &Space,
        tables: Option<&[TableId]>,
    ) -> (bool, usize) {
        let before = kind(&self.proof);
        let followed = match (tables, self.parts.is_some()) {
            (Some(tables), true) => self.partly((network, compiled), space, tables),
            _ => self.anew(network, compiled, space),
        };
        (kind(&self.proof) != before, followed)
    }

    fn anew(&mut self, network: &Network, compiled: &Compiled, space: &Space) -> usize {
        self.parts = None;
        // What may be out of service makes a network of its own each time.
        if self.property.survives.is_some() {
            self.proof = prove(network, compiled, &self.property);
            return 1;
        }
        let case = case((network, compiled), (&self.property, space));
        let all = pairs(network, &self.property).and_then(|all| {
            let all = all.into_iter().map(|(from, to)| {
                let followed = followed(case, (from, &to))?;
                Ok((from, to, followed))
            });
            all.collect::<Result<Vec<_>, String>>()
        });
        match all {
            Ok(all) => {
                let count = all.len();
                self.parts = Some(all);
                self.conclude(compiled);
                count
            }
            Err(why) => {
                self.proof = Err(why);
                1
            }
        }
    }

    fn partly(
        &mut self,
        (network, compiled): (&Network, &Compiled),
        space: &Space,
        tables: &[TableId],
    ) -> usize {
        let mut count = 0;
        let Some(parts) = &mut self.parts else {
            return 0;
        };
        for (from, to, part) in parts {
            let hangs = part
                .met
                .as_ref()
                .is_none_or(|met| tables.iter().any(|table| met.binary_search(table).is_ok()));
            if !hangs {
                continue;
            }
            count += 1;
            let case = case((network, compiled), (&self.property, space));
            match followed(case, (*from, to)) {
                Ok(new) => *part = new,
                Err(why) => {
                    self.parts = None;
                    self.proof = Err(why);
                    return count;
                }
            }
        }
        if count > 0 {
            self.conclude(compiled);
        }
        count
    }

    fn conclude(&mut self, compiled: &Compiled) {
        let parts = self.parts.iter().flatten();
        let all = gathered(parts.map(|(from, _, part)| (*from, part.clone())));
        self.proof = Ok(concluded(compiled, all));
    }
}

fn case<'a>(
    (network, compiled): (&'a Network, &'a Compiled),
    (property, space): (&'a Property, &'a Space),
) -> Case<'a> {
    Case {
        network,
        compiled,
        property,
        space,
        down: None,
    }
}

/// What kind of outcome it is.
fn kind(proof: &Result<Proof, String>) -> u8 {
    match proof.as_ref().map(|proof| &proof.outcome) {
        Err(_) => 0,
        Ok(Outcome::Holds) => 1,
        Ok(Outcome::Vacuous(_)) => 2,
        Ok(Outcome::Refuted(..)) => 3,
        Ok(Outcome::Unknown(_)) => 4,
        Ok(Outcome::Limited) => 5,
    }
}
