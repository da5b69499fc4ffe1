//! Time and size: what a way does to connections that rest and to packets that are large. Neither is
//! simulated; a way that has such a limit says so.
//!
//! Idle connections: `/vpc/latest/userguide/nat-gateway-basics.html`,
//! `/elasticloadbalancing/latest/network/network-load-balancers.html`,
//! `/vpc/latest/privatelink/vpc-limits-endpoints.html`. Packet sizes: the same pages,
//! `/vpc/latest/tgw/transit-gateway-quotas.html`, `/vpn/latest/s2svpn/vpn-limits.html`,
//! `/AWSEC2/latest/UserGuide/network_mtu.html`.

use crate::code::Code;

const UDP: u8 = 17;

/// The limits of a mechanism, for traffic of a protocol; `stated`: a load balancer on the way is told
/// how long connections may rest.
#[must_use]
pub fn limits(mechanism: &str, protocol: u8, stated: bool) -> &'static [Code] {
    match mechanism {
        "nat-gateway" | "interface-endpoint" => &[Code::IDLE_TIMEOUT_350, Code::MTU_8500],
        // A load balancer that is told how long to wait says so itself.
        "load-balancer" if stated => &[],
        "load-balancer" if protocol == UDP => &[Code::IDLE_TIMEOUT_120],
        "load-balancer" => &[Code::IDLE_TIMEOUT_350],
        "transit-gateway" | "gwlb-endpoint" => &[Code::MTU_8500],
        "internet-gateway" | "egress-only-internet-gateway" | "isp" => &[Code::MTU_1500],
        "vpn" => &[Code::MTU_1446],
        _ => &[],
    }
}
