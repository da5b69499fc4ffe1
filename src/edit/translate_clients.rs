//! Client IP preservation of a target group
//! (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::{inside, quoted};
use crate::model::{Draft, Id, TargetGroup, Vpc};

/// Switches client IP preservation off: targets see the load balancer's address.
#[derive(Clone, Debug, PartialEq)]
pub struct TranslateClients {
    /// The target group.
    pub group: Id<TargetGroup>,
}

impl Change for TranslateClients {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(group) = draft.target_groups.get_mut(self.group) {
            group.preserve_client_ip = Some(false);
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "disable client IP preservation of {}",
            say.label(self.group)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let off = "Key=preserve_client_ip.enabled,Value=false".to_owned();
        let options = [
            ("target-group-arn", Some(say.id(self.group))),
            ("attributes", Some(off)),
        ];
        vec![say::command(
            "elbv2 modify-target-group-attributes",
            &options,
        )]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let off = [("preserve_client_ip", quoted("false"))];
        inside("aws_lb_target_group", &say.label(self.group), &off)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.target_groups[self.group].vpc.id()
    }
}
