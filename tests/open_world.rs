//! What an input lacks is never read as absent: the flows it touches are unknown, and no others.
//! A host without an interface may ask; an address without anybody does not answer.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::answer::{Answer, Ask, Wording, answer, source};
use reachability::aws::compile;
use reachability::code::Code;
use reachability::engine::Leg;
use reachability::model::{
    Attached, Draft, Fact, Listing, Network, Origin, Peer, Ref, Role, TransitAttachment, Unseen,
    Why, World, build,
};
use reachability::scenario::load;

const BALANCED: &str = "
name: a load balancer
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    subnets: { s: { zone: use1-az1, cidr: 10.0.1.0/24 } }
    instances: { app: { subnet: s, ip: 10.0.1.10 }, web: { subnet: s, ip: 10.0.1.30, security_groups: web } }
    security_groups: { web: { ingress: [{ from: 10.0.0.0/16 }] } }
    load_balancers: { nlb: { subnets: { s: 10.0.1.20 }, listeners: [{ protocol: tcp, port: 443, forward: web }] } }
    target_groups: { web: { port: 8443, targets: [{ instance: web, health: healthy }] } }
";

fn draft(text: &str) -> Draft {
    let loaded = load("test.yaml", text, &|_| Err(String::new()));
    let mut cases = loaded.scenario.unwrap().cases.into_iter();
    cases.next().unwrap().draft
}

fn asked(network: &Network, to: &str) -> Answer {
    asked_by(network, "a/app", to)
}

fn asked_by(network: &Network, from: &str, to: &str) -> Answer {
    let ask = Ask::new(source(network, from).unwrap(), to);
    answer(network, &compile(network), &ask).unwrap()
}

/// An import of a target group without `describe-target-health`.
#[test]
fn targets_that_no_listing_shows_are_unknown() {
    let network = build(draft(BALANCED)).network.unwrap();
    let known = asked(&network, "tcp://a/nlb:443");
    assert_eq!(known.verdict.name(), "private");

    let mut draft = draft(BALANCED);
    let unseen = draft.unseen.push(Unseen {
        name: "targets of web".to_owned(),
        kind: "target health",
        why: Why::NotListed(Listing::TargetHealth),
        origin: Origin::Unknown,
    });
    let (id, _) = draft.target_groups.iter().next().unwrap();
    let group = draft.target_groups.get_mut(id).unwrap();
    group.targets.clear();
    group.health_listed = Fact::Unseen(unseen);
    let network = build(draft).network.unwrap();

    let answer = asked(&network, "tcp://a/nlb:443");
    assert_eq!(answer.verdict.name(), "unknown");
    assert_eq!(answer.obstacles[0].code, Code::UNKNOWN_RESOURCE);
    let other = asked(&network, "tcp://a/nlb:80");
    assert_eq!(other.obstacles[0].code, Code::ELBV2_LISTENERS_MISMATCH);
    assert_eq!(asked(&network, "tcp://a/web:22").verdict.name(), "private");
}

const TWO_SUBNETS: &str = "
name: two subnets, one of which takes no replies
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    subnets:
      open: { zone: use1-az1, cidr: 10.0.1.0/24 }
      shut: { zone: use1-az1, cidr: 10.0.2.0/24, network_acl: shut }
    network_acls: { shut: { egress: { 100: { action: allow, to: 0.0.0.0/0 } } } }
    security_groups: { web: { ingress: [{ from: 10.0.0.0/16 }] } }
    instances:
      app: { subnet: shut, ip: 10.0.2.10 }
      web: { subnet: open, ip: 10.0.1.30, security_groups: web }
";

/// The subnet's tables count for a host without an interface, out and back; it alone is found there.
#[test]
fn a_host_without_an_interface_gets_its_replies() {
    let network = build(draft(TWO_SUBNETS)).network.unwrap();
    let verdict = |from, to| asked_by(&network, from, to).verdict.name();
    assert_eq!(verdict("a/10.0.1.77", "tcp://a/web:443"), "private");
    let shut = asked_by(&network, "a/10.0.2.77", "tcp://a/web:443");
    assert_eq!(shut.obstacles[0].code, Code::SUBNET_ACL_RESTRICTION);
    assert_eq!(shut.obstacles[0].leg.name(), "back");
    assert_eq!(verdict("a/web", "tcp://10.0.1.77:443"), "unreachable");
}

/// Where nobody is there is no reply, and nothing to say about its way.
#[test]
fn nobody_sends_no_reply() {
    let network = build(draft(TWO_SUBNETS)).network.unwrap();
    let answer = asked(&network, "tcp://10.0.1.99:443");
    let codes: Vec<Code> = answer.obstacles.iter().map(|o| o.code).collect();
    assert_eq!(codes, [Code::NO_POSSIBLE_DESTINATION]);
}

const TWO_SITES: &str = "
name: two sites on one VPN gateway
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    vpn_gateway: vgw
    subnets: { s: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: t } }
    route_tables: { t: { propagate_from: vgw } }
    security_groups: { open: { ingress: [{ from: 192.168.0.0/16 }] } }
    instances: { app: { subnet: s, ip: 10.0.1.10, security_groups: open } }
on_premises:
  one: { cidrs: 192.168.0.0/16, hosts: { o: 192.168.5.5 }, routes: { 172.31.0.0/16: vpn-one } }
  two: { cidrs: 172.31.0.0/16, hosts: { f: 172.31.0.9 } }
vpn_connections: { vpn-one: { site: one, to: a/vgw }, vpn-two: { site: two, to: a/vgw } }
";

/// A VPN gateway may pass traffic from site to site: not modelled, so not refused. Into the VPC it
/// leads as ever.
#[test]
fn what_a_vpn_gateway_does_between_sites_is_not_claimed() {
    let network = build(draft(TWO_SITES)).network.unwrap();
    let between = asked_by(&network, "one/o", "tcp://172.31.0.9:443");
    assert_eq!(between.verdict.name(), "unknown");
    assert_eq!(between.obstacles[0].code, Code::UNSUPPORTED_COMPONENT);
    let into = asked_by(&network, "one/o", "tcp://a/app:443");
    assert_eq!(into.verdict.name(), "private");
}

/// A case of a bundled scenario; the scenario itself without a name.
fn bundled(file: &str, case: &str) -> Draft {
    let scenarios = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let text =
        |file: &str| std::fs::read_to_string(scenarios.join(file)).map_err(|e| e.to_string());
    let folder = file.split_once('/').unwrap().0;
    let near = |other: &str| text(&format!("{folder}/{other}"));
    let loaded = load(file, &text(file).unwrap(), &near);
    let mut cases = loaded.scenario.unwrap().cases.into_iter();
    cases
        .find(|c| case.is_empty() || c.name == case)
        .unwrap()
        .draft
}

/// The firewalls that traffic of a zone may pass on its way to no host that a zone is known of.
fn firewalls(edit: impl Fn(&mut Draft)) -> Vec<String> {
    let mut draft = bundled("vectors/inspection.yaml", "appliance mode");
    edit(&mut draft);
    let network = build(draft).network.unwrap();
    let compiled = compile(&network);
    let ask = Ask::new(source(&network, "a/app2").unwrap(), "tcp://10.1.99.9:443");
    let answer = answer(&network, &compiled, &ask).unwrap();
    let words = Wording::new(&network, &compiled);
    let ways = answer.alternatives.iter();
    let names = ways.flat_map(|way| words.via(way, Leg::Out));
    let mut all: Vec<String> = names.map(|n| n.to_string()).collect();
    all.retain(|name| name.starts_with("inspection/fw"));
    all.sort();
    all.dedup();
    all
}

/// Another VPC behind a gateway of this name, which is not in the input.
fn attach_unseen(draft: &mut Draft, gateway: &str) {
    let mut all = draft.attachments.iter();
    let (_, like) = all.find(|(_, a)| a.name.ends_with("/a")).unwrap();
    let like = like.clone();
    drop(all);
    let other = TransitAttachment {
        name: "elsewhere".to_owned(),
        gateway: Ref::named(gateway, &Origin::Unknown),
        to: Attached::Vpc(
            Ref::named("vpc-0gone", &Origin::Unknown),
            Fact::Known(vec![]),
        ),
        ..like
    };
    draft.attachments.push(other);
}

/// In appliance mode a flow keeps the zone it came from, unless it may come from a VPC that the input
/// does not have.
#[test]
fn a_zone_is_kept_where_every_vpc_is_known() {
    let one = ["inspection/fw-b"];
    let both = ["inspection/fw-a", "inspection/fw-b"];
    assert_eq!(firewalls(|_| {}), one);
    let listing = Listing::TransitGatewayVpcAttachments;
    assert_eq!(firewalls(|d| d.unlisted.push(listing)), both);
    let open = |d: &mut Draft| d.world = World::Open;
    assert_eq!(firewalls(open), one);
    assert_eq!(firewalls(|d| (open(d), attach_unseen(d, "core")).0), both);
    assert_eq!(
        firewalls(|d| (open(d), attach_unseen(d, "tgw-0gone")).0),
        one
    );
}

/// Nobody who is shown is a member of a group that is not: neither is a member of the first that is.
#[test]
fn a_group_that_is_not_shown_has_none_of_the_members_that_are() {
    let mut draft = draft(BALANCED);
    draft.world = World::Open;
    let (_, first) = draft.groups.iter().next().unwrap();
    let first = Ref::named(format!("a/{}", first.name), &Origin::Unknown);
    let app = "10.0.1.10".parse::<std::net::Ipv4Addr>().unwrap();
    let (id, _) = draft.interfaces.iter().find(|(_, i)| i.has(app)).unwrap();
    draft.interfaces.get_mut(id).unwrap().groups = vec![first.clone()];
    let (web, _) = draft.groups.iter().find(|(_, g)| g.name == "web").unwrap();
    let gone = Ref::named("sg-0gone", &Origin::Unknown);
    for (group, verdict) in [(gone, "unreachable"), (first, "private")] {
        let mut draft = draft.clone();
        draft.groups.get_mut(web).unwrap().ingress[0].peer = Peer::Group(group);
        let network = build(draft).network.unwrap();
        assert_eq!(asked(&network, "tcp://a/web:443").verdict.name(), verdict);
    }
}

/// An outbound endpoint that the input shows without addresses: how its queries fare is unknown.
#[test]
fn a_query_from_nowhere_has_no_answer_and_no_failure() {
    let mut draft = bundled("dns/rules.yaml", "");
    draft.world = World::Open;
    let known = asked_by(&build(draft.clone()).network.unwrap(), "a/i1", NAMED);
    assert_eq!(known.verdict.name(), "private");

    let resolvers = draft
        .interfaces
        .iter()
        .filter(|(_, i)| matches!(i.role, Role::Resolver(_)));
    for id in resolvers.map(|(id, _)| id).collect::<Vec<_>>() {
        draft.interfaces.get_mut(id).unwrap().ips.clear();
    }
    let answer = asked_by(&build(draft).network.unwrap(), "a/i1", NAMED);
    assert_eq!(answer.verdict.name(), "unknown");
    assert!(
        answer.obstacles[0].by.contains("has no address"),
        "{:?}",
        answer.obstacles[0]
    );
}

const NAMED: &str = "tcp://intranet.example.com:443";
