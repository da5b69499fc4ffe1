//! AWS's default quotas; most can be raised on request
//! (`/vpc/latest/userguide/amazon-vpc-limits.html`, `/vpc/latest/privatelink/vpc-limits-endpoints.html`,
//! `/elasticloadbalancing/latest/network/load-balancer-limits.html`).

use super::{Finding, scoped};
use crate::model::{
    Behind, Destination, EndpointKind, EndpointTarget, GroupRule, Id, LoadBalancer, Network, Origin, Peer, PrefixList, Ref,
    RouteKind, Target, TargetGroup, TargetWhat, Vpc,
};
use ipnet::IpNet;

mod others;

/// How many entries AWS's own lists count for
/// (`/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html`).
const WEIGHTS: &[(&str, usize)] = &[
    ("s3", 1),
    ("dynamodb", 1),
    ("s3express", 6),
    ("cloudfront.origin-facing", 55),
    ("route53-healthchecks", 25),
    ("ec2-instance-connect", 2),
    ("vpc-lattice", 10),
    ("groundstation", 5),
];

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Found { network, all: Vec::new() };
    out.groups();
    out.acls();
    out.tables();
    out.vpcs();
    out.balancers();
    out.policies();
    out.names();
    out.joined();
    out.regions();
    out.accounts();
    out.all
}

struct Found<'n> {
    network: &'n Network,
    all: Vec<Finding>,
}

impl Found<'_> {
    fn count(&mut self, vpc: Option<Id<Vpc>>, name: &str, origin: &Origin, have: usize, most: usize, what: &str) {
        if have <= most {
            return;
        }
        let at = scoped(self.network, vpc, name);
        self.all.push(Finding {
            message: format!("`{at}` has {have} {what}, and AWS's default quota is {most}"),
            help: "have the quota raised, or use less: a prefix list counts with its largest size".to_owned(),
            origin: origin.clone(),
            at,
        });
    }

    /// Rules count by family and direction. The two quotas of an interface, groups and rules of each,
    /// may not come to more than 1,000 when they are multiplied, however far they are raised.
    fn groups(&mut self) {
        let network = self.network;
        let mut most: Vec<usize> = Vec::new();
        for (id, group) in network.groups.iter() {
            for (rules, way) in [(&group.ingress, "inbound"), (&group.egress, "outbound")] {
                for v6 in [false, true] {
                    let weight = |r: &GroupRule| rule_weight(network, r, v6);
                    let have: usize = rules.iter().map(weight).sum();
                    match most.get_mut(id.index()) {
                        Some(known) => *known = have.max(*known),
                        None => most.push(have),
                    }
                    let family = if v6 { "IPv6" } else { "IPv4" };
                    let what = format!("{way} {family} rules");
                    self.count(group.vpc.id(), &group.name, &group.origin, have, 60, &what);
                }
            }
        }
        for (id, interface) in network.interfaces.iter() {
            let have = interface.groups.len();
            let vpc = network.vpc_of(id);
            self.count(vpc, &interface.name, &interface.origin, have, 5, "security groups");
            let own = interface.groups.iter().filter_map(Ref::id);
            let rules = own.filter_map(|g| most.get(g.index())).max().copied();
            let have = have * rules.unwrap_or_default();
            let what = "security groups times rules of the largest";
            self.count(vpc, &interface.name, &interface.origin, have, 1000, what);
        }
    }

    fn acls(&mut self) {
        for (_, acl) in self.network.acls.iter() {
            for (rules, way) in [(&acl.ingress, "inbound"), (&acl.egress, "outbound")] {
                let what = format!("{way} rules");
                self.count(acl.vpc.id(), &acl.name, &acl.origin, rules.len(), 20, &what);
            }
        }
    }

    /// Routes written by hand count by family.
    fn tables(&mut self) {
        let network = self.network;
        for (_, table) in network.tables.iter() {
            let (mut v4, mut v6, mut propagated) = (0, 0, 0);
            for route in &table.routes {
                let (weight, six) = match &route.destination {
                    Destination::Cidr(net) => (1, matches!(net, IpNet::V6(_))),
                    Destination::List(list) => (list_weight(network, list), of_v6(network, list)),
                    Destination::AwsList(_, name) => (aws_weight(name), name.starts_with("ipv6.")),
                };
                match route.kind {
                    RouteKind::Static if route.target == Target::Local => {}
                    RouteKind::Static if six => v6 += weight,
                    RouteKind::Static => v4 += weight,
                    _ => propagated += weight,
                }
            }
            let (vpc, name) = (table.vpc.id(), &table.name);
            for (have, what) in [(v4, "IPv4 routes"), (v6, "IPv6 routes")] {
                self.count(vpc, name, &table.origin, have, 500, what);
            }
            self.count(vpc, name, &table.origin, propagated, 100, "propagated routes");
        }
        for (_, list) in network.prefix_lists.iter() {
            let have = list.max_entries;
            self.count(None, &list.name, &list.origin, have, 1000, "entries");
        }
    }

    fn vpcs(&mut self) {
        let network = self.network;
        for (id, vpc) in network.vpcs.iter() {
            let own = || network.endpoints.iter().filter(|(_, e)| e.vpc.id() == Some(id));
            let gateway = |k: &EndpointKind| matches!(k, EndpointKind::Gateway(_));
            let gateways = own().filter(|(_, e)| gateway(&e.kind)).count();
            let resource = |t: &EndpointTarget| matches!(t, EndpointTarget::Unmodelled(Behind::Resource, _));
            let resources = own().filter(|(_, e)| resource(&e.target)).count();
            let interfaces = own().count() - gateways - resources;
            let regional = network.regional_nats.iter().filter(|(_, n)| n.vpc.id() == Some(id));
            let tables = network.tables.iter().filter(|(_, t)| t.vpc.id() == Some(id));
            let acls = network.acls.iter().filter(|(_, a)| a.vpc.id() == Some(id));
            let subnets = network.subnets.iter().filter(|(_, s)| s.vpc.id() == Some(id));
            for (have, most, what) in [
                (vpc.cidrs.len(), 5, "IPv4 blocks"),
                (vpc.ipv6.len(), 5, "IPv6 blocks"),
                (gateways, 255, "gateway endpoints"),
                (interfaces, 50, "interface endpoints"),
                (resources, 200, "resource endpoints"),
                (regional.count(), 5, "regional NAT gateways"),
                (tables.count(), 200, "route tables"),
                (subnets.count(), 200, "subnets"),
                (acls.count(), 200, "network ACLs"),
            ] {
                self.count(None, &vpc.name, &vpc.origin, have, most, what);
            }
        }
    }

    fn balancers(&mut self) {
        let network = self.network;
        for (id, lb) in network.load_balancers.iter() {
            self.targets(lb);
            let (vpc, have) = (lb.vpc.id(), lb.listeners.len());
            self.count(vpc, &lb.name, &lb.origin, have, 50, "listeners");
            let (vpc, have) = (lb.vpc.id(), self.before(id));
            let what = "Network Load Balancers before it";
            self.count(vpc, &lb.name, &lb.origin, have, 2, what);
        }
        for (_, group) in network.target_groups.iter() {
            let (vpc, have) = (group.vpc.id(), group.targets.len());
            self.count(vpc, &group.name, &group.origin, have, 1000, "targets");
        }
    }
}

impl Found<'_> {
    /// How many load balancers forward to one (`/elasticloadbalancing/latest/network/application-load-balancer-target.html`).
    fn before(&self, balancer: Id<LoadBalancer>) -> usize {
        let network = self.network;
        let registers = |group: Id<TargetGroup>| {
            let mut targets = network.target_groups[group].targets.iter();
            targets.any(|t| matches!(&t.what, TargetWhat::LoadBalancer(r) if r.id() == Some(balancer)))
        };
        let forwards = |lb: &LoadBalancer| {
            let mut groups = lb.listeners.iter().flat_map(|l| &l.forward);
            groups.any(|(group, _)| group.id().is_some_and(registers))
        };
        network.load_balancers.iter().filter(|(_, lb)| forwards(lb)).count()
    }
}

fn rule_weight(network: &Network, rule: &GroupRule, v6: bool) -> usize {
    match &rule.peer {
        Peer::Cidr(net) => usize::from(matches!(net, IpNet::V6(_)) == v6),
        // A group stands for addresses of both families.
        Peer::Group(_) => 1,
        Peer::List(list) => {
            if of_v6(network, list) == v6 { list_weight(network, list) } else { 0 }
        }
        Peer::AwsList(_, service) if service.starts_with("ipv6.") == v6 => aws_weight(service),
        Peer::AwsList(..) => 0,
    }
}

/// A list is of one family.
fn of_v6(network: &Network, list: &Ref<PrefixList>) -> bool {
    let known = list.id().map(|l| &network.prefix_lists[l].entries);
    known.is_some_and(|e| e.iter().any(|n| matches!(n, IpNet::V6(_))))
}

fn list_weight(network: &Network, list: &Ref<PrefixList>) -> usize {
    list.id().map_or(1, |l| network.prefix_lists[l].max_entries)
}

fn aws_weight(service: &str) -> usize {
    let service = service.strip_prefix("ipv6.").unwrap_or(service);
    let known = WEIGHTS.iter().find(|(name, _)| *name == service);
    known.map_or(1, |(_, weight)| *weight)
}
