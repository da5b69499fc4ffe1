//! What a caller says first, as a function of the bytes that came so far.

use super::super::seen::QUESTION;
use crate::probe::Proxied;
use proxy_header::{Error, ParseConfig, ProxyHeader, Tlv};

/// The beginnings of a PROXY header, versions 1 and 2
/// (haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2).
const PROXY: [&[u8]; 2] = [b"PROXY ", b"\r\n\r\n\0\r\nQUIT\n"];

/// So many bytes of a header are read, and so many of what follows it; no more.
pub(super) const MOST: usize = 512;

/// The type and subtype under which a load balancer writes through which endpoint a caller came
/// (/elasticloadbalancing/latest/network/edit-target-group-attributes.html, Proxy protocol).
const AWS: u8 = 0xEA;
const AWS_VPCE_ID: u8 = 0x01;

/// What a caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// More has to come before that is known.
    More,
    /// The line.
    Line,
    /// The line as the answer to an HTTP request.
    Http {
        /// A HEAD request: without the line itself.
        head: bool,
    },
}

/// What a caller said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// The header of a proxy in front of it.
    pub(super) proxy: Option<Proxied>,
    /// What it wants.
    pub(super) wish: Wish,
}

/// Reads what came so far.
pub(super) fn read(bytes: &[u8]) -> Words {
    if !PROXY.iter().any(|p| begins(bytes, p)) {
        return Words {
            proxy: None,
            wish: wish(bytes),
        };
    }
    match ProxyHeader::parse(bytes, ParseConfig::default()) {
        Ok((header, length)) => Words {
            proxy: Some(proxied(&header)),
            wish: wish(bytes.get(length..).unwrap_or_default()),
        },
        Err(Error::BufferTooShort) if bytes.len() < MOST => Words {
            proxy: None,
            wish: Wish::More,
        },
        Err(_) => Words {
            proxy: None,
            wish: Wish::Line,
        },
    }
}

/// Whether the bytes begin so, or may when more has come.
fn begins(bytes: &[u8], with: &[u8]) -> bool {
    let known = bytes.len().min(with.len());
    known > 0 && bytes.get(..known) == with.get(..known)
}

fn wish(bytes: &[u8]) -> Wish {
    let ends = |with: &[u8]| bytes.windows(with.len()).any(|w| w == with);
    let head = begins(bytes, b"HEAD ");
    if head || begins(bytes, b"GET ") {
        match ends(b"\r\n\r\n") || ends(b"\n\n") || bytes.len() >= MOST {
            true => Wish::Http { head },
            false => Wish::More,
        }
    } else if bytes.starts_with(QUESTION) || ends(b"\n") || bytes.len() >= MOST {
        Wish::Line
    } else {
        Wish::More
    }
}

fn proxied(header: &ProxyHeader<'_>) -> Proxied {
    let vpce = header.tlvs().filter_map(Result::ok).find_map(|tlv| {
        let Tlv::Custom(AWS, value) = tlv else {
            return None;
        };
        let (&AWS_VPCE_ID, id) = value.split_first()? else {
            return None;
        };
        Proxied::endpoint_id(std::str::from_utf8(id).ok()?)
    });
    Proxied {
        source: header.proxied_address().map(|a| a.source),
        vpce,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
    use super::{AWS, MOST, QUESTION, Wish, read};
    use crate::probe::Proxied;
    use proptest::prelude::*;
    use proxy_header::{ProxiedAddress, ProxyHeader, Tlv};

    fn v2(tlvs: &[(u8, &[u8])]) -> Vec<u8> {
        let (from, to) = ("10.0.0.9:4000".parse(), "10.1.0.5:443".parse());
        let address = ProxiedAddress::stream(from.unwrap(), to.unwrap());
        let tlvs = tlvs.iter().map(|(k, v)| Tlv::Custom(*k, (*v).into()));
        let mut bytes = Vec::new();
        let header = ProxyHeader::with_tlvs(Some(address), tlvs);
        header.encode_v2(&mut bytes).unwrap();
        bytes
    }

    fn came(vpce: Option<&str>) -> Option<Proxied> {
        Some(Proxied {
            source: Some("10.0.0.9:4000".parse().unwrap()),
            vpce: vpce.map(str::to_owned),
        })
    }

    #[test]
    fn words_are_told_apart() {
        let long = [b'x'; MOST];
        for (said, wish) in [
            (&b""[..], Wish::More),
            (b"reach", Wish::More),
            (QUESTION, Wish::Line),
            (b"anything\n", Wish::Line),
            (b"\x16\x03\x01", Wish::More),
            (&long, Wish::Line),
            (b"GET", Wish::More),
            (b"GET / HTTP/1.1\r\nHost: x\r\n", Wish::More),
            (b"GET / HTTP/1.1\r\n\r\n", Wish::Http { head: false }),
            (b"HEAD / HTTP/1.0\n\n", Wish::Http { head: true }),
            (b"POST / HTTP/1.1\r\n", Wish::Line),
            (b"PROXY", Wish::More),
            (b"PROXY nonsense to a computer\r\n", Wish::Line),
            (b"\r\n\r\n\0\r\nQUIT\n\x99\x99\x00\x00", Wish::Line),
        ] {
            let words = read(said);
            assert_eq!((words.wish, words.proxy), (wish, None), "{said:?}");
        }
    }

    #[test]
    fn a_header_is_read_wherever_it_is_cut() {
        let v1 = b"PROXY TCP4 10.0.0.9 10.1.0.5 4000 443\r\n".to_vec();
        let id = b"\x01vpce-0123456789abcdef0";
        for (header, vpce) in [
            (v1, None),
            (v2(&[]), None),
            (
                v2(&[(0x05, b"x"), (AWS, id)]),
                Some("vpce-0123456789abcdef0"),
            ),
        ] {
            let all = [&header[..], QUESTION].concat();
            for cut in 1..all.len() {
                let words = read(&all[..cut]);
                assert_eq!(words.wish, Wish::More, "{cut}: {words:?}");
                assert_eq!(words.proxy.is_some(), cut >= header.len(), "{cut}");
            }
            let words = read(&all);
            assert_eq!((words.wish, words.proxy), (Wish::Line, came(vpce)));
        }
    }

    #[test]
    fn a_proxy_that_names_nobody_is_told_too() {
        let nobody = Some(Proxied {
            source: None,
            vpce: None,
        });
        let mut local = Vec::new();
        ProxyHeader::with_local().encode_v2(&mut local).unwrap();
        for header in [&b"PROXY UNKNOWN\r\n"[..], &local] {
            let words = read(&[header, QUESTION].concat());
            assert_eq!((words.wish, words.proxy), (Wish::Line, nobody.clone()));
        }
    }

    #[test]
    fn an_identifier_that_is_none_is_not_repeated() {
        for value in [
            &b""[..],
            b"\x02vpce-01",
            b"\x01vpce-\x1b[2J",
            b"\x01igw-01",
            b"\x01\xff",
        ] {
            assert_eq!(read(&v2(&[(AWS, value)])).proxy, came(None), "{value:?}");
        }
        // A vector that is longer than the header says nothing of the one after it.
        let mut cut = v2(&[(AWS, b"\x01vpce-01")]);
        let length = cut.len();
        cut[length - 9] = 200;
        assert_eq!(read(&cut).proxy, came(None));
    }

    #[test]
    fn a_header_too_long_is_no_header() {
        let long = v2(&[(0x05, &[0; 2 * MOST])]);
        assert_eq!(read(&long[..MOST - 1]).wish, Wish::More);
        let words = read(&long[..MOST]);
        assert_eq!((words.wish, words.proxy), (Wish::Line, None));
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(
            mut bytes in prop_oneof![
                Just(v2(&[(0x05, b"x"), (AWS, b"\x01vpce-01")])),
                Just(b"PROXY TCP6 fd00::9 fd00::5 4000 443\r\n".to_vec()),
                proptest::collection::vec(any::<u8>(), 0..64),
            ],
            changes in proptest::collection::vec((0usize..64, any::<u8>()), 0..4),
            cut in 0usize..80,
        ) {
            for (at, byte) in changes {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            bytes.truncate(cut);
            let words = read(&bytes);
            // Whoever says no more is answered, whatever it was: nothing is waited for twice.
            bytes.extend([b'\n'; 2 * MOST]);
            let more = read(&bytes);
            prop_assert!(more.wish != Wish::More, "{words:?} {more:?}");
        }
    }
}
