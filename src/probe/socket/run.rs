//! All targets, so many at a time.

use super::reach::reach;
use super::resolve::resolve;
use super::world::World;
use super::{Event, Plan, interrupt};
use crate::probe::{Attempt, Host, Observation, Scheme, Target};
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Probes the targets of a plan until all are done or somebody presses Ctrl-C, and says what was
/// seen of each, in the plan's order.
///
/// # Errors
/// Nothing can be probed at all: why.
pub fn run(plan: &Plan, on: &mut dyn FnMut(Event<'_>)) -> Result<Vec<Observation>, String> {
    run_until(plan, on, interrupt::interrupted())
}

/// [`run`] until `stop` is over, instead of Ctrl-C.
///
/// # Errors
/// As [`run`].
pub fn run_until(
    plan: &Plan,
    on: &mut dyn FnMut(Event<'_>),
    stop: impl Future<Output = ()>,
) -> Result<Vec<Observation>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("this machine gives the probe no sockets: {e}"))?;
    runtime.block_on(all(plan, on, stop))
}

async fn all(
    plan: &Plan,
    on: &mut dyn FnMut(Event<'_>),
    stop: impl Future<Output = ()>,
) -> Result<Vec<Observation>, String> {
    let world = Arc::new(World::new(plan, &mut |text| on(Event::Remark(text)))?);
    let (stopping, stopped) = watch::channel(false);
    let mut seen: Vec<Observation> = plan.targets.iter().map(not_begun).collect();
    let mut waiting = plan.targets.iter().cloned().enumerate();
    let mut working = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        while working.len() < plan.options.parallel.max(1)
            && !*stopping.borrow()
            && let Some((number, target)) = waiting.next()
        {
            let (world, mut stopped) = (Arc::clone(&world), stopped.clone());
            working.spawn(async move {
                let stop = async { drop(stopped.wait_for(|stop| *stop).await) };
                (number, one(&world, &target, stop).await)
            });
        }
        tokio::select! {
            done = working.join_next() => match done {
                None => break,
                Some(Ok((number, observation))) => {
                    on(Event::Done(number, &observation));
                    if let Some(place) = seen.get_mut(number) {
                        *place = observation;
                    }
                }
                Some(Err(mistake)) => return Err(format!("a mistake of this program: {mistake}")),
            },
            () = &mut stop, if !*stopping.borrow() => drop(stopping.send_replace(true)),
        }
    }
    Ok(seen)
}

fn not_begun(target: &Target) -> Observation {
    Observation {
        target: target.words.clone(),
        interrupted: true,
        ..Observation::default()
    }
}

/// Probes one target until `stop`. What is seen is written down at once, so that nothing is lost.
async fn one(world: &World, target: &Target, stop: impl Future<Output = ()>) -> Observation {
    let mut seen = not_begun(target);
    let work = async {
        if let Some(name) = target.name() {
            resolve(world, name, &mut seen.lookups).await;
        }
        list_addresses(target, &mut seen);
        for attempt in &mut seen.attempts {
            reach(world, target, attempt).await;
        }
    };
    let done = tokio::select! {
        () = work => true,
        () = stop => false,
    };
    list_addresses(target, &mut seen);
    seen.interrupted = !done;
    seen
}

/// An attempt for every address that is known, each once.
fn list_addresses(target: &Target, seen: &mut Observation) {
    let port = (target.scheme != Scheme::Icmp).then_some(target.port);
    let found: Vec<IpAddr> = match &target.host {
        Host::Addresses(addresses) => addresses.clone(),
        Host::Name(_) => seen.lookups.iter().flat_map(|l| l.addresses()).collect(),
    };
    for address in found {
        if seen.attempts.iter().all(|a| a.address != address) {
            seen.attempts.push(Attempt::not_tried(address, port));
        }
    }
}
