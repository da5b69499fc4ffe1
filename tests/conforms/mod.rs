//! Whether JSON is what its schema says: the part of JSON Schema that ours use.

use serde_json::{Value, json};

/// A reading of the few words of JSON Schema that ours use.
pub(crate) fn conforms(defs: &Value, schema: &Value, value: &Value, at: &str) {
    let name = |s: &Value| {
        s["$ref"]
            .as_str()
            .map(|r| r.rsplit('/').next().unwrap().to_owned())
    };
    let reference = name(schema)
        .or_else(|| name(&schema["allOf"][0]))
        .or_else(|| {
            (!value.is_null())
                .then(|| name(&schema["anyOf"][1]))
                .flatten()
        });
    if let Some(name) = reference {
        return conforms(defs, &defs[&name], value, &name);
    }
    if let Value::Array(all) = &schema["oneOf"] {
        let key = |s: &Value| s["required"][0].as_str().unwrap_or_default().to_owned();
        let own = all.iter().find(|s| match value {
            Value::String(word) => s["enum"]
                .as_array()
                .is_some_and(|e| e.contains(&json!(word))),
            _ => value.get(key(s)).is_some(),
        });
        let own = own.unwrap_or_else(|| panic!("{at}: {value} is none of {all:?}"));
        return conforms(defs, own, value, at);
    }
    let kinds = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => vec!["null"],
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(kinds.contains(&kind), "{at}: {value} is no {kinds:?}");
    if let Value::Array(items) = value {
        for item in items {
            conforms(defs, &schema["items"], item, at);
        }
    }
    if let (Value::Object(map), Value::Object(known)) = (value, &schema["properties"]) {
        let keys = |m: &serde_json::Map<String, Value>| {
            m.keys().cloned().collect::<std::collections::BTreeSet<_>>()
        };
        let unknown: Vec<_> = keys(map).difference(&keys(known)).cloned().collect();
        assert!(unknown.is_empty(), "{at}: {unknown:?} are in no schema");
        for key in schema["required"].as_array().unwrap() {
            assert!(map.contains_key(key.as_str().unwrap()), "{at}: lacks {key}");
        }
        for (key, item) in map {
            conforms(defs, &known[key], item, &format!("{at}.{key}"));
        }
    }
}
