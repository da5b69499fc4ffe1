//! The walker: traffic in, every path and its evidence out. It has never heard of AWS.

mod cursor;
mod lookup;
mod memory;
mod trace;
mod walk;

pub use trace::{End, Ending, Leg, Step, Walk, Why};
pub use walk::{Question, Walker, walk};
