//! A question under way: who is being asked, what has been said, and the bounds of it all.

use super::{Carrier, DnsOutcome, DnsStep, Resolution, Sender, Viewer};
use crate::aws::Compiled;
use crate::code::Code;
use crate::model::{
    DhcpDns, Gap, Id, Listing, NameServer, Network, SiteResolver, Unseen, Vpc, catalog,
};

/// More views and names than any chain goes through.
const LONGEST: usize = 8;

/// More queries than any chain sends, unless servers ask each other by turns.
const MOST: usize = 256;

/// Who answers a question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum View {
    /// The public DNS.
    Public,
    /// A VPC's resolver.
    Vpc(Id<Vpc>, Door),
    /// A name server of the user's own, and who sends what it asks.
    Server(Id<NameServer>, Sender),
}

/// Where a question enters a VPC's resolver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Door {
    /// From the VPC itself.
    Inside,
    /// By an inbound Resolver endpoint.
    Inbound,
    /// By one that domains are delegated to.
    Delegation,
}

/// Where the client of a VPC's resolver stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ClientZone<'n> {
    /// No VPC's resolver is asked.
    NoClient,
    /// In this zone.
    Of(&'n str),
    /// AWS does not say what counts.
    NotKnown,
}

pub(super) struct Query<'n> {
    pub(super) network: &'n Network,
    pub(super) compiled: &'n Compiled,
    pub(super) viewer: Viewer,
    pub(super) carrier: &'n dyn Carrier,
    /// Who is being asked for what: the last is asked now.
    asked: Vec<(View, String)>,
    /// The VPCs whose resolvers were asked for anything.
    pub(super) resolvers: Vec<Id<Vpc>>,
    pub(super) chain: Vec<String>,
    pub(super) steps: Vec<DnsStep>,
    pub(super) choices: Vec<DnsOutcome>,
    pub(super) missing: Vec<String>,
    pub(super) otherwise: Vec<(DnsOutcome, String)>,
    assumes: Vec<&'static str>,
    notes: Vec<&'static str>,
}

impl<'n> Query<'n> {
    pub(super) fn new(
        network: &'n Network,
        compiled: &'n Compiled,
        viewer: Viewer,
        carrier: &'n dyn Carrier,
    ) -> Self {
        Self {
            network,
            compiled,
            viewer,
            carrier,
            asked: Vec::new(),
            resolvers: Vec::new(),
            chain: Vec::new(),
            steps: Vec::new(),
            choices: Vec::new(),
            missing: Vec::new(),
            otherwise: Vec::new(),
            assumes: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The answer with everything noted on the way.
    pub(super) fn finish(
        self,
        name: String,
        outcome: DnsOutcome,
        advice: Vec<String>,
    ) -> Resolution {
        let answered = matches!(outcome, DnsOutcome::Answered(_));
        let mut choices = self.choices;
        choices.retain(|c| !same(c, &outcome));
        Resolution {
            name,
            chain: self.chain,
            steps: self.steps,
            outcome,
            choices,
            assumes: if answered { self.assumes } else { Vec::new() },
            notes: self.notes,
            advice,
            missing: self.missing,
            otherwise: self.otherwise,
        }
    }

    /// Whom the viewer's host asks.
    pub(super) fn begin(&mut self, name: &str) -> DnsOutcome {
        match self.viewer {
            Viewer::Internet => self.ask(View::Public, name),
            Viewer::Unseen(id) => DnsOutcome::Unknown(self.network.unseen[id].text()),
            Viewer::Site(site) => match &self.network.sites[site].resolver {
                SiteResolver::None => match self.lack(Gap::Site(site)) {
                    Some(lack) => DnsOutcome::Unknown(lack),
                    None => DnsOutcome::NoAnswer("the site has no resolver".to_owned()),
                },
                SiteResolver::Servers(servers) => self.in_turn(Sender::Asker, servers, name),
                SiteResolver::Isp => match self.server_of_site(site) {
                    Some(server) => self.ask(View::Server(server, Sender::Asker), name),
                    None => self.ask(View::Public, name),
                },
            },
            Viewer::Vpc(vpc, _) => self.by_dhcp(vpc, name),
        }
    }

    /// The DHCP option set says whom hosts ask
    /// (`/vpc/latest/userguide/DHCPOptionSetConcepts.html`).
    fn by_dhcp(&mut self, id: Id<Vpc>, name: &str) -> DnsOutcome {
        // An import that lists no option sets: AWS's own names are taken to be answered by AWS, as
        // they are by default; any other name may be anybody's.
        if let Some(lack) = self.lack(Gap::Listing(id, Listing::DhcpOptions)) {
            if !catalog::is_aws(name) {
                return DnsOutcome::Unknown(lack);
            }
            self.assume(Code::AMAZON_PROVIDED_DNS);
        }
        match &self.network.vpcs[id].dhcp_dns {
            DhcpDns::None => {
                DnsOutcome::NoAnswer("the VPC's DHCP options name no server".to_owned())
            }
            DhcpDns::Servers(servers) => self.in_turn(Sender::Asker, servers, name),
            DhcpDns::Amazon => self.ask_own(id, Sender::Asker, name),
        }
    }

    /// Asks a view, unless it has been asked before or the chain is too long.
    pub(super) fn ask(&mut self, view: View, name: &str) -> DnsOutcome {
        let this = (view, name.to_owned());
        if self.asked.contains(&this) {
            return DnsOutcome::Circle(name.to_owned());
        }
        if self.asked.len() >= LONGEST {
            let why = format!("more than {LONGEST} servers and names lie behind one another");
            return DnsOutcome::Unknown(why);
        }
        self.asked.push(this);
        let outcome = match view {
            View::Public => self.public(name),
            View::Vpc(vpc, door) => {
                self.resolvers.push(vpc);
                self.in_vpc(vpc, door, name)
            }
            View::Server(server, sender) => self.in_server(server, sender, name),
        };
        self.asked.pop();
        outcome
    }

    /// Whoever is being asked looks another name up.
    pub(super) fn follow(&mut self, next: &str) -> DnsOutcome {
        let next = next.trim_end_matches('.').to_ascii_lowercase();
        self.chain.push(next.clone());
        let view = self.view();
        self.ask(view, &next)
    }

    /// Who is being asked.
    pub(super) fn view(&self) -> View {
        self.asked.last().map_or(View::Public, |(view, _)| *view)
    }

    /// Whether the question came because a domain was delegated here.
    pub(super) fn by_delegation(&self) -> bool {
        matches!(self.view(), View::Vpc(_, Door::Delegation))
    }

    /// The zone of whoever asks the resolver that answers now: none if nobody asks one; not known
    /// where the query comes from outside its VPC.
    pub(super) fn client_zone(&self) -> ClientZone<'n> {
        let network = self.network;
        let mut asked = self.asked.iter().rev().map(|(view, _)| *view);
        let Some(View::Vpc(vpc, door)) = asked.next() else {
            return ClientZone::NoClient;
        };
        if door != Door::Inside {
            return ClientZone::NotKnown;
        }
        // Names that are followed are asked of the same resolver again.
        let before = asked.find(|view| *view != View::Vpc(vpc, door));
        let subnet = match (before, self.viewer) {
            (None, Viewer::Vpc(_, subnet)) => subnet,
            (Some(View::Server(_, Sender::Interface(id))), _) => network.interfaces[id].subnet.id(),
            _ => None,
        };
        subnet.map_or(ClientZone::NotKnown, |s| {
            ClientZone::Of(&network.subnets[s].zone)
        })
    }

    /// Whether there have been more queries than any sound network sends.
    pub(super) fn exhausted(&self) -> bool {
        let sent = |step: &&DnsStep| matches!(step, DnsStep::Asks { .. });
        self.steps.iter().filter(sent).count() >= MOST
    }

    pub(super) fn assume(&mut self, code: Code) {
        self.assumes.push(code.name());
    }

    pub(super) fn note(&mut self, code: Code) {
        if !self.notes.contains(&code.name()) {
            self.notes.push(code.name());
        }
    }

    /// What is left open about a noun: what would tell.
    pub(super) fn lack(&self, gap: Gap) -> Option<String> {
        self.network.gap(gap).map(Unseen::text)
    }

    /// One outcome of several that come by turns; the others are choices.
    pub(super) fn by_turns(&mut self, found: Vec<DnsOutcome>) -> Option<DnsOutcome> {
        let mut found = found.into_iter();
        let first = found.next()?;
        for other in found {
            if !self.choices.iter().any(|c| same(c, &other)) {
                self.choices.push(other);
            }
        }
        Some(first)
    }
}

/// Whether two outcomes say the same, whoever says it.
fn same(a: &DnsOutcome, b: &DnsOutcome) -> bool {
    match (a, b) {
        (DnsOutcome::Answered(a), DnsOutcome::Answered(b)) => {
            let addresses = |all: &[super::DnsAnswer]| {
                let mut all: Vec<_> = all.iter().map(|a| a.address).collect();
                all.sort_unstable();
                all
            };
            addresses(a) == addresses(b)
        }
        _ => a == b,
    }
}
