//! A row of a filter in words: `tcp 443 ← 10.0.2.0/24`.

use crate::aws::{is_token, tag_name};
use crate::engine::Why;
use crate::fabric::{Address, Fabric, Row, Side, Stage, Table, flags};
use crate::model::Network;
use std::fmt;

/// What a row says beyond its name; made into words where it is printed.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Rule {
    /// Its name says it all.
    #[default]
    Silent,
    /// A row of a filter by address, and which address it looks at.
    Address(Row<Address>, Side),
    /// A row of a filter by group: its name.
    Group(Row<Address>, Side, String),
    /// A statement of a policy: why it applies, or does not.
    Statement(String),
}

/// What the row that decided at a stage says.
pub(super) fn rule(
    network: &Network,
    fabric: &Fabric,
    stage: Option<Stage>,
    table: Option<&Table>,
    why: Why,
) -> Rule {
    let (Why::Rule(row) | Why::Maybe(row) | Why::Passed(row, _)) = why else {
        return Rule::Silent;
    };
    let Some(Stage::Filter { .. }) = stage else {
        return Rule::Silent;
    };
    match (table, fabric.row(row)) {
        (Some(table), Some(row)) if row.is(flags::BY_MARK) => {
            Rule::Group(row, table.side, tag_name(network, row.tag()))
        }
        (Some(table), Some(row)) => Rule::Address(row, table.side),
        _ => Rule::Silent,
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (row, side, peer) = match self {
            Rule::Silent => return Ok(()),
            Rule::Statement(text) => return f.write_str(text),
            Rule::Group(row, side, group) => (row, side, group.clone()),
            Rule::Address(row, side) if is_token(row.lo) => {
                (row, side, "some public addresses".to_owned())
            }
            Rule::Address(row, side) => (row, side, block(row.lo, row.hi)),
        };
        let arrow = if *side == Side::Src { '←' } else { '→' };
        write!(f, "{} {arrow} {peer}", service(row))
    }
}

/// Protocol and ports.
fn service(row: &Row<Address>) -> String {
    if row.is(flags::ANY_PROTOCOL) {
        return "any".to_owned();
    }
    let name = match row.proto {
        1 => return "icmp".to_owned(),
        6 => "tcp",
        17 => "udp",
        other => return format!("protocol {other}"),
    };
    match row.ports {
        (0, u16::MAX) => name.to_owned(),
        (lo, hi) if lo == hi => format!("{name} {lo}"),
        (lo, hi) => format!("{name} {lo}-{hi}"),
    }
}

/// A block if the addresses are one, else first and last.
fn block(lo: Address, hi: Address) -> String {
    let size = hi.bits().wrapping_sub(lo.bits());
    let all = if lo.is_v4() { 96 } else { 0 };
    if lo == hi {
        lo.to_string()
    } else if size & size.wrapping_add(1) == 0 && lo.bits() & size == 0 {
        format!("{lo}/{}", size.leading_zeros() - all)
    } else {
        format!("{lo}-{hi}")
    }
}
