//! The table of speeds.
//!
//! `cargo bench --bench speed -- write friendly 100000 FOLDER` writes an estate as listings;
//! `… -- load FOLDER` loads and compiles one, and says what each part took.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark may stop at a mistake, and talks to whoever runs it"
)]

#[path = "../worlds/mod.rs"]
mod worlds;

mod load;
mod machine;

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
        other => panic!("what is {other:?}?"),
    }
}
