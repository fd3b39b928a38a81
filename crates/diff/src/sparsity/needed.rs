//! Which groups are needed where a number can be read from one of two.
//!
//! A group is needed if some number can be read there only. Where two are left to choose from, the groups are vertices of a
//! graph, each choice an edge, and a cover of the edges is wanted: the vertex with most edges is taken first.

use super::colouring::NONE;
use super::pattern::Pattern;

/// For each group whether it is needed. Of the two groups of a number one at least is not [`NONE`].
pub(super) fn needed(choices: &[[u32; 2]], groups: usize) -> Vec<bool> {
    let mut needed = vec![false; groups];
    for &[a, b] in choices {
        debug_assert!(a != NONE || b != NONE, "a number that is read nowhere");
        if a == NONE || b == NONE || a == b {
            needed[a.min(b) as usize] = true;
        }
    }
    let mut open: Vec<(u32, u32)> = Vec::new();
    for &[a, b] in choices {
        if a != NONE && b != NONE && !needed[a as usize] && !needed[b as usize] {
            open.extend([(a, b), (b, a)]);
        }
    }
    open.sort_unstable();
    let mut edges = open.chunk_by(|x, y| x.0 == y.0).peekable();
    let rows = (0..groups as u32).map(|g| edges.next_if(|edges| edges[0].0 == g).unwrap_or_default());
    let graph = Pattern::new(groups, rows.map(|edges| edges.iter().map(|&(_, b)| b)));
    let mut degrees: Vec<usize> = (0..groups).map(|g| graph.row(g).len()).collect();
    loop {
        let most = degrees.iter().enumerate().rev().max_by_key(|&(_, &degree)| degree);
        let Some((g, _)) = most.filter(|&(_, &degree)| degree > 0) else { return needed };
        (needed[g], degrees[g]) = (true, 0);
        for &h in graph.row(g).iter().filter(|&&h| !needed[h as usize]) {
            degrees[h as usize] -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_many_numbers_share_serves_them_all() {
        let choices = [[0, 1], [0, 2], [3, 0], [0, 1]];
        assert_eq!(needed(&choices, 5), [true, false, false, false, false]);
        assert_eq!(needed(&[[0, 1], [1, NONE]], 2), [false, true]);
        assert_eq!(needed(&[[NONE, 1], [0, 0]], 3), [true, true, false]);
        assert_eq!(needed(&[], 1), [false]);
    }
}
