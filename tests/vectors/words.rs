//! What the bundled scenarios say: more than a verdict, why, and never `unknown` by accident.

use super::bundle::{files, root};
use reachability::answer::Verdict;

/// `unknown` is an answer for want of data; a bundled scenario has its data.
#[test]
fn nothing_is_unknown_unless_that_is_the_point() {
    let says = |text: &str| text.to_lowercase().contains("unknown");
    for file in &files() {
        for scene in &file.scenes {
            for ask in &scene.asks {
                let told = says(&scene.name) || says(&scene.why) || says(&ask.why);
                assert!(
                    ask.verdict != Some(Verdict::Unknown) || told,
                    "{}: {}: {:?}",
                    file.path,
                    scene.name,
                    ask.flow
                );
            }
        }
    }
}

/// A bare verdict may hold for a wrong reason: every expectation says by which way, or why not.
#[test]
fn every_expectation_says_more_than_the_verdict() {
    let mut bare = Vec::new();
    for file in &files() {
        for scene in &file.scenes {
            assert!(
                !scene.asks.is_empty() || scene.refused,
                "{}: {}: expects nothing",
                file.path,
                scene.name
            );
            let asks = scene.asks.iter().filter(|a| a.bare || a.verdict.is_none());
            bare.extend(asks.map(|a| format!("{}: {}: {:?}", file.path, scene.name, a.flow)));
        }
    }
    assert!(bare.is_empty(), "{}", bare.join("\n"));
}

/// A reader learns from the why, not from the keys.
#[test]
fn every_case_says_why() {
    let mut silent = Vec::new();
    for file in &files() {
        for (number, scene) in file.scenes.iter().enumerate() {
            let told = |why: &str| !why.trim().is_empty();
            let each = number == 0 && scene.asks.iter().all(|a| told(&a.why));
            if !each && (number == 0 || !told(&scene.why)) {
                silent.push(format!("{}: {}", file.path, scene.name));
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// The page beside the scenarios leads to every one of them.
#[test]
fn the_overview_leads_to_every_file() {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap();
    for file in &files() {
        let base = file.path.rsplit('/').next().unwrap();
        let named = page.contains(&format!("({})", file.path));
        assert!(named || base.starts_with("base"), "{}", file.path);
    }
}
