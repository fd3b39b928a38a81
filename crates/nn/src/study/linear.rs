//! The online learners and least squares.

use super::findings::{affine_names, shown};
use super::{Cell, Findings, Scores, Study, Table, counted, labels, written};
use crate::classic::{Affine, Labels, LeastSquares, LinearFit, LinearModel};
use crate::data::Dataset;
use crate::error::NnError;
use crate::metrics::{mse, r2};
use wengert_expr::Value;

impl Study {
    /// A learner that sees one sample after another, its trace one row an epoch.
    pub(super) fn online(
        &self,
        kind: Labels,
        fit: impl Fn(&Value, &Value) -> Result<LinearFit, NnError>,
    ) -> Result<Findings, NnError> {
        let fit = fit(self.train.features(), &labels(&self.train, kind)?)?;
        let names = affine_names(self.train.width());
        let mut trace = Table::new(&["epoch", "loss", "updates"], &names);
        trace.rows.extend(fit.epochs.iter().map(|e| {
            let told = [Cell::Count(e.number), Cell::Number(e.loss), Cell::Count(e.updates)];
            told.into_iter().chain(shown(numbers(&e.after), &names)).collect()
        }));
        self.classified(&fit.model, trace, fit.converged(), fit.end.to_string())
    }

    /// What is left behind by a linear classifier that came to such an end.
    pub(super) fn classified(
        &self,
        model: &LinearModel,
        trace: Table,
        converged: bool,
        end: String,
    ) -> Result<Findings, NnError> {
        let (train, test) = self.judged(|data| decided(model, data))?;
        let (converged, parameters) = (Some(converged), affine(&model.affine));
        Ok(Findings { trace, converged, end, parameters, train, test, coordinates: None })
    }

    /// The closed form, its trace one row.
    pub(super) fn least_squares(&self) -> Result<Findings, NnError> {
        let fit = LeastSquares::fit(self.train.features(), self.train.targets().values())?;
        let names = affine_names(self.train.width());
        let mut trace = Table::new(&["mse"], &names);
        let row = std::iter::once(Cell::Number(fit.mean_squared_error));
        trace.rows.push(row.chain(shown(numbers(&fit.affine), &names)).collect());
        let classifies = written(&self.train);
        let (train, test) = self.judged(|data| {
            let targets = data.targets().values();
            let values = fit.affine.values(data.features())?;
            let predicted = Value::new(targets.shape(), values);
            let mut scores = vec![("mse", mse(&predicted, targets)?)];
            scores.extend(r2(&predicted, targets)?.map(|r2| ("r2", r2)));
            if let Some(kind) = classifies {
                scores.extend(decided(&fit.classifier(kind), data)?);
            }
            Ok(scores)
        })?;
        Ok(Findings {
            trace,
            converged: None,
            end: "solved in closed form".to_owned(),
            parameters: affine(&fit.affine),
            train,
            test,
            coordinates: None,
        })
    }
}

/// How many decisions of a linear classifier are right.
pub(super) fn decided(model: &LinearModel, data: &Dataset) -> Result<Scores, NnError> {
    let truth = labels(data, model.labels)?.to_f64s();
    Ok(counted(&model.predict(data.features())?, &truth))
}

/// The weights, then the bias.
pub(super) fn numbers(affine: &Affine) -> Vec<f64> {
    [&affine.weights[..], &[affine.bias]].concat()
}

pub(super) fn affine(affine: &Affine) -> Vec<(&'static str, Value)> {
    vec![("weights", Value::from(affine.weights.clone())), ("bias", Value::scalar(affine.bias))]
}
