//! What zones hold: records, and the private names of endpoints.

use super::*;

impl Ask<'_> {
    /// A zone is final: what it lacks does not exist.
    pub(super) fn in_zone(&self, zone: &HostedZone, name: &str, who: Who) -> All {
        if let Some(servers) = self.left_to(&zone.records, &zone.domain, name) {
            return self.left_by_zone(zone, &servers, name, who);
        }
        let mut found = self.matching(&zone.records, name);
        found.retain(|r| !matches!(r.value, RecordValue::Ns(_)));
        if found.is_empty() {
            self.met("a zone denies");
            return only(Said::Nobody(zone.name.clone()));
        }
        self.read(&found, name, &zone.name, who)
    }

    /// Records of one name: addresses, or another name to ask for.
    pub(super) fn read(&self, found: &[&Record], name: &str, by: &str, who: Who) -> All {
        let mut addresses = BTreeSet::new();
        for record in found {
            match &record.value {
                RecordValue::Cname(to) | RecordValue::AliasName(to) => {
                    self.met("a name behind a name");
                    return self.of(who, to);
                }
                RecordValue::AliasEndpoint(to) => {
                    self.met("an alias of an endpoint");
                    let endpoint = &self.net.endpoints[to.id().unwrap()];
                    addresses.extend(self.interfaces(endpoint, name));
                }
                RecordValue::A(_) | RecordValue::Aaaa(_) => {
                    addresses.extend(record.value.addresses());
                }
                RecordValue::AliasLoadBalancer(_) | RecordValue::Ns(_) | RecordValue::Unseen(_) => {
                    return only(Said::Unknown);
                }
            }
        }
        let all = addresses.into_iter().map(|ip| (Some(ip), by.to_owned()));
        only(Said::Addresses(all.collect()))
    }

    /// The domains of the hidden zones of an endpoint.
    pub(super) fn domains(&self, endpoint: &VpcEndpoint) -> BTreeSet<String> {
        let names = self.private_names(endpoint).into_iter();
        let names = names.map(|n| n.strip_prefix("*.").map_or(n.clone(), str::to_owned));
        names.collect()
    }

    /// The names that private DNS of an endpoint answers; `*.` is anything below.
    fn private_names(&self, endpoint: &VpcEndpoint) -> Vec<String> {
        let EndpointTarget::Aws(region, service) = &endpoint.target else {
            return Vec::new();
        };
        let known = catalog::service(service).unwrap().private_names;
        let mut all = Vec::from_iter(known.iter().map(|n| catalog::expand(n, region)));
        let both = [DnsType::ServiceDefined, DnsType::Of(IpType::Dualstack)];
        // Names of both families are captured where both families are answered.
        if service == "s3" && both.contains(&endpoint.dns_type) {
            all.extend(["", "*."].map(|any| format!("{any}s3.dualstack.{region}.amazonaws.com")));
        }
        all
    }

    /// In the hidden zone of this domain.
    pub(super) fn private_name(&self, endpoint: &VpcEndpoint, domain: &str, name: &str) -> All {
        let by = self.label(endpoint);
        let below = format!("*.{domain}");
        let wanted = if name == domain { domain } else { &below };
        if !self.private_names(endpoint).iter().any(|n| n == wanted) {
            self.met("an endpoint denies");
            return only(Said::Nobody(by));
        }
        let addresses = self.interfaces(endpoint, name).into_iter();
        let all = addresses.map(|ip| (Some(ip), by.clone()));
        only(Said::Addresses(all.collect()))
    }

    pub(super) fn label(&self, endpoint: &VpcEndpoint) -> String {
        let vpc = &self.net.vpcs[endpoint.vpc.id().unwrap()].name;
        format!("{vpc}/{}", endpoint.name)
    }

    /// The addresses of an endpoint's interfaces, of the families that its names answer: the type of
    /// its records, or what the service says of the name.
    pub(super) fn interfaces(&self, endpoint: &VpcEndpoint, name: &str) -> Vec<IpAddr> {
        let EndpointKind::Interface(all) = &endpoint.kind else {
            return Vec::new();
        };
        let families = match endpoint.dns_type {
            DnsType::Of(families) => families,
            DnsType::ServiceDefined if !of_both(name) => IpType::Ipv4,
            DnsType::ServiceDefined => IpType::Dualstack,
        };
        let all = all.iter().filter_map(Ref::id);
        let all = all.flat_map(|eni| self.net.interfaces[eni].addresses());
        all.filter(|ip| families.has(Family::of(*ip))).collect()
    }

    /// The records of a name: its own, else those of the wildcard at the closest name that exists
    /// (RFC 4592, section 3.3.1).
    pub(super) fn matching<'r>(&self, records: &'r [Record], name: &str) -> Vec<&'r Record> {
        let of = |wanted: &str| Vec::from_iter(records.iter().filter(|r| r.name == wanted));
        let exists = |wanted: &str| records.iter().any(|r| owns(wanted, &r.name));
        if exists(name) {
            return of(name);
        }
        let mut above = name;
        while let Some((_, rest)) = above.split_once('.') {
            above = rest;
            if !exists(above) {
                continue;
            }
            let found = of(&format!("*.{above}"));
            let wider = |r: &Record| r.name.strip_prefix("*.").is_some_and(|d| owns(d, above));
            if !found.is_empty() {
                self.met("a wildcard");
            } else if records.iter().any(wider) {
                self.met("a wildcard that a closer name hides");
            }
            return found;
        }
        of("*")
    }
}

/// Whether a name of AWS is of both families by the way it is written.
fn of_both(name: &str) -> bool {
    name.contains(".dualstack.") || name.ends_with(".api.aws")
}
