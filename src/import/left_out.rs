//! What the files hold and the draft does not.

use super::dump::{Dump, Page};
use crate::diagnostic::Diagnostic;

pub(super) const NOT_YET: &str = "not modelled yet";

/// Listings that are not read: key, name, reason, whether it could change a verdict.
const LISTINGS: &[(&str, &str, &str, bool)] = &[
    (
        "CustomerGateways",
        "customer gateways",
        "nothing in them decides a path",
        false,
    ),
    (
        "directConnectGateways",
        "Direct Connect gateways",
        "what they join is in their associations and attachments",
        false,
    ),
    (
        "connections",
        "Direct Connect connections",
        "their virtual interfaces are read",
        false,
    ),
    (
        "lags",
        "link aggregation groups",
        "their virtual interfaces are read",
        false,
    ),
    (
        "virtualGateways",
        "gateways of virtual interfaces",
        "`describe-vpn-gateways` says more",
        false,
    ),
    ("CarrierGateways", "carrier gateways", NOT_YET, true),
    ("LocalGateways", "local gateways", NOT_YET, true),
    (
        "DBInstances",
        "RDS instances",
        "their interfaces are read, the instances are not",
        false,
    ),
    (
        "DomainStatusList",
        "search domains",
        "their interfaces are read, the domains are not",
        false,
    ),
    (
        "ServiceDetails",
        "endpoint service details",
        "nothing in them decides a path",
        false,
    ),
    (
        "SecurityGroupRules",
        "security group rules",
        "the groups' own permissions are read",
        false,
    ),
    (
        "Rules",
        "load balancer rules",
        "only default actions are read",
        true,
    ),
    ("Firewalls", "network firewalls", NOT_YET, true),
];

/// Reports the listings that are not read.
pub(super) fn listings(dump: &Dump<'_>) {
    for (key, what, why, matters) in LISTINGS {
        for page in dump.pages(key) {
            let count = match page.list.value.list() {
                Some(rows) => rows
                    .iter()
                    .filter(|r| {
                        let state = r.get("State").and_then(|s| s.text());
                        !state.is_some_and(|s| s.eq_ignore_ascii_case("deleted"))
                    })
                    .count(),
                None => 1,
            };
            dump.context.leave(what, why, count, *matters);
        }
    }
}

/// Reports the listings that nothing here knows, once all topics have read theirs, and those whose
/// end is missing.
pub(super) fn rest(dump: &Dump<'_>) {
    for (key, count) in dump.unread() {
        let why = "no listing that this program knows";
        dump.context.leave(&format!("`{key}`"), why, count, true);
    }
    dump.cut_off().into_iter().for_each(cut_off);
}

/// Reports a listing whose end is missing.
pub(super) fn cut_off(page: &Page<'_>) {
    let message = "this listing goes on: it ends with a token, and the next page is not here";
    page.root.context.say(
        Diagnostic::warning("listing-cut-off", "", &page.list.origin(), message)
            .help("save every page, or ask without `--max-items` and `--no-paginate`"),
    );
}
