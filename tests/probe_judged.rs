//! What is said of recordings: every file of `tests/recordings/` states its word, its codes, and
//! whether it is as predicted; what people read of it is a snapshot.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod conforms;
mod probed;

use conforms::conforms;
use probed::{beside, judged};
use reachability::cli::open;
use reachability::probe::{Finding, Observation, Probed};
use reachability::report::{probe_json, probe_junit, probe_text, schema};
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recording {
    #[serde(rename = "why")]
    _why: String,
    observation: Observation,
    scenario: Option<String>,
    case: Option<String>,
    #[serde(rename = "as")]
    host: Option<String>,
    to: Option<String>,
    expect: Expected,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
struct Expected {
    word: String,
    codes: Vec<String>,
    agreement: Option<String>,
    difference: Option<String>,
    #[serde(default)]
    remarks: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings")
}

fn recordings() -> Vec<(String, Recording)> {
    let files = std::fs::read_dir(folder()).unwrap();
    let files = files.map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|p| p.extension().unwrap() == "json").collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let read = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        (name, read)
    };
    files.into_iter().map(read).collect()
}

fn probed(recording: &Recording) -> Probed {
    let seen = recording.observation.clone();
    let Some(scenario) = &recording.scenario else {
        return judged(seen);
    };
    let input = open(folder().join(scenario).to_str().unwrap()).unwrap();
    let scene = input.scene(recording.case.as_deref()).unwrap();
    let (host, to) = (recording.host.as_ref(), recording.to.as_ref());
    beside(seen, scene, host.unwrap(), to.unwrap())
}

/// The word as JSON writes it.
fn word(word: impl serde::Serialize) -> String {
    let written = serde_json::to_value(word).unwrap();
    written.as_str().unwrap().to_owned()
}

/// What is said, as a recording states it.
fn said(probed: &Probed) -> Expected {
    let codes = |all: &[Finding]| all.iter().map(|f| f.code.to_string()).collect();
    let beside = probed.comparison.as_ref();
    Expected {
        word: word(probed.judgement.word),
        codes: codes(&probed.judgement.findings),
        agreement: beside.map(|c| word(c.agreement)),
        difference: beside.and_then(|c| Some(c.difference.as_ref()?.code.to_string())),
        remarks: beside.map_or(Vec::new(), |c| codes(&c.remarks)),
    }
}

#[test]
fn every_recording_is_judged_as_it_states() {
    let mut wrong = Vec::new();
    for (name, recording) in recordings() {
        let said = said(&probed(&recording));
        if said != recording.expect {
            wrong.push(format!("{name}: {said:?}\n  states {:?}", recording.expect));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_recording_reads_well() {
    for (name, recording) in recordings() {
        let text = probe_text(&[probed(&recording)], false);
        let obeyed = |c: char| c.is_control() && c != '\n';
        assert!(!text.contains(obeyed), "{name}: {text:?}");
        let wide: Vec<&str> = text.lines().filter(|l| l.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{name}: {}", wide.join("\n"));
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn every_observation_can_be_read_back() {
    let recordings = recordings();
    let all: Vec<Probed> = recordings.iter().map(|(_, r)| probed(r)).collect();
    let written = probe_json(&all).to_string();
    let read: Value = serde_json::from_str(&written).unwrap();
    for (number, one) in all.iter().enumerate() {
        let again = read["probes"][number]["observation"].clone();
        let again: Observation = serde_json::from_value(again).unwrap();
        assert_eq!(again, one.observation);
    }
}

#[test]
fn the_json_is_what_its_schema_says() {
    let all: Vec<Probed> = recordings().iter().map(|(_, r)| probed(r)).collect();
    let schema = schema("probe").unwrap();
    conforms(
        &schema["$defs"],
        &schema["$defs"]["probe"],
        &probe_json(&all),
        "probe",
    );
}

/// Of many targets each has a line, and what is not well is shown.
#[test]
fn many_targets_have_a_line_each() {
    let all: Vec<Probed> = recordings().iter().map(|(_, r)| probed(r)).collect();
    let text = probe_text(&all, false);
    let (lines, _) = text.split_once("\n\n").unwrap();
    insta::assert_snapshot!("many", lines);
    let tail: Vec<&str> = text.lines().rev().take(3).collect();
    insta::assert_snapshot!(
        "many-end",
        tail.into_iter().rev().collect::<Vec<_>>().join("\n")
    );
    let blocks = text.matches("\nMORE  ").count();
    assert!(blocks > 10, "{blocks}");
    assert!(!text.contains("done, asked for ssm.us-east-1.amazonaws.com\nWHY"));
}

#[test]
fn a_test_runner_reads_failures_and_what_nobody_can_say() {
    let shown = [
        "as-predicted-endpoint",
        "udp-silent",
        "private-dns-off",
        "interrupted-beside",
    ];
    let all = recordings().into_iter();
    let all = all.filter(|(name, _)| shown.contains(&name.as_str()));
    let all: Vec<Probed> = all.map(|(_, r)| probed(&r)).collect();
    insta::assert_snapshot!("junit", probe_junit(&all));
}

#[test]
fn colour_adds_no_word() {
    let all: Vec<Probed> = recordings().iter().map(|(_, r)| probed(r)).collect();
    for few in [&all[..3], &all] {
        let (plain, painted) = (probe_text(few, false), probe_text(few, true));
        assert_ne!(plain, painted);
        let mut stripped = painted;
        for code in ["[1;31m", "[1;32m", "[1;33m", "[0m"] {
            stripped = stripped.replace(&format!("\u{1b}{code}"), "");
        }
        assert_eq!(plain, stripped);
    }
}
