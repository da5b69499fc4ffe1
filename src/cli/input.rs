//! An input opened: a scenario, or a folder or file of JSON to import.

use super::Outcome;
use crate::answer::{Ask, Checks, source};
use crate::aws::{Compiled, compile};
use crate::diagnostic::Diagnostic;
use crate::model::{Files, Network, Origin};
use std::fmt;
use std::path::Path;

/// Why a command could not do its work.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The input or the command line is wrong: a text for people, perhaps rendered diagnostics.
    Input(String),
    /// The environment failed.
    Environment(String),
}

impl Failure {
    /// The exit code it leads to.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Failure::Input(_) => Outcome::Wrong,
            Failure::Environment(_) => Outcome::Environment,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Input(text) | Failure::Environment(text) => f.write_str(text),
        }
    }
}

/// A flow and what must hold of it.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// Who sends, as [`source`] reads it.
    pub from: String,
    /// The destination's words.
    pub to: String,
    /// IP protocol.
    pub protocol: Option<u8>,
    /// Destination port.
    pub port: Option<u16>,
    /// Client ports.
    pub client_ports: Option<(u16, u16)>,
    /// What must hold.
    pub checks: Checks,
    /// Where it was written.
    pub origin: Origin,
}

impl Expectation {
    /// The question.
    ///
    /// # Errors
    /// A text for people, if there is no such sender.
    pub fn ask(&self, network: &Network) -> Result<Ask, String> {
        Ok(Ask {
            from: source(network, &self.from)?,
            to: self.to.clone(),
            protocol: self.protocol,
            port: self.port,
            client_ports: self.client_ports,
        })
    }
}

/// One network of an input: the file itself, or one of its cases.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What it is called.
    pub name: String,
    /// The network, and what it compiles to; none if it was refused.
    pub network: Option<(Network, Compiled)>,
    /// What building it found.
    pub diagnostics: Vec<Diagnostic>,
    /// What must hold of flows.
    pub expect: Vec<Expectation>,
    /// The errors that building it must give: `(code, at)`.
    pub refuse: Vec<(String, Option<String>)>,
}

impl Scene {
    /// A scene of a network.
    #[must_use]
    pub fn new(name: impl Into<String>, network: Option<Network>) -> Self {
        Self {
            name: name.into(),
            network: network.map(|network| {
                let compiled = compile(&network);
                (network, compiled)
            }),
            diagnostics: Vec::new(),
            expect: Vec::new(),
            refuse: Vec::new(),
        }
    }
}

/// An input opened.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// What it is called.
    pub name: String,
    /// The network itself first, then its cases.
    pub scenes: Vec<Scene>,
    /// The texts that origins point into.
    pub files: Files,
    /// What an import left out, for people.
    pub left_out: Vec<String>,
}

impl Input {
    /// The network that `trace` and `resolve` ask about.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn base(&self) -> Result<(&Network, &Compiled), Failure> {
        let Some(scene) = self.scenes.first() else {
            return Err(Failure::Input(format!("`{}` holds no network", self.name)));
        };
        match &scene.network {
            Some((network, compiled)) => Ok((network, compiled)),
            None => Err(Failure::Input(crate::diagnostic::render(
                &scene.diagnostics,
                &self.files,
            ))),
        }
    }
}

/// Opens an input: a folder or a `.json` file is imported, anything else is a scenario.
///
/// # Errors
/// What is wrong with the input, or with reading it.
pub fn open(path: &str) -> Result<Input, Failure> {
    if Path::new(path).is_dir() {
        let mut sources = Vec::new();
        folder(Path::new(path), &mut sources)?;
        if sources.is_empty() {
            return Err(Failure::Input(format!("`{path}` holds no `.json` file")));
        }
        return imported(path, &sources);
    }
    let text = read(Path::new(path))?;
    if Path::new(path).extension().is_some_and(|e| e == "json") {
        return imported(path, &[(path.to_owned(), text)]);
    }
    scenario(path, &text)
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| {
        let text = format!("cannot read `{}`: {e}", path.display());
        match e.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidData => Failure::Input(text),
            _ => Failure::Environment(text),
        }
    })
}

/// Every JSON file below a folder, by name.
fn folder(path: &Path, out: &mut Vec<(String, String)>) -> Result<(), Failure> {
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
        if is_dir {
            folder(&path, out)?;
        } else if path.extension().is_some_and(|e| e == "json") {
            out.push((path.display().to_string(), read(&path)?));
        }
    }
    Ok(())
}

/// Scenario text; `base:` is read beside it.
fn scenario(path: &str, text: &str) -> Result<Input, Failure> {
    let _ = text;
    Err(Failure::Input(format!(
        "`{path}`: scenario files cannot be read yet"
    )))
}

/// JSON texts, by path.
fn imported(path: &str, sources: &[(String, String)]) -> Result<Input, Failure> {
    let number = sources.len();
    Err(Failure::Input(format!(
        "`{path}`: {number} JSON files cannot be imported yet"
    )))
}
