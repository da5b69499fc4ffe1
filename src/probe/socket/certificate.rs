//! What a certificate says of itself.

use super::reason::visible;
use chrono::{DateTime, SecondsFormat};
use std::net::IpAddr;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// A certificate, as far as a probe tells of it. Times are seconds of Unix.
pub(super) struct Certificate {
    /// Names and addresses (`subjectAltName`). One without any has but a common name, which no
    /// program looks at (RFC 9525, 2).
    pub(super) names: Vec<String>,
    pub(super) issuer: String,
    pub(super) self_issued: bool,
    pub(super) not_before: i64,
    pub(super) not_after: i64,
}

impl Certificate {
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (_, read) = X509Certificate::from_der(der).ok()?;
        let alternative = read.subject_alternative_name().ok().flatten();
        let names = alternative.iter().flat_map(|e| &e.value.general_names);
        let mut names: Vec<String> = names
            .filter_map(|name| match name {
                GeneralName::DNSName(name) => Some(visible(name)),
                GeneralName::IPAddress(bytes) => address(bytes),
                _ => None,
            })
            .collect();
        if names.is_empty() {
            let common = read.subject().iter_common_name();
            names.extend(
                common
                    .filter_map(|name| name.as_str().ok())
                    .map(|name| format!("{} (common name only)", visible(name))),
            );
        }
        Some(Self {
            names,
            issuer: visible(&read.issuer().to_string()),
            self_issued: read.issuer().as_raw() == read.subject().as_raw(),
            not_before: read.validity().not_before.timestamp(),
            not_after: read.validity().not_after.timestamp(),
        })
    }

    /// Until when it holds.
    pub(super) fn until(&self) -> Option<String> {
        let time = DateTime::from_timestamp(self.not_after, 0)?;
        Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    let address = four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from));
    address.ok().map(|a| a.to_string())
}
