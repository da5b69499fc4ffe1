//! As whom targets see the client.

use crate::model::{Family, ListenerProtocol, LoadBalancer, Network, TargetGroup, TargetType};

/// Who calls a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// PrivateLink, for somebody.
    ByLink,
    /// Somebody, with an address of this family.
    Of(Family),
}

impl Client {
    /// UDP is not carried from one family to the other
    /// (`/elasticloadbalancing/latest/network/load-balancer-listeners.html`).
    pub(super) fn cannot_reach(self, group: &TargetGroup) -> bool {
        let datagrams = matches!(
            group.protocol,
            ListenerProtocol::Udp | ListenerProtocol::TcpUdp
        );
        datagrams && matches!(self, Client::Of(family) if family != group.family)
    }
}

/// Client IP preservation, for clients that do not come by PrivateLink, within their family
/// (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).
pub(super) fn keeps(group: &TargetGroup, client: Client, setting: Option<bool>) -> bool {
    let stated = setting.or(group.preserve_client_ip);
    client == Client::Of(group.family)
        && match (group.kind, group.protocol) {
            (TargetType::Alb, _) => true,
            (_, ListenerProtocol::Udp | ListenerProtocol::TcpUdp) => true,
            (TargetType::Instance, _) => stated.unwrap_or(true),
            (TargetType::Ip, _) => stated.unwrap_or(false),
        }
}

/// Whether a target's reference to the load balancer's groups takes traffic that came by PrivateLink.
pub(super) fn recognised(network: &Network, lb: &LoadBalancer) -> bool {
    lb.enforce_on_private_link || network.is_on("nlb-group-reference-without-enforcement")
}
