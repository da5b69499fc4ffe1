//! What can be said of a network as a whole, without anybody asking for a flow.

pub mod classes;
pub mod cost;
pub mod diff;
mod edited;
pub mod failures;
pub mod fix;
pub mod lint;
pub mod matrix;
pub mod naming;
pub mod near;
pub mod pairs;
pub mod prove;
pub mod receivers;
pub mod senders;
pub mod services;
pub mod session;
