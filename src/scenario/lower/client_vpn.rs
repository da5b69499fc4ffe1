//! Client VPN endpoints.

use super::super::values;
use super::address::Pending;
use super::interface::{NodeInterface, groups};
use super::{Inside, Lower};
use crate::model::{ClientVpn, IpType, Ref, Role};

impl Lower<'_> {
    pub(super) fn client_vpns(&mut self, inside: Inside<'_>, pending: &mut Vec<Pending>) {
        for (key, node) in inside.node.under("client_vpns") {
            let at = inside.full(&key.text);
            let own: Ref<ClientVpn> = inside.reference(&key.text, key.span);
            let groups = groups(inside, node, key.span);
            let mut interfaces = Vec::new();
            let listed = node
                .texts_of("subnets")
                .into_iter()
                .map(|(s, at)| (s, at, None));
            let mapped = node.under("subnets").iter();
            let mapped = mapped.map(|(s, ip)| (s.text.as_str(), s.span, Some(ip)));
            for (subnet, span, ip) in listed.chain(mapped) {
                let name = format!("{}@{subnet}", key.text);
                interfaces.push(inside.reference(&name, span));
                let made = NodeInterface {
                    name,
                    subnet: (subnet, span),
                    place: ip,
                    families: Some(IpType::Ipv4),
                    public: None,
                    groups: groups.clone(),
                    role: Role::ClientVpn(own.clone()),
                };
                self.node_interface(inside, made, span, pending);
            }
            let mut routes = Vec::new();
            for (block, subnets) in node.under("routes") {
                let net = self.take(values::block4(&block.text), &at, block.span);
                for (subnet, span) in subnets.texts() {
                    routes.extend(net.map(|net| (net, inside.reference(subnet, span))));
                }
            }
            let authorize = self.list(node, "authorize", &at, values::block4);
            let Some(clients) = self.one(node, "clients", &at, values::block4) else {
                continue;
            };
            self.draft.client_vpns.push(ClientVpn {
                name: key.text.clone(),
                vpc: Ref::named(inside.name, &key.span.origin()),
                clients,
                interfaces,
                authorize,
                of_groups: Vec::new(),
                routes,
                split_tunnel: node.flag("split_tunnel", false),
                origin: key.span.origin(),
            });
        }
    }
}
