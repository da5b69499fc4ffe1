//! Listings of a folder, of which the longest are not held in memory, and how far they are read.

use super::Failure;
use super::files::{files, read, source};
use crate::import::{
    Bulk, Given, Imported, NotPlain, Source, begins_plainly, import, import_given,
};
use crate::model::Files;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// So many bytes of one file are held.
const HELD: u64 = 16 << 20;

/// So much of a file's beginning tells whether it is a plain list.
const BEGINNING: u64 = 4096;

/// A file of an import.
enum Found {
    Text(Source),
    Rows(Bulk),
}

impl Found {
    fn given(&self) -> Given<'_> {
        match self {
            Found::Text(source) => Given::Text(source),
            Found::Rows(bulk) => Given::Rows(bulk),
        }
    }
}

/// Imports the JSON below a folder.
pub(super) fn folder(path: &str) -> Result<Imported, Failure> {
    let all = files(path)?;
    let found: Result<Vec<Found>, Failure> = all.iter().map(|path| found(path)).collect();
    let found = found?;
    match import_given(found.iter().map(Found::given), Files::default()) {
        Ok(imported) => Ok(imported),
        Err(NotPlain) => {
            let text = |path: &PathBuf| Ok(source(path.display().to_string(), read(path)?));
            let sources: Result<Vec<Source>, Failure> = all.iter().map(text).collect();
            Ok(import(&sources?))
        }
    }
}

/// Imports a file that is a long list of interfaces; none: it is something else.
pub(super) fn file(path: &str) -> Option<Imported> {
    let bulk = rows(Path::new(path)).ok()??;
    import_given([Given::Rows(&bulk)], Files::default()).ok()
}

fn found(path: &Path) -> Result<Found, Failure> {
    // What cannot be opened is read once more, and said.
    match rows(path) {
        Ok(Some(bulk)) => Ok(Found::Rows(bulk)),
        Ok(None) | Err(_) => {
            let text = read(path)?;
            Ok(Found::Text(source(path.display().to_string(), text)))
        }
    }
}

/// A long file that begins as a list of interfaces.
fn rows(path: &Path) -> io::Result<Option<Bulk>> {
    let length = path.metadata()?.len();
    if length < HELD {
        return Ok(None);
    }
    let mut start = Vec::new();
    File::open(path)?.take(BEGINNING).read_to_end(&mut start)?;
    if !begins_plainly(&start) {
        return Ok(None);
    }
    let own = path.to_owned();
    let open = move || {
        let bar = ProgressBar::new(length);
        if let Ok(style) = ProgressStyle::with_template(
            "reading interfaces: {bytes} of {total_bytes} {wide_bar} {eta}",
        ) {
            bar.set_style(style);
        }
        let reader = bar.wrap_read(File::open(&own)?);
        Ok(Box::new(Shown(reader, bar)) as Box<dyn Read>)
    };
    Ok(Some(Bulk {
        path: path.display().to_string(),
        open: Box::new(open),
    }))
}

/// A reader whose progress is shown as long as it reads.
struct Shown<R>(R, ProgressBar);

impl<R: Read> Read for Shown<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<R> Drop for Shown<R> {
    fn drop(&mut self) {
        self.1.finish_and_clear();
    }
}
