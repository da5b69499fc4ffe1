//! A zonal shift (`/r53recovery/latest/dg/arc-zonal-shift.html`).

use super::Change;
use super::say::{self, Say};
use crate::model::{Draft, Id, LoadBalancer, Vpc};

/// Ends a zonal shift of a load balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct EndZonalShift {
    /// The load balancer.
    pub balancer: Id<LoadBalancer>,
    /// The zone that traffic is shifted away from, by id.
    pub zone: String,
}

impl Change for EndZonalShift {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(balancer) = draft.load_balancers.get_mut(self.balancer) {
            balancer.zone_shift.retain(|z| *z != self.zone);
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let label = say.label(self.balancer);
        format!("end the zonal shift of {label} away from {}", self.zone)
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let shift = format!("{} {}", say.label(self.balancer), self.zone);
        let id = say::placeholder("zonal shift", &shift);
        let options = [("zonal-shift-id", Some(id))];
        vec![say::command("arc-zonal-shift cancel-zonal-shift", &options)]
    }

    fn terraform(&self, _: Say<'_>) -> String {
        "# a zonal shift is no resource of Terraform\n".to_owned()
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.load_balancers[self.balancer].vpc.id()
    }
}
