//! Cross-zone load balancing
//! (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::inside;
use crate::model::{Draft, Id, LoadBalancer, TargetGroup, Vpc};

/// Lets a load balancer use targets of every zone.
#[derive(Clone, Debug, PartialEq)]
pub struct EnableCrossZone {
    /// Where it is off.
    pub of: Crosses,
}

/// Who says whether zones are crossed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crosses {
    /// The load balancer.
    Balancer(Id<LoadBalancer>),
    /// The target group, which has its own say.
    Group(Id<TargetGroup>),
}

impl Change for EnableCrossZone {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        match self.of {
            Crosses::Balancer(id) => {
                if let Some(balancer) = draft.load_balancers.get_mut(id) {
                    balancer.cross_zone = true;
                }
            }
            Crosses::Group(id) => {
                if let Some(group) = draft.target_groups.get_mut(id) {
                    group.cross_zone = Some(true);
                }
            }
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!("enable cross-zone load balancing of {}", self.label(say))
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let on = "Key=load_balancing.cross_zone.enabled,Value=true";
        let on = ("attributes", Some(on.to_owned()));
        vec![match self.of {
            Crosses::Balancer(id) => {
                let options = [("load-balancer-arn", Some(say.id(id))), on];
                say::command("elbv2 modify-load-balancer-attributes", &options)
            }
            Crosses::Group(id) => {
                let options = [("target-group-arn", Some(say.id(id))), on];
                say::command("elbv2 modify-target-group-attributes", &options)
            }
        }]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        match self.of {
            Crosses::Balancer(_) => {
                let on = [("enable_cross_zone_load_balancing", "true".to_owned())];
                inside("aws_lb", &self.label(say), &on)
            }
            Crosses::Group(_) => {
                let on = [("load_balancing_cross_zone_enabled", "\"true\"".to_owned())];
                inside("aws_lb_target_group", &self.label(say), &on)
            }
        }
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        match self.of {
            Crosses::Balancer(id) => draft.load_balancers[id].vpc.id(),
            Crosses::Group(id) => draft.target_groups[id].vpc.id(),
        }
    }
}

impl EnableCrossZone {
    fn label(&self, say: Say<'_>) -> String {
        match self.of {
            Crosses::Balancer(id) => say.label(id),
            Crosses::Group(id) => say.label(id),
        }
    }
}
