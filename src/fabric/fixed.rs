//! How a snapshot has what a fabric holds very many of.

use super::{Action, Address, Back, Distance, Link, MarkOp, Node, Outcome, Row};
use crate::code::Code;
use crate::fixed::{Fixed, fixed};

fixed!([] Node { shape: u32, mark: u32, slots: [u32; 9], name: u32 });
fixed!([A] Row<A> { lo: A, hi: A, ports: (u16, u16), proto: u8, flags: u8, then: u16 });
fixed!([] Outcome { action: Action, to: u32, stage: u32 });
fixed!([] Link {
    to: u32,
    entry: u8,
    stage: u32,
    label: u16,
    mark: MarkOp,
    back: Back,
    asked: Distance,
});

impl Fixed for Address {
    const BYTES: usize = u128::BYTES;

    fn put(&self, to: &mut Vec<u8>) {
        self.bits().put(to);
    }

    #[inline(always)]
    fn take(from: &mut &[u8]) -> Option<Self> {
        u128::take(from).map(Self::new)
    }
}

/// Which of several kinds, and what it needs: nothing where there is less.
type Kind<T> = (u8, T);

/// An enumeration takes what its longest variant takes.
macro_rules! kinds {
    ($type:ty, $what:ty, $put:expr, $take:expr) => {
        impl Fixed for $type {
            const BYTES: usize = Kind::<$what>::BYTES;

            fn put(&self, to: &mut Vec<u8>) {
                let kind: fn(&Self) -> Kind<$what> = $put;
                kind(self).put(to);
            }

            #[inline(always)]
            fn take(from: &mut &[u8]) -> Option<Self> {
                $take(Kind::<$what>::take(from)?)
            }
        }
    };
}

fn code(number: u32) -> Option<Code> {
    Code::ALL.get(number as usize).copied()
}

kinds!(
    Action,
    (u32, u32),
    |action| match *action {
        Action::Next => (0, (0, 0)),
        Action::Drop(code) => (1, (code as u32, 0)),
        Action::Go(link) => (2, (link, 0)),
        Action::Rewrite(number) => (3, (number, 0)),
        Action::Choose(first, number) => (4, (first, number)),
        Action::Opaque(code) => (5, (code as u32, 0)),
    },
    |kind| match kind {
        (0, (0, 0)) => Some(Action::Next),
        (1, (number, 0)) => code(number).map(Action::Drop),
        (2, (link, 0)) => Some(Action::Go(link)),
        (3, (number, 0)) => Some(Action::Rewrite(number)),
        (4, (first, number)) => Some(Action::Choose(first, number)),
        (5, (number, 0)) => code(number).map(Action::Opaque),
        _ => None,
    }
);

kinds!(
    MarkOp,
    u32,
    |op| match *op {
        MarkOp::Keep => (0, 0),
        MarkOp::Clear => (1, 0),
        MarkOp::Set(mark) => (2, mark),
        MarkOp::Turn(turn) => (3, turn),
    },
    |kind| match kind {
        (0, 0) => Some(MarkOp::Keep),
        (1, 0) => Some(MarkOp::Clear),
        (2, mark) => Some(MarkOp::Set(mark)),
        (3, turn) => Some(MarkOp::Turn(turn)),
        _ => None,
    }
);

kinds!(
    Back,
    (u32, u8),
    |back| match *back {
        Back::None => (0, (0, 0)),
        Back::To(node, entry) => (1, (node, entry)),
        Back::Here(entry) => (2, (0, entry)),
    },
    |kind| match kind {
        (0, (0, 0)) => Some(Back::None),
        (1, (node, entry)) => Some(Back::To(node, entry)),
        (2, (0, entry)) => Some(Back::Here(entry)),
        _ => None,
    }
);

impl Fixed for Distance {
    const BYTES: usize = 1;

    fn put(&self, to: &mut Vec<u8>) {
        (*self as u8).put(to);
    }

    #[inline(always)]
    fn take(from: &mut &[u8]) -> Option<Self> {
        let all = [Distance::Far, Distance::Near, Distance::Outer];
        all.get(usize::from(u8::take(from)?)).copied()
    }
}
