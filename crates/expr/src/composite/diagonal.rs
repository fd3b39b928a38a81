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
        let flat = self
            .permute(&[&others[..], &[first, second]].concat())
            .reshape_to(&[&kept[..], &[rows * columns]].concat());
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

#[cfg(test)]
mod tests {
    use super::super::testing::{gradient, value};
    use crate::builder::Builder;
    use crate::ty::{DType, Type};
    use crate::value::Value;

    fn of(e: crate::Expr<'_>) -> Vec<f64> {
        value(e, &Value::from(0.0)).to_f64s()
    }

    #[test]
    fn classes_outside_are_all_zeros() {
        let b = Builder::new();
        let e = b.constant(Value::new([2, 2], vec![1i64, 0, -1, 3])).one_hot(3, DType::F32);
        assert_eq!(e.ty(), Type::new(DType::F32, [2, 2, 3]));
        assert_eq!(of(e), [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(b.constant(1.0).one_hot(3, DType::F32).is_dead());
        let message = b.finish().unwrap_err().to_string();
        assert!(message.starts_with("`one_hot` operand 0 must be of integers, found f64"), "{message}");
    }

    #[test]
    fn the_identity_has_its_trace() {
        let b = Builder::new();
        assert_eq!(of(b.eye(2, DType::Bool)), [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(of(b.eye(7, DType::I64).trace()), [7.0]);
        assert_eq!(of(b.eye(0, DType::F64).trace()), [0.0]);
    }

    #[test]
    fn diagonals_are_of_the_first_two_axes_or_of_those_named() {
        let b = Builder::new();
        let x = b.constant(Value::new([2, 3], (0..6).collect::<Vec<i64>>()));
        assert_eq!(of(x.diagonal()), [0.0, 4.0]);
        assert_eq!(of(x.t().diagonal()), [0.0, 4.0]);
        let x = b.constant(Value::new([2, 3, 2], (0..12).collect::<Vec<i64>>()));
        assert_eq!(of(x.diagonal()), [0.0, 8.0, 1.0, 9.0]);
        assert_eq!(of(x.diagonal_of(0, -1)), [0.0, 7.0, 2.0, 9.0, 4.0, 11.0]);
        assert!(x.diagonal_of(1, -2).is_dead() && x.diagonal_of(0, 3).is_dead());
    }

    #[test]
    fn what_is_not_on_the_diagonal_has_no_influence() {
        let x = Value::new([2, 2], vec![1.0, f64::NAN, f64::INFINITY, 2.0]);
        let (y, dy) = gradient(|x| x.trace(), &x);
        assert_eq!((y, dy.concat()), (vec![3.0], vec![1.0, 0.0, 0.0, 1.0]));
    }
}
