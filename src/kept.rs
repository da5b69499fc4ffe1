//! Lists that a snapshot keeps. What is read back lies there as it was written, packed, and a stretch of
//! it is made into elements when somebody asks for one of them: so a snapshot of a million is soon read,
//! and who asks for a few does not wait for the others.

use lz4_flex::block::{compress_prepend_size, decompress_size_prepended};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::mem::take;
use std::ops::Index;
use std::sync::{Arc, OnceLock};

/// So many are made at once.
const STRETCH: usize = 256;

/// So many bytes may be packed into one (`lz4_Block_format.md`: each byte of a length adds 255).
const MOST: usize = 255;

/// A growing list that a snapshot keeps.
#[derive(Clone)]
pub struct Kept<T> {
    made: Vec<T>,
    /// Where its elements are instead, if they were read back.
    read: Option<Read<T>>,
}

/// What was read back.
#[derive(Clone)]
struct Read<T> {
    length: usize,
    bytes: Arc<[u8]>,
    /// Where each stretch ends.
    ends: Vec<usize>,
    made: Vec<OnceLock<Vec<T>>>,
    make: fn(&[u8]) -> Vec<T>,
}

impl<T> Read<T> {
    fn stretch(&self, number: usize) -> &[T] {
        let made = self.made.get(number);
        made.map_or(&[], |made| made.get_or_init(|| self.make(number)))
    }

    fn make(&self, number: usize) -> Vec<T> {
        let end = |number: usize| self.ends.get(number).copied().unwrap_or_default();
        let first = number.checked_sub(1).map_or(0, end);
        let bytes = self.bytes.get(first..end(number));
        (self.make)(bytes.unwrap_or_default())
    }

    fn all(&mut self) -> Vec<T> {
        let mut all = Vec::with_capacity(self.length);
        for (number, made) in take(&mut self.made).into_iter().enumerate() {
            all.extend(made.into_inner().unwrap_or_else(|| self.make(number)));
        }
        all
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for Kept<T> {
    fn from(made: Vec<T>) -> Self {
        Self { made, read: None }
    }
}

impl<T> Kept<T> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read.as_ref().map_or(self.made.len(), |r| r.length)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one at a place.
    #[must_use]
    #[inline]
    pub fn get(&self, at: usize) -> Option<&T> {
        match &self.read {
            None => self.made.get(at),
            Some(read) => read.stretch(at / STRETCH).get(at % STRETCH),
        }
    }

    /// All of them in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        (0..self.len()).map(|at| &self[at])
    }

    /// The one at a place, to be changed.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.all().get_mut(at)
    }

    /// Adds one.
    pub fn push(&mut self, value: T) {
        self.all().push(value);
    }

    /// Every one, made, to be changed.
    pub(crate) fn all(&mut self) -> &mut Vec<T> {
        if let Some(mut read) = self.read.take() {
            self.made = read.all();
        }
        &mut self.made
    }
}

impl<T> Index<usize> for Kept<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        self.get(at).expect("a place in the list")
    }
}

impl<T: PartialEq> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The elements of a stretch. The checksum of the snapshot vouches for what is read later.
fn made<T: DeserializeOwned>(packed: &[u8]) -> Option<Vec<T>> {
    // Who says more than can be packed so is not believed.
    let (length, _) = packed.split_first_chunk()?;
    let most = packed.len().saturating_mul(MOST);
    if u32::from_le_bytes(*length) as usize > most {
        return None;
    }
    let plain = decompress_size_prepended(packed).ok()?;
    postcard::from_bytes(&plain).ok()
}

/// Bytes as they are.
#[derive(Deserialize)]
struct Bytes<'a>(#[serde(borrow)] &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(self.0)
    }
}

impl<T: Serialize> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        let all: Vec<&T> = self.iter().collect();
        for stretch in all.chunks(STRETCH) {
            let plain = postcard::to_stdvec(stretch).map_err(serde::ser::Error::custom)?;
            bytes.extend(compress_prepend_size(&plain));
            ends.push(bytes.len());
        }
        (self.len(), ends, Bytes(&bytes)).serialize(to)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (length, ends, Bytes(bytes)) = <(usize, Vec<usize>, Bytes<'de>)>::deserialize(from)?;
        let whole = ends.last().copied().unwrap_or_default() == bytes.len();
        if !whole || !ends.is_sorted() || ends.len() != length.div_ceil(STRETCH) {
            return Err(D::Error::custom("stretches that do not fit the list"));
        }
        let read = Read {
            length,
            bytes: bytes.into(),
            made: ends.iter().map(|_| OnceLock::new()).collect(),
            ends,
            make: |bytes| made(bytes).unwrap_or_default(),
        };
        Ok(Self {
            made: Vec::new(),
            read: Some(read),
        })
    }
}
