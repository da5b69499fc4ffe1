//! The program: everything is in the library.

/// Its memory is in huge pages (`.cargo/config.toml`): with a million interfaces, page faults took most
/// of the time of opening a snapshot.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> reachability::cli::Outcome {
    reachability::cli::run()
}
