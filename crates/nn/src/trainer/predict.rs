//! What a model says of samples, and how well that meets their targets.

use super::Trainer;
use crate::data::{CHUNK, Samples, Targets};
use crate::error::{DataError, NnError};
use crate::layer::Phase;
use crate::metrics::{Report, Tally};
use std::sync::Arc;
use wengert_exec::{Executable, compile};
use wengert_expr::{Builder, Function, Type, Value};

impl Trainer {
    /// The predictions `[samples, outputs]` for features `[samples, features]`: probabilities, means and variances, or
    /// numbers, as the loss's [`OutputUnit`](crate::OutputUnit) has them.
    ///
    /// # Errors
    /// No table, or another number of features than the model takes.
    pub fn predict(&mut self, features: &Value) -> Result<Value, NnError> {
        let [samples, found] = *features.shape() else {
            return Err(DataError::NotATable { found: features.ty() }.into());
        };
        let (inputs, outputs) = (self.model.inputs(), self.model.outputs());
        if found != inputs {
            return Err(DataError::Features { expected: inputs, found }.into());
        }
        let dtype = self.model.precision().dtype();
        let mut predicted = Vec::with_capacity(samples * outputs);
        for rows in features.to_f64s().chunks(CHUNK * inputs) {
            let size = rows.len() / inputs;
            let mut values = self.kept[..self.own()].to_vec();
            values.push(Value::from_f64s(&Type::new(dtype, [size, inputs]), rows));
            predicted.extend(self.predictor(size)?.run(&values)?[0].to_f64s());
        }
        Ok(Value::from_f64s(&Type::new(dtype, [samples, outputs]), &predicted))
    }

    /// How well the model does, measured in every way that goes with the loss. Predictions and targets of all samples are in
    /// memory for it, their features are not.
    ///
    /// # Errors
    /// Data that do not fit the model.
    pub fn report(&mut self, data: &dyn Samples) -> Result<Report, NnError> {
        data.check(&self.model, self.settings.loss)?;
        let spec = data.target_spec();
        let (mut tally, mut predictions, mut targets) = (Tally::default(), Vec::new(), Vec::new());
        for batch in data.chunks(CHUNK) {
            let samples = batch?.samples;
            self.measure(&samples, &mut tally)?;
            predictions.extend(self.predict(samples.features())?.to_f64s());
            targets.push(samples.targets().clone());
        }
        let ty = Type::new(self.model.precision().dtype(), [data.count(), self.model.outputs()]);
        let (predictions, targets) = (Value::from_f64s(&ty, &predictions), Targets::stacked(&targets, spec));
        let metrics = tally.metrics(spec.are_classes);
        Ok(Report::new(self.settings.loss, metrics, &predictions, &targets)?)
    }

    /// From parameters and `x` to predictions.
    fn predicting(&self, size: usize) -> Result<Function, NnError> {
        let b = Builder::new();
        let (params, buffers) = (self.model.declare(&b), self.model.declare_buffers(&b));
        let x = b.input("x", self.model.input_type(size));
        let outputs = self.model.apply(x, &params, &buffers, Phase::Evaluate)?.outputs;
        b.output("predictions", self.settings.loss.output_unit().apply(outputs));
        Ok(b.finish()?)
    }

    fn predictor(&mut self, size: usize) -> Result<&Executable, NnError> {
        if !self.predictions.contains_key(&size) {
            let compiled = compile(&self.predicting(size)?, &self.options())?;
            self.predictions.insert(size, Arc::new(compiled));
        }
        Ok(&self.predictions[&size])
    }
}
