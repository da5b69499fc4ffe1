//! Every obstacle of a blocked alternative: the deciding one first, then those behind it.
//!
//! A filter, a state or a check that stops traffic is noted and the walk goes on as if it had
//! passed. A place that leads nowhere (no route, no listener) is a *gap*: if the destination is
//! known, the walk resumes there, and what it meets is marked as beyond the gap (semantics S4).

use super::evidence::Reader;
use super::verdict::{Alternative, Obstacle, Part};
use super::wording::part;
use crate::aws::{AT_SITE, FROM_OUTSIDE};
use crate::code::Code;
use crate::engine::{End, Ending, Question, Walk, Why, walk};
use crate::fabric::{Address, Flow, NodeId};
use crate::model::Role;

/// Where nobody is there is nothing to walk on to, as where no route leads.
const NOBODY: Code = Code::NO_POSSIBLE_DESTINATION;

/// The obstacles of `blocked`, which is a part of the answer to this question, pressed on.
pub(super) fn behind(
    reader: &Reader<'_>,
    question: &Question<'_, Flow>,
    blocked: &Alternative,
) -> Vec<Obstacle> {
    let Some(deciding) = &blocked.obstacle else {
        return Vec::new();
    };
    let mut all = vec![deciding.clone()];
    let pressed = walk(reader.fabric(), question);
    let path = pressed.endings.iter().find_map(|ending| {
        let found = met(reader, &pressed, ending);
        (found.first() == Some(deciding)).then_some((ending, found))
    });
    let Some((ending, found)) = path else {
        return all;
    };
    let nobody = found.last().is_some_and(|o| o.code == NOBODY);
    add(&mut all, found);
    let gap = nobody || matches!(ending.end, End::Dropped(..));
    if let (true, Some(accept)) = (gap, question.accept)
        && part(ending.leg) == Part::Out
    {
        let asking = reader.fabric().node_name(question.from);
        for node in accept {
            let Some(entry) = entry_of(reader, *node, question.traffic.dst) else {
                continue;
            };
            let resumed = Question {
                from: *node,
                entry,
                traffic: afresh(&ending.traffic),
                ..question.clone()
            };
            let resumed = walk(reader.fabric(), &resumed);
            let beyond = resumed
                .endings
                .iter()
                .flat_map(|e| met(reader, &resumed, e));
            // Who asked remembers nothing of a walk that began here.
            let beyond = beyond.filter(|o| {
                o.leg == Part::Out || (o.at != *asking && o.code != Code::REPLY_WITHOUT_SESSION)
            });
            let beyond = beyond.map(|o| Obstacle {
                beyond_gap: true,
                ..o
            });
            add(&mut all, beyond.collect());
        }
    }
    all
}

/// Where a walk is resumed at an arrival node: behind the ACL of an interface's subnet, at a host of
/// a site. Not at an endpoint that was not dialled, nor at a host or service in public: what arrives
/// there has other headers than it had at the gap.
fn entry_of(reader: &Reader<'_>, node: NodeId, dialled: Address) -> Option<u8> {
    let compiled = reader.compiled;
    if let Some(id) = compiled.interface_of(node) {
        let interface = &reader.network.interfaces[id];
        let passes = !matches!(interface.role, Role::Endpoint(_));
        return (passes || interface.has(dialled.ip())).then_some(FROM_OUTSIDE);
    }
    let mut own = compiled.site_hosts.iter().map(|(_, _, host)| host);
    let site = compiled.sites.contains(&node) || own.any(|host| *host == node);
    site.then_some(AT_SITE)
}

/// The same headers, without what another walk remembers of them.
fn afresh(t: &Flow) -> Flow {
    Flow::new(t.src, t.dst, t.proto, t.sport, t.dport.0)
}

/// At most one a place.
fn add(all: &mut Vec<Obstacle>, found: Vec<Obstacle>) {
    for obstacle in found {
        let same =
            |o: &Obstacle| (o.leg, &o.at, &o.by) == (obstacle.leg, &obstacle.at, &obstacle.by);
        if !all.iter().any(same) {
            all.push(obstacle);
        }
    }
}

/// What a path was stopped by, had it minded.
fn met(reader: &Reader<'_>, walked: &Walk<Flow>, ending: &Ending<Flow>) -> Vec<Obstacle> {
    let mut found = Vec::new();
    for step in walked.path(ending.last) {
        if let Why::Passed(row, code) = step.why {
            found.push(reader.obstacle(step.at, code, row, part(step.leg)));
            if code == NOBODY {
                return found;
            }
        }
    }
    if let End::Dropped(place, code, row) = ending.end {
        found.push(reader.obstacle(place, code, row, part(ending.leg)));
    }
    found
}
