//! An entry of a network ACL (`/vpc/latest/userguide/nacl-rules.html`).

use super::say::{self, Say};
use super::terraform::{quoted, resource};
use super::{Change, Way};
use crate::model::{AclRule, Draft, Id, NetworkAcl, Origin, Service, Vpc};
use ipnet::IpNet;

/// Adds an entry that allows, before the one that denies.
#[derive(Clone, Debug, PartialEq)]
pub struct AddAclEntry {
    /// The ACL.
    pub acl: Id<NetworkAcl>,
    /// Which way it looks.
    pub way: Way,
    /// A number that is free.
    pub number: u32,
    /// Protocol and ports.
    pub service: Service,
    /// The other side.
    pub peer: IpNet,
}

impl Change for AddAclEntry {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        let Some(acl) = draft.acls.get_mut(self.acl) else {
            return;
        };
        let rules = match self.way {
            Way::In => &mut acl.ingress,
            Way::Out => &mut acl.egress,
        };
        let at = rules.iter().position(|r| r.number > self.number);
        let rule = AclRule {
            number: self.number,
            allow: true,
            service: self.service,
            peer: self.peer,
            origin: Origin::Unknown,
        };
        rules.insert(at.unwrap_or(rules.len()), rule);
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "allow {} {} {} as {} entry {} of {}",
            say::service(&self.service),
            self.way.peer(),
            self.peer,
            self.way.name(),
            self.number,
            say.label(self.acl)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        say::addresses(&self.peer).saturating_mul(say::ports(&self.service))
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let mut options = vec![
            ("network-acl-id", Some(say.id(self.acl))),
            (self.way.name(), None),
            ("rule-number", Some(self.number.to_string())),
            ("protocol", Some(self.protocol())),
        ];
        if say::has_ports(&self.service) {
            let (from, to) = self.service.ports;
            options.push(("port-range", Some(format!("From={from},To={to}"))));
        }
        if let Some((kind, code)) = self.icmp() {
            options.push(("icmp-type-code", Some(format!("Type={kind},Code={code}"))));
        }
        let block = match self.peer {
            IpNet::V4(_) => "cidr-block",
            IpNet::V6(_) => "ipv6-cidr-block",
        };
        options.push((block, Some(self.peer.to_string())));
        options.push(("rule-action", Some("allow".to_owned())));
        vec![say::command("ec2 create-network-acl-entry", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let mut values = vec![
            ("network_acl_id", quoted(&say.id(self.acl))),
            ("egress", (self.way == Way::Out).to_string()),
            ("rule_number", self.number.to_string()),
            ("rule_action", quoted("allow")),
            ("protocol", quoted(&self.protocol())),
        ];
        if say::has_ports(&self.service) {
            values.push(("from_port", self.service.ports.0.to_string()));
            values.push(("to_port", self.service.ports.1.to_string()));
        }
        if let Some((kind, code)) = self.icmp() {
            values.push(("icmp_type", kind.to_string()));
            values.push(("icmp_code", code.to_string()));
        }
        let block = match self.peer {
            IpNet::V4(_) => "cidr_block",
            IpNet::V6(_) => "ipv6_cidr_block",
        };
        values.push((block, quoted(&self.peer.to_string())));
        let (way, number) = (self.way.name(), self.number);
        let name = format!("{} {way} {number}", say.label(self.acl));
        resource("aws_network_acl_rule", &name, &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.acls[self.acl].vpc.id()
    }
}

impl AddAclEntry {
    fn protocol(&self) -> String {
        self.service.protocol.map_or("-1".into(), |p| p.to_string())
    }

    fn icmp(&self) -> Option<(i32, i32)> {
        let all = |n: Option<u8>| n.map_or(-1, i32::from);
        let icmp = matches!(self.service.protocol, Some(1 | 58));
        icmp.then(|| (all(self.service.icmp.0), all(self.service.icmp.1)))
    }
}
