//! What the files name and do not have, where that leaves open what else they lack: an address whose
//! interface is missing may be anybody's of its subnet.

use super::dump::Dump;
use crate::model::{Draft, Gap, Id, Interface, Listing, Origin, Role, Subnet, Unseen, Vpc};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{HashMap, HashSet};

/// Notes them, once everything is read.
pub(super) fn note(dump: &Dump<'_>, draft: &mut Draft) {
    let names = Names::new(dump, draft);
    let mut found = endpoints(dump, draft, &names);
    found.extend(balancers(dump, draft, &names));
    for (gap, unseen) in found {
        draft.leave_open(gap, unseen);
    }
    public(dump, draft, &names);
}

/// Nouns by their names.
struct Names<'d> {
    /// Those alone that other listings name: of a million interfaces they are few.
    interfaces: FxHashMap<&'d str, Id<Interface>>,
    subnets: HashMap<String, Id<Subnet>>,
    vpcs: HashMap<String, Id<Vpc>>,
}

impl<'d> Names<'d> {
    fn new(dump: &Dump<'d>, draft: &Draft) -> Self {
        let endpoints = dump.rows("VpcEndpoints", "VpcEndpointId");
        let of_endpoints = endpoints
            .iter()
            .map(|(_, row)| row.texts("NetworkInterfaceIds"));
        let addresses = dump.all("Addresses");
        let of_addresses = addresses
            .iter()
            .filter_map(|row| row.text("NetworkInterfaceId"));
        let named: FxHashSet<&str> = of_endpoints.flatten().chain(of_addresses).collect();
        let interfaces = draft.interfaces.iter();
        let found = interfaces.filter_map(|(id, i)| Some((*named.get(i.name.as_str())?, id)));
        Self {
            interfaces: found.collect(),
            subnets: draft
                .subnets
                .iter()
                .map(|(id, s)| (s.name.clone(), id))
                .collect(),
            vpcs: draft
                .vpcs
                .iter()
                .map(|(id, v)| (v.name.clone(), id))
                .collect(),
        }
    }
}

/// Interfaces of endpoints, and endpoints of interfaces, that the files do not have.
fn endpoints(dump: &Dump<'_>, draft: &Draft, names: &Names<'_>) -> Vec<(Gap, Unseen)> {
    let mut out = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    for (name, row) in dump.rows("VpcEndpoints", "VpcEndpointId") {
        known.insert(name);
        let own = row.texts("NetworkInterfaceIds");
        let missing = own.iter().find(|i| !names.interfaces.contains_key(*i));
        let Some(missing) = missing else { continue };
        let seen: HashSet<&str> = own
            .iter()
            .filter_map(|i| names.interfaces.get(i))
            .map(|id| draft.interfaces[*id].subnet.text.as_str())
            .collect();
        for subnet in row.texts("SubnetIds") {
            if let Some(id) = names.subnets.get(subnet).filter(|_| !seen.contains(subnet)) {
                let unseen = interface(dump, missing, &row.origin());
                out.push((Gap::Addresses(*id), unseen));
            }
        }
    }
    for (_, interface) in draft.interfaces.iter() {
        let Role::Endpoint(endpoint) = &interface.role else {
            continue;
        };
        if known.contains(endpoint.text.as_str()) {
            continue;
        }
        let subnet = names.subnets.get(interface.subnet.text.as_str());
        let vpc = subnet.and_then(|s| names.vpcs.get(draft.subnets[*s].vpc.text.as_str()));
        if let Some(vpc) = vpc {
            let unseen = Unseen::new(
                "VPC endpoint",
                endpoint.text.as_str(),
                dump.why(Listing::VpcEndpoints),
                &interface.origin,
            );
            out.push((Gap::Listing(*vpc, Listing::VpcEndpoints), unseen));
        }
    }
    out
}

/// Nodes of load balancers that the files do not have.
fn balancers(dump: &Dump<'_>, draft: &Draft, names: &Names<'_>) -> Vec<(Gap, Unseen)> {
    let nodes: HashSet<(&str, &str)> = draft
        .interfaces
        .iter()
        .filter_map(|(_, i)| match &i.role {
            Role::LoadBalancer(lb) => Some((lb.text.as_str(), i.subnet.text.as_str())),
            _ => None,
        })
        .collect();
    let mut out = Vec::new();
    for (arn, row) in dump.rows("LoadBalancers", "LoadBalancerArn") {
        for zone in row.items("AvailabilityZones") {
            let Some(subnet) = zone.text("SubnetId") else {
                continue;
            };
            if let (Some(id), false) = (names.subnets.get(subnet), nodes.contains(&(arn, subnet))) {
                let name = row.text("LoadBalancerName").unwrap_or(arn);
                let name = format!("of {name} in {subnet}");
                out.push((Gap::Addresses(*id), interface(dump, &name, &zone.origin())));
            }
        }
    }
    out
}

fn interface(dump: &Dump<'_>, name: &str, origin: &Origin) -> Unseen {
    Unseen::new(
        "network interface",
        name,
        dump.why(Listing::NetworkInterfaces),
        origin,
    )
}

/// Elastic addresses of interfaces that the files do not have.
fn public(dump: &Dump<'_>, draft: &mut Draft, names: &Names<'_>) {
    for row in dump.all("Addresses") {
        let owner = row.text("NetworkInterfaceId");
        let address = row.parsed("PublicIp", "an IPv4 address");
        let missing = owner.filter(|i| !names.interfaces.contains_key(i));
        if let (Some(owner), Some(address)) = (missing, address) {
            let unseen = interface(dump, owner, &row.origin());
            let id = draft.unseen.push(unseen);
            draft.unseen_public.push((address, id));
        }
    }
}
