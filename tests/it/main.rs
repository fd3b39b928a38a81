//! One binary for every test that crosses crates.

mod numeric;
mod rows;
