//! The places of a sparse matrix: for each row the columns in which something can stand.
//!
//! Always holds: the columns of a row ascend and none occurs twice. A pattern claims only what it leaves out: the rest is
//! zero whatever the values are.

use super::error::{SparsityError, check};
use sprs::CsMat;
use std::ops::Range;

/// The places of a sparse matrix, row by row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    columns: usize,
    /// Where each row starts in `places`, and the end.
    starts: Vec<usize>,
    places: Vec<u32>,
}

impl Pattern {
    /// A pattern of these rows; the columns of a row come in any order, any number of times.
    ///
    /// # Panics
    /// If a column is not below `columns`.
    pub fn new<R: IntoIterator<Item = u32>>(columns: usize, rows: impl IntoIterator<Item = R>) -> Pattern {
        let (mut starts, mut places) = (vec![0], Vec::new());
        for row in rows {
            let start = places.len();
            places.extend(row);
            places[start..].sort_unstable();
            let mut kept = start;
            for i in start..places.len() {
                if i == start || places[i] != places[kept - 1] {
                    places[kept] = places[i];
                    kept += 1;
                }
            }
            places.truncate(kept);
            assert!(
                places.last().is_none_or(|&c| kept == start || (c as usize) < columns),
                "a column too far"
            );
            starts.push(kept);
        }
        Pattern { columns, starts, places }
    }

    /// A pattern whose rows are in order already: `places[starts[i]..starts[i + 1]]` is row `i`.
    pub(super) fn from_parts(columns: usize, starts: Vec<usize>, places: Vec<u32>) -> Pattern {
        Pattern { columns, starts, places }
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The columns of a row, ascending.
    pub fn row(&self, i: usize) -> &[u32] {
        &self.places[self.starts[i]..self.starts[i + 1]]
    }

    /// How many places there are.
    pub fn nonzeros(&self) -> usize {
        self.places.len()
    }

    /// Which numbers the places of a row have in row order.
    pub fn range(&self, i: usize) -> Range<usize> {
        self.starts[i]..self.starts[i + 1]
    }

    /// The number of a place in row order, if it is one.
    pub fn position(&self, i: usize, j: usize) -> Option<usize> {
        let column = u32::try_from(j).ok()?;
        self.row(i).binary_search(&column).ok().map(|at| self.starts[i] + at)
    }

    /// True if something can stand there.
    pub fn contains(&self, i: usize, j: usize) -> bool {
        self.position(i, j).is_some()
    }

    /// All places in row order, each as a row and a column.
    pub fn entries(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.rows()).flat_map(|i| self.row(i).iter().map(move |&j| (i as u32, j)))
    }

    /// The longest row's length.
    pub(super) fn longest(&self) -> usize {
        (0..self.rows()).map(|i| self.row(i).len()).max().unwrap_or(0)
    }
}

/// Patterns from nothing and from each other.
impl Pattern {
    /// The diagonal.
    pub fn identity(n: usize) -> Pattern {
        Pattern { columns: n, starts: (0..=n).collect(), places: (0..n as u32).collect() }
    }

    /// Every place.
    pub fn dense(rows: usize, columns: usize) -> Pattern {
        Pattern::new(columns, (0..rows).map(|_| 0..columns as u32))
    }

    /// Rows and columns exchanged.
    pub fn transpose(&self) -> Pattern {
        let mut starts = vec![0; self.columns + 1];
        self.places.iter().for_each(|&j| starts[j as usize + 1] += 1);
        for j in 0..self.columns {
            starts[j + 1] += starts[j];
        }
        let (mut next, mut places) = (starts.clone(), vec![0; self.places.len()]);
        for (i, j) in self.entries() {
            places[next[j as usize]] = i;
            next[j as usize] += 1;
        }
        Pattern { columns: self.rows(), starts, places }
    }

    /// The places that one of the two has.
    ///
    /// # Panics
    /// If the two differ in rows or columns.
    pub fn union(&self, other: &Pattern) -> Pattern {
        Pattern::union_of(self.rows(), self.columns, &[self, other])
    }

    /// The places that one of these patterns of so many rows and columns has.
    ///
    /// # Panics
    /// If one of them is of another size.
    pub fn union_of(rows: usize, columns: usize, all: &[&Pattern]) -> Pattern {
        for pattern in all {
            assert_eq!((pattern.rows(), pattern.columns), (rows, columns), "patterns of two sizes");
        }
        let mut gathered = Gathered::new(rows, columns);
        (0..rows).for_each(|i| gathered.row(all.iter().map(|pattern| pattern.row(i))));
        gathered.into_pattern()
    }

    /// The places of a product of two such matrices: a row is the union of the other's rows that it names.
    ///
    /// # Panics
    /// If the other has not as many rows as this one has columns.
    pub fn product(&self, other: &Pattern) -> Pattern {
        assert_eq!(self.columns, other.rows(), "patterns that don't multiply");
        let mut gathered = Gathered::new(self.rows(), other.columns);
        (0..self.rows()).for_each(|i| gathered.row(self.row(i).iter().map(|&k| other.row(k as usize))));
        gathered.into_pattern()
    }

    /// True if every place has its mirror image.
    pub fn is_symmetric(&self) -> bool {
        self.rows() == self.columns && *self == self.transpose()
    }

    /// This and its mirror image together.
    ///
    /// # Panics
    /// If it is not square.
    pub fn symmetrised(&self) -> Pattern {
        self.union(&self.transpose())
    }

    /// For each place, in row order, its number in the transpose.
    pub(super) fn mirror(&self, transpose: &Pattern) -> Vec<usize> {
        let mut next = transpose.starts.clone();
        let number = |&j: &u32| {
            next[j as usize] += 1;
            next[j as usize] - 1
        };
        self.places.iter().map(number).collect()
    }

    /// The matrix with these values in row order.
    ///
    /// # Errors
    /// If there are not as many values as places.
    pub fn matrix(&self, values: Vec<f64>) -> Result<CsMat<f64>, SparsityError> {
        check("values of a sparse matrix", values.len(), self.places.len())?;
        let columns = self.places.iter().map(|&j| j as usize).collect();
        Ok(CsMat::new((self.rows(), self.columns), self.starts.clone(), columns, values))
    }
}

/// A pattern whose rows are unions of rows.
struct Gathered {
    pattern: Pattern,
    /// The last row in which each column was seen.
    seen: Vec<u32>,
}

impl Gathered {
    fn new(rows: usize, columns: usize) -> Gathered {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Gathered { pattern: Pattern { columns, starts, places: Vec::new() }, seen: vec![u32::MAX; columns] }
    }

    /// The next row: the union of these. Time is linear in them, but for sorting.
    fn row<'r>(&mut self, mut parts: impl Iterator<Item = &'r [u32]>) {
        let Pattern { columns, starts, places } = &mut self.pattern;
        let (start, i) = (places.len(), starts.len() as u32 - 1);
        let first = parts.next().unwrap_or_default();
        places.extend_from_slice(first);
        let mut rest = parts.filter(|part| !part.is_empty()).peekable();
        // Most rows of a map that moves elements have one part, which is in order.
        if rest.peek().is_some() {
            first.iter().for_each(|&j| self.seen[j as usize] = i);
            for &j in rest.flatten() {
                if self.seen[j as usize] != i {
                    self.seen[j as usize] = i;
                    places.push(j);
                }
            }
            if places.len() - start > *columns / 16 {
                places.truncate(start);
                places.extend((0..*columns as u32).filter(|&j| self.seen[j as usize] == i));
            } else {
                places[start..].sort_unstable();
            }
        }
        starts.push(places.len());
    }

    fn into_pattern(self) -> Pattern {
        self.pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_without_repeats() {
        let pattern = Pattern::new(5, [vec![3, 1, 3], vec![], vec![4, 0]]);
        assert_eq!((pattern.rows(), pattern.columns(), pattern.nonzeros()), (3, 5, 4));
        assert_eq!([pattern.row(0), pattern.row(1), pattern.row(2)], [&[1, 3][..], &[], &[0, 4]]);
    }

    #[test]
    fn a_transpose_a_union_and_a_product_are_those_of_matrices() {
        let pattern = Pattern::new(3, [vec![0, 2], vec![], vec![1], vec![2]]);
        let transpose = pattern.transpose();
        assert_eq!(transpose, Pattern::new(4, [vec![0], vec![2], vec![0, 3]]));
        assert_eq!(transpose.transpose(), pattern);
        let square = pattern.product(&transpose);
        assert_eq!(square, Pattern::new(4, [vec![0, 3], vec![], vec![2], vec![0, 3]]));
        assert!(square.is_symmetric() && !pattern.is_symmetric());
        assert_eq!(pattern.product(&Pattern::identity(3)), pattern);
        assert_eq!(square.union(&Pattern::dense(4, 4)), Pattern::dense(4, 4));
        let upper = Pattern::new(2, [vec![1], vec![]]);
        assert_eq!(upper.symmetrised(), Pattern::new(2, [vec![1], vec![0]]));
    }

    #[test]
    fn the_mirror_of_a_place_is_where_row_and_column_are_exchanged() {
        let pattern = Pattern::new(4, [vec![0, 2], vec![2], vec![0, 1, 3]]);
        let transpose = pattern.transpose();
        let mirror = pattern.mirror(&transpose);
        for (k, (i, j)) in pattern.entries().enumerate() {
            assert_eq!(transpose.position(j as usize, i as usize), Some(mirror[k]));
        }
    }

    #[test]
    fn a_matrix_needs_a_value_for_each_place() {
        let pattern = Pattern::new(3, [vec![0, 2], vec![], vec![1]]);
        let matrix = pattern.matrix(vec![1.0, 2.0, 3.0]).unwrap();
        assert_eq!((matrix.get(0, 2), matrix.get(2, 1), matrix.get(1, 1)), (Some(&2.0), Some(&3.0), None));
        let wrong = pattern.matrix(vec![1.0]).unwrap_err();
        assert_eq!(wrong.to_string(), "values of a sparse matrix: 1 numbers, 3 are needed");
    }
}
