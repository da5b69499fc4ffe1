//! The rows of a table in order, and how the first that matches is found: by its address among rows
//! that are sorted and look at nothing else, row by row among others.

use super::address::{Address, Bits};
use super::row::V6;
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
    pub fn tags(self, traffic: &impl Traffic) -> &'a [u32] {
        let tags = self.fabric.marks.get(traffic.mark() as usize);
        tags.map_or(&[], Vec::as_slice)
    }
}

/// Rows of one family, in order.
struct List<'a, A> {
    rows: &'a [Row<A>],
    /// The number of the first.
    first: u32,
    /// Which of them are disjoint, sorted, and about addresses alone.
    sorted: &'a Range<u32>,
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

impl<'a, A: Family> List<'a, A> {
    #[inline(always)]
    fn of(rows: Rows<'a>) -> Self {
        let part = A::part(rows.table);
        let all = &A::arena(rows.fabric).rows;
        Self {
            rows: all.get(part.range()).unwrap_or(&[]),
            first: part.first | A::SIGN,
            sorted: &part.sorted,
        }
    }

    #[inline(always)]
    fn scanned<T: Traffic>(&self, rows: &[Row<A>], all: &T, looks: Rows<'_>) -> Option<Hit> {
        let (side, tags) = (looks.table.side, looks.tags(all));
        let mut number = self.first;
        for row in rows {
            match all.share(row, side, tags) {
                Share::None => number += 1,
                Share::Whole if !row.is(flags::FORK) => {
                    return Some(Hit::Row(Taken {
                        row: number,
                        then: row.then,
                        maybe: row.is(flags::MAYBE),
                        fork: false,
                    }));
                }
                Share::Whole | Share::Part => return None,
            }
        }
        Some(Hit::Otherwise)
    }

    #[inline(always)]
    fn hit(&self, number: usize) -> Hit {
        match self.rows.get(number) {
            Some(row) => Hit::Row(Taken {
                row: self.first + number as u32,
                then: row.then,
                maybe: row.is(flags::MAYBE),
                fork: row.is(flags::FORK),
            }),
            None => Hit::Otherwise,
        }
    }
}

/// What takes all of some traffic of a family, if one row does, or none takes any.
#[inline(never)]
pub(super) fn first<A: Family, T: Traffic>(looks: Rows<'_>, all: &T) -> Option<Hit> {
    let list = List::<A>::of(looks);
    let (rows, sorted) = (list.rows, list.sorted);
    if sorted.is_empty() {
        return list.scanned(rows, all, looks);
    }
    let number = match all.point(looks.table.side) {
        None => return list.scanned(rows, all, looks),
        Some(address) if sorted.len() == rows.len() => sought(rows, A::of(address)),
        Some(address) => around(rows, sorted, all, A::of(address), looks)?,
    };
    Some(list.hit(number))
}

fn by_address<A: Family>(looks: Rows<'_>, address: Address) -> Option<Hit> {
    let list = List::<A>::of(looks);
    let all = !list.rows.is_empty() && list.sorted.len() == list.rows.len();
    all.then(|| list.hit(sought(list.rows, A::of(address))))
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

// Each of these gives the number of the row that was found, or the number of rows.

/// Row by row: nothing if rows share the traffic.
#[inline(always)]
fn scanned<A: Bits, T: Traffic>(rows: &[Row<A>], all: &T, looks: Rows<'_>) -> Option<usize> {
    let (side, tags) = (looks.table.side, looks.tags(all));
    for (number, row) in rows.iter().enumerate() {
        match all.share(row, side, tags) {
            Share::None => {}
            Share::Whole if !row.is(flags::FORK) => return Some(number),
            Share::Whole | Share::Part => return None,
        }
    }
    Some(rows.len())
}

/// Where some rows are sorted: those before them, those, and those after them.
#[inline(never)]
fn around<A: Bits, T: Traffic>(
    rows: &[Row<A>],
    sorted: &Range<u32>,
    all: &T,
    address: A,
    looks: Rows<'_>,
) -> Option<usize> {
    let (before, rest) = rows.split_at_checked(sorted.start as usize)?;
    let (sorted, after) = rest.split_at_checked(sorted.len())?;
    let mut number = scanned(before, all, looks)?;
    if number == before.len() {
        number += sought(sorted, address);
    }
    if number == before.len() + sorted.len() {
        number += scanned(after, all, looks)?;
    }
    Some(number)
}

/// By address, where all rows are sorted: most likely where it is if all but the first and the last
/// are spread evenly, as hosts in a subnet are; or near there; else by halving.
#[inline]
fn sought<A: Bits>(rows: &[Row<A>], address: A) -> usize {
    match rows {
        [first, inner @ .., last] if first.lo <= address && address <= last.hi => {
            let expected = 1 + expected(inner, address);
            match rows.get(expected) {
                Some(row) if row.lo <= address && address <= row.hi => expected,
                _ => near(rows, expected, address),
            }
        }
        [row] if row.lo <= address && address <= row.hi => 0,
        _ => rows.len(),
    }
}

/// The number of the row of an address, if rows are spread evenly.
#[inline]
fn expected<A: Bits>(rows: &[Row<A>], address: A) -> usize {
    match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => address.steps(first.lo, last.hi, rows.len()),
        _ => 0,
    }
}

#[inline(never)]
fn near<A: Bits>(rows: &[Row<A>], expected: usize, address: A) -> usize {
    let start = expected.saturating_sub(NEAR);
    let end = (expected + NEAR).min(rows.len());
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
