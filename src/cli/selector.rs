//! A selector on the command line: `any`, `app/*`, `tag:tier=web`, `vpc:app`.

use crate::property::Who;

/// Reads a selector as a scenario writes it: braces and blanks may be there.
pub(super) fn selector(text: &str) -> Result<Who, String> {
    let bare = text.trim();
    let inner = bare.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    let bare = inner.unwrap_or(bare).trim();
    match bare {
        "" => return Err("write `any`, a name, `vpc/*` or `tag:key=value`".to_owned()),
        "any" => return Ok(Who::Any),
        "internet" => return Ok(Who::Internet),
        "on-premises" => return Ok(Who::OnPremises),
        _ => {}
    }
    let Some((kind, value)) = bare.split_once(':') else {
        return Ok(Who::Name(bare.to_owned()));
    };
    let value = value.trim().trim_matches('"').to_owned();
    match kind.trim() {
        "tag" => match value.split_once('=') {
            Some((key, value)) => Ok(Who::Tag {
                key: key.trim().to_owned(),
                value: value.trim().to_owned(),
            }),
            None => Err(format!("write `tag:{value}=value`")),
        },
        "vpc" => Ok(Who::Vpc(value)),
        "subnet" => Ok(Who::Subnet(value)),
        "account" => Ok(Who::Account(value)),
        // An address, perhaps with where it is: `internet:198.51.100.7`.
        _ => Ok(Who::Name(bare.to_owned())),
    }
}
