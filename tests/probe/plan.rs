//! Plans for tests, and what is seen by them.

use crate::world::World;
use reachability::probe::socket::{Event, Options, Plan, Resolver, run};
use reachability::probe::{Observation, Target};
use std::time::Duration;

/// Waits in tests are short: everybody is near.
pub const LIMIT: Duration = Duration::from_millis(400);

pub fn target(words: &str) -> Target {
    Target::parse(words, None, |_, _| None).unwrap()
}

pub fn plan(world: &World, targets: &[&str], resolvers: Vec<Resolver>) -> Plan {
    Plan {
        targets: targets.iter().map(|words| target(words)).collect(),
        resolvers,
        options: Options {
            timeout: LIMIT,
            ca: vec![world.ca.file.clone()],
            rate: 1000,
            ..Options::default()
        },
    }
}

pub fn server(at: &str) -> Resolver {
    Resolver::Server(at.parse().unwrap())
}

/// The system's resolver, of files with these texts.
pub fn system(world: &World, hosts: &str, servers: &str) -> Resolver {
    Resolver::System {
        hosts: world.file("hosts", hosts),
        servers: world.file("resolv.conf", servers),
    }
}

/// What is seen, and what was said of this machine.
pub fn look(plan: &Plan) -> (Vec<Observation>, Vec<String>) {
    let (mut remarks, mut done) = (Vec::new(), Vec::new());
    let seen = run(plan, &mut |event| match event {
        Event::Remark(text) => remarks.push(text.to_owned()),
        Event::Done(number, observation) => done.push((number, observation.clone())),
    });
    let seen = seen.unwrap();
    done.sort_by_key(|(number, _)| *number);
    let done: Vec<Observation> = done.into_iter().map(|(_, o)| o).collect();
    assert_eq!(done, seen, "each is said once it is done");
    for observation in &seen {
        let text = serde_json::to_string(observation).unwrap();
        let again: Observation = serde_json::from_str(&text).unwrap();
        assert_eq!(&again, observation, "what is kept is read back");
        assert!(!observation.interrupted, "{text}");
    }
    (seen, remarks)
}

/// One target's.
pub fn see(plan: &Plan) -> Observation {
    let (mut seen, _) = look(plan);
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}

/// The lookups, e.g. `10.0.0.2:53 a.b A NxDomain`.
pub fn lookups(seen: &Observation) -> Vec<String> {
    let lines = seen.lookups.iter().map(|l| {
        let addresses: Vec<String> = l.addresses().map(|a| a.to_string()).collect();
        let line = format!(
            "{:?} {} {} {:?} {:?} ",
            l.asked, l.name, l.kind, l.over, l.outcome
        );
        format!("{line}{}", addresses.join(" "))
            .trim_end()
            .to_owned()
    });
    lines.collect()
}
