//! Client VPN endpoints, and what their clients ask for.

use super::{Flow, Genes, Sender, WORLD, WORLD_BLOCK, named, v4};
use reachability::model::*;
use std::net::{IpAddr, Ipv4Addr};

/// Gives some VPCs a Client VPN endpoint, and asks as one of its clients.
pub fn people(draft: &mut Draft, genes: &mut Genes, count: usize) -> Vec<Flow> {
    let vpcs: Vec<Vpc> = draft.vpcs.iter().map(|(_, v)| v.clone()).collect();
    let mut callers = Vec::new();
    for (index, vpc) in vpcs.iter().enumerate() {
        if index == 0 || genes.chance(60) {
            let clients = v4(&format!("172.2{index}.0.0/22"));
            endpoint(draft, genes, vpc, clients);
            let id = Id::new(draft.client_vpns.len() - 1);
            let ip = Ipv4Addr::from_bits(clients.network().to_bits() + 9);
            callers.push((
                Sender::Client(id, ip.into()),
                format!("{}/people:{ip}", vpc.name),
            ));
        }
    }
    let goals = goals(draft);
    let flow = |genes: &mut Genes, (sender, from): (Sender, String), to: IpAddr| {
        let protocol = genes.weigh(&[(88, 6), (8, 17), (4, 1)]);
        let ported = protocol != 1;
        Flow {
            sender,
            from,
            to,
            protocol,
            client_port: if ported { 40_000 } else { 0 },
            port: if ported {
                genes.pick(&[443, 443, 443, 8080, 53])
            } else {
                0
            },
        }
    };
    let mut flows = Vec::new();
    for _ in 0..count {
        let caller = genes.pick(&callers);
        let to = genes.weigh(&goals);
        flows.push(flow(genes, caller, to));
    }
    // Nobody dials into the endpoint's own interfaces.
    let dialled = draft.interfaces.iter().map(|(_, i)| i);
    let dialled = dialled.filter(|i| matches!(i.role, Role::ClientVpn(_)));
    let dialled: Vec<IpAddr> = dialled.map(|i| i.ips[0].into()).collect();
    let hosts = draft
        .interfaces
        .iter()
        .filter(|(_, i)| i.role == Role::Plain);
    let hosts: Vec<_> = hosts.map(|(id, i)| (id, i.clone())).collect();
    for (id, host) in hosts {
        let vpc = host.subnet.text.split('/').next().unwrap();
        let from = (Sender::Interface(id), format!("{vpc}/{}", host.name));
        let to = genes.pick(&dialled);
        if genes.chance(30) {
            flows.push(flow(genes, from, to));
        }
    }
    flows
}

/// What a client asks for: every host and node, public addresses, the world, and what is nobody's.
fn goals(draft: &Draft) -> Vec<(usize, IpAddr)> {
    let mut goals = Vec::new();
    for (_, interface) in draft.interfaces.iter() {
        let served = matches!(interface.role, Role::LoadBalancer(_) | Role::Endpoint(_));
        let weight = if served { 3 } else { 2 };
        goals.extend(interface.ips.first().map(|ip| (weight, (*ip).into())));
        goals.extend(interface.public.iter().map(|(_, ip)| (1, (*ip).into())));
    }
    for (weight, ip) in [
        (8, WORLD),
        (8, "52.216.1.1"),
        (2, "10.0.0.2"),
        (1, "10.1.0.200"),
        (3, "192.168.5.5"),
    ] {
        goals.push((weight, ip.parse().unwrap()));
    }
    goals
}

fn endpoint(draft: &mut Draft, genes: &mut Genes, vpc: &Vpc, clients: ipnet::Ipv4Net) {
    let own = |s: &&Subnet| s.vpc.text == vpc.name && s.cidr.is_some();
    let subnets: Vec<Subnet> = draft
        .subnets
        .iter()
        .map(|(_, s)| s)
        .filter(own)
        .cloned()
        .collect();
    let mut zones: Vec<String> = Vec::new();
    let (mut interfaces, mut joined) = (Vec::new(), Vec::new());
    let first = genes.below(subnets.len());
    for i in 0..1 + genes.below(2) {
        let subnet = &subnets[(first + i) % subnets.len()];
        if zones.contains(&subnet.zone) {
            continue;
        }
        zones.push(subnet.zone.clone());
        let groups = if genes.chance(15) {
            vec![0, 1]
        } else {
            vec![genes.below(3)]
        };
        let groups = groups.iter().map(|g| named(format!("{}/g{g}", vpc.name)));
        let name = format!("people{i}");
        let base = subnet.cidr.unwrap().network().to_bits();
        interfaces.push(named(format!("{}/{name}", vpc.name)));
        joined.push(format!("{}/{}", vpc.name, subnet.name));
        draft.interfaces.push(Interface {
            name,
            id: None,
            subnet: named(format!("{}/{}", vpc.name, subnet.name)),
            ipv6: vec![],
            ips: vec![Ipv4Addr::from_bits(base + 245)],
            prefixes: Vec::new(),
            groups: groups.collect(),
            public: Vec::new(),
            source_dest_check: false,
            deny_all_igw_traffic: None,
            role: Role::ClientVpn(named(format!("{}/people", vpc.name))),
            tags: [].into(),
            origin: Origin::Unknown,
        });
    }
    let far = [
        "10.0.0.0/16",
        "10.1.0.0/16",
        "10.2.0.0/16",
        WORLD_BLOCK,
        "192.168.0.0/16",
        "52.216.0.0/15",
    ];
    let wide = genes.chance(60);
    let mut routes = Vec::new();
    for place in &joined {
        for text in far.into_iter().chain(["0.0.0.0/0"]) {
            let share = if text == "0.0.0.0/0" && wide { 85 } else { 30 };
            if !vpc.cidrs.contains(&v4(text)) && genes.chance(share) {
                routes.push((v4(text), named(place)));
            }
        }
    }
    let mut authorize = Vec::new();
    for (share, text) in [(65, "0.0.0.0/0"), (70, "10.0.0.0/8"), (20, "10.0.1.0/24")] {
        if genes.chance(share) {
            authorize.push(v4(text));
        }
    }
    authorize.extend(far.iter().filter(|_| genes.chance(25)).map(|text| v4(text)));
    let mut of_groups = Vec::new();
    if genes.chance(20) {
        let why = Why::Untold("who is in it".into());
        let told = Unseen::new("group of clients", "staff", why, &Origin::Unknown);
        let text = genes.pick(&["10.0.0.0/24", "0.0.0.0/0", "10.0.0.0/8", WORLD_BLOCK]);
        of_groups.push((v4(text), draft.unseen.push(told)));
    }
    draft.client_vpns.push(ClientVpn {
        name: "people".into(),
        vpc: named(&vpc.name),
        clients,
        interfaces,
        authorize,
        of_groups,
        routes,
        split_tunnel: genes.chance(30),
        origin: Origin::Unknown,
    });
}
