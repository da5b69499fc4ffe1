#![allow(dead_code, reason = "each test uses what it needs")]
//! Recordings of `probe`, judged, and laid beside a scenario.

use reachability::answer::{Ask, answer, source};
use reachability::cli::Scene;
use reachability::probe::{Known, Observation, Probed, Ranges, Target, compare, expected};

/// What AWS publishes, as far as recordings need it.
pub(crate) fn ranges() -> Ranges {
    Ranges::read(include_str!("ip-ranges.json")).unwrap()
}

/// A recording by itself.
pub(crate) fn judged(seen: Observation) -> Probed {
    let target = Target::parse(&seen.target, None, |_, _| None).unwrap();
    Probed::new(&target, seen, &Known::new(ranges()), None)
}

/// A recording made on this host of a scene, of something that the scene has a word for.
pub(crate) fn beside(seen: Observation, scene: &Scene, host: &str, to: &str) -> Probed {
    let (network, compiled) = scene.compiled().unwrap();
    let from = source(network, host).unwrap();
    let predicted = answer(network, compiled, &Ask::new(from, to)).unwrap();
    let target = expected(&seen.target, &predicted.target).unwrap();
    let known = Known::new(ranges()).with(network, from.vpc(network));
    let beside = compare(network, compiled, &predicted, &target, &seen, &known);
    Probed::new(&target, seen, &known, Some(beside))
}
