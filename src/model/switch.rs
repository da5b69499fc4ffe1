//! Switches: what AWS does not document, or documents two ways. Each has a default; a scenario's
//! `assume`, or `--assume`, sets it, and an answer names those that decided it.

use super::{Draft, Network};

/// A question that AWS's pages leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its name.
    pub name: &'static str,
    /// What is assumed unless somebody says otherwise.
    pub default: bool,
    /// What it can change.
    pub about: About,
    /// What `true` means.
    pub meaning: &'static str,
}

/// What a switch can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// What names are answered; never where packets go.
    Names,
    /// Where packets go.
    Paths,
    /// What may be said at all; nothing about what was said.
    Inputs,
}

/// Every switch.
pub const SWITCHES: &[Switch] = &[
    Switch {
        name: "nat-uses-gateway-endpoint",
        default: true,
        about: About::Paths,
        meaning: "a NAT gateway's own packets take its subnet's route to a gateway endpoint",
    },
    Switch {
        name: "tgw-serves-whole-zone",
        default: true,
        about: About::Paths,
        meaning: "a transit gateway's subnet serves every subnet of its zone, not only itself",
    },
    Switch {
        name: "appliance-mode-keeps-zone",
        default: true,
        about: About::Paths,
        meaning: "in appliance mode a transit gateway keeps a flow in the zone that both ends have in \
                  common, or that its only end with a zone is in, instead of any zone of the VPC",
    },
    Switch {
        name: "gateway-endpoint-route-drops-transit",
        default: true,
        about: About::Paths,
        meaning: "what a transit gateway brought and a gateway endpoint's route matches is dropped, \
                  instead of taking the next route",
    },
    Switch {
        name: "endpoint-dns-follows-target-health",
        default: true,
        about: About::Names,
        meaning: "an endpoint's names leave out a zone where the service has no healthy target",
    },
    Switch {
        name: "nlb-group-reference-without-enforcement",
        default: true,
        about: About::Paths,
        meaning: "a target's rule that names the load balancer's group takes traffic by \
                  PrivateLink even where the load balancer does not enforce its groups on it",
    },
    Switch {
        name: "zonal-shift-without-cross-zone-is-dns-only",
        default: true,
        about: About::Paths,
        meaning: "without cross-zone load balancing a zonal shift takes the zone out of the load \
                  balancer's name, and its node still uses the targets there",
    },
    Switch {
        name: "quic-listener-takes-tcp-quic-group",
        default: true,
        about: About::Inputs,
        meaning: "a QUIC listener may forward to a target group for TCP_QUIC",
    },
    Switch {
        name: "profile-rule-beats-local-zone",
        default: false,
        about: About::Names,
        meaning: "at the same domain a Profile's rule goes before a zone of the VPC's own",
    },
    Switch {
        name: "endpoint-zone-denies-names-below",
        default: true,
        about: About::Names,
        meaning: "an endpoint's private DNS answers NXDOMAIN for names below its own that it does \
                  not list",
    },
];

/// The switch of this name.
#[must_use]
pub fn switch(name: &str) -> Option<&'static Switch> {
    SWITCHES.iter().find(|s| s.name == name)
}

impl Draft {
    /// The position of a switch: the input's, else its default.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        let set = self.assume.iter().rev().find(|(n, _)| n == name);
        match set.map(|(_, position)| position.as_str()) {
            Some("true") => true,
            Some("false") => false,
            _ => switch(name).is_some_and(|s| s.default),
        }
    }
}

impl Network {
    /// The same network with a switch set.
    #[must_use]
    pub fn assuming(&self, name: &str, on: bool) -> Self {
        // Who has which address, and what is down, hang on no switch.
        let mut out = self.clone();
        out.draft.assume.push((name.to_owned(), on.to_string()));
        out
    }
}
