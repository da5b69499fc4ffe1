//! The connections: may each that was tried do what it did?

use super::shows::{Sight, possible, sight};
use super::{Pair, Sighting, words};
use crate::answer::{Alternative, Did, Part};
use crate::aws::{embedded, is_token};
use crate::code::Code;
use crate::fabric::Address;
use crate::probe::Scheme;
use crate::probe::judge::{Finding, place};
use crate::probe::observation::Attempt;
use std::net::IpAddr;

/// What people write, and may have written otherwise.
const WRITTEN: [&str; 6] = [
    "sg",
    "acl",
    "routes",
    "firewall",
    "transit gateway routes",
    "authorization",
];

/// What comes of the connections.
pub(super) struct Connections {
    /// How many were laid beside an alternative.
    pub(super) compared: usize,
    /// Of each alternative, whether it was seen.
    pub(super) sides: Vec<Sighting>,
    /// The first that parts.
    pub(super) difference: Option<Finding>,
}

/// The part of connections.
pub(super) fn part(pair: &Pair<'_>) -> Connections {
    let ways = &pair.answer.alternatives;
    let mut out = Connections {
        compared: 0,
        sides: vec![Sighting::NotSeen; ways.len()],
        difference: None,
    };
    for attempt in &pair.seen.attempts {
        let Some(sight) = sight(&attempt.connect) else {
            continue;
        };
        let own = pair.ways_to(attempt.address);
        if own.is_empty() {
            continue;
        }
        out.compared += 1;
        let certain = pair.target.scheme != Scheme::Udp;
        let mut fits = false;
        for number in &own {
            let (Some(way), Some(side)) = (ways.get(*number), out.sides.get_mut(*number)) else {
                continue;
            };
            if possible(way, sight, certain) {
                fits = true;
                *side = Sighting::Possible;
            } else if *side == Sighting::NotSeen {
                *side = Sighting::RuledOut;
            }
        }
        if !fits && out.difference.is_none() {
            let first = own.first().and_then(|n| ways.get(*n));
            out.difference = first.map(|way| pair.parts(way, attempt, sight));
        }
    }
    out
}

impl Pair<'_> {
    /// The alternatives that an address belongs to: its own; those of another public address, where
    /// the input gives none or only some of a name's.
    pub(super) fn ways_to(&self, to: IpAddr) -> Vec<usize> {
        let ways = self.answer.alternatives.iter().enumerate();
        let own = |a: Address| a == to.into();
        let exact: Vec<usize> = ways
            .clone()
            .filter(|(_, w)| w.address.is_some_and(own))
            .map(|(n, _)| n)
            .collect();
        if !exact.is_empty() {
            return exact;
        }
        let translated = embedded(to.into()).is_some();
        let public = self.known.class(to).is_public() || translated;
        let like = |a: Address| {
            let private = !is_token(a) && self.known.class(a.ip()).is_private();
            a.is_v4() == to.is_ipv4() && embedded(a).is_some() == translated && !private
        };
        ways.filter(|(_, w)| public && w.address.is_some_and(like))
            .map(|(n, _)| n)
            .collect()
    }

    /// The first difference: a connection.
    fn parts(&self, way: &Alternative, attempt: &Attempt, sight: Sight) -> Finding {
        let at = place(attempt.address, attempt.port);
        let seen = match sight {
            Sight::Open => format!("{at} answers"),
            Sight::Refused => format!("{at} refuses"),
            Sight::Silent => format!("no answer comes from {at}"),
            Sight::Unreachable => format!("{at} is unreachable"),
            Sight::NoFamily => format!("this machine has no address to reach {at} from"),
        };
        Finding {
            code: Code::CONNECTED_OTHERWISE,
            about: at,
            says: format!("the prediction says {}; {seen}", words(way)),
            advice: self.explain(way, sight),
            stops: true,
        }
    }

    /// What would explain it, and what to run next.
    fn explain(&self, way: &Alternative, sight: Sight) -> Vec<String> {
        let mut out = Vec::new();
        match (&way.obstacle, sight) {
            (_, Sight::NoFamily) => out.push(
                "the scenario gives the host an address of that family, and this machine has none"
                    .to_owned(),
            ),
            (None, _) => {
                let rows = self.rows(way);
                if !rows.is_empty() {
                    out.push(format!(
                        "in the account one of what lets it pass in the prediction is otherwise: {}",
                        rows.join("; ")
                    ));
                }
                out.push(
                    "or the far side's own firewall drops it: no scenario knows that".to_owned(),
                );
            }
            (Some(o), Sight::Open) => out.push(format!(
                "the account differs in what stops it in the prediction: {} ({} at {})",
                o.by, o.code, o.at
            )),
            (Some(o), _) => out.push(format!(
                "what stops it in the prediction ({}) drops without a word, and somebody answered: the packets came further than that, or did not come there",
                o.by
            )),
        }
        let (from, to) = (&self.answer.from, &self.target.words);
        out.push(format!(
            "see the prediction hop by hop: `reachability trace INPUT --from {from} --to {to}`; export the account anew and trace that"
        ));
        if way.obstacle.is_none() && self.target.scheme.connects() {
            out.push(format!(
                "see how far it gets: `reachability probe {to} --traceroute`"
            ));
        }
        out
    }

    /// The rules and routes that let it pass, as names, out and back.
    fn rows(&self, way: &Alternative) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for fact in self.wording.facts(way) {
            let decides = matches!(fact.did, Did::Allowed | Did::Routed | Did::Established)
                && WRITTEN.contains(&fact.what);
            let row = match fact.part {
                Part::Back => format!("{} {} (back)", fact.what, fact.by),
                _ => format!("{} {}", fact.what, fact.by),
            };
            if decides && !fact.quiet && !fact.by.is_empty() && !out.contains(&row) {
                out.push(row);
            }
        }
        out
    }
}
