//! Which row is which: every origin of a draft is a number of its own.

use reachability::model::{Draft, Id, Origin};

/// A direction of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    In,
    Out,
}

/// What a number is of: the place of the noun, and of the row in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    Group(usize, Way, usize),
    Acl(usize, Way, usize),
    Route(usize, usize),
    Listener(usize, usize),
    Target(usize, usize),
    Interface(usize),
    Endpoint(usize),
    Connection(usize),
    Subnet(usize),
    Other,
}

/// Whose row an origin is.
pub fn number(origin: &Origin) -> Option<usize> {
    match origin {
        Origin::Text { start, .. } => Some(*start as usize),
        _ => None,
    }
}

/// Runs over an arena that may be changed.
macro_rules! each {
    ($arena:expr, |$index:ident, $noun:ident| $body:block) => {
        for $index in 0..$arena.len() {
            if let Some($noun) = $arena.get_mut(Id::new($index)) $body
        }
    };
}
pub(crate) use each;

/// Gives every row, and every noun that a row is made of, an origin of its own.
pub fn number_rows(draft: &mut Draft) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut mark = |origin: &mut Origin, row: Row| {
        let start = u32::try_from(rows.len()).unwrap();
        rows.push(row);
        *origin = Origin::Text {
            file: 0,
            start,
            end: start,
        };
    };
    each!(draft.groups, |g, group| {
        for (i, rule) in group.ingress.iter_mut().enumerate() {
            mark(&mut rule.origin, Row::Group(g, Way::In, i));
        }
        for (i, rule) in group.egress.iter_mut().enumerate() {
            mark(&mut rule.origin, Row::Group(g, Way::Out, i));
        }
    });
    each!(draft.acls, |a, acl| {
        for (i, rule) in acl.ingress.iter_mut().enumerate() {
            mark(&mut rule.origin, Row::Acl(a, Way::In, i));
        }
        for (i, rule) in acl.egress.iter_mut().enumerate() {
            mark(&mut rule.origin, Row::Acl(a, Way::Out, i));
        }
    });
    each!(draft.tables, |t, table| {
        for (i, route) in table.routes.iter_mut().enumerate() {
            mark(&mut route.origin, Row::Route(t, i));
        }
    });
    each!(draft.load_balancers, |b, balancer| {
        for (i, listener) in balancer.listeners.iter_mut().enumerate() {
            mark(&mut listener.origin, Row::Listener(b, i));
        }
    });
    each!(draft.target_groups, |g, group| {
        for (i, target) in group.targets.iter_mut().enumerate() {
            mark(&mut target.origin, Row::Target(g, i));
        }
    });
    each!(draft.interfaces, |i, interface| {
        mark(&mut interface.origin, Row::Interface(i));
    });
    each!(draft.endpoints, |e, endpoint| {
        mark(&mut endpoint.origin, Row::Endpoint(e));
    });
    each!(draft.connections, |c, connection| {
        mark(&mut connection.origin, Row::Connection(c));
    });
    each!(draft.subnets, |s, subnet| {
        mark(&mut subnet.origin, Row::Subnet(s));
    });
    each!(draft.vpcs, |_v, vpc| {
        mark(&mut vpc.origin, Row::Other);
    });
    each!(draft.services, |_s, service| {
        mark(&mut service.origin, Row::Other);
    });
    rows
}

impl Row {
    /// Whether the draft can do without it: a rule, a route, a listener or a target.
    pub fn is_removable(self) -> bool {
        !matches!(
            self,
            Row::Interface(_) | Row::Endpoint(_) | Row::Connection(_) | Row::Subnet(_) | Row::Other
        )
    }

    /// The draft without it.
    pub fn removed(self, draft: &Draft) -> Draft {
        let mut draft = draft.clone();
        match self {
            Row::Group(g, way, i) => {
                let group = draft.groups.get_mut(Id::new(g)).unwrap();
                match way {
                    Way::In => drop(group.ingress.remove(i)),
                    Way::Out => drop(group.egress.remove(i)),
                }
            }
            Row::Acl(a, way, i) => {
                let acl = draft.acls.get_mut(Id::new(a)).unwrap();
                match way {
                    Way::In => drop(acl.ingress.remove(i)),
                    Way::Out => drop(acl.egress.remove(i)),
                }
            }
            Row::Route(t, i) => {
                drop(draft.tables.get_mut(Id::new(t)).unwrap().routes.remove(i));
            }
            Row::Listener(b, i) => {
                let balancer = draft.load_balancers.get_mut(Id::new(b)).unwrap();
                drop(balancer.listeners.remove(i));
            }
            Row::Target(g, i) => {
                let group = draft.target_groups.get_mut(Id::new(g)).unwrap();
                drop(group.targets.remove(i));
            }
            other => panic!("{other:?} is no row"),
        }
        draft
    }

    /// The table it is in, as answers name it.
    pub fn table(self, draft: &Draft) -> String {
        let word = |way| if way == Way::In { "ingress" } else { "egress" };
        match self {
            Row::Group(g, way, _) => {
                let group = &draft.groups[Id::new(g)];
                format!("{}/{} {}", group.vpc.text, group.name, word(way))
            }
            Row::Acl(a, way, _) => {
                let acl = &draft.acls[Id::new(a)];
                format!("{}/{} {}", acl.vpc.text, acl.name, word(way))
            }
            Row::Route(t, _) => {
                let table = &draft.tables[Id::new(t)];
                format!("{}/{} ", table.vpc.text, table.name)
            }
            Row::Listener(b, _) => {
                let balancer = &draft.load_balancers[Id::new(b)];
                format!("{}/{} listener", balancer.vpc.text, balancer.name)
            }
            Row::Target(g, _) => format!("target group {}:", draft.target_groups[Id::new(g)].name),
            other => panic!("{other:?} is no row"),
        }
    }
}
