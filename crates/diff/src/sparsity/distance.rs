//! Columns that never meet in a row share a colour: partial distance-2 colouring, and distance-2 colouring.
//!
//! Curtis, Powell, Reid, "On the estimation of sparse Jacobian matrices", 1974; Coleman, Moré, "Estimation of sparse Jacobian
//! matrices and graph coloring problems", 1983; the names are those of Gebremedhin, Manne, Pothen, "What color is your
//! Jacobian?", SIAM Review 2005. No graph of columns is built: the rows are walked. A long row keeps the set of its
//! colours instead, so that its columns don't walk each other.

use super::colouring::{Colouring, NONE};
use super::order::{Columns, VertexOrder};
use super::pattern::Pattern;
use super::sets::{Met, Set};

/// Colours of the columns so that no row has two columns of one colour; a column without places has none.
pub fn partial_distance_2(pattern: &Pattern, order: VertexOrder) -> Colouring {
    let transpose = pattern.transpose();
    columns(pattern, &transpose, order)
}

/// Colours of a symmetric pattern's vertices so that no vertex shares its colour with a neighbour or a neighbour's
/// neighbour: the columns tell the matrix whether or not the diagonal is in the pattern.
///
/// # Panics
/// If the pattern is not square.
pub fn distance_2(pattern: &Pattern, order: VertexOrder) -> Colouring {
    partial_distance_2(&pattern.union(&Pattern::identity(pattern.rows())), order)
}

/// Colours of the columns, where the transpose is known.
pub(super) fn columns(pattern: &Pattern, transpose: &Pattern, order: VertexOrder) -> Colouring {
    let order = order.of(&mut Columns::new(pattern, transpose));
    let mut rows = Rows::new(pattern);
    let mut colours = vec![NONE; pattern.columns()];
    for v in order {
        let places = transpose.row(v as usize);
        if !places.is_empty() {
            colours[v as usize] = rows.least(places, &colours);
            rows.met.clear();
        }
    }
    Colouring::new(&colours)
}

/// Colours that occur in rows: of a short row they are read off its columns, a long one keeps them.
struct Rows<'p> {
    pattern: &'p Pattern,
    /// For each row its number among the long ones.
    numbers: Vec<u32>,
    long: Vec<Set>,
    /// Those that the column at hand meets in short rows.
    met: Met,
}

impl<'p> Rows<'p> {
    fn new(pattern: &'p Pattern) -> Rows<'p> {
        // So many places that sets for all long rows together are no larger than the pattern.
        let least = (pattern.columns() / 64).max(64);
        let mut count = 0;
        let number = |i| {
            count += u32::from(pattern.row(i).len() >= least);
            if pattern.row(i).len() >= least { count - 1 } else { NONE }
        };
        let numbers = (0..pattern.rows()).map(number).collect();
        let met = Met::new(pattern.columns());
        Rows { pattern, numbers, long: vec![Set::default(); count as usize], met }
    }

    /// The least colour that is in none of these rows; now it is in the long ones among them.
    fn least(&mut self, rows: &[u32], colours: &[u32]) -> u32 {
        let mut long = Vec::new();
        for &i in rows {
            match self.numbers[i as usize] {
                NONE => {
                    let met = self.pattern.row(i as usize).iter().map(|&u| colours[u as usize]);
                    met.filter(|&c| c != NONE).for_each(|c| _ = self.met.insert(c));
                }
                number => long.push(number as usize),
            }
        }
        let mut word = long.iter().map(|&i| self.long[i].full()).max().unwrap_or(0);
        let colour = loop {
            let taken = long.iter().fold(self.met.word(word), |taken, &i| taken | self.long[i].word(word));
            if taken != u64::MAX {
                break word as u32 * 64 + taken.trailing_ones();
            }
            word += 1;
        };
        long.iter().for_each(|&i| self.long[i].insert(colour));
        colour
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_long_and_short_rows_are_told_apart() {
        let n = 300;
        let rows = (0..n).map(|i| if i == 7 { (0..n).collect() } else { vec![i, (i * 7 + 1) % n] });
        for order in VertexOrder::ALL {
            assert_eq!(partial_distance_2(&Pattern::new(300, rows.clone()), order).count(), 300, "{order}");
        }
    }

    #[test]
    fn distance_2_does_not_ask_for_the_diagonal() {
        let path = Pattern::new(3, [vec![1], vec![0, 2], vec![1]]);
        assert_eq!(partial_distance_2(&path, VertexOrder::Natural).count(), 2);
        assert_eq!(distance_2(&path, VertexOrder::Natural).count(), 3);
    }

    /// Rows are the edges of a binomial tree, its leaves numbered first: greedy in that order needs a colour for each
    /// level, smallest last two.
    #[test]
    fn smallest_last_needs_two_colours_on_a_tree_where_the_natural_order_needs_many() {
        let levels = 7u32;
        let n = 1 << levels;
        let name = |v: u32| n - 1 - v;
        let edges = (1..n).map(|v| vec![name(v), name(v & (v - 1))]);
        let pattern = Pattern::new(n as usize, edges);
        let count = |order| partial_distance_2(&pattern, order).count();
        assert!(count(VertexOrder::Natural) > 4, "{}", count(VertexOrder::Natural));
        assert_eq!(count(VertexOrder::SmallestLast), 2);
        assert!(count(VertexOrder::LargestFirst) <= count(VertexOrder::Natural));
    }
}
