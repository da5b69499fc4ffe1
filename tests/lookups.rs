//! Every table is read as the page says: by a scan of the rows, written here a second time.
//!
//! Routes by longest prefix and then by who wrote them, ACLs by number, and whatever a table holds,
//! the first row that matches, for a packet, a flow and a set alike; and what memories restore, part
//! by part.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails"
)]

#[path = "lookups/acls.rs"]
mod acls;
#[path = "lookups/components.rs"]
mod components;
#[path = "networks/genes.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared, and not all of it used")]
mod genes;
#[path = "lookups/holders.rs"]
mod holders;
#[path = "lookups/own_names.rs"]
mod own_names;
#[path = "lookups/replies.rs"]
mod replies;
#[path = "lookups/routes.rs"]
mod routes;
#[path = "lookups/tables.rs"]
mod tables;
#[path = "lookups/world.rs"]
mod world;

use reachability::model::Ref;

/// A noun by its name.
fn named<T>(name: &str) -> Ref<T> {
    Ref::named(name, &reachability::model::Origin::Unknown)
}

/// An origin that says which row it is.
fn row(number: usize) -> reachability::model::Origin {
    let start = u32::try_from(number).unwrap();
    reachability::model::Origin::Text {
        file: 0,
        start,
        end: start,
    }
}

/// Which row an origin says it is.
fn number(origin: &reachability::model::Origin) -> Option<usize> {
    match origin {
        reachability::model::Origin::Text { start, .. } => Some(*start as usize),
        _ => None,
    }
}
