//! Properties of a network, as plain data: what must hold of every flow between these and those.

use crate::model::Origin;
use ipnet::IpNet;
use std::fmt;

/// Whose flows are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// By name: `vpc/name`, an AWS id, a site, an address; `*` stands for any characters.
    Name(String),
    /// Every interface of the network that starts connections of its own, and the clients of Client
    /// VPNs. Hosts outside are named by themselves.
    Any,
    /// Hosts of the internet: those declared, and any other.
    Internet,
    /// Hosts of every on-premises network.
    OnPremises,
    /// Interfaces with a tag.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    },
    /// Interfaces of a VPC, by its name or id.
    Vpc(String),
    /// Interfaces of a subnet, as `vpc/name`, or by its id.
    Subnet(String),
    /// Interfaces of an account's VPCs.
    Account(String),
}

impl fmt::Display for Who {
    /// As the command line writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Name(name) => f.write_str(name),
            Who::Any => f.write_str("any"),
            Who::Internet => f.write_str("internet"),
            Who::OnPremises => f.write_str("on-premises"),
            Who::Tag { key, value } => write!(f, "tag:{key}={value}"),
            Who::Vpc(name) => write!(f, "vpc:{name}"),
            Who::Subnet(name) => write!(f, "subnet:{name}"),
            Who::Account(account) => write!(f, "account:{account}"),
        }
    }
}

/// What must hold of every flow from these to those (semantics S8).
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// What is claimed of each.
    pub claim: Claim,
    /// Who sends.
    pub from: Vec<Who>,
    /// Where to.
    pub to: Vec<To>,
    /// Destination ports, as spans; empty: whichever the destination says, else all.
    pub ports: Vec<(u16, u16)>,
    /// What arrives counts only if its reply comes home.
    pub replies: bool,
    /// What may be out of service.
    pub survives: Option<Survives>,
    /// Why it matters.
    pub why: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// What is claimed of every flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It crosses no public link on its way out, whatever becomes of it.
    NeverInternet,
    /// It does not arrive.
    NeverReachable,
    /// It is answered, and no link that it or its reply crosses is public.
    AlwaysPrivate,
    /// It is answered.
    AlwaysReachable,
    /// If it arrives, it crosses these, in this order.
    OnlyVia(Vec<String>),
    /// If it arrives, it does so at one of these ports; of TCP and UDP, the others have none.
    OnlyPorts(Vec<(u16, u16)>),
    /// It does not arrive, from any of the groups at another; with no groups, neither from these to
    /// those nor back.
    Isolated(Vec<Who>),
}

/// Where flows lead.
#[derive(Clone, Debug, PartialEq)]
pub enum To {
    /// A destination's words: a service, a name, a component.
    Words(String),
    /// Those that a selector means.
    Who(Who),
    /// Every address of a block.
    Block(IpNet),
    /// Every address of a prefix list.
    List(String),
}

/// What may be out of service: the property must hold then, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Survives {
    /// Any one zone; of sources in it nothing is claimed.
    OneZone,
    /// Any one component that can be out of service.
    OneComponent,
    /// All of these at a time.
    All {
        /// Zones, by id or name.
        zones: Vec<String>,
        /// Components, as `vpc/name`.
        components: Vec<String>,
    },
}

impl To {
    /// As it is written.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            To::Words(text) => text.clone(),
            To::Who(who) => who.to_string(),
            To::Block(block) => block.to_string(),
            To::List(name) => format!("list:{name}"),
        }
    }
}

impl Property {
    /// A property that a program makes: what arrives counts without its reply, and nothing is out of
    /// service.
    #[must_use]
    pub fn new(claim: Claim, from: Vec<Who>, to: Vec<To>, ports: Vec<(u16, u16)>) -> Self {
        Self {
            claim,
            from,
            to,
            ports,
            replies: false,
            survives: None,
            why: None,
            origin: Origin::Unknown,
        }
    }

    /// The words of its destinations, for whoever must know what they speak of.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.to.iter().filter_map(|to| match to {
            To::Words(text) => Some(text.as_str()),
            To::Who(_) | To::Block(_) | To::List(_) => None,
        })
    }

    /// In one line, as it is written.
    #[must_use]
    pub fn text(&self) -> String {
        let spans = |all: &[(u16, u16)]| texts(all.iter().map(|s| span(*s)));
        let mut out = match &self.claim {
            Claim::NeverInternet => "never internet".to_owned(),
            Claim::NeverReachable => "never reachable".to_owned(),
            Claim::AlwaysPrivate => "always private".to_owned(),
            Claim::AlwaysReachable => "always reachable".to_owned(),
            Claim::OnlyVia(all) => format!("only via {}", all.join(" → ")),
            Claim::OnlyPorts(all) => format!("only ports {}", spans(all)),
            Claim::Isolated(groups) if groups.is_empty() => "isolated".to_owned(),
            Claim::Isolated(groups) => {
                format!("isolated: {}", texts(groups.iter().map(Who::to_string)))
            }
        };
        if !matches!(&self.claim, Claim::Isolated(groups) if !groups.is_empty()) {
            let from = texts(self.from.iter().map(Who::to_string));
            out += &format!(": {from} → {}", texts(self.to.iter().map(To::text)));
        }
        if !self.ports.is_empty() {
            out += &format!(", ports {}", spans(&self.ports));
        }
        if self.replies {
            out += ", replies needed";
        }
        match &self.survives {
            None => {}
            Some(Survives::OneZone) => out += ", survives any one zone",
            Some(Survives::OneComponent) => out += ", survives any one component",
            Some(Survives::All { zones, components }) => {
                let all = zones.iter().chain(components).cloned();
                out += &format!(", survives {}", texts(all));
            }
        }
        out
    }
}

fn span((lo, hi): (u16, u16)) -> String {
    if lo == hi {
        lo.to_string()
    } else {
        format!("{lo}-{hi}")
    }
}

fn texts(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(", ")
}
