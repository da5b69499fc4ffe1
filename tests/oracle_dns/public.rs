//! What everybody may know: the public DNS, names of endpoints and of instances.

use super::*;
use std::net::Ipv4Addr;

/// The domains of instances' names in a Region.
pub(super) fn instance_domains(region: &str) -> Vec<String> {
    match region {
        "us-east-1" => [
            "ec2.internal",
            "compute-1.internal",
            "compute-1.amazonaws.com",
        ]
        .map(str::to_owned)
        .to_vec(),
        _ => ["internal", "amazonaws.com"]
            .map(|end| format!("{region}.compute.{end}"))
            .to_vec(),
    }
}

const PUBLIC: &str = "public";
const INSTANCES: &str = "the names of instances";

impl Ask<'_> {
    /// The public DNS, for whoever follows where a name leads.
    pub(super) fn in_public(&self, name: &str, who: Who) -> All {
        let found = self.matching(&self.net.public_records, name);
        if !found.is_empty() {
            return self.read(&found, name, PUBLIC, who);
        }
        let zones = self.net.zones.iter().map(|(_, z)| z);
        let zones = zones.filter(|z| !z.private && owns(&z.domain, name));
        if let Some(zone) = zones.max_by_key(|z| z.domain.len()) {
            self.met("a public zone");
            self.decided(&zone.name);
            return self.in_zone(zone, name, who);
        }
        let hosts = self.net.internet_hosts.iter().map(|(_, h)| h);
        if let Some(host) = hosts
            .into_iter()
            .find(|h| h.records.iter().any(|r| r == name))
        {
            return self.say(host.addresses());
        }
        if name.ends_with(".vpce.amazonaws.com") {
            self.met("an endpoint's own name");
            return self.endpoint_name(name);
        }
        let mut known = self.net.aws_addresses.iter();
        if let Some((_, all)) = known.find(|(n, _)| n == name) {
            return self.say(all.iter().copied());
        }
        if let Some(ip) = instance_ip(name, "ec2-", ".amazonaws.com") {
            // Where its VPC gives no names it may have none.
            let mut all = self.net.interfaces.iter();
            let owner = all.find(|(_, i)| i.public.iter().any(|(_, p)| *p == ip));
            let vpc = owner.and_then(|(id, _)| self.net.vpc_of(id));
            return match vpc.is_none_or(|v| self.has_names(v)) {
                true => self.say([ip.into()]),
                false => only(Said::Unknown),
            };
        }
        if name.ends_with(".ec2.internal") {
            return only(Said::Nobody(INSTANCES.to_owned()));
        }
        if name.ends_with(".internal") {
            return only(Said::Nobody(PUBLIC.to_owned()));
        }
        // Somebody may have that name; what it leads to is not said.
        only(Said::Addresses([(None, PUBLIC.to_owned())].into()))
    }

    fn say(&self, ips: impl IntoIterator<Item = IpAddr>) -> All {
        let all = ips.into_iter().map(|ip| (Some(ip), PUBLIC.to_owned()));
        only(Said::Addresses(all.collect()))
    }

    /// An endpoint's own names are public records: all of its interfaces, or that of a zone. S3's
    /// have a label before them that says what is wanted.
    fn endpoint_name(&self, name: &str) -> All {
        for (_, endpoint) in self.net.endpoints.iter() {
            let EndpointKind::Interface(all) = &endpoint.kind else {
                continue;
            };
            let vpc = &self.net.vpcs[endpoint.vpc.id().unwrap()].name;
            let tail = format!(".{vpc}.vpce.amazonaws.com");
            let s3 = matches!(&endpoint.target, EndpointTarget::Aws(_, s) if s == "s3");
            let Some(own) = name.strip_suffix(&tail) else {
                continue;
            };
            let kinds = [".bucket.", ".accesspoint.", ".control."];
            let bare = kinds.iter().find_map(|k| {
                let before = format!(".{own}");
                before.find(k).map(|at| before[at + k.len()..].to_owned())
            });
            let own = bare.filter(|_| s3).unwrap_or(own.to_owned());
            let base = format!("vpce-{}", endpoint.name);
            if own == base {
                return self.say(self.interfaces(endpoint, name));
            }
            for eni in all.iter().filter_map(Ref::id) {
                let subnet = self.net.interfaces[eni].subnet.id().unwrap();
                if own == format!("{base}-{}", self.net.subnets[subnet].zone) {
                    let mut one = endpoint.clone();
                    one.kind = EndpointKind::Interface(
                        all.iter()
                            .filter(|r| r.id() == Some(eni))
                            .cloned()
                            .collect(),
                    );
                    return self.say(self.interfaces(&one, name));
                }
            }
        }
        only(Said::Nobody(PUBLIC.to_owned()))
    }

    /// A name of an instance, asked of the resolver of a VPC with names.
    pub(super) fn instance(&self, vpc: Id<Vpc>, name: &str) -> All {
        if let Some(ip) = instance_ip(name, "ip-", ".internal") {
            let own = self.net.interfaces.iter();
            let own = own.filter(|(id, _)| self.net.vpc_of(*id) == Some(vpc));
            return match own.map(|(_, i)| i).any(|i| i.has(ip)) {
                true => self.say([ip.into()]),
                false => only(Said::Unknown),
            };
        }
        if instance_ip(name, "ec2-", ".amazonaws.com").is_none() {
            return only(Said::Nobody(INSTANCES.to_owned()));
        }
        let found = self.private_of(vpc, name);
        if found.is_some() {
            self.met("an instance's name, in its VPC");
        }
        let found = found.or_else(|| self.of_peer(vpc, name));
        let found = found.map(|ip| self.say([ip.into()]));
        found.unwrap_or_else(|| self.in_public(name, Who::Resolver(vpc, Door::Inside)))
    }

    /// The same of another Region, for which the resolver has no zone: a peering may know.
    pub(super) fn foreign_instance(&self, vpc: Id<Vpc>, name: &str) -> Option<All> {
        Some(self.say([self.of_peer(vpc, name)?.into()]))
    }

    /// A public name of an instance means its private address in the VPC that it is in.
    fn private_of(&self, vpc: Id<Vpc>, name: &str) -> Option<Ipv4Addr> {
        let public = instance_ip(name, "ec2-", ".amazonaws.com")?;
        let mut own = self.net.interfaces.iter();
        own.find_map(|(id, i)| {
            let mapped = i.public.iter().find(|(_, p)| *p == public);
            let here = self.net.vpc_of(id) == Some(vpc);
            mapped.filter(|_| here).map(|(private, _)| *private)
        })
    }

    fn has_names(&self, vpc: Id<Vpc>) -> bool {
        self.net.vpcs[vpc].dns_hostnames == Fact::Known(true)
    }

    /// So it does in a VPC peered with it, if its own VPC lets its peer resolve it, and both have
    /// names.
    fn of_peer(&self, vpc: Id<Vpc>, name: &str) -> Option<Ipv4Addr> {
        let all = self.net.peerings.iter().map(|(_, p)| p);
        let all = all.filter(|p| p.active && p.between.iter().any(|v| v.id() == Some(vpc)));
        for peering in all {
            for (side, allowed) in peering.between.iter().zip(peering.remote_dns) {
                let far = side.id().unwrap();
                if far == vpc {
                    continue;
                }
                let both = self.has_names(vpc) && self.has_names(far);
                if let Some(ip) = self.private_of(far, name).filter(|_| allowed && both) {
                    self.met("an instance's name, by a peering");
                    return Some(ip);
                }
            }
        }
        None
    }
}

/// The address in a name such as `ip-10-0-1-10.ec2.internal`.
fn instance_ip(name: &str, begin: &str, end: &str) -> Option<Ipv4Addr> {
    let (label, domain) = name.strip_prefix(begin)?.split_once('.')?;
    let internal = format!(".{domain}").ends_with(end);
    internal.then(|| label.replace('-', ".").parse().ok())?
}
