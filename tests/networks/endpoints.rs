//! Gateway endpoints, interface endpoints, providers and their consumers.

use super::{GROUPS, Maker, named};
use reachability::model::{
    DnsType, EndpointKind, EndpointService, EndpointState, EndpointTarget, Family, Id, IpType,
    Origin, Role, ServiceConnection, VpcEndpoint,
};

impl Maker<'_> {
    pub(super) fn endpoints(&mut self) {
        for index in 0..self.vpcs.len() {
            for (service, share) in [("s3", 60), ("dynamodb", 25)] {
                if self.genes.chance(share) {
                    self.gateway_endpoint(index, service);
                }
            }
            if self.genes.chance(40) {
                let places = self.zonal(index, None);
                let region = self.vpcs[index].region.to_owned();
                let state = self.fallen();
                let target = EndpointTarget::Aws(region, "sqs".into());
                self.interface_endpoint(index, target, &places, (true, state));
            }
        }
        for share in [80, 25] {
            if self.genes.chance(share) {
                let index = self.genes.below(self.vpcs.len());
                self.provider(index);
            }
        }
    }

    /// Now and then a state that carries nothing.
    fn fallen(&mut self) -> Option<EndpointState> {
        self.genes.weigh(&[
            (94, None),
            (2, Some(EndpointState::Rejected)),
            (2, Some(EndpointState::PendingAcceptance)),
            (2, Some(EndpointState::Other)),
        ])
    }

    fn gateway_endpoint(&mut self, index: usize, service: &str) {
        let tables = self.vpcs[index].tables.clone();
        let tables = tables.into_iter().filter(|_| self.genes.chance(65));
        let tables: Vec<_> = tables
            .map(|t| format!("v{index}/{}", self.draft.tables[t].name))
            .collect();
        let made = &self.vpcs[index];
        let target = EndpointTarget::Aws(made.region.into(), service.into());
        let kind = EndpointKind::Gateway(tables.into_iter().map(named).collect());
        self.endpoint(index, target, kind, (true, None));
    }

    fn endpoint(
        &mut self,
        index: usize,
        target: EndpointTarget,
        kind: EndpointKind,
        (existing, state): (bool, Option<EndpointState>),
    ) {
        self.draft.endpoints.push(VpcEndpoint {
            name: format!("e{}", self.draft.endpoints.len()),
            id: None,
            vpc: named(&self.vpcs[index].name),
            target,
            ip_type: IpType::Ipv4,
            dns_type: match kind {
                EndpointKind::Gateway(_) => DnsType::ServiceDefined,
                EndpointKind::Interface(_) => DnsType::Of(IpType::Ipv4),
            },
            kind,
            private_dns: false,
            inbound_only: false,
            state,
            dns_names: Vec::new(),
            service_region: None,
            existing,
            policy: None,
            origin: Origin::Unknown,
        });
    }

    /// An endpoint with an interface in each of the subnets; gives its name.
    fn interface_endpoint(
        &mut self,
        index: usize,
        target: EndpointTarget,
        places: &[usize],
        life: (bool, Option<EndpointState>),
    ) -> String {
        let name = format!("{}/e{}", self.vpcs[index].name, self.draft.endpoints.len());
        let group = self.genes.below(GROUPS);
        let ours = matches!(target, EndpointTarget::Aws(..));
        let mut interfaces = Vec::new();
        for place in places {
            let role = Role::Endpoint(named(&name));
            let (interface, ip) = self.interface((index, *place), role, &[group], false);
            self.goals.push((if ours { 5 } else { 12 }, ip));
            interfaces.push(named(self.label(index, interface)));
        }
        let kind = EndpointKind::Interface(interfaces);
        self.endpoint(index, target, kind, life);
        name
    }

    /// Has the last endpoint lead to a service of another Region, which now and then has a load balancer
    /// that is not for that.
    fn abroad(&mut self, region: &str) {
        let last = Id::new(self.draft.endpoints.len() - 1);
        let last = self.draft.endpoints.get_mut(last).unwrap();
        last.service_region = Some(region.to_owned());
        if self.genes.chance(8) {
            let last = Id::new(self.draft.load_balancers.len() - 1);
            let last = self.draft.load_balancers.get_mut(last).unwrap();
            last.idle_timeout = Some(900);
        }
    }

    /// A provider's service, and endpoints that lead to it.
    fn provider(&mut self, index: usize) {
        let mut balancers = vec![self.balancer(index)];
        if self.genes.chance(15) {
            balancers.push(self.balancer(index));
        }
        let zones: Vec<String> = balancers.iter().flat_map(|(_, z)| z.clone()).collect();
        let name = format!("svc{}", self.draft.services.len());
        let region = self.vpcs[index].region;
        let abroad = zones.iter().any(|z| *z != zones[0]) && self.genes.chance(80);
        let mut supported_regions = Vec::new();
        let mut connections = Vec::new();
        for consumer in 0..self.vpcs.len() {
            let own = self.vpcs[consumer].region;
            let across = own != region;
            if if across {
                !abroad
            } else {
                self.genes.chance(25)
            } {
                continue;
            }
            let existing = !self.genes.chance(40);
            // Zones of two Regions have nothing to match.
            let served = (!existing && !across).then_some(&zones[..]);
            let places = self.zonal(consumer, served);
            let target = EndpointTarget::Service(named(&name));
            let state = self.fallen();
            let endpoint = self.interface_endpoint(consumer, target, &places, (existing, state));
            if across {
                self.abroad(region);
                supported_regions.push(own.to_owned());
                let all = Vec::from_iter(self.draft.interfaces.iter().map(|(_, i)| i.ips[0]));
                let own = all.into_iter().rev().take(places.len());
                self.goals.extend(own.map(|ip| (30, ip)));
            }
            let stated = self.genes.weigh(&[
                (85, None),
                (9, Some(EndpointState::Available)),
                (3, Some(EndpointState::PendingAcceptance)),
                (3, Some(EndpointState::Rejected)),
            ]);
            connections.extend(stated.map(|state| ServiceConnection {
                endpoint: named(endpoint),
                state,
                load_balancers: Vec::new(),
            }));
        }
        let everybody = self
            .genes
            .pick(&["*", "*", "*", "arn:aws:iam::111111111111:root"]);
        self.draft.services.push(EndpointService {
            name,
            aliases: Vec::new(),
            load_balancers: balancers.into_iter().map(|(name, _)| named(name)).collect(),
            acceptance_required: self.genes.chance(6),
            allowed_principals: vec![everybody.into()],
            ip_types: vec![Family::Ipv4],
            connections,
            zones: None,
            supported_regions,
            private_name: None,
            origin: Origin::Unknown,
        });
    }
}
