//! Products of arrays: general dot, `@`, inner and outer products.

use crate::error::OpError;
use crate::expr::Expr;
use crate::op::{DotAxes, Op};
use crate::ty::{DType, Shape};

impl<'b> Expr<'b> {
    /// The general product; see [`DotAxes`].
    #[track_caller]
    pub fn dot_general(self, other: Expr<'b>, axes: DotAxes) -> Expr<'b> {
        let dtype = self.dtype().max(other.dtype()).max(DType::I64);
        self.builder().add(Op::Dot(Box::new(axes)), &[self.cast(dtype), other.cast(dtype)])
    }

    /// NumPy's `@`: the product of matrices in the last two axes, batches broadcast; a vector on the left is a row, on
    /// the right a column.
    #[track_caller]
    pub fn matmul(self, other: Expr<'b>) -> Expr<'b> {
        let (left, right) = (self.shape(), other.shape());
        if left.rank() == 0 || right.rank() == 0 {
            let what = "`@` needs at least one axis on each side";
            let error = OpError::Mismatch { what, left: self.ty(), right: other.ty() };
            return self.builder().fail("matmul", error, &[self, other]);
        }
        let contract_right = right.rank().saturating_sub(2) as u8;
        if left.rank() <= 2 && right.rank() <= 2 {
            let contract = (vec![left.rank() as u8 - 1].into(), vec![contract_right].into());
            return self.matmul_checked(other, DotAxes { contract, ..DotAxes::default() });
        }
        let a = if left.rank() == 1 { self.expand_dims(0) } else { self };
        let b = if right.rank() == 1 { other.expand_dims(1) } else { other };
        let product = a.matmul_batched(b);
        let mut shape = product.shape().to_vec();
        if right.rank() == 1 && !shape.is_empty() {
            shape.pop();
        }
        if left.rank() == 1 && !shape.is_empty() {
            shape.remove(shape.len() - if right.rank() == 1 { 1 } else { 2 });
        }
        if product.is_dead() { product } else { product.reshape_to(&shape) }
    }

    #[track_caller]
    fn matmul_checked(self, other: Expr<'b>, axes: DotAxes) -> Expr<'b> {
        self.dot_general(other, axes)
    }

    #[track_caller]
    fn matmul_batched(self, other: Expr<'b>) -> Expr<'b> {
        let (left, right) = (self.shape(), other.shape());
        let batch = |s: &Shape| Shape::new(&s[..s.rank() - 2]);
        let (left_batch, right_batch) = (batch(&left), batch(&right));
        let Some(common) = super::shape::broadcast_shape(&left_batch, &right_batch) else {
            let what = "batch axes cannot be broadcast together";
            let error = OpError::Mismatch { what, left: self.ty(), right: other.ty() };
            return self.builder().fail("matmul", error, &[self, other]);
        };
        let wide = |s: &Shape| common.iter().chain(&s[s.rank() - 2..]).copied().collect::<Shape>();
        let n = common.rank() as u8;
        let both: Box<[u8]> = (0..n).collect();
        let axes = DotAxes { batch: (both.clone(), both), contract: (vec![n + 1].into(), vec![n].into()) };
        self.broadcast_to(wide(&left)).dot_general(other.broadcast_to(wide(&right)), axes)
    }

    /// The sum of products of two vectors; of matrices and more the product over the last axis and the last but one, as
    /// NumPy's `dot`; with a scalar the plain product.
    #[track_caller]
    pub fn dot(self, other: Expr<'b>) -> Expr<'b> {
        let (left, right) = (self.rank(), other.rank());
        if left == 0 || right == 0 {
            return self * other;
        }
        let contract = (vec![left as u8 - 1].into(), vec![right.saturating_sub(2) as u8].into());
        self.dot_general(other, DotAxes { contract, ..DotAxes::default() })
    }

    /// All products of an element of each, the elements of both in a row.
    #[track_caller]
    pub fn outer(self, other: Expr<'b>) -> Expr<'b> {
        let (a, b) = (self.reshape(&[-1, 1]), other.reshape(&[1, -1]));
        a * b
    }
}
