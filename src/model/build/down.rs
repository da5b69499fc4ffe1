//! What a scenario says is out of service, by name: looked up among everything that can be, and
//! carried into the state of what is not an interface.

use super::index::Index;
use super::lookup::Resolver;
use super::noun::Noun;
use super::resolve::Indexes;
use crate::diagnostic::{Diagnostic, near};
use crate::model::{Arena, Down, Draft, EndpointKind, Id, Meaning, Part, Ref};

/// Looks the names up.
pub(super) fn look_up(indexes: &Indexes, draft: &mut Draft, resolver: &mut Resolver<'_>) {
    let mut all = std::mem::take(&mut draft.down);
    for down in &mut all {
        down.part = indexes.part(down, draft, resolver);
        if down.part.is_none() {
            resolver.report.push(indexes.not_down(down, resolver));
        }
    }
    draft.down = all;
}

impl Indexes {
    /// Everything in one name space, the thing itself before its interfaces.
    fn part(&self, down: &Down, draft: &Draft, resolver: &Resolver<'_>) -> Option<Part> {
        macro_rules! among {
            ($($index:ident: $part:ident),* $(,)?) => {
                $(if let Some(id) = resolver.find(&self.$index, &down.name, None) {
                    return Some(Part::$part(known(down, id)));
                })*
            };
        }
        let endpoint = resolver.find(&self.endpoints, &down.name, None);
        let gateway = endpoint.is_some_and(|e| {
            let kind = &draft.endpoints[e].kind;
            matches!(kind, EndpointKind::Gateway(_))
        });
        if gateway {
            return None;
        }
        among!(
            instances: Instance, nats: Nat, regional_nats: RegionalNat, endpoints: Endpoint,
            balancers: LoadBalancer, resolvers: Resolver, client_vpns: ClientVpn,
            interfaces: Interface, connections: Connection, attachments: Attachment,
        );
        None
    }

    /// Why nothing of that name can be out of service, and what was perhaps meant.
    fn not_down(&self, down: &Down, resolver: &Resolver<'_>) -> Diagnostic {
        let name = &down.name;
        let error = |code, message| Diagnostic::error(code, "down", &down.origin, message);
        macro_rules! among {
            ($($index:ident),* $(,)?) => {
                $(if let Some(kind) = kind(&self.$index, name, resolver) {
                    let message = format!("{kind} `{name}` is no single thing that could be down");
                    return error("cannot-be-down", message)
                        .help("AWS runs it in every zone: say the state of what leads there instead");
                })*
            };
        }
        among!(endpoints, internet, egress, vpns, peerings, transits);
        macro_rules! names {
            ($($index:ident),* $(,)?) => {
                std::iter::empty()$(.chain(self.$index.names(&resolver.vpcs)))*
            };
        }
        let names = names!(
            instances,
            nats,
            regional_nats,
            endpoints,
            balancers,
            resolvers,
            client_vpns,
            interfaces,
            connections,
            attachments,
        );
        let found = error(
            "unknown-name",
            format!("nothing that could be down is named `{name}`"),
        );
        let names: Vec<String> = names.collect();
        let own = |n: &&String| n.rsplit('/').next() == Some(name);
        let meant = near(name, names.iter().map(String::as_str));
        match meant.or_else(|| Some(names.iter().find(own)?.as_str())) {
            Some(meant) => found.help(format!("did you mean `{meant}`?")),
            None if name.contains("-az") => found.help("zones stand under `zones`"),
            None => {
                found.help("write `vpc/name`, the name of a connection, or `gateway/attachment`")
            }
        }
    }
}

fn known<T>(down: &Down, id: Id<T>) -> Ref<T> {
    Ref {
        to: Meaning::Known(id),
        ..Ref::named(down.name.as_str(), &down.origin)
    }
}

fn kind<T: Noun>(index: &Index<T>, name: &str, resolver: &Resolver<'_>) -> Option<&'static str> {
    resolver.find(index, name, None).map(|_| T::KIND)
}

/// What is not an interface has a state, and is in the one it has when it does not work.
pub(super) fn apply(draft: &mut Draft) {
    let down = std::mem::take(&mut draft.down);
    for part in down.iter().filter_map(|d| d.part.as_ref()) {
        match part {
            Part::RegionalNat(r) => set(&mut draft.regional_nats, r, |n| n.available = false),
            Part::Connection(r) => set(&mut draft.connections, r, |c| c.up = false),
            Part::Attachment(r) => set(&mut draft.attachments, r, |a| a.available = false),
            _ => {}
        }
    }
    draft.down = down;
}

fn set<T>(arena: &mut Arena<T>, reference: &Ref<T>, mut f: impl FnMut(&mut T)) {
    if let Some(noun) = reference.id().and_then(|id| arena.get_mut(id)) {
        f(noun);
    }
}
