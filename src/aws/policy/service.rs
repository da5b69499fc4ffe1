//! Services in the words of policies: prefixes of actions, ARNs of resources, usual requests
//! (`/service-authorization/latest/reference/list_amazons3.html` and its siblings).

use super::ANY;
use crate::model::partition;

/// The prefix of a service's actions, by the short name of its endpoints.
#[must_use]
pub fn prefix(service: &str) -> &str {
    match service {
        "monitoring" => "cloudwatch",
        "ecr.api" | "ecr.dkr" => "ecr",
        "ecs-agent" | "ecs-telemetry" => "ecs",
        "email-smtp" => "ses",
        "kinesis-streams" => "kinesis",
        "kinesis-firehose" => "firehose",
        "sync-states" => "states",
        "git-codecommit" => "codecommit",
        "dynamodb-streams" => "dynamodb",
        "bedrock-runtime" => "bedrock",
        "iot.data" => "iot",
        "notebook" | "studio" => "sagemaker",
        "transfer.server" => "transfer",
        "s3-global.accesspoint" => "s3",
        other => {
            let first = other.split('.').next().unwrap_or(other);
            first.strip_suffix("-fips").unwrap_or(first)
        }
    }
}

/// Actions of S3 on objects whose names do not say so.
const OF_OBJECTS: &[&str] = &[
    "s3:abortmultipartupload",
    "s3:bypassgovernanceretention",
    "s3:initiatereplication",
    "s3:listmultipartuploadparts",
    "s3:replicatedelete",
    "s3:replicatetags",
];

/// Words in the names of S3's actions on something else than buckets and objects: accounts, jobs,
/// access points, grants, lenses.
const OF_OTHERS: &[&str] = &[
    "accessgrant",
    "accesspoint",
    "account",
    "allmybuckets",
    "job",
    "storagelens",
];

/// Whether an action of S3 is about an object rather than about its bucket
/// (`/service-authorization/latest/reference/list_amazons3.html`).
fn about_object(action: &str) -> bool {
    let lower = action.to_ascii_lowercase();
    let named = match (lower.find("object"), lower.find("bucket")) {
        (Some(object), Some(bucket)) => object < bucket,
        (object, _) => object.is_some(),
    };
    named || OF_OBJECTS.contains(&lower.as_str())
}

/// Whether an action of S3 is about a bucket, or what is in it, at all.
#[must_use]
pub fn about_bucket(action: &str) -> bool {
    let lower = action.to_ascii_lowercase();
    !OF_OTHERS.iter().any(|word| lower.contains(word))
}

/// The ARN of what an action on a bucket, and perhaps a key, is about.
#[must_use]
pub fn s3_resource(region: &str, bucket: &str, key: &str, action: &str) -> String {
    let bucket = format!("arn:{}:s3:::{bucket}", partition(region));
    if !about_object(action) {
        return bucket;
    }
    if key.is_empty() {
        return format!("{bucket}/{ANY}");
    }
    format!("{bucket}/{key}")
}

/// The ARN of a table.
#[must_use]
pub fn table_resource(region: &str, account: Option<&str>, table: &str) -> String {
    let any = ANY.to_string();
    let account = account.unwrap_or(&any);
    format!(
        "arn:{}:dynamodb:{region}:{account}:table/{table}",
        partition(region)
    )
}

/// The bucket of an ARN.
#[must_use]
pub fn bucket_of(arn: &str) -> Option<&str> {
    let rest = arn.strip_prefix("arn:")?.split_once(":s3:::")?.1;
    let bucket = rest.split('/').next()?;
    (!bucket.is_empty() && !bucket.contains(ANY)).then_some(bucket)
}

/// The ARN of what an action by an access point, and perhaps on a key, is about
/// (`/AmazonS3/latest/userguide/access-points-policies.html`).
#[must_use]
pub fn point_resource(region: &str, point: (&str, &str), key: &str, action: &str) -> String {
    let (account, name) = point;
    let any = ANY.to_string();
    let point = format!(
        "arn:{}:s3:{region}:{account}:accesspoint/{name}",
        partition(region)
    );
    match (about_object(action), key.is_empty()) {
        (false, _) => point,
        (true, true) => format!("{point}/object/{any}"),
        (true, false) => format!("{point}/object/{key}"),
    }
}

/// Account and name of an access point, and the key, of an ARN.
#[must_use]
pub fn point_of(arn: &str) -> Option<(&str, &str, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "s3", _, account, rest] = parts.as_slice() else {
        return None;
    };
    let rest = rest.strip_prefix("accesspoint/")?;
    let (name, key) = rest.split_once("/object/").unwrap_or((rest, ""));
    Some((account, name, key))
}

/// Account and name of the access point of a host, `name-111111111111.s3-accesspoint.…`
/// (`/AmazonS3/latest/userguide/access-points-naming.html`).
#[must_use]
pub fn point_host(host: &str) -> Option<(&str, &str)> {
    let mut labels = host.split('.');
    let (name, account) = labels.next()?.rsplit_once('-')?;
    let of_s3 = match labels.next()? {
        "accesspoint" => labels.next()?.starts_with("vpce-"),
        label => label.starts_with("s3-accesspoint"),
    };
    of_s3.then_some((account, name))
}

/// The table of an ARN.
#[must_use]
pub fn table_of(arn: &str) -> Option<&str> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "dynamodb", _, _, rest] = parts.as_slice() else {
        return None;
    };
    rest.strip_prefix("table/")?.split('/').next()
}

/// Bucket and key of an address below an endpoint's own name: `bucket.bucket.vpce-…/key`, or
/// `bucket.vpce-…/bucket/key` (`/AmazonS3/latest/userguide/privatelink-interface-endpoints.html`).
#[must_use]
pub fn s3_own_address<'a>(name: &'a str, path: &'a str) -> Option<(&'a str, &'a str)> {
    let path = path.trim_start_matches('/');
    if let Some((bucket, _)) = name.split_once(".bucket.vpce-") {
        return Some((bucket, path));
    }
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    (name.starts_with("bucket.vpce-") && !bucket.is_empty()).then_some((bucket, key))
}

/// Bucket and key of an S3 address: `bucket.s3.region.…/key`, or `s3.region.…/bucket/key`.
/// `name` is a name of S3 (`/AmazonS3/latest/userguide/VirtualHosting.html`).
#[must_use]
pub fn s3_address<'a>(name: &'a str, path: &'a str) -> Option<(&'a str, &'a str)> {
    let path = path.trim_start_matches('/');
    let labels: Vec<&str> = name.split('.').collect();
    let is_s3 = |l: &str| l == "s3" || (l.starts_with("s3-") && !l.starts_with("s3-accesspoint"));
    let at = labels.iter().rposition(|l| is_s3(l))?;
    if labels.get(at).is_some_and(|l| l.starts_with("s3-control")) {
        return None;
    }
    let length: usize = labels.iter().take(at).map(|l| l.len() + 1).sum();
    match name.get(..length.saturating_sub(1)) {
        Some(bucket) if at > 0 => Some((bucket, path)),
        _ => {
            let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
            (!bucket.is_empty()).then_some((bucket, key))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_points() {
        let host = "daily-reports-111111111111.s3-accesspoint.us-east-1.amazonaws.com";
        let own = ("111111111111", "daily-reports");
        assert_eq!(point_host(host), Some(own));
        assert_eq!(point_host("b.s3.us-east-1.amazonaws.com"), None);
        let host =
            "daily-reports-111111111111.accesspoint.vpce-1-a.s3.us-east-1.vpce.amazonaws.com";
        assert_eq!(point_host(host), Some(own));
        let arn = point_resource("us-east-1", own, "a/k", "s3:GetObject");
        assert_eq!(
            point_of(&arn),
            Some(("111111111111", "daily-reports", "a/k"))
        );
        assert_eq!(bucket_of(&arn), None);
        let arn = point_resource("us-east-1", own, "a/k", "s3:ListBucket");
        assert_eq!(point_of(&arn), Some(("111111111111", "daily-reports", "")));
    }

    #[test]
    fn buckets_and_keys() {
        let region = "us-east-1";
        let key = s3_resource(region, "b", "a/k", "s3:GetObject");
        assert_eq!(key, "arn:aws:s3:::b/a/k");
        assert_eq!(bucket_of(&key), Some("b"));
        assert_eq!(
            s3_resource("cn-north-1", "b", "k", "s3:ListBucket"),
            "arn:aws-cn:s3:::b"
        );
        assert_eq!(
            s3_resource(region, "b", "", "s3:PutObject"),
            format!("arn:aws:s3:::b/{ANY}")
        );
        let of_bucket = [
            "GetBucketObjectLockConfiguration",
            "GetAccelerateConfiguration",
            "ListBucketMultipartUploads",
            "PutBucketPublicAccessBlock",
        ];
        for action in of_bucket.map(|a| format!("s3:{a}")) {
            assert_eq!(s3_resource(region, "b", "k", &action), "arn:aws:s3:::b");
        }
        let of_object = [
            "ListMultipartUploadParts",
            "AbortMultipartUpload",
            "BypassGovernanceRetention",
            "ObjectOwnerOverrideToBucketOwner",
            "ReplicateDelete",
            "ReplicateTags",
            "InitiateReplication",
        ];
        for action in of_object.map(|a| format!("s3:{a}")) {
            assert_eq!(s3_resource(region, "b", "k", &action), "arn:aws:s3:::b/k");
        }
        assert_eq!(
            bucket_of(&s3_resource(region, &ANY.to_string(), "k", "s3:ListBucket")),
            None
        );
        assert!(about_bucket("s3:CreateBucket") && about_bucket("s3:GetObject"));
        let of_others = ["ListAllMyBuckets", "CreateJob", "ListAccessPoints"];
        for action in of_others.map(|a| format!("s3:{a}")) {
            assert!(!about_bucket(&action), "{action}");
        }
        let table = table_resource(region, Some("111111111111"), "t");
        assert_eq!(table, "arn:aws:dynamodb:us-east-1:111111111111:table/t");
        assert_eq!(table_of(&table), Some("t"));
        #[rustfmt::skip]
        let addresses = [
            ("b.s3.us-east-1.amazonaws.com", "/k", Some(("b", "k"))),
            ("a.b.s3.us-east-1.amazonaws.com", "", Some(("a.b", ""))),
            ("s3.us-east-1.amazonaws.com", "/b/k/l", Some(("b", "k/l"))),
            ("s3.us-east-1.amazonaws.com", "", None),
            ("b.s3.dualstack.us-east-1.amazonaws.com", "", Some(("b", ""))),
            ("b.s3-eu-west-1.amazonaws.com", "", Some(("b", ""))),
            ("1.s3-control.us-east-1.amazonaws.com", "", None),
            ("ap-1.s3-accesspoint.us-east-1.amazonaws.com", "", None),
        ];
        let own = [
            ("b.bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com", "/k"),
            ("bucket.vpce-1.x", "/b/k"),
        ];
        for (name, path) in own {
            assert_eq!(s3_own_address(name, path), Some(("b", "k")), "{name}");
        }
        for (name, path, expected) in addresses {
            assert_eq!(s3_address(name, path), expected, "{name}");
        }
    }
}
