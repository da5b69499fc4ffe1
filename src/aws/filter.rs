//! Security groups and network ACLs as tables.
//!
//! Groups: `/vpc/latest/userguide/security-group-rules.html`; the rules of all groups of an interface
//! are one unordered set. ACLs: `/vpc/latest/userguide/vpc-network-acls.html`; lowest number first.

use super::bits;
use super::compile::Compiler;
use super::lack::Lack;
use super::lists::ManagedList;
use super::public::{PUBLIC6, TOKENS, doubt};
use super::regroup::GroupTables;
use super::transit;
use crate::code::Code;
use crate::fabric::{Action, Address, RowSpec, Side, Span, TableId, flags};
use crate::model::{
    AclRule, Family, Gap, GroupRule, Id, Interface, Listing, Meaning, Network, NetworkAcl, Peer,
    Ref, SecurityGroup, Service, Target, Vpc, list_family,
};
use ipnet::IpNet;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// The first and last address of a block. Tokens stand for addresses elsewhere: a block that is not
/// everything leaves them out.
pub(super) fn span<N: Copy + Into<IpNet>>(net: &N) -> (Address, Address) {
    let net: IpNet = (*net).into();
    let (lo, hi) = (Address::from(net.network()), Address::from(net.broadcast()));
    let tokens = (Address::of_v4(TOKENS.0), Address::of_v4(TOKENS.1));
    if net.prefix_len() == 0 || !lo.is_v4() || hi < tokens.0 {
        (lo, hi)
    } else if lo < tokens.0 {
        (lo, tokens.0.before())
    } else {
        let nobody = Address::of_v4(u32::MAX);
        (nobody, nobody)
    }
}

/// Ports as a row has them: ICMP's type and code sit there, protocols without ports have all.
fn ports(service: &Service) -> (u16, u16) {
    match service.protocol {
        Some(6 | 17) => service.ports,
        Some(1 | 58) => match service.icmp {
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
pub(crate) enum Way {
    /// What comes in.
    In,
    /// What goes out.
    Out,
}

impl Way {
    pub(super) fn word(self) -> &'static str {
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
    /// The tables of an interface's groups: (in, out). Equal sets of groups share them, in one VPC: a
    /// group may be associated with several
    /// (`/vpc/latest/userguide/security-group-assoc.html`).
    pub(super) fn groups(
        &mut self,
        refs: &[Ref<SecurityGroup>],
        vpc: Option<Id<Vpc>>,
    ) -> (TableId, TableId) {
        let (ids, unseen) = told_apart(refs);
        let names = unseen.iter().map(|r| r.text.to_string()).collect();
        let key = (vpc, ids.clone(), names);
        if let Some(tables) = self.group_tables.get(&key) {
            return *tables;
        }
        let both = (
            self.group_table(&ids, &unseen, vpc, Way::In),
            self.group_table(&ids, &unseen, vpc, Way::Out),
        );
        self.group_tables.insert(key, both);
        self.out.groups.push(GroupTables {
            groups: refs.to_vec(),
            vpc,
            into: both.0,
            out: both.1,
        });
        both
    }

    /// The table of a set of groups, those of the input and others.
    pub(super) fn group_table(
        &mut self,
        ids: &[Id<SecurityGroup>],
        unseen: &[&Ref<SecurityGroup>],
        place: Option<Id<Vpc>>,
        way: Way,
    ) -> TableId {
        let (mut into, mut names, mut silent) = (Rows::default(), Vec::new(), true);
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
            silent &= rules.is_empty();
            for (number, rule) in rules.iter().enumerate() {
                let text = format!("{name} {} {}", way.word(), number + 1).into();
                self.group_rule(place.or(group.vpc.id()), rule, way, &text, &mut into);
            }
            names.push(name);
        }
        for group in unseen {
            into.maybe.push(self.lack(group).maybe());
            names.push(group.text.to_string());
        }
        let code = if silent && into.certain.is_empty() && into.maybe.is_empty() {
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
        text: &SmolStr,
        into: &mut Rows,
    ) {
        let row = |span: Span, flags: u8| RowSpec {
            span,
            ports: ports(&rule.service),
            proto: rule.service.protocol,
            flags,
            then: Action::Next,
            origin: rule.origin.clone(),
            text: text.clone(),
        };
        match &rule.peer {
            Peer::Cidr(net) => {
                into.certain.push(row(span(net).into(), 0));
                let doubt = doubt(self.network, net);
                into.maybe
                    .extend(doubt.map(|tokens| row(tokens, flags::MAYBE)));
            }
            Peer::List(list) => match list.to {
                Meaning::Known(id) => {
                    let entries = self.network.prefix_lists[id].entries.iter();
                    into.certain.extend(entries.map(|n| row(span(n).into(), 0)));
                }
                _ => into
                    .maybe
                    .push(doubtful(row(Span::Any, 0), &self.lack(list))),
            },
            Peer::AwsList(region, service) => {
                let perhaps = self.lists.perhaps(region, service).into_iter();
                into.maybe.extend(perhaps.map(|s| row(s, flags::MAYBE)));
                match self.lists.get(region, service) {
                    ManagedList::Given(nets) => into
                        .certain
                        .extend(nets.iter().map(|n| row(span(n).into(), 0))),
                    ManagedList::Symbolic(meant) => {
                        into.certain.extend(meant.into_iter().map(|s| row(s, 0)));
                        let public = match list_family(service) {
                            Family::Ipv4 => (0x0100_0000, 0xdfff_ffff).into(),
                            Family::Ipv6 => PUBLIC6.into(),
                        };
                        let public = row(public, flags::MAYBE);
                        into.maybe.push(match self.list_lack(region, service) {
                            Some(lack) => doubtful(public, &lack),
                            None => public,
                        });
                    }
                }
            }
            Peer::Group(group) => match way {
                // Whoever is a source is an interface of the input, and says whose groups it has.
                Way::In => {
                    let tag = self.tag(group);
                    into.certain.push(row(Span::Tag(tag), 0));
                    if !self.network.attachments.is_empty() {
                        let then = Action::Drop(Code::SG_REFERENCING_SUPPORT);
                        let row = row(Span::Tag(transit::lost(tag)), 0);
                        into.lost.push(RowSpec { then, ..row });
                    }
                    if let Some(lack) = self.doubtful_references(vpc) {
                        let row = row(Span::Tag(transit::doubted(tag)), 0);
                        into.maybe.push(doubtful(row, &lack));
                    }
                    for (span, place) in self.members.addresses(tag) {
                        if place.is_some() && *place == vpc && !self.members.may_be_lost {
                            continue;
                        }
                        let then = Action::Drop(Code::SG_REFERENCES_NOT_PRESERVED);
                        into.lost.push(RowSpec {
                            then,
                            ..row(*span, 0)
                        });
                    }
                }
                Way::Out => self.reach(group, vpc, &row, into),
            },
        }
    }

    /// The rows of an egress reference: private addresses of the group's members in the VPC itself
    /// and in actively peered VPCs of its Region
    /// (`/vpc/latest/peering/vpc-peering-security-groups.html`).
    fn reach(
        &self,
        group: &Ref<SecurityGroup>,
        vpc: Option<Id<Vpc>>,
        row: &dyn Fn(Span, u8) -> RowSpec,
        into: &mut Rows,
    ) {
        let unlisted = self.unlisted(vpc, Listing::VpcPeeringConnections);
        for (interface, span) in self.members.private(self.tag(group)) {
            let place = self.network.vpc_of(*interface);
            let row = row(*span, 0);
            let placeless = place.is_none().then(|| self.placeless(*interface));
            match placeless.as_ref().or(unlisted.as_ref()) {
                _ if vpc.is_some() && (place == vpc || self.peered(vpc, place)) => {
                    into.certain.push(row);
                }
                Some(lack) => into.maybe.push(doubtful(row, lack)),
                None => {}
            }
        }
        for (id, subnet) in vpc.map(|v| self.subnets_of(v)).unwrap_or_default() {
            if let Some(lack) = self.gap(Gap::Addresses(id)) {
                into.maybe.extend(
                    subnet
                        .blocks()
                        .map(|b| doubtful(row(span(&b).into(), 0), &lack)),
                );
            }
        }
        if let Some(lack) = self.unlisted(vpc, Listing::NetworkInterfaces) {
            into.maybe.push(doubtful(row(Span::Any, 0), &lack));
        } else if group.id().is_none() && self.peered(vpc, None) {
            let lack = self.lack(group);
            let own = vpc.map_or_else(Vec::new, |v| self.network.vpcs[v].blocks().collect());
            for span in outside(&own) {
                into.maybe.push(doubtful(row(span, 0), &lack));
            }
        }
    }

    /// Why it is not known which VPC an interface is in.
    fn placeless(&self, id: Id<Interface>) -> Lack {
        let subnet = &self.network.interfaces[id].subnet;
        match subnet.id().map(|s| &self.network.subnets[s].vpc) {
            Some(vpc) => self.lack(vpc),
            None => self.lack(subnet),
        }
    }

    /// Whether an active peering of one Region joins two VPCs; `None` is a VPC that the input
    /// does not contain.
    fn peered(&self, a: Option<Id<Vpc>>, b: Option<Id<Vpc>>) -> bool {
        a != b
            && self.network.peerings.iter().any(|(_, p)| {
                let [one, two] = &p.between;
                let (one, two) = (one.id(), two.id());
                p.active
                    && ((a == one && b == two) || (a == two && b == one))
                    && (b.is_none() || self.same_region(a, b))
            })
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
            let table = self.maybe_table(&acl.text, &self.lack(acl));
            return (table, table);
        };
        if let Some(tables) = self.acl_tables.get(&id) {
            return *tables;
        }
        let network = self.network;
        let acl = &network.acls[id];
        let vpc = acl.vpc.id().map_or("", |v| &*network.vpcs[v].name);
        let list = |way: Way| NumberedRules {
            name: format!("{vpc}/{} {}", acl.name, way.word()),
            way,
            refuses: Code::SUBNET_ACL_RESTRICTION,
            otherwise: "what no rule allows is denied, /vpc/latest/userguide/nacl-rules.html",
        };
        let both = (
            self.numbered(list(Way::In), &acl.ingress),
            self.numbered(list(Way::Out), &acl.egress),
        );
        self.acl_tables.insert(id, both);
        both
    }

    /// The table of an ordered list of rules: the lowest number that matches decides.
    pub(super) fn numbered(&mut self, list: NumberedRules, rules: &[AclRule]) -> TableId {
        let NumberedRules {
            name,
            way,
            refuses,
            otherwise,
        } = list;
        let mut rules: Vec<&AclRule> = rules.iter().collect();
        rules.sort_by_key(|r| r.number);
        let (mut rows, mut doubted) = (Vec::new(), Vec::new());
        for rule in rules {
            let row = RowSpec {
                span: span(&rule.peer).into(),
                ports: ports(&rule.service),
                proto: rule.service.protocol,
                flags: 0,
                then: if rule.allow {
                    Action::Next
                } else {
                    Action::Drop(refuses)
                },
                origin: rule.origin.clone(),
                text: format!("{name} {}", rule.number).into(),
            };
            // A second doubt of the same kind would end as the first does.
            let tokens = doubt(self.network, &rule.peer);
            let known = (row.then, row.ports, row.proto, tokens);
            if let (Some(span), false) = (tokens, doubted.contains(&known)) {
                doubted.push(known);
                rows.push(RowSpec {
                    span,
                    flags: flags::MAYBE | flags::FORK,
                    ..row.clone()
                });
            }
            rows.push(row);
        }
        let denied = Action::Drop(refuses);
        self.b.table(&name, way.side(), rows, denied, otherwise)
    }

    /// The tag of a group; one that is not in the input has a tag too.
    pub(super) fn tag(&self, group: &Ref<SecurityGroup>) -> u32 {
        tag(self.network, group)
    }
}

/// The tag of a group: members of a group that is not in the input still carry its name.
pub(super) fn tag(network: &Network, group: &Ref<SecurityGroup>) -> u32 {
    let index = match group.to {
        Meaning::Known(id) => id.index(),
        Meaning::Unseen(id) => network.groups.len() + id.index(),
        Meaning::Pending => return 0x7fff_ffff,
    };
    index as u32
}

/// What is said of rules that are tried by number.
pub(super) struct NumberedRules {
    /// The table's name.
    pub(super) name: String,
    pub(super) way: Way,
    /// Why what is denied is dropped.
    pub(super) refuses: Code,
    /// What becomes of the rest, and who says so.
    pub(super) otherwise: &'static str,
}

/// Groups of the input, sorted, and others.
pub(super) fn told_apart(
    refs: &[Ref<SecurityGroup>],
) -> (Vec<Id<SecurityGroup>>, Vec<&Ref<SecurityGroup>>) {
    let mut ids: Vec<Id<SecurityGroup>> = refs.iter().filter_map(Ref::id).collect();
    ids.sort_unstable();
    (ids, refs.iter().filter(|r| r.id().is_none()).collect())
}

/// A row that may be there, and what would tell.
fn doubtful(row: RowSpec, lack: &Lack) -> RowSpec {
    RowSpec {
        flags: row.flags | flags::MAYBE,
        text: format!("{}; {}", row.text, lack.text).into(),
        ..row
    }
}

/// What is left of the addresses without these blocks.
fn outside(blocks: &[IpNet]) -> Vec<Span> {
    let mut out = Vec::new();
    for (first, last) in [
        (Address::of_v4(0), Address::of_v4(u32::MAX)),
        (Address::new(0), Address::new(u128::MAX)),
    ] {
        let own = blocks.iter().map(span);
        let own = own.filter(|(lo, _)| lo.is_v4() == last.is_v4());
        let mut spans: Vec<(Address, Address)> = own.collect();
        spans.sort_unstable();
        let mut next = Some(first);
        for (lo, hi) in spans {
            if next.is_some_and(|next| next < lo) {
                out.extend(next.map(|next| Span::Of(next, lo.before())));
            }
            next = (hi < last).then(|| hi.after().max(next.unwrap_or(first)));
        }
        out.extend(next.map(|next| Span::Of(next, last)));
    }
    out
}

/// Private addresses of an interface.
type Private = (Id<Interface>, Span);

/// An address of a member, and the VPC of a private one.
type Owned = (Span, Option<Id<Vpc>>);

/// Who has which group, of those that it keeps.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    /// For egress rules.
    private: FxHashMap<u32, Vec<Private>>,
    /// For ingress rules, every address of a member: private ones with the VPC, and public ones.
    addresses: FxHashMap<u32, Vec<Owned>>,
    /// Whether anything between the interfaces of a VPC may drop who sent a packet and keep its
    /// address. Where nothing may, rows that tell the loss from a stranger would never match.
    may_be_lost: bool,
}

/// The groups that rules name.
fn named<'a>(network: &'a Network, rules: &'a [GroupRule]) -> impl Iterator<Item = u32> + 'a {
    rules.iter().filter_map(|rule| match &rule.peer {
        Peer::Group(group) => Some(tag(network, group)),
        Peer::Cidr(_) | Peer::List(_) | Peer::AwsList(..) => None,
    })
}

impl Members {
    /// Of every group: rules may come to name any.
    pub(super) fn new(network: &Network) -> Self {
        let mut all = Self::default();
        for (_, interface) in network.interfaces.iter() {
            for tag in interface.groups.iter().map(|g| tag(network, g)) {
                all.addresses.entry(tag).or_default();
                all.private.entry(tag).or_default();
            }
        }
        all.filled(network)
    }

    /// Of the groups that rules name as they are: few of all there are.
    pub(super) fn named(network: &Network) -> Self {
        let mut all = Self::default();
        for (_, group) in network.groups.iter() {
            for tag in named(network, &group.ingress) {
                all.addresses.entry(tag).or_default();
            }
            for tag in named(network, &group.egress) {
                all.private.entry(tag).or_default();
            }
        }
        all.filled(network)
    }

    fn filled(mut self, network: &Network) -> Self {
        self.may_be_lost = may_lose_senders(network);
        for (id, interface) in network.interfaces.iter() {
            let place = network.vpc_of(id);
            for tag in interface.groups.iter().map(|g| tag(network, g)) {
                if let Some(private) = self.private.get_mut(&tag) {
                    private.extend(interface.spans().map(|span| (id, span.into())));
                }
                if let Some(addresses) = self.addresses.get_mut(&tag) {
                    addresses.extend(interface.spans().map(|span| (span.into(), place)));
                    let public = interface.public.iter().map(|(_, ip)| bits(*ip));
                    addresses.extend(public.map(|ip| (ip.into(), None)));
                }
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "each list is sorted on its own")]
        for addresses in self.addresses.values_mut() {
            addresses.sort_by_key(|(span, _)| *span);
            addresses.dedup_by_key(|(span, _)| *span);
        }
        self
    }

    fn private(&self, tag: u32) -> &[Private] {
        self.private.get(&tag).map_or(&[], Vec::as_slice)
    }

    fn addresses(&self, tag: u32) -> &[Owned] {
        self.addresses.get(&tag).map_or(&[], Vec::as_slice)
    }
}

/// A load balancer that keeps the client's address, or an appliance.
fn may_lose_senders(network: &Network) -> bool {
    let aside = |t: &Target| matches!(t, Target::Interface(_) | Target::Unseen(_));
    let mut routes = network.tables.iter().flat_map(|(_, t)| &t.routes);
    !network.load_balancers.is_empty() || routes.any(|r| aside(&r.target))
}
