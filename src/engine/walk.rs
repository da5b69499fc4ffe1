//! One walker for packets, flows and sets. Every outcome of a stage is another visit or an end.
//!
//! The way out ends where the traffic arrives; the reply then starts there and is walked by its
//! own tables, with what the places on the way remember. It has come home when the asking node
//! receives the mirror of what it sent.
//!
//! A way is followed in place for as long as it is one; where it parts, every part but the one in
//! hand waits on a stack. What handles a stage says whether the way goes on from there.

use super::cursor::Cursor;
use super::memory::{Known, Memory, SAME, Session};
use super::trace::{End, Leg, Step, Walk, Why};
use crate::code::Code;
use crate::fabric::{
    Action, Alternative, Back, Distance, Fabric, LinkId, MarkOp, NONE, Node, NodeId, Outcome,
    Parts, Place, Rewrite, Stage, Table, Traffic,
};

/// More nodes than any path has whose headers go on changing.
const LONGEST: u8 = 64;

/// Nodes that a leg enters before it is worth asking whether it goes in a circle: most have fewer.
const SHORT: u8 = 6;

/// More steps than all paths of a question have together.
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

/// Walks out and back, every alternative.
#[must_use]
pub fn walk<T: Traffic>(fabric: &Fabric, question: &Question<'_, T>) -> Walk<T> {
    let mut walker = Walker::default();
    walker.walk(fabric, question);
    walker.out
}

/// Walks one question after another in the same memory, as a matrix does.
#[derive(Clone, Debug)]
pub struct Walker<T> {
    memory: Memory<T>,
    pub(super) stack: Vec<Cursor<T>>,
    pub(super) out: Walk<T>,
}

impl<T> Default for Walker<T> {
    fn default() -> Self {
        Self {
            memory: Memory::default(),
            stack: Vec::new(),
            out: Walk {
                steps: Vec::with_capacity(32),
                headers: Vec::with_capacity(16),
                endings: Vec::with_capacity(2),
                cut: false,
            },
        }
    }
}

impl<T: Traffic> Walker<T> {
    /// Walks out and back, every alternative. The walk stands until the next one.
    pub fn walk(&mut self, fabric: &Fabric, question: &Question<'_, T>) -> &Walk<T> {
        self.memory.clear();
        self.stack.clear();
        self.out.clear();
        // Nobody has seen it yet, whatever another walk remembers.
        let mut sent = question.traffic.clone();
        sent.set_session(NONE);
        let mut at = Cursor::new(question.from, sent.clone());
        let mut run = Run {
            fabric,
            question,
            sent,
            walker: self,
        };
        if run.enter(&mut at, question.from, question.entry) {
            run.follow(&mut at);
        }
        while let Some(mut at) = run.walker.stack.pop() {
            if run.walker.out.steps.len() > MOST {
                run.walker.out.cut = true;
                break;
            }
            run.follow(&mut at);
        }
        self.out.endings.sort_by_key(|e| e.last);
        &self.out
    }
}

/// One question being walked.
pub(super) struct Run<'a, T> {
    pub(super) fabric: &'a Fabric,
    pub(super) question: &'a Question<'a, T>,
    sent: T,
    pub(super) walker: &'a mut Walker<T>,
}

impl<'a, T: Traffic> Run<'a, T> {
    /// A way, to its end or to where it parts.
    fn follow(&mut self, at: &mut Cursor<T>) {
        let fabric = self.fabric;
        while let Some(node) = fabric.nodes.get(at.node as usize) {
            let here = at.node;
            while at.node == here {
                match fabric.stages.get(at.stage as usize) {
                    Some(stage) if self.visit(at, node, stage) => {}
                    _ => return,
                }
            }
        }
    }

    /// One stage of one node: whether the way goes on from there. Most are of the first three kinds:
    /// with few of them to tell apart, a processor foresees which it is.
    #[inline]
    fn visit(&mut self, at: &mut Cursor<T>, node: &Node, stage: &Stage) -> bool {
        match *stage {
            Stage::Filter { table, state, .. } => self.filter(at, node, table, state),
            Stage::Route { table, .. } => self.decide(at, node, table, false),
            Stage::Return { asked, through } => self.give_back(at, asked, through),
            _ => self.visit_other(at, node, stage),
        }
    }

    #[inline(never)]
    fn visit_other(&mut self, at: &mut Cursor<T>, node: &Node, stage: &Stage) -> bool {
        match *stage {
            Stage::Translate {
                table, remember, ..
            } => self.translate(at, node, table, remember),
            Stage::Recall { of, otherwise } => self.recall(at, of.into(), otherwise),
            Stage::Mark => {
                at.marks(node.mark);
                at.next()
            }
            Stage::Opaque { code } => self.end(at, End::Opaque(at.place(), code)),
            Stage::Arrive => self.arrive(at),
            Stage::Filter { .. } | Stage::Route { .. } | Stage::Return { .. } => false,
        }
    }

    /// A filter lets through what it remembers, and asks its rows about the rest.
    fn filter(&mut self, at: &mut Cursor<T>, node: &Node, slot: u8, state: Option<u8>) -> bool {
        let Some(table) = table(self.fabric, node, slot) else {
            return at.next();
        };
        let key = state.map(|state| Place::new(at.node, 63 - state as usize).0);
        if let (Some(key), Leg::Back) = (key, at.leg) {
            match self.walker.memory.restore(&mut at.traffic, key) {
                Known::All => {
                    at.header = NONE;
                    return self.established(at);
                }
                Known::Parts => return self.filter_parts(at, table, key),
                Known::Nothing => {}
            }
        }
        self.rows(at, table, move |run, next| {
            if let (Some(key), Leg::Out) = (key, next.leg) {
                run.walker.memory.note(&mut next.traffic, key, NONE);
            }
            next.next()
        })
    }

    #[cold]
    fn filter_parts(&mut self, at: &mut Cursor<T>, table: &'a Table, key: u32) -> bool {
        let (hits, misses) = self.walker.memory.known(at.traffic.clone(), key);
        self.each(at, hits, Self::established);
        self.each(at, misses, |run, part| {
            run.rows(part, table, |_, next| next.next())
        });
        false
    }

    fn established(&mut self, at: &mut Cursor<T>) -> bool {
        self.step(at, Why::Established);
        at.next()
    }

    /// Headers change; what is remembered is restored.
    #[inline(never)]
    fn translate(&mut self, at: &mut Cursor<T>, node: &Node, slot: u8, remember: bool) -> bool {
        if remember && at.leg == Leg::Back {
            let otherwise = Some(Code::REPLY_WITHOUT_SESSION);
            self.recall(at, at.list_stage(), otherwise)
        } else {
            self.decide(at, node, slot, remember)
        }
    }

    /// Rows whose actions are carried out.
    #[inline(always)]
    fn decide(&mut self, at: &mut Cursor<T>, node: &Node, slot: u8, remember: bool) -> bool {
        let fabric = self.fabric;
        let Some(table) = table(fabric, node, slot) else {
            return at.next();
        };
        match self.sole(at, table) {
            Some((outcome, row)) => self.act(at, node, outcome, row, remember),
            None => self.part(at, table, move |run, part, outcome, row| {
                run.act(part, node, outcome, row, remember)
            }),
        }
    }

    /// Carries out what a row says.
    #[inline(always)]
    fn act(
        &mut self,
        at: &mut Cursor<T>,
        node: &Node,
        outcome: &Outcome,
        row: u32,
        remember: bool,
    ) -> bool {
        match outcome.action {
            Action::Next => at.next(),
            Action::Drop(code) => self.drop(at, code, row),
            Action::Go(link) => self.go(at, link, outcome.to, outcome.stage),
            action => self.act_otherwise(at, node, action, remember),
        }
    }

    #[inline(never)]
    fn act_otherwise(
        &mut self,
        at: &mut Cursor<T>,
        node: &Node,
        action: Action,
        remember: bool,
    ) -> bool {
        let fabric = self.fabric;
        match action {
            Action::Next | Action::Drop(_) | Action::Go(_) => false,
            Action::Rewrite(number) => match fabric.rewrites.get(number as usize) {
                Some(to) => self.change(at, to, remember, NONE),
                None => false,
            },
            Action::Choose(first, number) => {
                let all = fabric
                    .alternatives
                    .get(first as usize..(first + number) as usize)
                    .unwrap_or(&[]);
                self.choices(at, node, all, remember);
                false
            }
            Action::Opaque(code) => self.end(at, End::Opaque(at.place(), code)),
        }
    }

    /// Every alternative; but a reply takes the one that its flow took, where that is kept.
    fn choices(&mut self, at: &Cursor<T>, node: &Node, all: &[Alternative], remember: bool) {
        let mut rest = Parts::from([at.traffic.clone()]);
        let kept = all.iter().filter(|a| a.keep != NONE && at.leg == Leg::Back);
        for alternative in kept {
            for part in std::mem::take(&mut rest) {
                let (hits, misses) = self.walker.memory.known(part, alternative.keep);
                for traffic in hits {
                    self.offer(at.with(traffic), node, alternative, remember);
                }
                rest.extend(misses);
            }
        }
        for part in rest {
            for alternative in all.iter().filter(|a| !a.only_kept) {
                self.offer(at.with(part.clone()), node, alternative, remember);
            }
        }
    }

    fn offer(&mut self, mut at: Cursor<T>, node: &Node, to: &Alternative, remember: bool) {
        if self.choose(&mut at, node, to, remember) {
            self.walker.stack.push(at);
        }
    }

    fn choose(
        &mut self,
        at: &mut Cursor<T>,
        node: &Node,
        alternative: &Alternative,
        remember: bool,
    ) -> bool {
        self.step(at, Why::Chosen(alternative.row));
        if alternative.keep != NONE && at.leg == Leg::Out {
            let memory = &mut self.walker.memory;
            memory.note(&mut at.traffic, alternative.keep, NONE);
        }
        let take = |run: &mut Self, at: &mut Cursor<T>| {
            if alternative.mark {
                at.marks(node.mark);
            }
            match alternative.then {
                Action::Go(number) => match run.fabric.links.get(number as usize) {
                    Some(link) => run.go(at, number, link.to, link.stage),
                    None => false,
                },
                Action::Drop(code) => run.drop(at, code, alternative.row),
                Action::Opaque(code) => run.end(at, End::Opaque(at.place(), code)),
                Action::Next | Action::Rewrite(_) | Action::Choose(..) => {
                    run.change(at, &alternative.rewrite, remember, alternative.pull)
                }
            }
        };
        match self.fabric.tables.get(alternative.unless as usize) {
            Some(unless) => self.rows(at, unless, take),
            None => take(self, at),
        }
    }

    fn change(&mut self, at: &mut Cursor<T>, to: &Rewrite, remember: bool, pull: LinkId) -> bool {
        let before = at.traffic.clone();
        if at.sent == NONE && at.leg == Leg::Out {
            at.sent = self.walker.memory.keep(before.clone());
        }
        at.traffic = before.clone().rewrite(to, self.question.draw);
        at.header = NONE;
        if remember {
            let place = at.place().0;
            let memory = &mut self.walker.memory;
            memory.change(&mut at.traffic, place, before, *to, pull);
        }
        at.next()
    }

    fn recall(&mut self, at: &mut Cursor<T>, of: u32, otherwise: Option<Code>) -> bool {
        let (hits, misses) = match at.leg {
            Leg::Out => (Parts::new(), Parts::from([at.traffic.clone()])),
            Leg::Back => {
                let place = Place::new(at.node, of as usize).0;
                if let Known::All = self.walker.memory.restore(&mut at.traffic, place) {
                    at.header = NONE;
                    return self.established(at);
                }
                self.walker.memory.known(at.traffic.clone(), place)
            }
        };
        self.each(at, hits, Self::established);
        self.each(at, misses, |run, part| match otherwise {
            // What the node asked itself comes home to it as to anybody.
            Some(_) if part.leg == Leg::Back && part.node == run.question.from => run.arrive(part),
            Some(code) => {
                run.step(part, Why::Otherwise);
                run.drop(part, code, NONE)
            }
            None => part.next(),
        });
        false
    }

    /// The newest memory that asked its replies back decides, about the part that answers it and
    /// nothing newer: through the filters from stage `through`, if there are any, and then home.
    #[inline]
    fn give_back(&mut self, at: &mut Cursor<T>, asked: Distance, through: Option<u8>) -> bool {
        if at.leg == Leg::Out || !self.walker.memory.pulls {
            return at.next();
        }
        self.give_parts_back(at, asked, through)
    }

    fn give_parts_back(
        &mut self,
        at: &mut Cursor<T>,
        asked: Distance,
        through: Option<u8>,
    ) -> bool {
        let mut session = at.traffic.session();
        let asks = |known: &Session<T>| known.pull != NONE;
        if !self.walker.memory.from(session).any(asks) {
            return at.next();
        }
        let fabric = self.fabric;
        let (mut rest, mut awaited) = (Parts::from([at.traffic.clone()]), Parts::new());
        while let (Some(known), false) = (self.walker.memory.at(session), rest.is_empty()) {
            session = known.prev;
            if known.awaits() {
                let (answers, left) = known.answered(rest);
                awaited.extend(answers);
                rest = left;
                continue;
            }
            let number = known.pull;
            let link = fabric
                .links
                .get(number as usize)
                .filter(|l| l.asked == asked);
            let (node, entry) = match link.map(|l| l.back) {
                None | Some(Back::None) => continue,
                Some(Back::To(node, entry)) => (node, entry),
                Some(Back::Here(entry)) => (Place(known.place).node(), entry),
            };
            let (answers, left) = known.answered(rest);
            rest = left;
            self.each(at, answers, |run, part| match through {
                Some(stage) => {
                    part.stage = part.first + u32::from(stage);
                    true
                }
                None => {
                    run.cross(part, number);
                    run.enter(part, node, entry)
                }
            });
        }
        rest.extend(awaited);
        self.each(at, rest, |_, part| part.next());
        false
    }

    fn cross(&mut self, at: &mut Cursor<T>, link: LinkId) {
        let header = self.header(at);
        self.step(at, Why::Crossed(link, header));
    }

    /// Keeps the headers, unless they are those that were kept last.
    #[inline]
    fn header(&mut self, at: &mut Cursor<T>) -> u32 {
        if at.header == NONE {
            let headers = &mut self.walker.out.headers;
            headers.push(at.traffic.clone());
            at.header = headers.len() as u32 - 1;
        }
        at.header
    }

    /// Over a link, to the stage of the node that it leads to: both stand where the decision does, so
    /// that the next table need not wait for the link.
    #[inline(never)]
    fn go(&mut self, at: &mut Cursor<T>, number: LinkId, to: NodeId, stage: u32) -> bool {
        let Some(link) = self.fabric.links.get(number as usize) else {
            return false;
        };
        self.cross(at, number);
        if link.mark != MarkOp::Keep {
            self.turn(at, link.mark);
        }
        if link.back != Back::None && at.leg == Leg::Out {
            // No stage has this number: only returns look for it.
            let place = Place::new(at.node, 62).0;
            self.walker.memory.note(&mut at.traffic, place, number);
        }
        self.come(at, to, stage)
    }

    #[inline(never)]
    fn turn(&self, at: &mut Cursor<T>, mark: MarkOp) {
        match mark {
            MarkOp::Keep => {}
            MarkOp::Clear => at.marks(0),
            MarkOp::Set(mark) => at.marks(mark),
            MarkOp::Turn(turn) => at.marks(self.fabric.turned(turn, at.traffic.mark())),
        }
    }

    fn enter(&mut self, at: &mut Cursor<T>, node: NodeId, entry: u8) -> bool {
        self.come(at, node, self.fabric.begins(node, entry))
    }

    #[inline]
    fn come(&mut self, at: &mut Cursor<T>, node: NodeId, stage: u32) -> bool {
        at.hops += 1;
        let out = &self.walker.out;
        if at.hops > LONGEST || (at.hops > SHORT && out.circles(at.last)) {
            let row = out.led_by(at.last);
            return self.drop(at, Code::FORWARDING_LOOP, row);
        }
        at.node = node;
        at.stage = stage;
        at.first = self.fabric.lists(node).map_or(0, |l| l.first);
        true
    }

    /// The list ended: out, the reply starts here; back, it is home or lost.
    fn arrive(&mut self, at: &mut Cursor<T>) -> bool {
        if at.leg == Leg::Out {
            let accept = self.question.accept;
            if accept.is_some_and(|nodes| nodes.binary_search(&at.node).is_err()) {
                return self.end(at, End::Misdelivered(at.node));
            }
            let header = self.header(at);
            self.step(at, Why::Arrived(header));
            at.arrived = at.node;
            at.leg = Leg::Back;
            at.hops = 0;
            at.traffic = at.traffic.reply();
            at.header = NONE;
            let entry = self.fabric.lists(at.node).map_or(0, |l| l.reply);
            return self.enter(at, at.node, entry);
        }
        if at.node != self.question.from {
            return self.drop(at, Code::REPLY_WITHOUT_SESSION, NONE);
        }
        let sent = self.walker.memory.kept(at.sent).unwrap_or(&self.sent);
        if let Some(home) = at.traffic.restored(sent, sent, &SAME) {
            at.traffic = home;
            return self.end(at, End::Home);
        }
        let (home, lost) = at.traffic.clone().recall(sent, sent, &SAME);
        self.each(at, home.into_iter().collect(), |run, part| {
            run.end(part, End::Home)
        });
        self.each(at, lost, |run, part| {
            run.drop(part, Code::REPLY_WITHOUT_SESSION, NONE)
        });
        false
    }

    /// Goes on with parts of the traffic, each on its own way.
    fn each(
        &mut self,
        at: &Cursor<T>,
        parts: Parts<T>,
        mut go: impl FnMut(&mut Self, &mut Cursor<T>) -> bool,
    ) {
        for traffic in parts {
            let mut part = at.with(traffic);
            if go(self, &mut part) {
                self.walker.stack.push(part);
            }
        }
    }

    #[inline(always)]
    pub(super) fn step(&mut self, at: &mut Cursor<T>, why: Why) {
        let steps = &mut self.walker.out.steps;
        steps.push(Step {
            at: at.place(),
            leg: at.leg,
            why,
            prev: at.last,
        });
        at.last = steps.len() as u32 - 1;
    }

    pub(super) fn drop(&mut self, at: &Cursor<T>, code: Code, row: u32) -> bool {
        self.end(at, End::Dropped(at.place(), code, row))
    }

    pub(super) fn end(&mut self, at: &Cursor<T>, end: End) -> bool {
        self.walker.out.endings.push(at.ending(end));
        false
    }
}

fn table<'a>(fabric: &'a Fabric, node: &Node, slot: u8) -> Option<&'a Table> {
    fabric.tables.get(*node.slots.get(slot as usize)? as usize)
}
