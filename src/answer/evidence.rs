//! From a path of the walker to an alternative: links crossed, what is worth telling, what stopped it.

use super::health::check_blocked;
use super::path::path;
use super::verdict::{Alternative, Obstacle, Part, Step, Verdict, paired};
use super::wording::{Wording, part, row_text};
use crate::aws::{Compiled, HealthCheck, is_token, limits};
use crate::code::{Code, Kind};
use crate::engine::{End, Ending, Leg, Walk, Why};
use crate::fabric::{Fabric, Flow, LinkId, NONE, NodeId, Outside, Place};
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

impl Reader<'_> {
    pub(super) fn fabric(&self) -> &Fabric {
        &self.compiled.fabric
    }

    pub(super) fn wording(&self) -> Wording<'_> {
        Wording::new(self.network, self.compiled)
    }

    /// Reads one path.
    pub(super) fn alternative(
        &self,
        walk: &Walk<Flow>,
        ending: &Ending<Flow>,
        sent: Flow,
        number: usize,
    ) -> Alternative {
        let mut out = Alternative {
            class: Verdict::Unknown,
            exposed: false,
            outside: Outside::No,
            steps: Vec::new(),
            headers: Vec::new(),
            end: Some((ending.leg, ending.end)),
            gate: Vec::new(),
            obstacle: None,
            address: Some(sent.dst),
            sent: Some(sent),
            last: Some(ending.traffic),
            ports: Vec::new(),
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
        let (steps, headers) = path(walk, ending.last);
        self.follow(&mut out, &steps, &headers);
        (out.steps, out.headers) = (steps, headers);
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
            let stated = out.notes.contains(&Code::IDLE_TIMEOUT_STATED.name());
            let limits = |m: &&'static str| limits(m, sent.proto, stated);
            let codes = out.mechanisms.iter().flat_map(limits);
            codes.for_each(|code| add(&mut out.notes, code.name()));
        }
        out
    }

    /// What the steps of a path mean for its verdict.
    fn follow(&self, out: &mut Alternative, steps: &[Step], headers: &[Flow]) {
        for (number, (step, header)) in paired(steps, headers).enumerate() {
            match step.why {
                Why::Rule(row) | Why::Chosen(row) => self.note(out, row),
                Why::Crossed(link, _) => self.cross(out, link),
                Why::Arrived(_) => {
                    out.sees_source = header.map(|h| h.src);
                    out.arrived = Some(self.fabric().node_name(step.at.node()).clone());
                    self.zones(out, steps.get(..number).unwrap_or_default());
                }
                _ => {}
            }
            if let (Leg::Out, Some(mechanism)) = (step.leg, self.wording().mechanism(step)) {
                out.mechanisms.push(mechanism);
            }
        }
    }

    /// What a link says about whoever crosses it.
    fn cross(&self, out: &mut Alternative, link: LinkId) {
        let label = self.fabric().label(link);
        out.exposed |= label.exposed;
        out.outside = out.outside.max(label.outside);
        if let Some(text) = label.assumes {
            add(&mut out.assumes, text);
        }
    }

    /// What taking a row is worth telling.
    fn note(&self, out: &mut Alternative, row: u32) {
        for code in self.compiled.notes_of(row) {
            match code.kind() {
                Kind::Assumption => add(&mut out.assumes, code.name()),
                _ => add(&mut out.notes, code.name()),
            }
        }
        let stopped = |c: &HealthCheck| check_blocked(self.network, self.compiled, c).is_some();
        if self.compiled.check_stopped(row, stopped) {
            add(&mut out.notes, Code::HEALTH_CHECK_BLOCKED.name());
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
                if let Some(last) = out.steps.last().filter(|s| s.at == place) {
                    let (by, origin) = self.wording().by(last);
                    obstacle.by = by.to_string();
                    obstacle.origin = origin;
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
        let mut found = Vec::new();
        let mut met = out.sent;
        for (step, header) in out.path() {
            if let Why::Maybe(row) = step.why {
                let not_given = met.is_some_and(|h| is_token(h.src) || is_token(h.dst));
                let code = match not_given {
                    true => Code::PUBLIC_ADDRESS_NOT_GIVEN,
                    false => Code::UNKNOWN_RESOURCE,
                };
                found.push(self.obstacle(step.at, code, row, part(step.leg)));
            }
            met = header.copied().or(met);
        }
        found
    }
}

/// Adds what is not there yet.
pub(super) fn add<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if !list.contains(&one) {
        list.push(one);
    }
}
