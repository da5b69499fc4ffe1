//! A prediction beside what is really seen: `scenarios/probe.yaml`, and a world that behaves as it
//! predicts, or otherwise.

use crate::dns::Zone;
use crate::netns::alone;
use crate::world::World;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const S3: &str = "https://s3.us-east-1.amazonaws.com";
const SECRETS: &str = "https://secretsmanager.us-east-1.amazonaws.com";
const ORDERS: &str = "https://orders.example.com";

const PRIVATE_DNS_OFF: &str = "the endpoint's private DNS is off";
const PENDING: &str = "the provider has not accepted yet";
const NO_443: &str = "the endpoint's group admits nobody at 443";

const OK: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

fn name(url: &str) -> &str {
    url.trim_start_matches("https://")
}

/// A world in which everything is as the scenario itself says; `private`: the endpoint's private DNS
/// is on. Another name server, which no VPC has, answers as the internet does.
fn world(private: bool) -> World {
    let world = World::new();
    let public = Zone::default()
        .addresses(name(S3), &["52.216.1.1"])
        .addresses(name(SECRETS), &["52.94.1.1"]);
    let inside = if private { "10.0.1.50" } else { "52.94.1.1" };
    let vpc = Zone::default()
        .addresses(name(S3), &["52.216.1.1"])
        .addresses(name(SECRETS), &[inside])
        .addresses(name(ORDERS), &["10.0.1.60"]);
    world.dns("10.0.0.2:53", vpc);
    world.dns("8.8.8.8:53", public);
    world
}

/// Somebody listens there, with the certificate of this name.
fn serve(world: &World, address: &str, url: &str) {
    let certificate = world.ca.server(&[name(url)]);
    drop(world.tls(&format!("{address}:443"), certificate, OK));
}

/// The binary's exit code, and what it says of the one target.
fn probe(world: &World, case: Option<&str>, server: &str, target: &str) -> (i32, Value) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let servers = world.file("resolv.conf", &format!("nameserver {server}\n"));
    let hosts = world.file("hosts", "");
    let mut command = Command::new(env!("CARGO_BIN_EXE_reachability"));
    command.current_dir(root).args(["probe", target]);
    command.args(["--scenario", "scenarios/probe.yaml", "--as", "consumer/app"]);
    command.args(["--timeout", "400ms", "--format", "json", "--head"]);
    command.arg("--resolv-conf").arg(servers);
    command.arg("--hosts").arg(hosts);
    command.arg("--ca").arg(&world.ca.file);
    if let Some(case) = case {
        command.args(["--case", case]);
    }
    let output = command.output().unwrap();
    let code = output.status.code().unwrap();
    let Ok(said) = serde_json::from_slice::<Value>(&output.stdout) else {
        panic!("{code}: {}", String::from_utf8_lossy(&output.stderr));
    };
    (code, said["probes"][0].clone())
}

#[track_caller]
fn agrees(world: &World, case: Option<&str>, target: &str, exit: i32) {
    let (code, said) = probe(world, case, "10.0.0.2", target);
    let beside = &said["comparison"];
    assert_eq!(beside["agreement"], "as-predicted", "{said:#}");
    assert_eq!(
        (code, &beside["difference"]),
        (exit, &Value::Null),
        "{said:#}"
    );
}

#[track_caller]
fn parts(world: &World, case: Option<&str>, server: &str, target: &str, why: &str, says: &str) {
    let (code, said) = probe(world, case, server, target);
    let beside = &said["comparison"];
    assert_eq!(beside["agreement"], "not-as-predicted", "{said:#}");
    assert_eq!(
        (code, &beside["difference"]["code"]),
        (1, &why.into()),
        "{said:#}"
    );
    let difference = beside["difference"].to_string();
    assert!(difference.contains(says), "{said:#}");
}

#[test]
fn what_is_predicted_is_seen() {
    alone("predicted::what_is_predicted_is_seen", || {
        let world = world(true);
        serve(&world, "52.216.1.1", S3);
        serve(&world, "10.0.1.50", SECRETS);
        serve(&world, "10.0.1.60", ORDERS);
        for target in [S3, SECRETS, ORDERS] {
            agrees(&world, None, target, 0);
        }
    });
}

#[test]
fn without_private_dns_the_public_answer_is_seen() {
    alone(
        "predicted::without_private_dns_the_public_answer_is_seen",
        || {
            let world = world(false);
            serve(&world, "52.94.1.1", SECRETS);
            agrees(&world, Some(PRIVATE_DNS_OFF), SECRETS, 0);
            let says =
                "in the account private DNS of endpoint consumer/secrets does not answer here";
            parts(
                &world,
                None,
                "10.0.0.2",
                SECRETS,
                "RESOLVED_OTHERWISE",
                says,
            );
        },
    );
}

#[test]
fn a_name_server_of_the_internet_is_told_from_the_vpcs() {
    alone(
        "predicted::a_name_server_of_the_internet_is_told_from_the_vpcs",
        || {
            let world = world(true);
            serve(&world, "52.94.1.1", SECRETS);
            let says = "8.8.8.8 is not the VPC's resolver";
            parts(&world, None, "8.8.8.8", SECRETS, "RESOLVED_OTHERWISE", says);
        },
    );
}

#[test]
fn what_drops_in_the_prediction_drops() {
    alone("predicted::what_drops_in_the_prediction_drops", || {
        let world = world(true);
        world.vanishes("10.0.1.50");
        world.vanishes("10.0.1.60");
        serve(&world, "52.216.1.1", S3);
        // A failure that is predicted is no failure of the probe.
        agrees(&world, Some(NO_443), SECRETS, 0);
        agrees(&world, Some(NO_443), S3, 0);
        agrees(&world, Some(PENDING), "tcp://10.0.1.60:443", 0);
        parts(
            &world,
            None,
            "10.0.0.2",
            SECRETS,
            "CONNECTED_OTHERWISE",
            "sg consumer/endpoint ingress 1",
        );
        parts(
            &world,
            None,
            "10.0.0.2",
            ORDERS,
            "CONNECTED_OTHERWISE",
            "no answer comes from 10.0.1.60:443",
        );
    });
}

#[test]
fn what_drops_in_the_prediction_and_answers_is_told() {
    alone(
        "predicted::what_drops_in_the_prediction_and_answers_is_told",
        || {
            let world = world(true);
            serve(&world, "10.0.1.50", SECRETS);
            serve(&world, "10.0.1.60", ORDERS);
            let group = "consumer/endpoint ingress otherwise (ENI_SG_RULES_MISMATCH";
            parts(
                &world,
                Some(NO_443),
                "10.0.0.2",
                SECRETS,
                "CONNECTED_OTHERWISE",
                group,
            );
            let pending = "ENDPOINT_PENDING_ACCEPTANCE at consumer/orders";
            let target = "tcp://10.0.1.60:443";
            parts(
                &world,
                Some(PENDING),
                "10.0.0.2",
                target,
                "CONNECTED_OTHERWISE",
                pending,
            );
        },
    );
}

/// The network does what is predicted, and the program behind it does not: the probe fails, and does
/// not blame the network.
#[test]
fn a_wrong_certificate_is_not_the_networks_fault() {
    alone(
        "predicted::a_wrong_certificate_is_not_the_networks_fault",
        || {
            let world = world(true);
            serve(&world, "10.0.1.50", "https://other.example");
            agrees(&world, None, SECRETS, 1);
        },
    );
}
