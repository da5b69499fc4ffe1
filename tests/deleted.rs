//! An import is an open world: what it does not say is not known. Deleting information from a dump
//! never turns a verdict into another definite one; it may turn it into `unknown`, which names what
//! to supply.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::answer::{Answer, Ask, Verdict, answer, source};
use reachability::aws::{Compiled, compile};
use reachability::diagnostic::Severity;
use reachability::import::{Source, import};
use reachability::model::{Listing, Network, build};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

type Files = Vec<(String, Value)>;

/// The dump, by relative path.
fn complete() -> Files {
    fn collect(root: &Path, folder: &Path, out: &mut Files) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, out);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                let name = path.strip_prefix(root).unwrap().to_string_lossy();
                out.push((name.into_owned(), serde_json::from_str(&text).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dumps/complete");
    let mut files = Files::new();
    collect(&root, &root, &mut files);
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

fn network(files: &Files) -> (Network, Compiled) {
    let sources: Vec<Source> = files
        .iter()
        .map(|(path, value)| Source {
            path: path.clone(),
            text: value.to_string(),
        })
        .collect();
    let imported = import(&sources);
    let errors = imported
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{:?}", imported.diagnostics);
    let network = build(imported.draft).network.unwrap();
    let compiled = compile(&network);
    (network, compiled)
}

const SOURCES: &[&str] = &[
    "i-0web",
    "i-0app",
    "i-0two",
    "i-0bat",
    "i-0db",
    "eni-0fn",
    "cvpn-endpoint-0a1",
    "i-0data",
    "i-0dax",
    "i-0qui",
    "i-0mut",
    "i-0p1",
    "internet:192.0.2.9",
];

const DESTINATIONS: &[&str] = &[
    "s3://bucket",
    "dynamodb://table",
    "https://logs.eu-west-1.amazonaws.com",
    "https://sqs.eu-west-1.amazonaws.com",
    "https://kms.eu-west-1.amazonaws.com",
    "https://sts.eu-west-1.amazonaws.com",
    "https://pay.example.com",
    "https://pay.corp.example",
    "https://inner.corp.example",
    "tcp://db.corp.example:5432",
    "https://nothing.corp.example",
    "https://www.example.org",
    "https://pay-0b0b0b0b0b0b0b01.elb.eu-west-1.amazonaws.com",
    "https://inner-0a0a0a0a0a0a0a01.elb.eu-west-1.amazonaws.com",
    "https://vpce-0logs-abc1.logs.eu-west-1.vpce.amazonaws.com",
    "https://vpce-0pay-abc3.vpce-svc-0pay.eu-west-1.vpce.amazonaws.com",
    "https://203.0.113.10",
    "https://203.0.113.140",
    "https://8.8.8.8",
    "https://198.51.100.10",
    "https://198.51.100.20",
    "https://198.51.100.60",
    "https://172.16.0.5",
    "https://172.17.0.5",
    "https://172.31.0.5",
    "https://192.0.2.70",
    "https://10.9.0.1",
    "https://10.9.64.1",
    "https://10.9.128.1",
    "https://10.9.192.1",
    "https://10.0.2.77",
    "https://10.0.99.1",
    "https://10.0.0.10",
    "tcp://10.0.0.10:22",
    "https://10.0.1.10",
    "tcp://10.0.1.10:22",
    "https://10.0.1.11",
    "https://10.5.0.10",
    "https://10.0.2.10",
    "tcp://10.0.3.10:5432",
    "tcp://10.0.3.20:5432",
    "https://10.0.1.99",
    "https://10.0.1.30",
    "https://10.0.0.200",
    "https://10.0.4.10",
    "https://10.0.4.30",
    "https://10.0.4.20",
    "https://10.0.3.30",
    "https://10.0.1.50",
    "https://10.0.2.50",
    "https://10.0.0.60",
    "https://10.1.0.10",
    "tcp://10.1.0.10:5432",
    "tcp://10.1.1.10:5432",
    "https://10.1.1.40",
    "tcp://10.0.0.70:8443",
    "tcp://10.0.1.70:8443",
    "https://10.0.0.50",
    "https://10.0.1.1",
    "https://10.0.4.90",
];

/// A flow's answer: the verdict, and for `unknown` the reason.
type Answers = BTreeMap<(&'static str, &'static str), Result<(Verdict, String), String>>;

fn reason(answer: &Answer) -> String {
    let all = answer.obstacles.iter();
    let all: Vec<String> = all.map(|o| format!("{} {}", o.code, o.by)).collect();
    all.join("; ")
}

fn answers((network, compiled): &(Network, Compiled)) -> Answers {
    let mut out = Answers::new();
    for from in SOURCES {
        for to in DESTINATIONS {
            let answered = source(network, from).and_then(|from| {
                let ask = Ask::new(from, *to);
                answer(network, compiled, &ask)
            });
            out.insert((from, to), answered.map(|a| (a.verdict, reason(&a))));
        }
    }
    out
}

/// What of `after` breaks the law: a definite answer that is another, or an `unknown` without the
/// command that would supply what is missing.
fn broken(before: &Answers, after: &Answers, command: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (flow, now) in after {
        let Ok((verdict, why)) = now else { continue };
        let Ok((was, _)) = &before[flow] else {
            continue;
        };
        let fine = verdict == was || (*verdict == Verdict::Unknown && why.contains(command));
        if !fine {
            let (verdict, was) = (verdict.name(), was.name());
            out.push(format!("{flow:?}: {was} → {verdict}: {why}"));
        }
    }
    out
}

#[test]
fn the_dump_is_complete() {
    let all = answers(&network(&complete()));
    for (flow, answer) in &all {
        println!("{flow:?} {answer:?}");
    }
}

fn holds(path: &str, listing: Listing) -> bool {
    match listing {
        Listing::LoadBalancerAttributes => path.contains("load-balancer-attributes"),
        Listing::TargetGroupAttributes => path.contains("target-group-attributes"),
        Listing::TransitGatewayRoutes => !path.contains("client-vpn-routes"),
        Listing::ClientVpnRoutes => path.contains("client-vpn-routes"),
        _ => true,
    }
}

fn without(files: &Files, listing: Listing, folder: &str) -> Files {
    let mut out = Files::new();
    for (path, value) in files {
        let mut value = value.clone();
        if path.starts_with(folder) && holds(path, listing) {
            let object = value.as_object_mut().unwrap();
            for key in listing.keys() {
                object.shift_remove(*key);
            }
            if listing == Listing::ClientVpnRoutes {
                object.shift_remove("Routes");
            }
        }
        out.push((path.clone(), value));
    }
    out
}

#[test]
fn a_missing_listing_never_makes_another_verdict() {
    let files = complete();
    let before = answers(&network(&files));
    let mut wrong = Vec::new();
    for listing in Listing::ALL {
        for folder in ["", "111111111111", "222222222222"] {
            let after = answers(&network(&without(&files, *listing, folder)));
            let changed = after.iter().filter(|(f, a)| {
                a.as_ref().map(|a| a.0).ok() != before[*f].as_ref().map(|a| a.0).ok()
            });
            println!(
                "{listing:?} {folder}: {} of {} flows become unknown",
                changed.count(),
                after.len()
            );
            for line in broken(&before, &after, listing.command()) {
                wrong.push(format!("{listing:?} {folder} {line}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} broken\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Rows that have a name of their own: key, and the field that holds it.
const NAMED: &[(Listing, &str, &str)] = &[
    (Listing::Vpcs, "Vpcs", "VpcId"),
    (Listing::Subnets, "Subnets", "SubnetId"),
    (Listing::DhcpOptions, "DhcpOptions", "DhcpOptionsId"),
    (Listing::RouteTables, "RouteTables", "RouteTableId"),
    (Listing::NetworkAcls, "NetworkAcls", "NetworkAclId"),
    (Listing::SecurityGroups, "SecurityGroups", "GroupId"),
    (
        Listing::NetworkInterfaces,
        "NetworkInterfaces",
        "NetworkInterfaceId",
    ),
    (Listing::Instances, "Reservations", "InstanceId"),
    (Listing::Addresses, "Addresses", "PublicIp"),
    (
        Listing::InternetGateways,
        "InternetGateways",
        "InternetGatewayId",
    ),
    (Listing::NatGateways, "NatGateways", "NatGatewayId"),
    (Listing::VpnGateways, "VpnGateways", "VpnGatewayId"),
    (Listing::VpnConnections, "VpnConnections", "VpnConnectionId"),
    (
        Listing::VpcPeeringConnections,
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
    ),
    (
        Listing::TransitGatewayVpcAttachments,
        "TransitGatewayVpcAttachments",
        "TransitGatewayId",
    ),
    (Listing::VpcEndpoints, "VpcEndpoints", "VpcEndpointId"),
    (Listing::PrefixLists, "PrefixLists", "PrefixListId"),
    (
        Listing::EndpointServices,
        "ServiceConfigurations",
        "ServiceId",
    ),
    (Listing::LoadBalancers, "LoadBalancers", "LoadBalancerArn"),
    (Listing::TargetGroups, "TargetGroups", "TargetGroupArn"),
    (Listing::HostedZones, "HostedZones", "Name"),
];

/// The dump without one row, with the row's name.
fn without_row(files: &Files, at: usize, key: &str, row: usize, id: &str) -> (Files, String) {
    let mut out = files.clone();
    let list = out[at].1.get_mut(key).unwrap().as_array_mut().unwrap();
    let gone = list.remove(row);
    let own = gone
        .get(id)
        .or_else(|| gone.pointer(&format!("/Instances/0/{id}")));
    (out, own.unwrap().as_str().unwrap().to_owned())
}

#[test]
fn a_missing_row_never_makes_another_verdict() {
    let files = complete();
    let before = answers(&network(&files));
    let (mut wrong, mut lonely, mut rows) = (Vec::new(), Vec::new(), 0);
    for (listing, key, id) in NAMED {
        for at in 0..files.len() {
            let list = files[at].1.get(*key).and_then(Value::as_array);
            for row in 0..list.map_or(0, Vec::len) {
                rows += 1;
                let (left, name) = without_row(&files, at, key, row, id);
                let word = format!("\"{name}\"");
                let named = left.iter().any(|(_, v)| v.to_string().contains(&word));
                let lines = broken(&before, &answers(&network(&left)), listing.command());
                let lines = lines.into_iter().map(|l| format!("{name} {l}"));
                if named {
                    wrong.extend(lines);
                } else {
                    lonely.extend(lines);
                }
            }
        }
    }
    println!(
        "{rows} rows, each removed; of those that nothing else names, {} flows change",
        lonely.len()
    );
    for line in &lonely {
        println!("  {line}");
    }
    assert!(
        wrong.is_empty(),
        "{} broken\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
