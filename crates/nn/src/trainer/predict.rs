//! What a model says of samples, and how well that meets their targets.

use super::{CHUNK, Trainer};
use crate::data::Dataset;
use crate::error::{DataError, NnError};
use crate::layer::Phase;
use crate::metrics::Report;
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

    /// How well the model does, measured in every way that goes with the loss.
    ///
    /// # Errors
    /// Data that do not fit the model.
    pub fn report(&mut self, data: &Dataset) -> Result<Report, NnError> {
        let metrics = self.evaluate(data)?;
        let predictions = self.predict(data.features())?;
        Ok(Report::new(self.settings.loss, metrics, &predictions, data.targets())?)
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
