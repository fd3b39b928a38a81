//! What a model turns out to have when its layers are written once.

use crate::error::ModelError;
use crate::layer::{Layer, Misfit, Own, Weight};
use wengert_expr::{Builder, DType, Type};

/// What the layers of a model have.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Trace {
    /// What is trained.
    pub(super) params: Vec<Weight>,
    /// What training keeps up.
    pub(super) buffers: Vec<Weight>,
    /// How many numbers come out for a sample.
    pub(super) outputs: usize,
    /// Whether random numbers are drawn.
    pub(super) draws: bool,
}

impl Trace {
    /// Writes the layers for a batch of two samples of so many features in f32.
    pub(super) fn of(inputs: usize, layers: &[Layer]) -> Result<Trace, ModelError> {
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F32, [2, inputs]));
        let mut weights = Vec::new();
        let mut own = Own::declaring(&b, &mut weights);
        let written = own.chain(layers, x, None);
        let (_, drawn) = own.finish();
        // What could not be built leaves no shape for the layers after it: it is the first fault.
        if let Some(error) = b.error() {
            return Err(error.into());
        }
        let shape = written?.shape();
        let &[_, outputs] = &shape[..] else {
            return Err(
                Misfit::shape("[outputs] behind the last layer (a flatten gives them)", &shape).into()
            );
        };
        let (params, buffers) = weights.into_iter().partition(|w| w.trained);
        Ok(Trace { params, buffers, outputs, draws: drawn > 0 })
    }

    pub(super) fn with_dtype(mut self, dtype: DType) -> Trace {
        for weight in self.params.iter_mut().chain(&mut self.buffers) {
            weight.ty.dtype = dtype;
        }
        self
    }
}
