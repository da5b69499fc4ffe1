//! Longest prefix, then who wrote the route
//! (`/vpc/latest/userguide/route-tables-priority.html`, `/vpn/latest/s2svpn/vpn-route-priority.html`).

use super::genes::Genes;
use super::world::{World, world};
use super::{named, number, row};
use ipnet::{IpNet, Ipv4Net};
use reachability::aws::{Compiled, FROM_HOST, compile};
use reachability::code::Code;
use reachability::engine::{End, Question, Why, walk};
use reachability::fabric::{Flow, Stage};
use reachability::model::*;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

const TABLES: u64 = 300;
const LOOKUPS: usize = 30;

/// Blocks are around these, so that they contain one another.
const ANCHORS: [&str; 8] = [
    "10.1.2.3",
    "10.1.130.9",
    "10.0.1.40",
    "10.64.3.3",
    "172.16.5.5",
    "52.216.1.1",
    "198.51.100.7",
    "192.168.5.5",
];
const LENGTHS: [u8; 14] = [0, 1, 8, 9, 12, 15, 16, 16, 17, 20, 24, 24, 25, 32];

fn block(g: &mut Genes) -> Ipv4Net {
    let anchor: Ipv4Addr = g.pick(&ANCHORS).parse().unwrap();
    Ipv4Net::new(anchor, g.pick(&LENGTHS)).unwrap().trunc()
}

/// The names of the nodes that routes lead to.
fn target(g: &mut Genes) -> Target {
    g.weigh(&[
        (3, Target::Internet(named("v0/igw"))),
        (3, Target::Nat(named("v0/nat"))),
        (3, Target::Peering(named("p1"))),
        (1, Target::Peering(named("p2"))),
        (2, Target::Vpn(named("v0/vgw"))),
    ])
}

/// A table of every kind of route.
fn table(g: &mut Genes) -> World {
    let second = g.chance(50);
    let mut world = world(if second {
        &["10.0.0.0/16", "10.64.0.0/16"]
    } else {
        &["10.0.0.0/16"]
    });
    let blocks: Vec<Ipv4Net> = world.draft.vpcs[Id::new(0)].cidrs.clone();
    let mut routes = Vec::new();
    let mut add = |g: &mut Genes, destination, target, kind| {
        let route = Route {
            destination,
            target,
            kind,
            bgp: reachability::model::BgpPath::default(),
            active: !g.chance(12),
            origin: row(routes.len()),
        };
        routes.push(route);
    };
    let mut taken = BTreeSet::new();
    for _ in 0..2 + g.below(30) {
        let (net, target) = (block(g), target(g));
        // Inside the VPC a static route names a whole block, of the VPC or of a subnet.
        let inside = blocks.iter().any(|b| b.contains(&net) && *b != net);
        if !inside && taken.insert(net) {
            add(
                g,
                Destination::Cidr(IpNet::V4(net)),
                target,
                RouteKind::Static,
            );
        }
    }
    if g.chance(30) {
        let net = "10.0.1.0/24".parse().unwrap();
        add(
            g,
            Destination::Cidr(net),
            Target::Nat(named("v0/nat")),
            RouteKind::Static,
        );
    }
    let mut learnt = BTreeSet::new();
    for _ in 0..g.below(12) {
        let kind = g.pick(&[RouteKind::DxBgp, RouteKind::VpnStatic, RouteKind::VpnBgp]);
        let net = block(g);
        // The one gateway of a VPC teaches a block once.
        if learnt.insert((net, kind)) {
            let net = Destination::Cidr(IpNet::V4(net));
            add(g, net, Target::Vpn(named("v0/vgw")), kind);
        }
    }
    for list in 0..g.below(4) {
        let name = format!("pl{list}");
        let target = target(g);
        let of = Destination::List(named(&name));
        add(g, of, target, RouteKind::Static);
        let entries: Vec<IpNet> = (0..1 + g.below(4)).map(|_| IpNet::V4(block(g))).collect();
        world.draft.prefix_lists.push(PrefixList {
            name,
            id: None,
            entries,
            max_entries: 9,
            region: "us-east-1".into(),
            account: "111111111111".into(),
            origin: Origin::Unknown,
        });
    }
    let s3 = (0..1 + g.below(3)).map(|_| block(g).into()).collect();
    let service = ("us-east-1".to_owned(), "s3".to_owned());
    world.draft.aws_lists = vec![(service, s3)];
    world.draft.tables.get_mut(world.table).unwrap().routes = routes;
    world
}

/// The second reading: every route that is as good as the best.
fn scan(network: &Network, table: Id<RouteTable>, to: Ipv4Addr) -> Vec<&Route> {
    let lists = |route: &Route| -> (Vec<IpNet>, bool) {
        match &route.destination {
            Destination::Cidr(net) => (vec![*net], false),
            Destination::List(l) => (network.prefix_lists[l.id().unwrap()].entries.clone(), true),
            Destination::AwsList(..) => {
                let (_, nets) = &network.aws_lists[0];
                (nets.clone(), true)
            }
        }
    };
    let own = &network.vpcs[network.tables[table].vpc.id().unwrap()].cidrs;
    let inside = own.iter().any(|c| c.contains(&to));
    let mut best: Vec<(i32, u8, &Route)> = Vec::new();
    for route in &network.tables[table].routes {
        if inside && route.kind != RouteKind::Static {
            continue;
        }
        let (blocks, list) = lists(route);
        let covers = blocks
            .iter()
            .filter(|b| b.contains(&std::net::IpAddr::V4(to)));
        let Some(length) = covers.map(|b| i32::from(b.prefix_len())).max() else {
            continue;
        };
        let rank = match (route.kind, list) {
            (RouteKind::Static, false) => 0,
            (RouteKind::Static, true) => 1,
            (RouteKind::DxBgp, _) => 2,
            (RouteKind::VpnStatic, _) => 3,
            (RouteKind::VpnBgp, _) => 4,
            (RouteKind::Tgw, _) => 5,
        };
        best.push((-length, rank, route));
    }
    let first = best.iter().map(|(length, rank, _)| (*length, *rank)).min();
    best.retain(|(length, rank, _)| Some((*length, *rank)) == first);
    best.into_iter().map(|(.., route)| route).collect()
}

/// Where a route leads.
fn leads(network: &Network, route: &Route) -> String {
    let name = match &route.target {
        Target::Local => "v0",
        Target::Internet(_) => "v0/igw",
        Target::EgressOnly(_) => "v0/eigw",
        Target::Nat(_) => "v0/nat-eni",
        Target::Peering(p) if !network.peerings[p.id().unwrap()].active => "blackhole",
        Target::Peering(p) => &p.text,
        Target::Vpn(_) => "v0/vgw",
        Target::Endpoint(_) => "v0/s3",
        Target::RegionalNat(_) | Target::Interface(_) | Target::Transit(_) | Target::Unseen(_) => {
            panic!("nothing is unseen here")
        }
    };
    (if route.active { name } else { "blackhole" }).to_owned()
}

/// What the program does: the rows it cites, and where it goes on.
fn done(compiled: &Compiled, from: Id<Interface>, to: Ipv4Addr) -> Vec<(Option<usize>, String)> {
    let fabric = &compiled.fabric;
    let source = u32::from(Ipv4Addr::new(10, 0, 0, 10));
    let question = Question {
        from: compiled.node_of(from),
        entry: FROM_HOST,
        traffic: Flow::new(source, to, 6, (1024, 65535), 443),
        accept: None,
        press_on: false,
        draw: 0,
    };
    let out = walk(fabric, &question);
    let mut found = Vec::new();
    for ending in &out.endings {
        let path = out.path(ending.last);
        let routed = |stage| matches!(stage, Some(Stage::Route { what: "routes", .. }));
        let at = path
            .iter()
            .position(|s| s.at.node() == question.from && routed(fabric.stage(s.at)))
            .unwrap_or_else(|| panic!("{to} is not routed: {path:?}"));
        // One of several: the choice stands behind the row.
        let chosen = matches!(path.get(at + 1).map(|s| s.why), Some(Why::Chosen(_)));
        let at = at + usize::from(chosen);
        let cited = match path[at].why {
            Why::Rule(row) | Why::Chosen(row) => number(fabric.origin(row).unwrap().0),
            Why::Otherwise => None,
            other => panic!("{to}: {other:?}"),
        };
        let goes = match path.get(at + 1).map(|s| s.why) {
            Some(Why::Crossed(link, _)) => {
                fabric.node_name(fabric.links[link as usize].to).to_string()
            }
            None => match ending.end {
                End::Dropped(_, Code::BAD_STATE_ROUTE, _) => "blackhole".to_owned(),
                End::Dropped(_, Code::NO_ROUTE_TO_DESTINATION, _) => "no route".to_owned(),
                other => panic!("{to}: {other:?}"),
            },
            other => panic!("{to}: {other:?}"),
        };
        if !found.contains(&(cited, goes.clone())) {
            found.push((cited, goes));
        }
    }
    found
}

#[test]
fn the_longest_prefix_wins_and_then_the_better_rank() {
    let (mut lookups, mut void) = (0, 0);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..TABLES {
        let g = &mut Genes::seeded(seed);
        let world = table(g);
        let built = build(world.draft);
        let Some(network) = built.network else {
            void += 1;
            continue;
        };
        let compiled = compile(&network);
        for _ in 0..LOOKUPS {
            // At the edges of blocks.
            let net = block(g);
            let (lo, hi) = (u32::from(net.network()), u32::from(net.broadcast()));
            let anchor: Ipv4Addr = g.pick(&ANCHORS).parse().unwrap();
            let at = g.pick(&[
                lo,
                hi,
                lo.wrapping_sub(1),
                hi.wrapping_add(1),
                anchor.into(),
            ]);
            let to = Ipv4Addr::from(at);
            let near: Ipv4Net = "10.0.0.0/24".parse().unwrap();
            if near.contains(&to) || at >> 28 == 15 || to.is_link_local() {
                continue;
            }
            let best = scan(&network, world.table, to);
            let mut want: Vec<String> = best.iter().map(|r| leads(&network, r)).collect();
            if best.is_empty() {
                want.push("no route".to_owned());
            }
            want.sort();
            want.dedup();
            let found = done(&compiled, world.from, to);
            let mut goes: Vec<String> = found.iter().map(|f| f.1.clone()).collect();
            goes.sort();
            assert_eq!(goes, want, "seed {seed}: {to}, best {best:#?}");
            for (cited, _) in &found {
                let known = best.iter().any(|r| number(&r.origin) == *cited);
                assert!(
                    known || best.is_empty(),
                    "seed {seed}: {to} cites {cited:?} of {best:#?}"
                );
            }
            lookups += 1;
            let what = if want.len() > 1 {
                "ambiguous"
            } else {
                &want[0]
            };
            *met.entry(what.to_owned()).or_default() += 1;
            if network.tables[world.table].routes.len() > best.len() + 1 {
                *met.entry("losers".to_owned()).or_default() += 1;
            }
        }
    }
    println!("{lookups} lookups, {void} tables void: {met:?}");
    for what in [
        "v0",
        "v0/igw",
        "v0/nat-eni",
        "p1",
        "v0/vgw",
        "v0/s3",
        "blackhole",
        "no route",
    ] {
        assert!(met.get(what).is_some_and(|n| *n >= 100), "{what}: {met:?}");
    }
    assert!(
        met["ambiguous"] >= 30 && lookups >= 5_000,
        "{lookups} {met:?}"
    );
}
