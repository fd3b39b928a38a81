//! The one job that a pool has at a time, shared by the thread that gave it and those that help.
//!
//! A word holds the number of the job and how many of its tasks nobody has taken. Whoever lowers that word from a value that
//! it has seen, which is not zero, has taken a task of that very job, and the job lasts until the task is reported done. So
//! what was read about the job after the word was seen is true, and its function is alive.

#![expect(
    unsafe_code,
    reason = "the function of a job is borrowed from a caller that waits until the job is done"
)]

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a task that panicked threw.
pub(super) type Payload = Box<dyn Any + Send>;

/// A borrowed function of the number of a task.
#[derive(Clone, Copy)]
struct Function<'f>(&'f (dyn Fn(usize) + Sync));

/// The lower bits of the word count tasks, the others jobs: to come round takes days of jobs without a pause.
const TASK_BITS: u32 = 24;
/// The most tasks of one job.
pub(super) const MOST_TASKS: usize = (1 << TASK_BITS) - 1;

/// The helper number of the thread that gave the job.
const GIVER: usize = usize::MAX;

/// A cache line of its own, or two, as some processors fetch them in pairs.
#[repr(align(128))]
#[derive(Default)]
pub(super) struct Apart<T>(pub(super) T);

#[derive(Default)]
pub(super) struct Job {
    /// The number of the job, and how many of its tasks are not taken.
    word: Apart<AtomicU64>,
    /// Tasks that are not yet reported done.
    unfinished: Apart<AtomicUsize>,
    /// A `Function` on the stack of the thread that gave the job.
    function: AtomicPtr<()>,
    tasks: AtomicUsize,
    /// How many threads may help.
    helpers: AtomicUsize,
    panic: Mutex<Option<Payload>>,
}

impl Job {
    /// Gives a job with two tasks or more, takes part in it, and lets `wait` return when the last task is done.
    ///
    /// One thread at a time may give a job.
    pub(super) fn give(
        &self,
        helpers: usize,
        tasks: usize,
        f: &(dyn Fn(usize) + Sync),
        wake: impl FnOnce(),
        wait: impl FnOnce(),
    ) -> Option<Payload> {
        debug_assert!(tasks <= MOST_TASKS && self.is_done());
        let function = Function(f);
        self.function.store((&raw const function).cast_mut().cast(), Ordering::Relaxed);
        self.tasks.store(tasks, Ordering::Relaxed);
        self.helpers.store(helpers, Ordering::Relaxed);
        self.unfinished.0.store(tasks, Ordering::Relaxed);
        let number = (self.word.0.load(Ordering::Relaxed) >> TASK_BITS).wrapping_add(1);
        // In one order with the sleepers' own words: either they see the job or they are seen asleep.
        self.word.0.store(number << TASK_BITS | tasks as u64, Ordering::SeqCst);
        wake();
        self.help(GIVER);
        wait();
        // From here on nobody holds the function.
        self.panic.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Takes tasks and runs them, as helper number `helper` or as [`GIVER`]. True if the
    /// last task of the job was among them.
    pub(super) fn help(&self, helper: usize) -> bool {
        let mut done = 0;
        while let Some((task, function)) = self.take(helper) {
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| function.0(task))) {
                self.keep(payload);
            }
            done += 1;
        }
        done > 0 && self.unfinished.0.fetch_sub(done, Ordering::SeqCst) == done
    }

    /// Keeps the first payload. The others are leaked: to drop one could panic again.
    fn keep(&self, payload: Payload) {
        let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_some() {
            std::mem::forget(payload);
        } else {
            *first = Some(payload);
        }
    }

    /// A task that nobody has taken, and the function, which lives until the task is reported done.
    fn take(&self, helper: usize) -> Option<(usize, Function<'_>)> {
        let mut seen = self.word.0.load(Ordering::Acquire);
        loop {
            let left = seen as usize & MOST_TASKS;
            if left == 0 || !self.invites(helper) {
                return None;
            }
            let (function, tasks) =
                (self.function.load(Ordering::Relaxed), self.tasks.load(Ordering::Relaxed));
            match self.word.0.compare_exchange_weak(seen, seen - 1, Ordering::Acquire, Ordering::Acquire) {
                // Sound: the word still said `seen`, so this is the function of that job, which is not done before its task
                // is, and `give` keeps the function until then.
                Ok(_) => return Some((tasks - left, unsafe { *function.cast::<Function<'_>>() })),
                Err(now) => seen = now,
            }
        }
    }

    /// True if helper number `helper` may help; true of the job that the word was seen to speak of, if that is not done.
    fn invites(&self, helper: usize) -> bool {
        helper == GIVER || helper < self.helpers.load(Ordering::Relaxed)
    }

    /// True if helper number `helper` finds a task.
    pub(super) fn calls(&self, helper: usize) -> bool {
        self.word.0.load(Ordering::SeqCst) as usize & MOST_TASKS != 0 && self.invites(helper)
    }

    /// True if all tasks are reported done.
    pub(super) fn is_done(&self) -> bool {
        self.unfinished.0.load(Ordering::SeqCst) == 0
    }
}
