//! The model of the main job on real data: 64-64-10, ReLU, softmax cross-entropy.

use crate::case::Case;
use crate::error::Error;
use wengert_interop::digits as handwritten;
use wengert_nn::{Activation, Dataset, Loss, Model, Precision};

const SEED: u64 = 1;

/// The loss of the digits model on the first `batch` digits, differentiated by its 4810 parameters.
///
/// # Errors
/// When the data cannot be read, or there are not so many.
pub fn digits(batch: usize) -> Result<Case, Error> {
    let (features, labels) = handwritten()?;
    let loss = Loss::SoftmaxCrossEntropy;
    let data = Dataset::new(&features, &labels, loss, Precision::F32)?.scaled(1.0 / 16.0);
    let data = data.rows(&(0..batch.min(data.len())).collect::<Vec<_>>());
    let model = Model::mlp(&[64, 64, 10], Activation::Relu)?;
    let (names, mut values): (Vec<_>, Vec<_>) = model.params(SEED).into_iter().unzip();
    values.extend([data.features().clone(), data.targets().values().clone()]);
    let function = model.loss_function(loss, data.len())?;
    Ok(Case { name: format!("digits 64-64-10, batch {batch}"), function, wrt: names, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_near_the_loss_of_chance() {
        let case = digits(32).unwrap();
        let loss = case.primal().run().unwrap()[0].item().unwrap();
        assert!((loss - 10f64.ln()).abs() < 1.0, "{loss}");
        let costs = case.cost().unwrap();
        assert_eq!((costs.forward.passes.to_u64(), costs.reverse.passes.to_u64()), (Some(4810), Some(1)));
    }
}
