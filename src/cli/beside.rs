//! What a scenario names beside itself: the file it is merged over, the import it stands over.

use super::Failure;
use super::files::{is_scenario, listings, source, unpacked};
use crate::diagnostic::near;
use crate::import::{LeftOut, import_beside};
use crate::model::Files;
use crate::scenario::{Beside, Import, Loaded, NoImport, load_beside};
use std::cell::RefCell;
use std::path::{Component, Path, PathBuf};

/// Loads a scenario with what it names beside itself; and what an import of it left out.
#[must_use]
pub fn load(path: &str, text: &str) -> (Loaded, Vec<LeftOut>) {
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let left_out = RefCell::default();
    let beside = Beside {
        text: &|name| std::fs::read_to_string(folder.join(name)).map_err(|e| e.to_string()),
        import: &|name, files| import(&folder.join(name), files, &left_out),
    };
    let loaded = load_beside(path, text, &beside);
    (loaded, left_out.into_inner())
}

/// Imports what `network` names; what that leaves out joins `left_out`.
fn import(
    path: &Path,
    files: &mut Files,
    left_out: &RefCell<Vec<LeftOut>>,
) -> Result<Import, NoImport> {
    let path = plain(path);
    let shown = path.display().to_string();
    let no_import = |why: String, help: Option<String>| NoImport { why, help };
    if !path.exists() {
        return Err(no_import(
            "there is no such folder or file".to_owned(),
            meant(&path),
        ));
    }
    let failed = |f: Failure| no_import(f.to_string(), None);
    let mut sources = match path.is_dir() {
        true => listings(&shown).map_err(failed)?,
        false => vec![source(shown.clone(), unpacked(&shown).map_err(failed)?)],
    };
    let json =
        |s: &crate::import::Source| Path::new(&s.path).extension().is_some_and(|e| e == "json");
    // A scenario in JSON may lie among the listings that it stands over.
    sources.retain(|s| json(s) && !is_scenario(&s.text));
    if sources.is_empty() {
        let help = "a scenario is laid over another with `base`".to_owned();
        return Err(no_import(
            "this is no answer of `aws … describe-*`".to_owned(),
            Some(help),
        ));
    }
    let read = import_beside(&sources, std::mem::take(files));
    *files = read.files;
    left_out.borrow_mut().extend(read.left_out);
    Ok(Import {
        draft: read.draft,
        diagnostics: read.diagnostics,
    })
}

/// The path without steps that lead nowhere: `a/./b` is `a/b`.
fn plain(path: &Path) -> PathBuf {
    let all = path.components();
    let steps: PathBuf = all.filter(|c| *c != Component::CurDir).collect();
    match steps.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => steps,
    }
}

/// What there is beside it under a name that is near.
fn meant(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let names = entries.filter_map(|e| e.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    let near = near(wanted, names.iter().map(String::as_str))?;
    Some(format!("did you mean `{near}`?"))
}
