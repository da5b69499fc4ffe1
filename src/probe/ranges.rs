//! The ranges that AWS publishes for its services: `ip-ranges.json`.
//!
//! `/vpc/latest/userguide/aws-ip-ranges.html`, `aws-ip-syntax.html`. A range of `AMAZON` is of some
//! service, a range of another name of that one; ranges overlap.

use ipnet::IpNet;
use serde::Deserialize;
use std::net::IpAddr;

/// Published ranges.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranges {
    all: Vec<(IpNet, String, String)>,
}

/// Every service's name for what is Amazon's, and of no service by name.
const AMAZON: &str = "AMAZON";

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    prefixes: Vec<Prefix>,
    #[serde(default)]
    ipv6_prefixes: Vec<Prefix>,
}

#[derive(Deserialize)]
struct Prefix {
    #[serde(alias = "ip_prefix", alias = "ipv6_prefix")]
    block: IpNet,
    region: String,
    service: String,
}

impl Ranges {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// A text for people.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|e| {
            format!("this is not AWS's ip-ranges.json: {e}; get it from https://ip-ranges.amazonaws.com/ip-ranges.json")
        })?;
        let prefixes = file.prefixes.into_iter().chain(file.ipv6_prefixes);
        let all: Vec<_> = prefixes.map(|p| (p.block, p.service, p.region)).collect();
        if all.is_empty() {
            return Err("the file lists no `prefixes`: it is not AWS's ip-ranges.json".to_owned());
        }
        Ok(Self { all })
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The services and the Region that an address is of: `S3`, or `AMAZON` where no service says
    /// that it is its own. EC2's ranges are of instances, whose number says nothing of a service.
    #[must_use]
    pub fn of(&self, address: IpAddr) -> Option<(Vec<&str>, &str)> {
        let mut services: Vec<&str> = Vec::new();
        let mut region = None;
        for (block, service, place) in &self.all {
            if block.contains(&address) {
                region.get_or_insert(place.as_str());
                if service != AMAZON && !services.contains(&service.as_str()) {
                    services.push(service);
                }
            }
        }
        let region = region?;
        if services.is_empty() {
            services.push(AMAZON);
        }
        services.sort_unstable();
        Some((services, region))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
    use super::Ranges;

    const TEXT: &str = r#"{"syncToken":"1","createDate":"2026-11-01-00-00-00","prefixes":[
        {"ip_prefix":"52.216.0.0/15","region":"us-east-1","service":"AMAZON","network_border_group":"us-east-1"},
        {"ip_prefix":"52.216.0.0/15","region":"us-east-1","service":"S3","network_border_group":"us-east-1"},
        {"ip_prefix":"3.5.0.0/19","region":"us-east-1","service":"AMAZON","network_border_group":"us-east-1"}],
        "ipv6_prefixes":[{"ipv6_prefix":"2600:1fa0::/40","region":"eu-west-1","service":"S3","network_border_group":"eu-west-1"}]}"#;

    #[test]
    fn an_address_is_of_its_service_and_region() {
        let ranges = Ranges::read(TEXT).unwrap();
        let of = |a: &str| ranges.of(a.parse().unwrap());
        assert_eq!(of("52.217.1.1"), Some((vec!["S3"], "us-east-1")));
        assert_eq!(of("3.5.1.1"), Some((vec!["AMAZON"], "us-east-1")));
        assert_eq!(of("2600:1fa0::1"), Some((vec!["S3"], "eu-west-1")));
        assert_eq!(of("198.51.100.1"), None);
    }

    #[test]
    fn another_file_is_told_from_it() {
        for text in ["", "[]", "{}", r#"{"prefixes":[{"ip_prefix":"x"}]}"#] {
            assert!(
                Ranges::read(text).unwrap_err().contains("ip-ranges.json"),
                "{text}"
            );
        }
    }
}
