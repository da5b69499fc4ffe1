//! The names AWS gives to instances: `ip-10-0-1-10.ec2.internal` and `ec2-203-0-113-10.…`
//! (`/vpc/latest/userguide/vpc-dns.html`).

use super::query::{Query, View};
use super::{DnsAnswer, DnsOutcome, owns};
use crate::aws::bits;
use crate::code::Code;
use crate::model::{Gap, Id, Interface, Listing, Network, Origin, Vpc};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;
use std::borrow::Cow;
use std::net::Ipv4Addr;

/// The domains that a VPC's resolver answers for without being told: private names, public names
/// (`/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-autodefined-rules.html`).
pub(super) fn autodefined(region: &str) -> SmallVec<[Cow<'static, str>; 3]> {
    const FIRST: [&str; 3] = [
        "ec2.internal",
        "compute-1.internal",
        "compute-1.amazonaws.com",
    ];
    if region == "us-east-1" {
        return FIRST.map(Cow::from).into();
    }
    smallvec![
        format!("{region}.compute.internal").into(),
        format!("{region}.compute.amazonaws.com").into(),
    ]
}

/// The reverse zone of private addresses that a name is in, which the resolver answers for too: it
/// has the names of instances, and no addresses.
pub(super) fn reverse(name: &str) -> Option<Cow<'static, str>> {
    let own = |domain: &str| owns(domain, name);
    let wide = ["10.in-addr.arpa", "168.192.in-addr.arpa"];
    let found = wide.into_iter().find(|d| own(d)).map(Cow::from);
    found.or_else(|| {
        let mut all = (16..=31).map(|n| format!("{n}.172.in-addr.arpa"));
        all.find(|d| own(d)).map(Cow::from)
    })
}

/// The address in the first label of an instance's name.
fn address(name: &str, prefix: &str) -> Option<Ipv4Addr> {
    let label = name.split('.').next()?.strip_prefix(prefix)?;
    let parts: Option<Vec<u8>> = label.split('-').map(|p| p.parse().ok()).collect();
    let bytes: [u8; 4] = parts?.try_into().ok()?;
    Some(Ipv4Addr::from(bytes))
}

/// The address in an instance's public name, wherever it is.
pub(super) fn public_address(name: &str) -> Option<Ipv4Addr> {
    let (_, domain) = name.split_once('.')?;
    let compute = domain == "compute-1.amazonaws.com" || domain.ends_with(".compute.amazonaws.com");
    address(name, "ec2-").filter(|_| compute)
}

impl Query<'_> {
    /// What an instance's name means for a VPC, or for the rest of the world. Whether a private name
    /// exists for an address that no instance has is not documented.
    pub(super) fn instance(&mut self, viewer: Option<Id<Vpc>>, name: &str) -> DnsOutcome {
        let network = self.network;
        if let Some(public) = public_address(name) {
            return self.public_instance(viewer, public, name);
        }
        let nobody = || DnsOutcome::NxDomain("the names of instances".to_owned());
        let Some(vpc) = viewer else { return nobody() };
        let Some(own) = address(name, "ip-") else {
            return if name.starts_with("i-") {
                DnsOutcome::Unknown(format!(
                    "{name}: whether an instance has a resource name is a setting that is not described"
                ))
            } else {
                nobody()
            };
        };
        match network.holder_in(Some(vpc), own.into()) {
            Some(id) => answer(own, &network.interfaces[id].origin, None),
            None => {
                let lack = self.lack(Gap::Listing(vpc, Listing::NetworkInterfaces));
                DnsOutcome::Unknown(lack.unwrap_or_else(|| {
                    let vpc = &network.vpcs[vpc].name;
                    format!("{name}: no interface of {vpc} has this address")
                }))
            }
        }
    }

    /// Inside its VPC an instance's public name means its private address, and so it does in a
    /// peered VPC that its VPC lets resolve it
    /// (`/vpc/latest/peering/vpc-peering-dns.html`).
    fn public_instance(
        &mut self,
        viewer: Option<Id<Vpc>>,
        public: Ipv4Addr,
        name: &str,
    ) -> DnsOutcome {
        let network = self.network;
        let Some((id, interface, private)) = owner(network, public) else {
            let unlisted =
                viewer.and_then(|v| self.lack(Gap::Listing(v, Listing::NetworkInterfaces)));
            if let Some(lack) = unlisted {
                return DnsOutcome::Unknown(lack);
            }
            let rule = "the name says the address, /vpc/latest/userguide/vpc-dns.html";
            let assumes = Some(Code::PUBLIC_NAME_EXISTS.name());
            return answer(public, &Origin::Implied(rule), assumes);
        };
        let own = network.vpc_of(id);
        let on = |v: Id<Vpc>| network.vpcs[v].dns_hostnames.known() == Some(&true);
        if !own.is_some_and(on) {
            return DnsOutcome::Unknown(format!(
                "{name}: without DNS hostnames in its VPC the instance may have no such name"
            ));
        }
        let private_here = viewer.zip(own).is_some_and(|(viewer, own)| {
            viewer == own || (on(viewer) && lets_resolve(network, own, viewer))
        });
        let address = if private_here { private } else { public };
        answer(address, &interface.origin, None)
    }

    /// The VPC whose resolver is being asked.
    pub(super) fn viewing_vpc(&self) -> Option<Id<Vpc>> {
        match self.view() {
            View::Vpc(vpc, _) => Some(vpc),
            View::Public | View::Server(..) => None,
        }
    }
}

/// Whose public address it is, and the private one behind it.
fn owner(network: &Network, public: Ipv4Addr) -> Option<(Id<Interface>, &Interface, Ipv4Addr)> {
    network.interfaces.iter().find_map(|(id, interface)| {
        let (private, _) = interface.public.iter().find(|(_, p)| *p == public)?;
        Some((id, interface, *private))
    })
}

/// Whether an active peering lets one VPC resolve the other's names to private addresses.
fn lets_resolve(network: &Network, own: Id<Vpc>, viewer: Id<Vpc>) -> bool {
    network.peerings.iter().any(|(_, p)| {
        let [one, other] = [&p.between[0], &p.between[1]].map(|v| v.id());
        let [from_one, from_other] = p.remote_dns;
        let ends = |a, b| (a, b) == (Some(own), Some(viewer));
        p.active && ((from_one && ends(one, other)) || (from_other && ends(other, one)))
    })
}

fn answer(address: Ipv4Addr, origin: &Origin, assumes: Option<&'static str>) -> DnsOutcome {
    DnsOutcome::Answered(vec![DnsAnswer {
        address: bits(address),
        by: SmolStr::new_static("name of an instance"),
        key: SmolStr::new_static("public"),
        zone: None,
        origin: origin.clone(),
        assumes,
        private: false,
    }])
}

/// Whether a name is one of an instance.
pub(super) fn is_instance(name: &str) -> bool {
    public_address(name).is_some() || owns("ec2.internal", name) || owns("compute.internal", name)
}
