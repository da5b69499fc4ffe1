//! What the records of a zone or a name server say on a name.

use super::delegation::delegated;
use super::own::{Addresses, balancer_answers, endpoint_answers};
use super::query::Query;
use super::{DnsAnswer, DnsOutcome, owns};
use crate::aws::bits;
use crate::model::{Gap, HostedZone, Id, Record, RecordValue, Ref};
use smol_str::{SmolStr, format_smolstr};
use std::borrow::Cow;
use std::iter::successors;

impl Query<'_> {
    /// A zone's own word on a name: what it does not have, nobody has.
    pub(super) fn hosted(&mut self, id: Id<HostedZone>, name: &str, kind: &str) -> DnsOutcome {
        let zone = &self.network.zones[id];
        let by = format_smolstr!("{kind} hosted zone {}", zone.domain);
        let key = SmolStr::new(&zone.name);
        let below = zone.records.iter().filter(|r| r.name != zone.domain);
        if let Some(cut) = delegated(below, name) {
            return self.delegate_of_zone(zone, cut, name);
        }
        let found = self.records(&zone.records, name, &by, &key);
        let lack = || match self.lack(Gap::ZoneRecords(id)) {
            Some(lack) => DnsOutcome::Unknown(lack),
            None => DnsOutcome::NxDomain(zone.name.clone()),
        };
        found.unwrap_or_else(lack)
    }

    pub(super) fn records(
        &mut self,
        records: &[Record],
        name: &str,
        by: &SmolStr,
        key: &SmolStr,
    ) -> Option<DnsOutcome> {
        let owner = owner(records, name)?;
        // The zone's own name servers are no addresses.
        let named = |r: &&Record| r.name == owner && !matches!(r.value, RecordValue::Ns(_));
        let record = records.iter().find(named)?;
        let addresses = records.iter().filter(|r| r.name == record.name);
        let addresses: Vec<DnsAnswer> = addresses
            .flat_map(|r| r.value.addresses().map(move |ip| (r, ip)))
            .map(|(record, ip)| DnsAnswer {
                address: bits(ip),
                by: by.clone(),
                key: key.clone(),
                zone: None,
                origin: record.origin.clone(),
                assumes: None,
                private: false,
            })
            .collect();
        Some(match &record.value {
            RecordValue::A(_) | RecordValue::Aaaa(_) => DnsOutcome::Answered(addresses),
            RecordValue::Ns(_) => return None,
            RecordValue::Cname(next) | RecordValue::AliasName(next) => self.follow(next),
            RecordValue::AliasEndpoint(endpoint) => match endpoint.id() {
                Some(id) => {
                    let endpoint = &self.network.endpoints[id];
                    let found = endpoint_answers(self.network, endpoint, None, name, by, key);
                    self.answered(found)
                }
                None => self.unseen(endpoint),
            },
            RecordValue::AliasLoadBalancer(lb) => match lb.id() {
                Some(id) => {
                    let found =
                        balancer_answers(self.network, id, None, self.client_zone(), by, key);
                    self.answered(found)
                }
                None => self.unseen(lb),
            },
            RecordValue::Unseen(id) => DnsOutcome::Unknown(self.network.unseen[*id].text()),
        })
    }

    pub(super) fn unseen<T>(&self, reference: &Ref<T>) -> DnsOutcome {
        let unseen = reference.unseen().map(|id| self.network.unseen[id].text());
        let text = || format!("{}: not in the input", reference.text);
        DnsOutcome::Unknown(unseen.unwrap_or_else(text))
    }

    /// Addresses as an outcome; what they leave open is noted.
    pub(super) fn answered(&mut self, found: Addresses) -> DnsOutcome {
        self.missing.extend(found.missing);
        if let Some(lack) = found.perhaps_one {
            for answer in &found.known {
                let alone = DnsOutcome::Answered(vec![answer.clone()]);
                self.otherwise.push((alone, lack.clone()));
            }
        }
        DnsOutcome::Answered(found.known)
    }
}

/// The name whose records answer: its own if it exists, else the wildcard of the closest name above
/// it that does. A name exists if it or anything below it has a record (RFC 4592, section 3.3.1).
fn owner<'a>(records: &[Record], name: &'a str) -> Option<Cow<'a, str>> {
    let exists = |name: &str| records.iter().any(|r| owns(name, &r.name));
    if exists(name) {
        return Some(name.into());
    }
    let above = |name: &&'a str| name.split_once('.').map(|(_, rest)| rest);
    let closest = successors(above(&name), above).find(|name| exists(name))?;
    Some(format!("*.{closest}").into())
}
