//! Two hosts and a filter each: alternatives, folding, checks, reports.

use super::*;
use crate::aws::{Compiled, Host};
use crate::code::Code;
use crate::fabric::{Action, FabricBuilder, Label, NONE, Outside, RowSpec, Shape, Side, Stage};
use crate::model::{Draft, Files, Id, InternetHost, Network, Origin, Os, build};
use std::net::Ipv4Addr;

const FROM: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);
const TO: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 10);

/// `x` asks `web`; `x` lets replies in at these ports, `web` takes requests at 443.
fn world(replies: (u16, u16)) -> (Network, Compiled) {
    let mut draft = Draft::default();
    for (name, ip) in [("x", FROM), ("web", TO)] {
        draft.internet_hosts.push(InternetHost {
            name: name.to_owned(),
            ip: Some(ip),
            ipv6: None,
            records: Vec::new(),
            os: Os::Linux,
            origin: Origin::Unknown,
        });
    }
    let mut b = FabricBuilder::new();
    let shape = b.shape(Shape {
        stages: vec![
            Stage::Route {
                what: "route table",
                table: 0,
            },
            Stage::Filter {
                what: "network ACL",
                table: 1,
                state: Some(0),
            },
            Stage::Arrive,
        ],
        entries: vec![0, 1],
        reply: 0,
    });
    let (x, web) = (b.node(shape, "x"), b.node(shape, "web"));
    let label = Label {
        exposed: true,
        outside: Outside::Yes,
        token: Some("isp"),
        assumes: None,
    };
    let there = b.over(web, 1, label);
    let home = b.over(x, 1, label);
    let all = (0, u32::MAX);
    for (node, name, link, ports) in [(x, "x", there, replies), (web, "web", home, (443, 443))] {
        let row = RowSpec::address(all, link, &Origin::Unknown, format!("{name} 0.0.0.0/0"));
        let drop = Action::Drop(Code::NO_ROUTE_TO_DESTINATION);
        let table = b.table(&format!("{name} routes"), Side::Dst, vec![row], drop, "");
        b.slot(node, 0, table);
        let mut row = RowSpec::address(all, Action::Next, &Origin::Unknown, format!("{name} 100"));
        row.ports = ports;
        let drop = Action::Drop(Code::SUBNET_ACL_RESTRICTION);
        let table = b.table(&format!("{name} ingress"), Side::Src, vec![row], drop, "");
        b.slot(node, 1, table);
    }
    let compiled = Compiled {
        fabric: b.finish(),
        internet_hosts: vec![x, web],
        internet: NONE,
        ..Compiled::default()
    };
    (build(draft).network.expect("nothing is wrong"), compiled)
}

fn asked(replies: (u16, u16), to: &str) -> (Network, Compiled, Answer) {
    let (network, compiled) = world(replies);
    let ask = Ask::new(
        From::Host(Host::Internet(Some(Id::new(0))), FROM.into()),
        to,
    );
    let answer = answer(&network, &compiled, &ask).expect("a question");
    (network, compiled, answer)
}

fn holds((network, compiled, answer): &(Network, Compiled, Answer), checks: &Checks) {
    let words = Wording::new(network, compiled);
    assert_eq!(check(words, answer, checks), Vec::<String>::new());
}

#[test]
fn everything_gets_through() {
    let asked = asked((1024, 65535), "tcp://web:443");
    holds(
        &asked,
        &Checks {
            verdict: Some("internet".to_owned()),
            mechanism: Some("isp".to_owned()),
            leaves_aws: Some("yes".to_owned()),
            via: vec!["x".to_owned(), "isp".to_owned(), "web".to_owned()],
            sees_source: Some(FROM.into()),
            failing_ports: Some(Vec::new()),
            ..Checks::default()
        },
    );
}

#[test]
fn some_replies_are_lost() {
    let asked = asked((40000, 50000), "tcp://203.0.113.10:443");
    holds(
        &asked,
        &Checks {
            verdict: Some("mixed".to_owned()),
            code: Some("SUBNET_ACL_RESTRICTION".to_owned()),
            leg: Some("back".to_owned()),
            at: Some("x".to_owned()),
            by: Some("x ingress otherwise".to_owned()),
            failing_ports: Some(vec![(32768, 39999), (50001, 60999)]),
            ..Checks::default()
        },
    );
    let (network, compiled, answer) = &asked;
    let words = Wording::new(network, compiled);
    let text = crate::report::text(&Files::default(), words, answer, None, false);
    assert!(text.starts_with("MIXED"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
}

#[test]
fn the_second_obstacle_is_found_behind_the_first() {
    let asked = asked((1, 2), "tcp://web:80");
    holds(
        &asked,
        &Checks {
            verdict: Some("unreachable".to_owned()),
            leg: Some("out".to_owned()),
            by: Some("web ingress otherwise".to_owned()),
            ..Checks::default()
        },
    );
    let obstacles = &asked.2.obstacles;
    assert_eq!(obstacles.len(), 1 + 1, "{obstacles:?}");
}

#[test]
fn a_port_must_be_named() {
    let (network, compiled) = world((1, 2));
    let ask = Ask::new(
        From::Host(Host::Internet(Some(Id::new(0))), FROM.into()),
        "203.0.113.10",
    );
    let text = answer(&network, &compiled, &ask).expect_err("no port");
    assert!(text.contains("names no port"), "{text}");
}

#[test]
fn verdicts_fold() {
    use Verdict::{Internet, Mixed, Private, Unknown, Unreachable};
    assert_eq!(fold(&[]), Unreachable);
    assert_eq!(fold(&[Private, Private]), Private);
    assert_eq!(fold(&[Private, Internet, Unknown]), Mixed);
    assert_eq!(fold(&[Private, Unknown]), Unknown);
}

#[test]
fn services_have_names() {
    for (service, name) in [
        ("ecr.api", "api.ecr.us-east-1.amazonaws.com"),
        ("kinesis-streams", "kinesis.us-east-1.amazonaws.com"),
        ("iam", "iam.amazonaws.com"),
        ("ssm", "ssm.us-east-1.amazonaws.com"),
    ] {
        assert_eq!(public_name(service, "us-east-1"), name);
    }
}

#[test]
fn spans_that_touch_are_one() {
    let spans = vec![(5, 6), (1, 2), (8, 9), (3, 4), (60_000, u16::MAX)];
    assert_eq!(
        crate::fabric::joined(spans),
        [(1, 6), (8, 9), (60_000, u16::MAX)]
    );
}
