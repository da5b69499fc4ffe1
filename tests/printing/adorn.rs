//! What a scenario can say and the generator of networks does not: names with every kind of
//! letter, AWS ids, DNS, sites that route by hand, states, switches.

use super::adorn_policies::policies;
use super::networks::Genes;
use reachability::model::{
    AclRule, Arena, ClientRouting, ClientVpn, Connection, ConnectionKind, DhcpDns, Down, Draft,
    EndpointKind, EndpointTarget, Fact, Forward, HealthCheck, HealthProtocol, HostedZone, Id,
    Interface, NameServer, Origin, Profile, Record, RecordValue, Ref, ResolverEndpoint,
    ResolverRule, Role, RuleKind, SWITCHES, ServerHost, Site, SiteResolver, SiteRoute, SiteRules,
    TargetWhat, VpcEndpoint,
};
use std::net::Ipv4Addr;

/// Texts that a careless printer breaks on.
const WILD: &[&str] = &[
    "web",
    "",
    "null",
    "~",
    "true",
    "No",
    "0644",
    "a: b",
    "#1",
    "- x",
    "{a, b}",
    "ünï 日本",
    "\"q\"",
    "a\\b",
    "two\nlines",
    "\ttab",
    " padded ",
    "*",
    "&a",
    "!t",
    "%d",
    "@x",
    "`x`",
    "'s'",
    "|",
    ">",
    "1e3",
    "=",
];

/// Adds them, before the draft is given the form of a scenario.
pub fn adorn(draft: &mut Draft, genes: &mut Genes) {
    vpcs(draft, genes);
    interfaces(draft, genes);
    names(draft, genes);
    site(draft, genes);
    resolvers(draft, genes);
    let mut number = 64_511;
    each(&mut draft.connections, |connection| {
        number += 1;
        connection.asn = genes.chance(70).then_some(number);
    });
    each(&mut draft.services, |service| {
        if genes.chance(50) {
            service.private_name =
                Some((format!("{}.example.com", service.name), genes.chance(70)));
        }
    });
    each(&mut draft.load_balancers, |lb| {
        lb.client_routing = genes.pick(&[
            ClientRouting::AnyZone,
            ClientRouting::MostlyOwnZone,
            ClientRouting::OwnZone,
        ]);
        lb.idle_timeout = genes.chance(20).then_some(900);
        lb.deny_all_igw_traffic ^= genes.chance(20);
    });
    // What is in the VPC is in the zone of its subnet.
    let mut zones = Vec::new();
    for (_, subnet) in draft.subnets.iter() {
        let place = (subnet.vpc.text.clone(), subnet.zone.clone());
        zones.extend(subnet.blocks().map(|b| (b, place.clone())));
    }
    each(&mut draft.target_groups, |group| {
        group.proxy_protocol = genes.chance(20);
        group.health_check = HealthCheck {
            protocol: genes.pick(&[
                HealthProtocol::Tcp,
                HealthProtocol::Http,
                HealthProtocol::Https,
            ]),
            port: genes.chance(50).then_some(8080),
        };
        for target in &mut group.targets {
            let told = genes.chance(10);
            let TargetWhat::Ip(ip) = &target.what else {
                continue;
            };
            let mut own = zones
                .iter()
                .filter(|(b, (vpc, _))| *vpc == group.vpc.text && b.contains(ip));
            target.zone = own
                .next()
                .filter(|_| told)
                .map(|(_, (_, zone))| zone.clone());
        }
    });
    let dns = genes.chance(30);
    each(&mut draft.endpoints, |e| {
        e.private_dns = dns && matches!(&e.target, EndpointTarget::Aws(_, s) if s == "sqs");
    });
    // Traffic is shifted away from a zone that the load balancer is in.
    let zones = node_zones(draft);
    each(&mut draft.load_balancers, |lb| {
        let name = format!("{}/{}", lb.vpc.text, lb.name);
        let own = zones.iter().find(|(owner, _)| *owner == name);
        let shifted = own.filter(|_| genes.chance(20));
        lb.zone_shift = shifted.map(|(_, zone)| zone.clone()).into_iter().collect();
    });
    draft.aws_addresses = vec![(
        "s3.us-east-1.amazonaws.com".into(),
        vec![ip(52, 216, 8, 10).into()],
    )];
    policies(draft, genes);
    let (_, subnet) = draft.subnets.iter().next().unwrap();
    draft.down_zones = vec![(subnet.zone.clone(), Origin::Unknown)];
    down(draft, genes);
    let switch = genes.pick(SWITCHES);
    draft.assume = vec![(switch.name.into(), genes.pick(&["true", "false"]).into())];
}

/// One thing of each kind that can be.
fn down(draft: &mut Draft, genes: &mut Genes) {
    let mut names: Vec<String> = Vec::new();
    let instances = draft.instances.iter();
    names.extend(
        instances
            .take(1)
            .map(|(_, i)| format!("{}/{}", i.vpc.text, i.name)),
    );
    let endpoints = draft.endpoints.iter();
    let interface = |e: &&VpcEndpoint| matches!(e.kind, EndpointKind::Interface(_));
    let endpoints = endpoints.map(|(_, e)| e).filter(interface);
    names.extend(endpoints.map(|e| format!("{}/{}", e.vpc.text, e.name)));
    let balancers = draft.load_balancers.iter();
    names.extend(balancers.map(|(_, l)| format!("{}/{}", l.vpc.text, l.name)));
    // BGP withdraws what a connection taught, and the generator has written it down.
    let fixed = |c: &&Connection| c.kind == ConnectionKind::VpnStatic;
    let connections = draft.connections.iter().map(|(_, c)| c);
    names.extend(connections.filter(fixed).map(|c| c.name.clone()));
    names.extend(draft.attachments.iter().map(|(_, a)| a.name.clone()));
    names.retain(|_| genes.chance(20));
    let down = names.into_iter().map(|name| Down {
        name,
        part: None,
        origin: Origin::Unknown,
    });
    draft.down = down.collect();
}

/// Load balancers with a zone that they have a node in.
fn node_zones(draft: &Draft) -> Vec<(String, String)> {
    let nodes = draft.interfaces.iter();
    let owned = nodes.filter_map(|(_, i)| match &i.role {
        Role::LoadBalancer(owner) => Some((owner.text.to_string(), i.subnet.text.to_string())),
        _ => None,
    });
    let of = |name: &str| {
        let mut subnets = draft.subnets.iter();
        let own = subnets.find(|(_, s)| format!("{}/{}", s.vpc.text, s.name) == name);
        own.map(|(_, s)| s.zone.clone())
    };
    owned
        .filter_map(|(owner, subnet)| Some((owner, of(&subnet)?)))
        .collect()
}

fn ip(a: u8, b: u8, c: u8, d: u8) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, d)
}

fn each<T>(arena: &mut Arena<T>, mut change: impl FnMut(&mut T)) {
    for id in (0..arena.len()).map(Id::new) {
        change(arena.get_mut(id).unwrap());
    }
}

pub fn named<T>(text: &str) -> Ref<T> {
    Ref::named(text, &Origin::Unknown)
}

fn vpcs(draft: &mut Draft, genes: &mut Genes) {
    each(&mut draft.vpcs, |vpc| {
        vpc.id = genes.chance(30).then(|| format!("vpc-0{}", vpc.name));
        vpc.dns_hostnames = Fact::Known(genes.chance(80));
        vpc.dhcp_dns = genes.pick(&[
            DhcpDns::Amazon,
            DhcpDns::None,
            DhcpDns::Servers(vec![ip(10, 0, 0, 53).into(), ip(10, 0, 1, 53).into()]),
        ]);
    });
    each(&mut draft.subnets, |subnet| {
        let own = format!("subnet-0{}{}", subnet.vpc.text, subnet.name);
        subnet.id = genes.chance(20).then_some(own);
    });
    each(&mut draft.groups, |group| {
        let own = format!("sg-0{}{}", group.vpc.text, group.name);
        group.id = genes.chance(20).then_some(own);
    });
    each(&mut draft.prefix_lists, |list| {
        list.id = genes.chance(30).then(|| format!("pl-0{}", list.name));
        list.max_entries = genes.pick(&[2, 5]);
    });
}

/// Tags, ids, second interfaces, maps of public addresses.
fn interfaces(draft: &mut Draft, genes: &mut Genes) {
    each(&mut draft.interfaces, |interface| {
        if !matches!(interface.role, Role::Instance(_) | Role::Plain) {
            return;
        }
        interface.source_dest_check = !genes.chance(15);
        interface.deny_all_igw_traffic =
            (interface.role == Role::Plain && interface.public.is_empty() && genes.chance(15))
                .then_some(true);
        if genes.chance(15) {
            let tag = |genes: &mut Genes| genes.pick(WILD).to_owned();
            interface.tags = [("Name".into(), tag(genes)), (tag(genes) + "!", tag(genes))].into();
        }
        if interface.role == Role::Plain && genes.chance(30) {
            interface.id = Some(format!("eni-0{}", interface.name));
        }
    });
    for id in (0..draft.instances.len()).map(Id::new) {
        let instance = draft.instances.get_mut(id).unwrap();
        instance.id = genes.chance(30).then(|| format!("i-0{}", instance.name));
        if genes.chance(10) {
            instance.runs = vec!["web-7d9f".into(), genes.pick(WILD).into()];
        }
        if !genes.chance(8) {
            continue;
        }
        let name = format!("second-{}", instance.name);
        let vpc = instance.vpc.text.clone();
        let owner = format!("{vpc}/{}", instance.name);
        let own = |i: &Interface| matches!(&i.role, Role::Instance(r) if r.text == owner);
        let first = draft.interfaces.iter().find(|(_, i)| own(i));
        let mut second: Interface = first.unwrap().1.clone();
        let last = u8::try_from(200 + id.index() % 20).unwrap();
        // In an IPv6-only subnet there is none.
        let Some([a, b, c, _]) = second.ips.first().map(Ipv4Addr::octets) else {
            continue;
        };
        instance.interfaces.push(named(&format!("{vpc}/{name}")));
        second.ipv6.clear();
        second.ips = vec![ip(a, b, c, last), ip(a, b, c, last + 20)];
        second.prefixes.clear();
        second.public = vec![(ip(a, b, c, last + 20), ip(198, 51, 99, last))];
        second.name = name;
        draft.interfaces.push(second);
    }
}

fn names(draft: &mut Draft, genes: &mut Genes) {
    let record = |name: &str, value| Record {
        name: name.into(),
        value,
        origin: Origin::Unknown,
    };
    let mut records = vec![
        record(
            "db.example.internal",
            RecordValue::A(vec![ip(10, 0, 0, 10), ip(10, 0, 0, 11)]),
        ),
        record(
            "*.example.internal",
            RecordValue::Cname("db.example.internal".into()),
        ),
        record(
            "s.example.internal",
            RecordValue::AliasName("s3.us-east-1.amazonaws.com".into()),
        ),
    ];
    let own = |vpc: &str, name: &str| format!("{vpc}/{name}");
    if let Some((_, e)) = draft
        .endpoints
        .iter()
        .find(|(_, e)| matches!(e.kind, reachability::model::EndpointKind::Interface(_)))
    {
        let alias = RecordValue::AliasEndpoint(named(&own(&e.vpc.text, &e.name)));
        records.push(record("e.example.internal", alias));
    }
    if let Some((_, l)) = draft.load_balancers.iter().next() {
        let alias = RecordValue::AliasLoadBalancer(named(&own(&l.vpc.text, &l.name)));
        records.push(record("l.example.internal", alias));
    }
    let private = !genes.chance(20);
    let vpcs = draft.vpcs.iter().filter(|_| private);
    draft.zones.push(HostedZone {
        name: "internal".into(),
        domain: "example.internal".into(),
        private,
        vpcs: vpcs.map(|(_, v)| named(&v.name)).collect(),
        records,
        origin: Origin::Unknown,
    });
    draft.public_records.extend([
        record("www.example.com", RecordValue::A(vec![ip(198, 51, 100, 7)])),
        record(
            "alias.example.com",
            RecordValue::Cname("www.example.com".into()),
        ),
    ]);
    each(&mut draft.internet_hosts, |host| {
        host.records = vec!["host.example.com".into(), "other.example.com".into()];
    });
}

/// A second site, which routes by hand and has a way to the internet.
fn site(draft: &mut Draft, genes: &mut Genes) {
    let connection = draft.connections.iter().next().map(|(_, c)| c.name.clone());
    let route = |net: &str, via: Option<&str>| SiteRoute {
        destination: net.parse().unwrap(),
        via: via.map(named),
        origin: Origin::Unknown,
    };
    let resolver = genes.pick(&[
        SiteResolver::Isp,
        SiteResolver::None,
        SiteResolver::Servers(vec![ip(192, 168, 130, 53).into()]),
    ]);
    if matches!(resolver, SiteResolver::Servers(_)) {
        draft.name_servers.push(NameServer {
            host: ServerHost::Site(named("branch")),
            records: Vec::new(),
            forward: Vec::new(),
            recursive: true,
            origin: Origin::Unknown,
        });
    }
    draft.sites.push(Site {
        name: "branch".into(),
        cidrs: vec![
            "192.168.128.0/20".parse().unwrap(),
            "172.31.0.0/16".parse().unwrap(),
        ],
        hosts: vec![
            ("printer".into(), ip(192, 168, 130, 5).into()),
            ("till".into(), ip(192, 168, 130, 6).into()),
        ],
        public_ip: Some(ip(203, 0, 113, 240)),
        resolver: resolver.clone(),
        routes: vec![route("0.0.0.0/0", None)],
        rules: genes.chance(50).then(|| SiteRules {
            ingress: few(draft.acls.iter().flat_map(|(_, a)| &a.ingress)),
            egress: few(draft.acls.iter().flat_map(|(_, a)| &a.egress)),
            stateful: genes.chance(50),
        }),
        origin: Origin::Unknown,
    });
    let (first, _) = draft.sites.iter().next().unwrap();
    if let (Some(name), Some(site)) = (connection, draft.sites.get_mut(first)) {
        site.routes = vec![route("10.0.0.0/8", Some(&name))];
    }
}

/// Two rules, as a table has them.
fn few<'a>(rules: impl Iterator<Item = &'a AclRule>) -> Vec<AclRule> {
    let mut all: Vec<AclRule> = rules.take(2).cloned().collect();
    all.sort_by_key(|rule| rule.number);
    all.dedup_by_key(|rule| rule.number);
    all
}

/// Resolver endpoints and rules, a Profile, and a name server on an instance.
fn resolvers(draft: &mut Draft, genes: &mut Genes) {
    let (_, subnet) = draft.subnets.iter().next().unwrap();
    let (vpc, place, block) = (subnet.vpc.text.clone(), subnet.name.clone(), subnet.v4());
    for (at, inbound) in [true, false].into_iter().enumerate() {
        let own = if inbound { "inbound" } else { "outbound" };
        let address = block.network().to_bits() + 240 + u32::try_from(at).unwrap();
        draft.interfaces.push(Interface {
            name: format!("{own}-node"),
            id: None,
            subnet: named(&format!("{vpc}/{place}")),
            ipv6: vec![],
            ips: vec![Ipv4Addr::from_bits(address)],
            prefixes: Vec::new(),
            groups: vec![named(&format!("{vpc}/g1"))],
            public: Vec::new(),
            source_dest_check: false,
            deny_all_igw_traffic: None,
            role: Role::Resolver(named(&format!("{vpc}/{own}"))),
            tags: [].into(),
            origin: Origin::Unknown,
        });
        draft.resolver_endpoints.push(ResolverEndpoint {
            name: own.into(),
            vpc: named(&vpc),
            inbound,
            delegation: inbound && genes.chance(30),
            interfaces: vec![named(&format!("{vpc}/{own}-node"))],
            origin: Origin::Unknown,
        });
    }
    draft.interfaces.push(Interface {
        name: "people-node".into(),
        id: None,
        subnet: named(&format!("{vpc}/{place}")),
        ipv6: vec![],
        ips: vec![Ipv4Addr::from_bits(block.network().to_bits() + 242)],
        prefixes: Vec::new(),
        groups: vec![named(&format!("{vpc}/g1"))],
        public: Vec::new(),
        source_dest_check: false,
        deny_all_igw_traffic: None,
        role: Role::ClientVpn(named(&format!("{vpc}/people"))),
        tags: [].into(),
        origin: Origin::Unknown,
    });
    let everywhere = "0.0.0.0/0".parse().unwrap();
    draft.client_vpns.push(ClientVpn {
        name: "people".into(),
        vpc: named(&vpc),
        clients: "172.30.0.0/22".parse().unwrap(),
        interfaces: vec![named(&format!("{vpc}/people-node"))],
        authorize: vec![everywhere],
        of_groups: Vec::new(),
        routes: vec![(everywhere, named(&format!("{vpc}/{place}")))],
        split_tunnel: genes.chance(50),
        origin: Origin::Unknown,
    });
    let through = named(&format!("{vpc}/outbound"));
    let to = vec![ip(192, 168, 5, 53).into()];
    let rule = |name: &str, domain: &str, kind, vpcs| ResolverRule {
        name: name.into(),
        domain: domain.into(),
        kind,
        vpcs,
        origin: Origin::Unknown,
    };
    draft.rules.push(rule(
        "all",
        "",
        RuleKind::Forward { to, through },
        vec![named(&vpc)],
    ));
    draft
        .rules
        .push(rule("own", "aws.example", RuleKind::System, Vec::new()));
    let through = named(&format!("{vpc}/outbound"));
    let delegates = RuleKind::Delegate { through };
    draft
        .rules
        .push(rule("left", "ns.example", delegates, vec![named(&vpc)]));
    draft.profiles.push(Profile {
        name: "shared".into(),
        vpcs: vec![named(&vpc)],
        zones: if genes.chance(50) {
            Vec::new()
        } else {
            vec![named("internal")]
        },
        rules: vec![named("own")],
        endpoints: Vec::new(),
        origin: Origin::Unknown,
    });
    let Some((_, host)) = draft.instances.iter().next() else {
        return;
    };
    draft.name_servers.push(NameServer {
        host: ServerHost::Instance(named(&format!("{}/{}", host.vpc.text, host.name))),
        records: vec![Record {
            name: "x.corp.example".into(),
            value: RecordValue::A(vec![ip(10, 0, 0, 77)]),
            origin: Origin::Unknown,
        }],
        forward: vec![Forward {
            domain: String::new(),
            to: vec![ip(10, 0, 0, 2).into()],
            origin: Origin::Unknown,
        }],
        recursive: genes.chance(50),
        origin: Origin::Unknown,
    });
}
