//! The answers of AWS's API that an import reads, and what each leaves open where it is missing.
//!
//! This is the one table of them. A listing is missing for an account and Region, or for one noun
//! (`describe-listeners` answers about one load balancer). What is left open is said by the
//! resources that name each other: an interface names its groups, a route its gateway. Where those
//! say enough, nothing is left open.

use serde::{Deserialize, Serialize};

macro_rules! listings {
    ($($name:ident [$($key:literal)*] $words:literal, $command:literal, $open:literal;)*) => {
        /// An answer of AWS's API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Listing { $(#[doc = $words] $name,)* }

        impl Listing {
            /// Every listing.
            pub const ALL: &[Listing] = &[$(Listing::$name,)*];

            /// The top-level keys that hold it.
            #[must_use]
            pub fn keys(self) -> &'static [&'static str] {
                match self { $(Listing::$name => &[$($key),*],)* }
            }

            /// What it lists.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Listing::$name => $words,)* }
            }

            /// The command that answers it.
            #[must_use]
            pub fn command(self) -> &'static str {
                match self { $(Listing::$name => $command,)* }
            }

            /// Which flows are not decided without it.
            #[must_use]
            pub fn leaves_open(self) -> &'static str {
                match self { $(Listing::$name => $open,)* }
            }
        }
    };
}

listings! {
    Vpcs ["Vpcs"]
        "VPCs", "aws ec2 describe-vpcs",
        "what leaves a subnet, and every name asked there";
    DnsSupport ["EnableDnsSupport"]
        "enableDnsSupport of VPCs", "aws ec2 describe-vpc-attribute --attribute enableDnsSupport",
        "what is called by name, where no instance with a public name shows that it is on";
    DnsHostnames ["EnableDnsHostnames"]
        "enableDnsHostnames of VPCs", "aws ec2 describe-vpc-attribute --attribute enableDnsHostnames",
        "names that private zones and endpoints answer, where no instance with a public name shows that it is on";
    DhcpOptions ["DhcpOptions"]
        "DHCP option sets", "aws ec2 describe-dhcp-options",
        "names that are not AWS's own: somebody else's server may answer them";
    Subnets ["Subnets"]
        "subnets", "aws ec2 describe-subnets",
        "whatever starts or ends at an interface";
    AvailabilityZones ["AvailabilityZones"]
        "availability zones", "aws ec2 describe-availability-zones",
        "nothing where subnets carry the ids of their zones";
    RouteTables ["RouteTables"]
        "route tables", "aws ec2 describe-route-tables",
        "what leaves a subnet, on the way out or back";
    NetworkAcls ["NetworkAcls"]
        "network ACLs", "aws ec2 describe-network-acls",
        "what crosses the border of a subnet";
    SecurityGroups ["SecurityGroups"]
        "security groups", "aws ec2 describe-security-groups",
        "what an interface with groups starts or is sent";
    NetworkInterfaces ["NetworkInterfaces"]
        "network interfaces", "aws ec2 describe-network-interfaces",
        "addresses that no instance and no NAT gateway has, and public addresses that nobody has";
    Instances ["Reservations" "Instances"]
        "instances", "aws ec2 describe-instances",
        "what is sent to an instance, which may be stopped";
    Addresses ["Addresses"]
        "elastic addresses", "aws ec2 describe-addresses",
        "nothing where the interfaces are listed, which show their public addresses";
    InternetGateways ["InternetGateways"]
        "internet gateways", "aws ec2 describe-internet-gateways",
        "what a route sends to an internet gateway, and what comes from the internet";
    EgressOnlyInternetGateways ["EgressOnlyInternetGateways"]
        "egress-only internet gateways", "aws ec2 describe-egress-only-internet-gateways",
        "nothing: the routes that lead to one say that it is there";
    NatGateways ["NatGateways"]
        "NAT gateways", "aws ec2 describe-nat-gateways",
        "what a route sends to a NAT gateway";
    VpnGateways ["VpnGateways"]
        "virtual private gateways", "aws ec2 describe-vpn-gateways",
        "what a route sends to a virtual private gateway";
    VpnConnections ["VpnConnections"]
        "VPN connections", "aws ec2 describe-vpn-connections",
        "what a route sends to a virtual private gateway, or to a VPN attachment of a transit gateway";
    VirtualInterfaces ["virtualInterfaces"]
        "virtual interfaces", "aws directconnect describe-virtual-interfaces",
        "what a route sends to a virtual private gateway";
    DirectConnectAssociations ["directConnectGatewayAssociations"]
        "associations of Direct Connect gateways", "aws directconnect describe-direct-connect-gateway-associations --associated-gateway-id",
        "what a route sends to a virtual private gateway, or to a Direct Connect attachment of a transit gateway";
    DirectConnectAttachments ["directConnectGatewayAttachments"]
        "attachments of Direct Connect gateways", "aws directconnect describe-direct-connect-gateway-attachments",
        "what goes to a Direct Connect gateway, where no virtual interface of the input shows that it is up";
    ClientVpnEndpoints ["ClientVpnEndpoints"]
        "Client VPN endpoints", "aws ec2 describe-client-vpn-endpoints",
        "nothing: nobody can be asked about as a client of one";
    ClientVpnNetworks ["ClientVpnTargetNetworks"]
        "target networks of Client VPN endpoints", "aws ec2 describe-client-vpn-target-networks",
        "what clients of a Client VPN endpoint send";
    ClientVpnRoutes ["ClientVpnRoutes"]
        "routes of Client VPN endpoints", "aws ec2 describe-client-vpn-routes",
        "what clients of a Client VPN endpoint send beyond its VPC";
    ClientVpnRules ["AuthorizationRules"]
        "authorization rules of Client VPN endpoints", "aws ec2 describe-client-vpn-authorization-rules",
        "what clients of a Client VPN endpoint send";
    VpcPeeringConnections ["VpcPeeringConnections"]
        "peering connections", "aws ec2 describe-vpc-peering-connections",
        "what a route sends to a peering connection";
    TransitGateways ["TransitGateways"]
        "transit gateways", "aws ec2 describe-transit-gateways",
        "rules that name groups of VPCs behind a transit gateway";
    TransitGatewayAttachments ["TransitGatewayAttachments"]
        "transit gateway attachments", "aws ec2 describe-transit-gateway-attachments",
        "what a route sends to a transit gateway";
    TransitGatewayVpcAttachments ["TransitGatewayVpcAttachments"]
        "transit gateway VPC attachments", "aws ec2 describe-transit-gateway-vpc-attachments",
        "what a route sends to a transit gateway";
    TransitGatewayPeeringAttachments ["TransitGatewayPeeringAttachments"]
        "transit gateway peering attachments", "aws ec2 describe-transit-gateway-peering-attachments",
        "what one transit gateway sends to another";
    TransitGatewayRouteTables ["TransitGatewayRouteTables"]
        "transit gateway route tables", "aws ec2 describe-transit-gateway-route-tables",
        "what a route sends to a transit gateway";
    TransitGatewayRoutes ["Routes"]
        "routes of transit gateway route tables", "aws ec2 search-transit-gateway-routes --filters Name=type,Values=static,propagated",
        "what a route sends to a transit gateway";
    VpcEndpoints ["VpcEndpoints"]
        "VPC endpoints", "aws ec2 describe-vpc-endpoints",
        "what a route sends to an endpoint or meets at an endpoint's interface, and AWS's names where there is such an interface";
    PrefixLists ["PrefixLists"]
        "prefix lists", "aws ec2 describe-managed-prefix-lists",
        "what a route or a rule decides by a prefix list";
    PrefixListEntries ["Entries"]
        "entries of prefix lists", "aws ec2 get-managed-prefix-list-entries",
        "what a route or a rule decides by a prefix list";
    EndpointServices ["ServiceConfigurations"]
        "endpoint services", "aws ec2 describe-vpc-endpoint-service-configurations",
        "what goes through an endpoint of a provider's service";
    EndpointServicePermissions ["AllowedPrincipals"]
        "principals of endpoint services", "aws ec2 describe-vpc-endpoint-service-permissions",
        "nothing where endpoints carry their state";
    EndpointConnections ["VpcEndpointConnections"]
        "connections of endpoint services", "aws ec2 describe-vpc-endpoint-connections",
        "nothing where endpoints carry their state";
    LoadBalancers ["LoadBalancers"]
        "load balancers", "aws elbv2 describe-load-balancers",
        "what meets a load balancer's interface, and load balancers' names";
    LoadBalancerAttributes ["Attributes"]
        "attributes of load balancers", "aws elbv2 describe-load-balancer-attributes",
        "what a load balancer sends on, where cross-zone decides";
    Listeners ["Listeners"]
        "listeners", "aws elbv2 describe-listeners",
        "what meets a load balancer";
    TargetGroups ["TargetGroups"]
        "target groups", "aws elbv2 describe-target-groups",
        "what a listener forwards";
    TargetGroupAttributes ["Attributes"]
        "attributes of target groups", "aws elbv2 describe-target-group-attributes",
        "what a listener forwards, where cross-zone or the client's address decides";
    TargetHealth ["TargetHealthDescriptions"]
        "target health", "aws elbv2 describe-target-health",
        "what a listener forwards";
    HostedZones ["HostedZones" "HostedZone"]
        "hosted zones", "aws route53 list-hosted-zones",
        "names that are not AWS's own: a private zone may have them";
    HostedZoneVpcs ["HostedZone"]
        "VPCs of hosted zones", "aws route53 get-hosted-zone",
        "names within private zones";
    RecordSets ["ResourceRecordSets"]
        "records of hosted zones", "aws route53 list-resource-record-sets",
        "names within hosted zones";
    ResolverEndpoints ["ResolverEndpoints"]
        "Resolver endpoints", "aws route53resolver list-resolver-endpoints",
        "names that a Resolver rule forwards";
    ResolverRules ["ResolverRules"]
        "Resolver rules", "aws route53resolver list-resolver-rules",
        "names that are not AWS's own: a rule may forward them";
    ResolverRuleAssociations ["ResolverRuleAssociations"]
        "VPCs of Resolver rules", "aws route53resolver list-resolver-rule-associations",
        "names that a Resolver rule covers";
    ResolverAddresses ["IpAddresses"]
        "addresses of Resolver endpoints", "aws route53resolver list-resolver-endpoint-ip-addresses",
        "nothing where the interfaces are listed, which say whose they are";
    Profiles ["ProfileAssociations"]
        "VPCs of Route 53 Profiles", "aws route53profiles list-profile-associations",
        "names that are not AWS's own: a Profile may bring their zone or rule";
    ProfileResources ["ProfileResourceAssociations"]
        "resources of Route 53 Profiles", "aws route53profiles list-profile-resource-associations",
        "every name asked in a VPC with a Profile";
}
