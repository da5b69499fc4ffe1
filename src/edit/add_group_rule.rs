//! A rule of a security group (`/vpc/latest/userguide/security-group-rules.html`).

use super::say::{self, Say, placeholder};
use super::terraform::{quoted, resource};
use super::{Change, Way};
use crate::model::{Draft, GroupRule, Id, Meaning, Origin, Peer, SecurityGroup, Service, Vpc};
use ipnet::IpNet;

/// Adds a rule to a security group.
#[derive(Clone, Debug, PartialEq)]
pub struct AddGroupRule {
    /// The group.
    pub group: Id<SecurityGroup>,
    /// Which way it looks.
    pub way: Way,
    /// Protocol and ports.
    pub service: Service,
    /// The other side.
    pub peer: Peer,
}

impl AddGroupRule {
    /// The rule.
    #[must_use]
    pub fn rule(&self) -> GroupRule {
        GroupRule {
            service: self.service,
            peer: self.peer.clone(),
            origin: Origin::Unknown,
        }
    }
}

impl Change for AddGroupRule {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        let rule = self.rule();
        if let Some(group) = draft.groups.get_mut(self.group) {
            self.way.rules(group).push(rule);
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "allow {} {} {} in the {} rules of {}",
            say::service(&self.service),
            self.way.peer(),
            say.peer(&self.peer),
            self.way.name(),
            say.label(self.group)
        )
    }

    fn opens(&self, say: Say<'_>) -> u128 {
        let addresses = match &self.peer {
            Peer::Cidr(net) => say::addresses(net),
            Peer::Group(group) => say.members(group.to),
            Peer::List(list) => list.id().map_or(1, |id| {
                let entries = say.0.prefix_lists[id].entries.iter();
                entries.map(say::addresses).sum()
            }),
            Peer::AwsList(..) => 1 << 16,
        };
        // Every member of the group gets it.
        let pairs = addresses.saturating_mul(say::ports(&self.service));
        pairs.saturating_mul(say.members(Meaning::Known(self.group)))
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let name = match self.way {
            Way::In => "ec2 authorize-security-group-ingress",
            Way::Out => "ec2 authorize-security-group-egress",
        };
        let options = [
            ("group-id", Some(say.id(self.group))),
            (
                "ip-permissions",
                Some(permission(&self.service, &self.peer, say)),
            ),
        ];
        vec![say::command(name, &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let mut values = vec![("security_group_id", quoted(&say.id(self.group)))];
        values.push(("ip_protocol", quoted(&protocol(&self.service))));
        if let Some((from, to)) = from_to(&self.service) {
            values.push(("from_port", from.to_string()));
            values.push(("to_port", to.to_string()));
        }
        values.push(match &self.peer {
            Peer::Cidr(net @ IpNet::V4(_)) => ("cidr_ipv4", quoted(&net.to_string())),
            Peer::Cidr(net) => ("cidr_ipv6", quoted(&net.to_string())),
            Peer::Group(group) => ("referenced_security_group_id", say.group_resource(group)),
            Peer::List(list) => ("prefix_list_id", quoted(&say.known(list))),
            Peer::AwsList(region, service) => ("prefix_list_id", quoted(&managed(region, service))),
        });
        let kind = match self.way {
            Way::In => "aws_vpc_security_group_ingress_rule",
            Way::Out => "aws_vpc_security_group_egress_rule",
        };
        let name = format!(
            "{} {} {} {}",
            say.label(self.group),
            say::service(&self.service),
            self.way.peer(),
            say.peer(&self.peer)
        );
        resource(kind, &name, &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.groups[self.group].vpc.id()
    }
}

/// A rule as the CLI takes it.
pub(super) fn permission(service: &Service, peer: &Peer, say: Say<'_>) -> String {
    let mut rule = format!("IpProtocol={}", protocol(service));
    if let Some((from, to)) = from_to(service) {
        rule.push_str(&format!(",FromPort={from},ToPort={to}"));
    }
    let (list, key, value) = match peer {
        Peer::Cidr(net @ IpNet::V4(_)) => ("IpRanges", "CidrIp", net.to_string()),
        Peer::Cidr(net) => ("Ipv6Ranges", "CidrIpv6", net.to_string()),
        Peer::Group(group) => ("UserIdGroupPairs", "GroupId", say.group(group)),
        Peer::List(list) => ("PrefixListIds", "PrefixListId", say.known(list)),
        Peer::AwsList(region, service) => {
            ("PrefixListIds", "PrefixListId", managed(region, service))
        }
    };
    rule.push_str(&format!(",{list}=[{{{key}={value}}}]"));
    rule
}

/// The protocol as AWS takes it.
fn protocol(service: &Service) -> String {
    match service.protocol {
        None => "-1".to_owned(),
        Some(number) => {
            let name = say::protocol(number);
            name.strip_prefix("protocol ").unwrap_or(&name).to_owned()
        }
    }
}

/// Ports, or type and code.
fn from_to(service: &Service) -> Option<(i32, i32)> {
    match service.protocol {
        Some(6 | 17) => Some((service.ports.0.into(), service.ports.1.into())),
        Some(1 | 58) => {
            let all = |n: Option<u8>| n.map_or(-1, i32::from);
            Some((all(service.icmp.0), all(service.icmp.1)))
        }
        _ => None,
    }
}

/// The id of a list that AWS manages is of the account and Region: `describe-managed-prefix-lists`.
pub(super) fn managed(region: &str, service: &str) -> String {
    placeholder("prefix list", &format!("com.amazonaws.{region}.{service}"))
}
