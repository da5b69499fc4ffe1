//! The generated estates of the benchmarks: what they are said to be, and that the listings say what
//! the draft says.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may stop at a mistake"
)]

#[path = "../benches/worlds/estate/mod.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "shared with benchmarks, and not all of it used"
)]
mod estate;

use estate::Estate;
use reachability::aws::{Compiled, FROM_HOST, bits, compile};
use reachability::diagnostic::{Severity, render};
use reachability::engine::{End, Question, walk};
use reachability::fabric::Flow;
use reachability::import::{
    Bulk, Given, Imported, NotPlain, Source, begins_plainly, import, import_given,
};
use reachability::model::{Draft, Files, Network, build};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Cursor, Read, Write};
use std::rc::Rc;

/// The text of every file.
fn texts(estate: &Estate) -> BTreeMap<String, String> {
    struct Into(Rc<RefCell<Vec<u8>>>);
    impl Write for Into {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut files: BTreeMap<String, Rc<RefCell<Vec<u8>>>> = BTreeMap::new();
    let mut open = |name: &str| -> io::Result<Box<dyn Write>> {
        let file = files.entry(name.to_owned()).or_default();
        Ok(Box::new(Into(Rc::clone(file))))
    };
    estate.describe(&mut open).unwrap();
    let text = |bytes: Rc<RefCell<Vec<u8>>>| String::from_utf8(bytes.take()).unwrap();
    files.into_iter().map(|(n, b)| (n, text(b))).collect()
}

fn sources(estate: &Estate) -> Vec<Source> {
    let files = texts(estate).into_iter();
    files.map(|(path, text)| Source { path, text }).collect()
}

fn built(draft: Draft) -> (Network, Compiled) {
    let built = build(draft);
    let worst = built.diagnostics.iter().map(|d| d.severity).max();
    assert_ne!(worst, Some(Severity::Error), "{:#?}", built.diagnostics);
    let network = built.network.unwrap();
    let compiled = compile(&network);
    (network, compiled)
}

fn both(interfaces: usize) -> [Estate; 2] {
    [
        Estate::friendly(interfaces),
        Estate::adversarial(interfaces),
    ]
}

#[test]
fn a_draft_is_a_sound_network_of_the_size_asked_for() {
    for estate in both(1_000) {
        let (network, _) = built(estate.draft());
        assert_eq!(network.interfaces.len(), 1_000);
        assert_eq!(network.vpcs.len(), 10);
        assert_eq!(network.subnets.len(), 160);
    }
}

#[test]
fn the_same_estate_is_written_in_the_same_bytes() {
    for estate in both(300) {
        assert_eq!(texts(&estate), texts(&estate));
    }
}

#[test]
fn nothing_of_the_listings_is_wrong_or_left_out() {
    for estate in both(1_000) {
        let imported = import(&sources(&estate));
        assert_eq!(imported.left_out, vec![]);
        assert!(
            imported.diagnostics.is_empty(),
            "{:#?}",
            imported.diagnostics
        );
        assert!(imported.draft.gaps.is_empty(), "{:#?}", imported.draft.gaps);
        assert_eq!(imported.draft.interfaces.len(), 1_000);
    }
}

/// The files, the list of interfaces to be read row by row.
fn by_rows(sources: &[Source]) -> Result<Imported, NotPlain> {
    let (long, short): (Vec<_>, Vec<_>) = sources
        .iter()
        .partition(|s| begins_plainly(s.text.as_bytes()));
    let rows: Vec<Bulk> = long
        .into_iter()
        .map(|source| {
            let text = source.text.clone().into_bytes();
            let open = move || Ok(Box::new(Cursor::new(text.clone())) as Box<dyn Read>);
            Bulk {
                path: source.path.clone(),
                open: Box::new(open),
            }
        })
        .collect();
    assert!(!rows.is_empty());
    let given = short.into_iter().map(Given::Text);
    import_given(given.chain(rows.iter().map(Given::Rows)), Files::default())
}

/// Whether a list is held or read row by row, it says the same, and stands at the same place.
#[test]
fn rows_read_one_by_one_say_what_a_list_says() {
    let stands = |imported: &Imported| -> Vec<String> {
        let all = imported.draft.interfaces.iter();
        all.map(|(_, i)| format!("{:?} {:?}", i.origin, i.groups))
            .collect()
    };
    // By name, the list of interfaces is the last file of both.
    for estate in both(1_000) {
        let mut sources = sources(&estate);
        sources.sort_by_key(|s| s.path.starts_with("network-interfaces"));
        let (held, read) = (import(&sources), by_rows(&sources).unwrap());
        assert_eq!(held.draft, read.draft);
        assert_eq!(stands(&held), stands(&read));
        assert_eq!(held.left_out, read.left_out);
    }
}

/// Everything that AWS may say of an interface.
const EVERYTHING: &str = r#"{"NetworkInterfaces": [
  {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-1", "InterfaceType": "Interface",
   "PrivateIpAddress": "10.0.0.5", "SourceDestCheck": false, "Groups": [{"GroupId": "sg-1"}, {"GroupId": ""}],
   "PrivateIpAddresses": [
     {"PrivateIpAddress": "10.0.0.6", "Association": {"PublicIp": "192.0.2.6"}},
     {"PrivateIpAddress": "10.0.0.5", "Primary": true}, {"Primary": false}],
   "Ipv6Addresses": [{"Ipv6Address": "2001:db8::1"}, {"Ipv6Address": "2001:db8::2", "IsPrimaryIpv6": true}],
   "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}], "Ipv6Prefixes": [{"Ipv6Prefix": "2001:db8:0:1::/80"}],
   "Association": {"PublicIp": "192.0.2.5", "PublicDnsName": "ec2-192-0-2-5.example.com"},
   "Attachment": {"InstanceId": "i-1", "DeviceIndex": 1}, "Operator": {"Managed": false, "Seen": [1e2, null]},
   "TagSet": [{"Key": "team", "Value": "shop"}, {"Key": "bare"}, {"Value": "lost"}], "Tags": []},
  {"NetworkInterfaceId": "eni-2", "SubnetId": "subnet-1", "InterfaceType": "nat_gateway",
   "Description": "Interface for NAT Gateway nat-1", "PrivateIpAddress": "10.0.0.7", "Attachment": null},
  {"NetworkInterfaceId": "eni-3", "SubnetId": "subnet-1", "InterfaceType": "vpc_endpoint",
   "Description": "VPC Endpoint Interface vpce-1", "PrivateIpAddress": "10.0.0.8", "Description2": ["x"]},
  {"NetworkInterfaceId": "eni-4", "SubnetId": "subnet-1", "Description": "ELB net/front/1",
   "InterfaceType": "network_load_balancer", "PrivateIpAddress": "10.0.0.9"},
  {"NetworkInterfaceId": "eni-5", "SubnetId": "subnet-1", "Description": "ClientVPN Endpoint resource",
   "PrivateIpAddress": "10.0.0.10", "InterfaceType": ""},
  {"NetworkInterfaceId": "eni-6", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.11",
   "Description": "Route 53 Resolver: rslvr-in-1:rni-1"},
  {"NetworkInterfaceId": "eni-7", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.12",
   "InterfaceType": "Something_New", "Attachment": {"InstanceId": "", "DeviceIndex": 3}},
  {"NetworkInterfaceId": "eni-8", "SubnetId": "subnet-1", "PrivateIpAddress": ""},
  {"NetworkInterfaceId": "eni-9", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.13",
   "Description": "caf\u00e9", "Attachment": {"InstanceId": "i-1", "DeviceIndex": "0"}},
  {"NetworkInterfaceId": "", "SubnetId": "subnet-1"},
  {"NetworkInterfaceId": "eni-10", "SubnetId": "", "PrivateIpAddress": "10.0.0.14"}
]}"#;

/// The same of whatever AWS says, row by row and held.
#[test]
fn whatever_a_row_says_is_read_alike() {
    let mut rows: Vec<serde_json::Value> = serde_json::from_str::<serde_json::Value>(EVERYTHING)
        .unwrap()["NetworkInterfaces"]
        .as_array()
        .unwrap()
        .clone();
    // And each key by each other shape that a value may have.
    let whole = rows[0].clone();
    for key in whole.as_object().unwrap().keys() {
        for other in [
            "null", "7", "true", "\"word\"", "[]", "[7]", "[[]]", "[{}]", "{}",
        ] {
            let mut row = whole.clone();
            row[key] = serde_json::from_str(other).unwrap();
            if key != "NetworkInterfaceId" {
                row["NetworkInterfaceId"] = format!("eni-{key}-{other}").into();
            }
            rows.push(row);
        }
    }
    // Those that would be there twice: whole lists tell that.
    rows.retain(|row| row["NetworkInterfaceId"] != "word");
    let all = serde_json::json!({ "NetworkInterfaces": rows }).to_string();
    let mut wrong = 0;
    for text in [EVERYTHING.to_owned(), all] {
        let source = Source {
            path: "interfaces.json".to_owned(),
            text,
        };
        let sources = [source];
        let (held, read) = (import(&sources), by_rows(&sources).unwrap());
        let told = |imported: &Imported| -> Vec<String> {
            let all = imported.diagnostics.iter();
            all.map(|d| format!("{} {:?}", d.message, d.origin))
                .collect()
        };
        assert_eq!(held.draft, read.draft);
        assert_eq!(held.left_out, read.left_out);
        assert_eq!(told(&held), told(&read));
        wrong += told(&held).len();
    }
    assert!(wrong > 50, "{wrong}");
}

/// What is wrong with rows is said in the same words in the same order; what only the whole list can
/// tell is left to it.
#[test]
fn what_is_wrong_with_rows_is_said_alike() {
    let mut sources = sources(&Estate::friendly(50));
    sources.sort_by_key(|s| s.path.starts_with("network-interfaces"));
    let whole = sources.pop().unwrap();
    let changed = |from: &str, to: &str| {
        let mut all = sources.clone();
        all.push(Source {
            path: whole.path.clone(),
            text: whole.text.replacen(from, to, 2),
        });
        all
    };
    for (from, to) in [
        ("\"SourceDestCheck\":true", "\"SourceDestCheck\":[]"),
        ("\"PrivateIpAddress\":\"10.", "\"PrivateIpAddress\":\"ten."),
        ("\"Association\":{", "\"Association\":7,\"Other\":{"),
        ("\"NetworkInterfaceId\"", "\"NetworkInterface\""),
        ("\"VpcId\":\"vpc-", "\"VpcId\":7,\"Other\":\"vpc-"),
    ] {
        let sources = changed(from, to);
        let (held, read) = (import(&sources), by_rows(&sources).unwrap());
        assert!(!held.diagnostics.is_empty(), "{to}");
        assert_eq!(said(&held), said(&read), "{to}");
        assert_eq!(held.draft, read.draft, "{to}");
    }
    let first = whole
        .text
        .split("\"NetworkInterfaceId\":\"")
        .nth(1)
        .unwrap();
    let second = whole
        .text
        .split("\"NetworkInterfaceId\":\"")
        .nth(2)
        .unwrap();
    let twice = changed(&second[..21], &first[..21]);
    assert!(said(&import(&twice)).contains("listed twice"));
    assert_eq!(by_rows(&twice).err(), Some(NotPlain));
}

fn said(imported: &Imported) -> String {
    render(&imported.diagnostics, &imported.files)
}

#[test]
fn an_interface_weighs_what_aws_prints_of_one() {
    let all = texts(&Estate::friendly(1_000));
    let each = all["network-interfaces.json"].len() / 1_000;
    assert!((1_000..1_150).contains(&each), "{each} bytes an interface");
}

/// On ports that rules name and one that none names, half of them within a VPC: the draft and the
/// listings lead to the same end; some are home, some are not.
#[test]
fn draft_and_listings_answer_alike() {
    for estate in both(1_000) {
        let (network, compiled) = built(estate.draft());
        let (listed, of_listings) = built(import(&sources(&estate)).draft);
        assert_eq!(network.interfaces.len(), listed.interfaces.len());
        let (mut home, mut stopped) = (0, 0);
        for pair in 0..5_000_usize {
            let (from, far) = (pair * 7 % 1_000, pair * 7_919 % 1_000);
            let near = from / 100 * 100 + far % 100;
            let to = if pair % 2 == 0 { near } else { far };
            if from == to {
                continue;
            }
            let port = [443, 22, 443, 5432, 443, 8080, 443, 8443, 9100, 1234][pair % 10];
            let ends = [(&network, &compiled), (&listed, &of_listings)].map(|(n, c)| {
                let address = |i: usize| {
                    let (_, interface) = n.interfaces.iter().nth(i).unwrap();
                    bits(interface.ips[0])
                };
                let question = Question {
                    from: c.interfaces[from],
                    entry: FROM_HOST,
                    traffic: Flow::new(address(from), address(to), 6, (32_768, 60_999), port),
                    accept: None,
                    press_on: false,
                    draw: 0,
                };
                let walked = walk(&c.fabric, &question);
                let ends = walked.endings.iter().map(|e| match e.end {
                    End::Dropped(place, code, row) => {
                        let text = c.fabric.origin(row).map(|(_, text)| text);
                        format!("{place:?} {code:?} {text:?}")
                    }
                    end => format!("{end:?}"),
                });
                let home = walked.endings.iter().all(|e| e.end == End::Home);
                (ends.collect::<Vec<_>>(), home)
            });
            assert_eq!(ends[0].0, ends[1].0, "from {from} to {to} port {port}");
            match ends[0].1 {
                true => home += 1,
                false => stopped += 1,
            }
        }
        assert!(home > 100 && stopped > 100, "{home} home, {stopped} not");
    }
}

/// What makes the one a friend of classes and the other an adversary.
#[test]
fn who_is_told_apart() {
    let (friendly, _) = built(Estate::friendly(10_000).draft());
    let classes: HashSet<_> = friendly
        .interfaces
        .iter()
        .map(|(_, i)| {
            (
                i.subnet.id(),
                i.groups.iter().map(|g| g.id()).collect::<Vec<_>>(),
            )
        })
        .collect();
    assert!((1_000..2_500).contains(&classes.len()), "{}", classes.len());
    let (adversarial, _) = built(Estate::adversarial(10_000).draft());
    let named: HashSet<_> = adversarial
        .groups
        .iter()
        .flat_map(|(_, g)| &g.ingress)
        .filter_map(|rule| match &rule.peer {
            reachability::model::Peer::Cidr(net) if net.prefix_len() == 32 => Some(net.addr()),
            _ => None,
        })
        .collect();
    let mut all = adversarial.interfaces.iter();
    assert!(all.all(|(_, i)| named.contains(&i.ips[0].into())));
    assert_eq!(named.len(), 10_000);
}
