//! One rule of a group changes, and the matrix and the properties are exact again.
//!
//! Every edit is timed alone. What comes of it is compared: after every edit with the walker, with a
//! matrix compiled of the edited draft after every edit where that is quick and else at the end; and
//! the line below is one that knows nothing of a session.

use crate::machine::{resident, worked};
use crate::measured::{Measured, time};
use crate::questions::CLIENT;
use crate::row::{At, Files, Given, How, Peer, Row};
use crate::table::seconds;
use crate::worlds::estate::friendly::GROUPS;
use crate::worlds::estate::ids::{Dice, Kind, id};
use crate::worlds::estate::places::{Seat, tcp};
use crate::worlds::estate::{Estate, segment};
use crate::worlds::network;
use crate::worlds::one_vpc::question;
use ipnet::Ipv4Net;
use reachability::analysis::pairs::{Cell, Options, Pairs};
use reachability::analysis::session::{Rebuilt, Session};
use reachability::aws::{bits, compile};
use reachability::edit::{AddGroupRule, Edit, RemoveGroupRule, Way};
use reachability::engine::{End, Walker};
use reachability::fabric::Packet;
use reachability::model::{self, Draft, GroupRule, Id, Network, SecurityGroup};
use reachability::property::{Claim, Property, To, Who};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub const ROW: Row = Row {
    name: "session",
    what: "one group-rule edit, all exact",
    at: &[
        At::friendly(1_000),
        At::friendly(10_000),
        At::friendly(100_000),
        At::friendly(1_000_000).within(50e-6),
    ],
    files: Files::None,
    own,
    peers: &[Peer {
        name: "compiled anew",
        least: Some((5_000.0, 1_000_000)),
        most: usize::MAX,
        how: How::Own(anew),
    }],
};

/// Edits on boundaries that rules have already, and on new ones of each kind.
const EDITS: usize = 200;
const NEW: usize = 40;
/// How long those of one kind may take altogether.
const LONG: Duration = Duration::from_secs(60);
/// Up to so many interfaces a matrix is compiled after every edit.
const QUICK: usize = 1_000;
/// Pairs of interfaces that are compared after every edit, and at the end.
const FEW: usize = 20;
const MANY: usize = 5_000;
/// Rows are kept, whatever they take.
const OPTIONS: Options = Options {
    budget: 4 << 30,
    keep: true,
};

fn own(given: Given<'_>) -> Measured {
    let estate = given.estate;
    let mut edits = Edits::new(estate);
    let draft = estate.draft();
    let standing = properties(estate);
    let mut session = Session::with(draft, standing, OPTIONS).unwrap();
    let rows = session.matrix().predicted().keeps_rows;
    assert!(rows, "rows are kept");
    let (mut all, before) = (Vec::new(), resident());
    let mut known = Took::default();
    for edit in edits.known() {
        assert_eq!(known.apply(&mut session, &edit), Rebuilt::Rows, "{edit:?}");
        all.push(edit);
        compare(estate, &session, &all);
    }
    let mut says = format!("{}; session of {before:.0} MiB", known.says());
    let answer = delivered(estate, &session.matrix());
    for (name, edits) in [("blocks", edits.blocks()), ("ports", edits.ports())] {
        let (mut took, began) = (Took::default(), Instant::now());
        for edit in edits {
            took.apply(&mut session, &edit);
            all.push(edit);
            compare(estate, &session, &all);
            if began.elapsed() > LONG {
                break;
            }
        }
        says += &format!("\n  at new {name}: {}", took.says());
    }
    compare_with_anew(estate, &session, &all);
    Measured::new(known.part(50), answer).saying(says)
}

/// The matrix of the network with all edits on known boundaries.
fn anew(given: Given<'_>) -> Measured {
    let estate = given.estate;
    let all = Edits::new(estate).known();
    let network = edited(estate, &all);
    let (seconds, delivered) = time(|| {
        let compiled = compile(&network);
        delivered(estate, &Pairs::compile(&network, &compiled, OPTIONS))
    });
    Measured::new(seconds, delivered)
}

/// What edits took.
#[derive(Default)]
struct Took {
    each: Vec<f64>,
    rebuilt: BTreeMap<Rebuilt, usize>,
    rows: usize,
    followed: usize,
}

impl Took {
    fn apply(&mut self, session: &mut Session, edit: &Edit) -> Rebuilt {
        let began = worked();
        let changed = session.apply(edit).unwrap();
        self.each.push(worked() - began);
        *self.rebuilt.entry(changed.rebuilt).or_default() += 1;
        self.rows += changed.rows.len();
        self.followed += changed.followed;
        changed.rebuilt
    }

    /// So many of a hundred take no longer.
    fn part(&self, percent: usize) -> f64 {
        let mut each = self.each.clone();
        each.sort_by(f64::total_cmp);
        each[(each.len() * percent).div_ceil(100).clamp(1, each.len()) - 1]
    }

    fn says(&self) -> String {
        format!(
            "median {}, p99 {}, most {}; {} edits: {:?}, {} rows changed, {} flows followed",
            seconds(self.part(50)),
            seconds(self.part(99)),
            seconds(self.part(100)),
            self.each.len(),
            self.rebuilt,
            self.rows,
            self.followed
        )
    }
}

/// Edits as people make them: of any group, with what other rules say.
struct Edits<'e> {
    estate: &'e Estate,
    dice: Dice,
    /// The groups, names looked up.
    groups: Network,
}

impl<'e> Edits<'e> {
    fn new(estate: &'e Estate) -> Self {
        Self {
            estate,
            dice: Dice::new(estate.seed, 1 << 51),
            groups: network(estate.shell()),
        }
    }

    /// A rule is added, and taken away again; or one that there is is taken away, and comes back. Some
    /// stay.
    fn known(&mut self) -> Vec<Edit> {
        let mut all = Vec::new();
        while all.len() < EDITS {
            let (group, way) = self.group();
            let own = rules(&self.groups, group, way);
            if self.dice.below(2) == 0 && !own.is_empty() {
                let rule = own[self.dice.below(own.len())].clone();
                all.push(remove(group, way, &rule));
                all.push(add(group, way, &rule));
                continue;
            }
            let (one, other) = (self.rule(group), self.rule(group));
            let rule = GroupRule {
                service: one.service,
                ..other
            };
            all.push(add(group, way, &rule));
            if self.dice.below(8) > 0 {
                all.push(remove(group, way, &rule));
            }
        }
        all
    }

    /// Rules about one interface's address each.
    fn blocks(&mut self) -> Vec<Edit> {
        let one = |_| {
            let (group, way) = self.group();
            let number = self.dice.below(self.estate.interfaces);
            let block = Ipv4Net::from(Seat::of(self.estate, number).ip());
            let rule = GroupRule {
                peer: model::Peer::Cidr(block.into()),
                ..self.rule(group)
            };
            add(group, way, &rule)
        };
        (0..NEW).map(one).collect()
    }

    /// Rules about ports that none is about.
    fn ports(&mut self) -> Vec<Edit> {
        let one = |n: usize| {
            let (group, way) = self.group();
            let port = 20_000 + n as u16 * 10;
            let rule = GroupRule {
                service: tcp(port, port + 5),
                ..self.rule(group)
            };
            add(group, way, &rule)
        };
        (0..NEW).map(one).collect()
    }

    fn group(&mut self) -> (Id<SecurityGroup>, Way) {
        let group = Id::new(self.dice.below(self.groups.groups.len()));
        let way = match self.dice.below(3) {
            0 => Way::Out,
            _ => Way::In,
        };
        (group, way)
    }

    /// A rule of the group's VPC, or of any.
    fn rule(&mut self, near: Id<SecurityGroup>) -> GroupRule {
        let any = self.dice.below(4) == 0;
        loop {
            let group = match any {
                true => self.dice.below(self.groups.groups.len()),
                false => near.index() / GROUPS * GROUPS + self.dice.below(GROUPS),
            };
            let rules = rules(&self.groups, Id::new(group), Way::In);
            if !rules.is_empty() {
                return rules[self.dice.below(rules.len())].clone();
            }
        }
    }
}

fn rules(network: &Network, group: Id<SecurityGroup>, way: Way) -> &[GroupRule] {
    match way {
        Way::In => &network.groups[group].ingress,
        Way::Out => &network.groups[group].egress,
    }
}

fn add(group: Id<SecurityGroup>, way: Way, rule: &GroupRule) -> Edit {
    let (service, peer) = (rule.service, rule.peer.clone());
    AddGroupRule {
        group,
        way,
        service,
        peer,
    }
    .into()
}

fn remove(group: Id<SecurityGroup>, way: Way, rule: &GroupRule) -> Edit {
    let (service, peer) = (rule.service, rule.peer.clone());
    RemoveGroupRule {
        group,
        way,
        service,
        peer,
    }
    .into()
}

/// The network with some edits, made in its draft.
fn edited(estate: &Estate, edits: &[Edit]) -> Network {
    let mut draft = estate.draft();
    let mut groups: Draft = (*network(estate.shell())).clone();
    for edit in edits {
        let before = groups.clone();
        edit.apply(&before, &mut groups);
        edit.apply(&before, &mut draft);
    }
    network(draft)
}

/// Hosts of development that may not reach some of production; hosts that may not reach others at
/// ports between VPCs; hosts that must reach a neighbour.
fn properties(estate: &Estate) -> Vec<Property> {
    let mut dice = Dice::new(estate.seed, 1 << 52);
    let each = estate.interfaces.div_ceil(estate.vpcs);
    let name = |number: usize| {
        let vpc = id(Kind::Vpc, Seat::of(estate, number).vpc);
        Who::Name([vpc, id(Kind::Interface, number)].join("/"))
    };
    let block = |number: usize| To::Block(Ipv4Net::from(Seat::of(estate, number).ip()).into());
    let of = |vpc: usize, dice: &mut Dice| {
        let number = vpc * each + dice.below(each);
        number.min(estate.interfaces - 1)
    };
    let vpcs = |wanted: usize| (0..estate.vpcs).filter(move |vpc| segment(*vpc) == wanted);
    let (production, development): (Vec<usize>, Vec<usize>) =
        (vpcs(1).collect(), vpcs(2).collect());
    let property = |claim, from: usize, to: Vec<To>, ports: Vec<(u16, u16)>| {
        Property::new(claim, vec![name(from)], to, ports)
    };
    let mut all = Vec::new();
    for _ in 0..8 {
        let (here, there) = (dice.of(&development), dice.of(&production));
        let (from, to) = (of(here, &mut dice), of(there, &mut dice));
        all.push(property(
            Claim::NeverReachable,
            from,
            vec![block(to)],
            vec![],
        ));
        let ports = vec![(8000, 8442)];
        let other = block(of(here, &mut dice));
        all.push(property(Claim::NeverReachable, to, vec![other], ports));
        let (near, ports) = (of(there, &mut dice), vec![(9100, 9100)]);
        all.push(property(
            Claim::AlwaysReachable,
            near,
            vec![block(to)],
            ports,
        ));
    }
    all
}

/// The session, against the walker after its last edit; where that is quick, against a matrix compiled
/// anew.
fn compare(estate: &Estate, session: &Session, edits: &[Edit]) {
    let compiled = session.compiled();
    let mut walker = Walker::default();
    for (from, to, port) in sample(estate, edits, FEW) {
        let ip = |number| bits(Seat::of(estate, number).ip());
        let packet = Packet::new(ip(from), ip(to), 6, CLIENT, port);
        let walk = walker.walk(
            &compiled.fabric,
            &question(compiled.interfaces[from], packet),
        );
        let home = walk.endings.iter().any(|e| e.end == End::Home);
        let class = session.port(true, 6, port).unwrap();
        let cell = session.cell(Id::new(from), Id::new(to), class);
        let agrees = cell == Cell::Some || home == (cell == Cell::All);
        assert!(
            agrees,
            "{:?}: {from} to {to} at {port}: {cell:?}",
            edits.last()
        );
    }
    if estate.interfaces <= QUICK {
        compare_with_anew(estate, session, edits);
    }
}

fn compare_with_anew(estate: &Estate, session: &Session, edits: &[Edit]) {
    let network = edited(estate, edits);
    let compiled = compile(&network);
    let pairs = Pairs::compile(&network, &compiled, OPTIONS);
    for (from, to, port) in sample(estate, edits, MANY) {
        let class = session.port(true, 6, port).unwrap();
        let found = session.cell(Id::new(from), Id::new(to), class);
        let wanted = cell(&pairs, (from, to, port));
        assert_eq!(
            found,
            wanted,
            "{:?}: {from} to {to} at {port}",
            edits.last()
        );
    }
}

/// How many of a sample are delivered.
fn delivered(estate: &Estate, pairs: &Pairs<'_>) -> String {
    let all = Edits::new(estate).known();
    let all = sample(estate, &all, MANY).into_iter();
    let count = all.filter(|asked| cell(pairs, *asked) == Cell::All).count();
    format!("{count} of {MANY} delivered")
}

fn cell(pairs: &Pairs<'_>, (from, to, port): (usize, usize, u16)) -> Cell {
    let class = pairs.ports().iter();
    let class = { class }.position(|c| c.v4 && c.proto == 6 && c.has(port));
    let of = |number| pairs.classes().of(Id::new(number));
    pairs.cell(of(from), of(to), class.unwrap())
}

/// Which interfaces are asked about, at which port: some of the VPC of the last edit's group, at its
/// port.
fn sample(estate: &Estate, edits: &[Edit], many: usize) -> Vec<(usize, usize, u16)> {
    let mut dice = Dice::new(estate.seed, 1 << 53 | edits.len() as u64);
    let each = estate.interfaces.div_ceil(estate.vpcs);
    let one = |_| {
        let edit = &edits[edits.len() - 1 - dice.below(edits.len().min(many / FEW))];
        let (group, way, service) = match edit {
            Edit::AddGroupRule(e) => (e.group, e.way, e.service),
            Edit::RemoveGroupRule(e) => (e.group, e.way, e.service),
            other => panic!("{other:?}"),
        };
        let own = group.index() / GROUPS * each + dice.below(each);
        let other = match dice.below(2) {
            0 => dice.below(estate.interfaces),
            _ => group.index() / GROUPS * each + dice.below(each),
        };
        let (own, other) = (
            own.min(estate.interfaces - 1),
            other.min(estate.interfaces - 1),
        );
        let port = dice.of(&[service.ports.0, service.ports.1, 443, 9100]);
        match way {
            Way::In => (other, own, port),
            Way::Out => (own, other, port),
        }
    };
    let all: Vec<(usize, usize, u16)> = (0..many).map(one).collect();
    all.into_iter().filter(|(a, b, _)| a != b).collect()
}
