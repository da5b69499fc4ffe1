//! How nouns, blocks and services are said: the AWS id where the input has it, else a placeholder.

use super::terraform;
use crate::model::{
    Draft, Id, Interface, Meaning, Noun, Origin, Peer, Ref, SecurityGroup, Service,
};
use ipnet::IpNet;

/// What ids of AWS begin with.
const PREFIXES: &[&str] = &[
    "sg-", "acl-", "rtb-", "vpce-", "vpc-", "subnet-", "igw-", "eigw-", "nat-", "pcx-", "tgw-",
    "vgw-", "eni-", "i-", "pl-", "arn:",
];

/// A network, to be spoken of.
#[derive(Clone, Copy, Debug)]
pub struct Say<'n>(pub &'n Draft);

impl<'n> Say<'n> {
    /// `vpc/name`, as reports say it.
    pub(super) fn label<T: Noun>(self, id: Id<T>) -> String {
        T::arena(self.0)[id].label(self.0)
    }

    /// The AWS id; where the input has none, a placeholder that no shell and no AWS takes for one.
    pub(super) fn id<T: Noun>(self, id: Id<T>) -> String {
        let noun = &T::arena(self.0)[id];
        let own = [noun.id(), Some(noun.name())].into_iter().flatten();
        let mut own = own.filter(|text| is_id(text));
        own.next()
            .map_or_else(|| placeholder(T::KIND, &self.label(id)), str::to_owned)
    }

    /// How many interfaces have a group: a rule of a group that nobody has yet is somebody's soon.
    pub(super) fn members(self, group: Meaning<SecurityGroup>) -> u128 {
        let interfaces = self.0.interfaces.iter();
        let has = |i: &Interface| i.groups.iter().any(|g| g.to == group);
        interfaces.filter(|(_, i)| has(i)).count().max(1) as u128
    }

    /// The id of what a reference means.
    pub(super) fn known<T: Noun>(self, r: &Ref<T>) -> String {
        match r.id() {
            Some(id) => self.id(id),
            None if is_id(&r.text) => r.text.to_string(),
            None => placeholder(T::KIND, &r.text),
        }
    }

    /// The id of a group, which may be one that an edit makes.
    pub(super) fn group(self, group: &Ref<SecurityGroup>) -> String {
        self.made(group).map_or_else(
            || self.known(group),
            |made| placeholder(SecurityGroup::KIND, &just_created(&made.name)),
        )
    }

    /// The same, as Terraform takes it.
    pub(super) fn group_resource(self, group: &Ref<SecurityGroup>) -> String {
        self.made(group).map_or_else(
            || terraform::quoted(&self.known(group)),
            |made| {
                format!(
                    "aws_security_group.{}.id",
                    terraform::word(&made.label(self.0))
                )
            },
        )
    }

    /// The group that is meant, if it is written nowhere: an edit makes it.
    fn made(self, group: &Ref<SecurityGroup>) -> Option<&'n SecurityGroup> {
        let group = &self.0.groups[group.id()?];
        (group.origin == Origin::Unknown).then_some(group)
    }

    /// The other side of a rule, for people.
    pub(super) fn peer(self, peer: &Peer) -> String {
        match peer {
            Peer::Cidr(net) => net.to_string(),
            Peer::Group(group) => format!("members of {}", group.text),
            Peer::List(list) => format!("prefix list {}", list.text),
            Peer::AwsList(region, service) => format!("the prefix list of {service} in {region}"),
        }
    }
}

/// Whether a text is an id that AWS gave.
fn is_id(text: &str) -> bool {
    PREFIXES.iter().any(|prefix| {
        let rest = text.strip_prefix(prefix);
        let hex = |rest: &str| rest.len() >= 8 && rest.chars().all(|c| c.is_ascii_hexdigit());
        rest.is_some_and(|rest| *prefix == "arn:" || hex(rest))
    })
}

/// What stands for an id that the input does not have.
pub(super) fn placeholder(kind: &str, name: &str) -> String {
    format!("<{kind} {name}>")
}

/// How an id is spoken of that AWS gives when the command before has been run.
pub(super) fn just_created(name: &str) -> String {
    format!("{name}, as just created")
}

/// A word as a shell reads it.
pub(super) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._:@-+%,=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A command of options and their values; a value of none is a switch.
pub(super) fn command(name: &str, options: &[(&str, Option<String>)]) -> String {
    let mut out = format!("aws {name}");
    for (option, value) in options {
        out.push_str(" --");
        out.push_str(option);
        if let Some(value) = value {
            out.push(' ');
            out.push_str(&shell(value));
        }
    }
    out
}

/// Protocol and ports, for people.
pub(super) fn service(service: &Service) -> String {
    let name = match service.protocol {
        None => return "everything".to_owned(),
        Some(number) => protocol(number),
    };
    match (service.icmp, service.ports) {
        ((Some(kind), Some(code)), _) => format!("{name} type {kind} code {code}"),
        ((Some(kind), None), _) => format!("{name} type {kind}"),
        (_, (0, u16::MAX)) => name,
        (_, (low, high)) if low == high => format!("{name} {low}"),
        (_, (low, high)) => format!("{name} {low}-{high}"),
    }
}

/// The name of a protocol, else its number.
pub(super) fn protocol(number: u8) -> String {
    match number {
        1 => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        58 => "icmpv6".to_owned(),
        other => format!("protocol {other}"),
    }
}

/// Whether a protocol has ports.
pub(super) fn has_ports(service: &Service) -> bool {
    matches!(service.protocol, Some(6 | 17))
}

/// How many ports a service has; one for protocols without.
pub(super) fn ports(service: &Service) -> u128 {
    match has_ports(service) {
        true => u128::from(service.ports.1) - u128::from(service.ports.0) + 1,
        false if service.protocol.is_none() => 1 << 16,
        false => 1,
    }
}

/// How many addresses a block has.
pub(super) fn addresses(net: &IpNet) -> u128 {
    let free = net.max_prefix_len() - net.prefix_len();
    1_u128.checked_shl(free.into()).unwrap_or(u128::MAX)
}
