//! Files and folders, as the commands read them.

use super::Failure;
use crate::diagnostic::Diagnostic;
use crate::import::Source;
use crate::model::{Files, Origin};
use crate::scenario;
use std::path::{Path, PathBuf};

/// The texts of the JSON below a folder.
pub(super) fn listings(path: &str) -> Result<Vec<Source>, Failure> {
    let read = |file: &PathBuf| Ok(source(file.display().to_string(), read(file)?));
    files(path)?.iter().map(read).collect()
}

/// The files of JSON below a folder.
pub(super) fn files(path: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    folder(Path::new(path), JSON, &mut files)?;
    if files.is_empty() {
        return Err(Failure::Input(no_json(path)?));
    }
    packed(path)?;
    Ok(files)
}

pub(super) fn source(path: String, text: String) -> Source {
    Source { path, text }
}

/// The text of a file that holds no others.
pub(super) fn unpacked(path: &str) -> Result<String, Failure> {
    let ending = Path::new(path).extension().and_then(|e| e.to_str());
    if ending.is_some_and(|e| PACKED.contains(&e)) {
        let text = format!("`{path}`: packed files are not read, unpack it first");
        return Err(Failure::Input(text));
    }
    read(Path::new(path))
}

/// What `check` reads: the scenarios below a folder, by name; a folder of JSON, or a file, as it is.
pub(super) fn scenario_files(path: &str) -> Result<Vec<String>, Failure> {
    let mut files = Vec::new();
    if Path::new(path).is_dir() {
        folder(Path::new(path), YAML, &mut files)?;
    }
    if files.is_empty() {
        return Ok(vec![path.to_owned()]);
    }
    Ok(files.iter().map(|f| f.display().to_string()).collect())
}

const JSON: &[&str] = &["json"];
const YAML: &[&str] = &["yaml", "yml"];

/// Endings of files that hold others, packed.
const PACKED: &[&str] = &["gz", "bz2", "xz", "zst", "zip", "tar", "tgz", "7z"];

/// What is packed is not read, and not passed over.
fn packed(path: &str) -> Result<(), Failure> {
    let mut files = Vec::new();
    folder(Path::new(path), PACKED, &mut files)?;
    let Some(first) = files.first() else {
        return Ok(());
    };
    let more = match files.len() {
        1 => String::new(),
        several => format!(" and {} more", several - 1),
    };
    let first = first.display();
    Err(Failure::Input(format!(
        "`{first}`{more}: packed files are not read, unpack them first"
    )))
}

/// Why a folder is no import, and what was perhaps meant.
fn no_json(path: &str) -> Result<String, Failure> {
    packed(path)?;
    let mut scenarios = Vec::new();
    folder(Path::new(path), YAML, &mut scenarios)?;
    Ok(match scenarios.first() {
        Some(first) => format!(
            "`{path}` is a folder of scenarios: name one of them, such as `{}`",
            first.display()
        ),
        None => format!("`{path}` holds no `.json` file of `aws … describe-*`, and no scenario"),
    })
}

/// Whether JSON is a scenario: its first key is one of the grammar's, which are lower-case; AWS's
/// begin with a capital.
pub(super) fn is_scenario(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let key = text.strip_prefix('{').map(str::trim_start);
    let key = key.and_then(|t| t.strip_prefix('"')).unwrap_or_default();
    let key = key.split('"').next().unwrap_or_default();
    scenario::keys::is_top_level(key)
}

pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| {
        let text = format!("cannot read `{}`: {e}", path.display());
        match e.kind() {
            std::io::ErrorKind::NotFound => Failure::Input(text),
            _ => Failure::Environment(text),
        }
    })?;
    String::from_utf8(bytes).map_err(|e| not_utf8(path, &e))
}

/// Where a file stops being UTF-8, and what it probably is.
fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> Failure {
    let at = error.utf8_error().valid_up_to();
    let byte = error.as_bytes().get(at).copied().unwrap_or_default();
    let wide = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let kind = if wide { "UTF-16" } else { "another encoding" };
    let mut files = Files::default();
    let file = files.add(
        path.display().to_string(),
        String::from_utf8_lossy(error.as_bytes()),
    );
    let start = u32::try_from(at).unwrap_or(u32::MAX);
    let origin = Origin::Text {
        file,
        start,
        end: start.saturating_add(1),
    };
    let message = format!("this is not UTF-8: byte {byte:#04x}");
    let found = Diagnostic::error("not-utf-8", "", &origin, message);
    let found = found.help(format!("it looks like {kind}: save the file as UTF-8"));
    Failure::Input(crate::diagnostic::render(&[found], &files))
}

/// Every file below a folder with one of these endings, by name.
fn folder(path: &Path, endings: &[&str], out: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed =
        |e: std::io::Error| Failure::Environment(format!("cannot read `{}`: {e}", path.display()));
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        entries.push((entry.path(), kind.is_dir()));
    }
    entries.sort();
    for (path, is_dir) in entries {
        let ending = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        if is_dir {
            folder(&path, endings, out)?;
        } else if endings.contains(&ending) {
            out.push(path);
        }
    }
    Ok(())
}
