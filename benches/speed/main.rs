//! The table of speeds: what loading costs, with Python's `json` beside it, of both kinds of estate.
//!
//! `cargo bench --bench speed` prints it for 1,000 to 100,000 interfaces; `… -- 1000000` as well for
//! that many. `… -- write friendly 100000 FOLDER` writes an estate as listings, and
//! `… -- load FOLDER` loads and compiles one. Each load is a process of its own, so that its
//! memory is its own; seconds are of processor, which other work on the machine hardly changes.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark may stop at a mistake, and talks to whoever runs it"
)]

#[path = "../worlds/mod.rs"]
mod worlds;

mod load;
mod machine;
mod table;

use std::env::args;
use std::path::Path;
use worlds::estate::Estate;

fn estate(kind: &str, interfaces: usize) -> Estate {
    match kind {
        "friendly" => Estate::friendly(interfaces),
        "adversarial" => Estate::adversarial(interfaces),
        other => panic!("`{other}` is neither `friendly` nor `adversarial`"),
    }
}

fn main() {
    let words: Vec<String> = args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", kind, interfaces, folder] => {
            let bytes = load::write(
                &estate(kind, interfaces.parse().unwrap()),
                Path::new(folder),
            );
            println!("{:.1} MB", bytes as f64 / 1e6);
        }
        ["load", folder] => load::run(Path::new(folder)),
        sizes => {
            let more = sizes.iter().filter_map(|size| size.parse().ok());
            table::print([1_000, 10_000, 100_000].into_iter().chain(more));
        }
    }
}
