//! The public DNS: the input's records and public zones, AWS's names, the endpoints' own names.

use super::hosts::{is_instance, public_address};
use super::own::own_name;
use super::query::Query;
use super::{Claim, DnsAnswer, DnsOutcome, DnsStep, owns};
use crate::aws::bits;
use crate::aws::filter::span;
use crate::aws::lists::token_span;
use crate::aws::public::{SOMEBODY, token};
use crate::code::Code;
use crate::fabric::{Address, Span};
use crate::model::{
    DnsType, EndpointKind, EndpointTarget, Family, Gap, HostedZone, IpType, Listing, Network,
    Origin, Unseen, World, catalog, ipv6_list,
};
use smol_str::{SmolStr, format_smolstr};

const PUBLIC_DNS: SmolStr = SmolStr::new_static("public DNS");
/// Who says so, where it is known everywhere.
const PUBLIC: SmolStr = SmolStr::new_static("public");

/// An address that belongs to nobody in the input: anybody's server on the internet.
pub(super) const SOMEBODY_ELSE: u32 = SOMEBODY;

impl Query<'_> {
    /// The public DNS: the input's records, AWS's names, the endpoints' own names.
    pub(super) fn public(&mut self, name: &str) -> DnsOutcome {
        let network = self.network;
        if let Some(found) = self.records(&network.public_records, name, &PUBLIC_DNS, &PUBLIC) {
            return found;
        }
        let zones = network.zones.iter();
        let owners = zones.filter(|(_, z)| !z.private && owns(&z.domain, name));
        let mut owners: Vec<_> = owners.collect();
        owners.sort_by_key(|(_, z)| std::cmp::Reverse(z.domain.len()));
        if let Some(((id, zone), wider)) = owners.split_first() {
            let id = *id;
            self.steps.push(DnsStep::Decides {
                who: SmolStr::new_static("the public DNS"),
                by: public_zone(zone, ""),
                over: wider
                    .iter()
                    .map(|(_, z)| public_zone(z, "its domain is wider"))
                    .collect(),
            });
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
            let all = host.1.addresses();
            let all = all.map(|ip| public(bits(ip), &host.1.origin, None));
            return DnsOutcome::Answered(all.collect());
        }
        if let Some(found) = own_name(self, name) {
            return self.answered(found);
        }
        // Private names of instances are known to their own VPC only.
        if is_instance(name) {
            let vpc = self
                .viewing_vpc()
                .filter(|_| public_address(name).is_some());
            return self.instance(vpc, name);
        }
        if let Some(why) = foreign(network, name) {
            return DnsOutcome::Unknown(why);
        }
        // Reverse zones have names, and no addresses (RFC 1035, section 3.5; RFC 3596, section 2.5).
        let without = ["in-addr.arpa", "ip6.arpa", "vpce.amazonaws.com"];
        let without = without.iter().chain(&["elb.amazonaws.com", "internal"]);
        if without.into_iter().any(|d| owns(d, name)) {
            return DnsOutcome::NxDomain("the public DNS".to_owned());
        }
        let rule =
            Origin::Implied("the public DNS knows AWS's names, /general/latest/gr/rande.html");
        if let Some((_, addresses)) = network.aws_addresses.iter().find(|(n, _)| n == name) {
            let told = network
                .owner_of(name)
                .and_then(|(r, s)| self.told(name, &r, s.name));
            let own = addresses.iter();
            let own = own.filter(|a| told.is_none_or(|families| families.has(Family::of(**a))));
            let given: Vec<DnsAnswer> = own.map(|a| public(bits(*a), &rule, None)).collect();
            if !given.is_empty() {
                return DnsOutcome::Answered(given);
            }
        }
        let Some((region, service)) = network.owner_of(name) else {
            if catalog::is_resource(name) {
                let why =
                    format!("which address `{name}` has, in a VPC or not: see `public_records`");
                return DnsOutcome::Unknown(why);
            }
            let rule = Origin::Implied("a public name that the input does not give");
            return DnsOutcome::Answered(vec![public(
                SOMEBODY,
                &rule,
                Some(Code::PUBLIC_NAME_EXISTS.name()),
            )]);
        };
        let families = self.public_families(name, &region, service.name);
        let own = Family::ALL.into_iter().filter(|f| families.has(*f));
        let answers = own.flat_map(|family| {
            let found = published(self, &region, service.name, family);
            let assumes = Some(Code::PUBLIC_ADDRESS_NOT_GIVEN.name());
            match found {
                Published::Given(other, all) => {
                    let assumes = Some(Code::ADDRESSES_OF_ANOTHER_NAME.name());
                    let given = all.into_iter().map(|a| public(a, &rule, assumes));
                    let by = format_smolstr!("public DNS, with the addresses given for {other}");
                    let given = given.map(|a| DnsAnswer {
                        by: by.clone(),
                        ..a
                    });
                    given.collect::<Vec<_>>()
                }
                Published::Perhaps(address) => vec![public(address, &rule, assumes)],
            }
        });
        DnsOutcome::Answered(answers.collect())
    }

    /// The families in the answer of a public name of AWS: both for dual-stack names, IPv4 for others,
    /// unless a gateway endpoint of the VPC that asks says another
    /// (`/AmazonS3/latest/API/dual-stack-endpoints.html`).
    fn public_families(&self, name: &str, region: &str, service: &str) -> IpType {
        let by_name = match has_both(name) {
            true => IpType::Dualstack,
            false => IpType::Ipv4,
        };
        self.told(name, region, service).unwrap_or(by_name)
    }

    /// What a gateway endpoint's own records say of a name that is not of both families by itself
    /// (`/vpc/latest/privatelink/gateway-endpoints.html`).
    fn told(&self, name: &str, region: &str, service: &str) -> Option<IpType> {
        let vpc = self.viewing_vpc().filter(|_| !has_both(name))?;
        let mut endpoints = self.network.endpoints.iter().map(|(_, e)| e);
        endpoints.find_map(|e| {
            let leads =
                matches!(&e.target, EndpointTarget::Aws(r, s) if r == region && s == service);
            let gateway = matches!(e.kind, EndpointKind::Gateway(_));
            match e.dns_type {
                DnsType::Of(families) if e.vpc.id() == Some(vpc) && gateway && leads => {
                    Some(families)
                }
                _ => None,
            }
        })
    }
}

/// Whether a name of AWS has addresses of both families by itself.
pub(super) fn has_both(name: &str) -> bool {
    name.split('.').any(|label| label == "dualstack") || owns("api.aws", name)
}

/// What the input says of a service's public addresses of one family.
enum Published {
    /// Another of its names, and the addresses of that, which stand for all.
    Given(String, Vec<Address>),
    /// One of its blocks, or a token.
    Perhaps(Address),
}

fn published(query: &Query<'_>, region: &str, service: &str, family: Family) -> Published {
    let network = query.network;
    // Another name of the same service: its regional name's addresses stand for it.
    for (known, addresses) in &network.aws_addresses {
        let same = network.owner_of(known);
        if same.is_some_and(|(r, s)| r == region && s.name == service) {
            let own = addresses.iter().filter(|a| Family::of(**a) == family);
            let own: Vec<Address> = own.map(|a| bits(*a)).collect();
            if !own.is_empty() {
                return Published::Given(known.clone(), own);
            }
        }
    }
    let name = match family {
        Family::Ipv4 => service.to_owned(),
        Family::Ipv6 => ipv6_list(service),
    };
    let list = network
        .aws_lists
        .iter()
        .find(|((r, s), nets)| r == region && *s == name && !nets.is_empty());
    let block = list.and_then(|(_, nets)| nets.first()).map(span);
    let tokens = || match token_span(&query.compiled.regions, region, &name) {
        Span::Of(first, _) => first,
        Span::Any | Span::Tag(_) | Span::TagV4(_) | Span::TagV6(_) => token(family, SOMEBODY),
    };
    let first = block.map_or_else(tokens, |(first, _)| first);
    Published::Perhaps(first.after())
}

fn public_zone(zone: &HostedZone, lost: &'static str) -> Claim {
    let text = match zone.name == zone.domain {
        true => format!("public hosted zone {}", zone.domain),
        false => format!("public hosted zone {} ({})", zone.name, zone.domain),
    };
    Claim {
        key: SmolStr::new(&zone.name),
        text: text.into(),
        origin: zone.origin.clone(),
        lost,
    }
}

/// Names of resources that an import may just not contain.
fn foreign(network: &Network, name: &str) -> Option<String> {
    if network.world == World::Closed {
        return None;
    }
    let listing =
        |kind, listing: Listing| Unseen::new(kind, name, network.why(listing), &Origin::Unknown);
    let unseen = if owns("vpce.amazonaws.com", name) {
        listing("name of a VPC endpoint", Listing::VpcEndpoints)
    } else if name.ends_with(".amazonaws.com") && name.split('.').any(|label| label == "elb") {
        listing("name of a load balancer", Listing::LoadBalancers)
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

fn public(
    address: impl Into<Address>,
    origin: &Origin,
    assumes: Option<&'static str>,
) -> DnsAnswer {
    DnsAnswer {
        address: address.into(),
        by: PUBLIC_DNS,
        key: PUBLIC,
        zone: None,
        origin: origin.clone(),
        assumes,
        private: false,
    }
}
