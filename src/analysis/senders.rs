//! Who may send: every possible source of a network, and those that a selector means.
//!
//! Sources are interfaces of instances, plain interfaces and the clients of Client VPNs; outside,
//! hosts of sites and of the internet. What AWS manages for a requester (interfaces of endpoints,
//! load balancers, NAT gateways, Resolver endpoints) starts no connection that anybody asks about.

use crate::answer::{From, siblings, source};
use crate::aws::Host;
use crate::diagnostic::near;
use crate::model::{Component, Id, Interface, Network, Role, Site, Subnet, Vpc, component};
use crate::property::Who;
use ipnet::IpNet;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The sources that a selector means, in the order of the input; none if it fits nobody.
///
/// # Errors
/// A text for people, if a name of the selector means nothing.
pub fn select(network: &Network, who: &Who) -> Result<Vec<From>, String> {
    Directory::new(network).select(who)
}

/// Who is where, for somebody who has many selectors to look up: what most of them need is found out
/// once.
#[derive(Clone, Debug)]
pub(super) struct Directory<'n> {
    network: &'n Network,
    /// Of each VPC, its interfaces that start connections.
    by_vpc: OnceCell<Vec<Vec<Id<Interface>>>>,
}

impl<'n> Directory<'n> {
    pub(super) fn new(network: &'n Network) -> Self {
        Self {
            network,
            by_vpc: OnceCell::new(),
        }
    }

    /// See [`select`].
    pub(super) fn select(&self, who: &Who) -> Result<Vec<From>, String> {
        let network = self.network;
        match who {
            Who::Name(pattern) if pattern.contains('*') => by_pattern(network, pattern),
            Who::Name(name) => by_name(network, name),
            Who::Any => Ok(own(network)),
            Who::Internet => Ok(internet(network)),
            Who::OnPremises => Ok(on_premises(network)),
            Who::Tag { key, value } => {
                let is = |(k, v): &(String, String)| k == key && v == value;
                let tagged = |id: Id<Interface>| network.interfaces[id].tags.iter().any(is);
                Ok(interfaces(network)
                    .filter(|id| tagged(*id))
                    .map(From::Interface)
                    .collect())
            }
            Who::Vpc(name) => self.in_vpc(name),
            Who::Subnet(name) => in_subnet(network, name),
            Who::Account(account) => {
                let own = own(network).into_iter();
                let of = |from: &From| vpc_of(network, from).is_some_and(|v| v.account == *account);
                Ok(own.filter(of).collect())
            }
        }
    }

    fn in_vpc(&self, name: &str) -> Result<Vec<From>, String> {
        let network = self.network;
        let is = |vpc: &Vpc| vpc.name == name || vpc.id.as_deref() == Some(name);
        let vpcs = network.vpcs.iter().filter(|(_, vpc)| is(vpc));
        let vpcs: Vec<Id<Vpc>> = vpcs.map(|(id, _)| id).collect();
        if vpcs.is_empty() {
            let all = network.vpcs.iter().map(|(_, v)| v.name.as_str());
            known(name, "VPC", all)?;
        }
        let of = |vpc: &Id<Vpc>| self.by_vpc().get(vpc.index()).cloned().unwrap_or_default();
        let mut there: Vec<Id<Interface>> = vpcs.iter().flat_map(of).collect();
        there.sort_unstable();
        let clients = clients(network).filter(|(vpc, _)| vpc.is_some_and(|v| vpcs.contains(&v)));
        let there = there.into_iter().map(From::Interface);
        Ok(there.chain(clients.map(|(_, from)| from)).collect())
    }

    fn by_vpc(&self) -> &[Vec<Id<Interface>>] {
        self.by_vpc.get_or_init(|| {
            let mut out = vec![Vec::new(); self.network.vpcs.len()];
            for id in interfaces(self.network) {
                let vpc = self.network.vpc_of(id);
                if let Some(own) = vpc.and_then(|vpc| out.get_mut(vpc.index())) {
                    own.push(id);
                }
            }
            out
        })
    }
}

/// Every source with a place in a VPC: interfaces, then clients of Client VPNs.
#[must_use]
pub fn own(network: &Network) -> Vec<From> {
    let mut all: Vec<From> = interfaces(network).map(From::Interface).collect();
    all.extend(clients(network).map(|(_, from)| from));
    all
}

/// One client of each Client VPN, and the VPC that it is let into.
fn clients(network: &Network) -> impl Iterator<Item = (Option<Id<Vpc>>, From)> + '_ {
    network.client_vpns.iter().map(|(id, vpn)| {
        let first = vpn.clients.hosts().next();
        let first = first.unwrap_or(vpn.clients.network());
        (vpn.vpc.id(), From::Host(Host::ClientVpn(id), first.into()))
    })
}

/// Hosts of every site: the declared ones; of a site without, one address of each of its blocks.
#[must_use]
pub fn on_premises(network: &Network) -> Vec<From> {
    let sites = network.sites.iter();
    sites.flat_map(|(id, site)| of_site(id, site)).collect()
}

/// Hosts of the internet: those declared, and one of each family that stands for the others.
#[must_use]
pub fn internet(network: &Network) -> Vec<From> {
    let hosts = network.internet_hosts.iter();
    let declared = hosts.filter_map(|(id, host)| {
        let ip = host.addresses().next()?;
        Some(From::Host(Host::Internet(Some(id)), ip))
    });
    let mut all: Vec<From> = declared.collect();
    let known: HashSet<IpAddr> = public_addresses(network).collect();
    let six = network.vpcs.iter().any(|(_, vpc)| !vpc.ipv6.is_empty());
    let blocks: [&dyn Fn(u8) -> IpAddr; 2] = [
        // Blocks of documentation are nobody's own (RFC 5737, RFC 3849).
        &|host| Ipv4Addr::new(198, 51, 100, host).into(),
        &|host| Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, host.into()).into(),
    ];
    for address in blocks.into_iter().take(1 + usize::from(six)) {
        let other = (1..=254).map(address).find(|ip| !known.contains(ip));
        all.extend(other.map(|ip| From::Host(Host::Internet(None), ip)));
    }
    all
}

/// Whether an interface starts connections of its own: it is nobody's but its user's, and has an
/// address to send from.
#[must_use]
pub fn starts(interface: &Interface) -> bool {
    let own = matches!(interface.role, Role::Instance(_) | Role::Plain);
    own && interface.addresses().next().is_some()
}

fn interfaces(network: &Network) -> impl Iterator<Item = Id<Interface>> + '_ {
    let all = network.interfaces.iter();
    all.filter(|(_, i)| starts(i)).map(|(id, _)| id)
}

fn of_site(id: Id<Site>, site: &Site) -> Vec<From> {
    let host = |ip: IpAddr| From::Host(Host::Site(id), ip);
    if site.hosts.is_empty() {
        return site.cidrs.iter().map(|net| host(first_host(net))).collect();
    }
    site.hosts.iter().map(|(_, ip)| host(*ip)).collect()
}

/// The first address of a block that a host may have.
pub(super) fn first_host(net: &IpNet) -> IpAddr {
    net.hosts().next().unwrap_or(net.network())
}

/// Every address of the input that the internet has, or sees.
fn public_addresses(network: &Network) -> impl Iterator<Item = IpAddr> + '_ {
    let hosts = network.internet_hosts.iter();
    let interfaces = network.interfaces.iter();
    let mapped = interfaces.flat_map(|(_, i)| i.public.iter().map(|(_, public)| (*public).into()));
    hosts.flat_map(|(_, h)| h.addresses()).chain(mapped)
}

/// The VPC that a source is in, or whose endpoint lets it in.
pub(super) fn vpc_of<'n>(network: &'n Network, from: &From) -> Option<&'n Vpc> {
    let vpc = match from {
        From::Host(Host::ClientVpn(id), _) => network.client_vpns[*id].vpc.id(),
        from => from.vpc(network),
    };
    vpc.map(|vpc| &network.vpcs[vpc])
}

/// A component, with every interface of an instance; a site, with its hosts; an address.
pub(super) fn by_name(network: &Network, name: &str) -> Result<Vec<From>, String> {
    if let Some(Component::Interface(id)) = component(network, name) {
        if !starts(&network.interfaces[id]) {
            return Err(format!(
                "`{name}` starts no connection: select an interface or instance"
            ));
        }
        let all = siblings(network, id);
        let whole = all.first() == Some(&id);
        let own = all.into_iter().filter(|i| whole || *i == id);
        let own = own.filter(|i| starts(&network.interfaces[*i]));
        return Ok(own.map(From::Interface).collect());
    }
    if let Some((id, site)) = network.sites.iter().find(|(_, s)| s.name == name) {
        return Ok(of_site(id, site));
    }
    match source(network, name) {
        Err(_) if FOR_EVERYBODY.contains(&name) => Err(format!(
            "nothing in the input is called `{name}`: every source of the input is `any`, and hosts \
             elsewhere are `internet` and `on-premises`"
        )),
        found => Ok(vec![found?]),
    }
}

/// What people write who mean `any`.
const FOR_EVERYBODY: [&str; 6] = [
    "all",
    "anybody",
    "anyone",
    "anything",
    "everyone",
    "everything",
];

/// `vpc/*`, `*-app`: a part before the slash must mean something, a pattern behind it may fit nobody.
fn by_pattern(network: &Network, pattern: &str) -> Result<Vec<From>, String> {
    if let Some((scope, _)) = pattern.split_once('/')
        && !scope.contains('*')
    {
        let vpcs = network.vpcs.iter();
        let vpcs = vpcs.flat_map(|(_, v)| [Some(v.name.as_str()), v.id.as_deref()]);
        let sites = network.sites.iter().map(|(_, s)| s.name.as_str());
        known(scope, "VPC or site", vpcs.flatten().chain(sites))?;
    }
    let mut all = own(network);
    all.extend(on_premises(network));
    let hosts = network.internet_hosts.iter();
    all.extend(hosts.filter_map(|(id, host)| {
        let ip = host.addresses().next()?;
        Some(From::Host(Host::Internet(Some(id)), ip))
    }));
    all.retain(|from| called(network, from).iter().any(|name| fits(pattern, name)));
    Ok(all)
}

/// Everything that a source may be called.
pub(super) fn called(network: &Network, from: &From) -> Vec<String> {
    let vpc = vpc_of(network, from);
    let mut own: Vec<String> = match *from {
        From::Interface(id) | From::Address(id, _) => {
            let interface = &network.interfaces[id];
            let instance = match &interface.role {
                Role::Instance(r) => r.id().map(|i| &network.instances[i]),
                _ => None,
            };
            let names = [Some(&interface.name), interface.id.as_ref()];
            let owner = instance.map(|i| [Some(&i.name), i.id.as_ref()]);
            let all = names.into_iter().chain(owner.into_iter().flatten());
            all.flatten().cloned().collect()
        }
        From::Host(Host::ClientVpn(id), _) => vec![network.client_vpns[id].name.clone()],
        From::Host(..) => return vec![from.name(network)],
    };
    let scopes = vpc.map(|v| [Some(&v.name), v.id.as_ref()]);
    let scopes: Vec<&String> = scopes.into_iter().flatten().flatten().collect();
    let scoped = |name: &String| scopes.iter().map(move |s| format!("{s}/{name}")).collect();
    let scoped: Vec<Vec<String>> = own.iter().map(scoped).collect();
    own.extend(scoped.into_iter().flatten());
    own
}

/// Whether a name is of a pattern in which `*` stands for any characters.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

fn in_subnet(network: &Network, name: &str) -> Result<Vec<From>, String> {
    let subnet = subnet(network, name)?;
    let own = interfaces(network);
    let there = own.filter(|i| subnet.is_some() && network.interfaces[*i].subnet.id() == subnet);
    Ok(there.map(From::Interface).collect())
}

/// The subnet that a name means.
pub(super) fn subnet(network: &Network, name: &str) -> Result<Option<Id<Subnet>>, String> {
    let scoped = |subnet: &Subnet| {
        let vpc = subnet
            .vpc
            .id()
            .map_or("", |v| network.vpcs[v].name.as_str());
        format!("{vpc}/{}", subnet.name)
    };
    let is = |s: &Subnet| scoped(s) == name || s.id.as_deref() == Some(name) || s.name == name;
    let found = network.subnets.iter().filter(|(_, s)| is(s));
    let found: Vec<(Id<Subnet>, &Subnet)> = found.collect();
    match found.as_slice() {
        [] => {
            let all: Vec<String> = network.subnets.iter().map(|(_, s)| scoped(s)).collect();
            known(name, "subnet", all.iter().map(String::as_str))?;
            Ok(None)
        }
        [(id, _)] => Ok(Some(*id)),
        [(_, one), (_, other), ..] => Err(format!(
            "several subnets are called `{name}`: `{}`, `{}`",
            scoped(one),
            scoped(other)
        )),
    }
}

/// Nothing, if the name is among these; else that it is not, and which was perhaps meant.
fn known<'a>(name: &str, kind: &str, all: impl IntoIterator<Item = &'a str>) -> Result<(), String> {
    let all: Vec<&str> = all.into_iter().collect();
    if all.contains(&name) {
        return Ok(());
    }
    let help = match near(name, all.iter().copied()) {
        Some(near) => format!(": did you mean `{near}`?"),
        None => all
            .first()
            .map_or(String::new(), |first| format!(": there is `{first}`")),
    };
    Err(format!("no {kind} is called `{name}`{help}"))
}
