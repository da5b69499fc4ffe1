//! What the builder accepts, refuses and fills in.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "build/parts.rs"]
#[allow(unreachable_pub, reason = "a module of a test")]
mod parts;

use parts::*;
use reachability::model::*;

#[test]
fn a_sound_draft_is_resolved_and_filled_in() {
    let mut draft = base();
    let s3 = endpoint("vpc-a", "s3", aws("s3"), gateway(&["main"]));
    draft.endpoints.push(s3);
    let built = build(draft);
    assert_eq!(built.diagnostics, vec![]);
    let network = built.network.unwrap();
    let table = &network.tables[Id::new(0)];
    assert_eq!(table.routes.len(), 2);
    assert_eq!(table.routes[0].target, Target::Local);
    assert!(matches!(&table.routes[1].target, Target::Endpoint(e) if e.id() == Some(Id::new(0))));
    let endpoint = &network.endpoints[Id::new(0)];
    assert_eq!(endpoint.state, Some(EndpointState::Available));
    assert_eq!(endpoint.vpc.id(), Some(Id::new(0)));
}

#[test]
fn an_unknown_name_is_an_error_with_a_suggestion() {
    let mut draft = base();
    let mut own = interface("web", "a/s1", "10.0.1.10", Role::Plain);
    own.groups = vec![named("defalt")];
    draft.interfaces.push(own);
    let built = build(draft);
    let [d] = built.diagnostics.as_slice() else {
        panic!("{:?}", built.diagnostics)
    };
    assert_eq!((d.code, d.at.as_str()), ("unknown-name", "a/web"));
    assert_eq!(d.message, "no security group named `defalt`");
    assert_eq!(d.help.as_deref(), Some("did you mean `default`?"));
}

#[test]
fn an_open_world_notes_what_it_did_not_see_once() {
    let mut draft = base();
    draft.world = World::Open;
    for ip in ["10.0.1.10", "10.0.1.10"] {
        let mut own = interface(
            &format!("eni-{}", draft.interfaces.len()),
            "s1",
            ip,
            Role::Plain,
        );
        own.groups = vec![named("sg-far")];
        draft.interfaces.push(own);
    }
    let built = build(draft);
    let found: Vec<_> = built.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(found, ["address-taken"]);
    let network = built.network.unwrap();
    assert_eq!(network.unseen.len(), 1);
    assert_eq!(network.unseen[Id::new(0)].name, "sg-far");
    assert!(
        network
            .interfaces
            .iter()
            .all(|(_, i)| i.subnet.id() == Some(Id::new(0)))
    );
}

#[test]
fn an_instance_shares_its_name_with_its_interface_only() {
    let mut draft = base();
    draft.interfaces.push(interface(
        "web",
        "a/s1",
        "10.0.1.10",
        Role::Instance(named("a/web")),
    ));
    draft.instances.push(Instance {
        name: "web".into(),
        id: None,
        vpc: named("a"),
        interfaces: vec![named("web")],
        running: true,
        os: Os::Linux,
        forwards: Some(Forwards::No),
        runs: vec![],
        origin: Origin::Unknown,
    });
    assert_eq!(codes(draft.clone()), []);
    draft
        .endpoints
        .push(endpoint("a", "web", aws("s3"), gateway(&[])));
    assert_eq!(codes(draft), [("duplicate-name", "a/web".into())]);
}

#[test]
fn subnets_and_addresses() {
    let cases = [
        ("172.16.0.0/24", "subnet-outside-vpc"),
        ("10.0.1.128/25", "subnets-overlap"),
        ("10.0.9.0/29", "subnet-size"),
    ];
    for (cidr, code) in cases {
        let mut draft = base();
        draft.subnets.push(subnet("a", "s3", "use1-az3", cidr));
        assert_eq!(codes(draft), [(code, "a/s3".into())], "{cidr}");
    }
    let cases = [
        ("10.0.2.10", "address-outside-subnet"),
        ("10.0.1.3", "address-reserved"),
        ("10.0.1.255", "address-reserved"),
    ];
    for (ip, code) in cases {
        let mut draft = base();
        draft
            .interfaces
            .push(interface("x", "a/s1", ip, Role::Plain));
        assert_eq!(codes(draft), [(code, "a/x".into())], "{ip}");
    }
    let mut draft = base();
    for name in ["x", "y"] {
        draft
            .interfaces
            .push(interface(name, "a/s1", "10.0.1.9", Role::Plain));
    }
    assert_eq!(codes(draft), [("address-taken", "a/y".into())]);
}

#[test]
fn routes() {
    let igw = || Target::Internet(named("igw"));
    let cases = [
        (
            vec![("10.0.1.128/25", igw())],
            vec!["route-not-a-whole-subnet"],
        ),
        (
            vec![("10.0.1.0/24", igw())],
            vec!["route-inside-vpc-target"],
        ),
        (
            vec![("0.0.0.0/0", igw()), ("0.0.0.0/0", igw())],
            vec!["duplicate-route"],
        ),
    ];
    for (rows, expected) in cases {
        let mut draft = base();
        draft.internet_gateways.push(InternetGateway {
            name: "igw".into(),
            vpc: named("a"),
            origin: Origin::Unknown,
        });
        let rows = rows.into_iter().map(|(c, t)| route(c, t)).collect();
        draft.tables.push(table("a", "t", rows));
        let expected: Vec<_> = expected
            .into_iter()
            .map(|c| (c, "a/t".to_owned()))
            .collect();
        assert_eq!(codes(draft), expected);
    }
}

#[test]
fn peerings() {
    let join = |a: &str, b: &str| {
        let mut draft = base();
        add_vpc(&mut draft, "b", "10.1");
        draft.vpcs.push(vpc("c", &["10.9.0.0/16", "10.0.128.0/17"]));
        draft.tables.push(table("c", "main", vec![]));
        draft.peerings.push(Peering {
            name: "pcx".into(),
            id: None,
            between: [named(a), named(b)],
            remote_dns: [false; 2],
            active: true,
            origin: Origin::Unknown,
        });
        codes(draft)
    };
    assert_eq!(join("a", "b"), []);
    assert_eq!(join("a", "c"), [("peering-overlap", "pcx".into())]);
    assert_eq!(join("a", "a"), [("peering-with-itself", "pcx".into())]);
}

#[test]
fn a_block_does_not_swallow_a_route() {
    let mut draft = base();
    add_vpc(&mut draft, "b", "10.1");
    draft.peerings.push(Peering {
        name: "pcx".into(),
        id: None,
        between: [named("b"), named("c")],
        remote_dns: [false; 2],
        active: true,
        origin: Origin::Unknown,
    });
    draft.vpcs.push(vpc("c", &["10.9.0.0/16", "10.2.0.0/16"]));
    draft.tables.push(table(
        "c",
        "main",
        vec![route("10.2.0.0/16", Target::Peering(named("pcx")))],
    ));
    assert_eq!(codes(draft), [("cidr-contains-route", "c".into())]);
}

#[test]
fn endpoints_of_aws() {
    let one = |service: &str, kind: EndpointKind, private_dns: bool| {
        let mut draft = base();
        let mut e = endpoint("a", "e", aws(service), kind);
        e.private_dns = private_dns;
        draft.endpoints.push(e);
        codes(draft)
            .into_iter()
            .map(|(code, _)| code)
            .collect::<Vec<_>>()
    };
    let interface = || EndpointKind::Interface(vec![]);
    assert_eq!(one("ssm", interface(), true), [""; 0]);
    assert_eq!(one("ssn", interface(), true), ["unknown-service"]);
    assert_eq!(
        one("ssm", gateway(&[]), false),
        ["no-gateway-endpoint-for-service"]
    );
    assert_eq!(
        one("dynamodb", interface(), true),
        ["service-has-no-private-dns"]
    );
    assert_eq!(
        one("s3", gateway(&[]), true),
        ["service-has-no-private-dns"]
    );
    let mut draft = base();
    for name in ["one", "two"] {
        draft
            .endpoints
            .push(endpoint("a", name, aws("s3"), gateway(&["main"])));
    }
    assert_eq!(
        codes(draft),
        [("two-endpoint-routes-one-table", "a/two".into())]
    );
}

#[test]
fn private_names_conflict() {
    let mut draft = base();
    for name in ["one", "two"] {
        let mut e = endpoint("a", name, aws("ecr.dkr"), EndpointKind::Interface(vec![]));
        e.private_dns = true;
        draft.endpoints.push(e);
    }
    draft.zones.push(HostedZone {
        name: "z".into(),
        domain: "dkr.ecr.us-east-1.amazonaws.com".into(),
        private: true,
        vpcs: vec![named("a")],
        records: vec![],
        origin: Origin::Unknown,
    });
    let code = "private-dns-conflict";
    assert_eq!(codes(draft), [(code, "a/two".into()), (code, "z".into())]);
    let mut draft = base();
    let mut own = vpc("d", &["10.3.0.0/16"]);
    own.dns_hostnames = Fact::Known(false);
    draft.vpcs.push(own);
    draft.tables.push(table("d", "main", vec![]));
    let mut e = endpoint("d", "e", aws("ssm"), EndpointKind::Interface(vec![]));
    e.private_dns = true;
    draft.endpoints.push(e.clone());
    assert_eq!(
        codes(draft.clone()),
        [("private-dns-needs-dns-attributes", "d/e".into())]
    );
    e.existing = true;
    *draft.endpoints.get_mut(Id::new(0)).unwrap() = e;
    assert_eq!(codes(draft), []);
}

#[test]
fn states_follow_principals_and_acceptance() {
    let state = |change: &dyn Fn(&mut EndpointService)| {
        let mut draft = provider("a/s1");
        change(draft.services.get_mut(Id::new(0)).unwrap());
        let built = build(draft);
        assert_eq!(built.diagnostics, vec![]);
        built.network.unwrap().endpoints[Id::new(0)].state.unwrap()
    };
    assert_eq!(state(&|_| {}), EndpointState::PendingAcceptance);
    assert_eq!(
        state(&|s| s.acceptance_required = false),
        EndpointState::Available
    );
    assert_eq!(
        state(&|s| s.allowed_principals.clear()),
        EndpointState::Failed
    );
    assert_eq!(
        state(&|s| {
            s.allowed_principals.clear();
            s.connections.push(ServiceConnection {
                endpoint: named("a/e"),
                state: EndpointState::Rejected,
                load_balancers: Vec::new(),
            });
        }),
        EndpointState::Rejected
    );
}

#[test]
fn a_service_is_offered_in_zones_of_its_load_balancers() {
    assert_eq!(
        codes(provider("a/s2")),
        [("endpoint-zone-not-offered", "a/e".into())]
    );
    let mut draft = provider("a/s2");
    draft.endpoints.get_mut(Id::new(0)).unwrap().existing = true;
    assert_eq!(codes(draft), []);
    let mut draft = provider("a/s1");
    draft
        .services
        .get_mut(Id::new(0))
        .unwrap()
        .load_balancers
        .clear();
    assert_eq!(
        codes(draft),
        [("service-without-load-balancer", "svc".into())]
    );
}

#[test]
fn listeners_and_groups() {
    let one = |listeners: &[ListenerProtocol], kind: TargetType, protocol: ListenerProtocol| {
        let mut draft = provider("a/s1");
        draft.target_groups.push(TargetGroup {
            name: "tg".into(),
            id: None,
            vpc: named("p"),
            kind,
            family: Family::Ipv4,
            protocol,
            port: 443,
            targets: vec![],
            preserve_client_ip: None,
            cross_zone: None,
            proxy_protocol: false,
            min_healthy: MinHealthy::default(),
            health_check: HealthCheck::default(),
            health_listed: Fact::Known(()),
            origin: Origin::Unknown,
        });
        draft.load_balancers.get_mut(Id::new(0)).unwrap().listeners = listeners
            .iter()
            .map(|protocol| Listener {
                protocol: *protocol,
                port: 443,
                forward: vec![(named("tg"), 1)],
                origin: Origin::Unknown,
            })
            .collect();
        codes(draft)
            .into_iter()
            .map(|(code, _)| code)
            .collect::<Vec<_>>()
    };
    use ListenerProtocol::{Tcp, TcpUdp, Tls, Udp};
    assert_eq!(one(&[Tcp], TargetType::Ip, TcpUdp), [""; 0]);
    assert_eq!(
        one(&[Udp], TargetType::Ip, Tcp),
        ["listener-target-group-protocol"]
    );
    assert_eq!(
        one(&[Tls], TargetType::Alb, Tcp),
        ["listener-target-group-protocol"]
    );
    assert_eq!(
        one(&[Tcp, Tls], TargetType::Ip, Tcp),
        ["duplicate-listener"]
    );
}

#[test]
fn a_site_routes_over_what_it_has() {
    let of = |routes: &[(&str, Option<&str>)]| {
        let mut draft = base();
        for name in ["hq", "branch"] {
            draft.sites.push(Site {
                name: name.into(),
                cidrs: vec![],
                hosts: vec![],
                public_ip: None,
                resolver: SiteResolver::None,
                routes: vec![],
                rules: None,
                origin: Origin::Unknown,
            });
        }
        draft.vpn_gateways.push(VpnGateway {
            name: "vgw".into(),
            vpc: named("a"),
            origin: Origin::Unknown,
        });
        draft.connections.push(Connection {
            name: "vpn-hq".into(),
            site: named("hq"),
            to: Joined::Vpn(named("a/vgw")),
            allowed: Vec::new(),
            kind: ConnectionKind::VpnBgp,
            inside: Some(Family::Ipv4),
            prefixes: vec![],
            asn: None,
            up: true,
            origin: Origin::Unknown,
        });
        for (site, via) in routes {
            let at = if *site == "hq" { 0 } else { 1 };
            let route = SiteRoute {
                destination: "0.0.0.0/0".parse().unwrap(),
                via: via.map(named),
                origin: Origin::Unknown,
            };
            draft.sites.get_mut(Id::new(at)).unwrap().routes.push(route);
        }
        codes(draft)
    };
    assert_eq!(of(&[("hq", Some("vpn-hq"))]), []);
    let fault = "site-route-leads-nowhere";
    assert_eq!(of(&[("hq", None)]), [(fault, "hq".into())]);
    assert_eq!(
        of(&[("branch", Some("vpn-hq"))]),
        [(fault, "branch".into())]
    );
    assert_eq!(of(&[("hq", Some("vpn"))]), [("unknown-name", "hq".into())]);
}

#[test]
fn a_zone_that_is_down_is_one_of_the_network() {
    let down = |zone: &str| {
        let mut draft = base();
        draft.down_zones.push((zone.into(), Origin::Unknown));
        codes(draft)
    };
    let known = base().subnets.iter().next().map(|(_, s)| s.zone.clone());
    assert_eq!(down(&known.unwrap()), []);
    assert_eq!(down("use1-az99"), [("unknown-name", "down".into())]);
}
