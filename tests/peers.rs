//! Flows over dumps that another project made, with the outcome its own tests assert.
//! The data stays outside the project; without it the test says so.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use reachability::answer::{Answer, Ask, From, Verdict, answer, source};
use reachability::aws::{Compiled, compile};
use reachability::diagnostic::Severity;
use reachability::import::{Source, import};
use reachability::model::{Listing, Network, Ref, build};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What this project answers, and the reason, for each outcome of the other's vocabulary.
fn fits(expected: &str, verdict: &str, code: &str) -> bool {
    match expected.split('(').next().unwrap_or_default() {
        "EXITS_NETWORK" | "ACCEPTED" | "reachable over IGW " => {
            verdict == "private" || verdict == "internet"
        }
        "NO_ROUTE" => verdict == "unreachable" && code == "NO_ROUTE_TO_DESTINATION",
        "NULL_ROUTED" | "NEIGHBOR_UNREACHABLE" => {
            let zone = code == "TGW_ROUTE_AZ_RESTRICTION";
            verdict == "unreachable" && (code == "NO_POSSIBLE_DESTINATION" || zone)
        }
        "DENIED_IN" => verdict == "unreachable" && !code.is_empty() && !code.starts_with("NO_"),
        _ => false,
    }
}

fn trace(folder: &Path, from: &str, to: &str, port: &str) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
        .arg("trace")
        .arg(folder)
        .args([
            "--from",
            from,
            "--to",
            &format!("tcp://{to}:{port}"),
            "--format",
            "json",
        ])
        .output()
        .unwrap();
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(&output.stdout) else {
        return (
            "error".to_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        );
    };
    let code = &json["obstacles"][0]["code"];
    (
        json["verdict"].as_str().unwrap_or_default().to_owned(),
        code.as_str().unwrap_or_default().to_owned(),
    )
}

#[test]
fn peers_agree() {
    let peers: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/peer/batfish");
    let Ok(cases) = std::fs::read_to_string(peers.join("cases.tsv")) else {
        println!("skipped: no peer data");
        return;
    };
    let (mut right, mut all, mut constant, mut wrong) = (0, 0, 0, Vec::new());
    for line in cases.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [snapshot, from, src, dst, _, port, expected, ..] = cells.as_slice() else {
            continue;
        };
        let from = match *from {
            "internet" => (*src).to_owned(),
            subnet if subnet.starts_with("subnet-") => format!("{subnet}:{src}"),
            instance => instance.to_owned(),
        };
        for to in dst.split('|') {
            all += 1;
            constant += u32::from(fits(expected, "private", ""));
            let (verdict, code) = trace(&peers.join(snapshot), &from, to, port);
            if fits(expected, &verdict, &code) {
                right += 1;
            } else {
                wrong.push(format!(
                    "{snapshot} {from} → {to}:{port}: expected {expected}, got {verdict} {code}"
                ));
            }
        }
    }
    println!(
        "{right} of {all} flows agree; answering `private` to everything would agree in {constant}"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn peers() -> Option<PathBuf> {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/peer");
    if !peers.is_dir() {
        println!("skipped: no peer data");
    }
    Some(peers).filter(|p| p.is_dir())
}

fn json_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "json") {
            out.push(path);
        }
    }
}

/// Folders that hold describe-* JSON, each with its files.
fn dumps(peers: &Path) -> Vec<(String, Vec<Source>)> {
    let mut files = Vec::new();
    json_files(peers, &mut files);
    files.sort();
    let mut out: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let known = |key: &&str| value.get(*key).is_some();
        if !Listing::ALL.iter().any(|l| l.keys().iter().any(known))
            && value.as_object().is_none_or(|o| o.len() != 1)
        {
            continue;
        }
        let inside = path.strip_prefix(peers).unwrap();
        let dump: PathBuf = inside.iter().take(2).collect();
        let path = inside.strip_prefix(&dump).unwrap().to_string_lossy();
        let path = path.into_owned();
        let dump = dump.to_string_lossy().into_owned();
        out.entry(dump).or_default().push(Source { path, text });
    }
    out.into_iter().collect()
}

fn load(sources: &[Source]) -> (Network, Compiled) {
    let imported = import(sources);
    let errors = imported.diagnostics.iter();
    let errors: Vec<_> = errors.filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let network = build(imported.draft).network.unwrap();
    let compiled = compile(&network);
    (network, compiled)
}

fn ask(network: &Network, compiled: &Compiled, from: From, to: &str) -> Answer {
    let ask = Ask::new(from, to);
    answer(network, compiled, &ask).unwrap_or_else(|text| panic!("{to}: {text}"))
}

/// An address of a service: of its prefix list, else one that the service is known to use.
fn address(network: &Network, service: &str, otherwise: &str) -> String {
    let lists = network.aws_lists.iter();
    let mut own = lists.filter(|((_, s), nets)| s == service && !nets.is_empty());
    own.next().map_or(otherwise.to_owned(), |(_, nets)| {
        nets[0].hosts().next().unwrap().to_string()
    })
}

/// `unknown` is rare, and each says what is missing: every instance asks every instance, S3 and
/// DynamoDB by name and by address, and a host of the internet.
#[test]
fn unknown_is_rare() {
    let Some(peers) = peers() else { return };
    let mut all: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut vague = Vec::new();
    for (dump, sources) in dumps(&peers) {
        let (network, compiled) = load(&sources);
        let mut own: BTreeMap<Verdict, usize> = BTreeMap::new();
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        let instances = || network.instances.iter().filter(|(_, i)| i.running);
        let mut targets: Vec<String> = instances()
            .filter_map(|(_, i)| i.interfaces.first().and_then(Ref::id))
            .map(|i| format!("tcp://{}:22", network.interfaces[i].ips[0]))
            .collect();
        targets.extend(["s3://bucket", "dynamodb://table", "tcp://8.8.8.8:443"].map(str::to_owned));
        for (service, otherwise) in [("s3", "52.219.96.1"), ("dynamodb", "52.94.4.1")] {
            targets.push(format!(
                "tcp://{}:443",
                address(&network, service, otherwise)
            ));
        }
        for (_, instance) in instances() {
            let from = source(&network, &instance.name).unwrap();
            for to in &targets {
                let answer = ask(&network, &compiled, from, to);
                *own.entry(answer.verdict).or_default() += 1;
                if answer.verdict == Verdict::Unknown {
                    let first = answer.obstacles.first();
                    let why = first.map_or(String::new(), |o| format!("{} {}", o.code, o.by));
                    if !why.contains("aws ") && !why.contains("not modelled") {
                        vague.push(format!("{dump}: {} → {to}: {why}", instance.name));
                    }
                    *reasons.entry(why).or_default() += 1;
                }
            }
        }
        if own.is_empty() {
            continue;
        }
        println!("{dump}: {}", shares(&own));
        for (why, count) in reasons {
            println!("  {count} × {why}");
        }
        for (verdict, count) in own {
            *all.entry(verdict).or_default() += count;
        }
    }
    println!("in all: {}", shares(&all));
    assert!(vague.is_empty(), "{}", vague.join("\n"));
    let (unknown, flows) = (
        all.get(&Verdict::Unknown).copied(),
        all.values().sum::<usize>(),
    );
    assert!(
        unknown.unwrap_or(0) * 20 <= flows,
        "more than 5 % are unknown"
    );
}

fn shares(counts: &BTreeMap<Verdict, usize>) -> String {
    let flows: usize = counts.values().sum();
    let share = |(v, n): (&Verdict, &usize)| {
        format!(
            "{n} {} ({:.1} %)",
            v.name(),
            100.0 * *n as f64 / flows as f64
        )
    };
    let shares: Vec<String> = counts.iter().map(share).collect();
    format!("{flows} flows: {}", shares.join(", "))
}

/// The public subnet has a route to everything and one to S3's prefix list, which is the longer.
#[test]
fn a_gateway_endpoint_is_private_and_the_rest_is_the_internet() {
    let Some(peers) = peers() else { return };
    let dumps = dumps(&peers.join("batfish"));
    let (_, sources) = dumps
        .iter()
        .find(|(d, _)| d.starts_with("test-vpc-endpoint-gateway"))
        .unwrap();
    let (network, compiled) = load(sources);
    let of = |from: &str, to: &str| {
        let from = source(&network, from).unwrap();
        let answer = ask(&network, &compiled, from, to);
        (answer.verdict, answer.mechanism)
    };
    let private = (Verdict::Private, "gateway-endpoint".to_owned());
    for to in ["tcp://52.216.237.77:443", "s3://bucket"] {
        assert_eq!(of("i-01c6c0647fdccc89e", to), private, "{to}");
    }
    let internet = (Verdict::Internet, "internet-gateway".to_owned());
    for to in ["tcp://52.94.0.10:443", "dynamodb://table"] {
        assert_eq!(of("i-0464d440ca0ee9e34", to), internet, "{to}");
    }
}
