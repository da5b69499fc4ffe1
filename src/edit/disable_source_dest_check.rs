//! The source/destination check of an interface that passes on what is not its own
//! (`/vpc/latest/userguide/work-with-nat-instances.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::inside;
use crate::model::{Draft, Id, Interface, Vpc};

/// Switches the source/destination check off.
#[derive(Clone, Debug, PartialEq)]
pub struct DisableSourceDestCheck {
    /// The interface.
    pub interface: Id<Interface>,
}

impl Change for DisableSourceDestCheck {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(interface) = draft.interfaces.get_mut(self.interface) {
            interface.source_dest_check = false;
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let label = say.label(self.interface);
        format!("disable the source/destination check of {label}")
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        1
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [
            ("network-interface-id", Some(say.id(self.interface))),
            ("no-source-dest-check", None),
        ];
        let name = "ec2 modify-network-interface-attribute";
        vec![say::command(name, &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let off = [("source_dest_check", "false".to_owned())];
        inside(
            "aws_network_interface or aws_instance",
            &say.label(self.interface),
            &off,
        )
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.subnets[draft.interfaces[self.interface].subnet.id()?]
            .vpc
            .id()
    }
}
