//! What the JSON says, key by key: the JSON Schema of each command's output.
//!
//! `version` is 1. Keys may be added without a new version; a key that goes, or means something
//! else, makes a new one.

mod diff;
mod fix;
mod matrix;
mod pairs;
mod probe;
mod prove;

use serde_json::{Map, Value, json};

/// An object of the output.
struct Object {
    name: &'static str,
    keys: &'static [(&'static str, Type, &'static str)],
}

#[derive(Clone, Copy)]
enum Type {
    Text,
    /// Text, or null.
    Maybe,
    Number,
    /// A number without fraction, or null.
    MaybeNumber,
    /// A number that may have a fraction, or null.
    MaybeAmount,
    Numbers,
    Bool,
    /// Two numbers, first and last.
    Span,
    Spans,
    Texts,
    /// Another object.
    One(&'static str),
    /// Another object, or null.
    MaybeOne(&'static str),
    Many(&'static str),
    /// Two texts each: a name and its value.
    Pairs,
    /// One of these words, or an object of one of these keys, which says more.
    Choice(&'static [&'static str], &'static [(&'static str, Type)]),
    /// Several of such.
    Choices(&'static [&'static str], &'static [(&'static str, Type)]),
    /// May be missing.
    May(&'static Type),
}
use Type::{
    Bool, Choice, Choices, Many, May, Maybe, MaybeAmount, MaybeNumber, MaybeOne, Number, Numbers,
    One, Pairs, Span, Spans, Text, Texts,
};

/// Of a question, where its destination may say it.
const PROTOCOL: (&str, Type, &str) = (
    "protocol",
    MaybeNumber,
    "IP protocol; null where the destination says it",
);
const PORT: (&str, Type, &str) = (
    "port",
    MaybeNumber,
    "destination port; null where the destination says it",
);

const OBJECTS: &[Object] = &[
    Object {
        name: "trace",
        keys: &[
            ("version", Number, "1"),
            ("from", Text, "who sends, as `vpc/name`"),
            ("to", Text, "the destination, as asked"),
            ("protocol", Number, "IP protocol"),
            (
                "port",
                Number,
                "destination port; for ICMP, type × 256 + code",
            ),
            ("client_ports", Span, "source ports asked about"),
            (
                "verdict",
                Text,
                "`private`, `internet`, `mixed`, `denied`, `unreachable`, `unknown`",
            ),
            (
                "mechanism",
                Text,
                "the primary mechanism of each alternative, joined by `|`",
            ),
            (
                "mechanisms",
                Texts,
                "every mechanism of the first way out that has one, in order",
            ),
            (
                "leaves_aws",
                Text,
                "`no`, `cannot-tell` or `yes`: the highest of all alternatives",
            ),
            (
                "dns",
                MaybeOne("resolution"),
                "what the name resolved to; null without a name",
            ),
            (
                "obstacles",
                Many("obstacle"),
                "the deciding one first, then those behind it",
            ),
            ("alternatives", Many("alternative"), "every way it can go"),
            (
                "switches",
                Texts,
                "`name=position` of open questions that decided",
            ),
            ("assumptions", Texts, "codes of everything that was assumed"),
            ("notes", Texts, "codes of what would not change the verdict"),
            (
                "needs",
                Many("need"),
                "what a `needs://` destination needs, each answered; else empty",
            ),
            ("decided", Maybe, "the need that decided"),
        ],
    },
    Object {
        name: "need",
        keys: &[
            ("name", Text, "its short name, e.g. `ecr.api`"),
            ("what", Text, "what for"),
            ("answer", One("trace"), "what came of it, without prices"),
        ],
    },
    Object {
        name: "resolve",
        keys: &[
            ("version", Number, "1"),
            ("from", Text, "who asks"),
            ("dns", One("resolution"), "who answers, and what"),
        ],
    },
    Object {
        name: "resolution",
        keys: &[
            ("name", Text, "the name asked for"),
            ("chain", Texts, "the names it leads to"),
            (
                "outcome",
                Text,
                "`private`, `public`, `nxdomain`, `no-answer`, `refused` or `unknown`",
            ),
            ("why", Maybe, "why there is no answer"),
            ("answers", Many("dns_answer"), "every address"),
            (
                "choices",
                Many("dns_choice"),
                "what comes of it as well, every other time",
            ),
            (
                "steps",
                Many("dns_step"),
                "who was asked, and who decided, in order",
            ),
            ("advice", Texts, "what to do if this is not what was meant"),
        ],
    },
    Object {
        name: "dns_choice",
        keys: &[
            ("outcome", Text, "as of the resolution"),
            ("why", Maybe, "why there is no answer"),
            ("answers", Many("dns_answer"), "every address"),
        ],
    },
    Object {
        name: "dns_step",
        keys: &[
            ("who", Text, "who sends a query, or decides"),
            ("asks", Maybe, "the server, where a query is sent"),
            ("verdict", Maybe, "the verdict of the query's own flow"),
            ("mechanism", Maybe, "the mechanism of the query's own flow"),
            ("obstacles", Many("obstacle"), "what stopped the query"),
            (
                "by",
                MaybeOne("dns_claim"),
                "who answers, where somebody decides",
            ),
            ("over", Many("dns_claim"), "who would have answered"),
        ],
    },
    Object {
        name: "dns_claim",
        keys: &[
            ("key", Text, "name of the zone, rule or endpoint"),
            ("text", Text, "the same for people"),
            (
                "where",
                Text,
                "`file:line:column`, `file#pointer`, or the rule of AWS",
            ),
            ("lost", Maybe, "why it lost; null: it won"),
        ],
    },
    Object {
        name: "dns_answer",
        keys: &[
            (
                "address",
                Maybe,
                "the address; null: a public one that the input does not give",
            ),
            ("by", Text, "who answers, for people"),
            ("key", Text, "who answers: a zone, an endpoint, or `public`"),
            ("zone", Maybe, "availability zone of the address"),
            (
                "where",
                Text,
                "`file:line:column`, `file#pointer`, or the rule of AWS",
            ),
            ("assumes", Maybe, "code of what is assumed"),
        ],
    },
    Object {
        name: "obstacle",
        keys: &[
            ("code", Text, "see `explain`"),
            ("meaning", Text, "one sentence"),
            ("leg", Text, "`dns`, `out`, `arrival`, `back` or `gate`"),
            ("at", Text, "the place"),
            ("component", Text, "the component it belongs to"),
            ("by", Text, "the row, or `… otherwise` where no row decided"),
            (
                "beyond_gap",
                Bool,
                "found by resuming behind a place that leads nowhere",
            ),
            ("where", Text, "what wrote the row"),
        ],
    },
    Object {
        name: "alternative",
        keys: &[
            ("class", Text, "as `verdict`, and never `mixed`"),
            (
                "exposure",
                Text,
                "`public` if a public link was crossed, else `private`",
            ),
            ("leaves_aws", Text, "`no`, `cannot-tell` or `yes`"),
            ("address", Maybe, "the address dialled"),
            (
                "ports",
                Spans,
                "client ports that go this way, as they are where it ends",
            ),
            ("mechanism", Maybe, "the primary mechanism"),
            ("mechanisms", Texts, "every mechanism, in order"),
            (
                "via",
                Texts,
                "places and mechanisms of the way out, in order",
            ),
            ("via_back", Texts, "those of the way back"),
            (
                "sees_source",
                Maybe,
                "the source address that the destination sees",
            ),
            ("arrived", Maybe, "where it arrived"),
            (
                "request",
                MaybeOne("request"),
                "what was asked there, if an AWS service was",
            ),
            (
                "possibility",
                Bool,
                "an unknown tried one way, not a choice of AWS",
            ),
            (
                "obstacle",
                MaybeOne("obstacle"),
                "what stopped it, or made it unknown",
            ),
            ("steps", Many("step"), "every decision, in order"),
            ("assumptions", Texts, "codes"),
            ("notes", Texts, "codes"),
            (
                "cost",
                MaybeOne("cost"),
                "what AWS charges on this way; null if nobody asked",
            ),
        ],
    },
    Object {
        name: "cost",
        keys: &[
            ("date", Text, "the day of the price table"),
            ("region", Text, "its Region"),
            ("currency", Text, "its currency"),
            (
                "lines",
                Many("charge"),
                "each thing that is charged; none for a way that does not deliver",
            ),
        ],
    },
    Object {
        name: "charge",
        keys: &[
            (
                "charge",
                Text,
                "what is charged: the key of the price table",
            ),
            ("at", Text, "the component"),
            (
                "times",
                Number,
                "how many of it: zones of an endpoint, directions between zones",
            ),
            (
                "price",
                MaybeAmount,
                "the price of one; null: the table does not know it",
            ),
            (
                "tiers",
                Many("tier"),
                "what follows the first price; none: nothing does",
            ),
        ],
    },
    Object {
        name: "tier",
        keys: &[
            ("above", Text, "the month's volume beyond which it holds"),
            (
                "price",
                MaybeAmount,
                "the price of one there; null: the table does not know it",
            ),
        ],
    },
    Object {
        name: "request",
        keys: &[
            (
                "action",
                Text,
                "e.g. `s3:GetObject`; `…` for what the question does not say",
            ),
            ("resource", Text, "an ARN"),
            ("principal", Text, "an ARN, or `anonymous`"),
        ],
    },
    Object {
        name: "step",
        keys: &[
            ("leg", Text, "`out`, `back` or `gate`"),
            ("node", Text, "the place"),
            ("what", Text, "kind of stage: `sg`, `acl`, `routes`, …"),
            (
                "did",
                Text,
                "`allowed`, `routed`, `rewrote`, `established`, `maybe`, `skipped`, `chose`, \
                 `crossed`, `dropped`, `passed` or `arrived`",
            ),
            ("by", Text, "the row"),
            ("rule", Text, "what a filter's row says; else empty"),
            ("where", Text, "what wrote the row"),
            (
                "header",
                MaybeOne("header"),
                "the headers, where a link was crossed",
            ),
            (
                "beaten",
                Many("beaten"),
                "of a route: those that cover the destination too, and lost; the next best first",
            ),
        ],
    },
    Object {
        name: "beaten",
        keys: &[
            ("by", Text, "the row"),
            (
                "why",
                Text,
                "`MORE_SPECIFIC_ROUTE` or `HIGHER_PRIORITY_ROUTE`; of a transit gateway with \
                 `TGW_RTB_` before it",
            ),
            ("where", Text, "what wrote the row"),
        ],
    },
    Object {
        name: "header",
        keys: &[
            ("source", Maybe, "address"),
            ("source_ports", Span, "first and last"),
            ("destination", Maybe, "address"),
            ("destination_ports", Span, "first and last"),
            ("protocol", Number, "IP protocol"),
        ],
    },
    Object {
        name: "check",
        keys: &[
            ("version", Number, "1"),
            ("exit", Number, "the exit code"),
            ("files", Number, "how many files were read"),
            ("results", Many("result"), "every expectation, in order"),
            ("errors", Many("error"), "files that cannot be read"),
        ],
    },
    Object {
        name: "result",
        keys: &[
            ("file", Text, "the file"),
            ("scene", Text, "its own name, or that of one of its cases"),
            ("what", Text, "the flow"),
            ("where", Text, "`file:line:column` of the expectation"),
            ("outcome", Text, "`held`, `failed`, `wrong` or `undecided`"),
            (
                "verdict",
                Text,
                "the verdict it got; empty if it was not asked",
            ),
            ("misses", Texts, "what does not hold"),
        ],
    },
    Object {
        name: "lint",
        keys: &[
            ("version", Number, "1"),
            ("exit", Number, "the exit code: 1 if there is a warning"),
            ("warnings", Many("warning"), "what is legal, and suspicious"),
        ],
    },
    Object {
        name: "warning",
        keys: &[
            ("code", Text, "name of the lint; `explain` prints its page"),
            ("at", Text, "the component, as `vpc/name`"),
            ("message", Text, "what is suspicious"),
            ("help", Maybe, "what to do"),
            ("where", Text, "`file:line:column`, or the JSON pointer"),
        ],
    },
    Object {
        name: "error",
        keys: &[
            ("file", Text, "the file"),
            ("error", Text, "what is wrong with it, as text"),
        ],
    },
];

/// The JSON Schema (2020-12) of what a command prints with `--format json`.
#[must_use]
pub fn schema(command: &str) -> Option<Value> {
    let known = [
        "trace",
        "resolve",
        "check",
        "lint",
        "obstacles",
        "fix",
        "matrix",
        "pairs",
        "diff",
        "probe",
        "prove",
    ];
    let known = known.contains(&command);
    let defs: Map<String, Value> = OBJECTS
        .iter()
        .chain(fix::OBJECTS)
        .chain(probe::OBJECTS)
        .chain(matrix::OBJECTS)
        .chain(pairs::OBJECTS)
        .chain(diff::OBJECTS)
        .chain(prove::OBJECTS)
        .map(|o| (o.name.to_owned(), object(o)))
        .collect();
    known.then(|| {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": format!("reachability {command} --format json"),
            "$ref": format!("#/$defs/{command}"),
            "$defs": defs,
        })
    })
}

fn object(object: &Object) -> Value {
    let mut properties = Map::new();
    for (name, kind, doc) in object.keys {
        let mut value = of(*kind);
        if let Value::Object(map) = &mut value {
            map.insert("description".to_owned(), json!(doc));
        }
        properties.insert((*name).to_owned(), value);
    }
    let required = object.keys.iter().filter(|k| !matches!(k.1, May(_)));
    let required: Vec<&str> = required.map(|k| k.0).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn of(kind: Type) -> Value {
    let reference = |name: &str| json!({ "$ref": format!("#/$defs/{name}") });
    let span =
        || json!({ "type": "array", "items": { "type": "integer" }, "minItems": 2, "maxItems": 2 });
    match kind {
        Text => json!({ "type": "string" }),
        Maybe => json!({ "type": ["string", "null"] }),
        Number => json!({ "type": "integer" }),
        MaybeNumber => json!({ "type": ["integer", "null"] }),
        MaybeAmount => json!({ "type": ["number", "null"] }),
        Numbers => json!({ "type": "array", "items": { "type": "integer" } }),
        Bool => json!({ "type": "boolean" }),
        Span => span(),
        Spans => json!({ "type": "array", "items": span() }),
        Texts => json!({ "type": "array", "items": { "type": "string" } }),
        One(name) => json!({ "allOf": [reference(name)] }),
        MaybeOne(name) => json!({ "anyOf": [{ "type": "null" }, reference(name)] }),
        Many(name) => json!({ "type": "array", "items": reference(name) }),
        Pairs => json!({ "type": "array", "items": {
            "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": 2
        } }),
        Choice(words, keys) => choice(words, keys),
        Choices(words, keys) => json!({ "type": "array", "items": choice(words, keys) }),
        May(kind) => of(*kind),
    }
}

/// A word alone, or an object of one key.
fn choice(words: &[&str], keys: &[(&str, Type)]) -> Value {
    let alone = [json!({ "type": "string", "enum": words })];
    let more = keys.iter().map(|(key, kind)| {
        json!({
            "type": "object",
            "properties": { (*key): of(*kind) },
            "required": [key],
            "additionalProperties": false,
        })
    });
    json!({ "oneOf": alone.into_iter().chain(more).collect::<Vec<_>>() })
}
