//! Addresses of both families.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address. IPv4 is written as IPv6 embeds it (`::ffff:10.0.1.10`), so that the family is a
/// property of the address. Two halves, not one number: so a row of two addresses takes 40 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    high: u64,
    low: u64,
}

/// The upper part of IPv4's half.
const MAPPED: u64 = 0xffff;

impl Address {
    /// From its bits.
    #[must_use]
    pub const fn new(bits: u128) -> Self {
        Self {
            high: (bits >> 64) as u64,
            low: bits as u64,
        }
    }

    /// Its bits.
    #[must_use]
    pub const fn bits(self) -> u128 {
        ((self.high as u128) << 64) | self.low as u128
    }

    /// An address of IPv4.
    #[must_use]
    #[inline]
    pub const fn of_v4(bits: u32) -> Self {
        Self {
            high: 0,
            low: (MAPPED << 32) | bits as u64,
        }
    }

    /// Whether it is of IPv4.
    #[must_use]
    #[inline(always)]
    pub const fn is_v4(self) -> bool {
        self.high == 0 && self.low >> 32 == MAPPED
    }

    /// Its bits, if it is of IPv4.
    #[must_use]
    pub const fn v4(self) -> Option<u32> {
        if self.is_v4() {
            Some(self.low as u32)
        } else {
            None
        }
    }

    /// The last 32 bits: all of an IPv4 address, or the one that an IPv6 address has embedded.
    #[must_use]
    #[inline(always)]
    pub const fn low32(self) -> u32 {
        self.low as u32
    }

    /// The same address with other last 32 bits.
    #[must_use]
    pub const fn with_low32(self, bits: u32) -> Self {
        Self {
            high: self.high,
            low: (self.low & !0xffff_ffff) | bits as u64,
        }
    }

    /// The address after it; the last one has none after it.
    #[must_use]
    pub const fn after(self) -> Self {
        Self::new(self.bits().saturating_add(1))
    }

    /// The address before it; the first one has none before it.
    #[must_use]
    pub const fn before(self) -> Self {
        Self::new(self.bits().saturating_sub(1))
    }

    /// As other libraries have it.
    #[must_use]
    pub const fn ip(self) -> IpAddr {
        match self.v4() {
            Some(bits) => IpAddr::V4(Ipv4Addr::from_bits(bits)),
            None => IpAddr::V6(Ipv6Addr::from_bits(self.bits())),
        }
    }
}

impl From<u32> for Address {
    fn from(bits: u32) -> Self {
        Self::of_v4(bits)
    }
}
impl From<Ipv4Addr> for Address {
    fn from(ip: Ipv4Addr) -> Self {
        Self::of_v4(ip.to_bits())
    }
}
impl From<Ipv6Addr> for Address {
    fn from(ip: Ipv6Addr) -> Self {
        Self::new(ip.to_bits())
    }
}
impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => ip.into(),
            IpAddr::V6(ip) => ip.into(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ip().fmt(f)
    }
}
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ip().fmt(f)
    }
}

/// How the rows of one family write addresses.
pub trait Bits: Copy + Ord {
    /// An address of this family; of another, something else.
    fn of(address: Address) -> Self;
    /// As every family has it.
    fn address(self) -> Address;
}

impl Bits for u32 {
    #[inline(always)]
    fn of(address: Address) -> Self {
        address.low32()
    }
    fn address(self) -> Address {
        Address::of_v4(self)
    }
}

impl Bits for Address {
    #[inline(always)]
    fn of(address: Address) -> Self {
        address
    }
    fn address(self) -> Address {
        self
    }
}

/// Whom a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// Anybody, of either family.
    Any,
    /// Whoever has the tag.
    Tag(u32),
    /// The same, of IPv4 alone.
    TagV4(u32),
    /// The same, of IPv6 alone.
    TagV6(u32),
    /// The first and the last address of one family.
    Of(Address, Address),
}

impl Span {
    /// Every address of IPv4.
    pub const V4: Span = Span::Of(Address::of_v4(0), Address::of_v4(u32::MAX));

    /// Every address of IPv6.
    pub const V6: Span = Span::Of(Address::new(0), Address::new(u128::MAX));

    /// The number of its addresses, less one.
    #[must_use]
    pub fn width(self) -> u128 {
        match self {
            Span::Of(lo, hi) => hi.bits().saturating_sub(lo.bits()),
            Span::Any | Span::Tag(_) | Span::TagV4(_) | Span::TagV6(_) => u128::MAX,
        }
    }

    /// Whether all of it is in a block.
    #[must_use]
    pub fn within(self, (first, last): (Address, Address)) -> bool {
        matches!(self, Span::Of(lo, hi) if first <= lo && hi <= last)
    }

    /// Whether a block is in it.
    #[must_use]
    pub fn holds(self, (first, last): (Address, Address)) -> bool {
        match self {
            Span::Of(lo, hi) => lo <= first && last <= hi,
            Span::Any => true,
            Span::Tag(_) | Span::TagV4(_) | Span::TagV6(_) => false,
        }
    }

    /// Whether it has an address in common with a block.
    #[must_use]
    pub fn meets(self, (first, last): (Address, Address)) -> bool {
        match self {
            Span::Of(lo, hi) => lo <= last && first <= hi,
            Span::Any => true,
            Span::Tag(_) | Span::TagV4(_) | Span::TagV6(_) => false,
        }
    }
}

impl<A: Into<Address>> From<(A, A)> for Span {
    fn from((lo, hi): (A, A)) -> Self {
        Span::Of(lo.into(), hi.into())
    }
}
impl From<Address> for Span {
    fn from(one: Address) -> Self {
        Span::Of(one, one)
    }
}
