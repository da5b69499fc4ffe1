//! vpc-forwarding#119, whose other half only an import can show: a load balancer that lists no groups.

use reachability::answer::{self, Ask, Verdict};
use reachability::import::{Source, import};
use reachability::{aws, model};
use serde_json::{Value, json};

const NLB: &str =
    "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/shop/0a1b2c3d4e5f6071";
const GROUP: &str =
    "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/web/1111222233334444";

/// A client, a load balancer and a target in one subnet.
fn export(balancer_groups: Option<Value>) -> Value {
    let host = |id: &str, ip: &str, group: &str| {
        json!({"NetworkInterfaceId": format!("eni-{id}"), "SubnetId": "subnet-1", "VpcId": "vpc-1",
            "InterfaceType": "interface", "Groups": [{"GroupId": group}],
            "Attachment": {"InstanceId": format!("i-{id}"), "DeviceIndex": 0}, "PrivateIpAddress": ip,
            "PrivateIpAddresses": [{"PrivateIpAddress": ip, "Primary": true}]})
    };
    let instance = |id: &str| {
        json!({"InstanceId": format!("i-{id}"), "VpcId": "vpc-1", "State": {"Name": "running"},
            "NetworkInterfaces": [{"NetworkInterfaceId": format!("eni-{id}"), "SubnetId": "subnet-1",
                "Attachment": {"DeviceIndex": 0}}]})
    };
    let everything = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let open = |id: &str, ingress: &Value| json!({"GroupId": id, "VpcId": "vpc-1", "IpPermissions": ingress, "IpPermissionsEgress": everything});
    let rule = |number: u32, egress: bool, action: &str| {
        json!({"RuleNumber": number, "Egress": egress, "Protocol": "-1", "RuleAction": action,
            "CidrBlock": "0.0.0.0/0"})
    };
    let node_groups: Vec<Value> = balancer_groups
        .iter()
        .flat_map(|g| g.as_array().into_iter().flatten())
        .map(|id| json!({"GroupId": id}))
        .collect();
    let mut balancer = json!({"LoadBalancerArn": NLB, "LoadBalancerName": "shop", "VpcId": "vpc-1",
        "Type": "network", "Scheme": "internal", "DNSName": "shop-0a1b.elb.us-east-1.amazonaws.com",
        "AvailabilityZones": [{"SubnetId": "subnet-1"}]});
    if let Some(groups) = balancer_groups {
        balancer["SecurityGroups"] = groups;
    }
    json!({
        "Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111111111111", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24",
            "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1"}],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}],
            "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]}],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-1"}],
            "Entries": [rule(100, false, "allow"), rule(100, true, "allow"), rule(32767, false, "deny"),
                rule(32767, true, "deny")]}],
        "SecurityGroups": [open("sg-open", &everything), open("sg-shut", &json!([]))],
        "NetworkInterfaces": [
            host("client", "10.0.1.10", "sg-open"), host("target", "10.0.1.20", "sg-open"),
            {"NetworkInterfaceId": "eni-node", "SubnetId": "subnet-1", "VpcId": "vpc-1",
             "InterfaceType": "network_load_balancer", "PrivateIpAddress": "10.0.1.30",
             "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.30", "Primary": true}],
             "Description": "ELB net/shop/0a1b2c3d4e5f6071", "Groups": node_groups}],
        "Reservations": [{"Instances": [instance("client"), instance("target")]}],
        "LoadBalancers": [balancer],
        "Listeners": [{"ListenerArn": "l-1", "LoadBalancerArn": NLB, "Port": 443, "Protocol": "TCP",
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP}]}],
        "TargetGroups": [{"TargetGroupArn": GROUP, "TargetGroupName": "web", "VpcId": "vpc-1",
            "Protocol": "TCP", "Port": 8443, "TargetType": "instance"}],
    })
}

/// Whether it warns of lost groups, and what becomes of the client's connection.
fn seen(balancer_groups: Option<Value>) -> (bool, Verdict, Option<&'static str>) {
    let health = json!({"TargetHealthDescriptions": [
        {"Target": {"Id": "i-target"}, "TargetHealth": {"State": "healthy"}}]});
    let source = |path: &str, value: &Value| Source {
        path: path.to_owned(),
        text: value.to_string(),
    };
    let read = import(&[
        source("export.json", &export(balancer_groups)),
        source("health-web.json", &health),
    ]);
    let mut found = read.diagnostics.iter();
    let warned = found.any(|d| d.code == "load-balancer-lost-its-groups");
    let network = model::build(read.draft).network.unwrap();
    let compiled = aws::compile(&network);
    let ask = Ask::new(
        answer::source(&network, "i-client").unwrap(),
        "tcp://10.0.1.30:443",
    );
    let answer = answer::answer(&network, &compiled, &ask).unwrap();
    let code = answer.obstacles.first().map(|o| o.code.name());
    (warned, answer.verdict, code)
}

#[test]
fn a_balancer_that_lists_no_groups_is_warned_about_and_filters_nothing() {
    assert_eq!(seen(Some(json!([]))), (true, Verdict::Private, None));
    assert_eq!(seen(None), (false, Verdict::Private, None));
    let refused = Some("SG_HAS_NO_RULES");
    let shut = (false, Verdict::Unreachable, refused);
    assert_eq!(seen(Some(json!(["sg-shut"]))), shut);
}
