//! Senders by the words for them.

use super::question::From;
use crate::aws::Host;
use crate::model::{Component, Id, Interface, Network, Ref, Role, Subnet, Vpc, component};
use std::collections::HashSet;
use std::net::IpAddr;

/// Who sends: a component, or an address (of an interface, of a site, of the internet).
///
/// # Errors
/// A text for people, if there is no such sender.
pub fn source(network: &Network, text: &str) -> Result<From, String> {
    match component(network, text) {
        Some(Component::Interface(id)) => {
            sends(network, id, text)?;
            return Ok(From::Interface(id));
        }
        Some(Component::SiteHost(id, ip)) => return Ok(From::Host(Host::Site(id), ip)),
        Some(Component::InternetHost(id)) => {
            let ip = network.internet_hosts[id].addresses().next();
            let ip = ip.ok_or_else(|| format!("`{text}` has no address"))?;
            return Ok(From::Host(Host::Internet(Some(id)), ip));
        }
        Some(Component::Endpoint(_) | Component::LoadBalancer(_)) => {
            return Err(idle(text));
        }
        Some(Component::ClientVpn(id)) => {
            let clients = network.client_vpns[id].clients;
            let first = clients.hosts().next().unwrap_or(clients.network());
            return Ok(From::Host(Host::ClientVpn(id), first.into()));
        }
        Some(Component::Resolver(id)) => {
            let own = network.resolver_endpoints[id].interfaces.first();
            let own = own.map_or(String::new(), |i| format!(" such as `{}`", i.text));
            return Err(format!(
                "`{text}` has several interfaces: ask from one of them{own}"
            ));
        }
        None => {}
    }
    let Some((scope, ip)) = scoped_address(text) else {
        return Err(nobody(network, text));
    };
    if scope == "internet" {
        return Ok(internet(network, ip));
    }
    if let Some(Component::ClientVpn(id)) = component(network, scope) {
        return Ok(From::Host(Host::ClientVpn(id), ip));
    }
    if let Some((id, _)) = network.vpcs.iter().find(|(_, v)| v.name == scope) {
        return Ok(From::in_vpc(network, id, ip));
    }
    if let Some((id, _)) = network.sites.iter().find(|(_, s)| s.name == scope) {
        return Ok(From::Host(Host::Site(id), ip));
    }
    let subnet = |s: &Subnet| s.name == scope || s.id.as_deref() == Some(scope);
    let mut subnets = network.subnets.iter().filter(|(_, s)| subnet(s));
    if let (Some((_, found)), None) = (subnets.next(), subnets.next())
        && let Some(vpc) = found.vpc.id()
    {
        return Ok(From::in_vpc(network, vpc, ip));
    }
    if !scope.is_empty() {
        return Err(format!("`{scope}` is no VPC, subnet or site"));
    }
    match network.holders(ip).as_slice() {
        [_, _, ..] => {
            return Err(format!(
                "several interfaces have {ip}: name the component as `vpc/name`"
            ));
        }
        [id] => {
            sends(network, *id, text)?;
            return Ok(From::at(network, *id, ip));
        }
        [] => {}
    }
    let site = network
        .sites
        .iter()
        .find(|(_, s)| s.cidrs.iter().any(|c| c.contains(&ip)));
    Ok(match site {
        Some((id, _)) => From::Host(Host::Site(id), ip),
        None => internet(network, ip),
    })
}

/// Whether an interface starts connections: those of NAT gateways, endpoints and load balancers carry
/// others' (`/vpc/latest/reachability/how-reachability-analyzer-works.html`).
fn sends(network: &Network, id: Id<Interface>, text: &str) -> Result<(), String> {
    match network.interfaces[id].role {
        Role::Nat(_) | Role::Endpoint(_) | Role::LoadBalancer(_) => Err(idle(text)),
        _ => Ok(()),
    }
}

fn idle(text: &str) -> String {
    format!("`{text}` starts no connection: ask from an interface or instance")
}

/// `vpc/10.0.1.10`, `internet:2001:db8::1`, or an address alone.
fn scoped_address(text: &str) -> Option<(&str, IpAddr)> {
    if let Ok(ip) = text.parse() {
        return Some(("", ip));
    }
    let marks = text.match_indices(['/', ':']);
    marks.into_iter().find_map(|(at, _)| {
        let ip = text.get(at + 1..)?.parse().ok()?;
        Some((text.get(..at)?, ip))
    })
}

/// Nothing has this name; the one that was perhaps meant, or some that there are.
fn nobody(network: &Network, text: &str) -> String {
    if text == "internet" {
        let mut hosts = network.internet_hosts.iter();
        let host = hosts.next().map_or("198.51.100.1", |(_, h)| &h.name);
        return format!("the internet has many hosts: ask from one of them, such as `{host}`");
    }
    let all = names(network);
    if let Some(near) = meant(&all, text) {
        return format!("nothing in the input is called `{text}`: did you mean `{near}`?");
    }
    let senders = all.iter().filter(|n| source(network, n).is_ok());
    let mut some: Vec<String> = senders.take(6).map(|n| format!("`{n}`")).collect();
    let more = if some.len() > 5 { ", …" } else { "" };
    some.truncate(5);
    format!(
        "nothing in the input is called `{text}`: it has {}{more}; an address will do too",
        some.join(", ")
    )
}

/// The name that was perhaps meant: with the VPC before it, or spelt otherwise.
pub(super) fn meant<'a>(names: &'a [String], text: &str) -> Option<&'a str> {
    let all = || names.iter().map(String::as_str);
    let scoped = |n: &&str| !text.is_empty() && n.split_once('/').is_some_and(|(_, n)| n == text);
    let own = |n: &&'a str| n.split_once('/').map(|(_, own)| own);
    let near_own = || {
        let near = crate::diagnostic::near(text, all().filter_map(|n| own(&n)))?;
        all().find(|n| own(n) == Some(near))
    };
    let near = || crate::diagnostic::near(text, all());
    all().find(scoped).or_else(near).or_else(near_own)
}

pub(super) fn internet(network: &Network, ip: IpAddr) -> From {
    let declared = network
        .internet_hosts
        .iter()
        .find(|(_, h)| h.addresses().any(|own| own == ip));
    From::Host(Host::Internet(declared.map(|(id, _)| id)), ip)
}

/// Every name that [`component`] knows, for suggestions.
#[must_use]
pub fn names(network: &Network) -> Vec<String> {
    let in_vpc = |vpc: &Ref<Vpc>, name: &str| format!("{}/{name}", vpc.text);
    let named = |vpc: &Ref<Vpc>, name: &str| {
        vpc.id().map_or_else(
            || in_vpc(vpc, name),
            |v| format!("{}/{name}", network.vpcs[v].name),
        )
    };
    let mut all: Vec<String> = Vec::new();
    all.extend(
        network
            .instances
            .iter()
            .map(|(_, i)| named(&i.vpc, &i.name)),
    );
    all.extend(
        network
            .endpoints
            .iter()
            .map(|(_, e)| named(&e.vpc, &e.name)),
    );
    all.extend(
        network
            .load_balancers
            .iter()
            .map(|(_, l)| named(&l.vpc, &l.name)),
    );
    all.extend(
        network
            .resolver_endpoints
            .iter()
            .map(|(_, r)| named(&r.vpc, &r.name)),
    );
    all.extend(
        network
            .interfaces
            .iter()
            .map(|(id, _)| network.interface_name(id)),
    );
    for (_, site) in network.sites.iter() {
        all.extend(site.hosts.iter().map(|(h, _)| format!("{}/{h}", site.name)));
    }
    all.extend(network.internet_hosts.iter().map(|(_, h)| h.name.clone()));
    let mut seen = HashSet::new();
    all.retain(|name| seen.insert(name.clone()));
    all
}

/// Every interface of the component that this interface belongs to.
#[must_use]
pub fn siblings(network: &Network, id: Id<Interface>) -> Vec<Id<Interface>> {
    let all = match &network.interfaces[id].role {
        Role::Instance(r) => r.id().map(|i| &network.instances[i].interfaces),
        _ => None,
    };
    all.map_or_else(
        || vec![id],
        |refs| refs.iter().filter_map(Ref::id).collect(),
    )
}

/// The zone of an interface.
#[must_use]
pub fn zone_of(network: &Network, id: Id<Interface>) -> Option<&str> {
    let subnet = network.interfaces[id].subnet.id()?;
    Some(network.subnets[subnet].zone.as_str())
}
