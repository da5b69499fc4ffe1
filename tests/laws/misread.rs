//! Faults of a walker, as a change to the fabric or the question that only one of the walks sees.

use super::law::Asked;
use reachability::code::Code;
use reachability::fabric::*;

/// A change, made everywhere it can be.
type Misread = fn(&mut Fabric, &mut Asked);

/// Every fault, by name.
pub const FAULTS: &[(&str, Misread)] = &[
    ("rows are tried last to first", |n, _| {
        for t in &n.tables {
            n.v4.rows[t.v4.range()].reverse();
            n.v6.rows[t.v6.range()].reverse();
        }
    }),
    ("the first two rows change places", |n, _| {
        for t in &n.tables {
            if t.v4.len > 1 {
                n.v4.rows[t.v4.range()].swap(0, 1);
            }
            if t.v6.len > 1 {
                n.v6.rows[t.v6.range()].swap(0, 1);
            }
        }
    }),
    ("the last row is not read", |n, _| {
        for t in &mut n.tables {
            for part in [&mut t.v4, &mut t.v6] {
                part.len = part.len.saturating_sub(1);
            }
        }
    }),
    ("the highest address of a row is left out", |n, _| {
        for r in n.v4.rows.iter_mut().filter(|r| r.hi > r.lo) {
            r.hi -= 1;
        }
        for r in n.v6.rows.iter_mut().filter(|r| r.hi > r.lo) {
            r.hi = r.hi.before();
        }
    }),
    ("the highest port of a row is left out", |n, _| {
        let less = |ports: &mut (u16, u16)| ports.1 = ports.1.saturating_sub(1).max(ports.0);
        n.v4.rows.iter_mut().for_each(|r| less(&mut r.ports));
        n.v6.rows.iter_mut().for_each(|r| less(&mut r.ports));
    }),
    ("the table's last word is to go on", |n, _| {
        for t in &mut n.tables {
            if let Action::Drop(_) = t.otherwise.action {
                t.otherwise.action = Action::Next;
            }
        }
    }),
    ("tables are halved that are not sorted", |n, _| {
        for t in &mut n.tables {
            for part in [&mut t.v4, &mut t.v6] {
                if part.len > 1 {
                    part.sorted = 0..part.len;
                }
            }
        }
    }),
    ("filters look at the other side", |n, _| {
        for t in &mut n.tables {
            t.side = match t.side {
                Side::Src => Side::Dst,
                Side::Dst => Side::Src,
            };
        }
    }),
    ("reservations are not noted", |n, _| {
        unset(n, flags::MAYBE);
    }),
    ("rows to be tried both ways are tried one way", |n, _| {
        unset(n, flags::FORK);
    }),
    ("alternatives go on, wherever they lead", |n, _| {
        for a in &mut n.alternatives {
            a.then = Action::Next;
        }
    }),
    ("tags are not looked at", |n, _| {
        unset(n, flags::BY_MARK);
    }),
    ("drops let through", |n, _| {
        for a in n.outcomes.iter_mut().map(|o| &mut o.action) {
            if let Action::Drop(_) = a {
                *a = Action::Next;
            }
        }
    }),
    ("every drop has one code", |n, _| {
        for a in n.outcomes.iter_mut().map(|o| &mut o.action) {
            if let Action::Drop(code) = a {
                *code = Code::BAD_STATE;
            }
        }
    }),
    ("what is not modelled is dropped", |n, _| {
        for a in n.outcomes.iter_mut().map(|o| &mut o.action) {
            if let Action::Opaque(code) = a {
                *a = Action::Drop(*code);
            }
        }
    }),
    ("the last alternative is forgotten", |n, _| {
        for a in n.outcomes.iter_mut().map(|o| &mut o.action) {
            if let Action::Choose(_, number) = a {
                *number = (*number - 1).max(1);
            }
        }
    }),
    ("only the first alternative is tried", |n, _| {
        for a in n.outcomes.iter_mut().map(|o| &mut o.action) {
            if let Action::Choose(_, number) = a {
                *number = 1;
            }
        }
    }),
    ("alternatives are taken unfiltered", |n, _| {
        for a in &mut n.alternatives {
            a.unless = NONE;
        }
    }),
    ("alternatives do not take the node's mark", |n, _| {
        for a in &mut n.alternatives {
            a.mark = false;
        }
    }),
    ("alternatives do not ask replies back", |n, _| {
        for a in &mut n.alternatives {
            a.pull = NONE;
        }
    }),
    ("alternatives cite another row", |n, _| {
        for a in &mut n.alternatives {
            a.row += 1;
        }
    }),
    ("links keep the mark", |n, _| {
        for l in &mut n.links {
            l.mark = MarkOp::Keep;
        }
    }),
    ("links clear the mark", |n, _| {
        for l in &mut n.links {
            l.mark = MarkOp::Clear;
        }
    }),
    ("links lead to the first entry", |n, _| {
        let first = |node| n.shapes[n.nodes[node as usize].shape as usize].first;
        for l in &mut n.links {
            l.stage = first(l.to);
        }
        let others = n.tables.iter_mut().map(|t| &mut t.otherwise);
        for o in n.outcomes.iter_mut().chain(others) {
            if let Action::Go(_) = o.action {
                o.stage = first(o.to);
            }
        }
    }),
    ("links do not ask replies back", |n, _| {
        for l in &mut n.links {
            l.back = Back::None;
        }
    }),
    ("near and far change places", |n, _| {
        for l in &mut n.links {
            l.asked = other(l.asked);
        }
    }),
    ("ports are allocated one short", |n, _| {
        for r in &mut n.rewrites {
            r.sport = r.sport.map(|(lo, hi)| (lo, hi.saturating_sub(1).max(lo)));
        }
    }),
    ("filters remember nothing", |n, _| {
        stages(n, |s| {
            if let Stage::Filter { state, .. } = s {
                *state = None;
            }
        });
    }),
    ("filters remember what they should not", |n, _| {
        stages(n, |s| {
            if let Stage::Filter { state, .. } = s {
                *state = Some(5);
            }
        });
    }),
    ("translations are not remembered", |n, _| {
        stages(n, |s| {
            if let Stage::Translate { remember, .. } = s {
                *remember = false;
            }
        });
    }),
    ("what is not remembered goes on", |n, _| {
        stages(n, |s| {
            if let Stage::Recall { otherwise, .. } = s {
                *otherwise = None;
            }
        });
    }),
    ("what is recalled is another stage's", |n, _| {
        stages(n, |s| {
            if let Stage::Recall { of, .. } = s {
                *of += 1;
            }
        });
    }),
    ("replies are never given back", |n, _| {
        stages(n, |s| {
            if let Stage::Return { asked, .. } = s {
                *asked = other(*asked);
            }
        });
    }),
    ("replies are given back past the filters", |n, _| {
        stages(n, |s| {
            if let Stage::Return { through, .. } = s {
                *through = None;
            }
        });
    }),
    ("nodes do not say who they are", |n, _| {
        for node in &mut n.nodes {
            node.mark = 0;
        }
    }),
    ("everywhere is the destination", |_, asked| {
        asked.accept = None
    }),
    ("the walk does not press on", |_, asked| {
        asked.press_on = false
    }),
    ("the walk always presses on", |_, asked| {
        asked.press_on = true
    }),
];

fn other(asked: Distance) -> Distance {
    match asked {
        Distance::Near => Distance::Far,
        Distance::Far => Distance::Near,
        Distance::Outer => Distance::Near,
    }
}

fn unset(n: &mut Fabric, flag: u8) {
    n.v4.rows.iter_mut().for_each(|r| r.flags &= !flag);
    n.v6.rows.iter_mut().for_each(|r| r.flags &= !flag);
}

fn stages(n: &mut Fabric, change: impl Fn(&mut Stage)) {
    n.stages.iter_mut().for_each(change);
}
