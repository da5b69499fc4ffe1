//! Who sees which names.
//!
//! A VPC sees its private zones (its own, and the hidden zone of every endpoint with private DNS)
//! before the public DNS. The most specific zone that owns a name is final: a missing record there is
//! NXDOMAIN, never a public answer
//! (`/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html`).

use super::bits;
use super::instance_names;
use super::own_names::{Addresses, balancer_answers, endpoint_answers, own_name, private_names};
use super::public::{SOMEBODY, token_span};
use crate::code::Code;
use crate::model::{
    DhcpDns, EndpointKind, EndpointTarget, Fact, Gap, HostedZone, Id, Listing, Network, Origin,
    Record, RecordValue, Ref, Site, SiteResolver, Unseen, Vpc, VpcEndpoint, Why, World, catalog,
};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Viewer {
    /// A host in a VPC.
    Vpc(Id<Vpc>),
    /// A host of a site.
    Site(Id<Site>),
    /// A host in a VPC that the input does not contain.
    Unseen(Id<Unseen>),
    /// Anybody on the internet.
    Internet,
}

/// One address of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsAnswer {
    /// The address, or a token of 240.0.0.0/4 that stands for an address the input does not give.
    pub address: u32,
    /// What produced it, for people: `private DNS of endpoint consumer/orders`.
    pub by: String,
    /// For `answered_by`: name of the zone, rule or endpoint (`vpc/name`), or `public`.
    pub key: String,
    /// Availability zone of the interface, if it has one.
    pub zone: Option<String>,
    /// Where it was written.
    pub origin: Origin,
    /// An assumption it makes, e.g. `PUBLIC_ADDRESS_NOT_GIVEN`.
    pub assumes: Option<&'static str>,
}

/// What came of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum DnsOutcome {
    /// Addresses, each an alternative.
    Answered(Vec<DnsAnswer>),
    /// The zone of this name (or the public DNS) has no such record.
    NxDomain(String),
    /// Nobody answers: why.
    NoAnswer(String),
    /// The input does not say: why.
    Unknown(String),
}

/// A query's outcome with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution {
    /// The name asked.
    pub name: String,
    /// Names followed on the way.
    pub chain: Vec<String>,
    /// What came of it.
    pub outcome: DnsOutcome,
    /// Assumptions about whoever answers.
    pub assumes: Vec<&'static str>,
    /// Advice: an endpoint exists, but this name does not lead to it, and why.
    pub advice: Vec<String>,
    /// Addresses that are in the answer and not in the input: what would tell each.
    pub missing: Vec<String>,
    /// What else may come of it, and the datum that would tell.
    pub otherwise: Vec<(DnsOutcome, String)>,
}

/// The views of a network.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names;

/// More names than any chain has.
const LONGEST: usize = 8;

impl Names {
    /// Asks.
    #[must_use]
    pub fn resolve(&self, network: &Network, viewer: Viewer, name: &str) -> Resolution {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let mut asked = Query {
            network,
            viewer,
            chain: Vec::new(),
            missing: Vec::new(),
            otherwise: Vec::new(),
            assumes: Vec::new(),
        };
        let outcome = asked.begin(&name);
        let advice = advice(network, viewer, &name, &outcome);
        let assumes = match outcome {
            DnsOutcome::Answered(_) => asked.assumes,
            _ => Vec::new(),
        };
        Resolution {
            name,
            chain: asked.chain,
            outcome,
            assumes,
            advice,
            missing: asked.missing,
            otherwise: asked.otherwise,
        }
    }
}

struct Query<'n> {
    network: &'n Network,
    viewer: Viewer,
    chain: Vec<String>,
    missing: Vec<String>,
    otherwise: Vec<(DnsOutcome, String)>,
    assumes: Vec<&'static str>,
}

/// A zone that a VPC sees: its domain, and whose it is.
enum Zone {
    Hosted(Id<HostedZone>),
    /// A hidden zone of an endpoint: it has the endpoint's names of this domain, and no other.
    Endpoint(Id<VpcEndpoint>, String),
}

impl Query<'_> {
    fn begin(&mut self, name: &str) -> DnsOutcome {
        match self.viewer {
            Viewer::Internet => self.public(name),
            Viewer::Unseen(id) => DnsOutcome::Unknown(self.network.unseen[id].text()),
            Viewer::Site(site) => match self.network.sites[site].resolver {
                SiteResolver::Isp => self.public(name),
                SiteResolver::None => DnsOutcome::NoAnswer("the site has no resolver".to_owned()),
            },
            Viewer::Vpc(vpc) => self.in_vpc(vpc, name),
        }
    }

    /// `/vpc/latest/userguide/AmazonDNS-concepts.html`: without DNS support the resolver does not
    /// answer; without DNS hostnames it answers public names only.
    fn in_vpc(&mut self, id: Id<Vpc>, name: &str) -> DnsOutcome {
        let vpc = &self.network.vpcs[id];
        match &vpc.dhcp_dns {
            DhcpDns::None => {
                return DnsOutcome::NoAnswer("the VPC's DHCP options name no server".to_owned());
            }
            DhcpDns::Servers(_) => {
                return DnsOutcome::Unknown("custom DNS servers are not modelled yet".to_owned());
            }
            DhcpDns::Amazon => {}
        }
        let aws = catalog::is_aws(name);
        // An import that lists no option sets, or no zones: AWS's own names are taken to be left
        // alone, as they are by default; any other name may be anybody's.
        if let Some(lack) = self.lack(Gap::Listing(id, Listing::DhcpOptions)) {
            if !aws {
                return DnsOutcome::Unknown(lack);
            }
            self.assumes.push(Code::AMAZON_PROVIDED_DNS.name());
        }
        match &vpc.dns_support {
            Fact::Known(true) => {}
            Fact::Known(false) => {
                return DnsOutcome::NoAnswer(format!("enableDnsSupport is off in {}", vpc.name));
            }
            Fact::Unseen(unseen) => self.otherwise.push((
                DnsOutcome::NoAnswer(format!("enableDnsSupport may be off in {}", vpc.name)),
                self.network.unseen[*unseen].text(),
            )),
        }
        let hostnames = match &vpc.dns_hostnames {
            Fact::Known(false) => return self.public(name),
            Fact::Known(true) => None,
            Fact::Unseen(unseen) => Some(self.network.unseen[*unseen].text()),
        };
        let (zone, perhaps) = self.zone_of(id, name);
        if !matches!(zone, Some(Zone::Endpoint(..))) {
            if let Some(lack) = self.lack(Gap::Listing(id, Listing::VpcEndpoints)) {
                return DnsOutcome::Unknown(lack);
            }
            if let Some(lack) = self.lack(Gap::Listing(id, Listing::HostedZones)) {
                if !aws {
                    return DnsOutcome::Unknown(lack);
                }
                self.assumes
                    .push(Code::NO_PRIVATE_ZONE_OVER_AWS_NAMES.name());
            }
        }
        for (zone, lack) in perhaps {
            let outcome = self.private(&zone, name);
            self.otherwise.push((outcome, lack));
        }
        match (zone, hostnames) {
            (Some(zone), Some(lack)) => {
                let outcome = self.public(name);
                self.otherwise.push((outcome, lack));
                self.private(&zone, name)
            }
            (Some(zone), None) => self.private(&zone, name),
            (None, None) if self.closed() => {
                let own = instance_names::inside(self.network, id, name);
                own.unwrap_or_else(|| self.public(name))
            }
            (None, _) => self.public(name),
        }
    }

    fn closed(&self) -> bool {
        self.network.world == World::Closed
    }

    /// What is left open about a noun: what would tell.
    fn lack(&self, gap: Gap) -> Option<String> {
        self.network.gap(gap).map(Unseen::text)
    }

    /// Addresses as an outcome; what they leave open is noted.
    fn answered(&mut self, found: Addresses) -> DnsOutcome {
        self.missing.extend(found.missing);
        if let Some(lack) = found.perhaps_one {
            for answer in &found.known {
                let alone = DnsOutcome::Answered(vec![answer.clone()]);
                self.otherwise.push((alone, lack.clone()));
            }
        }
        DnsOutcome::Answered(found.known)
    }

    /// The most specific private zone that owns the name, and those that may be seen here.
    fn zone_of(&self, vpc: Id<Vpc>, name: &str) -> (Option<Zone>, Vec<(Zone, String)>) {
        let mut best: Option<(usize, Zone)> = None;
        let mut offer = |length: usize, zone: Zone| {
            if best.as_ref().is_none_or(|(l, _)| length > *l) {
                best = Some((length, zone));
            }
        };
        let mut perhaps = Vec::new();
        let zones = self.network.zones.iter();
        for (id, zone) in zones.filter(|(_, z)| z.private && owns(&z.domain, name)) {
            if zone.vpcs.iter().any(|v| v.id() == Some(vpc)) {
                offer(zone.domain.len(), Zone::Hosted(id));
            } else if let Some(lack) = self.lack(Gap::ZoneVpcs(id)) {
                perhaps.push((zone.domain.len(), Zone::Hosted(id), lack));
            }
        }
        for (id, endpoint) in self
            .network
            .endpoints
            .iter()
            .filter(|(_, e)| e.private_dns && !e.inbound_only && e.vpc.id() == Some(vpc))
        {
            for pattern in private_names(self.network, endpoint) {
                let domain = pattern.trim_start_matches("*.");
                if owns(domain, name) {
                    offer(domain.len(), Zone::Endpoint(id, domain.to_owned()));
                }
            }
        }
        let length = best.as_ref().map_or(0, |(length, _)| *length);
        perhaps.retain(|(own, _, _)| *own >= length);
        let perhaps = perhaps.into_iter().map(|(_, zone, lack)| (zone, lack));
        (best.map(|(_, zone)| zone), perhaps.collect())
    }

    fn private(&mut self, zone: &Zone, name: &str) -> DnsOutcome {
        match zone {
            Zone::Endpoint(id, domain) => {
                let endpoint = &self.network.endpoints[*id];
                let who = scoped(self.network, &endpoint.vpc, &endpoint.name);
                let holds = |pattern: &String| match pattern.strip_prefix("*.") {
                    Some(parent) => parent == domain && name != domain,
                    None => pattern == name,
                };
                if !private_names(self.network, endpoint).iter().any(holds) {
                    return DnsOutcome::NxDomain(who);
                }
                let by = format!("private DNS of endpoint {who}");
                let found = endpoint_answers(self.network, endpoint, None, &by, &who);
                self.answered(found)
            }
            Zone::Hosted(id) => self.hosted(*id, name, "private"),
        }
    }

    /// A zone's own word on a name: what it does not have, nobody has.
    fn hosted(&mut self, id: Id<HostedZone>, name: &str, kind: &str) -> DnsOutcome {
        let zone = &self.network.zones[id];
        let by = format!("{kind} hosted zone {}", zone.domain);
        let found = self.records(&zone.records, name, &by, &zone.name);
        let lack = || match self.lack(Gap::ZoneRecords(id)) {
            Some(lack) => DnsOutcome::Unknown(lack),
            None => DnsOutcome::NxDomain(zone.name.clone()),
        };
        found.unwrap_or_else(lack)
    }

    fn records(
        &mut self,
        records: &[Record],
        name: &str,
        by: &str,
        key: &str,
    ) -> Option<DnsOutcome> {
        let exact = records.iter().find(|r| r.name == name);
        let wild = records.iter().filter(|r| {
            r.name
                .strip_prefix("*.")
                .is_some_and(|d| owns(d, name) && d != name)
        });
        let record = exact.or_else(|| wild.max_by_key(|r| r.name.len()))?;
        Some(match &record.value {
            RecordValue::A(addresses) => DnsOutcome::Answered(
                addresses
                    .iter()
                    .map(|a| DnsAnswer {
                        address: bits(*a),
                        by: by.to_owned(),
                        key: key.to_owned(),
                        zone: None,
                        origin: record.origin.clone(),
                        assumes: None,
                    })
                    .collect(),
            ),
            RecordValue::Cname(next) | RecordValue::AliasName(next) => self.follow(next),
            RecordValue::AliasEndpoint(endpoint) => match endpoint.id() {
                Some(id) => {
                    let endpoint = &self.network.endpoints[id];
                    let found = endpoint_answers(self.network, endpoint, None, by, key);
                    self.answered(found)
                }
                None => self.unseen(endpoint),
            },
            RecordValue::AliasLoadBalancer(lb) => match lb.id() {
                Some(id) => {
                    let found = balancer_answers(self.network, id, None, by, key);
                    self.answered(found)
                }
                None => self.unseen(lb),
            },
            RecordValue::Unseen(id) => DnsOutcome::Unknown(self.network.unseen[*id].text()),
        })
    }

    fn unseen<T>(&self, reference: &Ref<T>) -> DnsOutcome {
        let unseen = reference.unseen().map(|id| self.network.unseen[id].text());
        let text = || format!("{}: not in the input", reference.text);
        DnsOutcome::Unknown(unseen.unwrap_or_else(text))
    }

    fn follow(&mut self, next: &str) -> DnsOutcome {
        let next = next.trim_end_matches('.').to_ascii_lowercase();
        if self.chain.len() >= LONGEST {
            return DnsOutcome::Unknown("the chain of names is too long".to_owned());
        }
        self.chain.push(next.clone());
        self.begin(&next)
    }

    /// The public DNS: the input's records, AWS's names, the endpoints' own names.
    fn public(&mut self, name: &str) -> DnsOutcome {
        let network = self.network;
        if let Some(found) = self.records(&network.public_records, name, "public DNS", "public") {
            return found;
        }
        let zones = network.zones.iter();
        let owner = zones
            .filter(|(_, z)| !z.private && owns(&z.domain, name))
            .max_by_key(|(_, z)| z.domain.len());
        if let Some((id, _)) = owner {
            return self.hosted(id, name, "public");
        }
        let zones = network.zones.iter().filter(|(_, z)| owns(&z.domain, name));
        for (id, _) in zones {
            if let Some(lack) = self.lack(Gap::ZoneKind(id)) {
                let outcome = self.hosted(id, name, "public");
                self.otherwise.push((outcome, lack));
            }
        }
        if let Some(host) = network
            .internet_hosts
            .iter()
            .find(|(_, h)| h.records.iter().any(|r| r == name))
        {
            return DnsOutcome::Answered(vec![public(bits(host.1.ip), &host.1.origin, None)]);
        }
        if let Some(found) = own_name(network, name) {
            return self.answered(found);
        }
        if let (true, Some(found)) = (self.closed(), instance_names::outside(network, name)) {
            return found;
        }
        if let Some(why) = foreign(network, name) {
            return DnsOutcome::Unknown(why);
        }
        if ["vpce.amazonaws.com", "elb.amazonaws.com", "internal"]
            .iter()
            .any(|d| owns(d, name))
        {
            return DnsOutcome::NxDomain("the public DNS".to_owned());
        }
        let rule =
            Origin::Implied("the public DNS knows AWS's names, /general/latest/gr/rande.html");
        if let Some((_, addresses)) = network.aws_addresses.iter().find(|(n, _)| n == name) {
            return DnsOutcome::Answered(
                addresses
                    .iter()
                    .map(|a| public(bits(*a), &rule, None))
                    .collect(),
            );
        }
        let Some((region, service)) = catalog::owner_of(name) else {
            let rule = Origin::Implied("a public name that the input does not give");
            return DnsOutcome::Answered(vec![public(
                SOMEBODY,
                &rule,
                Some(Code::PUBLIC_NAME_EXISTS.name()),
            )]);
        };
        // Another name of the same service: its regional name's addresses stand for it.
        for (known, addresses) in &network.aws_addresses {
            if catalog::owner_of(known).is_some_and(|(r, s)| r == region && s.name == service.name)
            {
                return DnsOutcome::Answered(
                    addresses
                        .iter()
                        .map(|a| public(bits(*a), &rule, None))
                        .collect(),
                );
            }
        }
        let list = network
            .aws_lists
            .iter()
            .find(|((r, s), nets)| *r == region && s == service.name && !nets.is_empty());
        let address = match list.and_then(|(_, nets)| nets.first()) {
            Some(net) => u32::from(net.network()) + 1,
            None => token_span(network, &region, service.name).0 + 1,
        };
        DnsOutcome::Answered(vec![public(
            address,
            &rule,
            Some(Code::PUBLIC_ADDRESS_NOT_GIVEN.name()),
        )])
    }
}

/// Names of resources that an import may just not contain.
fn foreign(network: &Network, name: &str) -> Option<String> {
    if network.world == World::Closed {
        return None;
    }
    let listing = |kind, listing: Listing| Unseen {
        name: name.to_owned(),
        kind,
        why: if network.unlisted.contains(&listing) {
            Why::NotListed(listing)
        } else {
            Why::NotAmong(listing)
        },
        origin: Origin::Unknown,
    };
    let unseen = if owns("vpce.amazonaws.com", name) {
        listing("name of a VPC endpoint", Listing::VpcEndpoints)
    } else if name.ends_with(".amazonaws.com") && name.split('.').any(|label| label == "elb") {
        listing("name of a load balancer", Listing::LoadBalancers)
    } else if owns("internal", name)
        || (name.starts_with("ec2-") && name.ends_with(".amazonaws.com"))
    {
        Unseen {
            why: Why::NotModelled("names of instances are not modelled yet".to_owned()),
            ..listing("name of an instance", Listing::Instances)
        }
    } else if !catalog::is_aws(name) {
        let gap = |id| network.gap(Gap::Listing(id, Listing::HostedZones));
        let unlisted = network.unlisted.contains(&Listing::HostedZones);
        return match network.vpcs.iter().find_map(|(id, _)| gap(id)) {
            None if unlisted => Some(listing("name", Listing::HostedZones).text()),
            found => found.map(Unseen::text),
        };
    } else {
        return None;
    };
    Some(unseen.text())
}

fn public(address: u32, origin: &Origin, assumes: Option<&'static str>) -> DnsAnswer {
    DnsAnswer {
        address,
        by: "public DNS".to_owned(),
        key: "public".to_owned(),
        zone: None,
        origin: origin.clone(),
        assumes,
    }
}

/// Whether a domain is the name or a parent of it.
fn owns(domain: &str, name: &str) -> bool {
    domain.is_empty()
        || name
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

pub(super) fn scoped(network: &Network, vpc: &Ref<Vpc>, name: &str) -> String {
    vpc.id().map_or_else(
        || name.to_owned(),
        |v| format!("{}/{name}", network.vpcs[v].name),
    )
}

/// An endpoint exists for the service of this name, and the answer does not lead to it.
fn advice(network: &Network, viewer: Viewer, name: &str, outcome: &DnsOutcome) -> Vec<String> {
    let DnsOutcome::Answered(found) = outcome else {
        return Vec::new();
    };
    if found.iter().any(|a| a.key != "public") {
        return Vec::new();
    }
    let Some((region, service)) = catalog::owner_of(name) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for (_, endpoint) in network.endpoints.iter() {
        let serves = matches!(&endpoint.target, EndpointTarget::Aws(r, s) if *r == region && s == service.name);
        if !serves || !matches!(endpoint.kind, EndpointKind::Interface(_)) {
            continue;
        }
        let who = scoped(network, &endpoint.vpc, &endpoint.name);
        let why = if Viewer::Vpc(endpoint.vpc.id().unwrap_or(Id::new(usize::MAX))) != viewer {
            "is in another VPC, whose private DNS is not seen from here"
        } else if !endpoint.private_dns {
            "has private DNS off"
        } else if endpoint.inbound_only {
            "has private DNS for inbound Resolver endpoints only"
        } else {
            "does not capture this name"
        };
        out.push(format!(
            "the answer is public although interface endpoint {who} exists: it {why}"
        ));
    }
    out
}
