//! Rows of one family being made, place by place: what rows of a place share is looked up once.

use super::half::{Column, Ground, Half, RowBits};
use super::shared::{Recipe, Shared};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Places whose ways are worked out together, where they are not kept.
const BLOCK: u32 = 64;
/// Parts that take more bytes are forgotten.
const MOST: u64 = 1 << 28;

/// Rows of some classes of ports.
pub(super) struct Making<'h> {
    ground: Ground<'h>,
    half: &'h Half,
    ports: Range<usize>,
    shared: Shared,
    column: Cow<'h, Column>,
    /// Columns of the next places.
    next: Vec<Column>,
}

impl<'h> Making<'h> {
    pub(super) fn new(ground: Ground<'h>, half: &'h Half, ports: Range<usize>) -> Self {
        Self {
            ground,
            half,
            shared: Shared::new(half, ports.clone()),
            ports,
            column: Cow::Owned(Column::new()),
            next: Vec::new(),
        }
    }

    /// What was looked up, to be used again.
    pub(super) fn into_shared(self) -> Shared {
        self.shared
    }

    /// Turns to the members of a place.
    pub(super) fn go_to(&mut self, place: u32) {
        self.column = self.half.column(self.ground, place);
    }

    /// What the row of a member of this place is made of.
    pub(super) fn recipe(&mut self, member: u32, port: usize) -> Recipe {
        let Self { half, ground, .. } = self;
        self.shared
            .recipe(half, *ground, (member, port), &self.column)
    }

    /// The row that is made so.
    pub(super) fn row(&self, recipe: &Recipe) -> RowBits {
        self.shared.row(self.half, recipe, &self.column)
    }

    /// The row of every member that is wanted at a port, in order.
    pub(super) fn each(
        mut self,
        port: usize,
        wanted: impl Fn(u32) -> bool,
        mut each: impl FnMut(u32, Arc<RowBits>),
    ) {
        for place in 0..self.half.places.len() as u32 {
            self.forward(place);
            if self.shared.bytes() > MOST {
                self.shared = Shared::new(self.half, self.ports.clone());
            }
            let mut made: FxHashMap<Recipe, Arc<RowBits>> = FxHashMap::default();
            for member in self
                .half
                .places
                .range(place)
                .filter(|member| wanted(*member))
            {
                let recipe = self.recipe(member, port);
                let row = made.entry(recipe);
                let row = row.or_insert_with_key(|r| Arc::new(self.row(r)));
                each(member, row.clone());
            }
        }
    }

    /// Turns to a place, of all places one after the other.
    fn forward(&mut self, place: u32) {
        if self.half.keeps_columns() {
            return self.go_to(place);
        }
        if self.next.is_empty() {
            let end = (place + BLOCK).min(self.half.places.len() as u32);
            self.next = self.half.columns(self.ground, place..end);
            self.next.reverse();
        }
        self.column = Cow::Owned(self.next.pop().unwrap_or_default());
    }
}
