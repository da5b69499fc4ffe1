//! Security groups and network ACLs.

use super::super::expect::Protocol;
use super::super::keys;
use super::super::tree::{Key, Node, Span};
use super::super::values::{self, Wrong};
use super::{Inside, Lower, id};
use crate::diagnostic::{Diagnostic, near};
use crate::model::{AclRule, GroupRule, NetworkAcl, Origin, Peer, Ref, SecurityGroup, Service};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{Ipv4Addr, Ipv6Addr};

const NEW_GROUP: Origin = Origin::Implied(
    "a new security group allows all outbound traffic, /vpc/latest/userguide/security-group-rules.html",
);
const DEFAULT_GROUP: Origin = Origin::Implied(
    "the default security group allows everything among its members and everything out, /vpc/latest/userguide/default-security-group.html",
);
const DEFAULT_ACL: Origin = Origin::Implied(
    "a new VPC's default network ACL allows everything, /vpc/latest/userguide/default-network-acl.html",
);

/// AWS-managed prefix lists that need not be stated: their addresses are symbolic then.
pub(in super::super) const KNOWN_LISTS: &[&str] =
    &["s3", "dynamodb", "s3express", "ipv6.s3", "ipv6.dynamodb"];

impl Lower<'_> {
    pub(super) fn groups(&mut self, inside: Inside<'_>) {
        let declared = inside.node.under("security_groups");
        if !declared.iter().any(|(k, _)| k.text == "default") {
            let own = Ref::named(inside.full("default"), &DEFAULT_GROUP);
            self.draft.groups.push(SecurityGroup {
                name: "default".to_owned(),
                id: None,
                vpc: Ref::named(inside.name, &DEFAULT_GROUP),
                vpcs: Vec::new(),
                ingress: vec![GroupRule {
                    service: Service::ANY,
                    peer: Peer::Group(own),
                    origin: DEFAULT_GROUP,
                }],
                egress: everything(&DEFAULT_GROUP),
                origin: DEFAULT_GROUP,
            });
        }
        for (key, node) in declared {
            let at = inside.full(&key.text);
            let ingress = self.group_rules(inside, node, "ingress", "from", &at);
            let egress = if node.get("egress").is_some() {
                self.group_rules(inside, node, "egress", "to", &at)
            } else {
                everything(&NEW_GROUP)
            };
            self.draft.groups.push(SecurityGroup {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &key.span.origin()),
                vpcs: node
                    .texts_of("vpcs")
                    .into_iter()
                    .map(|(v, span)| Ref::named(v, &span.origin()))
                    .collect(),
                ingress,
                egress,
                origin: key.span.origin(),
            });
        }
    }

    fn group_rules(
        &mut self,
        inside: Inside<'_>,
        group: &Node,
        side: &str,
        peer: &str,
        at: &str,
    ) -> Vec<GroupRule> {
        let mut rules = Vec::new();
        for rule in group.get(side).map(Node::items).unwrap_or_default() {
            let service = self.service(rule, at);
            for (text, span) in rule.texts_of(peer) {
                let found = self.peer(inside, text, span, at);
                if let (Some(service), Some(peer)) = (service, found) {
                    rules.push(GroupRule {
                        service,
                        peer,
                        origin: rule.origin(),
                    });
                }
            }
        }
        rules
    }

    /// Protocol, ports and ICMP type of a rule.
    fn service(&mut self, rule: &Node, at: &str) -> Option<Service> {
        let mut protocol = Some(Protocol::Any);
        if rule.get("protocol").is_some() {
            protocol = self.one(rule, "protocol", at, values::protocol);
        }
        let icmp = rule.get("icmp").map(|node| {
            let mut part = |key: &str| self.one(node, key, at, icmp_number);
            (part("type"), part("code"))
        });
        if let (Some((None, Some(code))), Some(node)) = (icmp, rule.get("icmp")) {
            let message = format!("code {code} of ICMP means something with a `type` only");
            let found = Diagnostic::error("bad-icmp", at, &node.origin(), message);
            self.out.push(found);
        }
        let Some(protocol) = protocol else {
            // Which ports it may have is not known, but whether they are ports is.
            self.one(rule, "port", at, values::ports);
            return None;
        };
        // A key that no rule has may be a slip for `protocol`: enough is said of it already.
        if rule.get("protocol").is_none() && rule.pairs().iter().any(|(k, _)| !is_of_a_rule(k)) {
            self.one(rule, "port", at, values::ports);
            return None;
        }
        let place = rule.get("port").or(rule.get("icmp")).unwrap_or(rule);
        let service = values::service(protocol, rule.text_of("port"), icmp);
        self.take(service, at, place.span)
    }

    /// Who a group's rule is about.
    fn peer(&mut self, inside: Inside<'_>, text: &str, span: Span, at: &str) -> Option<Peer> {
        let origin = span.origin();
        if let Some(name) = text.strip_prefix("group:") {
            return Some(Peer::Group(inside.reference(name, span)));
        }
        if let Some(name) = text.strip_prefix("list:") {
            return Some(Peer::List(Ref::named(name, &origin)));
        }
        if let Ok(net) = values::block(text) {
            return Some(Peer::Cidr(net));
        }
        if text.parse::<std::net::IpAddr>().is_ok() || looks_like_block(text) {
            return self.take(values::block(text), at, span).map(Peer::Cidr);
        }
        let group = self.is_group(inside, text);
        let list = self.is_prefix_list(text);
        match (group, list) {
            (true, true) => {
                self.out.push(
                    Diagnostic::error(
                        "ambiguous-name",
                        at,
                        &origin,
                        format!("`{text}` is a security group and a prefix list"),
                    )
                    .help(format!("write `group:{text}` or `list:{text}`")),
                );
                None
            }
            (true, false) => Some(Peer::Group(inside.reference(text, span))),
            (false, true) => Some(Peer::List(Ref::named(text, &origin))),
            (false, false) => {
                if let Some((region, service)) = self.aws_list(text, inside.region) {
                    return Some(Peer::AwsList(region, service));
                }
                self.unknown_peer(inside, text, &origin, at);
                None
            }
        }
    }

    fn unknown_peer(&mut self, inside: Inside<'_>, text: &str, origin: &Origin, at: &str) {
        let mut found = Diagnostic::error(
            "unknown-name",
            at,
            origin,
            format!("`{text}` is no block, security group or prefix list"),
        );
        let groups = inside.node.under("security_groups").iter();
        let lists = self.root.under("prefix_lists").iter();
        let names = groups.chain(lists).map(|(k, _)| k.text.as_str());
        if ["any", "all", "anywhere", "internet", "*"].contains(&text) {
            found = found.help("everybody is `0.0.0.0/0`, and `::/0` of IPv6");
        } else if let Some(name) = near(text, names.chain(["default", "pl-s3", "pl-dynamodb"])) {
            found = found.help(format!("did you mean `{name}`?"));
        }
        self.out.push(found);
    }

    /// Whether a security group of that name, or AWS id, is declared.
    fn is_group(&self, inside: Inside<'_>, text: &str) -> bool {
        let (vpc, name) = text.split_once('/').unwrap_or((inside.name, text));
        self.root.path(&["vpcs", vpc]).is_some_and(|v| {
            name == "default"
                || v.under("security_groups")
                    .iter()
                    .any(|(k, g)| k.text == name || g.text_of("id") == Some(name))
        })
    }

    /// Whether a customer-managed prefix list of that name, or AWS id, is declared.
    pub(super) fn is_prefix_list(&self, text: &str) -> bool {
        self.root
            .under("prefix_lists")
            .iter()
            .any(|(k, l)| k.text == text || l.text_of("id") == Some(text))
    }

    /// `pl-s3`, `eu-west-1/pl-s3`: Region and service of an AWS-managed prefix list.
    pub(super) fn aws_list(&self, text: &str, region: &str) -> Option<(String, String)> {
        let (region, name) = text.split_once('/').unwrap_or((region, text));
        let service = name.strip_prefix("pl-")?;
        let stated = self
            .draft
            .aws_lists
            .iter()
            .any(|((r, s), _)| r == region && s == service);
        let known = KNOWN_LISTS.contains(&service);
        (stated || known).then(|| (region.to_owned(), service.to_owned()))
    }

    pub(super) fn acls(&mut self, inside: Inside<'_>) {
        let declared = inside.node.under("network_acls");
        if !declared.iter().any(|(k, _)| k.text == "default") {
            self.draft.acls.push(NetworkAcl {
                name: "default".to_owned(),
                id: None,
                vpc: Ref::named(inside.name, &DEFAULT_ACL),
                ingress: open_acl(),
                egress: open_acl(),
                origin: DEFAULT_ACL,
            });
        }
        for (key, node) in declared {
            let at = inside.full(&key.text);
            let acl = NetworkAcl {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &key.span.origin()),
                ingress: self.acl_rules(Some(inside), node, "ingress", &at),
                egress: self.acl_rules(Some(inside), node, "egress", &at),
                origin: key.span.origin(),
            };
            self.draft.acls.push(acl);
        }
    }

    /// The rules of one direction, of an ACL of a VPC or of a site's firewall.
    pub(super) fn acl_rules(
        &mut self,
        inside: Option<Inside<'_>>,
        acl: &Node,
        side: &str,
        at: &str,
    ) -> Vec<AclRule> {
        let peer = if side == "ingress" { "from" } else { "to" };
        let mut rules = Vec::new();
        for (key, rule) in acl.under(side) {
            let number = self.take(rule_number(&key.text), at, key.span);
            let service = self.service(rule, at);
            let net = rule
                .get(peer)
                .and_then(|n| n.text().map(|t| (t, n.span)))
                .and_then(|(t, s)| self.acl_peer(inside, t, s, at));
            if let (Some(number), Some(service), Some(peer)) = (number, service, net) {
                rules.push(AclRule {
                    number,
                    allow: rule.text_of("action") == Some("allow"),
                    service,
                    peer,
                    // The number and what it says: from the key to the end of the rule.
                    origin: Span {
                        end: rule.span.end.max(key.span.end),
                        ..key.span
                    }
                    .origin(),
                });
            }
        }
        rules.sort_by_key(|r| r.number);
        rules
    }

    fn acl_peer(
        &mut self,
        inside: Option<Inside<'_>>,
        text: &str,
        span: Span,
        at: &str,
    ) -> Option<IpNet> {
        let named = text.starts_with("pl-")
            || text.contains("/pl-")
            || text.starts_with("group:")
            || text.starts_with("list:")
            || self.is_prefix_list(text)
            || inside.is_some_and(|inside| self.is_group(inside, text));
        if !named {
            return self.take(values::block(text), at, span);
        }
        let whose = inside.map_or("a site's rule", |_| "a network ACL rule");
        let message = format!("{whose} cannot name `{text}`: only a block");
        let found = Diagnostic::error("acl-peer-not-a-cidr", at, &span.origin(), message);
        self.out.push(match inside {
            Some(_) => found.help("AWS: /vpc/latest/userguide/nacl-rules.html"),
            None => found,
        });
        None
    }
}

/// Something like `10.0.0/8` or `10.0.0.0/33`: meant as a block, and not one.
fn looks_like_block(text: &str) -> bool {
    text.split_once('/').is_some_and(|(ip, bits)| {
        bits.bytes().all(|b| b.is_ascii_digit())
            && ip
                .bytes()
                .all(|b| b.is_ascii_hexdigit() || b == b'.' || b == b':')
    })
}

fn rule_number(text: &str) -> Result<u32, Wrong> {
    let number = text.parse::<u32>().ok();
    number.filter(|n| (1..=32766).contains(n)).ok_or_else(|| {
        (
            "bad-rule-number",
            format!("`{text}` is not a rule number from 1 to 32766"),
        )
    })
}

fn icmp_number(text: &str) -> Result<u8, Wrong> {
    text.parse().map_err(|_| {
        (
            "bad-icmp",
            format!("`{text}` is not a number from 0 to 255"),
        )
    })
}

/// The two blocks that are everything.
fn all() -> [IpNet; 2] {
    [
        IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 0)),
        IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 0)),
    ]
}

/// What a group that states no egress lets out.
pub(in super::super) fn everything(origin: &Origin) -> Vec<GroupRule> {
    all()
        .into_iter()
        .map(|net| GroupRule {
            service: Service::ANY,
            peer: Peer::Cidr(net),
            origin: origin.clone(),
        })
        .collect()
}

/// Rule 100 for IPv4; 101 for IPv6, as AWS numbers them.
pub(in super::super) fn open_acl() -> Vec<AclRule> {
    all()
        .into_iter()
        .zip([100, 101])
        .map(|(peer, number)| AclRule {
            number,
            allow: true,
            service: Service::ANY,
            peer,
            origin: DEFAULT_ACL,
        })
        .collect()
}

/// Whether rules of groups or ACLs have this key.
fn is_of_a_rule(key: &Key) -> bool {
    const SECTIONS: [&str; 4] = [
        "ingress_rule",
        "egress_rule",
        "acl_ingress_rule",
        "acl_egress_rule",
    ];
    let mut rows = SECTIONS.into_iter().flat_map(keys::section);
    rows.any(|row| row.name == key.text)
}
