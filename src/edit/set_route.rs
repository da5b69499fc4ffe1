//! A route (`/vpc/latest/userguide/VPC_Route_Tables.html`).

use super::Change;
use super::add_group_rule::managed;
use super::say::{self, Say};
use super::terraform::{quoted, resource};
use crate::model::{
    BgpPath, Destination, Draft, Id, Origin, Route, RouteKind, RouteTable, Target, Vpc,
};
use ipnet::IpNet;

/// Adds a route, or gives the one that is there another target.
#[derive(Clone, Debug, PartialEq)]
pub struct SetRoute {
    /// The table.
    pub table: Id<RouteTable>,
    /// What it is for.
    pub destination: Destination,
    /// Where it leads.
    pub target: Target,
    /// The table has a route for exactly that.
    pub replaces: bool,
}

impl Change for SetRoute {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        let Some(table) = draft.tables.get_mut(self.table) else {
            return;
        };
        let route = Route {
            destination: self.destination.clone(),
            target: self.target.clone(),
            kind: RouteKind::Static,
            bgp: BgpPath::default(),
            active: true,
            origin: Origin::Unknown,
        };
        let same = |r: &&mut Route| {
            r.kind == RouteKind::Static && same_destination(&r.destination, &self.destination)
        };
        match table.routes.iter_mut().find(same).filter(|_| self.replaces) {
            Some(old) => *old = route,
            None => table.routes.push(route),
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let verb = if self.replaces { "point" } else { "route" };
        format!(
            "{verb} {} to {} in {}",
            destination_words(&self.destination),
            target(&self.target, say).2,
            say.label(self.table)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let (key, value) = destination_option(&self.destination, say);
        let (option, id, _) = target(&self.target, say);
        let option = option.replace('_', "-");
        let options = [
            ("route-table-id", Some(say.id(self.table))),
            (key, Some(value)),
            (option.as_str(), Some(id)),
        ];
        let name = match self.replaces {
            true => "ec2 replace-route",
            false => "ec2 create-route",
        };
        vec![say::command(name, &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let (key, value) = destination_option(&self.destination, say);
        let key = key.replace('-', "_");
        let (option, id, _) = target(&self.target, say);
        let option = match option {
            "egress_only_internet_gateway_id" => "egress_only_gateway_id",
            other => other,
        };
        let values = [
            ("route_table_id", quoted(&say.id(self.table))),
            (key.as_str(), quoted(&value)),
            (option, quoted(&id)),
        ];
        let name = format!(
            "{} to {}",
            say.label(self.table),
            destination_words(&self.destination)
        );
        let out = resource("aws_route", &name, &values);
        match self.replaces {
            true => format!("# instead of the route that is there\n{out}"),
            false => out,
        }
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.tables[self.table].vpc.id()
    }
}

/// The option that takes what a route is for, and its value.
pub(super) fn destination_option(
    destination: &Destination,
    say: Say<'_>,
) -> (&'static str, String) {
    match destination {
        Destination::Cidr(net @ IpNet::V4(_)) => ("destination-cidr-block", net.to_string()),
        Destination::Cidr(net) => ("destination-ipv6-cidr-block", net.to_string()),
        Destination::List(list) => ("destination-prefix-list-id", say.known(list)),
        Destination::AwsList(region, service) => {
            ("destination-prefix-list-id", managed(region, service))
        }
    }
}

/// Whether two routes are for the same.
pub(super) fn same_destination(one: &Destination, other: &Destination) -> bool {
    match (one, other) {
        (Destination::Cidr(a), Destination::Cidr(b)) => a.trunc() == b.trunc(),
        (Destination::List(a), Destination::List(b)) => a.to == b.to || a.text == b.text,
        (a, b) => a == b,
    }
}

/// What a route is for, for people.
pub(super) fn destination_words(destination: &Destination) -> String {
    match destination {
        Destination::Cidr(net) => net.to_string(),
        Destination::List(list) => format!("prefix list {}", list.text),
        Destination::AwsList(region, service) => {
            format!("the prefix list of {service} in {region}")
        }
    }
}

/// The option that takes it, its id, and its words.
fn target(target: &Target, say: Say<'_>) -> (&'static str, String, String) {
    let said = |option, id: String, words: &str| (option, id, words.to_owned());
    match target {
        Target::Local => said("gateway_id", "local".into(), "local"),
        Target::Internet(r) => said("gateway_id", say.known(r), &r.text),
        Target::Vpn(r) => said("gateway_id", say.known(r), &r.text),
        Target::EgressOnly(r) => said("egress_only_internet_gateway_id", say.known(r), &r.text),
        Target::Nat(r) => said("nat_gateway_id", say.known(r), &r.text),
        Target::RegionalNat(r) => said("nat_gateway_id", say.known(r), &r.text),
        Target::Peering(r) => said("vpc_peering_connection_id", say.known(r), &r.text),
        Target::Transit(r) => said("transit_gateway_id", say.known(r), &r.text),
        Target::Endpoint(r) => said("vpc_endpoint_id", say.known(r), &r.text),
        Target::Interface(r) => said("network_interface_id", say.known(r), &r.text),
        Target::Unseen(id) => {
            let name = &say.0.unseen[*id].name;
            said("gateway_id", name.clone(), name)
        }
    }
}
