//! What a scenario says of sites and of zones that are down.

use super::report::Report;
use crate::diagnostic::{Diagnostic, near};
use crate::model::Draft;

pub(super) fn check(draft: &Draft, report: &mut Report) {
    hosts(draft, report);
    site_routes(draft, report);
    zones(draft, report);
}

/// A host of a site has an address of it: nothing would lead to any other.
fn hosts(draft: &Draft, report: &mut Report) {
    for (_, site) in draft.sites.iter() {
        for (name, ip) in &site.hosts {
            if !site.cidrs.iter().any(|c| c.contains(ip)) {
                let own = format!("{}/{name}", site.name);
                let message = format!("`{ip}` of host `{own}` is in none of its site's `cidrs`");
                report.error("host-outside-site", &own, &site.origin, message);
            }
        }
    }
}

/// A site routes over its own connections, and to the internet only where it has a provider.
fn site_routes(draft: &Draft, report: &mut Report) {
    for (id, site) in draft.sites.iter() {
        for route in &site.routes {
            let fault = match &route.via {
                None if site.public_ip.is_none() => {
                    format!("site `{}` has no `public_ip` to leave by", site.name)
                }
                Some(r)
                    if r.id()
                        .is_some_and(|c| draft.connections[c].site.id() != Some(id)) =>
                {
                    format!("connection `{}` is not of site `{}`", r.text, site.name)
                }
                None | Some(_) => continue,
            };
            report.error("site-route-leads-nowhere", &site.name, &route.origin, fault);
        }
    }
}

/// A zone that is down is a zone of the network: a slip of the pen would leave everything up.
fn zones(draft: &Draft, report: &mut Report) {
    let known = || draft.subnets.iter().map(|(_, s)| s.zone.as_str());
    for (zone, origin) in &draft.down_zones {
        if known().any(|z| z == zone) {
            continue;
        }
        let message = format!("no subnet is in zone `{zone}`");
        let mut found = Diagnostic::error("unknown-name", "down", origin, message);
        if let Some(name) = near(zone, known()) {
            found = found.help(format!("did you mean `{name}`?"));
        }
        report.push(found);
    }
}
