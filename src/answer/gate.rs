//! The gate: what arrived and was answered is a request, and policies may refuse it.

use super::evidence::{Reader, add};
use super::question::From;
use super::request::{Wanted, unnamed};
use super::rule::Rule;
use super::verdict::{Alternative, Did, Fact, Obstacle, Part, Request, Verdict};
use crate::aws::policy::{
    self, ANY, Caller, Decision, Fit, Given, Keys, Owner, Path, Point, Policies, Reading,
    bucket_of, judge, point_of, s3_resource, shown, table_of,
};
use crate::code::Code;
use crate::engine::Why;
use crate::fabric::{Address, NodeId, Place};
use crate::model::{
    AccessPoint, Effect, EndpointKind, EndpointTarget, Id, Network, Origin, Policy, Ref, Statement,
    VpcEndpoint, catalog, policy_of,
};

/// What is asked, and of whom.
struct Gate<'a> {
    network: &'a Network,
    endpoint: Option<Id<VpcEndpoint>>,
    region: &'a str,
    service: &'a str,
    request: policy::Request,
}

impl Reader<'_> {
    /// Judges the request of an alternative that was delivered to an AWS service.
    pub(super) fn gate(&self, out: &mut Alternative, from: From, wanted: Option<&Wanted>) {
        let arrived = out.steps.iter().find(|s| matches!(s.why, Why::Arrived(_)));
        let (true, Some(place)) = (out.delivered(), arrived.map(|s| s.at)) else {
            return;
        };
        let endpoint = self.compiled.endpoint_of(place.node());
        let Some((region, service)) = self.service_at(place.node(), endpoint) else {
            return;
        };
        let network = self.network;
        let Some(wanted) = wanted else {
            if given(
                network,
                endpoint.and_then(|e| network.endpoints[e].policy.as_ref()),
            ) != Given::NotSaid
            {
                add(&mut out.notes, Code::POLICY_NOT_ASKED.name());
            }
            return;
        };
        let any = ANY.to_string();
        let all_of = || format!("{}:{ANY}", policy::prefix(service));
        let request = policy::Request {
            action: wanted.action.clone().unwrap_or_else(all_of),
            resource: wanted.resource.clone().unwrap_or(any),
            caller: wanted
                .caller
                .clone()
                .unwrap_or_else(|| unnamed(network, from)),
        };
        let mut gate = Gate {
            network,
            endpoint,
            region,
            service,
            request,
        };
        // Outside every VPC no account is near but that of what is asked.
        if let (Some(account), Caller::Principal(_, None)) =
            (gate.resource().1, &gate.request.caller)
        {
            gate.request.caller = Caller::of_account(region, Some(account));
        }
        if gate.is_of_another_region() {
            add(&mut out.notes, Code::BUCKET_IN_ANOTHER_REGION.name());
        }
        let asked = gate.request.resource.clone();
        let declared = gate.access_point();
        let point = point_of(&asked).map(|(account, name, _)| Point {
            account,
            name,
            of_vpc: declared.as_ref().map(|(p, _)| !p.vpcs.is_empty()),
        });
        if let Some((declared, key)) = declared {
            if gate.is_elsewhere(declared) {
                out.class = Verdict::Denied;
                out.obstacle = Some(Obstacle {
                    by: format!("access point {}", declared.name),
                    origin: declared.origin.clone(),
                    ..self.arrival(place.node(), Code::ACCESS_POINT_OF_ANOTHER_VPC)
                });
                return;
            }
            // Both what the access point is and what the bucket is must be allowed: a refusal of
            // either decides, whatever is not known of the other.
            let action = &gate.request.action;
            gate.request.resource = s3_resource(region, &declared.bucket, &key, action);
            gate.pass(out, wanted, place, point);
            if out.class == Verdict::Denied {
                return;
            }
            gate.request.resource.clone_from(&asked);
        }
        let doubt = (out.class, out.obstacle.clone());
        gate.pass(out, wanted, place, point);
        if doubt.0 == Verdict::Unknown && out.class == Verdict::Unknown {
            (out.class, out.obstacle) = doubt;
        }
    }

    /// Region and short name of the AWS service at a node.
    fn service_at(&self, node: NodeId, endpoint: Option<Id<VpcEndpoint>>) -> Option<(&str, &str)> {
        if let Some(id) = endpoint {
            return match &self.network.endpoints[id].target {
                EndpointTarget::Aws(region, service) => Some((region, service)),
                EndpointTarget::Service(_) | EndpointTarget::Unmodelled(..) => None,
            };
        }
        self.compiled.edge_of(node)
    }
}

/// The policy that a reference leads to.
fn given<'a>(network: &'a Network, policy: Option<&Ref<Policy>>) -> Given<'a> {
    match policy.and_then(Ref::id) {
        Some(id) => Given::Policy(&network.policies[id]),
        None => Given::NotSaid,
    }
}

impl<'a> Gate<'a> {
    fn pass(&self, out: &mut Alternative, wanted: &Wanted, place: Place, point: Option<Point<'_>>) {
        let (owner, account, resource) = self.resource();
        let (who, identity) = self.identity();
        let policies = Policies {
            endpoint: self.endpoint_policy(),
            resource,
            identity,
            resource_account: account,
            gateway: self.endpoint.is_some_and(|e| {
                matches!(self.network.endpoints[e].kind, EndpointKind::Gateway(_))
            }),
        };
        let seen = out.sees_source.filter(|s| !crate::aws::is_token(*s));
        let path = Path {
            endpoint: self.endpoint,
            point,
            source: seen.map(Address::ip),
            secure: wanted.secure,
        };
        let service = (self.region, self.service);
        let decide = |request: &policy::Request, policies: &Policies<'a>| {
            let keys = Keys::new(self.network, request, service, &path, account);
            judge(request, &keys, policies)
        };
        let (decision, readings) = decide(&self.request, &policies);
        let owners = Owners {
            endpoint: self.endpoint_name(),
            resource: owner.unwrap_or_else(|| self.service.to_owned()),
            identity: who,
        };
        for reading in &readings {
            out.gate.push(fact(reading, &owners, place));
        }
        out.request = Some(self.asked());
        // What was assumed is worth saying if the opposite would decide otherwise.
        let allowed = decision == Decision::Allowed;
        if allowed && policies.identity == Given::NotSaid {
            let without = Policies {
                identity: Given::Without,
                ..policies
            };
            if decide(&self.request, &without).0 != Decision::Allowed {
                add(&mut out.assumes, Code::IDENTITY_POLICY_NOT_GIVEN.name());
            }
        }
        // A resource that has a name and no entry may have a policy that denies.
        if allowed && policies.resource == Given::NotSaid && self.names_a_resource() {
            add(&mut out.assumes, Code::RESOURCE_POLICY_NOT_GIVEN.name());
        }
        if wanted.caller.is_none() && self.hangs_on_account(&decision, |r| decide(r, &policies).0) {
            add(&mut out.assumes, Code::PRINCIPAL_NOT_GIVEN.name());
        }
        let (class, obstacle) = match decision {
            Decision::Allowed => return,
            Decision::Denied(at) => match readings.get(at) {
                Some(r) => {
                    let code = denied(r.owner);
                    let stop = owners.obstacle(r.owner, code, Some((r.policy, r.statement)), "");
                    (Verdict::Denied, stop)
                }
                None => return,
            },
            Decision::NotAllowed(owner) => {
                let own = readings.iter().find(|r| r.owner == owner);
                let policy = own.map(|r| (r.policy, None));
                (
                    Verdict::Denied,
                    owners.obstacle(owner, not_allowed(owner), policy, ""),
                )
            }
            Decision::CannotTell(row, why) => {
                let code = Code::POLICY_KEY_NOT_KNOWN;
                let (owner, policy) = match row {
                    Some((owner, policy, statement)) => (owner, Some((policy, statement))),
                    None => (Owner::Identity, None),
                };
                (Verdict::Unknown, owners.obstacle(owner, code, policy, &why))
            }
        };
        out.class = class;
        out.obstacle = Some(obstacle);
    }

    /// Whether the bucket asked for is elsewhere: S3 redirects, or refuses where the bucket's Region
    /// is of after 20 March 2019 (`/AmazonS3/latest/API/UsingRouting.html`,
    /// `/AmazonS3/latest/API/ErrorResponses.html`).
    fn is_of_another_region(&self) -> bool {
        let bucket = bucket_of(&self.request.resource).and_then(|b| self.network.bucket(b));
        bucket.is_some_and(|b| b.region != self.region)
    }

    /// The access point that is asked for, if the input has it, and the key.
    fn access_point(&self) -> Option<(&'a AccessPoint, String)> {
        let (account, name, key) = point_of(&self.request.resource)?;
        let mut all = self.network.access_points.iter().map(|(_, p)| p);
        let found = all.find(|p| p.account == account && p.name == name)?;
        Some((found, key.to_owned()))
    }

    /// Whether an access point is of a VPC, and the request does not come by an endpoint of it
    /// (`/AmazonS3/latest/userguide/access-points-vpc.html`).
    fn is_elsewhere(&self, point: &AccessPoint) -> bool {
        let vpc = self
            .endpoint
            .and_then(|e| self.network.endpoints[e].vpc.id());
        point
            .vpcs
            .iter()
            .filter_map(Ref::id)
            .any(|own| Some(own) != vpc)
    }

    /// The endpoint's policy; some services' endpoints let everything through, whatever is attached.
    fn endpoint_policy(&self) -> Given<'a> {
        let policy = self
            .endpoint
            .and_then(|e| self.network.endpoints[e].policy.as_ref());
        if !catalog::takes_policy(self.service) {
            return Given::NotSaid;
        }
        given(self.network, policy)
    }

    fn endpoint_name(&self) -> String {
        let Some(id) = self.endpoint else {
            return String::new();
        };
        let endpoint = &self.network.endpoints[id];
        match endpoint.vpc.id() {
            Some(vpc) => format!("{}/{}", self.network.vpcs[vpc].name, endpoint.name),
            None => endpoint.name.clone(),
        }
    }

    /// The bucket or table asked about: its name, account and policy.
    fn resource(&self) -> (Option<String>, Option<&'a str>, Given<'a>) {
        let arn = &self.request.resource;
        if let Some((point, _)) = self.access_point() {
            let policy = match &point.policy {
                None => Given::Without,
                policy => given(self.network, policy.as_ref()),
            };
            return (Some(point.name.clone()), Some(&point.account), policy);
        }
        let (name, all) = match (bucket_of(arn), table_of(arn)) {
            (Some(bucket), _) => (bucket, &self.network.buckets),
            (None, Some(table)) => (table, &self.network.dynamodb_tables),
            (None, None) => return (None, None, Given::NotSaid),
        };
        match all.iter().find(|(_, r)| r.name == name) {
            Some((_, found)) => {
                let policy = match &found.policy {
                    None => Given::Without,
                    policy => given(self.network, policy.as_ref()),
                };
                (Some(name.to_owned()), Some(&found.account), policy)
            }
            None => (Some(name.to_owned()), None, Given::NotSaid),
        }
    }

    fn names_a_resource(&self) -> bool {
        let arn = &self.request.resource;
        bucket_of(arn).is_some() || table_of(arn).is_some()
    }

    /// The caller's name and own policy.
    fn identity(&self) -> (String, Given<'a>) {
        let Caller::Principal(arn, _) = &self.request.caller else {
            return ("anonymous".to_owned(), Given::Without);
        };
        match self.network.principals.iter().find(|(_, p)| p.arn == *arn) {
            Some((_, p)) => (p.name.clone(), given(self.network, p.policy.as_ref())),
            None => (shown(arn), Given::NotSaid),
        }
    }

    /// Whether the answer would be another if nothing said of which account the caller is.
    fn hangs_on_account(
        &self,
        decision: &Decision<'_>,
        decide: impl Fn(&policy::Request) -> Decision<'a>,
    ) -> bool {
        let Caller::Principal(_, Some(_)) = self.request.caller else {
            return false;
        };
        let anybody = policy::Request {
            caller: Caller::Principal(ANY.to_string(), None),
            ..self.request.clone()
        };
        let other = decide(&anybody);
        std::mem::discriminant(&other) != std::mem::discriminant(decision)
    }

    fn asked(&self) -> Request {
        Request {
            action: shown(&self.request.action),
            resource: shown(&self.request.resource),
            principal: match &self.request.caller {
                Caller::Anonymous => "anonymous".to_owned(),
                Caller::Principal(arn, _) => shown(arn),
            },
        }
    }
}

/// The names of those whose policies are asked.
struct Owners {
    endpoint: String,
    resource: String,
    identity: String,
}

impl Owners {
    fn name(&self, owner: Owner) -> &str {
        match owner {
            Owner::Endpoint => &self.endpoint,
            Owner::Resource => &self.resource,
            Owner::Identity => &self.identity,
        }
    }

    fn obstacle(
        &self,
        owner: Owner,
        code: Code,
        policy: Option<(&Policy, Option<&Statement>)>,
        why: &str,
    ) -> Obstacle {
        let at = self.name(owner).to_owned();
        let (mut by, origin) = match policy {
            Some((policy, Some(s))) => (row(policy, s), s.origin.clone()),
            Some((policy, None)) => (format!("{} otherwise", policy.name), policy.origin.clone()),
            None => (
                format!("{} otherwise", policy_of(&at)),
                Origin::Implied(NO_POLICY),
            ),
        };
        if !why.is_empty() {
            by = format!("{by} ({why})");
        }
        Obstacle {
            code,
            leg: Part::Gate,
            component: at.clone(),
            at,
            by,
            origin,
            beyond_gap: false,
        }
    }
}

const NO_POLICY: &str = "what no policy allows is denied, \
    /IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html";

fn denied(owner: Owner) -> Code {
    match owner {
        Owner::Endpoint => Code::ENDPOINT_POLICY_DENIES,
        Owner::Resource => Code::RESOURCE_POLICY_DENIES,
        Owner::Identity => Code::IDENTITY_POLICY_DENIES,
    }
}

fn not_allowed(owner: Owner) -> Code {
    match owner {
        Owner::Endpoint => Code::ENDPOINT_POLICY_LACKS_ALLOW,
        Owner::Resource => Code::RESOURCE_POLICY_LACKS_ALLOW,
        Owner::Identity => Code::IDENTITY_POLICY_LACKS_ALLOW,
    }
}

/// A statement's name: `vpc/endpoint policy 1`, or with its `Sid`.
fn row(policy: &Policy, statement: &Statement) -> String {
    format!("{} {}", policy.name, statement.label)
}

/// How a statement was read, as a step.
fn fact(reading: &Reading<'_>, owners: &Owners, place: Place) -> Fact {
    let (by, origin, effect) = match reading.statement {
        Some(s) => (row(reading.policy, s), s.origin.clone(), Some(s.effect)),
        None => (
            reading.policy.name.clone(),
            reading.policy.origin.clone(),
            None,
        ),
    };
    let (did, rule) = match (&reading.fit, effect) {
        (Fit::Applies(because), Some(Effect::Deny)) => (Did::Dropped, because.clone()),
        (Fit::Applies(because), _) => (Did::Allowed, because.clone()),
        (Fit::Not(_, why), _) => (Did::Skipped, why.clone()),
        (Fit::CannotTell(why), _) => (Did::Maybe, format!("hangs on {why}")),
    };
    Fact {
        part: Part::Gate,
        place,
        node: owners.name(reading.owner).into(),
        what: "policy",
        did,
        by: by.into(),
        rule: Rule::Statement(rule),
        origin,
        header: None,
        quiet: false,
        row: None,
    }
}
