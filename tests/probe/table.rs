//! Every row of the table: what a name server says × how the connection goes × how the handshake
//! goes, as far as one comes after the other.

use crate::dns::{Says, Zone};
use crate::netns::alone;
use crate::plan::{look, lookups, plan, server};
use crate::tls::self_signed;
use crate::world::World;
use hickory_proto::op::ResponseCode;
use reachability::probe::{Connect, Fault, Handshake, LookupOutcome, Observation};
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// Whose answers: in the ranges of the internet, and in those of a VPC.
const BLOCKS: [(&str, &str); 2] = [("public", "52.216.1"), ("private", "10.0.1")];

const OK: &[u8] = b"HTTP/1.1 403 Forbidden\r\nServer: AmazonS3\r\nContent-Length: 0\r\n\r\n";

fn zone() -> Zone {
    let mut zone = Zone::default()
        .with("timeout.example", Says::Nothing)
        .with("servfail.example", Says::Code(ResponseCode::ServFail))
        .with("refused.example", Says::Code(ResponseCode::Refused))
        .with("nodata.example", Says::NoData);
    for (class, block) in BLOCKS {
        for (host, what) in (1..).zip(ROWS.iter().map(|r| r.0)) {
            let name = format!("{what}.{class}.example");
            let address = format!("{block}.{host}");
            zone = zone.chain(&name, &[&format!("x-{name}")], &[&address]);
        }
    }
    zone
}

/// What the program says of a row: codes, and a part of the advice.
fn expected(what: &str, public: bool) -> (Vec<&'static str>, &'static str) {
    match what {
        "right" if public => (vec!["PATH_NOT_OBSERVABLE"], "look the same from a host"),
        "right" => (vec![], ""),
        "other-name" => (vec!["CERTIFICATE_OF_ANOTHER_NAME"], "somebody else answers"),
        "expired" | "not-yet" => (vec!["CERTIFICATE_NOT_VALID_NOW"], "clock"),
        "self-signed" => (vec!["CERTIFICATE_NOT_TRUSTED"], "--ca FILE"),
        "all-wrong" => (
            vec!["CERTIFICATE_OF_ANOTHER_NAME", "CERTIFICATE_NOT_VALID_NOW"],
            "somebody else answers",
        ),
        "silent" => (vec!["TLS_SILENT"], "MTU"),
        "closes" | "no-tls" => (vec!["TLS_FAILED"], "no TLS"),
        "closed-port" => (vec!["CONNECTION_REFUSED"], "the way is open"),
        "vanishes" if public => (vec!["CONNECTION_TIMED_OUT"], "no way out"),
        "vanishes" => (vec!["CONNECTION_TIMED_OUT"], "do not admit TCP 443 from"),
        "unreachable" | "prohibit" | "blackhole" => (vec!["HOST_UNREACHABLE"], "ip route get"),
        "nxdomain" => (vec!["NAME_NOT_FOUND"], "dig @10.0.0.2 nxdomain.example"),
        "timeout" => (vec!["NAME_SERVER_SILENT"], "DNS support is off"),
        "servfail" => (vec!["NAME_SERVER_FAILS"], "Resolver rule"),
        "refused" => (vec!["NAME_SERVER_REFUSES"], "does not serve this machine"),
        "nodata" => (vec!["NAME_WITHOUT_ADDRESS"], "other records only"),
        other => panic!("no row `{other}`"),
    }
}

type Row = (
    &'static str,
    fn(&Connect) -> bool,
    fn(&Option<(Handshake, Vec<Fault>)>) -> bool,
);

/// What is at the address, how the connection goes, and the handshake.
const ROWS: &[Row] = &[
    ("right", open, |t| done(t, &[])),
    ("other-name", open, |t| done(t, &[Fault::OtherName])),
    ("expired", open, |t| done(t, &[Fault::Expired])),
    ("not-yet", open, |t| done(t, &[Fault::NotYetValid])),
    ("self-signed", open, |t| done(t, &[not_trusted()])),
    ("all-wrong", open, |t| {
        done(t, &[Fault::OtherName, Fault::Expired])
    }),
    (
        "silent",
        open,
        |t| matches!(t, Some((Handshake::TimedOut, faults)) if faults.is_empty()),
    ),
    ("closes", open, |t| {
        matches!(t, Some((Handshake::Closed, _)))
    }),
    (
        "no-tls",
        open,
        |t| matches!(t, Some((Handshake::Failed(why), _)) if why == "the far side does not speak TLS"),
    ),
    ("closed-port", |c| *c == Connect::Refused, Option::is_none),
    ("vanishes", |c| *c == Connect::TimedOut, Option::is_none),
    ("unreachable", unreachable, Option::is_none),
    ("prohibit", unreachable, Option::is_none),
    ("blackhole", unreachable, Option::is_none),
];

fn open(connect: &Connect) -> bool {
    *connect == Connect::Open
}

fn unreachable(connect: &Connect) -> bool {
    matches!(connect, Connect::Unreachable(_))
}

fn not_trusted() -> Fault {
    Fault::NotTrusted("it is signed by itself".to_owned())
}

fn done(tls: &Option<(Handshake, Vec<Fault>)>, faults: &[Fault]) -> bool {
    matches!(tls, Some((Handshake::Done, seen)) if seen == faults)
}

fn build(world: &World) {
    for (class, block) in BLOCKS {
        for (host, row) in (1..).zip(ROWS) {
            let (address, at) = (format!("{block}.{host}"), format!("{block}.{host}:443"));
            let name = format!("{}.{class}.example", row.0);
            let ca = &world.ca;
            match row.0 {
                "right" => drop(world.tls(&at, ca.server(&[&name]), OK)),
                "other-name" => drop(world.tls(&at, ca.server(&["other.example"]), OK)),
                "expired" => drop(world.tls(&at, ca.in_years(&[&name], 2020, 2021), OK)),
                "not-yet" => drop(world.tls(&at, ca.in_years(&[&name], 2090, 2100), OK)),
                "self-signed" => drop(world.tls(&at, self_signed(&[&name]), OK)),
                "all-wrong" => drop(world.tls(&at, ca.in_years(&["b.example"], 2020, 2021), OK)),
                "silent" => drop(world.says(&at, b"")),
                "closes" => drop(world.closes_after(&at, Duration::ZERO)),
                "no-tls" => drop(world.says(&at, b"SSH-2.0-OpenSSH_9.9\r\n")),
                "closed-port" => drop(world.address(&address)),
                "vanishes" => world.vanishes(&address),
                kind => world.no_way(kind, &address),
            }
        }
    }
}

#[test]
fn every_row_of_the_table_is_seen() {
    alone("table::every_row_of_the_table_is_seen", || {
        let world = World::new();
        build(&world);
        world.dns("10.0.0.2:53", zone());
        let mut words = Vec::new();
        for (class, _) in BLOCKS {
            words.extend(
                ROWS.iter()
                    .map(|r| format!("https://{}.{class}.example", r.0)),
            );
        }
        let without = ["nxdomain", "timeout", "servfail", "refused", "nodata"];
        words.extend(without.map(|what| format!("https://{what}.example")));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut plan = plan(&world, &words, vec![server("10.0.0.2:53")]);
        plan.options.head = true;
        let (seen, _) = look(&plan);
        let mut seen = seen.into_iter();
        for (class, block) in BLOCKS {
            for ((host, row), seen) in (1..).zip(ROWS).zip(seen.by_ref().take(ROWS.len())) {
                assert_row(&seen, row, class, &format!("{block}.{host}"));
            }
        }
        let outcomes = [
            LookupOutcome::NxDomain,
            LookupOutcome::TimedOut,
            LookupOutcome::Failed("SERVFAIL".to_owned()),
            LookupOutcome::Refused,
            LookupOutcome::NoData,
        ];
        for (outcome, seen) in outcomes.into_iter().zip(seen.by_ref()) {
            let both: Vec<_> = seen
                .lookups
                .iter()
                .map(|l| (l.kind.as_str(), &l.outcome))
                .collect();
            assert_eq!(
                both,
                [("A", &outcome), ("AAAA", &outcome)],
                "{}",
                seen.target
            );
            assert!(seen.attempts.is_empty());
        }
        assert_eq!(seen.count(), 0);
        let said = by_program(&world, &words);
        assert_eq!(said.len(), words.len());
        for (said, words) in said.iter().zip(&words) {
            assert_said(said, words);
        }
    });
}

/// What the program prints of these targets.
fn by_program(world: &World, words: &[&str]) -> Vec<Value> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_reachability"));
    program.args(["probe", "--format", "json", "--head", "--timeout", "400ms"]);
    program.args(["--rate", "1000", "--resolver", "10.0.0.2", "--ca"]);
    let done = program.arg(&world.ca.file).args(words).output().unwrap();
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    let mut read: Value = serde_json::from_slice(&done.stdout).unwrap();
    serde_json::from_value(read["probes"].take()).unwrap()
}

fn assert_said(said: &Value, words: &str) {
    let name = words.trim_start_matches("https://");
    let (what, public) = (name.split('.').next().unwrap(), name.contains(".public."));
    let (codes, part) = expected(what, public);
    assert_eq!(said["observation"]["target"], words);
    let word = if what == "right" {
        "reachable"
    } else {
        "not-reachable"
    };
    let judgement = &said["judgement"];
    assert_eq!(judgement["word"], word, "{said:#}");
    let findings = judgement["findings"].as_array().unwrap();
    let found: Vec<&str> = findings
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect();
    assert_eq!(found, codes, "{said:#}");
    let first = findings
        .first()
        .map_or(String::new(), |f| f["advice"].to_string());
    assert!(first.contains(part), "`{part}`: {said:#}");
    for finding in findings {
        assert_eq!(finding["stops"], what != "right", "{said:#}");
        assert!(!finding["advice"].as_array().unwrap().is_empty());
    }
    if let Some(class) = said["classes"].get(0) {
        let expected = if public { "public" } else { "private" };
        assert_eq!(class["class"], expected, "{said:#}");
    }
}

fn assert_row(seen: &Observation, row: &Row, class: &str, address: &str) {
    let (what, connect, handshake) = row;
    let name = format!("{what}.{class}.example");
    let asked = "Named(10.0.0.2:53)";
    assert_eq!(
        lookups(seen),
        [
            format!("{asked} {name} A Udp Answered {address}"),
            format!("{asked} {name} AAAA Udp NoData"),
        ]
    );
    let aliases = &seen.lookups[0].aliases;
    assert_eq!((aliases.len(), aliases[0].ttl), (1, 300));
    assert_eq!(seen.lookups[0].records[0].ttl, Some(60));
    let [attempt] = seen.attempts.as_slice() else {
        panic!("{seen:#?}");
    };
    assert_eq!(attempt.address.to_string(), address);
    assert!(connect(&attempt.connect), "{name}: {attempt:#?}");
    let tls = attempt
        .tls
        .as_ref()
        .map(|t| (t.handshake.clone(), t.faults.clone()));
    assert!(handshake(&tls), "{name}: {attempt:#?}");
    let shook = matches!(tls, Some((Handshake::Done, _)));
    assert_eq!(attempt.http.is_some(), shook, "{name}: {attempt:#?}");
    if let Some(tls) = &attempt.tls {
        assert_eq!(tls.name.as_deref(), Some(name.as_str()));
        assert_eq!(tls.version.is_some(), shook);
        assert_eq!(tls.until.is_some(), shook);
    }
}
