//! The nouns of a kind by everything they are called.

use super::noun::Noun;
use crate::diagnostic::near;
use crate::model::{Draft, Id, Vpc};
use indexmap::{Equivalent, IndexMap};
use rustc_hash::{FxBuildHasher, FxHashMap};
use smol_str::SmolStr;
use std::cell::OnceCell;

/// So many names are listed where none of them is near.
const FEW: usize = 6;

/// The nouns of one kind by everything they are called.
pub(super) struct Index<T> {
    /// By where a name means something, and the name.
    names: IndexMap<(Scope, SmolStr), Id<T>, FxBuildHasher>,
    /// By what else they go by.
    pub(super) aliases: FxHashMap<SmolStr, Id<T>>,
    /// By their AWS ids.
    pub(super) ids: FxHashMap<SmolStr, Id<T>>,
    /// By the name without the VPC; `None` where several have it. Hardly ever asked for.
    alone: OnceCell<FxHashMap<SmolStr, Option<Id<T>>>>,
}

/// Where a name means something.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// Everywhere.
    All,
    /// In a VPC.
    Of(Id<Vpc>),
    /// In a VPC that is not known.
    Unknown,
}

/// A name to look for, hashed as the name that it is compared with.
#[derive(Hash)]
struct Wanted<'t>(Scope, &'t str);

impl Equivalent<(Scope, SmolStr)> for Wanted<'_> {
    fn equivalent(&self, (scope, name): &(Scope, SmolStr)) -> bool {
        self.0 == *scope && self.1 == name.as_str()
    }
}

impl<T: Noun> Index<T> {
    pub(super) fn new(draft: &Draft) -> Self {
        let arena = T::arena(draft);
        let mut index = Self {
            names: IndexMap::with_capacity_and_hasher(arena.len(), FxBuildHasher),
            aliases: FxHashMap::default(),
            ids: FxHashMap::default(),
            alone: OnceCell::new(),
        };
        for (id, noun) in arena.iter() {
            let scope = match noun.vpc(draft) {
                _ if !T::SCOPED => Scope::All,
                Some(vpc) => Scope::Of(vpc),
                None => Scope::Unknown,
            };
            index.names.entry((scope, noun.name().into())).or_insert(id);
            for alias in noun.aliases() {
                index.aliases.entry(alias.into()).or_insert(id);
            }
            if let Some(own) = noun.id() {
                index.ids.entry(own.into()).or_insert(id);
            }
        }
        index
    }

    pub(super) fn get(&self, scope: Scope, name: &str) -> Option<Id<T>> {
        self.names.get(&Wanted(scope, name)).copied()
    }

    /// By the name alone, where one noun has it.
    pub(super) fn alone(&self, name: &str) -> Option<Id<T>> {
        let alone = self.alone.get_or_init(|| {
            let mut alone = FxHashMap::default();
            for ((_, name), id) in &self.names {
                let known = alone.entry(name.clone());
                known.and_modify(|k| *k = None).or_insert(Some(*id));
            }
            alone
        });
        alone.get(name).copied().flatten()
    }

    /// All names, as the user writes them.
    pub(super) fn names(&self, vpcs: &Vpcs) -> impl Iterator<Item = String> {
        self.names.keys().map(|(scope, name)| match scope {
            Scope::Of(vpc) => vpcs.label(*vpc, name),
            Scope::All | Scope::Unknown => name.to_string(),
        })
    }

    /// The names there are, where they are few.
    pub(super) fn known(&self, vpcs: &Vpcs, vpc: Option<&str>) -> Option<String> {
        let prefix = vpc.filter(|_| T::SCOPED).map(|v| format!("{v}/"));
        let own = |name: &String| prefix.as_ref().is_none_or(|p| name.starts_with(p.as_str()));
        let names = self.names(vpcs).filter(own);
        let names: Vec<String> = names.map(|n| format!("`{n}`")).take(FEW + 1).collect();
        (1..=FEW).contains(&names.len()).then(|| names.join(", "))
    }

    /// What was probably meant: a near name of the same VPC, or the same name in another.
    pub(super) fn meant(&self, vpcs: &Vpcs, text: &str, vpc: Option<&str>) -> Option<String> {
        let own = text.rsplit('/').next().unwrap_or(text);
        let prefix = vpc.filter(|_| T::SCOPED).map(|v| format!("{v}/"));
        let names: Vec<String> = self.names(vpcs).collect();
        let inside = names.iter().filter_map(|name| match &prefix {
            Some(prefix) => name.strip_prefix(prefix.as_str()),
            None => Some(name.as_str()),
        });
        let wanted = if prefix.is_some() { own } else { text };
        let same = |name: &&String| name.rsplit('/').next() == Some(own);
        let near = near(wanted, inside).map(str::to_owned);
        near.or_else(|| names.iter().find(same).cloned())
    }
}

/// The VPCs by what they are called.
pub(super) struct Vpcs {
    names: Vec<String>,
    by_name: FxHashMap<String, Id<Vpc>>,
    pub(super) by_id: FxHashMap<String, Id<Vpc>>,
}

impl Vpcs {
    pub(super) fn new(draft: &Draft) -> Self {
        let mut vpcs = Self {
            names: Vec::with_capacity(draft.vpcs.len()),
            by_name: FxHashMap::default(),
            by_id: FxHashMap::default(),
        };
        for (id, vpc) in draft.vpcs.iter() {
            vpcs.names.push(vpc.name.clone());
            vpcs.by_name.entry(vpc.name.clone()).or_insert(id);
            if let Some(own) = &vpc.id {
                vpcs.by_id.insert(own.clone(), id);
            }
        }
        vpcs
    }

    pub(super) fn name(&self, vpc: Id<Vpc>) -> Option<&String> {
        self.names.get(vpc.index())
    }

    /// `vpc/name`.
    pub(super) fn label(&self, vpc: Id<Vpc>, name: &str) -> String {
        let vpc = self.name(vpc).map_or("", String::as_str);
        [vpc, "/", name].concat()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// What `vpc/name` may mean, the VPC by its name.
    pub(super) fn split<'t>(&self, text: &'t str) -> impl Iterator<Item = (Id<Vpc>, &'t str)> {
        let pairs = text
            .match_indices('/')
            .filter_map(|(at, _)| text.split_at_checked(at));
        pairs.filter_map(|(vpc, name)| {
            let vpc = self.by_name.get(vpc).copied()?;
            Some((vpc, name.strip_prefix('/')?))
        })
    }
}
