//! Listings written, and loaded again.

use super::machine::{peak, resident, worked};
use super::worlds::estate::Estate;
use reachability::aws::compile;
use reachability::import::{Bulk, Given, Imported, Source, import_given};
use reachability::model::{Files, build};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

/// Writes an estate's listings below a folder; gives their bytes.
pub fn write(estate: &Estate, folder: &Path) -> u64 {
    fs::create_dir_all(folder).unwrap();
    let mut open = |name: &str| -> io::Result<Box<dyn Write>> {
        let file = File::create(folder.join(name))?;
        Ok(Box::new(BufWriter::with_capacity(1 << 20, file)))
    };
    estate.describe(&mut open).unwrap();
    let files = fs::read_dir(folder).unwrap();
    files.map(|f| f.unwrap().metadata().unwrap().len()).sum()
}

/// Loads and compiles a folder, saying what it took up to the end of each part; last, the number of
/// interfaces, seconds, and memory at most and in the end.
pub fn run(folder: &Path) {
    let say = |what: &str| {
        println!(
            "{what:<10} {:>7.2} s  {:>7.0} MB, {:>7.0} MB at most",
            worked(),
            resident(),
            peak()
        );
    };
    let read = read(folder);
    say("imported");
    let network = build(read.draft).network.unwrap();
    say("built");
    let compiled = compile(&network);
    say("compiled");
    println!(
        "{} nodes, {} tables, {} rows",
        compiled.fabric.nodes.len(),
        compiled.fabric.tables.len(),
        compiled.fabric.v4.rows.len(),
    );
    let count = network.interfaces.len();
    println!("{count} {:.2} {:.0} {:.0}", worked(), peak(), resident());
}

/// What a folder's files say; the list of interfaces is read row by row.
fn read(folder: &Path) -> Imported {
    let mut texts: Vec<Source> = Vec::new();
    let mut rows: Vec<Bulk> = Vec::new();
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    names.sort();
    for name in names {
        let path = name.display().to_string();
        if path.ends_with("network-interfaces.json") {
            let open = move || Ok(Box::new(File::open(&name)?) as Box<dyn Read>);
            let open = Box::new(open);
            rows.push(Bulk { path, open });
        } else {
            let text = fs::read_to_string(&name).unwrap();
            texts.push(Source { path, text });
        }
    }
    let given = texts.iter().map(Given::Text);
    let given = given.chain(rows.iter().map(Given::Rows));
    import_given(given, Files::default()).unwrap()
}
