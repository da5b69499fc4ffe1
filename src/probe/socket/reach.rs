//! One address of a target: a connection and what is said over it, a datagram, or an echo.

use super::connect::connect;
use super::traceroute::traceroute;
use super::world::World;
use crate::probe::{Attempt, Target};

/// Tries one address, and writes down what is seen as it is seen.
pub(super) async fn reach(world: &World, target: &Target, attempt: &mut Attempt) {
    if target.scheme.connects() {
        connect(world, attempt).await;
        if let Some(how) = world.options.traceroute {
            traceroute(world, how, attempt).await;
        }
    }
}
