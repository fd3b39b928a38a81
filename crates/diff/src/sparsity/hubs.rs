//! Lengths at which a few long lines are set apart from many short ones, and vertices of great degree set apart.
//!
//! A vertex whose colour no other has is on no path and on no cycle of two colours. Greedy colourings give two hubs one
//! colour if they can, and then all that is around both must differ: it pays to give hubs colours of their own.

use super::colouring::{Colouring, NONE};
use super::pattern::Pattern;

/// A length, and how many lines are longer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cut {
    pub(super) short: usize,
    pub(super) long: usize,
}

/// Lengths to cut at, the most promising first: between two powers of two the one that is best if every long line costs
/// as much as every place in a short one. Something is long and something is short, but not empty.
pub(super) fn cuts(mut lengths: Vec<usize>) -> Vec<Cut> {
    lengths.retain(|&length| length > 0);
    lengths.sort_unstable();
    let mut cuts: Vec<Cut> = Vec::new();
    let mut long = lengths.len();
    for same in lengths.chunk_by(|a, b| a == b) {
        long -= same.len();
        let cut = Cut { short: same[0], long };
        match cuts.last_mut().filter(|last| last.short.ilog2() == cut.short.ilog2()) {
            _ if long == 0 => {}
            Some(last) if cut.short + long < last.short + last.long => *last = cut,
            Some(_) => {}
            None => cuts.push(cut),
        }
    }
    cuts.sort_by_key(|cut| cut.short + cut.long);
    cuts
}

/// How many places are coloured again, at the least.
const AGAIN: usize = 1 << 23;

/// The colouring of fewest colours, with no vertex or with some hubs set apart. `colour` stops where it would need as many
/// as its limit; the diagonal must not matter to it.
pub(super) fn apart(pattern: &Pattern, colour: impl Fn(&Pattern, usize) -> Option<Colouring>) -> Colouring {
    let mut all = cuts((0..pattern.rows()).map(|v| pattern.row(v).len()).collect());
    all.push(Cut { short: pattern.longest(), long: 0 });
    all.sort_by_key(|cut| cut.short + cut.long);
    let mut best: Option<Colouring> = None;
    let mut left = pattern.nonzeros() + AGAIN.max(pattern.nonzeros());
    for cut in all {
        let limit = best.as_ref().map_or(usize::MAX, Colouring::count).saturating_sub(cut.long);
        if limit <= 1 || pattern.nonzeros() > left {
            continue;
        }
        left -= pattern.nonzeros();
        let found = match cut.long {
            0 => colour(pattern, limit),
            _ => colour(&without_hubs(pattern, cut), limit).map(|rest| with_hubs(pattern, cut, &rest)),
        };
        best = found.or(best);
    }
    best.unwrap_or_else(|| Colouring::new(&vec![NONE; pattern.rows()]))
}

fn is_hub(pattern: &Pattern, v: u32, cut: Cut) -> bool {
    pattern.row(v as usize).len() > cut.short
}

/// The rest; a vertex that had places but at hubs only keeps its own.
fn without_hubs(pattern: &Pattern, cut: Cut) -> Pattern {
    let others = |v: u32| {
        let row = pattern.row(v as usize).iter().copied();
        let stays = !is_hub(pattern, v, cut) && row.len() > 0;
        let row = row.filter(move |&w| stays && w != v && !is_hub(pattern, w, cut));
        stays.then_some(v).into_iter().chain(row)
    };
    Pattern::new(pattern.columns(), (0..pattern.rows() as u32).map(others))
}

fn with_hubs(pattern: &Pattern, cut: Cut, rest: &Colouring) -> Colouring {
    let mut fresh = rest.count() as u32..;
    let colour = |v: u32| match is_hub(pattern, v, cut) {
        true => fresh.next().unwrap_or(NONE),
        false => rest.colour(v as usize).unwrap_or(NONE),
    };
    Colouring::new(&(0..pattern.rows() as u32).map(colour).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::super::{VertexOrder, acyclic, star};
    use super::*;

    #[test]
    fn cuts_leave_something_on_both_sides() {
        assert_eq!(cuts(vec![4, 4, 4]), []);
        let [two, forty] = [Cut { short: 3, long: 2 }, Cut { short: 40, long: 1 }];
        assert_eq!(cuts(vec![2, 3, 3, 0, 100, 40]), [two, forty]);
    }

    /// Three hubs, each with all of the rest around it.
    #[test]
    fn hubs_with_the_same_around_them_do_not_share_a_colour() {
        let n = 60;
        let row = |v: u32| if v < 3 { (3..n).collect() } else { vec![0, 1, 2, v] };
        let pattern = Pattern::new(n as usize, (0..n).map(row));
        for order in VertexOrder::ALL {
            assert_eq!(star(&pattern, order).unwrap().count(), 4, "{order}");
            assert!(acyclic(&pattern, order).unwrap().count() <= 4, "{order}");
        }
    }
}
