//! As whom targets see the client.

use crate::model::{ListenerProtocol, LoadBalancer, Network, TargetGroup, TargetType};

/// Client IP preservation, for clients that do not come by PrivateLink.
pub(super) fn keeps(group: &TargetGroup, by_link: bool, setting: Option<bool>) -> bool {
    use ListenerProtocol as P;
    let stated = setting.or(group.preserve_client_ip);
    !by_link
        && match (group.kind, group.protocol) {
            (TargetType::Alb, _) => true,
            (_, P::Udp | P::TcpUdp | P::Quic | P::TcpQuic) => true,
            (TargetType::Instance, _) => stated.unwrap_or(true),
            (TargetType::Ip, _) => stated.unwrap_or(false),
        }
}

/// Whether a target's reference to the load balancer's groups takes traffic that came by PrivateLink.
pub(super) fn recognised(network: &Network, lb: &LoadBalancer) -> bool {
    lb.enforce_on_private_link || network.is_on("nlb-group-reference-without-enforcement")
}
