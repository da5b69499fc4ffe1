//! From a question to an answer: names resolved, every alternative walked, the verdicts folded.

mod dial;
mod dial_component;
mod lookup;
mod question;

pub use dial::{public_name, target};
pub use lookup::{
    Component, component, interface_of, names, owner_name, siblings, source, zone_of,
};
pub use question::{Ask, From, Target};
