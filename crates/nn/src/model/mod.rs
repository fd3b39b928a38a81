//! A model: layers one after another.
//!
//! A [`Model`] holds no parameters: it is a function that writes a graph from a batch and parameters, so the same model is
//! trained, evaluated and drawn. Its parameters have names with the numbers of their layers, `W1`, `b1`, `W2`, and nodes and
//! parameters stand in the scopes of their layers, which pictures frame. Losses take logits, so the last layer is affine.

#[cfg(test)]
mod tests;
mod trace;

use crate::activation::Activation;
use crate::error::ModelError;
use crate::init::Init;
use crate::layer::{Activate, Dense, Layer, Misfit, Own, Phase, Start, Weight};
use crate::loss::Loss;
use crate::precision::Precision;
use crate::random::{Purpose, Random};
use std::fmt;
use trace::Trace;
use wengert_expr::{Builder, DType, Expr, Function, Type, Value};

/// The most units that a layer may have.
pub const MAX_UNITS: usize = 1 << 20;
/// The most parameters that a model may have.
pub const MAX_PARAMS: usize = 1 << 26;

/// Layers one after another, from rows of features to rows of outputs.
///
/// ```
/// use wengert_nn::layer::{Conv2d, Dense, Flatten, MaxPool2d, Reshape};
/// use wengert_nn::{Activation, Model};
/// let mlp = Model::mlp(&[64, 64, 10], Activation::Relu)?;
/// assert_eq!(mlp.param_count(), 64 * 64 + 64 + 64 * 10 + 10);
///
/// let image = Reshape(vec![8, 8, 1]);
/// let layers = vec![image.into(), Conv2d::new(4, 3).into(), MaxPool2d::new(2).into(), Flatten {}.into(), Dense { units: 10 }.into()];
/// let network = Model::new(64, layers)?;
/// assert_eq!(network.outputs(), 10);
/// assert_eq!(network.to_string(), "64-reshape-conv2d-max_pool2d-flatten-10");
/// # Ok::<(), wengert_nn::ModelError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    inputs: usize,
    layers: Vec<Layer>,
    init: Init,
    precision: Precision,
    trace: Trace,
}

/// What a model writes.
#[derive(Clone, Debug)]
pub struct Forward<'b> {
    /// The outputs, `[batch, outputs]`.
    pub outputs: Expr<'b>,
    /// The next values of the buffers, none where the model is evaluated.
    pub buffers: Vec<Expr<'b>>,
}

impl Model {
    /// A model of these layers for rows of so many features, in f32, its weights drawn as is usual for the first activation
    /// in it.
    ///
    /// # Errors
    /// A layer that cannot work on what comes to it, an output that is no row of numbers, or more than [`MAX_PARAMS`]
    /// parameters.
    pub fn new(inputs: usize, layers: Vec<Layer>) -> Result<Model, ModelError> {
        if !(1..=MAX_UNITS).contains(&inputs) {
            return Err(ModelError::Width { at: 0, found: inputs });
        }
        let trace = Trace::of(inputs, &layers)?;
        let activation = layers.iter().find_map(|layer| match layer {
            Layer::Activate(Activate(activation)) => Some(*activation),
            _ => None,
        });
        let init = activation.unwrap_or(Activation::Identity).usual_init();
        let model = Model { inputs, layers, init, precision: Precision::F32, trace };
        match model.param_count() {
            count if count > MAX_PARAMS => Err(ModelError::TooLarge { count }),
            _ => Ok(model),
        }
    }

    /// A multi-layer perceptron of these widths, the number of features first and the number of outputs last: dense layers
    /// with an activation after each but the last.
    ///
    /// # Errors
    /// Fewer than two widths, a width of zero, or more units or parameters than [`MAX_UNITS`] and [`MAX_PARAMS`].
    pub fn mlp(sizes: &[usize], activation: Activation) -> Result<Model, ModelError> {
        let [inputs, hidden @ .., outputs] = sizes else {
            return Err(ModelError::NoLayers { found: sizes.len() });
        };
        if let Some((at, &found)) = sizes.iter().enumerate().find(|(_, n)| !(1..=MAX_UNITS).contains(*n)) {
            return Err(ModelError::Width { at, found });
        }
        let pair = |&units: &usize| [Dense { units }.into(), Activate(activation).into()];
        let last = Dense { units: *outputs }.into();
        Ok(Model::new(*inputs, hidden.iter().flat_map(pair).chain([last]).collect())?
            .with_init(activation.usual_init()))
    }

    /// With parameters and data of this precision.
    pub fn with_precision(self, precision: Precision) -> Model {
        Model { precision, trace: self.trace.with_dtype(precision.dtype()), ..self }
    }

    /// With weights drawn from this distribution.
    pub fn with_init(self, init: Init) -> Model {
        Model { init, ..self }
    }

    /// The layers, first to last.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The precision of parameters and data.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// How many features a sample has.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many outputs a sample gets.
    pub fn outputs(&self) -> usize {
        self.trace.outputs
    }

    /// The parameters: what is trained.
    pub fn weights(&self) -> &[Weight] {
        &self.trace.params
    }

    /// The names and types of the parameters: `W1`, `b1`, `W2`, `b2`, ...
    pub fn param_types(&self) -> Vec<(String, Type)> {
        types(&self.trace.params)
    }

    /// The names and types of the buffers: what training keeps up beside parameters, such as running means.
    pub fn buffer_types(&self) -> Vec<(String, Type)> {
        types(&self.trace.buffers)
    }

    /// How many numbers the parameters are.
    pub fn param_count(&self) -> usize {
        self.trace.params.iter().map(|w| w.ty.shape.elements()).fold(0, usize::saturating_add)
    }

    /// Whether training draws random numbers.
    pub fn draws(&self) -> bool {
        self.trace.draws
    }

    /// First values of the parameters from a seed.
    pub fn params(&self, seed: u64) -> Vec<(String, Value)> {
        let mut random = Random::new(seed, Purpose::Init, 0);
        let mut number = 0;
        let draw = |w: &Weight| {
            if w.number != number {
                number = w.number;
                random = Random::new(seed, Purpose::Init, number as u64);
            }
            let value = match w.start {
                Start::Init => self.init.sample(&w.ty, &mut random),
                Start::Normal(deviation) => {
                    let drawn: Vec<f64> =
                        (0..w.ty.shape.elements()).map(|_| random.normal() * deviation).collect();
                    Value::from_f64s(&w.ty, &drawn)
                }
                Start::Constant(c) => filled(&w.ty, c),
            };
            (w.name.clone(), value)
        };
        self.trace.params.iter().map(draw).collect()
    }

    /// First values of the buffers.
    pub fn buffers(&self) -> Vec<(String, Value)> {
        let start = |w: &Weight| match w.start {
            Start::Constant(c) => filled(&w.ty, c),
            Start::Init | Start::Normal(_) => Value::zeros(&w.ty),
        };
        self.trace.buffers.iter().map(|w| (w.name.clone(), start(w))).collect()
    }

    /// The parameters as inputs of a graph.
    #[track_caller]
    pub fn declare<'b>(&self, b: &'b Builder) -> Vec<Expr<'b>> {
        declare(b, &self.trace.params)
    }

    /// The buffers as inputs of a graph.
    #[track_caller]
    pub fn declare_buffers<'b>(&self, b: &'b Builder) -> Vec<Expr<'b>> {
        declare(b, &self.trace.buffers)
    }

    /// What random numbers are drawn from as an input of a graph, if the model draws any: `key`.
    #[track_caller]
    pub fn declare_key<'b>(&self, b: &'b Builder) -> Option<Expr<'b>> {
        self.draws().then(|| b.input("key", Type::scalar(DType::F64)))
    }

    /// The type of a batch of samples.
    pub fn input_type(&self, batch: usize) -> Type {
        Type::new(self.precision.dtype(), [batch, self.inputs()])
    }

    /// The outputs `[batch, outputs]` for samples `[batch, inputs]`.
    ///
    /// # Errors
    /// Samples of another shape.
    ///
    /// # Panics
    /// When there are not as many parameters and buffers as [`Model::declare`] and [`Model::declare_buffers`] make.
    #[track_caller]
    pub fn apply<'b>(
        &self,
        x: Expr<'b>,
        params: &[Expr<'b>],
        buffers: &[Expr<'b>],
        phase: Phase<'b>,
    ) -> Result<Forward<'b>, ModelError> {
        assert_eq!(params.len(), self.trace.params.len(), "every parameter has a value");
        assert_eq!(buffers.len(), self.trace.buffers.len(), "every buffer has a value");
        let shape = x.shape();
        if shape.rank() != 2 || shape[1] != self.inputs {
            return Err(Misfit::shape(format!("[{}]", self.inputs), &shape).into());
        }
        let mut own = Own::given(x.builder(), params, buffers, phase);
        let outputs = own.chain(&self.layers, x, Some("logits"))?;
        let (buffers, _) = own.finish();
        Ok(Forward { outputs, buffers })
    }

    /// The model alone, as it is evaluated: parameters, buffers and `x` to `logits`.
    ///
    /// # Errors
    /// A shape with more elements than memory can address.
    pub fn forward_function(&self, batch: usize) -> Result<Function, ModelError> {
        let b = Builder::new();
        let (params, buffers) = (self.declare(&b), self.declare_buffers(&b));
        let x = b.input("x", self.input_type(batch));
        b.output("logits", self.apply(x, &params, &buffers, Phase::Evaluate)?.outputs);
        Ok(b.finish()?)
    }

    /// Parameters, buffers, `x`, `y` and, for a model that draws, `key` to the mean `loss` over the batch as training has it:
    /// what gradients, their costs and pictures start from.
    ///
    /// # Errors
    /// A shape with more elements than memory can address.
    pub fn loss_function(&self, loss: Loss, batch: usize) -> Result<Function, ModelError> {
        let b = Builder::new();
        let (params, buffers) = (self.declare(&b), self.declare_buffers(&b));
        let x = b.input("x", self.input_type(batch));
        let y = b.input("y", loss.target_type(self, batch));
        let phase = Phase::Train { key: self.declare_key(&b) };
        b.output("loss", loss.apply(self.apply(x, &params, &buffers, phase)?.outputs, y));
        Ok(b.finish()?)
    }
}

fn types(weights: &[Weight]) -> Vec<(String, Type)> {
    weights.iter().map(|w| (w.name.clone(), w.ty.clone())).collect()
}

#[track_caller]
fn declare<'b>(b: &'b Builder, weights: &[Weight]) -> Vec<Expr<'b>> {
    let mut declared = Vec::new();
    for w in weights {
        let _scope = b.scope(&w.scope);
        declared.push(b.param(w.name.clone(), w.ty.clone()));
    }
    declared
}

fn filled(ty: &Type, number: f64) -> Value {
    Value::from_f64s(ty, &vec![number; ty.shape.elements()])
}

/// The widths of dense layers and the names of others, `2-8-1`; activations are left out.
impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inputs)?;
        self.layers.iter().try_for_each(|layer| match layer {
            Layer::Activate(_) => Ok(()),
            Layer::Dense(Dense { units }) => write!(f, "-{units}"),
            layer => write!(f, "-{}", layer.name()),
        })
    }
}
