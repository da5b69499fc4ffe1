//! What somebody expects of an answer: plain data that scenarios fill and answers are held to (semantics S5).

use std::net::IpAddr;

/// What must hold of the answer, or of an alternative; every key given must.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checks {
    /// The verdict.
    pub verdict: Option<String>,
    /// The deciding obstacle's code.
    pub code: Option<String>,
    /// Its part: `dns`, `out`, `arrival`, `back`, `gate`.
    pub leg: Option<String>,
    /// Its component.
    pub at: Option<String>,
    /// Its row, e.g. `vpc/name ingress 100`.
    pub by: Option<String>,
    /// The need that decides, of a `needs://` destination.
    pub need: Option<String>,
    /// Codes among the further obstacles.
    pub also: Vec<String>,
    /// Codes among the notes.
    pub notes: Vec<String>,
    /// Codes among none of the notes.
    pub not_notes: Vec<String>,
    /// Assumptions that fired.
    pub assumes: Vec<String>,
    /// A subsequence of the out leg.
    pub via: Vec<String>,
    /// On no leg of any alternative.
    pub not_via: Vec<String>,
    /// The primary mechanism.
    pub mechanism: Option<String>,
    /// `no`, `yes` or `cannot-tell`.
    pub leaves_aws: Option<String>,
    /// The set of addresses the name resolves to; `Some(vec![])` is the empty set.
    pub answers: Option<Vec<IpAddr>>,
    /// Kind of the DNS answer.
    pub dns: Option<String>,
    /// Zone, rule, endpoint or `public`.
    pub answered_by: Option<String>,
    /// Source address the destination sees.
    pub sees_source: Option<IpAddr>,
    /// VPC endpoint the destination sees.
    pub sees_vpce: Option<String>,
    /// Exact spans of client ports that fail.
    pub failing_ports: Option<Vec<(u16, u16)>>,
    /// Each matches at least one alternative.
    pub some: Vec<Checks>,
    /// Every alternative matches one of `some`.
    pub all_listed: bool,
}

impl Checks {
    /// Whether it states a verdict and nothing that pins the reason: such an expectation can hold
    /// for the wrong reason.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        let pinned = (self.code.is_some() && self.leg.is_some())
            || !self.via.is_empty()
            || self.answers.is_some()
            || !self.notes.is_empty()
            || (!self.some.is_empty() && self.some.iter().all(|s| !s.is_bare()));
        !pinned
    }
}
