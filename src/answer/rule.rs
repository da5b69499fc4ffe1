//! A row of a filter in words: `tcp 443 ← 10.0.2.0/24`.

use crate::aws::{is_token, tag_name};
use crate::engine::{Step, Why};
use crate::fabric::{Address, Fabric, Row, Side, Stage, flags};
use crate::model::Network;

/// What the row of a step says; empty where the step is no filter's.
pub(super) fn rule(network: &Network, fabric: &Fabric, step: Step) -> String {
    let (Why::Rule(row) | Why::Maybe(row) | Why::Passed(row, _)) = step.why else {
        return String::new();
    };
    let filter = matches!(fabric.stage(step.at), Some(Stage::Filter { .. }));
    match (fabric.table_at(step.at), fabric.row(row)) {
        (Some(table), Some(row)) if filter => words(network, &row, table.side),
        _ => String::new(),
    }
}

fn words(network: &Network, row: &Row<Address>, side: Side) -> String {
    let arrow = if side == Side::Src { '←' } else { '→' };
    let peer = if row.is(flags::BY_MARK) {
        tag_name(network, row.tag())
    } else if is_token(row.lo) {
        "some public addresses".to_owned()
    } else {
        block(row.lo, row.hi)
    };
    format!("{} {arrow} {peer}", service(row))
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
