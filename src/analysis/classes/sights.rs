//! How rows see each interface's addresses, as a number: two interfaces with one number are seen
//! alike by every row of the tables that are looked at.
//!
//! Rows about blocks cut the address space: what counts is by which of them an address is covered,
//! found by one sweep. Rows about one interface's own address (deliveries, members of a group,
//! public addresses) would make everybody unlike; of them counts what they say of whoever it is:
//! *it is delivered here*, *it may come in*. So an allow-list of ten thousand addresses is one row
//! to its members.

use super::owned::{Has, Owned};
use super::tables::{Tables, delivered, is_end, link};
use crate::fabric::{Action, Address, Fabric, Link, Rewrite, Row, Table, TableId, To, flags};
use rustc_hash::FxHashMap;

/// One thing that rows say of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Says {
    table: TableId,
    /// How many other rows of the table come first.
    after: u32,
    content: u32,
}

/// In the place of a table: by which blocks it is covered.
const COVERED: TableId = TableId::MAX;

/// What a row about an interface's own address says.
#[derive(PartialEq, Eq, Hash)]
struct Content {
    which: u32,
    ports: (u16, u16),
    proto: u8,
    flags: u8,
    then: Then,
}

#[derive(PartialEq, Eq, Hash)]
enum Then {
    /// Whoever is concerned is not named.
    Plain(Action),
    /// Over a link that leads to whoever it is about, which is left out.
    Own(Link),
    Over(Link),
    /// Headers that are its own, by which they are, and what else changes.
    Turned(Option<u32>, Option<u32>, Rewrite),
}

struct Scan<'a> {
    fabric: &'a Fabric,
    owned: &'a Owned,
    blocks: Blocks,
    contents: FxHashMap<Content, u32>,
    said: Vec<(u32, Says)>,
}

/// A number for each interface, by all tables that are `looked` at.
pub(in crate::analysis) fn sights(
    fabric: &Fabric,
    owned: &Owned,
    tables: &Tables,
    looked: impl Fn(TableId) -> bool,
) -> Vec<u32> {
    let mut scan = Scan {
        fabric,
        owned,
        blocks: Blocks::default(),
        contents: FxHashMap::default(),
        said: Vec::new(),
    };
    for (table, id) in fabric.tables.iter().zip(0..) {
        if !tables.is_used(id) || !looked(id) {
            continue;
        }
        match tables.delivers(id) {
            true => scan.deliveries(id, table),
            false if tables.like(id) == id => scan.rows(id, table),
            false => {}
        }
    }
    scan.covered();
    scan.numbers()
}

impl Scan<'_> {
    /// Rows that say who has which address: each tells its own interface where it is; to others they
    /// are one block, in which they are not.
    fn deliveries(&mut self, id: TableId, table: &Table) {
        let mut block: Option<(Address, Address)> = None;
        for (number, row) in self.fabric.rows_of(table) {
            let action = self.fabric.outcome(table, row.then).action;
            match delivered(self.fabric, self.owned, table, &row) {
                Some(who) => self.own((id, number), who, &row, action),
                None if self.ends(&row, action) => {}
                None => self.blocks.add(row.lo, row.hi, (id, number)),
            }
            block = match block {
                Some((lo, hi)) if hi.after() == row.lo && hi.is_v4() == row.lo.is_v4() => {
                    Some((lo, row.hi))
                }
                before => {
                    self.block(id, before);
                    Some((row.lo, row.hi))
                }
            };
        }
        self.block(id, block);
    }

    fn block(&mut self, id: TableId, block: Option<(Address, Address)>) {
        if let Some((lo, hi)) = block {
            self.blocks.add(lo, hi, (id, u32::MAX));
        }
    }

    /// Its own row; but where more happens to it than delivery, others that have its address see that.
    fn own(&mut self, (id, number): (TableId, u32), who: u32, row: &Row<Address>, action: Action) {
        let span = (row.lo, row.hi);
        let spans = self.owned.spans(who).iter().zip(0..);
        let which = spans.filter(|(s, _)| **s == span).map(|(_, n)| n).next();
        let has = Has {
            lo: row.lo,
            hi: row.hi,
            who,
            which: which.unwrap_or_default(),
        };
        self.say(id, 0, row, action, has);
        if !self.ends(row, action) {
            // Everybody else with this address, by this very row.
            let others = self.owned.who(row.lo, row.hi).iter();
            let others: Vec<Has> = others.filter(|h| h.who != who).copied().collect();
            for other in others {
                self.say(id, 0, row, action, other);
            }
            if self.owned.is_part(row.lo, row.hi) {
                self.blocks.add(row.lo, row.hi, (id, number));
            }
        }
    }

    /// Whether a row ends the way of everybody it is not about, for certain.
    fn ends(&self, row: &Row<Address>, action: Action) -> bool {
        match action {
            Action::Drop(_) => !row.is(flags::MAYBE),
            Action::Go(_) => {
                let link = link(self.fabric, action);
                !row.is(flags::FORK) && link.is_some_and(|l| is_end(self.fabric, l.to, l.entry))
            }
            _ => false,
        }
    }

    /// Rows of any other table.
    fn rows(&mut self, id: TableId, table: &Table) {
        let mut before = 0;
        for (number, row) in self.fabric.rows_of(table) {
            if row.is(flags::BY_MARK) {
                before += 1;
                continue;
            }
            let (fabric, owned) = (self.fabric, self.owned);
            let action = fabric.outcome(table, row.then).action;
            let mut about = owned.who(row.lo, row.hi).iter().peekable();
            let narrow = row.lo == row.hi || about.peek().is_some();
            if !narrow || owned.is_part(row.lo, row.hi) {
                self.blocks.add(row.lo, row.hi, (id, number));
                before += 1;
                continue;
            }
            for has in about {
                self.say(id, before, &row, action, *has);
            }
        }
    }

    fn say(&mut self, table: TableId, after: u32, row: &Row<Address>, action: Action, has: Has) {
        let content = Content {
            which: has.which,
            ports: row.ports,
            proto: row.proto,
            flags: row.flags,
            then: self.then(action, has.who),
        };
        let next = self.contents.len() as u32;
        let content = *self.contents.entry(content).or_insert(next);
        let says = Says {
            table,
            after,
            content,
        };
        self.said.push((has.who, says));
    }

    fn then(&self, action: Action, who: u32) -> Then {
        match action {
            Action::Go(_) => match link(self.fabric, action) {
                Some(link) if self.owned.at(link.to) == Some(who) => Then::Own(Link {
                    to: 0,
                    stage: 0,
                    ..*link
                }),
                Some(link) => Then::Over(*link),
                None => Then::Plain(action),
            },
            Action::Rewrite(number) => match self.fabric.rewrites.get(number as usize) {
                Some(to) => self.turned(to, who),
                None => Then::Plain(action),
            },
            _ => Then::Plain(action),
        }
    }

    /// What changes, with addresses of its own as what they are to it.
    fn turned(&self, to: &Rewrite, who: u32) -> Then {
        let own = |address: Option<Address>| {
            let mut spans = self.owned.spans(who).iter().zip(0..);
            let at = address?;
            spans.find(|(s, _)| **s == (at, at)).map(|(_, n)| n)
        };
        let dst = match to.dst {
            Some(To::At(at)) => Some(at),
            _ => None,
        };
        let (src, dst) = (own(to.src), own(dst));
        let rest = Rewrite {
            src: to.src.filter(|_| src.is_none()),
            dst: to.dst.filter(|_| dst.is_none()),
            ..*to
        };
        Then::Turned(src, dst, rest)
    }

    /// By which blocks each address of each interface is covered.
    fn covered(&mut self) {
        let blocks = std::mem::take(&mut self.blocks).swept();
        for who in 0..self.owned.interfaces() {
            for (which, (lo, hi)) in (0..).zip(self.owned.spans(who)) {
                for content in blocks.over(*lo, *hi) {
                    let says = Says {
                        table: COVERED,
                        after: which,
                        content,
                    };
                    self.said.push((who, says));
                }
            }
        }
    }

    /// A number for everything that is said of an interface.
    fn numbers(mut self) -> Vec<u32> {
        let len = self.owned.interfaces() as usize;
        // Sorted by whom it is said of, and otherwise in the order in which it was said.
        let mut ends = vec![0u32; len + 1];
        for (who, _) in &self.said {
            if let Some(end) = ends.get_mut(*who as usize + 1) {
                *end += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let nothing = Says {
            table: 0,
            after: 0,
            content: 0,
        };
        let mut all = vec![nothing; self.said.len()];
        for (who, says) in std::mem::take(&mut self.said) {
            let Some(next) = ends.get_mut(who as usize) else {
                continue;
            };
            if let Some(at) = all.get_mut(*next as usize) {
                *at = says;
            }
            *next += 1;
        }
        let mut known: FxHashMap<&[Says], u32> = FxHashMap::default();
        let mut begin = 0;
        let numbers = ends.iter().take(len).map(|end| {
            let own = all.get(begin as usize..*end as usize).unwrap_or_default();
            begin = *end;
            let next = known.len() as u32 + 1;
            match own {
                [] => 0,
                own => *known.entry(own).or_insert(next),
            }
        });
        numbers.collect()
    }
}

/// Blocks of addresses: a sum of random numbers tells by which of them an address is covered.
#[derive(Default)]
struct Blocks {
    edges: Vec<(Address, u128)>,
}

impl Blocks {
    fn add(&mut self, lo: Address, hi: Address, key: (TableId, u32)) {
        let weight = weight(key);
        self.edges.push((lo, weight));
        if hi.bits() != u128::MAX {
            self.edges.push((hi.after(), weight.wrapping_neg()));
        }
    }

    fn swept(mut self) -> Swept {
        self.edges.sort_unstable_by_key(|(at, _)| *at);
        let mut known: FxHashMap<u128, u32> = FxHashMap::from_iter([(0, 0)]);
        let (mut sum, mut at) = (0u128, Vec::new());
        for edges in self.edges.chunk_by(|a, b| a.0 == b.0) {
            let weights = edges.iter().map(|(_, weight)| *weight);
            sum = weights.fold(sum, u128::wrapping_add);
            let next = known.len() as u32;
            let number = *known.entry(sum).or_insert(next);
            at.extend(edges.first().map(|(at, _)| (*at, number)));
        }
        Swept(at)
    }
}

/// Where another set of blocks begins to cover, and its number.
struct Swept(Vec<(Address, u32)>);

impl Swept {
    /// The sets that cover a span, in order.
    fn over(&self, lo: Address, hi: Address) -> impl Iterator<Item = u32> + '_ {
        let begin = self.0.partition_point(|(at, _)| *at <= lo);
        let first = begin.checked_sub(1).and_then(|n| self.0.get(n));
        let first = first.map_or(0, |(_, number)| *number);
        let rest = self.0.get(begin..).unwrap_or_default().iter();
        let rest = rest.take_while(move |(at, _)| *at <= hi);
        std::iter::once(first).chain(rest.map(|(_, number)| *number))
    }
}

/// Two rounds of splitmix64: of a few thousand sums no two meet in 128 bits.
pub(in crate::analysis) fn weight((table, row): (TableId, u32)) -> u128 {
    let mix = |mut x: u64| {
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    let seed = (u64::from(table) << 32) | u64::from(row);
    let high = mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15));
    let low = mix(high ^ seed.wrapping_add(0x3c6e_f372_fe94_f82a));
    (u128::from(high) << 64) | u128::from(low)
}
