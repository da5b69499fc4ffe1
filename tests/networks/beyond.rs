//! Endpoints of which something is not known: what a resource endpoint leads to, and whether what enters
//! a VPC that admits no clear text is TLS.

use super::proxies::ask;
use super::{Flow, Genes};
use reachability::model::*;

/// Makes resource endpoints of some that lead to AWS's services, has some VPCs enforce encryption, and
/// asks for endpoints and load balancers.
pub fn beyond(draft: &mut Draft, genes: &mut Genes, count: usize) -> Vec<Flow> {
    let endpoints = draft.endpoints.iter().map(|(_, e)| e.clone());
    let changed = endpoints.map(|mut endpoint| {
        let interface = matches!(endpoint.kind, EndpointKind::Interface(_));
        let ours = matches!(endpoint.target, EndpointTarget::Aws(..));
        if interface && ours && genes.chance(50) {
            endpoint.target = EndpointTarget::Unmodelled(Behind::Resource, "store".into());
        }
        endpoint
    });
    draft.endpoints = changed.collect::<Vec<_>>().into();
    let vpcs = draft.vpcs.iter().map(|(_, v)| v.clone());
    let changed = vpcs.map(|mut vpc| {
        if genes.chance(60) {
            vpc.encryption = Some(EncryptionControls {
                enforced: genes.chance(75),
                excluded: Excludable::ALL.to_vec(),
                origin: Origin::Unknown,
            });
        }
        vpc
    });
    draft.vpcs = changed.collect::<Vec<_>>().into();
    ask(draft, genes, count)
}
