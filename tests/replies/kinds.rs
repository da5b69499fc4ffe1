//! Every kind of filter and table that a reply meets in some bundled scenario is named here, and stops
//! a reply alone in some scenario, or says why it never does.

use reachability::answer::{Alternative, Answer, Fact, Part, Wording};
use reachability::cli::{Expectation, Scene, open};
use reachability::engine::{End, Leg};
use reachability::fabric::{Fabric, Node, Place, Stage};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What stops a reply whose request arrived, or leads it astray. A query to a name server is traffic
/// like any other: where its answer is stopped is told beside it.
const ALONE: &[&str] = &[
    "Application Load Balancer: network ACL out",
    "Application Load Balancer: routes",
    "Client VPN interface: network ACL in",
    "NAT gateway: network ACL in",
    "NAT gateway: network ACL out",
    "NAT gateway: routes",
    "NAT gateway: same subnet",
    "Network Load Balancer: network ACL in",
    "Network Load Balancer: network ACL out",
    "Network Load Balancer: routes",
    "appliance: network ACL in",
    "appliance: network ACL out",
    "appliance: routes",
    "appliance: source/dest check",
    "attachment without zones: connection",
    "attachment: attachment",
    "attachment: network ACL in",
    "attachment: network ACL out",
    "attachment: routes",
    "connection: connection",
    "endpoint: network ACL out",
    "endpoint: routes",
    "host without an interface: network ACL in",
    "host: network ACL in",
    "host: network ACL out",
    "host: routes",
    "internet gateway: internet gateway",
    "internet gateway: local",
    "internet: internet",
    "query, endpoint: network ACL out",
    "query, endpoint: routes",
    "query, host: network ACL in",
    "query, host: network ACL out",
    "query, host: routes",
    "query, site: routes",
    "regional NAT gateway: routes",
    "router: peering",
    "router: virtual private gateway",
    "site: firewall",
    "site: routes",
    "transit gateway: transit gateway routes",
    "virtual private gateway: connections",
    "virtual private gateway: local",
    "virtual private gateway: virtual private gateway",
];

/// What never does, and why.
const NEVER: &[(&str, &str)] = &[
    ("Application Load Balancer: same subnet", BESIDE),
    ("Client VPN interface: clients", ONLY_WAY),
    ("Network Load Balancer: same subnet", BESIDE),
    ("appliance: same subnet", BESIDE),
    ("attachment: same subnet", BESIDE),
    ("egress-only internet gateway: local", ONLY_WAY),
    ("endpoint: same subnet", BESIDE),
    ("gateway endpoint: local", ONLY_WAY),
    ("host without an interface: host", ONLY_WAY),
    ("host: host services", "what is for nobody there goes on"),
    ("host: same subnet", BESIDE),
    ("internet gateway: internet", ONLY_WAY),
    ("internet: routes", ONLY_WAY),
    ("provider: site", ONLY_WAY),
    ("public virtual interface: connection", ONLY_WAY),
    ("router: local", "who asked is there"),
    ("site: hosts", "who asked is there"),
    ("site: inside", "it tells what stays from what leaves"),
    (
        "virtual private gateway: other sites",
        "what is for no other site goes on",
    ),
];
const BESIDE: &str = "what is for nobody beside it goes on";
const ONLY_WAY: &str = "it has one way, which nobody configures";

/// Nodes by a stage that no other kind of node has.
const NODES: &[(&str, &str)] = &[
    ("attachment", "attachment"),
    ("transit gateway routes", "transit gateway"),
    ("clients", "Client VPN interface"),
    ("client VPN routes", "Client VPN"),
    ("NAT gateway", "NAT gateway"),
    ("endpoint", "endpoint"),
    ("source/dest check", "host"),
    ("gateway endpoint", "gateway endpoint"),
    ("internet gateway", "internet gateway"),
    (
        "egress-only internet gateway",
        "egress-only internet gateway",
    ),
    ("connections", "virtual private gateway"),
    ("peering", "router"),
    ("advertised", "public virtual interface"),
    ("firewall", "site"),
    ("site", "provider"),
    ("component", "not modelled"),
    ("connection", "connection"),
    ("host", "host without an interface"),
    ("internet", "internet"),
    ("routes", "outside"),
];

fn word(stage: &Stage) -> &'static str {
    match stage {
        Stage::Filter { what, .. } | Stage::Route { what, .. } | Stage::Translate { what, .. } => {
            what
        }
        _ => "",
    }
}

/// What kind of node it is, as AWS would call it.
fn kind_of_node(fabric: &Fabric, node: &Node, place: Place) -> &'static str {
    let stages = fabric.stages_of(node);
    let has = |wanted: &str| stages.iter().any(|s| word(s) == wanted);
    let translates = stages.iter().any(|s| matches!(s, Stage::Translate { .. }));
    let check = stages.iter().position(|s| word(s) == "source/dest check");
    let named = fabric.node_name(place.node()).contains('/');
    if has("listener") {
        return match translates {
            true => "Network Load Balancer",
            false => "Application Load Balancer",
        };
    }
    let found = NODES.iter().find(|(word, _)| has(word));
    match found.map_or("?", |(_, kind)| kind) {
        "NAT gateway" if !has("acl") => "regional NAT gateway",
        // Its last list passes on what is somebody else's; the ACL is two stages before the check.
        "host" if check.is_some_and(|check| place.stage() + 2 >= check) => "appliance",
        // Declared hosts of sites have names of two words, hosts on the internet of one.
        "outside" if named => "site",
        "outside" => "internet",
        // So have attachments of transit gateways that are no VPCs'.
        "connection" if named => "attachment without zones",
        kind => kind,
    }
}

/// What kind of filter or table a place has, if it knows nothing of the request.
fn kind(fabric: &Fabric, place: Place) -> Option<String> {
    let stage = fabric.stage(place)?;
    if !matches!(
        stage,
        Stage::Filter { state: None, .. } | Stage::Route { .. }
    ) {
        return None;
    }
    let node = fabric.nodes.get(place.node() as usize)?;
    let what = match word(&stage) {
        "acl" => {
            let table = fabric.table_at(place)?;
            let last = fabric.names.get(table.last_word as usize)?;
            match last.contains(" ingress ") {
                true => "network ACL in",
                false => "network ACL out",
            }
        }
        what => what,
    };
    Some(format!("{}: {what}", kind_of_node(fabric, node, place)))
}

fn scenarios(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            scenarios(&path, out);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            out.push(path);
        }
    }
}

/// What the reply met that knows nothing of the request: where, by which row, and where to.
fn met(scene: &Scene, way: &Alternative) -> Vec<(String, Place, String)> {
    let (network, compiled) = scene.compiled().unwrap();
    let facts = Wording::new(network, compiled).facts(way);
    let after = facts.iter().skip(1).map(|s| s.node.to_string());
    let back = facts.iter().zip(after.chain([String::new()]));
    let back = back.filter(|(s, _)| s.part == Part::Back);
    let said = |(s, to): (&Fact, String)| (s.node.to_string(), s.place, format!("{} {to}", s.by));
    back.map(said).collect()
}

/// What every bundled scenario says of replies.
#[derive(Default)]
struct Seen {
    met: BTreeSet<String>,
    alone: BTreeSet<String>,
}

impl Seen {
    /// One answer; and the answer to the same question in the network before it was edited.
    fn add(
        &mut self,
        scene: &Scene,
        given: &Answer,
        usual: Option<&(&Scene, Answer)>,
        query: &str,
    ) {
        let fabric = &scene.compiled().unwrap().1.fabric;
        let kind = |place: Place| kind(fabric, place);
        let told = |place: Place| Some(format!("{query}{}", kind(place)?));
        for way in &given.alternatives {
            let back = met(scene, way);
            if way.delivered() {
                let kinds = back.iter().filter_map(|(_, place, _)| kind(*place));
                self.met.extend(kinds);
            }
            let Some((Leg::Back, End::Dropped(place, ..))) = way.end else {
                continue;
            };
            self.alone.extend(told(place));
            // It is dropped elsewhere than where it was led astray.
            let Some((before, usual)) = usual else {
                continue;
            };
            let usual = usual.alternatives.iter().filter(|w| w.delivered());
            let usual: BTreeSet<_> = usual
                .flat_map(|w| met(before, w))
                .map(|(node, place, by)| (node, place.stage(), by))
                .collect();
            let places: BTreeSet<_> = usual.iter().map(|(n, s, _)| (n.clone(), *s)).collect();
            let astray = back.iter().find(|(node, place, by)| {
                places.contains(&(node.clone(), place.stage()))
                    && !usual.contains(&(node.clone(), place.stage(), by.clone()))
            });
            self.alone
                .extend(astray.and_then(|(_, place, _)| told(*place)));
        }
        for query in &given.queries {
            let same = |q: &&Answer| (&q.from, &q.ask.to) == (&query.from, &query.ask.to);
            let usual = usual.and_then(|(before, usual)| {
                let usual = usual.queries.iter().find(same)?;
                Some((*before, usual.clone()))
            });
            self.add(scene, query, usual.as_ref(), "query, ");
        }
    }
}

/// Of every file the network that it begins with, and what it expects of replies that fail.
fn seen() -> Seen {
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    scenarios(&root.join("scenarios"), &mut files);
    let mut seen = Seen::default();
    for file in files {
        let input = open(file.to_str().unwrap()).unwrap();
        let mut usual: Vec<(&Expectation, (&Scene, Answer))> = Vec::new();
        for (number, scene) in input.scenes.iter().enumerate() {
            let fails = |e: &&Expectation| matches!(e.checks.leg.as_deref(), Some("back" | "dns"));
            let asked = scene.expect.iter().filter(|e| number == 0 || fails(e));
            for expected in asked {
                let Ok(given) = input.answer(scene, expected) else {
                    continue;
                };
                let same = |e: &Expectation| {
                    (&e.from, &e.to, e.port) == (&expected.from, &expected.to, expected.port)
                };
                let before = usual.iter().find(|(e, _)| same(e));
                seen.add(scene, &given, before.map(|(_, usual)| usual), "");
                usual.push((expected, (scene, given)));
            }
        }
    }
    seen
}

#[test]
fn each_kind_fails_alone() {
    let seen = seen();
    let alone: Vec<&str> = seen.alone.iter().map(String::as_str).collect();
    let never: Vec<&str> = seen
        .met
        .difference(&seen.alone)
        .map(String::as_str)
        .collect();
    assert_eq!(alone, ALONE, "stop a reply alone");
    let known: Vec<&str> = NEVER.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(never, known, "are met by replies, and never stop one alone");
}
