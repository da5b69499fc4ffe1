//! What an import may leave open, one thing at a time: what hangs on it is unknown and names it, and
//! everything else is as it was.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::answer::{Ask, answer, source};
use reachability::aws::compile;
use reachability::model::{
    Arena, Attached, Destination, Draft, Fact, Gap, Id, Listing, Network, Origin, Peer, Ref, Role,
    Route, RouteTable, Target, TransitAttachment, Unseen, Why, World, build,
};
use reachability::scenario::load;
use std::net::Ipv4Addr;

const ACCOUNT: &str = "
name: an account, whole
region: us-east-1
internet: { hosts: { x: { ip: 198.51.100.7, ipv6: '2001:db8:f::7' } } }
on_premises: { hq: { cidrs: 192.168.0.0/16, hosts: { o: 192.168.5.5 } } }
virtual_interfaces: { vif: { type: public, site: hq, prefixes: 203.0.113.200/32 } }
vpcs:
  a:
    cidr: 10.0.0.0/16
    dns: { hostnames: true }
    internet_gateway: igw
    subnets:
      strict: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: out, network_acl: linux }
      calm: { zone: use1-az1, cidr: 10.0.2.0/24, route_table: out }
      other: { zone: use1-az2, cidr: 10.0.3.0/24, route_table: out }
    route_tables: { out: { routes: { 0.0.0.0/0: igw, 10.7.0.0/16: spare, 10.2.0.0/16: core } } }
    network_acls:
      linux:
        ingress: { 100: { action: allow, protocol: tcp, port: 32768-60999, from: 10.0.0.0/8 } }
        egress: { 100: { action: allow, to: 0.0.0.0/0 } }
    security_groups:
      open: { ingress: [{ from: 0.0.0.0/0 }] }
      clients: { ingress: [{ from: 10.0.1.0/24 }] }
      asks: { egress: [{ protocol: tcp, port: 443, to: 10.0.0.0/8 }] }
    instances:
      linux: { subnet: strict, ip: 10.0.1.10, security_groups: open }
      calm: { subnet: calm, ip: 10.0.2.10, public_ip: 203.0.113.10, security_groups: open }
      closed: { subnet: calm, ip: 10.0.2.11, security_groups: clients }
      public: { subnet: strict, ip: 10.0.1.11, public_ip: 203.0.113.11, security_groups: open }
      far: { subnet: other, ip: 10.0.3.10, security_groups: open }
      asks: { subnet: calm, ip: 10.0.2.12, security_groups: asks }
    interfaces: { spare: { subnet: other, ip: 10.0.3.99 } }
    nat_gateways: { nat: { mode: regional, zones: [use1-az1], public_ip: { use1-az1: 203.0.113.60 } } }
    load_balancers:
      nlb:
        subnets: { calm: 10.0.2.20, other: 10.0.3.20 }
        listeners: [{ protocol: tcp, port: 443, forward: open }, { protocol: tcp, port: 444, forward: closed }, { protocol: tcp, port: 445, forward: [{ target_group: open, weight: 1 }, { target_group: idle, weight: 0 }] }, { protocol: tcp, port: 446, forward: [{ target_group: open, weight: 1 }, { target_group: closed, weight: 1 }] }, { protocol: tcp, port: 447, forward: idle }, { protocol: tcp, port: 448, forward: stated }, { protocol: tcp, port: 449, forward: [{ target_group: open, weight: 1 }, { target_group: twin, weight: 1 }] }]
    target_groups:
      open: { port: 8443, targets: [{ instance: calm, health: healthy }] }
      closed: { port: 8443, targets: [{ instance: closed, health: healthy }] }
      idle: { port: 8443, targets: [{ instance: far, health: healthy }] }
      twin: { port: 8444, targets: [{ instance: calm, health: healthy }] }
      stated: { port: 8443, cross_zone: true, targets: [{ instance: far, health: healthy }] }
    endpoints: { pay: { service: 'service:pay', subnets: { calm: 10.0.2.50 }, security_groups: open } }
  p:
    account: '222222222222'
    cidr: 10.1.0.0/16
    subnets: { web: { zone: use1-az1, cidr: 10.1.1.0/24 } }
    security_groups: { web: { ingress: [{ from: 10.1.0.0/16 }] } }
    instances: { web: { subnet: web, ip: 10.1.1.30, security_groups: web } }
    load_balancers: { front: { subnets: { web: 10.1.1.20 }, listeners: [{ protocol: tcp, port: 443, forward: web }] } }
    target_groups: { web: { port: 8443, targets: [{ instance: web, health: healthy }] } }
  six:
    cidr: 10.2.0.0/16
    ipv6: '2001:db8:2::/56'
    subnets: { s: { zone: use1-az1, cidr: 10.2.1.0/24, ipv6: '2001:db8:2:1::/64', route_table: t } }
    route_tables: { t: { routes: { 10.0.0.0/16: core } } }
    security_groups: { open: { ingress: [{ from: [0.0.0.0/0, '::/0'] }] }, known: { ingress: [{ from: a/open }] } }
    instances: { web: { subnet: s, ip: 10.2.1.10, ipv6: '2001:db8:2:1::10', security_groups: open }, db: { subnet: s, ip: 10.2.1.11, security_groups: known } }
transit_gateways:
  core: { security_group_references: true, attachments: { a: { vpc: a, subnets: [calm, other], table: from_a }, six: { vpc: six, subnets: s, table: from_six } }, route_tables: { from_a: { routes: { 10.0.0.0/16: a, 10.2.0.0/16: six } }, from_six: { routes: { 10.0.0.0/16: a, 10.2.0.0/16: six } } } }
profiles: { theirs: { vpcs: p } }
hosted_zones: { corp: { domain: corp.example, vpcs: p, records: [{ name: app.corp.example, type: a, value: 10.0.2.10 }, { name: two.corp.example, type: a, value: [10.0.2.20, 10.2.1.10] }] } }
endpoint_services: { pay: { load_balancers: p/front, acceptance_required: false, allowed_principals: any } }
";

fn draft() -> Draft {
    let loaded = load("test.yaml", ACCOUNT, &|_| Err(String::new()));
    let mut draft = loaded.scenario.unwrap().cases.remove(0).draft;
    draft.world = World::Open;
    draft
}

fn find<T>(all: &Arena<T>, mut is: impl FnMut(&T) -> bool) -> Id<T> {
    all.iter().find(|(_, noun)| is(noun)).unwrap().0
}

/// Something that is named, and not in the input.
fn gone<T>(name: &str) -> Ref<T> {
    Ref::named(name, &Origin::Unknown)
}

fn out(draft: &mut Draft) -> &mut RouteTable {
    let id = find(&draft.tables, |t| t.name == "out");
    draft.tables.get_mut(id).unwrap()
}

/// The attachment of the VPC of `calm`.
fn calm_in_appliance_mode(draft: &mut Draft) -> &mut TransitAttachment {
    let id = find(&draft.attachments, |a| a.name.ends_with("/a"));
    let found = draft.attachments.get_mut(id).unwrap();
    found.appliance_mode = true;
    found
}

fn to_the_internet(draft: &mut Draft) -> Route {
    let mut routes = out(draft).routes.iter();
    let found = routes.find(|r| matches!(r.target, Target::Internet(_)));
    found.unwrap().clone()
}

type Question = (&'static str, &'static str, &'static str);

/// What is left open, by the name that answers must give; how; and the questions with their verdicts.
type Case = (
    &'static str,
    fn(&mut Draft, Id<Unseen>),
    &'static [Question],
);

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Nothing at all: what the others are told apart from.
    ("", |_, _| {}, &[
        ("a/linux", "tcp://a/calm:443", "private"),
        ("a/calm", "tcp://a/linux:443", "unreachable"),
        ("a/far", "tcp://10.0.2.20:443", "private"),
        ("a/far", "tcp://10.0.2.20:444", "unreachable"),
        ("a/linux", "tcp://10.0.2.20:445", "private"),
        ("a/linux", "tcp://10.0.2.20:446", "private"),
        ("a/calm", "endpoint://a/pay:443", "private"),
        ("x", "tcp://203.0.113.10:443", "internet"),
        ("x", "tcp://203.0.113.99:443", "unreachable"),
        ("x", "tcp://[2001:db8:2:1::10]:443", "unreachable"),
        ("a/calm", "tcp://203.0.113.99:443", "internet"),
        ("a/calm", "tcp://10.0.2.77:443", "unreachable"),
        ("hq/203.0.113.200", "tcp://203.0.113.50:443", "unreachable"),
        ("a/calm", "tcp://10.0.2.20:447", "unreachable"),
        ("a/calm", "tcp://10.0.2.20:448", "private"),
        ("a/calm", "tcp://six/db:443", "private"),
        ("a/calm", "tcp://10.7.0.5:443", "unknown"),
        ("a/calm", "tcp://app.corp.example:443", "internet"),
        ("strict/10.0.1.10", "tcp://a/calm:443", "private"),
        ("a/asks", "tcp://a/calm:443", "private"),
        ("a/linux", "tcp://10.0.2.20:449", "private"),
        ("p/web", "tcp://www.example.com:443", "unreachable"),
        ("a/asks", "tcp://six/web:443", "private"),
        ("x", "tcp://203.0.113.60:443", "unreachable"),
        ("a/public", "tcp://203.0.113.99:443", "unreachable"),
        ("six/web", "tcp://a/calm:443", "private"),
        ("a/calm", "https://sqs.us-east-1.amazonaws.com", "internet"),
        ("a/calm", "tcp://www.example.com:443", "internet"),
        ("a/linux", "tcp://a/nlb:443", "mixed"),
    ]),
    ("", |d, _| { let s = find(&d.services, |_| true); d.services.get_mut(s).unwrap().aliases.push("vpce-svc-0pay".to_owned()); }, &[
        ("a/calm", "service:vpce-svc-0pay", "private"),
        ("a/calm", "a/linux:443", "unreachable"),
    ]),
    // Whether a load balancer balances across zones, where its target group does not say.
    ("cross-zone of nlb", |d, u| { let l = find(&d.load_balancers, |l| l.name == "nlb"); d.gaps.insert(Gap::BalancerCrossZone(l), u); }, &[
        ("a/far", "tcp://10.0.2.20:443", "private"),
        ("a/calm", "tcp://10.0.2.20:447", "unknown"),
        ("a/calm", "tcp://10.0.2.20:448", "private"),
    ]),
    // Whether a transit gateway carries who sends.
    ("references of core", |d, u| { let a = find(&d.attachments, |a| a.name.ends_with("six")); d.attachments.get_mut(a).unwrap().group_references = Fact::Unseen(u); }, &[
        ("a/calm", "tcp://six/db:443", "unknown"),
        ("a/closed", "tcp://six/db:443", "unreachable"),
        ("a/calm", "tcp://six/web:443", "private"),
    ]),
    // Names.
    ("VPCs of corp", |d, u| { let z = find(&d.zones, |_| true); d.gaps.insert(Gap::ZoneVpcs(z), u); }, &[
        ("a/calm", "tcp://app.corp.example:443", "unknown"),
        ("a/calm", "tcp://www.example.com:443", "internet"),
    ]),
    ("what theirs brings", |d, u| { let p = find(&d.profiles, |_| true); d.gaps.insert(Gap::ProfileResources(p), u); }, &[
        ("a/calm", "tcp://www.example.com:443", "internet"),
        ("p/web", "tcp://www.example.com:443", "unknown"),
    ]),
    ("host names of a", |d, u| { let v = find(&d.vpcs, |v| v.name == "a"); d.vpcs.get_mut(v).unwrap().dns_hostnames = Fact::Unseen(u); let z = find(&d.zones, |_| true); d.zones.get_mut(z).unwrap().vpcs = vec![Ref::named("a", &Origin::Unknown)]; }, &[
        ("a/linux", "tcp://app.corp.example:443", "unknown"),
        ("a/calm", "tcp://www.example.com:443", "internet"),
    ]),
    ("hosted zones", |d, _| d.unlisted.push(Listing::HostedZones), &[
        ("x", "tcp://app.corp.example:443", "unknown"),
    ]),
    // AWS's own names are asked of AWS all the same.
    ("DHCP options", |d, u| { let v = find(&d.vpcs, |v| v.name == "a"); d.gaps.insert(Gap::Listing(v, Listing::DhcpOptions), u); }, &[
        ("a/calm", "tcp://www.example.com:443", "unknown"),
        ("a/calm", "https://sqs.us-east-1.amazonaws.com", "internet"),
    ]),
    // Nothing is left open: a load balancer that faces the internet has no address in private.
    ("", |d, _| { let l = find(&d.load_balancers, |l| l.name == "nlb"); d.load_balancers.get_mut(l).unwrap().internet_facing = true; }, &[
        ("a/calm", "tcp://a/nlb:443", "unreachable"),
    ]),
    // Whether a target sees the client, and a failing target is used.
    ("attributes of open", |d, u| { let g = find(&d.target_groups, |g| g.name == "open"); d.gaps.insert(Gap::GroupAttributes(g), u); }, &[
        ("a/far", "tcp://10.0.2.20:443", "private"),
        ("a/far", "tcp://10.0.2.20:444", "unreachable"),
        ("a/linux", "tcp://10.0.2.20:446", "unknown"),
        ("a/linux", "tcp://10.0.2.20:449", "unknown"),
    ]),
    ("attributes of closed", |d, u| { let g = find(&d.target_groups, |g| g.name == "closed"); d.gaps.insert(Gap::GroupAttributes(g), u); }, &[
        ("a/linux", "tcp://10.0.2.20:444", "unknown"),
        ("a/far", "tcp://10.0.2.20:444", "unreachable"),
        ("a/far", "tcp://10.0.2.20:443", "private"),
    ]),
    ("targets of idle", |d, u| { let g = find(&d.target_groups, |g| g.name == "idle"); d.target_groups.get_mut(g).unwrap().health_listed = Fact::Unseen(u); }, &[
        ("a/linux", "tcp://10.0.2.20:445", "private"),
        // Which zones its name leads to hangs on the targets of all its listeners.
        ("a/linux", "tcp://a/nlb:443", "unknown"),
    ]),
    ("lb-0gone", |d, _| { let s = find(&d.services, |_| true); d.services.get_mut(s).unwrap().load_balancers.push(gone("lb-0gone")); }, &[
        ("a/calm", "endpoint://a/pay:443", "unknown"),
    ]),
    // Which system an instance runs, and whether it runs.
    ("whether linux runs", |d, u| { let i = find(&d.instances, |i| i.name == "linux"); d.gaps.insert(Gap::Running(i), u); }, &[
        ("a/linux", "tcp://a/calm:443", "unknown"),
        ("a/far", "tcp://a/calm:443", "private"),
    ]),
    ("whether calm runs", |d, u| { let i = find(&d.instances, |i| i.name == "calm"); d.gaps.insert(Gap::Running(i), u); }, &[
        ("a/calm", "tcp://a/far:443", "unknown"),
        ("a/far", "tcp://a/calm:443", "unknown"),
        ("a/far", "tcp://a/linux:22", "unreachable"),
    ]),
    ("i-0gone", |d, _| { let i = find(&d.interfaces, |i| i.has("10.0.3.10".parse::<Ipv4Addr>().unwrap())); d.interfaces.get_mut(i).unwrap().role = Role::Instance(gone("i-0gone")); }, &[
        ("a/linux", "tcp://10.0.3.10:443", "unknown"),
        ("a/linux", "tcp://a/calm:443", "private"),
    ]),
    ("rslvr-0gone", |d, _| { let i = find(&d.interfaces, |i| i.has("10.0.3.10".parse::<Ipv4Addr>().unwrap())); d.interfaces.get_mut(i).unwrap().role = Role::Resolver(gone("rslvr-0gone")); }, &[
        ("a/linux", "udp://10.0.3.10:53", "unknown"),
    ]),
    // Who else has an address.
    ("interfaces", |d, u| { let v = find(&d.vpcs, |v| v.name == "a"); d.unlisted.push(Listing::NetworkInterfaces); d.gaps.insert(Gap::Listing(v, Listing::NetworkInterfaces), u); let s = find(&d.subnets, |s| s.name == "calm"); d.gaps.insert(Gap::Addresses(s), u); }, &[
        ("a/linux", "tcp://10.0.2.10:443", "private"),
        ("a/linux", "tcp://10.0.2.77:443", "unknown"),
        ("a/linux", "tcp://10.0.2.5:443", "unknown"),
        ("x", "tcp://203.0.113.99:443", "unknown"),
        ("x", "tcp://203.0.113.10:443", "internet"),
        ("a/calm", "tcp://203.0.113.99:443", "unknown"),
        // Whoever has it: the subnet's ACL refuses the reply.
        ("a/public", "tcp://203.0.113.99:443", "unreachable"),
        ("a/calm", "tcp://x:443", "internet"),
    ]),
    ("owner of 203.0.113.50", |d, u| d.unseen_public.push((Ipv4Addr::new(203, 0, 113, 50), u)), &[
        ("x", "tcp://203.0.113.50:443", "unknown"),
        ("x", "tcp://203.0.113.99:443", "unreachable"),
        ("hq/203.0.113.200", "tcp://203.0.113.50:443", "unknown"),
        ("hq/203.0.113.200", "tcp://203.0.113.51:443", "unreachable"),
    ]),
    ("igw-0gone", |d, _| { let more = Route { target: Target::Internet(gone("igw-0gone")), ..to_the_internet(d) }; let t = find(&d.tables, |t| t.name == "t"); d.tables.get_mut(t).unwrap().routes.push(more); }, &[
        ("x", "tcp://[2001:db8:2:1::10]:443", "unknown"),
        ("x", "tcp://[2001:db8:3:1::10]:443", "unreachable"),
        ("x", "tcp://203.0.113.10:443", "internet"),
    ]),
    // The gateway of another VPC is no way in, and is not missing.
    ("", |d, _| { let more = Route { target: Target::Internet(Ref::named("a/igw", &Origin::Unknown)), ..to_the_internet(d) }; let t = find(&d.tables, |t| t.name == "t"); d.tables.get_mut(t).unwrap().routes.push(more); }, &[
        ("x", "tcp://[2001:db8:2:1::10]:443", "unreachable"),
    ]),
    ("vpc-0gone", |d, _| { let n = find(&d.regional_nats, |_| true); d.regional_nats.get_mut(n).unwrap().vpc = gone("vpc-0gone"); }, &[
        ("x", "tcp://203.0.113.60:443", "unknown"),
        ("x", "tcp://203.0.113.99:443", "unreachable"),
        ("x", "tcp://203.0.113.10:443", "internet"),
    ]),
    ("tgw-attach-0gone", |d, _| { let a = find(&d.attachments, |a| a.name.ends_with("six")); let a = d.attachments.get_mut(a).unwrap(); a.to = Attached::Peer(gone("tgw-attach-0gone")); a.propagates_to.clear(); }, &[
        ("a/calm", "tcp://10.2.1.10:443", "unknown"),
        ("a/calm", "tcp://10.2.9.10:443", "unknown"),
        ("a/calm", "tcp://a/far:443", "private"),
    ]),
    // In appliance mode: which zones a VPC is attached in, and whether a route is there.
    ("subnets of a", |d, u| { let a = calm_in_appliance_mode(d); if let Attached::Vpc(_, subnets) = &mut a.to { *subnets = Fact::Unseen(u); } }, &[
        ("six/web", "tcp://a/calm:443", "unknown"),
    ]),
    ("subnet-0gone", |d, _| { let a = calm_in_appliance_mode(d); if let Attached::Vpc(_, Fact::Known(subnets)) = &mut a.to { subnets.push(gone("subnet-0gone")); } }, &[
        ("six/web", "tcp://a/calm:443", "unknown"),
    ]),
    ("pl-0gone", |d, _| { calm_in_appliance_mode(d); let t = find(&d.transit_tables, |t| t.name.ends_with("from_six")); d.transit_tables.get_mut(t).unwrap().routes[0].destination = Destination::List(gone("pl-0gone")); }, &[
        ("six/web", "tcp://a/calm:443", "unknown"),
    ]),
    // Filters and lists.
    ("acl-0gone", |d, _| { let s = find(&d.subnets, |s| s.name == "other"); d.subnets.get_mut(s).unwrap().acl = gone("acl-0gone"); }, &[
        ("a/calm", "tcp://a/far:443", "unknown"),
        ("a/linux", "tcp://a/calm:443", "private"),
    ]),
    // Members of a group that is not shown are nobody of this VPC, and no peering leads to another.
    ("", |d, _| { let g = find(&d.groups, |g| g.name == "asks"); d.groups.get_mut(g).unwrap().egress[0].peer = Peer::Group(gone("sg-0gone")); }, &[
        ("a/asks", "tcp://a/calm:443", "unreachable"),
        ("a/asks", "tcp://six/web:443", "unreachable"),
    ]),
    ("pl-0gone", |d, _| { let more = Route { destination: Destination::List(gone("pl-0gone")), target: Target::Peering(gone("pcx-0gone")), ..to_the_internet(d) }; out(d).routes.push(more); }, &[
        ("a/calm", "tcp://x:443", "unknown"),
        ("a/calm", "tcp://a/far:443", "private"),
    ]),
    ("com.amazonaws.us-east-1.s3", |d, _| { let only = Route { destination: Destination::AwsList("us-east-1".to_owned(), "s3".to_owned()), target: Target::Peering(gone("pcx-0gone")), ..to_the_internet(d) }; out(d).routes.retain(|r| !matches!(r.target, Target::Internet(_))); out(d).routes.push(only); }, &[
        ("a/calm", "tcp://52.216.8.10:443", "unknown"),
        ("a/calm", "tcp://1.0.0.0:443", "unknown"),
        ("a/calm", "tcp://172.16.0.0:443", "unreachable"),
        ("a/calm", "tcp://172.16.0.1:443", "unreachable"),
        ("a/calm", "tcp://172.31.255.255:443", "unreachable"),
        ("a/calm", "tcp://a/far:443", "private"),
    ]),
];

fn verdict(network: &Network, name: &str, (from, to, expected): Question) -> Result<(), String> {
    let ask = Ask::new(source(network, from)?, to);
    let answer = answer(network, &compile(network), &ask)?;
    let got = answer.verdict.name();
    let named = answer.obstacles.iter().any(|o| o.by.contains(name));
    let stopped = !answer.obstacles.is_empty();
    if got != expected || (got == "unknown" && !named) || (got == "unreachable" && !stopped) {
        let by: Vec<&str> = answer.obstacles.iter().map(|o| o.by.as_str()).collect();
        return Err(format!("{name}: {from} → {to}: {got} by {by:?}"));
    }
    Ok(())
}

#[test]
fn what_is_left_open_decides_what_hangs_on_it_and_nothing_else() {
    let mut wrong = Vec::new();
    for (name, leave_open, questions) in CASES {
        let mut draft = draft();
        let unseen = draft.unseen.push(Unseen {
            name: (*name).to_owned(),
            kind: "listing",
            why: Why::NotSaid,
            origin: Origin::Unknown,
        });
        leave_open(&mut draft, unseen);
        let built = build(draft);
        let network = built
            .network
            .unwrap_or_else(|| panic!("{name}: {:?}", built.diagnostics));
        let each = questions.iter().map(|q| verdict(&network, name, *q));
        wrong.extend(each.filter_map(Result::err));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Of two addresses that are dialled, the ways to one come to the same whatever is missing there: only
/// what is missing on the way to the other decides.
#[test]
fn only_what_decides_is_named() {
    let mut draft = draft();
    let [attributes, runs] = ["attributes of open", "whether web runs"].map(|name| {
        draft.unseen.push(Unseen {
            name: name.to_owned(),
            kind: "listing",
            why: Why::NotSaid,
            origin: Origin::Unknown,
        })
    });
    let open = find(&draft.target_groups, |g| g.name == "open");
    let web = find(&draft.instances, |i| i.name == "web" && i.vpc.text == "six");
    draft.gaps.insert(Gap::GroupAttributes(open), attributes);
    draft.gaps.insert(Gap::Running(web), runs);
    let zone = find(&draft.zones, |_| true);
    draft.zones.get_mut(zone).unwrap().vpcs = vec![Ref::named("a", &Origin::Unknown)];
    let network = build(draft).network.unwrap();
    let ask = Ask::new(
        source(&network, "a/far").unwrap(),
        "tcp://two.corp.example:443",
    );
    let answer = answer(&network, &compile(&network), &ask).unwrap();
    assert_eq!(answer.verdict.name(), "unknown");
    assert!(answer.alternatives.iter().any(|a| a.possibility));
    let by: Vec<&str> = answer.obstacles.iter().map(|o| o.by.as_str()).collect();
    assert!(
        by.iter().any(|by| by.contains("whether web runs")),
        "{by:?}"
    );
    assert!(
        !by.iter().any(|by| by.contains("attributes of open")),
        "{by:?}"
    );
}
