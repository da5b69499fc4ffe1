//! Networks that could be built, every row with an origin of its own, and what is asked of them.

use crate::networks::{Flow, Genes, Sender, dualstack, ease, flows_of_six, generate};
use crate::rows::{Row, number_rows};
use reachability::answer::{Answer, Ask, Fact, Wording, answer, source};
use reachability::aws::{self, Compiled};
use reachability::engine::Leg;
use reachability::model::{self, Draft, EndpointKind, Network};
use std::net::IpAddr;
use std::ops::Deref;

/// Flows asked of each network.
const FLOWS: usize = 50;

/// A destination.
#[derive(Clone, Debug)]
pub enum To {
    /// By address.
    Address(IpAddr),
    /// A component, by scheme and name.
    Component(&'static str, String),
    /// An AWS service.
    Service(&'static str),
}

/// A question in words, so that it can be asked of another network.
#[derive(Clone, Debug)]
pub struct Words {
    pub from: String,
    pub to: To,
    pub protocol: u8,
    pub port: u16,
    pub client_ports: Option<(u16, u16)>,
}

/// A network, ready to be asked.
pub struct Solved {
    pub network: Network,
    pub compiled: Compiled,
}

/// An answer, and its alternatives in words.
#[derive(Debug)]
pub struct Told {
    answer: Answer,
    /// What happened on each.
    pub facts: Vec<Vec<Fact>>,
    /// Names and mechanisms of each, out and back.
    pub via: Vec<[Vec<String>; 2]>,
}

impl Deref for Told {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        &self.answer
    }
}

impl Told {
    fn new(words: Wording<'_>, answer: Answer) -> Self {
        let ways = answer.alternatives.iter();
        let via = ways.clone().map(|way| {
            let leg = |leg| {
                words
                    .via(way, leg)
                    .iter()
                    .map(ToString::to_string)
                    .collect()
            };
            [leg(Leg::Out), leg(Leg::Back)]
        });
        Self {
            facts: ways.map(|way| words.facts(way)).collect(),
            via: via.collect(),
            answer,
        }
    }
}

/// A generated network and its questions.
pub struct World {
    pub seed: u64,
    pub draft: Draft,
    /// What each origin is of.
    pub rows: Vec<Row>,
    pub solved: Solved,
    pub asks: Vec<Words>,
    /// For what is random about a law.
    pub genes: Genes,
}

/// The networks of seeds 0, 1, 2 …, until so many flows have been asked; void drafts are left out.
/// Some have addresses of both families.
pub fn worlds(flows: usize) -> impl Iterator<Item = World> {
    let all = (0..).filter_map(|seed| world(seed, seed % 5 == 3));
    all.take(flows.div_ceil(FLOWS))
}

fn world(seed: u64, both: bool) -> Option<World> {
    let mut case = generate(&mut Genes::seeded(seed), FLOWS);
    let mut draft = case.draft;
    if both {
        let genes = &mut Genes::seeded(seed + 1_000_000);
        dualstack(&mut draft, genes);
        let six = flows_of_six(&draft, genes, FLOWS / 2);
        case.flows.splice(..six.len(), six);
    }
    if both || seed % 2 == 1 {
        ease(&mut draft);
    }
    let rows = number_rows(&mut draft);
    let solved = solve(draft.clone())?;
    let mut genes = Genes::seeded(!seed);
    let names = components(&draft);
    let asks = case.flows.iter().map(|f| words(&mut genes, &names, f));
    let asks = asks.collect();
    Some(World {
        seed,
        draft,
        rows,
        solved,
        asks,
        genes,
    })
}

/// Components that can be asked for by name.
fn components(draft: &Draft) -> Vec<To> {
    let scoped = |vpc: &str, name: &str| format!("{vpc}/{name}");
    let mut all: Vec<To> = Vec::new();
    for (_, i) in draft.instances.iter() {
        all.push(To::Component("tcp", scoped(&i.vpc.text, &i.name)));
    }
    for (_, b) in draft.load_balancers.iter() {
        let to = To::Component("tcp", scoped(&b.vpc.text, &b.name));
        all.extend([to.clone(), to]);
    }
    for (_, e) in draft.endpoints.iter() {
        let none = matches!(&e.kind, EndpointKind::Interface(all) if all.is_empty());
        if !none && matches!(e.kind, EndpointKind::Interface(_)) {
            let to = To::Component("endpoint", scoped(&e.vpc.text, &e.name));
            all.extend([to.clone(), to.clone(), to]);
        }
    }
    all.extend(["s3", "dynamodb", "sqs"].map(To::Service));
    all
}

/// A flow of the generator; now and then by name, now and then with every client port.
fn words(g: &mut Genes, names: &[To], flow: &Flow) -> Words {
    let inside = matches!(flow.sender, Sender::Interface(_));
    let named = inside && flow.protocol == 6 && g.chance(25);
    let ports = flow.port != 0;
    let pinned = (flow.client_port, flow.client_port);
    Words {
        from: flow.from.clone(),
        to: if named {
            g.pick(names)
        } else {
            To::Address(flow.to)
        },
        protocol: flow.protocol,
        port: flow.port,
        client_ports: (ports && g.chance(50)).then_some(pinned),
    }
}

/// Builds and compiles, unless AWS would refuse it.
pub fn solve(draft: Draft) -> Option<Solved> {
    let network = model::build(draft).network?;
    let compiled = aws::compile(&network);
    Some(Solved { network, compiled })
}

impl Solved {
    pub fn answer(&self, words: &Words) -> Told {
        let ports = words.protocol == 6 || words.protocol == 17;
        let to = match &words.to {
            To::Address(ip) => ip.to_string(),
            To::Component(scheme, name) => format!("{scheme}://{name}:{}", words.port),
            To::Service(name) => (*name).to_owned(),
        };
        let service = matches!(words.to, To::Service(_));
        let from = source(&self.network, &words.from);
        let ask = Ask {
            from: from.unwrap_or_else(|e| panic!("{words:?}: {e}")),
            to,
            protocol: Some(words.protocol),
            port: (ports && !service).then_some(words.port),
            client_ports: words.client_ports,
        };
        let answer = answer(&self.network, &self.compiled, &ask);
        let answer = answer.unwrap_or_else(|e| panic!("{words:?}: {e}"));
        Told::new(Wording::new(&self.network, &self.compiled), answer)
    }
}
