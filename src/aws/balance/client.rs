//! As whom targets see the client.

use crate::model::{ListenerProtocol, LoadBalancer, Network, TargetGroup, TargetType};

/// Client IP preservation, for clients that do not come by PrivateLink.
pub(super) fn keeps(group: &TargetGroup, by_link: bool, setting: Option<bool>) -> bool {
    let stated = setting.or(group.preserve_client_ip);
    !by_link
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
