//! Networks with interfaces that are alike, of one or both families, some of them eased.

use super::{Case, Genes, dualstack, ease, flows_of_six, generate, twins};

/// The case of a seed, with some flows worth asking about.
pub fn alike(seed: u64) -> Case {
    let mut case = generate(&mut Genes::seeded(seed), 30);
    let mut genes = Genes::seeded(seed + 5_000_000);
    if seed % 3 == 1 {
        dualstack(&mut case.draft, &mut genes);
        let more = flows_of_six(&case.draft, &mut genes, 30);
        case.flows.extend(more);
    }
    twins(&mut case.draft, &mut genes);
    if seed % 2 == 1 {
        ease(&mut case.draft);
    }
    case
}
