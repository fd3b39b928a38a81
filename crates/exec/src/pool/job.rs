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

/// A cache line of its own, or two, as some processors fetch them in pairs.
#[repr(align(128))]
#[derive(Default)]
pub(super) struct Apart<T>(pub(super) T);

/// What all threads look at, in one cache line.
#[derive(Default)]
struct Line {
    /// The number of the job, and how many of its tasks are not taken.
    word: AtomicU64,
    /// Tasks that helpers have not reported done; those of the giver stay in it.
    unfinished: AtomicUsize,
    /// A `Function` on the stack of the giver.
    function: AtomicPtr<()>,
    tasks: AtomicUsize,
    /// How many threads may help.
    helpers: AtomicUsize,
}

#[derive(Default)]
pub(super) struct Job {
    line: Apart<Line>,
    panic: Mutex<Option<Payload>>,
}

impl Job {
    /// Gives a job with one task or more and takes part in it; `wake` wakes helpers, and `wait` returns when what it is
    /// given is true. One thread at a time may give a job.
    pub(super) fn give(
        &self,
        helpers: usize,
        tasks: usize,
        f: &(dyn Fn(usize) + Sync),
        wake: impl FnOnce(),
        wait: impl FnOnce(&dyn Fn() -> bool),
    ) -> Option<Payload> {
        debug_assert!((1..=MOST_TASKS).contains(&tasks));
        let (line, function) = (&self.line.0, Function(f));
        line.function.store((&raw const function).cast_mut().cast(), Ordering::Relaxed);
        line.tasks.store(tasks, Ordering::Relaxed);
        line.helpers.store(helpers, Ordering::Relaxed);
        line.unfinished.store(tasks, Ordering::Relaxed);
        let number = (line.word.load(Ordering::Relaxed) >> TASK_BITS).wrapping_add(1);
        // In one order with the sleepers' own words: either they see the job or they are seen asleep. The first task is the
        // giver's.
        line.word.store(number << TASK_BITS | (tasks - 1) as u64, Ordering::SeqCst);
        wake();
        self.call(function, 0);
        let done = 1 + self.run_tasks(None);
        wait(&|| line.unfinished.load(Ordering::SeqCst) == done);
        // From here on nobody holds the function.
        self.panic.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Takes part as helper number `helper` until no task is left. True if it ran any: then the giver may wait for it.
    pub(super) fn help(&self, helper: usize) -> bool {
        let done = self.run_tasks(Some(helper));
        if done > 0 {
            self.line.0.unfinished.fetch_sub(done, Ordering::SeqCst);
        }
        done > 0
    }

    /// Runs tasks until none is left, and says how many.
    fn run_tasks(&self, helper: Option<usize>) -> usize {
        let mut done = 0;
        while let Some((task, function)) = self.take(helper) {
            self.call(function, task);
            done += 1;
        }
        done
    }

    fn call(&self, function: Function<'_>, task: usize) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| function.0(task))) {
            self.keep(payload);
        }
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
    fn take(&self, helper: Option<usize>) -> Option<(usize, Function<'_>)> {
        let line = &self.line.0;
        let mut seen = line.word.load(Ordering::Acquire);
        loop {
            let left = seen as usize & MOST_TASKS;
            if left == 0 || !helper.is_none_or(|h| self.invites(h)) {
                return None;
            }
            let (function, tasks) =
                (line.function.load(Ordering::Relaxed), line.tasks.load(Ordering::Relaxed));
            match line.word.compare_exchange_weak(seen, seen - 1, Ordering::Acquire, Ordering::Acquire) {
                // Sound: the word still said `seen`, so this is the function of that job, which is not done before its task
                // is, and `give` keeps the function until then.
                Ok(_) => return Some((tasks - left, unsafe { *function.cast::<Function<'_>>() })),
                Err(now) => seen = now,
            }
        }
    }

    /// True if helper number `helper` may help; true of the job that the word was seen to speak of, if that is not done.
    fn invites(&self, helper: usize) -> bool {
        helper < self.line.0.helpers.load(Ordering::Relaxed)
    }

    /// True if helper number `helper` finds a task.
    pub(super) fn calls(&self, helper: usize) -> bool {
        self.line.0.word.load(Ordering::SeqCst) as usize & MOST_TASKS != 0 && self.invites(helper)
    }
}
