//! A rule of a security group, taken away
//! (`/vpc/latest/userguide/working-with-security-group-rules.html`).

use super::add_group_rule::permission;
use super::say::{self, Say};
use super::{Change, Way};
use crate::model::{Draft, Id, Peer, SecurityGroup, Service, Vpc};

/// Removes a rule of a security group.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoveGroupRule {
    /// The group.
    pub group: Id<SecurityGroup>,
    /// Which way it looks.
    pub way: Way,
    /// Protocol and ports.
    pub service: Service,
    /// The other side.
    pub peer: Peer,
}

impl RemoveGroupRule {
    /// Its number among the rules of the group, in a network whose names are looked up.
    #[must_use]
    pub fn number(&self, network: &Draft) -> Option<usize> {
        let group = network.groups.at(self.group)?;
        let rules = match self.way {
            Way::In => &group.ingress,
            Way::Out => &group.egress,
        };
        let mut rules = rules.iter();
        rules.position(|r| r.service == self.service && same(&r.peer, &self.peer))
    }
}

impl Change for RemoveGroupRule {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let number = self.number(network);
        let (Some(number), Some(group)) = (number, draft.groups.get_mut(self.group)) else {
            return;
        };
        let rules = self.way.rules(group);
        if number < rules.len() {
            rules.remove(number);
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "remove {} {} {} from the {} rules of {}",
            say::service(&self.service),
            self.way.peer(),
            say.peer(&self.peer),
            self.way.name(),
            say.label(self.group)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let name = match self.way {
            Way::In => "ec2 revoke-security-group-ingress",
            Way::Out => "ec2 revoke-security-group-egress",
        };
        let options = [
            ("group-id", Some(say.id(self.group))),
            (
                "ip-permissions",
                Some(permission(&self.service, &self.peer, say)),
            ),
        ];
        vec![say::command(name, &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        format!(
            "# remove the aws_vpc_security_group_{}_rule {} {} {} of {}\n",
            self.way.name(),
            say::service(&self.service),
            self.way.peer(),
            say.peer(&self.peer),
            say.label(self.group)
        )
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.groups[self.group].vpc.id()
    }
}

/// Whether two mean the same, however they are written.
fn same(a: &Peer, b: &Peer) -> bool {
    match (a, b) {
        (Peer::Group(a), Peer::Group(b)) => a.to == b.to,
        (Peer::List(a), Peer::List(b)) => a.to == b.to,
        (a, b) => a == b,
    }
}
