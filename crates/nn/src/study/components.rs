//! Principal components, plain and of a kernel.

use super::{Cell, Findings, Study, Table};
use crate::classic::{KernelPca, Pca};
use crate::error::NnError;
use crate::metrics::mse;

impl Study {
    pub(super) fn pca(&self, pca: &Pca) -> Result<Findings, NnError> {
        let fit = pca.fit(self.train.features())?;
        let kept = fit.components().shape()[0];
        let (train, test) = self.judged(|data| {
            let back = fit.inverse(&fit.transform(data.features())?)?;
            Ok(vec![("reconstruction_error", mse(&back, data.features())?)])
        })?;
        Ok(Findings {
            trace: variances(fit.variances(), kept),
            converged: None,
            end: end(kept, fit.variances().len()),
            parameters: vec![("mean", fit.mean()), ("components", fit.components())],
            train,
            test,
            coordinates: Some(fit.transform(self.train.features())?),
        })
    }

    pub(super) fn kernel_pca(&self, pca: &KernelPca) -> Result<Findings, NnError> {
        let fit = pca.fit(self.train.features())?;
        let coordinates = fit.transform(self.train.features())?;
        let kept = coordinates.shape()[1];
        let less_one = self.train.len().saturating_sub(1).max(1) as f64;
        let along: Vec<f64> = fit.eigenvalues().iter().map(|v| v / less_one).collect();
        Ok(Findings {
            trace: variances(&along, kept),
            converged: None,
            end: end(kept, self.train.len()),
            parameters: Vec::new(),
            train: Vec::new(),
            test: None,
            coordinates: Some(coordinates),
        })
    }
}

fn end(kept: usize, of: usize) -> String {
    format!("{kept} of {of} components are kept")
}

/// The variance along each component that is kept, its share of the whole and the share up to it.
fn variances(all: &[f64], kept: usize) -> Table {
    let mut trace = Table::new(&["component", "variance", "share", "together"], &[]);
    let whole: f64 = all.iter().sum();
    let mut sum = 0.0;
    for (i, v) in all.iter().take(kept).enumerate() {
        sum += v;
        let numbers = [*v, v / whole, sum / whole].map(Cell::Number);
        trace.rows.push(std::iter::once(Cell::Count(i + 1)).chain(numbers).collect());
    }
    trace
}
