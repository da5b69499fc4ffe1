//! Which names fit a pattern such as `*.s3.{r}.amazonaws.com`.

use super::AwsService;
use crate::model::is_region;
use rustc_hash::FxHashMap;

type Pattern = (&'static str, &'static AwsService);

/// Patterns by one of their labels, which a name that fits them has as well.
pub(super) struct Patterns {
    by_label: FxHashMap<&'static str, Vec<Pattern>>,
    /// Those whose own labels all have holes, by how such a label begins.
    by_beginning: Vec<(&'static str, Vec<Pattern>)>,
}

/// Labels that most names have.
const COMMON: [&str; 5] = ["amazonaws", "com", "api", "aws", "dualstack"];

impl Patterns {
    pub(super) fn new(all: impl Iterator<Item = Pattern>) -> Self {
        let mut out = Self {
            by_label: FxHashMap::default(),
            by_beginning: Vec::new(),
        };
        for pattern in all {
            let labels = || pattern.0.split('.').filter(|label| !label.contains('*'));
            let whole = |label: &&str| !label.contains('{') && !COMMON.contains(label);
            if let Some(label) = labels().find(whole) {
                out.by_label.entry(label).or_default().push(pattern);
                continue;
            }
            let begins = labels().filter_map(|label| Some(label.split_once('{')?.0));
            let begins = begins.max_by_key(|b| b.len()).unwrap_or_default();
            match out.by_beginning.iter_mut().find(|(b, _)| *b == begins) {
                Some((_, patterns)) => patterns.push(pattern),
                None => out.by_beginning.push((begins, vec![pattern])),
            }
        }
        out
    }

    /// Those that a name may fit: all others do not.
    pub(super) fn that_may_fit<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Pattern> + 'a {
        let labels = || name.split('.');
        let by_label = labels().filter_map(|label| self.by_label.get(label));
        let has = move |begins: &str| labels().any(|label| label.starts_with(begins));
        let by_beginning = self.by_beginning.iter().filter(move |(b, _)| has(b));
        let patterns = by_label.chain(by_beginning.map(|(_, patterns)| patterns));
        patterns.flatten().copied()
    }
}

/// The Region, if the name fits the pattern.
pub(super) fn fit<'a>(name: &'a str, pattern: &str) -> Option<&'a str> {
    let amazon = pattern.ends_with(".amazonaws.com");
    let chinese = name.strip_suffix(".cn").filter(|_| amazon);
    let name = chinese.unwrap_or(name);
    let found = match pattern.strip_prefix('*') {
        // Bucket names have dots, so the wildcard stands for any number of labels.
        Some(tail) => suffix(name, tail)?,
        None => {
            let (found, rest) = end(name, pattern)?;
            rest.is_empty().then_some(found)?
        }
    };
    (!amazon || chinese.is_some() == super::in_china(found)).then_some(found)
}

/// The Region, if the name is one label or more before `tail`.
fn suffix<'a>(name: &'a str, tail: &str) -> Option<&'a str> {
    let (found, rest) = end(name, tail)?;
    (!rest.is_empty()).then_some(found)
}

/// Matches `pattern` against the end of `name`: the Region, and what is left in front.
fn end<'a>(name: &'a str, pattern: &str) -> Option<(&'a str, &'a str)> {
    let mut name = name;
    let mut pattern = pattern;
    let mut region = super::HOME;
    while let Some(open) = pattern.rfind('{') {
        let (front, hole) = pattern.split_at(open);
        name = name.strip_suffix(hole.get(3..)?)?;
        let word_of: fn(&str) -> bool = if hole.starts_with("{r}") {
            is_region
        } else {
            is_zone
        };
        // What the hole stands for has no dots; the letters before it may be part of its label.
        let label = name.rfind('.').map_or(0, |dot| dot + 1);
        let edge = front
            .rfind('.')
            .map_or(front, |dot| front.get(dot + 1..).unwrap_or_default());
        let word = name.get(label..)?.strip_prefix(edge)?;
        if !word_of(word) {
            return None;
        }
        if hole.starts_with("{r}") {
            region = word;
        }
        name = name.get(..name.len() - word.len())?;
        pattern = front;
    }
    Some((region, name.strip_suffix(pattern)?))
}

/// `use1-az1`.
fn is_zone(word: &str) -> bool {
    word.split_once("-az").is_some_and(|(region, number)| {
        !region.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    })
}
