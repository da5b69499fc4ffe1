//! Every obstacle of a blocked alternative: the deciding one first, then those behind it.
//!
//! A filter, a state or a check that stops traffic is noted and the walk goes on as if it had
//! passed. A place that leads nowhere (no route, no listener) is a *gap*: if the destination is
//! known, the walk resumes there, and what it meets is marked as beyond the gap (semantics S4).

use super::evidence::Reader;
use super::verdict::{Alternative, Answer, Obstacle, Part};
use super::wording::part;
use crate::aws::{AT_SITE, Compiled, FROM_HOST, FROM_OUTSIDE};
use crate::code::Code;
use crate::engine::{End, Ending, Leg, Question, Step, Walk, Why, walk};
use crate::fabric::{Address, Flow, NONE, NodeId, Place, Stage, Traffic as _};
use crate::model::{Network, Role};
use std::net::{IpAddr, Ipv4Addr};

/// Where nobody is there is nothing to walk on to, as where no route leads.
const NOBODY: Code = Code::NO_POSSIBLE_DESTINATION;

/// An obstacle, and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// The obstacle.
    pub obstacle: Obstacle,
    /// Where a table decided; none: nothing was sent, or nobody's table did.
    pub place: Option<Place>,
    /// The row that decided, or `NONE`.
    pub row: u32,
    /// The traffic as it was there.
    pub met: Option<Flow>,
}

/// Every obstacle of the most nearly working of the ways that do not deliver: the one with the
/// fewest, the first of several.
#[must_use]
pub fn stops(network: &Network, compiled: &Compiled, answer: &Answer) -> Vec<Stop> {
    let deciding = answer.needs.iter().find(|n| Some(n.name) == answer.decided);
    let answer = deciding.map_or(answer, |need| &need.answer);
    let reader = Reader {
        network,
        compiled,
        name: answer.target.name.as_deref(),
    };
    let blocked = answer.alternatives.iter().filter(|a| !a.delivered());
    let ways = blocked.filter_map(|way| {
        let question = Question {
            from: answer.ask.from.node(compiled),
            entry: FROM_HOST,
            traffic: way.sent?,
            accept: answer.target.accept.as_deref(),
            press_on: true,
            draw: 0,
        };
        let mut all = pressed(&reader, &question, way);
        // Of the ports that were sent, those that stop there.
        if let (Some(first), Some(last)) = (all.first_mut(), way.last) {
            first.met = Some(last);
        }
        // One that the walk does not meet again is told as it was found.
        (!all.is_empty()).then_some(all)
    });
    let nearest = ways.min_by_key(Vec::len);
    nearest.unwrap_or_else(|| {
        let all = answer.obstacles.iter();
        all.map(|o| Stop::untraced(o.clone())).collect()
    })
}

impl Stop {
    /// One of which no more is known.
    fn untraced(obstacle: Obstacle) -> Self {
        Self {
            obstacle,
            place: None,
            row: NONE,
            met: None,
        }
    }
}

/// The obstacles of `blocked`, which is a part of the answer to this question, pressed on.
pub(super) fn behind(
    reader: &Reader<'_>,
    question: &Question<'_, Flow>,
    blocked: &Alternative,
) -> Vec<Obstacle> {
    let all = pressed(reader, question, blocked).into_iter();
    all.map(|stop| stop.obstacle).collect()
}

/// The same, with what each is made of.
fn pressed(reader: &Reader<'_>, question: &Question<'_, Flow>, blocked: &Alternative) -> Vec<Stop> {
    let Some(deciding) = &blocked.obstacle else {
        return Vec::new();
    };
    let mut all = vec![Stop::untraced(deciding.clone())];
    let pressed = walk(reader.fabric(), question);
    let path = pressed.endings.iter().find_map(|ending| {
        let found = met(reader, &pressed, ending, question.traffic);
        let same = found.first().is_some_and(|f| f.obstacle == *deciding);
        same.then_some((ending, found))
    });
    let Some((ending, found)) = path else {
        return all;
    };
    let nobody = found.last().is_some_and(|o| o.obstacle.code == NOBODY);
    // The deciding one is among them, with what it is made of.
    all.clear();
    add(&mut all, found);
    let gap = nobody || matches!(ending.end, End::Dropped(..));
    if let (true, Some(accept)) = (gap, question.accept)
        && part(ending.leg) == Part::Out
    {
        let asking = reader.fabric().node_name(question.from);
        let path = pressed.path(ending.last);
        let passed = |node: NodeId| path.iter().any(|step| step.at.node() == node);
        let mut places = beyond_the_gap(reader, accept, question.traffic.dst);
        places.retain(|(node, _)| !passed(*node));
        for (node, entry) in places {
            let traffic = afresh(&ending.traffic);
            let resumed = Question {
                from: node,
                entry,
                traffic,
                ..question.clone()
            };
            let resumed = walk(reader.fabric(), &resumed);
            let beyond = resumed
                .endings
                .iter()
                .flat_map(|e| met(reader, &resumed, e, traffic));
            // Who asked remembers nothing of a walk that began here.
            let beyond = beyond.filter(|stop| {
                let o = &stop.obstacle;
                o.leg == Part::Out || (o.at != *asking && o.code != Code::REPLY_WITHOUT_SESSION)
            });
            let beyond = beyond.map(|mut stop| {
                stop.obstacle.beyond_gap = true;
                stop
            });
            add(&mut all, beyond.collect());
        }
    }
    all
}

/// Where a walk is resumed: at arrival nodes that were dialled themselves, and at the endpoint's or load
/// balancer's interface that was dialled for those behind it. What arrives anywhere else has other
/// headers than it had at the gap.
fn beyond_the_gap(reader: &Reader<'_>, accept: &[NodeId], dialled: Address) -> Vec<(NodeId, u8)> {
    let (network, compiled) = (reader.network, reader.compiled);
    let own = accept.iter().copied();
    let own = own.filter_map(|node| Some((node, entry_of(reader, node, dialled)?)));
    let doors = network.holders(dialled.ip()).into_iter().filter(|id| {
        let behind = match &network.interfaces[*id].role {
            Role::Endpoint(r) => r.id().map(|e| compiled.arrivals_of_endpoint(network, e)),
            Role::LoadBalancer(r) => r
                .id()
                .map(|b| compiled.arrivals_of_load_balancer(network, b)),
            _ => None,
        };
        behind.is_some_and(|behind| behind == accept)
    });
    let doors = doors.map(|id| (compiled.node_of(id), FROM_OUTSIDE));
    let mut all: Vec<(NodeId, u8)> = own.collect();
    let doors: Vec<_> = doors.filter(|door| !all.contains(door)).collect();
    all.extend(doors);
    all
}

/// Where a walk is resumed at an arrival node: behind the ACL of an interface's subnet, at a host of
/// a site. Not at a host or service in public.
fn entry_of(reader: &Reader<'_>, node: NodeId, dialled: Address) -> Option<u8> {
    let compiled = reader.compiled;
    if let Some(id) = compiled.interface_of(node) {
        let interface = &reader.network.interfaces[id];
        let public = |(_, public): &(Ipv4Addr, Ipv4Addr)| IpAddr::V4(*public) == dialled.ip();
        let dialled = interface.has(dialled.ip()) || interface.public.iter().any(public);
        return dialled.then_some(FROM_OUTSIDE);
    }
    let mut own = compiled.site_hosts.iter().map(|(_, _, host)| host);
    let site = compiled.sites.contains(&node) || own.any(|host| *host == node);
    site.then_some(AT_SITE)
}

/// The same headers and sender, without what another walk remembers of them.
fn afresh(t: &Flow) -> Flow {
    Flow {
        mark: t.mark,
        ..Flow::new(t.src, t.dst, t.proto, t.sport, t.dport.0)
    }
}

/// At most one a place.
fn add(all: &mut Vec<Stop>, found: Vec<Stop>) {
    for stop in found {
        let of = |s: &Stop| {
            let o = &s.obstacle;
            (o.leg, o.at.clone(), o.by.clone())
        };
        if !all.iter().any(|s| of(s) == of(&stop)) {
            all.push(stop);
        }
    }
}

/// What a path was stopped by, had it minded.
fn met(reader: &Reader<'_>, walked: &Walk<Flow>, ending: &Ending<Flow>, sent: Flow) -> Vec<Stop> {
    let mut found = Vec::new();
    let path = walked.path(ending.last);
    for (at, step) in path.iter().enumerate() {
        if let Why::Passed(row, code) = step.why {
            found.push(Stop {
                obstacle: reader.obstacle(step.at, code, row, part(step.leg)),
                place: Some(step.at),
                row,
                met: Some(headers(reader, walked, &path, at, sent)),
            });
            if code == NOBODY {
                return found;
            }
        }
    }
    if let End::Dropped(place, code, row) = ending.end {
        found.push(Stop {
            obstacle: reader.obstacle(place, code, row, part(ending.leg)),
            place: Some(place),
            row,
            met: Some(ending.traffic),
        });
    }
    found
}

/// The headers at a step: those that were last told, turned round where the traffic was; or, where
/// the node has translated since, those that are told next.
fn headers(reader: &Reader<'_>, walked: &Walk<Flow>, path: &[Step], at: usize, sent: Flow) -> Flow {
    let told = |step: &Step| match step.why {
        Why::Crossed(_, header) | Why::Arrived(header) => {
            walked.headers.get(header as usize).copied()
        }
        _ => None,
    };
    let (mut now, mut leg, mut changed) = (sent, Leg::Out, false);
    for step in path.get(..=at).unwrap_or_default() {
        if step.leg != leg {
            (now, leg, changed) = (now.reply(), step.leg, false);
        }
        if let Some(header) = told(step) {
            (now, changed) = (header, false);
        }
        changed |= matches!(
            reader.fabric().stage(step.at),
            Some(Stage::Translate { .. } | Stage::Recall { .. })
        );
    }
    let mut later = path.iter().skip(at).take_while(|s| s.leg == leg);
    match changed {
        true => later.find_map(told).unwrap_or(now),
        false => now,
    }
}
