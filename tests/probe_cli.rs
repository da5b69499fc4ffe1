//! `probe` as people and programs run it: exit codes, formats, recordings, `--watch`. Everything is
//! sent to the loopback.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn probe(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reachability"));
    command.arg("probe").args(args).env_remove("AWS_REGION");
    command
}

/// Exit code, standard output and standard error.
fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let output = probe(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A target where somebody listens, and one where nobody does any more.
fn targets() -> (TcpListener, String, String) {
    let open = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let words = |l: &TcpListener| format!("tcp://{}", l.local_addr().unwrap());
    let (a, b) = (words(&open), words(&closed));
    (open, a, b)
}

#[test]
fn the_exit_code_says_how_it_is() {
    let (_open, reached, refused) = targets();
    let (code, out, err) = run(&[&reached]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.starts_with(&format!("REACHABLE  {reached}\n")), "{out}");
    let (code, out, _) = run(&[&reached, &refused]);
    assert_eq!(code, Some(1));
    assert!(out.ends_with("\n1 reachable, 1 not reachable\n"), "{out}");
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let words = format!("udp://{}", silent.local_addr().unwrap());
    let (code, out, _) = run(&[&words, "--timeout", "100ms"]);
    assert_eq!(code, Some(3), "{out}");
}

#[test]
fn a_recording_is_read_back_as_it_was_written() {
    let (_open, reached, refused) = targets();
    let (code, written, _) = run(&[&reached, &refused, "--format", "json"]);
    assert_eq!(code, Some(1));
    let path = file("recorded.json", &written);
    let path = path.to_str().unwrap();
    // With the targets named, and with those of the file.
    let named = run(&[&reached, &refused, "--observed", path, "--format", "json"]);
    let all = run(&["--observed", path, "--format", "json"]);
    for (code, read, err) in [named, all] {
        assert_eq!((code, err.as_str()), (Some(1), ""));
        assert_eq!(read, written);
    }
    let (code, out, _) = run(&[&reached, "--observed", path]);
    assert_eq!(code, Some(0), "{out}");
}

#[test]
fn what_is_no_recording_is_told() {
    for (text, says) in [
        ("", "EOF"),
        ("[]", "`version` and `probes`"),
        (r#"{"version":2,"probes":[]}"#, "version 2"),
        (r#"{"version":1,"probes":[]}"#, "holds no recording"),
        (
            r#"{"version":1,"probes":[{"observation":{"target":"x","took":1}}]}"#,
            "unknown field `took`",
        ),
        (
            r#"{"version":1,"probes":[{"observation":{"target":"tcp://10.0.0.2:1"}}]}"#,
            "no recording of tcp://10.0.0.1:1",
        ),
    ] {
        let path = file("wrong.json", text);
        let (code, out, err) = run(&["tcp://10.0.0.1:1", "--observed", path.to_str().unwrap()]);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        // Where lines end depends on how long the file's path is.
        let told = err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(says) && told.contains("wrong.json"), "{err}");
    }
    let (code, _, err) = run(&["tcp://10.0.0.1:1", "--observed", "/nowhere.json"]);
    assert_ne!(code, Some(0));
    assert!(err.contains("/nowhere.json"), "{err}");
}

#[test]
fn a_test_runner_reads_what_failed() {
    let (_open, reached, refused) = targets();
    let (code, out, _) = run(&[&reached, &refused, "--format", "junit"]);
    assert_eq!(code, Some(1));
    assert!(out.starts_with("<?xml"), "{out}");
    assert!(out.contains(r#"tests="2" skipped="0" failures="1" errors="0""#));
    assert!(out.contains(r#"type="CONNECTION_REFUSED""#), "{out}");
}

#[test]
fn everything_that_is_wrong_with_the_targets_is_told_at_once() {
    let (code, out, err) = run(&["tcp://a", "10.0.0.0/24", "ftp://x", "s3"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    for says in ["no port", "a range", "`ftp://`", "--region"] {
        assert!(err.contains(says), "{says}: {err}");
    }
    assert_eq!(run(&[]).0, Some(2));
}

/// A predicted target beside a recording: the exit code is the comparison's.
#[test]
fn a_prediction_that_holds_is_well_whatever_it_predicts() {
    let scenario = "tests/recordings/shop.yaml";
    for (name, code) in [
        ("as-predicted-endpoint", 0),
        ("private-dns-off", 1),
        ("refused-where-open", 1),
        ("interrupted-beside", 3),
        ("echo-not-permitted-beside", 4),
    ] {
        let text = std::fs::read_to_string(format!("tests/recordings/{name}.json")).unwrap();
        let recording: Value = serde_json::from_str(&text).unwrap();
        let seen = &recording["observation"];
        let written = serde_json::json!({ "version": 1, "probes": [{ "observation": seen }] });
        let path = file(&format!("{name}.json"), &written.to_string());
        let (found, out, _) = run(&[
            recording["to"].as_str().unwrap(),
            "--scenario",
            scenario,
            "--as",
            "shop/app",
            "--observed",
            path.to_str().unwrap(),
        ]);
        assert_eq!(found, Some(code), "{name}: {out}");
    }
}

/// A line a change, and nothing while nothing changes; Ctrl-C ends it with the last round's code.
#[test]
fn a_watch_tells_changes_alone() {
    let (open, reached, _) = targets();
    let child = probe(&[&reached, "--watch", "50ms", "--timeout", "1s"])
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines
        .by_ref()
        .map(Result::unwrap)
        .find(|l| l.starts_with("TO "));
    assert!(first.unwrap().contains("open"));
    drop(open);
    let said: Vec<String> = lines.by_ref().take(2).map(Result::unwrap).collect();
    assert!(
        said[0].ends_with(&format!(" {reached}: not reachable, was reachable")),
        "{said:?}"
    );
    assert!(said[1].ends_with("refuses; before, it answers"), "{said:?}");
    let time = said[0].split(' ').next().unwrap();
    assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
    let again = TcpListener::bind(reached.trim_start_matches("tcp://")).unwrap();
    let said: Vec<String> = lines.by_ref().take(2).map(Result::unwrap).collect();
    assert!(
        said[0].ends_with("reachable, was not reachable"),
        "{said:?}"
    );
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(lines.map(Result::unwrap).next(), None);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(again);
}
