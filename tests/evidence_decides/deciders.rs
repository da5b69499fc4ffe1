//! Rules, zones, private names and name servers.

use crate::genes::Genes;
use crate::names::generate;
use crate::readings::{Tally, ask};
use crate::{draft, solve};
use reachability::answer::{look_up, source};
use reachability::aws::{Claim, Compiled, DnsOutcome, DnsStep, Resolution};
use reachability::model::{Draft, Id, Network, Origin, Record, RecordValue, RuleKind, ServerHost};
use std::collections::BTreeSet;

/// Names asked in each network.
const NAMES: usize = 40;

/// Names in all, asked again of every changed network.
const ALL: usize = 4_000;

/// Things changed in each network, one at a time.
const CHANGED: usize = 4;

/// Things of each network that decide and are turned round.
const TURNED: usize = 12;

/// An address that nobody has.
const NOBODY: &str = "10.0.2.99";

/// Something that may decide who answers.
#[derive(Clone, Copy, Debug)]
enum Thing {
    Rule(usize),
    Zone(usize),
    Private(usize),
    /// A domain that a name server forwards.
    Forward(usize, usize),
}

const REACHED: &[(&str, usize)] = &[
    ("turned: Rule", 2),
    ("turned: Zone", 80),
    ("turned: Private", 30),
    ("turned: Forward", 4),
    ("not cited: Rule", 800),
    ("not cited: Zone", 2_000),
    ("not cited: Private", 3_000),
    ("not cited: Forward", 3_000),
];

#[test]
fn who_decides_a_name_decides_it() {
    ask(ALL, about).judge(ALL, REACHED);
}

fn about(seed: u64, tally: &mut Tally) {
    let mut genes = Genes::seeded(seed + 500_000);
    let case = generate(&mut Genes::seeded(seed), NAMES);
    let Some((before, (network, compiled))) =
        draft(&case.scenario).and_then(|d| Some((d.clone(), solve(d)?)))
    else {
        tally.void += 1;
        return;
    };
    let resolve = |network: &Network, compiled: &Compiled, (from, name): &(String, String)| {
        look_up(network, compiled, source(network, from).unwrap(), name).resolution
    };
    let told = case
        .questions
        .iter()
        .map(|q| resolve(&network, &compiled, q));
    let told = Vec::from_iter(told);
    tally.asked += told.len();
    let things = things(&before);
    for _ in 0..CHANGED.min(things.len()) {
        let thing = genes.pick(&things);
        let key = key(&before, thing);
        let kind = format!("{thing:?}");
        let kind = kind.split('(').next().unwrap();
        let Some((network, compiled)) = solve(without(&before, thing)) else {
            tally.void += 1;
            continue;
        };
        for (question, told) in case.questions.iter().zip(&told) {
            if cited(told).contains(&key) {
                continue;
            }
            tally.saw(format!("not cited: {kind}"));
            let now = resolve(&network, &compiled, question);
            if heard(&now) != heard(told) {
                tally.differs(format!("{kind} is not cited, and matters"), || {
                    format!("seed {seed}: {question:?} without {key}: {told:?}\n    {now:?}")
                });
            }
        }
    }
    let mut done = BTreeSet::new();
    for (question, told) in case.questions.iter().zip(&told) {
        // Of several that are asked, and after others that were silent, one may not show; and of what
        // is not known whoever decides.
        let unknown = matches!(told.outcome, DnsOutcome::Unknown(_));
        if unknown || !told.choices.is_empty() || !told.notes.is_empty() {
            continue;
        }
        for by in deciders(told) {
            let written = |t: &Thing| format!("{:?}", origin_of(&before, *t));
            let origin = format!("{:?}", by.origin);
            let Some(thing) = things.iter().find(|t| written(t) == origin) else {
                continue;
            };
            let Some(changed) = turned(&before, *thing, told) else {
                continue;
            };
            if done.len() == TURNED || !done.insert(origin) {
                continue;
            }
            let Some((network, compiled)) = solve(changed) else {
                tally.void += 1;
                continue;
            };
            let kind = format!("{thing:?}");
            let kind = kind.split('(').next().unwrap();
            let now = resolve(&network, &compiled, question);
            if now.notes.contains(&"DNS_SERVER_SILENT") {
                // Another server of a list has the word now.
                continue;
            }
            tally.saw(format!("turned: {kind}"));
            if heard(&now) == heard(told) {
                tally.differs(format!("{kind} is cited, and does not matter"), || {
                    let key = &by.key;
                    format!("seed {seed}: {question:?} with {key} turned round: {told:?}")
                });
            }
        }
    }
}

fn deciders(told: &Resolution) -> impl Iterator<Item = &Claim> {
    told.steps.iter().filter_map(|step| match step {
        DnsStep::Decides { by, .. } => Some(by),
        DnsStep::Asks { .. } => None,
    })
}

/// Where it was written.
fn origin_of(draft: &Draft, thing: Thing) -> Origin {
    match thing {
        Thing::Rule(i) => draft.rules[Id::new(i)].origin.clone(),
        Thing::Zone(i) => draft.zones[Id::new(i)].origin.clone(),
        Thing::Private(i) => draft.endpoints[Id::new(i)].origin.clone(),
        Thing::Forward(i, f) => draft.name_servers[Id::new(i)].forward[f].origin.clone(),
    }
}

fn things(draft: &Draft) -> Vec<Thing> {
    let rules = (0..draft.rules.len()).map(Thing::Rule);
    let zones = (0..draft.zones.len()).map(Thing::Zone);
    let private = draft.endpoints.iter().filter(|(_, e)| e.private_dns);
    let private = private.map(|(id, _)| Thing::Private(id.index()));
    let servers = draft.name_servers.iter();
    let forwards = servers
        .flat_map(|(id, s)| (0..s.forward.len()).map(move |f| Thing::Forward(id.index(), f)));
    rules.chain(zones).chain(private).chain(forwards).collect()
}

/// By which name answers cite it.
fn key(draft: &Draft, thing: Thing) -> String {
    match thing {
        Thing::Rule(i) => draft.rules[Id::new(i)].name.clone(),
        Thing::Zone(i) => draft.zones[Id::new(i)].name.clone(),
        Thing::Private(i) => {
            let endpoint = &draft.endpoints[Id::new(i)];
            format!("{}/{}", endpoint.vpc.text, endpoint.name)
        }
        Thing::Forward(i, _) => match &draft.name_servers[Id::new(i)].host {
            ServerHost::Instance(host) => host.text.to_string(),
            ServerHost::Site(site) => site.text.to_string(),
        },
    }
}

/// Everybody who is named: who decided, and who produced what was said.
fn cited(told: &Resolution) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = told.deciders().map(str::to_owned).collect();
    for outcome in std::iter::once(&told.outcome).chain(&told.choices) {
        match outcome {
            DnsOutcome::Answered(answers) => all.extend(answers.iter().map(|a| a.key.to_string())),
            DnsOutcome::NxDomain(by) | DnsOutcome::Refused(by) => {
                all.insert(by.clone());
            }
            _ => {}
        }
    }
    all
}

/// What is heard, in any order.
fn heard(told: &Resolution) -> BTreeSet<String> {
    let all = std::iter::once(&told.outcome).chain(&told.choices);
    all.map(|outcome| match outcome {
        DnsOutcome::Answered(answers) => {
            let all: BTreeSet<_> = answers.iter().map(|a| (a.address, a.key.clone())).collect();
            format!("{all:?}")
        }
        DnsOutcome::Lost(..) | DnsOutcome::NoAnswer(_) | DnsOutcome::Circle(_) => "nothing".into(),
        DnsOutcome::Unknown(_) => "unknown".into(),
        other => format!("{other:?}"),
    })
    .collect()
}

/// The network without it: of no VPC and no Profile.
fn without(draft: &Draft, thing: Thing) -> Draft {
    let mut draft = draft.clone();
    match thing {
        Thing::Rule(i) => {
            let rule = draft.rules.get_mut(Id::new(i)).unwrap();
            rule.vpcs.clear();
            let name = rule.name.clone();
            profiles(&mut draft, |p| p.rules.retain(|r| r.text != name));
        }
        Thing::Zone(i) => {
            let zone = draft.zones.get_mut(Id::new(i)).unwrap();
            zone.vpcs.clear();
            zone.private = true;
            let name = zone.name.clone();
            profiles(&mut draft, |p| p.zones.retain(|z| z.text != name));
        }
        Thing::Private(i) => draft.endpoints.get_mut(Id::new(i)).unwrap().private_dns = false,
        Thing::Forward(i, f) => {
            draft
                .name_servers
                .get_mut(Id::new(i))
                .unwrap()
                .forward
                .remove(f);
        }
    }
    draft
}

fn profiles(draft: &mut Draft, mut change: impl FnMut(&mut reachability::model::Profile)) {
    for id in (0..draft.profiles.len()).map(Id::new) {
        change(draft.profiles.get_mut(id).unwrap());
    }
}

/// The network in which it says something else: servers that nobody is, no records where it had some,
/// one where it had none.
fn turned(draft: &Draft, thing: Thing, told: &Resolution) -> Option<Draft> {
    let mut draft = draft.clone();
    let nobody = vec![NOBODY.parse().unwrap()];
    let answered = matches!(told.outcome, DnsOutcome::Answered(_));
    let said = answered || matches!(told.outcome, DnsOutcome::NxDomain(_));
    match thing {
        Thing::Rule(i) => {
            let rule = draft.rules.get_mut(Id::new(i)).unwrap();
            let RuleKind::Forward { to, .. } = &mut rule.kind else {
                return None;
            };
            *to = nobody;
            said.then_some(draft)
        }
        Thing::Zone(i) => {
            let zone = draft.zones.get_mut(Id::new(i)).unwrap();
            let denies = matches!(&told.outcome, DnsOutcome::NxDomain(by) if *by == zone.name);
            if !denies {
                zone.records.clear();
            } else {
                let name = told.chain.last().unwrap_or(&told.name).clone();
                let value = RecordValue::A(vec!["192.0.2.1".parse().unwrap()]);
                let origin = zone.origin.clone();
                zone.records.push(Record {
                    name,
                    value,
                    origin,
                });
            }
            (denies || answered).then_some(draft)
        }
        Thing::Private(i) => {
            let endpoint = draft.endpoints.get_mut(Id::new(i)).unwrap();
            endpoint.private_dns = false;
            Some(draft)
        }
        Thing::Forward(i, f) => {
            draft.name_servers.get_mut(Id::new(i)).unwrap().forward[f].to = nobody;
            said.then_some(draft)
        }
    }
}
