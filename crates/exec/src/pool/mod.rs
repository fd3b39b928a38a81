//! Threads that wait for short work: a task can start and end in less time than it takes to wake a sleeping thread.
//!
//! What always holds: `run` calls each task once, returns when all are done, and allocates nothing; a panic in a task comes
//! out of `run`. Which thread runs which task is not fixed, so a task must not depend on it.

mod crew;
mod job;
mod threads;

#[cfg(test)]
mod tests;

pub(crate) use crew::Pool;
pub(crate) use threads::default_threads;
