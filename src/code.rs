//! The stable reasons. A name that AWS Reachability Analyzer has is AWS's name; the others are ours.
//! Names are never reused.
//!
//! Every code has a manual page under `scenarios/codes/`, whose scenario must produce it. Names of AWS
//! that no answer has here are in [`ELSEWHERE`], each with the reason.

mod elsewhere;

pub use elsewhere::{ELSEWHERE, elsewhere};

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a code says of the answer it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It stops the traffic.
    Obstacle,
    /// It keeps the answer from being known.
    Unknown,
    /// It is worth knowing and changes no verdict.
    Note,
    /// It was supplied because the input does not say.
    Assumption,
    /// It was seen from a host, by `probe`.
    Observation,
}

impl Kind {
    /// The stable word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Obstacle => "obstacle",
            Kind::Unknown => "unknown",
            Kind::Note => "note",
            Kind::Assumption => "assumption",
            Kind::Observation => "observation",
        }
    }
}

macro_rules! codes {
    ($($kind:ident $heading:literal { $($name:ident $text:literal,)* })*) => {
        /// Why traffic is refused, lost, or judged with a reservation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names are AWS's, letter for letter")]
        pub enum Code { $($(#[doc = $text] $name,)*)* }

        impl Code {
            /// Every code, in the order of this page.
            pub const ALL: &[Code] = &[$($(Code::$name,)*)*];

            /// Every code under a heading that says what it is about.
            pub const GROUPS: &[(&str, &[Code])] = &[$(($heading, &[$(Code::$name,)*]),)*];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($(Code::$name => stringify!($name),)*)* }
            }

            /// One sentence for people.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $($(Code::$name => $text,)*)* }
            }

            /// What it says of an answer.
            #[must_use]
            pub fn kind(self) -> Kind {
                match self { $($(Code::$name => Kind::$kind,)*)* }
            }

            /// Its manual page.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self {
                    $($(Code::$name => include_str!(concat!("../scenarios/codes/", stringify!($name), ".md")),)*)*
                }
            }

            /// The code of this name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Code> {
                match name { $($(stringify!($name) => Some(Code::$name),)*)* _ => None }
            }
        }
    };
}

codes! {
    Obstacle "Names" {
        DNS_NO_ANSWER "the resolver does not answer in this VPC",
        DNS_NO_ADDRESS "the name has no address of a family that the source has",
        DNS_NXDOMAIN "the zone that owns the name has no such record",
        DNS_REFUSED "the name server answers no such question",
        DNS_LOOP "the question comes back to a server that was asked before, or the names lead in a circle",
        NO_ENDPOINT "the source's VPC has no endpoint to this service",
    }
    Obstacle "Routes" {
        NO_ROUTE_TO_DESTINATION "the route table has no route for this destination",
        BAD_STATE_ROUTE "the best route is a blackhole: its target is gone",
        NO_POSSIBLE_DESTINATION "nobody has this address",
        NO_ADDRESS_OF_FAMILY "the source has no address of the destination's family",
        FORWARDING_LOOP "the traffic goes in circles",
    }
    Obstacle "Security groups, network ACLs, interfaces" {
        ENI_SG_RULES_MISMATCH "no rule of the security groups allows this traffic",
        SG_HAS_NO_RULES "the security groups have no rule at all in this direction",
        SG_REFERENCES_NOT_PRESERVED "a rule names a group, but the path dropped the sender's group",
        SUBNET_ACL_RESTRICTION "the network ACL of the subnet refuses this traffic",
        ENI_ADDRESS_RESTRICTION "the interface carries only traffic of its own addresses",
        ENI_SOURCE_DEST_CHECK_RESTRICTION "the source/destination check refuses a foreign address",
        INGRESS_RTB_NO_PUBLIC_IP "an appliance at an internet gateway needs a public address",
        INGRESS_RTB_TRAFFIC_REDIRECTION "what arrives for the subnet goes to an appliance, so it cannot use the internet gateway directly",
        VPC_BLOCK_PUBLIC_ACCESS_ENABLED "VPC Block Public Access stops traffic of the internet gateway",
        BAD_STATE "the component is not in a state that carries traffic",
    }
    Obstacle "Internet gateways and NAT gateways" {
        IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS "the internet gateway finds no public address for this source",
        IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS "the internet gateway delivers to public addresses of interfaces, and this is none",
        IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS "the internet gateway refuses private destinations",
        IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS "the internet gateway refuses shared address space as destination",
        IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS "the internet gateway refuses private sources from outside",
        IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS "the internet gateway refuses shared address space as source from outside",
        NGW_REQUIRES_SOURCE_IN_VPC "a NAT gateway serves only interfaces of its own VPC",
        REGIONAL_NGW_ROUTE_AZ_RESTRICTION "the regional NAT gateway does not serve the zone of the source",
        PROTOCOL_RESTRICTION "the component does not carry this protocol",
    }
    Obstacle "Peering and on-premises networks" {
        PCX_REQUIRES_ADDRESS_IN_VPC_CIDR "a peering carries only addresses of the far VPC: it is not a transit",
        VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS "a virtual private gateway delivers only to addresses of its VPC",
        VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS "a virtual private gateway takes only sources of its VPC",
        BAD_STATE_VPN "the VPN connection or virtual interface is down",
        SITE_FIREWALL_RESTRICTION "the firewall of the on-premises network refuses this traffic",
    }
    Obstacle "Transit gateways and Client VPN" {
        TGW_ROUTE_AZ_RESTRICTION "the transit gateway has no attachment subnet in the zone of the source",
        TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION "the attachment has no transit gateway route table: what comes from it is dropped",
        TGW_ATTACH_WITHOUT_IPV6 "the transit gateway attachment does not carry IPv6",
        TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT "the transit gateway's route table has no route for this destination",
        TGW_RTB_BAD_STATE_ROUTE "the best route of the transit gateway's table is a blackhole",
        TGW_BAD_STATE_VPN "the transit gateway's route leads to a VPN connection or virtual interface that is down",
        CLIENT_VPN_NOT_AUTHORIZED "no authorization rule of the Client VPN endpoint lets its clients reach this destination",
        BAD_STATE_ATTACHMENT "the attachment is not in a state that carries traffic",
        SG_REFERENCING_SUPPORT "a rule names a group behind a transit gateway that does not carry group references",
    }
    Obstacle "VPC endpoints and endpoint services" {
        VPCE_GATEWAY_PROTOCOL_RESTRICTION "a gateway endpoint carries only TCP and ICMP echo",
        VPCE_GATEWAY_NOT_TRANSITIVE "a gateway endpoint serves only sources of its own VPC",
        VPCE_SERVICE_NOT_INSTALLED_IN_AZ "the endpoint service has no load balancer in this zone",
        ENDPOINT_PENDING_ACCEPTANCE "the provider has not accepted the endpoint yet",
        ENDPOINT_REJECTED "the provider has rejected the endpoint",
        ENDPOINT_NOT_AVAILABLE "the endpoint is not available",
        ENDPOINT_NOT_PERMITTED "the endpoint's account is not among the service's allowed principals",
        ENDPOINT_DOES_NOT_SERVE "the endpoint belongs to another service",
        UNSUPPORTED_BY_AWS "AWS documents that this does not work",
    }
    Obstacle "Policies" {
        ENDPOINT_POLICY_DENIES "a statement of the endpoint's policy denies the request",
        ENDPOINT_POLICY_LACKS_ALLOW "no statement of the endpoint's policy allows the request",
        ACCESS_POINT_OF_ANOTHER_VPC "the access point takes requests by endpoints of its own VPC alone",
        RESOURCE_POLICY_DENIES "a statement of the bucket's or table's policy denies the request",
        RESOURCE_POLICY_LACKS_ALLOW "the resource belongs to another account, and its policy does not allow the request",
        IDENTITY_POLICY_DENIES "a statement of the caller's own policy denies the request",
        IDENTITY_POLICY_LACKS_ALLOW "no policy of the caller allows the request, and the resource's does not stand in",
    }
    Obstacle "Load balancers" {
        ELBV2_LISTENERS_MISMATCH "the load balancer has no listener for this port and protocol",
        ELBV2_LISTENER_HAS_NO_TG "the listener's target groups contain no targets",
        ELB_NOT_CROSSZONE "every target is in another zone, and cross-zone load balancing is off",
        ELB_INSTALLED_AZ_RESTRICTION "the target is in a zone that the load balancer does not have",
        ZONE_SHIFTED_AWAY "every target is in a zone that traffic is shifted away from",
        HAIRPIN "a target that reaches itself through its load balancer sees its own address as the source",
    }
    Obstacle "Arrival and reply" {
        MISDELIVERED "the traffic arrives, but at somebody else",
        REPLY_WITHOUT_SESSION "the place passes only replies to connections it remembers, and this is none",
    }
    Unknown "What keeps an answer from being known" {
        UNKNOWN_RESOURCE "the input does not contain something that decides",
        UNSUPPORTED_COMPONENT "the component is not modelled",
        TGW_RTB_ROUTES_ARE_UNKNOWN "the input does not contain the routes of the transit gateway's table",
        POLICY_KEY_NOT_KNOWN "a policy hangs on something that neither the input nor the question says",
        TOO_MANY_WAYS "there are more ways than this program walks",
    }
    Note "Notes: worth knowing, no verdict changes" {
        DNS_PUBLIC_ANSWER_ALTHOUGH_ENDPOINT "the name resolves to a public address although an endpoint exists",
        GATEWAY_ENDPOINT_NOT_ON_TABLE "the source's VPC has a gateway endpoint for the service, and the route table of the source's subnet is not associated with it",
        DNS_SERVER_SILENT "a name server cannot be reached or does not answer, and another does",
        TARGETS_UNHEALTHY "delivered to a target that fails its health check, because too few targets are healthy",
        CONNECTIONS_RESET_BY_CHANGE "the edit switches the way to the service, which cuts open connections; they do not resume",
        HEALTH_CHECK_BLOCKED "the network stops the health checks of a target that is taken to be healthy",
        ENDS_AT_PROXY "the path ends at an Application Load Balancer: what it does with the request is not modelled",
        STAYS_IN_HOST "the destination is the sender's own address: nothing leaves its host, and no group, ACL or route table is asked",
        PROXY_PROTOCOL_V2 "a header before the data tells the target the client's own address and, over PrivateLink, the endpoint's id",
        IDLE_TIMEOUT_350 "a connection that rests for 350 seconds is forgotten",
        IDLE_TIMEOUT_120 "a UDP flow that rests for 120 seconds is forgotten",
        IDLE_TIMEOUT_STATED "a connection that rests for longer than the load balancer is told to wait is forgotten",
        MTU_8500 "packets of more than 8500 bytes do not pass",
        MTU_1500 "packets of more than 1500 bytes do not pass",
        MTU_1446 "packets of more than 1446 bytes do not pass",
        POLICY_NOT_ASKED "the endpoint on the way has a policy, and a bare connection makes no request to it",
        AVAILABILITY_ZONE_CROSSED "the path crosses a zone",
        BUCKET_IN_ANOTHER_REGION "the bucket is not in the Region that was asked: S3 answers with a redirect or an error, and a client that follows it takes another way",
        REGION_CROSSED "the path crosses from one Region to another",
        HIGHER_PRIORITY_ROUTE "a route for the same range lost to one of higher priority",
        TGW_RTB_HIGHER_PRIORITY_ROUTE "a transit gateway route for the same range lost to one of higher priority",
        OVERLAP_NOT_PROPAGATED "a VPC attached later has a block that overlaps this route's, which its transit gateway does not propagate",
        TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED "the two directions may use different zones of an inspection VPC",
        AMBIGUOUS_PREFIX_LISTS "two prefix lists give equally long matches to different targets: AWS picks one",
    }
    Assumption "Assumptions: supplied where the input does not say" {
        INTERNET_HOST_ANSWERS "somebody on the internet, no service of AWS, has this address and answers",
        INPUT_IS_ALL_THERE_IS "no public address of yours is missing from the input",
        HOST_ASSUMED "a host of the site has this address, and answers",
        PUBLIC_NAME_SERVER "a name server on the internet answers as the public DNS does",
        PUBLIC_NAME_EXISTS "the public DNS knows this name, at an address outside the input",
        ADDRESSES_OF_ANOTHER_NAME "the service answers this name with the addresses that the input gives for another of its names",
        PUBLIC_ADDRESS_NOT_GIVEN "the input does not give the public address",
        TARGET_HEALTH_NOT_GIVEN "the target is healthy",
        AMAZON_PROVIDED_DNS "AWS's own names are answered by AWS's resolver, as in a new VPC",
        NO_PRIVATE_ZONE_OVER_AWS_NAMES "no private hosted zone answers for AWS's own names",
        APPLIANCE_USES_ONE_INTERFACE "the appliance has several interfaces, and passes on by the one it was called at",
        NO_RESOLVER_RULE_OVER_AWS_NAMES "no Resolver rule and no Profile answers for AWS's own names",
        GLOBAL_NAME_LEADS_HOME "the bucket is in us-east-1, where S3's name without a Region leads if the bucket is in none of the older Regions",
        REGION_NOT_GIVEN "the bucket or table is in the source's Region, or the input's own where the source has none",
        IDENTITY_POLICY_NOT_GIVEN "the caller's own policies allow the request",
        RESOURCE_POLICY_NOT_GIVEN "the bucket or table has no policy that denies the request",
        PRINCIPAL_NOT_GIVEN "the caller belongs to the account of the VPC that it calls from, or outside VPCs of what it calls",
        SOURCE_GROUPS_SKIPPED "the source has no interface here, so no security group of its own was asked",
    }
    Observation "Seen from a host: names" {
        NAME_NOT_FOUND "the name server says that there is no such name",
        NAME_WITHOUT_ADDRESS "the name exists, and has no address",
        NAME_SERVER_REFUSES "the name server refuses the question",
        NAME_SERVER_FAILS "the name server reports a failure, or answers nothing that can be read",
        NAME_SERVER_SILENT "no answer comes from the name server",
        NO_NAME_SERVER "this machine knows no name server",
        NAME_SERVERS_DISAGREE "one name server answers with private addresses, another with public ones",
    }
    Observation "Seen from a host: connections" {
        CONNECTION_REFUSED "something answers that nobody listens there",
        CONNECTION_TIMED_OUT "no answer comes back: something drops the packets without a word",
        HOST_UNREACHABLE "this machine, or something on the way, says that there is no way",
        NO_LOCAL_ADDRESS_OF_FAMILY "this machine has no address of the destination's family",
        SENDING_NOT_PERMITTED "this machine does not let the program send that",
        CONNECTION_FAILED "the system reports another failure",
        NO_ANSWER "no answer comes to a datagram, which says nothing for certain",
        PATH_NOT_OBSERVABLE "reachable at a public address: the path is not observable from here",
    }
    Observation "Seen from a host: TLS and HTTP" {
        CERTIFICATE_OF_ANOTHER_NAME "the certificate does not bear the name that was asked for",
        CERTIFICATE_NOT_TRUSTED "nobody this machine trusts has signed the certificate",
        CERTIFICATE_NOT_VALID_NOW "the certificate has expired, or is not valid yet",
        TLS_FAILED "the connection is made, and the TLS handshake is not",
        TLS_SILENT "the connection is made, and no answer comes to the TLS handshake",
        HTTP_FAILED "the connection is made, and no HTTP answer comes",
    }
    Observation "Beside a prediction" {
        RESOLVED_OTHERWISE "the name resolves to something that the prediction rules out",
        CONNECTED_OTHERWISE "the connection goes in a way that the prediction rules out",
        SEEN_OTHERWISE "the far side sees another source than the prediction says",
        ANOTHER_HOST "this machine does not send from the address that the scenario gives the host",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
