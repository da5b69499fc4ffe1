//! Resolver endpoints and rules, Profiles, and name servers of the user's own.

use super::Printer;
use super::doc::{Doc, Map, texts};
use super::interface::is_default;
use crate::model::{Id, NameServer, RuleKind, ServerHost, Site, SiteResolver, Vpc};

impl Printer<'_> {
    pub(super) fn resolver_endpoints(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, endpoint) in network.resolver_endpoints.iter() {
            let (Some(name), true) = (
                self.names.of(id).map(str::to_owned),
                endpoint.vpc.id() == Some(vpc),
            ) else {
                continue;
            };
            let at = self.label(id);
            let mut map = Map::of("resolver_endpoint");
            map.word(
                "direction",
                match (endpoint.inbound, endpoint.delegation) {
                    (true, true) => "inbound-delegation",
                    (true, false) => "inbound",
                    (false, _) => "outbound",
                },
            );
            let (subnets, groups) = self.nodes(&endpoint.interfaces, vpc, &at);
            map.put("subnets", Doc::Map(subnets));
            if let Some(groups) = groups.filter(|g| !is_default(g)) {
                map.full_list("security_groups", groups);
            }
            all.push(&name, Doc::Map(map));
        }
        all
    }

    pub(super) fn resolver_rules(&mut self) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, rule) in network.rules.iter() {
            let at = &rule.name;
            let mut map = Map::of("resolver_rule");
            map.text("domain", every(&rule.domain));
            let vpcs = self.words(&rule.vpcs, None, at);
            map.list("vpcs", vpcs);
            match &rule.kind {
                RuleKind::System => map.word("type", "system"),
                RuleKind::Delegate { through } => {
                    map.word("type", "delegate");
                    map.maybe("through", self.word(through, None, at));
                }
                RuleKind::Forward { to, through } => {
                    map.full_list("to", texts(to));
                    map.maybe("through", self.word(through, None, at));
                }
                RuleKind::Unseen(unseen) => {
                    self.lost(network.unseen[*unseen].text(), at);
                    continue;
                }
            }
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    pub(super) fn profiles(&mut self) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, profile) in network.profiles.iter() {
            let at = &profile.name;
            let mut map = Map::of("profile");
            let vpcs = self.words(&profile.vpcs, None, at);
            map.list("vpcs", vpcs);
            let zones = self.words(&profile.zones, None, at);
            map.list("zones", zones);
            let rules = self.words(&profile.rules, None, at);
            map.list("rules", rules);
            let endpoints = self.words(&profile.endpoints, None, at);
            map.list("endpoints", endpoints);
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    /// What runs on a host, if it is a name server.
    pub(super) fn server(&self, is: impl Fn(&ServerHost) -> bool) -> Option<&NameServer> {
        let mut all = self.network.name_servers.iter();
        all.find(|(_, s)| is(&s.host)).map(|(_, s)| s)
    }

    /// What a name server knows, and whom it asks.
    pub(super) fn answers(&mut self, map: &mut Map, server: &NameServer, at: &str) {
        let records = self.records_by_name(&server.records, at);
        map.map("records", records);
        let mut forward = Map::free();
        for one in &server.forward {
            forward.push(every(&one.domain), Doc::one_or_list(texts(&one.to)));
        }
        map.map("forward", forward);
    }

    /// Whom a site's hosts ask, and what its name servers answer.
    pub(super) fn site_resolver(&mut self, map: &mut Map, id: Id<Site>) {
        let site = &self.network.sites[id];
        let provider = site.public_ip.is_some();
        let own = |host: &ServerHost| matches!(host, ServerHost::Site(s) if s.id() == Some(id));
        let server = self.server(own).cloned();
        if let Some(server) = &server {
            self.answers(map, server, &site.name);
        }
        let told = server
            .as_ref()
            .is_some_and(|s| !(s.records.is_empty() && s.forward.is_empty()));
        let recursive = server.as_ref().is_none_or(|s| s.recursive == provider);
        match &site.resolver {
            SiteResolver::Servers(servers) => map.full_list("resolver", texts(servers)),
            SiteResolver::Isp if (provider || told) && recursive => {}
            SiteResolver::Isp => map.word("resolver", "isp"),
            SiteResolver::None if provider || told => map.word("resolver", "none"),
            SiteResolver::None => {}
        }
    }
}

/// The domain, or the one of every name.
fn every(domain: &str) -> &str {
    if domain.is_empty() { "." } else { domain }
}
