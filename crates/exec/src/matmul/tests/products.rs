//! Products of every layout against three loops in `f64` or in wrapping integers.

use super::case::{Case, arguments, case};
use crate::matmul::Strides;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn products_of_f32(arguments in arguments()) {
        case::<f32>(arguments).check()?;
    }

    #[test]
    fn products_of_f64(arguments in arguments()) {
        case::<f64>(arguments).check()?;
    }

    #[test]
    fn products_of_i64(arguments in arguments()) {
        let mut case = case::<i64>(arguments);
        case.product.alpha = case.product.alpha.trunc();
        case.check()?;
    }
}

#[test]
fn integers_wrap() {
    let row = Strides::row_major;
    let mut case = Case::<i64>::new([1, 2, 1], [row(2), row(1), row(1)], 1.0, false);
    case.a = vec![i64::MAX, i64::MAX];
    case.b = vec![2, 3];
    case.run();
    assert_eq!(case.c[0], i64::MAX.wrapping_mul(2).wrapping_add(i64::MAX.wrapping_mul(3)));
}

/// Products whose depth passes what the library takes at once.
#[test]
fn deep_products() {
    for extents in [
        [5, 1100, 7],
        [1, 5000, 1],
        [3, 2100, 1],
        [1, 1500, 130],
        [1500, 700, 1],
        [40, 1025, 33],
        [600, 700, 30],
    ] {
        for kinds in [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 1], [4, 5, 2], [0, 5, 0], [5, 0, 4]] {
            for accumulate in [false, true] {
                case::<f32>((extents, kinds, 1, -0.5, accumulate)).check().unwrap();
                case::<f64>((extents, kinds, 1, -0.5, accumulate)).check().unwrap();
            }
        }
    }
}

/// What is not a number spoils its own row and column, and nothing else; and what was there before doesn't matter.
#[test]
fn special_values_pass_through() {
    for extents in [[2, 3, 2], [40, 1, 40], [37, 41, 1], [1, 41, 37], [37, 41, 43], [1, 200, 1]] {
        for kinds in [[0, 0, 0], [1, 1, 1], [4, 4, 4]] {
            for (special, at) in [(f32::NAN, 0), (f32::INFINITY, 0), (f32::NEG_INFINITY, extents[1] - 1)] {
                let mut case = case::<f32>((extents, kinds, 1, 1.0, false));
                case.b.iter_mut().for_each(|b| *b = 1.0);
                case.c.iter_mut().for_each(|c| *c = f32::NAN);
                let row = extents[0] / 2;
                let place = case.layouts[0].place(row, at);
                case.a[place] = special;
                case.run();
                for i in 0..extents[0] {
                    for j in 0..extents[2] {
                        let found = case.c[case.layouts[2].place(i, j)];
                        let right = if i != row {
                            found.is_finite()
                        } else if special.is_nan() {
                            found.is_nan()
                        } else {
                            found == special
                        };
                        assert!(right, "({i}, {j}) of {extents:?}: {found}");
                    }
                }
            }
        }
    }
}
