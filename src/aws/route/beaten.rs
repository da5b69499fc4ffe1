//! The routes that lost to the one that was taken. Blocks nest or have nothing in common, so whatever
//! stands behind it in its table and holds all of its block held the destination too
//! (`/vpc/latest/userguide/route-tables-priority.html`, `/vpc/latest/tgw/how-transit-gateways-work.html`).

use super::super::Compiled;
use super::super::stages::what;
use crate::fabric::{Address, Place, Row, Stage};

/// A route that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beaten {
    /// Its row.
    pub row: u32,
    /// Why, as AWS Reachability Analyzer calls it
    /// (`/vpc/latest/reachability/explanation-codes.html`).
    pub why: &'static str,
}

impl Compiled {
    /// The routes that lost to a row of the table at a place, the next best first. Read from the table
    /// when somebody wants to know: nothing of it is kept.
    #[must_use]
    pub fn beaten(&self, place: Place, row: u32) -> Vec<Beaten> {
        let fabric = &self.fabric;
        let (longer, equal) = match fabric.stage(place) {
            Some(Stage::Route { what, .. }) if what == what::ROUTES => {
                ("MORE_SPECIFIC_ROUTE", "HIGHER_PRIORITY_ROUTE")
            }
            Some(Stage::Route { what, .. }) if what == what::TRANSIT_ROUTES => (
                "TGW_RTB_MORE_SPECIFIC_ROUTE",
                "TGW_RTB_HIGHER_PRIORITY_ROUTE",
            ),
            _ => return Vec::new(),
        };
        let Some(table) = fabric.table_at(place) else {
            return Vec::new();
        };
        let mut rows = fabric
            .rows_of(table)
            .skip_while(|(number, _)| *number != row);
        let Some((_, taken)) = rows.next() else {
            return Vec::new();
        };
        let holds = |r: &Row<Address>| {
            r.lo.is_v4() == taken.lo.is_v4() && r.lo <= taken.lo && taken.hi <= r.hi
        };
        rows.filter(|(_, r)| holds(r))
            .map(|(row, r)| Beaten {
                row,
                why: match (r.lo, r.hi) == (taken.lo, taken.hi) {
                    true => equal,
                    false => longer,
                },
            })
            .collect()
    }
}
