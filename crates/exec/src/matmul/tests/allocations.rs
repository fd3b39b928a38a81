//! Nothing is allocated in a call after the first.

#![expect(unsafe_code, reason = "a global allocator that counts")]

use super::case::case;
use crate::pool::Pool;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which counts the calls of each thread.
struct Counting;

// Sound: all work is the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// How often this thread allocates in a call.
pub(crate) fn allocations(f: impl FnOnce()) -> usize {
    let before = COUNT.with(Cell::get);
    f();
    COUNT.with(Cell::get) - before
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn products_allocate_nothing() {
    let pool = Pool::new(2);
    for extents in [[4, 2, 2], [32, 32, 32], [200, 1, 1], [1, 200, 300], [64, 1, 64], [300, 600, 200]] {
        for kinds in [[0, 0, 0], [1, 0, 0], [0, 1, 1], [4, 4, 4]] {
            let mut case = case::<f32>((extents, kinds, 1, 1.0, false));
            let (a, b, c) = case.pointers();
            let product = case.product;
            unsafe { product.run(a, b, c) }
            assert_eq!(allocations(|| unsafe { product.run(a, b, c) }), 0, "{product:?}");
            assert_eq!(allocations(|| unsafe { product.run_on(&pool, 2, a, b, c) }), 0, "{product:?}");
        }
    }
}

/// Neither the caller nor a worker allocates between two of its tasks.
#[test]
fn a_pool_allocates_nothing() {
    thread_local! {
        static LAST: Cell<Option<usize>> = const { Cell::new(None) };
    }
    let pool = Pool::new(3);
    let arrived = AtomicUsize::new(0);
    let task = |_| {
        let count = COUNT.with(Cell::get);
        assert_eq!(LAST.replace(Some(count)).unwrap_or(count), count);
        // All three threads take part.
        arrived.fetch_add(1, Ordering::Relaxed);
        while !arrived.load(Ordering::Relaxed).is_multiple_of(3) {
            std::thread::yield_now();
        }
    };
    pool.run(3, &task);
    assert_eq!(allocations(|| (0..1000).for_each(|_| pool.run(3, &task))), 0);
}
