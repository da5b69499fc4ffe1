//! The form that every network read from a scenario has.
//!
//! The generator writes a draft in whatever order it makes things, and calls an interface what it
//! likes. A scenario cannot: what belongs to a VPC stands together, an interface that belongs to
//! something is called after it, and every VPC has a default group and a default ACL.

use reachability::model::{
    AclRule, Arena, ConnectionKind, Draft, EndpointKind, GroupRule, Id, Interface, NetworkAcl,
    Origin, Peer, Ref, Role, RouteKind, SecurityGroup, Service, Target,
};

/// The same network in that form.
pub fn form(mut draft: Draft) -> Draft {
    name_interfaces(&mut draft);
    add_defaults(&mut draft);
    add_ids(&mut draft);
    settle(&mut draft);
    let vpcs: Vec<String> = draft.vpcs.iter().map(|(_, v)| v.name.clone()).collect();
    let vpc = |text: &str| {
        let own = text.split('/').next().unwrap_or_default();
        vpcs.iter().position(|v| v == own)
    };
    // What an interface belongs to decides its place within its VPC.
    let place = |i: &Interface| {
        let kind = match &i.role {
            Role::Instance(r) if r.text.ends_with(&format!("/{}", i.name)) => 0,
            Role::Instance(_) | Role::Plain | Role::Other(_) => 1,
            Role::Nat(_) => 2,
            Role::Endpoint(_) => 3,
            Role::LoadBalancer(_) => 4,
            Role::Resolver(_) => 5,
            Role::ClientVpn(_) => 6,
        };
        (vpc(&i.subnet.text), kind)
    };
    sort(&mut draft.interfaces, place);
    sort(&mut draft.subnets, |s| vpc(&s.vpc.text));
    sort(&mut draft.tables, |t| vpc(&t.vpc.text));
    // The default one was added last, and stands first.
    sort(&mut draft.groups, |g| {
        (vpc(&g.vpc.text), g.name != "default")
    });
    sort(&mut draft.acls, |a| (vpc(&a.vpc.text), a.name != "default"));
    // Gateways are named in the order of their number.
    sort(&mut draft.attachments, |a| a.gateway.text.clone());
    sort(&mut draft.connections, |c| {
        c.kind == ConnectionKind::DirectConnect
    });
    sort(&mut draft.instances, |i| vpc(&i.vpc.text));
    sort(&mut draft.nat_gateways, |n| vpc(&n.subnet.text));
    sort(&mut draft.endpoints, |e| vpc(&e.vpc.text));
    sort(&mut draft.load_balancers, |l| vpc(&l.vpc.text));
    sort(&mut draft.target_groups, |t| vpc(&t.vpc.text));
    draft
}

fn sort<T: Clone, K: Ord>(arena: &mut Arena<T>, key: impl Fn(&T) -> K) {
    let mut all: Vec<T> = arena.iter().map(|(_, noun)| noun.clone()).collect();
    all.sort_by_key(key);
    *arena = Arena::default();
    for noun in all {
        arena.push(noun);
    }
}

fn each<T>(arena: &mut Arena<T>, mut change: impl FnMut(&mut T)) {
    for id in (0..arena.len()).map(Id::new) {
        change(arena.get_mut(id).unwrap());
    }
}

/// `web` for the interface of instance `web`; `nlb@a` for the node of `nlb` in subnet `a`.
fn name_interfaces(draft: &mut Draft) {
    let mut names = Vec::new();
    each(&mut draft.interfaces, |interface| {
        // A further interface of an instance keeps its name.
        if interface.name.starts_with("second-") {
            return;
        }
        let (vpc, subnet) = interface.subnet.text.split_once('/').unwrap();
        let owner = match &interface.role {
            Role::Instance(r) => &r.text,
            Role::Nat(r) => &r.text,
            Role::Endpoint(r) => &r.text,
            Role::LoadBalancer(r) => &r.text,
            Role::Resolver(r) => &r.text,
            Role::ClientVpn(r) => &r.text,
            Role::Plain | Role::Other(_) => return,
        };
        let (_, owner) = owner.split_once('/').unwrap();
        let new = match interface.role {
            Role::Endpoint(_) | Role::LoadBalancer(_) | Role::Resolver(_) | Role::ClientVpn(_) => {
                format!("{owner}@{subnet}")
            }
            _ => owner.to_owned(),
        };
        let old = std::mem::replace(&mut interface.name, new.clone());
        names.push((format!("{vpc}/{old}"), format!("{vpc}/{new}")));
    });
    let rename = |r: &mut Ref<Interface>| {
        if let Some((_, new)) = names.iter().find(|(old, _)| *old == r.text) {
            r.text = new.into();
        }
    };
    each(&mut draft.instances, |i| {
        i.interfaces.iter_mut().for_each(rename)
    });
    each(&mut draft.tables, |t| {
        for route in &mut t.routes {
            if let Target::Interface(r) = &mut route.target {
                rename(r);
            }
        }
    });
    each(&mut draft.nat_gateways, |n| rename(&mut n.interface));
    each(&mut draft.load_balancers, |l| {
        l.nodes.iter_mut().for_each(rename)
    });
    each(&mut draft.client_vpns, |c| {
        c.interfaces.iter_mut().for_each(rename);
    });
    each(&mut draft.resolver_endpoints, |e| {
        e.interfaces.iter_mut().for_each(rename);
    });
    each(&mut draft.endpoints, |e| {
        if let EndpointKind::Interface(nodes) = &mut e.kind {
            nodes.iter_mut().for_each(rename);
        }
    });
}

/// What AWS calls them, and a group that two VPCs have.
fn add_ids(draft: &mut Draft) {
    for i in 0..draft.peerings.len() {
        if let Some(peering) = draft.peerings.get_mut(Id::new(i)) {
            peering.id = Some(format!("pcx-0{i}"));
        }
    }
    for i in 0..draft.nat_gateways.len() {
        if let Some(nat) = draft.nat_gateways.get_mut(Id::new(i)) {
            nat.id = Some(format!("nat-0{i}"));
        }
    }
    let mut zones: Vec<String> = draft.subnets.iter().map(|(_, s)| s.zone.clone()).collect();
    zones.sort();
    zones.dedup();
    for i in 0..draft.services.len() {
        if let Some(service) = draft.services.get_mut(Id::new(i)) {
            service.zones = (i == 0).then(|| zones.clone());
            let bound = service.load_balancers.first().cloned();
            for connection in &mut service.connections {
                connection.load_balancers = bound.iter().cloned().collect();
            }
        }
    }
    let mut vpcs = draft.vpcs.iter().map(|(_, v)| v);
    let first = vpcs.next().map(|v| (v.name.clone(), v.region.clone()));
    let Some((own, region)) = first else { return };
    let other = vpcs.find(|v| v.region == region).map(|v| v.name.clone());
    let shared = |g: &SecurityGroup| g.vpc.text == own && g.name != "default";
    let group = draft
        .groups
        .iter()
        .find(|(_, g)| shared(g))
        .map(|(id, _)| id);
    if let (Some(other), Some(id)) = (other, group)
        && let Some(group) = draft.groups.get_mut(id)
    {
        group.vpcs = vec![Ref::named(other, &Origin::Unknown)];
    }
}

/// The group and the ACL that AWS makes with a VPC.
fn add_defaults(draft: &mut Draft) {
    let all = ["0.0.0.0/0", "::/0"].map(|net| net.parse().unwrap());
    let rule = |peer| GroupRule {
        service: Service::ANY,
        peer,
        origin: Origin::Unknown,
    };
    for (_, vpc) in draft.vpcs.iter() {
        let own = Ref::named(&vpc.name, &Origin::Unknown);
        let group = Ref::named(format!("{}/default", vpc.name), &Origin::Unknown);
        draft.groups.push(SecurityGroup {
            name: "default".into(),
            id: None,
            vpc: own.clone(),
            vpcs: Vec::new(),
            ingress: vec![rule(Peer::Group(group))],
            egress: all.map(|net| rule(Peer::Cidr(net))).to_vec(),
            origin: Origin::Unknown,
        });
        let rules = || {
            let rule = |(peer, number)| AclRule {
                number,
                allow: true,
                service: Service::ANY,
                peer,
                origin: Origin::Unknown,
            };
            all.into_iter().zip([100, 101]).map(rule).collect()
        };
        draft.acls.push(NetworkAcl {
            name: "default".into(),
            id: None,
            vpc: own,
            ingress: rules(),
            egress: rules(),
            origin: Origin::Unknown,
        });
    }
}

/// What the order of the text decides, and what only interfaces of the user's have.
fn settle(draft: &mut Draft) {
    each(&mut draft.acls, |acl| {
        acl.ingress.sort_by_key(|r| r.number);
        acl.egress.sort_by_key(|r| r.number);
    });
    each(&mut draft.interfaces, |i| {
        if !matches!(i.role, Role::Instance(_) | Role::Plain) {
            i.source_dest_check = false;
        }
    });
    each(&mut draft.tables, |table| {
        for route in &mut table.routes {
            // The grammar has no state for a propagated route.
            route.active |= route.kind != RouteKind::Static;
        }
        table.routes.sort_by_key(|r| {
            (
                r.kind != RouteKind::Static,
                matches!(r.target, Target::Endpoint(_)),
            )
        });
    });
}
