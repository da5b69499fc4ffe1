//! The first row that matches, whatever the table holds and however it is searched: by address where
//! rows are sorted and plain, row by row where they are not; for a packet, a flow and a set.

use super::genes::Genes;
use reachability::code::Code;
use reachability::engine::{End, Question, Why, walk};
use reachability::fabric::*;
use reachability::model::Origin;
use std::collections::{BTreeMap, BTreeSet};

const TABLES: u64 = 3_000;
const LOOKUPS: usize = 8;

/// Few enough values that rows overlap, and their edges are met.
fn address(g: &mut Genes) -> u32 {
    g.pick(&[0, 1, 7, 8, 9, 100, 101, 255, 256, u32::MAX - 1, u32::MAX])
}

/// The same numbers as addresses of each family; IPv6's ends are its own.
fn of(v6: bool, number: u32) -> Address {
    match (v6, number) {
        (false, _) => number.into(),
        (true, 0) => Address::new(0),
        (true, u32::MAX) => Address::new(u128::MAX),
        (true, _) => Address::new(0xfd00 << 112 | u128::from(number)),
    }
}

fn port(g: &mut Genes) -> u16 {
    g.pick(&[0, 1, 79, 80, 81, 443, 1024, u16::MAX])
}

fn span<N: Ord>(a: N, b: N) -> (N, N) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Rows of any kind; sorted ones, with others before and after them or without.
fn rows(g: &mut Genes) -> Vec<RowSpec> {
    if g.chance(60) {
        return unsorted(g);
    }
    let (mut rows, after) = match g.chance(50) {
        true => (unsorted(g), unsorted(g)),
        false => (Vec::new(), Vec::new()),
    };
    rows.extend(sorted(g));
    rows.extend(after);
    rows
}

fn then(g: &mut Genes) -> Action {
    if g.chance(40) {
        Action::Drop(Code::SUBNET_ACL_RESTRICTION)
    } else {
        Action::Next
    }
}

/// Sorted, disjoint, about addresses alone.
fn sorted(g: &mut Genes) -> Vec<RowSpec> {
    let v6 = g.chance(50);
    let mut next = 0_u32;
    let many = g.pick(&[14, 14, 80]);
    // Evenly spread, or in heaps.
    let far = g.pick(&[30, 30, 90_000]);
    (0..g.below(many))
        .map(|_| {
            let lo = next + g.pick(&[0, 0, 1, far]);
            let hi = lo + g.pick(&[0, 0, 6, 40]);
            next = hi + 1;
            let (lo, hi) = (of(v6, lo.max(1)), of(v6, hi.max(1)));
            RowSpec::address((lo, hi), then(g), &Origin::Unknown, "")
        })
        .collect()
}

fn unsorted(g: &mut Genes) -> Vec<RowSpec> {
    (0..g.below(8))
        .map(|_| {
            let v6 = g.chance(50);
            let at = span(of(v6, address(g)), of(v6, address(g)));
            let at = if g.chance(10) { Span::Any } else { at.into() };
            let mut row = RowSpec::address(at, then(g), &Origin::Unknown, "");
            if g.chance(50) {
                row.ports = span(port(g), port(g));
            }
            if g.chance(40) {
                row.proto = Some(g.pick(&[6, 17]));
            }
            if g.chance(15) {
                let tag = 1 + u32::try_from(g.below(3)).unwrap();
                row.span = Span::Tag(tag);
            }
            row
        })
        .collect()
}

/// The second reading: the number of the first row that matches.
fn scan(rows: &[RowSpec], side: Side, tags: &[u32], p: &Packet) -> Option<usize> {
    let address = if side == Side::Src { p.src } else { p.dst };
    rows.iter().position(|r| {
        let here = match r.span {
            Span::Any => true,
            Span::Tag(tag) => tags.contains(&tag),
            Span::TagV4(tag) => address.is_v4() && tags.contains(&tag),
            Span::TagV6(tag) => !address.is_v4() && tags.contains(&tag),
            Span::Of(lo, hi) => lo.is_v4() == address.is_v4() && lo <= address && address <= hi,
        };
        here && r.proto.is_none_or(|proto| proto == p.proto)
            && r.ports.0 <= p.dport
            && p.dport <= r.ports.1
    })
}

/// One node with one filter.
fn fabric(rows: Vec<RowSpec>, side: Side, tags: &[u32]) -> Fabric {
    let mut b = FabricBuilder::new();
    let mark = b.mark(tags.to_vec());
    let shape = b.shape(Shape {
        stages: vec![
            Stage::Mark,
            Stage::Filter {
                what: "filter",
                table: 0,
                state: None,
            },
            Stage::Opaque {
                code: Code::UNSUPPORTED_COMPONENT,
            },
        ],
        entries: vec![0],
        reply: 0,
    });
    let node = b.node(shape, "node");
    b.node_mut(node).unwrap().mark = mark;
    let otherwise = Action::Drop(Code::NO_ROUTE_TO_DESTINATION);
    let table = b.table("table", side, rows, otherwise, "");
    b.slot(node, 0, table);
    b.finish()
}

/// Of each row of the fabric, which of the specified it is.
fn numbers(rows: &[RowSpec], fabric: &Fabric) -> BTreeMap<u32, usize> {
    let in_family = |v6: bool| {
        let own = move |r: &RowSpec| !matches!(r.span, Span::Of(lo, _) if lo.is_v4() == v6);
        rows.iter().enumerate().filter(move |(_, r)| own(r))
    };
    let specified = in_family(false).chain(in_family(true)).map(|(n, _)| n);
    let made = fabric.rows_of(&fabric.tables[0]).map(|(row, _)| row);
    made.zip(specified).collect()
}

/// What is asked and the part of it that each row got.
fn asked<T: Traffic>(
    fabric: &Fabric,
    rows: &BTreeMap<u32, usize>,
    traffic: T,
) -> Vec<(Option<usize>, T)> {
    let question = Question {
        from: 0,
        entry: 0,
        traffic,
        accept: None,
        press_on: false,
        draw: 0,
    };
    let out = walk(fabric, &question);
    let decided = out.endings.iter().map(|e| {
        let why = out.path(e.last)[0].why;
        let row = match why {
            Why::Rule(row) => Some(row),
            Why::Otherwise => None,
            other => panic!("{other:?}"),
        };
        let then = row.map(|r| {
            fabric
                .outcome(&fabric.tables[0], fabric.row(r).unwrap().then)
                .action
        });
        match (then, e.end) {
            (Some(Action::Next), End::Opaque(..)) => {}
            (Some(Action::Drop(code)), End::Dropped(_, found, _)) if code == found => {}
            (None, End::Dropped(_, Code::NO_ROUTE_TO_DESTINATION, NONE)) => {}
            other => panic!("row {row:?}: {other:?}"),
        }
        (row.map(|r| rows[&r]), e.traffic.clone())
    });
    decided.collect()
}

#[test]
fn a_lookup_is_a_scan_for_packet_flow_and_set() {
    let (mut sorted, mut sorted6, mut amid, mut six) = (0, 0, 0, 0);
    let (mut by_tag, mut several, mut later, mut none) = (0, 0, 0, 0);
    for seed in 0..TABLES {
        let g = &mut Genes::seeded(seed);
        let rows = rows(g);
        let side = g.pick(&[Side::Src, Side::Dst]);
        let tags = g.pick(&[vec![], vec![1], vec![1, 3]]);
        let fabric = fabric(rows.clone(), side, &tags);
        let numbers = numbers(&rows, &fabric);
        let table = &fabric.tables[0];
        sorted += usize::from(!table.v4.sorted.is_empty());
        sorted6 += usize::from(!table.v6.sorted.is_empty());
        for part in [&table.v4, &table.v6] {
            let run = &part.sorted;
            amid += usize::from(run.start > 0 && run.end > run.start && run.end < part.len);
        }
        for _ in 0..LOOKUPS {
            let v6 = g.chance(50);
            let (src, dst) = match rows.get(g.below(2 * rows.len().max(1))).map(|r| r.span) {
                Some(Span::Of(lo, hi)) => {
                    let v6 = !lo.is_v4();
                    let any = |g: &mut Genes| of(v6, address(g));
                    (span(lo, any(g)), span(any(g), hi))
                }
                _ => {
                    let any = |g: &mut Genes| of(v6, address(g));
                    (span(any(g), any(g)), span(any(g), any(g)))
                }
            };
            let (sport, dport) = (span(port(g), port(g)), span(port(g), port(g)));
            let region = Region {
                src,
                dst: if g.chance(50) { dst } else { (dst.0, dst.0) },
                sport,
                dport,
                proto: g.pick(&[6, 17, 1]),
            };
            let set = asked(&fabric, &numbers, PacketSet::new(region));
            let (a, b, c) = (g.pick(&[0, 1]), g.pick(&[0, 1]), g.pick(&[0, 1]));
            let one = |(lo, hi): (Address, Address), at| if at == 0 { lo } else { hi };
            let (src, dst) = (one(region.src, a), one(region.dst, b));
            let dport = if c == 0 {
                region.dport.0
            } else {
                region.dport.1
            };
            let packet = Packet::new(src, dst, region.proto, sport.0, dport);
            let want = scan(&rows, side, &tags, &packet);

            let found = asked(&fabric, &numbers, packet);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].0, want, "seed {seed}: {packet:?} in {rows:#?}");

            let flow = Flow::new(src, dst, region.proto, sport, dport);
            let found = asked(&fabric, &numbers, flow);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].0, want, "seed {seed}: {flow:?} in {rows:#?}");

            let mut mine = flow;
            mine.mark = set[0].1.mark;
            let mut holders = set.iter().filter(|(_, part)| part.contains(&mine));
            let holder = holders
                .next()
                .unwrap_or_else(|| panic!("seed {seed}: {flow:?} is lost"));
            assert_eq!(
                holder.0, want,
                "seed {seed}: {flow:?} of {region:?} in {rows:#?}"
            );
            assert!(holders.next().is_none(), "seed {seed}: {flow:?} is twice");

            let cited: BTreeSet<_> = set.iter().map(|s| s.0).collect();
            several += usize::from(cited.len() > 1);
            later += usize::from(want.is_some_and(|n| n > 0));
            none += usize::from(want.is_none());
            by_tag += usize::from(want.is_some_and(|n| matches!(rows[n].span, Span::Tag(_))));
            six += usize::from(want.is_some() && !packet.dst.is_v4());
        }
    }
    println!(
        "{sorted} tables sorted, {sorted6} of IPv6, {amid} amid other rows, {six} lookups of it; {several} sets taken by several rows; {later} by a later row, {by_tag} by tag, {none} by none"
    );
    assert!(sorted >= 200 && sorted6 >= 200 && amid >= 100 && six >= 1_000);
    assert!(several >= 1_000 && later >= 1_000 && by_tag >= 100 && none >= 1_000);
}
