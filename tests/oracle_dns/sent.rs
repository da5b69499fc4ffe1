//! How a query gets to a server.

use super::*;

impl Ask<'_> {
    pub(super) fn carried(&self, from: Spot, src: IpAddr, dst: IpAddr) -> bool {
        if let Spot::Site(site) = from
            && !self.net.is_private(dst)
        {
            // By its provider, if it has one, and nowhere if it is an address of the host's own.
            let local = matches!(dst, IpAddr::V4(ip) if ip.is_link_local());
            return !local && self.net.sites[site].public_ip.is_some();
        }
        let query = Packet {
            src,
            dst,
            protocol: 17,
            sport: 40_000,
            dport: 53,
        };
        let ends = endings(self.net, from, query, &[40_000]);
        ends.iter().all(|(code, ..)| code.is_empty())
    }

    /// Whether a gateway tells a site of another that has the address: whether it also passes traffic
    /// on between them hangs on their BGP numbers.
    pub(super) fn by_hub(&self, site: Id<Site>, server: IpAddr) -> bool {
        let learns = |c: &&Connection| c.up && c.kind != ConnectionKind::VpnStatic;
        let all = || self.net.connections.iter().map(|(_, c)| c).filter(learns);
        let own = all().filter(|c| c.site.id() == Some(site));
        let others = || all().filter(|c| c.site.id() != Some(site));
        { own }.any(|c| {
            let same = |o: &Connection| o.to.vpn().is_some() && o.to.vpn() == c.to.vpn();
            others().any(|o| same(o) && o.prefixes.iter().any(|p| p.contains(&server)))
        })
    }
}
