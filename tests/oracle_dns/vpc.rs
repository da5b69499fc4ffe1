//! The resolver of a VPC: who of all that it knows answers a name.

use super::*;
use std::cmp::Reverse;

/// What may answer the names below a domain.
#[derive(Clone, Copy)]
enum Source<'a> {
    Rule(&'a ResolverRule),
    Zone(&'a HostedZone),
    /// The hidden zone of an endpoint's private names.
    Private(&'a VpcEndpoint),
    /// The zone of the resolver's own with the names of instances.
    Instances,
}

/// Its domain; what goes first of those with the same domain; whether a Profile brings it.
type Candidate<'a> = (String, (usize, bool), Source<'a>);

impl<'a> Ask<'a> {
    pub(super) fn of_resolver(&self, vpc: Id<Vpc>, door: Door, name: &str) -> All {
        if self.net.vpcs[vpc].dns_support != Fact::Known(true) {
            self.met("a VPC without DNS support");
            return only(Said::Silence);
        }
        let mut all = self.sources(vpc, door);
        all.retain(|(domain, ..)| owns(domain, name));
        if let Some(unknown) = rivals(&all, |_| true) {
            return unknown;
        }
        let best = longest(&all, |_| true);
        self.compare(best, &all);
        let Some((_, _, Source::Rule(rule))) = best else {
            return self.inside(best, vpc, door, name);
        };
        self.decided(&rule.name);
        if door == Door::Delegation {
            return only(Said::Unknown);
        }
        match &rule.kind {
            RuleKind::Forward { to, through } => self.forward(to, through, name),
            // The resolver by itself, whatever is forwarded.
            RuleKind::System => {
                let zone = |s: &Source<'_>| !matches!(s, Source::Rule(_));
                if let Some(unknown) = rivals(&all, zone) {
                    return unknown;
                }
                let own = longest(&all, zone);
                self.inside(own, vpc, door, name)
            }
            RuleKind::Delegate { .. } | RuleKind::Unseen(_) => only(Said::Unknown),
        }
    }

    /// Notes what the best goes before.
    fn compare(&self, best: Option<&Candidate<'_>>, all: &[Candidate<'_>]) {
        let Some(best) = best else { return };
        for other in all {
            let same = other.0 == best.0;
            if same && other.1.0 == best.1.0 {
                self.met(&format!("by a {}", kind(best)));
                continue;
            }
            let domain = if same { "same" } else { "wider" };
            let (best, other) = (kind(best), kind(other));
            self.met(&format!("{best} before a {domain} {other}"));
        }
    }

    /// Answers without asking anybody outside AWS.
    fn inside(&self, best: Option<&Candidate<'_>>, vpc: Id<Vpc>, door: Door, name: &str) -> All {
        let who = Who::Resolver(vpc, door);
        // Domains of private zones are delegated; what is said of other names no page says.
        let beyond = || (door == Door::Delegation).then(|| only(Said::Unknown));
        match best {
            Some((.., Source::Zone(zone))) => {
                self.decided(&zone.name);
                self.in_zone(zone, name, who)
            }
            Some((domain, _, Source::Private(endpoint))) => {
                self.decided(&self.label(endpoint));
                beyond().unwrap_or_else(|| self.private_name(endpoint, domain, name))
            }
            Some((.., Source::Instances)) => {
                self.decided("aws");
                beyond().unwrap_or_else(|| self.instance(vpc, name))
            }
            _ if door == Door::Delegation => only(Said::Unknown),
            _ => self
                .foreign_instance(vpc, name)
                .unwrap_or_else(|| self.in_public(name, who)),
        }
    }

    /// Everything that may answer in a VPC, by domain and by what goes first at the same domain:
    /// rules before zones, the VPC's own, the resolver's included, before its Profile's.
    fn sources(&self, vpc: Id<Vpc>, door: Door) -> Vec<Candidate<'a>> {
        let net = self.net;
        let of = |vpcs: &[Ref<Vpc>]| vpcs.iter().any(|v| v.id() == Some(vpc));
        let mut all = Vec::new();
        let mut add = |domain: &str, rank: usize, source| {
            // The VPC's own have even ranks.
            all.push((domain.to_owned(), (rank, rank % 2 == 1), source));
        };
        let profile = net.profiles.iter().map(|(_, p)| p).find(|p| of(&p.vpcs));
        let brought = |refs: fn(&Profile) -> &[Ref<ResolverRule>]| profile.map_or(&[][..], refs);
        // A delegation rule is about names of servers, and claims no other.
        let claims = |r: &ResolverRule| !matches!(r.kind, RuleKind::Delegate { .. });
        for (_, rule) in net.rules.iter().filter(|(_, r)| of(&r.vpcs) && claims(r)) {
            add(&rule.domain, 0, Source::Rule(rule));
        }
        let rules = brought(|p| &p.rules).iter();
        let rules = rules.filter_map(|r| Some(&net.rules[r.id()?]));
        for rule in rules.filter(|r| claims(r)) {
            let first = net.is_on("profile-rule-beats-local-zone");
            add(&rule.domain, if first { 1 } else { 5 }, Source::Rule(rule));
        }
        // Private zones and names of AWS's making need both attributes.
        if net.vpcs[vpc].dns_hostnames != Fact::Known(true) {
            self.met("a VPC without DNS hostnames");
            return all;
        }
        for (_, zone) in net.zones.iter().filter(|(_, z)| z.private && of(&z.vpcs)) {
            add(&zone.domain, 2, Source::Zone(zone));
        }
        let zones = profile.iter().flat_map(|p| &p.zones);
        for zone in zones.filter_map(|z| Some(&net.zones[z.id()?])) {
            add(&zone.domain, 7, Source::Zone(zone));
        }
        let own = net.endpoints.iter().map(|(_, e)| e);
        let own = own.filter(|e| e.vpc.id() == Some(vpc)).map(|e| (2, e));
        let brought = profile.iter().flat_map(|p| &p.endpoints);
        let brought = brought.filter_map(|e| Some((7, &net.endpoints[e.id()?])));
        let private = own.chain(brought).filter(|(_, e)| e.private_dns);
        for (rank, endpoint) in private.filter(|(_, e)| door == Door::Inbound || !e.inbound_only) {
            for domain in self.domains(endpoint) {
                add(&domain, rank, Source::Private(endpoint));
            }
        }
        for domain in public::instance_domains(&net.vpcs[vpc].region) {
            add(&domain, 4, Source::Instances);
        }
        all
    }
}

/// The longest domain, and of several of the same the first.
fn longest<'s, 'a>(
    all: &'s [Candidate<'a>],
    admits: impl Fn(&Source<'a>) -> bool,
) -> Option<&'s Candidate<'a>> {
    let fit = all.iter().filter(|(.., source)| admits(source));
    fit.max_by_key(|(domain, rank, _)| (domain.len(), Reverse(*rank)))
}

/// Two that a Profile brings for the same domain: no page says which of them answers.
fn rivals<'a>(all: &[Candidate<'a>], admits: impl Fn(&Source<'a>) -> bool) -> Option<All> {
    let (domain, rank, _) = longest(all, &admits)?;
    let fit = all.iter().filter(|(.., source)| admits(source));
    let first = fit.filter(|(d, r, _)| (d, r) == (domain, rank)).count();
    (first > 1).then(|| only(Said::Unknown))
}

/// What it is, for the counts.
fn kind((_, (_, brought), source): &Candidate<'_>) -> String {
    let kind = match source {
        Source::Rule(rule) if matches!(rule.kind, RuleKind::System) => "system rule",
        Source::Rule(_) => "forward rule",
        Source::Zone(_) => "zone",
        Source::Private(endpoint) if endpoint.inbound_only => "private name for inbound queries",
        Source::Private(_) => "private name",
        Source::Instances => "zone of instances",
    };
    format!("{}{kind}", if *brought { "Profile's " } else { "" })
}
