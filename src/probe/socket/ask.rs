//! One question to one name server: a datagram, and a connection if the answer does not fit one.

use super::connected::connected;
use super::reason;
use super::world::World;
use crate::probe::{Alias, Asked, Lookup, LookupOutcome, Over, Record};
use hickory_proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// A server, and how it is spoken to.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    /// Why we ask it.
    pub(super) asked: Asked,
    /// Over TCP from the start.
    pub(super) tcp: bool,
}

/// Asks for the records of a name, once. No EDNS, as programs ask by default, so that what is
/// longer than 512 bytes comes over TCP for us too.
pub(super) async fn ask(world: &World, server: &Server, name: &Name, kind: RecordType) -> Lookup {
    let mut query = Message::query();
    query.metadata.recursion_desired = true;
    query.add_query(Query::query(name.clone(), kind));
    let mut lookup = Lookup {
        asked: server.asked.clone(),
        name: plain(name),
        kind: kind.to_string(),
        outcome: LookupOutcome::TimedOut,
        aliases: Vec::new(),
        records: Vec::new(),
        over: if server.tcp { Over::Tcp } else { Over::Udp },
        took: 0,
    };
    let limit = world.options.timeout;
    let came = loop {
        world.turn().await;
        let begun = Instant::now();
        let came = match lookup.over {
            Over::Tcp => stream(server.address, &query, limit).await,
            _ => datagram(server.address, &query, limit).await,
        };
        lookup.took += micros(begun);
        match came {
            Ok(answer) if answer.metadata.truncation && lookup.over == Over::Udp => {
                lookup.over = Over::Tcp;
            }
            came => break came,
        }
    };
    match came {
        Ok(answer) => read_into(&mut lookup, &answer, name, kind),
        Err(outcome) => lookup.outcome = outcome,
    }
    lookup
}

async fn datagram(
    server: SocketAddr,
    query: &Message,
    limit: Duration,
) -> Result<Message, LookupOutcome> {
    let bytes = bytes(query)?;
    let mut other = None;
    let work = async {
        let socket = connected(server).await?;
        socket.send(&bytes).await?;
        let mut buffer = vec![0; 65_535];
        loop {
            let length = socket.recv(&mut buffer).await?;
            match answer_of(query, buffer.get(..length).unwrap_or_default()) {
                Ok(answer) => return Ok(answer),
                Err(why) => other = Some(why),
            }
        }
    };
    match timeout(limit, work).await {
        Ok(came) => came.map_err(unreachable),
        Err(_) => Err(other.map_or(LookupOutcome::TimedOut, LookupOutcome::Broken)),
    }
}

async fn stream(
    server: SocketAddr,
    query: &Message,
    limit: Duration,
) -> Result<Message, LookupOutcome> {
    let bytes = bytes(query)?;
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let work = async {
        let mut stream = TcpStream::connect(server).await?;
        stream
            .write_all(&[&length.to_be_bytes(), bytes.as_slice()].concat())
            .await?;
        let length = stream.read_u16().await?;
        let mut buffer = vec![0; usize::from(length)];
        stream.read_exact(&mut buffer).await?;
        Ok(buffer)
    };
    match timeout(limit, work).await {
        Ok(Ok(buffer)) => answer_of(query, &buffer).map_err(LookupOutcome::Broken),
        Ok(Err(error)) => Err(unreachable(error)),
        Err(_) => Err(LookupOutcome::TimedOut),
    }
}

fn bytes(query: &Message) -> Result<Vec<u8>, LookupOutcome> {
    let bytes = query.to_vec();
    bytes.map_err(|e| LookupOutcome::BadName(e.to_string()))
}

fn unreachable(error: io::Error) -> LookupOutcome {
    match error.kind() {
        io::ErrorKind::TimedOut => LookupOutcome::TimedOut,
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            LookupOutcome::Broken(reason::words(&error))
        }
        _ => LookupOutcome::Unreachable(reason::words(&error)),
    }
}

/// The answer to a question, if it is one.
fn answer_of(query: &Message, bytes: &[u8]) -> Result<Message, String> {
    let answer =
        Message::from_vec(bytes).map_err(|e| format!("what came is no message of the DNS: {e}"))?;
    let asks = &query.queries;
    let bare_error =
        answer.queries.is_empty() && answer.metadata.response_code != ResponseCode::NoError;
    if answer.metadata.message_type != MessageType::Response {
        return Err("what came is a question".to_owned());
    }
    if answer.metadata.id != query.metadata.id || !(answer.queries == *asks || bare_error) {
        return Err("what came answers another question".to_owned());
    }
    Ok(answer)
}

/// Reads an answer along its aliases; records of other names are nobody's answer.
fn read_into(lookup: &mut Lookup, answer: &Message, name: &Name, kind: RecordType) {
    let mut name = name;
    while let Some((to, ttl)) = alias(answer, name)
        && lookup.aliases.len() < answer.answers.len()
    {
        lookup.aliases.push(Alias {
            from: plain(name),
            to: plain(to),
            ttl,
        });
        name = to;
    }
    for record in answer.answers.iter().filter(|r| r.name == *name) {
        let address = match &record.data {
            RData::A(a) if kind == RecordType::A => IpAddr::V4(a.0),
            RData::AAAA(a) if kind == RecordType::AAAA => IpAddr::V6(a.0),
            _ => continue,
        };
        lookup.records.push(Record {
            address,
            ttl: Some(record.ttl),
        });
    }
    let header = &answer.metadata;
    let lame = answer.answers.is_empty()
        && answer.additionals.is_empty()
        && !header.authoritative
        && !header.recursion_available;
    lookup.outcome = match header.response_code {
        ResponseCode::NoError if !lookup.records.is_empty() => LookupOutcome::Answered,
        ResponseCode::NoError if lame => LookupOutcome::Broken(
            "an empty answer of a server that neither holds the name nor asks others for it"
                .to_owned(),
        ),
        ResponseCode::NoError => LookupOutcome::NoData,
        ResponseCode::NXDomain => LookupOutcome::NxDomain,
        ResponseCode::Refused => LookupOutcome::Refused,
        other => LookupOutcome::Failed(match other {
            ResponseCode::ServFail => "SERVFAIL".to_owned(),
            ResponseCode::FormErr => "FORMERR".to_owned(),
            ResponseCode::NotImp => "NOTIMP".to_owned(),
            ResponseCode::NotAuth => "NOTAUTH".to_owned(),
            other => format!("RCODE {}", u16::from(other)),
        }),
    };
}

fn alias<'a>(answer: &'a Message, name: &Name) -> Option<(&'a Name, u32)> {
    answer.answers.iter().find_map(|record| match &record.data {
        RData::CNAME(to) if record.name == *name => Some((&to.0, record.ttl)),
        _ => None,
    })
}

/// A text as a name that servers can be asked for; what is beyond ASCII as IDNA writes it.
pub(super) fn name(text: &str) -> Result<Name, String> {
    let read = if text.is_ascii() {
        Name::from_ascii(text)
    } else {
        Name::from_utf8(text)
    };
    let mut name = read.map_err(|e| e.to_string())?;
    name.set_fqdn(true);
    Ok(name)
}

/// A name without its last dot, as people write it.
pub(super) fn plain(name: &Name) -> String {
    let text = name.to_ascii();
    text.strip_suffix('.').unwrap_or(&text).to_owned()
}

/// Microseconds since.
pub(super) fn micros(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX)
}
