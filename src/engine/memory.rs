//! What places remember of traffic: an append-only list, threaded backwards from each traffic's
//! newest memory, so that traffic that splits shares what its parts have in common.

use crate::fabric::{LinkId, NONE, Parts, Rewrite, Traffic};

/// What a place remembers of what passed it.
#[derive(Clone, Debug)]
pub(super) struct Session<T> {
    /// Which place.
    pub(super) place: u32,
    /// It, when it had passed.
    after: T,
    /// What was changed of it: which of the memory's changes, or `NONE`.
    changed: u32,
    /// The link that asks the replies back, or `NONE`.
    pub(super) pull: LinkId,
    /// The memory before it.
    pub(super) prev: u32,
}

/// No change.
pub(super) const SAME: Rewrite = Rewrite {
    src: None,
    dst: None,
    sport: None,
    dport: None,
};

impl<T: Traffic> Session<T> {
    /// Whether headers were changed there, and replies have to find back by themselves.
    pub(super) fn awaits(&self) -> bool {
        self.changed != NONE && self.pull == NONE
    }

    /// The parts of replies that answer it, as they are, and the parts that do not.
    pub(super) fn answered(&self, replies: Parts<T>) -> (Parts<T>, Parts<T>) {
        let mut answers = Parts::new();
        let rest = recall(replies, &self.after, &self.after, &SAME, &mut answers);
        (answers, rest)
    }
}

/// What a place knows of a whole reply.
pub(super) enum Known {
    /// All of it.
    All,
    /// None of it.
    Nothing,
    /// It is not the newest memory alone that decides.
    Parts,
}

/// Every memory of a walk.
#[derive(Clone, Debug)]
pub(super) struct Memory<T> {
    sessions: Vec<Session<T>>,
    /// What traffic was before its headers were changed, and how.
    changes: Vec<(T, Rewrite)>,
    /// What traffic was before its first change: of all that was sent, that part waits for a reply.
    unchanged: Vec<T>,
    /// Some link asked its replies back.
    pub(super) pulls: bool,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self {
            sessions: Vec::with_capacity(8),
            changes: Vec::new(),
            unchanged: Vec::new(),
            pulls: false,
        }
    }
}

impl<T: Traffic> Memory<T> {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.sessions.clear();
        self.changes.clear();
        self.unchanged.clear();
        self.pulls = false;
    }

    /// The memory of that number.
    pub(super) fn at(&self, session: u32) -> Option<&Session<T>> {
        self.sessions.get(session as usize)
    }

    /// That memory and those before it, newest first.
    pub(super) fn from(&self, session: u32) -> impl Iterator<Item = &Session<T>> {
        std::iter::successors(self.at(session), |s| self.at(s.prev))
    }

    /// Remembers traffic as it passes.
    pub(super) fn note(&mut self, traffic: &mut T, place: u32, pull: LinkId) {
        self.remember(traffic, place, pull, NONE);
    }

    /// Remembers traffic with what it was before its headers were changed.
    pub(super) fn change(
        &mut self,
        traffic: &mut T,
        place: u32,
        before: T,
        to: Rewrite,
        pull: LinkId,
    ) {
        self.changes.push((before, to));
        self.remember(traffic, place, pull, self.changes.len() as u32 - 1);
    }

    fn remember(&mut self, traffic: &mut T, place: u32, pull: LinkId, changed: u32) {
        self.pulls |= pull != NONE;
        self.sessions.push(Session {
            place,
            after: traffic.clone(),
            changed,
            pull,
            prev: traffic.session(),
        });
        traffic.set_session(self.sessions.len() as u32 - 1);
    }

    /// What a session's traffic was before, and what was changed.
    fn before<'a>(&'a self, session: &'a Session<T>) -> (&'a T, &'a Rewrite) {
        match self.changes.get(session.changed as usize) {
            Some((before, to)) => (before, to),
            None => (&session.after, &SAME),
        }
    }

    /// Keeps what traffic was before its headers were changed for the first time.
    pub(super) fn keep(&mut self, unchanged: T) -> u32 {
        self.unchanged.push(unchanged);
        self.unchanged.len() as u32 - 1
    }

    /// What was kept under that number.
    pub(super) fn kept(&self, number: u32) -> Option<&T> {
        self.unchanged.get(number as usize)
    }

    /// What a place remembers of a reply, if one memory decides that: then it is restored.
    #[inline]
    pub(super) fn restore(&self, reply: &mut T, place: u32) -> Known {
        let mut here = self.from(reply.session()).filter(|s| s.place == place);
        match here.next() {
            None => Known::Nothing,
            Some(s) => {
                let (before, to) = self.before(s);
                match reply.restored(&s.after, before, to) {
                    Some(restored) => {
                        *reply = restored;
                        Known::All
                    }
                    None => Known::Parts,
                }
            }
        }
    }

    /// The parts of a reply that a place remembers, restored by its newest memory of each, and the
    /// parts it does not.
    pub(super) fn known(&self, reply: T, place: u32) -> (Parts<T>, Parts<T>) {
        let newest = reply.session();
        let (mut hits, mut rest) = (Parts::new(), Parts::from([reply]));
        for session in self.from(newest).filter(|s| s.place == place) {
            let (before, to) = self.before(session);
            rest = recall(rest, &session.after, before, to, &mut hits);
            if rest.is_empty() {
                break;
            }
        }
        (hits, rest)
    }
}

/// Restores each part that answers `seen` to `before`, and returns the parts that do not.
fn recall<T: Traffic>(
    parts: Parts<T>,
    seen: &T,
    before: &T,
    to: &Rewrite,
    hits: &mut Parts<T>,
) -> Parts<T> {
    let mut left = Parts::new();
    for part in parts {
        let (hit, misses) = part.recall(seen, before, to);
        hits.extend(hit);
        left.extend(misses);
    }
    left
}
