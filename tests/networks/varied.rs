//! Networks of one family and of both, open and closed.

use super::{Case, Genes, dualstack, ease, flows_of_six, generate};

/// A network and so many flows; every third speaks both families, with so many flows of IPv6 more;
/// every other lets more through.
pub fn varied(seed: u64, genes: &mut Genes, flows: usize, six: usize) -> Case {
    let mut case = generate(genes, flows);
    if seed % 3 == 1 {
        dualstack(&mut case.draft, genes);
        let more = flows_of_six(&case.draft, genes, six);
        case.flows.extend(more);
    }
    if seed % 4 > 1 {
        ease(&mut case.draft);
    }
    case
}
