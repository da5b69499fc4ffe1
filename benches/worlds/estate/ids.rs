//! Ids as AWS makes them, and numbers that look thrown.

/// What an id names.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Vpc,
    Subnet,
    Interface,
    Group,
    Acl,
    Table,
    InternetGateway,
    TransitGateway,
    TransitTable,
    Attachment,
    List,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Kind::Vpc => "vpc",
            Kind::Subnet => "subnet",
            Kind::Interface => "eni",
            Kind::Group => "sg",
            Kind::Acl => "acl",
            Kind::Table => "rtb",
            Kind::InternetGateway => "igw",
            Kind::TransitGateway => "tgw",
            Kind::TransitTable => "tgw-rtb",
            Kind::Attachment => "tgw-attach",
            Kind::List => "pl",
        }
    }
}

/// The id of a thing: seventeen hexadecimal digits, of which AWS's first is `0`.
pub fn id(kind: Kind, number: usize) -> String {
    let mixed = mix(number as u64 ^ ((kind as u64) << 56));
    format!("{}-0{mixed:016x}", kind.prefix())
}

/// A number that looks thrown, another for each: SplitMix64's last step.
pub fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Thrown numbers, one after the other.
pub struct Dice(u64);

impl Dice {
    /// Those of a seed and of what is thrown for.
    pub fn new(seed: u64, about: u64) -> Self {
        Self(mix(seed ^ mix(about)))
    }

    /// One below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(1);
        (mix(self.0) % limit.max(1) as u64) as usize
    }

    /// One of several.
    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}
