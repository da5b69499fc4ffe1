//! Name servers: who gets a query's packet, and what each of them answers.

use super::delegation::delegated;
use super::own::scoped;
use super::public::SOMEBODY_ELSE;
use super::query::{Door, Query, View};
use super::{Carried, Claim, DnsOutcome, DnsStep, Sender, Viewer, owns};
use crate::code::Code;
use crate::fabric::NodeId;
use crate::model::{Id, Interface, NameServer, Role, ServerHost, Site, SiteResolver, Vpc, World};
use smol_str::{SmolStr, format_smolstr};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses of a VPC's resolver: the base of its primary block plus two, and those that are the
/// same in every VPC (`/vpc/latest/userguide/AmazonDNS-concepts.html`). None if it has no block.
#[must_use]
pub fn resolvers(vpc: &Vpc) -> Option<[IpAddr; 3]> {
    let own = u32::from(vpc.cidrs.first()?.network()) + 2;
    Some([
        IpAddr::V4(own.into()),
        IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253)),
        IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253)),
    ])
}

impl Query<'_> {
    /// Servers asked in the order of a list: the first that answers has the word.
    pub(super) fn in_turn(&mut self, from: Sender, to: &[IpAddr], name: &str) -> DnsOutcome {
        let mut failed = None;
        for server in to {
            let outcome = self.any(&[from], &[*server], name);
            if !silent(&outcome) {
                if failed.is_some() {
                    self.note(Code::DNS_SERVER_SILENT);
                }
                return outcome;
            }
            failed.get_or_insert(outcome);
        }
        failed.unwrap_or_else(|| DnsOutcome::NoAnswer("no name server is named".to_owned()))
    }

    /// Servers asked in any order: every one that answers may be the one.
    pub(super) fn any(&mut self, from: &[Sender], to: &[IpAddr], name: &str) -> DnsOutcome {
        let (mut views, mut found, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for server in to.iter().copied() {
            for sender in from {
                if self.exhausted() {
                    return DnsOutcome::Unknown("servers ask one another by turns".to_owned());
                }
                match self.reach(*sender, server, &mut failed) {
                    Err(outcome) => found.push(outcome),
                    Ok(reached) => {
                        for view in reached {
                            if view == Ok(View::Public) {
                                self.assume(Code::PUBLIC_NAME_SERVER);
                            }
                            if !views.contains(&view) {
                                views.push(view);
                            }
                        }
                    }
                }
            }
        }
        for view in views {
            match view {
                // Its own resolver is asked by one host.
                Ok(View::Vpc(vpc, Door::Inside)) => {
                    let host = from.first().copied().unwrap_or(Sender::Asker);
                    found.push(self.ask_own(vpc, host, name));
                }
                Ok(view) => found.push(self.ask(view, name)),
                Err(outcome) => found.push(outcome),
            }
        }
        let (silent, heard): (Vec<_>, Vec<_>) = found.into_iter().partition(silent);
        failed.extend(silent);
        match self.by_turns(heard) {
            Some(outcome) => {
                if !failed.is_empty() {
                    self.note(Code::DNS_SERVER_SILENT);
                }
                outcome
            }
            None => {
                let mut failed = failed.into_iter();
                let nobody = || DnsOutcome::NoAnswer("no name server is named".to_owned());
                failed.next().unwrap_or_else(nobody)
            }
        }
    }

    /// Who gets the query; what does not come through is noted as failed.
    #[allow(
        clippy::type_complexity,
        reason = "a view, or what stands for its answer"
    )]
    fn reach(
        &mut self,
        from: Sender,
        to: IpAddr,
        failed: &mut Vec<DnsOutcome>,
    ) -> Result<Vec<Result<View, DnsOutcome>>, DnsOutcome> {
        if let Some(vpc) = self.own_resolver(from, to) {
            return Ok(vec![Ok(View::Vpc(vpc, Door::Inside))]);
        }
        let carried = self.carry(from, to);
        if let Some(why) = carried.unknown {
            return Err(DnsOutcome::Unknown(why));
        }
        if carried.lost {
            failed.push(DnsOutcome::Lost(to.to_string(), carried.query));
        }
        let reached = carried.reached.iter();
        Ok(reached.map(|node| self.who(*node, to)).collect())
    }

    fn carry(&mut self, from: Sender, to: IpAddr) -> Carried {
        let carried = self.carrier.carry(from, to);
        self.steps.push(DnsStep::Asks {
            query: carried.query,
            server: to,
        });
        carried
    }

    /// The VPC whose resolver has the address as seen by the sender: no packet leaves its host.
    fn own_resolver(&self, from: Sender, to: IpAddr) -> Option<Id<Vpc>> {
        let network = self.network;
        let vpc = match (from, self.viewer) {
            (Sender::Asker, Viewer::Vpc(vpc, _)) => vpc,
            (Sender::Interface(id), _) => match network.interfaces[id].role {
                Role::Resolver(_) => return None,
                _ => network.vpc_of(id)?,
            },
            (Sender::Asker | Sender::Site(..), _) => return None,
        };
        resolvers(&network.vpcs[vpc])?.contains(&to).then_some(vpc)
    }

    /// Who answers at a node.
    fn who(&self, node: NodeId, at: IpAddr) -> Result<View, DnsOutcome> {
        let (network, compiled) = (self.network, self.compiled);
        if let Some(interface) = compiled.interface_of(node) {
            return self.interface(interface);
        }
        let declared = compiled.site_hosts.iter().find(|(_, _, n)| *n == node);
        let site = declared.map_or(node, |(site, _, _)| *site);
        if let Some(index) = compiled.sites.iter().position(|n| *n == site) {
            return self.host_of_site(Id::new(index), at);
        }
        let outside = node == compiled.internet || compiled.internet_hosts.contains(&node);
        if outside && network.world == World::Closed {
            return Ok(View::Public);
        }
        Err(DnsOutcome::Unknown(format!(
            "name server {at}: what it answers is not in the input"
        )))
    }

    fn interface(&self, id: Id<Interface>) -> Result<View, DnsOutcome> {
        let network = self.network;
        let interface = &network.interfaces[id];
        match &interface.role {
            Role::Resolver(endpoint) => {
                let Some(endpoint) = endpoint.id().map(|e| &network.resolver_endpoints[e]) else {
                    return Err(self.unseen(endpoint));
                };
                if !endpoint.inbound {
                    let name = scoped(network, &endpoint.vpc, &endpoint.name);
                    return Err(DnsOutcome::NoAnswer(format!(
                        "{name} is an outbound endpoint, which answers nobody"
                    )));
                }
                match endpoint.vpc.id() {
                    Some(vpc) if endpoint.delegation => Ok(View::Vpc(vpc, Door::Delegation)),
                    Some(vpc) => Ok(View::Vpc(vpc, Door::Inbound)),
                    None => Err(self.unseen(&endpoint.vpc)),
                }
            }
            Role::Instance(instance) => {
                let runs = |s: &NameServer| matches!(&s.host, ServerHost::Instance(i) if i.id().is_some() && i.id() == instance.id());
                let found = network.name_servers.iter().find(|(_, s)| runs(s));
                let view = |(server, _)| View::Server(server, Sender::Interface(id));
                found
                    .map(view)
                    .ok_or_else(|| self.not_said(&network.interface_name(id)))
            }
            _ => Err(self.not_said(&network.interface_name(id))),
        }
    }

    fn host_of_site(&self, id: Id<Site>, at: IpAddr) -> Result<View, DnsOutcome> {
        let site = &self.network.sites[id];
        let listed = match &site.resolver {
            SiteResolver::Servers(list) => list.contains(&at),
            SiteResolver::Isp | SiteResolver::None => true,
        };
        match self.server_of_site(id).filter(|_| listed) {
            Some(server) => Ok(View::Server(server, Sender::Site(id, at))),
            None => Err(self.not_said(&format!("{at} of {}", site.name))),
        }
    }

    fn not_said(&self, who: &str) -> DnsOutcome {
        DnsOutcome::Unknown(format!(
            "name server {who}: the input does not say what it answers"
        ))
    }

    pub(super) fn server_of_site(&self, site: Id<Site>) -> Option<Id<NameServer>> {
        let mut servers = self.network.name_servers.iter();
        let own = |s: &NameServer| matches!(&s.host, ServerHost::Site(r) if r.id() == Some(site));
        servers.find(|(_, s)| own(s)).map(|(id, _)| id)
    }

    /// A name server of the user's own: its records, then the longest domain it forwards, then the
    /// public DNS, if it asks that.
    pub(super) fn in_server(
        &mut self,
        id: Id<NameServer>,
        sender: Sender,
        name: &str,
    ) -> DnsOutcome {
        let network = self.network;
        let server = &network.name_servers[id];
        let who = self.server_name(server);
        let by = format_smolstr!("records of name server {who}");
        if let Some(cut) = delegated(&server.records, name) {
            if !server.recursive {
                let why = format!("name server {who} refers to others for {}", cut.name);
                return DnsOutcome::Unknown(format!(
                    "{why}: whether whoever asks follows, no page says"
                ));
            }
            return self.delegate_of_server(sender, cut, &server.records, name, &who);
        }
        if let Some(found) = self.records(&server.records, name, &by, &who) {
            return found;
        }
        let forwards = server.forward.iter().filter(|f| owns(&f.domain, name));
        let mut forwards: Vec<_> = forwards.collect();
        forwards.sort_by_key(|f| std::cmp::Reverse(f.domain.len()));
        if let Some((best, rest)) = forwards.split_first() {
            let claim = |f: &crate::model::Forward, lost| {
                let domain = if f.domain.is_empty() { "." } else { &f.domain };
                let to: Vec<String> = f.to.iter().map(IpAddr::to_string).collect();
                Claim {
                    key: who.clone(),
                    text: format_smolstr!("{domain} goes to {}", to.join(", ")),
                    origin: f.origin.clone(),
                    lost,
                }
            };
            self.steps.push(DnsStep::Decides {
                who: format_smolstr!("name server {who}"),
                by: claim(best, ""),
                over: rest
                    .iter()
                    .map(|f| claim(f, "its domain is wider"))
                    .collect(),
            });
            return self.any(&[sender], &best.to, name);
        }
        if !server.recursive {
            return DnsOutcome::Refused(who.into());
        }
        match sender {
            Sender::Interface(_) => self.recursion(sender, name),
            Sender::Asker | Sender::Site(..) => self.public(name),
        }
    }

    /// A server that looks public names up by itself must reach the servers of the internet.
    fn recursion(&mut self, sender: Sender, name: &str) -> DnsOutcome {
        let carried = self.carry(sender, Ipv4Addr::from(SOMEBODY_ELSE).into());
        match carried.unknown {
            Some(why) => DnsOutcome::Unknown(why),
            None if carried.reached.is_empty() => {
                DnsOutcome::Lost("the public DNS".to_owned(), carried.query)
            }
            None => self.public(name),
        }
    }

    fn server_name(&self, server: &NameServer) -> SmolStr {
        let network = self.network;
        match &server.host {
            ServerHost::Site(site) => SmolStr::new(&site.text),
            ServerHost::Instance(instance) => instance.id().map_or_else(
                || SmolStr::new(&instance.text),
                |i| {
                    let instance = &network.instances[i];
                    scoped(network, &instance.vpc, &instance.name).into()
                },
            ),
        }
    }
}

/// Whether whoever asked waits in vain, and asks another server.
fn silent(outcome: &DnsOutcome) -> bool {
    matches!(
        outcome,
        DnsOutcome::NoAnswer(_)
            | DnsOutcome::Lost(..)
            | DnsOutcome::Refused(_)
            | DnsOutcome::Circle(_)
    )
}
