//! Star bicolouring: some rows and some columns have colours, and every place is alone with its colour in its row or in
//! its column.
//!
//! Hossain, Steihaug, "Computing a sparse Jacobian matrix by rows and columns", 1998; Coleman, Verma, "The efficient
//! computation of sparse Jacobian matrices using automatic differentiation", 1998; Gebremedhin, Manne, Pothen, 2005;
//! Montoison, Dalle, Gebremedhin, "Revisiting sparse matrix coloring and bicoloring", 2025. As in the last two it is a star
//! colouring of the graph whose vertices are rows and columns, with colours for a cover of its edges only.
//!
//! The cover: the rows longer than some length have colours, and so has every column with a place in a shorter row; or the
//! same with rows and columns exchanged. Several lengths are tried. All columns or all rows are no cover of this kind.

use super::colouring::Colouring;
use super::hubs::{Cut, cuts};
use super::order::{Symmetric, VertexOrder};
use super::pattern::Pattern;
use super::star::Stars;
use std::cmp::Reverse;

/// Colours of rows and of columns: two sets of colours that have nothing to do with each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bicolouring {
    /// The rows' colours.
    pub rows: Colouring,
    /// The columns' colours.
    pub columns: Colouring,
}

impl Bicolouring {
    /// How many colours there are on both sides.
    pub fn count(&self) -> usize {
        self.rows.count() + self.columns.count()
    }
}

/// The star bicolouring of fewest colours among some that have colours on both sides, if there are any to try.
pub fn bidirectional(pattern: &Pattern, order: VertexOrder) -> Option<Bicolouring> {
    let transpose = pattern.transpose();
    let board = Board::new(pattern, &transpose);
    let mut best: Option<Bicolouring> = None;
    for split in board.splits() {
        let limit = best.as_ref().map_or(usize::MAX, Bicolouring::count);
        best = board.colour(split, order, limit).or(best);
    }
    best
}

/// A pattern as a graph of rows, and columns behind them.
pub(super) struct Board<'p> {
    pattern: &'p Pattern,
    transpose: &'p Pattern,
    graph: Pattern,
}

/// A cover.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Split {
    /// True if long rows have colours, false if long columns have.
    by_rows: bool,
    /// The length that is not long.
    short: usize,
    /// Fewer colours cannot be enough.
    pub(super) bound: usize,
    /// How many pairs of places in one line are walked, about.
    work: usize,
}

/// How much walking a search for a cover is worth, at the least.
const WORK: usize = 1 << 27;

impl<'p> Board<'p> {
    pub(super) fn new(pattern: &'p Pattern, transpose: &'p Pattern) -> Board<'p> {
        let (m, n) = (pattern.rows(), pattern.columns());
        let rows = (0..m).map(|i| (pattern.row(i), m as u32));
        let columns = (0..n).map(|j| (transpose.row(j), 0));
        let lines = rows.chain(columns).map(|(line, shift)| line.iter().map(move |&k| k + shift));
        Board { pattern, transpose, graph: Pattern::new(m + n, lines) }
    }

    /// Covers that are worth a try, the most promising first.
    pub(super) fn splits(&self) -> Vec<Split> {
        let mut splits = covers(self.pattern, self.transpose, true);
        splits.extend(covers(self.transpose, self.pattern, false));
        splits.sort_by_key(|split| (split.bound, Reverse(split.short)));
        let mut left = WORK.max(64 * self.pattern.nonzeros());
        splits.retain(|split| {
            let affordable = split.work <= left;
            left -= if affordable { split.work } else { 0 };
            affordable
        });
        splits
    }

    /// The colours for a cover, if they are fewer than `limit`.
    pub(super) fn colour(&self, split: Split, order: VertexOrder, limit: usize) -> Option<Bicolouring> {
        let m = self.pattern.rows();
        let neutral = self.neutral(split);
        let mut stars = Stars::new(&self.graph, Some(&neutral));
        let mut counts = [0, 0];
        let order = order.of(&mut Symmetric(&self.graph));
        for rows in [!split.by_rows, split.by_rows] {
            for &v in order.iter().filter(|&&v| ((v as usize) < m) == rows && !neutral[v as usize]) {
                let count = stars.colour(v) as usize + 1;
                counts[usize::from(rows)] = count.max(counts[usize::from(rows)]);
                if counts[0] + counts[1] >= limit {
                    return None;
                }
            }
        }
        let mut rows = stars.into_colours();
        let columns = Colouring::new(&rows.split_off(m));
        Some(Bicolouring { rows: Colouring::new(&rows), columns })
    }

    /// Which vertices have no colour.
    fn neutral(&self, split: Split) -> Vec<bool> {
        let m = self.pattern.rows();
        let is_long = |v: usize| self.graph.row(v).len() > split.short;
        let line = |v: usize| match (v < m) == split.by_rows {
            true => !is_long(v),
            false => self.graph.row(v).iter().all(|&w| is_long(w as usize)),
        };
        (0..self.graph.rows()).map(line).collect()
    }
}

/// Covers of long lines of a pattern.
fn covers(lines: &Pattern, across: &Pattern, by_rows: bool) -> Vec<Split> {
    let lengths: Vec<usize> = (0..lines.rows()).map(|i| lines.row(i).len()).collect();
    // A line across has no colour if its shortest line is long; then all its lines differ.
    let shortest = |j: usize| across.row(j).iter().map(|&i| lengths[i as usize]).min().unwrap_or(0);
    let free: Vec<(usize, usize)> = (0..across.rows()).map(|j| (shortest(j), across.row(j).len())).collect();
    let split = |Cut { short, .. }: Cut| {
        let apart = free.iter().filter(|&&(shortest, _)| shortest > short).map(|f| f.1).max();
        let pairs: usize = lengths.iter().filter(|&&l| l <= short).map(|l| l * l).sum();
        let work = 16 * lines.nonzeros() + pairs;
        Split { by_rows, short, bound: short + apart.unwrap_or(1), work }
    };
    cuts(lengths.clone()).into_iter().map(split).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_needs_three_colours_and_a_lattice_of_like_lines_has_no_cover_of_two_sides() {
        let arrow = Pattern::new(50, (0..50).map(|i| if i == 0 { (0..50).collect() } else { vec![0, i] }));
        for order in VertexOrder::ALL {
            let found = bidirectional(&arrow, order).unwrap();
            assert_eq!(found.count(), 3, "{order}");
        }
        assert_eq!(bidirectional(&Pattern::dense(4, 4), VertexOrder::Natural), None);
    }
}
