//! An estate as `aws … describe-*` prints it, compact: one file a listing, or one a table or list
//! where AWS answers about one. Interfaces are written one by one.

use super::ids::{Kind, id, mix};
use super::places::{Seat, ZONES, vpc_block};
use super::{ACCOUNT, Estate, REGION};
use reachability::model::*;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Listings that there is nothing of: an import without them would leave things open.
const EMPTY: &[&str] = &[
    "Addresses",
    "BlockPublicAccessStates",
    "ClientVpnEndpoints",
    "EgressOnlyInternetGateways",
    "HostedZones",
    "LoadBalancers",
    "NatGateways",
    "ProfileAssociations",
    "Reservations",
    "ResolverEndpoints",
    "ResolverRuleAssociations",
    "ResolverRules",
    "ServiceConfigurations",
    "TargetGroups",
    "TransitGatewayPeeringAttachments",
    "VpcEndpoints",
    "VpcPeeringConnections",
    "VpnConnections",
    "VpnGateways",
];

/// Where a file's text goes, by its name.
pub type Open<'a> = dyn FnMut(&str) -> io::Result<Box<dyn Write + 'a>> + 'a;

impl Estate {
    /// Writes every file; `open` is asked for each by its name.
    pub fn describe(&self, open: &mut Open<'_>) -> io::Result<()> {
        let draft = self.shell();
        let mut list = |name: &str, key: &str, rows: Vec<Value>| -> io::Result<()> {
            let mut out = open(&format!("{name}.json"))?;
            serde_json::to_writer(&mut out, &json!({ key: rows }))?;
            out.flush()
        };
        for key in EMPTY {
            list(key, key, vec![])?;
        }
        list("vpcs", "Vpcs", rows(&draft.vpcs, vpc))?;
        list("vpc-attributes", "VpcAttributes", attributes(&draft))?;
        list("dhcp-options", "DhcpOptions", vec![dhcp()])?;
        list("subnets", "Subnets", rows(&draft.subnets, subnet))?;
        let gateways = rows(&draft.internet_gateways, internet_gateway);
        list("internet-gateways", "InternetGateways", gateways)?;
        let tables = rows(&draft.tables, |t| table(&draft, t));
        list("route-tables", "RouteTables", tables)?;
        let acls = rows(&draft.acls, |a| acl(&draft, a));
        list("network-acls", "NetworkAcls", acls)?;
        list(
            "security-groups",
            "SecurityGroups",
            rows(&draft.groups, group),
        )?;
        list(
            "prefix-lists",
            "PrefixLists",
            rows(&draft.prefix_lists, prefix_list),
        )?;
        for (_, own) in draft.prefix_lists.iter() {
            let entries = own.entries.iter().map(|e| json!({ "Cidr": e.to_string() }));
            let name = format!("entries-{}", own.name);
            list(&name, "Entries", entries.collect())?;
        }
        transit(&draft, &mut list)?;
        let mut out = open("network-interfaces.json")?;
        out.write_all(b"{\"NetworkInterfaces\":[")?;
        for (number, interface) in self.all().enumerate() {
            if number > 0 {
                out.write_all(b",")?;
            }
            self.interface(number, &interface, &mut out)?;
        }
        out.write_all(b"]}")?;
        out.flush()
    }

    /// An interface of a task, as AWS lists it.
    fn interface(&self, number: usize, i: &Interface, out: &mut impl Write) -> io::Result<()> {
        let seat = Seat::of(self, number);
        let ip = i.ips[0];
        let private_name = format!("ip-{}.ec2.internal", ip.to_string().replace('.', "-"));
        let thrown = mix(number as u64);
        let mac: Vec<String> = thrown.to_be_bytes()[..5]
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let groups: Vec<Value> = i
            .groups
            .iter()
            .map(|g| json!({ "GroupId": g.text, "GroupName": format!("group-{}", &g.text[3..11]) }))
            .collect();
        let association = i.public.first().map(|(_, public)| {
            let name = public.to_string().replace('.', "-");
            json!({
                "IpOwnerId": "amazon",
                "PublicDnsName": format!("ec2-{name}.compute-1.amazonaws.com"),
                "PublicIp": public.to_string(),
            })
        });
        let mut address = json!({
            "Primary": true, "PrivateDnsName": private_name, "PrivateIpAddress": ip.to_string()
        });
        let attachment = json!({
            "AttachTime": "2025-03-14T09:26:53+00:00",
            "AttachmentId": format!("ela-attach-{thrown:016x}"),
            "DeleteOnTermination": false,
            "DeviceIndex": 1,
            "InstanceOwnerId": "amazon-aws",
            "Status": "attached",
        });
        let about = format!(
            "arn:aws:ecs:{REGION}:{ACCOUNT}:attachment/{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            thrown >> 32,
            thrown >> 16 & 0xffff,
            thrown & 0xfff,
            thrown >> 8 & 0xfff,
            mix(thrown) >> 16,
        );
        let tags: Vec<Value> = i
            .tags
            .iter()
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect();
        let mut row = json!({
            "Attachment": attachment,
            "AvailabilityZone": zone_name(seat.subnet),
            "Description": about,
            "Groups": groups,
            "InterfaceType": "interface",
            "Ipv6Addresses": [],
            "MacAddress": format!("0e:{}", mac.join(":")),
            "NetworkInterfaceId": i.name,
            "OwnerId": ACCOUNT,
            "PrivateDnsName": private_name,
            "PrivateIpAddress": ip.to_string(),
            "RequesterId": "578734482556",
            "RequesterManaged": true,
            "SourceDestCheck": true,
            "Status": "in-use",
            "SubnetId": i.subnet.text,
            "TagSet": tags,
            "VpcId": id(Kind::Vpc, seat.vpc),
        });
        if let Some(association) = association {
            address["Association"] = association.clone();
            row["Association"] = association;
        }
        row["PrivateIpAddresses"] = json!([address]);
        serde_json::to_writer(out, &row)?;
        Ok(())
    }
}

fn rows<T>(all: &Arena<T>, row: impl Fn(&T) -> Value) -> Vec<Value> {
    all.iter().map(|(_, noun)| row(noun)).collect()
}

/// A zone's name in this account, of which the ids are the same.
fn zone_name(subnet: usize) -> String {
    format!("{REGION}{}", ["a", "b", "c", "d"][subnet % ZONES])
}

fn vpc(vpc: &Vpc) -> Value {
    json!({
        "VpcId": vpc.name, "OwnerId": vpc.account, "CidrBlock": vpc.cidrs[0].to_string(),
        "DhcpOptionsId": "dopt-00000000000000001", "State": "available", "IsDefault": false,
    })
}

fn attributes(draft: &Draft) -> Vec<Value> {
    let of = |vpc: &Vpc, key: &str| json!({ "VpcId": vpc.name, key: { "Value": true } });
    let keys = ["EnableDnsSupport", "EnableDnsHostnames"];
    let all = draft.vpcs.iter();
    all.flat_map(|(_, v)| keys.map(|key| of(v, key))).collect()
}

fn dhcp() -> Value {
    let servers =
        json!({ "Key": "domain-name-servers", "Values": [{ "Value": "AmazonProvidedDNS" }] });
    json!({ "DhcpOptionsId": "dopt-00000000000000001", "DhcpConfigurations": [servers] })
}

fn subnet(subnet: &Subnet) -> Value {
    let letter = subnet.zone.chars().last().and_then(|c| c.to_digit(10));
    let zone = zone_name(letter.unwrap_or(1) as usize - 1);
    json!({
        "SubnetId": subnet.name, "VpcId": subnet.vpc.text, "OwnerId": ACCOUNT, "State": "available",
        "CidrBlock": subnet.v4().to_string(), "AvailabilityZone": zone,
        "AvailabilityZoneId": subnet.zone, "EnableDns64": false,
        "Ipv6CidrBlockAssociationSet": [],
        "BlockPublicAccessStates": { "InternetGatewayBlockMode": "off" },
    })
}

fn internet_gateway(gateway: &InternetGateway) -> Value {
    let attached = json!([{ "State": "available", "VpcId": gateway.vpc.text }]);
    json!({ "InternetGatewayId": gateway.name, "Attachments": attached, "OwnerId": ACCOUNT })
}

fn table(draft: &Draft, table: &RouteTable) -> Value {
    let own = draft.vpcs.iter().find(|(_, v)| v.name == table.vpc.text);
    let block = own.map(|(_, v)| v.cidrs[0].to_string());
    let mut routes = vec![json!({
        "DestinationCidrBlock": block, "GatewayId": "local", "Origin": "CreateRouteTable",
        "State": "active",
    })];
    for route in &table.routes {
        let mut row = json!({ "Origin": "CreateRoute", "State": "active" });
        match &route.destination {
            Destination::Cidr(block) => row["DestinationCidrBlock"] = json!(block.to_string()),
            Destination::List(list) => row["DestinationPrefixListId"] = json!(list.text),
            Destination::AwsList(..) => unreachable!("no estate has a gateway endpoint"),
        }
        match &route.target {
            Target::Internet(r) => row["GatewayId"] = json!(r.text),
            Target::Transit(r) => row["TransitGatewayId"] = json!(r.text),
            other => unreachable!("no estate has {other:?}"),
        }
        routes.push(row);
    }
    let state = json!({ "State": "associated" });
    let subnets = draft
        .subnets
        .iter()
        .filter(|(_, s)| s.table.text == table.name);
    let mut associations: Vec<Value> = subnets
        .map(|(_, s)| json!({ "Main": false, "SubnetId": s.name, "AssociationState": state }))
        .collect();
    if own.is_some_and(|(_, v)| v.main_table.text == table.name) {
        associations.push(json!({ "Main": true, "AssociationState": state }));
    }
    json!({
        "RouteTableId": table.name, "VpcId": table.vpc.text, "OwnerId": ACCOUNT, "Routes": routes,
        "Associations": associations, "PropagatingVgws": [],
    })
}

fn acl(draft: &Draft, acl: &NetworkAcl) -> Value {
    let entry = |rule: &AclRule, egress: bool| {
        let protocol = rule.service.protocol.map_or(-1, i32::from).to_string();
        let mut row = json!({
            "CidrBlock": rule.peer.to_string(), "Egress": egress, "Protocol": protocol,
            "RuleAction": if rule.allow { "allow" } else { "deny" }, "RuleNumber": rule.number,
        });
        if rule.service.protocol.is_some() {
            let (from, to) = rule.service.ports;
            row["PortRange"] = json!({ "From": from, "To": to });
        }
        row
    };
    let ingress = acl.ingress.iter().map(|rule| entry(rule, false));
    let egress = acl.egress.iter().map(|rule| entry(rule, true));
    let last = [false, true].map(|egress| {
        json!({
            "CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1", "RuleAction": "deny",
            "RuleNumber": 32767,
        })
    });
    let subnets = draft.subnets.iter().filter(|(_, s)| s.acl.text == acl.name);
    let associations =
        subnets.map(|(_, s)| json!({ "SubnetId": s.name, "NetworkAclId": acl.name }));
    json!({
        "NetworkAclId": acl.name, "VpcId": acl.vpc.text, "OwnerId": ACCOUNT, "IsDefault": false,
        "Entries": ingress.chain(egress).chain(last).collect::<Vec<_>>(),
        "Associations": associations.collect::<Vec<_>>(),
    })
}

fn group(group: &SecurityGroup) -> Value {
    let permission = |rule: &GroupRule| {
        let mut row = json!({
            "IpProtocol": if rule.service.protocol.is_some() { "tcp" } else { "-1" },
            "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": [],
        });
        if rule.service.protocol.is_some() {
            row["FromPort"] = json!(rule.service.ports.0);
            row["ToPort"] = json!(rule.service.ports.1);
        }
        match &rule.peer {
            Peer::Cidr(block) => row["IpRanges"] = json!([{ "CidrIp": block.to_string() }]),
            Peer::Group(r) => {
                row["UserIdGroupPairs"] = json!([{ "GroupId": r.text, "UserId": ACCOUNT }]);
            }
            Peer::List(r) => row["PrefixListIds"] = json!([{ "PrefixListId": r.text }]),
            Peer::AwsList(..) => unreachable!("no estate names a list of AWS"),
        }
        row
    };
    let all = |rules: &[GroupRule]| rules.iter().map(permission).collect::<Vec<_>>();
    json!({
        "GroupId": group.name, "GroupName": format!("group-{}", &group.name[3..11]),
        "VpcId": group.vpc.text, "OwnerId": ACCOUNT, "Description": "made by a generator",
        "IpPermissions": all(&group.ingress), "IpPermissionsEgress": all(&group.egress),
    })
}

fn prefix_list(list: &PrefixList) -> Value {
    json!({
        "PrefixListId": list.name, "PrefixListName": format!("list-{}", &list.name[3..11]),
        "AddressFamily": "IPv4", "MaxEntries": list.max_entries, "OwnerId": ACCOUNT,
        "PrefixListArn": format!("arn:aws:ec2:{REGION}:{ACCOUNT}:prefix-list/{}", list.name),
        "State": "create-complete",
    })
}

type List<'a> = dyn FnMut(&str, &str, Vec<Value>) -> io::Result<()> + 'a;

fn transit(draft: &Draft, list: &mut List<'_>) -> io::Result<()> {
    let gateways = rows(&draft.transit_gateways, |gateway| {
        json!({
            "TransitGatewayId": gateway.name, "OwnerId": ACCOUNT, "State": "available",
            "TransitGatewayArn":
                format!("arn:aws:ec2:{REGION}:{ACCOUNT}:transit-gateway/{}", gateway.name),
            "Options": { "SecurityGroupReferencingSupport": "disable" },
        })
    });
    list("transit-gateways", "TransitGateways", gateways)?;
    let tables = rows(&draft.transit_tables, |table| {
        json!({
            "TransitGatewayRouteTableId": table.name, "TransitGatewayId": table.gateway.text,
            "State": "available",
        })
    });
    list("transit-tables", "TransitGatewayRouteTables", tables)?;
    let general = rows(&draft.attachments, |attachment| {
        let Association::Table(table) = &attachment.table else {
            unreachable!("each attachment of an estate has a table")
        };
        let Attached::Vpc(vpc, _) = &attachment.to else {
            unreachable!("an estate attaches VPCs")
        };
        json!({
            "TransitGatewayAttachmentId": attachment.name, "ResourceType": "vpc",
            "TransitGatewayId": attachment.gateway.text, "ResourceId": vpc.text,
            "State": "available",
            "Association":
                { "TransitGatewayRouteTableId": table.text, "State": "associated" },
        })
    });
    list("transit-attachments", "TransitGatewayAttachments", general)?;
    let of_vpcs = rows(&draft.attachments, |attachment| {
        let subnets = attachment.subnets().iter().map(|s| s.text.as_str());
        let Attached::Vpc(vpc, Fact::Known(known)) = &attachment.to else {
            unreachable!("an estate attaches VPCs")
        };
        debug_assert_eq!(subnets.len(), known.len());
        json!({
            "TransitGatewayAttachmentId": attachment.name, "VpcId": vpc.text,
            "TransitGatewayId": attachment.gateway.text, "State": "available",
            "SubnetIds": subnets.collect::<Vec<_>>(),
            "Options": {
                "ApplianceModeSupport": "disable", "Ipv6Support": "disable",
                "SecurityGroupReferencingSupport": "enable",
            },
        })
    });
    list(
        "transit-vpc-attachments",
        "TransitGatewayVpcAttachments",
        of_vpcs,
    )?;
    for (_, table) in draft.transit_tables.iter() {
        let learns = |a: &TransitAttachment| a.propagates_to.iter().any(|t| t.text == table.name);
        let all = draft.attachments.iter().enumerate();
        let routes = all
            .filter(|(_, (_, a))| learns(a))
            .map(|(vpc, (_, attachment))| {
                json!({
                    "DestinationCidrBlock": vpc_block(vpc).to_string(), "Type": "propagated",
                    "State": "active",
                    "TransitGatewayAttachments": [{
                        "TransitGatewayAttachmentId": attachment.name, "ResourceType": "vpc",
                    }],
                })
            });
        let name = format!("routes-{}", table.name);
        list(&name, "Routes", routes.collect())?;
    }
    Ok(())
}
