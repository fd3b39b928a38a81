//! Products against plain loops, on one thread and several, and what they allocate.

mod allocations;
mod case;
mod products;
mod threads;
