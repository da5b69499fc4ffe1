//! Regional NAT gateways: of a VPC and of no subnet, with a table of their own and public addresses for
//! their zones (`/vpc/latest/userguide/nat-gateways-regional.html`).

use super::walk::{carried, public};
use super::*;

impl<'a> Walk<'a> {
    /// As the target of a route: a public address of the zone that the packet comes from.
    pub(super) fn regional_nat(
        &mut self,
        id: Id<RegionalNat>,
        from: &'a Subnet,
        brought: bool,
    ) -> Hit {
        let (nat, asked) = (&self.net.regional_nats[id], self.packet);
        ensure(nat.available, "BAD_STATE_ROUTE")?;
        let mut served = nat.zones.iter().flatten();
        let serves = nat.zones.is_none() || served.any(|z| *z == from.zone);
        ensure(serves, "REGIONAL_NGW_ROUTE_AZ_RESTRICTION")?;
        self.cross("nat-gateway");
        carried(asked)?;
        let own = self.inside(nat.vpc.id().unwrap(), asked.src);
        ensure(own || brought, "NGW_REQUIRES_SOURCE_IN_VPC")?;
        ensure(self.leg == "out", "REPLY_WITHOUT_SESSION")?;
        let of_zone = |zone: &Option<String>| zone.as_ref().is_none_or(|z| *z == from.zone);
        let mut all: Vec<_> = nat.addresses.iter().collect();
        // Which zone takes what is passed on no page says.
        all.retain(|(zone, _)| !own || brought || of_zone(zone));
        let draws = self.draws.iter();
        let ways = draws.flat_map(|d| all.iter().map(move |(_, ip)| (IpAddr::V4(*ip), *d)));
        let to = six::translated(asked);
        // In a zone that it grows into by itself it gets an address that nobody has written down.
        self.each(ways.collect(), UNSEEN, |w, (src, sport)| {
            let sent = to.between(src, to.dst, sport, to.dport);
            w.remember((Spot::Regional(id), sent, asked, None, false))?;
            w.each(w.routes_of(nat), "NO_ROUTE_TO_DESTINATION", |w, route| {
                ensure(route.active, "BAD_STATE_ROUTE")?;
                // Which address it has anywhere but on the internet no page says.
                let Target::Internet(_) = &route.target else {
                    return Err(NOT_MODELLED);
                };
                w.regional_may_leave(nat)?;
                public(w.packet.dst)?;
                w.cross("internet-gateway");
                w.world()
            })
        })
    }

    /// What arrives at one of its addresses: replies, which go on by its own table.
    pub(super) fn back_to_regional_nat(&mut self, id: Id<RegionalNat>) -> Hit {
        let nat = &self.net.regional_nats[id];
        self.cross("internet-gateway");
        let (waits, sent, asked, ..) = *self.memory.last().unwrap();
        let known = waits == Spot::Regional(id) && self.packet == sent.mirror();
        ensure(known && self.leg == "back", "REPLY_WITHOUT_SESSION")?;
        self.memory.pop();
        self.packet = asked.mirror();
        let vpc = nat.vpc.id().unwrap();
        let none = "NO_ROUTE_TO_DESTINATION";
        self.each(self.routes_of(nat), none, |w, route| {
            ensure(route.active, "BAD_STATE_ROUTE")?;
            match &route.target {
                Target::Local => w.deliver("local", vpc, None),
                // By which of its ports no page says.
                Target::Transit(r) => {
                    let gateway = r.id().unwrap();
                    w.each(w.ports_of(gateway, vpc), "BAD_STATE_ROUTE", |w, port| {
                        w.transit(gateway, port)
                    })
                }
                Target::Interface(r) => w.appliance(r.id().unwrap(), None),
                Target::Internet(_) => {
                    w.regional_may_leave(nat)?;
                    public(w.packet.dst)?;
                    Err("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")
                }
                _ => Err(NOT_MODELLED),
            }
        })
    }

    /// Whose address it is.
    pub(super) fn regional_nat_with(&self, ip: IpAddr) -> Option<Id<RegionalNat>> {
        let mut all = self.net.regional_nats.iter();
        let own = |nat: &RegionalNat| nat.addresses.iter().any(|(_, own)| IpAddr::V4(*own) == ip);
        all.find_map(|(id, nat)| own(nat).then_some(id))
    }

    fn routes_of(&self, nat: &RegionalNat) -> Vec<&'a Route> {
        self.best_routes(&self.net.tables[nat.table.id().unwrap()])
    }
}
