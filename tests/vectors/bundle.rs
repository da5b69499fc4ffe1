//! The bundled scenarios, as these tests look at them.

use reachability::answer::Verdict;
use reachability::cli;
use reachability::scenario::{Case, expect::Expect};
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

/// A test vector: page and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Vector {
    pub(crate) page: Page,
    pub(crate) number: u16,
}

/// The pages of the specification that have vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Page {
    /// Forwarding, filters, NAT, peering, load balancers.
    Forwarding,
    /// Endpoints, names, endpoint services.
    Endpoints,
}

impl Page {
    pub(crate) const ALL: [Page; 2] = [Page::Forwarding, Page::Endpoints];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Page::Forwarding => "vpc-forwarding",
            Page::Endpoints => "endpoints-and-dns",
        }
    }

    /// How many vectors it has.
    pub(crate) fn len(self) -> u16 {
        match self {
            Page::Forwarding => 120,
            Page::Endpoints => 88,
        }
    }
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.page.name(), self.number)
    }
}

/// `page#number`.
fn vector(text: &str) -> Option<Vector> {
    let (page, number) = text.split_once('#')?;
    let page = Page::ALL.into_iter().find(|p| p.name() == page)?;
    let number = number.parse().ok()?;
    (1..=page.len())
        .contains(&number)
        .then_some(Vector { page, number })
}

/// Folders whose scenarios have tests of their own: the manual's, and those a comparison has kept.
const OTHERS: &[&str] = &["codes", "differential"];

/// A scenario file.
pub(crate) struct File {
    /// Its path below `scenarios/`.
    pub(crate) path: String,
    /// The file itself, then its cases.
    pub(crate) scenes: Vec<Scene>,
}

/// A network and what is asked of it.
pub(crate) struct Scene {
    pub(crate) name: String,
    /// Its `why`; of the file itself its `about`.
    pub(crate) why: String,
    /// The scene it edits.
    pub(crate) after: Option<usize>,
    /// Whether it edits nothing.
    pub(crate) same: bool,
    pub(crate) asks: Vec<Asked>,
    /// Whether loading must fail.
    pub(crate) refused: bool,
    /// What its `cite` and those of its expectations name.
    pub(crate) cites: BTreeSet<Vector>,
}

/// An expectation.
pub(crate) struct Asked {
    /// Who asks whom.
    pub(crate) flow: (String, String),
    pub(crate) verdict: Option<Verdict>,
    pub(crate) why: String,
    /// Its own and its scene's.
    pub(crate) cites: BTreeSet<Vector>,
    /// Whether it states a verdict and nothing that tells how it came about.
    pub(crate) bare: bool,
}

impl Asked {
    /// Delivers, at least sometimes.
    pub(crate) fn delivers(&self) -> bool {
        use Verdict::{Internet, Mixed, Private};
        matches!(self.verdict, Some(Private | Internet | Mixed))
    }

    /// Refuses, at least sometimes.
    pub(crate) fn refuses(&self) -> bool {
        use Verdict::{Denied, Mixed, Unreachable};
        matches!(self.verdict, Some(Denied | Unreachable | Mixed))
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn paths(folder: &Path, out: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut entries: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            paths(&path, out);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            out.push(path);
        }
    }
}

/// Every bundled scenario, by path.
pub(crate) fn files() -> Vec<File> {
    let root = root();
    let mut all = Vec::new();
    paths(&root, &mut all);
    let own = |path: &&PathBuf| {
        OTHERS
            .iter()
            .all(|other| !path.starts_with(root.join(other)))
    };
    all.iter()
        .filter(own)
        .map(|path| file(&root, path))
        .collect()
}

fn file(root: &Path, path: &Path) -> File {
    let text = std::fs::read_to_string(path).unwrap();
    let (loaded, _) = cli::load(&path.display().to_string(), &text);
    let path = path.strip_prefix(root).unwrap().display().to_string();
    let Some(found) = loaded.scenario else {
        panic!("{path}: {:#?}", loaded.diagnostics);
    };
    let about = found.about.clone().unwrap_or_default();
    let cases = &found.cases;
    let scenes = cases.iter().map(|c| scene(c, cases, &path, &about));
    File {
        scenes: scenes.collect(),
        path,
    }
}

fn scene(case: &Case, all: &[Case], path: &str, about: &str) -> Scene {
    let own = cites(&case.cite, path);
    let asks: Vec<Asked> = case.expect.iter().map(|e| asked(e, &own, path)).collect();
    let mut cites = own;
    cites.extend(asks.iter().flat_map(|a| a.cites.iter().copied()));
    Scene {
        name: case.name.clone(),
        why: case.why.clone().unwrap_or_else(|| match case.after {
            Some(_) => String::new(),
            None => about.to_owned(),
        }),
        after: case.after,
        same: case.after.is_some_and(|p| all[p].draft == case.draft),
        refused: !case.refuse.is_empty(),
        cites,
        asks,
    }
}

fn asked(expect: &Expect, scene: &BTreeSet<Vector>, path: &str) -> Asked {
    let checks = &expect.checks;
    let mut all = cites(&expect.cite, path);
    all.extend(scene);
    Asked {
        flow: (format!("{:?}", expect.from), expect.to.clone()),
        verdict: checks
            .verdict
            .as_deref()
            .map(|v| Verdict::parse(v).unwrap()),
        why: expect.why.clone().unwrap_or_default(),
        cites: all,
        bare: checks.is_bare(),
    }
}

fn cites(texts: &[String], path: &str) -> BTreeSet<Vector> {
    let known = |t: &String| vector(t).unwrap_or_else(|| panic!("{path} cites `{t}`"));
    texts.iter().map(known).collect()
}
