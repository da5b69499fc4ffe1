//! Endpoints of which something is not known: what a resource endpoint leads to, what the appliances
//! behind a Gateway Load Balancer let through, and whether what enters a VPC that admits no clear text is
//! TLS.

use super::proxies::ask;
use super::{Flow, Genes, named};
use reachability::model::*;
use std::net::Ipv4Addr;

/// Makes resource endpoints of some that lead to AWS's services, has some routes to appliances lead to a
/// Gateway Load Balancer endpoint instead, has some VPCs enforce encryption, and asks for endpoints and load balancers.
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
    // Encryption that is enforced and a Gateway Load Balancer exclude each other.
    let enforced = |v: &Vpc| v.encryption.as_ref().is_some_and(|e| e.enforced);
    let others = draft.vpcs.iter().filter(|(_, v)| !enforced(v));
    let others: Vec<String> = others.map(|(_, v)| v.name.clone()).collect();
    for vpc in others {
        inspect(draft, genes, &vpc);
    }
    ask(draft, genes, count)
}

/// Puts a Gateway Load Balancer endpoint in the subnet of a VPC's first appliance, if it has any, for
/// some of the routes that lead to appliances.
fn inspect(draft: &mut Draft, genes: &mut Genes, vpc: &str) {
    let mut subnets = draft.subnets.iter().map(|(_, s)| s);
    let own = subnets.find(|s| s.vpc.text == vpc && s.name == "fw0");
    let Some(block) = own.and_then(|s| s.cidr) else {
        return;
    };
    let ip = Ipv4Addr::from_bits(block.network().to_bits() + 250);
    let name = format!("{vpc}/gwlbe");
    draft.interfaces.push(Interface {
        name: "gwlbe-fw0".into(),
        id: None,
        subnet: named(format!("{vpc}/fw0")),
        ipv6: vec![],
        ips: vec![ip],
        prefixes: Vec::new(),
        groups: Vec::new(),
        public: Vec::new(),
        source_dest_check: true,
        deny_all_igw_traffic: None,
        role: Role::Endpoint(named(&name)),
        tags: [].into(),
        origin: Origin::Unknown,
    });
    draft.endpoints.push(VpcEndpoint {
        name: "gwlbe".into(),
        id: None,
        vpc: named(vpc),
        target: EndpointTarget::Unmodelled(Behind::Appliances, "inspection".into()),
        ip_type: IpType::Ipv4,
        dns_type: DnsType::Of(IpType::Ipv4),
        kind: EndpointKind::Interface(vec![named(format!("{vpc}/gwlbe-fw0"))]),
        private_dns: false,
        inbound_only: false,
        state: None,
        dns_names: Vec::new(),
        service_region: None,
        existing: true,
        policy: None,
        origin: Origin::Unknown,
    });
    for id in (0..draft.tables.len()).map(Id::new) {
        let table = draft.tables.get_mut(id).unwrap();
        for route in table.routes.iter_mut().filter(|_| genes.chance(50)) {
            let own = table.vpc.text == vpc && matches!(route.destination, Destination::Cidr(_));
            if own && matches!(route.target, Target::Interface(_)) {
                route.target = Target::Endpoint(named(&name));
            }
        }
    }
}
