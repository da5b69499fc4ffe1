//! What an estate says, in whole numbers, for those who are measured beside us: they read one file,
//! and start their clocks after that.
//!
//! ```text
//! interfaces  [address, subnet, set]          sets      [group …]
//! subnets     [vpc, table, acl]               vpcs      table of the transit gateway
//! groups      [[in], [out]]                   a rule    [port, to, address, to, group or -1]
//! acls        [[in], [out]]                   a rule    [allow, port, to, address, to], in order
//! tables      [address, to, length, target]   a target  0 here, 1 the transit gateway, 2 away
//! transit     [address, to, length, vpc]      segments  of each VPC: 0 core, 1, 2
//! questions   by name: [from, to, port]
//! ```

use super::questions::Asked;
use super::worlds::estate::{Estate, segment};
use ipnet::IpNet;
use reachability::model::{Destination, Id, Network, Peer, Ref, Service, Target};
use serde_json::{Value, json};
use std::collections::HashMap;

/// All of it.
pub fn of(estate: &Estate, network: &Network) -> Value {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<Vec<usize>, usize> = HashMap::new();
    let interfaces = network.interfaces.iter().map(|(_, i)| {
        let groups: Vec<usize> = i.groups.iter().map(number).collect();
        let set = *known.entry(groups.clone()).or_insert_with(|| {
            sets.push(groups);
            sets.len() - 1
        });
        json!([u32::from(i.ips[0]), number(&i.subnet), set])
    });
    let interfaces: Vec<Value> = interfaces.collect();
    let mut attached = vec![0; network.vpcs.len()];
    let mut transit: Vec<Vec<Value>> = vec![Vec::new(); network.transit_tables.len()];
    for (_, attachment) in network.attachments.iter() {
        let vpc = attachment.vpc().unwrap();
        if let reachability::model::Association::Table(table) = &attachment.table {
            attached[vpc.index()] = number(table);
        }
        for table in &attachment.propagates_to {
            for block in &network.vpcs[vpc].cidrs {
                transit[number(table)].push(route((*block).into(), vpc.index()));
            }
        }
    }
    let questions = Asked::ALL.map(|asked| (asked.name().to_owned(), json!(asked.of(estate))));
    json!({
        "interfaces": interfaces,
        "sets": sets,
        "subnets": network.subnets.iter().map(|(_, s)| json!([number(&s.vpc), number(&s.table), number(&s.acl)])).collect::<Vec<_>>(),
        "vpcs": attached,
        "segments": (0..network.vpcs.len()).map(segment).collect::<Vec<_>>(),
        "groups": network.groups.iter().map(|(_, g)| {
            [&g.ingress, &g.egress].map(|rules| rules.iter().flat_map(|r| group_rule(network, r.service, &r.peer)).collect::<Vec<_>>())
        }).collect::<Vec<_>>(),
        "acls": network.acls.iter().map(|(_, a)| {
            [&a.ingress, &a.egress].map(|rules| rules.iter().map(|r| {
                let ((low, high), (first, last)) = (ports(r.service), span(r.peer));
                json!([u8::from(r.allow), low, high, first, last])
            }).collect::<Vec<_>>())
        }).collect::<Vec<_>>(),
        "tables": network.tables.iter().map(|(_, t)| {
            t.routes.iter().flat_map(|r| table_route(network, &r.destination, &r.target)).collect::<Vec<_>>()
        }).collect::<Vec<_>>(),
        "transit": transit,
        "questions": serde_json::Map::from_iter(questions),
    })
}

fn number<T>(of: &Ref<T>) -> usize {
    of.id().map(Id::index).unwrap()
}

fn span(block: IpNet) -> (u32, u32) {
    match block {
        IpNet::V4(block) => (block.network().into(), block.broadcast().into()),
        IpNet::V6(_) => panic!("estates are of IPv4"),
    }
}

/// Its ports of TCP.
fn ports(service: Service) -> (u16, u16) {
    assert!(service.protocol.is_none_or(|p| p == 6), "{service:?}");
    service.ports
}

fn blocks(network: &Network, list: &Ref<reachability::model::PrefixList>) -> Vec<IpNet> {
    network.prefix_lists[list.id().unwrap()].entries.clone()
}

fn group_rule(network: &Network, service: Service, peer: &Peer) -> Vec<Value> {
    let (low, high) = ports(service);
    let by_block = |block: &IpNet| {
        let (first, last) = span(*block);
        json!([low, high, first, last, -1])
    };
    match peer {
        Peer::Cidr(block) => vec![by_block(block)],
        Peer::List(list) => blocks(network, list).iter().map(by_block).collect(),
        Peer::Group(group) => vec![json!([low, high, 0, 0, number(group)])],
        Peer::AwsList(..) => panic!("estates name no list of AWS's"),
    }
}

fn route(block: IpNet, target: usize) -> Value {
    let (first, last) = span(block);
    json!([first, last, block.prefix_len(), target])
}

fn table_route(network: &Network, destination: &Destination, target: &Target) -> Vec<Value> {
    let target = match target {
        Target::Local => 0,
        Target::Transit(_) => 1,
        _ => 2,
    };
    match destination {
        Destination::Cidr(block) => vec![route(*block, target)],
        Destination::List(list) => {
            let all = blocks(network, list).into_iter();
            all.map(|block| route(block, target)).collect()
        }
        Destination::AwsList(..) => panic!("estates name no list of AWS's"),
    }
}
