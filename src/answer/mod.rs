//! From a question to an answer: names resolved, every alternative walked, the verdicts folded.

mod arrival;
mod change;
mod dial;
mod dial_component;
mod evidence;
mod expect;
mod families;
mod fold;
mod footprint;
mod gate;
mod health;
mod lookup;
mod names;
mod needs;
mod obstacles;
mod passed_by;
mod path;
mod possible;
mod question;
mod reach;
mod remedy;
mod request;
mod rule;
mod slips;
mod switches;
mod unmeant;
mod verdict;
mod wording;

pub use change::{may_reset, since};
pub use dial::{public_name, target};
pub use expect::{Checks, check, dns_kind, is as is_called, outside_name};
pub use fold::{Asker, answer, fold};
pub use footprint::Footprint;
pub use health::check_blocked;
pub use lookup::{names, siblings, source, zone_of};
pub use names::{Lookup, look_up};
pub use obstacles::{Stop, stops};
pub use question::{Ask, From, Target};
pub(crate) use reach::reach_some;
pub use remedy::remedy;
pub use request::Wanted;
pub use rule::Rule;
pub use slips::{no_such_code, no_such_name};
pub use switches::decisive;
pub use unmeant::localhost;
pub use verdict::{
    Alternative, Answer, Beaten, Did, Fact, Need, Obstacle, Part, Request, Step, Verdict,
};
pub use wording::Wording;

#[cfg(test)]
mod tests;
