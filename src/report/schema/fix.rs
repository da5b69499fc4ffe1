//! What `obstacles` and `fix --format json` say.

use super::Object;
use super::Type::{Bool, Many, Maybe, MaybeAmount, MaybeOne, Number, One, Text, Texts};

pub(super) const OBJECTS: &[Object] = &[
    Object {
        name: "obstacles",
        keys: &[
            ("version", Number, "1"),
            ("from", Text, "who sends, as `vpc/name`"),
            ("to", Text, "the destination, as asked"),
            ("verdict", Text, "as of `trace`"),
            (
                "obstacles",
                Many("stop"),
                "those of the most nearly working way, in its order",
            ),
        ],
    },
    Object {
        name: "stop",
        keys: &[
            ("obstacle", One("obstacle"), "what stops it, and where"),
            (
                "header",
                MaybeOne("header"),
                "the headers there, if anything was sent",
            ),
            (
                "near",
                Many("near"),
                "rows that would have let it on but for one thing, the nearest first",
            ),
            (
                "remedy",
                Maybe,
                "what would have to change, if one is known",
            ),
        ],
    },
    Object {
        name: "near",
        keys: &[
            ("by", Text, "the row"),
            ("rule", Text, "what a filter's row says; else empty"),
            (
                "missed",
                Text,
                "`turn`, `port`, `protocol`, `source`, `destination` or `group`",
            ),
            ("where", Text, "what wrote the row"),
        ],
    },
    Object {
        name: "fix",
        keys: &[
            ("version", Number, "1"),
            ("exit", Number, "the exit code"),
            ("from", Text, "who sends, as `vpc/name`"),
            ("to", Text, "the destination, as asked"),
            ("verdict", Text, "the verdict as it is"),
            (
                "code",
                Maybe,
                "what decides, as it is; null: nothing stops it",
            ),
            ("wanted", Text, "`private`, `internet` or `reachable`"),
            ("via", Texts, "what it is to pass"),
            ("fixes", Many("one_fix"), "sets of edits, the best first"),
            (
                "breaking",
                Many("breaking"),
                "sets of edits that reach it and break what holds; only where there is no fix",
            ),
            (
                "unsure",
                Many("unsure"),
                "sets of edits with which the answer cannot be known; only where there is no fix",
            ),
            (
                "kept",
                Number,
                "how many other expectations and properties held before, and hold with each fix",
            ),
            ("tried", Number, "how many edited networks were tried"),
            (
                "cut",
                Bool,
                "there is no fix, and the bounds ended the search",
            ),
        ],
    },
    Object {
        name: "one_fix",
        keys: &[
            ("edits", Many("edit"), "in order"),
            (
                "opens",
                Text,
                "how many pairs of address and port it admits, as a decimal number",
            ),
            (
                "monthly",
                MaybeAmount,
                "what it creates costs a month, transfer not counted; none: a price is not known",
            ),
            ("currency", Text, "of the price"),
            ("verdict", Text, "the verdict with it"),
            ("mechanism", Text, "the mechanism with it"),
            ("notes", Texts, "codes of what would not change the verdict"),
            ("assumptions", Texts, "codes of everything that is assumed"),
            (
                "patch",
                Maybe,
                "a merge patch of the scenario, as YAML; null: the input is an import",
            ),
        ],
    },
    Object {
        name: "edit",
        keys: &[
            ("kind", Text, "its kind, e.g. `add_group_rule`"),
            ("text", Text, "what it does"),
            ("account", Maybe, "the account in which it is made"),
            ("region", Maybe, "the Region in which it is made"),
            ("cli", Texts, "commands of the AWS CLI, in order"),
            ("terraform", Text, "the change in Terraform"),
        ],
    },
    Object {
        name: "breaking",
        keys: &[
            ("edits", Texts, "what the edits do"),
            ("breaks", Texts, "what would not hold any more"),
        ],
    },
    Object {
        name: "unsure",
        keys: &[
            ("edits", Texts, "what the edits do"),
            ("code", Maybe, "what the answer hangs on"),
            ("at", Maybe, "where"),
        ],
    },
];
