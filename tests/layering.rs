//! Who may know whom. Each bar is a sentence about `src`, read as text: comments and literals are
//! blanked first, so only what the compiler sees counts. A failure says what to do about it.
#![allow(clippy::indexing_slicing, reason = "tests may stop at a mistake")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Which module may use which; `module/Name` allows that name alone. A module may use itself.
const ALLOWED: &[(&str, &[&str])] = &[
    ("code", &[]),
    ("word", &[]),
    ("fixed", &[]),
    ("kept", &[]),
    ("repeated", &[]),
    (
        "diagnostic",
        &["code", "model/Origin", "model/Files", "model/File", "word"],
    ),
    (
        "model",
        &["code", "diagnostic", "fixed", "kept", "repeated", "word"],
    ),
    ("edit", &["model"]),
    ("fabric", &["code", "fixed", "kept", "model/Origin", "word"]),
    ("engine", &["code", "fabric"]),
    ("aws", &["code", "fabric", "fixed", "kept", "model"]),
    ("expect", &["code", "diagnostic", "model"]),
    ("property", &["model"]),
    ("scenario", &["diagnostic", "expect", "model", "property"]),
    ("import", &["diagnostic", "model", "repeated"]),
    (
        "snapshot",
        &["aws/Compiled", "diagnostic", "import/LeftOut", "model"],
    ),
    (
        "answer",
        &[
            "aws",
            "code",
            "diagnostic",
            "engine",
            "expect",
            "fabric",
            "model",
        ],
    ),
    (
        "analysis",
        &[
            "answer",
            "aws",
            "code",
            "diagnostic",
            "edit",
            "engine",
            "expect",
            "fabric",
            "model",
            "property",
        ],
    ),
    (
        "arbitrary",
        &[
            "analysis",
            "answer",
            "aws",
            "diagnostic",
            "model",
            "scenario",
        ],
    ),
    (
        "probe",
        &[
            "answer",
            "aws",
            "code",
            "diagnostic",
            "engine",
            "fabric",
            "model",
        ],
    ),
    (
        "report",
        &[
            "analysis",
            "answer",
            "aws",
            "code",
            "diagnostic",
            "edit",
            "engine",
            "fabric",
            "model",
            "probe",
            "property",
        ],
    ),
    (
        "cli",
        &[
            "analysis",
            "answer",
            "aws",
            "code",
            "diagnostic",
            "engine",
            "expect",
            "fabric",
            "import",
            "model",
            "probe",
            "property",
            "report",
            "scenario",
            "snapshot",
        ],
    ),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Words of AWS that the engine and the fabric do not know, singular; a plural `s` is cut first.
const AWS_WORDS: &[&str] = &[
    "subnet", "eni", "nacl", "endpoint", "nlb", "vpc", "gateway", "igw", "nat", "tgw",
];

/// Two words that are one of AWS's only side by side.
const AWS_PAIRS: &[(&str, &str)] = &[("security", "group")];

/// The codes that the walker decides by itself.
const ENGINE_CODES: &[&str] = &["FORWARDING_LOOP", "REPLY_WITHOUT_SESSION", "MISDELIVERED"];

/// What only the binary, its command line and the sockets of `probe` may touch.
const OUTSIDE_WORLD: &[&str] = &[
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::env",
    "std::process",
    "std::time::Instant",
    "tokio",
    "println!",
    "eprintln!",
];

const LONGEST_FILE: usize = 600;

/// A file of `src`: its path there, its top module, and its code without comments and literals.
struct Source {
    path: String,
    module: String,
    lines: usize,
    code: String,
}

fn sources() -> Vec<Source> {
    fn collect(folder: &Path, root: &Path, out: &mut Vec<Source>) {
        for entry in fs::read_dir(folder).expect("src is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, root, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("a text");
                let path = path.strip_prefix(root).expect("below src");
                let path = path.to_string_lossy().replace('\\', "/");
                let module = path.split(['/', '.']).next().unwrap_or("").to_owned();
                let mut code = blank(&text);
                if let Some(tests) = code.find("#[cfg(test)]\nmod ")
                    && code[tests..].find('{') < code[tests..].find(';')
                {
                    code.truncate(tests);
                }
                let lines = text.lines().count();
                out.push(Source {
                    path,
                    module,
                    lines,
                    code,
                });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut out = Vec::new();
    collect(&root, &root, &mut out);
    out.sort_by(|a, b| a.path.cmp(&b.path));
    out
}

/// Files that are compiled into the product: tests beside the code may look anywhere.
fn product() -> Vec<Source> {
    let mut all = sources();
    all.retain(|s| !s.path.ends_with("tests.rs") && !s.path.contains("/tests/"));
    all
}

/// Comments, strings and characters become blanks; lines stay where they are.
fn blank(text: &str) -> String {
    let c: Vec<char> = text.chars().collect();
    let at = |i: usize| c.get(i).copied().unwrap_or('\0');
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < c.len() {
        let end = match (at(i), at(i + 1)) {
            ('/', '/') => (i..c.len()).find(|&j| c[j] == '\n').unwrap_or(c.len()),
            ('/', '*') => {
                let (mut depth, mut j) = (1, i + 2);
                while j < c.len() && depth > 0 {
                    match (at(j), at(j + 1)) {
                        ('/', '*') => (depth, j) = (depth + 1, j + 2),
                        ('*', '/') => (depth, j) = (depth - 1, j + 2),
                        _ => j += 1,
                    }
                }
                j
            }
            ('r', '"' | '#') if i == 0 || !(at(i - 1).is_alphanumeric() || at(i - 1) == '_') => {
                let hashes = (i + 1..c.len()).take_while(|&j| c[j] == '#').count();
                if at(i + 1 + hashes) == '"' {
                    let mut j = i + 2 + hashes;
                    while j < c.len() && !(c[j] == '"' && (1..=hashes).all(|h| at(j + h) == '#')) {
                        j += 1;
                    }
                    j + 1 + hashes
                } else {
                    i
                }
            }
            ('"', _) => {
                let mut j = i + 1;
                while j < c.len() && c[j] != '"' {
                    j += if c[j] == '\\' { 2 } else { 1 };
                }
                j + 1
            }
            ('\'', '\\') => (i + 3..c.len()).find(|&j| c[j] == '\'').unwrap_or(i) + 1,
            ('\'', _) if at(i + 2) == '\'' => i + 3,
            _ => i,
        };
        if end == i {
            out.push(c[i]);
            i += 1;
        } else {
            let blanked = c[i..end.min(c.len())].iter();
            out.extend(blanked.map(|c| if *c == '\n' { '\n' } else { ' ' }));
            i = end;
        }
    }
    out
}

/// Identifiers of code, with their lines.
fn identifiers(code: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        out.extend(
            words
                .filter(|w| w.starts_with(|c: char| c.is_alphabetic() || c == '_'))
                .map(|w| (number + 1, w)),
        );
    }
    out
}

/// The words of an identifier: split at underscores and where small letters meet capitals.
fn words(identifier: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    let c: Vec<char> = identifier.chars().collect();
    for (i, letter) in c.iter().enumerate() {
        let small_before = i > 0 && !c[i - 1].is_uppercase();
        let small_after = c.get(i + 1).is_some_and(|n| n.is_lowercase());
        if *letter == '_' || (letter.is_uppercase() && i > 0 && (small_before || small_after)) {
            out.push(String::new());
        }
        if *letter != '_' {
            let last = out.len() - 1;
            out[last].extend(letter.to_lowercase());
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

/// The AWS word of an identifier, if it has one.
fn aws_word(identifier: &str) -> Option<String> {
    let all = words(identifier);
    let one = |w: &str| w.strip_suffix('s').unwrap_or(w).to_owned();
    let single = all
        .iter()
        .map(|w| one(w))
        .find(|w| AWS_WORDS.contains(&w.as_str()));
    let pair = all.windows(2).find_map(|p| {
        let (a, b) = (one(&p[0]), one(&p[1]));
        AWS_PAIRS
            .iter()
            .any(|(x, y)| *x == a && *y == b)
            .then(|| format!("{a} {b}"))
    });
    single.or(pair)
}

/// `(line, module, name)` of every path that begins at the crate, whatever its spelling.
fn edges(source: &Source) -> Vec<(usize, String, String)> {
    let depth =
        source.path.matches('/').count() + 1 - usize::from(source.path.ends_with("/mod.rs"));
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for (at, _) in source.code.match_indices("crate::") {
        let before = source.code[..at].chars().next_back().unwrap_or(' ');
        if !(before.is_alphanumeric() || before == '_' || before == '$') {
            starts.push((at, at + "crate::".len()));
        }
    }
    let up = "super::".repeat(depth);
    for (at, _) in source.code.match_indices(&up) {
        let rest = &source.code[at + up.len()..];
        if ALLOWED
            .iter()
            .any(|(m, _)| rest.starts_with(&format!("{m}::")))
            && depth > 1
        {
            starts.push((at, at + up.len()));
        }
    }
    if source.module == "main" {
        for (at, text) in source.code.match_indices("reachability::") {
            starts.push((at, at + text.len()));
        }
    }
    let mut out = Vec::new();
    for (at, after) in starts {
        let line = source.code[..at].matches('\n').count() + 1;
        for path in expand(&source.code[after..]) {
            let mut parts = path.split("::");
            let module = parts.next().unwrap_or("").to_owned();
            let name = parts.next().unwrap_or("").to_owned();
            out.push((line, module, name));
        }
    }
    out
}

/// The paths of a use tree (or of one path) at the beginning of a text.
fn expand(text: &str) -> Vec<String> {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        let (mut out, mut depth, mut item) = (Vec::new(), 0, String::new());
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    out.push(item);
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    out.push(std::mem::take(&mut item));
                    continue;
                }
                _ => {}
            }
            item.push(c);
        }
        out.retain(|i| !i.trim().is_empty());
        return out.iter().flat_map(|i| expand(i)).collect();
    }
    let name: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '*')
        .collect();
    match text[name.len()..].strip_prefix("::") {
        Some(rest) => expand(rest)
            .into_iter()
            .map(|r| format!("{name}::{r}"))
            .collect(),
        None => vec![name],
    }
}

#[test]
fn every_edge_is_allowed() {
    let mut wrong = String::new();
    let mut met = BTreeSet::new();
    for source in product() {
        let Some((_, allowed)) = ALLOWED.iter().find(|(m, _)| *m == source.module) else {
            let _ = writeln!(
                wrong,
                "src/{}: the module `{}` has no layer yet: give it a line in ALLOWED of tests/layering.rs",
                source.path, source.module
            );
            continue;
        };
        for (line, module, name) in edges(&source) {
            let known = ALLOWED.iter().any(|(m, _)| *m == module);
            let fine = module == source.module
                || !known
                || allowed.contains(&module.as_str())
                || allowed.contains(&format!("{module}/{name}").as_str());
            met.insert(format!("{} <- {module}", source.module));
            if !fine {
                let _ = writeln!(
                    wrong,
                    "src/{}:{line}: `{}` may not use `{module}::{name}`; it may use {allowed:?}. Move \
                     the code to a layer that may, or hand the value down as an argument",
                    source.path, source.module
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(
        met.contains("engine <- fabric") && met.contains("aws <- model"),
        "the reader of edges sees nothing: it found only {met:?}"
    );
}

#[test]
fn layers_have_no_cycle() {
    // `diagnostic` names two plain types of `model`, and `model` reports by `diagnostic`: the one
    // exception, allowed by name.
    let mut left: Vec<(&str, Vec<&str>)> = ALLOWED
        .iter()
        .map(|(m, all)| {
            (
                *m,
                all.iter().copied().filter(|a| !a.contains('/')).collect(),
            )
        })
        .collect();
    while !left.is_empty() {
        let names: BTreeSet<&str> = left.iter().map(|(m, _)| *m).collect();
        let before = left.len();
        left.retain(|(_, all)| all.iter().any(|a| names.contains(a)));
        assert!(
            left.len() < before,
            "ALLOWED has a cycle among {names:?}: take one edge out"
        );
    }
}

#[test]
fn no_file_is_too_long() {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|s| s.lines > LONGEST_FILE)
        .map(|s| {
            format!(
                "src/{} has {} lines; split it along a noun until each part has at most {LONGEST_FILE}",
                s.path, s.lines
            )
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn engine_and_fabric_know_no_aws_word() {
    let mut wrong = String::new();
    for source in product() {
        if !["engine", "fabric"].contains(&source.module.as_str()) {
            continue;
        }
        for (line, identifier) in identifiers(&source.code) {
            if let Some(word) = aws_word(identifier) {
                let _ = writeln!(
                    wrong,
                    "src/{}:{line}: `{identifier}` says `{word}`: name what it does to traffic, not \
                     which AWS thing does it, or move it to src/aws",
                    source.path
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn engine_names_only_its_own_codes() {
    let mut wrong = String::new();
    for source in product() {
        if source.module != "engine" {
            continue;
        }
        for (at, _) in source.code.match_indices("Code::") {
            let rest = &source.code[at + "Code::".len()..];
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if !ENGINE_CODES.contains(&name.as_str()) {
                let line = source.code[..at].matches('\n').count() + 1;
                let _ = writeln!(
                    wrong,
                    "src/{}:{line}: `Code::{name}` is a reason of the tables: let a row or a stage \
                     carry it, the engine names only {ENGINE_CODES:?}",
                    source.path
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn only_the_command_line_touches_the_world() {
    let mut wrong = String::new();
    for source in product() {
        let outside = source.path.starts_with("probe/socket/");
        if outside || ["cli", "main"].contains(&source.module.as_str()) {
            continue;
        }
        for (number, line) in source.code.lines().enumerate() {
            for word in OUTSIDE_WORLD.iter().filter(|w| line.contains(**w)) {
                let _ = writeln!(
                    wrong,
                    "src/{}:{}: `{word}` belongs to src/cli or src/probe/socket: take the text as an argument and return \
                     what is to be said",
                    source.path,
                    number + 1
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_readers_read() {
    assert_eq!(words("SubnetId"), ["subnet", "id"]);
    assert_eq!(words("NLBNode_x"), ["nlb", "node", "x"]);
    assert_eq!(aws_word("from_vpcs").as_deref(), Some("vpc"));
    assert_eq!(
        aws_word("SecurityGroups").as_deref(),
        Some("security group")
    );
    assert_eq!(aws_word("senior"), None);
    assert_eq!(aws_word("translate"), None);
    let code = blank("a /* vpc /* x */ */ b // eni\n\"nlb\\\"\" 'x' r#\"su\"bnet\"# 'a: &'a str");
    assert!(
        !["vpc", "eni", "nlb", "bnet"]
            .iter()
            .any(|w| code.contains(w)),
        "{code}"
    );
    assert!(code.contains("'a: &'a str"), "{code}");
    assert_eq!(
        expand("{model::{Origin, route::Route}, code::Code};"),
        ["model::Origin", "model::route::Route", "code::Code"]
    );
    assert_eq!(expand("code::Code::ALL;"), ["code::Code::ALL"]);
}
