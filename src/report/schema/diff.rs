//! What `diff --format json` says.

use super::Type::{Bool, Many, Maybe, MaybeOne, Number, Numbers, One, Spans, Text, Texts};
use super::{Object, PORT, PROTOCOL};

pub(super) const OBJECTS: &[Object] = &[
    Object {
        name: "diff",
        keys: &[
            ("version", Number, "1"),
            ("exit", Number, "the exit code"),
            ("before", Text, "the input before"),
            ("after", Text, "the input after"),
            ("changes", Many("change"), "flows whose answer changes"),
            (
                "undecided",
                Texts,
                "sources with more ways than are walked: not all of theirs are compared",
            ),
        ],
    },
    Object {
        name: "change",
        keys: &[
            ("from", Texts, "who sends"),
            (
                "to",
                MaybeOne("column"),
                "the service; null where it is addresses",
            ),
            ("protocols", Numbers, "IP protocols; empty for a service"),
            (
                "other_protocols",
                Bool,
                "whether every protocol that nothing names is meant too",
            ),
            (
                "addresses",
                Many("addresses"),
                "where to; empty for a service",
            ),
            (
                "before",
                MaybeOne("outcome"),
                "what came of it; null where there was no such source or service",
            ),
            (
                "after",
                MaybeOne("outcome"),
                "what comes of it; null where there is no such source or service",
            ),
            ("example", One("example"), "one of the flows"),
        ],
    },
    Object {
        name: "addresses",
        keys: &[
            ("first", Text, "the first address"),
            ("last", Text, "the last address"),
            ("at", Maybe, "the component, where one has the only address"),
            (
                "ports",
                Spans,
                "destination ports; empty for all, or where there are none",
            ),
        ],
    },
    Object {
        name: "outcome",
        keys: &[
            ("verdict", Text, "as of a trace"),
            ("mechanism", Text, "primary mechanisms of what is delivered"),
            (
                "leaves_aws",
                Text,
                "whether what is delivered leaves AWS's network",
            ),
            (
                "ways",
                Many("ports_of"),
                "of a mixed verdict, the client ports of each class",
            ),
        ],
    },
    Object {
        name: "ports_of",
        keys: &[
            ("class", Text, "the class"),
            (
                "ports",
                Spans,
                "client ports, as they are where the way ends",
            ),
        ],
    },
    Object {
        name: "example",
        keys: &[
            ("before", MaybeOne("shown"), "the way before"),
            ("after", MaybeOne("shown"), "the way now"),
        ],
    },
    Object {
        name: "shown",
        keys: &[
            ("from", Text, "who sends"),
            ("to", Text, "where to, as `trace --to` takes it"),
            PROTOCOL,
            PORT,
            ("path", Texts, "the nodes of the way out"),
            ("code", Maybe, "what stops it"),
            ("leg", Maybe, "in which part"),
            (
                "row",
                MaybeOne("decided"),
                "what decided where the two ways part",
            ),
        ],
    },
    Object {
        name: "decided",
        keys: &[
            ("at", Text, "the node"),
            ("what", Text, "what it is, e.g. `sg`"),
            ("did", Text, "what it did"),
            ("by", Text, "the row"),
            ("rule", Text, "what the row says"),
            (
                "where",
                Text,
                "`file:line:column`, the JSON pointer, or AWS's rule",
            ),
        ],
    },
];
