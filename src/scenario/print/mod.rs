//! From a [`Network`] back to the text of a scenario, as a person would have written it.
//!
//! The table of keys says in which order keys stand, what need not be said because it is the
//! default, and which maps have a line for each of their entries. Loading what is printed gives
//! the same network again (`tests/printing.rs`).
//!
//! An import can hold what no scenario can say: what it names and does not contain, and kinds that
//! the grammar does not have yet. That is listed in [`Printed::unsaid`] and in comments at the head
//! of the text, for the text outlives the list: a scenario says that nothing else exists.

mod account;
mod balancer;
mod client_vpn;
mod doc;
mod endpoint;
mod filter;
mod interface;
mod names;
mod open;
mod outside;
mod patch;
mod policy;
mod resolver;
mod route;
mod transit;
mod vpc;
mod yaml;

use crate::model::{Id, Meaning, Network, Noun, Ref, Vpc, World};
use doc::{Doc, Map};
use indexmap::IndexMap;
use names::Names;
pub use patch::patch;
use std::fmt::Write as _;

/// A network as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// A scenario.
    pub text: String,
    /// What the network holds and the text does not say.
    pub unsaid: Vec<Unsaid>,
}

/// Something that a scenario cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaid {
    /// What it is, and why it is not said.
    pub what: String,
    /// What it was about, `vpc/name` for most.
    pub at: Vec<String>,
    /// Whether it could change a verdict.
    pub matters: bool,
}

impl std::fmt::Display for Unsaid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const SHOWN: usize = 3;
        f.write_str(&self.what)?;
        let shown: Vec<&str> = self.at.iter().take(SHOWN).map(String::as_str).collect();
        if !shown.is_empty() {
            write!(f, " [{}", shown.join(", "))?;
            if let Some(more @ 1..) = self.at.len().checked_sub(SHOWN) {
                write!(f, " and {more} more")?;
            }
            f.write_char(']')?;
        }
        Ok(())
    }
}

/// Writes a network as a scenario called `name`.
#[must_use]
pub fn print(network: &Network, name: &str) -> Printed {
    let mut printer = Printer::new(network);
    let root = printer.root(name);
    printer.open_world();
    let unsaid: Vec<Unsaid> = printer
        .unsaid
        .into_iter()
        .map(|((what, matters), at)| Unsaid { what, at, matters })
        .collect();
    let mut text = head(&unsaid);
    yaml::write(&root, yaml::WIDTH, &mut text);
    Printed { text, unsaid }
}

/// The comments at the head: what could change a verdict.
fn head(unsaid: &[Unsaid]) -> String {
    let mut out = String::new();
    for one in unsaid.iter().filter(|u| u.matters) {
        if out.is_empty() {
            out.push_str(
                "# A scenario cannot say, so that flows which hang on it may end otherwise:\n",
            );
        }
        let line = one.to_string().replace(|c: char| c.is_control(), " ");
        let _ = writeln!(out, "#   {line}");
    }
    out
}

/// A printing under way.
struct Printer<'n> {
    network: &'n Network,
    names: Names,
    /// What, and whether it matters, to the components concerned.
    unsaid: IndexMap<(String, bool), Vec<String>>,
}

impl<'n> Printer<'n> {
    fn new(network: &'n Network) -> Self {
        Self {
            network,
            names: Names::new(network),
            unsaid: IndexMap::new(),
        }
    }
}

impl Printer<'_> {
    /// Notes what could change a verdict and is not said.
    fn lost(&mut self, what: impl Into<String>, at: impl Into<String>) {
        self.note(what, at, true);
    }

    fn note(&mut self, what: impl Into<String>, at: impl Into<String>, matters: bool) {
        let places = self.unsaid.entry((what.into(), matters)).or_default();
        let at = at.into();
        if !at.is_empty() && places.last() != Some(&at) {
            places.push(at);
        }
    }

    /// The words for what a reference means, as said inside a VPC or outside of all; none if the
    /// text does not have it, which is noted.
    fn word<T: Noun>(&mut self, r: &Ref<T>, inside: Option<Id<Vpc>>, at: &str) -> Option<String> {
        let network = self.network;
        let id = match r.to {
            Meaning::Known(id) => id,
            Meaning::Unseen(unseen) => {
                self.lost(network.unseen[unseen].text(), at);
                return None;
            }
            Meaning::Pending => return None,
        };
        let noun = &T::arena(network)[id];
        let Some(name) = self.names.of(id) else {
            self.lost(format!("{} {}", T::KIND, noun.name()), at);
            return None;
        };
        let vpc = noun.vpc(network).filter(|_| T::SCOPED);
        // The user's own words, which may be an AWS id, where they still mean the same.
        if network.world == World::Closed && name == noun.name() {
            let own = inside.map(|v| format!("{}/", network.vpcs[v].name));
            let bare = own.and_then(|own| r.text.strip_prefix(&own));
            return Some(bare.unwrap_or(&r.text).to_owned());
        }
        Some(match vpc.filter(|v| Some(*v) != inside) {
            Some(vpc) => format!("{}/{name}", self.names.of(vpc).unwrap_or_default()),
            None => name.to_owned(),
        })
    }

    /// The words for several.
    fn words<T: Noun>(&mut self, refs: &[Ref<T>], inside: Option<Id<Vpc>>, at: &str) -> Vec<Doc> {
        let words = refs.iter().filter_map(|r| self.word(r, inside, at));
        words.map(Doc::Text).collect()
    }

    /// `vpc/name`, as reports say it.
    fn label<T: Noun>(&self, id: Id<T>) -> String {
        T::arena(self.network)[id].label(self.network)
    }

    fn root(&mut self, name: &str) -> Map {
        let network = self.network;
        let mut root = Map::of("scenario");
        root.text("name", name);
        root.text("region", &network.region);
        let account = account(network);
        if account != super::lower::ACCOUNT {
            root.quoted("account", account);
        }
        root.map("accounts", self.accounts());
        self.outside(&mut root);
        let transit = self.transit_gateways(account);
        root.map("transit_gateways", transit);
        self.policies(&mut root, account);
        let mut vpcs = Map::free();
        for (id, _) in network.vpcs.iter() {
            if let Some(name) = self.names.of(id).map(str::to_owned) {
                let vpc = self.vpc(id, account);
                vpcs.push(&name, Doc::Map(vpc));
            }
        }
        root.map("vpcs", vpcs);
        root
    }
}

/// The account of VPCs that state none.
fn account(network: &Network) -> &str {
    let mut accounts = network.vpcs.iter().map(|(_, v)| v.account.as_str());
    match accounts.next() {
        Some(first) if accounts.all(|a| a == first) => first,
        _ => super::lower::ACCOUNT,
    }
}
