//! Encryption controls that are enforced do not admit what may carry clear text, but for kinds that are
//! excluded; monitored ones cannot be enforced while it is there
//! (`/vpc/latest/userguide/vpc-encryption-controls.html`).

use super::{Finding, scoped};
use crate::model::{
    Behind, EncryptionControls, EndpointTarget, Excludable, Id, ListenerProtocol, LoadBalancerKind,
    Network, Origin, Peering, Role, Vpc,
};

/// Something that may carry clear text: its name, where it was written, what it is, and the kind that
/// an exclusion would name.
type Carrier<'n> = (String, &'n Origin, &'static str, Option<Excludable>);

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (id, vpc) in network.vpcs.iter() {
        let Some(controls) = &vpc.encryption else {
            continue;
        };
        let mut all = gateways(network, id);
        all.extend(peerings(network, id));
        all.extend(others(network, id));
        let admitted = |c: &Carrier<'_>| c.3.is_some_and(|kind| controls.excluded.contains(&kind));
        all.retain(|carrier| !admitted(carrier));
        out.extend(all.into_iter().map(|c| finding(controls, vpc, c)));
    }
    out
}

fn finding(controls: &EncryptionControls, vpc: &Vpc, carrier: Carrier<'_>) -> Finding {
    let (at, origin, what, kind) = carrier;
    let then = match controls.enforced {
        true => "are enforced and do not admit it",
        false => "cannot be enforced while it is there",
    };
    Finding {
        message: format!(
            "`{at}` is {what}, which may carry clear text: the encryption controls of `{}` {then}",
            vpc.name
        ),
        help: match kind {
            Some(kind) => format!("exclude `{}` from the controls, or do without it", kind.word()),
            None => "do without it: it cannot be excluded".to_owned(),
        },
        origin: origin.clone(),
        at,
    }
}

fn gateways(network: &Network, vpc: Id<Vpc>) -> Vec<Carrier<'_>> {
    let mut out: Vec<Carrier<'_>> = Vec::new();
    let mut add = |name: &str, origin, what, kind| {
        out.push((scoped(network, Some(vpc), name), origin, what, Some(kind)));
    };
    for (_, g) in network.internet_gateways.iter() {
        if g.vpc.id() == Some(vpc) {
            let kind = Excludable::InternetGateway;
            add(&g.name, &g.origin, "an internet gateway", kind);
        }
    }
    for (_, g) in network.egress_only_gateways.iter() {
        if g.vpc.id() == Some(vpc) {
            let kind = Excludable::EgressOnlyInternetGateway;
            add(&g.name, &g.origin, "an egress-only internet gateway", kind);
        }
    }
    for (_, g) in network.nat_gateways.iter() {
        let subnet = g.subnet.id().map(|s| &network.subnets[s]);
        if subnet.is_some_and(|s| s.vpc.id() == Some(vpc)) {
            add(&g.name, &g.origin, "a NAT gateway", Excludable::NatGateway);
        }
    }
    for (_, g) in network.regional_nats.iter() {
        if g.vpc.id() == Some(vpc) {
            add(&g.name, &g.origin, "a NAT gateway", Excludable::NatGateway);
        }
    }
    for (_, g) in network.vpn_gateways.iter() {
        if g.vpc.id() == Some(vpc) {
            let kind = Excludable::VirtualPrivateGateway;
            add(&g.name, &g.origin, "a virtual private gateway", kind);
        }
    }
    out
}

/// Peering of two VPCs that enforce is encrypted within a Region only.
fn peerings(network: &Network, vpc: Id<Vpc>) -> Vec<Carrier<'_>> {
    let of = |peering: &Peering| {
        let [a, b] = peering.between.each_ref().map(|end| end.id());
        let other = match (a?, b?) {
            (a, b) if a == vpc => b,
            (a, b) if b == vpc => a,
            _ => return None,
        };
        let (own, other) = (&network.vpcs[vpc], &network.vpcs[other]);
        let enforced = other.encryption.as_ref().is_some_and(|c| c.enforced);
        if !enforced {
            let what = "a peering with a VPC that does not enforce encryption";
            return Some((what, Some(Excludable::VpcPeering)));
        }
        (own.region != other.region).then_some(("a peering with another Region", None))
    };
    let active = network.peerings.iter().filter(|(_, p)| p.active);
    active
        .filter_map(|(_, p)| of(p).map(|(what, kind)| (p.name.clone(), &p.origin, what, kind)))
        .collect()
}

/// What cannot be excluded, and interfaces of services.
fn others(network: &Network, vpc: Id<Vpc>) -> Vec<Carrier<'_>> {
    let mut out: Vec<Carrier<'_>> = Vec::new();
    let at = |name: &str| scoped(network, Some(vpc), name);
    for (_, endpoint) in network.endpoints.iter() {
        let inspects = matches!(
            endpoint.target,
            EndpointTarget::Unmodelled(Behind::Appliances, _)
        );
        if inspects && endpoint.vpc.id() == Some(vpc) {
            let what = "a Gateway Load Balancer endpoint";
            out.push((at(&endpoint.name), &endpoint.origin, what, None));
        }
    }
    for (_, lb) in network.load_balancers.iter() {
        if lb.vpc.id() != Some(vpc) {
            continue;
        }
        let tls = |l: &crate::model::Listener| l.protocol == ListenerProtocol::Tls;
        let what = match lb.kind {
            LoadBalancerKind::Gateway => "a Gateway Load Balancer",
            LoadBalancerKind::Network if lb.listeners.iter().any(tls) => {
                "a Network Load Balancer that ends TLS"
            }
            LoadBalancerKind::Network | LoadBalancerKind::Application => continue,
        };
        out.push((at(&lb.name), &lb.origin, what, None));
    }
    for (_, subnet) in network.subnets.iter() {
        // Zones of a Region are `use1-az1`, Local Zones `use1-bos1-az1`.
        let local = subnet.zone.split('-').count() == 3;
        if local && subnet.vpc.id() == Some(vpc) {
            out.push((at(&subnet.name), &subnet.origin, "a subnet of a Local Zone", None));
        }
    }
    for (id, interface) in network.interfaces.iter() {
        let Role::Other(kind) = &interface.role else {
            continue;
        };
        let (what, kind) = match kind.as_str() {
            "efs" => ("a mount target of Elastic File System", Excludable::ElasticFileSystem),
            _ => continue,
        };
        if network.vpc_of(id) == Some(vpc) {
            out.push((at(&interface.name), &interface.origin, what, Some(kind)));
        }
    }
    out
}
