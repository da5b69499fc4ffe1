//! The JSON of `prove`.

use super::Object;
use super::Type::{Bool, Many, May, Maybe, MaybeOne, Number, Text, Texts};

pub(super) const OBJECTS: &[Object] = &[
    Object {
        name: "prove",
        keys: &[
            ("version", Number, "1"),
            ("exit", Number, "the exit code"),
            ("properties", Many("proof"), "every property, in order"),
        ],
    },
    Object {
        name: "proof",
        keys: &[
            ("property", Text, "in one line"),
            ("why", Maybe, "why it matters"),
            (
                "where",
                Text,
                "`file:line:column`; empty for one of the command line",
            ),
            ("outcome", Text, "`holds`, `refuted` or `unknown`"),
            ("vacuous", Maybe, "why there is nothing that it speaks of"),
            ("sources", Number, "how many sources were followed"),
            ("ways", Number, "how many ways were judged"),
            (
                "shut",
                Number,
                "destinations that nobody was followed to, as their own filters let in nothing of it",
            ),
            (
                "counterexample",
                MaybeOne("counterexample"),
                "what refutes it, or what it hangs on",
            ),
            (
                "flows",
                Many("flows"),
                "all that refutes it, or may, merged",
            ),
            ("notes", Texts, "what limits the proof"),
        ],
    },
    Object {
        name: "counterexample",
        keys: &[
            ("from", Text, "who sends"),
            ("to", Text, "the destination, as the property says"),
            ("packet", MaybeOne("packet"), "what is sent, if anything is"),
            (
                "replays",
                May(&Bool),
                "the packet, sent alone, travels so; if not, that is a fault of the program",
            ),
            ("verdict", Text, "its verdict"),
            ("mechanisms", Texts, "by what it goes"),
            ("arrives_at", Maybe, "where it arrives"),
            ("code", Maybe, "what stops it"),
            ("at", Maybe, "where"),
            ("by", Maybe, "the row"),
            ("down", Maybe, "what is out of service"),
        ],
    },
    Object {
        name: "packet",
        keys: &[
            ("source", Text, "address"),
            ("source_port", Number, "port"),
            ("destination", Text, "address"),
            (
                "destination_port",
                Number,
                "port; of ICMP, 256 times the type plus the code",
            ),
            ("protocol", Number, "IP protocol"),
        ],
    },
    Object {
        name: "flows",
        keys: &[
            ("from", Texts, "who sends"),
            ("what", Texts, "protocols and ports"),
            ("to", Texts, "blocks"),
            ("down", Maybe, "what is out of service"),
        ],
    },
];
