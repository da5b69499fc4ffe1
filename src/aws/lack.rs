//! What an open world leaves open, as rows: each says what is missing and what to supply.
//!
//! A filter that is missing may drop: a `maybe` row. A component that is missing may do anything:
//! an opaque row. A setting that is missing is tried both ways: a `maybe` row that forks.

use super::compile::Compiler;
use crate::code::Code;
use crate::fabric::{Action, RowSpec, Side, Span, TableId, flags};
use crate::model::{
    Gap, Id, Interface, Listing, LoadBalancerKind, Origin, Ref, Role, Unseen, Vpc, Why, World,
};
use std::net::IpAddr;

/// Something that the input does not say.
#[derive(Clone, Debug)]
pub(super) struct Lack {
    pub(super) code: Code,
    pub(super) text: String,
    pub(super) origin: Origin,
}

impl From<&Unseen> for Lack {
    fn from(unseen: &Unseen) -> Self {
        let code = match unseen.why {
            Why::NotModelled(_) => Code::UNSUPPORTED_COMPONENT,
            Why::NotListed(_) | Why::NotAmong(_) | Why::Untold(_) | Why::NotSaid => {
                Code::UNKNOWN_RESOURCE
            }
        };
        Self {
            code,
            text: unseen.text(),
            origin: unseen.origin.clone(),
        }
    }
}

impl Lack {
    /// What is there, and what this program does not know of it.
    pub(super) fn not_modelled(
        kind: &'static str,
        name: impl Into<String>,
        why: &str,
        origin: &Origin,
    ) -> Self {
        Self::from(&Unseen::new(
            kind,
            name,
            Why::NotModelled(why.to_owned()),
            origin,
        ))
    }

    /// Everything that comes this way: anything may happen.
    pub(super) fn opaque(&self) -> RowSpec {
        let then = Action::Opaque(self.code);
        RowSpec::address(Span::Any, then, &self.origin, self.text.clone())
    }

    /// Everything that comes this way: it may pass, it may be dropped.
    pub(super) fn maybe(&self) -> RowSpec {
        RowSpec {
            flags: flags::MAYBE,
            ..RowSpec::address(Span::Any, Action::Next, &self.origin, self.text.clone())
        }
    }
}

impl Compiler<'_> {
    pub(super) fn open(&self) -> bool {
        self.network.world == World::Open
    }

    /// What is known of a noun that the input names and does not contain.
    pub(super) fn lack<T>(&self, reference: &Ref<T>) -> Lack {
        reference.unseen().map_or_else(
            || Lack {
                code: Code::UNKNOWN_RESOURCE,
                text: format!("{}: not in the input", reference.text),
                origin: reference.origin.clone(),
            },
            |id| Lack::from(&self.network.unseen[id]),
        )
    }

    /// What is left open about a noun.
    pub(super) fn gap(&self, gap: Gap) -> Option<Lack> {
        self.network.gap(gap).map(Lack::from)
    }

    /// A listing that the account and Region of a VPC lack.
    pub(super) fn unlisted(&self, vpc: Option<Id<Vpc>>, listing: Listing) -> Option<Lack> {
        self.gap(Gap::Listing(vpc?, listing))
    }

    /// Why anything may happen at an interface: what it belongs to is missing, or not modelled.
    pub(super) fn unmodelled(&self, interface: &Interface) -> Option<Lack> {
        let kind = match &interface.role {
            Role::Endpoint(r) if r.id().is_none() => return Some(self.lack(r)),
            Role::LoadBalancer(r) => match r.id().map(|l| self.network.load_balancers[l].kind) {
                Some(LoadBalancerKind::Network | LoadBalancerKind::Application) => return None,
                Some(LoadBalancerKind::Gateway) => "gateway load balancer",
                None => return Some(self.lack(r)),
            },
            Role::Resolver(r) if r.id().is_none() => return Some(self.lack(r)),
            Role::Other(_) => "managed interface",
            Role::Instance(_)
            | Role::Nat(_)
            | Role::Endpoint(_)
            | Role::Resolver(_)
            | Role::ClientVpn(_)
            | Role::Plain => return None,
        };
        Some(Lack::not_modelled(
            kind,
            interface.name.clone(),
            "not modelled yet",
            &interface.origin,
        ))
    }

    /// An interface of an instance that may be stopped.
    pub(super) fn may_be_stopped(&self, interface: &Interface) -> Option<Lack> {
        match &interface.role {
            Role::Instance(r) => match r.id() {
                Some(id) => self.gap(Gap::Running(id)),
                None => Some(self.lack(r)),
            },
            _ => None,
        }
    }

    /// Rows for the addresses of interfaces whose subnet the input does not contain: they are
    /// somewhere in a VPC.
    pub(super) fn strays(&self) -> Vec<RowSpec> {
        let interfaces = self.network.interfaces.iter();
        interfaces
            .filter(|(_, i)| i.subnet.id().is_none())
            .flat_map(|(_, i)| {
                let lack = self.lack(&i.subnet);
                let row = move |span: (IpAddr, IpAddr)| RowSpec {
                    span: span.into(),
                    ..lack.opaque()
                };
                i.spans().map(row)
            })
            .collect()
    }

    /// The blocks of an AWS-managed prefix list, which an import should give.
    pub(super) fn list_lack(&self, region: &str, service: &str) -> Option<Lack> {
        let listing = Listing::PrefixLists;
        self.open().then(|| {
            Lack::from(&Unseen::new(
                "prefix list",
                format!("com.amazonaws.{region}.{service}"),
                self.network.why(listing),
                &Origin::Unknown,
            ))
        })
    }

    /// A table where anything may happen.
    pub(super) fn opaque_table(&mut self, name: &str, lack: &Lack) -> TableId {
        let (row, otherwise) = (lack.opaque(), Action::Opaque(lack.code));
        self.b.table(name, Side::Dst, vec![row], otherwise, "")
    }

    /// A table that may drop.
    pub(super) fn maybe_table(&mut self, name: &str, lack: &Lack) -> TableId {
        let row = lack.maybe();
        self.b.table(name, Side::Dst, vec![row], Action::Next, "")
    }
}
