//! What a site has besides its connections to VPCs: its own internet connection, a public virtual
//! interface, a firewall, and routes that somebody wrote.

use super::{Flow, Genes, S3, Sender, WORLD, WORLD_BLOCK, block};
use reachability::model::*;
use std::net::{IpAddr, Ipv4Addr};

/// Gives the first site, if there is one, some of that, and asks for what lies behind it.
pub fn outskirts(draft: &mut Draft, genes: &mut Genes, count: usize) -> Vec<Flow> {
    let Some((_, site)) = draft.sites.iter().next() else {
        return Vec::new();
    };
    let (name, from) = (site.name.clone(), site.hosts[0].clone());
    let provided = genes.chance(60);
    if genes.chance(60) {
        draft.connections.push(Connection {
            name: "pub".into(),
            site: super::named(&name),
            to: Joined::Public,
            allowed: Vec::new(),
            kind: ConnectionKind::DirectConnect,
            inside: None,
            prefixes: vec![block("203.0.113.224/28")],
            asn: None,
            up: !genes.chance(15),
            origin: Origin::Unknown,
        });
    }
    let own = draft.connections.iter().map(|(_, c)| c);
    let own = own.filter(|c| c.site.text == name).map(|c| c.name.clone());
    let mut ways: Vec<Option<String>> = own.map(Some).collect();
    ways.extend(provided.then_some(None));
    let mut routes = Vec::new();
    for text in [WORLD_BLOCK, "52.216.0.0/16", "0.0.0.0/0", "10.0.0.0/16"] {
        if !ways.is_empty() && genes.chance(12) {
            routes.push(SiteRoute {
                destination: block(text),
                via: genes.pick(&ways).map(super::named),
                origin: Origin::Unknown,
            });
        }
    }
    let rules = genes.chance(35).then(|| SiteRules {
        ingress: rules(genes),
        egress: rules(genes),
        stateful: genes.chance(60),
    });
    let site = draft.sites.get_mut(Id::new(0)).unwrap();
    site.public_ip = provided.then(|| Ipv4Addr::new(203, 0, 113, 248));
    (site.routes, site.rules) = (routes, rules);
    let public = draft.interfaces.iter().flat_map(|(_, i)| &i.public);
    let mut goals: Vec<(usize, IpAddr)> = public.map(|(_, ip)| (2, (*ip).into())).collect();
    for (weight, ip) in [
        (12, WORLD),
        (12, "52.216.1.1"),
        (3, "203.0.113.250"),
        (2, "10.0.0.10"),
    ] {
        goals.push((weight, ip.parse().unwrap()));
    }
    let flows = (0..count).map(|_| Flow {
        sender: Sender::Site(from.1),
        from: format!("{name}/{}", from.0),
        to: genes.weigh(&goals),
        protocol: genes.weigh(&[(85, 6), (15, 17)]),
        client_port: 1024 + u16::try_from(genes.below(64_512)).unwrap(),
        port: genes.pick(&[443, 443, 443, 8080]),
    });
    flows.collect()
}

/// Everything, or what web servers and clients need, or something.
fn rules(genes: &mut Genes) -> Vec<AclRule> {
    let mut rules = Vec::new();
    let ports = [
        (0, u16::MAX),
        (443, 443),
        (1024, u16::MAX),
        (32_768, 60_999),
    ];
    for number in 0..1 + u32::try_from(genes.below(3)).unwrap() {
        let ports = genes.pick(&ports);
        rules.push(AclRule {
            number: 10 + number,
            allow: !genes.chance(15),
            service: match ports {
                (0, _) => Service::ANY,
                ports => Service {
                    protocol: Some(6),
                    ports,
                    ..Service::ANY
                },
            },
            peer: block(genes.pick(&["0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", S3])),
            origin: Origin::Unknown,
        });
    }
    rules
}
