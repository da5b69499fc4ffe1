//! Who sees which names.
//!
//! A name is asked of a *view*: the public DNS, a VPC's resolver, or a name server of the user's own.
//! A view answers from its own records, follows names, or sends the query to other servers; such a
//! query is a packet, which [`Carrier`] carries. Every view decides by the most specific domain
//! (`/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-domain-name-matches.html`).
//!
//! `query` keeps the question and its bounds; `vpc` is a VPC's resolver, whose claims are ranked in
//! `claims`; `server` is everybody else who answers; `delegation` is what they leave to others; `records`, `public`, `hosts` and `own` are where
//! addresses come from.

mod advice;
mod claims;
mod delegation;
mod dns64;
mod hosts;
mod own;
mod public;
mod query;
mod records;
mod server;
mod vpc;

use crate::code::Code;
pub(crate) use own::OwnNames;
pub use own::{balancer_name, endpoint_name};
pub use server::resolvers;

use super::Compiled;
use crate::fabric::{Address, NodeId};
use crate::model::{Family, Id, Interface, Network, Origin, Site, Subnet, Unseen, Vpc};
use smol_str::SmolStr;
use std::net::IpAddr;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Viewer {
    /// A host in a VPC, and its subnet.
    Vpc(Id<Vpc>, Option<Id<Subnet>>),
    /// A host of a site.
    Site(Id<Site>),
    /// A host in a VPC that the input does not contain.
    Unseen(Id<Unseen>),
    /// Anybody on the internet.
    Internet,
}

/// Who sends a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sender {
    /// Whoever asked first.
    Asker,
    /// A name server, or an outbound Resolver endpoint.
    Interface(Id<Interface>),
    /// A host of a site.
    Site(Id<Site>, IpAddr),
}

/// Carries queries: each is a UDP packet to port 53, out and back.
pub trait Carrier {
    /// Sends a query.
    fn carry(&self, from: Sender, to: IpAddr) -> Carried;
}

/// What became of a query's packet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Carried {
    /// Which of the carrier's queries it is.
    pub query: usize,
    /// Who got it, and whose answer came home.
    pub reached: Vec<NodeId>,
    /// Some way, or every way, ends before that.
    pub lost: bool,
    /// Why the input does not tell.
    pub unknown: Option<String>,
}

/// One address of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsAnswer {
    /// The address, or a token that stands for one the input does not give.
    pub address: Address,
    /// What produced it, for people: `private DNS of endpoint consumer/orders`.
    pub by: SmolStr,
    /// For `answered_by`: name of the zone, rule or endpoint (`vpc/name`), or `public`.
    pub key: SmolStr,
    /// Availability zone of the interface, if it has one.
    pub zone: Option<SmolStr>,
    /// Where it was written.
    pub origin: Origin,
    /// An assumption it makes, e.g. `PUBLIC_ADDRESS_NOT_GIVEN`.
    pub assumes: Option<&'static str>,
    /// An address of private networks, for `dns`; known once the name is resolved.
    pub private: bool,
}

impl DnsAnswer {
    /// Whether the address only stands for those of a service's list: which of them it is, the
    /// input does not say.
    #[must_use]
    pub fn is_one_of_many(&self) -> bool {
        self.assumes == Some(Code::PUBLIC_ADDRESS_NOT_GIVEN.name())
            && !super::is_token(self.address)
    }
}

/// What came of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum DnsOutcome {
    /// Addresses, each an alternative.
    Answered(Vec<DnsAnswer>),
    /// The zone of this name (or the public DNS) has no such record.
    NxDomain(String),
    /// Somebody answers, but with no address of the only family that whoever asks has: why.
    NoAddress(String, Family),
    /// Nobody answers: why.
    NoAnswer(String),
    /// A query does not reach the server, or its answer does not come back: the server, and which
    /// of the carrier's queries.
    Lost(String, usize),
    /// The server of this name answers no such question.
    Refused(String),
    /// The question comes back to who was asked before: who.
    Circle(String),
    /// The input does not say: why.
    Unknown(String),
}

/// Something that would answer a name, by its domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// For `answered_by`.
    pub key: SmolStr,
    /// For people: `rule corp (forward example.com)`.
    pub text: SmolStr,
    /// Where it was written.
    pub origin: Origin,
    /// Why it lost; empty for the winner.
    pub lost: &'static str,
}

/// A step of a resolution.
#[derive(Clone, Debug, PartialEq)]
pub enum DnsStep {
    /// A query travels: which of the carrier's, and to which server.
    Asks {
        /// Index among the carrier's queries.
        query: usize,
        /// The server's address.
        server: IpAddr,
    },
    /// Somebody decides who answers.
    Decides {
        /// Whose view it is, e.g. `VPC hub`.
        who: SmolStr,
        /// The winner.
        by: Claim,
        /// Those that lost.
        over: Vec<Claim>,
    },
}

/// A query's outcome with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution {
    /// The name asked.
    pub name: String,
    /// Names followed on the way.
    pub chain: Vec<String>,
    /// Who was asked and who decided, in order.
    pub steps: Vec<DnsStep>,
    /// What came of it.
    pub outcome: DnsOutcome,
    /// What comes of it as well, every other time: servers that are asked by turns disagree.
    pub choices: Vec<DnsOutcome>,
    /// Assumptions about whoever answers.
    pub assumes: Vec<&'static str>,
    /// What would not change the verdict.
    pub notes: Vec<&'static str>,
    /// Advice: an endpoint exists, but this name does not lead to it, and why.
    pub advice: Vec<String>,
    /// Addresses that are in the answer and not in the input: what would tell each.
    pub missing: Vec<String>,
    /// What else may come of it, and the datum that would tell.
    pub otherwise: Vec<(DnsOutcome, String)>,
}

impl Resolution {
    /// Tells the addresses of private networks.
    fn judge(&mut self, network: &Network) {
        let others = self.otherwise.iter_mut().map(|(outcome, _)| outcome);
        let all = std::iter::once(&mut self.outcome).chain(&mut self.choices);
        for outcome in all.chain(others) {
            if let DnsOutcome::Answered(answers) = outcome {
                for answer in answers {
                    let given = !super::is_token(answer.address);
                    answer.private = given && network.is_private(answer.address.ip());
                }
            }
        }
    }

    /// Everybody who decided on the way, in the words of `answered_by`.
    pub fn deciders(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            DnsStep::Decides { by, .. } => Some(by.key.as_str()),
            DnsStep::Asks { .. } => None,
        })
    }
}

impl Compiled {
    /// Asks.
    #[must_use]
    pub fn resolve(
        &self,
        network: &Network,
        viewer: Viewer,
        name: &str,
        carrier: &dyn Carrier,
    ) -> Resolution {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let mut asked = query::Query::new(network, self, viewer, carrier);
        let outcome = asked.begin(&name);
        let last = asked.chain.last().unwrap_or(&name);
        let advice = advice::advice(network, &asked.resolvers, last, &outcome);
        let mut found = asked.finish(name, outcome, advice);
        found.judge(network);
        found
    }
}

/// Whether a domain is the name or a parent of it.
fn owns(domain: &str, name: &str) -> bool {
    domain.is_empty()
        || name
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
