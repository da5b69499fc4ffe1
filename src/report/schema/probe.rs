//! The objects of `probe --format json`. An `observation` is what `--observed` reads.

use super::Object;
use super::Type::{Bool, Choice, Choices, Many, May, MaybeOne, Number, One, Pairs, Text, Texts};

pub(super) const OBJECTS: &[Object] = &[
    Object {
        name: "probe",
        keys: &[
            ("version", Number, "1"),
            ("probes", Many("probed"), "every target, in the order asked"),
        ],
    },
    Object {
        name: "probed",
        keys: &[
            ("observation", One("observation"), "what was seen"),
            (
                "classes",
                Many("address_class"),
                "whose the addresses are that were seen, each once",
            ),
            ("judgement", One("judgement"), "what it amounts to"),
            (
                "comparison",
                MaybeOne("comparison"),
                "a prediction beside it; null without a scenario",
            ),
        ],
    },
    Object {
        name: "address_class",
        keys: &[
            ("address", Text, "the address"),
            (
                "class",
                Text,
                "`endpoint`, `interface`, `vpc`, `site`, `given`, `private`, `published`, `special` \
                 or `public`",
            ),
            ("words", Text, "the same for people, with its name"),
        ],
    },
    Object {
        name: "judgement",
        keys: &[
            (
                "word",
                Text,
                "`reachable`, `partly`, `not-reachable`, `not-observable`, `not-permitted` or \
                 `not-tried`",
            ),
            (
                "findings",
                Many("finding"),
                "what is amiss or worth knowing",
            ),
        ],
    },
    Object {
        name: "finding",
        keys: &[
            ("code", Text, "stable; `explain` prints its page"),
            ("about", Text, "of whom: an address, or a name server"),
            ("says", Text, "what was seen, in a sentence"),
            ("advice", Texts, "what explains it, and what to do next"),
            (
                "stops",
                Bool,
                "whether it keeps the target from being reached there",
            ),
        ],
    },
    Object {
        name: "comparison",
        keys: &[
            ("from", Text, "which host of the scenario this machine is"),
            ("prediction", Text, "the predicted verdict"),
            (
                "mechanism",
                Text,
                "as of a trace; empty if nothing delivers",
            ),
            (
                "agreement",
                Text,
                "`as-predicted`, `not-as-predicted` or `undecided`",
            ),
            ("alternatives", Many("side"), "every way of the prediction"),
            (
                "difference",
                MaybeOne("finding"),
                "the first place where the two part",
            ),
            (
                "remarks",
                Many("finding"),
                "what is worth knowing beside it",
            ),
        ],
    },
    Object {
        name: "side",
        keys: &[
            ("predicted", Text, "the alternative, in words"),
            ("seen", Text, "`possible`, `not-seen` or `ruled-out`"),
        ],
    },
    Object {
        name: "observation",
        keys: &[
            ("target", Text, "the target, as asked"),
            (
                "lookups",
                May(&Many("lookup")),
                "the questions put to name servers, in order",
            ),
            ("attempts", May(&Many("attempt")), "the addresses tried"),
            (
                "interrupted",
                May(&Bool),
                "somebody stopped the run before this was complete",
            ),
        ],
    },
    Object {
        name: "lookup",
        keys: &[
            (
                "asked",
                Choice(
                    &["nobody"],
                    &[
                        ("hosts", One("hosts_line")),
                        ("system", Text),
                        ("named", Text),
                    ],
                ),
                "the file of hosts, a name server of the system, one of the command line, or nobody",
            ),
            ("name", Text, "the name asked for"),
            ("kind", Text, "`A` or `AAAA`"),
            (
                "outcome",
                Choice(
                    &["answered", "nx-domain", "no-data", "refused", "timed-out"],
                    &[
                        ("failed", Text),
                        ("unreachable", Text),
                        ("broken", Text),
                        ("bad-name", Text),
                    ],
                ),
                "what came of it",
            ),
            ("aliases", May(&Many("alias")), "the CNAMEs on the way"),
            ("records", May(&Many("record")), "the addresses"),
            ("over", Text, "`udp`, `tcp` or `file`"),
            ("took", Number, "microseconds"),
        ],
    },
    Object {
        name: "hosts_line",
        keys: &[("path", Text, "the file"), ("line", Number, "the line")],
    },
    Object {
        name: "alias",
        keys: &[
            ("from", Text, "this name"),
            ("to", Text, "is another name for this one"),
            ("ttl", Number, "seconds"),
        ],
    },
    Object {
        name: "record",
        keys: &[
            ("address", Text, "the address"),
            ("ttl", May(&Number), "seconds; none in a file"),
        ],
    },
    Object {
        name: "attempt",
        keys: &[
            ("address", Text, "whereto"),
            ("port", May(&Number), "none for ICMP"),
            ("local", May(&Text), "the address it was sent from"),
            (
                "connect",
                Choice(
                    &[
                        "open",
                        "refused",
                        "timed-out",
                        "no-answer",
                        "no-family",
                        "not-tried",
                    ],
                    &[
                        ("unreachable", Text),
                        ("not-permitted", Text),
                        ("failed", Text),
                    ],
                ),
                "how the connection, the datagram or the echo went",
            ),
            ("tries", Number, "how often it was tried"),
            ("took", Number, "microseconds of the last try"),
            ("tls", May(&One("tls")), "the TLS handshake"),
            (
                "http",
                May(&Choice(
                    &["timed-out", "closed"],
                    &[("answered", One("http_answer")), ("other", Text)],
                )),
                "the answer to a HEAD request",
            ),
            (
                "seen",
                May(&Choice(&["silent"], &[("answered", One("seen"))])),
                "what a `probe --serve` there says it saw",
            ),
            ("trace", May(&One("hops")), "the hops on the way"),
        ],
    },
    Object {
        name: "tls",
        keys: &[
            ("name", May(&Text), "the name asked for (SNI)"),
            (
                "handshake",
                Choice(&["done", "timed-out", "closed"], &[("failed", Text)]),
                "how it went",
            ),
            ("version", May(&Text), "e.g. `TLSv1_3`"),
            ("names", May(&Texts), "those that the certificate bears"),
            ("issuer", May(&Text), "who issued it"),
            ("until", May(&Text), "until when it holds (RFC 3339)"),
            (
                "faults",
                May(&Choices(
                    &["other-name", "expired", "not-yet-valid", "no-roots"],
                    &[("not-trusted", Text)],
                )),
                "everything that is wrong with it",
            ),
            ("took", Number, "microseconds"),
        ],
    },
    Object {
        name: "http_answer",
        keys: &[
            ("status", Number, "e.g. 403"),
            ("headers", Pairs, "those that tell who answers"),
        ],
    },
    Object {
        name: "seen",
        keys: &[
            ("source", Text, "the source it saw, with its port"),
            ("at", Text, "the address of its own that was called"),
            (
                "proxy",
                May(&One("proxied")),
                "what a proxy before it wrote (PROXY protocol)",
            ),
        ],
    },
    Object {
        name: "proxied",
        keys: &[
            (
                "source",
                May(&Text),
                "the source it saw; none where it speaks for itself",
            ),
            ("vpce", May(&Text), "the VPC endpoint, if AWS says so"),
        ],
    },
    Object {
        name: "hops",
        keys: &[
            ("hops", Many("hop"), "one a TTL, from 1 up"),
            (
                "end",
                Choice(
                    &["reached", "unreachable", "lost", "too-far", "interrupted"],
                    &[("not-permitted", Text), ("failed", Text)],
                ),
                "how it ended",
            ),
            ("sent", Number, "how many packets were sent"),
        ],
    },
    Object {
        name: "hop",
        keys: &[
            ("ttl", Number, "how many hops the packets were let go"),
            ("replies", Many("hop_reply"), "who answered"),
            ("silent", Number, "how many packets nobody answered"),
        ],
    },
    Object {
        name: "hop_reply",
        keys: &[
            ("from", Text, "who answered"),
            (
                "what",
                Choice(
                    &["time-exceeded", "syn-ack", "reset"],
                    &[("unreachable", Number)],
                ),
                "what; `unreachable` with its ICMP code",
            ),
            ("took", Number, "microseconds"),
        ],
    },
];
