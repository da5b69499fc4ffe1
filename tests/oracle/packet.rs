//! A packet, who sends it, and what becomes of it.

use reachability::model::{ClientVpn, Id, Interface, RegionalNat, Site};
use std::net::IpAddr;

pub(crate) type Word = &'static str;

/// Whoever sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Spot {
    Eni(Id<Interface>),
    Client(Id<ClientVpn>),
    Site(Id<Site>),
    Regional(Id<RegionalNat>),
    Router(Id<Site>),
    World,
}

/// What is sent. Protocols without ports have zeros; of ICMP an echo has its type as destination
/// port, so that its mirror is the echo's reply.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Packet {
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    pub(crate) protocol: u8,
    pub(crate) sport: u16,
    pub(crate) dport: u16,
}

impl Packet {
    pub(crate) fn between(mut self, src: IpAddr, dst: IpAddr, sport: u16, dport: u16) -> Self {
        (self.src, self.dst, self.sport, self.dport) = (src, dst, sport, dport);
        self
    }

    pub(crate) fn mirror(self) -> Self {
        self.between(self.dst, self.src, self.dport, self.sport)
    }
}

/// What became of it: what stopped it, and on which leg; the mechanisms it crossed, each with its
/// leg; the source that the destination saw.
pub(crate) type Ending = (Word, Word, Vec<(Word, Word)>, Option<IpAddr>);
