//! A stopped instance is started
//! (`/AWSEC2/latest/UserGuide/Stop_Start.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::{quoted, resource};
use crate::model::{Draft, Id, Instance, Vpc};

/// Starts an instance.
#[derive(Clone, Debug, PartialEq)]
pub struct StartInstance {
    /// The instance.
    pub instance: Id<Instance>,
}

impl Change for StartInstance {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(instance) = draft.instances.get_mut(self.instance) {
            instance.running = true;
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!("start instance {}", say.label(self.instance))
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [("instance-ids", Some(say.id(self.instance)))];
        vec![say::command("ec2 start-instances", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let values = [
            ("instance_id", quoted(&say.id(self.instance))),
            ("state", quoted("running")),
        ];
        let name = say.label(self.instance);
        resource("aws_ec2_instance_state", &name, &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.instances[self.instance].vpc.id()
    }
}
