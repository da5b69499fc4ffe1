//! What a name means.

use super::index::{Index, Scope, Vpcs};
use super::noun::Noun;
use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::model::{Arena, Id, Listing, Meaning, Ref, Unseen, Vpc, Why, World};
use std::collections::HashMap;

/// Looks names up, and says what is not found.
pub(super) struct Resolver<'a> {
    pub(super) world: World,
    pub(super) report: &'a mut Report,
    pub(super) vpcs: Vpcs,
    pub(super) unseen: Arena<Unseen>,
    /// Listings that the input lacks.
    pub(super) unlisted: &'a [Listing],
    pub(super) named: HashMap<(&'static str, String), Id<Unseen>>,
}

/// Where a reference stands: the component, and the VPC that bare names belong to.
pub(super) struct Context<'a> {
    pub(super) at: &'a str,
    pub(super) vpc: Option<Id<Vpc>>,
}

impl Resolver<'_> {
    /// The noun of a name.
    pub(super) fn find<T: Noun>(
        &self,
        index: &Index<T>,
        text: &str,
        vpc: Option<Id<Vpc>>,
    ) -> Option<Id<T>> {
        let own = vpc.filter(|_| T::SCOPED);
        if let Some(id) = self.labelled(index, text) {
            return Some(id);
        }
        if let Some(id) = own.and_then(|v| index.get(Scope::Of(v), text)) {
            return Some(id);
        }
        if let Some(id) = index.ids.get(text) {
            return Some(*id);
        }
        if let Some((scope, name)) = text.split_once('/') {
            let by_id = self.vpcs.by_id.get(scope).copied();
            if let Some(id) = by_id.and_then(|v| index.get(Scope::Of(v), name)) {
                return Some(id);
            }
            if by_id.is_some() || self.vpcs.has(scope) {
                return index.ids.get(name).copied();
            }
        }
        if self.world == World::Open || vpc.is_none() {
            return index.alone(text);
        }
        None
    }

    /// The noun that a text names in full.
    fn labelled<T: Noun>(&self, index: &Index<T>, text: &str) -> Option<Id<T>> {
        let named = match T::SCOPED {
            true => {
                let mut split = self.vpcs.split(text);
                split.find_map(|(vpc, name)| index.get(Scope::Of(vpc), name))
            }
            false => index.get(Scope::All, text),
        };
        named.or_else(|| index.aliases.get(text).copied())
    }

    pub(super) fn look_up<T: Noun>(
        &mut self,
        index: &Index<T>,
        r: &mut Ref<T>,
        context: &Context<'_>,
    ) {
        if !matches!(r.to, Meaning::Pending) {
            return;
        }
        if let Some(id) = self.find(index, &r.text, context.vpc) {
            r.to = Meaning::Known(id);
            return;
        }
        if self.world == World::Open && !r.origin.is_written() {
            r.to = Meaning::Unseen(self.not_seen(r));
            return;
        }
        let bare = r.text.split_once('/').filter(|_| T::SCOPED);
        let (message, own) = match bare {
            Some((vpc, name)) if self.vpcs.has(vpc) => {
                let own = Some(vpc.to_owned());
                (format!("no {} named `{name}` in VPC `{vpc}`", T::KIND), own)
            }
            Some((vpc, _)) => {
                let message = format!("no {} named `{}`: there is no VPC `{vpc}`", T::KIND, r.text);
                (message, None)
            }
            None => (format!("no {} named `{}`", T::KIND, r.text), None),
        };
        let mut diagnostic = Diagnostic::error("unknown-name", context.at, &r.origin, message);
        let scope = context.vpc.and_then(|v| self.vpcs.name(v)).cloned();
        let vpc = own.or(scope);
        if let Some(name) = index.meant(&self.vpcs, &r.text, vpc.as_deref()) {
            diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
        } else if let Some(names) = index.known(&self.vpcs, vpc.as_deref()) {
            diagnostic = diagnostic.help(format!("the input has {names}"));
        }
        self.report.push(diagnostic);
    }

    fn not_seen<T: Noun>(&mut self, r: &Ref<T>) -> Id<Unseen> {
        let (unseen, unlisted) = (&mut self.unseen, self.unlisted);
        let key = (T::KIND, r.text.to_string());
        *self.named.entry(key).or_insert_with(|| {
            unseen.push(Unseen::new(
                T::KIND,
                r.text.as_str(),
                match T::LISTING {
                    Some(listing) if unlisted.contains(&listing) => Why::NotListed(listing),
                    Some(listing) => Why::NotAmong(listing),
                    None => Why::NotSaid,
                },
                &r.origin,
            ))
        })
    }

    pub(super) fn all<T: Noun>(
        &mut self,
        index: &Index<T>,
        refs: &mut [Ref<T>],
        context: &Context<'_>,
    ) {
        for r in refs {
            self.look_up(index, r, context);
        }
    }
}
