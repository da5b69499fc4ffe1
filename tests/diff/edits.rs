//! Edits that matter: most change the very row that decided about some flow.

use crate::networks::{Flow, Genes, Sender};
use reachability::answer::{Ask, Wording, answer, source};
use reachability::aws::compile;
use reachability::model::{
    AclRule, Draft, EndpointState, GroupRule, Health, Id, Interface, Origin, Peer, Route, build,
};
use smol_str::SmolStr;
use std::net::{IpAddr, Ipv4Addr};

/// A list of rows in a draft.
#[derive(Clone, Copy, Debug)]
enum List {
    Ingress(usize),
    Egress(usize),
    AclIn(usize),
    AclOut(usize),
    Routes(usize),
}

/// A row: its list, and its place there.
type Row = (List, usize);

/// A question about a flow, of whoever sends it.
pub fn ask(from: reachability::answer::From, flow: &Flow) -> Ask {
    let ported = flow.protocol == 6 || flow.protocol == 17;
    Ask {
        protocol: Some(flow.protocol),
        port: ported.then_some(flow.port),
        ..Ask::new(from, flow.to.to_string())
    }
}

/// A draft after an edit, the edit's kind, and a flow that it is meant to bear on.
pub fn edited(
    draft: &Draft,
    flows: &[Flow],
    genes: &mut Genes,
) -> Option<(Draft, &'static str, Flow)> {
    let mut out = draft.clone();
    if genes.chance(30) {
        let flow = flows.get(genes.below(flows.len().max(1)))?.clone();
        let kind = beside(&mut out, &flow, genes)?;
        return Some((out, kind, flow));
    }
    let (row, flow) = deciding(draft, flows, genes)?;
    let kind = turned(&mut out, row, genes)?;
    Some((out, kind, flow))
}

/// A row that decided about a flow, one that is delivered if there is one.
fn deciding(draft: &Draft, flows: &[Flow], genes: &mut Genes) -> Option<(Row, Flow)> {
    let mut marked = draft.clone();
    let rows = mark(&mut marked);
    let network = build(marked).network?;
    let compiled = compile(&network);
    let wording = Wording::new(&network, &compiled);
    let first = genes.below(flows.len().max(1));
    let mut stopped = None;
    for flow in flows.iter().cycle().skip(first).take(flows.len()) {
        let Ok(from) = source(&network, &flow.from) else {
            continue;
        };
        let Ok(answer) = answer(&network, &compiled, &ask(from, flow)) else {
            continue;
        };
        let mut decided: Vec<Row> = Vec::new();
        for way in &answer.alternatives {
            let facts = wording.facts(way).into_iter().map(|f| f.origin);
            let all = facts.chain(way.obstacle.iter().map(|o| o.origin.clone()));
            decided.extend(all.filter_map(|origin| match origin {
                Origin::Json { pointer, .. } => rows.get(pointer.parse::<usize>().ok()?).copied(),
                _ => None,
            }));
        }
        if decided.is_empty() {
            continue;
        }
        let found = (decided[genes.below(decided.len())], flow.clone());
        if answer.alternatives.iter().any(|way| way.delivered()) {
            return Some(found);
        }
        stopped.get_or_insert(found);
    }
    stopped
}

/// Numbers every row, where it says that it was written.
fn mark(draft: &mut Draft) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    let mut say = |origin: &mut Origin, row: Row| {
        let pointer = SmolStr::from(all.len().to_string());
        *origin = Origin::Json { file: 0, pointer };
        all.push(row);
    };
    for at in 0..draft.groups.len() {
        let group = draft.groups.get_mut(Id::new(at)).unwrap();
        let rules = group.ingress.iter_mut().enumerate();
        rules.for_each(|(n, r)| say(&mut r.origin, (List::Ingress(at), n)));
        let rules = group.egress.iter_mut().enumerate();
        rules.for_each(|(n, r)| say(&mut r.origin, (List::Egress(at), n)));
    }
    for at in 0..draft.acls.len() {
        let acl = draft.acls.get_mut(Id::new(at)).unwrap();
        let rules = acl.ingress.iter_mut().enumerate();
        rules.for_each(|(n, r)| say(&mut r.origin, (List::AclIn(at), n)));
        let rules = acl.egress.iter_mut().enumerate();
        rules.for_each(|(n, r)| say(&mut r.origin, (List::AclOut(at), n)));
    }
    for at in 0..draft.tables.len() {
        let table = draft.tables.get_mut(Id::new(at)).unwrap();
        let routes = table.routes.iter_mut().enumerate();
        routes.for_each(|(n, r)| say(&mut r.origin, (List::Routes(at), n)));
    }
    all
}

/// Changes a row.
fn turned(draft: &mut Draft, (list, place): Row, genes: &mut Genes) -> Option<&'static str> {
    match list {
        List::Ingress(at) => {
            let group = draft.groups.get_mut(Id::new(at))?;
            rule(&mut group.ingress, place, genes)
        }
        List::Egress(at) => {
            let group = draft.groups.get_mut(Id::new(at))?;
            rule(&mut group.egress, place, genes)
        }
        List::AclIn(at) => entry(&mut draft.acls.get_mut(Id::new(at))?.ingress, place, genes),
        List::AclOut(at) => entry(&mut draft.acls.get_mut(Id::new(at))?.egress, place, genes),
        List::Routes(at) => {
            let others: Vec<Route> = draft
                .tables
                .iter()
                .flat_map(|(_, t)| t.routes.clone())
                .collect();
            route(
                &mut draft.tables.get_mut(Id::new(at))?.routes,
                place,
                &others,
                genes,
            )
        }
    }
}

fn rule(rules: &mut Vec<GroupRule>, place: usize, genes: &mut Genes) -> Option<&'static str> {
    let rule = rules.get_mut(place)?;
    Some(match (genes.below(3), &rule.peer) {
        (0, Peer::Cidr(net)) if net.prefix_len() < net.max_prefix_len() => {
            let half = net
                .subnets(net.prefix_len() + 1)
                .ok()?
                .nth(genes.below(2))?;
            rule.peer = Peer::Cidr(half);
            "a rule is for half of its block"
        }
        (1, _) if rule.service.ports.0 < rule.service.ports.1 => {
            let (lo, hi) = rule.service.ports;
            rule.service.protocol = rule.service.protocol.or(Some(6));
            let middle = lo + (hi - lo) / 2;
            rule.service.ports = genes.pick(&[(lo, middle), (middle + 1, hi)]);
            "a rule is for half of its ports"
        }
        _ => {
            rules.remove(place);
            "a rule goes"
        }
    })
}

fn entry(rules: &mut Vec<AclRule>, place: usize, genes: &mut Genes) -> Option<&'static str> {
    let rule = rules.get_mut(place)?;
    Some(match genes.below(3) {
        0 => {
            rules.remove(place);
            "an entry of an ACL goes"
        }
        1 if rule.peer.prefix_len() < rule.peer.max_prefix_len() => {
            let half = rule.peer.subnets(rule.peer.prefix_len() + 1).ok()?;
            rule.peer = half.collect::<Vec<_>>()[genes.below(2)];
            "an entry is for half of its block"
        }
        _ => {
            rule.allow = !rule.allow;
            "an entry of an ACL turns"
        }
    })
}

fn route(
    routes: &mut Vec<Route>,
    place: usize,
    others: &[Route],
    genes: &mut Genes,
) -> Option<&'static str> {
    let route = routes.get_mut(place)?;
    Some(match genes.below(3) {
        0 => {
            routes.remove(place);
            "a route goes"
        }
        1 => {
            route.target = others[genes.below(others.len())].target.clone();
            "a route leads elsewhere"
        }
        _ => {
            route.active = !route.active;
            "a route is a blackhole"
        }
    })
}

/// Changes something that is no row: of who sends or receives, where it is an interface's.
fn beside(draft: &mut Draft, flow: &Flow, genes: &mut Genes) -> Option<&'static str> {
    let pick = |genes: &mut Genes, n: usize| (n > 0).then(|| genes.below(n));
    let interface = |genes: &mut Genes, draft: &Draft| {
        let all = || draft.interfaces.iter();
        let has = |i: &Interface| {
            let mut public = i.public.iter();
            i.has(flow.to) || public.any(|(_, ip)| IpAddr::V4(*ip) == flow.to)
        };
        let receives = all().find(|(_, i)| has(i)).map(|(id, _)| id);
        match (flow.sender, genes.chance(50)) {
            (Sender::Interface(id), true) => Some(id),
            _ => receives.or_else(|| pick(genes, draft.interfaces.len()).map(Id::new)),
        }
    };
    Some(match genes.below(7) {
        0 => {
            let id = interface(genes, draft)?;
            let groups = &mut draft.interfaces.get_mut(id)?.groups;
            let group = pick(genes, groups.len())?;
            groups.remove(group);
            (!groups.is_empty()).then_some("an interface leaves a group")?
        }
        1 => {
            let id = interface(genes, draft)?;
            let check = &mut draft.interfaces.get_mut(id)?.source_dest_check;
            *check = !*check;
            "the source check is turned"
        }
        2 => {
            let id = interface(genes, draft)?;
            let public = &mut draft.interfaces.get_mut(id)?.public;
            public.pop()?;
            "a public address goes"
        }
        3 => {
            let id = interface(genes, draft)?;
            let own = &mut draft.interfaces.get_mut(id)?;
            let (old, new) = (*own.ips.first()?, next(*own.ips.first()?));
            own.ips[0] = new;
            own.public
                .iter_mut()
                .filter(|(ip, _)| *ip == old)
                .for_each(|p| p.0 = new);
            "an interface has another address"
        }
        4 => {
            let id = Id::new(pick(genes, draft.endpoints.len())?);
            let on = &mut draft.endpoints.get_mut(id)?.private_dns;
            *on = !*on;
            "private DNS is turned"
        }
        5 => {
            let id = Id::new(pick(genes, draft.target_groups.len())?);
            let targets = &mut draft.target_groups.get_mut(id)?.targets;
            let target = pick(genes, targets.len())?;
            let sick = targets[target].health == Some(Health::Unhealthy);
            targets[target].health = Some(if sick {
                Health::Healthy
            } else {
                Health::Unhealthy
            });
            "a target's health turns"
        }
        _ => {
            let id = Id::new(pick(genes, draft.services.len())?);
            let connections = &mut draft.services.get_mut(id)?.connections;
            let connection = pick(genes, connections.len())?;
            connections[connection].state = EndpointState::Rejected;
            "a connection is rejected"
        }
    })
}

/// An address that nobody is likely to have.
fn next(ip: Ipv4Addr) -> Ipv4Addr {
    let [a, b, c, d] = ip.octets();
    Ipv4Addr::new(a, b, c, d.wrapping_add(97).clamp(5, 250))
}

/// Flows around the one that an edit bears on: others that send, other ports, other addresses.
pub fn around(flow: &Flow, all: &[Flow], genes: &mut Genes, count: usize) -> Vec<Flow> {
    let mut out = vec![flow.clone()];
    for _ in 0..count {
        let mut one = flow.clone();
        let other = &all[genes.below(all.len())];
        if genes.chance(60) {
            (one.sender, one.from) = (other.sender, other.from.clone());
        }
        if genes.chance(40) {
            one.to = other.to;
        }
        if genes.chance(20) {
            one.to = beside_of(one.to, genes);
        }
        if genes.chance(20) {
            let ping = if one.to.is_ipv4() { 1 } else { 58 };
            one.protocol = genes.pick(&[6, 17, ping]);
        }
        if one.to.is_ipv6() && one.protocol == 1 {
            one.protocol = 58;
        }
        let ports = [
            one.port,
            one.port.wrapping_add(1),
            one.port.wrapping_sub(1),
            443,
            22,
            53,
            8443,
        ];
        let port = genes.pick(&ports);
        one.port = if genes.chance(10) {
            genes.below(65_536) as u16
        } else {
            port
        };
        out.push(one);
    }
    out
}

fn beside_of(ip: IpAddr, genes: &mut Genes) -> IpAddr {
    let by = [1, 2, 16, 255][genes.below(4)];
    match ip {
        IpAddr::V4(ip) => Ipv4Addr::from_bits(ip.to_bits().wrapping_add(by)).into(),
        IpAddr::V6(ip) => {
            std::net::Ipv6Addr::from_bits(ip.to_bits().wrapping_add(by.into())).into()
        }
    }
}
