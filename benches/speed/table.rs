//! Rows of the table, and who is measured beside us.

use super::{estate, load};
use std::path::Path;
use std::process::Command;

/// Reads the long list as most scripts do, and counts.
const PYTHON: &str = "
import json, sys, time
with open(sys.argv[1]) as file:
    count = len(json.load(file)['NetworkInterfaces'])
print(count, time.process_time())
";

/// Loads estates of these sizes, of both kinds.
pub fn print(sizes: impl Iterator<Item = usize>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("estate");
    println!(
        "{:<22} {:>8} {:>10} {:>9} {:>9} {:>12}",
        "load and compile", "MB", "cpu s", "peak MB", "end MB", "Python json"
    );
    for size in sizes {
        for kind in ["friendly", "adversarial"] {
            let _ = std::fs::remove_dir_all(&folder);
            let bytes = load::write(&estate(kind, size), &folder);
            let own = own(&folder);
            assert_eq!(own[0], size as f64, "the count of interfaces");
            let peer = match python(&folder) {
                Some((count, seconds)) => {
                    assert_eq!(count, size, "Python's count of interfaces");
                    format!("{seconds:.2} ×{:.2}", seconds / own[1])
                }
                None => "no python3".to_owned(),
            };
            let what = format!("{kind} {size}");
            println!(
                "{what:<22} {:>8.1} {:>10.2} {:>9.0} {:>9.0} {peer:>12}",
                bytes as f64 / 1e6,
                own[1],
                own[2],
                own[3],
            );
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// Interfaces, seconds of processor, memory at most and in the end.
fn own(folder: &Path) -> Vec<f64> {
    let own = std::env::current_exe().unwrap();
    let done = Command::new(own).arg("load").arg(folder).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let text = String::from_utf8(done.stdout).unwrap();
    let last = text.lines().last().unwrap();
    last.split(' ').map(|word| word.parse().unwrap()).collect()
}

/// Interfaces and seconds of processor, if there is a Python.
fn python(folder: &Path) -> Option<(usize, f64)> {
    let file = folder.join("network-interfaces.json");
    let done = Command::new("python3")
        .args(["-c", PYTHON])
        .arg(file)
        .output();
    let done = done.ok().filter(|done| done.status.success())?;
    let text = String::from_utf8(done.stdout).ok()?;
    let (count, seconds) = text.trim().split_once(' ')?;
    Some((count.parse().ok()?, seconds.parse().ok()?))
}
