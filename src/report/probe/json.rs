//! What `probe` found as JSON; `schema probe` says what each key means.

use crate::probe::Probed;
use serde_json::{Value, json};

/// What was found, for programs. An `observation` can be read back.
#[must_use]
pub fn json(probed: &[Probed]) -> Value {
    json!({
        "version": 1,
        "probes": probed.iter().map(one).collect::<Vec<_>>(),
    })
}

fn one(probed: &Probed) -> Value {
    let classes = probed.classes.iter().map(|(address, class)| {
        json!({ "address": address, "class": class.name(), "words": class.words() })
    });
    json!({
        "observation": probed.observation,
        "classes": classes.collect::<Vec<_>>(),
        "judgement": probed.judgement,
        "comparison": probed.comparison,
    })
}
