//! The program: everything is in the library.

fn main() -> reachability::cli::Outcome {
    reachability::cli::run()
}
