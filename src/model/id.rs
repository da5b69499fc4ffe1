//! Typed dense ids and the arenas they index.

use crate::fixed::Fixed;
use crate::kept::Kept;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Index;

/// The place of a `T` in its [`Arena`].
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Id<T>(u32, #[serde(skip)] PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// The id of the `index`-th element.
    #[must_use]
    pub fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX), PhantomData)
    }

    /// The place in the arena.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl<T> Fixed for Id<T> {
    const BYTES: usize = u32::BYTES;

    fn put(&self, to: &mut Vec<u8>) {
        self.0.put(to);
    }

    #[inline(always)]
    fn take(from: &mut &[u8]) -> Option<Self> {
        u32::take(from).map(|number| Self(number, PhantomData))
    }
}

/// A growing list whose elements are named by [`Id`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: serde::de::DeserializeOwned"))]
pub struct Arena<T>(Kept<T>);

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self(Kept::default())
    }
}

impl<T> From<Vec<T>> for Arena<T> {
    fn from(all: Vec<T>) -> Self {
        Self(all.into())
    }
}

impl<T> Arena<T> {
    /// Adds an element and says where it went.
    pub fn push(&mut self, value: T) -> Id<T> {
        self.0.push(value);
        Id::new(self.0.len() - 1)
    }

    /// The element, if there is one.
    #[must_use]
    pub fn at(&self, id: Id<T>) -> Option<&T> {
        self.0.get(id.index())
    }

    /// The element, to be changed.
    pub fn get_mut(&mut self, id: Id<T>) -> Option<&mut T> {
        self.0.get_mut(id.index())
    }

    /// Every element with its id, in order of arrival.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Id<T>, &T)> + ExactSizeIterator {
        self.0
            .iter()
            .enumerate()
            .map(|(i, value)| (Id::new(i), value))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Index<Id<T>> for Arena<T> {
    type Output = T;

    #[expect(
        clippy::indexing_slicing,
        reason = "an id is made by the arena it indexes"
    )]
    fn index(&self, id: Id<T>) -> &T {
        &self.0[id.index()]
    }
}
