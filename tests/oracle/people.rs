//! Client VPN endpoints: people's machines, whom everybody behind the endpoint sees as one of its
//! interfaces (`/vpn/latest/clientvpn-admin/cvpn-working-routes.html`).

use super::*;

impl Walk<'_> {
    /// From a client. Which interface it landed on nobody knows, and only the routes for the subnet of
    /// that one are its routes (`/vpn/latest/clientvpn-admin/intermittent-access.html`).
    pub(super) fn dial_in(&mut self, id: Id<ClientVpn>) -> Hit {
        let (endpoint, asked) = (&self.net.client_vpns[id], self.packet);
        let local = self.inside(endpoint.vpc.id().unwrap(), asked.dst);
        let fits = |block: &Ipv4Net| within(&IpNet::V4(*block), asked.dst);
        let routes = endpoint.routes.iter().filter(|(block, _)| fits(block));
        let through = Vec::from_iter(routes.filter_map(|(_, subnet)| subnet.id()));
        // In a split tunnel clients know all routes; the rest leaves by their own connection.
        let tunnelled = !endpoint.split_tunnel || local || !through.is_empty();
        ensure(tunnelled, NOT_MODELLED)?;
        self.authorized(endpoint)?;
        self.cross("client-vpn");
        let mut nodes = Vec::from_iter(endpoint.interfaces.iter().filter_map(Ref::id));
        nodes.retain(|node| self.net.out_of_service(*node).is_none());
        self.each(nodes, "BAD_STATE", |w, node| {
            let landed = w.net.interfaces[node].subnet.id().unwrap();
            let led = local || through.contains(&landed);
            ensure(led, "NO_ROUTE_TO_DESTINATION")?;
            let own = IpAddr::V4(w.net.interfaces[node].ips[0]);
            w.each(w.draws.to_vec(), "", |w, sport| {
                let sent = asked.between(own, asked.dst, sport, asked.dport);
                w.remember((Spot::Eni(node), sent, asked, None, false))?;
                if w.to_resolver(w.net.vpc_of(node).unwrap()) {
                    return w.ask_the_host();
                }
                w.groups(node, OUT)?;
                w.groups = w.groups_of(node);
                w.leave(node)
            })
        })
    }

    /// The longest rule decides whom it lets; who is in a group is not written down
    /// (`/vpn/latest/clientvpn-admin/cvpn-working-rules.html`).
    fn authorized(&mut self, endpoint: &ClientVpn) -> Hit {
        let dst = self.packet.dst;
        let fits = |block: &&Ipv4Net| within(&IpNet::V4(**block), dst);
        let longest = |blocks: Vec<&Ipv4Net>| {
            let hits = blocks.into_iter().filter(fits);
            hits.map(Ipv4Net::prefix_len).max()
        };
        let everybody = longest(endpoint.authorize.iter().collect());
        let some = longest(endpoint.of_groups.iter().map(|(block, _)| block).collect());
        ensure(everybody.or(some).is_some(), "CLIENT_VPN_NOT_AUTHORIZED")?;
        self.doubt(everybody < some);
        Ok(())
    }
}
