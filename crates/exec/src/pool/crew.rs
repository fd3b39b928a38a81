//! The pool: threads that spin for a while for the next job, and then sleep until they are woken.

use super::job::{Apart, Job, MOST_TASKS};
use super::threads::MOST;
use std::hint::spin_loop;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// How long a thread spins before it sleeps: longer than the gap between two loops of a step, shorter than anybody notices.
const PATIENCE: Duration = Duration::from_micros(50);

/// Threads that run tasks beside the one that calls [`Pool::run`].
pub(crate) struct Pool {
    shared: Arc<Shared>,
    workers: Mutex<Vec<JoinHandle<()>>>,
    /// How many workers there are.
    count: AtomicUsize,
}

#[derive(Default)]
struct Shared {
    job: Job,
    /// Some thread has given a job that is not done.
    busy: Apart<AtomicBool>,
    /// Workers that sleep, or are about to.
    asleep: Apart<AtomicUsize>,
    /// The thread that gave the job sleeps until it is done, or is about to.
    awaited: AtomicBool,
    closed: AtomicBool,
    gate: Mutex<()>,
    work: Condvar,
    done: Condvar,
}

impl Pool {
    /// A pool of so many threads, of which the caller of `run` is one.
    pub(crate) fn new(threads: usize) -> Pool {
        let pool =
            Pool { shared: Arc::default(), workers: Mutex::new(Vec::new()), count: AtomicUsize::new(0) };
        pool.grow(threads);
        pool
    }

    /// The pool of the process, which has no worker until somebody asks for one.
    pub(crate) fn global() -> &'static Pool {
        static POOL: OnceLock<Pool> = OnceLock::new();
        POOL.get_or_init(|| Pool::new(1))
    }

    /// How many threads take part in `run`.
    pub(crate) fn threads(&self) -> usize {
        self.count.load(Ordering::Relaxed) + 1
    }

    /// Calls `f` with each number below `tasks`, once, on all threads of the pool, and returns when all calls have.
    ///
    /// From within a task, and while another thread uses the pool, the caller makes all calls itself.
    ///
    /// # Panics
    /// If a call does, when no other call is under way any more.
    #[cfg(test)]
    pub(crate) fn run(&self, tasks: usize, f: &(dyn Fn(usize) + Sync)) {
        self.share(self.threads(), tasks, f);
    }

    /// As [`run`](Pool::run), on so many threads, for which the pool grows if it has to.
    pub(crate) fn run_with(&self, threads: usize, tasks: usize, f: &(dyn Fn(usize) + Sync)) {
        if threads > self.threads() && tasks > 1 {
            self.grow(threads);
        }
        self.share(threads, tasks, f);
    }

    fn share(&self, threads: usize, tasks: usize, f: &(dyn Fn(usize) + Sync)) {
        let helpers = (threads - threads.min(1)).min(tasks.saturating_sub(1)).min(self.threads() - 1);
        let shared = &*self.shared;
        if helpers == 0 || tasks > MOST_TASKS || shared.busy.0.swap(true, Ordering::Acquire) {
            return (0..tasks).for_each(f);
        }
        let payload = shared.job.give(helpers, tasks, f, || shared.wake(), |done| shared.wait(done));
        shared.busy.0.store(false, Ordering::Release);
        if let Some(payload) = payload {
            resume_unwind(payload);
        }
    }

    /// Starts workers until there are `threads - 1`, or the system refuses.
    fn grow(&self, threads: usize) {
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        for number in workers.len()..threads.min(MOST).saturating_sub(1) {
            let shared = Arc::clone(&self.shared);
            let builder = Builder::new().name(format!("wengert-{number}"));
            let Ok(worker) = builder.spawn(move || shared.work(number)) else { break };
            workers.push(worker);
        }
        self.count.store(workers.len(), Ordering::Relaxed);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        self.shared.wake();
        let workers = self.workers.get_mut().unwrap_or_else(PoisonError::into_inner);
        for worker in workers.drain(..) {
            // A worker catches what its tasks throw, so there is nothing to pass on.
            let _ = worker.join();
        }
    }
}

impl Shared {
    /// The life of a worker.
    fn work(&self, number: usize) {
        while !self.closed.load(Ordering::SeqCst) {
            if self.job.help(number) && self.awaited.load(Ordering::SeqCst) {
                let _gate = self.lock();
                self.done.notify_all();
            }
            let ready = || self.job.calls(number) || self.closed.load(Ordering::SeqCst);
            if !spin(ready) {
                self.asleep.0.fetch_add(1, Ordering::SeqCst);
                self.sleep(&self.work, ready);
                self.asleep.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }

    /// Wakes the workers that sleep.
    fn wake(&self) {
        if self.asleep.0.load(Ordering::SeqCst) > 0 {
            let _gate = self.lock();
            self.work.notify_all();
        }
    }

    /// Returns when the job is done.
    fn wait(&self, done: &dyn Fn() -> bool) {
        if !spin(done) {
            self.awaited.store(true, Ordering::SeqCst);
            self.sleep(&self.done, done);
            self.awaited.store(false, Ordering::SeqCst);
        }
    }

    /// Sleeps until it is ready. Whoever makes it ready notifies behind the gate afterwards.
    fn sleep(&self, until: &Condvar, ready: impl Fn() -> bool) {
        let mut gate = self.lock();
        while !ready() {
            gate = until.wait(gate).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Spins until it is ready, or patience ends; true if it is ready.
fn spin(ready: impl Fn() -> bool) -> bool {
    const LOOKS: usize = 64;
    let look = || {
        (0..LOOKS).any(|_| {
            let is_ready = ready();
            if !is_ready {
                spin_loop();
            }
            is_ready
        })
    };
    if look() {
        return true;
    }
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if look() {
            return true;
        }
    }
    false
}
