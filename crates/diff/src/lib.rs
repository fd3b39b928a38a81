//! Derivatives of Wengert graphs: the linearised graph and the orders of accumulating it.
//!
//! A derivative is a sum over all paths of a graph. Forward mode, reverse mode and the path sum are orders of doing its
//! products and sums; all of them read the one linear map that each operation states for each operand, and none knows an
//! operation. What comes out is an ordinary graph: it can be printed, run and differentiated again.

pub mod algebra;
mod compress;
mod cost;
mod count;
pub mod derive;
mod edge_list;
mod edge_pushing;
pub mod eliminate;
mod error;
mod hessian;
mod linearize;
mod local;
mod mode;
mod paths;
mod predict;
pub mod sparsity;
mod survey;
mod sweep;
mod tangent;
mod taylor;
mod transform;

pub use compress::{Sparse, sparse_hessian, sparse_jacobian};
pub use cost::{Costs, ModeCost, PathCounts, costs, path_counts};
pub use count::Count;
pub use derive::{gradient, gradient_in};
pub use error::DiffError;
pub use hessian::{HessianMethod, hessian, hessian_blocks, hessian_by};
pub use linearize::{Edges, Linearized};
pub use mode::Mode;
pub use paths::{PATH_LIMIT, path_sum};
pub use predict::{Choice, Prediction, choose, choose_hessian, value_and_hessian, value_and_jacobian};
pub use survey::{Compressed, Survey, Surveyed, survey};
pub use sweep::{forward, reverse};
pub use tangent::Tangent;
pub use taylor::taylor_coefficients;
pub use transform::{
    Directional, cost, cost_in, float_inputs, grad, hvp, jacobian, jacobian_in_order, jvp, taylor,
    value_and_grad, vjp,
};
