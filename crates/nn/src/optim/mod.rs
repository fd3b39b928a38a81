//! Optimisers as graphs: from parameters, gradients and state to new parameters and new state.
//!
//! State always starts at zero. It is named after the parameter that it belongs to.

mod adam;
mod sgd;

pub use adam::Adam;
pub use sgd::Sgd;

use wengert_expr::{Expr, Type};

/// How parameters follow their gradients.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Optimizer {
    /// Gradient descent, with momentum.
    Sgd(Sgd),
    /// Adam.
    Adam(Adam),
}

/// What one step makes of parameters and state, each in its order.
#[derive(Clone, Debug)]
pub struct Update<'b> {
    /// The new parameters.
    pub params: Vec<Expr<'b>>,
    /// The new state.
    pub state: Vec<Expr<'b>>,
}

impl Optimizer {
    /// The names and types of the state for these parameters.
    pub fn state_types(&self, params: &[(String, Type)]) -> Vec<(String, Type)> {
        match self {
            Optimizer::Sgd(sgd) => sgd.state_types(params),
            Optimizer::Adam(adam) => adam.state_types(params),
        }
    }

    /// One step, `rate` being the learning rate as a scalar of the parameters' dtype.
    ///
    /// # Panics
    /// When there is not a gradient for each parameter, or not the state that [`Optimizer::state_types`] lists.
    #[track_caller]
    pub fn update<'b>(
        &self,
        params: &[Expr<'b>],
        gradients: &[Expr<'b>],
        state: &[Expr<'b>],
        rate: Expr<'b>,
    ) -> Update<'b> {
        assert_eq!(params.len(), gradients.len(), "each parameter has a gradient");
        match self {
            Optimizer::Sgd(sgd) => sgd.update(params, gradients, state, rate),
            Optimizer::Adam(adam) => adam.update(params, gradients, state, rate),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use wengert_exec::Interpreter;
    use wengert_expr::{Builder, DType, Value};

    /// The parameter after each step from `start`, for the gradients given.
    pub(crate) fn descend(optimizer: Optimizer, start: f64, gradients: &[f64], rate: f64) -> Vec<f64> {
        let b = Builder::new();
        let ty = Type::scalar(DType::F64);
        let w = b.param("w", ty.clone());
        let types = optimizer.state_types(&[("w".to_owned(), ty.clone())]);
        let state: Vec<Expr<'_>> = types.iter().map(|(n, t)| b.param(n.clone(), t.clone())).collect();
        let (g, lr) = (b.input("g", ty.clone()), b.input("rate", ty));
        let update = optimizer.update(&[w], &[g], &state, lr);
        for e in update.params.iter().chain(&update.state) {
            b.output_unnamed(*e);
        }
        let step = Interpreter::new(&b.finish().unwrap());
        let mut kept = vec![Value::scalar(start)];
        kept.extend(types.iter().map(|(_, t)| Value::zeros(t)));
        let follow = |&g: &f64| {
            kept.extend([Value::scalar(g), Value::scalar(rate)]);
            kept = step.run(&kept).unwrap();
            kept[0].item().unwrap()
        };
        gradients.iter().map(follow).collect()
    }
}
