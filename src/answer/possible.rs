//! What else a question may mean, where the input leaves something open (semantics S3).

use super::names::Lookup;
use super::question::{Ask, From};
use super::verdict::Part;
use crate::aws::Resolution;
use crate::model::{Gap, Network, Os, Role, Unseen};

/// Another reading of a question, and the datum that would rule it out.
pub(super) struct Possible {
    pub(super) found: Option<Lookup>,
    pub(super) client_ports: Option<(u16, u16)>,
    pub(super) lack: String,
    pub(super) part: Part,
}

/// Every other reading: what else the name may come to, which system the source may run.
pub(super) fn possible(network: &Network, ask: &Ask, found: Option<&Lookup>) -> Vec<Possible> {
    let mut out = Vec::new();
    if let Some(found) = found {
        for (outcome, lack) in &found.resolution.otherwise {
            out.push(Possible {
                found: Some(Lookup {
                    resolution: Resolution {
                        outcome: outcome.clone(),
                        missing: Vec::new(),
                        ..found.resolution.clone()
                    },
                    queries: found.queries.clone(),
                }),
                client_ports: None,
                lack: lack.clone(),
                part: Part::Dns,
            });
        }
    }
    if let (Some(lack), None) = (system_not_said(network, ask), ask.client_ports) {
        out.extend([Os::Linux, Os::Windows].map(|os| Possible {
            found: None,
            client_ports: Some(os.client_ports()),
            lack: lack.clone(),
            part: Part::Out,
        }));
    }
    out
}

/// Why it is not known which system an instance runs, which decides its client ports.
fn system_not_said(network: &Network, ask: &Ask) -> Option<String> {
    let (From::Interface(id) | From::Address(id, _)) = ask.from else {
        return None;
    };
    let Role::Instance(instance) = &network.interfaces[id].role else {
        return None;
    };
    let gap = instance.id().map(Gap::Running);
    let unseen = match gap {
        Some(gap) => network.gap(gap),
        None => instance.unseen().map(|u| &network.unseen[u]),
    };
    unseen.map(Unseen::text)
}
