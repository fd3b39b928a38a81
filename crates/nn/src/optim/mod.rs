//! Optimisers as graphs: from parameters, gradients and state to new parameters and new state.
//!
//! State always starts at zero. It is named after the parameter that it belongs to. An optimiser is one file, with its
//! numbers in `rule!` and its mathematics in [`Rule`], and one line in the list below: its name in configurations is its
//! file's, and configurations, checks and help follow from the two.

mod clip;
mod hyper;
mod penalty;
mod schedule;
mod tuning;

pub use clip::Clip;
pub use hyper::{Allowed, Hyper};
pub use penalty::Penalty;
pub use schedule::Schedule;
pub use tuning::Tuning;

use hyper::{Hypers, rule};
use wengert_expr::{DType, Expr, Type};

/// What one step makes of parameters and state, each in its order.
#[derive(Clone, Debug)]
pub struct Update<'b> {
    /// The new parameters.
    pub params: Vec<Expr<'b>>,
    /// The new state.
    pub state: Vec<Expr<'b>>,
}

/// One parameter at a step.
#[derive(Clone, Copy)]
struct At<'b> {
    /// The parameter.
    w: Expr<'b>,
    /// Its gradient.
    g: Expr<'b>,
    /// The learning rate, a scalar of the parameters' dtype.
    rate: Expr<'b>,
    /// The step's number from 1 on, for rules that count.
    steps: Option<Expr<'b>>,
}

/// The new parameter and its new state.
type Stepped<'b> = (Expr<'b>, Vec<Expr<'b>>);

/// The mathematics of an optimiser: what it keeps of each parameter, and the step of one.
trait Rule: Hypers {
    /// Whether the number of steps is state, before all other.
    const COUNTS: bool = false;

    /// The names of what is kept of each parameter, each of the parameter's type.
    fn slots(&self) -> &'static [&'static str];

    /// The step of one parameter, from its state in the order of [`Rule::slots`].
    #[track_caller]
    fn step<'b>(&self, at: At<'b>, state: &[Expr<'b>]) -> Stepped<'b>;

    /// The names and types of the state: `W1_mean`, `W1_square`, `b1_mean`, ...
    fn state_types(&self, params: &[(String, Type)]) -> Vec<(String, Type)> {
        let steps = Self::COUNTS.then(|| ("steps".to_owned(), Type::scalar(DType::I64)));
        let slots = |(param, ty): &(String, Type)| -> Vec<(String, Type)> {
            self.slots().iter().map(|slot| (format!("{param}_{slot}"), ty.clone())).collect()
        };
        steps.into_iter().chain(params.iter().flat_map(slots)).collect()
    }

    /// The step of all parameters.
    #[track_caller]
    fn update<'b>(
        &self,
        params: &[Expr<'b>],
        gradients: &[Expr<'b>],
        state: &[Expr<'b>],
        rate: Expr<'b>,
    ) -> Update<'b> {
        let (counted, slots) = state.split_at(usize::from(Self::COUNTS));
        let each = self.slots().len();
        assert_eq!(slots.len(), each * params.len(), "each parameter has {each} slots of state");
        let steps = counted.first().map(|&steps| steps + steps.number(1.0));
        let mut update = Update { params: Vec::new(), state: steps.into_iter().collect() };
        for (i, (&w, &g)) in params.iter().zip(gradients).enumerate() {
            let (next, kept) = self.step(At { w, g, rate, steps }, &slots[each * i..each * (i + 1)]);
            update.params.push(next);
            update.state.extend(kept);
        }
        update
    }
}

/// Makes the enum of all optimisers, their modules and the lookup by name from a list of `file::Rule`.
///
/// `cargo fmt` does not follow modules that a macro declares: format them with `rustfmt crates/nn/src/optim/*.rs`.
macro_rules! optimizers {
    ($($file:ident::$Rule:ident,)*) => {
        $(mod $file; pub use $file::$Rule;)*

        /// How parameters follow their gradients.
        ///
        /// ```
        /// use wengert_nn::Optimizer;
        ///
        /// let mut lion = Optimizer::named("lion").unwrap();
        /// assert!(lion.set("weight_decay", 0.1) && !lion.set("momentum", 0.9));
        /// let keys: Vec<&str> = lion.hypers().iter().map(|h| h.name).collect();
        /// assert_eq!(keys, ["beta1", "beta2", "weight_decay"]);
        /// ```
        #[derive(Clone, Copy, PartialEq, Debug)]
        pub enum Optimizer {
            $(#[doc = concat!("[`", stringify!($Rule), "`].")] $Rule($Rule),)*
        }

        impl Optimizer {
            /// The names in configurations.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($file)),*];

            /// The optimiser of this name with its usual numbers.
            pub fn named(name: &str) -> Option<Optimizer> {
                $(if name == stringify!($file) {
                    return Some(Optimizer::$Rule($Rule::default()));
                })*
                None
            }

            /// Its name in configurations.
            pub fn name(&self) -> &'static str {
                match self { $(Optimizer::$Rule(_) => stringify!($file),)* }
            }

            /// What it is, and where it comes from.
            pub fn about(&self) -> &'static str {
                match self { $(Optimizer::$Rule(rule) => rule.about(),)* }
            }

            /// The numbers that shape it.
            pub fn hypers(&self) -> Vec<Hyper> {
                match self { $(Optimizer::$Rule(rule) => rule.hypers(),)* }
            }

            /// Sets the hyper-parameter of this name; false if it has none.
            pub fn set(&mut self, name: &str, value: f64) -> bool {
                match self { $(Optimizer::$Rule(rule) => rule.set(name, value),)* }
            }

            /// The names and types of the state for these parameters.
            pub fn state_types(&self, params: &[(String, Type)]) -> Vec<(String, Type)> {
                match self { $(Optimizer::$Rule(rule) => rule.state_types(params),)* }
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
                match self { $(Optimizer::$Rule(rule) => rule.update(params, gradients, state, rate),)* }
            }
        }
    };
}

optimizers! {
    sgd::Sgd,
    adam::Adam,
    nesterov::Nesterov,
    rmsprop::RmsProp,
    adagrad::AdaGrad,
    adamw::AdamW,
    lion::Lion,
    adadelta::AdaDelta,
}

/// Whether a parameter is drawn towards zero: matrices of weights are, biases (fewer than two axes) are free.
pub(crate) fn decays(param: Expr<'_>) -> bool {
    param.rank() >= 2
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use wengert_exec::Interpreter;
    use wengert_expr::{Builder, Value};

    /// The parameter after each step from `start`, for the gradients given; it is a matrix of one weight.
    pub(crate) fn descend(optimizer: Optimizer, start: f64, gradients: &[f64], rate: f64) -> Vec<f64> {
        descend_as(Type::new(DType::F64, [1, 1]), optimizer, start, gradients, rate)
    }

    /// The same for a parameter of this type, which has one element.
    pub(crate) fn descend_as(
        ty: Type,
        optimizer: Optimizer,
        start: f64,
        gradients: &[f64],
        rate: f64,
    ) -> Vec<f64> {
        let b = Builder::new();
        let w = b.param("w", ty.clone());
        let types = optimizer.state_types(&[("w".to_owned(), ty.clone())]);
        let state: Vec<Expr<'_>> = types.iter().map(|(n, t)| b.param(n.clone(), t.clone())).collect();
        let (g, lr) = (b.input("g", ty.clone()), b.input("rate", Type::scalar(DType::F64)));
        let update = optimizer.update(&[w], &[g], &state, lr);
        for e in update.params.iter().chain(&update.state) {
            b.output_unnamed(*e);
        }
        let step = Interpreter::new(&b.finish().unwrap());
        let mut kept = vec![Value::from_f64s(&ty, &[start])];
        kept.extend(types.iter().map(|(_, t)| Value::zeros(t)));
        let follow = |&g: &f64| {
            kept.extend([Value::from_f64s(&ty, &[g]), Value::scalar(rate)]);
            kept = step.run(&kept).unwrap();
            kept[0].item().unwrap()
        };
        gradients.iter().map(follow).collect()
    }

    #[test]
    fn every_optimiser_has_a_name_a_source_and_numbers_in_range() {
        for &name in Optimizer::NAMES {
            let mut optimizer = Optimizer::named(name).unwrap();
            assert_eq!(optimizer.name(), name);
            assert!(optimizer.about().contains("(") && !optimizer.about().starts_with(' '), "{name}");
            for hyper in optimizer.hypers() {
                assert!(
                    hyper.allowed.contains(hyper.value) && !hyper.allowed.contains(f64::NAN),
                    "{hyper:?}"
                );
                assert!(optimizer.set(hyper.name, 0.25) && hyper.key.ends_with(hyper.name));
            }
            assert!(optimizer.hypers().iter().all(|h| h.value.to_bits() == 0.25f64.to_bits()));
            assert!(!optimizer.set("colour", 1.0));
        }
        assert_eq!(Optimizer::named("Sgd"), None);
    }

    #[test]
    fn a_zero_gradient_moves_no_bias() {
        for &name in Optimizer::NAMES {
            let optimizer = Optimizer::named(name).unwrap();
            let bias = Type::new(DType::F64, [1]);
            assert_eq!(descend_as(bias, optimizer, 3.0, &[0.0, 0.0], 0.5), [3.0, 3.0], "{name}");
        }
    }
}
