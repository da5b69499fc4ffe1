//! Regions and the partitions that they belong to.

/// Whether a word is the name of a Region, as `us-east-1`, `us-gov-west-1` or `eusc-de-east-1`: an
/// area, words and a number (`/general/latest/gr/rande.html`).
#[must_use]
pub fn is_region(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let letters = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase());
    matches!(parts.as_slice(), [area, words @ .., number]
        if (area.len() == 2 || *area == "eusc")
            && letters(area)
            && !words.is_empty()
            && words.iter().all(letters)
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit()))
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
    use super::is_region;

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
            "us--1",
            "",
        ] {
            assert!(!is_region(word), "{word}");
        }
    }
}
