//! A name into addresses: who is asked for what, and until when.

use super::ask::{Server, ask, name};
use super::hosts::from_file;
use super::resolv_conf::ResolvConf;
use super::world::{Whom, World};
use crate::probe::{Asked, Lookup, LookupOutcome, Over};
use hickory_proto::rr::{Name, RecordType};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Asks everybody who is to be asked for a name. Each question and its answer go to `out` at once.
pub(super) async fn resolve(world: &World, name: &str, out: &mut Vec<Lookup>) {
    for whom in &world.whom {
        let known = match whom {
            Whom::System(hosts, _) => hosts.find(name),
            Whom::Server(_) => Vec::new(),
        };
        // glibc's default order is `files dns`: what a file knows, nobody is asked for. Nor is
        // `localhost` (RFC 6761, 6.3).
        if !known.is_empty() {
            out.extend(known);
            continue;
        }
        if is_localhost(name) {
            out.push(from_file(Asked::Nobody, name, Ipv4Addr::LOCALHOST.into()));
            out.push(from_file(Asked::Nobody, name, Ipv6Addr::LOCALHOST.into()));
            continue;
        }
        match whom {
            Whom::System(_, conf) => as_programs_do(world, conf, name, out).await,
            Whom::Server(address) => {
                let asked = Asked::Named(*address);
                let Some(name) = absolute(name, &asked, out) else {
                    continue;
                };
                let server = Server {
                    address: *address,
                    asked,
                    tcp: false,
                };
                servers(world, &[server], &name, KINDS, out).await;
            }
        }
    }
}

const KINDS: &[RecordType] = &[RecordType::A, RecordType::AAAA];

/// The servers of `resolv.conf` along its search list, as glibc's `res_search` goes.
async fn as_programs_do(world: &World, conf: &ResolvConf, name: &str, out: &mut Vec<Lookup>) {
    if let Some(why) = &conf.no_servers {
        let why = format!("{why}; then programs ask 127.0.0.1");
        out.push(nobody(Asked::Nobody, name, LookupOutcome::Broken(why)));
    }
    let all = conf.servers.iter().map(|address| Server {
        address: *address,
        asked: Asked::System(*address),
        tcp: conf.tcp,
    });
    let all: Vec<Server> = all.collect();
    let kinds = if conf.ipv6 { KINDS } else { &[RecordType::A] };
    let mut search_is_over = false;
    let candidates = conf.candidates(name);
    if candidates.is_empty() {
        let why = "programs ask nobody for a name without a dot: `resolv.conf` says `no-tld-query`, and no domain to search";
        let why = LookupOutcome::BadName(why.to_owned());
        out.push(nobody(Asked::Nobody, name, why));
    }
    for candidate in candidates {
        if search_is_over && !candidate.as_is {
            continue;
        }
        let Some(full) = absolute(&candidate.name, &Asked::Nobody, out) else {
            return;
        };
        let from = out.len();
        servers(world, &all, &full, kinds, out).await;
        let new = out.get(from..).unwrap_or_default();
        let came = |f: fn(&LookupOutcome) -> bool| new.iter().any(|l| f(&l.outcome));
        if came(|o| *o == LookupOutcome::Answered)
            || new
                .iter()
                .all(|l| matches!(l.outcome, LookupOutcome::Unreachable(_)))
        {
            return;
        }
        // After a refusal or silence glibc tries no other domain; after SERVFAIL it does.
        let goes_on = new.iter().any(|l| settles(&l.outcome))
            || came(|o| matches!(o, LookupOutcome::Failed(w) if w == "SERVFAIL"));
        search_is_over |= !goes_on && !candidate.as_is;
    }
}

/// Asks one server after the other until each kind has an answer, and again those that were silent.
async fn servers(
    world: &World,
    servers: &[Server],
    name: &Name,
    kinds: &[RecordType],
    out: &mut Vec<Lookup>,
) {
    let from = out.len();
    for round in 0..world.options.tries.max(1) {
        for server in servers {
            let new = out.get(from..).unwrap_or_default();
            let open = |kind: &&RecordType| {
                let mut of_kind = new.iter().filter(|l| l.kind == kind.to_string());
                let settled = of_kind.clone().any(|l| settles(&l.outcome));
                let last = of_kind.rfind(|l| l.asked == server.asked);
                let again = last.is_some_and(|l| l.outcome == LookupOutcome::TimedOut);
                !settled && (round == 0 || again)
            };
            let open: Vec<RecordType> = kinds.iter().filter(open).copied().collect();
            match open.as_slice() {
                [] => {}
                [kind, other, ..] => both(world, server, name, [*kind, *other], out).await,
                [kind] => out.push(ask(world, server, name, *kind).await),
            }
        }
    }
}

/// Two questions at a time; what comes first is written down first, and then put in order.
async fn both(
    world: &World,
    server: &Server,
    name: &Name,
    [kind, other]: [RecordType; 2],
    out: &mut Vec<Lookup>,
) {
    let mut first = std::pin::pin!(ask(world, server, name, kind));
    let mut second = std::pin::pin!(ask(world, server, name, other));
    let at = out.len();
    tokio::select! {
        biased;
        done = &mut first => {
            out.push(done);
            out.push(second.await);
        }
        done = &mut second => {
            out.push(done);
            let done = first.await;
            out.insert(at, done);
        }
    }
}

/// An answer after which no other server is asked.
fn settles(outcome: &LookupOutcome) -> bool {
    matches!(
        outcome,
        LookupOutcome::Answered | LookupOutcome::NxDomain | LookupOutcome::NoData
    )
}

/// A name as servers are asked for it. One that cannot be is written down instead.
fn absolute(text: &str, asked: &Asked, out: &mut Vec<Lookup>) -> Option<Name> {
    let read = name(text);
    if let Err(why) = &read {
        let why = LookupOutcome::BadName(why.clone());
        out.push(nobody(asked.clone(), text, why));
    }
    read.ok()
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// A question that was not sent.
fn nobody(asked: Asked, name: &str, outcome: LookupOutcome) -> Lookup {
    Lookup {
        asked,
        name: name.to_owned(),
        kind: "A".to_owned(),
        outcome,
        aliases: Vec::new(),
        records: Vec::new(),
        over: Over::File,
        took: 0,
    }
}
