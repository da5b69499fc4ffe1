//! An input opened: a scenario, or a folder or file of JSON to import.

use super::files::{is_scenario, source, unpacked};
use super::snapshot::{self, refused};
use super::{Outcome, load, long};
use crate::answer::{self, Answer, Ask, Checks, From, answer, may_reset, since};
use crate::aws::{Compiled, Host, compile};
use crate::diagnostic::{Diagnostic, Severity};
use crate::import::{self, Imported, LeftOut};
use crate::model::{self, Draft, Files, Network, Origin, catalog};
use crate::property::Property;
use crate::scenario::Case;
use crate::scenario::expect::{Protocol, Source};
use crate::snapshot::Opened;
use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;

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
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Who sends.
    pub from: Source,
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
    /// Whether something is expected to be reached.
    #[must_use]
    pub fn reaches(&self) -> bool {
        self.checks.verdict.as_deref() != Some("unreachable")
    }

    /// The question.
    ///
    /// # Errors
    /// A text for people, if there is no such sender.
    pub fn ask(&self, network: &Network) -> Result<Ask, String> {
        Ok(Ask {
            from: from(network, &self.from)?,
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
    /// The scene of whose network this one's is a later state, by number.
    pub before: Option<usize>,
    /// The network; none if it was refused.
    pub network: Option<Network>,
    /// What it compiles to, once somebody asks: of a file's many cases a trace asks one.
    compiled: OnceLock<Compiled>,
    /// What building it found.
    pub diagnostics: Vec<Diagnostic>,
    /// What must hold of flows.
    pub expect: Vec<Expectation>,
    /// The errors that building it must give: `(code, at)`.
    pub refuse: Vec<(String, Option<String>)>,
    /// What `lint` must find: `(code, at)`; none: nobody says.
    pub lints: Option<Vec<(String, Option<String>)>>,
    /// What must hold of many flows.
    pub properties: Vec<Property>,
    /// The network before it was built, if the input was opened to be edited.
    pub draft: Option<Draft>,
}

impl Scene {
    /// A scene of a network.
    #[must_use]
    pub fn new(name: impl Into<String>, network: Option<Network>) -> Self {
        Self {
            name: name.into(),
            before: None,
            network,
            compiled: OnceLock::new(),
            diagnostics: Vec::new(),
            expect: Vec::new(),
            refuse: Vec::new(),
            lints: None,
            properties: Vec::new(),
            draft: None,
        }
    }

    /// The network and what it compiles to.
    #[must_use]
    pub fn compiled(&self) -> Option<(&Network, &Compiled)> {
        let network = self.network.as_ref()?;
        Some((network, self.compiled.get_or_init(|| compile(network))))
    }

    /// The same, to keep.
    #[must_use]
    pub fn made(self) -> Option<(Network, Compiled)> {
        self.compiled()?;
        self.network.zip(self.compiled.into_inner())
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
    /// What an import left out.
    pub left_out: Vec<LeftOut>,
}

impl Input {
    /// The network that `trace` and `resolve` ask about.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn base(&self) -> Result<(&Network, &Compiled), Failure> {
        self.network_of(self.scene(None)?)
    }

    /// The network of a case, by its name or the beginning of it, with switches set, for questions
    /// about destinations; without a name, the file's own.
    ///
    /// # Errors
    /// What is wrong with it, or that there is no such case.
    pub fn case(
        &self,
        name: Option<&str>,
        assume: &[(String, bool)],
        about: &[&str],
    ) -> Result<(Cow<'_, Network>, Cow<'_, Compiled>), Failure> {
        let (network, compiled) = self.network_of(self.scene(name)?)?;
        let regions = about.iter().filter_map(|to| catalog::region_of(to));
        let mut regions: Vec<String> = regions.filter(|r| !compiled.has_region(r)).collect();
        regions.sort();
        regions.dedup();
        if assume.is_empty() && regions.is_empty() {
            return Ok((Cow::Borrowed(network), Cow::Borrowed(compiled)));
        }
        let own = network.clone();
        let mut set = regions.iter().fold(own, |n, r| n.speaking_of(r));
        for (name, on) in assume {
            set = set.assuming(name, *on);
        }
        let compiled = compile(&set);
        Ok((Cow::Owned(set), Cow::Owned(compiled)))
    }

    /// The scene of a case, by its name or the beginning of it, or the file's own; its network can
    /// be used.
    ///
    /// # Errors
    /// What is wrong with it, or that there is no such case.
    pub fn scene(&self, name: Option<&str>) -> Result<&Scene, Failure> {
        let own = || Failure::Input(format!("`{}` holds no network", self.name));
        let scene = match name {
            Some(name) => self.named(name)?,
            None => self.scenes.first().ok_or_else(own)?,
        };
        self.network_of(scene)?;
        Ok(scene)
    }

    fn named(&self, name: &str) -> Result<&Scene, Failure> {
        let cases = || self.scenes.iter().skip(1);
        let exact = cases().find(|s| s.name == name);
        let mut begins = cases().filter(|s| s.name.starts_with(name));
        match (exact, begins.next(), begins.next()) {
            (Some(scene), ..) | (None, Some(scene), None) => Ok(scene),
            (None, Some(a), Some(b)) => Err(Failure::Input(format!(
                "`{name}` begins the names of several cases: `{}`, `{}`",
                a.name, b.name
            ))),
            (None, None, _) if cases().next().is_none() => {
                Err(Failure::Input(format!("`{}` has no cases", self.name)))
            }
            (None, None, _) => {
                let names: Vec<String> = cases().map(|s| format!("\n  {}", s.name)).collect();
                Err(Failure::Input(format!(
                    "`{}` has no case named `{name}`; it has{}",
                    self.name,
                    names.concat()
                )))
            }
        }
    }

    /// The answer to an expectation's question, in a scene of this input; in a later state of a
    /// network it says what became of open connections.
    ///
    /// # Errors
    /// A text for people, if the question means nothing in this network.
    pub fn answer(&self, scene: &Scene, expected: &Expectation) -> Result<Answer, String> {
        let (network, compiled) = scene.compiled().ok_or("there is no network")?;
        let mut out = answer(network, compiled, &expected.ask(network)?)?;
        let before = scene.before.and_then(|number| self.scenes.get(number));
        let before = before.filter(|_| may_reset(&out)).and_then(Scene::compiled);
        if let Some((network, compiled)) = before
            && let Ok(was) = expected
                .ask(network)
                .and_then(|ask| answer(network, compiled, &ask))
        {
            since(&was, &mut out);
        }
        Ok(out)
    }

    fn network_of<'a>(&'a self, scene: &'a Scene) -> Result<(&'a Network, &'a Compiled), Failure> {
        match scene.compiled() {
            Some(both) => Ok(both),
            None => Err(Failure::Input(crate::diagnostic::render(
                &scene.diagnostics,
                &self.files,
            ))),
        }
    }
}

/// Opens an input: a folder of JSON, or a `.json` file that is no scenario, is imported; anything
/// else is a scenario.
///
/// # Errors
/// What is wrong with the input, or with reading it.
pub fn open(path: &str) -> Result<Input, Failure> {
    open_and(path, false)
}

/// Opens an input, and keeps each network as it was before it was built: edits are made in that.
///
/// # Errors
/// What is wrong with the input, or with reading it.
pub fn open_to_edit(path: &str) -> Result<Input, Failure> {
    open_and(path, true)
}

/// Opens an input; `edit`: and keeps drafts.
fn open_and(path: &str, edit: bool) -> Result<Input, Failure> {
    if Path::new(path).is_dir() {
        return imported(path, long::folder(path)?, edit);
    }
    if let Some(kept) = snapshot::found(path)? {
        return snapshot_of(path, kept, edit);
    }
    let json = Path::new(path).extension().is_some_and(|e| e == "json");
    if let Some(read) = json.then(|| long::file(path)).flatten() {
        return imported(path, read, edit);
    }
    let text = unpacked(path)?;
    if json && !is_scenario(&text) {
        let read = import::import(&[source(path.to_owned(), text)]);
        return imported(path, read, edit);
    }
    scenario(path, &text, edit)
}

/// Scenario text.
fn scenario(path: &str, text: &str, edit: bool) -> Result<Input, Failure> {
    let (loaded, left_out) = load(path, text);
    let Some(read) = loaded.scenario else {
        let text = crate::diagnostic::render(&loaded.diagnostics, &loaded.files);
        return Err(Failure::Input(text));
    };
    let scenes = read.cases.into_iter().map(|case| scene(case, edit));
    let mut scenes: Vec<Scene> = scenes.collect();
    if let Some(own) = scenes.first_mut() {
        own.diagnostics.splice(0..0, loaded.diagnostics);
    }
    Ok(Input {
        name: path.to_owned(),
        scenes,
        files: loaded.files,
        left_out,
    })
}

fn scene(case: Case, edit: bool) -> Scene {
    let draft = edit.then(|| case.draft.clone());
    let built = model::build(case.draft);
    let mut diagnostics = case.diagnostics;
    diagnostics.extend(built.diagnostics);
    let sound = !diagnostics.iter().any(|d| d.severity == Severity::Error);
    let expect = case.expect.into_iter().map(|e| Expectation {
        from: e.from,
        to: e.to,
        protocol: e.protocol.and_then(|p| match p {
            Protocol::Number(number) => Some(number),
            Protocol::Any => None,
        }),
        port: e.port,
        client_ports: e.client_ports,
        checks: e.checks,
        origin: e.origin,
    });
    let expect: Vec<Expectation> = expect.collect();
    let mut regions: Vec<String> = expect
        .iter()
        .map(|e| e.to.as_str())
        .chain(case.properties.iter().flat_map(Property::words))
        .filter_map(catalog::region_of)
        .collect();
    regions.sort();
    regions.dedup();
    let network = built.network.filter(|_| sound);
    let network = network.map(|n| regions.iter().fold(n, |n, r| n.speaking_of(r)));
    Scene {
        before: case.after.filter(|_| case.follows),
        draft,
        diagnostics,
        expect,
        properties: case.properties,
        refuse: case.refuse.into_iter().map(|r| (r.code, r.at)).collect(),
        lints: case
            .lints
            .map(|all| all.into_iter().map(|r| (r.code, r.at)).collect()),
        ..Scene::new(case.name, network)
    }
}

/// What JSON says.
fn imported(path: &str, read: Imported, edit: bool) -> Result<Input, Failure> {
    if read
        .diagnostics
        .iter()
        .any(|d| d.severity == Severity::Error)
    {
        let text = crate::diagnostic::render(&read.diagnostics, &read.files);
        return Err(Failure::Input(text));
    }
    let draft = edit.then(|| read.draft.clone());
    let built = model::build(read.draft);
    let mut scene = Scene::new(path, built.network);
    scene.draft = draft;
    scene.diagnostics = read.diagnostics;
    scene.diagnostics.extend(built.diagnostics);
    Ok(Input {
        name: path.to_owned(),
        scenes: vec![scene],
        files: read.files,
        left_out: read.left_out,
    })
}

/// What a snapshot keeps.
fn snapshot_of(path: &str, mut kept: Opened<File>, edit: bool) -> Result<Input, Failure> {
    let read = kept.snapshot().map_err(|e| refused(path, &e))?;
    let mut scene = Scene::new(path, Some(read.network));
    scene.compiled = read.compiled.into();
    scene.diagnostics = read.diagnostics;
    scene
        .diagnostics
        .extend(snapshot::stale(path, &read.source, &read.files));
    if edit {
        scene.draft = Some(kept.draft().map_err(|e| refused(path, &e))?);
    }
    Ok(Input {
        name: path.to_owned(),
        scenes: vec![scene],
        files: read.files,
        left_out: read.left_out,
    })
}

/// The sender that an expectation names.
fn from(network: &Network, who: &Source) -> Result<From, String> {
    match who {
        Source::Component(text) => answer::source(network, text),
        Source::Internet(ip) => {
            let mut known = network.internet_hosts.iter();
            let known = known.find(|(_, h)| h.addresses().any(|own| own == *ip));
            Ok(From::Host(Host::Internet(known.map(|(id, _)| id)), *ip))
        }
        Source::Site { site, ip } => {
            let found = network.sites.iter().find(|(_, s)| s.name == *site);
            let (id, _) = found.ok_or_else(|| format!("no on-premises network named `{site}`"))?;
            Ok(From::Host(Host::Site(id), *ip))
        }
        Source::VpcIp { vpc, ip } => {
            let found = network.vpcs.iter().find(|(_, v)| v.name == *vpc);
            let (id, _) = found.ok_or_else(|| format!("no VPC named `{vpc}`"))?;
            Ok(From::in_vpc(network, id, *ip))
        }
    }
}

/// `switch=true` on the command line.
pub(super) fn assumption(text: &str) -> Result<(String, bool), String> {
    let (name, position) = text.split_once('=').unwrap_or((text, ""));
    if model::switch(name).is_none() {
        let names: Vec<&str> = model::SWITCHES.iter().map(|s| s.name).collect();
        return Err(format!("there is no switch `{name}`: {}", names.join(", ")));
    }
    match position {
        "true" => Ok((name.to_owned(), true)),
        "false" => Ok((name.to_owned(), false)),
        _ => Err(format!("write `{name}=true` or `{name}=false`")),
    }
}

/// The flow in the words of the file.
pub(super) fn flow(expected: &Expectation) -> String {
    format!("{} → {}", who(&expected.from), expected.to)
}

/// The sender in the words of the file.
pub(super) fn who(from: &Source) -> String {
    match from {
        Source::Component(text) => text.clone(),
        Source::Internet(ip) => ip.to_string(),
        Source::Site { site, ip } => format!("{site} {ip}"),
        Source::VpcIp { vpc, ip } => format!("{vpc} {ip}"),
    }
}
