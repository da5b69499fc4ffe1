//! A few of all members of a family.

use super::bits::Bits;
use super::half::Half;
use smallvec::SmallVec;

/// Words of bits, with their numbers.
pub(super) type Few = SmallVec<[(usize, u64); 4]>;

/// These.
pub(super) fn few(members: impl Iterator<Item = u32>) -> Few {
    let mut out = Few::new();
    for member in members {
        let (at, bit) = (member as usize / 64, 1 << (member % 64));
        match out.last_mut() {
            Some((last, word)) if *last == at => *word |= bit,
            _ => out.push((at, bit)),
        }
    }
    out
}

/// Those of them who are among others.
pub(super) fn among(few: &Few, all: &Bits) -> Few {
    let words = few.iter().filter_map(|(at, word)| {
        let own = word & all.words().get(*at)?;
        (own != 0).then_some((*at, own))
    });
    words.collect()
}

/// Each of them.
pub(super) fn each(few: &Few) -> impl Iterator<Item = u32> + '_ {
    few.iter().flat_map(|(at, word)| {
        let next = |rest: &u64| Some(rest & rest.wrapping_sub(1)).filter(|r| *r != 0);
        let all = std::iter::successors(Some(*word).filter(|w| *w != 0), next);
        all.map(move |rest| *at as u32 * 64 + rest.trailing_zeros())
    })
}

/// Members by their places, those one after the other that are of one.
pub(super) fn by_place(
    half: &Half,
    members: impl Iterator<Item = u32>,
) -> impl Iterator<Item = (u32, SmallVec<[u32; 16]>)> {
    let mut members = members.peekable();
    std::iter::from_fn(move || {
        let first = members.next()?;
        let place = half.place(first);
        let mut own: SmallVec<[u32; 16]> = smallvec::smallvec![first];
        while let Some(next) = members.next_if(|m| half.place(*m) == place) {
            own.push(next);
        }
        Some((place, own))
    })
}
