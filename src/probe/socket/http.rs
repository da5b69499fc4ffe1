//! A HEAD request, and who answers it.

use super::ask::{name, plain};
use super::reason::visible;
use crate::probe::{Host, Http, Scheme, Target};
use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// No more of an answer is read.
const LONGEST: usize = 16 * 1024;

/// Asks for a target's path, and reads the head of the answer.
pub(super) async fn head(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    target: &Target,
    address: IpAddr,
    limit: Duration,
) -> Http {
    let request = request(target, address);
    let mut came = Vec::new();
    let work = async {
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        let mut buffer = [0; 2048];
        loop {
            let length = stream.read(&mut buffer).await?;
            came.extend_from_slice(buffer.get(..length).unwrap_or_default());
            let whole = came.windows(4).any(|w| w == b"\r\n\r\n");
            if length == 0 || whole || came.len() >= LONGEST {
                return std::io::Result::Ok(());
            }
        }
    };
    let in_time = timeout(limit, work).await.is_ok();
    match read(&came) {
        Some(answer) => answer,
        None if !came.is_empty() => Http::Other(beginning(&came)),
        None if in_time => Http::Closed,
        None => Http::TimedOut,
    }
}

fn request(target: &Target, address: IpAddr) -> String {
    let mut host = match (&target.host, address) {
        (Host::Name(text), _) => name(text).map_or_else(|_| text.clone(), |n| plain(&n)),
        (Host::Addresses(_), IpAddr::V4(address)) => address.to_string(),
        (Host::Addresses(_), IpAddr::V6(address)) => format!("[{address}]"),
    };
    let usual = if target.scheme == Scheme::Https {
        443
    } else {
        80
    };
    if target.port != usual {
        let _ = write!(host, ":{}", target.port);
    }
    let mut path = String::new();
    for byte in target.path.bytes() {
        if byte.is_ascii_graphic() {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
    let agent = concat!("reachability/", env!("CARGO_PKG_VERSION"));
    format!(
        "HEAD {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    )
}

/// The status, and the headers that tell who answers.
fn read(bytes: &[u8]) -> Option<Http> {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut answer = httparse::Response::new(&mut headers);
    let whole = answer.parse(bytes).ok()?.is_complete();
    let kept = answer.headers.iter().filter(|h| {
        let name = h.name.to_ascii_lowercase();
        name == "server" || name == "location" || name.starts_with("x-amz")
    });
    let kept = kept.map(|h| {
        let value = visible(&String::from_utf8_lossy(h.value));
        (h.name.to_ascii_lowercase(), value)
    });
    let (status, headers) = (answer.code?, kept.collect());
    whole.then_some(Http::Answered { status, headers })
}

/// The beginning of something, so that people recognize it.
fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    visible(&text).chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
    use super::{beginning, read, request};
    use crate::probe::{Http, Target};

    #[test]
    fn requests_name_the_host_as_the_target_does() {
        for (words, line, host) in [
            ("https://a.b/x y", "HEAD /x%20y HTTP/1.1", "a.b"),
            ("http://a.b:8080", "HEAD / HTTP/1.1", "a.b:8080"),
            ("http://[fd00::1]/", "HEAD / HTTP/1.1", "[fd00::1]"),
            (
                "https://bücher.example",
                "HEAD / HTTP/1.1",
                "xn--bcher-kva.example",
            ),
        ] {
            let target = Target::parse(words, None, |_, _| None).unwrap();
            let text = request(&target, "fd00::1".parse().unwrap());
            assert!(text.starts_with(line), "{text}");
            assert!(text.contains(&format!("\r\nHost: {host}\r\n")), "{text}");
        }
    }

    #[test]
    fn headers_that_tell_who_answers_are_kept() {
        let text = b"HTTP/1.1 403 Forbidden\r\nDate: now\r\nx-amz-request-id: A\r\nServer: AmazonS3\r\n\r\n";
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![
            header("x-amz-request-id", "A"),
            header("server", "AmazonS3"),
        ];
        let status = 403;
        assert_eq!(read(text), Some(Http::Answered { status, headers }));
        assert_eq!(read(b"HTTP/1.1 403 Forbidden\r\nServer: x"), None);
        assert_eq!(read(b"SSH-2.0-x\r\n"), None);
        assert_eq!(beginning(b"SSH-2.0-x\r\n"), "SSH-2.0-x··");
    }
}
