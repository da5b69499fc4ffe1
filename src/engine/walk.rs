//! One walker for packets, flows and sets. Every outcome of a stage is another visit or an end.
//!
//! The way out ends where the traffic arrives; the reply then starts there and is walked by its
//! own tables, with what the places on the way remember. It has come home when the asking node
//! receives the mirror of what it sent.

use super::memory::Memory;
use super::trace::{End, Ending, Leg, Step, Walk, Why};
use crate::code::Code;
use crate::fabric::{
    Action, Alternative, Back, Fabric, Hit, LinkId, MarkOp, NONE, Node, NodeId, Place, Rewrite,
    Stage, Table, Traffic, flags,
};

/// More nodes than any path has.
const LONGEST: u8 = 64;

/// More steps than all paths of a question have together, unless choices meet again in a circle.
const MOST: usize = 1 << 16;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'a, T> {
    /// The asking node.
    pub from: NodeId,
    /// The entry its traffic starts at.
    pub entry: u8,
    /// What it sends.
    pub traffic: T,
    /// The nodes that stand for the destination, sorted; `None`: wherever it arrives.
    pub accept: Option<&'a [NodeId]>,
    /// Note drops by filters and go on, to find every obstacle.
    pub press_on: bool,
    /// Picks from allocated ranges, for traffic with one value a field.
    pub draw: u16,
}

#[derive(Clone)]
struct Cursor<T> {
    node: NodeId,
    stage: usize,
    leg: Leg,
    traffic: T,
    last: u32,
    maybe: bool,
    forked: bool,
    hops: u8,
    arrived: NodeId,
}

impl<T: Clone> Cursor<T> {
    /// The same way, for a part of the traffic.
    fn with(&self, traffic: T) -> Self {
        Self {
            traffic,
            ..self.clone()
        }
    }
}

struct Walker<'a, T> {
    fabric: &'a Fabric,
    question: &'a Question<'a, T>,
    sent: Option<T>,
    memory: Memory<T>,
    stack: Vec<Cursor<T>>,
    out: Walk<T>,
}

/// Walks out and back, every alternative.
#[must_use]
pub fn walk<T: Traffic>(fabric: &Fabric, question: &Question<'_, T>) -> Walk<T> {
    let mut walker = Walker {
        fabric,
        question,
        sent: None,
        memory: Memory::default(),
        stack: Vec::with_capacity(4),
        out: Walk {
            steps: Vec::with_capacity(32),
            headers: Vec::with_capacity(16),
            endings: Vec::with_capacity(2),
            cut: false,
        },
    };
    // Nobody has seen it yet, whatever another walk remembers.
    let mut fresh = question.traffic.clone();
    fresh.set_session(NONE);
    let start = Cursor {
        node: question.from,
        stage: 0,
        leg: Leg::Out,
        traffic: fresh.clone(),
        last: NONE,
        maybe: false,
        forked: false,
        hops: 0,
        arrived: NONE,
    };
    walker.sent = Some(fresh);
    walker.enter(start, question.from, question.entry);
    while let Some(cursor) = walker.stack.pop() {
        if walker.out.steps.len() > MOST {
            walker.out.cut = true;
            break;
        }
        walker.visit(cursor);
    }
    walker.out.endings.sort_by_key(|e| e.last);
    walker.out
}

impl<T: Traffic> Walker<'_, T> {
    fn visit(&mut self, at: Cursor<T>) {
        let fabric = self.fabric;
        let Some(node) = fabric.nodes.get(at.node as usize) else {
            return;
        };
        let Some(stage) = fabric
            .shapes
            .get(node.shape as usize)
            .and_then(|s| s.stages.get(at.stage))
        else {
            return;
        };
        match *stage {
            Stage::Filter { table, state, .. } => self.filter(at, node, table, state),
            Stage::Route { table, .. } => self.decide(at, node, table, false),
            Stage::Translate {
                table, remember, ..
            } => {
                if remember && at.leg == Leg::Back {
                    let stage = at.stage;
                    self.recall(at, stage, Some(Code::REPLY_WITHOUT_SESSION));
                } else {
                    self.decide(at, node, table, remember);
                }
            }
            Stage::Recall { of, otherwise } => self.recall(at, of as usize, otherwise),
            Stage::Return { near, through } => self.give_back(at, near, through),
            Stage::Mark => {
                let mut next = at;
                next.traffic.set_mark(node.mark);
                self.next(next);
            }
            Stage::Opaque { code } => {
                let place = Place::new(at.node, at.stage);
                self.end(at, End::Opaque(place, code));
            }
            Stage::Arrive => self.arrive(at),
        }
    }

    /// A filter lets through what it remembers, and asks its rows about the rest.
    fn filter(&mut self, at: Cursor<T>, node: &Node, slot: u8, state: Option<u8>) {
        let Some(state) = state else {
            return self.rows(at, node, slot, Self::next);
        };
        if table(self.fabric, node, slot).is_none() {
            return self.next(at);
        }
        let key = Place::new(at.node, 63 - state as usize).0;
        if at.leg == Leg::Out {
            return self.rows(at, node, slot, |walker, mut next| {
                walker.memory.note(&mut next.traffic, key, NONE);
                walker.next(next);
            });
        }
        let (hits, misses) = self.memory.known(at.traffic.clone(), key);
        for traffic in hits {
            let next = self.step(at.with(traffic), Why::Established);
            self.next(next);
        }
        for traffic in misses {
            self.rows(at.with(traffic), node, slot, Self::next);
        }
    }

    /// Rows whose actions are carried out.
    fn decide(&mut self, at: Cursor<T>, node: &Node, slot: u8, remember: bool) {
        let fabric = self.fabric;
        let Some(table) = table(fabric, node, slot) else {
            return self.next(at);
        };
        self.lookup(at, table, |walker, next, action, row| match action {
            Action::Next => walker.next(next),
            Action::Drop(code) => walker.drop(next, code, row),
            Action::Go(link) => walker.go(next, link),
            Action::Rewrite(number) => {
                if let Some(to) = fabric.rewrites.get(number as usize) {
                    walker.change(next, to, remember, NONE);
                }
            }
            Action::Choose(first, number) => {
                let all = fabric
                    .alternatives
                    .get(first as usize..(first + number) as usize)
                    .unwrap_or(&[]);
                walker.choices(next, node, all, remember);
            }
            Action::Opaque(code) => {
                let place = Place::new(next.node, next.stage);
                walker.end(next, End::Opaque(place, code));
            }
        });
    }

    /// Rows that only pass or drop; what passes goes to `then`.
    fn rows(&mut self, at: Cursor<T>, node: &Node, slot: u8, then: impl Fn(&mut Self, Cursor<T>)) {
        let Some(table) = table(self.fabric, node, slot) else {
            return then(self, at);
        };
        let press_on = self.question.press_on;
        self.lookup(at, table, |walker, next, action, row| match action {
            Action::Drop(code) if press_on => {
                let next = walker.step(next, Why::Passed(row, code));
                then(walker, next);
            }
            Action::Drop(code) => walker.drop(next, code, row),
            _ => then(walker, next),
        });
    }

    /// Finds the row for every part of the traffic, notes it, and hands the part on.
    fn lookup(
        &mut self,
        at: Cursor<T>,
        table: &Table,
        mut each: impl FnMut(&mut Self, Cursor<T>, Action, u32),
    ) {
        let fabric = self.fabric;
        let rows = fabric.rows_of(table);
        let tags = fabric
            .marks
            .get(at.traffic.mark() as usize)
            .map_or(&[][..], Vec::as_slice);
        let mut handle = |walker: &mut Self, at: Cursor<T>, hit: Hit| match hit {
            Hit::Otherwise => {
                let next = walker.step(at, Why::Otherwise);
                each(walker, next, table.otherwise, NONE);
            }
            Hit::Row(number) => {
                let Some(row) = rows.get(number) else { return };
                let id = table.first + number as u32;
                let maybe = row.is(flags::MAYBE);
                let mut next = walker.step(at, if maybe { Why::Maybe(id) } else { Why::Rule(id) });
                // A row that forks is tried both ways: each way is certain of itself.
                next.maybe |= maybe && !row.is(flags::FORK);
                next.forked |= row.is(flags::FORK);
                each(walker, next, fabric.action(table, row), id);
            }
        };
        if let (true, Some(address)) = (table.sorted, at.traffic.point(table.side)) {
            let number = rows.partition_point(|r| r.hi < address);
            let hit = rows
                .get(number)
                .filter(|r| r.lo <= address)
                .map_or(Hit::Otherwise, |_| Hit::Row(number));
            return handle(self, at, hit);
        }
        let Cursor {
            node,
            stage,
            leg,
            last,
            maybe,
            forked,
            hops,
            arrived,
            traffic,
        } = at;
        let mut fork = forked;
        traffic.apply(rows, table.side, tags, |traffic, hit| {
            let forked = fork;
            if let Hit::Row(n) = hit {
                fork |= rows.get(n).is_some_and(|r| r.is(flags::FORK));
            }
            handle(
                self,
                Cursor {
                    node,
                    stage,
                    leg,
                    traffic,
                    last,
                    maybe,
                    forked,
                    hops,
                    arrived,
                },
                hit,
            );
        });
    }

    /// Every alternative; but a reply takes the one that its flow took, where that is kept.
    fn choices(&mut self, at: Cursor<T>, node: &Node, all: &[Alternative], remember: bool) {
        let mut rest = vec![at.traffic.clone()];
        let kept = all.iter().filter(|a| a.keep != NONE && at.leg == Leg::Back);
        for alternative in kept {
            for part in std::mem::take(&mut rest) {
                let (hits, misses) = self.memory.known(part, alternative.keep);
                for traffic in hits {
                    self.choose(at.with(traffic), node, alternative, remember);
                }
                rest.extend(misses);
            }
        }
        for part in rest {
            for alternative in all {
                self.choose(at.with(part.clone()), node, alternative, remember);
            }
        }
    }

    fn choose(&mut self, at: Cursor<T>, node: &Node, alternative: &Alternative, remember: bool) {
        let mut at = self.step(at, Why::Chosen(alternative.row));
        if alternative.keep != NONE && at.leg == Leg::Out {
            self.memory.note(&mut at.traffic, alternative.keep, NONE);
        }
        let take = |walker: &mut Self, mut at: Cursor<T>| {
            if alternative.mark {
                at.traffic.set_mark(node.mark);
            }
            match alternative.then {
                Action::Go(link) => walker.go(at, link),
                Action::Drop(code) => walker.drop(at, code, alternative.row),
                Action::Opaque(code) => {
                    let place = Place::new(at.node, at.stage);
                    walker.end(at, End::Opaque(place, code));
                }
                Action::Next | Action::Rewrite(_) | Action::Choose(..) => {
                    walker.change(at, &alternative.rewrite, remember, alternative.pull);
                }
            }
        };
        let Some(unless) = self.fabric.tables.get(alternative.unless as usize) else {
            return take(self, at);
        };
        let press_on = self.question.press_on;
        self.lookup(at, unless, |walker, next, action, row| match action {
            Action::Drop(code) if press_on => {
                let next = walker.step(next, Why::Passed(row, code));
                take(walker, next);
            }
            Action::Drop(code) => walker.drop(next, code, row),
            _ => take(walker, next),
        });
    }

    fn change(&mut self, mut at: Cursor<T>, to: &Rewrite, remember: bool, pull: LinkId) {
        let before = at.traffic.clone();
        at.traffic = at.traffic.rewrite(to, self.question.draw);
        if remember {
            let place = Place::new(at.node, at.stage).0;
            self.memory
                .change(&mut at.traffic, place, before, *to, pull);
        }
        self.next(at);
    }

    fn recall(&mut self, at: Cursor<T>, of: usize, otherwise: Option<Code>) {
        let (hits, misses) = if at.leg == Leg::Back {
            self.memory
                .known(at.traffic.clone(), Place::new(at.node, of).0)
        } else {
            (Vec::new(), vec![at.traffic.clone()])
        };
        for traffic in hits {
            let next = self.step(at.with(traffic), Why::Established);
            self.next(next);
        }
        for traffic in misses {
            let next = at.with(traffic);
            match otherwise {
                Some(code) => {
                    let next = self.step(next, Why::Otherwise);
                    self.drop(next, code, NONE);
                }
                None => self.next(next),
            }
        }
    }

    /// The newest memory that asked its replies back decides, about the part that answers it:
    /// through the filters from stage `through`, if there are any, and then home.
    fn give_back(&mut self, at: Cursor<T>, near: bool, through: Option<u8>) {
        if at.leg == Leg::Out {
            return self.next(at);
        }
        let fabric = self.fabric;
        let (mut session, mut rest) = (at.traffic.session(), vec![at.traffic.clone()]);
        while let (Some(known), false) = (self.memory.at(session), rest.is_empty()) {
            session = known.prev;
            let number = known.pull;
            let link = fabric.links.get(number as usize).filter(|l| l.near == near);
            let (node, entry) = match link.map(|l| l.back) {
                None | Some(Back::None) => continue,
                Some(Back::To(node, entry)) => (node, entry),
                Some(Back::Here(entry)) => (Place(known.place).node(), entry),
            };
            let (answers, left) = known.answered(rest);
            rest = left;
            for traffic in answers {
                let here = at.with(traffic);
                match through {
                    Some(stage) => self.stack.push(Cursor {
                        stage: stage as usize,
                        ..here
                    }),
                    None => {
                        let next = self.cross(here, number);
                        self.enter(next, node, entry);
                    }
                }
            }
        }
        for traffic in rest {
            self.next(at.with(traffic));
        }
    }

    fn cross(&mut self, at: Cursor<T>, link: LinkId) -> Cursor<T> {
        self.out.headers.push(at.traffic.clone());
        let header = self.out.headers.len() as u32 - 1;
        self.step(at, Why::Crossed(link, header))
    }

    fn go(&mut self, at: Cursor<T>, number: LinkId) {
        let Some(link) = self.fabric.links.get(number as usize) else {
            return;
        };
        let mut next = self.cross(at, number);
        match link.mark {
            MarkOp::Keep => {}
            MarkOp::Clear => next.traffic.set_mark(0),
            MarkOp::Set(mark) => next.traffic.set_mark(mark),
        }
        if link.back != Back::None && next.leg == Leg::Out {
            // No stage has this number: only returns look for it.
            let place = Place::new(next.node, 62).0;
            self.memory.note(&mut next.traffic, place, number);
        }
        self.enter(next, link.to, link.entry);
    }

    fn enter(&mut self, mut at: Cursor<T>, node: NodeId, entry: u8) {
        at.hops += 1;
        if at.hops > LONGEST {
            let place = Place::new(at.node, at.stage);
            return self.end(at, End::Dropped(place, Code::FORWARDING_LOOP, NONE));
        }
        let shape = self
            .fabric
            .nodes
            .get(node as usize)
            .and_then(|n| self.fabric.shapes.get(n.shape as usize));
        at.node = node;
        at.stage = shape
            .and_then(|s| s.entries.get(entry as usize))
            .map_or(0, |s| *s as usize);
        self.stack.push(at);
    }

    fn next(&mut self, mut at: Cursor<T>) {
        at.stage += 1;
        self.stack.push(at);
    }

    fn step(&mut self, mut at: Cursor<T>, why: Why) -> Cursor<T> {
        self.out.steps.push(Step {
            at: Place::new(at.node, at.stage),
            leg: at.leg,
            why,
            prev: at.last,
        });
        at.last = self.out.steps.len() as u32 - 1;
        at
    }

    fn drop(&mut self, at: Cursor<T>, code: Code, row: u32) {
        let place = Place::new(at.node, at.stage);
        self.end(at, End::Dropped(place, code, row));
    }

    fn end(&mut self, at: Cursor<T>, end: End) {
        let Cursor {
            leg,
            last,
            maybe,
            forked,
            arrived,
            traffic,
            ..
        } = at;
        self.out.endings.push(Ending {
            end,
            leg,
            last,
            maybe,
            forked,
            arrived,
            traffic,
        });
    }

    /// The list ended: out, the reply starts here; back, it is home or lost.
    fn arrive(&mut self, at: Cursor<T>) {
        if at.leg == Leg::Out {
            if self
                .question
                .accept
                .is_some_and(|nodes| nodes.binary_search(&at.node).is_err())
            {
                let node = at.node;
                return self.end(at, End::Misdelivered(node));
            }
            self.out.headers.push(at.traffic.clone());
            let mut next = self.step(at, Why::Arrived);
            next.arrived = next.node;
            next.leg = Leg::Back;
            next.hops = 0;
            next.traffic = next.traffic.reply();
            let (node, shape) = (
                next.node,
                self.fabric
                    .nodes
                    .get(next.node as usize)
                    .map_or(0, |n| n.shape),
            );
            let entry = self
                .fabric
                .shapes
                .get(shape as usize)
                .map_or(0, |s| s.reply);
            return self.enter(next, node, entry);
        }
        let (mut home, mut lost) = (None, vec![at.traffic.clone()]);
        if let (true, Some(sent)) = (at.node == self.question.from, &self.sent) {
            (home, lost) = at.traffic.clone().recall(sent, sent, &Rewrite::default());
        }
        if let Some(traffic) = home {
            self.end(at.with(traffic), End::Home);
        }
        for traffic in lost {
            let place = Place::new(at.node, at.stage);
            let end = End::Dropped(place, Code::REPLY_WITHOUT_SESSION, NONE);
            self.end(at.with(traffic), end);
        }
    }
}

fn table<'a>(fabric: &'a Fabric, node: &Node, slot: u8) -> Option<&'a Table> {
    fabric.tables.get(*node.slots.get(slot as usize)? as usize)
}
