//! A small dump of our own with something of every listing.

use super::dump;
use reachability::import::Imported;
use serde_json::{Value, json};

pub const NLB: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/pay/0a1b2c3d4e5f6071";
pub const GROUP: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/pay-tg/1111222233334444";

pub fn network_files() -> Vec<(&'static str, Value)> {
    vec![
        (
            "111122223333/eu-west-1/vpcs.json",
            json!({"Vpcs": [
                {"VpcId": "vpc-a", "OwnerId": "111122223333", "CidrBlock": "10.0.0.0/16",
                 "DhcpOptionsId": "dopt-1",
                 "CidrBlockAssociationSet": [
                    {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
                    {"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "Associated"}},
                    {"CidrBlock": "10.2.0.0/16", "CidrBlockState": {"State": "disassociated"}}]},
                {"VpcId": "vpc-b", "CidrBlock": "10.9.0.0/16"}],
              "DhcpOptions": [{"DhcpOptionsId": "dopt-1", "DhcpConfigurations": [
                {"Key": "domain-name-servers", "Values": [{"Value": "10.0.0.9"}]}]}]}),
        ),
        (
            "111122223333/eu-west-1/dns-support.vpc-a.json",
            json!({"EnableDnsSupport": {"Value": true}, "VpcId": "vpc-a"}),
        ),
        (
            "111122223333/eu-west-1/dns-hostnames.vpc-a.json",
            json!({"EnableDnsHostnames": {"Value": false}}),
        ),
        (
            "111122223333/eu-west-1/subnets.json",
            json!({"Subnets": [
                {"SubnetId": "subnet-1", "VpcId": "vpc-a", "CidrBlock": "10.0.1.0/24",
                 "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az2"},
                {"SubnetId": "subnet-2", "VpcId": "vpc-a", "CidrBlock": "10.0.2.0/24",
                 "AvailabilityZone": "eu-west-1b"}],
              "AvailabilityZones": [{"ZoneName": "eu-west-1b", "ZoneId": "euw1-az3"}]}),
        ),
        (
            "111122223333/eu-west-1/rtb.json",
            json!({"RouteTables": [
                {"RouteTableId": "rtb-main", "VpcId": "vpc-a", "Associations": [{"Main": true}],
                 "Routes": [
                    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active",
                     "Origin": "CreateRouteTable"},
                    {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"},
                    {"DestinationCidrBlock": "172.16.0.0/12", "TransitGatewayId": "tgw-1"},
                    {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"},
                    {"DestinationPrefixListId": "pl-s3", "GatewayId": "vpce-s3"},
                    {"DestinationPrefixListId": "pl-mine", "GatewayId": "vgw-1",
                     "Origin": "EnableVgwRoutePropagation"},
                    {"DestinationCidrBlock": "10.9.0.0/16", "VpcPeeringConnectionId": "pcx-1",
                     "State": "Blackhole"}]},
                {"RouteTableId": "rtb-public", "VpcId": "vpc-a",
                 "Associations": [{"Main": false, "SubnetId": "subnet-2",
                                   "AssociationState": {"State": "associated"}},
                                  {"Main": false, "SubnetId": "subnet-1",
                                   "AssociationState": {"State": "disassociated"}}],
                 "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]}]}),
        ),
        (
            "111122223333/eu-west-1/gateways.json",
            json!({"InternetGateways": [
                {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-a", "State": "available"}]},
                {"InternetGatewayId": "igw-2", "Attachments": []}],
              "VpnGateways": [{"VpnGatewayId": "vgw-1",
                "VpcAttachments": [{"VpcId": "vpc-a", "State": "attached"}]}],
              "NatGateways": [
                {"NatGatewayId": "nat-1", "SubnetId": "subnet-2", "State": "available",
                 "ConnectivityType": "public", "NatGatewayAddresses": [
                    {"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.2.7", "PublicIp": "198.51.100.7"}]},
                {"NatGatewayId": "nat-2", "VpcId": "vpc-a", "State": "available",
                 "AvailabilityMode": "regional", "AutoProvisionZones": "disabled",
                 "RouteTableId": "rtb-public", "NatGatewayAddresses": [
                    {"AllocationId": "eipalloc-2", "PublicIp": "198.51.100.8", "Status": "succeeded",
                     "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az2"}]}],
              "VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "Active"},
                "RequesterVpcInfo": {"VpcId": "vpc-a"}, "AccepterVpcInfo": {"VpcId": "vpc-b"}}],
              "TransitGateways": [{"TransitGatewayId": "tgw-1"}]}),
        ),
        (
            "111122223333/eu-west-1/filters.json",
            json!({"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-a",
                "IpPermissions": [
                    {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 444,
                     "IpRanges": [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "192.0.2.0/24"}],
                     "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
                     "UserIdGroupPairs": [{"GroupId": "sg-other"}]},
                    {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1,
                     "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
                "IpPermissionsEgress": [{"IpProtocol": "-1",
                    "PrefixListIds": [{"PrefixListId": "pl-s3"}, {"PrefixListId": "pl-mine"}]}]}],
              "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-a",
                "Associations": [{"SubnetId": "subnet-1"}],
                "Entries": [
                    {"RuleNumber": 200, "Egress": false, "Protocol": "6", "RuleAction": "deny",
                     "CidrBlock": "10.0.0.0/8", "PortRange": {"From": 22, "To": 23}},
                    {"RuleNumber": 100, "Egress": false, "Protocol": "-1", "RuleAction": "allow",
                     "Ipv6CidrBlock": "::/0"},
                    {"RuleNumber": 32767, "Egress": false, "Protocol": "-1", "RuleAction": "deny",
                     "CidrBlock": "0.0.0.0/0"},
                    {"RuleNumber": 32768, "Egress": true, "Protocol": "-1", "RuleAction": "deny",
                     "Ipv6CidrBlock": "::/0"}]}],
              "PrefixLists": [
                {"PrefixListId": "pl-s3", "PrefixListName": "com.amazonaws.eu-west-1.s3",
                 "Cidrs": ["198.51.100.0/25"]},
                {"PrefixListId": "pl-mine", "PrefixListName": "mine", "MaxEntries": 5},
                {"PrefixListId": "pl-lost", "PrefixListName": "lost", "MaxEntries": 5}]}),
        ),
        (
            "111122223333/eu-west-1/entries-pl-mine.json",
            json!({"Entries": [{"Cidr": "10.50.0.0/16"}]}),
        ),
    ]
}

pub fn load_files() -> Vec<(&'static str, Value)> {
    vec![
        (
            "enis.json",
            json!({"NetworkInterfaces": [
                {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-a",
                 "InterfaceType": "interface", "SourceDestCheck": false,
                 "Groups": [{"GroupId": "sg-1"}], "Attachment": {"InstanceId": "i-1", "DeviceIndex": 0},
                 "PrivateIpAddress": "10.0.1.4", "TagSet": [{"Key": "tier", "Value": "web"}],
                 "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.5", "Primary": false},
                    {"PrivateIpAddress": "10.0.1.4", "Primary": true,
                     "Association": {"PublicIp": "198.51.100.4"}}]},
                {"NetworkInterfaceId": "eni-ep", "SubnetId": "subnet-1", "InterfaceType": "vpc_endpoint",
                 "PrivateIpAddress": "10.0.1.20", "Groups": []},
                {"NetworkInterfaceId": "eni-lb", "SubnetId": "subnet-1",
                 "InterfaceType": "network_load_balancer", "PrivateIpAddress": "10.0.1.30",
                 "Description": "ELB net/pay/0a1b2c3d4e5f6071", "Groups": []}],
              "Addresses": [{"PublicIp": "198.51.100.5", "NetworkInterfaceId": "eni-1",
                 "PrivateIpAddress": "10.0.1.5"}],
              "Reservations": [{"Instances": [
                {"InstanceId": "i-1", "VpcId": "vpc-a", "State": {"Name": "Running"},
                 "Platform": "windows", "Tags": [{"Key": "Name", "Value": "front"}],
                 "NetworkInterfaces": [
                    {"NetworkInterfaceId": "eni-2", "SubnetId": "subnet-2", "PrivateIpAddress": "10.0.2.8",
                     "Attachment": {"DeviceIndex": 1}},
                    {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1",
                     "Attachment": {"DeviceIndex": 0}}]},
                {"InstanceId": "i-2", "State": {"Name": "terminated"}}]}]}),
        ),
        (
            "endpoints.json",
            json!({"VpcEndpoints": [
                {"VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "VpcId": "vpc-a",
                 "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "Available",
                 "RouteTableIds": ["rtb-main"],
                 "PolicyDocument": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}"},
                {"VpcEndpointId": "vpce-0ab", "VpcEndpointType": "Interface", "VpcId": "vpc-a",
                 "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-9", "State": "pendingAcceptance",
                 "NetworkInterfaceIds": ["eni-ep"], "PrivateDnsEnabled": true,
                 "DnsEntries": [{"DnsName": "vpce-0ab-xyz.vpce-svc-9.eu-west-1.vpce.amazonaws.com"},
                    {"DnsName": "pay.example.com"}],
                 "PolicyDocument": "{\"Statement\":[]}"},
                {"VpcEndpointId": "vpce-gw", "VpcEndpointType": "GatewayLoadBalancer", "VpcId": "vpc-a",
                 "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-8"}],
              "ServiceConfigurations": [{"ServiceId": "vpce-svc-9", "AcceptanceRequired": true,
                 "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-9",
                 "NetworkLoadBalancerArns": [NLB], "PrivateDnsName": "pay.example.com",
                 "PrivateDnsNameConfiguration": {"State": "verified"}}],
              "VpcEndpointConnections": [{"ServiceId": "vpce-svc-9", "VpcEndpointId": "vpce-0ab",
                 "VpcEndpointState": "pendingAcceptance"}]}),
        ),
        (
            "permissions-vpce-svc-9.json",
            json!({"AllowedPrincipals": [{"Principal": "*"}]}),
        ),
        (
            "elb.json",
            json!({"LoadBalancers": [{"LoadBalancerArn": NLB, "LoadBalancerName": "pay", "VpcId": "vpc-a",
                 "Type": "network", "Scheme": "internal", "SecurityGroups": ["sg-1"],
                 "DNSName": "pay-0a1b.elb.eu-west-1.amazonaws.com",
                 "AvailabilityZones": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]}],
              "LoadBalancerListeners": [{"LoadBalancerArn": NLB, "Listeners": [
                {"ListenerArn": "l-1", "LoadBalancerArn": NLB, "Port": 443, "Protocol": "TCP",
                 "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP}]}]}],
              "LoadBalancerAttributes": [{"LoadBalancerArn": NLB, "Attributes": [
                {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]}],
              "TargetGroups": [{"TargetGroupArn": GROUP, "TargetGroupName": "pay-tg", "VpcId": "vpc-a",
                 "Protocol": "TCP", "Port": 8443, "TargetType": "instance"}]}),
        ),
        (
            "health/pay-tg.json",
            json!({"TargetHealthDescriptions": [
                {"Target": {"Id": "i-1", "Port": 8444}, "TargetHealth": {"State": "unhealthy"}}]}),
        ),
        (
            "attributes-1111222233334444.json",
            json!({"Attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "0"},
                {"Key": "preserve_client_ip.enabled", "Value": "false"}]}),
        ),
        (
            "resolver.json",
            json!({"ResolverEndpoints": [
                {"Id": "rslvr-in-1", "Direction": "INBOUND", "HostVPCId": "vpc-a", "SecurityGroupIds": ["sg-1"]},
                {"Id": "rslvr-out-1", "Direction": "OUTBOUND", "HostVPCId": "vpc-a", "SecurityGroupIds": ["sg-1"]}],
              "ResolverRules": [
                {"Id": "rslvr-rr-1", "DomainName": "Corp.Example.", "RuleType": "FORWARD",
                 "ResolverEndpointId": "rslvr-out-1", "TargetIps": [{"Ip": "192.168.0.53", "Port": 53}]},
                {"Id": "rslvr-rr-2", "DomainName": "aws.corp.example.", "RuleType": "SYSTEM"},
                {"Id": "rslvr-rr-3", "DelegationRecord": "ns.example.", "RuleType": "DELEGATE", "ResolverEndpointId": "rslvr-out-1"},
                {"Id": "rslvr-autodefined-rr-internet-resolver", "DomainName": ".", "RuleType": "RECURSIVE"}],
              "ResolverRuleAssociations": [
                {"Id": "a1", "ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-a", "Status": "COMPLETE"}],
              "ProfileAssociations": [{"Id": "rpassoc-1", "ProfileId": "rp-1", "ResourceId": "vpc-b", "Status": "COMPLETE"}],
              "ProfileResourceAssociations": [
                {"ProfileId": "rp-1", "ResourceType": "PRIVATE_HOSTED_ZONE", "ResourceArn": "arn:aws:route53:::hostedzone/Z1"},
                {"ProfileId": "rp-1", "ResourceType": "RESOLVER_RULE",
                 "ResourceArn": "arn:aws:route53resolver:eu-west-1:111122223333:resolver-rule/rslvr-rr-1"}]}),
        ),
        (
            "addresses-rslvr-in-1.json",
            json!({"IpAddresses": [{"IpId": "rni-1", "SubnetId": "subnet-1", "Ip": "10.0.1.53"}]}),
        ),
        (
            "addresses-rslvr-out-1.json",
            json!({"IpAddresses": [{"IpId": "rni-2", "SubnetId": "subnet-2", "Ip": "10.0.2.53"}]}),
        ),
        (
            "zones.json",
            json!({"HostedZones": [{"Id": "/hostedzone/Z1", "Name": "Example.com.",
                "Config": {"PrivateZone": true}}]}),
        ),
        (
            "zone-Z1.json",
            json!({"HostedZone": {"Id": "/hostedzone/Z1", "Name": "example.com.",
                "Config": {"PrivateZone": true}}, "VPCs": [{"VPCId": "vpc-a"}]}),
        ),
        (
            "records-Z1.json",
            json!({"ResourceRecordSets": [
                {"Name": "\\052.example.com.", "Type": "A",
                 "AliasTarget": {"DNSName": "vpce-0ab-xyz.vpce-svc-9.eu-west-1.vpce.amazonaws.com."}},
                {"Name": "lb.example.com.", "Type": "A",
                 "AliasTarget": {"DNSName": "dualstack.PAY-0a1b.elb.eu-west-1.amazonaws.com."}},
                {"Name": "www.example.com.", "Type": "CNAME",
                 "ResourceRecords": [{"Value": "lb.example.com."}]},
                {"Name": "w.example.com.", "Type": "A", "SetIdentifier": "1",
                 "ResourceRecords": [{"Value": "10.0.0.1"}]},
                {"Name": "h.example.com.", "Type": "A",
                 "ResourceRecords": [{"Value": "10.0.0.1"}, {"Value": "10.0.0.2"}]}]}),
        ),
    ]
}

pub fn everything() -> Imported {
    let mut files = network_files();
    files.extend(load_files());
    dump(&files)
}
