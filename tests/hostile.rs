//! Documents that nobody wrote for this program, or that somebody wrote against it: refused with a
//! sentence, with file, line and column, quickly and in little memory.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use reachability::cli::open;
use reachability::diagnostic::render;
use reachability::scenario::{Loaded, MAX_NODES, load};
use std::time::{Duration, Instant};

fn read(text: &str) -> Loaded {
    load("it.yaml", text, &|path| Err(format!("no file {path}")))
}

/// What a person sees of a refusal, and that it came soon.
fn refused(text: &str) -> String {
    let start = Instant::now();
    let loaded = read(text);
    assert!(loaded.scenario.is_none(), "{text:.60}");
    let said = render(&loaded.diagnostics, &loaded.files);
    // Seconds with debug assertions on a busy machine; a hundredth of it in a release.
    let took = start.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?} for {text:.60}");
    assert!(said.len() < 200_000, "{} bytes for {text:.60}", said.len());
    said
}

const HEAD: &str = "name: x\nregion: us-east-1\n";

/// Small texts: what they are, the text, and what must be said, place included.
const SMALL: &[(&str, &str, &[&str])] = &[
    ("an empty file", "", &["the file is empty", "it.yaml:1:1"]),
    ("a comment alone", "# nothing\n", &["the file is empty"]),
    (
        "two documents",
        "name: x\nregion: r\n---\nname: y\n",
        &["a scenario is one document", "it.yaml:3:1"],
    ),
    (
        "a key twice",
        "name: x\nregion: r\nname: y\n",
        &["`name` is given twice", "it.yaml:3:1"],
    ),
    (
        "a key twice in braces",
        "name: x\nregion: r\nvpcs: { a: {}, a: {} }\n",
        &["`a` is given twice", "it.yaml:3:16"],
    ),
    ("a NUL", "name: x\nregion: us\0-east-1\n", &["it.yaml:2:11"]),
    ("a NUL at the start", "\0name: x\n", &["it.yaml:1:1"]),
    (
        "a bell",
        "name: a\u{7}b\n",
        &["unexpected character", "it.yaml:1:7"],
    ),
    (
        "a byte-order mark inside",
        "name: x\n\u{feff}region: r\n",
        &["BOM", "it.yaml:2:1"],
    ),
    (
        "a tab",
        "name: x\nregion: r\nvpcs:\n\ta: {}\n",
        &["indent with spaces, not tabs", "it.yaml:4:"],
    ),
    (
        "an alias of itself",
        "a: &a [*a]\n",
        &["an alias cannot stand inside what it names", "it.yaml:1:8"],
    ),
    ("an unknown alias", "a: *b\n", &["it.yaml:1:4"]),
    (
        "a merge key",
        "name: x\nregion: us-east-1\nvpcs:\n  a: &a { cidr: 10.0.0.0/16 }\n  b: { <<: *a }\n",
        &["unknown key `<<`", "it.yaml:5:8"],
    ),
    (
        "a tag",
        "name: !!python/object x\nregion: r\n",
        &["tags are not used here", "it.yaml:1:"],
    ),
    (
        "half a surrogate",
        "name: \"\\ud800\"\n",
        &["surrogate", "it.yaml:1:7"],
    ),
    (
        "a quote that never ends",
        "name: \"x\nregion: r\n",
        &["it.yaml:"],
    ),
    (
        "a brace that never ends",
        "name: x\nvpcs: { a: {\n",
        &["it.yaml:"],
    ),
    (
        "a list for a key",
        "[a, b]: c\n",
        &["a key is a plain word", "it.yaml:1:1"],
    ),
    (
        "a line feed in a wrong file of Windows",
        "name: x\r\nregion: us-east-1\r\nvpcs:\r\n  a: { cidr: 10.0.0.0/33 }\r\n",
        &["`10.0.0.0/33` is not a block", "it.yaml:4:14"],
    ),
];

#[test]
fn what_is_no_scenario_is_refused_where_it_stands() {
    for (what, text, wanted) in SMALL {
        let said = refused(text);
        for words in *wanted {
            assert!(
                said.contains(words),
                "{what}: `{words}` is missing in\n{said}"
            );
        }
    }
}

#[test]
fn what_editors_of_windows_write_is_read() {
    for text in [
        "\u{feff}name: x\nregion: us-east-1\n",
        "name: x\r\nregion: us-east-1\r\n",
        "name: x\rregion: us-east-1\r",
    ] {
        let loaded = read(text);
        assert_eq!(loaded.diagnostics, [], "{text:?}");
        let scenario = loaded.scenario.unwrap();
        assert_eq!(
            (
                scenario.name.as_str(),
                scenario.cases[0].draft.region.as_str()
            ),
            ("x", "us-east-1")
        );
    }
}

/// Large texts, and what must be said.
#[test]
fn what_would_outgrow_the_budget_is_refused_quickly() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..30 {
        let row = vec![format!("*a{}", n - 1); 8].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{row}]\n"));
    }
    let deep: String = (0..3_000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    let large = format!(
        "a: &a {}\nb: [{}]",
        "x".repeat(1 << 20),
        "*a, ".repeat(10_000)
    );
    let cases: [(&str, String, &[&str]); 10] = [
        (
            "flow lists",
            "[".repeat(100_000),
            &["nested deeper than 64 levels", "it.yaml:1:"],
        ),
        (
            "block lists",
            "- ".repeat(100_000),
            &["nested deeper than 64 levels", "it.yaml:1:"],
        ),
        (
            "flow maps",
            "{a: ".repeat(100_000),
            &["nested deeper than 64 levels", "it.yaml:1:"],
        ),
        (
            "block maps",
            deep,
            &["nested deeper than 64 levels", "it.yaml:65:65"],
        ),
        (
            "aliases of aliases",
            bomb,
            &["more than 2000000 things", "import JSON instead"],
        ),
        (
            "aliases of a large text",
            large,
            &["more than 2000000 things", "it.yaml:2:"],
        ),
        (
            "a scalar of 2 MiB",
            format!("{HEAD}about: {}", "x".repeat(2 << 20)),
            &["a scalar is longer than 1024 KiB", "it.yaml:3:8"],
        ),
        (
            "a file of 65 MiB",
            format!("{HEAD}about: {}", " ".repeat(65 << 20)),
            &["longer than 64 MiB", "import JSON instead"],
        ),
        (
            "a key of 3,000 letters",
            format!("{HEAD}{}: 1", "x".repeat(3_000)),
            &["it.yaml:3:1"],
        ),
        (
            "a line of 500,000 letters",
            format!("{HEAD}vpcs: {{ a: {{ {}: 1 }} }}", "q".repeat(500_000)),
            &["it.yaml:3:"],
        ),
    ];
    for (what, text, wanted) in cases {
        let said = refused(&text);
        for words in wanted {
            assert!(
                said.contains(words),
                "{what}: `{words}` is missing in\n{said:.2000}"
            );
        }
    }
}

/// The budget is what it says: one thing fewer is read, one more is refused.
#[test]
fn two_million_things_are_read_and_no_more() {
    let with = |items: usize| {
        format!(
            "name: x\nregion: us-east-1\nbuckets: [{}]\n",
            "a,".repeat(items)
        )
    };
    // The map, three keys, two scalars and the list itself.
    let most = MAX_NODES - 7;
    let codes = |text: &str| {
        read(text)
            .diagnostics
            .iter()
            .map(|d| d.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&with(most)), ["wrong-type"], "read, and then judged");
    let said = refused(&with(most + 1));
    assert!(said.contains("more than 2000000 things"), "{said}");
    assert!(said.contains("import JSON instead"), "{said}");
}

/// Of very many mistakes enough are shown, and the rest are counted.
#[test]
fn very_many_mistakes_are_counted() {
    let names: String = (0..20_000).map(|n| format!("  X{n}: {{}}\n")).collect();
    let said = refused(&format!("{HEAD}vpcs:\n{names}"));
    assert!(said.contains("`X0` is not a name"), "{said:.500}");
    assert!(said.contains("more like these"), "{said:.500}");
}

/// A file that is not UTF-8 is refused by the door that reads files.
#[test]
fn what_is_not_utf8_is_refused_where_it_begins() {
    let folder = std::env::temp_dir().join(format!("reachability-hostile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let wide: Vec<u8> = "name: x\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let cases: [(&str, Vec<u8>, &[&str]); 3] = [
        (
            "latin1.yaml",
            b"name: x\nabout: caf\xe9 au lait\n".to_vec(),
            &[
                "not UTF-8: byte 0xe9",
                "latin1.yaml:2:11",
                "save the file as UTF-8",
            ],
        ),
        (
            "wide.yaml",
            [&[0xff, 0xfe][..], &wide].concat(),
            &["UTF-16", "wide.yaml:1:1"],
        ),
        (
            "cut.yaml",
            b"name: \xe6\x97".to_vec(),
            &["not UTF-8", "cut.yaml:1:7"],
        ),
    ];
    for (name, bytes, wanted) in cases {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        let said = open(&path.display().to_string()).unwrap_err().to_string();
        for words in wanted {
            assert!(
                said.contains(words),
                "{name}: `{words}` is missing in\n{said}"
            );
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
