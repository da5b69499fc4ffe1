//! What has addresses of which family: endpoints, services, load balancers and their targets have
//! them where their subnets do.

use super::noun::Noun;
use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::model::{
    DnsType, Draft, EndpointKind, EndpointService, EndpointTarget, Family, Interface, IpType,
    Joined, LoadBalancer, Origin, PrefixList, Ref, Role, RouteTable, Subnet, TargetGroup,
    TargetWhat, VpcEndpoint,
};

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, endpoint) in draft.endpoints.iter() {
        endpoint_subnets(draft, endpoint, report);
        dns_type(draft, endpoint, report);
        offered(draft, endpoint, report);
    }
    for (_, service) in draft.services.iter() {
        service_balancers(draft, service, report);
    }
    for (_, balancer) in draft.load_balancers.iter() {
        balancer_subnets(draft, balancer, report);
        groups_of(draft, balancer, report);
    }
    for (_, group) in draft.target_groups.iter() {
        targets(draft, group, report);
    }
    for (_, list) in draft.prefix_lists.iter() {
        one_family(list, report);
        not_too_long(list, report);
    }
    without_ipv4(draft, report);
    vpn_connections(draft, report);
}

/// Whether a subnet has addresses of a family.
fn has(subnet: &Subnet, family: Family) -> bool {
    subnet.blocks().any(|b| Family::of_net(b) == family)
}

/// What is wrong with subnets for something of this type: the first that has too little, or where
/// IPv6 alone is asked for, too much.
fn unfit<'d>(
    draft: &'d Draft,
    interfaces: &'d [Ref<Interface>],
    wanted: IpType,
    alone: bool,
) -> Option<(&'d Origin, String)> {
    interfaces.iter().find_map(|r| {
        let subnet = &draft.subnets[draft.interfaces[r.id()?].subnet.id()?];
        Some((&r.origin, lack(subnet, wanted, alone)?))
    })
}

fn lack(subnet: &Subnet, wanted: IpType, alone: bool) -> Option<String> {
    let mut families = Family::ALL.into_iter();
    let name = &subnet.name;
    match families.find(|f| wanted.has(*f) && !has(subnet, *f)) {
        Some(family) => Some(format!("subnet `{name}` has no {} block", family.name())),
        None if alone && has(subnet, Family::Ipv4) => {
            Some(format!("subnet `{name}` is not IPv6-only"))
        }
        None => None,
    }
}

/// The same for the subnets of a gateway endpoint's tables, which may get their blocks later
/// (`/vpc/latest/privatelink/gateway-endpoints.html`).
fn unfit_tables<'d>(
    draft: &'d Draft,
    endpoint: &'d VpcEndpoint,
    tables: &'d [Ref<RouteTable>],
) -> Option<(&'d Origin, String)> {
    if endpoint.existing || endpoint.ip_type == IpType::Ipv4 {
        return None;
    }
    let alone = endpoint.ip_type == IpType::Ipv6;
    tables.iter().find_map(|table| {
        let of = |s: &&Subnet| table.id().is_some() && s.table.id() == table.id();
        let mut subnets = draft.subnets.iter().map(|(_, s)| s).filter(of);
        let found = subnets.find_map(|s| lack(s, endpoint.ip_type, alone));
        found.map(|why| (&table.origin, why))
    })
}

/// An endpoint has its subnets' families: all of IPv4, all dual stack, or all IPv6-only
/// (`/vpc/latest/privatelink/create-interface-endpoint.html`).
fn endpoint_subnets(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let alone = endpoint.ip_type == IpType::Ipv6;
    let found = match &endpoint.kind {
        EndpointKind::Interface(interfaces) => unfit(draft, interfaces, endpoint.ip_type, alone),
        EndpointKind::Gateway(tables) => unfit_tables(draft, endpoint, tables),
    };
    if let Some((at, why)) = found {
        let message = format!(
            "endpoint `{}` is of type {}, and {why}",
            endpoint.name,
            endpoint.ip_type.name()
        );
        let found = Diagnostic::error(
            "endpoint-ip-type-subnet",
            endpoint.label(draft),
            at,
            message,
        );
        report.push(found.help("give the subnet such a block, choose others, or change `ip_type`"));
    }
}

/// Records need addresses: of IPv4 in an endpoint of type ipv4 or dualstack, of IPv6 in one of type
/// ipv6 or dualstack, of both in dualstack. What the service defines a gateway endpoint always
/// may have, an interface endpoint if it is dualstack; DynamoDB's gateways have nothing else
/// (`/vpc/latest/privatelink/create-interface-endpoint.html`, `gateway-endpoints.html`).
fn dns_type(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let gateway = matches!(endpoint.kind, EndpointKind::Gateway(_));
    let dynamodb =
        matches!(&endpoint.target, EndpointTarget::Aws(_, service) if service == "dynamodb");
    let (own, dns) = (endpoint.ip_type, endpoint.dns_type);
    let help = match dns {
        DnsType::ServiceDefined if gateway || own == IpType::Dualstack => {
            return attributes(draft, endpoint, report);
        }
        DnsType::ServiceDefined => "write `ip_type: dualstack`, or leave `dns_type` away",
        DnsType::Of(_) if gateway && dynamodb && !endpoint.existing => {
            "the DNS of a gateway endpoint for DynamoDB is the service's: leave `dns_type` away"
        }
        DnsType::Of(families) if Family::ALL.iter().all(|f| own.has(*f) || !families.has(*f)) => {
            return attributes(draft, endpoint, report);
        }
        DnsType::Of(_) => "records are of families that the endpoint has: change `ip_type` too",
    };
    let message = format!(
        "endpoint `{}` is of type {}, and its DNS records cannot be {}",
        endpoint.name,
        own.name(),
        dns.name()
    );
    let at = endpoint.label(draft);
    let found = Diagnostic::error("endpoint-dns-type", at, &endpoint.origin, message);
    report.push(found.help(help));
}

/// A gateway endpoint with records of its own needs both DNS attributes of its VPC, which can be
/// cleared later (`/vpc/latest/privatelink/gateway-endpoints.html`).
fn attributes(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let gateway = matches!(endpoint.kind, EndpointKind::Gateway(_));
    let Some(vpc) = endpoint.vpc.id().map(|v| &draft.vpcs[v]) else {
        return;
    };
    let off = [&vpc.dns_support, &vpc.dns_hostnames].into_iter();
    let off = off.filter(|fact| fact.known() == Some(&false)).count() > 0;
    let own = endpoint.dns_type != DnsType::ServiceDefined;
    if gateway && own && off && !endpoint.existing {
        let message = format!(
            "DNS records of type {} need DNS support and DNS hostnames in VPC `{}`",
            endpoint.dns_type.name(),
            vpc.name
        );
        let at = endpoint.label(draft);
        let origin = &endpoint.origin;
        report.error("endpoint-dns-needs-dns-attributes", at, origin, message);
    }
}

/// An endpoint has families that its service supports
/// (`/vpc/latest/privatelink/privatelink-share-your-services.html`).
fn offered(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let EndpointTarget::Service(service) = &endpoint.target else {
        return;
    };
    let Some(service) = service.id().map(|s| &draft.services[s]) else {
        return;
    };
    let lacks = Family::ALL
        .into_iter()
        .find(|f| endpoint.ip_type.has(*f) && !service.ip_types.contains(f));
    if let Some(family) = lacks {
        let message = format!(
            "endpoint `{}` is of type {}, and service `{}` does not support {}",
            endpoint.name,
            endpoint.ip_type.name(),
            service.name,
            family.name()
        );
        let at = endpoint.label(draft);
        let found = Diagnostic::error("endpoint-ip-type-service", at, &endpoint.origin, message);
        report.push(found.help(
            "the service supports what its `ip_types` say; for IPv6 its load balancers are dualstack",
        ));
    }
}

/// A service supports IPv6 if all its load balancers are dualstack
/// (`/vpc/latest/privatelink/create-endpoint-service.html`).
fn service_balancers(draft: &Draft, service: &EndpointService, report: &mut Report) {
    if !service.ip_types.contains(&Family::Ipv6) {
        return;
    }
    let balancers = service.load_balancers.iter();
    let mut balancers = balancers.filter_map(|b| Some((b, &draft.load_balancers[b.id()?])));
    if let Some((r, balancer)) = balancers.find(|(_, b)| !b.ip_type.has(Family::Ipv6)) {
        let message = format!(
            "service `{}` supports IPv6, and load balancer `{}` is of type {}",
            service.name,
            balancer.name,
            balancer.ip_type.name()
        );
        let found = Diagnostic::error(
            "service-ip-type-load-balancer",
            &service.name,
            &r.origin,
            message,
        );
        report.push(found.help("write `ip_type: dualstack` for the load balancer"));
    }
}

/// A dualstack load balancer has subnets with both families, any other needs IPv4
/// (`/elasticloadbalancing/latest/network/network-load-balancers.html`).
fn balancer_subnets(draft: &Draft, balancer: &LoadBalancer, report: &mut Report) {
    if let Some((at, why)) = unfit(draft, &balancer.nodes, balancer.ip_type, false) {
        let message = format!(
            "load balancer `{}` is of type {}, and {why}",
            balancer.name,
            balancer.ip_type.name()
        );
        let label = balancer.label(draft);
        report.error("load-balancer-ip-type-subnet", label, at, message);
    }
}

/// Target groups of IPv6 are for dualstack load balancers
/// (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
fn groups_of(draft: &Draft, balancer: &LoadBalancer, report: &mut Report) {
    let forwards = balancer.listeners.iter().flat_map(|l| &l.forward);
    let groups = forwards.filter_map(|(r, _)| Some((r, &draft.target_groups[r.id()?])));
    for (r, group) in groups.filter(|(_, g)| !balancer.ip_type.has(g.family)) {
        let message = format!(
            "load balancer `{}` is of type {}, and target group `{}` is of {}",
            balancer.name,
            balancer.ip_type.name(),
            group.name,
            group.family.name()
        );
        let at = balancer.label(draft);
        report.error("target-group-ip-type", at, &r.origin, message);
    }
}

/// Targets have addresses of the group's family
/// (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
fn targets(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    for target in &group.targets {
        let fits = match &target.what {
            TargetWhat::Ip(ip) => Family::of(*ip) == group.family,
            TargetWhat::Instance(r) => {
                let own = r.id().and_then(|i| draft.instances[i].interfaces.first());
                let own = own.and_then(Ref::id).map(|i| &draft.interfaces[i]);
                own.is_none_or(|i| i.addresses().any(|a| Family::of(a) == group.family))
            }
            TargetWhat::LoadBalancer(_) => true,
        };
        if !fits {
            let what = match &target.what {
                TargetWhat::Ip(ip) => format!("`{ip}`"),
                TargetWhat::Instance(r) => format!("`{}`", r.text),
                TargetWhat::LoadBalancer(r) => format!("`{}`", r.text),
            };
            let message = format!(
                "{what} has no {} address, and target group `{}` is of that",
                group.family.name(),
                group.name
            );
            let at = group.label(draft);
            let found = Diagnostic::error("target-family", at, &target.origin, message);
            report.push(found.help("a target group is of one family: `ip_type: ipv4` or `ipv6`"));
        }
    }
}

/// A prefix list holds one family (`/vpc/latest/userguide/managed-prefix-lists.html`).
fn one_family(list: &PrefixList, report: &mut Report) {
    let first = list.entries.first().map(|e| Family::of_net(*e));
    if list
        .entries
        .iter()
        .any(|e| Some(Family::of_net(*e)) != first)
    {
        let message = format!("prefix list `{}` has blocks of both families", list.name);
        let found = Diagnostic::error("prefix-list-families", &list.name, &list.origin, message);
        report.push(found.help("make two lists of it, one for IPv4 and one for IPv6"));
    }
}

/// A prefix list has as many entries as it was made for
/// (`/vpc/latest/userguide/managed-prefix-lists.html`).
fn not_too_long(list: &PrefixList, report: &mut Report) {
    let (have, most) = (list.entries.len(), list.max_entries);
    if have > most {
        let message = format!(
            "prefix list `{}` has {have} entries, and room for {most}",
            list.name
        );
        report.error("prefix-list-too-long", &list.name, &list.origin, message);
    }
}

/// NAT gateways and Client VPN endpoints have IPv4 addresses
/// (`/vpc/latest/userguide/nat-gateway-basics.html`).
fn without_ipv4(draft: &Draft, report: &mut Report) {
    for (_, interface) in draft.interfaces.iter() {
        let Some(subnet) = interface.subnet.id().map(|s| &draft.subnets[s]) else {
            continue;
        };
        let (at, what) = match &interface.role {
            Role::Nat(r) => (
                r.id().map(|n| draft.nat_gateways[n].label(draft)),
                "NAT gateway",
            ),
            Role::ClientVpn(r) => (
                r.id().map(|c| draft.client_vpns[c].label(draft)),
                "Client VPN endpoint",
            ),
            _ => continue,
        };
        if !has(subnet, Family::Ipv4) {
            let message = format!(
                "a {what} has an IPv4 address, and subnet `{}` is IPv6-only",
                subnet.name
            );
            let at = at.unwrap_or_else(|| interface.label(draft));
            report.error("ipv6-only-subnet", at, &interface.subnet.origin, message);
        }
    }
}

/// The tunnels of a VPN connection carry one family, those to a virtual private gateway IPv4
/// (`/vpn/latest/s2svpn/ipv4-ipv6.html`).
fn vpn_connections(draft: &Draft, report: &mut Report) {
    for (_, connection) in draft.connections.iter() {
        let Some(own) = connection.inside else {
            continue;
        };
        let private = matches!(connection.to, Joined::Vpn(_));
        let mut blocks = connection.prefixes.iter();
        let other = blocks.find(|p| !connection.carries(Family::of_net(**p)));
        let (code, message) = match (own, other) {
            (Family::Ipv6, _) if private => (
                "vpn-is-ipv4-only",
                "a VPN connection of a virtual private gateway carries IPv4 alone".to_owned(),
            ),
            (Family::Ipv4, Some(block)) => (
                "vpn-is-ipv4-only",
                format!("`{block}` is IPv6, and this VPN connection carries IPv4 alone"),
            ),
            (Family::Ipv6, Some(block)) => (
                "vpn-is-ipv6-only",
                format!("`{block}` is IPv4, and this VPN connection carries IPv6 alone"),
            ),
            (_, None) => continue,
        };
        let found = Diagnostic::error(code, &connection.name, &connection.origin, message);
        let help = match (private, own) {
            (true, _) => "end it at a transit gateway, or use Direct Connect",
            (false, Family::Ipv4) => "write `ip_type: ipv6`, or make a connection for each family",
            (false, Family::Ipv6) => "make a connection for each family",
        };
        report.push(found.help(help));
    }
}
