//! What a name means: the nouns of a kind by everything they are called.

use super::noun::Noun;
use super::report::Report;
use crate::diagnostic::{Diagnostic, near};
use crate::model::{Arena, Draft, Id, Listing, Meaning, Ref, Unseen, Vpc, Why, World};
use rustc_hash::{FxBuildHasher, FxHashMap};
use smol_str::SmolStr;
use std::collections::HashMap;

/// So many names are listed where none of them is near.
const FEW: usize = 6;

/// The nouns of one kind by everything they are called.
pub(super) struct Index<T> {
    /// `vpc/name`, or the name of a noun outside VPCs; its aliases too.
    pub(super) full: FxHashMap<SmolStr, Id<T>>,
    /// AWS ids.
    pub(super) ids: FxHashMap<SmolStr, Id<T>>,
    /// The name without the VPC; `None` where several have it.
    pub(super) alone: FxHashMap<SmolStr, Option<Id<T>>>,
    /// What the user could have meant.
    pub(super) names: Vec<SmolStr>,
}

impl<T: Noun> Index<T> {
    pub(super) fn new(draft: &Draft) -> Self {
        let arena = T::arena(draft);
        let mut index = Self {
            full: FxHashMap::with_capacity_and_hasher(arena.len(), FxBuildHasher),
            ids: FxHashMap::default(),
            alone: FxHashMap::with_capacity_and_hasher(arena.len(), FxBuildHasher),
            names: Vec::with_capacity(arena.len()),
        };
        for (id, noun) in arena.iter() {
            let label = SmolStr::from(noun.label(draft));
            index.names.push(label.clone());
            if !T::SCOPED || noun.vpc(draft).is_some() {
                index.full.entry(label).or_insert(id);
            }
            for alias in noun.aliases() {
                index.full.entry(alias.into()).or_insert(id);
            }
            if let Some(own) = noun.id() {
                index.ids.entry(own.into()).or_insert(id);
            }
            index
                .alone
                .entry(noun.name().into())
                .and_modify(|known| *known = None)
                .or_insert(Some(id));
        }
        index
    }

    /// The names there are, where they are few.
    fn known(&self, vpc: Option<&str>) -> Option<String> {
        let prefix = vpc.filter(|_| T::SCOPED).map(|v| format!("{v}/"));
        let own = |name: &&SmolStr| prefix.as_ref().is_none_or(|p| name.starts_with(p.as_str()));
        let names: Vec<String> = self
            .names
            .iter()
            .filter(own)
            .map(|n| format!("`{n}`"))
            .collect();
        (1..=FEW).contains(&names.len()).then(|| names.join(", "))
    }

    /// What was probably meant: a near name of the same VPC, or the same name in another.
    fn meant(&self, text: &str, vpc: Option<&str>) -> Option<&str> {
        let own = text.rsplit('/').next().unwrap_or(text);
        let prefix = vpc.filter(|_| T::SCOPED).map(|v| format!("{v}/"));
        let inside = self.names.iter().filter_map(|name| match &prefix {
            Some(prefix) => name.strip_prefix(prefix.as_str()),
            None => Some(name.as_str()),
        });
        let wanted = if prefix.is_some() { own } else { text };
        let same = |name: &&SmolStr| name.rsplit('/').next() == Some(own);
        near(wanted, inside).or_else(|| Some(self.names.iter().find(same)?.as_str()))
    }
}

pub(super) struct Resolver<'a> {
    pub(super) world: World,
    pub(super) report: &'a mut Report,
    /// Names of VPCs, by place.
    pub(super) vpcs: Vec<String>,
    /// Names of VPCs, by AWS id.
    pub(super) vpc_ids: HashMap<String, String>,
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
    pub(super) fn find<T>(
        &self,
        index: &Index<T>,
        text: &str,
        vpc: Option<Id<Vpc>>,
    ) -> Option<Id<T>> {
        let vpc = vpc.and_then(|v| self.vpcs.get(v.index()));
        if let Some(id) = index.full.get(text) {
            return Some(*id);
        }
        if let Some(id) = vpc.and_then(|v| index.full.get(format!("{v}/{text}").as_str())) {
            return Some(*id);
        }
        if let Some(id) = index.ids.get(text) {
            return Some(*id);
        }
        if let Some((scope, name)) = text.split_once('/') {
            let scope = self.vpc_ids.get(scope).map_or(scope, String::as_str);
            if let Some(id) = index.full.get(format!("{scope}/{name}").as_str()) {
                return Some(*id);
            }
            if self.vpcs.iter().any(|v| v == scope) {
                return index.ids.get(name).copied();
            }
        }
        if self.world == World::Open || vpc.is_none() {
            return index.alone.get(text).copied().flatten();
        }
        None
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
            Some((vpc, name)) if self.vpcs.iter().any(|v| v == vpc) => {
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
        let scope = context.vpc.and_then(|v| self.vpcs.get(v.index())).cloned();
        let vpc = own.or(scope);
        if let Some(name) = index.meant(&r.text, vpc.as_deref()) {
            diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
        } else if let Some(names) = index.known(vpc.as_deref()) {
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
