//! Which interfaces ask which, at which port: the same for us and for those beside us.

use super::worlds::estate::{Dice, Estate, Seat};

/// Ports that rules of the estates speak of, and one that none does.
pub const PORTS: [u16; 10] = [22, 80, 443, 3128, 5432, 5671, 6379, 8080, 9100, 1];
/// The client's port.
pub const CLIENT: u16 = 40_000;
const QUESTIONS: usize = 4_000;

/// Where the two ends are.
#[derive(Clone, Copy, Debug)]
pub enum Asked {
    /// In one VPC.
    Within,
    /// In two: over the transit gateway.
    Between,
}

impl Asked {
    pub const ALL: [Asked; 2] = [Asked::Within, Asked::Between];

    pub fn name(self) -> &'static str {
        match self {
            Asked::Within => "within",
            Asked::Between => "between",
        }
    }

    /// Addresses of both ends, and the port.
    pub fn of(self, estate: &Estate) -> Vec<(u32, u32, u16)> {
        let ip = |number| u32::from(Seat::of(estate, number).ip());
        let pairs = self.pairs(estate).into_iter();
        pairs.map(|(a, b, port)| (ip(a), ip(b), port)).collect()
    }

    /// Numbers of both ends, and the port.
    pub fn pairs(self, estate: &Estate) -> Vec<(usize, usize, u16)> {
        let mut dice = Dice::new(estate.seed, 1 << 50 | self as u64);
        let vpc = |number| Seat::of(estate, number).vpc;
        let each = estate.interfaces.div_ceil(estate.vpcs);
        let mut all = Vec::new();
        while all.len() < QUESTIONS {
            let a = dice.below(estate.interfaces);
            let b = match self {
                Asked::Within => vpc(a) * each + dice.below(each),
                Asked::Between => dice.below(estate.interfaces),
            };
            let same = vpc(a) == vpc(b);
            let fits = matches!(self, Asked::Within) == same;
            if fits && a != b && b < estate.interfaces {
                all.push((a, b, dice.of(&PORTS)));
            }
        }
        all
    }
}
