//! Threads change no bit, and batches are products one by one.

#![expect(unsafe_code, reason = "products take pointers into vectors that the tests make large enough")]

use super::case::{Case, Number, arguments, case};
use crate::matmul::level::Level;
use crate::matmul::library;
use crate::matmul::plan::{Plan, Way};
use crate::matmul::split::{Cut, Operands};
use crate::matmul::{Batch, Product, Strides};
use crate::pool::Pool;
use proptest::prelude::*;

/// The vector under `c` after a run in pieces.
fn in_pieces<T: Number>(case: &Case<T>, plan: &Plan, cut: Cut, pool: &Pool) -> Vec<T> {
    let mut case = case.clone();
    let (a, b, c) = case.pointers();
    unsafe { plan.run_cut(cut, pool, pool.threads(), Operands { a, b, c }) }
    case.c
}

/// Cuts for any number of threads, whether they pay or not.
fn cuts(plan: &Plan) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = (2..6).filter_map(|threads| plan.pieces(threads)).collect();
    if plan.way == Way::Library {
        cuts.extend(library::pieces(&plan.product));
        if library::ANY_PIECES {
            cuts.extend([Cut::Rows(8), Cut::Columns(8), Cut::Rows(56), Cut::Columns(24)]);
        }
    }
    cuts
}

fn check<T: Number>(case: &Case<T>, pool: &Pool) -> Result<(), TestCaseError> {
    for level in Level::all() {
        let plan = Plan::at_level(&case.product, level);
        let whole = case.at_level(level);
        for cut in cuts(&plan) {
            prop_assert!(whole == in_pieces(case, &plan, cut, pool), "{level:?} {cut:?} {:?}", case.product);
        }
    }
    Ok(())
}

/// Numbers whose products and sums are rounded, so that another order shows.
fn rough<T: Number>(mut case: Case<T>, third: impl Fn(T) -> T) -> Case<T> {
    case.a.iter_mut().chain(&mut case.b).for_each(|x| *x = third(*x));
    case
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn pieces_of_f32(arguments in arguments()) {
        check(&rough(case::<f32>(arguments), |x| x / 3.0), &Pool::new(2))?;
    }

    #[test]
    fn pieces_of_f64(arguments in arguments()) {
        check(&rough(case::<f64>(arguments), |x| x / 3.0), &Pool::new(2))?;
    }
}

/// What `run_on` makes of products that are worth several threads, and of some that are not.
#[test]
fn threads_change_no_bit() {
    let pool = Pool::new(4);
    let extents = [
        [64, 64, 64],
        [128, 300, 200],
        [31, 700, 129],
        [517, 600, 9],
        [7, 600, 611],
        [700, 400, 1],
        [1, 3000, 150],
        [900, 1, 700],
        [1, 200_000, 1],
        [129, 1100, 130],
    ];
    for extents in extents {
        for kinds in [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1], [4, 4, 2]] {
            for accumulate in [false, true] {
                let case = rough(case::<f32>((extents, kinds, 1, -0.3, accumulate)), |x| x / 3.0);
                let whole = case.at_level(Level::detect());
                for threads in [1, 2, 3, 4] {
                    let mut case = case.clone();
                    let (a, b, c) = case.pointers();
                    unsafe { case.product.run_on(&pool, threads, a, b, c) }
                    assert!(whole == case.c, "{threads} threads: {:?}", case.product);
                }
            }
        }
    }
}

#[test]
fn large_products_are_cut() {
    let cut = |[m, k, n]: [usize; 3], kinds: [usize; 2], threads| {
        let product = case::<f32>(([m, k, n], [kinds[0], kinds[1], 0], 0, 1.0, false)).product;
        Plan::new(&product).cut(threads)
    };
    assert_eq!(cut([32, 64, 64], [0, 0], 4), None);
    assert_eq!(cut([256, 256, 256], [0, 0], 1), None);
    for kinds in [[0, 0], [1, 0], [0, 1]] {
        assert!(cut([256, 256, 256], kinds, 2).is_some());
        assert!(cut([128, 784, 512], kinds, 2).is_some());
    }
    assert!(cut([1024, 1024, 1], [0, 0], 2).is_some());
    assert!(cut([1, 1024, 1024], [0, 1], 2).is_some());
}

#[test]
fn batches() {
    for [m, k, n] in [[2, 3, 2], [8, 16, 24], [5, 40, 1]] {
        let row = Strides::row_major;
        let mut whole = Case::<f64>::new([5 * m, k, n], [row(k), row(n), row(n)], 1.5, true);
        let mut each = whole.clone();
        whole.run();
        let product = Product { m, ..each.product };
        let batch = Batch { product, count: 5, a: (m * k) as isize, b: 0, c: (m * n) as isize };
        let (a, b, c) = each.pointers();
        unsafe { batch.run(a, b, c) }
        for (x, y) in whole.c.iter().zip(&each.c) {
            assert!((x - y).abs() < 1e-12);
        }
    }
}

#[test]
fn batches_on_threads() {
    let pool = Pool::new(4);
    let row = Strides::row_major;
    for count in [0, 1, 2, 3, 8, 65] {
        for [m, k, n] in [[4, 4, 4], [30, 20, 50], [130, 120, 110]] {
            let of = |count: usize| {
                rough(Case::<f64>::new([count * m, k, n], [row(k), row(n), row(n)], 1.5, true), |x| x / 3.0)
            };
            let case = of(count);
            let product = Product { m, ..case.product };
            let batch = Batch { product, count, a: (m * k) as isize, b: 0, c: (m * n) as isize };
            let run = |threads: usize| {
                let mut case = case.clone();
                let (a, b, c) = case.pointers();
                match threads {
                    0 => unsafe { batch.run(a, b, c) },
                    _ => unsafe { batch.run_on(&pool, threads, a, b, c) },
                }
                case.c
            };
            let serial = run(0);
            for threads in 1..5 {
                assert!(serial == run(threads), "{count} products on {threads} threads");
            }
        }
    }
}
