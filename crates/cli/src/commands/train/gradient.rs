//! The gradient of a model in training: its graph and what it costs.

use crate::failure::Failure;
use wengert::diff::{Costs, Mode, cost, grad};
use wengert::expr::{Function, Output};
use wengert::nn::{Experiment, NnError, Samples};

/// The loss of one batch with its gradient.
pub(super) struct Gradient {
    /// From parameters and a batch to the loss.
    pub(super) loss: Function,
    /// The loss and its gradient with respect to the parameters.
    pub(super) function: Function,
    /// What each mode costs.
    pub(super) costs: Costs,
    /// How many samples the batch has.
    pub(super) batch: usize,
}

impl Gradient {
    /// The gradient of a model's loss on one of its batches.
    pub(super) fn new(experiment: &Experiment) -> Result<Gradient, Failure> {
        let (model, settings) = (experiment.trainer.model(), experiment.trainer.settings());
        let batch = settings.batch_size.min(experiment.train.count());
        let loss = model.loss_function(settings.loss, batch).map_err(NnError::from)?;
        let names: Vec<String> = model.param_types().into_iter().map(|(name, _)| name).collect();
        let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
        let costs = cost(&loss, &wrt)?;
        let gradient = grad(&loss, &wrt, Mode::Reverse)?;
        let named =
            |(o, name): (&Output, &String)| Output { name: Some(format!("dloss/d{name}")), node: o.node };
        let slopes = gradient.outputs().iter().zip(&names).map(named);
        let outputs = loss.outputs().iter().cloned().chain(slopes).collect();
        let function = Function::new(gradient.into_graph(), outputs);
        Ok(Gradient { loss, function, costs, batch })
    }
}
