//! An instance is terminated, and its addresses are lost
//! (`/AWSEC2/latest/UserGuide/how-ec2-instance-termination-works.html`).

use super::Change;
use super::say::{self, Say};
use crate::model::{Draft, Id, Instance, Ref, Vpc};

/// Terminates an instance. In a draft it keeps its place and its name, as every id does: nobody has
/// its addresses any more, and another may have them.
#[derive(Clone, Debug, PartialEq)]
pub struct TerminateInstance {
    /// The instance.
    pub instance: Id<Instance>,
}

impl Change for TerminateInstance {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        if let Some(instance) = draft.instances.get_mut(self.instance) {
            instance.running = false;
        }
        let own = network.instances[self.instance].interfaces.iter();
        for id in own.filter_map(Ref::id) {
            if let Some(interface) = draft.interfaces.get_mut(id) {
                interface.ips.clear();
                interface.ipv6.clear();
                interface.prefixes.clear();
                interface.public.clear();
            }
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!("terminate instance {}", say.label(self.instance))
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [("instance-ids", Some(say.id(self.instance)))];
        vec![say::command("ec2 terminate-instances", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        format!("# remove the aws_instance {}\n", say.label(self.instance))
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.instances[self.instance].vpc.id()
    }
}
