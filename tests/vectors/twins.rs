//! What refuses stands beside what delivers, one edit apart: a case alone could hold for a wrong reason.

use super::bundle::{File, Vector, files};

/// Cases whose twin cannot stand one edit away: file, case, why.
const ALONE: &[(&str, &str, &str)] = &[];

/// A refusal or a delivery of a scene.
struct Side<'f> {
    scene: usize,
    /// Who asks whom; nobody where loading is refused.
    flow: Option<&'f (String, String)>,
    cites: Vec<Vector>,
}

/// Every refusal of a file, or every delivery. What works every other time is both.
fn sides(file: &File, delivering: bool) -> Vec<Side<'_>> {
    let mut out = Vec::new();
    for (number, scene) in file.scenes.iter().enumerate() {
        let asks = scene.asks.iter();
        let fitting = asks.filter(|a| {
            if delivering {
                a.delivers()
            } else {
                a.refuses()
            }
        });
        out.extend(fitting.map(|ask| Side {
            scene: number,
            flow: Some(&ask.flow),
            cites: ask.cites.iter().copied().collect(),
        }));
        if scene.refused && !delivering {
            out.push(Side {
                scene: number,
                flow: None,
                cites: scene.cites.iter().copied().collect(),
            });
        }
    }
    out
}

/// How many edits lie between two scenes, if it is none or one.
fn edits(file: &File, a: usize, b: usize) -> Option<usize> {
    let parent = |s: usize| file.scenes[s].after;
    // A scene that edits nothing is the scene it stands after.
    let own = |mut s: usize| {
        while let (true, Some(p)) = (file.scenes[s].same, parent(s)) {
            s = p;
        }
        s
    };
    let (a, b) = (own(a), own(b));
    let next = parent(a).map(own) == Some(b) || parent(b).map(own) == Some(a);
    if a == b { Some(0) } else { next.then_some(1) }
}

/// One edit apart: the same question of an edited network, or of one network a question for the same
/// vector that differs in its source or in its destination.
fn twins(file: &File, a: &Side<'_>, b: &Side<'_>) -> bool {
    let cited = a.cites.iter().any(|v| b.cites.contains(v));
    match (edits(file, a.scene, b.scene), a.flow, b.flow) {
        (Some(1), Some(one), Some(other)) => one == other,
        (Some(1), ..) => cited,
        (Some(0), Some(one), Some(other)) => cited && (one.0 == other.0 || one.1 == other.1),
        _ => false,
    }
}

#[test]
fn what_refuses_stands_beside_what_delivers() {
    let mut missing = Vec::new();
    let mut used = Vec::new();
    for file in &files() {
        let (refusing, delivering) = (sides(file, false), sides(file, true));
        for (kind, all, others) in [
            ("delivering", &refusing, &delivering),
            ("refusing", &delivering, &refusing),
        ] {
            for (number, scene) in file.scenes.iter().enumerate() {
                for vector in &scene.cites {
                    let own = all
                        .iter()
                        .filter(|s| s.scene == number && s.cites.contains(vector));
                    let own: Vec<&Side<'_>> = own.collect();
                    let beside = |s: &&Side<'_>| others.iter().any(|o| twins(file, s, o));
                    if own.is_empty() || own.iter().any(beside) {
                        continue;
                    }
                    let mut excuses = ALONE.iter();
                    match excuses.find(|(f, n, _)| *f == file.path && *n == scene.name) {
                        Some(excuse) => used.push(excuse),
                        None => missing.push(format!(
                            "{}: {}: no {kind} twin for {vector}",
                            file.path, scene.name
                        )),
                    }
                }
            }
        }
    }
    let lines = missing.join("\n");
    assert!(missing.is_empty(), "{} without\n{lines}", missing.len());
    for excuse in ALONE {
        assert!(used.contains(&excuse), "not needed any more: {excuse:?}");
    }
}
