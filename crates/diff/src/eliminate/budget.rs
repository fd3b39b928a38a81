//! How long a search may take.

use std::time::{Duration, Instant};

/// A limit on a search, in time, in steps, or both; without either it ends only with a proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Budget {
    /// The time it may take. How many steps fit depends on the machine, so the result may too.
    pub time: Option<Duration>,
    /// How many orders or positions it may look at. With this limit alone a seed gives the same result everywhere.
    pub steps: Option<u64>,
}

impl Budget {
    /// So much time.
    pub fn time(time: Duration) -> Budget {
        Budget { time: Some(time), steps: None }
    }

    /// So many steps.
    pub fn steps(steps: u64) -> Budget {
        Budget { time: None, steps: Some(steps) }
    }

    /// A part of it.
    pub fn part(self, of: u32) -> Budget {
        Budget { time: self.time.map(|t| t / of), steps: self.steps.map(|s| s / u64::from(of)) }
    }

    /// True if nothing may be looked at.
    pub fn is_zero(&self) -> bool {
        self.time == Some(Duration::ZERO) || self.steps == Some(0)
    }
}

/// A budget while it is spent.
#[derive(Debug)]
pub(super) struct Clock {
    started: Instant,
    budget: Budget,
    pub(super) steps: u64,
}

impl Clock {
    pub(super) fn new(budget: Budget) -> Clock {
        Clock { started: Instant::now(), budget, steps: 0 }
    }

    /// A clock that runs for a part of what is left of this one.
    pub(super) fn part(&self, of: u32) -> Clock {
        let left = |most: Duration| most.saturating_sub(self.started.elapsed()) / of;
        let steps = self.budget.steps.map(|most| most.saturating_sub(self.steps) / u64::from(of));
        Clock::new(Budget { time: self.budget.time.map(left), steps })
    }

    pub(super) fn tick(&mut self) {
        self.steps += 1;
    }

    pub(super) fn is_spent(&self) -> bool {
        self.budget.steps.is_some_and(|most| self.steps >= most)
            || self.budget.time.is_some_and(|most| self.started.elapsed() >= most)
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
