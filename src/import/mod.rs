//! `describe-*` JSON to [`Draft`].
//!
//! A file may have any name: what it holds is told by its top-level keys. Folders
//! `<account>/<region>/` in the path say whose it is. What is not in the files is not known.

mod balancers;
mod client_vpn;
mod direct_connect;
mod dump;
mod endpoints;
mod filters;
mod gaps;
mod gateways;
mod interfaces;
mod left_out;
mod node;
mod place;
mod policy;
mod public_access;
mod resolver;
mod routes;
mod sites;
mod targets;
mod transit;
mod vpcs;
mod vpn;
mod zones;

use crate::diagnostic::Diagnostic;
use crate::model::{Draft, Files, Listing, World};
use dump::Dump;
use node::Context;

/// A file to import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its relative path, as given.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// What the files say.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The nouns, naming each other by AWS ids; an open world.
    pub draft: Draft,
    /// The files that origins point into.
    pub files: Files,
    /// What is wrong or suspicious.
    pub diagnostics: Vec<Diagnostic>,
    /// What the files hold and the draft does not.
    pub left_out: Vec<LeftOut>,
}

/// Something that was in the files and is not in the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What it is, e.g. `transit gateways`.
    pub what: String,
    /// Why it was left out.
    pub why: String,
    /// How many there are.
    pub count: usize,
    /// Whether it could change a verdict.
    pub matters: bool,
}

/// Reads the answers of `aws ... describe-*`, in any number of files.
#[must_use]
pub fn import(sources: &[Source]) -> Imported {
    let context = Context::default();
    let mut files = Files::default();
    let documents = dump::parse(sources, &mut files, &context);
    let mut draft = Draft {
        world: World::Open,
        ..Draft::default()
    };
    let dump = Dump::new(&documents, &context);
    draft.region = place::default_region(&dump);
    draft.unlisted = Listing::ALL
        .iter()
        .copied()
        .filter(|l| !dump.lists(*l))
        .collect();
    left_out::listings(&dump);
    vpcs::read(&dump, &mut draft);
    gateways::read(&dump, &mut draft);
    let open = vpn::read(&dump, &mut draft);
    routes::read(&dump, &mut draft);
    transit::read(&dump, &mut draft, &open);
    transit::nameless(&dump);
    filters::read(&dump, &mut draft);
    interfaces::read(&dump, &mut draft);
    client_vpn::read(&dump, &mut draft);
    endpoints::read(&dump, &mut draft);
    balancers::read(&dump, &mut draft);
    targets::read(&dump, &mut draft);
    let zones = zones::read(&dump, &mut draft);
    resolver::read(&dump, &mut draft, &zones);
    gaps::note(&dump, &mut draft);
    left_out::rest(&dump);
    drop(dump);
    let (diagnostics, left_out) = context.finish();
    Imported {
        draft,
        files,
        diagnostics,
        left_out,
    }
}
