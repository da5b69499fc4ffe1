//! What the words of a destination dial.

use super::question::{Ask, Target};
use super::unmeant;
use crate::aws::{Compiled, bits, is_token};
use crate::code::Code;
use crate::fabric::{Address, NodeId};
use crate::model::{
    Arena, Component, EndpointService, EndpointTarget, Id, Network, RecordValue, Resource,
    VpcEndpoint, catalog,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU16;

pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;
pub(super) const ICMP: u8 = 1;
pub(super) const ECHO: u16 = 8 << 8;
pub(super) const ICMP6: u8 = 58;
pub(super) const ECHO6: u16 = 128 << 8;

/// What stands for the first label where every label will do: `any.dkr.ecr.us-east-1.amazonaws.com`.
pub(super) const ANY: &str = "any";

/// The public regional name of an AWS service, by its short name.
#[must_use]
pub fn public_name(service: &str, region: &str) -> String {
    let known = catalog::service(service).and_then(|s| s.public_names.first());
    match known {
        Some(name) => catalog::expand(name, region).replacen('*', ANY, 1),
        None => catalog::expand(&format!("{service}.{{r}}.amazonaws.com"), region),
    }
}

/// What the words between scheme and path leave to be dialled.
pub(super) struct Dial<'a> {
    pub(super) network: &'a Network,
    pub(super) compiled: &'a Compiled,
    pub(super) ask: &'a Ask,
    pub(super) proto: Option<u8>,
    pub(super) port: Option<u16>,
}

/// Reads a destination.
///
/// # Errors
/// A text for people, if the words mean nothing or more than one thing.
pub fn target(network: &Network, compiled: &Compiled, ask: &Ask) -> Result<Target, String> {
    let target = meant(network, compiled, ask)?;
    let to = &ask.to;
    match (ask.protocol, ask.port) {
        (Some(protocol), _) if protocol != target.proto => Err(format!(
            "`{to}` is protocol {}, and the protocol asked for is {protocol}: say one of them",
            target.proto
        )),
        (_, Some(_)) if matches!(target.proto, ICMP | ICMP6) => Err(no_ports(to)),
        (_, Some(port)) if port != target.port => Err(format!(
            "`{to}` says port {}, and the port asked for is {port}: say one of them",
            target.port
        )),
        _ => Ok(target),
    }
}

fn no_ports(to: &str) -> String {
    format!("ICMP has no ports: leave the port away for `{to}`")
}

fn meant(network: &Network, compiled: &Compiled, ask: &Ask) -> Result<Target, String> {
    let dial = Dial {
        network,
        compiled,
        ask,
        proto: ask.protocol,
        port: ask.port,
    };
    let (text, words) = super::request::split(ask.to.trim())?;
    let mut target = dialled(dial, text)?;
    target.request = super::request::wanted(network, text, &words, &target)?;
    Ok(target)
}

fn dialled(dial: Dial<'_>, text: &str) -> Result<Target, String> {
    let network = dial.network;
    if let Some((scheme, rest)) = text.split_once("://") {
        return dial.scheme(scheme, rest);
    }
    if let Some(name) = text.strip_prefix("service:") {
        let id = find_service(network, name)
            .ok_or_else(|| format!("no endpoint service is called `{name}`"))?;
        return dial.service(id);
    }
    if let Some(name) = text.strip_prefix("aws:") {
        return dial.aws(name);
    }
    if text == "internet" {
        return dial.internet();
    }
    let found = (find_service(network, text), dial.component(text));
    match found {
        (Some(_), Some(_)) => Err(format!(
            "`{text}` is an endpoint service and a component: write `service:{text}` or `vpc/{text}`"
        )),
        (Some(id), None) => dial.service(id),
        (None, Some(c)) => dial.reach(c, None),
        (None, None) => dial.words(text),
    }
}

fn find_service(network: &Network, name: &str) -> Option<Id<EndpointService>> {
    network
        .services
        .iter()
        .find(|(_, s)| s.name == name || s.aliases.iter().any(|a| a == name))
        .map(|(id, _)| id)
}

/// A port at the end, after a colon.
fn split_port(text: &str) -> Result<(&str, Option<u16>), String> {
    if !text.contains(':') {
        return Ok((text, None));
    }
    let whole = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    if let Some(address) = whole
        .or(Some(text))
        .filter(|t| t.parse::<Ipv6Addr>().is_ok())
    {
        return Ok((address, None));
    }
    match text.rsplit_once(':') {
        Some((host, port)) if host.starts_with('[') && host.ends_with(']') => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let port = port.parse::<NonZeroU16>();
            port.map(|p| (host, Some(p.get())))
                .map_err(|_| format!("`{text}`: write `[{host}]:443`"))
        }
        Some((host, port)) => port
            .parse::<NonZeroU16>()
            .map(|p| (host, Some(p.get())))
            .map_err(|_| format!("`{port}` is not a port: write `{host}:443`")),
        None => Ok((text, None)),
    }
}

impl<'a> Dial<'a> {
    fn component(&self, text: &str) -> Option<Component> {
        self.compiled.components.find(self.network, text)
    }

    fn scheme(mut self, scheme: &str, rest: &str) -> Result<Target, String> {
        let (proto, port) = match scheme {
            "s3" => {
                let bucket = rest.split('/').next().unwrap_or_default();
                if let Some(why) = unmeant::resource(scheme, "bucket", rest) {
                    return Err(why);
                }
                let region = self.declared(&self.network.buckets, bucket);
                let name = format!(
                    "{bucket}.{}",
                    public_name("s3", region.unwrap_or(self.region()))
                );
                return self.resource(name, region.is_none());
            }
            "dynamodb" => {
                let table = rest.split('/').next().unwrap_or_default();
                if let Some(why) = unmeant::resource(scheme, "table", rest) {
                    return Err(why);
                }
                let region = self.declared(&self.network.dynamodb_tables, table);
                let name = public_name("dynamodb", region.unwrap_or(self.region()));
                return self.resource(name, region.is_none());
            }
            "https" => (TCP, Some(443)),
            "http" => (TCP, Some(80)),
            "tcp" => (TCP, None),
            "udp" => (UDP, None),
            "icmp" => (ICMP, Some(ECHO)),
            "endpoint" => return self.endpoint_words(rest),
            other => return Err(unmeant::scheme(other)),
        };
        let web = matches!(scheme, "https" | "http");
        let rest = rest.trim_end_matches('/');
        let (whole, stated) = split_port(rest).unwrap_or((rest, None));
        self.proto = Some(proto);
        if let Some(c) = self.component(whole) {
            if let (Some(_), ICMP) = (stated, proto) {
                return Err(no_ports(&self.ask.to));
            }
            self.port = stated.or(self.port).or(port);
            return self.reach(c, None);
        }
        let host = if web {
            rest.split(['/', '?']).next().unwrap_or_default()
        } else {
            rest
        };
        let (host, stated) = split_port(host)?;
        if let (Some(_), ICMP) = (stated, proto) {
            return Err(no_ports(&self.ask.to));
        }
        self.port = stated.or(self.port).or(port);
        if host == "internet" {
            return self.internet();
        }
        if host.contains('/') {
            return Err(unmeant::noun(self.network, host));
        }
        self.host(host)
    }

    /// `endpoint://vpc/e[@zone][:p]`.
    fn endpoint_words(mut self, rest: &str) -> Result<Target, String> {
        let (rest, port) = split_port(rest)?;
        self.port = port.or(self.port);
        let (name, zone) = match rest.split_once('@') {
            Some((name, zone)) => (name, Some(zone)),
            None => (rest, None),
        };
        match self.component(name) {
            Some(c @ (Component::Endpoint(_) | Component::LoadBalancer(_))) => self.reach(c, zone),
            Some(_) => Err(format!("`{name}` is no endpoint")),
            None => Err(unmeant::noun(self.network, name)),
        }
    }

    /// A bare word that is no noun of the input.
    fn words(self, text: &str) -> Result<Target, String> {
        if let Some(why) = unmeant::form(text) {
            return Err(why);
        }
        let (host, port) = split_port(text)?;
        let dial = Dial {
            port: port.or(self.port),
            ..self
        };
        if port.is_some()
            && let Some(c) = dial.component(host)
        {
            return dial.reach(c, None);
        }
        if host == "internet" {
            return dial.internet();
        }
        if host.contains('/') {
            return Err(unmeant::noun(dial.network, host));
        }
        let dotted = catalog::service(host).is_some();
        if host.parse::<IpAddr>().is_ok() {
            return dial.host(host);
        }
        if !host.contains('.') || dotted {
            return dial.aws(host);
        }
        dial.host(host)
    }

    fn host(self, host: &str) -> Result<Target, String> {
        if let Ok(address) = host.parse::<IpAddr>() {
            if is_token(bits(address)) {
                return Err(format!("`{host}` is of a block that nobody has"));
            }
            if address.is_loopback() {
                return Err(unmeant::itself(host));
            }
            let addresses = vec![bits(address)];
            return self.dialled(None, addresses, None, None);
        }
        if host.is_empty() {
            return Err(unmeant::empty());
        }
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        if let Some(why) = unmeant::localhost(&name) {
            return Err(why);
        }
        let accept = self.owners_of(&name).or_else(|| self.serves(&name));
        let anywhere = self.network.leads_anywhere(&name);
        let mut target = self.dialled(Some(name), Vec::new(), accept, None)?;
        if anywhere {
            target.assumes.push(Code::GLOBAL_NAME_LEADS_HOME);
        }
        Ok(target)
    }

    /// The nodes behind an endpoint service's private name, or an endpoint's or load balancer's own.
    fn owners_of(&self, name: &str) -> Option<Vec<NodeId>> {
        let network = self.network;
        let service = network.services.iter().find(|(_, s)| {
            matches!(&s.private_name, Some((n, _)) if n == name
                || n.strip_prefix('*').is_some_and(|tail| name.ends_with(tail)))
        });
        if let Some((id, _)) = service {
            return Some(self.compiled.behind(id).to_vec());
        }
        // Private DNS of an endpoint whose service is not in the input.
        let hidden = network.zones.iter().filter(|(_, z)| z.domain == name);
        let hidden = hidden
            .flat_map(|(_, z)| &z.records)
            .find_map(|r| match &r.value {
                RecordValue::AliasEndpoint(endpoint) if r.name == name => endpoint.id(),
                _ => None,
            });
        if let Some(id) = hidden {
            return Some(self.compiled.arrivals_of_endpoint(network, id));
        }
        let same = |n: &String| n.eq_ignore_ascii_case(name);
        if let Some((id, _)) = network
            .endpoints
            .iter()
            .find(|(_, e)| e.dns_names.iter().any(same))
        {
            return Some(self.compiled.arrivals_of_endpoint(network, id));
        }
        let (id, _) = network
            .load_balancers
            .iter()
            .find(|(_, l)| l.dns_name.as_ref().is_some_and(same))?;
        Some(self.compiled.arrivals_of_load_balancer(network, id))
    }

    fn aws(self, service: &str) -> Result<Target, String> {
        let plain = service
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.'));
        if service.is_empty() || !plain {
            return Err(unmeant::service(self.network, service));
        }
        let named =
            |e: &VpcEndpoint| matches!(&e.target, EndpointTarget::Aws(_, s) if s == service);
        let endpoint = || self.network.endpoints.iter().any(|(_, e)| named(e));
        if catalog::service(service).is_none() && service != "iam" && !endpoint() {
            return Err(unmeant::service(self.network, service));
        }
        let name = public_name(service, self.region());
        self.name(name, 443)
    }

    /// The source's Region, which its tools use; the input's own, if the source is in no VPC.
    fn region(&self) -> &str {
        let network = self.network;
        let vpc = self.ask.from.vpc(network);
        vpc.map_or(&network.region, |v| &network.vpcs[v].region)
    }

    /// The Region of a bucket or table, if the input declares it.
    fn declared(&self, list: &'a Arena<Resource>, name: &str) -> Option<&'a str> {
        let mut all = list.iter();
        let found = all.find(|(_, r)| r.name == name);
        found.map(|(_, r)| r.region.as_str())
    }

    /// A bucket or table by its name, in a Region that is declared or assumed.
    fn resource(self, name: String, assumed: bool) -> Result<Target, String> {
        let mut target = self.name(name, 443)?;
        if assumed {
            target.assumes.push(Code::REGION_NOT_GIVEN);
        }
        Ok(target)
    }

    fn name(self, name: String, port: u16) -> Result<Target, String> {
        let port = Some(self.port.unwrap_or(port));
        let accept = self.serves(&name);
        Dial { port, ..self }.dialled(Some(name), Vec::new(), accept, None)
    }

    /// Where a request by a name of an AWS service may arrive: the service's edge, its endpoints. An
    /// endpoint of another service is a place to arrive too, where the request is then refused; and
    /// a public address that nothing in the input classifies may be the service's own.
    fn serves(&self, name: &str) -> Option<Vec<NodeId>> {
        let (region, service) = self.network.owner_of(name)?;
        let (network, compiled) = (self.network, self.compiled);
        let mut nodes = compiled.edges_of_service(&region, service.name);
        let endpoints = network.endpoints.iter();
        let others = endpoints.filter(|(_, e)| matches!(e.target, EndpointTarget::Aws(..)));
        nodes.extend(others.flat_map(|(id, _)| compiled.arrivals_of_endpoint(network, id)));
        nodes.push(compiled.internet);
        nodes.sort_unstable();
        nodes.dedup();
        Some(nodes)
    }

    fn internet(self) -> Result<Target, String> {
        let mut nodes = self.compiled.internet_hosts.clone();
        nodes.push(self.compiled.internet);
        nodes.sort_unstable();
        nodes.dedup();
        let declared = self.network.internet_hosts.iter().next();
        let mut addresses: Vec<Address> = declared
            .into_iter()
            .flat_map(|(_, h)| h.addresses().map(bits))
            .collect();
        if addresses.is_empty() {
            addresses.push(bits(Ipv4Addr::new(198, 51, 100, 1)));
            let v6 = self
                .ask
                .from
                .addresses(self.network)
                .iter()
                .all(IpAddr::is_ipv6);
            if v6 {
                addresses = vec![bits(Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 1))];
            }
        }
        let port = self.port.or(Some(443));
        Dial { port, ..self }.dialled(None, addresses, Some(nodes), None)
    }

    pub(super) fn dialled(
        self,
        name: Option<String>,
        addresses: Vec<Address>,
        accept: Option<Vec<NodeId>>,
        implied: Option<(u8, u16)>,
    ) -> Result<Target, String> {
        let proto = self.proto.or(implied.map(|(p, _)| p)).unwrap_or(TCP);
        let port = match (self.port, implied, proto) {
            (Some(port), ..) => port,
            (None, Some((_, port)), _) => port,
            (None, None, TCP | UDP) => {
                return Err(unmeant::port(self.ask.to.trim()));
            }
            (None, None, ICMP) => ECHO,
            (None, None, ICMP6) => ECHO6,
            (None, None, _) => 0,
        };
        Ok(Target {
            name,
            addresses,
            port,
            proto,
            accept,
            ..Target::default()
        })
    }
}
