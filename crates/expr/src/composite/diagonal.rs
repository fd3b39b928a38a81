//! Diagonals, the identity matrix and indicators of classes.

use crate::build::resolve_axis;
use crate::builder::Builder;
use crate::error::OpError;
use crate::expr::Expr;
use crate::op::Range;
use crate::ty::DType;

impl Builder {
    /// The identity matrix with `n` rows.
    #[track_caller]
    pub fn eye(&self, n: usize, dtype: DType) -> Expr<'_> {
        let position = self.iota([n], 0, DType::I64);
        position.one_hot(n, dtype)
    }
}

impl<'b> Expr<'b> {
    /// For each integer a new last axis of `classes` entries: 1 at its position, else 0. Integers outside have none.
    #[track_caller]
    pub fn one_hot(self, classes: usize, dtype: DType) -> Expr<'b> {
        let found = self.dtype();
        if found != DType::I64 {
            let error = OpError::DType { operand: 0, expected: "of integers", found };
            return self.builder().fail("one_hot", error, &[self]);
        }
        let class = self.builder().iota([classes], 0, DType::I64);
        self.expand_dims(-1).equal(class).cast(dtype)
    }

    /// The entries at equal positions of the first two axes, which give way to a new last one.
    #[track_caller]
    pub fn diagonal(self) -> Expr<'b> {
        self.diagonal_of(0, 1)
    }

    /// The entries at equal positions of two axes, which give way to a new last one.
    #[track_caller]
    pub fn diagonal_of(self, first: i64, second: i64) -> Expr<'b> {
        let shape = self.shape();
        let rank = shape.rank();
        let (first, second) = match (resolve_axis(first, rank), resolve_axis(second, rank)) {
            (Ok(first), Ok(second)) if first == second => {
                let error = OpError::RepeatedAxis { axis: usize::from(first) };
                return self.builder().fail("diagonal", error, &[self]);
            }
            (Ok(first), Ok(second)) => (first, second),
            (Err(error), _) | (_, Err(error)) => return self.builder().fail("diagonal", error, &[self]),
        };
        let others: Vec<u8> = (0..rank as u8).filter(|&a| a != first && a != second).collect();
        let (rows, columns) = (shape[usize::from(first)], shape[usize::from(second)]);
        let kept: Vec<usize> = others.iter().map(|&a| shape[usize::from(a)]).collect();
        // In row-major order, the diagonal's entries lie one row and one column apart.
        let flat = self.permute(&[&others[..], &[first, second]].concat()).reshape_to(&[&kept[..], &[rows * columns]].concat());
        let mut ranges: Vec<Range> = kept.iter().map(|&n| Range::all(n)).collect();
        ranges.push(Range { start: 0, count: rows.min(columns), step: columns + 1 });
        flat.slice(&ranges)
    }

    /// The sum of the entries at equal positions of the first two axes.
    #[track_caller]
    pub fn trace(self) -> Expr<'b> {
        self.diagonal().sum(-1)
    }
}
