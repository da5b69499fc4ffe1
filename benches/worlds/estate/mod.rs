//! Estates: networks of any number of interfaces, for measuring how time and memory grow.
//!
//! An [`Estate`] is said once and read two ways: as a [`Draft`] ([`Estate::draft`]) and as the JSON
//! that `aws … describe-*` prints ([`Estate::describe`]), interface by interface, so that a million
//! of them never stand in memory together. The same seed gives the same bytes.
//!
//! - [`Estate::friendly`] is what many companies have: groups by tier, rules about blocks of /16, /20
//!   and /24, two ACLs and four route tables a VPC, three tables of one transit gateway.
//! - [`Estate::adversarial`] is what defeats classes: each interface has a /32 of its own in some
//!   rule, groups are those of single deployments of pods, rules and routes name long prefix lists.

mod describe;
pub mod friendly;
mod groups;
pub mod ids;
mod joins;
pub mod places;
mod pods;

use ids::Kind;
use reachability::model::{Draft, Interface, Origin, Ref};

/// A generated network.
#[derive(Clone, Copy, Debug)]
pub struct Estate {
    pub interfaces: usize,
    pub vpcs: usize,
    pub groups_of: Groups,
    pub seed: u64,
}

/// How groups are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// By tier.
    Tiers,
    /// By deployment of pods.
    Pods,
}

/// Every estate belongs to it.
pub const ACCOUNT: &str = "111111111111";
pub const REGION: &str = "us-east-1";

impl Estate {
    /// Groups by tier; so many VPCs that each has some hundreds to thousands of interfaces.
    pub fn friendly(interfaces: usize) -> Self {
        Self {
            interfaces,
            vpcs: match interfaces {
                0..=999 => 2,
                1_000..=9_999 => 10,
                10_000..=99_999 => 20,
                100_000..=999_999 => 100,
                _ => 200,
            },
            groups_of: Groups::Tiers,
            seed: 1,
        }
    }

    /// The same places, with groups by deployment.
    pub fn adversarial(interfaces: usize) -> Self {
        Self {
            groups_of: Groups::Pods,
            ..Self::friendly(interfaces)
        }
    }

    /// Everything but the interfaces.
    pub fn shell(&self) -> Draft {
        let mut draft = Draft {
            region: REGION.into(),
            ..Draft::default()
        };
        places::add(self, &mut draft);
        joins::add(self, &mut draft);
        match self.groups_of {
            Groups::Tiers => friendly::groups(self, &mut draft),
            Groups::Pods => pods::groups(self, &mut draft),
        }
        draft
    }

    /// The interfaces, one VPC's after the other's.
    pub fn all(&self) -> impl Iterator<Item = Interface> + '_ {
        (0..self.interfaces).map(|number| places::interface(self, number))
    }

    /// All of it.
    pub fn draft(&self) -> Draft {
        let mut draft = self.shell();
        for interface in self.all() {
            draft.interfaces.push(interface);
        }
        draft
    }
}

/// The segment that a VPC is of: 0 the core, 1 production, 2 development.
pub fn segment(vpc: usize) -> usize {
    joins::Segment::of(vpc) as usize
}

/// A name of a kind of thing, not looked up.
fn named<T>(kind: Kind, number: usize) -> Ref<T> {
    Ref::named(ids::id(kind, number), &Origin::Unknown)
}
