//! What the walker keeps of traffic, on fabrics of a few nodes: whose reply is whose, and which ways
//! are possibilities.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use reachability::code::Code;
use reachability::engine::{End, Ending, Leg, Question, Walk, Why, walk};
use reachability::fabric::{
    Action, Address, FabricBuilder, Flow, NodeId, Rewrite, RowSpec, Shape, Side, Span, Stage, To,
    flags,
};
use reachability::model::Origin;
use std::collections::BTreeSet;

const CLIENT: Address = Address::of_v4(0x0a00_0001);
const DIALLED: Address = Address::of_v4(0x0a00_0002);
const BETWEEN: Address = Address::of_v4(0x0a00_0003);
const SERVER: Address = Address::of_v4(0x0a00_0004);

/// A client, somebody in between, and a server.
struct Three {
    b: FabricBuilder,
    client: NodeId,
    between: NodeId,
    server: NodeId,
}

fn route(table: u8) -> Stage {
    Stage::Route {
        what: "routes",
        table,
    }
}

impl Three {
    /// The client sends what it has into the middle, which has these stage lists.
    fn new(stages: Vec<Stage>, entries: Vec<u8>) -> Self {
        let mut b = FabricBuilder::new();
        let host = b.shape(Shape {
            stages: vec![route(0), Stage::Arrive],
            entries: vec![0, 1],
            reply: 0,
        });
        let middle = b.shape(Shape {
            stages,
            entries,
            reply: 0,
        });
        let client = b.node(host, "client");
        let between = b.node(middle, "between");
        let server = b.node(host, "server");
        let mut three = Self {
            b,
            client,
            between,
            server,
        };
        three.leads(client, 0, between, 0);
        three
    }

    /// A slot leads everything to an entry.
    fn leads(&mut self, from: NodeId, slot: usize, to: NodeId, entry: u8) {
        let to = self.b.to(to, entry);
        self.rows(from, slot, vec![], to);
    }

    fn rows(&mut self, node: NodeId, slot: usize, rows: Vec<RowSpec>, otherwise: Action) {
        let table = self.b.table("table", Side::Dst, rows, otherwise, "");
        self.b.slot(node, slot, table);
    }

    fn asked(self, from: NodeId, entry: u8, ports: (u16, u16)) -> Walk<Flow> {
        let traffic = Flow {
            dport: ports,
            ..Flow::new(CLIENT, DIALLED, 6, (1024, 65535), 0)
        };
        let question = Question {
            from,
            entry,
            traffic,
            accept: None,
            press_on: false,
            draw: 0,
        };
        walk(&self.b.finish(), &question)
    }
}

/// What is sent to these ports.
fn to_ports(ports: (u16, u16), then: Action) -> RowSpec {
    RowSpec {
        ports,
        ..RowSpec::address(Span::Any, then, &Origin::Unknown, "row")
    }
}

fn codes(walked: &Walk<Flow>) -> Vec<Result<(), Code>> {
    let code = |e: &Ending<Flow>| match e.end {
        End::Home => Ok(()),
        End::Dropped(_, code, _) => Err(code),
        _ => panic!("{:?}", e.end),
    };
    walked.endings.iter().map(code).collect()
}

/// Ports 1 to 50 are lost on the way. What was sent to 51 to 70 is answered from port 75, to which
/// something else was sent; what was sent to 71 to 100, from one of them.
#[test]
fn a_reply_answers_what_went_its_way() {
    let translate = Stage::Translate {
        what: "translation",
        table: 1,
        remember: false,
    };
    let filter = Stage::Filter {
        what: "filter",
        table: 0,
        state: None,
    };
    let mut three = Three::new(vec![filter, translate, route(2)], vec![0]);
    let (client, between, server) = (three.client, three.between, three.server);
    let lost = Action::Drop(Code::SUBNET_ACL_RESTRICTION);
    three.rows(between, 0, vec![to_ports((51, 100), Action::Next)], lost);
    let to_one = three.b.rewriting(Rewrite {
        dport: Some(75),
        ..Rewrite::default()
    });
    three.rows(between, 1, vec![to_ports((51, 70), to_one)], to_one);
    three.leads(between, 2, server, 1);
    three.leads(server, 0, client, 1);
    let mut ends = codes(&three.asked(client, 0, (1, 100)));
    ends.sort_by_key(|e| e.map_err(Code::name));
    assert_eq!(
        ends,
        [
            Ok(()),
            Err(Code::REPLY_WITHOUT_SESSION),
            Err(Code::SUBNET_ACL_RESTRICTION),
        ]
    );
}

/// A translator whose lists restore what its first stage changed.
fn translator() -> Three {
    let recall = Stage::Recall {
        of: 0,
        otherwise: Some(Code::REPLY_WITHOUT_SESSION),
    };
    let translate = Stage::Translate {
        what: "translation",
        table: 0,
        remember: true,
    };
    let stages = vec![
        translate,
        route(1),
        recall,
        route(2),
        recall,
        route(3),
        Stage::Arrive,
    ];
    let mut three = Three::new(stages, vec![0, 2, 4, 6]);
    let (client, between, server) = (three.client, three.between, three.server);
    let at = |to| Rewrite {
        dst: Some(To::At(to)),
        ..Rewrite::default()
    };
    let [on, again] = [BETWEEN, SERVER].map(|to| three.b.rewriting(at(to)));
    let about = |address: Address, then| RowSpec::address(address, then, &Origin::Unknown, "row");
    let translations = vec![about(DIALLED, on), about(BETWEEN, again)];
    three.rows(between, 0, translations, Action::Next);
    let (back, there) = (three.b.to(between, 0), three.b.to(server, 1));
    three.rows(between, 1, vec![about(BETWEEN, back)], there);
    three.leads(between, 2, between, 2);
    three.leads(between, 3, client, 1);
    three.leads(server, 0, between, 1);
    three
}

/// What was changed twice is put back twice, the newest change first.
#[test]
fn what_was_changed_twice_is_restored_twice() {
    let three = translator();
    let client = three.client;
    let walked = three.asked(client, 0, (443, 443));
    assert_eq!(codes(&walked), [Ok(())]);
}

/// A reply to what a node sent itself comes home to it; what it has no memory of is no reply, neither
/// on the way out nor of others.
#[test]
fn what_nobody_asked_for_is_no_reply() {
    let three = translator();
    let between = three.between;
    let own = three.asked(between, 1, (443, 443));
    assert_eq!(codes(&own), [Err(Code::REPLY_WITHOUT_SESSION)]);
    assert_eq!(own.endings[0].leg, Leg::Out);

    // Past the translation on the way out, into it on the way back.
    let mut three = translator();
    let (client, server) = (three.client, three.server);
    three.leads(client, 0, server, 1);
    let walked = three.asked(client, 0, (443, 443));
    assert_eq!(codes(&walked), [Err(Code::REPLY_WITHOUT_SESSION)]);
    let last = walked.steps.last().unwrap();
    assert_eq!(last.why, Why::Otherwise);
    assert_eq!(last.leg, Leg::Back);
}

/// What is tried both ways is a possibility either way.
#[test]
fn a_fork_has_two_ways() {
    let filter = Stage::Filter {
        what: "filter",
        table: 0,
        state: None,
    };
    let mut three = Three::new(vec![filter, route(1)], vec![0]);
    let (client, between, server) = (three.client, three.between, three.server);
    let perhaps = RowSpec {
        flags: flags::MAYBE | flags::FORK,
        ..to_ports((0, u16::MAX), Action::Drop(Code::SUBNET_ACL_RESTRICTION))
    };
    three.rows(between, 0, vec![perhaps], Action::Next);
    three.leads(between, 1, server, 1);
    three.leads(server, 0, client, 1);
    let walked = three.asked(client, 0, (443, 443));
    assert_eq!(codes(&walked), [Err(Code::SUBNET_ACL_RESTRICTION), Ok(())]);
    assert!(walked.endings.iter().all(|e| e.forked));
}

/// A client, a server, and others in a circle of which each may lead to the next or to the last, or,
/// the first of them, to the server.
fn circle(number: usize) -> Three {
    let mut three = Three::new(vec![route(0), route(1)], vec![0]);
    let shape = three.b.node_mut(three.between).unwrap().shape;
    let mut all = vec![three.between];
    all.extend((1..number).map(|n| three.b.node(shape, format!("between {n}"))));
    for (n, node) in all.iter().enumerate() {
        let (next, last) = (all[(n + 1) % number], all[(n + number - 1) % number]);
        let to_next = three.b.to(next, 0);
        let perhaps = RowSpec {
            flags: flags::MAYBE | flags::FORK,
            ..to_ports((0, u16::MAX), to_next)
        };
        three.rows(*node, 0, vec![perhaps], Action::Next);
        let (otherwise, entry) = if n == 0 { (three.server, 1) } else { (last, 0) };
        three.leads(*node, 1, otherwise, entry);
    }
    three.leads(three.server, 0, three.client, 1);
    three
}

/// Where choices meet again, each way round is walked once: the ways do not double with each round.
#[test]
fn choices_in_a_circle_do_not_multiply() {
    for number in 2..6 {
        let three = circle(number);
        let client = three.client;
        let walked = three.asked(client, 0, (443, 443));
        assert!(
            !walked.cut && walked.steps.len() < 10_000,
            "{number}: {}",
            walked.steps.len()
        );
        let ends: BTreeSet<_> = codes(&walked)
            .into_iter()
            .map(|e| e.map_err(Code::name))
            .collect();
        assert_eq!(ends, BTreeSet::from([Ok(()), Err("FORWARDING_LOOP")]));
    }
}

/// What a filter does with traffic is not known where its row says so: nothing passes without a word.
#[test]
fn a_filter_that_is_not_known_lets_nothing_pass() {
    let filter = Stage::Filter {
        what: "filter",
        table: 0,
        state: None,
    };
    let mut three = Three::new(vec![filter, route(1)], vec![0]);
    let (client, between, server) = (three.client, three.between, three.server);
    let unknown = Action::Opaque(Code::UNKNOWN_RESOURCE);
    three.rows(between, 0, vec![to_ports((80, 80), unknown)], Action::Next);
    three.leads(between, 1, server, 1);
    three.leads(server, 0, client, 1);
    let ends = three.asked(client, 0, (80, 81)).endings;
    let opaque = |e: &&Ending<Flow>| matches!(e.end, End::Opaque(_, Code::UNKNOWN_RESOURCE));
    let home = |e: &&Ending<Flow>| matches!(e.end, End::Home);
    assert_eq!(ends.len(), 2);
    assert_eq!(ends.iter().filter(opaque).count(), 1);
    assert_eq!(ends.iter().filter(home).count(), 1);
}
