use crate::asked::worlds;
use crate::seen::seen;
#[test]
fn debug() {
    let Ok(seed) = std::env::var("SEED") else {
        return;
    };
    let seed: u64 = seed.parse().unwrap();
    let from = std::env::var("FROM").unwrap();
    let world = worlds(100_000).find(|w| w.seed == seed).unwrap();
    for w in world
        .asks
        .iter()
        .filter(|w| format!("{w:?}").contains(&from))
    {
        println!("{w:?}");
        let a = world.solved.answer(w);
        println!("{:#?}", seen(&a));
        for alt in &a.alternatives {
            println!("ALT {:?} {:?}", alt.class, alt.ports);
            for s in &alt.steps {
                println!(
                    "   {:?} {} {} {:?} {} {:?}",
                    s.part, s.node, s.what, s.did, s.by, s.header
                );
            }
        }
        println!("{:?}", a.target);
        println!("{:?}", a.notes);
    }
    for (_, s) in world.draft.services.iter() {
        println!(
            "SVC {} {:?}",
            s.name,
            s.load_balancers.iter().map(|l| &l.text).collect::<Vec<_>>()
        );
    }
    for (_, s) in world.draft.target_groups.iter() {
        println!("TG {} {:?}", s.name, s.targets);
    }
    for (_, s) in world.draft.load_balancers.iter() {
        println!("LB {} {:?}", s.name, s.listeners);
    }
    for (_, s) in world.draft.interfaces.iter() {
        println!("IF {} {} {:?} {:?}", s.name, s.subnet.text, s.ips, s.role);
    }
}
