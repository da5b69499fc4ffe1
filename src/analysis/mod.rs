//! What can be said of a network as a whole, without anybody asking for a flow.

pub mod cost;
pub mod lint;
pub mod prove;
pub mod senders;
pub mod services;
