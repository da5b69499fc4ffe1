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

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(proto: u8, flags: u8, ports: (u16, u16), (lo, hi): (&str, &str)) -> Row<Address> {
        let at = |text: &str| Address::from(text.parse::<std::net::IpAddr>().unwrap());
        Row {
            lo: at(lo),
            hi: at(hi),
            ports,
            proto,
            flags,
            then: 0,
        }
    }

    #[test]
    fn rows_are_said_as_people_write_them() {
        let all = (0, u16::MAX);
        let block = ("10.0.0.0", "10.0.255.255");
        #[rustfmt::skip]
        let cases = [
            (rows(0, flags::ANY_PROTOCOL, all, block), "any ← 10.0.0.0/16"),
            (rows(6, 0, (443, 443), block), "tcp 443 ← 10.0.0.0/16"),
            (rows(17, 0, (53, 54), block), "udp 53-54 ← 10.0.0.0/16"),
            (rows(6, 0, all, block), "tcp ← 10.0.0.0/16"),
            (rows(1, 0, all, block), "icmp ← 10.0.0.0/16"),
            (rows(47, 0, all, block), "protocol 47 ← 10.0.0.0/16"),
            (rows(6, 0, all, ("10.0.0.7", "10.0.0.7")), "tcp ← 10.0.0.7"),
            (rows(6, 0, all, ("10.0.0.1", "10.0.0.4")), "tcp ← 10.0.0.1-10.0.0.4"),
            (rows(6, 0, all, ("10.0.0.0", "10.0.0.2")), "tcp ← 10.0.0.0-10.0.0.2"),
            (rows(6, 0, all, ("10.0.0.2", "10.0.0.5")), "tcp ← 10.0.0.2-10.0.0.5"),
            (rows(6, 0, all, ("0.0.0.0", "255.255.255.255")), "tcp ← 0.0.0.0/0"),
            (rows(6, 0, all, ("2001:db8::", "2001:db8::ffff")), "tcp ← 2001:db8::/112"),
            (rows(6, 0, all, ("240.0.0.1", "240.0.0.1")), "tcp ← some public addresses"),
        ];
        for (row, expected) in cases {
            assert_eq!(Rule::Address(row, Side::Src).to_string(), expected);
        }
        let row = rows(6, 0, (443, 443), block);
        let outward = Rule::Address(row, Side::Dst);
        assert_eq!(outward.to_string(), "tcp 443 → 10.0.0.0/16");
        let group = Rule::Group(row, Side::Src, "group app".to_owned());
        assert_eq!(group.to_string(), "tcp 443 ← group app");
        assert_eq!(Rule::Statement("why".to_owned()).to_string(), "why");
        assert_eq!(Rule::Silent.to_string(), "");
    }
}
