//! `describe-*` JSON to [`Draft`].
//!
//! A file may have any name: what it holds is told by its top-level keys. Folders
//! `<account>/<region>/` in the path say whose it is. What is not in the files is not known: the
//! listings and what each leaves open are in [`Listing`]. An answer about one thing (the routes of
//! one table) that does not name it is told by its id in the file's name.
//!
//! What a scenario can say, and which listing says it (commands of `aws ec2` but where another is
//! named):
//!
//! | key | listing | |
//! |---|---|---|
//! | `region`, `account`, `accounts.zones` | folders, `OwnerId`, `describe-availability-zones`, zone ids of subnets | read |
//! | `accounts.organization` | `organizations` | left out: no verdict of a listing hangs on it, policies that ask for it stay unknown |
//! | `block_public_access` | `describe-vpc-block-public-access-options`, `-exclusions`, `BlockPublicAccessStates` of subnets | read |
//! | `aws.prefix_lists` | `describe-prefix-lists`, `describe-managed-prefix-lists`, `get-managed-prefix-list-entries` | read |
//! | `aws.addresses`, `internet`, `public_records` | none: public DNS | assumed, and said |
//! | `prefix_lists` | `describe-managed-prefix-lists`, `get-managed-prefix-list-entries` | read |
//! | `vpcs`: `cidr`, `ipv6`, `dns`, `dhcp_dns` | `describe-vpcs`, `describe-vpc-attribute`, `describe-dhcp-options` | read |
//! | `vpcs`: `encryption_controls` | `describe-vpc-encryption-controls`, or `describe-vpcs` | read; where neither tells of any there are none |
//! | `internet_gateway`, `egress_only_gateway`, `vpn_gateway` | `describe-internet-gateways`, `describe-egress-only-internet-gateways`, `describe-vpn-gateways` | read |
//! | `subnets`, `route_tables`, `propagated` | `describe-subnets`, `describe-route-tables` | read; how a route was propagated is told by the connections of its gateway where they are of one kind |
//! | `security_groups`, `network_acls` | `describe-security-groups`, `describe-network-acls` | read |
//! | `security_groups.vpcs` | `describe-security-group-vpc-associations` | read |
//! | `interfaces`, `instances` | `describe-network-interfaces`, `describe-instances`, `describe-addresses` | read; `forwards` and `runs` are in no listing: unknown where a route leads through an instance |
//! | `nat_gateways` | `describe-nat-gateways` | read, zonal and regional |
//! | `endpoints` | `describe-vpc-endpoints` | read; Gateway Load Balancer and resource endpoints by name; service network endpoints are unknown |
//! | `load_balancers`, `listeners`, `idle_timeout` | `aws elbv2 describe-load-balancers`, `-load-balancer-attributes`, `-listeners`, `-listener-attributes` | read; a Gateway Load Balancer's interfaces are unknown |
//! | `zone_shift` | `aws arc-zonal-shift list-zonal-shifts` | left out: it ends by itself |
//! | `target_groups` | `aws elbv2 describe-target-groups`, `-target-group-attributes`, `-target-health` | read |
//! | `client_vpns` | `describe-client-vpn-endpoints`, `-target-networks`, `-routes`, `-authorization-rules` | read; IPv6, and endpoints of transit gateways, left out: not modelled yet; rules for a group are unknown |
//! | `resolver_endpoints`, `resolver_rules` | `aws route53resolver list-resolver-*` | read |
//! | `profiles` | `aws route53profiles list-profile-associations`, `list-profile-resource-associations` | read |
//! | `hosted_zones` | `aws route53 list-hosted-zones`, `get-hosted-zone`, `list-resource-record-sets` | read; records with a routing policy are unknown |
//! | `peerings` | `describe-vpc-peering-connections` | read |
//! | `transit_gateways` | `describe-transit-gateways`, `-attachments`, `-vpc-attachments`, `-peering-attachments`, `-route-tables`, `search-transit-gateway-routes`, `get-transit-gateway-route-table-propagations`, `get-transit-gateway-prefix-list-references` | read; a peering where both gateways are listed; what is behind another, or a Connect attachment, is unknown |
//! | `vpn_connections` | `describe-vpn-connections` | read: state of the tunnels, static routes; what BGP teaches is unknown |
//! | `virtual_interfaces` | `aws directconnect describe-virtual-interfaces`, `describe-direct-connect-gateway-associations`, `-attachments` | read: a Direct Connect gateway is one connection to each gateway it is associated with |
//! | `on_premises` | none: `describe-customer-gateways` names the near end | one site to each connection's far end, unknown but for what a public virtual interface advertises |
//! | `endpoint_services` | `describe-vpc-endpoint-service-configurations`, `-permissions`, `describe-vpc-endpoint-connections` | read |
//! | `policies` of endpoints | `describe-vpc-endpoints` | read |
//! | `buckets`, `tables`, `principals` and theirs | S3, DynamoDB, IAM | left out: named by questions, and assumed to allow |
//! | `down`, `assume`, `expect`, `properties`, `cases` | none | a scenario's own, which stands over an import by `network` |

mod balancers;
mod bulk;
mod client_vpn;
mod direct_connect;
mod dump;
mod encryption;
mod endpoints;
mod filters;
mod gaps;
mod gateways;
mod interfaces;
mod json;
mod left_out;
mod listed;
mod node;
mod place;
mod pointer;
mod policy;
mod public_access;
mod resolver;
mod routes;
mod row;
mod sites;
mod targets;
mod transit;
mod transit_peers;
mod transit_routes;
mod vpcs;
mod vpn;
mod zones;

pub use bulk::{Bulk, NotPlain, begins_plainly};

use crate::diagnostic::Diagnostic;
use crate::model::{Draft, Files, Listing, World};
use dump::Dump;
use node::Context;
use serde::{Deserialize, Serialize};

/// A file to import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its relative path, as given.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// A file, as it is given.
#[derive(Clone, Copy)]
pub enum Given<'t> {
    /// Its text.
    Text(&'t Source),
    /// A long list of interfaces, to be read row by row.
    Rows(&'t Bulk),
}

/// What the files say.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The nouns, naming each other by AWS ids; an open world.
    pub draft: Draft,
    /// The files that origins point into.
    pub files: Files,
    /// What is wrong or suspicious.
    pub diagnostics: Vec<Diagnostic>,
    /// What the files hold and the draft does not.
    pub left_out: Vec<LeftOut>,
}

/// Something that was in the files and is not in the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What it is, e.g. `transit gateways`.
    pub what: String,
    /// Why it was left out.
    pub why: String,
    /// How many there are.
    pub count: usize,
    /// Whether it could change a verdict.
    pub matters: bool,
}

/// Reads the answers of `aws ... describe-*`, in any number of files.
#[must_use]
pub fn import(sources: &[Source]) -> Imported {
    import_beside(sources, Files::default())
}

/// The same, of texts that join others.
#[must_use]
pub fn import_beside(sources: &[Source], files: Files) -> Imported {
    let given = sources.iter().map(Given::Text);
    // Nothing is read row by row.
    import_given(given, files.clone()).unwrap_or_else(|NotPlain| Imported {
        draft: Draft::default(),
        files,
        diagnostics: Vec::new(),
        left_out: Vec::new(),
    })
}

/// The same, where long lists of interfaces need not be held.
///
/// # Errors
/// A file that was to be read row by row is not one plain list, or cannot be read: it must be given
/// as text.
pub fn import_given<'t>(
    given: impl IntoIterator<Item = Given<'t>>,
    mut files: Files,
) -> Result<Imported, NotPlain> {
    let context = Context::default();
    let documents = dump::parse(given, &mut files, &context);
    let mut listed = listed::read(&documents)?;
    let mut draft = Draft {
        world: World::Open,
        ..Draft::default()
    };
    let dump = Dump::new(&documents, &context);
    draft.region = place::default_region(&dump);
    draft.unlisted = Listing::ALL
        .iter()
        .copied()
        .filter(|l| !dump.lists(*l))
        .collect();
    left_out::listings(&dump);
    vpcs::read(&dump, &mut draft, &mut listed);
    gateways::read(&dump, &mut draft);
    let open = vpn::read(&dump, &mut draft);
    routes::read(&dump, &mut draft);
    transit::read(&dump, &mut draft, &open);
    transit::nameless(&dump);
    filters::read(&dump, &mut draft);
    interfaces::read(&dump, &mut draft, listed);
    client_vpn::read(&dump, &mut draft);
    endpoints::read(&dump, &mut draft);
    balancers::read(&dump, &mut draft);
    targets::read(&dump, &mut draft);
    let zones = zones::read(&dump, &mut draft);
    resolver::read(&dump, &mut draft, &zones);
    gaps::note(&dump, &mut draft);
    left_out::rest(&dump);
    drop(dump);
    let (diagnostics, left_out) = context.finish();
    Ok(Imported {
        draft,
        files,
        diagnostics,
        left_out,
    })
}
