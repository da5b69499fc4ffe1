//! VPC endpoints and endpoint services.

use super::super::tree::{Key, Node, Span};
use super::super::values;
use super::address::Pending;
use super::interface::{NodeInterface, groups};
use super::policy::is_principal;
use super::{Inside, Lower, id};
use crate::diagnostic::{Diagnostic, near};
use crate::model::{
    Behind, DnsType, EndpointKind, EndpointService, EndpointState, EndpointTarget, Family, IpType,
    Ref, Role, ServiceConnection, VpcEndpoint, is_region,
};

impl Lower<'_> {
    pub(super) fn endpoints(&mut self, inside: Inside<'_>, pending: &mut Vec<Pending>) {
        for (key, node) in inside.node.under("endpoints") {
            self.keys_of_its_type(inside, key, node);
            self.answers_nobody(inside, key, node);
            let named = |behind| {
                let name = node.text_of("service")?;
                Some(EndpointTarget::Unmodelled(behind, name.to_owned()))
            };
            let target = match node.text_of("type") {
                Some("resource") => named(Behind::Resource),
                Some("gateway-load-balancer") => {
                    self.service_of_appliances(inside, key, node);
                    named(Behind::Appliances)
                }
                _ => self.service_of(inside, node),
            };
            let Some(target) = target else {
                continue;
            };
            let own: Ref<VpcEndpoint> = inside.reference(&key.text, key.span);
            let ip_type = ip_type(node);
            let kind = if node.text_of("type") == Some("gateway") {
                let tables = node.texts_of("route_tables").into_iter();
                EndpointKind::Gateway(tables.map(|(t, s)| inside.reference(t, s)).collect())
            } else {
                let groups = match target {
                    EndpointTarget::Unmodelled(Behind::Appliances, _) => Vec::new(),
                    _ => groups(inside, node, key.span),
                };
                let mut interfaces = Vec::new();
                for (subnet, ip) in node.under("subnets") {
                    let name = format!("{}@{}", key.text, subnet.text);
                    interfaces.push(inside.reference(&name, subnet.span));
                    let made = NodeInterface {
                        name,
                        subnet: (&subnet.text, subnet.span),
                        place: Some(ip),
                        families: Some(ip_type),
                        public: None,
                        groups: groups.clone(),
                        role: Role::Endpoint(own.clone()),
                    };
                    self.node_interface(inside, made, subnet.span, pending);
                }
                EndpointKind::Interface(interfaces)
            };
            let policy = self.policy(node, &inside.full(&key.text));
            let interface = matches!(kind, EndpointKind::Interface(_));
            let s3 =
                interface && matches!(&target, EndpointTarget::Aws(_, service) if service == "s3");
            self.draft.endpoints.push(VpcEndpoint {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &key.span.origin()),
                target,
                kind,
                ip_type,
                dns_type: match node.text_of("dns_type") {
                    Some("service-defined") => DnsType::ServiceDefined,
                    Some(word) => DnsType::Of(families(word)),
                    None if interface => DnsType::Of(ip_type),
                    None => DnsType::ServiceDefined,
                },
                private_dns: node.flag("private_dns", false),
                inbound_only: node
                    .text_of("private_dns_for")
                    .map_or(s3, |whom| whom == "inbound-resolver"),
                state: node.text_of("state").map(|s| match s {
                    "available" => EndpointState::Available,
                    "pending-acceptance" => EndpointState::PendingAcceptance,
                    "rejected" => EndpointState::Rejected,
                    "failed" => EndpointState::Failed,
                    "partial" => EndpointState::Partial,
                    _ => EndpointState::Other,
                }),
                dns_names: Vec::new(),
                service_region: node.text_of("service_region").map(str::to_owned),
                existing: node.flag("existing", false),
                policy,
                origin: key.span.origin(),
            });
        }
    }

    /// What is said of an endpoint belongs to its type
    /// (`/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html`).
    fn keys_of_its_type(&mut self, inside: Inside<'_>, key: &Key, node: &Node) {
        let kind = node.text_of("type").unwrap_or("interface");
        let foreign: &[&str] = match kind {
            "gateway" => &["subnets", "security_groups", "private_dns_for"],
            "gateway-load-balancer" => &[
                "route_tables",
                "security_groups",
                "private_dns_for",
                "dns_type",
            ],
            _ => &["route_tables"],
        };
        for (said, _) in node.pairs() {
            if foreign.contains(&said.text.as_str()) {
                let at = inside.full(&key.text);
                let message = format!("an endpoint of type {kind} has no `{}`", said.text);
                let origin = said.span.origin();
                self.out.push(Diagnostic::error(
                    "endpoint-key-of-another-type",
                    at,
                    &origin,
                    message,
                ));
            }
        }
    }

    /// Whom private DNS answers means nothing while it is off.
    fn answers_nobody(&mut self, inside: Inside<'_>, key: &Key, node: &Node) {
        let said = node.get("private_dns_for");
        if let Some(said) = said.filter(|_| !node.flag("private_dns", false)) {
            let at = inside.full(&key.text);
            let message = "`private_dns_for` says whom private DNS answers, and private DNS is off";
            let code = "private-dns-for-nobody";
            let found = Diagnostic::warning(code, at, &said.origin(), message);
            self.out.push(found.help("add `private_dns: true`"));
        }
    }

    fn service_of(&self, inside: Inside<'_>, node: &Node) -> Option<EndpointTarget> {
        let service = node.get("service")?;
        let text = service.text()?;
        let origin = service.origin();
        let declared = |name: &str| self.root.path(&["endpoint_services", name]).is_some();
        if let Some(name) = text.strip_prefix("service:") {
            return Some(EndpointTarget::Service(Ref::named(name, &origin)));
        }
        if declared(text) || text.starts_with("com.amazonaws.vpce.") {
            return Some(EndpointTarget::Service(Ref::named(text, &origin)));
        }
        let (region, name) = aws_service(inside, node)?;
        Some(EndpointTarget::Aws(region, name))
    }

    pub(super) fn endpoint_services(&mut self) {
        for (key, node) in self.root.under("endpoint_services") {
            let reference = |text: &str, span: Span| Ref::named(text, &span.origin());
            let private = node.get("private_dns_name");
            let service = EndpointService {
                name: key.text.clone(),
                aliases: Vec::new(),
                load_balancers: node
                    .texts_of("load_balancers")
                    .into_iter()
                    .map(|(t, s)| reference(t, s))
                    .collect(),
                acceptance_required: node.flag("acceptance_required", true),
                allowed_principals: self.allowed_principals(node, &key.text),
                connections: self.connections(node, &key.text),
                zones: self.service_zones(node),
                supported_regions: node
                    .texts_of("supported_regions")
                    .into_iter()
                    .map(|(t, _)| t.to_owned())
                    .collect(),
                ip_types: self.service_families(node, &key.text),
                private_name: private.and_then(|p| {
                    let name = p.text_of("name").map(values::domain)?;
                    Some((name, p.flag("verified", false)))
                }),
                origin: key.span.origin(),
            };
            self.draft.services.push(service);
        }
    }

    /// Accounts, roles and users by their ARNs, or everybody
    /// (`/vpc/latest/privatelink/configure-endpoint-service.html`).
    fn allowed_principals(&mut self, node: &Node, at: &str) -> Vec<String> {
        self.list(node, "allowed_principals", at, |text| match text {
            "any" | "*" => Ok("*".to_owned()),
            _ if is_principal(text) => Ok(text.to_owned()),
            _ => Err((
                "bad-arn",
                format!("`{text}` is no principal: write `arn:aws:iam::111111111111:root` for an account, or `any`"),
            )),
        })
    }

    /// `service:name` is one of the file's; any other name is known by itself.
    fn service_of_appliances(&mut self, inside: Inside<'_>, key: &Key, node: &Node) {
        let Some(service) = node.get("service") else {
            return;
        };
        let name = service.text().and_then(|t| t.strip_prefix("service:"));
        let known = self.root.under("endpoint_services");
        let Some(name) = name.filter(|n| !known.iter().any(|(k, _)| k.text == *n)) else {
            return;
        };
        let message = format!("no endpoint service named `{name}`");
        let at = inside.full(&key.text);
        let found = Diagnostic::error("unknown-name", at, &service.origin(), message);
        let near = near(name, known.iter().map(|(k, _)| k.text.as_str()));
        self.out.push(match near {
            Some(near) => found.help(format!("did you mean `service:{near}`?")),
            None => found,
        });
    }

    /// The zones that a service is offered in, if it says.
    fn service_zones(&self, service: &Node) -> Option<Vec<String>> {
        service.get("zones")?;
        let zones = service.texts_of("zones").into_iter();
        Some(zones.map(|(z, _)| self.zone_outside(z)).collect())
    }

    /// The families that consumers of a service may use.
    fn service_families(&mut self, service: &Node, at: &str) -> Vec<Family> {
        if service.get("ip_types").is_none() {
            return vec![Family::Ipv4];
        }
        self.list(service, "ip_types", at, |text| match text {
            "ipv4" => Ok(Family::Ipv4),
            "ipv6" => Ok(Family::Ipv6),
            _ => Err((
                "unknown-value",
                format!("`{text}` is not a family of addresses: `ipv4` or `ipv6`"),
            )),
        })
    }

    fn connections(&mut self, service: &Node, at: &str) -> Vec<ServiceConnection> {
        let mut out = Vec::new();
        for (endpoint, value) in service.under("connections") {
            let place = value.get("state").unwrap_or(value);
            let Some(text) = place.text() else { continue };
            let state = match text {
                "accepted" => Ok(EndpointState::Available),
                "pending" => Ok(EndpointState::PendingAcceptance),
                "rejected" => Ok(EndpointState::Rejected),
                _ => Err((
                    "unknown-value",
                    format!(
                        "`{text}` is not a state of a connection: `accepted`, `pending` or `rejected`"
                    ),
                )),
            };
            // In the long form the table of keys has reported it already.
            let state = if value.text().is_some() {
                self.take(state, at, place.span)
            } else {
                state.ok()
            };
            let endpoint = Ref::named(&endpoint.text, &endpoint.span.origin());
            let balancers = value.texts_of("load_balancer").into_iter();
            let balancers = balancers.map(|(b, s)| Ref::named(b, &s.origin())).collect();
            out.extend(state.map(|state| ServiceConnection {
                endpoint,
                state,
                load_balancers: balancers,
            }));
        }
        out
    }
}

/// The families that `ip_type` says.
pub(super) fn ip_type(node: &Node) -> IpType {
    node.text_of("ip_type").map_or(IpType::Ipv4, families)
}

fn families(word: &str) -> IpType {
    match word {
        "ipv6" => IpType::Ipv6,
        "dualstack" => IpType::Dualstack,
        _ => IpType::Ipv4,
    }
}

/// Region and short name of the AWS service an endpoint names.
pub(super) fn aws_service(inside: Inside<'_>, endpoint: &Node) -> Option<(String, String)> {
    let text = endpoint.text_of("service")?;
    let text = text.strip_prefix("aws:").unwrap_or(text);
    let stated = endpoint.text_of("service_region").unwrap_or(inside.region);
    // `com.amazonaws.{region}.{service}` or `aws.{area}.{region}.{service}`; a few services have no
    // Region in their name.
    let prefixes = ["com.amazonaws.", "aws."];
    let Some(rest) = prefixes.iter().find_map(|p| text.strip_prefix(p)) else {
        return Some((stated.to_owned(), text.to_owned()));
    };
    let region = rest
        .split('.')
        .find(|part| is_region(part))
        .unwrap_or(stated);
    let name: Vec<&str> = rest.split('.').filter(|part| !is_region(part)).collect();
    Some((region.to_owned(), name.join(".")))
}
