//! What was seen: plain data, written and read as JSON. Times are microseconds.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// What was seen of one target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// The target's words.
    pub target: String,
    /// The questions put to name servers, in order; none for an address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
    /// The addresses tried, each once, in the order of the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// Somebody stopped the run before this was complete.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

/// One question to one name server, or to the file of hosts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// Who was asked.
    pub asked: Asked,
    /// For what name: the target's, perhaps with a domain of the search list.
    pub name: String,
    /// `A` or `AAAA`.
    pub kind: String,
    /// What came of it.
    pub outcome: LookupOutcome,
    /// The aliases (CNAME) on the way, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Alias>,
    /// The addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Record>,
    /// What carried the answer, or the question.
    pub over: Over,
    /// How long it took.
    pub took: u64,
}

/// Who is asked for a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// The system's file of hosts, which programs read before they ask a server.
    Hosts {
        /// The file.
        path: String,
        /// The line.
        line: u32,
    },
    /// A name server that the system is told to ask.
    System(SocketAddr),
    /// A name server named on the command line.
    Named(SocketAddr),
    /// Nobody: the name needs none (`localhost`) or is none, or the system names no server.
    Nobody,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LookupOutcome {
    /// Addresses.
    Answered,
    /// The name does not exist (NXDOMAIN).
    NxDomain,
    /// The name exists and has no address of this kind.
    NoData,
    /// The server refuses the question (REFUSED).
    Refused,
    /// The server reports a failure (SERVFAIL or another code), in its word.
    Failed(String),
    /// Nothing came in time.
    TimedOut,
    /// The server cannot be reached, and the system says why.
    Unreachable(String),
    /// What came is no answer, or there was nobody to ask: why.
    Broken(String),
    /// The name cannot be asked for.
    BadName(String),
}

/// What carries a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    /// One datagram each way.
    Udp,
    /// A connection, as the answer did not fit a datagram.
    Tcp,
    /// A file.
    File,
}

/// A CNAME record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// This name
    pub from: String,
    /// is another name for this one
    pub to: String,
    /// for so many seconds.
    pub ttl: u32,
}

/// An address record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The address.
    pub address: IpAddr,
    /// For so many seconds; none in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
}

/// One address tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// Whereto.
    pub address: IpAddr,
    /// Port; none for ICMP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The address of this machine that it was sent from, if the system told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<IpAddr>,
    /// How the connection went.
    pub connect: Connect,
    /// How often it was tried.
    pub tries: u32,
    /// How long the last try took.
    pub took: u64,
    /// The TLS handshake, if one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// The answer to a HEAD request, if one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<Http>,
    /// What the far side says it saw, if it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// The hops on the way, if they were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
}

/// How a connection, a datagram or an echo went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connect {
    /// The connection was made (TCP), or an answer came (UDP, ICMP).
    Open,
    /// The far side, or something that speaks for it, refused: RST, or port unreachable.
    Refused,
    /// Nothing came back in time (TCP).
    TimedOut,
    /// No answer came in time (UDP, ICMP): lost, or nobody there who answers.
    NoAnswer,
    /// Something on the way, or this machine, says that there is no way: why.
    Unreachable(String),
    /// This machine has no address of the destination's family.
    NoFamily,
    /// This machine does not let us send it: why.
    NotPermitted(String),
    /// The system says something else.
    Failed(String),
    /// Not tried: the run was stopped before.
    NotTried,
}

/// A TLS handshake.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The name asked for (SNI); none where the target is an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it went.
    pub handshake: Handshake,
    /// e.g. `TLSv1_3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The names and addresses that the certificate bears.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Who issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Until when it holds (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Everything that is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// How long the handshake took.
    pub took: u64,
}

/// How a handshake went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handshake {
    /// Both sides agree.
    Done,
    /// Nothing came in time.
    TimedOut,
    /// The far side closed the connection.
    Closed,
    /// They do not agree, or the far side does not speak TLS: why.
    Failed(String),
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It bears other names than the one asked for.
    OtherName,
    /// It holds no longer.
    Expired,
    /// It does not hold yet.
    NotYetValid,
    /// Nobody this machine trusts has signed it: why.
    NotTrusted(String),
    /// This machine has no list of whom it trusts, so nobody can say.
    NoRoots,
}

/// The answer to `HEAD`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Http {
    /// A status, and the headers that tell who answers: `server`, `location`, `x-amz-…`.
    Answered {
        /// e.g. 403.
        status: u16,
        /// In the order they came.
        headers: Vec<(String, String)>,
    },
    /// Nothing came in time.
    TimedOut,
    /// The far side closed the connection.
    Closed,
    /// What came is no HTTP: its beginning.
    Other(String),
}

/// What a responder (`probe --serve`) says of who called it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// It answered.
    Answered {
        /// The source it saw.
        source: SocketAddr,
        /// The address of its own that was called.
        at: SocketAddr,
        /// What a proxy in front of it wrote at the head of the connection, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proxy: Option<Proxied>,
    },
    /// Who answers there is no responder, or nobody answers.
    Silent,
}

/// What a proxy says of whom it speaks for (PROXY protocol).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxied {
    /// The source that it saw; none where it speaks for itself, as in a health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SocketAddr>,
    /// The VPC endpoint by which the caller came, if a load balancer of AWS says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpce: Option<String>,
}

/// The hops of a way, found by TCP SYNs with growing TTL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// One a TTL, from 1 up.
    pub hops: Vec<Hop>,
    /// How it ended.
    pub end: TraceEnd,
    /// How many packets were sent.
    pub sent: u32,
}

/// What came back for one TTL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hop {
    /// How many hops the packets were let go.
    pub ttl: u8,
    /// Who answered.
    pub replies: Vec<HopReply>,
    /// How many packets nobody answered.
    pub silent: u32,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HopReply {
    /// Who answered.
    pub from: IpAddr,
    /// What.
    pub what: Replied,
    /// After how long.
    pub took: u64,
}

/// What a hop answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replied {
    /// ICMP: the time to live is over. A router on the way.
    TimeExceeded,
    /// ICMP: unreachable, with its code.
    Unreachable(u8),
    /// TCP SYN and ACK: the destination, port open.
    SynAck,
    /// TCP RST: the destination, port closed.
    Reset,
}

/// How a traceroute ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TraceEnd {
    /// The destination answered.
    Reached,
    /// A hop says that there is no way.
    Unreachable,
    /// The last of the hops listed did not answer, nor did anybody before it for a while.
    Lost,
    /// There were as many hops as were allowed, and some of the last still answered, or the
    /// destination answered a connection.
    TooFar,
    /// This machine does not let us send raw packets, or read them: why, and what would.
    NotPermitted(String),
    /// The system says something else.
    Failed(String),
    /// Not finished: the run was stopped.
    Interrupted,
}

impl Observation {
    /// Every address that was answered, tried, met on the way, or seen as the source.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        let answered = self.lookups.iter().flat_map(Lookup::addresses);
        let tried = self.attempts.iter().map(|a| a.address);
        let traces = self.attempts.iter().flat_map(|a| &a.trace);
        let hops = traces.flat_map(|t| &t.hops).flat_map(|h| &h.replies);
        let seen = self.attempts.iter().filter_map(|a| match &a.seen {
            Some(Seen::Answered { source, .. }) => Some(source.ip()),
            _ => None,
        });
        let met = hops.map(|r| r.from).chain(seen);
        answered.chain(tried).chain(met)
    }
}

impl Lookup {
    /// The addresses of the answer.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.records.iter().map(|r| r.address)
    }
}

impl Fault {
    /// What a certificate with it is, for people.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Fault::OtherName => "of another name",
            Fault::Expired => "expired",
            Fault::NotYetValid => "not valid yet",
            Fault::NotTrusted(_) => "not trusted",
            Fault::NoRoots => "of unknown trust",
        }
    }
}

impl Attempt {
    /// An attempt not made yet.
    #[must_use]
    pub fn not_tried(address: IpAddr, port: Option<u16>) -> Self {
        Self {
            address,
            port,
            local: None,
            connect: Connect::NotTried,
            tries: 0,
            took: 0,
            tls: None,
            http: None,
            seen: None,
            trace: None,
        }
    }
}

impl Proxied {
    /// A text as an endpoint's identifier, if it can be one: what strangers write is not repeated.
    #[must_use]
    pub fn endpoint_id(text: &str) -> Option<String> {
        let (kind, number) = text.split_once('-')?;
        let fine = kind == "vpce"
            && (1..=32).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_alphanumeric());
        fine.then(|| text.to_owned())
    }
}

/// As in a sentence of a log.
impl fmt::Display for Proxied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Some(source) => write!(f, "a proxy says from {source}")?,
            None => f.write_str("a proxy speaks for itself")?,
        }
        match &self.vpce {
            Some(id) => write!(f, " by {id}"),
            None => Ok(()),
        }
    }
}
