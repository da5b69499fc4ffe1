//! The rows of a table in order, and how the first that matches is found: by its address among rows
//! that are sorted and look at nothing else, row by row among others.

use super::address::{Address, Bits};
use super::row::{Spread, V6};
use super::{Arena, Fabric, Hit, Part, Parts, Row, Share, Table, Taken, Traffic, flags};
use std::ops::Range;

/// The rows of a table as traffic looks at them: at those of its family only.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Where they are.
    pub fabric: &'a Fabric,
    /// Whose they are.
    pub table: &'a Table,
}

impl<'a> Rows<'a> {
    /// The row of an address, where all rows of its family are sorted.
    #[must_use]
    pub fn by_address(self, address: Address) -> Option<Hit> {
        if address.is_v4() {
            by_address::<u32>(self, address)
        } else {
            by_address::<Address>(self, address)
        }
    }

    /// The tags of some traffic's mark.
    #[must_use]
    #[inline(always)]
    pub fn tags(self, traffic: &impl Traffic) -> Tags<'a> {
        Tags {
            marks: &self.fabric.marks,
            mark: traffic.mark(),
        }
    }
}

/// The tags of a mark: looked up for a row that asks for one, which few do.
#[derive(Clone, Copy, Debug)]
pub struct Tags<'a> {
    /// Those of every mark, sorted.
    pub marks: &'a [Vec<u32>],
    /// The mark.
    pub mark: u32,
}

impl<'a> Tags<'a> {
    /// All of them.
    #[must_use]
    pub fn all(self) -> &'a [u32] {
        let tags = self.marks.get(self.mark as usize);
        tags.map_or(&[], Vec::as_slice)
    }

    /// Whether a tag is among them.
    #[must_use]
    #[inline]
    pub fn have(self, tag: u32) -> bool {
        self.all().binary_search(&tag).is_ok()
    }
}

/// Rows of one family, in order.
struct List<'a, A> {
    rows: &'a [Row<A>],
    /// The number of the first.
    first: u32,
    /// Which of them are disjoint, sorted, and about addresses alone.
    sorted: &'a Range<u32>,
    /// Where to expect which of those.
    spread: Spread,
}

/// A family of addresses, and where its rows are.
pub(super) trait Family: Bits {
    fn arena(fabric: &Fabric) -> &Arena<Self>;
    fn part(table: &Table) -> &Part;
    /// In the numbers of its rows.
    const SIGN: u32;
}

impl Family for u32 {
    #[inline(always)]
    fn arena(fabric: &Fabric) -> &Arena<Self> {
        &fabric.v4
    }
    #[inline(always)]
    fn part(table: &Table) -> &Part {
        &table.v4
    }
    const SIGN: u32 = 0;
}

impl Family for Address {
    #[inline(always)]
    fn arena(fabric: &Fabric) -> &Arena<Self> {
        &fabric.v6
    }
    #[inline(always)]
    fn part(table: &Table) -> &Part {
        &table.v6
    }
    const SIGN: u32 = V6;
}

/// How far from where it is expected a row is looked for first.
const NEAR: usize = 4;

impl<A: Bits> Row<A> {
    /// That it took something.
    #[inline(always)]
    fn taken(&self, number: u32) -> Hit {
        Hit::Row(Taken {
            row: number,
            then: self.then,
            flags: self.flags,
        })
    }
}

impl<'a, A: Family> List<'a, A> {
    #[inline(always)]
    fn of(rows: Rows<'a>) -> Self {
        let part = A::part(rows.table);
        let all = &A::arena(rows.fabric).rows;
        Self {
            rows: all.get(part.range()).unwrap_or(&[]),
            first: part.first | A::SIGN,
            sorted: &part.sorted,
            spread: part.spread,
        }
    }

    /// Some of its rows.
    fn only(&self, from: usize, to: usize) -> Self {
        Self {
            rows: self.rows.get(from..to).unwrap_or(&[]),
            first: self.first + from as u32,
            sorted: self.sorted,
            spread: self.spread,
        }
    }

    /// Row by row.
    #[inline(always)]
    fn scanned<T: Traffic>(&self, all: &T, looks: Rows<'_>) -> Option<Hit> {
        let (side, tags) = (looks.table.side, looks.tags(all));
        let mut number = self.first;
        for row in self.rows {
            match all.share(row, side, tags) {
                Share::None => number += 1,
                Share::Whole if !row.is(flags::FORK) => return Some(row.taken(number)),
                Share::Whole | Share::Part => return None,
            }
        }
        Some(Hit::Otherwise)
    }

    /// By address, where all are sorted.
    #[inline(always)]
    fn sought(&self, address: Address) -> Hit {
        self.hit(sought(self.rows, self.spread, A::of(address)))
    }

    #[inline(always)]
    fn hit(&self, number: usize) -> Hit {
        match self.rows.get(number) {
            Some(row) => row.taken(self.first + number as u32),
            None => Hit::Otherwise,
        }
    }
}

/// What takes all of some traffic of a family, if one row does, or none takes any.
#[inline(always)]
pub(super) fn first<A: Family, T: Traffic>(looks: Rows<'_>, all: &T) -> Option<Hit> {
    if A::part(looks.table).sorted.is_empty() {
        List::<A>::of(looks).scanned(all, looks)
    } else {
        search::<A, _>(looks, all)
    }
}

/// By address, as far as rows are sorted: those before them, those, and those after them. A function
/// of its own, which keeps the other one short.
#[inline(never)]
fn search<A: Family, T: Traffic>(looks: Rows<'_>, all: &T) -> Option<Hit> {
    let list = List::<A>::of(looks);
    let Some(address) = all.point(looks.table.side) else {
        return list.scanned(all, looks);
    };
    let (start, end) = (list.sorted.start as usize, list.sorted.end as usize);
    if start > 0 {
        match list.only(0, start).scanned(all, looks)? {
            Hit::Otherwise => {}
            hit => return Some(hit),
        }
    }
    match list.only(start, end).sought(address) {
        Hit::Otherwise if end < list.rows.len() => {
            list.only(end, list.rows.len()).scanned(all, looks)
        }
        hit => Some(hit),
    }
}

fn by_address<A: Family>(looks: Rows<'_>, address: Address) -> Option<Hit> {
    let list = List::<A>::of(looks);
    let all = !list.rows.is_empty() && list.sorted.len() == list.rows.len();
    all.then(|| list.sought(address))
}

/// Each part of some traffic of a family goes to the first row that takes it.
pub(super) fn apply<A: Family, T: Traffic>(looks: Rows<'_>, all: T, each: &mut impl FnMut(T, Hit)) {
    let list = List::<A>::of(looks);
    let (side, tags) = (looks.table.side, looks.tags(&all));
    let mut rest = Parts::from([all]);
    for (number, row) in list.rows.iter().enumerate() {
        let mut left = Parts::new();
        for part in rest {
            let (hit, misses) = part.split(row, side, tags);
            left.extend(misses);
            let Some(hit) = hit else { continue };
            if row.is(flags::FORK) {
                left.push(hit.clone());
            }
            each(hit, list.hit(number));
        }
        rest = left;
        if rest.is_empty() {
            return;
        }
    }
    for part in rest {
        each(part, Hit::Otherwise);
    }
}

/// The number of the row of an address among sorted rows, or the number of rows: most likely where it
/// is if they lie as evenly as most; or near there; else by halving.
#[inline]
fn sought<A: Bits>(rows: &[Row<A>], spread: Spread, address: A) -> usize {
    match rows {
        [first, .., last] if first.lo <= address && address <= last.hi => {
            let expected = spread.expected(address.address().low32());
            match rows.get(expected) {
                Some(row) if row.lo <= address && address <= row.hi => expected,
                _ if address <= first.hi => 0,
                _ => near(rows, expected, address),
            }
        }
        [row] if row.lo <= address && address <= row.hi => 0,
        _ => rows.len(),
    }
}

#[inline(never)]
fn near<A: Bits>(rows: &[Row<A>], expected: usize, address: A) -> usize {
    let start = expected.saturating_sub(NEAR).min(rows.len());
    let end = expected.saturating_add(NEAR).min(rows.len());
    let found = match rows.get(start..end) {
        Some(near @ [first, .., last]) if first.lo <= address && address <= last.hi => {
            start + halved(near, address)
        }
        _ => halved(rows, address),
    };
    match rows.get(found) {
        Some(row) if row.lo <= address => found,
        _ => rows.len(),
    }
}

/// The first of sorted rows that does not end before an address.
#[inline]
fn halved<A: Bits>(rows: &[Row<A>], address: A) -> usize {
    rows.partition_point(|r| r.hi < address)
}
