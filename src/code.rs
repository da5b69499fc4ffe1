//! The stable reasons. A name that AWS Reachability Analyzer has is AWS's name; the others are ours.
//! Names are never reused.

use std::fmt;

macro_rules! codes {
    ($($name:ident $text:literal,)*) => {
        /// Why traffic is refused, lost, or judged with a reservation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names are AWS's, letter for letter")]
        pub enum Code { $(#[doc = $text] $name,)* }

        impl Code {
            /// Every code, in the order of this page.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$name => stringify!($name),)* }
            }

            /// One sentence for people.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// The code of this name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Code> {
                match name { $(stringify!($name) => Some(Code::$name),)* _ => None }
            }
        }
    };
}

codes! {
    NO_ROUTE_TO_DESTINATION "the route table has no route for this destination",
    BAD_STATE_ROUTE "the best route is a blackhole: its target is gone",
    BAD_STATE_VPN "the VPN connection or virtual interface is down",
    BAD_STATE "the component is not in a state that carries traffic",
    HIGHER_PRIORITY_ROUTE "a route for the same range lost to one of higher priority",
    MORE_SPECIFIC_ROUTE "a wider route lost to a more specific one",
    ENI_SG_RULES_MISMATCH "no rule of the security groups allows this traffic",
    SG_HAS_NO_RULES "the security groups have no rule at all in this direction",
    SG_REFERENCES_NOT_PRESERVED "a rule names a group, but the path dropped the sender's group",
    SUBNET_ACL_RESTRICTION "the network ACL of the subnet refuses this traffic",
    ENI_ADDRESS_RESTRICTION "the interface carries only traffic of its own addresses",
    ENI_SOURCE_DEST_CHECK_RESTRICTION "the source/destination check refuses a foreign address",
    NO_POSSIBLE_DESTINATION "nobody has this address",
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS "the internet gateway finds no public address for this source",
    IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS "the internet gateway knows no interface with this public address",
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS "the internet gateway refuses private destinations",
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS "the internet gateway refuses shared address space as destination",
    IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS "the internet gateway refuses private sources from outside",
    IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS "the internet gateway refuses shared address space as source from outside",
    NGW_REQUIRES_SOURCE_IN_VPC "a NAT gateway serves only interfaces of its own VPC",
    PROTOCOL_RESTRICTION "the component does not carry this protocol",
    PCX_REQUIRES_ADDRESS_IN_VPC_CIDR "a peering carries only addresses of the far VPC: it is not a transit",
    VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS "a virtual private gateway delivers only to addresses of its VPC",
    VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS "a virtual private gateway takes only sources of its VPC",
    VPCE_GATEWAY_PROTOCOL_RESTRICTION "a gateway endpoint carries only TCP and ICMP echo",
    VPCE_GATEWAY_NOT_TRANSITIVE "a gateway endpoint serves only sources of its own VPC",
    VPCE_SERVICE_NOT_INSTALLED_IN_AZ "the endpoint service has no load balancer in this zone",
    VPCE_INTRA_VPC_TRAFFIC "an endpoint never starts a connection into its VPC",
    ELBV2_LISTENERS_MISMATCH "the load balancer has no listener for this port and protocol",
    ELBV2_LISTENER_HAS_NO_TG "the listener's target groups contain no targets",
    ELBV2_NO_TARGETS_IN_AZ "the load balancer has no targets in this zone",
    ELB_NOT_CROSSZONE "every target is in another zone, and cross-zone load balancing is off",
    ELB_INSTALLED_AZ_RESTRICTION "the target is in a zone that the load balancer does not have",
    HAIRPIN "a target that reaches itself through its load balancer sees its own address as the source",
    TARGETS_UNHEALTHY "delivered to a target that fails its health check, because no target is healthy",
    AVAILABILITY_ZONE_CROSSED "the path crosses a zone",
    ENDPOINT_PENDING_ACCEPTANCE "the provider has not accepted the endpoint yet",
    ENDPOINT_REJECTED "the provider has rejected the endpoint",
    ENDPOINT_NOT_AVAILABLE "the endpoint is not available",
    ENDPOINT_NOT_PERMITTED "the endpoint's account is not among the service's allowed principals",
    ENDPOINT_DOES_NOT_SERVE "the endpoint belongs to another service",
    NO_ENDPOINT "the source's VPC has no endpoint to this service",
    DNS_NO_ANSWER "the resolver does not answer in this VPC",
    DNS_NXDOMAIN "the zone that owns the name has no such record",
    DNS_PUBLIC_ANSWER_ALTHOUGH_ENDPOINT "the name resolves to a public address although an endpoint exists",
    REPLY_WITHOUT_SESSION "the place passes only replies to connections it remembers, and this is none",
    MISDELIVERED "the traffic arrives, but at somebody else",
    FORWARDING_LOOP "the traffic goes in circles",
    AMBIGUOUS_PREFIX_LISTS "two prefix lists give equally long matches to different targets: AWS picks one",
    UNKNOWN_RESOURCE "the input names a resource that it does not contain",
    UNSUPPORTED_COMPONENT "the component is not modelled",
    UNSUPPORTED_BY_AWS "AWS documents that this does not work",
    DISCONNECTED_VPCS "nothing joins these networks",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
