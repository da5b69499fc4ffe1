//! An interface endpoint with a group of its own
//! (`/vpc/latest/privatelink/create-interface-endpoint.html`).

use super::say::{self, Say};
use super::terraform::{list, quoted, resource};
use super::{Change, known, made, unused};
use crate::model::{
    DnsType, Draft, EndpointKind, EndpointService, EndpointTarget, GroupRule, Id, Interface,
    IpType, Origin, Peer, Role, SecurityGroup, Service, Subnet, Vpc, VpcEndpoint,
};
use ipnet::{IpNet, Ipv4Net};
use std::net::Ipv4Addr;

/// What an endpoint is to lead to.
#[derive(Clone, Debug, PartialEq)]
pub enum Leads {
    /// To a service of AWS in the VPC's Region, by its short name.
    Aws(String),
    /// To a provider's service.
    Service(Id<EndpointService>),
}

/// Creates an interface endpoint in one subnet.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateInterfaceEndpoint {
    /// In which VPC.
    pub vpc: Id<Vpc>,
    /// To which service.
    pub leads: Leads,
    /// In which subnet.
    pub subnet: Id<Subnet>,
    /// At which address.
    pub ip: Ipv4Addr,
    /// Whom its group lets in.
    pub from: IpNet,
    /// On which ports.
    pub service: Service,
    /// Whether the service's own name leads there.
    pub private_dns: bool,
}

impl Change for CreateInterfaceEndpoint {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let name = unused(network, self.vpc, &self.name(network));
        let full = format!("{}/{name}", network.vpcs[self.vpc].name);
        let (vpc, origin) = (known(network, self.vpc), Origin::Unknown);
        let group = draft.groups.push(SecurityGroup {
            name: name.clone(),
            id: None,
            vpc: vpc.clone(),
            vpcs: Vec::new(),
            ingress: vec![GroupRule {
                service: self.service,
                peer: Peer::Cidr(self.from),
                origin: origin.clone(),
            }],
            egress: everything(),
            origin: origin.clone(),
        });
        let endpoint: Id<VpcEndpoint> = Id::new(draft.endpoints.len());
        let node = format!("{name}@{}", network.subnets[self.subnet].name);
        let interface = draft.interfaces.push(Interface {
            name: node.clone(),
            id: None,
            subnet: known(network, self.subnet),
            ips: vec![self.ip],
            ipv6: Vec::new(),
            prefixes: Vec::new(),
            groups: vec![made(&full, group)],
            public: Vec::new(),
            source_dest_check: true,
            deny_all_igw_traffic: None,
            role: Role::Endpoint(made(&full, endpoint)),
            tags: [].into(),
            origin: origin.clone(),
        });
        let node = format!("{}/{node}", network.vpcs[self.vpc].name);
        let target = match &self.leads {
            Leads::Aws(service) => {
                EndpointTarget::Aws(network.vpcs[self.vpc].region.clone(), service.clone())
            }
            Leads::Service(service) => EndpointTarget::Service(known(network, *service)),
        };
        draft.endpoints.push(VpcEndpoint {
            name,
            id: None,
            vpc,
            target,
            kind: EndpointKind::Interface(vec![made(&node, interface)]),
            ip_type: IpType::Ipv4,
            dns_type: DnsType::Of(IpType::Ipv4),
            private_dns: self.private_dns,
            inbound_only: false,
            state: None,
            dns_names: Vec::new(),
            service_region: None,
            existing: false,
            policy: None,
            origin,
        });
    }

    fn words(&self, say: Say<'_>) -> String {
        let dns = if self.private_dns {
            " with private DNS"
        } else {
            ""
        };
        format!(
            "create an interface endpoint to {} in subnet {}{dns}, with a group that allows {} from {}",
            self.service_name(say),
            say.label(self.subnet),
            say::service(&self.service),
            self.from
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        say::addresses(&self.from).saturating_mul(say::ports(&self.service))
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let name = self.name(say.0);
        let (from, to) = self.service.ports;
        let rule = format!(
            "IpProtocol={},FromPort={from},ToPort={to},IpRanges=[{{CidrIp={}}}]",
            self.service.protocol.map_or("-1".into(), say::protocol),
            self.from
        );
        let vpc = Some(say.id(self.vpc));
        let group = [
            ("group-name", Some(name.clone())),
            ("description", Some(format!("Clients of {name}"))),
            ("vpc-id", vpc.clone()),
        ];
        let made = say::placeholder("security group", &say::just_created(&name));
        let admit = [
            ("group-id", Some(made.clone())),
            ("ip-permissions", Some(rule)),
        ];
        let mut create = vec![
            ("vpc-id", vpc),
            ("vpc-endpoint-type", Some("Interface".to_owned())),
            ("service-name", Some(self.service_name(say))),
            ("subnet-ids", Some(say.id(self.subnet))),
            ("security-group-ids", Some(made)),
        ];
        let switch = match self.private_dns {
            true => "private-dns-enabled",
            false => "no-private-dns-enabled",
        };
        create.push((switch, None));
        if self.is_s3() {
            let only = "PrivateDnsOnlyForInboundResolverEndpoint=false";
            create.push(("dns-options", Some(only.to_owned())));
        }
        vec![
            say::command("ec2 create-security-group", &group),
            say::command("ec2 authorize-security-group-ingress", &admit),
            say::command("ec2 create-vpc-endpoint", &create),
        ]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let name = self.name(say.0);
        let (from, to) = self.service.ports;
        let vpc = quoted(&say.id(self.vpc));
        let label = super::terraform::word(&format!("{} {name}", say.label(self.vpc)));
        let group = format!("aws_security_group.{label}.id");
        let own = [("name", quoted(&name)), ("vpc_id", vpc.clone())];
        let protocol = self.service.protocol.map_or("-1".into(), say::protocol);
        let rule = [
            ("security_group_id", group.clone()),
            ("ip_protocol", quoted(&protocol)),
            ("from_port", from.to_string()),
            ("to_port", to.to_string()),
            ("cidr_ipv4", quoted(&self.from.to_string())),
        ];
        let mut endpoint = vec![
            ("vpc_id", vpc),
            ("vpc_endpoint_type", quoted("Interface")),
            ("service_name", quoted(&self.service_name(say))),
            ("subnet_ids", list([say.id(self.subnet).as_str()])),
            ("security_group_ids", format!("[{group}]")),
            ("private_dns_enabled", self.private_dns.to_string()),
        ];
        if self.is_s3() && self.private_dns {
            let only = "{ private_dns_only_for_inbound_resolver_endpoint = false }";
            endpoint.push(("dns_options", only.to_owned()));
        }
        let endpoint = resource("aws_vpc_endpoint", &label, &endpoint);
        [
            resource("aws_security_group", &label, &own),
            resource("aws_vpc_security_group_ingress_rule", &label, &rule),
            // A block, not an argument.
            endpoint.replace("dns_options         = {", "dns_options {"),
        ]
        .join("\n")
    }

    fn place(&self, _: &Draft) -> Option<Id<Vpc>> {
        Some(self.vpc)
    }
}

impl CreateInterfaceEndpoint {
    /// What it is called.
    fn name(&self, draft: &Draft) -> String {
        match &self.leads {
            Leads::Aws(service) => format!("{}-endpoint", service.replace('.', "-")),
            Leads::Service(service) => format!("{}-endpoint", draft.services[*service].name),
        }
    }

    fn service_name(&self, say: Say<'_>) -> String {
        match &self.leads {
            Leads::Aws(service) => {
                format!("com.amazonaws.{}.{service}", say.0.vpcs[self.vpc].region)
            }
            Leads::Service(service) => {
                let service = &say.0.services[*service];
                let mut names = std::iter::once(&service.name).chain(&service.aliases);
                let own = names.find(|n| n.starts_with("com.amazonaws."));
                own.cloned()
                    .unwrap_or_else(|| say::placeholder("service", &service.name))
            }
        }
    }

    /// S3 alone lets its private names be answered to some only
    /// (`/AmazonS3/latest/userguide/privatelink-interface-endpoints.html`).
    fn is_s3(&self) -> bool {
        self.leads == Leads::Aws("s3".to_owned())
    }
}

/// The lowest address of a subnet that nobody has: AWS keeps the first four and the last
/// (`/vpc/latest/userguide/subnet-sizing.html`).
#[must_use]
pub fn free_address(network: &Draft, subnet: Id<Subnet>) -> Option<Ipv4Addr> {
    let block: Ipv4Net = network.subnets[subnet].cidr?;
    let inside = |i: &&Interface| i.subnet.id() == Some(subnet);
    let interfaces = network.interfaces.iter().map(|(_, i)| i);
    let taken: Vec<&Interface> = interfaces.filter(inside).collect();
    let mut all = block.hosts().skip(3);
    all.find(|ip| !taken.iter().any(|i| i.has(*ip)))
}

/// What a new group lets out (`/vpc/latest/userguide/security-group-rules.html`); endpoints start
/// nothing.
fn everything() -> Vec<GroupRule> {
    let all = [
        IpNet::from(Ipv4Net::default()),
        IpNet::from(ipnet::Ipv6Net::default()),
    ];
    let rule = |net| GroupRule {
        service: Service::ANY,
        peer: Peer::Cidr(net),
        origin: Origin::Unknown,
    };
    all.map(rule).into()
}
