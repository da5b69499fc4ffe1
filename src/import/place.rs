//! Where a file comes from: account and region, by its folders or by what it says.

use super::dump::Dump;
use super::node::Node;
use crate::model::is_region;

/// A file and whose it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) file: u32,
    pub(super) path: String,
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
}

impl Place {
    pub(super) fn new(file: u32, path: &str) -> Self {
        let mut place = Place {
            file,
            path: path.to_owned(),
            ..Place::default()
        };
        let mut folders: Vec<&str> = path.split(['/', '\\']).collect();
        folders.pop();
        for folder in folders {
            if folder.len() == 12 && folder.bytes().all(|b| b.is_ascii_digit()) {
                place.account = Some(folder.to_owned());
            } else if is_region(folder) {
                place.region = Some(folder.to_owned());
            }
        }
        place
    }

    /// The word of the path that begins with a prefix and goes on with letters and digits.
    pub(super) fn word(&self, prefix: &str) -> Option<&str> {
        let start = self.path.rfind(prefix)?;
        let rest = self.path.get(start + prefix.len()..)?;
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let word = self.path.get(start..start + prefix.len() + end)?;
        (end > 0).then_some(word)
    }

    /// Whether the file's path contains a name as a whole word.
    pub(super) fn carries(&self, name: &str) -> bool {
        let boundary = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
        !name.is_empty()
            && self.path.match_indices(name).any(|(i, _)| {
                boundary(self.path.get(..i).and_then(|t| t.chars().next_back()))
                    && boundary(
                        self.path
                            .get(i + name.len()..)
                            .and_then(|t| t.chars().next()),
                    )
            })
    }
}

/// The region of a zone's name: `us-east-1` of `us-east-1a` and of `us-east-1-bos-1a`.
pub(super) fn region_of_zone(zone: &str) -> Option<String> {
    let digit = |c: char| c.is_ascii_digit();
    let number = zone.find(|c: char| digit(c) || !(c.is_ascii_lowercase() || c == '-'))?;
    let rest = zone.get(number..)?;
    let end = number + rest.find(|c: char| !digit(c)).unwrap_or(rest.len());
    let region = zone.get(..end)?;
    is_region(region).then(|| region.to_owned())
}

/// The region of a service's name, e.g. `com.amazonaws.us-east-1.s3`.
pub(super) fn region_in_name(name: &str) -> Option<String> {
    name.split('.')
        .find(|part| is_region(part))
        .map(str::to_owned)
}

fn region_of_row(row: &Node<'_>) -> Option<String> {
    row.place.region.clone().or_else(|| {
        row.text("AvailabilityZone")
            .and_then(region_of_zone)
            .or_else(|| row.text("ServiceName").and_then(region_in_name))
            .or_else(|| row.text("PrefixListName").and_then(region_in_name))
            .or_else(|| row.text("RegionName").map(str::to_owned))
            .or_else(|| {
                row.text("LoadBalancerArn")
                    .and_then(|a| a.split(':').nth(3))
                    .map(str::to_owned)
            })
    })
}

/// The region of destinations that name none: the folders', the zones', the services'.
pub(super) fn default_region(dump: &Dump<'_>) -> String {
    for key in [
        "Vpcs",
        "Subnets",
        "AvailabilityZones",
        "VpcEndpoints",
        "PrefixLists",
        "LoadBalancers",
    ] {
        let found = dump.all(key).iter().find_map(region_of_row);
        if let Some(region) = found {
            return region;
        }
    }
    dump.any_region().unwrap_or_default()
}
