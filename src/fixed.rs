//! Lists as a snapshot has them whose elements all take as many bytes: read back as they lie, not number
//! by number as what is shorter where it is small.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serializer};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What always takes as many bytes.
pub trait Fixed: Sized {
    /// How many.
    const BYTES: usize;

    /// Writes them.
    fn put(&self, to: &mut Vec<u8>);

    /// Takes them from the beginning of some; none: they are too few, or no such thing.
    fn take(from: &mut &[u8]) -> Option<Self>;
}

/// As bytes.
///
/// # Errors
/// Those of what it is written to.
pub fn serialize<T: Fixed, S: Serializer>(all: &[T], to: S) -> Result<S::Ok, S::Error> {
    let mut bytes = Vec::with_capacity(all.len() * T::BYTES);
    for one in all {
        one.put(&mut bytes);
    }
    to.serialize_bytes(&bytes)
}

/// From bytes.
///
/// # Errors
/// Those of what it is read from, and bytes that are no such list.
pub fn deserialize<'de, T: Fixed, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    let bytes = <&[u8]>::deserialize(from)?;
    let wrong = || D::Error::invalid_value(Unexpected::Bytes(&[]), &"elements of one length");
    let each = bytes.chunks_exact(T::BYTES);
    if !each.remainder().is_empty() {
        return Err(wrong());
    }
    let mut all = Vec::with_capacity(each.len());
    for mut one in each {
        all.push(T::take(&mut one).ok_or_else(wrong)?);
    }
    Ok(all)
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Fixed for $number {
            const BYTES: usize = size_of::<$number>();

            fn put(&self, to: &mut Vec<u8>) {
                to.extend(self.to_le_bytes());
            }

            #[inline(always)]
            fn take(from: &mut &[u8]) -> Option<Self> {
                let (own, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(<$number>::from_le_bytes(*own))
            }
        })*
    };
}

numbers!(u8, u16, u32, u64, u128);

impl Fixed for bool {
    const BYTES: usize = 1;

    fn put(&self, to: &mut Vec<u8>) {
        u8::from(*self).put(to);
    }

    #[inline(always)]
    fn take(from: &mut &[u8]) -> Option<Self> {
        match u8::take(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl<A: Fixed, B: Fixed> Fixed for (A, B) {
    const BYTES: usize = A::BYTES + B::BYTES;

    fn put(&self, to: &mut Vec<u8>) {
        self.0.put(to);
        self.1.put(to);
    }

    #[inline(always)]
    fn take(from: &mut &[u8]) -> Option<Self> {
        Some((A::take(from)?, B::take(from)?))
    }
}

impl<T: Fixed + Copy + Default, const N: usize> Fixed for [T; N] {
    const BYTES: usize = N * T::BYTES;

    fn put(&self, to: &mut Vec<u8>) {
        self.iter().for_each(|one| one.put(to));
    }

    #[inline(always)]
    fn take(from: &mut &[u8]) -> Option<Self> {
        let mut all = [T::default(); N];
        for one in &mut all {
            *one = T::take(from)?;
        }
        Some(all)
    }
}

impl Fixed for IpAddr {
    const BYTES: usize = 1 + u128::BYTES;

    fn put(&self, to: &mut Vec<u8>) {
        match self {
            IpAddr::V4(ip) => (4_u8, u128::from(ip.to_bits())).put(to),
            IpAddr::V6(ip) => (6_u8, ip.to_bits()).put(to),
        }
    }

    #[inline(always)]
    fn take(from: &mut &[u8]) -> Option<Self> {
        match <(u8, u128)>::take(from)? {
            (4, bits) => Some(Ipv4Addr::from_bits(u32::try_from(bits).ok()?).into()),
            (6, bits) => Some(Ipv6Addr::from_bits(bits).into()),
            _ => None,
        }
    }
}

/// A structure takes what its fields take, one after the other.
macro_rules! fixed {
    ([$($parameter:ident)?] $type:ty { $($field:ident: $of:ty),* $(,)? }) => {
        impl$(<$parameter: $crate::fixed::Fixed>)? $crate::fixed::Fixed for $type {
            const BYTES: usize = 0 $(+ <$of as $crate::fixed::Fixed>::BYTES)*;

            fn put(&self, to: &mut Vec<u8>) {
                $($crate::fixed::Fixed::put(&self.$field, to);)*
            }

            #[inline(always)]
            fn take(from: &mut &[u8]) -> Option<Self> {
                Some(Self {
                    $($field: <$of as $crate::fixed::Fixed>::take(from)?,)*
                })
            }
        }
    };
}

pub(crate) use fixed;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may stop at a mistake")]
mod tests {
    use super::*;
    use serde::Serialize;

    type One = ((u8, bool), (IpAddr, [u16; 2]));

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct List(#[serde(with = "super")] Vec<One>);

    #[test]
    fn what_is_read_back_is_what_was_written() {
        let ips: [IpAddr; 2] = ["10.0.0.1".parse().unwrap(), "2001:db8::7".parse().unwrap()];
        let all = List(ips.map(|ip| ((7, true), (ip, [1, u16::MAX]))).to_vec());
        let bytes = postcard::to_stdvec(&all).unwrap();
        assert_eq!(bytes.len(), 1 + 2 * (2 + 17 + 4));
        assert_eq!(postcard::from_bytes::<List>(&bytes).unwrap(), all);
    }

    #[test]
    fn bytes_that_are_no_such_list_are_refused() {
        let refused = |bytes: &[u8]| postcard::from_bytes::<List>(bytes).is_err();
        let one = |flag: u8, family: u8, high: u8| {
            let mut bytes = vec![23, 7, flag, family];
            bytes.extend([[10; 4].as_slice(), &[0; 4], &[high; 8], &[0; 4]].concat());
            bytes
        };
        assert!(!refused(&one(1, 4, 0)) && !refused(&one(1, 6, 1)));
        for wrong in [one(2, 4, 0), one(1, 5, 0), one(1, 4, 1), vec![1, 7]] {
            assert!(refused(&wrong), "{wrong:?}");
        }
    }
}
