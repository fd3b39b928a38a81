//! A dense layer: `h = x W + b`, with a sample in each row of `x`, `W` of shape `[inputs, outputs]` and `b` of `[outputs]`.

use wengert_expr::{DType, Expr, Type};

/// One dense layer of a model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dense {
    /// Its place in the model, from 1: the number in its parameters' names.
    pub number: usize,
    /// How many numbers go in.
    pub inputs: usize,
    /// How many units it has.
    pub outputs: usize,
}

impl Dense {
    /// The names and types of its parameters: the weights, then the bias.
    pub fn params(&self, dtype: DType) -> [(String, Type); 2] {
        [
            (format!("W{}", self.number), Type::new(dtype, [self.inputs, self.outputs])),
            (format!("b{}", self.number), Type::new(dtype, [self.outputs])),
        ]
    }

    /// The affine map of every row of `x`.
    #[track_caller]
    pub fn apply<'b>(&self, x: Expr<'b>, weights: Expr<'b>, bias: Expr<'b>) -> Expr<'b> {
        x.matmul(weights) + bias
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_exec::evaluate;
    use wengert_expr::{Builder, Value};

    #[test]
    fn rows_are_samples_and_weights_are_not_transposed() {
        let layer = Dense { number: 1, inputs: 2, outputs: 3 };
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F64, [2, 2]));
        let [w, bias] = layer.params(DType::F64).map(|(name, ty)| b.param(name, ty));
        b.output("h", layer.apply(x, w, bias));
        let values = [
            ("x", Value::new([2, 2], vec![1.0, 2.0, 3.0, 4.0])),
            ("W1", Value::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
            ("b1", Value::from(vec![0.5, 0.0, -0.5])),
        ];
        let h = evaluate(&b.finish().unwrap(), &values).unwrap();
        assert_eq!(h[0].to_f64s(), [9.5, 12.0, 14.5, 19.5, 26.0, 32.5]);
    }
}
