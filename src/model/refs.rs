//! How one noun names another, and what the input does not contain.

use super::id::Id;
use super::listing::Listing;
use super::origin::Origin;
use super::{
    ClientVpn, HostedZone, Instance, InternetGateway, LoadBalancer, Profile, ResolverRule, Site,
    Subnet, TargetGroup, TransitTable, Vpc, VpnGateway,
};
use crate::word::Word;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Why something is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// The input lacks the listing.
    NotListed(Listing),
    /// The input has such a listing, and it does not have this: another account, or no permission.
    NotAmong(Listing),
    /// It is there, and this program does not model it: in words.
    NotModelled(String),
    /// No listing of AWS tells it: in words.
    Untold(String),
    /// The input names it and says no more.
    NotSaid,
}

/// A noun that the input names and does not contain (open world: imports).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unseen {
    /// The foreign id or name, e.g. `sg-0abc`.
    pub name: String,
    /// What kind of thing, in AWS's words, e.g. `security group`.
    #[serde(with = "crate::word")]
    pub kind: Word,
    /// Why it is missing.
    pub why: Why,
    /// Where it was named.
    pub origin: Origin,
}

impl Unseen {
    /// What is called so where it was named, and why nothing more is known of it.
    #[must_use]
    pub fn new(kind: Word, name: impl Into<String>, why: Why, origin: &Origin) -> Self {
        Self {
            name: name.into(),
            kind,
            why,
            origin: origin.clone(),
        }
    }

    /// What is missing, and what to supply.
    #[must_use]
    pub fn text(&self) -> String {
        let Unseen {
            name, kind, why, ..
        } = self;
        match why {
            Why::NotListed(l) => format!(
                "{kind} {name}: the input has no listing of {}, supply `{}`",
                l.words(),
                l.command()
            ),
            Why::NotAmong(l) => format!(
                "{kind} {name}: not among the {} of the input, see `{}`",
                l.words(),
                l.command()
            ),
            Why::NotModelled(why) | Why::Untold(why) => format!("{kind} {name}: {why}"),
            Why::NotSaid => format!("{kind} {name}: not in the input"),
        }
    }
}

/// What an import may leave open about a noun that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Gap {
    /// A listing of the VPC's account and Region.
    Listing(Id<Vpc>, Listing),
    /// Who has the addresses of a subnet that no interface of the input has.
    Addresses(Id<Subnet>),
    /// Whether an instance runs.
    Running(Id<Instance>),
    /// What becomes of traffic that enters by an internet gateway.
    InternetGateway(Id<InternetGateway>),
    /// Which connections a virtual private gateway has, and what they teach it.
    VpnGateway(Id<VpnGateway>),
    /// What there is at a site beside what is said.
    Site(Id<Site>),
    /// The subnets that a Client VPN endpoint is associated with, and its interfaces there.
    ClientVpnNetworks(Id<ClientVpn>),
    /// Routes of a Client VPN endpoint, beside those to its VPC.
    ClientVpnRoutes(Id<ClientVpn>),
    /// Authorization rules of a Client VPN endpoint.
    ClientVpnRules(Id<ClientVpn>),
    /// Routes of a transit gateway's table.
    TransitRoutes(Id<TransitTable>),
    /// The listeners of a load balancer.
    Listeners(Id<LoadBalancer>),
    /// Whether a load balancer balances across zones.
    BalancerCrossZone(Id<LoadBalancer>),
    /// Whether a target group overrides that, and whether it keeps the client's address.
    GroupAttributes(Id<TargetGroup>),
    /// Whether a zone is private.
    ZoneKind(Id<HostedZone>),
    /// The VPCs of a private zone.
    ZoneVpcs(Id<HostedZone>),
    /// The records of a zone.
    ZoneRecords(Id<HostedZone>),
    /// The VPCs of a Resolver rule.
    RuleVpcs(Id<ResolverRule>),
    /// What a Profile brings.
    ProfileResources(Id<Profile>),
}

/// What a name turned out to mean.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub enum Meaning<T> {
    /// Not looked up yet; never found in a `Network`.
    Pending,
    /// A noun of the input.
    Known(Id<T>),
    /// Named, but not in the input.
    Unseen(Id<Unseen>),
}

impl<T> Clone for Meaning<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Meaning<T> {}

/// A name as written, and the noun it means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Ref<T> {
    /// The user's words: `name`, `vpc/name` or an AWS id.
    pub text: SmolStr,
    /// Where they stand.
    pub origin: Origin,
    /// What they mean.
    pub to: Meaning<T>,
}

impl<T> Ref<T> {
    /// A name that has not been looked up.
    pub fn named(text: impl Into<SmolStr>, origin: &Origin) -> Self {
        Self {
            text: text.into(),
            origin: origin.clone(),
            to: Meaning::Pending,
        }
    }

    /// The noun, if the input contains it.
    #[must_use]
    pub fn id(&self) -> Option<Id<T>> {
        match self.to {
            Meaning::Known(id) => Some(id),
            Meaning::Pending | Meaning::Unseen(_) => None,
        }
    }

    /// What is known of it, if the input does not contain it.
    #[must_use]
    pub fn unseen(&self) -> Option<Id<Unseen>> {
        match self.to {
            Meaning::Unseen(id) => Some(id),
            Meaning::Pending | Meaning::Known(_) => None,
        }
    }
}

/// A fact the input states, or one it should have stated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fact<T> {
    /// Stated, or AWS's default in a scenario.
    Known(T),
    /// An import that does not say.
    Unseen(Id<Unseen>),
}

impl<T> Fact<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Fact::Known(value) => Some(value),
            Fact::Unseen(_) => None,
        }
    }
}
