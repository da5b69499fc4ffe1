//! A network under edit, and what it is compiled to.
//!
//! Rules of a group decide nothing but rows of that group's tables (`aws`): those are written anew, in
//! their place, and taken back the same way. Anything else is another network.

use crate::aws::{self, Compiled, Rewrite, Rules, compile};
use crate::diagnostic::Diagnostic;
use crate::edit::{AddGroupRule, Way};
use crate::model::{Draft, GroupRule, Id, Network, Peer, SecurityGroup, build};

/// A network, and what edits are made in.
#[derive(Clone, Debug)]
pub(super) struct Edited {
    pub(super) draft: Draft,
    pub(super) network: Network,
    pub(super) compiled: Compiled,
    rules: Rules,
}

impl Edited {
    /// # Errors
    /// What is wrong with the network.
    pub(super) fn new(draft: Draft) -> Result<Self, Vec<Diagnostic>> {
        let built = build(draft.clone());
        let network = built.network.ok_or(built.diagnostics)?;
        let compiled = compile(&network);
        Ok(Self::of(draft, network, compiled))
    }

    /// The same, built and compiled already.
    pub(super) fn of(draft: Draft, network: Network, compiled: Compiled) -> Self {
        Self {
            rules: Rules::new(&network, &compiled),
            draft,
            network,
            compiled,
        }
    }

    /// All of it.
    pub(super) fn with_draft(&self) -> (&Draft, &Network, &Compiled) {
        (&self.draft, &self.network, &self.compiled)
    }

    /// Whether a rule names nothing that would have to be looked up or checked.
    pub(super) fn is_settled(&self, add: &AddGroupRule) -> bool {
        let Some(group) = self.network.groups.at(add.group) else {
            return false;
        };
        match &add.peer {
            Peer::Cidr(_) | Peer::AwsList(..) => true,
            Peer::Group(other) => other
                .id()
                .is_some_and(|o| self.network.groups.at(o).is_some()),
            Peer::List(list) => {
                let list = list.id().and_then(|l| self.network.prefix_lists.at(l));
                let vpc = group.vpc.id().map(|v| &self.network.vpcs[v].region);
                list.is_some_and(|l| Some(&l.region) == vpc)
            }
        }
    }

    /// Adds a rule that is settled, as the last: the tables that are others now.
    pub(super) fn add(&mut self, add: &AddGroupRule) -> Vec<Rewrite> {
        let rule = add.rule();
        self.rewritten(add.group, add.way, |rules| rules.push(rule.clone()))
    }

    /// Takes the last rule away again.
    pub(super) fn take_back(&mut self, add: &AddGroupRule) -> Vec<Rewrite> {
        self.rewritten(add.group, add.way, |rules| {
            rules.pop();
        })
    }

    /// Removes a rule, by its number.
    pub(super) fn remove(
        &mut self,
        group: Id<SecurityGroup>,
        way: Way,
        number: usize,
    ) -> Vec<Rewrite> {
        self.rewritten(group, way, |rules| {
            if number < rules.len() {
                rules.remove(number);
            }
        })
    }

    fn rewritten(
        &mut self,
        group: Id<SecurityGroup>,
        way: Way,
        change: impl Fn(&mut Vec<GroupRule>),
    ) -> Vec<Rewrite> {
        for draft in [&mut self.draft, self.network.rules_alone()] {
            if let Some(group) = draft.groups.get_mut(group) {
                change(way.rules(group));
            }
        }
        let looks = match way {
            Way::In => aws::Way::In,
            Way::Out => aws::Way::Out,
        };
        let rules = &mut self.rules;
        rules.rewrite(&self.network, &mut self.compiled, group, looks)
    }
}
