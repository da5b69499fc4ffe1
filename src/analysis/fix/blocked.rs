//! What keeps a flow from ending as wanted: the first way that does not, and where it stops.

use super::Wanted;
use crate::answer::{Alternative, Answer, Ask, Part, Wording};
use crate::aws::{Compiled, is_token};
use crate::code::Code;
use crate::edit::Way;
use crate::engine::{End, Why};
use crate::fabric::{Address, Flow, NONE, Place, Side};
use crate::model::{
    Family, Id, Interface, Network, NetworkAcl, Noun, RouteTable, Service, Subnet, Vpc,
};
use ipnet::IpNet;

/// A way that does not end as wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocked<'a> {
    pub(super) network: &'a Network,
    pub(super) compiled: &'a Compiled,
    /// The question: of a query for the name, where that is what does not get through.
    pub(super) ask: &'a Ask,
    pub(super) answer: &'a Answer,
    pub(super) way: &'a Alternative,
    /// Why it stops; none: it is delivered, and not as wanted.
    pub(super) code: Option<Code>,
    /// Where, if it was sent.
    pub(super) place: Option<Place>,
    /// The row that stopped it, or `NONE`.
    pub(super) row: u32,
    /// The traffic there.
    pub(super) met: Option<Flow>,
}

impl<'a> Blocked<'a> {
    /// The first way of an answer that does not end as wanted, and its place among all ways.
    pub(super) fn of(
        network: &'a Network,
        compiled: &'a Compiled,
        answer: &'a Answer,
        wanted: &Wanted,
    ) -> Option<(Self, String)> {
        let wording = Wording::new(network, compiled);
        let deciding = answer.needs.iter().find(|n| Some(n.name) == answer.decided);
        let answer = deciding.map_or(answer, |need| &need.answer);
        let bad = |w: &&Alternative| !wanted.met_by(wording, w);
        let way = answer.alternatives.iter().find(bad)?;
        let count = answer.alternatives.iter().filter(bad).count();
        let at_the_name = way.obstacle.as_ref().is_some_and(|o| o.leg == Part::Dns);
        let lost = answer.queries.iter().filter(|_| at_the_name);
        let mut lost = lost.filter(|q| q.alternatives.iter().any(|a| !a.delivered()));
        let (answer, way) = match lost.next() {
            Some(query) => {
                let stopped = query.alternatives.iter().find(|a| !a.delivered());
                (query, stopped?)
            }
            None => (answer, way),
        };
        let (place, row) = match way.end {
            Some((_, End::Dropped(place, _, row))) => (Some(place), row),
            Some((_, End::Misdelivered(node))) => (Some(Place::new(node, 0)), NONE),
            _ => (None, NONE),
        };
        let stop = way.obstacle.as_ref();
        let sign = format!(
            "{count} {:?} {:?} {:?} {:?} {:?}",
            answer.decided,
            way.class,
            stop.map(|o| (o.code, o.leg, &o.at, &o.by)),
            way.mechanisms,
            way.last.map(|f| (f.src, f.dst, f.dport, f.sport)),
        );
        let blocked = Self {
            network,
            compiled,
            ask: &answer.ask,
            answer,
            way,
            code: stop.map(|o| o.code),
            place,
            row,
            met: way.last,
        };
        Some((blocked, sign))
    }

    /// The interface at which it stops.
    pub(super) fn interface(&self) -> Option<&'a Interface> {
        let id = self.compiled.interface_of(self.place?.node())?;
        Some(&self.network.interfaces[id])
    }

    /// Which way the filter looks at which it stops.
    pub(super) fn way_of_filter(&self) -> Option<Way> {
        let table = self.compiled.fabric.table_at(self.place?)?;
        Some(match table.side {
            Side::Src => Way::In,
            Side::Dst => Way::Out,
        })
    }

    /// What the table is called at which it stops.
    pub(super) fn table_name(&self) -> Option<&'a str> {
        let fabric = &self.compiled.fabric;
        let table = fabric.table_at(self.place?)?;
        let name = fabric.names.get(table.last_word as usize)?;
        name.strip_suffix(" otherwise")
    }

    /// What the row is called that stopped it, without the table's name.
    pub(super) fn row_name(&self) -> Option<&'a str> {
        let (_, text) = self.compiled.fabric.origin(self.row)?;
        text.strip_prefix(self.table_name()?).map(str::trim_start)
    }

    /// The ACL whose table it is.
    pub(super) fn acl(&self) -> Option<Id<NetworkAcl>> {
        let name = self.table_name()?;
        let name = name
            .strip_suffix(" ingress")
            .or_else(|| name.strip_suffix(" egress"))?;
        self.named(name)
    }

    /// The route table whose rows they are.
    pub(super) fn route_table(&self) -> Option<Id<RouteTable>> {
        self.named(self.table_name()?)
    }

    /// The last route table that was looked at on the leg on which it stops, and what its row was
    /// called.
    pub(super) fn last_route(&self) -> Option<(Id<RouteTable>, &'a str)> {
        let leg = self.way.steps.last()?.leg;
        let steps = self.way.steps.iter().rev().take_while(|s| s.leg == leg);
        let fabric = &self.compiled.fabric;
        { steps }.find_map(|s| {
            let Why::Rule(row) = s.why else { return None };
            let table = fabric.table_at(s.at)?;
            let name = fabric.names.get(table.last_word as usize)?;
            let name = name.strip_suffix(" otherwise")?;
            let (_, text) = fabric.origin(row)?;
            let row = text.strip_prefix(name)?.trim_start();
            Some((self.named(name)?, row))
        })
    }

    fn named<T: Noun>(&self, name: &str) -> Option<Id<T>> {
        let mut all = T::arena(self.network).iter();
        let found = all.find(|(_, noun)| noun.label(self.network) == name);
        found.map(|(id, _)| id)
    }

    /// The VPC of the source, and its subnet.
    pub(super) fn home(&self) -> Option<(Id<Vpc>, Option<Id<Subnet>>)> {
        use crate::answer::From;
        let vpc = self.ask.from.vpc(self.network)?;
        let subnet = match self.ask.from {
            From::Interface(id) | From::Address(id, _) => self.network.interfaces[id].subnet.id(),
            From::Host(_, ip) => {
                let mut subnets = self.network.subnets.iter();
                let own = |s: &Subnet| {
                    s.vpc.id() == Some(vpc) && s.blocks().any(|block| block.contains(&ip))
                };
                subnets.find(|(_, s)| own(s)).map(|(id, _)| id)
            }
        };
        Some((vpc, subnet))
    }
}

/// Protocol and destination ports of traffic, as a rule says them.
pub(super) fn service(flow: &Flow) -> Service {
    let ports = matches!(flow.proto, 6 | 17);
    let [kind, code] = flow.dport.0.to_be_bytes();
    Service {
        protocol: Some(flow.proto),
        ports: if ports { flow.dport } else { (0, u16::MAX) },
        icmp: match flow.proto {
            1 | 58 => (Some(kind), Some(code)),
            _ => (None, None),
        },
    }
}

/// The block of one address; none: the input does not give it.
pub(super) fn block(address: Address) -> Option<IpNet> {
    (!is_token(address)).then(|| IpNet::from(address.ip()))
}

/// The family of an address.
pub(super) fn family(address: Address) -> Family {
    Family::of(address.ip())
}
