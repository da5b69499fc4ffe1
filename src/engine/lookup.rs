//! Finding the row that decides, for all of some traffic at once or for its parts.

use super::cursor::Cursor;
use super::trace::{End, Why};
use super::walk::Run;
use crate::fabric::{Action, Hit, NONE, Outcome, Table, Taken, Traffic};

impl<'a, T: Traffic> Run<'a, T> {
    /// Rows that only pass or drop; what passes goes to `then`.
    #[inline(always)]
    pub(super) fn rows(
        &mut self,
        at: &mut Cursor<T>,
        table: &'a Table,
        then: impl Fn(&mut Self, &mut Cursor<T>) -> bool,
    ) -> bool {
        match self.sole(at, table) {
            Some((outcome, row)) => self.pass(at, outcome, row, &then),
            None => self.part(at, table, move |run, part, outcome, row| {
                run.pass(part, outcome, row, &then)
            }),
        }
    }

    #[inline(always)]
    fn pass(
        &mut self,
        at: &mut Cursor<T>,
        outcome: &Outcome,
        row: u32,
        then: impl Fn(&mut Self, &mut Cursor<T>) -> bool,
    ) -> bool {
        match outcome.action {
            Action::Drop(code) if self.question.press_on => {
                self.step(at, Why::Passed(row, code));
                then(self, at)
            }
            Action::Drop(code) => self.drop(at, code, row),
            // What is not known of a row is not known of what it takes, in a filter as anywhere.
            Action::Opaque(code) => self.end(at, End::Opaque(at.place(), code)),
            _ => then(self, at),
        }
    }

    /// Finds and notes the row for all of the traffic; nothing if several rows share it.
    #[inline(always)]
    pub(super) fn sole(
        &mut self,
        at: &mut Cursor<T>,
        table: &'a Table,
    ) -> Option<(&'a Outcome, u32)> {
        let found = at.traffic.first(self.fabric.rows_for(table))?;
        Some(self.decided(at, table, found))
    }

    /// What several rows share goes several ways.
    #[cold]
    #[inline(never)]
    pub(super) fn part(
        &mut self,
        at: &mut Cursor<T>,
        table: &'a Table,
        mut each: impl FnMut(&mut Self, &mut Cursor<T>, &'a Outcome, u32) -> bool,
    ) -> bool {
        let rows = self.fabric.rows_for(table);
        let mut forked = at.forked;
        at.traffic.clone().apply(rows, |traffic, hit| {
            let mut part = at.with(traffic);
            part.forked = forked;
            forked |= matches!(hit, Hit::Row(taken) if taken.fork());
            let (outcome, row) = self.decided(&mut part, table, hit);
            if each(self, &mut part, outcome, row) {
                self.walker.stack.push(part);
            }
        });
        false
    }

    /// Notes what decides, and says what comes of it.
    #[inline(always)]
    fn decided(&mut self, at: &mut Cursor<T>, table: &'a Table, found: Hit) -> (&'a Outcome, u32) {
        match found {
            Hit::Row(taken) => self.row(at, table, taken),
            Hit::Otherwise => self.otherwise(at, table),
        }
    }

    #[inline(always)]
    fn otherwise(&mut self, at: &mut Cursor<T>, table: &'a Table) -> (&'a Outcome, u32) {
        self.step(at, Why::Otherwise);
        (&table.otherwise, NONE)
    }

    #[inline(always)]
    fn row(&mut self, at: &mut Cursor<T>, table: &'a Table, taken: Taken) -> (&'a Outcome, u32) {
        let id = taken.row;
        if taken.maybe() {
            // A row that forks is tried both ways: each way is certain of itself.
            at.maybe |= !taken.fork();
            at.forked |= taken.fork();
            self.step(at, Why::Maybe(id));
        } else {
            self.step(at, Why::Rule(id));
        }
        (self.fabric.outcome(table, taken.then), id)
    }
}
