//! Composites: functions that build primitives, by what they are for.
//!
//! Each is safe in its value and in its derivatives of every order where its arguments are large, or says where not:
//! no branch overflows into another, and no weight of zero meets an infinity. Integers become `f64` where the result
//! has fractions.

mod activation;
mod diagonal;
mod einsum;
mod loss;
mod operand;
mod softmax;
mod statistic;
#[cfg(test)]
mod testing;

pub use operand::Operand;

use crate::build::Along;
use crate::expr::Expr;
use crate::ty::Shape;

impl<'b> Expr<'b> {
    /// The axes that a user named, or the dead expression that says what is wrong with them.
    #[track_caller]
    fn resolve(self, op: &str, axes: &Along) -> Result<Vec<u8>, Expr<'b>> {
        axes.resolve(self.rank()).map_err(|error| self.builder().fail(op, error, &[self]))
    }

    /// `self * weight`, and 0 where the weight is 0 and `lost` is true: where `self` is infinite, in practice.
    #[track_caller]
    fn weighted(self, weight: Expr<'b>, lost: Expr<'b>) -> Expr<'b> {
        let flat = weight.equal(weight.number(0.0)).logical_and(lost);
        flat.select(self.number(0.0), self) * weight
    }
}

/// How many elements one element of the result comes from.
fn count(shape: &Shape, axes: &[u8]) -> usize {
    axes.iter().map(|&a| shape[usize::from(a)]).product()
}

#[cfg(test)]
mod tests {
    use crate::builder::Builder;
    use crate::place::Place;
    use crate::ty::{DType, Type};

    #[test]
    fn every_node_of_a_composite_counts_as_made_by_its_caller() {
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F32, [3, 3]));
        let classes = b.input("classes", Type::new(DType::I64, [3]));
        let _ =
            [x.relu(), x.leaky_relu(0.1), x.elu(x), x.selu(), x.gelu(), x.gelu_tanh(), x.silu(), x.mish()];
        let _ = [x.log_sigmoid(), x.gaussian(), x.step(), x.clip(x, 2.0), x.hardtanh(), x.hard_sigmoid()];
        let _ = [
            x.logsumexp(..),
            x.softmax(0),
            x.log_softmax(-1),
            x.logaddexp(x),
            x.mean(0),
            x.var(0, 1),
            x.std(.., 0),
        ];
        let _ = [
            x.norm(1),
            x.square_sum(0),
            x.xlogy(x),
            x.trace(),
            classes.one_hot(3, DType::F32),
            b.eye(3, DType::F32),
        ];
        let _ = [
            x.mse(x),
            x.mae(x),
            x.huber(x, 1.0),
            x.bce_with_logits(x),
            x.gaussian_nll(x, x),
            x.kl_divergence(x),
        ];
        let _ = [x.softmax_cross_entropy(x), x.softmax_cross_entropy(classes)];
        let _ = [b.einsum("ii,ij,jk->k", &[x, x, x]), b.einsum("ij,kl->li", &[x, x])];
        let f = b.finish().unwrap();
        for node in f.graph().nodes() {
            let Place::Rust(location) = f.graph().place(node) else { panic!("a place in Rust") };
            assert_eq!(location.file(), file!(), "{} made at {location}", f.graph().op(node).name());
        }
    }
}
