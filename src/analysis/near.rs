//! The nearest misses of an obstacle: rows that would have let the traffic on, but for one thing.
//!
//! Worked out from the rows when somebody asks: a walk keeps what decided, not what did not.

use crate::answer::{Stop, Wording};
use crate::aws::Compiled;
use crate::fabric::{Action, Address, Flow, Row, Side, Stage, flags};
use crate::model::Origin;
use smol_str::SmolStr;

/// So many are told.
const TOLD: usize = 3;
/// Addresses that share fewer leading bits are of different networks.
const ALIKE: u32 = 8;

/// A row that nearly took the traffic.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// What it is called.
    pub by: SmolStr,
    /// What it says, if it is a filter's.
    pub rule: String,
    /// Where it was written.
    pub origin: Origin,
    /// What it missed.
    pub missed: Missed,
}

/// What a row missed, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missed {
    /// Nothing: another row decided before it.
    Turn,
    /// The port; of ICMP the type.
    Port,
    /// The protocol.
    Protocol,
    /// The address of the sender.
    Source,
    /// The address of the destination.
    Destination,
    /// The sender is no member of the group, or the path does not tell that it is.
    Group,
}

impl Missed {
    /// The stable word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Missed::Turn => "turn",
            Missed::Port => "port",
            Missed::Protocol => "protocol",
            Missed::Source => "source",
            Missed::Destination => "destination",
            Missed::Group => "group",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Missed::Turn => "takes it, and comes after the row that decides",
            Missed::Port => "is of another port",
            Missed::Protocol => "is of another protocol",
            Missed::Source => "is of another source",
            Missed::Destination => "is of another destination",
            Missed::Group => "is of a group that the sender is not known to be in",
        }
    }
}

/// The rows that nearly took what an obstacle stopped, the nearest first.
#[must_use]
pub fn near(wording: Wording<'_>, compiled: &Compiled, stop: &Stop) -> Vec<Near> {
    let fabric = &compiled.fabric;
    let (Some(place), Some(met)) = (stop.place, stop.met) else {
        return Vec::new();
    };
    let (Some(table), Some(stage)) = (fabric.table_at(place), fabric.stage(place)) else {
        return Vec::new();
    };
    let route = match stage {
        Stage::Filter { .. } => false,
        Stage::Route { .. } => true,
        _ => return Vec::new(),
    };
    let address = match table.side {
        Side::Src => met.src,
        Side::Dst => met.dst,
    };
    let mut found: Vec<(Missed, u32, u32)> = Vec::new();
    for (number, row) in fabric.rows_of(table) {
        let action = fabric.outcome(table, row.then).action;
        let passes = matches!(action, Action::Next | Action::Go(_) | Action::Choose(..));
        let same_family = row.is(flags::BY_MARK) || row.lo.is_v4() == address.is_v4();
        if !passes || !same_family {
            continue;
        }
        let missed = missed(&row, &met, address, table.side, route);
        if let [one] = missed.as_slice() {
            let apart = u32::MAX - alike(&row, address);
            found.push((*one, apart, number));
        }
    }
    found.sort_by_key(|(missed, apart, number)| match route {
        true => (Missed::Turn, *apart, *number),
        false => (*missed, *apart, *number),
    });
    let told = found.into_iter().take(TOLD);
    told.filter_map(|(missed, _, number)| {
        let (origin, text) = fabric.origin(number)?;
        Some(Near {
            by: text.clone(),
            rule: wording.row(place, number),
            origin: origin.clone(),
            missed,
        })
    })
    .collect()
}

/// What a row misses of the traffic; what is far from it altogether misses twice.
fn missed(
    row: &Row<Address>,
    met: &Flow,
    address: Address,
    side: Side,
    route: bool,
) -> Vec<Missed> {
    let mut out = Vec::new();
    if !row.is(flags::ANY_PROTOCOL) && row.proto != met.proto {
        out.push(Missed::Protocol);
    } else if row.ports.0 > met.dport.0 || met.dport.1 > row.ports.1 {
        out.push(Missed::Port);
    }
    if row.is(flags::BY_MARK) {
        out.push(Missed::Group);
    } else if !row.spans(address) {
        let what = match side {
            Side::Src => Missed::Source,
            Side::Dst => Missed::Destination,
        };
        out.push(what);
        if route && alike(row, address) < ALIKE {
            out.push(what);
        }
    }
    if out.is_empty() {
        out.push(Missed::Turn);
    }
    out
}

/// How many leading bits an address shares with a row's.
fn alike(row: &Row<Address>, address: Address) -> u32 {
    if row.is(flags::BY_MARK) || row.spans(address) {
        return 128;
    }
    let embeds = if address.is_v4() { 96 } else { 0 };
    let with = |other: Address| (other.bits() ^ address.bits()).leading_zeros();
    with(row.lo).max(with(row.hi)).saturating_sub(embeds)
}
