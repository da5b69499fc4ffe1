//! What a proof shows, of small networks where it is known: the outcome, and the packet that people see.

use reachability::analysis::prove::{Means, Outcome, Proof, prove_by};
use reachability::aws::compile;
use reachability::fabric::Flow;
use reachability::model::build;
use reachability::scenario::load;

const NETWORK: &str = "
name: what a proof shows
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    subnets:
      public: { zone: use1-az1, cidr: 10.0.0.0/24, route_table: public }
      inner: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: inner }
    internet_gateway: igw
    route_tables:
      public: { routes: { 0.0.0.0/0: igw } }
      inner: { routes: { near: ab, far: hub } }
    security_groups:
      open: { ingress: [{ from: 0.0.0.0/0 }] }
      silent: { egress: [] }
      names: { egress: [{ protocol: udp, port: 1-1023, to: 0.0.0.0/0 }] }
      pings: { egress: [{ protocol: icmp, to: 0.0.0.0/0 }] }
      perhaps: { egress: [{ to: 52.0.0.0/8 }] }
    instances:
      web: { subnet: public, ip: 10.0.0.10, public_ip: 203.0.113.10, security_groups: open }
      doubtful: { subnet: public, ip: 10.0.0.11, public_ip: 203.0.113.11, security_groups: perhaps }
      names: { subnet: public, ip: 10.0.0.13, public_ip: 203.0.113.13, security_groups: names }
      pings: { subnet: public, ip: 10.0.0.14, public_ip: 203.0.113.14, security_groups: pings }
      silent: { subnet: public, ip: 10.0.0.12, public_ip: 203.0.113.12, security_groups: silent }
      inner: { subnet: inner, ip: 10.0.1.10, security_groups: open }
  b:
    cidr: 10.1.0.0/16
    subnets:
      web: { zone: use1-az1, cidr: 10.1.1.0/24, route_table: back }
      public: { zone: use1-az1, cidr: 10.1.2.0/24, route_table: public }
    internet_gateway: igw
    route_tables:
      back: { routes: { 10.0.0.0/16: ab } }
      public: { routes: { 0.0.0.0/0: igw } }
    security_groups: { open: { ingress: [{ from: 10.0.0.0/16 }] }, closed: {} }
    instances:
      web: { subnet: web, ip: 10.1.1.10, security_groups: open }
      closed: { subnet: public, ip: 10.1.2.10, public_ip: 203.0.113.20, security_groups: closed }
  c:
    cidr: 10.2.0.0/16
    subnets:
      app: { zone: use1-az1, cidr: 10.2.0.0/24 }
      nlb: { zone: use1-az1, cidr: 10.2.1.0/24, network_acl: few }
      db: { zone: use1-az1, cidr: 10.2.2.0/24 }
    network_acls:
      few:
        ingress:
          10: { action: allow, protocol: tcp, port: 443, from: 10.2.0.0/24 }
          15: { action: deny, protocol: tcp, port: 0-20000, from: 10.2.2.0/24 }
          20: { action: allow, protocol: tcp, port: 0-20100, from: 10.2.2.0/24 }
        egress: { 10: { action: allow, to: 0.0.0.0/0 } }
    security_groups: { open: { ingress: [{ from: 10.2.0.0/16 }] } }
    instances:
      app: { subnet: app, ip: 10.2.0.10, security_groups: open }
      db: { subnet: db, ip: 10.2.2.10, security_groups: open }
    load_balancers:
      nlb: { subnets: { nlb: 10.2.1.20 }, listeners: [{ protocol: tcp, port: 443, forward: db }] }
    target_groups:
      db: { type: ip, protocol: tcp, port: 5432, preserve_client_ip: false, targets: [{ ip: 10.2.2.10, health: healthy }] }
prefix_lists:
  near: { id: pl-0a0a0a0a, entries: [10.1.0.0/16, 10.3.0.0/16] }
  far: { entries: [10.1.0.0/16] }
  outside: { id: pl-0b0b0b0b, entries: [198.51.100.0/24] }
aws: { prefix_lists: { dynamodb: 52.94.0.0/22 } }
peerings: { ab: { between: [a, b] } }
transit_gateways:
  hub:
    attachments:
      a: { vpc: a, subnets: [inner] }
      b: { vpc: b, subnets: [web] }
properties:
";

/// What comes of a property, by some means.
fn proved(property: &str, means: Means) -> Proof {
    tried(property, means).unwrap()
}

fn tried(property: &str, means: Means) -> Result<Proof, String> {
    let text = format!("{NETWORK}  - {property}\n");
    let loaded = load("test.yaml", &text, &|_| Err(String::new()));
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let case = scenario.cases.into_iter().next().unwrap();
    let built = build(case.draft);
    let network = built
        .network
        .unwrap_or_else(|| panic!("{:?}", built.diagnostics));
    let [property] = case.properties.as_slice() else {
        panic!("{:?}", case.properties);
    };
    prove_by(&network, &compile(&network), property, means)
}

fn outcome(property: &str) -> &'static str {
    super::word(&proved(property, Means::Each))
}

/// The packet of a counterexample.
fn shown(property: &str) -> Flow {
    let proof = proved(property, Means::Each);
    let Outcome::Refuted(at, replay) = &proof.outcome else {
        panic!("{property}: {:?}", proof.outcome);
    };
    assert!(replay.agrees, "{property}");
    proof.found[*at].flow.unwrap()
}

/// Of everything that is sent, a packet that somebody would send: not to the address of a network,
/// and to a port that is in use.
#[test]
fn a_natural_packet_is_shown() {
    let to = |property: &str| {
        let flow = shown(property);
        (flow.proto, flow.dst.to_string(), flow.dport.0)
    };
    let of = |proto: u8, dst: &str, port: u16| (proto, dst.to_owned(), port);
    for (ports, port) in [
        ("1-65535", 443),
        ("400-500", 443),
        ("444-500", 444),
        ("1-442", 53),
        ("0-52", 1),
        ("0-0", 0),
        ("443-500", 443),
        ("53", 53),
        ("54-443", 443),
    ] {
        let property =
            format!("{{ never: internet, from: a/web, to: 198.51.100.0/24, ports: {ports} }}");
        assert_eq!(to(&property), of(6, "198.51.100.1", port), "{ports}");
    }
    for (from, proto, port) in [("web", 6, 80), ("names", 17, 80), ("pings", 1, 0)] {
        let ports = if port > 0 { "80-90" } else { "any" };
        let one =
            format!("{{ never: internet, from: a/{from}, to: 198.51.100.7/32, ports: {ports} }}");
        assert_eq!(to(&one), of(proto, "198.51.100.7", port));
    }
    let names = "{ never: internet, from: a/names, to: 198.51.100.7/32 }";
    assert_eq!(to(names), of(17, "198.51.100.7", 443));
}

/// Of the ports that a load balancer may pick, the replies to a hundred pass its ACL.
#[test]
fn a_port_that_passes_is_picked() {
    let flow = shown("{ never: reachable, from: c/app, to: 10.2.1.20/32 }");
    assert_eq!(flow.dport, (443, 443));
}

/// What leaves in public refutes, though nobody lets it in at its end.
#[test]
fn what_is_stopped_in_public_has_left() {
    assert_eq!(
        outcome("{ never: internet, from: a/web, to: 203.0.113.20/32 }"),
        "refuted"
    );
    assert_eq!(
        outcome("{ never: reachable, from: a/web, to: 203.0.113.20/32 }"),
        "holds"
    );
}

/// Addresses of a service that the input does not give may be in a block or not.
#[test]
fn what_hangs_on_what_is_not_given_is_unknown() {
    assert_eq!(
        outcome("{ never: internet, from: a/doubtful, to: s3 }"),
        "unknown"
    );
    assert_eq!(
        outcome("{ never: internet, from: a/web, to: s3 }"),
        "refuted"
    );
}

/// Where nothing is let out of its source, a property speaks of nothing.
#[test]
fn what_does_not_leave_shows_nothing() {
    for (from, to, word) in [
        ("silent", "198.51.100.0/24", "holds vacuously"),
        ("inner", "10.9.0.0/24", "holds vacuously"),
        ("inner", "10.1.1.0/24", "holds"),
        ("inner", "10.1.2.0/24", "holds"),
    ] {
        let property = format!("{{ never: internet, from: a/{from}, to: {to} }}");
        for means in [Means::Each, Means::Classes, Means::Doors] {
            let proof = proved(&property, means);
            assert_eq!(super::word(&proof), word, "{property}: {means:?}");
            assert!(proof.ways > 0, "{property}: {means:?}");
        }
    }
}

/// Two lists lead the same block two ways, and nobody knows which is taken: both count.
#[test]
fn each_of_two_ways_is_followed() {
    for way in ["ab", "hub"] {
        let only = format!("{{ only_via: {way}, from: a/inner, to: b/web }}");
        assert_eq!(outcome(&only), "refuted", "{way}");
    }
    let reachable = "{ never: reachable, from: a/inner, to: b/web }";
    assert_eq!(outcome(reachable), "refuted");
}

/// A list is its blocks: by name, by id, by the service it is of.
#[test]
fn a_list_is_its_blocks() {
    for (list, first) in [
        ("outside", "198.51.100.1"),
        ("pl-0b0b0b0b", "198.51.100.1"),
        ("dynamodb", "52.94.0.1"),
    ] {
        let property = format!("{{ never: internet, from: a/web, to: \"list:{list}\" }}");
        assert_eq!(shown(&property).dst.to_string(), first, "{list}");
    }
    let service = "{ never: internet, from: a/web, to: \"list:s3\" }";
    assert_eq!(outcome(service), "refuted");
    let nobody = "{ never: internet, from: a/web, to: \"list:nobodys\" }";
    assert!(tried(nobody, Means::Each).is_err());
}
