//! A multi-layer perceptron: dense layers with an activation after each but the last.
//!
//! The last layer is affine, since losses take logits. An [`Mlp`] holds no parameters: it is a function that writes a
//! graph from an input and parameters, so the same model is trained, evaluated and drawn.

use crate::activation::Activation;
use crate::dense::Dense;
use crate::error::ModelError;
use crate::init::Init;
use crate::loss::Loss;
use crate::precision::Precision;
use crate::random::{Purpose, Random};
use wengert_expr::{Builder, Expr, Function, GraphError, Type, Value};

/// The most units that a layer may have.
pub const MAX_UNITS: usize = 1 << 20;
/// The most parameters that a model may have.
pub const MAX_PARAMS: usize = 1 << 26;

/// A multi-layer perceptron.
///
/// ```
/// use wengert_nn::{Activation, Mlp};
/// let model = Mlp::new(&[64, 64, 10], Activation::Relu)?;
/// assert_eq!(model.param_count(), 64 * 64 + 64 + 64 * 10 + 10);
/// # Ok::<(), wengert_nn::ModelError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Mlp {
    layers: Vec<Dense>,
    activation: Activation,
    init: Init,
    precision: Precision,
}

impl Mlp {
    /// A model of these widths, the number of features first and the number of outputs last, in f32, its weights drawn
    /// as is usual for the activation.
    ///
    /// # Errors
    /// Fewer than two widths, a width of zero, or more units or parameters than [`MAX_UNITS`] and [`MAX_PARAMS`].
    pub fn new(sizes: &[usize], activation: Activation) -> Result<Mlp, ModelError> {
        if sizes.len() < 2 {
            return Err(ModelError::NoLayers { found: sizes.len() });
        }
        if let Some((at, &found)) = sizes.iter().enumerate().find(|(_, n)| !(1..=MAX_UNITS).contains(*n)) {
            return Err(ModelError::Width { at, found });
        }
        let layers: Vec<Dense> = sizes
            .windows(2)
            .enumerate()
            .map(|(i, w)| Dense { number: i + 1, inputs: w[0], outputs: w[1] })
            .collect();
        let model = Mlp { layers, activation, init: activation.usual_init(), precision: Precision::F32 };
        match model.param_count() {
            count if count > MAX_PARAMS => Err(ModelError::TooLarge { count }),
            _ => Ok(model),
        }
    }

    /// With parameters and data of this precision.
    pub fn with_precision(self, precision: Precision) -> Mlp {
        Mlp { precision, ..self }
    }

    /// With weights drawn from this distribution.
    pub fn with_init(self, init: Init) -> Mlp {
        Mlp { init, ..self }
    }

    /// The layers, first to last.
    pub fn layers(&self) -> &[Dense] {
        &self.layers
    }

    /// The precision of parameters and data.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The widths: the number of features, the units of each hidden layer, the number of outputs.
    pub fn sizes(&self) -> Vec<usize> {
        std::iter::once(self.inputs()).chain(self.layers.iter().map(|l| l.outputs)).collect()
    }

    /// What follows each hidden layer.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// How many features a sample has.
    pub fn inputs(&self) -> usize {
        self.layers.first().map_or(0, |l| l.inputs)
    }

    /// How many outputs a sample gets.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |l| l.outputs)
    }

    /// The names and types of the parameters: `W1`, `b1`, `W2`, `b2`, ...
    pub fn param_types(&self) -> Vec<(String, Type)> {
        self.layers.iter().flat_map(|l| l.params(self.precision.dtype())).collect()
    }

    /// How many numbers the parameters are.
    pub fn param_count(&self) -> usize {
        self.layers.iter().map(|l| (l.inputs + 1) * l.outputs).sum()
    }

    /// First values of the parameters from a seed: random weights, biases of zero.
    pub fn params(&self, seed: u64) -> Vec<(String, Value)> {
        let draw = |layer: &Dense| {
            let [(w, weights), (b, bias)] = layer.params(self.precision.dtype());
            let mut random = Random::new(seed, Purpose::Init, layer.number as u64);
            [(w, self.init.sample(&weights, &mut random)), (b, Value::zeros(&bias))]
        };
        self.layers.iter().flat_map(draw).collect()
    }

    /// The parameters as inputs of a graph.
    #[track_caller]
    pub fn declare<'b>(&self, b: &'b Builder) -> Vec<Expr<'b>> {
        self.param_types().into_iter().map(|(name, ty)| b.param(name, ty)).collect()
    }

    /// The type of a batch of samples.
    pub fn input_type(&self, batch: usize) -> Type {
        Type::new(self.precision.dtype(), [batch, self.inputs()])
    }

    /// The outputs `[batch, outputs]` for samples `[batch, inputs]`.
    ///
    /// # Panics
    /// When there are not as many parameters as [`Mlp::declare`] makes.
    #[track_caller]
    pub fn apply<'b>(&self, x: Expr<'b>, params: &[Expr<'b>]) -> Expr<'b> {
        assert_eq!(params.len(), 2 * self.layers.len(), "each layer has two parameters");
        let mut h = x;
        for (layer, p) in self.layers.iter().zip(params.chunks_exact(2)) {
            let z = layer.apply(h, p[0], p[1]);
            h = match layer.number == self.layers.len() {
                true => z.named("logits"),
                false => self
                    .activation
                    .apply(z.named(format!("z{}", layer.number)))
                    .named(format!("h{}", layer.number)),
            };
        }
        h
    }

    /// The model alone: parameters and `x` to `logits`.
    ///
    /// # Errors
    /// A shape with more elements than memory can address.
    pub fn forward_function(&self, batch: usize) -> Result<Function, GraphError> {
        let b = Builder::new();
        let params = self.declare(&b);
        let x = b.input("x", self.input_type(batch));
        b.output("logits", self.apply(x, &params));
        b.finish()
    }

    /// Parameters, `x` and `y` to the mean `loss` over the batch: what gradients, their costs and pictures start from.
    ///
    /// # Errors
    /// A shape with more elements than memory can address.
    pub fn loss_function(&self, loss: Loss, batch: usize) -> Result<Function, GraphError> {
        let b = Builder::new();
        let params = self.declare(&b);
        let x = b.input("x", self.input_type(batch));
        let y = b.input("y", loss.target_type(self, batch));
        b.output("loss", loss.apply(self.apply(x, &params), y));
        b.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_exec::evaluate;
    use wengert_expr::{DType, Role};

    #[test]
    fn parameters_have_names_shapes_and_a_seed() {
        let model = Mlp::new(&[64, 32, 10], Activation::Relu).unwrap();
        let params = model.params(1);
        let found: Vec<(&str, Type)> = params.iter().map(|(n, v)| (n.as_str(), v.ty())).collect();
        let f32s = |shape: &[usize]| Type::new(DType::F32, shape);
        let expected =
            [("W1", f32s(&[64, 32])), ("b1", f32s(&[32])), ("W2", f32s(&[32, 10])), ("b2", f32s(&[10]))];
        assert_eq!(found, expected);
        let equal = |other: &[(String, Value)]| params.iter().zip(other).all(|(a, b)| a.1.bit_eq(&b.1));
        assert!(equal(&model.params(1)) && !equal(&model.params(2)));
        assert_eq!(model.sizes(), [64, 32, 10]);
        assert!(params[1].1.to_f64s().iter().all(|&b| b == 0.0));
    }

    #[test]
    fn the_xor_network_with_given_weights() {
        let model = Mlp::new(&[2, 2, 1], Activation::Relu).unwrap().with_precision(Precision::F64);
        let values = [
            ("W1", Value::new([2, 2], vec![1.0; 4])),
            ("b1", Value::from(vec![0.0, -1.0])),
            ("W2", Value::new([2, 1], vec![1.0, -2.0])),
            ("b2", Value::from(vec![0.0])),
            ("x", Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])),
        ];
        let function = model.forward_function(4).unwrap();
        let y = evaluate(&function, &values).unwrap();
        assert_eq!((y[0].shape(), y[0].to_f64s()), (&[4, 1][..], vec![0.0, 1.0, 1.0, 0.0]));
        let roles: Vec<Role> = function.inputs().iter().map(|i| i.role).collect();
        assert_eq!(roles, [Role::Param, Role::Param, Role::Param, Role::Param, Role::Input]);
    }

    #[test]
    fn the_loss_function_has_the_names_of_its_parts() {
        let model = Mlp::new(&[3, 5, 2], Activation::Tanh).unwrap();
        let f = model.loss_function(Loss::SoftmaxCrossEntropy, 4).unwrap();
        let names: Vec<&str> = f.inputs().iter().map(|i| i.name.as_str()).collect();
        assert_eq!(names, ["W1", "b1", "W2", "b2", "x", "y"]);
        assert_eq!(f.inputs()[5].ty, Type::new(DType::I64, [4]));
        assert_eq!(f.graph().ty(f.outputs()[0].node), &Type::scalar(DType::F32));
    }

    #[test]
    fn absurd_widths_are_refused() {
        let error = |sizes: &[usize]| Mlp::new(sizes, Activation::Relu).unwrap_err().to_string();
        assert_eq!(error(&[3]), "a model needs a number of features and of outputs, found 1 width");
        assert_eq!(error(&[3, 0, 1]), "width 0 of layer 1: expected 1 to 1048576 units");
        assert_eq!(
            error(&[3, usize::MAX]),
            "width 18446744073709551615 of layer 1: expected 1 to 1048576 units"
        );
        assert_eq!(
            error(&[1 << 20, 1 << 20]),
            "a model of 1099512676352 parameters: at most 67108864 are possible"
        );
    }
}
