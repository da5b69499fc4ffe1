//! Rules of security groups and network ACLs.

use super::vpcs::any_block;
use super::{GROUPS, Maker, named};
use reachability::model::{AclRule, GroupRule, Id, Origin, Peer, Service};

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const GRE: u8 = 47;

fn service(protocol: u8, low: u16, high: u16) -> Service {
    Service {
        protocol: Some(protocol),
        ports: (low, high),
        icmp: (None, None),
    }
}

/// One type of ICMP.
fn icmp(kind: u8) -> Service {
    Service {
        icmp: (Some(kind), None),
        ..service(ICMP, 0, u16::MAX)
    }
}

impl Maker<'_> {
    pub(super) fn group_rules(&mut self) {
        for id in (0..self.draft.groups.len()).map(Id::new) {
            let rules = [true, false].map(|ingress| self.rules_of_a_group(id.index(), ingress));
            let group = self.draft.groups.get_mut(id).unwrap();
            [group.ingress, group.egress] = rules;
        }
    }

    fn rules_of_a_group(&mut self, group: usize, ingress: bool) -> Vec<GroupRule> {
        let every = |peer| GroupRule {
            service: Service::ANY,
            peer,
            origin: Origin::Unknown,
        };
        let closed = self.genes.chance(if ingress { 60 } else { 28 });
        if !closed {
            return vec![every(Peer::Cidr(super::block("0.0.0.0/0")))];
        }
        let own = group / GROUPS;
        (0..self.genes.below(4))
            .map(|_| {
                let any = self.genes.below(self.vpcs.len());
                let [near, far] = [own, any].map(|vpc| {
                    let group = self.genes.below(GROUPS);
                    Peer::Group(named(format!("{}/g{group}", self.vpcs[vpc].name)))
                });
                let list = self.genes.below(2);
                let list = self.list_for(own, list);
                let block = any_block(self);
                let peer = self.genes.weigh(&[
                    (50, Peer::Cidr(block)),
                    (22, near),
                    (12, far),
                    (10, Peer::List(named(list))),
                    (6, Peer::AwsList("us-east-1".into(), "s3".into())),
                ]);
                GroupRule {
                    service: self.any_service(),
                    ..every(peer)
                }
            })
            .collect()
    }

    pub(super) fn acl_rules(&mut self) {
        for id in (0..self.draft.acls.len()).map(Id::new) {
            let open = self.draft.acls[id].name == "a0";
            let rules = [(); 2].map(|()| self.rules_of_an_acl(open));
            let acl = self.draft.acls.get_mut(id).unwrap();
            [acl.ingress, acl.egress] = rules;
        }
    }

    fn rules_of_an_acl(&mut self, open: bool) -> Vec<AclRule> {
        let rule = |number, allow, service, peer| AclRule {
            number,
            allow,
            service,
            peer,
            origin: Origin::Unknown,
        };
        let last = rule(32_000, true, Service::ANY, super::block("0.0.0.0/0"));
        if open {
            return vec![last];
        }
        let mut rules: Vec<AclRule> = Vec::new();
        for _ in 0..2 + self.genes.below(4) {
            let what = self.any_service();
            let what = self.genes.weigh(&[
                (40, what),
                (25, service(TCP, 1024, 65535)),
                (12, service(TCP, 32768, 60999)),
                (8, service(TCP, 1024, 32767)),
                (15, service(UDP, 1024, 65535)),
            ]);
            let number = 1 + u32::try_from(self.genes.below(900)).unwrap();
            let allow = !self.genes.chance(28);
            let peer = any_block(self);
            if rules.iter().all(|r| r.number != number) {
                rules.push(rule(number, allow, what, peer));
            }
        }
        if !self.genes.chance(35) {
            // First in the text, last in number: the text's order says nothing.
            rules.insert(0, last);
        }
        rules
    }

    fn any_service(&mut self) -> Service {
        self.genes.weigh(&[
            (50, Service::ANY),
            (18, service(TCP, 443, 443)),
            (10, service(TCP, 0, 65535)),
            (8, service(TCP, 443, 8443)),
            (6, service(UDP, 0, 65535)),
            (4, service(UDP, 53, 53)),
            (1, service(ICMP, 0, 65535)),
            (1, icmp(8)),
            (1, icmp(0)),
            (1, service(GRE, 0, 65535)),
        ])
    }
}
