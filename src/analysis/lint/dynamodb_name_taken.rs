//! DynamoDB's interface endpoints have no private DNS, and AWS advises against a zone of one's own in
//! its place: DynamoDB's names may change, and its requests then go elsewhere unnoticed
//! (`/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html`).

use super::Finding;
use crate::model::{Network, catalog};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, zone) in network
        .zones
        .iter()
        .filter(|(_, z)| z.private && !z.vpcs.is_empty())
    {
        let names = zone.records.iter().map(|r| (r.name.as_str(), &r.origin));
        let mut names = names.chain([(zone.domain.as_str(), &zone.origin)]);
        let taken = names.find(|(name, _)| {
            let owner = catalog::owner_of(name);
            owner.is_some_and(|(_, s)| matches!(s.name, "dynamodb" | "dynamodb-streams"))
                && !name.contains(".vpce.")
        });
        let Some((name, origin)) = taken else {
            continue;
        };
        out.push(Finding {
            at: zone.name.clone(),
            origin: origin.clone(),
            message: format!(
                "a private zone answers for `{name}`, and clients use other names of DynamoDB too"
            ),
            help: "give the clients the endpoint's own name, or use a gateway endpoint".to_owned(),
        });
    }
    out
}
