//! The names that AWS gives to instances: `ip-10-0-0-10.ec2.internal` and
//! `ec2-203-0-113-10.compute-1.amazonaws.com` (`/vpc/latest/userguide/vpc-dns.html`).
//!
//! With DNS hostnames on, a VPC's resolver knows its instances' private names, and answers their
//! public names with private addresses; everybody else gets the public address. Whether a name
//! exists for an address that no instance has is not documented: then the answer is not known.

use super::bits;
use super::names::{DnsAnswer, DnsOutcome};
use crate::code::Code;
use crate::model::{Fact, Id, Interface, Network, Origin, Vpc};
use std::net::Ipv4Addr;

/// What a VPC with DNS hostnames answers about names of its own instances; `None`: not its own.
pub(super) fn inside(network: &Network, vpc: Id<Vpc>, name: &str) -> Option<DnsOutcome> {
    let region = &network.vpcs[vpc].region;
    let own = |(id, _): &(Id<Interface>, &Interface)| network.vpc_of(*id) == Some(vpc);
    let mut interfaces = network.interfaces.iter().filter(own);
    if let Some(address) = private_address(name, region) {
        let found = interfaces.find(|(_, i)| i.has(address));
        return Some(match found {
            Some((_, interface)) => answered(address, &interface.origin, None),
            None => DnsOutcome::Unknown(format!(
                "{name}: no interface of {} has this address",
                network.vpcs[vpc].name
            )),
        });
    }
    let public = public_address(name)?;
    interfaces.find_map(|(_, i)| {
        let (private, _) = i.public.iter().find(|(_, own)| *own == public)?;
        Some(answered(*private, &i.origin, None))
    })
}

/// What the public DNS answers about public names of instances; `None`: the name is none.
pub(super) fn outside(network: &Network, name: &str) -> Option<DnsOutcome> {
    let public = public_address(name)?;
    let mut interfaces = network.interfaces.iter();
    let owner = interfaces.find(|(_, i)| i.public.iter().any(|(_, own)| *own == public));
    let Some((id, interface)) = owner else {
        let assumes = Some(Code::PUBLIC_NAME_EXISTS.name());
        return Some(answered(public, &Origin::Implied(RULE), assumes));
    };
    let vpc = network.vpc_of(id).map(|v| &network.vpcs[v]);
    Some(match vpc.map(|v| &v.dns_hostnames) {
        Some(Fact::Known(true)) => answered(public, &interface.origin, None),
        _ => DnsOutcome::Unknown(format!(
            "{name}: without DNS hostnames in its VPC the instance may have no such name"
        )),
    })
}

const RULE: &str = "the name says the address, /vpc/latest/userguide/vpc-dns.html";

fn answered(address: Ipv4Addr, origin: &Origin, assumes: Option<&'static str>) -> DnsOutcome {
    DnsOutcome::Answered(vec![DnsAnswer {
        address: bits(address),
        by: "name of an instance".to_owned(),
        key: "public".to_owned(),
        zone: None,
        origin: origin.clone(),
        assumes,
    }])
}

/// `ip-10-0-0-10.ec2.internal`, or `ip-10-0-0-10.eu-west-1.compute.internal`.
fn private_address(name: &str, region: &str) -> Option<Ipv4Addr> {
    let (label, domain) = name.split_once('.')?;
    let own = match region {
        "us-east-1" => domain == "ec2.internal",
        _ => domain.strip_suffix(".compute.internal") == Some(region),
    };
    address(label.strip_prefix("ip-")?).filter(|_| own)
}

/// `ec2-203-0-113-10.compute-1.amazonaws.com`, or `ec2-….eu-west-1.compute.amazonaws.com`.
fn public_address(name: &str) -> Option<Ipv4Addr> {
    let (label, domain) = name.split_once('.')?;
    let regional = domain.strip_suffix(".compute.amazonaws.com");
    let own = domain == "compute-1.amazonaws.com" || regional.is_some_and(|r| !r.contains('.'));
    address(label.strip_prefix("ec2-")?).filter(|_| own)
}

fn address(dashed: &str) -> Option<Ipv4Addr> {
    dashed.replace('-', ".").parse().ok()
}
