//! A network that was kept and read back is asked as the one it was kept of, and bytes that are not
//! quite a snapshot are refused.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::answer::{Ask, Wording, answer};
use reachability::aws::Compiled;
use reachability::cli::{Expectation, Input, Scene, open, open_to_edit};
use reachability::model::{Draft, Files, Network};
use reachability::report::{json, text};
use reachability::snapshot::{Opened, Refused, Snapshot};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The bytes of a scene, as `import --snapshot` writes them.
fn kept(scene: Scene, files: Files) -> Vec<u8> {
    let draft = scene.draft.clone().unwrap_or_default();
    let (network, compiled) = scene.made().unwrap();
    let snapshot = Snapshot {
        network,
        compiled,
        diagnostics: Vec::new(),
        files,
        left_out: Vec::new(),
        source: String::new(),
    };
    let mut bytes = Vec::new();
    snapshot.write(&draft, &mut bytes).unwrap();
    bytes
}

fn opened(bytes: &[u8]) -> Result<Opened<Cursor<&[u8]>>, Refused> {
    Opened::new(Cursor::new(bytes))
}

fn read(bytes: &[u8]) -> Result<(Snapshot, Draft), Refused> {
    let mut opened = opened(bytes)?;
    Ok((opened.snapshot()?, opened.draft()?))
}

/// All that is printed of an answer.
fn printed(network: &Network, compiled: &Compiled, files: &Files, ask: &Ask) -> String {
    let answer = match answer(network, compiled, ask) {
        Ok(answer) => answer,
        Err(error) => return error,
    };
    let words = Wording::new(network, compiled);
    let json = json(files, words, &answer, None);
    format!("{json:#}\n{}", text(files, words, &answer, None, false))
}

fn below(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, out);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            out.push(path);
        }
    }
}

#[test]
fn every_expectation_has_the_answer_it_had() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    below(&root.join("scenarios"), &mut paths);
    below(&root.join("tests/inputs"), &mut paths);
    paths.sort();
    let (mut asked, mut unknown) = (0, 0);
    for path in paths {
        let Ok(Input { scenes, files, .. }) = open_to_edit(path.to_str().unwrap()) else {
            continue;
        };
        // One edit of a network is much like the next.
        for scene in scenes.into_iter().step_by(12) {
            let Some((network, compiled)) = scene.compiled() else {
                continue;
            };
            let ask = |e: &Expectation| e.ask(network).ok();
            let asks: Vec<Ask> = scene.expect.iter().filter_map(ask).collect();
            let print = |ask| printed(network, compiled, &files, ask);
            let before: Vec<String> = asks.iter().map(print).collect();
            let (was, draft) = (network.clone(), scene.draft.clone());
            let (now, again) = read(&kept(scene, files.clone())).unwrap();
            assert_eq!(now.network, was, "{}", path.display());
            assert_eq!(Some(again), draft, "{}", path.display());
            for (ask, before) in asks.iter().zip(before) {
                let after = printed(&now.network, &now.compiled, &now.files, ask);
                assert_eq!(after, before, "{}: {}", path.display(), ask.to);
                asked += 1;
                unknown += usize::from(before.contains("\"unknown\""));
            }
        }
    }
    assert!(
        asked > 150 && unknown > 5,
        "{asked} asked, {unknown} unknown"
    );
}

/// Exit code and standard output.
fn run(args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(args)
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), out)
}

#[test]
fn every_command_takes_one() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let to = folder.join("complete.snapshot");
    let to = to.to_str().unwrap();
    for from in ["tests/dumps/complete", "tests/inputs/cli/shop.yaml"] {
        let written = (Some(0), String::new());
        assert_eq!(run(&["import", from, "--snapshot", to]), written);
        let ask = |input: &str| {
            let network = open(input).unwrap();
            let (network, _) = network.base().unwrap();
            let mut instances = network.instances.iter();
            let (_, instance) = instances.next().unwrap();
            let vpc = &network.vpcs[instance.vpc.id().unwrap()].name;
            let host = format!("{vpc}/{}", instance.name);
            let mut all = Vec::new();
            for (command, to) in [
                ("trace", &["--to", "s3"][..]),
                ("trace", &["--to", "internet", "--format", "json"]),
                ("obstacles", &["--to", "internet"]),
                ("resolve", &["example.com"]),
                ("fix", &["--to", "s3", "--want", "private"]),
            ] {
                // What is expected of a scenario is not kept.
                if command != "fix" || from.ends_with("complete") {
                    all.push(run(&[&[command, input, "--from", &host], to].concat()));
                }
            }
            for command in ["import", "lint", "matrix"] {
                all.push(run(&[command, input]));
            }
            all.push(run(&["diff", from, input]));
            all
        };
        for (kept, own) in ask(to).into_iter().zip(ask(from)) {
            // The input's name is another.
            let own = (own.0, own.1.replace(from, to));
            assert_eq!((kept.0, kept.1.replace(from, to)), own);
        }
    }
    fs::remove_file(to).unwrap();
}

fn small() -> Vec<u8> {
    let input = open_to_edit("tests/inputs/cli/shop.yaml").unwrap();
    let scene = input.scenes.into_iter().next().unwrap();
    kept(scene, input.files)
}

#[test]
fn what_is_cut_short_or_goes_on_is_refused() {
    let bytes = small();
    assert!(read(&bytes).is_ok());
    let lengths = (0..200).chain((200..bytes.len()).step_by(997));
    for length in lengths {
        let refusal = read(&bytes[..length]).unwrap_err();
        assert!(matches!(refusal, Refused::Damaged), "{length}: {refusal}");
    }
    let longer = [bytes.as_slice(), b"\n"].concat();
    assert!(matches!(read(&longer), Err(Refused::Damaged)));
}

#[test]
fn a_bit_that_was_turned_is_found() {
    let mut bytes = small();
    let places = (0..100).chain((100..bytes.len()).step_by(499));
    for place in places.collect::<Vec<_>>() {
        let bit = 1 << (place % 8);
        bytes[place] ^= bit;
        let refusal = read(&bytes).unwrap_err();
        let other = (16..24).contains(&place);
        let fits = match refusal {
            Refused::Foreign => other,
            Refused::Damaged => !other,
            Refused::Unreadable(_) => false,
        };
        assert!(fits, "{place}: {refusal}");
        bytes[place] ^= bit;
    }
    assert!(read(&bytes).is_ok());
}

/// What is said of a snapshot that is older than what it was made of.
fn told(path: &str) -> Vec<String> {
    let input = open(path).unwrap();
    let found = input.scenes[0].diagnostics.iter();
    let found = found.filter(|d| d.code == "stale-snapshot");
    found.map(|d| d.message.clone()).collect()
}

/// A file that a snapshot was made of, and that was written since, is named; one that is gone is not.
#[test]
fn a_snapshot_of_files_that_are_others_now_says_so() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stale");
    fs::create_dir_all(&folder).unwrap();
    let (from, to) = (folder.join("shop.yaml"), folder.join("kept"));
    let (own, to) = (from.to_str().unwrap(), to.to_str().unwrap());
    let again = folder.join("again");
    let again = again.to_str().unwrap();
    fs::copy("tests/inputs/cli/shop.yaml", &from).unwrap();
    let keep = |from: &str, to: &str| {
        assert_eq!(
            run(&["import", from, "--snapshot", to]),
            (Some(0), String::new())
        );
    };
    keep(own, to);
    assert_eq!(told(to), [""; 0]);
    let text = fs::read_to_string(&from).unwrap();
    fs::write(&from, text + "\n").unwrap();
    let since = |to: &str| format!("`{own}` has been written since `{to}` was made of it");
    assert_eq!(told(to), [since(to)]);
    // What is kept of a snapshot is no newer.
    keep(to, again);
    assert_eq!(told(again), [since(again)]);
    keep(own, to);
    assert_eq!(told(to), [""; 0]);
    fs::remove_file(&from).unwrap();
    assert_eq!(told(to), [""; 0]);
    fs::remove_dir_all(&folder).unwrap();
}

/// So is a file that has come to its folder, or is gone from it.
#[test]
fn a_snapshot_of_a_folder_that_holds_others_now_says_so() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("listings");
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("of-listings");
    fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name);
    let vpcs = r#"{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}"#;
    fs::write(file("vpcs.json"), vpcs).unwrap();
    fs::write(file("subnets.json"), r#"{"Subnets": []}"#).unwrap();
    let (own, to) = (folder.to_str().unwrap(), to.to_str().unwrap());
    let (code, _) = run(&["import", own, "--snapshot", to]);
    assert_eq!(code, Some(0));
    let told = || told(to);
    let since = |name: &str, what: &str| {
        let name = file(name).display().to_string();
        [format!(
            "`{name}` has been {what} since `{to}` was made of `{own}`"
        )]
    };
    assert_eq!(told(), [""; 0]);
    fs::write(file("tables.json"), r#"{"RouteTables": []}"#).unwrap();
    assert_eq!(told(), since("tables.json", "added"));
    fs::remove_file(file("tables.json")).unwrap();
    fs::remove_file(file("subnets.json")).unwrap();
    assert_eq!(told(), since("subnets.json", "removed"));
    // Nothing of it is here any more: it is asked elsewhere.
    fs::remove_file(file("vpcs.json")).unwrap();
    assert_eq!(told(), [""; 0]);
    fs::remove_dir_all(&folder).unwrap();
}

/// What a person is told.
#[test]
fn refusals_say_what_to_do() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let bytes = small();
    let mut other = bytes.clone();
    other[16..24].copy_from_slice(&7_u64.to_le_bytes());
    let mut elf = bytes.clone();
    elf[..4].copy_from_slice(b"\x7fELF");
    let half = bytes[..bytes.len() / 2].to_vec();
    let mark = bytes[..16].to_vec();
    for (name, bytes, said) in [
        ("other", other, "is a snapshot of another version of this"),
        ("half", half, "is a snapshot that is damaged or cut short"),
        ("mark", mark, "is a snapshot that is damaged or cut short"),
        ("elf", elf, "this is not UTF-8"),
    ] {
        let path = folder.join(format!("{name}.snapshot"));
        fs::write(&path, bytes).unwrap();
        let told = open(path.to_str().unwrap()).unwrap_err().to_string();
        assert!(told.contains(said), "{told}");
        let helps = told.contains("import INPUT --snapshot FILE");
        assert!(helps || name == "elf", "{told}");
        fs::remove_file(path).unwrap();
    }
}
