//! Tells programs made of different sources, or for different machines, apart: a snapshot holds what one of them compiled, and
//! another may compile differently.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=Cargo.lock");
    hash(Path::new("src"), &mut hasher)?;
    fs::read("Cargo.lock").ok().hash(&mut hasher);
    std::env::var_os("TARGET").hash(&mut hasher);
    println!("cargo::rustc-env=SOURCES={}", hasher.finish());
    Ok(())
}

/// Every file below a folder, by name.
fn hash(folder: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let entries: io::Result<Vec<_>> = fs::read_dir(folder)?.collect();
    let mut paths: Vec<_> = entries?.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        path.hash(hasher);
        match path.is_dir() {
            true => hash(&path, hasher)?,
            false => fs::read(&path)?.hash(hasher),
        }
    }
    Ok(())
}
