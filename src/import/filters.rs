//! Security groups, network ACLs, prefix lists.

use super::dump::Dump;
use super::node::Node;
use super::routes::{AwsLists, aws_lists, aws_name, of_family};
use crate::diagnostic::Diagnostic;
use crate::model::{
    AclRule, Draft, Family, GroupRule, Listing, NetworkAcl, Peer, PrefixList, Ref, SecurityGroup,
    Service, Unseen, Vpc,
};
use ipnet::IpNet;
use std::collections::HashMap;

/// The number of the rule that AWS adds after every other.
const LAST_RULE: u32 = 32766;

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) {
    let lists = aws_lists(dump);
    let mut associated = associations(dump);
    for (name, row) in dump.rows("SecurityGroups", "GroupId") {
        let origin = row.origin();
        let Some(vpc) = row.text("VpcId") else {
            let why = "of EC2-Classic, without VPC";
            dump.context.leave("security groups", why, 1, false);
            continue;
        };
        draft.groups.push(SecurityGroup {
            name: name.to_owned(),
            id: None,
            vpc: Ref::named(vpc, &origin),
            vpcs: associated.remove(name).map_or_else(Vec::new, |mut all| {
                all.retain(|v| v.text != vpc);
                all
            }),
            ingress: permissions(&row, "IpPermissions", &lists),
            egress: permissions(&row, "IpPermissionsEgress", &lists),
            origin,
        });
    }
    for (name, row) in dump.rows("NetworkAcls", "NetworkAclId") {
        let origin = row.origin();
        let Some(vpc) = row.need("VpcId") else {
            continue;
        };
        let (mut ingress, mut egress) = (Vec::new(), Vec::new());
        for entry in row.items("Entries") {
            let Some(rule) = acl_rule(&entry) else {
                continue;
            };
            if entry.flag("Egress") == Some(true) {
                egress.push(rule);
            } else {
                ingress.push(rule);
            }
        }
        ingress.sort_by_key(|r: &AclRule| r.number);
        egress.sort_by_key(|r: &AclRule| r.number);
        draft.acls.push(NetworkAcl {
            name: name.to_owned(),
            id: None,
            vpc: Ref::named(vpc, &origin),
            ingress,
            egress,
            origin,
        });
    }
    prefix_lists(dump, draft);
}

/// The VPCs that groups are associated with beside their own.
fn associations<'a>(dump: &Dump<'a>) -> HashMap<&'a str, Vec<Ref<Vpc>>> {
    let mut all: HashMap<&str, Vec<Ref<Vpc>>> = HashMap::new();
    for row in dump.all("SecurityGroupVpcAssociations") {
        let (group, vpc) = (row.need("GroupId"), row.need("VpcId"));
        if let (Some(group), Some(vpc)) = (group, vpc)
            && row.is("State", &["associated"])
        {
            all.entry(group)
                .or_default()
                .push(Ref::named(vpc, &row.origin()));
        }
    }
    all
}

fn permissions(row: &Node<'_>, key: &str, lists: &AwsLists) -> Vec<GroupRule> {
    let mut out = Vec::new();
    for permission in row.items(key) {
        let Some(service) = permission_service(&permission) else {
            continue;
        };
        let mut peers: Vec<(Peer, Node<'_>)> = Vec::new();
        for (list, cidr) in [("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")] {
            for range in permission.items(list) {
                range.need(cidr);
                if let Some(block) = range.parsed::<IpNet>(cidr, "a block") {
                    peers.push((Peer::Cidr(block), range));
                }
            }
        }
        for list in permission.items("PrefixListIds") {
            let Some(id) = list.need("PrefixListId") else {
                continue;
            };
            let peer = match lists.get(id) {
                Some((region, service)) => Peer::AwsList(region.clone(), service.clone()),
                None => Peer::List(Ref::named(id, &list.origin())),
            };
            peers.push((peer, list));
        }
        for pair in permission.items("UserIdGroupPairs") {
            let Some(id) = pair.need("GroupId") else {
                continue;
            };
            peers.push((Peer::Group(Ref::named(id, &pair.origin())), pair));
        }
        out.extend(peers.into_iter().map(|(peer, node)| GroupRule {
            service,
            peer,
            origin: node.origin(),
        }));
    }
    out
}

/// A protocol by name or number; `-1` is every one.
fn protocol(row: &Node<'_>, key: &str) -> Option<Option<u8>> {
    let text = match row.int_or_text(key)? {
        Ok(number) => number.to_string(),
        Err(text) => text.to_ascii_lowercase(),
    };
    let number = match text.as_str() {
        "-1" | "all" => return Some(None),
        "tcp" => 6,
        "udp" => 17,
        "icmp" => 1,
        "icmpv6" => 58,
        other => match other.parse() {
            Ok(number) => number,
            Err(_) => {
                row.wrong(key, format!("`{text}` is not a protocol"));
                return None;
            }
        },
    };
    Some(Some(number))
}

fn permission_service(row: &Node<'_>) -> Option<Service> {
    if !row.has("IpProtocol") {
        row.wrong("IpProtocol", "`IpProtocol` is missing".to_owned());
    }
    let protocol = protocol(row, "IpProtocol")?;
    let any = |n: Option<i64>| n.filter(|n| *n >= 0);
    let (from, to) = (any(row.int("FromPort")), any(row.int("ToPort")));
    let service = match protocol {
        Some(1 | 58) => Service {
            protocol,
            icmp: (byte(row, "FromPort", from)?, byte(row, "ToPort", to)?),
            ..Service::ANY
        },
        Some(6 | 17) => Service {
            protocol,
            ports: (
                port(row, "FromPort", from, 0)?,
                port(row, "ToPort", to, u16::MAX)?,
            ),
            ..Service::ANY
        },
        _ => Service {
            protocol,
            ..Service::ANY
        },
    };
    Some(service)
}

fn byte(row: &Node<'_>, key: &str, number: Option<i64>) -> Option<Option<u8>> {
    match number {
        None => Some(None),
        Some(_) => row.number(key).map(Some),
    }
}

fn port(row: &Node<'_>, key: &str, number: Option<i64>, absent: u16) -> Option<u16> {
    match number {
        None => Some(absent),
        Some(_) => row.number(key),
    }
}

fn acl_rule(row: &Node<'_>) -> Option<AclRule> {
    if !row.has("RuleNumber") {
        row.wrong("RuleNumber", "`RuleNumber` is missing".to_owned());
    }
    let number: u32 = row.number("RuleNumber")?;
    if number > LAST_RULE {
        return None;
    }
    let key = if row.has("CidrBlock") {
        "CidrBlock"
    } else {
        "Ipv6CidrBlock"
    };
    row.need(key)?;
    let peer = row.parsed::<IpNet>(key, "a block")?;
    let protocol = protocol(row, "Protocol")?;
    let mut service = Service {
        protocol,
        ..Service::ANY
    };
    if let (Some(6 | 17), Some(range)) = (protocol, row.get("PortRange")) {
        let from = range.int("From").filter(|n| *n >= 0);
        let to = range.int("To").filter(|n| *n >= 0);
        service.ports = (
            port(&range, "From", from, 0)?,
            port(&range, "To", to, u16::MAX)?,
        );
    }
    if let (Some(1 | 58), Some(icmp)) = (protocol, row.get("IcmpTypeCode")) {
        let kind = icmp.int("Type").filter(|n| *n >= 0);
        let code = icmp.int("Code").filter(|n| *n >= 0);
        service.icmp = (byte(&icmp, "Type", kind)?, byte(&icmp, "Code", code)?);
    }
    row.need("RuleAction")?;
    Some(AclRule {
        number,
        allow: row.is("RuleAction", &["allow"]),
        service,
        peer,
        origin: row.origin(),
    })
}

fn prefix_lists(dump: &Dump<'_>, draft: &mut Draft) {
    let mut entries: HashMap<&str, Vec<IpNet>> = HashMap::new();
    for (id, entry) in super::routes::entries(dump) {
        let block = entry.parsed::<IpNet>("Cidr", "a block");
        entries.entry(id).or_default().extend(block);
    }
    for page in dump.pages("Entries") {
        let id = page
            .root
            .text("PrefixListId")
            .or_else(|| page.root.place.word("pl-"));
        if id.is_none() {
            let message = "entries of a prefix list that is not named";
            dump.context.say(
                Diagnostic::warning("nameless-listing", "", &page.list.origin(), message)
                    .help("put the list's id `pl-…` in the file's name"),
            );
        }
    }
    let mut done: Vec<&str> = Vec::new();
    for row in dump.all("PrefixLists") {
        let Some(id) = row.need("PrefixListId") else {
            continue;
        };
        let mut blocks: Vec<IpNet> = Vec::new();
        for text in row.texts("Cidrs") {
            match text.parse() {
                Ok(block) => blocks.push(block),
                Err(_) => row.wrong("Cidrs", format!("`{text}` is not a block")),
            }
        }
        if !row.has("Cidrs") {
            match entries.get(id) {
                Some(known) => blocks.clone_from(known),
                None => {
                    let why = "their entries are not exported";
                    let mine = row.text("PrefixListName").and_then(aws_name).is_none();
                    dump.context.leave("prefix lists", why, 1, mine);
                    draft.unseen.push(Unseen::new(
                        "prefix list",
                        id,
                        dump.why(Listing::PrefixListEntries),
                        &row.origin(),
                    ));
                    continue;
                }
            }
        }
        if done.contains(&id) {
            continue;
        }
        done.push(id);
        if let Some(name) = row.text("PrefixListName").and_then(aws_name) {
            let family = blocks.first().map(|b| Family::of_net(*b));
            draft.aws_lists.push((of_family(name, family), blocks));
            continue;
        }
        draft.prefix_lists.push(PrefixList {
            name: id.to_owned(),
            id: None,
            max_entries: row.number("MaxEntries").unwrap_or(blocks.len()),
            entries: blocks,
            region: region_of(&row, draft),
            account: row.text("OwnerId").unwrap_or_default().to_owned(),
            origin: row.origin(),
        });
    }
}

/// The Region of a list: its ARN's, else its folder's, else that of the import.
fn region_of(row: &Node<'_>, draft: &Draft) -> String {
    let arn = row.text("PrefixListArn");
    let stated = arn.and_then(|a| a.split(':').nth(3));
    let folder = row.place.region.as_deref();
    stated.or(folder).unwrap_or(&draft.region).to_owned()
}
