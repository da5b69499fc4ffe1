//! The scenario loader as its users meet it: whole files in, networks or findings out.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use reachability::diagnostic::Diagnostic;
use reachability::model::{Files, Origin};
use reachability::scenario::{Loaded, load, schema};

const PARTNER: &str = r##"name: Reach a partner's service over PrivateLink
region: ap-northeast-2

vpcs:
  consumer:
    account: "111111111111"
    cidr: 10.0.0.0/16
    dns: { hostnames: true }
    subnets:
      app-a: { zone: apne2-az1, cidr: 10.0.1.0/24 }    # the implied main table: local route only
    security_groups:
      app: {}
      endpoint: { ingress: [{ protocol: tcp, port: 443, from: app }] }
    instances:
      app: { subnet: app-a, ip: 10.0.1.10, security_groups: app, tags: { tier: app } }
    endpoints:
      orders: { service: "service:orders", subnets: { app-a: 10.0.1.50 }, security_groups: endpoint, private_dns: true }
  provider:
    account: "222222222222"
    cidr: 10.0.0.0/16                                  # overlapping on purpose: PrivateLink does not care
    subnets:
      web-a: { zone: apne2-az1, cidr: 10.0.2.0/24 }
    security_groups:
      web: { ingress: [{ protocol: tcp, port: 8443, from: 10.0.2.0/24 }] }
    instances:
      web-a: { subnet: web-a, ip: 10.0.2.30, security_groups: web }
    load_balancers:
      orders-nlb: { subnets: { web-a: 10.0.2.20 }, listeners: [{ protocol: tcp, port: 443, forward: web }] }
    target_groups:
      web: { protocol: tcp, port: 8443, targets: [{ instance: web-a, health: healthy }] }

endpoint_services:
  orders:
    load_balancers: provider/orders-nlb
    allowed_principals: "arn:aws:iam::111111111111:root"
    connections: { consumer/orders: accepted }
    private_dns_name: { name: orders.example.com, verified: true }

expect:
  - { from: consumer/app, to: "https://orders.example.com", verdict: private, via: [consumer/orders, provider/orders-nlb] }
  - { from: consumer/app, to: "s3://receipts", verdict: unreachable, code: NO_ROUTE_TO_DESTINATION, leg: out }

properties:
  - { never: internet, from: { tag: tier=app }, to: s3 }
  - { only_via: consumer/orders, from: consumer/*, to: "service:orders" }

cases:                                                 # the same network with one edit each
  - name: the provider has not accepted yet
    edit: { endpoint_services: { orders: { connections: { consumer/orders: pending } } } }
    expect: [{ from: consumer/app, to: "https://orders.example.com", verdict: unreachable, code: ENDPOINT_PENDING_ACCEPTANCE }]
"##;

const HUB: &str = r##"name: Hub endpoint, spoke over a transit gateway, site over Direct Connect
region: us-east-1
aws: { prefix_lists: { s3: 52.216.0.0/15 }, addresses: { s3.us-east-1.amazonaws.com: 52.216.8.10 } }
vpcs:
  hub:
    cidr: 10.0.0.0/16
    dns: { hostnames: true }
    vpn_gateway: vgw
    subnets:
      ep-a: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: ep }
      tgw-a: { zone: use1-az1, cidr: 10.0.9.0/28 }
    route_tables:
      ep: { routes: { 10.1.0.0/16: core }, propagate_from: vgw }
    security_groups: { ep: { ingress: [{ protocol: tcp, port: 443, from: [10.1.0.0/16, 192.168.0.0/16] }] } }
    endpoints:
      s3: { service: s3, subnets: { ep-a: 10.0.1.50 }, security_groups: ep, private_dns: true, private_dns_for: all }
  spoke:
    cidr: 10.1.0.0/16
    dns: { hostnames: true }
    subnets: { app-a: { zone: use1-az1, cidr: 10.1.1.0/24, route_table: app } }
    route_tables: { app: { routes: { 10.0.0.0/16: core } } }
    instances: { app: { subnet: app-a, ip: 10.1.1.10 } }
transit_gateways:
  core:
    attachments:
      hub: { vpc: hub, subnets: tgw-a }
      spoke: { vpc: spoke, subnets: app-a }
on_premises:
  hq: { cidrs: 192.168.0.0/16, hosts: { o: 192.168.5.5 }, public_ip: 203.0.113.200, resolver: isp }
virtual_interfaces:
  dx: { type: private, site: hq, to: hub/vgw }
hosted_zones:
  s3: { domain: s3.us-east-1.amazonaws.com, vpcs: spoke, records: [{ name: s3.us-east-1.amazonaws.com, type: alias, value: hub/s3 }] }
buckets: { receipts: { region: us-east-1 } }
expect:
  - { from: spoke/app, to: https://s3.us-east-1.amazonaws.com, verdict: private, mechanism: interface-endpoint, via: [core, hub/s3], answered_by: s3 }
  - { from: hq/o, to: endpoint://hub/s3:443, verdict: private, via: [dx, hub/s3] }
  - { from: hq/o, to: s3://receipts, verdict: internet, leaves_aws: "yes", mechanism: isp }
properties:
  - { never: internet, from: { vpc: spoke }, to: s3, why: the data must not touch a public link }
"##;

const OVER_A_BASE: &str = r##"name: What a stateless ACL does to replies
base: base-a.yaml
cases:
  - name: web answers the internet
    cite: vpc-forwarding#22
    expect: [{ from: x, to: tcp://203.0.113.10:443, verdict: internet, via: [igw, a/web], sees: { source: 198.51.100.7 } }]
  - name: out rules admit 443 only
    cite: vpc-forwarding#68
    edit:
      vpcs:
        a:
          network_acls:
            tight:
              ingress: { 100: { action: allow, protocol: tcp, port: 443, from: 0.0.0.0/0 } }
              egress: { 100: { action: allow, protocol: tcp, port: 443, to: 0.0.0.0/0 } }
          subnets: { pub-a: { network_acl: tight } }
    expect: [{ from: x, to: tcp://203.0.113.10:443, verdict: unreachable, leg: back, code: SUBNET_ACL_RESTRICTION, by: a/tight egress otherwise }]
  - name: Windows clients lose some connections
    cite: vpc-forwarding#70
    after: previous
    edit: { vpcs: { a: { network_acls: { tight: { egress: { 100: { port: 32768-61000 } } } } } } }
    expect: [{ from: x, to: tcp://203.0.113.10:443, client_ports: 49152-65535, verdict: mixed, failing_ports: 61001-65535 }]
  - name: a route to half a subnet is refused
    cite: vpc-forwarding#17
    edit: { vpcs: { a: { route_tables: { private-a: { routes: { 10.0.11.128/25: web } } } } } }
    refuse: [{ code: route-not-a-whole-subnet, at: a/private-a }]
"##;

fn read(text: &str) -> Loaded {
    load("it.yaml", text, &|path| Err(format!("no file {path}")))
}

/// Code and line of each finding.
fn lines(found: &[Diagnostic], files: &Files) -> Vec<(String, usize)> {
    found
        .iter()
        .map(|d| {
            let Origin::Text { file, start, .. } = d.origin else {
                panic!("{} has no place", d.code)
            };
            let before = &files.0[file as usize].text[..start as usize];
            (d.code.to_owned(), before.matches('\n').count() + 1)
        })
        .collect()
}

#[test]
fn the_partner_example_loads() {
    let loaded = read(PARTNER);
    assert_eq!(loaded.diagnostics, []);
    let scenario = loaded.scenario.unwrap();
    assert_eq!(scenario.cases.len(), 2);
    let [first, second] = scenario.cases.as_slice() else {
        panic!()
    };
    assert_eq!((first.expect.len(), first.properties.len()), (2, 2));
    assert_eq!(first.expect[1].checks.leg.as_deref(), Some("out"));
    let names: Vec<_> = first
        .draft
        .interfaces
        .iter()
        .map(|(_, i)| {
            (
                i.name.as_str(),
                i.subnet.text.as_str(),
                i.ips[0].to_string(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("app", "consumer/app-a", "10.0.1.10".to_owned()),
            ("orders@app-a", "consumer/app-a", "10.0.1.50".to_owned()),
            ("web-a", "provider/web-a", "10.0.2.30".to_owned()),
            ("orders-nlb@web-a", "provider/web-a", "10.0.2.20".to_owned()),
        ]
    );
    assert_ne!(first.draft, second.draft);
}

#[test]
fn the_hub_example_loads() {
    let loaded = read(HUB);
    assert_eq!(loaded.diagnostics, []);
    let hub = &loaded.scenario.unwrap().cases[0];
    assert_eq!(hub.draft.attachments.len(), 2);
    assert_eq!(hub.draft.connections.len(), 1);
}

#[test]
fn a_file_is_merged_over_its_base_and_cases_build_on_each_other() {
    let base = "name: base\nregion: us-east-1\nvpcs:\n  a:\n    cidr: 10.0.0.0/16\n    internet_gateway: igw\n    subnets: { pub-a: { zone: us-east-1b, cidr: 10.0.10.0/24 } }\n    route_tables: { private-a: {} }\n    instances: { web: { subnet: pub-a, public_ip: 203.0.113.10 } }\ninternet: { hosts: { x: { ip: 198.51.100.7 } } }\nexpect: [{ from: x, to: web }]\n";
    let loaded = load("dir/it.yaml", OVER_A_BASE, &|path| {
        assert_eq!(path, "base-a.yaml");
        Ok(base.to_owned())
    });
    assert_eq!(loaded.diagnostics, []);
    let scenario = loaded.scenario.unwrap();
    let cases = &scenario.cases;
    assert_eq!(cases.len(), 5);
    assert_eq!(cases[0].expect.len(), 0, "a base keeps its expectations");
    let (_, web) = cases[1].draft.interfaces.iter().next().unwrap();
    assert_eq!(web.public[0].0.to_string(), "10.0.10.4");
    let (_, subnet) = cases[1].draft.subnets.iter().next().unwrap();
    assert_eq!(subnet.zone, "use1-az2");
    let tight = |case: usize| {
        let acls = cases[case].draft.acls.iter();
        acls.map(|(_, a)| a).find(|a| a.name == "tight").cloned()
    };
    assert!(tight(1).is_none());
    assert_eq!(tight(2).unwrap().egress[0].service.ports, (443, 443));
    assert_eq!(tight(3).unwrap().egress[0].service.ports, (32768, 61000));
    assert_eq!(cases[4].refuse[0].at.as_deref(), Some("a/private-a"));
    // Whether a route may lead there is not the loader's to say.
    assert_eq!(cases[4].diagnostics, []);
}

/// A text laid into the map of VPC `a`, and the findings it must give: code and line.
/// The inserted text begins on line 6.
const BROKEN_VPCS: &[(&str, &[(&str, usize)])] = &[
    ("subnts: {}", &[("unknown-key", 6)]),
    ("dns: { hostnames: yes }", &[("wrong-type", 6)]),
    ("subnets:", &[("wrong-type", 6)]),
    (
        "subnets: { s: {} }",
        &[("missing-key", 6), ("missing-key", 6)],
    ),
    (
        "subnets: { S: { zone: use1-az1, cidr: 10.0.1.0/24 } }",
        &[("bad-name", 6)],
    ),
    (
        "subnets: { s: { zone: eu-west-1a, cidr: 10.0.1.0/24 } }",
        &[("bad-zone", 6)],
    ),
    (
        "subnets:\n      s: { zone: use1-az1, cidr: 10.0.1.0 }",
        &[("bad-cidr", 7)],
    ),
    ("dhcp_dns: 10.0.0.256", &[("bad-address", 6)]),
    (
        "route_tables:\n      t:\n        routes:\n          0.0.0.0/0: ig\n          10.9.0.0/16: core\n          pl-s4: igw\n          10.8.0.0/33: igw",
        &[
            ("unknown-name", 9),
            ("unknown-name", 10),
            ("unknown-name", 11),
            ("bad-cidr", 12),
        ],
    ),
    (
        "route_tables: { t: { propagate_from: igw } }",
        &[("gateway-does-not-propagate", 6)],
    ),
    (
        "route_tables: { t: { main: true }, u: { main: true } }",
        &[("two-main-tables", 6)],
    ),
    (
        "instances: { fw: { subnet: s } }\n    route_tables: { t: { edge_of: fw, routes: { 0.0.0.0/0: gw } } }",
        &[
            ("unknown-name", 6),
            ("no-edge-table", 7),
            ("unknown-name", 7),
        ],
    ),
    (
        "endpoints: { s3: { type: gateway, service: s3 } }\n    route_tables: { t: { routes: { pl-s3: s3 } } }",
        &[("endpoint-route-in-table", 7)],
    ),
    (
        "security_groups:\n      g:\n        ingress:\n          - { protocol: tcp, port: 80-70, from: g }\n          - { port: 443, from: h }\n          - { protocol: tpc, from: 10.0.0.1 }\n          - { protocol: icmp, icmp: { type: 256 }, from: both }\n          - { to: g }",
        &[
            ("bad-port", 9),
            ("port-without-protocol", 10),
            ("unknown-name", 10),
            ("bad-protocol", 11),
            ("bad-cidr", 11),
            ("bad-icmp", 12),
            ("unknown-name", 12),
            ("unknown-key", 13),
            ("missing-key", 13),
        ],
    ),
    (
        "security_groups: { list: { ingress: [{ from: list }] } }",
        &[("ambiguous-name", 6)],
    ),
    (
        "network_acls: { n: { ingress: { 0: { action: permit, from: list }, 7: { action: deny, from: pl-s3 } } } }",
        &[
            ("unknown-value", 6),
            ("bad-rule-number", 6),
            ("acl-peer-not-a-cidr", 6),
            ("acl-peer-not-a-cidr", 6),
        ],
    ),
    (
        "load_balancers: { l: { type: gateway, listeners: [{ protocol: tcp, port: 0, forward: t }] } }",
        &[("listener-protocol", 6), ("bad-port", 6)],
    ),
    (
        "target_groups: { t: { port: 1, targets: [{ ip: 10.0.0.1, instance: i }] } }",
        &[("wrong-type", 6)],
    ),
    (
        "subnets: { s: { zone: use1-az1, cidr: 10.0.1.0/29 } }\n    instances: { a: { subnet: s }, b: { subnet: s }, c: { subnet: s }, d: { subnet: s } }",
        &[("subnet-size", 6), ("subnet-full", 7)],
    ),
];

#[test]
fn what_is_wrong_inside_a_vpc_is_named_where_it_stands() {
    for (insert, expected) in BROKEN_VPCS {
        let text = format!(
            "name: x\nregion: us-east-1\nvpcs:\n  a:\n    cidr: 10.0.0.0/16\n    {insert}\n    internet_gateway: igw\nprefix_lists: {{ list: {{ entries: 10.0.0.0/8 }} }}\n"
        );
        let loaded = read(&text);
        let mut found = lines(&loaded.diagnostics, &loaded.files);
        let mut wanted: Vec<_> = expected
            .iter()
            .map(|(c, l)| ((*c).to_owned(), *l))
            .collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{text}\n{:#?}", loaded.diagnostics);
        assert!(loaded.scenario.is_none());
    }
}

/// Whole files, and the findings they must give: code and line.
const BROKEN_FILES: &[(&str, &[(&str, usize)])] = &[
    ("", &[("yaml-syntax", 1)]),
    ("- a", &[("wrong-type", 1)]),
    ("name: x", &[("missing-key", 1)]),
    (
        "name: x\nname: y\nregion: us-east-1",
        &[("duplicate-key", 2)],
    ),
    (
        "name: x\nregion: us-east-1\n---\nname: y",
        &[("yaml-syntax", 3)],
    ),
    ("name: [x", &[("yaml-syntax", 1)]),
    ("name: *all\nregion: us-east-1", &[("yaml-syntax", 1)]),
    ("name: !!str x\nregion: us-east-1", &[("yaml-tag", 1)]),
    ("name: x\nbase: b.yaml", &[("unreadable-base", 2)]),
    (
        "name: x\nregion: us-east-1\nexpect:\n  - { from: a, verdict: privat }\n  - { from: { ip: 10.0.0.1 }, to: b }\n  - { from: a, to: b, port: x, some: [{ failing_ports: 70000 }] }",
        &[
            ("missing-key", 4),
            ("unknown-value", 4),
            ("wrong-type", 5),
            ("bad-port", 6),
            ("bad-port", 6),
        ],
    ),
    (
        "name: x\nnetwork: ./d\npeerings: { p: { between: [a] } }",
        &[("unreadable-network", 2), ("network-is-imported", 3)],
    ),
    (
        "name: x\nregion: us-east-1\npeerings: { p: { between: [a] } }",
        &[("wrong-type", 3)],
    ),
    (
        "name: x\nregion: us-east-1\ncases:\n  - { name: a, edit: { expect: [] } }\n  - { name: b, edit: { vpc: {} } }\n  - { name: c, edit: { vpc: {} }, refuse: [{ code: unknown-key }] }",
        &[("edit-not-of-the-network", 4), ("unknown-key", 5)],
    ),
];

#[test]
fn what_is_wrong_with_a_file_is_named_where_it_stands() {
    for (text, expected) in BROKEN_FILES {
        let loaded = read(text);
        let mut found = lines(&loaded.diagnostics, &loaded.files);
        let mut wanted: Vec<_> = expected
            .iter()
            .map(|(c, l)| ((*c).to_owned(), *l))
            .collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{text}\n{:#?}", loaded.diagnostics);
        assert!(loaded.scenario.is_none());
    }
}

#[test]
fn a_base_that_leads_back_to_itself_is_refused() {
    let text = "name: x\nbase: b.yaml";
    let loaded = load("it.yaml", text, &|_| Ok(text.to_owned()));
    assert_eq!(loaded.diagnostics[0].code, "base-too-deep");
}

#[test]
fn the_schema_knows_every_section_it_refers_to() {
    let schema = schema();
    let text = schema.to_string();
    for part in text.split("#/$defs/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schema["$defs"].get(name).is_some(), "{name}");
    }
}

#[test]
fn what_the_file_leaves_to_aws_is_made_explicit() {
    let loaded = read(
        "name: x\nregion: us-east-1\nvpcs:\n  a:\n    cidr: [10.0.0.0/16, 100.64.0.0/16]\n    vpn_gateway: vgw\n    internet_gateway: igw\n    subnets: { s: { zone: us-east-1c, cidr: 10.0.1.0/24, route_table: t } }\n    route_tables: { t: { routes: { 0.0.0.0/0: nat, pl-s3: { via: igw, state: blackhole } }, propagate_from: vgw } }\n    security_groups: { g: { egress: [] } }\n    nat_gateways: { nat: { subnet: s, public_ip: 203.0.113.5 } }\n    instances: { i: { subnet: s, id: i-1 }, j: { subnet: s, ip: 10.0.1.4 } }\n    interfaces: { e: { subnet: s, attached_to: i }, f: { subnet: s, attached_to: i-1 } }\n    endpoints: { s3: { type: gateway, service: com.amazonaws.us-east-1.s3, route_tables: t } }\non_premises: { hq: { cidrs: 192.168.0.0/16 } }\nvirtual_interfaces: { dx: { type: private, site: hq, to: a/vgw } }\n",
    );
    assert_eq!(loaded.diagnostics, []);
    let scenario = loaded.scenario.unwrap();
    let draft = &scenario.cases[0].draft;
    let tables: Vec<_> = draft
        .tables
        .iter()
        .map(|(_, t)| (t.name.as_str(), t.routes.len()))
        .collect();
    // t: two local, two written, one propagated, one of the endpoint.
    assert_eq!(tables, [("main", 2), ("t", 6)]);
    let ips: Vec<_> = draft
        .interfaces
        .iter()
        .map(|(_, i)| (i.name.as_str(), i.ips[0].octets()[3]))
        .collect();
    assert_eq!(ips, [("i", 5), ("j", 4), ("e", 6), ("f", 7), ("nat", 8)]);
    let (_, i) = draft.instances.iter().next().unwrap();
    let names: Vec<_> = i.interfaces.iter().map(|r| r.text.as_str()).collect();
    assert_eq!(names, ["a/i", "a/f", "a/e"]);
    let groups: Vec<_> = draft
        .groups
        .iter()
        .map(|(_, g)| (g.name.as_str(), g.egress.len()))
        .collect();
    assert_eq!(groups, [("default", 2), ("g", 0)]);
}
