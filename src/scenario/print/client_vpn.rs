//! Client VPN endpoints.

use super::Printer;
use super::doc::{Doc, Map, texts};
use super::interface::is_default;
use crate::model::{Id, Vpc};

impl Printer<'_> {
    pub(super) fn client_vpns(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, vpn) in network.client_vpns.iter() {
            let (Some(name), true) = (
                self.names.of(id).map(str::to_owned),
                vpn.vpc.id() == Some(vpc),
            ) else {
                continue;
            };
            let at = self.label(id);
            let mut map = Map::of("client_vpn");
            map.word("clients", vpn.clients);
            let (subnets, groups) = self.nodes(&vpn.interfaces, vpc, &at);
            map.map("subnets", subnets);
            if let Some(groups) = groups.filter(|g| !is_default(g)) {
                map.full_list("security_groups", groups);
            }
            map.list("authorize", texts(&vpn.authorize));
            for (_, who) in &vpn.of_groups {
                self.lost(network.unseen[*who].text(), &at);
            }
            let mut through: Vec<(String, Vec<String>)> = Vec::new();
            for (block, subnet) in &vpn.routes {
                let block = block.to_string();
                let Some(subnet) = self.word(subnet, Some(vpc), &at) else {
                    continue;
                };
                match through.iter_mut().find(|(known, _)| *known == block) {
                    Some((_, subnets)) => subnets.push(subnet),
                    None => through.push((block, vec![subnet])),
                }
            }
            let mut routes = Map::free();
            for (block, subnets) in through {
                routes.push(&block, Doc::one_or_list(texts(subnets)));
            }
            map.map("routes", routes);
            map.word("split_tunnel", vpn.split_tunnel);
            all.push(&name, Doc::Map(map));
        }
        all
    }
}
