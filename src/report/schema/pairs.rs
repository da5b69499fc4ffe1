//! What `matrix --pairs --format json` says.

use super::Object;
use super::Type::{Bool, Many, May, Number, Numbers, One, Spans, Text, Texts};

pub(super) const OBJECTS: &[Object] = &[
    Object {
        name: "pairs",
        keys: &[
            ("version", Number, "1"),
            ("interfaces", Number, "how many interfaces there are"),
            (
                "classes",
                Many("alike"),
                "interfaces that no row tells apart",
            ),
            ("ports", Many("port_class"), "ports that no row tells apart"),
            ("memory", One("memory"), "what was predicted"),
            (
                "pairs",
                Number,
                "pairs of interfaces, each counted at every class of ports",
            ),
            (
                "walked",
                Number,
                "those that rows do not decide, and the walker did",
            ),
            (
                "classes_reach",
                May(&Many("classes_reach")),
                "which class reaches which",
            ),
            (
                "interfaces_reach",
                May(&Many("interfaces_reach")),
                "with --expand: which interface reaches which",
            ),
        ],
    },
    Object {
        name: "alike",
        keys: &[("members", Texts, "the interfaces")],
    },
    Object {
        name: "port_class",
        keys: &[
            ("family", Text, "`ipv4` or `ipv6`"),
            ("protocol", Number, "IP protocol"),
            (
                "spans",
                Spans,
                "ports; of ICMP type and code, 256 times the type and the code",
            ),
        ],
    },
    Object {
        name: "memory",
        keys: &[
            ("ways", Number, "bytes for the ways between places"),
            ("rows", Number, "bytes for all rows, if no two are alike"),
            ("keeps_ways", Bool, "ways are kept"),
            ("keeps_rows", Bool, "rows are kept"),
        ],
    },
    Object {
        name: "classes_reach",
        keys: &[
            ("from", Number, "which of `classes`"),
            ("to", Number, "which of `classes`"),
            ("reached", Numbers, "at which of `ports`"),
            (
                "mixed",
                Numbers,
                "at which it depends on the client's port, or on what is chosen",
            ),
            ("unknown", Numbers, "at which the input does not say"),
        ],
    },
    Object {
        name: "interfaces_reach",
        keys: &[
            ("from", Text, "as `vpc/name`"),
            ("to", Text, "as `vpc/name`"),
            ("reached", Numbers, "at which of `ports`"),
            (
                "mixed",
                Numbers,
                "at which it depends on the client's port, or on what is chosen",
            ),
            ("unknown", Numbers, "at which the input does not say"),
        ],
    },
];
