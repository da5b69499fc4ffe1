//! S3's global name, which leads where the bucket is.
//!
//! `bucket.s3.amazonaws.com` says no Region. The public DNS answers it with the bucket's own Region
//! if that is one of the older ones, and with us-east-1 else; `s3.amazonaws.com`, with the bucket in
//! the path, always means us-east-1 (`/AmazonS3/latest/userguide/VirtualHosting.html`).

use super::{Network, Resource, catalog, catalog::AwsService};

/// The Regions that were there before 20 March 2019, to which the global name is led. Of Osaka, at
/// that time a local Region, no page says it.
const OLDER: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

impl Network {
    /// The service and the Region that a public name of AWS leads to, as the buckets of this input
    /// have it.
    #[must_use]
    pub fn owner_of(&self, name: &str) -> Option<(String, &'static AwsService)> {
        let (region, service) = catalog::owner_of(name)?;
        let own = bucket_of(name).and_then(|b| self.bucket(b));
        let own = own.map(|b| b.region.as_str());
        let region = own.filter(|r| OLDER.contains(r)).map_or(region, Into::into);
        Some((region, service))
    }

    /// A bucket of the input.
    #[must_use]
    pub fn bucket(&self, name: &str) -> Option<&Resource> {
        let mut all = self.buckets.iter();
        all.find(|(_, b)| b.name == name).map(|(_, b)| b)
    }

    /// Whether a global name is of a bucket that the input does not have.
    #[must_use]
    pub fn leads_anywhere(&self, name: &str) -> bool {
        bucket_of(name).is_some_and(|b| self.bucket(b).is_none())
    }
}

/// The bucket in a global name.
fn bucket_of(name: &str) -> Option<&str> {
    name.strip_suffix(".s3.amazonaws.com")
}
