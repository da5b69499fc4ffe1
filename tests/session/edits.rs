//! Edits of a network, of every kind.

use crate::networks::Genes;
use reachability::edit::{
    AddGroupRule, AssociateSubnet, CreateGatewayEndpoint, CreateInterfaceEndpoint, DeleteEndpoint,
    Edit, LaunchInstance, Leads, RemoveGroupRule, RemoveRoute, SetGroups, SetRoute,
    TerminateInstance, Way, free_address,
};
use reachability::model::{
    self, Destination, Draft, GroupRule, Id, IpType, Network, Origin, Peer, Ref, SecurityGroup,
    Service, Target,
};

/// An edit, by the kind that it is counted as.
pub enum Made {
    Edit(&'static str, Edit),
    Draft(&'static str, Box<dyn FnOnce(&mut Draft)>),
}

pub fn nth<T>(arena: &model::Arena<T>, genes: &mut Genes) -> Option<Id<T>> {
    some(arena.iter().map(|(id, _)| id), genes)
}

/// One of some, if there is any.
fn some<T: Clone>(all: impl Iterator<Item = T>, genes: &mut Genes) -> Option<T> {
    let all: Vec<T> = all.collect();
    (!all.is_empty()).then(|| genes.pick(&all))
}

fn rules(group: &SecurityGroup, way: Way) -> &[GroupRule] {
    match way {
        Way::In => &group.ingress,
        Way::Out => &group.egress,
    }
}

pub fn add(group: Id<SecurityGroup>, way: Way, service: Service, peer: Peer) -> Edit {
    let add = AddGroupRule {
        group,
        way,
        service,
        peer,
    };
    add.into()
}

pub fn remove(group: Id<SecurityGroup>, way: Way, service: Service, peer: Peer) -> Edit {
    let remove = RemoveGroupRule {
        group,
        way,
        service,
        peer,
    };
    remove.into()
}

/// One edit of a network, of any kind.
pub fn edit(network: &Network, genes: &mut Genes) -> Option<Made> {
    let way = genes.pick(&[Way::In, Way::In, Way::Out]);
    let held = network.interfaces.iter().flat_map(|(_, i)| &i.groups);
    let held: Vec<_> = held.filter_map(Ref::id).collect();
    let group = match held.is_empty() {
        true => nth(&network.groups, genes)?,
        false => genes.pick(&held),
    };
    let own = rules(&network.groups[group], way);
    let all = || {
        let all = network.groups.iter();
        let all = all.flat_map(|(_, g)| g.ingress.iter().chain(&g.egress));
        all.cloned().collect::<Vec<GroupRule>>()
    };
    Some(match genes.below(22) {
        // Ports and blocks that some rule has already.
        0..=3 => {
            let (one, other) = (all(), all());
            let service = genes.pick(&one).service;
            let peer = match genes.chance(40) {
                true => Peer::Cidr("0.0.0.0/0".parse().unwrap()),
                false => genes.pick(&other).peer,
            };
            Made::Edit("rule on boundaries", add(group, way, service, peer))
        }
        4..=6 | 11 | 12 if !own.is_empty() => {
            let rule = genes.pick(own);
            let (service, peer) = (rule.service, rule.peer);
            Made::Edit("rule removed", remove(group, way, service, peer))
        }
        7 => {
            let lo = 1 + genes.below(60_000) as u16;
            let service = Service {
                protocol: Some(genes.pick(&[6, 17])),
                ports: (lo, lo.saturating_add(genes.below(100) as u16)),
                icmp: (None, None),
            };
            let peer = genes.pick(&all()).peer;
            Made::Edit("rule at new ports", add(group, way, service, peer))
        }
        8 | 9 | 13 => {
            let interface = nth(&network.interfaces, genes)?;
            let own = network.interfaces[interface].addresses();
            let peer = Peer::Cidr(some(own, genes)?.into());
            let service = genes.pick(&all()).service;
            Made::Edit("rule about one address", add(group, way, service, peer))
        }
        10 => {
            let other = nth(&network.groups, genes)?;
            let peer = Peer::Group(Ref {
                text: network.groups[other].name.as_str().into(),
                origin: Origin::Unknown,
                to: model::Meaning::Known(other),
            });
            let service = genes.pick(&all()).service;
            Made::Edit("rule about a group", add(group, way, service, peer))
        }
        _ => return other(network, genes),
    })
}

/// One of anything but rules of groups.
fn other(network: &Network, genes: &mut Genes) -> Option<Made> {
    Some(match genes.below(10) {
        0 => {
            let table = nth(&network.tables, genes)?;
            let destination = some(network.tables[table].routes.iter(), genes)?;
            let destination = destination.destination.clone();
            let all = network.tables.iter().flat_map(|(_, t)| &t.routes);
            let targets = all.map(|r| r.target.clone());
            let target = some(targets.filter(|t| *t != Target::Local), genes);
            match target.filter(|_| genes.chance(50)) {
                None => Made::Edit("route removed", RemoveRoute { table, destination }.into()),
                Some(target) => {
                    let everything = Destination::Cidr("0.0.0.0/0".parse().unwrap());
                    let set = SetRoute {
                        table,
                        destination: genes.pick(&[destination, everything]),
                        target,
                        replaces: true,
                    };
                    Made::Edit("route", set.into())
                }
            }
        }
        1 => {
            let acl = nth(&network.acls, genes)?;
            let at = genes.below(4);
            Made::Draft(
                "entry",
                Box::new(move |draft| {
                    let Some(acl) = draft.acls.get_mut(acl) else {
                        return;
                    };
                    if at < acl.ingress.len() {
                        acl.ingress.remove(at);
                    }
                }),
            )
        }
        2 => {
            let subnet = nth(&network.subnets, genes)?;
            let vpc = network.subnets[subnet].vpc.id();
            let own = network.tables.iter().filter(|(_, t)| t.vpc.id() == vpc);
            let associate = AssociateSubnet {
                subnet,
                table: some(own.map(|(id, _)| id), genes)?,
                replaces: true,
            };
            Made::Edit("association", associate.into())
        }
        3 | 4 => {
            let instance = nth(&network.instances, genes)?;
            match genes.chance(50) {
                true => Made::Edit("instance removed", TerminateInstance { instance }.into()),
                false => Made::Draft(
                    "instance stopped",
                    Box::new(move |draft| {
                        let instance = draft.instances.get_mut(instance).unwrap();
                        instance.running = !instance.running;
                    }),
                ),
            }
        }
        5 => {
            let subnet = nth(&network.subnets, genes)?;
            let vpc = network.subnets[subnet].vpc.id();
            let own = network.groups.iter().filter(|(_, g)| g.vpc.id() == vpc);
            let launch = LaunchInstance {
                name: format!("launched-{}", network.instances.len()),
                subnet,
                ip: free_address(network, subnet)?,
                groups: vec![some(own.map(|(id, _)| id), genes)?],
            };
            Made::Edit("instance added", launch.into())
        }
        6 => {
            let (one, other) = (
                nth(&network.interfaces, genes)?,
                nth(&network.interfaces, genes)?,
            );
            let groups = network.interfaces[other].groups.iter();
            let set = SetGroups {
                interface: one,
                groups: groups.filter_map(Ref::id).collect(),
            };
            Made::Edit("groups of an interface", set.into())
        }
        7 => {
            let endpoint = nth(&network.endpoints, genes)?;
            Made::Edit("endpoint removed", DeleteEndpoint { endpoint }.into())
        }
        8 => {
            let vpc = nth(&network.vpcs, genes)?;
            let own = network
                .tables
                .iter()
                .filter(|(_, t)| t.vpc.id() == Some(vpc));
            let create = CreateGatewayEndpoint {
                vpc,
                service: genes.pick(&["s3", "dynamodb"]).to_owned(),
                table: some(own.map(|(id, _)| id), genes)?,
                ip_type: IpType::Ipv4,
            };
            Made::Edit("gateway endpoint", create.into())
        }
        _ => {
            let subnet = nth(&network.subnets, genes)?;
            let create = CreateInterfaceEndpoint {
                vpc: network.subnets[subnet].vpc.id()?,
                leads: Leads::Aws(genes.pick(&["sqs", "kms"]).to_owned()),
                subnet,
                ip: free_address(network, subnet)?,
                from: "10.0.0.0/8".parse().unwrap(),
                service: Service::ANY,
                private_dns: genes.chance(30),
            };
            Made::Edit("interface endpoint", create.into())
        }
    })
}
