//! From a [`Draft`] to a [`Network`]: names looked up, AWS's rules checked.

mod addresses;
mod balancers;
mod belongs;
mod client_vpns;
mod down;
mod endpoints;
mod families;
mod implied;
mod index;
mod lookup;
mod noun;
mod outside;
mod policies;
mod private_dns;
mod regions;
mod report;
mod resolve;
mod resolver;
mod routes;
mod target_groups;
mod transit;
mod uniqueness;
mod zones;

use super::{Draft, Network};
use crate::diagnostic::{Diagnostic, Severity};
pub(super) use implied::computed_state;
pub(crate) use noun::Noun;
use report::Report;

/// What [`build`] made of a draft.
#[derive(Clone, Debug)]
pub struct Built {
    /// The network, if nothing is wrong with it.
    pub network: Option<Network>,
    /// Everything that is wrong or suspicious, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Looks up every name and checks what AWS would not allow.
#[must_use]
pub fn build(mut draft: Draft) -> Built {
    let mut report = Report::new(draft.world);
    resolve::resolve(&mut draft, &mut report);
    down::apply(&mut draft);
    uniqueness::check(&draft, &mut report);
    addresses::check(&draft, &mut report);
    routes::check(&draft, &mut report);
    endpoints::check(&draft, &mut report);
    regions::check(&draft, &mut report);
    families::check(&draft, &mut report);
    private_dns::check(&draft, &mut report);
    resolver::check(&draft, &mut report);
    zones::check(&draft, &mut report);
    client_vpns::check(&draft, &mut report);
    balancers::check(&draft, &mut report);
    target_groups::check(&draft, &mut report);
    belongs::check(&draft, &mut report);
    outside::check(&draft, &mut report);
    transit::check(&draft, &mut report);
    policies::check(&draft, &mut report);
    implied::local_routes(&mut draft);
    implied::endpoint_routes(&mut draft);
    implied::endpoint_states(&mut draft);
    transit::propagate(&mut draft);
    let diagnostics = report.finish();
    let sound = diagnostics.iter().all(|d| d.severity != Severity::Error);
    Built {
        network: sound.then(|| Network::new(draft)),
        diagnostics,
    }
}
