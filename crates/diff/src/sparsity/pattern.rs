//! The places of a sparse matrix: for each row the columns in which something can stand.
//!
//! Always holds: the columns of a row ascend and none occurs twice. A pattern claims only what it leaves out: the rest is
//! zero whatever the values are.

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
}
