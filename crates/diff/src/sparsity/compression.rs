//! Directions that tell a sparse matrix, and where each of its numbers is read directly.
//!
//! A group of columns is one product of the matrix with a direction, by forward mode: at a row it gives the sum of the
//! matrix over the group's columns. A group of rows is one product of a direction with the matrix, by reverse mode: at a
//! column it gives the sum over the group's rows. Always holds: at its source each nonzero is alone in the sum, and each
//! group, and each row and column in a group, is the source of something.

use super::colouring::Colouring;
use super::error::{SparsityError, check};
use super::order::VertexOrder;
use super::pattern::Pattern;
use std::fmt;

/// Where a nonzero is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// In the product with a group of columns, at a row.
    Column {
        /// The group of columns.
        group: u32,
        /// The row.
        row: u32,
    },
    /// In the product with a group of rows, at a column.
    Row {
        /// The group of rows.
        group: u32,
        /// The column.
        column: u32,
    },
}

/// How the directions are found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Method {
    /// Groups of columns that don't meet in a row.
    Columns,
    /// Groups of rows that don't meet in a column.
    Rows,
    /// Groups of rows and groups of columns.
    Bidirectional,
    /// Groups of columns of a symmetric matrix, of each two mirror images one is read.
    Star,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Method::Columns => "by columns",
            Method::Rows => "by rows",
            Method::Bidirectional => "by columns and rows",
            Method::Star => "by stars",
        })
    }
}

/// Groups of columns and of rows, and where each nonzero is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compression {
    columns: Colouring,
    rows: Colouring,
    sources: Vec<Source>,
    method: Method,
    order: VertexOrder,
}

impl Compression {
    /// From the groups that are used, and where each nonzero is read in row order.
    pub(super) fn new(
        columns: Colouring,
        rows: Colouring,
        sources: Vec<Source>,
        method: Method,
        order: VertexOrder,
    ) -> Compression {
        Compression { columns, rows, sources, method, order }
    }

    /// The same under another name.
    pub(super) fn renamed(self, method: Method) -> Compression {
        Compression { method, ..self }
    }

    /// For each column the group that it is in.
    pub fn columns(&self) -> &[Option<u32>] {
        self.columns.colours()
    }

    /// How many groups of columns there are: products of forward mode.
    pub fn column_groups(&self) -> usize {
        self.columns.count()
    }

    /// For each row the group that it is in.
    pub fn rows(&self) -> &[Option<u32>] {
        self.rows.colours()
    }

    /// How many groups of rows there are: products of reverse mode.
    pub fn row_groups(&self) -> usize {
        self.rows.count()
    }

    /// How many groups there are on both sides.
    pub fn groups(&self) -> usize {
        self.column_groups() + self.row_groups()
    }

    /// The columns of each group, as rows of a pattern: ones there are the directions of forward mode.
    pub fn column_seeds(&self) -> Pattern {
        seeds(&self.columns)
    }

    /// The rows of each group, as rows of a pattern: ones there are the directions of reverse mode.
    pub fn row_seeds(&self) -> Pattern {
        seeds(&self.rows)
    }

    /// Where each nonzero is read, in row order.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// How the groups were found.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The order in which the vertices got their groups.
    pub fn order(&self) -> VertexOrder {
        self.order
    }

    /// The nonzeros in row order, from the column products, a row-major stack `[group, row]`, and the row products, a
    /// row-major stack `[group, column]`.
    ///
    /// # Errors
    /// If a stack is not of that size.
    pub fn recover(&self, column_products: &[f64], row_products: &[f64]) -> Result<Vec<f64>, SparsityError> {
        let (m, n) = (self.rows().len(), self.columns().len());
        check("column products", column_products.len(), self.column_groups() * m)?;
        check("row products", row_products.len(), self.row_groups() * n)?;
        let read = |&source: &Source| match source {
            Source::Column { group, row } => column_products[group as usize * m + row as usize],
            Source::Row { group, column } => row_products[group as usize * n + column as usize],
        };
        Ok(self.sources.iter().map(read).collect())
    }
}

/// As in "15 directions by columns (smallest last)".
impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.groups();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} direction{plural} {} ({})", self.method, self.order)
    }
}

/// The members of each group.
pub(super) fn seeds(colouring: &Colouring) -> Pattern {
    let colours = colouring.colours().iter();
    let groups = Pattern::new(colouring.count(), colours.map(|c| c.iter().copied().collect::<Vec<_>>()));
    groups.transpose()
}
