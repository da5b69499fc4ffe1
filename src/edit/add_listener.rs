//! A listener (`/elasticloadbalancing/latest/network/load-balancer-listeners.html`).

use super::say::{self, Say};
use super::terraform::{quoted, resource};
use super::{Change, known};
use crate::model::{Draft, Id, Listener, ListenerProtocol, LoadBalancer, Origin, TargetGroup, Vpc};

/// Adds a listener to a load balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct AddListener {
    /// The load balancer.
    pub balancer: Id<LoadBalancer>,
    /// Protocol.
    pub protocol: ListenerProtocol,
    /// Port.
    pub port: u16,
    /// Where it forwards to.
    pub group: Id<TargetGroup>,
}

impl Change for AddListener {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let forward = vec![(known(network, self.group), 1)];
        if let Some(balancer) = draft.load_balancers.get_mut(self.balancer) {
            balancer.listeners.push(Listener {
                protocol: self.protocol,
                port: self.port,
                forward,
                origin: Origin::Unknown,
            });
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "add a listener for {} {} to {}, forwarding to {}",
            self.protocol.name(),
            self.port,
            say.label(self.balancer),
            say.label(self.group)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        1
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let forward = format!("Type=forward,TargetGroupArn={}", say.id(self.group));
        let options = [
            ("load-balancer-arn", Some(say.id(self.balancer))),
            ("protocol", Some(self.protocol.name().to_owned())),
            ("port", Some(self.port.to_string())),
            ("default-actions", Some(forward)),
        ];
        vec![say::command("elbv2 create-listener", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let values = [
            ("load_balancer_arn", quoted(&say.id(self.balancer))),
            ("port", self.port.to_string()),
            ("protocol", quoted(self.protocol.name())),
        ];
        let name = format!("{} {}", say.label(self.balancer), self.port);
        let out = resource("aws_lb_listener", &name, &values);
        let group = quoted(&say.id(self.group));
        let action = format!(
            "\n  default_action {{\n    type             = \"forward\"\n    target_group_arn = {group}\n  }}\n}}\n"
        );
        out.strip_suffix("}\n").unwrap_or(&out).to_owned() + &action
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.load_balancers[self.balancer].vpc.id()
    }
}
