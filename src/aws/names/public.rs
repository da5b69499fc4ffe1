//! The public DNS: the input's records and public zones, AWS's names, the endpoints' own names.

use super::hosts::{is_instance, public_address};
use super::own::own_name;
use super::query::Query;
use super::{DnsAnswer, DnsOutcome, owns};
use crate::aws::bits;
use crate::aws::public::{SOMEBODY, token_span};
use crate::code::Code;
use crate::fabric::Address;
use crate::model::{Gap, Listing, Network, Origin, Unseen, Why, World, catalog, v4, v4_addresses};

/// An address that belongs to nobody in the input: anybody's server on the internet.
pub(super) const SOMEBODY_ELSE: u32 = SOMEBODY;

impl Query<'_> {
    /// The public DNS: the input's records, AWS's names, the endpoints' own names.
    pub(super) fn public(&mut self, name: &str) -> DnsOutcome {
        let network = self.network;
        if let Some(found) = self.records(&network.public_records, name, "public DNS", "public") {
            return found;
        }
        let zones = network.zones.iter();
        let owners = zones.filter(|(_, z)| !z.private && owns(&z.domain, name));
        let owner = owners.max_by_key(|(_, z)| z.domain.len());
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
            return DnsOutcome::Answered(
                host.1
                    .ip
                    .map(|ip| public(bits(ip), &host.1.origin, None))
                    .into_iter()
                    .collect(),
            );
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
                v4_addresses(addresses)
                    .map(|a| public(bits(a), &rule, None))
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
                    v4_addresses(addresses)
                        .map(|a| public(bits(a), &rule, None))
                        .collect(),
                );
            }
        }
        let list = network
            .aws_lists
            .iter()
            .find(|((r, s), nets)| *r == region && s == service.name && !nets.is_empty());
        let address = match list.and_then(|(_, nets)| v4(nets).next()) {
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
        by: "public DNS".to_owned(),
        key: "public".to_owned(),
        zone: None,
        origin: origin.clone(),
        assumes,
    }
}
