//! Walks every alternative and folds their classes (semantics S1 to S4).

use super::dial::{ECHO, ECHO6, ICMP, ICMP6};
use super::evidence::{Reader, add};
use super::footprint::Footprint;
use super::names::{Lookup, look_up};
use super::obstacles::behind;
use super::path::trail;
use super::question::{Ask, From, Target};
use super::verdict::{Alternative, Answer, Obstacle, Part, Step, Verdict};
use crate::aws::{Compiled, DnsOutcome, FROM_HOST, Host};
use crate::code::{Code, Kind};
use crate::engine::{Leg, Question, Walk, Walker, Why};
use crate::fabric::{Address, Flow, NONE, Outside, Place, joined};
use crate::model::{Network, Origin};
use smallvec::SmallVec;
use std::collections::HashMap;

/// Answers a question.
///
/// # Errors
/// A text for people, if the question means nothing in this network.
pub fn answer(network: &Network, compiled: &Compiled, ask: &Ask) -> Result<Answer, String> {
    Asker::new(network, compiled).answer(ask)
}

/// Asks a network one question after another, each walked in the same memory.
#[derive(Clone, Debug)]
pub struct Asker<'a> {
    network: &'a Network,
    compiled: &'a Compiled,
    walker: Walker<Flow>,
    /// What was looked at since somebody asked, if anybody wants to know.
    footprint: Option<Footprint>,
}

impl<'a> Asker<'a> {
    /// Who has asked nothing yet.
    #[must_use]
    pub fn new(network: &'a Network, compiled: &'a Compiled) -> Self {
        Self {
            network,
            compiled,
            walker: Walker::default(),
            footprint: None,
        }
    }

    /// Who asks for many at a time: keeps what was looked at ([`Self::footprint`]), and of each answer
    /// only the obstacle that decides, not those behind it.
    #[must_use]
    pub fn for_many(network: &'a Network, compiled: &'a Compiled) -> Self {
        Self {
            footprint: Some(Footprint::default()),
            ..Self::new(network, compiled)
        }
    }

    /// What was looked at for all answers since this was last asked.
    pub fn footprint(&mut self) -> Footprint {
        self.footprint
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// Answers a question.
    ///
    /// # Errors
    /// A text for people, if the question means nothing in this network.
    pub fn answer(&mut self, ask: &Ask) -> Result<Answer, String> {
        let (network, compiled) = (self.network, self.compiled);
        if let Some(rest) = ask.to.trim().strip_prefix("needs://") {
            self.open();
            return super::needs::needs(network, compiled, ask, rest);
        }
        let target = super::dial::target(network, compiled, ask)?;
        let name = target.name.as_ref();
        let found = name.map(|name| look_up(network, compiled, ask.from, name));
        if found.as_ref().is_some_and(|f| !f.queries.is_empty()) {
            self.open();
        }
        let possible = found
            .as_ref()
            .map(|f| super::possible::possible(network, compiled, f));
        let possible = possible.unwrap_or_default();
        if possible.is_empty() {
            return judge(self, ask, target, found);
        }
        let mut out = judge(self, ask, target.clone(), found)?;
        for other in possible {
            let judged = judge(self, ask, target.clone(), Some(other.found.clone()))?;
            if judged.verdict != out.verdict {
                out.obstacles = vec![other.splits(&out, &judged)];
                out.verdict = Verdict::Unknown;
                break;
            }
        }
        Ok(out)
    }

    /// Somebody else walks for this answer.
    fn open(&mut self) {
        if let Some(footprint) = &mut self.footprint {
            footprint.open = true;
        }
    }
}

/// The answer if the name comes to this.
fn judge(
    asker: &mut Asker<'_>,
    ask: &Ask,
    target: Target,
    found: Option<Lookup>,
) -> Result<Answer, String> {
    let (network, compiled) = (asker.network, asker.compiled);
    let node = ask.from.node(compiled);
    if ask.from.addresses(network).is_empty() {
        let name = ask.from.name(network);
        return Err(format!("`{name}` cannot send: it has no address here"));
    }
    let ports = ask
        .client_ports
        .unwrap_or_else(|| ask.from.client_ports(network));
    let mut out = Answer {
        ask: ask.clone(),
        from: match ask.from {
            From::Interface(_) => compiled.fabric.node_name(node).clone(),
            _ => ask.from.name(network).into(),
        },
        client_ports: ports,
        verdict: Verdict::Unreachable,
        alternatives: Vec::new(),
        resolution: None,
        queries: Vec::new(),
        mechanism: String::new(),
        mechanisms: Vec::new(),
        leaves_aws: Outside::No,
        switches: Vec::new(),
        assumptions: Vec::new(),
        notes: Vec::new(),
        obstacles: Vec::new(),
        needs: Vec::new(),
        decided: None,
        target,
    };
    for code in &out.target.assumes {
        add(&mut out.assumptions, code.name());
    }
    if let From::Host(Host::Vpc(_), _) = ask.from {
        add(&mut out.assumptions, Code::SOURCE_GROUPS_SKIPPED.name());
    }
    if let Some((code, service)) = &out.target.nothing {
        let class = match code.kind() {
            Kind::Unknown => Verdict::Unknown,
            _ => Verdict::Unreachable,
        };
        let stop = stop(*code, service, Part::Dns);
        out.alternatives.push(nowhere(class, stop));
    }
    let mut unnamed = Vec::new();
    if let Some(found) = found {
        unnamed = resolved(&mut out, found);
    }
    let flow = |to: &Address| {
        let (proto, port) = on_wire(&out.target, *to);
        let ports = if proto == 6 || proto == 17 {
            ports
        } else {
            (0, 0)
        };
        let src = ask.from.toward(network, *to)?;
        Some(Flow::new(src, *to, proto, ports, port))
    };
    // Of several addresses those of its own families: the others are nobody's choice (semantics S1).
    let flows: SmallVec<[Flow; 2]> = out.target.addresses.iter().filter_map(flow).collect();
    if let (true, Some(to)) = (flows.is_empty(), out.target.addresses.first()) {
        let lacks = stop(Code::NO_ADDRESS_OF_FAMILY, &out.from, Part::Out);
        let alone = Alternative {
            address: Some(*to),
            ..nowhere(Verdict::Unreachable, lacks)
        };
        out.alternatives.push(alone);
    }
    let reader = Reader {
        network,
        compiled,
        name: out.target.name.as_deref(),
    };
    let question = |traffic: Flow, press_on: bool| Question {
        from: node,
        entry: FROM_HOST,
        traffic,
        accept: out.target.accept.as_deref(),
        press_on,
        draw: 0,
    };
    let mut classes: SmallVec<[Verdict; 8]> = out.alternatives.iter().map(|a| a.class).collect();
    let (mut obstacles, mut doubts) = (None, Vec::new());
    for (number, sent) in flows.iter().enumerate() {
        if ask.from.keeps(network, sent.dst) {
            let stays = stays(&reader, &question(*sent, false), number);
            classes.push(stays.class);
            out.alternatives.push(stays);
            continue;
        }
        let walked = asker.walker.walk(&compiled.fabric, &question(*sent, false));
        if let Some(footprint) = &mut asker.footprint {
            footprint.add(&compiled.fabric, node, walked);
        }
        let known = out.alternatives.len();
        read(&reader, walked, *sent, number, &mut out.alternatives);
        let alternatives = out.alternatives.get_mut(known..).unwrap_or_default();
        for alternative in alternatives.iter_mut() {
            reader.gate(alternative, ask.from, out.target.request.as_ref());
            reader.pass_by(alternative, ask.from);
        }
        let splits = splits(alternatives);
        match splits {
            true => classes.push(Verdict::Unknown),
            false => classes.extend(alternatives.iter().map(|a| a.class)),
        }
        let unknown = |a: &&Alternative| a.class == Verdict::Unknown || (splits && a.possibility);
        for alternative in alternatives.iter().filter(unknown) {
            doubts.extend(reader.doubts(alternative));
            doubts.extend(
                alternative
                    .obstacle
                    .clone()
                    .filter(|_| !alternative.possibility),
            );
        }
        let blocked = alternatives.iter().find(|a| !a.delivered());
        if let (None, Some(blocked)) = (&obstacles, blocked) {
            obstacles = Some(match asker.footprint {
                Some(_) => blocked.obstacle.iter().cloned().collect(),
                None => behind(&reader, &question(*sent, true), blocked),
            });
        }
    }
    out.obstacles = match obstacles {
        _ if !unnamed.is_empty() => unnamed,
        Some(obstacles) => obstacles,
        None => out
            .alternatives
            .iter()
            .find_map(|a| a.obstacle.clone())
            .into_iter()
            .collect(),
    };
    out.verdict = fold(&classes);
    if out.verdict == Verdict::Unknown {
        let unknown = out.alternatives.iter();
        let named = unknown.filter(|a| a.class == Verdict::Unknown && a.steps.is_empty());
        doubts.extend(named.filter_map(|a| a.obstacle.clone()));
        let rest = std::mem::take(&mut out.obstacles);
        for obstacle in doubts.into_iter().chain(rest) {
            if !out.obstacles.contains(&obstacle) {
                out.obstacles.push(obstacle);
            }
        }
    }
    summarise(&mut out);
    Ok(out)
}

/// Protocol and port as they are sent to an address: pings are of its family.
fn on_wire(target: &Target, to: Address) -> (u8, u16) {
    match (target.proto, target.port) {
        (ICMP, ECHO) if !to.is_v4() => (ICMP6, ECHO6),
        other => other,
    }
}

/// What the name came to: addresses to dial, or alternatives that end at the name. Gives the
/// obstacles of a query that did not come through.
fn resolved(out: &mut Answer, found: Lookup) -> Vec<Obstacle> {
    let Lookup {
        resolution,
        queries,
    } = found;
    for text in &resolution.assumes {
        add(&mut out.assumptions, *text);
    }
    for text in &resolution.notes {
        add(&mut out.notes, *text);
    }
    for text in queries.iter().flat_map(|q| &q.assumptions) {
        add(&mut out.assumptions, *text);
    }
    let mut lost = Vec::new();
    for outcome in std::iter::once(&resolution.outcome).chain(&resolution.choices) {
        let (class, code, by) = match outcome {
            DnsOutcome::Answered(answers) => {
                for answer in answers {
                    if !out.target.addresses.contains(&answer.address) {
                        out.target.addresses.push(answer.address);
                    }
                    if let Some(text) = answer.assumes {
                        add(&mut out.assumptions, text);
                    }
                }
                if !answers.is_empty() || !resolution.missing.is_empty() {
                    continue;
                }
                (Verdict::Unreachable, Code::DNS_NO_ADDRESS, &resolution.name)
            }
            DnsOutcome::Lost(server, query) => {
                if let Some(query) = queries.get(*query)
                    && let Some((alternative, obstacles)) = unheard(query)
                {
                    out.alternatives.push(alternative);
                    lost.extend(obstacles);
                    continue;
                }
                (Verdict::Unreachable, Code::DNS_NO_ANSWER, server)
            }
            DnsOutcome::NoAddress(by, _) => (Verdict::Unreachable, Code::DNS_NO_ADDRESS, by),
            DnsOutcome::NxDomain(by) => (Verdict::Unreachable, Code::DNS_NXDOMAIN, by),
            DnsOutcome::NoAnswer(by) => (Verdict::Unreachable, Code::DNS_NO_ANSWER, by),
            DnsOutcome::Refused(by) => (Verdict::Unreachable, Code::DNS_REFUSED, by),
            DnsOutcome::Circle(by) => (Verdict::Unreachable, Code::DNS_LOOP, by),
            DnsOutcome::Unknown(why) => (Verdict::Unknown, Code::UNKNOWN_RESOURCE, why),
        };
        out.alternatives
            .push(nowhere(class, stop(code, by, Part::Dns)));
    }
    for lack in &resolution.missing {
        let stop = stop(Code::UNKNOWN_RESOURCE, lack, Part::Dns);
        out.alternatives.push(nowhere(Verdict::Unknown, stop));
    }
    if !resolution.advice.is_empty() {
        out.notes
            .push(Code::DNS_PUBLIC_ANSWER_ALTHOUGH_ENDPOINT.name());
    }
    out.resolution = Some(resolution);
    out.queries = queries;
    lost
}

/// A query that ends on the way, as an alternative that ends at the name: what stopped the query
/// stopped the flow.
fn unheard(query: &Answer) -> Option<(Alternative, Vec<Obstacle>)> {
    let at_the_name = |o: &Obstacle| Obstacle {
        leg: Part::Dns,
        ..o.clone()
    };
    let stopped = query.alternatives.iter().find(|a| !a.delivered())?;
    let deciding = at_the_name(stopped.obstacle.as_ref()?);
    let mut all: Vec<Obstacle> = query.obstacles.iter().map(at_the_name).collect();
    if all.first() != Some(&deciding) {
        all = vec![deciding.clone()];
    }
    let alternative = Alternative {
        last: stopped.last,
        ..nowhere(Verdict::Unreachable, deciding)
    };
    Some((alternative, all))
}

pub(super) fn stop(code: Code, by: &str, leg: Part) -> Obstacle {
    Obstacle {
        code,
        leg,
        at: by.to_owned(),
        component: by.to_owned(),
        by: by.to_owned(),
        origin: Origin::Unknown,
        beyond_gap: false,
    }
}

/// An alternative that never sends a packet.
fn nowhere(class: Verdict, obstacle: impl Into<Option<Obstacle>>) -> Alternative {
    Alternative {
        class,
        exposed: false,
        outside: Outside::No,
        steps: Vec::new(),
        headers: Vec::new(),
        end: None,
        gate: Vec::new(),
        obstacle: obstacle.into(),
        address: None,
        sent: None,
        last: None,
        ports: Vec::new(),
        mechanisms: Vec::new(),
        mechanism: None,
        sees_source: None,
        arrived: None,
        request: None,
        assumes: Vec::new(),
        notes: Vec::new(),
        possibility: false,
        walk: 0,
    }
}

/// What never leaves the host, for it is the sender's own address: no walk, for nothing of the network
/// is asked.
fn stays(reader: &Reader<'_>, question: &Question<'_, Flow>, number: usize) -> Alternative {
    let (node, sent) = (question.from, question.traffic);
    let arrives = Step {
        at: Place::new(node, 0),
        leg: Leg::Out,
        why: Why::Arrived(0),
    };
    let here = Alternative {
        address: Some(sent.dst),
        sent: Some(sent),
        last: Some(sent),
        walk: number,
        steps: vec![arrives],
        headers: vec![sent],
        arrived: Some(reader.fabric().node_name(node).clone()),
        // To another of its addresses a system may send from that one.
        sees_source: (sent.src == sent.dst).then_some(sent.src),
        notes: vec![Code::STAYS_IN_HOST.name()],
        ..nowhere(Verdict::Private, None)
    };
    match question.accept {
        Some(nodes) if !nodes.contains(&node) => Alternative {
            class: Verdict::Unreachable,
            obstacle: Some(reader.arrival(node, Code::MISDELIVERED)),
            ..here
        },
        _ => here,
    }
}

/// Endings as further alternatives; those that differ in ports only are one.
fn read(
    reader: &Reader<'_>,
    walked: &Walk<Flow>,
    sent: Flow,
    number: usize,
    out: &mut Vec<Alternative>,
) {
    let none = |stop| Alternative {
        walk: number,
        sent: Some(sent),
        address: Some(sent.dst),
        ..nowhere(Verdict::Unknown, stop)
    };
    if let (true, Some(first)) = (walked.cut, walked.steps.first()) {
        let stop = reader.obstacle(first.at, Code::TOO_MANY_WAYS, NONE, Part::Out);
        return out.push(none(stop));
    }
    let known = out.len();
    // In the order in which choices are written, whichever of them was walked first.
    let mut endings: SmallVec<[_; 4]> = walked.endings.iter().collect();
    if endings.len() > 1 {
        endings.sort_by_cached_key(|e| trail(walked, e.last));
    }
    let mut told = HashMap::new();
    for ending in &endings {
        let alternative = reader.alternative(walked, ending, sent, number);
        if endings.len() > 1 {
            let way = (alternative.steps.clone(), alternative.end);
            let at = *told.entry(way).or_insert(out.len());
            if let Some(known) = out.get_mut(at) {
                known.ports.extend(alternative.ports);
                known.ports = joined(std::mem::take(&mut known.ports));
                continue;
            }
        }
        out.push(alternative);
    }
    if out.len() == known {
        let code = Code::UNSUPPORTED_COMPONENT;
        out.push(none(stop(code, "the walk has no end", Part::Out)));
    }
}

/// Whether the possibilities of one walk share no class: unknowns fold first, to what all of them
/// share (S3).
fn splits(alternatives: &[Alternative]) -> bool {
    let first = alternatives.first().map(|a| a.class);
    alternatives.iter().any(|a| a.possibility)
        && alternatives.iter().any(|a| Some(a.class) != first)
}

/// The verdict of a set of classes (S2).
#[must_use]
pub fn fold(classes: &[Verdict]) -> Verdict {
    let mut known = classes.iter().filter(|c| **c != Verdict::Unknown);
    match known.next() {
        None if classes.is_empty() => Verdict::Unreachable,
        None => Verdict::Unknown,
        Some(first) if known.any(|c| c != first) => Verdict::Mixed,
        Some(_) if classes.contains(&Verdict::Unknown) => Verdict::Unknown,
        Some(only) => *only,
    }
}

fn summarise(out: &mut Answer) {
    let mut primaries: Vec<&'static str> = Vec::new();
    for alternative in &out.alternatives {
        out.leaves_aws = out.leaves_aws.max(alternative.outside);
        for text in &alternative.assumes {
            add(&mut out.assumptions, *text);
        }
        for text in &alternative.notes {
            add(&mut out.notes, *text);
        }
        if let Some(mechanism) = alternative.mechanism
            && !primaries.contains(&mechanism)
        {
            primaries.push(mechanism);
        }
        if out.mechanisms.is_empty() {
            out.mechanisms.clone_from(&alternative.mechanisms);
        }
    }
    out.mechanism = primaries.join("|");
}
