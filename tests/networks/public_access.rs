//! VPC Block Public Access.

use super::Genes;
use reachability::model::{Blocks, Draft, Exclusion, Id, Origin, PublicAccess};
use std::collections::HashMap;

/// Sets the switch of the accounts and Regions, and excludes some VPCs and subnets from it.
pub fn block_public_access(draft: &mut Draft, genes: &mut Genes) {
    let mut switches = HashMap::new();
    let mut vpcs = HashMap::new();
    let exclusion = |genes: &mut Genes, percent| {
        let kinds = [Exclusion::Bidirectional, Exclusion::Egress];
        genes.chance(percent).then(|| genes.pick(&kinds))
    };
    for (_, vpc) in draft.vpcs.iter() {
        let own = (vpc.account.clone(), vpc.region.clone());
        let switch = *switches.entry(own).or_insert_with(|| {
            let modes = [Some(Blocks::Bidirectional), Some(Blocks::Ingress)];
            genes.weigh(&[(50, modes[0]), (40, modes[1]), (10, None)])
        });
        vpcs.insert(vpc.name.clone(), (switch, exclusion(genes, 30)));
    }
    for id in (0..draft.subnets.len()).map(Id::new) {
        let own = exclusion(genes, 45);
        let subnet = draft.subnets.get_mut(id).unwrap();
        let (switch, whole) = vpcs[subnet.vpc.text.as_str()];
        subnet.public_access = switch.map(|blocks| PublicAccess {
            blocks,
            exclusion: own.or(whole),
            origin: Origin::Unknown,
        });
    }
}
