//! From a path of the walker to an alternative: names, links crossed, what stopped it.

use super::health::check_blocked;
use super::path::{header, steps, trail};
use super::rule::rule;
use super::verdict::{Alternative, Did, Fact, Obstacle, Part, Verdict};
use crate::aws::{Compiled, is_token, limits};
use crate::code::{Code, Kind};
use crate::engine::{End, Ending, Leg, Step, Walk, Why};
use crate::fabric::{Action, Fabric, Flow, NONE, NodeId, Outside, Place, Stage, Table};
use crate::model::{Network, Origin, Role};
use smol_str::SmolStr;

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
pub(super) fn row_text(fabric: &Fabric, place: Place, row: u32) -> (SmolStr, Origin) {
    if let Some((origin, text)) = fabric.origin(row) {
        return (text.clone(), origin.clone());
    }
    match fabric.table_at(place) {
        Some(table) => {
            let name = fabric.names.get(table.last_word as usize);
            let origin = if table.implied.is_empty() {
                Origin::Unknown
            } else {
                Origin::Implied(table.implied)
            };
            (name.cloned().unwrap_or_default(), origin)
        }
        None => (fabric.node_name(place.node()).clone(), Origin::Unknown),
    }
}

/// The note if a route won over another for exactly the same block.
fn beats_an_equal(fabric: &Fabric, stage: Option<Stage>, table: &Table, row: u32) -> Option<Code> {
    let note = match stage? {
        Stage::Route { what: "routes", .. } => Code::HIGHER_PRIORITY_ROUTE,
        Stage::Route {
            what: "transit gateway routes",
            ..
        } => Code::TGW_RTB_HIGHER_PRIORITY_ROUTE,
        _ => return None,
    };
    let mut rows = fabric
        .rows_of(table)
        .skip_while(|(number, _)| *number != row);
    let (_, winner) = rows.next()?;
    rows.any(|(_, r)| (r.lo, r.hi) == (winner.lo, winner.hi))
        .then_some(note)
}

/// Whether what no row of the table takes just goes on, or the table has no rows at all.
fn falls_through(table: &Table) -> bool {
    table.otherwise.action == Action::Next
        || (table.is_empty() && !matches!(table.otherwise.action, Action::Drop(_)))
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
        let path = trail(walk, ending.last);
        let mut out = Alternative {
            class: Verdict::Unknown,
            exposed: false,
            outside: Outside::No,
            steps: Vec::with_capacity(path.len()),
            obstacle: None,
            address: Some(sent.dst),
            sent: Some(sent),
            last: Some(ending.traffic),
            ports: Vec::new(),
            via: Vec::with_capacity(path.len() / 2),
            via_back: Vec::with_capacity(path.len() / 2),
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
        // Where the names on the way were last known already: most steps are of one node.
        let mut known = None;
        for (at, step) in steps(walk, &path).enumerate() {
            let here = (step.at.node(), step.leg, out.via.len(), out.via_back.len());
            if known != Some(here) && !self.visit(&mut out, here.0, here.1) {
                known = Some(here);
            }
            let crossed = at + 1 < path.len() || behind;
            let header = header(walk, step);
            self.read_step(&mut out, *step, header, crossed);
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

    fn read_step(&self, out: &mut Alternative, step: Step, header: Option<Flow>, crossed: bool) {
        let fabric = self.fabric();
        let (stage, table) = (fabric.stage(step.at), fabric.table_at(step.at));
        let (did, (by, origin)) = match step.why {
            Why::Rule(row) => {
                if let Some(note) = table.and_then(|t| beats_an_equal(fabric, stage, t, row)) {
                    add(&mut out.notes, note.name());
                }
                self.note(out, row);
                (done(stage), row_text(fabric, step.at, row))
            }
            Why::Otherwise => (done(stage), row_text(fabric, step.at, NONE)),
            Why::Established => (Did::Established, (SmolStr::default(), Origin::Unknown)),
            Why::Maybe(row) => (Did::Maybe, row_text(fabric, step.at, row)),
            Why::Chosen(row) => {
                self.note(out, row);
                // Only a load balancer chooses whom to translate to.
                let translates = matches!(stage, Some(Stage::Translate { .. }));
                if translates && crossed {
                    bear(out, step.leg, "load-balancer");
                }
                (Did::Chose, row_text(fabric, step.at, row))
            }
            Why::Passed(row, _) => (Did::Passed, row_text(fabric, step.at, row)),
            Why::Arrived(_) => (Did::Arrived, (SmolStr::default(), Origin::Unknown)),
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
                let token = label.token.unwrap_or_default();
                (Did::Crossed, (SmolStr::new_static(token), Origin::Unknown))
            }
        };
        if did == Did::Arrived {
            out.sees_source = header.map(|h| h.src);
            out.arrived = Some(fabric.node_name(step.at.node()).clone());
            self.zones(out);
        }
        // What a choice has been checked for and did not meet.
        let met_nothing = |last: &Fact| last.did == Did::Chose && last.place == step.at;
        let quiet = step.why == Why::Otherwise
            && (table.is_some_and(falls_through) || out.steps.last().is_some_and(met_nothing));
        out.steps.push(Fact {
            part: part(step.leg),
            place: step.at,
            node: fabric.node_name(step.at.node()).clone(),
            what: what(stage),
            did,
            by,
            rule: rule(self.network, fabric, stage, table, step.why),
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
        let check = self.compiled.check_of(row);
        if check.is_some_and(|c| check_blocked(self.network, self.compiled, c).is_some()) {
            add(&mut out.notes, Code::HEALTH_CHECK_BLOCKED.name());
        }
    }

    /// Notes a node on the way: its own name and its component's. Says whether one was new.
    fn visit(&self, out: &mut Alternative, node: NodeId, leg: Leg) -> bool {
        let own = self.fabric().node_name(node);
        let owner = self.compiled.owner_name(node);
        let via = via(out, leg);
        let before = via.len();
        if owner != own && !just_named(via, owner) {
            via.push(owner.clone());
        }
        if !just_named(via, own) {
            via.push(own.clone());
        }
        via.len() > before
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
                    obstacle.by = last.by.to_string();
                    obstacle.origin = last.origin.clone();
                }
                (Verdict::Unknown, Some(obstacle))
            }
            End::Misdelivered(node) => {
                let endpoint = self
                    .compiled
                    .interface_of(node)
                    .is_some_and(|i| matches!(self.network.interfaces[i].role, Role::Endpoint(_)));
                out.arrived = Some(self.fabric().node_name(node).clone());
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
            at: self.fabric().node_name(place.node()).to_string(),
            component: self.compiled.owner_name(place.node()).to_string(),
            by: by.to_string(),
            origin,
            beyond_gap: false,
        }
    }

    pub(super) fn arrival(&self, node: NodeId, code: Code) -> Obstacle {
        let at = self.fabric().node_name(node).to_string();
        Obstacle {
            code,
            leg: Part::Arrival,
            by: at.clone(),
            at,
            component: self.compiled.owner_name(node).to_string(),
            origin: self
                .compiled
                .interface_of(node)
                .map_or(Origin::Unknown, |i| {
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
            at: fact.node.to_string(),
            component: self.compiled.owner_name(fact.place.node()).to_string(),
            by: fact.by.to_string(),
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
    via(out, leg).push(SmolStr::new_static(token));
}

fn just_named(via: &[SmolStr], name: &SmolStr) -> bool {
    via.iter().rev().take(2).any(|v| v == name)
}

fn via(out: &mut Alternative, leg: Leg) -> &mut Vec<SmolStr> {
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
