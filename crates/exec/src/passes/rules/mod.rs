//! The rows of all passes, by family, in the order of the passes.
//!
//! A row looks at forms that earlier passes leave: canonical form has run before stability, so that reciprocals are
//! looked for where a user wrote quotients of 1.

mod algebra;
mod canonical;
mod chain;
mod fold;
mod movement;
mod pads;
mod products;
mod reductions;
mod selection;
mod slices;
mod stability;
mod stretching;
#[cfg(test)]
mod tests;

use super::pipeline::Pass;

/// All passes in their order.
pub(crate) static PASSES: &[Pass] = &[
    Pass {
        name: "canonical",
        about: "one form for each of what may be written in several",
        rules: canonical::RULES,
    },
    Pass { name: "fold", about: "operations on constants, within a budget", rules: fold::RULES },
    Pass { name: "algebra", about: "neutral elements, and laws of arithmetic", rules: algebra::RULES },
    Pass {
        name: "stability",
        about: "forms that keep their accuracy and do not overflow",
        rules: stability::RULES,
    },
    Pass { name: "selection", about: "truth values and choices", rules: selection::RULES },
    Pass { name: "movement", about: "axes reshaped and permuted", rules: movement::RULES },
    Pass {
        name: "stretching",
        about: "work done before its operands are repeated",
        rules: stretching::RULES,
    },
    Pass { name: "slices", about: "parts of arrays taken directly", rules: slices::RULES },
    Pass { name: "pads", about: "arrays put into zeros", rules: pads::RULES },
    Pass { name: "reductions", about: "fewer and smaller reductions", rules: reductions::RULES },
    Pass { name: "products", about: "transposes folded into products", rules: products::RULES },
    Pass { name: "chain", about: "chains of matrix products in their cheapest order", rules: chain::RULES },
    Pass { name: "dead-code", about: "nodes that no output needs", rules: &[] },
];
