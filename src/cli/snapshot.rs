//! Files of snapshots.

use super::Failure;
use crate::model::Draft;
use crate::snapshot::{Opened, Refused, Snapshot, begins};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};

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

/// Why a file is not taken.
pub(super) fn refused(path: &str, refusal: &Refused) -> Failure {
    let text = format!("`{path}` {refusal}");
    match refusal {
        Refused::Unreadable(_) => Failure::Environment(text),
        Refused::Foreign | Refused::Damaged => Failure::Input(text),
    }
}
