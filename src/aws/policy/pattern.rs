//! Words with wildcards against words with holes.
//!
//! A pattern has `*` and `?`. A text may have holes, [`ANY`], where the question does not say: the
//! pattern then fits for certain, certainly not, or perhaps.

/// Stands in a text for what is not known: any letters, or none.
pub const ANY: char = '\u{0}';

/// A text with holes, for people.
#[must_use]
pub fn shown(text: &str) -> String {
    text.replace(ANY, "…")
}

/// A letter of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Letter {
    One(char),
    AnyOne,
    Any,
}

/// How a pattern is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Exact,
    Ignored,
}

/// Whether the text is the word; `None`: it may be.
pub(super) fn equals(word: &str, text: &str, case: Case) -> Option<bool> {
    let letters: Vec<Letter> = fold(word, case).chars().map(Letter::One).collect();
    run(&letters, &fold(text, case))
}

/// Whether the text fits the pattern; `None`: it may.
pub(super) fn like(pattern: &str, text: &str, case: Case) -> Option<bool> {
    let letter = |c| match c {
        '*' => Letter::Any,
        '?' => Letter::AnyOne,
        other => Letter::One(other),
    };
    let letters: Vec<Letter> = fold(pattern, case).chars().map(letter).collect();
    run(&letters, &fold(text, case))
}

/// Whether an ARN fits, each of its six parts on its own
/// (`/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html`).
pub(super) fn arn(pattern: &str, text: &str) -> Option<bool> {
    let parts = |s: &'_ str| -> Vec<String> { s.splitn(6, ':').map(str::to_owned).collect() };
    let (patterns, texts) = (parts(pattern), parts(text));
    if texts.len() != 6 && text.contains(ANY) {
        return like(pattern, text, Case::Exact);
    }
    if patterns.len() != texts.len() {
        return Some(pattern == "*");
    }
    let each = patterns.iter().zip(&texts);
    let each: Vec<Option<bool>> = each.map(|(p, t)| like(p, t, Case::Exact)).collect();
    if each.contains(&Some(false)) {
        Some(false)
    } else if each.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn fold(text: &str, case: Case) -> String {
    match case {
        Case::Exact => text.to_owned(),
        Case::Ignored => text.to_lowercase(),
    }
}

/// Runs the pattern over the text with two sets of places in it: those it may be at whatever the
/// holes hold, and those it is at for some of what they may hold.
fn run(pattern: &[Letter], text: &str) -> Option<bool> {
    let mut sure = step_over(pattern, vec![0]);
    let mut perhaps = sure.clone();
    for c in text.chars() {
        if c == ANY {
            // Whatever comes, a `*` can take it.
            sure.retain(|at| pattern.get(*at) == Some(&Letter::Any));
            let first = perhaps.iter().copied().min();
            perhaps = first.map_or(Vec::new(), |first| (first..=pattern.len()).collect());
        } else {
            sure = advance(pattern, &sure, c);
            perhaps = advance(pattern, &perhaps, c);
        }
        sure = step_over(pattern, sure);
        perhaps = step_over(pattern, perhaps);
    }
    if sure.contains(&pattern.len()) {
        Some(true)
    } else if perhaps.contains(&pattern.len()) {
        None
    } else {
        Some(false)
    }
}

fn advance(pattern: &[Letter], places: &[usize], c: char) -> Vec<usize> {
    let next = |at: &usize| match pattern.get(*at)? {
        Letter::Any => Some(*at),
        Letter::AnyOne => Some(at + 1),
        Letter::One(own) => (*own == c).then_some(at + 1),
    };
    places.iter().filter_map(next).collect()
}

/// A `*` may stand for nothing.
fn step_over(pattern: &[Letter], places: Vec<usize>) -> Vec<usize> {
    let mut out = places;
    let mut number = 0;
    while let Some(at) = out.get(number).copied() {
        if pattern.get(at) == Some(&Letter::Any) && !out.contains(&(at + 1)) {
            out.push(at + 1);
        }
        number += 1;
    }
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_and_holes() {
        let b = format!("arn:aws:s3:::b/{ANY}");
        let any = ANY.to_string();
        let inside = format!("a{ANY}dc");
        let hole = format!("arn:aws:dynamodb:r:{ANY}:table/t");
        #[rustfmt::skip]
        let cases = [
            ("*", "x", Some(true)),
            ("", "", Some(true)),
            ("a*c", "abbc", Some(true)),
            ("a*c", "abb", Some(false)),
            ("a?c", "abc", Some(true)),
            ("a?c", "ac", Some(false)),
            ("*b*b*", "abab", Some(true)),
            ("arn:aws:s3:::b/*", b.as_str(), Some(true)),
            ("arn:aws:s3:::b*", b.as_str(), Some(true)),
            ("arn:aws:s3:::b/k", b.as_str(), None),
            ("arn:aws:s3:::b/k*", b.as_str(), None),
            ("arn:aws:s3:::c/*", b.as_str(), Some(false)),
            ("*", any.as_str(), Some(true)),
            ("**", any.as_str(), Some(true)),
            ("?*", any.as_str(), None),
            ("x", any.as_str(), None),
            ("", any.as_str(), None),
            ("a*c", inside.as_str(), Some(true)),
            ("arn:aws:dynamodb:r:*:table/t", hole.as_str(), Some(true)),
            ("arn:aws:dynamodb:r:*:table/u", hole.as_str(), Some(false)),
            ("arn:aws:dynamodb:r:1:table/t", hole.as_str(), None),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(
                like(pattern, text, Case::Exact),
                expected,
                "{pattern} {}",
                shown(text)
            );
        }
        assert_eq!(like("S3:Get*", "s3:getobject", Case::Ignored), Some(true));
        assert_eq!(equals("a*", "ab", Case::Exact), Some(false));
    }

    #[test]
    fn arns_part_by_part() {
        let role = "arn:aws:iam::111111111111:role/app";
        assert_eq!(arn("arn:aws:iam::*:role/*", role), Some(true));
        assert_eq!(arn("arn:*:role/app", role), Some(false));
        assert_eq!(arn("arn:aws:iam::111111111111:role/a", role), Some(false));
        let open = format!("arn:aws:iam::111111111111:{ANY}");
        assert_eq!(arn("arn:aws:iam::111111111111:role/a", &open), None);
        assert_eq!(arn("arn:aws:iam::222222222222:*", &open), Some(false));
        assert_eq!(arn("arn:aws:iam::111111111111:*", &open), Some(true));
        assert_eq!(arn("arn:*:role/app", &open), Some(false));
        assert_eq!(arn("*", role), Some(true));
        assert_eq!(arn("arn:aws:iam::111111111111:*", &ANY.to_string()), None);
    }
}
