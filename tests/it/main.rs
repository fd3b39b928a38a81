//! One binary for every test that crosses crates.

mod adbench;
mod algebra;
mod cases;
mod compiled;
mod dag;
mod depth;
mod edge_pushing;
mod eliminate;
mod eliminate_tasks;
mod gallery;
mod hard_cases;
mod kills;
mod learners;
mod lecture;
mod models;
mod numeric;
mod passes;
mod program;
mod random;
mod readme;
mod rows;
mod sparsity;
mod taylor;
