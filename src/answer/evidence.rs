//! From a path of the walker to an alternative: names, links crossed, what stopped it.

use super::lookup::{interface_of, owner_name};
use super::rule::rule;
use super::verdict::{Alternative, Did, Fact, Obstacle, Part, Verdict};
use crate::aws::{Compiled, is_token, limits};
use crate::code::{Code, Kind};
use crate::engine::{End, Ending, Leg, Step, Walk, Why};
use crate::fabric::{Action, Fabric, Flow, NONE, NodeId, Outside, Place, Stage, Table};
use crate::model::{Network, Origin, Role};

/// Mechanisms by rank: the first one present is the primary.
pub(super) const MECHANISMS: &[&str] = &[
    "gateway-endpoint",
    "interface-endpoint",
    "gwlb-endpoint",
    "direct-connect-public",
    "isp",
    "nat-gateway",
    "egress-only-internet-gateway",
    "internet-gateway",
    "client-vpn",
    "transit-gateway",
    "peering",
    "vpn",
    "direct-connect",
    "load-balancer",
    "appliance",
    "local",
    "same-subnet",
    "host-service",
];

/// What paths are read against.
pub(super) struct Reader<'a> {
    pub(super) network: &'a Network,
    pub(super) compiled: &'a Compiled,
    /// The name dialled, if it was a name.
    pub(super) name: Option<&'a str>,
}

/// A step with its index, which orders headers.
struct Numbered {
    step: Step,
    index: usize,
}

pub(super) fn part(leg: Leg) -> Part {
    match leg {
        Leg::Out => Part::Out,
        Leg::Back => Part::Back,
    }
}

/// What a row of a stage does.
fn done(stage: Option<Stage>) -> Did {
    match stage {
        Some(Stage::Route { .. }) => Did::Routed,
        Some(Stage::Translate { .. }) => Did::Rewrote,
        _ => Did::Allowed,
    }
}

/// The kind of a stage, for people.
fn what(stage: Option<Stage>) -> &'static str {
    match stage {
        Some(
            Stage::Filter { what, .. } | Stage::Route { what, .. } | Stage::Translate { what, .. },
        ) => what,
        Some(Stage::Recall { .. }) => "connection state",
        Some(Stage::Return { .. }) => "return",
        Some(Stage::Mark) => "mark",
        Some(Stage::Opaque { .. }) => "not modelled",
        Some(Stage::Arrive) => "arrival",
        None => "",
    }
}

/// A row's text and origin, or the table's last word.
pub(super) fn row_text(fabric: &Fabric, place: Place, row: u32) -> (String, Origin) {
    if let Some((origin, text)) = fabric.origin(row) {
        return (text.to_string(), origin.clone());
    }
    match fabric.table_at(place) {
        Some(table) => {
            let name = fabric
                .names
                .get(table.name as usize)
                .map_or("", String::as_str);
            let origin = if table.implied.is_empty() {
                Origin::Unknown
            } else {
                Origin::Implied(table.implied)
            };
            (format!("{name} otherwise"), origin)
        }
        None => (fabric.node_name(place.node()).to_owned(), Origin::Unknown),
    }
}

/// The note if a route won over another for exactly the same block.
fn beats_an_equal(fabric: &Fabric, place: Place, row: u32) -> Option<Code> {
    let note = match fabric.stage(place)? {
        Stage::Route { what: "routes", .. } => Code::HIGHER_PRIORITY_ROUTE,
        Stage::Route {
            what: "transit gateway routes",
            ..
        } => Code::TGW_RTB_HIGHER_PRIORITY_ROUTE,
        _ => return None,
    };
    let table = fabric.table_at(place)?;
    let mut rows = fabric
        .rows_of(table)
        .skip_while(|(number, _)| *number != row);
    let (_, winner) = rows.next()?;
    rows.any(|(_, r)| (r.lo, r.hi) == (winner.lo, winner.hi))
        .then_some(note)
}

/// Whether what no row of the table takes just goes on, or the table has no rows at all.
fn falls_through(fabric: &Fabric, place: Place) -> bool {
    let idle = |t: &Table| {
        t.otherwise == Action::Next || (t.is_empty() && !matches!(t.otherwise, Action::Drop(_)))
    };
    fabric.table_at(place).is_some_and(idle)
}

/// A path without the numbers of its headers: two endings with equal keys are one alternative.
pub(super) fn key(walk: &Walk<Flow>, ending: &Ending<Flow>) -> (Vec<(Place, Leg, Why)>, End) {
    let path = walk.path(ending.last).into_iter().map(|s| {
        let why = match s.why {
            Why::Crossed(link, _) => Why::Crossed(link, 0),
            other => other,
        };
        (s.at, s.leg, why)
    });
    (path.collect(), ending.end)
}

impl Reader<'_> {
    pub(super) fn fabric(&self) -> &Fabric {
        &self.compiled.fabric
    }

    /// Reads one path.
    pub(super) fn alternative(
        &self,
        walk: &Walk<Flow>,
        ending: &Ending<Flow>,
        sent: Flow,
        number: usize,
    ) -> Alternative {
        let path = numbered(walk, ending.last);
        let mut out = Alternative {
            class: Verdict::Unknown,
            exposed: false,
            outside: Outside::No,
            steps: Vec::new(),
            obstacle: None,
            address: Some(sent.dst),
            sent: Some(sent),
            last: Some(ending.traffic),
            ports: Vec::new(),
            via: Vec::new(),
            via_back: Vec::new(),
            mechanisms: Vec::new(),
            mechanism: None,
            sees_source: None,
            arrived: None,
            request: None,
            assumes: Vec::new(),
            notes: Vec::new(),
            possibility: ending.forked,
            walk: number,
        };
        let behind = matches!(ending.end, End::Home | End::Misdelivered(_));
        for (at, Numbered { step, index }) in path.iter().enumerate() {
            let crossed = at + 1 < path.len() || behind;
            self.read_step(&mut out, walk, *step, *index, crossed);
        }
        if let End::Dropped(place, ..) | End::Opaque(place, _) = ending.end {
            self.visit(&mut out, place.node(), ending.leg);
        }
        if let End::Dropped(..) = ending.end
            && let Some(last) = out.steps.last_mut()
            && matches!(last.did, Did::Allowed | Did::Routed | Did::Rewrote)
        {
            last.did = Did::Dropped;
        }
        out.ports = match ending.leg {
            _ if sent.proto != 6 && sent.proto != 17 => Vec::new(),
            Leg::Out => vec![ending.traffic.sport],
            Leg::Back => vec![ending.traffic.dport],
        };
        out.mechanism = MECHANISMS
            .iter()
            .find(|r| out.mechanisms.contains(r))
            .copied()
            .or_else(|| out.mechanisms.first().copied());
        self.classify(&mut out, ending);
        if out.delivered() {
            self.regions(&mut out);
            let mechanisms = out.mechanisms.clone();
            let stated = Code::IDLE_TIMEOUT_STATED.name();
            let stated = out.notes.iter().any(|n| n == stated);
            let codes = mechanisms
                .iter()
                .flat_map(|m| limits(m, sent.proto, stated));
            codes.for_each(|code| add(&mut out.notes, code.name()));
        }
        out
    }

    fn read_step(
        &self,
        out: &mut Alternative,
        walk: &Walk<Flow>,
        step: Step,
        index: usize,
        crossed: bool,
    ) {
        let fabric = self.fabric();
        self.visit(out, step.at.node(), step.leg);
        let (did, (by, origin)) = match step.why {
            Why::Rule(row) => {
                if let Some(note) = beats_an_equal(fabric, step.at, row) {
                    add(&mut out.notes, note.name());
                }
                self.note(out, row);
                (done(fabric.stage(step.at)), row_text(fabric, step.at, row))
            }
            Why::Otherwise => (done(fabric.stage(step.at)), row_text(fabric, step.at, NONE)),
            Why::Established => (Did::Established, (String::new(), Origin::Unknown)),
            Why::Maybe(row) => (Did::Maybe, row_text(fabric, step.at, row)),
            Why::Chosen(row) => {
                self.note(out, row);
                // Only a load balancer chooses whom to translate to.
                let translates = matches!(fabric.stage(step.at), Some(Stage::Translate { .. }));
                if translates && crossed {
                    bear(out, step.leg, "load-balancer");
                }
                (Did::Chose, row_text(fabric, step.at, row))
            }
            Why::Passed(row, _) => (Did::Passed, row_text(fabric, step.at, row)),
            Why::Arrived => (Did::Arrived, (String::new(), Origin::Unknown)),
            Why::Crossed(link, _) => {
                let label = fabric.links.get(link as usize).map(|l| l.label);
                let label = label.unwrap_or_default();
                if crossed {
                    out.exposed |= label.exposed;
                    out.outside = out.outside.max(label.outside);
                    if let Some(text) = label.assumes {
                        add(&mut out.assumes, text);
                    }
                    if let Some(token) = label.token {
                        bear(out, step.leg, token);
                    }
                }
                let token = label.token.unwrap_or_default().to_owned();
                (Did::Crossed, (token, Origin::Unknown))
            }
        };
        let header = matches!(step.why, Why::Crossed(..) | Why::Arrived)
            .then(|| header_at(walk, index))
            .flatten();
        if did == Did::Arrived {
            out.sees_source = header.map(|h| h.src);
            out.arrived = Some(self.fabric().node_name(step.at.node()).to_owned());
            self.zones(out);
        }
        // What a choice has been checked for and did not meet.
        let met_nothing = |last: &Fact| last.did == Did::Chose && last.place == step.at;
        let quiet = step.why == Why::Otherwise
            && (falls_through(fabric, step.at) || out.steps.last().is_some_and(met_nothing));
        out.steps.push(Fact {
            part: part(step.leg),
            place: step.at,
            node: fabric.node_name(step.at.node()).to_owned(),
            what: what(fabric.stage(step.at)),
            did,
            by,
            rule: rule(self.network, fabric, step),
            origin,
            header,
            quiet,
        });
    }

    /// What taking a row is worth telling.
    fn note(&self, out: &mut Alternative, row: u32) {
        for code in self.compiled.notes_of(row) {
            match code.kind() {
                Kind::Assumption => add(&mut out.assumes, code.name()),
                _ => add(&mut out.notes, code.name()),
            }
        }
    }

    /// Notes a node on the way: its own name and its component's.
    fn visit(&self, out: &mut Alternative, node: NodeId, leg: Leg) {
        let own = self.fabric().node_name(node).to_owned();
        let owner = owner_name(self.network, self.compiled, node);
        let via = via(out, leg);
        let known = |name: &String| via.iter().rev().take(2).any(|v| v == name);
        if owner != own && !known(&owner) {
            via.push(owner);
        }
        if !via.iter().rev().take(2).any(|v| *v == own) {
            via.push(own);
        }
    }

    fn classify(&self, out: &mut Alternative, ending: &Ending<Flow>) {
        let delivered = if out.exposed {
            Verdict::Internet
        } else {
            Verdict::Private
        };
        let (class, obstacle) = match ending.end {
            End::Home if ending.maybe => (Verdict::Unknown, self.doubts(out).into_iter().next()),
            End::Home => match self.refused(ending.arrived) {
                Some((class, obstacle)) => (class, Some(obstacle)),
                None => (delivered, None),
            },
            End::Dropped(place, code, row) => (
                Verdict::Unreachable,
                Some(self.obstacle(place, code, row, part(ending.leg))),
            ),
            End::Opaque(place, code) => {
                let mut obstacle = self.obstacle(place, code, NONE, part(ending.leg));
                // The row that leads there, if a row does.
                if let Some(last) = out.steps.last().filter(|s| s.place == place) {
                    obstacle.by.clone_from(&last.by);
                    obstacle.origin = last.origin.clone();
                }
                (Verdict::Unknown, Some(obstacle))
            }
            End::Misdelivered(node) => {
                let endpoint = interface_of(self.compiled, node)
                    .is_some_and(|i| matches!(self.network.interfaces[i].role, Role::Endpoint(_)));
                out.arrived = Some(self.fabric().node_name(node).to_owned());
                if endpoint {
                    (
                        Verdict::Denied,
                        Some(self.arrival(node, Code::ENDPOINT_DOES_NOT_SERVE)),
                    )
                } else {
                    (
                        Verdict::Unreachable,
                        Some(self.arrival(node, Code::MISDELIVERED)),
                    )
                }
            }
        };
        out.class = class;
        out.obstacle = obstacle;
    }

    pub(super) fn obstacle(&self, place: Place, code: Code, row: u32, leg: Part) -> Obstacle {
        let (by, origin) = row_text(self.fabric(), place, row);
        Obstacle {
            code,
            leg,
            at: self.fabric().node_name(place.node()).to_owned(),
            component: owner_name(self.network, self.compiled, place.node()),
            by,
            origin,
            beyond_gap: false,
        }
    }

    pub(super) fn arrival(&self, node: NodeId, code: Code) -> Obstacle {
        let at = self.fabric().node_name(node).to_owned();
        Obstacle {
            code,
            leg: Part::Arrival,
            by: at.clone(),
            at,
            component: owner_name(self.network, self.compiled, node),
            origin: interface_of(self.compiled, node).map_or(Origin::Unknown, |i| {
                self.network.interfaces[i].origin.clone()
            }),
            beyond_gap: false,
        }
    }

    /// The rows that make a delivery uncertain, and what the input says of them.
    pub(super) fn doubts(&self, out: &Alternative) -> Vec<Obstacle> {
        let facts = out.steps.iter().enumerate();
        let maybe = facts.filter(|(_, s)| s.did == Did::Maybe && s.part != Part::Gate);
        maybe.map(|(at, fact)| self.doubt(out, at, fact)).collect()
    }

    fn doubt(&self, out: &Alternative, at: usize, fact: &Fact) -> Obstacle {
        let before = out.steps.get(..at).unwrap_or_default().iter().rev();
        let met = before.filter_map(|s| s.header).next().or(out.sent);
        let not_given = met.is_some_and(|h| is_token(h.src) || is_token(h.dst));
        Obstacle {
            code: if not_given {
                Code::PUBLIC_ADDRESS_NOT_GIVEN
            } else {
                Code::UNKNOWN_RESOURCE
            },
            leg: fact.part,
            at: fact.node.clone(),
            component: owner_name(self.network, self.compiled, fact.place.node()),
            by: fact.by.clone(),
            origin: fact.origin.clone(),
            beyond_gap: false,
        }
    }
}

/// A mechanism of the way.
fn bear(out: &mut Alternative, leg: Leg, token: &'static str) {
    if leg == Leg::Out {
        out.mechanisms.push(token);
    }
    via(out, leg).push(token.to_owned());
}

fn via(out: &mut Alternative, leg: Leg) -> &mut Vec<String> {
    match leg {
        Leg::Out => &mut out.via,
        Leg::Back => &mut out.via_back,
    }
}

pub(super) fn add(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|t| t == text) {
        list.push(text.to_owned());
    }
}

fn numbered(walk: &Walk<Flow>, last: u32) -> Vec<Numbered> {
    let mut path = Vec::new();
    let mut at = last;
    while let Some(step) = walk.steps.get(at as usize) {
        path.push(Numbered {
            step: *step,
            index: at as usize,
        });
        at = step.prev;
    }
    path.reverse();
    path
}

/// The numbers of a path's steps: of two paths that part, the one that was written first has the
/// lower number where they do.
pub(super) fn trail(walk: &Walk<Flow>, last: u32) -> Vec<usize> {
    numbered(walk, last).iter().map(|n| n.index).collect()
}

/// Headers are kept in the order of the steps that keep one.
fn header_at(walk: &Walk<Flow>, index: usize) -> Option<Flow> {
    let step = walk.steps.get(index)?;
    if let Why::Crossed(_, header) = step.why {
        return walk.headers.get(header as usize).copied();
    }
    let before = walk.steps.get(..index)?.iter();
    let kept = before.filter(|s| matches!(s.why, Why::Crossed(..) | Why::Arrived));
    walk.headers.get(kept.count()).copied()
}
