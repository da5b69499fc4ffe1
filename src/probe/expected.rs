//! What a scenario's destination is to a probe.

use super::target::{Host, Scheme, Target};
use crate::answer;
use crate::aws::is_token;
use crate::fabric::Address;
use std::net::IpAddr;

/// The schemes of the simulator that promise TLS.
const TLS: [&str; 4] = ["https://", "s3://", "dynamodb://", "tls://"];

/// The target that a destination of a scenario dials.
///
/// # Errors
/// Why it cannot be probed, in words.
pub fn expected(words: &str, dialled: &answer::Target) -> Result<Target, String> {
    // What stands for the whole internet in a prediction is one address, and nobody asked for that one.
    let bare = words.split_once("://").map_or(words, |(_, rest)| rest);
    if bare.split([':', '/']).next() == Some("internet") {
        return Err(format!(
            "`{words}` is no one host: name one to probe it, e.g. `https://www.example.com`"
        ));
    }
    let begins = |scheme: &&str| words.starts_with(*scheme);
    // The short name of a service of AWS, whose API speaks HTTPS.
    let short = !words.contains(['/', ':']) && dialled.name.as_deref() != Some(words);
    let service = short && dialled.name.is_some() && dialled.port == 443;
    let scheme = match dialled.proto {
        6 if words.starts_with("http://") => Scheme::Http,
        6 if words.starts_with("tls://") => Scheme::Tls,
        6 if service || TLS.iter().any(begins) => Scheme::Https,
        6 => Scheme::Tcp,
        17 => Scheme::Udp,
        1 | 58 => Scheme::Icmp,
        other => {
            return Err(format!(
                "`{words}` is IP protocol {other}: only TCP, UDP and ICMP can be probed"
            ));
        }
    };
    let host = match &dialled.name {
        Some(name) => Host::Name(name.clone()),
        None => Host::Addresses(given(&dialled.addresses)),
    };
    if let (Host::Addresses(all), Some((code, why))) = (&host, &dialled.nothing)
        && all.is_empty()
    {
        return Err(format!("`{words}` has nothing to dial: {why} ({code})"));
    }
    if host == Host::Addresses(Vec::new()) {
        return Err(format!(
            "`{words}` is no one address: name a host there to probe it"
        ));
    }
    let port = match scheme {
        Scheme::Icmp => 0,
        _ => dialled.port,
    };
    let path = match (scheme, words.split_once("://")) {
        (Scheme::Http | Scheme::Https, Some(("http" | "https", rest))) => {
            rest.split_once('/').map_or("", |(_, path)| path)
        }
        _ => "",
    };
    Ok(Target {
        words: words.to_owned(),
        scheme,
        host,
        port,
        path: format!("/{path}"),
    })
}

/// The addresses that are addresses, not tokens for those that the input does not give.
fn given(all: &[Address]) -> Vec<IpAddr> {
    let given = all.iter().filter(|a| !is_token(**a));
    given.map(|a| a.ip()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
    use super::expected;
    use crate::answer::Target;
    use crate::fabric::Address;

    #[test]
    fn an_address_that_stands_for_others_is_not_dialled() {
        let one = Target {
            addresses: vec![Address::of_v4(0xc633_6401)],
            port: 443,
            proto: 6,
            ..Target::default()
        };
        for words in ["internet", "tcp://internet:443", "https://internet"] {
            let error = expected(words, &one).unwrap_err();
            assert!(error.contains("no one host"), "{words}: {error}");
        }
        assert!(expected("tcp://internet.example.com:443", &one).is_ok());
        let token = Target {
            addresses: vec![Address::of_v4(0xfe00_0001)],
            ..one
        };
        assert!(expected("tcp://x:443", &token).is_err());
    }
}
