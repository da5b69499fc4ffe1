//! Networks in which names are hard: zones, rules and Profiles with domains within one another,
//! private names of endpoints, peerings, sites, and name servers that ask one another.
//!
//! A network is a scenario, so that a disagreement can be read, and kept as a case.

use crate::genes::Genes;
use serde_json::{Map, Value, json};

/// Domains of the user's own, the longer within the shorter.
const DOMAINS: [&str; 5] = [
    "example.com",
    "a.example.com",
    "corp.test",
    "b.corp.test",
    "x.b.corp.test",
];

/// Domains of AWS's, in which names of services and of instances are.
const AWS_DOMAINS: [&str; 7] = [
    "amazonaws.com",
    "us-east-1.amazonaws.com",
    "ssm.us-east-1.amazonaws.com",
    "s3.us-east-1.amazonaws.com",
    "dkr.ecr.us-east-1.amazonaws.com",
    "compute-1.amazonaws.com",
    "ec2.internal",
];

/// Names of services, each with an address of its own.
const SERVICES: [&str; 18] = [
    "ssm.us-east-1.amazonaws.com",
    "x.ssm.us-east-1.amazonaws.com",
    "s3.us-east-1.amazonaws.com",
    "b.s3.us-east-1.amazonaws.com",
    "s3.dualstack.us-east-1.amazonaws.com",
    "b.s3.dualstack.us-east-1.amazonaws.com",
    "b.s3.amazonaws.com",
    "s3-control.us-east-1.amazonaws.com",
    "sqs.us-east-1.amazonaws.com",
    "us-east-1.queue.amazonaws.com",
    "sts.amazonaws.com",
    "sts.us-east-1.amazonaws.com",
    "dynamodb.us-east-1.amazonaws.com",
    "monitoring.us-east-1.api.aws",
    "1.dkr.ecr.us-east-1.amazonaws.com",
    "dkr.ecr.us-east-1.amazonaws.com",
    "p.execute-api.us-east-1.amazonaws.com",
    "ec2.us-east-1.amazonaws.com",
];

/// Names of instances, of endpoints, and of nobody that the input knows.
const OTHERS: [&str; 14] = [
    "ec2-203-0-113-10.compute-1.amazonaws.com",
    "ec2-203-0-113-11.compute-1.amazonaws.com",
    "ip-10-0-1-10.ec2.internal",
    "ip-10-1-1-10.ec2.internal",
    "db.ec2.internal",
    "db.compute-1.internal",
    "vpce-ssm.v0.vpce.amazonaws.com",
    "vpce-ssm-use1-az1.v0.vpce.amazonaws.com",
    "vpce-s3.v0.vpce.amazonaws.com",
    "b.bucket.vpce-s3.v0.vpce.amazonaws.com",
    "www.elsewhere.test",
    "host.test",
    "c1.chain.test",
    "c3.chain.test",
];

/// Name servers that domains are left to, in domains of rules.
const NAME_SERVERS: [&str; 4] = [
    "ns1.a.example.com",
    "ns.corp.test",
    "ns1.b.corp.test",
    "ns.dns.test",
];

/// A scenario, who asks, and for what.
pub struct Case {
    pub scenario: Value,
    pub questions: Vec<(String, String)>,
}

pub fn generate(genes: &mut Genes, questions: usize) -> Case {
    let mut names = Vec::from_iter(
        SERVICES
            .iter()
            .chain(&OTHERS)
            .chain(&NAME_SERVERS)
            .map(|n| (*n).to_owned()),
    );
    for domain in DOMAINS {
        for label in ["", "www.", "a.", "x.a.", "nope.", "y.x."] {
            // What people ask for most.
            let name = format!("{label}{domain}");
            names.extend([name.clone(), name]);
        }
    }
    let mut made = Maker { genes, names };
    let mut vpcs = Map::new();
    let mut endpoints = Vec::new();
    for v in 0..2 {
        let vpc = made.vpc(v, &mut endpoints);
        vpcs.insert(format!("v{v}"), vpc);
    }
    let rules = made.rules();
    let zones = made.zones(&vpcs, &endpoints);
    let mut scenario = json!({
        "name": "names",
        "region": "us-east-1",
        "internet": { "hosts": { "x": { "ip": "198.51.100.7", "records": "host.test" } } },
        "aws": { "addresses": addresses(), "prefix_lists": { "s3": "52.216.0.0/15" } },
        "vpcs": vpcs,
        "peerings": made.peering(),
        "on_premises": { "hq": made.site("192.168"), "lab": made.site("172.20") },
        "virtual_interfaces": {
            "dx0": { "type": "private", "site": "hq", "to": "v0/vgw", "state": made.up() },
            "dx1": { "type": "private", "site": "hq", "to": "v1/vgw", "state": made.up() },
            "dx2": { "type": "private", "site": "lab", "to": "v0/vgw", "state": made.up() },
        },
        "profiles": made.profile(&rules, &zones, &endpoints),
        "public_records": made.public_records(),
        "resolver_rules": rules,
        "hosted_zones": zones,
    });
    if made.genes.chance(10) {
        scenario["assume"] = json!({ "profile-rule-beats-local-zone": "true" });
    }
    let asks = [
        "v0/app", "v0/app", "v0/app", "v1/app", "v1/app", "v1/app", "hq/o", "lab/o", "v0/dns",
    ];
    let questions = (0..questions).map(|_| {
        let from = made.genes.pick(&asks).to_owned();
        (from, made.genes.pick(&made.names))
    });
    let questions = questions.collect();
    Case {
        scenario,
        questions,
    }
}

fn addresses() -> Value {
    let each = SERVICES.iter().enumerate();
    let each = each.map(|(i, n)| ((*n).to_owned(), json!(format!("52.216.0.{}", i + 1))));
    Value::Object(each.collect())
}

struct Maker<'a> {
    genes: &'a mut Genes,
    names: Vec<String>,
}

impl Maker<'_> {
    fn up(&mut self) -> &'static str {
        self.genes.weigh(&[(92, "available"), (8, "down")])
    }

    fn vpc(&mut self, v: usize, endpoints: &mut Vec<String>) -> Value {
        let subnet = |i: usize, zone: usize, table: &str| {
            json!({ "zone": format!("use1-az{zone}"), "cidr": format!("10.{v}.{i}.0/24"),
                "ipv6": format!("2001:db8:{v}:{i}::/64"), "route_table": table, "network_acl": "default" })
        };
        let mut subnets = json!({ "app": subnet(1, 1, "out"), "dns": subnet(2, 1, "dns"), "two": subnet(3, 2, "dns") });
        if self.genes.chance(8) {
            subnets["two"]["network_acl"] = json!("tight");
            subnets["dns"]["network_acl"] = json!(self.genes.pick(&["default", "tight"]));
        }
        let way = json!({ "0.0.0.0/0": "igw", format!("10.{}.0.0/16", 1 - v): "pcx" });
        let out = json!({ "routes": way, "propagate_from": "vgw" });
        let shut = self.genes.chance(8);
        let dns = if shut { json!({}) } else { out.clone() };
        let only = |port: &str| json!([{ "protocol": "tcp", "port": port, "from": "0.0.0.0/0" }]);
        let open = json!({ "ingress": [{ "from": "0.0.0.0/0" }] });
        let mut vpc = json!({
            "cidr": format!("10.{v}.0.0/16"),
            "ipv6": format!("2001:db8:{v}::/56"),
            "dns": { "support": !self.genes.chance(6), "hostnames": !self.genes.chance(12) },
            "dhcp_dns": self.servers_of(v),
            "internet_gateway": "igw",
            "vpn_gateway": "vgw",
            "subnets": subnets,
            "route_tables": { "out": out, "dns": dns },
            "network_acls": { "tight": { "ingress": { "100": { "action": "allow", "protocol": "udp", "port": 53, "from": "0.0.0.0/0" } },
                "egress": { "100": { "action": "allow", "protocol": "udp", "port": 53, "to": "0.0.0.0/0" } } } },
            "security_groups": { "open": open, "shut": { "ingress": only("443") } },
            "instances": {
                "app": { "subnet": "app", "ip": format!("10.{v}.1.10"), "public_ip": format!("203.0.113.1{v}"), "security_groups": "open" },
                "dns": self.name_server(v),
            },
            "endpoints": self.endpoints(v, endpoints),
            "resolver_endpoints": {},
        });
        if v == 1 {
            vpc["subnets"]["app"]["dns64"] = json!(self.genes.chance(30));
            vpc["subnets"]["dns"]["dns64"] = json!(self.genes.chance(15));
            vpc["instances"]["app"]["ipv6"] = json!("2001:db8:1:1::10");
        }
        let inbound = self
            .genes
            .weigh(&[(80, "inbound"), (20, "inbound-delegation")]);
        for (name, direction, last) in [("inbound", inbound, 10), ("outbound", "outbound", 11)] {
            let group = self.genes.weigh(&[(90, "open"), (10, "shut")]);
            vpc["resolver_endpoints"][name] = json!({ "direction": direction, "security_groups": group,
                "subnets": { "dns": format!("10.{v}.2.{last}"), "two": format!("10.{v}.3.{last}") } });
        }
        vpc
    }

    fn endpoints(&mut self, v: usize, all: &mut Vec<String>) -> Value {
        let mut made = Map::new();
        let services = [
            "ssm",
            "s3",
            "ecr.dkr",
            "execute-api",
            "sqs",
            "sts",
            "monitoring",
            "dynamodb",
            "ec2",
        ];
        for (number, service) in services.into_iter().enumerate() {
            if !self.genes.chance(50) {
                continue;
            }
            let private = service != "dynamodb" && self.genes.chance(75);
            let both = self.genes.chance(25);
            let node = |i: usize| {
                let six = format!("2001:db8:{v}:{i}::{}", 70 + number);
                let ip = format!("10.{v}.{i}.{}", 70 + number);
                if both {
                    json!({ "ip": ip, "ipv6": six })
                } else {
                    json!(ip)
                }
            };
            let mut endpoint = json!({ "service": service, "private_dns": private, "existing": true,
                "subnets": { "dns": node(2), "two": node(3) }, "security_groups": "open" });
            if both {
                endpoint["ip_type"] = json!("dualstack");
                endpoint["dns_type"] =
                    json!(self.genes.pick(&["dualstack", "service-defined", "ipv4"]));
            }
            if service == "s3" {
                let whom = self.genes.pick(&["all", "inbound-resolver"]);
                endpoint["private_dns_for"] = json!(whom);
                made.insert(
                    "gw".to_owned(),
                    json!({ "type": "gateway", "service": "s3", "route_tables": "out" }),
                );
            }
            let name = service.replace('.', "-");
            all.push(format!("v{v}/{name}"));
            made.insert(name, endpoint);
        }
        Value::Object(made)
    }

    /// Servers that a VPC's hosts are told of.
    fn servers_of(&mut self, v: usize) -> Value {
        match self.genes.below(10) {
            0..=6 => json!("amazon"),
            7 if self.genes.chance(30) => json!("none"),
            _ => self.servers(v),
        }
    }

    /// Servers near a VPC: resolvers, inbound endpoints, servers of hosts and sites, and such as do
    /// not serve.
    fn servers(&mut self, v: usize) -> Value {
        let far = 1 - v;
        let all = [
            format!("10.{v}.2.53"),
            format!("10.{v}.0.2"),
            format!("10.{v}.2.10"),
            format!("10.{far}.2.10"),
            "192.168.5.53".to_owned(),
            "172.20.5.53".to_owned(),
            format!("10.{far}.2.53"),
            "169.254.169.253".to_owned(),
            format!("10.{far}.0.2"),
            format!("10.{v}.2.99"),
            "198.51.100.53".to_owned(),
            format!("10.{v}.2.11"),
            format!("10.{v}.1.10"),
            "192.168.5.99".to_owned(),
        ];
        let many = self.genes.weigh(&[(60, 1), (30, 2), (10, 3)]);
        let weights = Vec::from_iter(
            all.iter()
                .enumerate()
                .map(|(i, s)| (if i < 7 { 10 } else { 3 }, s.clone())),
        );
        let mut picked = Vec::new();
        for _ in 0..many {
            let one = self.genes.weigh(&weights);
            if !picked.contains(&one) {
                picked.push(one);
            }
        }
        json!(picked)
    }

    fn name_server(&mut self, v: usize) -> Value {
        let group = self.genes.weigh(&[(90, "open"), (10, "shut")]);
        let state = self.genes.weigh(&[(92, "running"), (8, "stopped")]);
        let mut host = json!({ "subnet": "dns", "ip": format!("10.{v}.2.53"), "security_groups": group, "state": state });
        if self.genes.chance(90) {
            host["name_server"] = json!({ "recursive": self.genes.chance(50), "forward": self.forwards(v), "records": self.records_of_server(v) });
        }
        host
    }

    fn forwards(&mut self, v: usize) -> Value {
        let mut all = Map::new();
        for domain in [
            ".",
            "amazonaws.com",
            "us-east-1.amazonaws.com",
            "example.com",
            "a.example.com",
            "corp.test",
        ] {
            if self.genes.chance(if domain == "." { 45 } else { 20 }) {
                all.insert(domain.to_owned(), self.servers(v));
            }
        }
        Value::Object(all)
    }

    /// What a name server or the public DNS knows: name, type, values.
    fn own_records(&mut self) -> Value {
        let mut all = Map::new();
        for _ in 0..self.genes.below(6) {
            let domain = self.genes.pick(&DOMAINS);
            let label = self.genes.pick(&["www.", "a.", "x.a.", "", "*."]);
            let value = self.value(false);
            all.insert(format!("{label}{domain}"), value);
        }
        Value::Object(all)
    }

    /// What a name server knows, and now and then whom it leaves a domain to.
    fn records_of_server(&mut self, v: usize) -> Value {
        let mut all = self.own_records();
        if self.genes.chance(35) {
            let domain = self.genes.pick(&DOMAINS);
            let label = self.genes.pick(&["", "", "a."]);
            let servers = self.left_to();
            for server in &servers {
                if self.genes.chance(70) {
                    all[server] = json!({ "a": self.servers(v)[0] });
                }
            }
            all[format!("{label}{domain}")] = json!({ "ns": servers });
        }
        all
    }

    /// Name servers, one or two of them.
    fn left_to(&mut self) -> Vec<&'static str> {
        let first = self.genes.pick(&NAME_SERVERS);
        let second = self.genes.pick(&NAME_SERVERS);
        let both = second != first && self.genes.chance(20);
        Vec::from_iter([first].into_iter().chain(both.then_some(second)))
    }

    /// Types and values of a name.
    fn value(&mut self, apex: bool) -> Value {
        let ip = self
            .genes
            .pick(&["10.0.1.10", "10.1.1.10", "192.168.5.80", "198.51.100.7"]);
        match self.genes.below(10) {
            0..=5 => json!({ "a": ip }),
            6 => json!({ "aaaa": "2001:db8:0:1::10" }),
            7 => json!({ "a": [ip, "10.0.2.53"], "aaaa": "2001:db8:0:1::10" }),
            _ if apex => json!({ "a": ip }),
            _ => json!({ "cname": self.genes.pick(&self.names) }),
        }
    }

    fn site(&mut self, net: &str) -> Value {
        let mut site = json!({
            "cidrs": format!("{net}.0.0/16"),
            "hosts": { "o": format!("{net}.5.5"), "dns": format!("{net}.5.53") },
            "forward": self.forwards(0),
            "records": self.records_of_server(0),
        });
        if self.genes.chance(60) {
            site["public_ip"] = json!(if net == "192.168" {
                "203.0.113.200"
            } else {
                "203.0.113.201"
            });
        }
        let own = format!("{net}.5.53");
        site["resolver"] = match self.genes.below(10) {
            0..=6 => json!(own),
            7 => json!("isp"),
            8 => json!([own, "10.0.2.10"]),
            _ => json!(["10.0.3.10", "10.1.2.10", own]),
        };
        if site["resolver"] == "isp" {
            site["public_ip"] = json!(if net == "192.168" {
                "203.0.113.200"
            } else {
                "203.0.113.201"
            });
        }
        site
    }

    fn peering(&mut self) -> Value {
        let state = self.genes.weigh(&[(90, "active"), (10, "deleted")]);
        json!({ "pcx": { "between": ["v0", "v1"], "state": state,
            "remote_dns": { "v0": self.genes.chance(60), "v1": self.genes.chance(60) } } })
    }

    fn vpcs(&mut self) -> Value {
        self.genes.weigh(&[
            (35, json!(["v0"])),
            (20, json!(["v1"])),
            (30, json!(["v0", "v1"])),
            (15, json!([])),
        ])
    }

    /// Rules, each of a domain of its own.
    fn rules(&mut self) -> Value {
        let mut all = Map::new();
        let domains = DOMAINS.iter().chain(&AWS_DOMAINS).chain(&[".", "com"]);
        for (number, domain) in domains.enumerate() {
            if !self.genes.chance(if *domain == "." { 20 } else { 16 }) {
                continue;
            }
            let vpcs = self.vpcs();
            let rule = if self.genes.chance(30) {
                json!({ "domain": domain, "type": "system", "vpcs": vpcs })
            } else {
                let v = self.genes.below(2);
                json!({ "domain": domain, "vpcs": vpcs, "to": self.servers(v), "through": format!("v{v}/outbound") })
            };
            all.insert(format!("r{number}"), rule);
        }
        for (number, domain) in DOMAINS.iter().chain(&["dns.test"]).enumerate() {
            if self.genes.chance(45) {
                let through = format!("v{}/outbound", self.genes.below(2));
                let rule = json!({ "domain": domain, "type": "delegate", "vpcs": self.vpcs(), "through": through });
                all.insert(format!("d{number}"), rule);
            }
        }
        Value::Object(all)
    }

    /// Private zones, each of a domain of its own, and public ones.
    fn zones(&mut self, vpcs: &Map<String, Value>, endpoints: &[String]) -> Value {
        let private = |name: &str| {
            let mut all = vpcs.values().map(|v| &v["endpoints"][name]);
            all.any(|e| e["private_dns"] == true)
        };
        let mut all = Map::new();
        for (number, domain) in DOMAINS.iter().chain(&AWS_DOMAINS).enumerate() {
            let share = if number < DOMAINS.len() { 40 } else { 10 };
            if self.genes.chance(share) {
                let mut zone = json!({ "domain": domain, "vpcs": self.vpcs(), "records": self.records(domain, endpoints) });
                let held = [("ssm.", "ssm"), ("s3.", "s3"), ("dkr.", "ecr-dkr")];
                if held
                    .iter()
                    .any(|(d, e)| domain.starts_with(d) && private(e))
                {
                    // A Profile may bring it; the VPC has that name already.
                    zone["vpcs"] = json!([]);
                }
                all.insert(format!("z{number}"), zone);
            }
            if number < DOMAINS.len() && self.genes.chance(15) {
                let zone = json!({ "domain": domain, "private": false, "records": self.records(domain, endpoints) });
                all.insert(format!("p{number}"), zone);
            }
        }
        if self.genes.chance(50) {
            let v = self.genes.below(2);
            let server = json!({ "name": "ns.dns.test", "type": "a", "value": self.servers(v)[0] });
            let zone = json!({ "domain": "dns.test", "vpcs": self.vpcs(), "records": [server] });
            all.insert("zdns".to_owned(), zone);
        }
        if self.genes.chance(30) {
            let link = |i: usize| json!({ "name": format!("c{i}.chain.test"), "type": "cname", "value": format!("c{}.chain.test", i + 1) });
            let last = json!({ "name": "c10.chain.test", "type": "a", "value": "10.0.1.10" });
            let records = Vec::from_iter((1..10).map(link).chain([last]));
            all.insert(
                "chain".to_owned(),
                json!({ "domain": "chain.test", "vpcs": ["v0", "v1"], "records": records }),
            );
        }
        Value::Object(all)
    }

    fn records(&mut self, domain: &str, endpoints: &[String]) -> Value {
        let mut all = Vec::new();
        for label in ["", "www.", "a.", "x.a.", "*.", "*.a.", "1.", "b.", "x."] {
            if !self.genes.chance(35) {
                continue;
            }
            let name = format!("{label}{domain}");
            if self.genes.chance(15) {
                let leads = endpoints.iter().chain(&self.names);
                let leads = Vec::from_iter(leads.cloned());
                let first = self.genes.chance(60) && !endpoints.is_empty();
                let many = if first { endpoints.len() } else { leads.len() };
                let to = &leads[self.genes.below(many)];
                all.push(json!({ "name": name, "type": "alias", "value": to }));
                continue;
            }
            let Value::Object(types) = self.value(label.is_empty()) else {
                continue;
            };
            all.extend(
                types
                    .into_iter()
                    .map(|(kind, value)| json!({ "name": name, "type": kind, "value": value })),
            );
        }
        if self.genes.chance(40) {
            let label = self.genes.pick(&["a.", "www.", "x.a.", "x.", ""]);
            let name = format!("{label}{domain}");
            all.retain(|r| r["name"] != name);
            let own = DOMAINS.contains(&domain);
            for label in ["", "h.", "h.h."].iter().filter(|_| own) {
                // Who leaves names to others asks for them.
                let below = format!("{label}{name}");
                self.names.extend(vec![below; 3]);
            }
            let servers = self.left_to();
            for server in servers.iter().filter(|s| s.ends_with(domain)) {
                if self.genes.chance(75) {
                    let v = self.genes.below(2);
                    all.push(json!({ "name": server, "type": "a", "value": self.servers(v)[0] }));
                }
            }
            all.push(json!({ "name": name, "type": "ns", "value": servers }));
        }
        json!(all)
    }

    fn public_records(&mut self) -> Value {
        self.own_records()
    }

    /// A Profile with some of what there is.
    fn profile(&mut self, rules: &Value, zones: &Value, endpoints: &[String]) -> Value {
        if !self.genes.chance(50) {
            return json!({});
        }
        let keys = |of: &Value| {
            Vec::from_iter(of.as_object().into_iter().flatten().map(|(k, _)| k.clone()))
        };
        let mut some =
            |of: Vec<String>| Vec::from_iter(of.into_iter().filter(|_| self.genes.chance(35)));
        let rules = some(keys(rules));
        let mut zones = some(keys(zones));
        zones.retain(|z| z.starts_with('z'));
        let mut endpoints = some(endpoints.to_vec());
        endpoints.dedup_by_key(|e| e.get(3..).map(str::to_owned));
        json!({ "p": { "vpcs": self.genes.pick(&[json!(["v1"]), json!(["v0"]), json!(["v0", "v1"])]),
            "rules": rules, "zones": zones, "endpoints": endpoints } })
    }
}
