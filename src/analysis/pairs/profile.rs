//! What filters let pass of everything that is asked: interned, because few differ.

use super::ports::Query;
use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

/// Index of a profile.
pub(super) type ProfileId = u32;

/// Everything passes.
pub(super) const EVERYTHING: ProfileId = 0;

/// What passes of one query.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Passed {
    /// Sorted, and apart from each other.
    pub(super) spans: SmallVec<[(u16, u16); 1]>,
    /// Some of it may be refused all the same.
    pub(super) doubt: bool,
}

impl Passed {
    pub(super) fn all(query: &Query) -> Self {
        Self {
            spans: smallvec![query.ports],
            doubt: false,
        }
    }

    pub(super) fn none() -> Self {
        Self {
            spans: SmallVec::new(),
            doubt: false,
        }
    }

    /// Whether all of a query passes.
    pub(super) fn is_whole(&self, query: &Query) -> bool {
        self.spans.as_slice() == [query.ports]
    }

    /// Sorted and joined.
    pub(super) fn normal(mut self) -> Self {
        self.spans.sort_unstable();
        let mut out: SmallVec<[(u16, u16); 1]> = SmallVec::new();
        for (lo, hi) in self.spans {
            match out.last_mut() {
                Some(last) if u32::from(lo) <= u32::from(last.1) + 1 => last.1 = last.1.max(hi),
                _ => out.push((lo, hi)),
            }
        }
        self.doubt &= !out.is_empty();
        self.spans = out;
        self
    }

    fn both(&self, other: &Self) -> Self {
        let mut spans = SmallVec::new();
        for (a, b) in &self.spans {
            for (c, d) in &other.spans {
                if a.max(c) <= b.min(d) {
                    spans.push((*a.max(c), *b.min(d)));
                }
            }
        }
        let doubt = self.doubt || other.doubt;
        Self { spans, doubt }.normal()
    }
}

/// Every profile that has come up.
#[derive(Clone, Debug)]
pub(super) struct Profiles {
    all: Vec<Vec<Passed>>,
    nothing: Vec<bool>,
    known: FxHashMap<Vec<Passed>, ProfileId>,
    both: FxHashMap<(ProfileId, ProfileId), ProfileId>,
}

impl Profiles {
    pub(super) fn new(queries: &[Query]) -> Self {
        let mut out = Self {
            all: Vec::new(),
            nothing: Vec::new(),
            known: FxHashMap::default(),
            both: FxHashMap::default(),
        };
        out.intern(queries.iter().map(Passed::all).collect());
        out
    }

    pub(super) fn intern(&mut self, profile: Vec<Passed>) -> ProfileId {
        if let Some(known) = self.known.get(&profile) {
            return *known;
        }
        let id = self.all.len() as ProfileId;
        let nothing = profile.iter().all(|p| p.spans.is_empty());
        self.nothing.push(nothing && !profile.is_empty());
        self.all.push(profile.clone());
        self.known.insert(profile, id);
        id
    }

    /// What passes of a query.
    pub(super) fn of(&self, profile: ProfileId, query: usize) -> Option<&Passed> {
        self.all.get(profile as usize)?.get(query)
    }

    /// Whether nothing passes.
    pub(super) fn is_nothing(&self, profile: ProfileId) -> bool {
        self.nothing.get(profile as usize).is_some_and(|n| *n)
    }

    /// What passes both.
    pub(super) fn both(&mut self, a: ProfileId, b: ProfileId) -> ProfileId {
        if a == EVERYTHING || a == b {
            return b;
        }
        if b == EVERYTHING {
            return a;
        }
        if let Some(known) = self.both.get(&(a, b)) {
            return *known;
        }
        let of = |id: ProfileId| self.all.get(id as usize).into_iter().flatten();
        let both = of(a).zip(of(b)).map(|(x, y)| x.both(y)).collect();
        let both = self.intern(both);
        self.both.insert((a, b), both);
        both
    }

    /// The same, with some queries answered another way.
    pub(super) fn changed(
        &mut self,
        profile: ProfileId,
        queries: &[Query],
        mut change: impl FnMut(usize, &Query, &Passed) -> Passed,
    ) -> ProfileId {
        let Some(old) = self.all.get(profile as usize) else {
            return profile;
        };
        let new = old.iter().zip(queries).enumerate();
        let new = new.map(|(n, (p, q))| change(n, q, p)).collect();
        self.intern(new)
    }
}
