//! Dumps written by hand, read and asked.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "each test uses what it needs, and may fail loudly"
)]

use reachability::answer::{Answer, Ask, Wording, answer, source};
use reachability::aws::compile;
use reachability::diagnostic::Severity;
use reachability::engine::Leg;
use reachability::import::{Imported, Source, import};
use reachability::model::{Network, build};
use reachability::scenario::load;
use reachability::scenario::print::print;
use serde_json::{Value, json};

pub fn imported(files: &[(&str, Value)]) -> Imported {
    let source = |(path, value): &(&str, Value)| Source {
        path: (*path).to_owned(),
        text: value.to_string(),
    };
    let sources: Vec<Source> = files.iter().map(source).collect();
    import(&sources)
}

pub fn network(files: &[(&str, Value)]) -> Network {
    let imported = imported(files);
    let errors = imported.diagnostics.iter();
    let errors: Vec<_> = errors.filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let built = build(imported.draft);
    built
        .network
        .unwrap_or_else(|| panic!("{:?}", built.diagnostics))
}

pub fn asked(network: &Network, from: &str, to: &str) -> Answer {
    let ask = Ask::new(source(network, from).unwrap(), to);
    answer(network, &compile(network), &ask).unwrap()
}

/// Names and mechanisms on the way out of an answer to such a question.
pub fn via(network: &Network, answer: &Answer) -> Vec<String> {
    let compiled = compile(network);
    let way = Wording::new(network, &compiled).via(&answer.alternatives[0], Leg::Out);
    way.iter().map(ToString::to_string).collect()
}

/// Verdict, and what decides.
pub fn why(network: &Network, from: &str, to: &str) -> String {
    let answer = asked(network, from, to);
    let first = answer.obstacles.first();
    let by = first.map_or(String::new(), |o| format!(" {} {}", o.code, o.by));
    format!("{}{by}", answer.verdict.name())
}

/// The network that the text of a network says.
pub fn again(text: &str) -> Network {
    let loaded = load("again.yaml", text, &|_| Err(String::new()));
    assert_eq!(loaded.diagnostics, [], "{text}");
    let built = build(loaded.scenario.unwrap().cases.remove(0).draft);
    let found = built.diagnostics;
    built.network.unwrap_or_else(|| panic!("{found:?}\n{text}"))
}

/// Every place of a value, as a pointer.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    let pairs: Vec<(String, &Value)> = match value {
        Value::Array(list) => {
            let items = list.iter().enumerate();
            items.map(|(i, v)| (i.to_string(), v)).collect()
        }
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), v)).collect(),
        _ => Vec::new(),
    };
    for (key, value) in pairs {
        places(value, &format!("{at}/{key}"), out);
    }
}

/// Whatever stands at any place of some files, they are read, built, compiled and printed, and the
/// text loads.
pub fn endure(files: &[(&'static str, Value)], from: usize) {
    let mut files = files.to_vec();
    for at in from..files.len() {
        let mut found = Vec::new();
        places(&files.get(at).unwrap().1, "", &mut found);
        for place in found {
            let wrong = [
                json!(-7),
                json!("\u{e9}"),
                json!([1]),
                json!({"State": 1}),
                json!(null),
            ];
            for wrong in wrong {
                let value = &mut files.get_mut(at).unwrap().1;
                let kept = std::mem::replace(value.pointer_mut(&place).unwrap(), wrong);
                if let Some(network) = build(imported(&files).draft).network {
                    let _ = compile(&network);
                    let text = print(&network, "wrong").text;
                    let loaded = load("wrong.yaml", &text, &|_| Err(String::new()));
                    let sound = loaded.scenario.is_some();
                    assert!(sound, "{place}: {:?}\n{text}", loaded.diagnostics);
                }
                let value = &mut files.get_mut(at).unwrap().1;
                *value.pointer_mut(&place).unwrap() = kept;
            }
        }
    }
}
