//! On-premises networks: their firewalls, what they send where, their own internet connection, and
//! public virtual interfaces, which lead to AWS's public addresses
//! (`/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html`).

use super::walk::public;
use super::*;

/// A way out of a site.
#[derive(Clone, Copy)]
enum Exit<'a> {
    Over(&'a Connection),
    Provider,
}

impl<'a> Walk<'a> {
    /// At a site, over a connection that is up.
    pub(super) fn arrive(&mut self, c: &Connection) -> Hit {
        self.over(c)?;
        self.enter_site(c.site.id().unwrap())
    }

    /// Some host of it answers; what is for elsewhere goes the way that the site knows.
    fn enter_site(&mut self, site: Id<Site>) -> Hit {
        self.firewall(site, IN)?;
        let (own, dst) = (&self.net.sites[site], self.packet.dst);
        if !own.cidrs.iter().any(|net| within(net, dst)) {
            return self.leave_site(site);
        }
        if self.leg == "back" {
            return self.recall(Spot::Site(site));
        }
        self.turn();
        self.leave_site(site)
    }

    /// Rules by number, as of a network ACL; a stateful firewall knows the replies to what passed.
    fn firewall(&mut self, site: Id<Site>, way: usize) -> Hit {
        let Some(rules) = &self.net.sites[site].rules else {
            return Ok(());
        };
        let known = self.let_by.contains(&(site, self.packet.mirror()));
        if !(known && rules.stateful) {
            let own = [&rules.ingress, &rules.egress][way];
            ensure(self.ruled(own, way), "SITE_FIREWALL_RESTRICTION")?;
        }
        self.let_by.push((site, self.packet));
        Ok(())
    }

    /// Out of a site, by the routes that it wrote, by what AWS announces to it, or by its provider.
    pub(super) fn leave_site(&mut self, site: Id<Site>) -> Hit {
        self.firewall(site, OUT)?;
        let (own, dst) = (&self.net.sites[site], self.packet.dst);
        let mut all = Vec::new();
        for (_, c) in self.net.connections.iter() {
            let length = self.announced(c).filter(|_| c.site.id() == Some(site));
            all.extend(length.map(|l| ((Reverse(l), true), Exit::Over(c))));
        }
        // A connection that is down counts only where none is up.
        let up = |exit: &Exit<'_>| matches!(exit, Exit::Over(c) if c.up);
        let alive = all.iter().any(|(_, exit)| up(exit));
        all.retain(|(_, exit)| up(exit) || !alive);
        // What somebody wrote stays, whether or not what it leads to is up.
        for route in own.routes.iter().filter(|r| within(&r.destination, dst)) {
            let c = route.via.as_ref().and_then(Ref::id);
            let exit = c.map_or(Exit::Provider, |c| Exit::Over(&self.net.connections[c]));
            let length = Reverse(route.destination.prefix_len());
            all.push(((length, false), exit));
        }
        if own.public_ip.is_some() && all.is_empty() {
            all.push(((Reverse(0), true), Exit::Provider));
        }
        self.each(best(all), "NO_ROUTE_TO_DESTINATION", |w, exit| match exit {
            Exit::Over(c) => w.leave_over(site, c),
            Exit::Provider => {
                ensure(dst.is_ipv4(), NOT_MODELLED)?;
                let own = w.net.sites[site].public_ip.unwrap();
                w.translated_by_router(site, own.into(), "isp")
            }
        })
    }

    fn leave_over(&mut self, site: Id<Site>, c: &'a Connection) -> Hit {
        ensure(c.up, "BAD_STATE_VPN")?;
        match &c.to {
            Joined::Vpn(r) => {
                self.over(c)?;
                let vpc = self.net.vpn_gateways[r.id().unwrap()].vpc.id().unwrap();
                if let Some(hit) = self.between_sites(r.id(), vpc) {
                    return hit;
                }
                let inside = self.inside(vpc, self.packet.dst);
                ensure(inside, "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS")?;
                self.arrive_by("", vpc)
            }
            Joined::Transit(r) => {
                self.over(c)?;
                self.crossed.push((self.leg, "transit-gateway"));
                self.attached(r.id().unwrap(), None)
            }
            // To addresses of AWS alone, from one that the site announces.
            Joined::Public => {
                let src = self.packet.src;
                // The interface is of the router that translates.
                self.cross("direct-connect-public");
                if c.prefixes.iter().any(|net| within(net, src)) {
                    return self.outside("direct-connect-public");
                }
                let own = c.prefixes.iter().find(|net| same_family(net, src));
                let own = own.and_then(|net| net.hosts().next());
                let own = own.ok_or("NO_ROUTE_TO_DESTINATION")?;
                self.translated_by_router(site, own, "direct-connect-public")
            }
        }
    }

    /// The site's router sends from a public address, and waits for the reply.
    fn translated_by_router(&mut self, site: Id<Site>, own: IpAddr, over: Word) -> Hit {
        ensure(self.leg == "out", "REPLY_WITHOUT_SESSION")?;
        let asked = self.packet;
        self.each(self.draws.to_vec(), "", |w, sport| {
            let sent = asked.between(own, asked.dst, sport, asked.dport);
            w.remember((Spot::Router(site), sent, asked, None, false))?;
            w.outside(over)
        })
    }

    fn outside(&mut self, over: Word) -> Hit {
        let dst = self.packet.dst;
        match over {
            "direct-connect-public" => {
                let aws = self.of_aws(dst).is_some();
                ensure(aws, "NO_ROUTE_TO_DESTINATION")?;
            }
            _ => self.cross(over),
        }
        public(dst).or(Err("NO_POSSIBLE_DESTINATION"))?;
        self.world()
    }

    /// What is for an address of a site's router, or for what it announces to AWS.
    pub(super) fn enters_site(&mut self) -> Option<Hit> {
        let dst = self.packet.dst;
        let mut sites = self.net.sites.iter();
        let provided = sites.find(|(_, s)| s.public_ip.map(IpAddr::V4) == Some(dst));
        let mut all = self.net.connections.iter().map(|(_, c)| c);
        let announced = all.find(|c| {
            let own = c.prefixes.iter().any(|net| within(net, dst));
            matches!(c.to, Joined::Public) && c.up && own
        });
        // Nobody but AWS knows what was announced to AWS.
        let announced = announced.filter(|_| self.memory[0].0 != Spot::World);
        let (site, over) = match (provided, announced) {
            (Some((site, _)), _) => (site, "isp"),
            (None, Some(c)) => (c.site.id().unwrap(), "direct-connect-public"),
            (None, None) => return None,
        };
        self.cross(over);
        let (waits, sent, asked, ..) = *self.memory.last().unwrap();
        if waits == Spot::Router(site) && self.packet == sent.mirror() && self.leg == "back" {
            self.memory.pop();
            self.packet = asked.mirror();
            return Some(self.enter_site(site));
        }
        let own = &self.net.sites[site];
        let inside = own.cidrs.iter().any(|net| within(net, dst));
        Some(match inside {
            true => self.enter_site(site),
            false => Err("REPLY_WITHOUT_SESSION"),
        })
    }

    /// How long the block is that AWS announces of an address of its own.
    pub(super) fn of_aws(&self, ip: IpAddr) -> Option<u8> {
        let lists = self.net.aws_lists.iter().flat_map(|(_, nets)| nets);
        let lists = lists.filter(|net| within(net, ip));
        let mut interfaces = self.net.interfaces.iter();
        let mapped = |i: &Interface| i.public.iter().any(|(_, p)| IpAddr::V4(*p) == ip);
        let one = interfaces.any(|(_, i)| mapped(i)) || self.regional_nat_with(ip).is_some();
        let one = one.then_some(32);
        lists.map(IpNet::prefix_len).chain(one).max()
    }
}
