//! On-premises networks: listings name what a connection leads to, and not what is there.

use crate::model::{Draft, Gap, Origin, Ref, Site, SiteResolver, Unseen, Why};
use ipnet::IpNet;
use std::collections::HashMap;

/// Why something about a virtual private gateway or a Direct Connect gateway is not known, by the
/// name of the gateway or of the connection.
pub(super) type Open = HashMap<String, Why>;

/// What lies at the far end of a connection, called as the near end is. Its blocks are given where
/// it advertises them to AWS's public addresses: those are its own.
pub(super) fn site(name: &str, cidrs: &[IpNet], origin: &Origin, draft: &mut Draft) -> Ref<Site> {
    if !draft.sites.iter().any(|(_, s)| s.name == name) {
        let unseen = draft.unseen.push(Unseen::new(
            "on-premises network behind",
            name,
            Why::Untold("it lies outside AWS, and no listing says what is there".to_owned()),
            origin,
        ));
        let id = draft.sites.push(Site {
            name: name.to_owned(),
            cidrs: cidrs.to_vec(),
            hosts: Vec::new(),
            public_ip: None,
            resolver: SiteResolver::None,
            routes: Vec::new(),
            rules: None,
            origin: origin.clone(),
        });
        draft.gaps.insert(Gap::Site(id), unseen);
    }
    Ref::named(name, origin)
}
