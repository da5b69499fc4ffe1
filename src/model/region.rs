//! Regions and the partitions that they belong to.

/// Points of the compass, as the last word of a Region's name is made of them.
const POINTS: [&str; 5] = ["north", "south", "east", "west", "central"];

/// Whether a word is the name of a Region, as `us-east-1`, `us-gov-west-1` or `eusc-de-east-1`: an
/// area, words of which the last says where in it, and a number (`/general/latest/gr/rande.html`).
#[must_use]
pub fn is_region(word: &str) -> bool {
    let letters = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase());
    let parts = word.rsplit_once('-').and_then(|(rest, number)| {
        let (rest, place) = rest.rsplit_once('-')?;
        Some((rest, place, number))
    });
    parts.is_some_and(|(rest, place, number)| {
        let area = rest.split('-').next().unwrap_or_default();
        (area.len() == 2 || area == "eusc")
            && rest.split('-').all(letters)
            && !place.is_empty()
            && is_made_of(place, &POINTS)
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Whether a text is a row of these words.
fn is_made_of(text: &str, words: &[&str]) -> bool {
    let mut rest = text;
    while let Some(word) = words.iter().find(|w| rest.starts_with(**w)) {
        rest = rest.get(word.len()..).unwrap_or_default();
    }
    rest.is_empty()
}

/// The first letters of the words that a text is made of, if it is made of these.
fn initials(text: &str, words: &[&str]) -> Option<String> {
    let mut rest = text;
    let mut out = String::new();
    while !rest.is_empty() {
        let word = words.iter().find(|w| rest.starts_with(**w))?;
        out.extend(word.chars().next());
        rest = rest.get(word.len()..)?;
    }
    Some(out)
}

/// What the ids of a Region's zones begin with: `use1` of `us-east-1`
/// (`/ram/latest/userguide/working-with-az-ids.html`). Of partitions whose ids are not documented
/// there is none.
#[must_use]
pub fn zone_prefix(region: &str) -> Option<String> {
    let known = ["aws", "aws-cn", "aws-us-gov"];
    if !is_region(region) || !known.contains(&partition(region)) {
        return None;
    }
    let mut out = String::new();
    for part in region.split('-') {
        match initials(part, &POINTS) {
            Some(points) => out.push_str(&points),
            None if part == "gov" => out.push('g'),
            None => out.push_str(part),
        }
    }
    Some(out)
}

/// The partition of a Region, as ARNs write it (`/IAM/latest/UserGuide/reference-arns.html`): each
/// is an AWS of its own.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    const BY_PREFIX: &[(&str, &str)] = &[
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    let mut known = BY_PREFIX.iter();
    let found = known.find(|(prefix, _)| region.starts_with(prefix));
    found.map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests {
    use super::{is_region, zone_prefix};

    #[test]
    fn regions_of_every_partition_are_told_from_other_words() {
        for word in [
            "us-east-1",
            "ap-northeast-3",
            "us-gov-west-1",
            "us-isob-east-1",
            "eusc-de-east-1",
        ] {
            assert!(is_region(word), "{word}");
        }
        for word in [
            "us-east-1a",
            "use1-az1",
            "s3-1",
            "us-1",
            "dump-of-1",
            "us-east-",
            "US-EAST-1",
            "us-esat-1",
            "us-gov-1",
            "us--1",
            "",
        ] {
            assert!(!is_region(word), "{word}");
        }
    }

    #[test]
    fn zones_are_called_by_their_region() {
        for (region, prefix) in [
            ("us-east-1", Some("use1")),
            ("ap-northeast-2", Some("apne2")),
            ("ca-central-1", Some("cac1")),
            ("us-gov-west-1", Some("usgw1")),
            ("cn-northwest-1", Some("cnnw1")),
            ("eusc-de-east-1", None),
            ("mars", None),
        ] {
            assert_eq!(zone_prefix(region).as_deref(), prefix, "{region}");
        }
    }
}
