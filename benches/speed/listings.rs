//! Listings written, and loaded again.

use super::machine::{peak, resident, worked};
use super::worlds::estate::Estate;
use reachability::aws::compile;
use reachability::import::{Bulk, Given, Imported, Source, import_given};
use reachability::model::{Files, build};
use reachability::snapshot::{Opened, Snapshot};
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

/// Loads and compiles a folder; gives the number of interfaces. Says, if asked, what it took up to
/// the end of each part.
pub fn load(folder: &Path, tell: bool) -> usize {
    let say = |what: &str| {
        if tell {
            let (worked, resident, peak) = (worked(), resident(), peak());
            println!("{what:<10} {worked:>7.2} s  {resident:>7.0} MiB, {peak:>7.0} MiB at most");
        }
    };
    let read = read(folder);
    say("imported");
    let network = build(read.draft).network.unwrap();
    say("built");
    let compiled = compile(&network);
    say("compiled");
    assert!(compiled.fabric.nodes.len() >= network.interfaces.len());
    network.interfaces.len()
}

/// Where a folder's snapshot is.
const SNAPSHOT: &str = "snapshot";

/// Keeps a snapshot of a folder in it.
pub fn keep(folder: &Path) {
    let read = read(folder);
    let draft = read.draft.clone();
    let network = build(read.draft).network.unwrap();
    let compiled = compile(&network);
    let snapshot = Snapshot {
        network,
        compiled,
        diagnostics: Vec::new(),
        files: read.files,
        left_out: read.left_out,
        source: folder.display().to_string(),
    };
    let mut to = BufWriter::new(File::create(folder.join(SNAPSHOT)).unwrap());
    snapshot.write(&draft, &mut to).unwrap();
    to.flush().unwrap();
}

/// Reads it back.
pub fn reload(folder: &Path) -> Snapshot {
    let mut opened = Opened::new(File::open(folder.join(SNAPSHOT)).unwrap()).unwrap();
    opened.snapshot().unwrap()
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
        } else if path.ends_with(".json") {
            let text = fs::read_to_string(&name).unwrap();
            texts.push(Source { path, text });
        }
    }
    let given = texts.iter().map(Given::Text);
    let given = given.chain(rows.iter().map(Given::Rows));
    import_given(given, Files::default()).unwrap()
}
