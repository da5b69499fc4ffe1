//! Interfaces that are like others, as auto-scaling groups make them.

use super::Genes;
use reachability::model::{Draft, Id, Interface, Role};
use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Gives many hosts a twin or two: the same subnet, groups and system, and addresses of their own.
pub fn twins(draft: &mut Draft, genes: &mut Genes) {
    let mut taken: HashSet<u32> = HashSet::new();
    let mut six: HashSet<u128> = HashSet::new();
    let mut public = 0xcb00_7180_u32;
    for (_, interface) in draft.interfaces.iter() {
        taken.extend(interface.ips.iter().map(|ip| ip.to_bits()));
        six.extend(interface.ipv6.iter().map(|ip| ip.to_bits()));
    }
    for id in (0..draft.interfaces.len()).map(Id::<Interface>::new) {
        let like = draft.interfaces[id].clone();
        let host = matches!(like.role, Role::Plain | Role::Instance(_));
        if !host || !like.prefixes.is_empty() || !genes.chance(45) {
            continue;
        }
        for number in 0..1 + genes.below(2) {
            let mut twin = like.clone();
            twin.name = format!("{}-twin{number}", like.name);
            for ip in &mut twin.ips {
                let free = |bits: &u32| !taken.contains(bits) && bits & 0xff < 190;
                let Some(bits) = (ip.to_bits() + 1..ip.to_bits() + 100).find(free) else {
                    continue;
                };
                taken.insert(bits);
                for mapped in &mut twin.public {
                    if mapped.0 == *ip {
                        public += 1;
                        *mapped = (Ipv4Addr::from_bits(bits), Ipv4Addr::from_bits(public));
                    }
                }
                *ip = Ipv4Addr::from_bits(bits);
            }
            for ip in &mut twin.ipv6 {
                let mut bits = ip.to_bits() + 0x1000;
                while !six.insert(bits) {
                    bits += 1;
                }
                *ip = Ipv6Addr::from_bits(bits);
            }
            // One address twice is none.
            if twin.ips.iter().any(|ip| like.ips.contains(ip)) {
                continue;
            }
            if let Role::Instance(of) = &like.role {
                let named = |vpc: &str, name: &str| format!("{vpc}/{name}");
                let mut all = draft.instances.iter().map(|(_, i)| i);
                let found = all.find(|i| named(&i.vpc.text, &i.name) == of.text);
                let found = found.cloned();
                drop(all);
                let Some(mut own) = found else {
                    continue;
                };
                if own.interfaces.len() != 1 {
                    continue;
                }
                own.name = format!("{}-twin{number}", own.name);
                own.interfaces = vec![super::named(named(&own.vpc.text, &twin.name))];
                twin.role = Role::Instance(super::named(named(&own.vpc.text, &own.name)));
                draft.instances.push(own);
            }
            draft.interfaces.push(twin);
        }
    }
}
