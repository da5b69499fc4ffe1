//! A row of a filter in words: `tcp 443 ← 10.0.2.0/24`.

use crate::aws::{is_token, tag_name};
use crate::engine::{Step, Why};
use crate::fabric::{Fabric, Row, Side, Stage, flags};
use crate::model::Network;
use std::net::Ipv4Addr;

/// What the row of a step says; empty where the step is no filter's.
pub(super) fn rule(network: &Network, fabric: &Fabric, step: Step) -> String {
    let (Why::Rule(row) | Why::Maybe(row) | Why::Passed(row, _)) = step.why else {
        return String::new();
    };
    let filter = matches!(fabric.stage(step.at), Some(Stage::Filter { .. }));
    match (fabric.table_at(step.at), fabric.rows.get(row as usize)) {
        (Some(table), Some(row)) if filter => words(network, row, table.side),
        _ => String::new(),
    }
}

fn words(network: &Network, row: &Row, side: Side) -> String {
    let arrow = if side == Side::Src { '←' } else { '→' };
    let peer = if row.is(flags::BY_MARK) {
        tag_name(network, row.lo)
    } else if is_token(row.lo) {
        "some public addresses".to_owned()
    } else {
        block(row.lo, row.hi)
    };
    format!("{} {arrow} {peer}", service(row))
}

/// Protocol and ports.
fn service(row: &Row) -> String {
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
fn block(lo: u32, hi: u32) -> String {
    let (first, last) = (Ipv4Addr::from(lo), Ipv4Addr::from(hi));
    let size = hi.wrapping_sub(lo);
    if lo == hi {
        first.to_string()
    } else if size & size.wrapping_add(1) == 0 && lo & size == 0 {
        format!("{first}/{}", size.leading_zeros())
    } else {
        format!("{first}-{last}")
    }
}
