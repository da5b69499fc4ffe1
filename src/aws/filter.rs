//! Security groups and network ACLs as tables.
//!
//! Groups: `/vpc/latest/userguide/security-group-rules.html`; the rules of all groups of an interface
//! are one unordered set. ACLs: `/vpc/latest/userguide/vpc-network-acls.html`; lowest number first.

use super::compile::Compiler;
use super::public::{Lists, partly_public, token_span};
use crate::code::Code;
use crate::fabric::{Action, RowSpec, Side, TableId, flags};
use crate::model::{
    AclRule, GroupRule, Id, Interface, Meaning, NetworkAcl, Peer, Ref, SecurityGroup, Service, Vpc,
};
use ipnet::{IpNet, Ipv4Net};

/// The first and last address of a block.
pub(super) fn span(net: &Ipv4Net) -> (u32, u32) {
    (u32::from(net.network()), u32::from(net.broadcast()))
}

/// Ports as a row has them: ICMP's type and code sit there, protocols without ports have all.
fn ports(service: &Service) -> (u16, u16) {
    match service.protocol {
        Some(6 | 17) => service.ports,
        Some(1) => match service.icmp {
            (None, _) => (0, u16::MAX),
            (Some(kind), None) => (u16::from(kind) << 8, (u16::from(kind) << 8) | 0xff),
            (Some(kind), Some(code)) => {
                let both = (u16::from(kind) << 8) | u16::from(code);
                (both, both)
            }
        },
        _ => (0, u16::MAX),
    }
}

/// The rows of a set of groups. Certain ones are tried before those that may be there.
#[derive(Default)]
struct Rows {
    certain: Vec<RowSpec>,
    maybe: Vec<RowSpec>,
    /// A member whose identity the path dropped: told apart from a stranger, refused all the same.
    lost: Vec<RowSpec>,
}

impl Rows {
    fn in_order(mut self) -> Vec<RowSpec> {
        self.certain.append(&mut self.maybe);
        self.certain.append(&mut self.lost);
        self.certain
    }
}

/// Direction of a filter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) enum Way {
    In,
    Out,
}

impl Way {
    fn word(self) -> &'static str {
        if self == Way::In { "ingress" } else { "egress" }
    }

    fn side(self) -> Side {
        if self == Way::In {
            Side::Src
        } else {
            Side::Dst
        }
    }
}

impl Compiler<'_> {
    /// The tables of an interface's groups: (in, out). Equal sets of groups share them.
    pub(super) fn groups(&mut self, refs: &[Ref<SecurityGroup>]) -> (TableId, TableId) {
        let mut ids: Vec<Id<SecurityGroup>> = refs.iter().filter_map(Ref::id).collect();
        ids.sort_unstable();
        let unseen: Vec<String> = refs
            .iter()
            .filter(|r| r.id().is_none())
            .map(|r| r.text.clone())
            .collect();
        let key = (ids.clone(), unseen.clone());
        if let Some(tables) = self.group_tables.get(&key) {
            return *tables;
        }
        let both = (
            self.group_table(&ids, &unseen, Way::In),
            self.group_table(&ids, &unseen, Way::Out),
        );
        self.group_tables.insert(key, both);
        both
    }

    fn group_table(&mut self, ids: &[Id<SecurityGroup>], unseen: &[String], way: Way) -> TableId {
        let (mut into, mut names) = (Rows::default(), Vec::new());
        for id in ids {
            let group = &self.network.groups[*id];
            let vpc = group
                .vpc
                .id()
                .map_or("", |v| self.network.vpcs[v].name.as_str());
            let name = format!("{vpc}/{}", group.name);
            let rules = if way == Way::In {
                &group.ingress
            } else {
                &group.egress
            };
            for (number, rule) in rules.iter().enumerate() {
                let text = format!("{name} {} {}", way.word(), number + 1);
                self.group_rule(group.vpc.id(), rule, way, &text, &mut into);
            }
            names.push(name);
        }
        for name in unseen {
            let mut row = RowSpec::address(
                (0, u32::MAX),
                Action::Next,
                &crate::model::Origin::Unknown,
                format!("{name} (not in the input)"),
            );
            row.flags = flags::MAYBE;
            into.maybe.push(row);
            names.push(name.clone());
        }
        let code = if into.certain.is_empty() && into.maybe.is_empty() {
            Code::SG_HAS_NO_RULES
        } else {
            Code::ENI_SG_RULES_MISMATCH
        };
        let rows = into.in_order();
        let name = format!("{} {}", names.join("+"), way.word());
        self.b.table(
            &name,
            way.side(),
            rows,
            Action::Drop(code),
            "what no rule allows is refused, /vpc/latest/userguide/security-group-rules.html",
        )
    }

    fn group_rule(
        &self,
        vpc: Option<Id<Vpc>>,
        rule: &GroupRule,
        way: Way,
        text: &str,
        into: &mut Rows,
    ) {
        let row = |span: (u32, u32), flags: u8| RowSpec {
            span,
            ports: ports(&rule.service),
            proto: rule.service.protocol,
            flags,
            then: Action::Next,
            origin: rule.origin.clone(),
            text: text.to_owned(),
        };
        match &rule.peer {
            Peer::Cidr(IpNet::V4(net)) => {
                into.certain.push(row(span(net), 0));
                if partly_public(net) {
                    into.maybe.push(row(super::public::TOKENS, flags::MAYBE));
                }
            }
            Peer::Cidr(IpNet::V6(_)) => {}
            Peer::List(list) => match list.to {
                Meaning::Known(id) => {
                    for entry in &self.network.prefix_lists[id].entries {
                        if let IpNet::V4(net) = entry {
                            into.certain.push(row(span(net), 0));
                        }
                    }
                }
                _ => into.maybe.push(row((0, u32::MAX), flags::MAYBE)),
            },
            Peer::AwsList(region, service) => match self.lists.get(region, service) {
                Lists::Given(nets) => into.certain.extend(nets.iter().map(|n| row(span(n), 0))),
                Lists::Symbolic => {
                    into.certain
                        .push(row(token_span(self.network, region, service), 0));
                    into.maybe
                        .push(row((0x0100_0000, 0xdfff_ffff), flags::MAYBE));
                }
            },
            Peer::Group(group) => match (group.to, way) {
                (Meaning::Known(id), Way::In) => {
                    let tag = id.index() as u32;
                    into.certain.push(row((tag, tag), flags::BY_MARK));
                    for address in self.addresses_of(id) {
                        let then = Action::Drop(Code::SG_REFERENCES_NOT_PRESERVED);
                        into.lost.push(RowSpec {
                            then,
                            ..row((address, address), 0)
                        });
                    }
                }
                (Meaning::Known(id), Way::Out) => {
                    into.certain
                        .extend(self.members(id, vpc).into_iter().map(|a| row((a, a), 0)));
                }
                _ => into.maybe.push(row((0, u32::MAX), flags::MAYBE)),
            },
        }
    }

    /// Private addresses of a group's members in the VPC itself and in actively peered VPCs of its
    /// Region: what an egress reference covers (`/vpc/latest/peering/vpc-peering-security-groups.html`).
    fn members(&self, group: Id<SecurityGroup>, vpc: Option<Id<Vpc>>) -> Vec<u32> {
        let near = |other: Option<Id<Vpc>>| {
            other == vpc
                || self.network.peerings.iter().any(|(_, p)| {
                    let [a, b] = [
                        p.between.first().and_then(Ref::id),
                        p.between.last().and_then(Ref::id),
                    ];
                    p.active
                        && ((a == vpc && b == other) || (b == vpc && a == other))
                        && self.same_region(a, b)
                })
        };
        let mut all = Vec::new();
        for (id, interface) in self.network.interfaces.iter() {
            if interface.groups.iter().any(|g| g.id() == Some(group))
                && near(self.network.vpc_of(id))
            {
                all.extend(interface.ips.iter().map(|ip| u32::from(*ip)));
            }
        }
        all
    }

    /// Every address of a group's members, private and public.
    fn addresses_of(&self, group: Id<SecurityGroup>) -> Vec<u32> {
        let members = self
            .network
            .interfaces
            .iter()
            .filter(|(_, i)| i.groups.iter().any(|g| g.id() == Some(group)));
        let mut all: Vec<u32> = members
            .flat_map(|(_, i)| i.ips.iter().copied().chain(i.public.iter().map(|p| p.1)))
            .map(u32::from)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn same_region(&self, a: Option<Id<Vpc>>, b: Option<Id<Vpc>>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => self.network.vpcs[a].region == self.network.vpcs[b].region,
            _ => false,
        }
    }

    /// The tables of an ACL: (in, out).
    pub(super) fn acl(&mut self, acl: &Ref<NetworkAcl>) -> (TableId, TableId) {
        let Some(id) = acl.id() else {
            let table = self.maybe_table(&format!("{} (not in the input)", acl.text), Side::Dst);
            return (table, table);
        };
        if let Some(tables) = self.acl_tables.get(&id) {
            return *tables;
        }
        let network = self.network;
        let acl = &network.acls[id];
        let both = (
            self.acl_table(acl, &acl.ingress, Way::In),
            self.acl_table(acl, &acl.egress, Way::Out),
        );
        self.acl_tables.insert(id, both);
        both
    }

    fn acl_table(&mut self, acl: &NetworkAcl, rules: &[AclRule], way: Way) -> TableId {
        let vpc = acl
            .vpc
            .id()
            .map_or("", |v| self.network.vpcs[v].name.as_str());
        let name = format!("{vpc}/{} {}", acl.name, way.word());
        let mut rules: Vec<&AclRule> = rules.iter().collect();
        rules.sort_by_key(|r| r.number);
        let (mut rows, mut doubted) = (Vec::new(), Vec::new());
        for rule in rules {
            let IpNet::V4(net) = rule.peer else { continue };
            let row = RowSpec {
                span: span(&net),
                ports: ports(&rule.service),
                proto: rule.service.protocol,
                flags: 0,
                then: if rule.allow {
                    Action::Next
                } else {
                    Action::Drop(Code::SUBNET_ACL_RESTRICTION)
                },
                origin: rule.origin.clone(),
                text: format!("{name} {}", rule.number),
            };
            // A second doubt of the same kind would end as the first does.
            let doubt = (row.then, row.ports, row.proto);
            if partly_public(&net) && !doubted.contains(&doubt) {
                doubted.push(doubt);
                let span = super::public::TOKENS;
                rows.push(RowSpec {
                    span,
                    flags: flags::MAYBE | flags::FORK,
                    ..row.clone()
                });
            }
            rows.push(row);
        }
        let otherwise = Action::Drop(Code::SUBNET_ACL_RESTRICTION);
        self.b.table(
            &name,
            way.side(),
            rows,
            otherwise,
            "what no rule allows is denied, /vpc/latest/userguide/nacl-rules.html",
        )
    }

    /// A table that may drop: the input does not contain it.
    fn maybe_table(&mut self, name: &str, side: Side) -> TableId {
        let mut row = RowSpec::address(
            (0, u32::MAX),
            Action::Next,
            &crate::model::Origin::Unknown,
            name,
        );
        row.flags = flags::MAYBE;
        self.b.table(name, side, vec![row], Action::Next, "")
    }

    /// The tags of an interface's groups.
    pub(super) fn tags(interface: &Interface) -> Vec<u32> {
        interface
            .groups
            .iter()
            .filter_map(Ref::id)
            .map(|g| g.index() as u32)
            .collect()
    }
}
