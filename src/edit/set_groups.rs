//! The groups of an interface: the new ones take the place of those that it has
//! (`/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html`).

use super::say::{self, Say};
use super::terraform::{inside, list};
use super::{Change, known};
use crate::model::{Draft, Id, Interface, Noun, Peer, SecurityGroup, Vpc};

/// Moves an interface to other groups.
#[derive(Clone, Debug, PartialEq)]
pub struct SetGroups {
    /// The interface.
    pub interface: Id<Interface>,
    /// All its groups from now on.
    pub groups: Vec<Id<SecurityGroup>>,
}

impl Change for SetGroups {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        if let Some(interface) = draft.interfaces.get_mut(self.interface) {
            let groups = self.groups.iter();
            interface.groups = groups.map(|group| known(network, *group)).collect();
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "give {} the security groups {}",
            say.label(self.interface),
            names(&self.groups, say)
        )
    }

    fn opens(&self, say: Say<'_>) -> u128 {
        admitted(&self.groups, say)
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let name = "ec2 modify-network-interface-attribute";
        let interface = [("network-interface-id", Some(say.id(self.interface)))];
        let groups = [say::command(name, &interface), "--groups".to_owned()];
        let ids = self.groups.iter().map(|group| say::shell(&say.id(*group)));
        vec![groups.into_iter().chain(ids).collect::<Vec<_>>().join(" ")]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let ids: Vec<String> = self.groups.iter().map(|group| say.id(*group)).collect();
        let values = [("security_groups", list(ids.iter().map(String::as_str)))];
        inside("aws_network_interface", &say.id(self.interface), &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.interfaces[self.interface].vpc(draft)
    }
}

/// Groups, for people.
pub(super) fn names(groups: &[Id<SecurityGroup>], say: Say<'_>) -> String {
    let names: Vec<String> = groups.iter().map(|group| say.label(*group)).collect();
    names.join(", ")
}

/// What groups let in by addresses, whether or not others did before.
pub(super) fn admitted(groups: &[Id<SecurityGroup>], say: Say<'_>) -> u128 {
    let rules = groups
        .iter()
        .flat_map(|group| &say.0.groups[*group].ingress);
    let blocks = rules.filter_map(|rule| match &rule.peer {
        Peer::Cidr(net) => Some(say::addresses(net).saturating_mul(say::ports(&rule.service))),
        Peer::Group(_) | Peer::List(_) | Peer::AwsList(..) => None,
    });
    blocks.fold(0, u128::saturating_add)
}
