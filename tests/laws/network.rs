//! Random fabrics: hosts, and between them nodes that route, translate, share out and send replies
//! back another way. Choices are biased so that most traffic meets several of these and comes home:
//! a generator whose traffic is dropped at the first filter proves nothing.

use super::genes::Genes;
use reachability::code::Code;
use reachability::fabric::*;
use reachability::model::Origin;

/// Addresses of hosts.
pub const HOSTS: u32 = 10;
/// What a translating node sends from.
const OUTER: u32 = 100;
/// What a sharing node is called by.
pub const SHARED: u32 = 110;
/// What a host is called by outside: translated without memory, one to one.
pub const ALIAS: u32 = 120;
/// Nobody's.
pub const NOBODY: u32 = 200;
const PORTS: [u16; 8] = [0, 80, 443, 1000, 1500, 2000, 3000, u16::MAX];
const ALLOCATED: [(u16, u16); 4] = [(2000, 2999), (1024, u16::MAX), (2500, 2500), (1000, 1600)];
const DROPS: [Code; 3] = [
    Code::SUBNET_ACL_RESTRICTION,
    Code::ENI_SG_RULES_MISMATCH,
    Code::NO_ROUTE_TO_DESTINATION,
];

/// The IPv6 address of whoever has this one of IPv4, which it has embedded.
pub fn six(address: u32) -> Address {
    Address::new(0x0064_ff9b << 96 | u128::from(address))
}

/// A fabric and who is where in it.
#[derive(Clone, Debug)]
pub struct Generated {
    pub fabric: Fabric,
    pub hosts: Vec<NodeId>,
    pub middles: Vec<NodeId>,
    /// Whether any translation works without memory.
    pub forgetful: bool,
}

struct Making<'g, 'a> {
    g: &'g mut Genes<'a>,
    b: FabricBuilder,
    hosts: Vec<NodeId>,
    middles: Vec<NodeId>,
    forgetful: bool,
}

/// Stages of one node, and the tables they look at.
#[derive(Default)]
struct Stages {
    list: Vec<Stage>,
    entries: Vec<u8>,
    tables: Vec<TableId>,
}

impl Stages {
    fn slot(&mut self, table: TableId) -> u8 {
        self.tables.push(table);
        self.tables.len() as u8 - 1
    }

    fn entry(&mut self) {
        self.entries.push(self.list.len() as u8);
    }
}

/// Reads a fabric from genes.
pub fn network(g: &mut Genes<'_>) -> Generated {
    let mut b = FabricBuilder::new();
    for tags in [vec![1], vec![2], vec![1, 2]] {
        b.mark(tags);
    }
    // The first tag becomes the second.
    b.turns(&[&|tag| tag.max(2)]);
    let (hosts, middles) = (2 + g.below(3), 1 + g.below(4));
    let hosts = (0..hosts).map(|i| b.node(0, format!("host{i}"))).collect();
    let middles = (0..middles)
        .map(|i| b.node(0, format!("middle{i}")))
        .collect();
    let mut making = Making {
        g,
        b,
        hosts,
        middles,
        forgetful: false,
    };
    for i in 0..making.hosts.len() {
        making.host(i);
    }
    for i in 0..making.middles.len() {
        making.middle(i);
    }
    Generated {
        fabric: making.b.finish(),
        hosts: making.hosts,
        middles: making.middles,
        forgetful: making.forgetful,
    }
}

impl Making<'_, '_> {
    fn finish(&mut self, node: NodeId, stages: Stages, reply: u8) {
        assert!(stages.tables.len() <= 8 && stages.list.len() < 48);
        let shape = self.b.shape(Shape {
            stages: stages.list,
            entries: stages.entries,
            reply,
        });
        let mark = self.g.below(4);
        let at = self.b.node_mut(node).unwrap();
        (at.shape, at.mark) = (shape, mark);
        for (slot, table) in stages.tables.into_iter().enumerate() {
            self.b.slot(node, slot, table);
        }
    }

    /// Entry 0: from the host; entry 1: to it. Its filters share a memory.
    fn host(&mut self, number: usize) {
        let node = self.hosts[number];
        let mut s = Stages::default();
        s.entry();
        if !self.g.chance(15) {
            s.list.push(Stage::Mark);
        }
        self.filter(&mut s, 70, Some(0));
        self.filter(&mut s, 25, None);
        if self.g.chance(50) {
            s.list.push(Stage::Return {
                asked: Distance::Near,
                through: None,
            });
        }
        let home = HOSTS + number as u32;
        let first = self.g.below(self.middles.len() as u32) as usize;
        self.route(&mut s, node, home, first);
        s.list.push(Stage::Opaque {
            code: Code::UNSUPPORTED_COMPONENT,
        });
        s.entry();
        self.filter(&mut s, 25, None);
        self.filter(&mut s, 70, Some(0));
        s.list.push(Stage::Arrive);
        self.finish(node, s, 0);
    }

    /// Entry 0: everything; entry 1: replies that are sent back over a link, or everything again.
    fn middle(&mut self, number: usize) {
        let node = self.middles[number];
        let mut s = Stages::default();
        s.entry();
        if self.g.chance(20) {
            let through = self.g.chance(50).then_some(s.list.len() as u8 + 1);
            s.list.push(Stage::Return {
                asked: Distance::Far,
                through,
            });
        }
        self.filter(&mut s, 25, None);
        let role = self.g.below(10);
        let early = (1..8).contains(&role) && self.g.chance(20);
        let recall = s.list.len();
        if early {
            s.list.push(Stage::Recall {
                of: 0,
                otherwise: None,
            });
        }
        self.filter(&mut s, 25, Some(1));
        let translating = s.list.len() as u8;
        if let (true, Some(Stage::Recall { of, .. })) = (early, s.list.get_mut(recall)) {
            *of = translating;
        }
        if role >= 8 {
            self.forgetful = true;
            self.one_to_one(&mut s);
        }
        if (4..8).contains(&role) {
            let table = self.sharing(number);
            let table = s.slot(table);
            s.list.push(translate(table, true));
        }
        if (1..4).contains(&role) || role == 7 {
            let table = self.hiding(number);
            let table = s.slot(table);
            s.list.push(translate(table, true));
        }
        if self.g.chance(10) {
            s.list.push(Stage::Mark);
        }
        if self.g.chance(35) {
            s.list.push(Stage::Return {
                asked: Distance::Far,
                through: None,
            });
        }
        let next = (number + 1) % self.middles.len();
        self.route(&mut s, node, OUTER + number as u32, next);
        if self.g.chance(50) {
            s.list.push(Stage::Arrive);
        } else {
            s.list.push(Stage::Opaque {
                code: Code::UNSUPPORTED_COMPONENT,
            });
        }
        s.entry();
        if (1..8).contains(&role) {
            let otherwise = self.g.chance(40).then_some(Code::REPLY_WITHOUT_SESSION);
            s.list.push(Stage::Recall {
                of: translating,
                otherwise,
            });
        }
        let again = s.tables.len() as u8 - 1;
        s.list.push(Stage::Route {
            what: "route",
            table: again,
        });
        s.list.push(Stage::Opaque {
            code: Code::UNSUPPORTED_COMPONENT,
        });
        self.finish(node, s, 0);
    }

    fn filter(&mut self, s: &mut Stages, percent: u32, state: Option<u8>) {
        if s.tables.len() >= 4 || !self.g.chance(percent) {
            return;
        }
        let table = self.filtering(15);
        let table = s.slot(table);
        s.list.push(Stage::Filter {
            what: "filter",
            table,
            state,
        });
    }

    /// Rows that pass or drop.
    fn filtering(&mut self, otherwise: u32) -> TableId {
        let side = if self.g.chance(50) {
            Side::Src
        } else {
            Side::Dst
        };
        let rows = (0..self.g.below(5))
            .map(|_| {
                let then = if self.g.chance(15) {
                    Action::Drop(self.g.one(&DROPS))
                } else {
                    Action::Next
                };
                self.row(then)
            })
            .collect();
        let otherwise = if self.g.chance(otherwise) {
            Action::Drop(self.g.one(&DROPS))
        } else {
            Action::Next
        };
        self.b.table("filter", side, rows, otherwise, "")
    }

    fn row(&mut self, then: Action) -> RowSpec {
        let lo = self.g.one(&[HOSTS, 11, 12, 13, 0, OUTER, SHARED, ALIAS]);
        let hi = lo + self.g.one(&[0, 1, 3, 15, 500]);
        let span = match self.g.below(20) {
            0..12 => (lo, hi).into(),
            12..19 => (six(lo), six(hi)).into(),
            _ => Span::Any,
        };
        let mut row = RowSpec::address(span, then, &Origin::Unknown, "");
        if self.g.chance(45) {
            let (a, b) = (self.g.one(&PORTS), self.g.one(&PORTS));
            row.ports = (a.min(b), a.max(b));
        }
        if self.g.chance(25) {
            row.proto = Some(self.g.one(&[6, 6, 17, 1, 58]));
            if row.proto == Some(1) && self.g.chance(70) {
                row.ports = self.g.one(&[(0x0800, 0x08ff), (0, 0xff), (0x0300, 0x0bff)]);
            }
            if row.proto == Some(58) && self.g.chance(70) {
                row.ports = self
                    .g
                    .one(&[(0x8000, 0x80ff), (0x8100, 0x81ff), (0x0300, 0x80ff)]);
            }
        }
        if self.g.chance(10) {
            let tag = self.g.one(&[1, 2, 3]);
            row.span = Span::Tag(tag);
        }
        if self.g.chance(8) {
            row.flags |= flags::MAYBE;
            if self.g.chance(60) {
                row.flags |= flags::FORK;
            }
        }
        row
    }

    /// A table of where to send what: an address a row, found by halving, or a few ranges in order.
    fn route(&mut self, s: &mut Stages, node: NodeId, own: u32, next: usize) {
        let middles = self.middles.len() as u32;
        let mut known: Vec<u32> = (0..self.hosts.len() as u32).map(|h| HOSTS + h).collect();
        for base in [OUTER, SHARED] {
            known.extend((0..middles).map(|m| base + m));
        }
        known.extend((0..self.hosts.len() as u32).map(|h| ALIAS + h));
        let mut rows = Vec::new();
        if self.g.chance(20) {
            for _ in 0..2 {
                let then = self.towards(node, own, HOSTS, next);
                let mut row = self.row(then);
                row.flags |= flags::MAYBE & (row.flags | (self.g.any() as u8));
                rows.push(row);
            }
        }
        for address in known {
            let mut then = self.towards(node, own, address, next);
            if self.g.chance(3) {
                then = self.either(then, node, next);
            }
            for at in [address.into(), six(address)] {
                rows.push(RowSpec::address(at, then, &Origin::Unknown, ""));
            }
        }
        let otherwise = if self.g.chance(15) {
            self.towards(node, own, NOBODY, next)
        } else {
            Action::Drop(Code::NO_ROUTE_TO_DESTINATION)
        };
        let table = self.b.table("route", Side::Dst, rows, otherwise, "");
        let table = s.slot(table);
        s.list.push(Stage::Route {
            what: "route",
            table,
        });
    }

    /// That way, or another: nobody knows which.
    fn either(&mut self, one: Action, node: NodeId, next: usize) -> Action {
        let other = self.towards(node, NOBODY, NOBODY, next);
        // Half of such choices are kept: the reply goes the way its flow went.
        let kept = self.g.chance(50);
        // And some are for nobody but such replies.
        let only = kept && self.g.chance(30);
        let way = |(row, then): (u32, Action)| Alternative {
            unless: NONE,
            rewrite: Rewrite::default(),
            pull: NONE,
            mark: false,
            keep: if kept {
                Place::new(node, 50 + row as usize).0
            } else {
                NONE
            },
            only_kept: only && row == 1,
            then,
            row,
        };
        let ways = [(0, one), (1, other)].map(way).to_vec();
        self.b.choosing(ways, Code::NO_ROUTE_TO_DESTINATION)
    }

    /// What a node does with an address: mostly what leads there.
    fn towards(&mut self, node: NodeId, own: u32, address: u32, next: usize) -> Action {
        if address == own {
            return if self.g.chance(50) {
                Action::Next
            } else {
                Action::Drop(Code::NO_POSSIBLE_DESTINATION)
            };
        }
        let from_host = self.hosts.contains(&node);
        let luck = self.g.below(100);
        let host = self.hosts.get(address.wrapping_sub(HOSTS) as usize);
        let owner = [OUTER, SHARED]
            .iter()
            .find_map(|base| self.middles.get(address.wrapping_sub(*base) as usize));
        let other = self.middles[(next + luck as usize) % self.middles.len()];
        let detour = if from_host { 60 } else { 12 };
        let to = match (host, owner) {
            _ if luck >= 97 => return Action::Drop(Code::BAD_STATE_ROUTE),
            _ if luck >= 95 => return Action::Opaque(Code::UNSUPPORTED_COMPONENT),
            (Some(host), _) if luck + detour < 95 => (*host, 1),
            (Some(_), _) if from_host => (self.middles[next], 0),
            (None, Some(owner)) if luck < 90 => {
                let entry = self.g.one(&[0, 0, 0, 1]);
                (*owner, entry)
            }
            _ => (other, 0),
        };
        Action::Go(self.link(node, to))
    }

    fn link(&mut self, from: NodeId, (to, entry): (NodeId, u8)) -> LinkId {
        let mark = match self.g.below(10) {
            0..6 => MarkOp::Keep,
            6 => MarkOp::Clear,
            7 => MarkOp::Turn(0),
            n => MarkOp::Set(n - 7),
        };
        let back = if self.g.chance(80) {
            Back::None
        } else if self.g.chance(15) || !self.middles.contains(&from) {
            let all = self.middles.len() as u32;
            Back::To(self.middles[self.g.below(all) as usize], 1)
        } else if self.g.chance(50) {
            Back::Here(1)
        } else {
            Back::To(from, 1)
        };
        self.b.link(Link {
            to,
            entry,
            mark,
            back,
            asked: self.g.one(&[Distance::Far, Distance::Near]),
            ..Link::default()
        })
    }

    /// Sources become the node's outer address, ports are allocated.
    fn hiding(&mut self, number: usize) -> TableId {
        let outer = OUTER + number as u32;
        let rewrite = Rewrite {
            src: Some(outer.into()),
            sport: self.g.chance(75).then(|| self.g.one(&ALLOCATED)),
            ..Rewrite::default()
        };
        let then = self.b.rewriting(rewrite);
        let hi = self.g.one(&[HOSTS + 9, HOSTS + 9, HOSTS + 9, HOSTS + 1]);
        // From IPv6 into IPv4, to whoever is embedded; or to the same.
        let rewrite = if self.g.chance(75) {
            Rewrite {
                dst: Some(To::Embedded),
                ..rewrite
            }
        } else {
            Rewrite {
                src: Some(six(outer)),
                ..rewrite
            }
        };
        let then6 = self.b.rewriting(rewrite);
        let rows = vec![
            RowSpec::address((HOSTS, hi), then, &Origin::Unknown, ""),
            RowSpec::address((six(HOSTS), six(hi)), then6, &Origin::Unknown, ""),
        ];
        self.b.table("hide", Side::Src, rows, Action::Next, "")
    }

    /// What is sent to the shared address goes to one of several hosts.
    fn sharing(&mut self, number: usize) -> TableId {
        let shared = SHARED + number as u32;
        let mut rows = Vec::new();
        for number6 in 0..2 + 2 * self.g.below(2) {
            let v6 = number6 % 2 == 1;
            let then = if self.g.chance(70) {
                let alternatives = (0..1 + self.g.below(3))
                    .map(|_| self.alternative(number, v6))
                    .collect();
                self.b
                    .choosing(alternatives, Code::ELBV2_LISTENER_HAS_NO_TG)
            } else {
                let to = self.rewritten(number, v6);
                self.b.rewriting(to)
            };
            let at = if v6 { six(shared) } else { shared.into() };
            let mut row = RowSpec::address(at, then, &Origin::Unknown, "");
            if self.g.chance(30) {
                let (a, b) = (self.g.one(&PORTS), self.g.one(&PORTS));
                row.ports = (a.min(b), a.max(b));
            }
            if self.g.chance(10) {
                row.flags = flags::MAYBE | flags::FORK;
            }
            rows.push(row);
        }
        let otherwise = if self.g.chance(20) {
            Action::Drop(Code::ELBV2_LISTENERS_MISMATCH)
        } else {
            Action::Next
        };
        self.b.table("share", Side::Dst, rows, otherwise, "")
    }

    /// What shares out IPv6 calls hosts by either family; by the other only from its own address.
    fn rewritten(&mut self, number: usize, v6: bool) -> Rewrite {
        let hosts = self.hosts.len() as u32;
        let other = v6 && self.g.chance(40);
        let hide = other || self.g.chance(35);
        let at = |address: u32| match v6 && !other {
            true => six(address),
            false => address.into(),
        };
        Rewrite {
            src: hide.then_some(at(OUTER + number as u32)),
            dst: Some(To::At(at(HOSTS + self.g.below(hosts)))),
            sport: (hide && self.g.chance(80)).then(|| self.g.one(&ALLOCATED)),
            dport: self.g.chance(40).then(|| self.g.one(&[80, 443, 1000])),
        }
    }

    fn alternative(&mut self, number: usize, v6: bool) -> Alternative {
        let unless = if self.g.chance(30) {
            self.filtering(30)
        } else {
            NONE
        };
        let pull = if self.g.chance(50) {
            self.b.link(Link {
                to: self.middles[number],
                back: Back::To(self.middles[number], 1),
                asked: self.g.one(&[Distance::Far, Distance::Near, Distance::Near]),
                ..Link::default()
            })
        } else {
            NONE
        };
        Alternative {
            unless,
            rewrite: self.rewritten(number, v6),
            pull,
            mark: self.g.chance(30),
            keep: NONE,
            only_kept: false,
            then: if self.g.chance(10) {
                self.b.to(self.middles[number], 1)
            } else {
                Action::Next
            },
            row: self.g.below(3),
        }
    }

    /// Host and alias change places, out and back, by tables alone.
    fn one_to_one(&mut self, s: &mut Stages) {
        let (mut sources, mut destinations) = (Vec::new(), Vec::new());
        for host in 0..self.hosts.len() as u32 {
            if self.g.chance(25) {
                continue;
            }
            for at in [Address::of_v4, six] {
                let outward = self.b.rewriting(Rewrite {
                    src: Some(at(ALIAS + host)),
                    ..Rewrite::default()
                });
                let inward = self.b.rewriting(Rewrite {
                    dst: Some(To::At(at(HOSTS + host))),
                    ..Rewrite::default()
                });
                let row = |a: u32, then| RowSpec::address(at(a), then, &Origin::Unknown, "");
                sources.push(row(HOSTS + host, outward));
                destinations.push(row(ALIAS + host, inward));
            }
        }
        for (side, rows) in [(Side::Src, sources), (Side::Dst, destinations)] {
            let table = self.b.table("one to one", side, rows, Action::Next, "");
            let table = s.slot(table);
            s.list.push(translate(table, false));
        }
    }
}

fn translate(table: Slot, remember: bool) -> Stage {
    Stage::Translate {
        what: "translation",
        table,
        remember,
    }
}
