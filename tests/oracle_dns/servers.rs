//! Name servers: whom a host asks, what a server of the user's own says, and how a query gets there.

use super::*;
use std::net::Ipv6Addr;

/// `64:ff9b::/96`.
const NAT64: u32 = 0x0064_ff9b;

impl Ask<'_> {
    /// A host of a VPC asks whom its DHCP options name.
    pub(super) fn by_host(&self, at: Id<Interface>, ip: IpAddr, name: &str) -> All {
        let vpc = self.net.vpc_of(at).unwrap();
        match &self.net.vpcs[vpc].dhcp_dns {
            DhcpDns::Amazon => self.of_own_resolver(at, vpc, name),
            DhcpDns::None => only(Said::Silence),
            DhcpDns::Servers(all) => self.in_order(Spot::Eni(at), ip, all, name),
        }
    }

    /// The resolver of the asker's VPC makes addresses of IPv6 for names that have none, if the
    /// asker's subnet wants them.
    fn of_own_resolver(&self, at: Id<Interface>, vpc: Id<Vpc>, name: &str) -> All {
        let said = self.of(Who::Resolver(vpc, Door::Inside), name);
        let subnet = self.net.interfaces[at].subnet.id().unwrap();
        if !self.net.subnets[subnet].dns64 {
            return said;
        }
        let made = said.into_iter().map(|said| match said {
            Said::Addresses(all) => {
                let six = all.iter().any(|(ip, _)| ip.is_some_and(|ip| ip.is_ipv6()));
                if !six {
                    self.met("an address made for IPv6");
                }
                let made = |(ip, by): &(Option<IpAddr>, String)| match ip {
                    Some(IpAddr::V4(ip)) => {
                        let high = u128::from(NAT64) << 96;
                        let made = Ipv6Addr::from_bits(high | u128::from(ip.to_bits()));
                        Some((Some(made.into()), by.clone()))
                    }
                    _ => None,
                };
                let more = Vec::from_iter(all.iter().filter(|_| !six).filter_map(made));
                Said::Addresses(all.into_iter().chain(more).collect())
            }
            other => other,
        });
        made.collect()
    }

    /// A host of a site asks the provider, or the site's own servers.
    pub(super) fn by_site(&self, site: Id<Site>, ip: IpAddr, name: &str) -> All {
        match &self.net.sites[site].resolver {
            SiteResolver::Isp => match self.server_of(site) {
                Some(own) => self.of(Who::Server(own, Spot::Site(site), ip), name),
                None => self.of(Who::Public, name),
            },
            SiteResolver::None => only(Said::Silence),
            SiteResolver::Servers(all) => self.in_order(Spot::Site(site), ip, all, name),
        }
    }

    /// One after the other, until one says something.
    fn in_order(&self, from: Spot, ip: IpAddr, servers: &[IpAddr], name: &str) -> All {
        let mut failed = All::new();
        for server in servers {
            let said = self.ask_at(from, ip, *server, name);
            if said.iter().any(is_answer) {
                return said;
            }
            self.met("a server that says nothing");
            failed.extend(said);
        }
        failed
    }

    /// Each of them may be asked; of those that say nothing the others' word is taken.
    pub(super) fn by_turns(&self, from: Spot, ip: IpAddr, servers: &[IpAddr], name: &str) -> All {
        let said = servers.iter().flat_map(|s| self.ask_at(from, ip, *s, name));
        self.answers(said.collect())
    }

    /// Through an outbound endpoint: whoever of the servers answers, taken as it is.
    pub(super) fn forward(
        &self,
        to: &[IpAddr],
        through: &Ref<ResolverEndpoint>,
        name: &str,
    ) -> All {
        let outbound = &self.net.resolver_endpoints[through.id().unwrap()];
        let mut heard = All::new();
        for server in to {
            for eni in outbound.interfaces.iter().filter_map(Ref::id) {
                let own = self.net.interfaces[eni].ips[0].into();
                // It does not ask the resolver that it sends for.
                let strange = !self.is_resolver(self.net.vpc_of(eni).unwrap(), *server);
                heard.extend(match strange {
                    true => self.ask_at(Spot::Eni(eni), own, *server, name),
                    false => only(Said::Silence),
                });
            }
        }
        self.answers(heard)
    }

    /// Asks a server at an address: the query is a packet, and so is the answer.
    fn ask_at(&self, from: Spot, ip: IpAddr, server: IpAddr, name: &str) -> All {
        if let Spot::Eni(at) = from {
            let vpc = self.net.vpc_of(at).unwrap();
            if self.is_resolver(vpc, server) {
                return self.of_own_resolver(at, vpc, name);
            }
        }
        let local = |site: Id<Site>| {
            self.net.sites[site]
                .cidrs
                .iter()
                .any(|c| c.contains(&server))
        };
        let at_home = matches!(from, Spot::Site(site) if local(site));
        if let Spot::Site(site) = from
            && self.by_hub(site, server)
        {
            self.met("a query from one site to another");
            return only(Said::Unknown);
        }
        if !at_home && !self.carried(from, ip, server) {
            self.met("a query that is lost");
            return only(Said::Silence);
        }
        match self.at(server) {
            Ok(who) => {
                self.met(match who {
                    Who::Resolver(_, Door::Delegation) => "an endpoint that is delegated to",
                    Who::Resolver(..) => "an inbound endpoint",
                    Who::Server(_, Spot::Eni(_), _) => "a server on an instance",
                    Who::Server(..) => "a server of a site",
                    Who::Public => "a public name server",
                });
                self.of(who, name)
            }
            Err(said) => only(said),
        }
    }

    /// Whether a server is the VPC's resolver, by one of its addresses.
    fn is_resolver(&self, vpc: Id<Vpc>, server: IpAddr) -> bool {
        let base = self.net.vpcs[vpc].cidrs[0].network().to_bits();
        match server {
            IpAddr::V4(ip) => ip.to_bits() == base + 2 || ip.octets() == [169, 254, 169, 253],
            IpAddr::V6(ip) => ip.to_string() == "fd00:ec2::253",
        }
    }

    /// Who listens at an address.
    fn at(&self, server: IpAddr) -> Result<Who, Said> {
        let mut all = self.net.interfaces.iter();
        if let Some((at, interface)) = all.find(|(_, i)| i.has(server)) {
            return match &interface.role {
                Role::Resolver(r) if self.net.resolver_endpoints[r.id().unwrap()].inbound => {
                    let endpoint = &self.net.resolver_endpoints[r.id().unwrap()];
                    let door = match endpoint.delegation {
                        true => Door::Delegation,
                        false => Door::Inbound,
                    };
                    Ok(Who::Resolver(self.net.vpc_of(at).unwrap(), door))
                }
                Role::Resolver(_) => Err(Said::Silence),
                Role::Instance(r) => {
                    let on = |s: &NameServer| matches!(&s.host, ServerHost::Instance(i) if i.id() == r.id());
                    let id = self.server(on).ok_or(Said::Unknown)?;
                    Ok(Who::Server(id, Spot::Eni(at), server))
                }
                _ => Err(Said::Unknown),
            };
        }
        for (id, site) in self.net.sites.iter() {
            if site.cidrs.iter().any(|c| c.contains(&server)) {
                let others =
                    matches!(&site.resolver, SiteResolver::Servers(all) if !all.contains(&server));
                let own = self.server_of(id).filter(|_| !others);
                let own = own.ok_or(Said::Unknown)?;
                return Ok(Who::Server(own, Spot::Site(id), server));
            }
        }
        Ok(Who::Public)
    }

    fn server_of(&self, site: Id<Site>) -> Option<Id<NameServer>> {
        self.server(|s| matches!(&s.host, ServerHost::Site(i) if i.id() == Some(site)))
    }

    fn server(&self, is: impl Fn(&NameServer) -> bool) -> Option<Id<NameServer>> {
        let mut all = self.net.name_servers.iter();
        all.find(|(_, s)| is(s)).map(|(id, _)| id)
    }

    /// Of servers that are asked by turns those that say something.
    pub(super) fn answers(&self, mut said: All) -> All {
        if said.iter().any(is_answer) {
            said.retain(is_answer);
        }
        if said.iter().filter(|s| is_answer(s)).count() > 1 {
            self.met("servers that do not agree");
        }
        said
    }

    /// Its own records, else the longest domain that it forwards, else the public DNS.
    pub(super) fn of_server(&self, id: Id<NameServer>, at: Spot, ip: IpAddr, name: &str) -> All {
        let server = &self.net.name_servers[id];
        let by = match &server.host {
            ServerHost::Site(r) => self.net.sites[r.id().unwrap()].name.clone(),
            ServerHost::Instance(r) => {
                let instance = &self.net.instances[r.id().unwrap()];
                let vpc = &self.net.vpcs[instance.vpc.id().unwrap()].name;
                format!("{vpc}/{}", instance.name)
            }
        };
        if let Some(servers) = self.left_to(&server.records, "", name) {
            if server.recursive {
                self.decided(&by);
            }
            let me = (Who::Server(id, at, ip), at, ip);
            return self.left_by_server(server, &servers, name, me);
        }
        let found = self.matching(&server.records, name);
        if !found.is_empty() {
            self.met("a server's own records");
            return self.read(&found, name, &by, Who::Server(id, at, ip));
        }
        let all = server.forward.iter().filter(|f| owns(&f.domain, name));
        if let Some(forward) = all.max_by_key(|f| f.domain.len()) {
            // What a server of somebody's own does with a list is its own affair.
            self.decided(&by);
            self.met("a server that forwards");
            return self.by_turns(at, ip, &forward.to, name);
        }
        if !server.recursive {
            return only(Said::Refusal);
        }
        // A server in a VPC needs a way to the servers of the public DNS.
        let somewhere = "198.51.100.53".parse().unwrap();
        if matches!(at, Spot::Eni(_)) && !self.carried(at, ip, somewhere) {
            return only(Said::Silence);
        }
        self.in_public(name, Who::Server(id, at, ip))
    }
}

/// Whether it ends the asking; silence and refusals send whoever asks to the next server.
fn is_answer(said: &Said) -> bool {
    !matches!(said, Said::Silence | Said::Refusal | Said::Circle)
}
