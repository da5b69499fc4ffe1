//! Whether a statement is about a request: who, what, on what, and if.

use super::*;

impl Asked<'_> {
    /// What a policy comes to; that of an identity is about its owner.
    pub(super) fn says(
        &self,
        caller: &Caller<'_>,
        policy: &Policy,
        gateway: bool,
        owned: bool,
    ) -> Says {
        let mut says = Says::default();
        for s in &policy.statements {
            let who = match &s.principal {
                Some(who) if owned => self.principal(caller, who, gateway),
                _ => Some(true),
            };
            let action = self.action.to_lowercase();
            let what = patterns(&s.action, |w| like(&w.to_lowercase(), &action));
            let on = patterns(&s.resource, |w| like(w, self.resource));
            let about = and(who, Some(what && on));
            if about == Some(false) {
                continue;
            }
            for (not, word) in [
                (s.action.not, "NotAction"),
                (s.resource.not, "NotResource"),
                (s.principal.as_ref().is_some_and(|p| p.not), "NotPrincipal"),
            ] {
                if not {
                    self.met(word);
                }
            }
            let all = s.conditions.iter().map(|c| self.holds(caller, c));
            let applies = all.fold(about, and);
            let level = match applies {
                Some(false) => continue,
                Some(true) => Level::Yes,
                None => Level::Perhaps,
            };
            if s.effect == Effect::Deny {
                says.denies.push((s.label.clone(), level == Level::Yes));
                continue;
            }
            says.allows = max(says.allows, level);
            let by_name = s.principal.as_ref().is_none_or(|who| by_name(caller, who));
            if by_name {
                says.allows_by_name = max(says.allows_by_name, level);
            }
        }
        says
    }

    fn principal(&self, caller: &Caller<'_>, who: &Principals, gateway: bool) -> Truth {
        if who.everybody {
            return Some(!who.not);
        }
        let each = who.aws.iter().map(|w| {
            if let Some(account) = account_of(w).filter(|_| !gateway) {
                return Some(caller.account == Some(account));
            }
            if caller.anonymous {
                return Some(false);
            }
            let root = account_of(w).map(|a| format!("arn:aws:iam::{a}:root"));
            let wanted = root.as_ref().unwrap_or(w);
            // A role of another account is nobody whom we know nothing else of.
            let elsewhere = caller
                .account
                .is_some_and(|a| Some(a) != wanted.split(':').nth(4));
            match &caller.arn {
                Some(arn) => Some(arn == wanted),
                None if elsewhere => Some(false),
                None => None,
            }
        });
        let listed = each.fold(Some(false), or);
        if !who.not {
            return listed;
        }
        // A principal that is not listed, of an account that is, is documented either way.
        let accounts = who.aws.iter().filter_map(|w| account_of(w));
        let of_account = accounts.into_iter().any(|a| caller.account == Some(a));
        let named = who.aws.iter().filter(|w| account_of(w).is_none());
        let named = named.map(|w| match &caller.arn {
            Some(arn) => Some(arn == w),
            None => Some(false).filter(|_| !of_account),
        });
        let by_name = named.fold(Some(false), or);
        match by_name {
            Some(true) => Some(false),
            _ if of_account => None,
            other => other.map(|so| !so),
        }
    }
}

/// Whether a statement is about the caller, rather than about his account as a whole.
fn by_name(caller: &Caller<'_>, who: &Principals) -> bool {
    let named = |w: &String| caller.arn.as_ref().is_none_or(|arn| arn == w);
    who.everybody || who.not || who.aws.iter().any(|w| account_of(w).is_none() && named(w))
}

/// The account that is meant as a whole: by its number, or by its root.
fn account_of(word: &str) -> Option<&str> {
    let root = word.strip_prefix("arn:aws:iam::");
    let root = root.and_then(|rest| rest.strip_suffix(":root"));
    root.or(Some(word).filter(|w| !w.contains(':')))
}

fn patterns(all: &Patterns, fits: impl Fn(&str) -> bool) -> bool {
    all.all.iter().any(|(word, _)| fits(word)) != all.not
}

/// Whether a text fits a pattern of `*` and `?`.
pub(super) fn like(pattern: &str, text: &str) -> bool {
    let Some(first) = pattern.chars().next() else {
        return text.is_empty();
    };
    let rest = &pattern[first.len_utf8()..];
    let tail = text.chars().next().map(|c| &text[c.len_utf8()..]);
    match first {
        '*' => like(rest, text) || tail.is_some_and(|t| like(pattern, t)),
        '?' => tail.is_some_and(|t| like(rest, t)),
        c => text.starts_with(c) && tail.is_some_and(|t| like(rest, t)),
    }
}

fn max(a: Level, b: Level) -> Level {
    if a >= b { a } else { b }
}

pub(super) fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

pub(super) fn or(a: Truth, b: Truth) -> Truth {
    and(a.map(|so| !so), b.map(|so| !so)).map(|so| !so)
}
