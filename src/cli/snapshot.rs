//! Files of snapshots.

use super::Failure;
use crate::diagnostic::Diagnostic;
use crate::model::{self, Draft, Files, Origin, Stamp};
use crate::snapshot::{Opened, Refused, Snapshot, begins};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// The code of what is said of a snapshot that is older than its files.
pub(super) const STALE: &str = "stale-snapshot";

/// The snapshot in a file; none: it is something else.
pub(super) fn found(path: &str) -> Result<Option<Opened<File>>, Failure> {
    match starting(path) {
        Ok(Some(file)) => match Opened::new(file) {
            Ok(opened) => Ok(Some(opened)),
            Err(refusal) => Err(refused(path, &refusal)),
        },
        // What cannot be read is read once more as something else, and said.
        Ok(None) | Err(_) => Ok(None),
    }
}

fn starting(path: &str) -> io::Result<Option<File>> {
    let mut file = File::open(path)?;
    let mut start = Vec::new();
    Read::by_ref(&mut file).take(64).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(begins(&start).then_some(file))
}

/// Writes one.
pub(super) fn write(path: &str, snapshot: &Snapshot, draft: &Draft) -> Result<(), Failure> {
    let written = || {
        let mut to = BufWriter::new(File::create(path)?);
        snapshot.write(draft, &mut to)?;
        to.flush()
    };
    written().map_err(|e| Failure::Environment(format!("cannot write `{path}`: {e}")))
}

/// What the file of a path is now; none: there is none to be seen.
fn stamp(path: &str) -> Option<Stamp> {
    let file = fs::metadata(path).ok()?;
    let written = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((file.len(), u64::try_from(written.as_nanos()).ok()?))
}

/// Notes what the files are that a snapshot is made of, as far as they can be seen; of those that a
/// snapshot was read of it is noted.
pub(super) fn note(files: &mut Files) {
    for file in files.0.iter_mut().filter(|file| file.stamp.is_none()) {
        file.stamp = stamp(&file.name);
    }
}

/// That what a snapshot was made of is other now, where it still stands.
pub(super) fn stale(path: &str, source: &str, files: &Files) -> Option<Diagnostic> {
    let other = |own: &Stamp, name: &str| stamp(name).is_some_and(|now| now != *own);
    let mut all = files.0.iter();
    let written = all.find(|f| f.stamp.as_ref().is_some_and(|own| other(own, &f.name)));
    let message = match written.map(|file| &file.name) {
        Some(name) => format!("`{name}` has been written since `{path}` was made of it"),
        None => {
            let (name, what) = moved(source, files)?;
            format!("`{name}` has been {what} since `{path}` was made of `{source}`")
        }
    };
    let help = "what is answered is of before: make the snapshot anew";
    Some(Diagnostic::warning(STALE, "", &Origin::Unknown, message).help(help))
}

/// A file that has come to a folder since, or is gone from it, where any of the others still stands:
/// elsewhere the folder of that name is another.
fn moved(folder: &str, files: &Files) -> Option<(String, &'static str)> {
    let stands = |f: &model::File| f.stamp.is_some() && f.stamp == stamp(&f.name);
    if !Path::new(folder).is_dir() || !files.0.iter().any(stands) {
        return None;
    }
    let now = super::files::files(folder).ok()?;
    let now: BTreeSet<String> = now.iter().map(|p| p.display().to_string()).collect();
    let was: BTreeSet<&str> = files.0.iter().map(|f| f.name.as_str()).collect();
    let came = now.iter().find(|name| !was.contains(name.as_str()));
    let gone = was.iter().find(|name| !now.contains(**name));
    let came = came.map(|name| (name.clone(), "added"));
    came.or_else(|| gone.map(|name| ((*name).to_owned(), "removed")))
}

/// Why a file is not taken.
pub(super) fn refused(path: &str, refusal: &Refused) -> Failure {
    let text = format!("`{path}` {refusal}");
    match refusal {
        Refused::Unreadable(_) => Failure::Environment(text),
        Refused::Foreign | Refused::Damaged => Failure::Input(text),
    }
}
