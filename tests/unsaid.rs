//! What an answer says of a way, it does not say of the others: a note or an assumption that is always
//! there tells nothing. And what is said of names says why.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use reachability::answer::{
    Answer, Ask, Obstacle, Part, Verdict, Wording, answer, fold, outside_name, remedy, source,
};
use reachability::aws::{DnsStep, limits};
use reachability::cli::open;
use reachability::code::Code;
use reachability::fabric::Flow;
use reachability::model::Origin;
use std::net::IpAddr;
use std::path::Path;

/// The answer to a question in a bundled scenario: its file, the case or nothing, who asks, whom.
fn asked((file, case, from, to): (&str, &str, &str, &str)) -> Answer {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let path = path.join(file);
    let input = open(path.to_str().unwrap()).unwrap();
    let case = Some(case).filter(|c| !c.is_empty());
    let scene = input.scene(case).unwrap();
    let (network, compiled) = scene.compiled().unwrap();
    let ask = Ask::new(source(network, from).unwrap(), to);
    answer(network, compiled, &ask).unwrap()
}

type Question = (&'static str, &'static str, &'static str, &'static str);

/// Of a bucket without a policy, by nobody in particular; by somebody whose policy is given; and of
/// what has no policy that this program reads.
const BY_ANYBODY: Question = ("endpoints/policies.yaml", "", "a/i1", "s3://ours/report");
#[rustfmt::skip]
const BY_APP: Question = ("endpoints/policies.yaml", "", "a/i1", "s3://ours/report?principal=app");
const OF_A_QUEUE: Question = (
    "endpoints/policies.yaml",
    "",
    "a/i1",
    "https://sqs.us-east-1.amazonaws.com",
);

/// A bucket, from a subnet whose table is not that of the VPC's gateway endpoint.
const PASSED_BY: Question = ("endpoints/passed-by.yaml", "", "a/i1", "s3://b");

/// A code, a question whose answer says it, and one beside it whose answer does not.
#[rustfmt::skip]
const SAID: &[(Code, Question, Question)] = &[
    (Code::TARGETS_UNHEALTHY,
        ("balancers/failover.yaml", "", "a/client-a", "tcp://10.0.11.20:443"),
        ("balancers/base.yaml", "", "a/client-a", "tcp://a/nlb:443")),
    (Code::AMBIGUOUS_PREFIX_LISTS,
        ("vectors/several-joins.yaml", "the two lists lead to two gateways", "a/app", "tcp://b/db:5432"),
        ("vectors/several-joins.yaml", "two prefix lists hold the block", "a/app", "tcp://b/db:5432")),
    (Code::TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED,
        ("vectors/inspection.yaml", "", "a/app", "tcp://b/db:5432"),
        ("vectors/inspection.yaml", "appliance mode", "a/app", "tcp://b/db:5432")),
    (Code::TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED,
        ("vectors/inspection.yaml", "", "a/app", "tcp://b/db:5432"),
        ("vectors/inspection.yaml", "inspected in one zone", "a/app", "tcp://b/db:5432")),
    (Code::BUCKET_IN_ANOTHER_REGION,
        ("endpoints/s3-names.yaml", "a bucket of a newer Region", "a/i1", "https://b.s3.amazonaws.com/k"),
        ("endpoints/s3-names.yaml", "", "a/i1", "https://b.s3.amazonaws.com/k")),
    (Code::REGION_CROSSED,
        ("tutorial/bucket-in-another-region.yaml", "", "shop/app", "s3://archive"),
        ("tutorial/s3-over-nat.yaml", "", "shop/app", "s3://receipts")),
    (Code::AVAILABILITY_ZONE_CROSSED,
        ("vectors/base-a.yaml", "", "a/app2", "tcp://x:443"),
        ("vectors/base-a.yaml", "", "a/app", "tcp://x:443")),
    (Code::DNS_PUBLIC_ANSWER_ALTHOUGH_ENDPOINT,
        ("dns/rules.yaml", "a rule for exactly the endpoint's name", "a/i1", "https://ssm.us-east-1.amazonaws.com"),
        ("dns/rules.yaml", "a rule for exactly the endpoint's name", "a/i1", "https://sqs.us-east-1.amazonaws.com")),
    (Code::GATEWAY_ENDPOINT_NOT_ON_TABLE, PASSED_BY,
        ("endpoints/passed-by.yaml", "the subnet's table is associated", "a/i1", "s3://b")),
    (Code::GATEWAY_ENDPOINT_NOT_ON_TABLE, PASSED_BY,
        ("endpoints/passed-by.yaml", "a longer route than the endpoint's", "a/i1", "s3://b")),
    (Code::GATEWAY_ENDPOINT_NOT_ON_TABLE, PASSED_BY,
        ("endpoints/passed-by.yaml", "the group lets nothing out", "a/i1", "s3://b")),
    (Code::GATEWAY_ENDPOINT_NOT_ON_TABLE, PASSED_BY,
        ("endpoints/passed-by.yaml", "an endpoint for another service", "a/i1", "s3://b")),
    (Code::GATEWAY_ENDPOINT_NOT_ON_TABLE, PASSED_BY,
        ("endpoints/passed-by.yaml", "an endpoint of another VPC's", "a/i1", "s3://b")),
    (Code::GATEWAY_ENDPOINT_NOT_ON_TABLE, PASSED_BY,
        ("endpoints/passed-by.yaml", "", "a/i1", "s3://far")),
    (Code::GATEWAY_ENDPOINT_NOT_ON_TABLE,
        ("endpoints/passed-by.yaml", "IPv6 and an endpoint of both families", "a/i1", "tcp://[2001:db8:53::10]:443"),
        ("endpoints/passed-by.yaml", "IPv6 and an endpoint of IPv4", "a/i1", "tcp://[2001:db8:53::10]:443")),
    (Code::INTERNET_HOST_ANSWERS,
        ("vectors/base-a.yaml", "", "a/app", "tcp://192.0.2.9:443"),
        ("vectors/base-a.yaml", "", "a/app", "tcp://x:443")),
    (Code::HOST_ASSUMED,
        ("vectors/nearby.yaml", "", "hq/o", "tcp://192.168.7.7:443"),
        ("vectors/nearby.yaml", "", "hq/o", "tcp://hq/p:443")),
    (Code::IDENTITY_POLICY_NOT_GIVEN, BY_ANYBODY, BY_APP),
    (Code::PRINCIPAL_NOT_GIVEN, BY_ANYBODY, BY_APP),
    (Code::PRINCIPAL_NOT_GIVEN, BY_ANYBODY, OF_A_QUEUE),
    (Code::RESOURCE_POLICY_NOT_GIVEN,
        ("endpoints/policies.yaml", "", "a/i1", "s3://nobodys/report?principal=app"), BY_APP),
    (Code::RESOURCE_POLICY_NOT_GIVEN,
        ("endpoints/policies.yaml", "", "a/i1", "s3://nobodys/report?principal=app"), OF_A_QUEUE),
    (Code::APPLIANCE_USES_ONE_INTERFACE,
        ("vectors/appliances.yaml", "it is attached to an instance that forwards", "a/app", "tcp://x:443"),
        ("vectors/inspection.yaml", "inspected in one zone", "a/app", "tcp://b/db:5432")),
    (Code::POLICY_NOT_ASKED,
        ("endpoints/policies.yaml", "the endpoint's policy lists one bucket", "a/i1", "tcp://s3.us-east-1.amazonaws.com:443"),
        ("endpoints/policies.yaml", "", "a/i1", "tcp://s3.us-east-1.amazonaws.com:443")),
];

#[test]
fn what_is_said_of_one_way_is_not_said_of_another() {
    let says = |answer: &Answer, code: Code| {
        let mut all = answer.notes.iter().chain(&answer.assumptions);
        all.any(|c| *c == code.name())
    };
    for (code, with, without) in SAID {
        let (with, without) = (asked(*with), asked(*without));
        assert!(says(&with, *code), "{}: {with:?}", code.name());
        assert!(!says(&without, *code), "{}: {without:?}", code.name());
    }
}

/// Every code that is said of a way without anything worth telling.
#[test]
fn of_a_plain_way_nothing_is_said() {
    let answer = asked(("vectors/nearby.yaml", "", "a/web", "tcp://a/near:443"));
    assert_eq!(answer.notes, [""; 0]);
    assert_eq!(answer.assumptions, [""; 0]);
}

/// Idle connections and packet sizes, by mechanism and protocol.
#[test]
fn each_mechanism_has_its_limits() {
    let (tcp, udp) = (6, 17);
    #[rustfmt::skip]
    let all: &[(&str, u8, bool, &[Code])] = &[
        ("nat-gateway", tcp, false, &[Code::IDLE_TIMEOUT_350, Code::MTU_8500]),
        ("nat-gateway", udp, false, &[Code::IDLE_TIMEOUT_350, Code::MTU_8500]),
        ("interface-endpoint", tcp, true, &[Code::IDLE_TIMEOUT_350, Code::MTU_8500]),
        ("load-balancer", tcp, false, &[Code::IDLE_TIMEOUT_350]),
        ("load-balancer", udp, false, &[Code::IDLE_TIMEOUT_120]),
        ("load-balancer", tcp, true, &[]),
        ("transit-gateway", tcp, false, &[Code::MTU_8500]),
        ("gwlb-endpoint", tcp, false, &[Code::MTU_8500]),
        ("internet-gateway", tcp, false, &[Code::MTU_1500]),
        ("egress-only-internet-gateway", tcp, false, &[Code::MTU_1500]),
        ("isp", tcp, false, &[Code::MTU_1500]),
        ("vpn", tcp, false, &[Code::MTU_1446]),
        ("peering", tcp, false, &[]),
    ];
    for (mechanism, protocol, stated, expected) in all {
        assert_eq!(
            limits(mechanism, *protocol, *stated),
            *expected,
            "{mechanism}"
        );
    }
}

/// A public link that was crossed counts, though nothing arrives and nothing comes back.
#[test]
fn a_way_that_ends_outside_was_exposed() {
    for (question, exposed) in [
        (
            ("vectors/base-a.yaml", "", "a/web", "tcp://224.0.0.9:443"),
            true,
        ),
        (
            ("vectors/base-a.yaml", "", "a/web", "tcp://10.9.0.9:443"),
            false,
        ),
        (
            (
                "vectors/closed-ipv6.yaml",
                "",
                "v/app",
                "tcp://[ff02::9]:443",
            ),
            true,
        ),
    ] {
        let answer = asked(question);
        assert_eq!(answer.verdict.name(), "unreachable", "{answer:?}");
        let way = &answer.alternatives[0];
        assert_eq!(way.exposed, exposed, "{way:?}");
    }
}

/// Who won a name, and who lost it, each with the reason.
type Lost = (
    Question,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Who lost a name, and why.
#[rustfmt::skip]
const LOST: &[Lost] = &[
    (("dns/rules.yaml", "a private zone of the same domain", "a/i1", "tcp://intranet.example.com:443"),
        "corp", &[("own", "a rule goes before a zone of the same domain")]),
    (("dns/rules.yaml", "a zone below the rule's domain", "a/i1", "tcp://h.a.example.com:443"),
        "own", &[("corp", "its domain is wider")]),
    (("dns/rules.yaml", "a zone below the rule's domain", "a/i1", "tcp://intranet.example.com:443"),
        "corp", &[]),
    (("dns/profiles.yaml", "the VPC's own zone of the rule's domain", "b/app", "tcp://erp.corp.example:443"),
        "own", &[("corp", "the VPC's own goes before a Profile's")]),
    (("dns/odd-answers.yaml", "a private zone over the names of instances", "a/i1", "tcp://db.ec2.internal:443"),
        "mine", &[("aws", "the other was there first")]),
];

#[test]
fn who_lost_a_name_is_told_why() {
    for (question, winner, losers) in LOST {
        let answer = asked(*question);
        let steps = answer.resolution.unwrap().steps;
        let decided = steps.iter().find_map(|step| match step {
            DnsStep::Decides { by, over, .. } => Some((by, over)),
            DnsStep::Asks { .. } => None,
        });
        let (by, over) = decided.unwrap_or_else(|| panic!("{question:?}: nobody decided"));
        let over: Vec<(&str, &str)> = over.iter().map(|c| (c.key.as_str(), c.lost)).collect();
        assert_eq!(
            (by.key.as_str(), over.as_slice()),
            (*winner, *losers),
            "{question:?}"
        );
    }
}

/// Servers that say the same are one opinion, whatever the order of their words.
#[test]
fn opinions_count_once() {
    for (name, others) in [("app", 0), ("both", 0), ("old", 1)] {
        let to = format!("tcp://{name}.corp.example:443");
        let answer = asked(("dns/opinions.yaml", "", "a/i1", &to));
        assert_eq!(answer.resolution.unwrap().choices.len(), others, "{name}");
    }
}

/// Why an answer is public although an endpoint is there; nothing where none is for the name.
#[rustfmt::skip]
const ALTHOUGH: &[(Question, &str)] = &[
    (("endpoints/interface.yaml", "private DNS off", "a/i1", "ssm"),
        "interface endpoint a/ssm exists: it has private DNS off"),
    (("endpoints/interface.yaml", "the attribute was cleared later", "a/i1", "ssm"),
        "interface endpoint a/ssm exists: it does not capture this name"),
    (("designs/hub-of-endpoints.yaml", "the spoke is not in the zone", "spoke/web", "ssm"),
        "interface endpoint hub/ssm exists: it is in a VPC whose resolver was not asked"),
    (("endpoints/s3-names.yaml", "private DNS for inbound Resolver endpoints only", "a/i1", "s3://b"),
        "interface endpoint a/s3-if exists: it has private DNS for inbound Resolver endpoints only"),
    (("endpoints/names.yaml", "the global name of STS", "a/i1", "https://sts.amazonaws.com"),
        "it takes names of its Region, such as sts.us-east-1.amazonaws.com; this one is without a Region"),
    (("endpoints/interface.yaml", "", "a/i1", "ssm"), ""),
    (("endpoints/interface.yaml", "", "a/i1", "https://ssm.eu-west-1.amazonaws.com"), ""),
    (("endpoints/interface.yaml", "", "a/i1", "https://ec2.us-east-1.amazonaws.com"), ""),
    (("endpoints/gateway.yaml", "", "a/i1", "s3://b"), ""),
];

#[test]
fn a_public_answer_beside_an_endpoint_says_why() {
    for (question, why) in ALTHOUGH {
        let advice = asked(*question).resolution.unwrap().advice;
        match advice.as_slice() {
            [] => assert_eq!(*why, "", "{question:?}"),
            [one] => assert!(!why.is_empty() && one.ends_with(why), "{question:?}: {one}"),
            _ => panic!("{question:?}: {advice:?}"),
        }
    }
}

/// The services of a Region that only the question speaks of are AWS's own all the same.
#[test]
fn a_region_of_the_question_is_known() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/vectors/base-a.yaml");
    let input = open(path.to_str().unwrap()).unwrap();
    let to = "https://sqs.eu-central-1.amazonaws.com";
    let (network, compiled) = input.case(None, &[], &[to]).unwrap();
    let ask = Ask::new(source(&network, "a/app").unwrap(), to);
    let answer = answer(&network, &compiled, &ask).unwrap();
    assert_eq!(outside_name(answer.leaves_aws), "no", "{answer:?}");
    assert!(!answer.assumptions.contains(&"INTERNET_HOST_ANSWERS"));
}

/// A rule that denies is changed or overtaken; where none allows, one is added. IPv6 is translated
/// nowhere on its way out. A row that decides over a reply is no memory that is missing.
#[test]
fn what_to_try_depends_on_the_row() {
    for (file, case, from, to, advice) in [
        (
            "vectors/filters.yaml",
            "an ACL that denies two runs of ports",
            "x",
            "tcp://203.0.113.10:443",
            "allow tcp 50000-52000 to 198.51.100.7 with a lower rule number than a/tight egress 80, or change that rule",
        ),
        (
            "vectors/filters.yaml",
            "an ACL that lets 443 in and 443 out",
            "x",
            "tcp://203.0.113.10:443",
            "allow tcp 1024-65535 to 198.51.100.7 in a/tight egress",
        ),
    ] {
        let mut ask = asked((file, case, from, to));
        let first = ask.obstacles.remove(0);
        let mut ways = ask.alternatives.iter();
        let stopped = ways.find(|a| a.obstacle.as_ref() == Some(&first));
        let met = stopped.and_then(|a| a.last.as_ref());
        assert_eq!(remedy(&first, met).as_deref(), Some(advice));
    }
}

/// IPv6 is translated nowhere on its way out; a row that refuses a reply is no memory that is missing.
#[test]
fn what_to_try_depends_on_the_traffic() {
    let obstacle = |code, by: &str| Obstacle {
        code,
        leg: Part::Out,
        at: "a/igw".into(),
        component: "a/igw".into(),
        by: by.into(),
        origin: Origin::Unknown,
        beyond_gap: false,
    };
    let flow = |from: &str, to: &str| {
        let [from, to] = [from, to].map(|ip| ip.parse::<IpAddr>().unwrap());
        Flow::new(from, to, 6, (1024, 65535), 443)
    };
    let four = flow("10.0.1.10", "198.51.100.7");
    let six = flow("2001:db8::1", "2001:db8:f::7");
    let public = obstacle(
        Code::IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
        "a/igw otherwise",
    );
    assert!(remedy(&public, Some(&six)).unwrap().contains("IPv6"));
    assert!(remedy(&public, Some(&four)).unwrap().contains("10.0.1.10"));
    let forgotten = obstacle(Code::REPLY_WITHOUT_SESSION, "a/nat otherwise");
    assert!(remedy(&forgotten, Some(&four)).unwrap().contains("back"));
    let refused = obstacle(Code::REPLY_WITHOUT_SESSION, "a/nat");
    assert_eq!(remedy(&refused, Some(&four)), None);
}

/// Where nothing was sent, nothing arrived.
#[test]
fn no_way_is_no_delivery() {
    assert_eq!(fold(&[]), Verdict::Unreachable);
}

/// An address that is all an interface has is the interface; one of two is said beside it.
#[test]
fn who_asks_is_called_by_name() {
    let own = ("endpoints/who-asks.yaml", "", "10.0.2.20", "tcp://x:443");
    assert_eq!(asked(own).from, "a/shut");
    let one_of_two = ("vectors/ipv6.yaml", "", "10.0.0.10", "tcp://x:443");
    assert_eq!(asked(one_of_two).from, "a/web 10.0.0.10");
}

/// What is for the asking host itself is no path, by whichever name it is called.
#[test]
fn nothing_leaves_for_the_asking_host_itself() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/balancers/base.yaml");
    let input = open(path.to_str().unwrap()).unwrap();
    let (network, compiled) = input.scene(None).unwrap().compiled().unwrap();
    let from = source(network, "a/client-a").unwrap();
    for host in ["localhost", "db.localhost", "127.0.0.1"] {
        let refused = answer(
            network,
            compiled,
            &Ask::new(from, format!("https://{host}")),
        );
        let why = refused.unwrap_err();
        assert!(
            why.contains(&format!("`{host}` is the asking host itself")),
            "{why}"
        );
    }
}

/// A route that lost is told with why, the next best first, in the JSON of the step that took another.
#[test]
fn routes_that_lost_are_told_with_the_one_that_won() {
    let beaten = |file: &str, case: Option<&str>, from: &str, to: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let input = open(path.join(file).to_str().unwrap()).unwrap();
        let scene = input.scene(case).unwrap();
        let (network, compiled) = scene.compiled().unwrap();
        let ask = Ask::new(source(network, from).unwrap(), to);
        let answer = answer(network, compiled, &ask).unwrap();
        let wording = Wording::new(network, compiled);
        let facts = wording.facts(&answer.alternatives[0]);
        let out = facts.iter().filter(|f| f.part == Part::Out);
        let lost = out.flat_map(|f| wording.beaten(f));
        lost.map(|b| format!("{} {}", b.why, b.by))
            .collect::<Vec<_>>()
    };
    let gateway = beaten(
        "tutorial/s3-over-gateway-endpoint.yaml",
        None,
        "shop/app",
        "s3",
    );
    assert_eq!(gateway, ["MORE_SPECIFIC_ROUTE shop/private 0.0.0.0/0"]);
    let case = Some("a static route hides a propagated one of the same length");
    let equal = beaten("vectors/routing.yaml", case, "a/web", "tcp://far/f:443");
    let lost = [
        "HIGHER_PRIORITY_ROUTE a/public-a 172.31.0.0/24",
        "MORE_SPECIFIC_ROUTE a/public-a 0.0.0.0/0",
    ];
    assert_eq!(equal, lost);
    // A transit gateway's table has words of its own, and what does not hold the block did not lose.
    let case = Some("a static route hides what was propagated");
    let transit = beaten("vectors/transit.yaml", case, "a/app", "tcp://b/db:5432");
    let lost = [
        "MORE_SPECIFIC_ROUTE a/private-a 0.0.0.0/0",
        "TGW_RTB_HIGHER_PRIORITY_ROUTE core/default 10.1.0.0/16",
    ];
    assert_eq!(transit, lost);
    // Who has an address on the internet is no route.
    let internet = beaten("tutorial/s3-over-nat.yaml", None, "shop/app", "s3");
    assert!(internet.is_empty(), "{internet:?}");
}
