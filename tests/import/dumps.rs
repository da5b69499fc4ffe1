//! Dumps of another project, where they are.

use super::errors;
use reachability::import::{Source, import};
use serde_json::Value;
use std::path::Path;

fn json_files(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "json") {
            out.push(path);
        }
    }
}

#[test]
fn dumps_of_another_project() {
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/peer/batfish");
    if !peer.is_dir() {
        eprintln!("skipped: no peer data");
        return;
    }
    let mut snapshots = 0;
    for snapshot in std::fs::read_dir(&peer).unwrap() {
        let configs = snapshot.unwrap().path().join("aws_configs");
        if !configs.is_dir() {
            continue;
        }
        snapshots += 1;
        let mut paths = Vec::new();
        json_files(&configs, &mut paths);
        paths.sort();
        let (mut sources, mut wanted) = (Vec::new(), [0, 0, 0]);
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            let rows = |key: &str| value[key].as_array().cloned().unwrap_or_default();
            wanted[0] += rows("Vpcs").len();
            wanted[1] += rows("NetworkInterfaces").len();
            for reservation in rows("Reservations") {
                let instances = reservation["Instances"].as_array().unwrap().iter();
                wanted[2] += instances
                    .filter(|i| i["State"]["Name"] != "terminated")
                    .count();
            }
            let path = path.strip_prefix(&configs).unwrap();
            sources.push(Source {
                path: path.to_string_lossy().into_owned(),
                text,
            });
        }
        let imported = import(&sources);
        assert_eq!(
            errors(&imported),
            Vec::<String>::new(),
            "{}",
            configs.display()
        );
        let draft = &imported.draft;
        let got = [
            draft.vpcs.len(),
            draft.interfaces.len(),
            draft.instances.len(),
        ];
        assert_eq!(got, wanted, "{}", configs.display());
        assert!(draft.region.starts_with("us-"), "{}", configs.display());
    }
    assert!(snapshots > 0);
}
