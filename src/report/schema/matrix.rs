//! What `matrix --format json` says.

use super::Type::{Bool, Many, May, Maybe, MaybeAmount, Number, One, Text, Texts};
use super::{Object, PORT, PROTOCOL};

pub(super) const OBJECTS: &[Object] = &[
    Object {
        name: "matrix",
        keys: &[
            ("version", Number, "1"),
            ("sources", Number, "how many sources there are"),
            ("services", Many("column"), "the columns"),
            (
                "classes",
                Many("class"),
                "sources that cannot differ, and their answers",
            ),
            ("prices", One("prices"), "by which table the costs are"),
        ],
    },
    Object {
        name: "column",
        keys: &[
            ("title", Text, "a short name"),
            ("to", Text, "the destination, as `trace --to` takes it"),
            PROTOCOL,
            PORT,
        ],
    },
    Object {
        name: "class",
        keys: &[
            ("members", Texts, "the sources"),
            ("answers", Many("cell"), "one a service, in their order"),
        ],
    },
    Object {
        name: "cell",
        keys: &[
            (
                "verdict",
                Maybe,
                "as of a trace; null where the destination means nothing to the source",
            ),
            ("why", May(&Text), "why there is no verdict"),
            ("mechanism", May(&Text), "as of a trace"),
            ("leaves_aws", May(&Text), "as of a trace"),
            ("code", May(&Maybe), "what stops it, or makes it unknown"),
            (
                "leg",
                May(&Maybe),
                "in which part: `dns`, `out`, `arrival`, `back`, `gate`",
            ),
            (
                "at",
                May(&Maybe),
                "the component, where it is another than the source",
            ),
            (
                "costs",
                May(&Many("total")),
                "what its ways come to, the cheapest first",
            ),
        ],
    },
    Object {
        name: "total",
        keys: &[
            (
                "gb",
                MaybeAmount,
                "for every gigabyte, in the table's currency",
            ),
            ("hour", MaybeAmount, "for every hour, whoever uses it"),
            (
                "unpriced",
                Bool,
                "whether something is charged that the table has no price for",
            ),
        ],
    },
    Object {
        name: "prices",
        keys: &[
            ("date", Text, "the day"),
            ("region", Text, "the Region"),
            ("currency", Text, "the currency"),
        ],
    },
];
