//! The name: may the answer that was seen come of what is predicted?

use super::Pair;
use crate::answer::Part;
use crate::aws::{
    DnsAnswer, DnsOutcome, Resolution, address_in_words, embedded, is_token, resolvers,
};
use crate::code::Code;
use crate::model::{DhcpDns, Family};
use crate::probe::judge::{Finding, who};
use crate::probe::observation::{Asked, Lookup, LookupOutcome};
use std::net::IpAddr;

/// What comes of the name.
pub(super) struct Names {
    /// Whether both sides say something.
    pub(super) compared: bool,
    /// Where they part.
    pub(super) difference: Option<Finding>,
    /// What is worth knowing.
    pub(super) remarks: Vec<Finding>,
}

/// What was answered, as a program of this machine sees it.
enum Answered<'a> {
    Addresses(Vec<IpAddr>),
    NxDomain,
    NoData,
    Refused,
    Silent,
    Failed(&'a Lookup),
}

/// The part of names.
pub(super) fn part(pair: &Pair<'_>) -> Names {
    let mut out = Names {
        compared: false,
        difference: None,
        remarks: Vec::new(),
    };
    let lookups = counted(&pair.seen.lookups);
    let Some(last) = lookups.last() else {
        return out;
    };
    let Some(predicted) = &pair.answer.resolution else {
        return out;
    };
    let answered = answered(&lookups);
    let outcomes: Vec<&DnsOutcome> = [&predicted.outcome]
        .into_iter()
        .chain(&predicted.choices)
        .chain(predicted.otherwise.iter().map(|(o, _)| o))
        .collect();
    out.compared = !matches!(predicted.outcome, DnsOutcome::Unknown(_));
    if outcomes.iter().any(|o| pair.allows(o, &answered)) {
        if let Answered::Addresses(all) = &answered {
            out.remarks.extend(pair.others(predicted, all, last));
        }
        return out;
    }
    let by = lookups.iter().find(|l| !l.records.is_empty());
    let decided = by.copied().unwrap_or(last);
    out.difference = Some(pair.parted(predicted, &answered, decided));
    out
}

/// The questions that programs would ask: the system's, if it was asked.
fn counted(all: &[Lookup]) -> Vec<&Lookup> {
    let named = |l: &&Lookup| matches!(l.asked, Asked::Named(_));
    let own: Vec<&Lookup> = all.iter().filter(|l| !named(l)).collect();
    if own.is_empty() {
        all.iter().collect()
    } else {
        own
    }
}

fn answered<'a>(lookups: &[&'a Lookup]) -> Answered<'a> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in lookups.iter().flat_map(|l| l.addresses()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if !addresses.is_empty() {
        return Answered::Addresses(addresses);
    }
    // A program asks the next server where one fails: the last answer of each kind is what it gets.
    let kind = |kind| lookups.iter().rfind(|l| l.kind == kind);
    let mut out = Answered::NxDomain;
    for last in [kind("A"), kind("AAAA")].into_iter().flatten() {
        match last.outcome {
            LookupOutcome::Answered | LookupOutcome::NxDomain | LookupOutcome::BadName(_) => {}
            LookupOutcome::NoData => out = Answered::NoData,
            LookupOutcome::Refused => return Answered::Refused,
            LookupOutcome::Failed(_) => return Answered::Failed(last),
            LookupOutcome::TimedOut | LookupOutcome::Unreachable(_) | LookupOutcome::Broken(_) => {
                return Answered::Silent;
            }
        }
    }
    out
}

impl Pair<'_> {
    /// Whether an answer may come of a predicted outcome. Whether a failure shows as REFUSED, as
    /// SERVFAIL or as silence depends on who stands between: no page of AWS says.
    fn allows(&self, predicted: &DnsOutcome, seen: &Answered<'_>) -> bool {
        match predicted {
            DnsOutcome::Unknown(_) => true,
            DnsOutcome::Answered(all) => match seen {
                Answered::Addresses(seen) => seen
                    .iter()
                    .all(|address| all.iter().any(|own| self.may_be(own, *address))),
                Answered::NoData => all.is_empty(),
                _ => false,
            },
            DnsOutcome::NoAddress(_, family) => match seen {
                Answered::Addresses(seen) => seen.iter().all(|a| Family::of(*a) != *family),
                Answered::NoData => true,
                _ => false,
            },
            DnsOutcome::NxDomain(_) => matches!(seen, Answered::NxDomain | Answered::NoData),
            DnsOutcome::Refused(_)
            | DnsOutcome::NoAnswer(_)
            | DnsOutcome::Lost(..)
            | DnsOutcome::Circle(_) => matches!(
                seen,
                Answered::Refused | Answered::Silent | Answered::Failed(_)
            ),
        }
    }

    /// Whether an address may be this one of the predicted answer. Public names of services have
    /// many addresses, of which an input gives some: any public address may be another of them.
    fn may_be(&self, predicted: &DnsAnswer, seen: IpAddr) -> bool {
        let own = predicted.address;
        if own == seen.into() {
            return true;
        }
        if own.is_v4() != seen.is_ipv4() || predicted.private {
            return false;
        }
        let seen_embedded = embedded(seen.into()).is_some();
        if embedded(own).is_some() || seen_embedded {
            return embedded(own).is_some() && seen_embedded;
        }
        self.known.class(seen).is_public()
    }

    /// The input gives other public addresses of the name than were seen.
    fn others(&self, predicted: &Resolution, seen: &[IpAddr], last: &Lookup) -> Option<Finding> {
        let DnsOutcome::Answered(all) = &predicted.outcome else {
            return None;
        };
        let given = |a: &&IpAddr| all.iter().any(|own| own.address == (**a).into());
        let tokens = all.iter().any(|own| is_token(own.address));
        let other = seen.iter().find(|a| !given(a))?;
        (!tokens).then(|| Finding {
            code: Code::ADDRESSES_OF_ANOTHER_NAME,
            about: who(&last.asked),
            says: format!(
                "the scenario gives other public addresses of the name than {other}: the prediction is taken to hold for all of them"
            ),
            advice: Vec::new(),
            stops: false,
        })
    }

    /// The first difference: the name.
    fn parted(&self, predicted: &Resolution, seen: &Answered<'_>, by: &Lookup) -> Finding {
        let mut advice = Vec::new();
        let expected = self.expected(predicted);
        let answer = match seen {
            Answered::Addresses(all) => {
                let all: Vec<String> = all
                    .iter()
                    .map(|a| format!("{a} ({})", self.known.class(*a).words()))
                    .collect();
                format!("{} answered {}", who(&by.asked), all.join(", "))
            }
            Answered::NxDomain => format!("{} says that the name does not exist", who(&by.asked)),
            Answered::NoData => format!("{} has no address of the name", who(&by.asked)),
            Answered::Refused => format!("{} refuses to answer", who(&by.asked)),
            Answered::Failed(last) => format!("{} reports a failure", who(&last.asked)),
            Answered::Silent if by.asked == Asked::Nobody => "there is nobody to ask".to_owned(),
            Answered::Silent => format!("{} does not answer", who(&by.asked)),
        };
        let server = match by.asked {
            Asked::System(server) | Asked::Named(server) => Some(server.ip()),
            Asked::Hosts { .. } => {
                advice.push(format!(
                    "the file decides before any name server is asked: see {}",
                    who(&by.asked)
                ));
                None
            }
            Asked::Nobody => {
                advice.push("this machine knows no name server, and instances learn theirs from the VPC's DHCP options: read its /etc/resolv.conf".to_owned());
                None
            }
        };
        if let Some(server) = server.filter(IpAddr::is_loopback) {
            advice.push(format!(
                "{server} is a server of this machine, which asks others: find out whom, e.g. by `resolvectl status`, and ask them with `--resolver`"
            ));
        }
        let strange = server.filter(|s| !self.resolvers().contains(s));
        if let Some(server) = strange.filter(|s| !s.is_loopback())
            && self.answer.ask.from.vpc(self.network).is_some()
        {
            let own: Vec<String> = self.resolvers().iter().map(IpAddr::to_string).collect();
            let mut text = format!("{server} is not the VPC's resolver ({})", own.join(", "));
            if matches!(seen, Answered::Addresses(_) | Answered::NxDomain) {
                text.push_str(": what it does not forward there, it answers as the internet does");
            }
            advice.push(text);
        } else if server.is_some() {
            advice.push(self.otherwise(predicted, seen));
        }
        let name = &predicted.name;
        if let Some(own) = self.resolvers().first()
            && strange.is_some()
        {
            advice.push(format!("ask the VPC's resolver: `dig @{own} {name}`"));
        }
        advice.push(format!(
            "see who answers in the prediction, and why: `reachability resolve INPUT --from {} {name}`",
            self.answer.from
        ));
        Finding {
            code: Code::RESOLVED_OTHERWISE,
            about: name.clone(),
            says: format!("{expected}; {answer}"),
            advice,
            stops: true,
        }
    }

    /// What the prediction needs the name to do.
    fn expected(&self, predicted: &Resolution) -> String {
        match &predicted.outcome {
            DnsOutcome::Answered(all) => {
                let mut by: Vec<&str> = all.iter().map(|a| a.by.as_str()).collect();
                by.dedup();
                let mut addresses: Vec<String> =
                    all.iter().map(|a| address_in_words(a.address)).collect();
                addresses.dedup();
                format!(
                    "the prediction needs {} to answer {}",
                    by.join(" and "),
                    addresses.join(", ")
                )
            }
            DnsOutcome::NxDomain(who) => {
                format!("the prediction needs {who} to say that there is no such name")
            }
            DnsOutcome::NoAddress(why, _) => {
                format!("the prediction needs an answer without addresses ({why})")
            }
            DnsOutcome::Refused(who) => format!("the prediction needs {who} to refuse"),
            DnsOutcome::NoAnswer(why) => format!("the prediction needs no answer ({why})"),
            DnsOutcome::Lost(server, _) => {
                format!("the prediction needs no answer to come from {server}")
            }
            DnsOutcome::Circle(who) => {
                format!("the prediction needs the question to go in circles at {who}")
            }
            DnsOutcome::Unknown(why) => format!("the prediction does not know ({why})"),
        }
    }

    /// What else must be otherwise, where the right resolver was asked.
    fn otherwise(&self, predicted: &Resolution, seen: &Answered<'_>) -> String {
        let silent = matches!(
            seen,
            Answered::Silent | Answered::Failed(_) | Answered::Refused
        );
        if silent && self.answer.ask.from.vpc(self.network).is_some() {
            return "in the account the VPC's DNS support is off, or something drops the questions or the answers: UDP and TCP 53".to_owned();
        }
        let DnsOutcome::Answered(all) = &predicted.outcome else {
            return "in the account somebody answers the name: an endpoint with private DNS, a private hosted zone, a Resolver rule or a public record that the scenario lacks".to_owned();
        };
        let by = all.first().map_or("who answers", |a| a.by.as_str());
        if all.iter().any(|a| a.private) {
            format!(
                "in the account {by} does not answer here: private DNS off, an endpoint that is not available, a zone that is not associated, or the VPC's DNS attributes off"
            )
        } else {
            format!(
                "in the account something closer than {by} answers: an endpoint with private DNS, a private hosted zone or a Resolver rule that the scenario lacks"
            )
        }
    }

    /// The name servers of the source: its VPC's, or those of its DHCP option set
    /// (`/vpc/latest/userguide/AmazonDNS-concepts.html`).
    fn resolvers(&self) -> Vec<IpAddr> {
        let Some(vpc) = self.answer.ask.from.vpc(self.network) else {
            return Vec::new();
        };
        let vpc = &self.network.vpcs[vpc];
        match &vpc.dhcp_dns {
            DhcpDns::Servers(all) => all.clone(),
            _ => resolvers(vpc).into_iter().flatten().collect(),
        }
    }
}

/// Whether the prediction ends at the name.
pub(super) fn ends_at_name(pair: &Pair<'_>) -> bool {
    let first = pair.answer.obstacles.first();
    first.is_some_and(|o| o.leg == Part::Dns)
}
