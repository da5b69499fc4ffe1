//! A row: a box in header space, one-sided, sixteen bytes.

/// Bits of [`Row::flags`].
#[allow(missing_docs, reason = "each is explained by its comment")]
pub mod flags {
    /// Any protocol.
    pub const ANY_PROTOCOL: u8 = 1;
    /// Looks at the mark, not at an address: `lo` is the tag.
    pub const BY_MARK: u8 = 2;
    /// It is not known whether the row is there or holds.
    pub const MAYBE: u8 = 4;
    /// Such a row is tried both ways (ordered tables); without, it passes with a reservation.
    pub const FORK: u8 = 8;
}

/// A match on one side's address, protocol and destination port. What it does is `then`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Lowest address.
    pub lo: u32,
    /// Highest address.
    pub hi: u32,
    /// Destination ports; for ICMP, type in the high byte, code in the low.
    pub ports: (u16, u16),
    /// IP protocol.
    pub proto: u8,
    /// See [`flags`].
    pub flags: u8,
    /// Which action of its table.
    pub then: u16,
}

impl Row {
    /// Whether a flag is set.
    #[must_use]
    #[inline]
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether it is about this address, or about none.
    #[must_use]
    #[inline(always)]
    pub fn spans(&self, address: u32) -> bool {
        ((self.lo <= address) & (address <= self.hi)) | self.is(flags::BY_MARK)
    }

    /// Whether everything but ports and address is satisfied.
    #[must_use]
    #[inline]
    pub fn takes(&self, proto: u8, tags: &[u32]) -> bool {
        (self.is(flags::ANY_PROTOCOL) | (self.proto == proto))
            && (!self.is(flags::BY_MARK) || tags.binary_search(&self.lo).is_ok())
    }
}
