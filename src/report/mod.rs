//! Answers for people and for programs. Makes text; prints nothing.

mod bill;
mod diff;
mod fix;
mod json;
mod matrix;
mod names;
mod obstacles;
mod pairs;
mod probe;
mod proof;
mod schema;
mod text;
mod way;
mod words;
mod wrap;

pub use bill::Bill;
pub use diff::{DiffSide, diff_json, diff_text};
pub use fix::{Shown, Told, json as fix_json, text as fix_text};
pub use json::{answer as json, resolution as resolution_json};
pub use matrix::{MatrixFrame, matrix_csv, matrix_json, matrix_text};
pub use obstacles::{Hindered, json as obstacles_json, text as obstacles_text};
pub use pairs::{PairsFrame, pairs_csv, pairs_json, pairs_text};
pub use probe::{probe_json, probe_junit, probe_text};
pub use proof::{json as proof_json, text as proof_text, why as proof_why, word as proof_word};
pub use schema::schema;
pub use text::{answer as text, resolution as resolution_text};
pub use wrap::{plain, wrapped};
