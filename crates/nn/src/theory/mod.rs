//! What networks can and cannot do: theorems of the lecture as functions that can be run.
//!
//! Counts are exact, and what a network computes comes from its graph.

mod approximation;
mod folding;
mod lunch;
mod regions;

pub use approximation::{approximation_error, steep_sigmoids};
pub use folding::{folding_network, linear_pieces, sign_patterns, tent_network};
pub use lunch::{OffTraining, majority, no_free_lunch};
pub use regions::{arrangement_regions, region_bound, region_lower_bound, region_upper_bound};

use crate::layer::Layer;
use crate::model::Model;
use thiserror::Error;
use wengert_expr::Type;

/// Why something cannot be counted.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum TheoryError {
    /// More than can be gone through one by one.
    #[error("{found} {what} are too many to go through: at most {most}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: u128,
        /// How many are possible.
        most: u128,
    },
    /// Points to train on that are not some of the points, each once.
    #[error("points to train on must be some of the {points} points, each once, and not all of them")]
    Training {
        /// How many points there are.
        points: usize,
    },
    /// Weights and biases that are not those of one layer.
    #[error("weights of {weights} and biases of {bias}: expected [inputs, units] and [units], all finite")]
    Layer {
        /// The weights' type.
        weights: Type,
        /// The biases' type.
        bias: Type,
    },
}

/// The depth of a model: its layers with weights, that of its outputs included. The features are not a layer.
///
/// ```
/// use wengert_nn::{Activation, Model, theory::depth};
/// assert_eq!(depth(&Model::mlp(&[2, 3, 3, 1], Activation::Relu)?), 3);
/// # Ok::<(), wengert_nn::ModelError>(())
/// ```
pub fn depth(model: &Model) -> usize {
    weighted(model.layers())
}

fn weighted(layers: &[Layer]) -> usize {
    let count = |layer: &Layer| match layer {
        Layer::Residual(inside) => weighted(&inside.0),
        layer => usize::from(layer.has_weights()),
    };
    layers.iter().map(count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;

    #[test]
    fn g1_depth_is_hidden_layers_and_one() {
        let depth = |sizes: &[usize]| depth(&Model::mlp(sizes, Activation::Relu).unwrap());
        assert_eq!((depth(&[2, 3, 3, 1]), depth(&[2, 1])), (3, 1));
    }
}
