//! Every noun under another name. New names sort otherwise than old ones, and can be read back.

use crate::asked::{To, Words};
use crate::rows::each;
use reachability::model::*;

/// Stands between the letter put in front and the old name.
const SIGN: &str = "__";

/// The new name of every part of `vpc/name`.
fn renamed(name: &str) -> String {
    let parts = name.split('/').map(|part| {
        let sum = part
            .bytes()
            .fold(7_u32, |sum, b| sum.wrapping_mul(31).wrapping_add(b.into()));
        let letter = char::from(b'a' + u8::try_from(sum % 26).unwrap());
        format!("{letter}{SIGN}{part}")
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The old words for new ones.
pub fn read_back(words: &str) -> String {
    // `gateway/attachment@subnet` has three names, and so may a name of the DNS.
    let parts = words.split_inclusive(['/', '@', '.', '-', '`']);
    let parts = parts.map(|part| match part.split_once(SIGN) {
        Some((letter, old)) if letter.len() == 1 => old,
        _ => part,
    });
    parts.collect()
}

/// The question in new words.
pub fn reworded(words: &Words) -> Words {
    Words {
        from: renamed(&words.from),
        to: match &words.to {
            To::Component(scheme, name) => To::Component(scheme, renamed(name)),
            other => other.clone(),
        },
        ..words.clone()
    }
}

fn re(name: &mut String) {
    *name = renamed(name);
}

fn one<T>(r: &mut Ref<T>) {
    r.text = renamed(&r.text).into();
}

fn all<T>(refs: &mut [Ref<T>]) {
    refs.iter_mut().for_each(one);
}

/// The draft in new words.
pub fn rename(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    vpcs(&mut draft);
    rules(&mut draft);
    joins(&mut draft);
    services(&mut draft);
    resolvers(&mut draft);
    draft
}

fn vpcs(draft: &mut Draft) {
    each!(draft.vpcs, |_i, vpc| {
        re(&mut vpc.name);
        one(&mut vpc.main_table);
        vpc.internet_gateway.iter_mut().for_each(one);
    });
    each!(draft.subnets, |_i, subnet| {
        re(&mut subnet.name);
        one(&mut subnet.vpc);
        one(&mut subnet.table);
        one(&mut subnet.acl);
    });
    each!(draft.interfaces, |_i, interface| {
        re(&mut interface.name);
        one(&mut interface.subnet);
        all(&mut interface.groups);
        match &mut interface.role {
            Role::Instance(r) => one(r),
            Role::Nat(r) => one(r),
            Role::Endpoint(r) => one(r),
            Role::LoadBalancer(r) => one(r),
            Role::ClientVpn(r) => one(r),
            Role::Resolver(r) => one(r),
            Role::Plain | Role::Other(_) => {}
        }
    });
    each!(draft.instances, |_i, instance| {
        re(&mut instance.name);
        one(&mut instance.vpc);
        all(&mut instance.interfaces);
    });
}

fn rules(draft: &mut Draft) {
    each!(draft.groups, |_i, group| {
        re(&mut group.name);
        one(&mut group.vpc);
        for rule in group.ingress.iter_mut().chain(&mut group.egress) {
            match &mut rule.peer {
                Peer::Group(r) => one(r),
                Peer::List(r) => one(r),
                Peer::Cidr(_) | Peer::AwsList(..) => {}
            }
        }
    });
    each!(draft.acls, |_i, acl| {
        re(&mut acl.name);
        one(&mut acl.vpc);
    });
    each!(draft.prefix_lists, |_i, list| {
        re(&mut list.name);
    });
    each!(draft.tables, |_i, table| {
        re(&mut table.name);
        one(&mut table.vpc);
        match &mut table.edge_of {
            Some(Edge::Internet(r)) => one(r),
            Some(Edge::Vpn(r)) => one(r),
            None => {}
        }
        for route in &mut table.routes {
            if let Destination::List(r) = &mut route.destination {
                one(r);
            }
            match &mut route.target {
                Target::Internet(r) => one(r),
                Target::EgressOnly(r) => one(r),
                Target::Nat(r) => one(r),
                Target::RegionalNat(r) => one(r),
                Target::Peering(r) => one(r),
                Target::Vpn(r) => one(r),
                Target::Endpoint(r) => one(r),
                Target::Interface(r) => one(r),
                Target::Transit(r) => one(r),
                Target::Local | Target::Unseen(_) => {}
            }
        }
    });
}

fn joins(draft: &mut Draft) {
    each!(draft.internet_gateways, |_i, gateway| {
        re(&mut gateway.name);
        one(&mut gateway.vpc);
    });
    each!(draft.egress_only_gateways, |_i, gateway| {
        re(&mut gateway.name);
        one(&mut gateway.vpc);
    });
    each!(draft.nat_gateways, |_i, nat| {
        re(&mut nat.name);
        one(&mut nat.subnet);
        one(&mut nat.interface);
    });
    each!(draft.regional_nats, |_i, nat| {
        re(&mut nat.name);
        one(&mut nat.vpc);
        one(&mut nat.table);
    });
    each!(draft.vpn_gateways, |_i, gateway| {
        re(&mut gateway.name);
        one(&mut gateway.vpc);
    });
    each!(draft.peerings, |_i, peering| {
        re(&mut peering.name);
        all(&mut peering.between);
    });
    each!(draft.sites, |_i, site| {
        re(&mut site.name);
        for (name, _) in &mut site.hosts {
            re(name);
        }
    });
    each!(draft.connections, |_i, connection| {
        re(&mut connection.name);
        one(&mut connection.site);
        match &mut connection.to {
            Joined::Vpn(r) => one(r),
            Joined::Transit(r) => one(r),
            Joined::Public => {}
        }
    });
    transit(draft);
    each!(draft.internet_hosts, |_i, host| {
        re(&mut host.name);
    });
}

fn transit(draft: &mut Draft) {
    each!(draft.client_vpns, |_i, vpn| {
        re(&mut vpn.name);
        one(&mut vpn.vpc);
        all(&mut vpn.interfaces);
        for (_, subnet) in &mut vpn.routes {
            one(subnet);
        }
    });
    each!(draft.transit_gateways, |_i, gateway| {
        re(&mut gateway.name);
    });
    each!(draft.attachments, |_i, attachment| {
        re(&mut attachment.name);
        one(&mut attachment.gateway);
        match &mut attachment.to {
            Attached::Vpc(vpc, Fact::Known(subnets)) => {
                one(vpc);
                all(subnets);
            }
            Attached::Vpc(vpc, Fact::Unseen(_)) => one(vpc),
            Attached::Connection(r) => one(r),
            Attached::Peer(r) => one(r),
            Attached::ClientVpn(r) => one(r),
            Attached::Unseen(_) => {}
        }
        if let Association::Table(r) = &mut attachment.table {
            one(r);
        }
        all(&mut attachment.propagates_to);
    });
    each!(draft.transit_tables, |_i, table| {
        re(&mut table.name);
        one(&mut table.gateway);
        for route in &mut table.routes {
            all(&mut route.to);
        }
    });
}

fn services(draft: &mut Draft) {
    each!(draft.endpoints, |_i, endpoint| {
        re(&mut endpoint.name);
        one(&mut endpoint.vpc);
        if let EndpointTarget::Service(r) = &mut endpoint.target {
            one(r);
        }
        match &mut endpoint.kind {
            EndpointKind::Gateway(tables) => all(tables),
            EndpointKind::Interface(own) => all(own),
        }
    });
    each!(draft.services, |_i, service| {
        re(&mut service.name);
        all(&mut service.load_balancers);
        for connection in &mut service.connections {
            one(&mut connection.endpoint);
            all(&mut connection.load_balancers);
        }
    });
    each!(draft.load_balancers, |_i, balancer| {
        re(&mut balancer.name);
        one(&mut balancer.vpc);
        all(&mut balancer.nodes);
        for listener in &mut balancer.listeners {
            for (group, _) in &mut listener.forward {
                one(group);
            }
        }
    });
    each!(draft.target_groups, |_i, group| {
        re(&mut group.name);
        one(&mut group.vpc);
        for target in &mut group.targets {
            match &mut target.what {
                TargetWhat::Instance(r) => one(r),
                TargetWhat::LoadBalancer(r) => one(r),
                TargetWhat::Ip(_) => {}
            }
        }
    });
}

fn resolvers(draft: &mut Draft) {
    each!(draft.zones, |_i, zone| {
        re(&mut zone.name);
        all(&mut zone.vpcs);
        for record in &mut zone.records {
            match &mut record.value {
                RecordValue::AliasEndpoint(r) => one(r),
                RecordValue::AliasLoadBalancer(r) => one(r),
                _ => {}
            }
        }
    });
    each!(draft.resolver_endpoints, |_i, endpoint| {
        re(&mut endpoint.name);
        one(&mut endpoint.vpc);
        all(&mut endpoint.interfaces);
    });
    each!(draft.rules, |_i, rule| {
        re(&mut rule.name);
        all(&mut rule.vpcs);
        if let RuleKind::Forward { through, .. } = &mut rule.kind {
            one(through);
        }
    });
    each!(draft.profiles, |_i, profile| {
        re(&mut profile.name);
        all(&mut profile.vpcs);
        all(&mut profile.zones);
        all(&mut profile.rules);
        all(&mut profile.endpoints);
    });
    each!(draft.name_servers, |_i, server| {
        match &mut server.host {
            ServerHost::Instance(r) => one(r),
            ServerHost::Site(r) => one(r),
        }
    });
}
