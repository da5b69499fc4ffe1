//! The table of speeds: what questions cost, and loading, with others beside us that are asked the
//! same and must come to the same.
//!
//! `cargo bench --bench speed` prints all of it, up to 100,000 interfaces, and writes how time and
//! memory grow to `target/tmp/growth.svg`. Words after `--` change that:
//!
//! | word | |
//! |---|---|
//! | `most=1000000` | the largest estate; a row whose smallest is larger is measured at that many |
//! | `only=pairs,load` | these rows alone |
//! | `limit=600` | seconds after which a measurement is stopped |
//! | `svg=FILE` | where the plot goes |
//!
//! `benches/peers/install.sh` installs those beside us; who is absent is skipped, and the table says
//! so. `… -- write friendly 100000 FOLDER` writes an estate as listings, `… -- load FOLDER` loads and
//! compiles one, and says what each part took; `… -- keep FOLDER` keeps a snapshot of it there.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at a mistake, and talks to whoever runs it"
)]

#[path = "../worlds/mod.rs"]
mod worlds;

/// As the program's.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

mod facts;
mod growth;
mod listings;
mod machine;
mod measured;
mod questions;
mod row;
mod rows;
mod table;

use growth::Growth;
use measured::{Measured, python, run, tell};
use row::{At, Files, Given, How, Peer, Row};
use std::env::{args, current_exe};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use worlds::estate::Estate;

/// What the command line asks for.
struct Wanted {
    most: usize,
    only: Option<Vec<String>>,
    limit: Duration,
    svg: PathBuf,
}

fn main() {
    let words: Vec<String> = args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", kind, size, folder] => {
            let bytes = listings::write(&estate(kind, size.parse().unwrap()), Path::new(folder));
            println!("{:.1} MB", bytes as f64 / 1e6);
        }
        ["keep", folder] => {
            listings::keep(Path::new(folder));
        }
        ["load", folder] => {
            listings::load(Path::new(folder), true);
        }
        ["measure", row, kind, size, files, who] => {
            let row = rows::ALL.iter().find(|r| r.name == *row).unwrap();
            let how = match who.parse::<usize>().ok().map(|n| &row.peers[n].how) {
                None => row.own,
                Some(How::Own(how)) => *how,
                Some(How::Python(..)) => panic!("a script measures itself"),
            };
            let estate = &estate(kind, size.parse().unwrap());
            let files = Path::new(files);
            tell(how(Given { estate, files }));
        }
        words => print(&wanted(words)),
    }
}

fn estate(kind: &str, interfaces: usize) -> Estate {
    match kind {
        "friendly" => Estate::friendly(interfaces),
        "adversarial" => Estate::adversarial(interfaces),
        other => panic!("`{other}` is neither `friendly` nor `adversarial`"),
    }
}

fn wanted(words: &[&str]) -> Wanted {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut out = Wanted {
        most: 100_000,
        only: None,
        limit: Duration::from_secs(600),
        svg: folder.join("growth.svg"),
    };
    for word in words {
        match word.split_once('=') {
            Some(("most", n)) => out.most = n.parse().unwrap(),
            Some(("only", names)) => out.only = Some(names.split(',').map(Into::into).collect()),
            Some(("limit", n)) => out.limit = Duration::from_secs(n.parse().unwrap()),
            Some(("svg", path)) => out.svg = path.into(),
            _ => panic!("`{word}` is none of most=, only=, limit=, svg="),
        }
    }
    out
}

fn print(wanted: &Wanted) {
    let mut growth = Growth::default();
    table::head();
    for row in rows::ALL {
        let asked = wanted.only.as_ref();
        if asked.is_some_and(|only| !only.iter().any(|name| name == row.name)) {
            continue;
        }
        let mut fitting: Vec<(&At, usize)> = row.at.iter().map(|at| (at, at.size)).collect();
        fitting.retain(|(_, size)| *size <= wanted.most);
        if fitting.is_empty() {
            fitting.extend(row.at.first().map(|at| (at, wanted.most)));
        }
        for (at, size) in fitting {
            if let Some(measured) = line(row, at, size, wanted.limit) {
                growth.add(row, at.kind, size, &measured);
            }
        }
    }
    growth.write(&wanted.svg);
}

/// Measures and prints one line and those below it.
fn line(row: &Row, at: &At, size: usize, limit: Duration) -> Option<Measured> {
    let files = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed");
    prepare(row.files, &estate(at.kind, size), &files);
    let measure = |who: &str| {
        let mut command = Command::new(current_exe().unwrap());
        command.args(["measure", row.name, at.kind, &size.to_string()]);
        run(command.arg(&files).arg(who), limit)
    };
    let own = measure("own");
    table::own(row, at, size, &own);
    for (number, peer) in row.peers.iter().enumerate() {
        if size > peer.most {
            continue;
        }
        let theirs = match &peer.how {
            How::Own(_) => measure(&number.to_string()),
            How::Python(..) => script(peer, &files, limit),
        };
        table::peer(peer, size, own.as_ref().ok(), &theirs);
        if let (Ok(own), Ok(theirs)) = (&own, &theirs) {
            assert_eq!(own.answer, theirs.answer, "{} says otherwise", peer.name);
        }
    }
    let _ = fs::remove_dir_all(&files);
    own.ok()
}

fn script(peer: &Peer, files: &Path, limit: Duration) -> Result<Measured, String> {
    let How::Python(name, words, installed) = peer.how else {
        panic!("no script");
    };
    let absent = || "skipped: not installed, see benches/peers/install.sh".to_owned();
    let mut command = python(installed).ok_or_else(absent)?;
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
    command.arg(scripts.join(name)).arg(files).args(words);
    run(&mut command, limit)
}

fn prepare(what: Files, estate: &Estate, files: &Path) {
    let _ = fs::remove_dir_all(files);
    fs::create_dir_all(files).unwrap();
    match what {
        Files::None => {}
        Files::Facts => {
            let facts = facts::of(estate, &worlds::network(estate.draft()));
            fs::write(files.join("facts.json"), facts.to_string()).unwrap();
        }
        Files::Listings => {
            listings::write(estate, files);
        }
        Files::Snapshot => {
            listings::write(estate, files);
            // Memory that was taken once is not given back.
            let mut keep = Command::new(current_exe().unwrap());
            assert!(keep.arg("keep").arg(files).status().unwrap().success());
        }
    }
}
