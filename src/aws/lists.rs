//! AWS-managed prefix lists: the blocks that the input gives, or what stands for them.

use super::public::token;
use crate::fabric::{Address, Span};
use crate::model::{Family, Network, RecordValue, catalog, list_family, list_service};
use ipnet::IpNet;
use std::net::IpAddr;

/// What is known of an AWS-managed prefix list.
pub(super) enum ManagedList<'a> {
    /// Its blocks.
    Given(&'a [IpNet]),
    /// Nothing but its meaning: what stands for its addresses, and those of the service that the
    /// input gives, which are in the list by definition.
    Symbolic(Vec<Span>),
}

/// The AWS-managed prefix lists of the input, and the addresses of services that it gives.
pub(super) struct ManagedLists<'a> {
    network: &'a Network,
    regions: Vec<String>,
    given: Vec<((String, &'static str), &'a [IpAddr])>,
}

impl<'a> ManagedLists<'a> {
    pub(super) fn of(network: &'a Network) -> Self {
        Self::with(network, regions(network))
    }

    /// The same, of a network whose Regions are known.
    pub(super) fn with(network: &'a Network, regions: Vec<String>) -> Self {
        let owned = |(name, addresses): &'a (String, Vec<IpAddr>)| {
            let (region, service) = network.owner_of(name)?;
            Some(((region, service.name), addresses.as_slice()))
        };
        Self {
            network,
            regions,
            given: network.aws_addresses.iter().filter_map(owned).collect(),
        }
    }

    /// The Regions the input speaks of, sorted.
    pub(super) fn regions(&self) -> &[String] {
        &self.regions
    }

    /// The addresses that the input gives for names of a service in a Region.
    pub(super) fn addresses(&self, region: &str, service: &str) -> impl Iterator<Item = IpAddr> {
        let own = self
            .given
            .iter()
            .filter(move |((r, s), _)| r == region && *s == service);
        own.flat_map(|(_, addresses)| *addresses).copied()
    }

    /// A list, by the name it has in its Region.
    pub(super) fn get(&self, region: &str, list: &str) -> ManagedList<'a> {
        let found = self
            .network
            .aws_lists
            .iter()
            .find(|((r, s), nets)| r == region && s == list && !nets.is_empty());
        match found {
            Some((_, nets)) => ManagedList::Given(nets),
            None => ManagedList::Symbolic(self.meant(region, list)),
        }
    }

    /// What stands for the addresses of a list.
    pub(super) fn tokens(&self, region: &str, list: &str) -> Span {
        token_span(&self.regions, region, list)
    }

    /// What stands for names whose addresses may be in a list: the FIPS names of a service have no list
    /// of their own, and no page says whether the service's list holds their addresses.
    pub(super) fn perhaps(&self, region: &str, list: &str) -> Vec<Span> {
        let fips = format!("{list}-fips");
        if catalog::service(list_service(&fips)).is_none() {
            return Vec::new();
        }
        match self.get(region, list) {
            ManagedList::Given(_) => vec![self.tokens(region, &fips)],
            ManagedList::Symbolic(_) => self.meant(region, &fips),
        }
    }

    fn meant(&self, region: &str, list: &str) -> Vec<Span> {
        let given = self.addresses(region, list_service(list));
        let given = given.filter(|a| Family::of(*a) == list_family(list));
        let given = given.map(|a| Span::from(Address::from(a)));
        given.chain([self.tokens(region, list)]).collect()
    }
}

/// The addresses of a prefix list: a customer's by name or id; an AWS-managed one of a Region by the
/// service's short name. First and last of each block.
#[must_use]
pub fn list_blocks(network: &Network, region: &str, name: &str) -> Option<Vec<(Address, Address)>> {
    let block = |net: &IpNet| (net.network().into(), net.broadcast().into());
    let mut own = network.prefix_lists.iter();
    if let Some((_, own)) = own.find(|(_, l)| l.name == name || l.id.as_deref() == Some(name)) {
        return Some(own.entries.iter().map(block).collect());
    }
    let service = catalog::SERVICES
        .iter()
        .any(|s| s.name == list_service(name));
    match ManagedLists::of(network).get(region, name) {
        ManagedList::Given(nets) => Some(nets.iter().map(block).collect()),
        ManagedList::Symbolic(spans) if service => {
            let blocks = spans.into_iter().filter_map(|span| match span {
                Span::Of(lo, hi) => Some((lo, hi)),
                Span::Any | Span::Tag(_) | Span::TagV4(_) | Span::TagV6(_) => None,
            });
            Some(blocks.collect())
        }
        ManagedList::Symbolic(_) => None,
    }
}

/// The Regions the input and the questions about it speak of, sorted.
fn regions(network: &Network) -> Vec<String> {
    let mut all: Vec<String> = network.vpcs.iter().map(|(_, v)| v.region.clone()).collect();
    all.push(network.region.clone());
    all.extend(
        network
            .buckets
            .iter()
            .chain(network.dynamodb_tables.iter())
            .map(|(_, r)| r.region.clone()),
    );
    all.extend(network.aws_lists.iter().map(|((r, _), _)| r.clone()));
    all.extend(network.regions.iter().cloned());
    let zones = network.zones.iter().flat_map(|(_, zone)| &zone.records);
    let led_to = network
        .public_records
        .iter()
        .chain(zones)
        .filter_map(|r| match &r.value {
            RecordValue::Cname(name) | RecordValue::AliasName(name) => Some(name),
            _ => None,
        });
    let named = network
        .aws_addresses
        .iter()
        .map(|(name, _)| name)
        .chain(led_to);
    all.extend(named.filter_map(|name| Some(catalog::owner_of(name)?.0)));
    all.push("us-east-1".to_owned());
    all.sort();
    all.dedup();
    all
}

/// The tokens of an AWS-managed list, of its family: sixteen addresses, by the [`regions`] of the
/// input.
pub(super) fn token_span(regions: &[String], region: &str, list: &str) -> Span {
    let place = regions.iter().position(|r| r == region);
    let region = place.unwrap_or(regions.len());
    let service = list_service(list);
    let place = catalog::SERVICES.iter().position(|s| s.name == service);
    let service = place.unwrap_or(catalog::SERVICES.len());
    let first = 0xf100_0000 + ((region as u32) << 14) + ((service as u32) << 4);
    let family = list_family(list);
    Span::Of(token(family, first), token(family, first + 15))
}
