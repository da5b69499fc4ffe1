//! Endpoints: one that is there and not used, one that is not there, one that waits.

use super::super::blocked::{Blocked, block, family};
use crate::edit::{
    AcceptConnection, AllowPrincipal, AssociateTable, CreateGatewayEndpoint,
    CreateInterfaceEndpoint, Edit, EnablePrivateDns, EnableVpcDns, Leads, free_address,
};
use crate::model::{
    EndpointKind, EndpointService, EndpointState, EndpointTarget, Family, Id, IpType, Network, Ref,
    Service, Subnet, Vpc, VpcEndpoint, catalog,
};
use ipnet::IpNet;

/// The service of AWS that is dialled, by name or by an address of its list: Region and short name.
pub(super) fn service(blocked: &Blocked<'_>) -> Option<(String, String)> {
    match &blocked.answer.target.name {
        Some(name) => {
            let (region, service) = blocked.network.owner_of(name)?;
            Some((region, service.name.to_owned()))
        }
        None => {
            let dialled = blocked.answer.target.addresses.first()?.ip();
            let mut lists = blocked.network.aws_lists.iter();
            let has = |nets: &[IpNet]| nets.iter().any(|net| net.contains(&dialled));
            let ((region, list), _) = lists.find(|(_, nets)| has(nets))?;
            let service = list.strip_prefix("ipv6.").unwrap_or(list);
            Some((region.clone(), service.to_owned()))
        }
    }
}

/// An endpoint of the source's VPC in place of the way it goes now.
pub(super) fn instead(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let mut out = Vec::new();
    if let Some(provided) = provided(blocked) {
        out.extend(private_name(blocked, provided));
    }
    let (Some((region, service)), Some((vpc, subnet))) = (service(blocked), blocked.home()) else {
        return out;
    };
    let used = ["gateway-endpoint", "interface-endpoint"];
    let by_endpoint = blocked.way.mechanisms.iter().any(|m| used.contains(m));
    if by_endpoint || region != blocked.network.vpcs[vpc].region {
        return out;
    }
    out.extend(gateway(blocked, vpc, subnet, &service));
    // No name would lead there what is dialled by address.
    if blocked.answer.target.name.is_some() {
        out.extend(interface(blocked, vpc, subnet, &service));
    }
    out
}

/// A gateway endpoint: the source's table is associated with the one there is, or with a new one.
fn gateway(
    blocked: &Blocked<'_>,
    vpc: Id<Vpc>,
    subnet: Option<Id<Subnet>>,
    service: &str,
) -> Vec<Vec<Edit>> {
    let network = blocked.network;
    let table = subnet.and_then(|s| network.subnets[s].table.id());
    let (Some(table), Some(known)) = (table, catalog::service(service)) else {
        return Vec::new();
    };
    let families = match blocked.way.address.map(family) {
        Some(Family::Ipv6) => IpType::Dualstack,
        _ => IpType::Ipv4,
    };
    let found = to_aws(network, vpc, service).find_map(|(id, e)| match &e.kind {
        EndpointKind::Gateway(tables) => Some((id, tables)),
        EndpointKind::Interface(_) => None,
    });
    match found {
        Some((endpoint, tables)) => {
            let there = tables.iter().any(|t| t.id() == Some(table));
            let edit = AssociateTable { endpoint, table };
            (!there).then(|| vec![edit.into()]).into_iter().collect()
        }
        None if known.gateway => {
            let edit = CreateGatewayEndpoint {
                vpc,
                service: service.to_owned(),
                table,
                ip_type: families,
            };
            vec![vec![edit.into()]]
        }
        None => Vec::new(),
    }
}

/// An interface endpoint: the name is led to the one there is, or to a new one.
fn interface(
    blocked: &Blocked<'_>,
    vpc: Id<Vpc>,
    subnet: Option<Id<Subnet>>,
    service: &str,
) -> Vec<Vec<Edit>> {
    let mut own = to_aws(blocked.network, vpc, service);
    let of_interfaces = |e: &VpcEndpoint| matches!(e.kind, EndpointKind::Interface(_));
    if let Some((endpoint, found)) = own.find(|(_, e)| of_interfaces(e)) {
        let on = found.private_dns && !found.inbound_only;
        let edit = EnablePrivateDns { endpoint };
        let mut edits = with_dns(blocked, vpc, edit.into());
        if on {
            edits.pop();
        }
        return Some(edits).filter(|e| !e.is_empty()).into_iter().collect();
    }
    let named = catalog::service(service).is_some_and(|s| !s.private_names.is_empty());
    let made = subnet.and_then(|s| create(blocked, vpc, s, Leads::Aws(service.to_owned()), 443));
    let made = made.filter(|_| named && catalog::service(service).is_some_and(|s| s.interface));
    let made = made.map(|made| with_dns(blocked, vpc, Edit::CreateInterfaceEndpoint(made)));
    made.into_iter().collect()
}

/// The endpoints of a VPC to a service of AWS.
fn to_aws<'a>(
    network: &'a Network,
    vpc: Id<Vpc>,
    service: &'a str,
) -> impl Iterator<Item = (Id<VpcEndpoint>, &'a VpcEndpoint)> {
    network.endpoints.iter().filter(move |(_, e)| {
        let leads = matches!(&e.target, EndpointTarget::Aws(_, s) if s == service);
        leads && e.vpc.id() == Some(vpc)
    })
}

/// A new endpoint in the source's subnet, for the source alone.
fn create(
    blocked: &Blocked<'_>,
    vpc: Id<Vpc>,
    subnet: Id<Subnet>,
    leads: Leads,
    port: u16,
) -> Option<CreateInterfaceEndpoint> {
    let network = blocked.network;
    let own = blocked.ask.from.addresses(network);
    let from = own.into_iter().find(|ip| ip.is_ipv4())?;
    let private_dns = match &leads {
        Leads::Aws(_) => true,
        Leads::Service(id) => {
            let name = &network.services[*id].private_name;
            name.as_ref().is_some_and(|(_, verified)| *verified)
        }
    };
    Some(CreateInterfaceEndpoint {
        vpc,
        leads,
        subnet,
        ip: free_address(network, subnet)?,
        from: block(from.into())?,
        service: Service {
            protocol: Some(6),
            ports: (port, port),
            icmp: (None, None),
        },
        private_dns,
    })
}

/// An edit that needs private DNS, with what private DNS needs of the VPC.
fn with_dns(blocked: &Blocked<'_>, vpc: Id<Vpc>, edit: Edit) -> Vec<Edit> {
    let own = &blocked.network.vpcs[vpc];
    let needs = match &edit {
        Edit::CreateInterfaceEndpoint(made) => made.private_dns,
        _ => true,
    };
    let (support, hostnames) = (
        own.dns_support.known() == Some(&false),
        own.dns_hostnames.known() == Some(&false),
    );
    let dns = (needs && (support || hostnames)).then_some(EnableVpcDns {
        vpc,
        support,
        hostnames,
    });
    dns.into_iter().map(Edit::from).chain([edit]).collect()
}

/// The provider's service whose private name is dialled.
fn provided(blocked: &Blocked<'_>) -> Option<Id<EndpointService>> {
    let name = blocked.answer.target.name.as_ref()?;
    let mut services = blocked.network.services.iter();
    let own = |s: &EndpointService| s.private_name.as_ref().is_some_and(|(n, _)| n == name);
    services.find(|(_, s)| own(s)).map(|(id, _)| id)
}

/// Private DNS of the endpoint that the source's VPC has to a service, or such an endpoint.
fn private_name(blocked: &Blocked<'_>, service: Id<EndpointService>) -> Vec<Vec<Edit>> {
    let Some((vpc, _)) = blocked.home() else {
        return Vec::new();
    };
    match endpoint_to(blocked, vpc, service) {
        Some((endpoint, found)) if !found.private_dns => {
            let edit = EnablePrivateDns { endpoint };
            vec![with_dns(blocked, vpc, edit.into())]
        }
        Some(_) => Vec::new(),
        None => to(blocked, service),
    }
}

fn endpoint_to<'a>(
    blocked: &Blocked<'a>,
    vpc: Id<Vpc>,
    service: Id<EndpointService>,
) -> Option<(Id<VpcEndpoint>, &'a VpcEndpoint)> {
    let mut all = blocked.network.endpoints.iter();
    all.find(|(_, e)| {
        let leads = matches!(&e.target, EndpointTarget::Service(s) if s.id() == Some(service));
        leads && e.vpc.id() == Some(vpc)
    })
}

/// An endpoint to the service that is dialled by its name.
pub(super) fn to_service(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let text = blocked.ask.to.trim();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.strip_prefix("service:").unwrap_or(text);
    let text = text.split(':').next().unwrap_or(text);
    let mut services = blocked.network.services.iter();
    let own = |s: &EndpointService| s.name == text || s.aliases.iter().any(|a| a == text);
    let found = services.find(|(_, s)| own(s));
    found.map_or_else(Vec::new, |(id, _)| to(blocked, id))
}

/// A new endpoint to a service, in the source's subnet or another that the service is offered in.
fn to(blocked: &Blocked<'_>, service: Id<EndpointService>) -> Vec<Vec<Edit>> {
    let network = blocked.network;
    let Some((vpc, home)) = blocked.home() else {
        return Vec::new();
    };
    let subnets = network.subnets.iter();
    let mut subnets: Vec<Id<Subnet>> = subnets
        .filter(|(_, s)| s.vpc.id() == Some(vpc))
        .map(|(id, _)| id)
        .collect();
    subnets.sort_by_key(|s| Some(*s) != home);
    let balancers = network.services[service].load_balancers.iter();
    let listeners = balancers
        .filter_map(Ref::id)
        .flat_map(|b| &network.load_balancers[b].listeners);
    let ports: Vec<u16> = listeners.map(|l| l.port).collect();
    let asked = blocked.answer.target.port;
    let port = match ports.contains(&asked) {
        true => asked,
        false => ports.first().copied().unwrap_or(asked),
    };
    let mut out = Vec::new();
    for subnet in subnets {
        if let Some(made) = create(blocked, vpc, subnet, Leads::Service(service), port) {
            out.push(with_dns(blocked, vpc, Edit::CreateInterfaceEndpoint(made)));
        }
    }
    out
}

/// The provider lets an endpoint in.
pub(super) fn admit(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let network = blocked.network;
    let at = blocked.place.map(|p| p.node());
    let Some(endpoint) = at.and_then(|node| blocked.compiled.endpoint_of(node)) else {
        return Vec::new();
    };
    let found = &network.endpoints[endpoint];
    let EndpointTarget::Service(service) = &found.target else {
        return Vec::new();
    };
    let (Some(service), Some(vpc)) = (service.id(), found.vpc.id()) else {
        return Vec::new();
    };
    let accept: Edit = AcceptConnection { service, endpoint }.into();
    match found.state {
        Some(EndpointState::PendingAcceptance | EndpointState::Rejected) => vec![vec![accept]],
        Some(EndpointState::Failed) => {
            let account = network.vpcs[vpc].account.clone();
            let allow: Edit = AllowPrincipal { service, account }.into();
            vec![vec![allow.clone()], vec![allow, accept]]
        }
        _ => Vec::new(),
    }
}
