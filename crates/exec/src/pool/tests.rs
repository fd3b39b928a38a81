//! Each task once, whatever the number of threads, callers and panics.

use super::Pool;
use super::threads::parse;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn counts(n: usize) -> Vec<AtomicUsize> {
    (0..n).map(|_| AtomicUsize::new(0)).collect()
}

#[track_caller]
fn assert_each_once(counts: &[AtomicUsize]) {
    for (i, count) in counts.iter().enumerate() {
        assert_eq!(count.load(Ordering::Relaxed), 1, "task {i}");
    }
}

#[test]
fn each_task_runs_once() {
    for threads in [0, 1, 2, 3, 4, 9] {
        let pool = Pool::new(threads);
        for tasks in [0, 1, 2, 3, 7, 100, 10_000] {
            let counts = counts(tasks);
            pool.run(tasks, &|i| {
                counts[i].fetch_add(1, Ordering::Relaxed);
            });
            assert_each_once(&counts);
        }
    }
}

/// What a task writes is seen after `run`, without more.
#[test]
fn what_tasks_write_is_seen() {
    struct Shared(Vec<Cell<usize>>);
    #[expect(unsafe_code, reason = "each task touches the cell of its own number")]
    unsafe impl Sync for Shared {}
    let pool = Pool::new(3);
    let shared = Shared((0..5).map(Cell::new).collect());
    for round in 1..20_000 {
        let all = &shared;
        pool.run(5, &|i| all.0[i].set(all.0[i].get() + 1));
        assert!(shared.0.iter().enumerate().all(|(i, c)| c.get() == i + round));
    }
}

#[test]
fn one_thread_starts_none() {
    let pool = Pool::new(1);
    let here = std::thread::current().id();
    pool.run(100, &|_| assert_eq!(std::thread::current().id(), here));
    pool.run_with(1, 100, &|_| assert_eq!(std::thread::current().id(), here));
    assert_eq!(pool.threads(), 1);
}

#[test]
fn a_pool_grows() {
    let pool = Pool::new(1);
    for threads in [2, 4, 3] {
        let counts = counts(50);
        pool.run_with(threads, 50, &|i| {
            counts[i].fetch_add(1, Ordering::Relaxed);
        });
        assert_each_once(&counts);
    }
    assert_eq!(pool.threads(), 4);
}

/// All threads of the pool take part: each task waits for the others.
#[test]
fn tasks_run_side_by_side() {
    let pool = Pool::new(4);
    for round in 1..=200 {
        let arrived = AtomicUsize::new(0);
        pool.run(4, &|_| {
            arrived.fetch_add(1, Ordering::Relaxed);
            while arrived.load(Ordering::Relaxed) < 4 {
                std::thread::yield_now();
            }
        });
        if round % 50 == 0 {
            // Long enough for the workers to sleep.
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[test]
fn a_limit_on_threads_holds() {
    let pool = Pool::new(4);
    for _ in 0..200 {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        pool.run_with(2, 16, &|_| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
        });
        assert!(most.into_inner() <= 2);
    }
}

#[test]
fn a_task_may_run_tasks() {
    let pool = Pool::new(3);
    let counts = counts(20 * 20);
    pool.run(20, &|i| {
        pool.run(20, &|j| {
            counts[20 * i + j].fetch_add(1, Ordering::Relaxed);
        });
    });
    assert_each_once(&counts);
}

#[test]
fn a_panic_comes_out_after_all_tasks() {
    let pool = Pool::new(3);
    for bad in 0..8 {
        let counts = counts(8);
        let result = catch_unwind(AssertUnwindSafe(|| {
            pool.run(8, &|i| {
                counts[i].fetch_add(1, Ordering::Relaxed);
                assert!(i != bad, "task {i} fails");
            });
        }));
        let payload = result.unwrap_err();
        assert_eq!(payload.downcast_ref::<String>().map(String::as_str), Some(&*format!("task {bad} fails")));
        assert_each_once(&counts);
    }
    pool.run(8, &|_| ());
}

/// Several callers at once, pauses that let workers fall asleep, and pools that come and go.
#[test]
fn many_callers() {
    for threads in [2, 4] {
        let pool = Pool::new(threads);
        std::thread::scope(|scope| {
            for caller in 0..4_usize {
                let pool = &pool;
                scope.spawn(move || {
                    for round in 0..4000 {
                        let tasks = 1 + (round * 7 + caller) % 9;
                        let counts = counts(tasks);
                        pool.run_with(1 + round % 5, tasks, &|i| {
                            counts[i].fetch_add(1, Ordering::Relaxed);
                        });
                        assert_each_once(&counts);
                        if round % 500 == caller {
                            std::thread::sleep(Duration::from_micros(300));
                        }
                    }
                });
            }
        });
    }
}

#[test]
fn pools_come_and_go() {
    for round in 0..100 {
        let pool = Pool::new(1 + round % 5);
        let sum = AtomicUsize::new(0);
        pool.run(round, &|i| {
            sum.fetch_add(i, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), round * round.saturating_sub(1) / 2);
    }
}

#[test]
fn the_environment_says_how_many() {
    assert_eq!(parse(Some("3")), Some(3));
    assert_eq!(parse(Some(" 12 ")), Some(12));
    assert_eq!(parse(Some("99999999")), Some(super::threads::MOST));
    for nonsense in [None, Some(""), Some("0"), Some("-1"), Some("many"), Some("1.5")] {
        assert_eq!(parse(nonsense), None);
    }
}
