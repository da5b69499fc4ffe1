//! The JSON Schema of scenario files, made from the table of keys.

use super::keys::{self, Type};
use serde_json::{Map, Value, json};

/// A JSON Schema (2020-12) for editors: completion, types, hover texts.
#[must_use]
pub fn schema() -> Value {
    let mut sections: Vec<&str> = Vec::new();
    for key in keys::all() {
        if !sections.contains(&key.section) {
            sections.push(key.section);
        }
    }
    let defs: Map<String, Value> = sections
        .iter()
        .map(|s| ((*s).to_owned(), object(s)))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reachability scenario",
        "$ref": format!("#/$defs/{}", keys::TOP),
        "$defs": defs,
    })
}

fn object(section: &str) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in keys::section(section) {
        let mut value = of(key.kind);
        if let Value::Object(map) = &mut value {
            let text = format!("{}. Default: {}.", key.doc, key.default);
            map.insert("description".to_owned(), Value::String(text));
            if !key.example.is_empty() {
                map.insert("examples".to_owned(), json!([key.example]));
            }
        }
        properties.insert(key.name.to_owned(), value);
        // A file over a base need not repeat what the base says.
        if key.required() && section != keys::TOP {
            required.push(key.name);
        }
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn of(kind: Type) -> Value {
    let text = || json!({ "type": ["string", "number", "boolean"] });
    let texts = || json!({ "anyOf": [text(), { "type": "array", "items": text() }] });
    let section = |s: &str| json!({ "$ref": format!("#/$defs/{s}") });
    let map = |v: Value| json!({ "type": "object", "additionalProperties": v });
    let list = |s: &str| json!({ "type": "array", "items": section(s) });
    match kind {
        Type::Any => json!({}),
        Type::TextOrAny => json!({ "type": ["string", "object"] }),
        Type::NamedAny => json!({ "type": "object" }),
        Type::Text | Type::Region => text(),
        Type::Bool => json!({ "type": "boolean" }),
        Type::Whole => json!({ "type": "integer", "minimum": 0 }),
        Type::Texts | Type::Regions => texts(),
        Type::Choice(["inherit", ..]) => json!({ "enum": ["inherit", true, false] }),
        Type::Choice(words) => json!({ "enum": words }),
        Type::Map(s) => section(s),
        Type::Named(s) | Type::Keyed(s) => map(section(s)),
        Type::KeyedOrList(s) => map(json!({ "anyOf": [section(s), list(s)] })),
        Type::TextMap => map(text()),
        Type::TextsMap => map(texts()),
        Type::TextsMapMap => map(map(texts())),
        Type::List(s) => list(s),
        Type::TextOr(s) => json!({ "anyOf": [text(), section(s)] }),
        Type::TextOrTextMap => json!({ "anyOf": [text(), map(text())] }),
        Type::TextMapOr(s) => map(json!({ "anyOf": [text(), section(s)] })),
        Type::TextOrList(s) => json!({ "anyOf": [text(), list(s)] }),
    }
}
