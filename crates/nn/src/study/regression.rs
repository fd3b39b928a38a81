//! Logistic and softmax regression.

use super::findings::{affine_names, shown};
use super::linear::numbers;
use super::{Cell, Findings, Study, Table, counted, labels};
use crate::classic::{DescentStep, Labels, Logistic, SoftmaxRegression};
use crate::error::NnError;

const COLUMNS: [&str; 5] = ["step", "objective", "gradient_norm", "weight_norm", "length"];

impl Study {
    pub(super) fn logistic(&self, logistic: &Logistic) -> Result<Findings, NnError> {
        let names = affine_names(self.train.width());
        let mut trace = Table::new(&COLUMNS, &names);
        let y = labels(&self.train, Labels::ZeroOne)?;
        let fit = logistic.fit_observed(self.train.features(), &y, &mut |step, _, after| {
            trace.rows.push(cells(step).into_iter().chain(shown(numbers(after), &names)).collect());
        })?;
        self.classified(&fit.model, trace, fit.converged(), fit.end.to_string())
    }

    pub(super) fn softmax(&self, softmax: &SoftmaxRegression) -> Result<Findings, NnError> {
        let mut trace = Table::new(&COLUMNS, &[]);
        let fit = softmax.fit_observed(
            self.train.features(),
            self.train.targets().values(),
            &mut |step, _, _| trace.rows.push(cells(step)),
        )?;
        let (train, test) = self.judged(|data| {
            let truth = data.targets().values().to_f64s();
            let predicted: Vec<f64> = fit.predict(data.features())?.into_iter().map(|c| c as f64).collect();
            Ok(counted(&predicted, &truth))
        })?;
        Ok(Findings {
            trace,
            converged: Some(fit.converged()),
            end: fit.end.to_string(),
            parameters: vec![("weights", fit.weights()), ("biases", fit.biases())],
            train,
            test,
            coordinates: None,
        })
    }
}

fn cells(step: &DescentStep) -> Vec<Cell> {
    let numbers = [step.objective, step.gradient_norm, step.weight_norm, step.length];
    std::iter::once(Cell::Count(step.number)).chain(numbers.map(Cell::Number)).collect()
}
