//! The resolver of a VPC: who of all that it knows answers a name.

use super::*;
use std::cmp::Reverse;

/// What may answer the names below a domain.
enum Source<'a> {
    Rule(&'a ResolverRule),
    Zone(&'a HostedZone),
    /// The hidden zone of an endpoint's private names.
    Private(&'a VpcEndpoint),
    /// The zone of the resolver's own with the names of instances.
    Instances,
}

impl<'a> Ask<'a> {
    pub(super) fn of_resolver(&self, vpc: Id<Vpc>, inbound: bool, name: &str) -> All {
        if self.net.vpcs[vpc].dns_support != Fact::Known(true) {
            return only(Said::Silence);
        }
        let all = self.sources(vpc, inbound);
        let best = longest(&all, name, |_| true);
        let Some((_, Source::Rule(rule))) = best else {
            return self.inside(best, vpc, inbound, name);
        };
        self.decided(&rule.name);
        match &rule.kind {
            RuleKind::Forward { to, through } => self.forward(to, through, name),
            // The resolver by itself, whatever is forwarded.
            RuleKind::System => {
                let own = longest(&all, name, |s| !matches!(s, Source::Rule(_)));
                self.inside(own, vpc, inbound, name)
            }
            RuleKind::Unseen(_) => only(Said::Unknown),
        }
    }

    /// Answers without asking anybody outside AWS.
    fn inside(
        &self,
        best: Option<(&str, &Source<'_>)>,
        vpc: Id<Vpc>,
        inbound: bool,
        name: &str,
    ) -> All {
        let who = Who::Resolver(vpc, inbound);
        match best {
            Some((_, Source::Zone(zone))) => {
                self.decided(&zone.name);
                self.in_zone(zone, name, who)
            }
            Some((domain, Source::Private(endpoint))) => {
                self.decided(&self.label(endpoint));
                self.private_name(endpoint, domain, name)
            }
            Some((_, Source::Instances)) => {
                self.decided("aws");
                self.instance(vpc, name)
            }
            _ => self
                .foreign_instance(vpc, name)
                .unwrap_or_else(|| self.in_public(name, who)),
        }
    }

    /// Everything that may answer in a VPC, by domain and by what goes first at the same domain:
    /// rules before zones, the VPC's own, the resolver's included, before its Profile's.
    fn sources(&self, vpc: Id<Vpc>, inbound: bool) -> Vec<(String, usize, Source<'a>)> {
        let net = self.net;
        let of = |vpcs: &[Ref<Vpc>]| vpcs.iter().any(|v| v.id() == Some(vpc));
        let mut all = Vec::new();
        let mut add = |domain: &str, rank, source| all.push((domain.to_owned(), rank, source));
        let profile = net.profiles.iter().map(|(_, p)| p).find(|p| of(&p.vpcs));
        let brought = |refs: fn(&Profile) -> &[Ref<ResolverRule>]| profile.map_or(&[][..], refs);
        for (_, rule) in net.rules.iter().filter(|(_, r)| of(&r.vpcs)) {
            add(&rule.domain, 0, Source::Rule(rule));
        }
        let rules = brought(|p| &p.rules).iter();
        for rule in rules.filter_map(|r| Some(&net.rules[r.id()?])) {
            let first = net.is_on("profile-rule-beats-local-zone");
            add(&rule.domain, if first { 1 } else { 4 }, Source::Rule(rule));
        }
        // Private zones and names of AWS's making need both attributes.
        if net.vpcs[vpc].dns_hostnames != Fact::Known(true) {
            return all;
        }
        for (_, zone) in net.zones.iter().filter(|(_, z)| z.private && of(&z.vpcs)) {
            add(&zone.domain, 2, Source::Zone(zone));
        }
        let zones = profile.iter().flat_map(|p| &p.zones);
        for zone in zones.filter_map(|z| Some(&net.zones[z.id()?])) {
            add(&zone.domain, 5, Source::Zone(zone));
        }
        let own = net.endpoints.iter().map(|(_, e)| e);
        let own = own.filter(|e| e.vpc.id() == Some(vpc)).map(|e| (2, e));
        let brought = profile.iter().flat_map(|p| &p.endpoints);
        let brought = brought.filter_map(|e| Some((5, &net.endpoints[e.id()?])));
        let private = own.chain(brought).filter(|(_, e)| e.private_dns);
        for (rank, endpoint) in private.filter(|(_, e)| inbound || !e.inbound_only) {
            for domain in self.domains(endpoint) {
                add(&domain, rank, Source::Private(endpoint));
            }
        }
        for domain in public::instance_domains(&net.vpcs[vpc].region) {
            add(&domain, 3, Source::Instances);
        }
        all
    }
}

/// The longest domain, and of several of the same the first by rank.
fn longest<'s, 'a>(
    all: &'s [(String, usize, Source<'a>)],
    name: &str,
    admits: impl Fn(&Source<'a>) -> bool,
) -> Option<(&'s str, &'s Source<'a>)> {
    let fit = all.iter().filter(|(domain, ..)| owns(domain, name));
    let fit = fit.filter(|(.., source)| admits(source));
    let best = fit.max_by_key(|(domain, rank, _)| (domain.len(), Reverse(*rank)));
    best.map(|(domain, _, source)| (domain.as_str(), source))
}
