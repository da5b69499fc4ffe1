//! A target (`/elasticloadbalancing/latest/network/target-group-register-targets.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::{quoted, resource};
use crate::model::{Draft, Id, Origin, RegisteredTarget, TargetGroup, TargetWhat, Vpc};

/// Registers a target in a target group.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterTarget {
    /// The target group.
    pub group: Id<TargetGroup>,
    /// What it is.
    pub what: TargetWhat,
    /// Its port, where it is not the group's.
    pub port: Option<u16>,
}

impl Change for RegisterTarget {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(group) = draft.target_groups.get_mut(self.group) {
            group.targets.push(RegisteredTarget {
                what: self.what.clone(),
                port: self.port,
                zone: None,
                health: None,
                origin: Origin::Unknown,
            });
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let what = match &self.what {
            TargetWhat::Instance(r) => r.text.to_string(),
            TargetWhat::Ip(ip) => ip.to_string(),
            TargetWhat::LoadBalancer(r) => r.text.to_string(),
        };
        format!("register {what} in target group {}", say.label(self.group))
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        1
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let mut target = format!("Id={}", self.id(say));
        if let Some(port) = self.port {
            target.push_str(&format!(",Port={port}"));
        }
        let options = [
            ("target-group-arn", Some(say.id(self.group))),
            ("targets", Some(target)),
        ];
        vec![say::command("elbv2 register-targets", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let id = self.id(say);
        let mut values = vec![
            ("target_group_arn", quoted(&say.id(self.group))),
            ("target_id", quoted(&id)),
        ];
        if let Some(port) = self.port {
            values.push(("port", port.to_string()));
        }
        let name = format!("{} {id}", say.label(self.group));
        resource("aws_lb_target_group_attachment", &name, &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.target_groups[self.group].vpc.id()
    }
}

impl RegisterTarget {
    fn id(&self, say: Say<'_>) -> String {
        match &self.what {
            TargetWhat::Instance(r) => say.known(r),
            TargetWhat::Ip(ip) => ip.to_string(),
            TargetWhat::LoadBalancer(r) => say.known(r),
        }
    }
}
