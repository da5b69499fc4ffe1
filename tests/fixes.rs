//! `fix` over every bundled expectation that does not end as its twin does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::analysis::cost::Prices;
use reachability::analysis::fix::{Bounds, Case, Goal, Mended, Promise, Wanted, fix};
use reachability::answer::target;
use reachability::cli::{Expectation, Scene, open_to_edit};
use reachability::model::catalog;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Every scenario that comes with the program.
fn files() -> Vec<PathBuf> {
    fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, out);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    collect(Path::new("scenarios"), &mut out);
    out.sort();
    out
}

fn promises(scene: &Scene) -> Vec<Promise> {
    let network = scene.network.as_ref().unwrap();
    let all = scene.expect.iter();
    all.filter_map(|e| {
        Some(Promise {
            name: e.to.clone(),
            ask: e.ask(network).ok()?,
            checks: e.checks.clone(),
        })
    })
    .collect()
}

/// What came of trying to mend an expectation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Fixed,
    /// A fix is there, and would break what the case expects besides.
    Breaks,
    None,
}

/// Mends what one expectation is about: to private, or else to internet.
fn mend(scene: &Scene, expected: &Expectation, goals: &[Goal]) -> (Came, String) {
    let (network, draft) = (
        scene.network.as_ref().unwrap(),
        scene.draft.as_ref().unwrap(),
    );
    let (ask, promises, prices) = (
        expected.ask(network).unwrap(),
        promises(scene),
        Prices::default(),
    );
    let bounds = Bounds {
        edits: 4,
        runs: 150,
        fixes: 1,
    };
    let mut came = (Came::None, String::new());
    for goal in goals {
        let wanted = Wanted {
            goal: *goal,
            via: Vec::new(),
        };
        let case = Case {
            draft,
            network,
            ask: &ask,
            wanted: &wanted,
            promises: &promises,
            properties: &scene.properties,
            prices: &prices,
        };
        match fix(case, bounds).unwrap() {
            Mended::Found { fixes, tried, .. } => {
                let f = &fixes[0];
                let words: Vec<String> = f.edits.iter().map(|e| e.words(&f.network)).collect();
                return (
                    Came::Fixed,
                    format!("{goal:?} in {tried}: {}", words.join("; ")),
                );
            }
            Mended::None {
                breaking, tried, ..
            } if !breaking.is_empty() => {
                came = (
                    Came::Breaks,
                    format!("{goal:?} in {tried} breaks {:?}", breaking[0].2),
                );
            }
            Mended::None { tried, .. } => came.1.push_str(&format!("{goal:?}: none in {tried}; ")),
            Mended::Unknown(_) | Mended::Already(_) => {}
        }
    }
    came
}

/// By code of what is expected to stop it, or `internet`: how many are fixed, would break something,
/// and are not mended.
fn census() -> BTreeMap<String, [usize; 3]> {
    let verbose = std::env::var("FIXES").unwrap_or_default();
    let files = Mutex::new(files());
    let counts = Mutex::new(BTreeMap::<String, [usize; 3]>::new());
    let work = || {
        while let Some(file) = { files.lock().unwrap().pop() } {
            let Ok(input) = open_to_edit(file.to_str().unwrap()) else {
                continue;
            };
            for scene in input.scenes.iter().filter(|s| s.network.is_some()) {
                for expected in &scene.expect {
                    let checks = &expected.checks;
                    let (name, goals) = match checks.verdict.as_deref() {
                        Some("unreachable" | "denied" | "mixed") => {
                            let code = checks.code.as_deref().or(checks.verdict.as_deref());
                            (code.unwrap(), &[Goal::Private, Goal::Internet][..])
                        }
                        Some("internet") if served(scene, expected) => {
                            ("internet", &[Goal::Private][..])
                        }
                        _ => continue,
                    };
                    let (came, told) = mend(scene, expected, goals);
                    counts.lock().unwrap().entry(name.to_owned()).or_default()[came as usize] += 1;
                    let none = verbose == "none" && came != Came::Fixed;
                    if verbose == "all" || verbose == name || none {
                        eprintln!(
                            "{name} {} [{}] {:?} → {}\n      {told}",
                            file.display(),
                            scene.name,
                            expected.from,
                            expected.to
                        );
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().for_each(|t| t.join().unwrap());
    });
    counts.into_inner().unwrap()
}

/// Whether the sender is in a VPC and what it calls has endpoints there.
fn served(scene: &Scene, expected: &Expectation) -> bool {
    let (network, compiled) = scene.compiled().unwrap();
    let ask = expected.ask(network).unwrap();
    let target = target(network, compiled, &ask).unwrap_or_default();
    let owner = target.name.as_deref().and_then(catalog::owner_of);
    let (Some((region, service)), Some(vpc)) = (owner, ask.from.vpc(network)) else {
        return false;
    };
    let named = !service.private_names.is_empty() && service.interface;
    network.vpcs[vpc].region == region && (service.gateway || named)
}

/// So many of each are mended: none may fall.
#[rustfmt::skip]
const MENDED: &[(&str, usize)] = &[
    ("BAD_STATE_ROUTE", 10),
    ("BAD_STATE_VPN", 2),
    ("CLIENT_VPN_NOT_AUTHORIZED", 3),
    ("DNS_NO_ADDRESS", 2),
    ("DNS_NO_ANSWER", 2),
    ("DNS_NXDOMAIN", 4),
    ("ELBV2_LISTENERS_MISMATCH", 6),
    ("ELBV2_LISTENER_HAS_NO_TG", 2),
    ("ELB_NOT_CROSSZONE", 2),
    ("ENDPOINT_NOT_PERMITTED", 3),
    ("ENDPOINT_PENDING_ACCEPTANCE", 7),
    ("ENDPOINT_POLICY_LACKS_ALLOW", 7),
    ("ENDPOINT_REJECTED", 2),
    ("ENI_SG_RULES_MISMATCH", 91),
    ("ENI_SOURCE_DEST_CHECK_RESTRICTION", 4),
    ("FORWARDING_LOOP", 1),
    ("HAIRPIN", 2),
    ("IDENTITY_POLICY_LACKS_ALLOW", 5),
    ("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", 8),
    ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", 4),
    ("INGRESS_RTB_TRAFFIC_REDIRECTION", 2),
    ("NO_ENDPOINT", 2),
    ("NO_ROUTE_TO_DESTINATION", 62),
    ("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", 3),
    ("REPLY_WITHOUT_SESSION", 23),
    ("RESOURCE_POLICY_DENIES", 4),
    ("RESOURCE_POLICY_LACKS_ALLOW", 6),
    ("SG_HAS_NO_RULES", 29),
    ("SG_REFERENCES_NOT_PRESERVED", 11),
    ("SG_REFERENCING_SUPPORT", 8),
    ("SUBNET_ACL_RESTRICTION", 92),
    ("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", 3),
    ("TGW_ATTACH_WITHOUT_IPV6", 1),
    ("TGW_ROUTE_AZ_RESTRICTION", 4),
    ("TGW_RTB_BAD_STATE_ROUTE", 4),
    ("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", 9),
    ("UNSUPPORTED_BY_AWS", 7),
    ("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", 13),
    ("internet", 54),
    ("mixed", 11),
];

/// Why the rest of each is not.
#[rustfmt::skip]
const NOT_MENDED: &[(&str, &str)] = &[
    ("ACCESS_POINT_OF_ANOTHER_VPC", "an access point is of one VPC for good: another is made for this one"),
    ("BAD_STATE", "a component or a zone is down, and no row of the network is wrong; a stopped instance, once started, admits what the case expects to be stopped"),
    ("BAD_STATE_ATTACHMENT", "the attachment is being made, refused or deleted: it is made anew"),
    ("BAD_STATE_ROUTE", "the peering, instance or gateway is gone, and nothing else leads there"),
    ("BAD_STATE_VPN", "the tunnels or the virtual interface are down: no row of the network is wrong"),
    ("DNS_LOOP", "names lead in a circle: what they were to mean is nobody's guess"),
    ("DNS_NO_ADDRESS", "nothing in the VPC translates to the family that the name has"),
    ("DNS_NO_ANSWER", "the VPC or the site uses no resolver by intent, or what mends it lets other flows of the case through"),
    ("DNS_NXDOMAIN", "the zone lacks the record: what the name was to mean is nobody's guess"),
    ("DNS_REFUSED", "a server of somebody else's refuses"),
    ("ELBV2_LISTENERS_MISMATCH", "no target group carries the protocol"),
    ("ELBV2_LISTENER_HAS_NO_TG", "nothing there could be the target"),
    ("ELB_INSTALLED_AZ_RESTRICTION", "the target's zone is none of the load balancer's: subnets of one are chosen with its addresses"),
    ("ELB_NOT_CROSSZONE", "zones crossed for one flow are crossed for others, which the case expects to be stopped"),
    ("ENDPOINT_DOES_NOT_SERVE", "the name is led to an endpoint of another service by intent"),
    ("ENDPOINT_NOT_AVAILABLE", "the endpoint is being made or deleted"),
    ("ENDPOINT_POLICY_DENIES", "no allow outweighs a deny: to lift it is somebody's decision"),
    ("ENDPOINT_POLICY_LACKS_ALLOW", "the question does not say who asks for what, so there is no statement to add"),
    ("ENI_SG_RULES_MISMATCH", "what admits one flow admits another that the case expects to be stopped, or the way is gone besides"),
    ("ENI_SOURCE_DEST_CHECK_RESTRICTION", "the check lifted for one flow is lifted for another that the case expects to be stopped"),
    ("FORWARDING_LOOP", "two tables lead to each other: which of them is wrong is nobody's guess"),
    ("HAIRPIN", "the target is an address, for which the client's address is kept by AWS"),
    ("IDENTITY_POLICY_LACKS_ALLOW", "the question does not say who asks for what"),
    ("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "nothing joins the VPC to where the private address is"),
    ("IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", "nothing joins the VPC to where the address is"),
    ("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", "no public address is given to an interface by itself: it is AWS's to draw"),
    ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "no public address is given to an interface by itself, and the VPC has no NAT gateway"),
    ("INGRESS_RTB_NO_PUBLIC_IP", "no public address is given to an interface by itself"),
    ("INGRESS_RTB_TRAFFIC_REDIRECTION", "what leads back through the appliance mends more than the case expects, or the appliance does not pass it on"),
    ("MISDELIVERED", "somebody else has the address"),
    ("NO_ADDRESS_OF_FAMILY", "the source has no address of the family: addresses are not given by themselves"),
    ("NO_POSSIBLE_DESTINATION", "nobody has the address"),
    ("NO_ROUTE_TO_DESTINATION", "nothing joins the two networks, only a default route would do, or the table is a site's"),
    ("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "a peering is no transit, and nothing else joins the networks"),
    ("PROTOCOL_RESTRICTION", "the component does not carry the protocol"),
    ("REGIONAL_NGW_ROUTE_AZ_RESTRICTION", "zones of a regional NAT gateway are chosen with its addresses"),
    ("REPLY_WITHOUT_SESSION", "nobody may start a connection there, or the reply is led by a site or an appliance"),
    ("RESOURCE_POLICY_DENIES", "no allow outweighs a deny: to lift it is somebody's decision"),
    ("RESOURCE_POLICY_LACKS_ALLOW", "the question does not say who asks for what, or the bucket has no policy at all"),
    ("SG_HAS_NO_RULES", "the way is gone besides"),
    ("SG_REFERENCES_NOT_PRESERVED", "the reply comes from elsewhere than was asked, and a rule that lets it in makes it no reply"),
    ("SITE_FIREWALL_RESTRICTION", "the firewall of a site is no component of AWS"),
    ("SUBNET_ACL_RESTRICTION", "the address is nobody's that an entry could name, or the entry lets another flow through"),
    ("TGW_BAD_STATE_VPN", "the tunnels are down: no row of the network is wrong"),
    ("TGW_ROUTE_AZ_RESTRICTION", "the VPC has no further subnet in the zone"),
    ("TGW_RTB_BAD_STATE_ROUTE", "the attachment is gone or refused, and nothing else leads there"),
    ("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "no attachment leads there"),
    ("UNSUPPORTED_BY_AWS", "AWS does not do that, whatever is set"),
    ("VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", "a virtual private gateway is no transit, and nothing else joins the networks"),
    ("VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS", "the gateway carries its own VPC's traffic only, and nothing else leads to the site"),
    ("VPCE_GATEWAY_NOT_TRANSITIVE", "a gateway endpoint serves its own VPC: what the way should be is a design"),
    ("VPCE_GATEWAY_PROTOCOL_RESTRICTION", "a gateway endpoint carries TCP and ICMP echo alone"),
    ("VPCE_SERVICE_NOT_INSTALLED_IN_AZ", "the provider's load balancer is not in the zone: its subnets are chosen with its addresses"),
    ("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "an exclusion of the subnet lets through besides what the case expects to be stopped"),
    ("ZONE_SHIFTED_AWAY", "the end of the shift changes what the name answers, which the case pins"),
    ("internet", "a resolver of the user's own, or a name that no endpoint takes; or another flow of the case is expected to stay public"),
    ("mixed", "servers disagree, or what mends it changes another flow that the case pins"),
    ("unreachable", "several needs, one of which nothing mends"),
];

#[test]
fn bundled_scenarios_are_repaired() {
    let counts = census();
    let mut total = [0; 3];
    for (code, n) in &counts {
        eprintln!("{code:55} {n:?}");
        for (sum, n) in total.iter_mut().zip(n) {
            *sum += n;
        }
    }
    eprintln!("total fixed, breaks, none: {total:?}");
    for (code, least) in MENDED {
        let have = counts.get(*code).map_or(0, |n| n[0]);
        assert!(
            have >= *least,
            "{code}: {have} are mended, and {least} were"
        );
    }
    for (code, [_, breaks, none]) in &counts {
        let said = NOT_MENDED.iter().any(|(c, _)| c == code);
        assert!(breaks + none == 0 || said, "{code}: why is it not mended?");
    }
}
