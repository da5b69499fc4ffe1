//! A new instance (`/AWSEC2/latest/APIReference/API_RunInstances.html`).

use super::say::{self, Say};
use super::set_groups::{admitted, names};
use super::terraform::{list, quoted, resource};
use super::{Change, known, made};
use crate::model::{
    Draft, Forwards, Id, Instance, Interface, Origin, Os, Role, SecurityGroup, Subnet, Vpc,
};
use std::net::Ipv4Addr;

/// Launches a Linux instance with one interface.
#[derive(Clone, Debug, PartialEq)]
pub struct LaunchInstance {
    /// What it is called: its VPC has no other of that name.
    pub name: String,
    /// In which subnet.
    pub subnet: Id<Subnet>,
    /// At which address.
    pub ip: Ipv4Addr,
    /// Its groups.
    pub groups: Vec<Id<SecurityGroup>>,
}

impl Change for LaunchInstance {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let Some(vpc) = network.subnets[self.subnet].vpc.id() else {
            return;
        };
        let full = format!("{}/{}", network.vpcs[vpc].name, self.name);
        let instance: Id<Instance> = Id::new(draft.instances.len());
        let groups = self.groups.iter();
        let interface = draft.interfaces.push(Interface {
            name: self.name.clone(),
            id: None,
            subnet: known(network, self.subnet),
            ips: vec![self.ip],
            ipv6: Vec::new(),
            prefixes: Vec::new(),
            groups: groups.map(|group| known(network, *group)).collect(),
            public: Vec::new(),
            source_dest_check: true,
            deny_all_igw_traffic: None,
            role: Role::Instance(made(&full, instance)),
            tags: [].into(),
            origin: Origin::Unknown,
        });
        draft.instances.push(Instance {
            name: self.name.clone(),
            id: None,
            vpc: known(network, vpc),
            interfaces: vec![made(&full, interface)],
            running: true,
            os: Os::Linux,
            forwards: Some(Forwards::No),
            runs: Vec::new(),
            origin: Origin::Unknown,
        });
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "launch instance {} at {} in subnet {} with the security groups {}",
            self.name,
            self.ip,
            say.label(self.subnet),
            names(&self.groups, say)
        )
    }

    fn opens(&self, say: Say<'_>) -> u128 {
        admitted(&self.groups, say)
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [
            ("image-id", Some(say::placeholder("image", &self.name))),
            ("subnet-id", Some(say.id(self.subnet))),
            ("private-ip-address", Some(self.ip.to_string())),
        ];
        let mut command = vec![say::command("ec2 run-instances", &options)];
        if !self.groups.is_empty() {
            command.push("--security-group-ids".to_owned());
        }
        command.extend(self.groups.iter().map(|group| say::shell(&say.id(*group))));
        vec![command.join(" ")]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let ids: Vec<String> = self.groups.iter().map(|group| say.id(*group)).collect();
        let placeholder = |kind| quoted(&say::placeholder(kind, &self.name));
        let values = [
            ("ami", placeholder("image")),
            ("instance_type", placeholder("instance type")),
            ("subnet_id", quoted(&say.id(self.subnet))),
            ("private_ip", quoted(&self.ip.to_string())),
            (
                "vpc_security_group_ids",
                list(ids.iter().map(String::as_str)),
            ),
        ];
        resource("aws_instance", &self.name, &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.subnets[self.subnet].vpc.id()
    }
}
