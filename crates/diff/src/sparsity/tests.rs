//! Colourings against their definitions and recoveries against the matrix, on random patterns and named ones.
//!
//! The numbers of the matrices are small integers, so that their sums are exact.

use super::*;
use proptest::prelude::*;

/// Patterns of up to 9 rows and columns, from empty to dense.
fn patterns() -> impl Strategy<Value = Pattern> {
    (0usize..10, 0usize..10, 0u32..=100).prop_flat_map(|(m, n, percent)| {
        proptest::collection::vec(proptest::collection::vec(0u32..100, n), m).prop_map(move |draws| {
            let row =
                |draws: &Vec<u32>| (0..n as u32).filter(|&j| draws[j as usize] < percent).collect::<Vec<_>>();
            Pattern::new(n, draws.iter().map(row).collect::<Vec<_>>())
        })
    })
}

/// Symmetric patterns of up to 12 vertices; with the diagonal, without and with some of it.
fn symmetric() -> impl Strategy<Value = Pattern> {
    (0usize..13, 0u32..=100, 0u32..3).prop_flat_map(|(n, percent, diagonal)| {
        proptest::collection::vec(0u32..100, n * n).prop_map(move |draws| {
            let has = |i: usize, j: usize| match diagonal {
                0 if i == j => false,
                1 if i == j => true,
                _ => draws[i.min(j) * n + i.max(j)] < percent,
            };
            Pattern::new(
                n,
                (0..n).map(|i| (0..n as u32).filter(move |&j| has(i, j as usize)).collect::<Vec<_>>()),
            )
        })
    })
}

fn tridiagonal(n: u32) -> Pattern {
    Pattern::new(n as usize, (0..n).map(|i| i.saturating_sub(1)..(i + 2).min(n)))
}

fn arrow(n: u32) -> Pattern {
    Pattern::new(n as usize, (0..n).map(|i| if i == 0 { (0..n).collect() } else { vec![0, i] }))
}

/// A number for each place, the same for mirror images.
fn values(pattern: &Pattern) -> Vec<f64> {
    let number = |(i, j): (u32, u32)| f64::from((i.min(j) * 37 + i.max(j) * 101 + 11) % 1009) - 500.0;
    pattern.entries().map(number).collect()
}

/// A number for each place, none like another's mirror image.
fn lopsided(pattern: &Pattern) -> Vec<f64> {
    pattern
        .entries()
        .enumerate()
        .map(|(k, (i, j))| f64::from(i * 53 + j * 7) + k as f64 * 3.0 - 99.0)
        .collect()
}

/// The products with groups of columns and those with groups of rows.
fn products(pattern: &Pattern, values: &[f64], columns: &Pattern, rows: &Pattern) -> (Vec<f64>, Vec<f64>) {
    let (m, n) = (pattern.rows(), pattern.columns());
    let mut by_columns = vec![0.0; columns.rows() * m];
    let mut by_rows = vec![0.0; rows.rows() * n];
    for ((i, j), value) in pattern.entries().zip(values) {
        for g in (0..columns.rows()).filter(|&g| columns.contains(g, j as usize)) {
            by_columns[g * m + i as usize] += value;
        }
        for g in (0..rows.rows()).filter(|&g| rows.contains(g, i as usize)) {
            by_rows[g * n + j as usize] += value;
        }
    }
    (by_columns, by_rows)
}

fn recovers(pattern: &Pattern, values: &[f64], compression: &Compression) {
    let (columns, rows) = (compression.column_seeds(), compression.row_seeds());
    assert_eq!((columns.rows(), rows.rows()), (compression.column_groups(), compression.row_groups()));
    let (by_columns, by_rows) = products(pattern, values, &columns, &rows);
    assert_eq!(compression.recover(&by_columns, &by_rows).unwrap(), values, "{compression}");
    serves(pattern, compression);
}

/// Every group, row and column with a group serves something.
fn serves(pattern: &Pattern, compression: &Compression) {
    let (mut columns, mut rows) = (vec![false; pattern.columns()], vec![false; pattern.rows()]);
    for (&source, (i, j)) in compression.sources().iter().zip(pattern.entries()) {
        match source {
            Source::Column { group, row } => {
                let column = if row == i { j } else { i };
                assert_eq!(compression.columns()[column as usize], Some(group));
                columns[column as usize] = true;
            }
            Source::Row { group, column } => {
                let row = if column == j { i } else { j };
                assert_eq!(compression.rows()[row as usize], Some(group));
                rows[row as usize] = true;
            }
        }
    }
    assert!(columns.iter().zip(compression.columns()).all(|(&serves, group)| serves == group.is_some()));
    assert!(rows.iter().zip(compression.rows()).all(|(&serves, group)| serves == group.is_some()));
}

fn substitutes(pattern: &Pattern, substitution: &Substitution) {
    let values = values(pattern);
    let nothing = Pattern::new(pattern.rows(), Vec::<Vec<u32>>::new());
    let (stack, _) = products(pattern, &values, &substitution.column_seeds(), &nothing);
    assert_eq!(substitution.recover(&stack).unwrap(), values, "{substitution}");
}

fn compressions(pattern: &Pattern, order: VertexOrder) -> [Compression; 3] {
    [Compression::by_columns, Compression::by_rows, Compression::bidirectional].map(|of| of(pattern, order))
}

/// Colours are there for all vertices with a place, count up from 0, and differ for neighbours.
fn is_proper(pattern: &Pattern, colouring: &Colouring) {
    for v in 0..pattern.rows() {
        assert_eq!(colouring.colour(v).is_some(), !pattern.row(v).is_empty());
    }
    for (i, j) in pattern.entries().filter(|(i, j)| i != j) {
        assert_ne!(colouring.colour(i as usize), colouring.colour(j as usize));
    }
    counts(colouring);
}

fn counts(colouring: &Colouring) {
    let used: std::collections::BTreeSet<u32> = colouring.colours().iter().flatten().copied().collect();
    assert!(used.into_iter().eq(0..colouring.count() as u32));
}

/// By definition: every path of four vertices has three colours.
fn is_star(pattern: &Pattern, colouring: &Colouring) {
    let near = |v: u32| pattern.row(v as usize).iter().copied().filter(move |&w| w != v);
    for b in 0..pattern.rows() as u32 {
        for c in near(b) {
            for a in near(b).filter(|&a| a != c) {
                for d in near(c).filter(|&d| d != b && d != a) {
                    let colours: std::collections::BTreeSet<_> =
                        [a, b, c, d].map(|v| colouring.colour(v as usize)).into();
                    assert!(colours.len() > 2, "{a} {b} {c} {d}");
                }
            }
        }
    }
}

/// By definition: two colours together have fewer edges than vertices in each connected part.
fn is_acyclic(pattern: &Pattern, colouring: &Colouring) {
    for one in 0..colouring.count() as u32 {
        for other in 0..one {
            let is_in = |v: u32| colouring.colour(v as usize).is_some_and(|c| c == one || c == other);
            // Leaves fall off until nothing is left, or a cycle.
            let mut left: Vec<u32> = (0..pattern.rows() as u32).filter(|&v| is_in(v)).collect();
            loop {
                let inner = |&v: &u32| {
                    pattern.row(v as usize).iter().filter(|&&w| w != v && left.contains(&w)).count() > 1
                };
                let rest: Vec<u32> = left.iter().copied().filter(inner).collect();
                if rest.len() == left.len() {
                    break;
                }
                left = rest;
            }
            assert!(left.is_empty(), "a cycle of two colours through {left:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn columns_of_a_colour_never_meet_in_a_row(pattern in patterns()) {
        let transpose = pattern.transpose();
        for order in VertexOrder::ALL {
            let colouring = partial_distance_2(&pattern, order);
            counts(&colouring);
            for j in 0..pattern.columns() {
                prop_assert_eq!(colouring.colour(j).is_some(), !transpose.row(j).is_empty());
            }
            for i in 0..pattern.rows() {
                let colours: std::collections::BTreeSet<_> =
                    pattern.row(i).iter().map(|&j| colouring.colour(j as usize)).collect();
                prop_assert_eq!(colours.len(), pattern.row(i).len());
            }
        }
    }

    #[test]
    fn bicolourings_leave_every_place_alone_in_its_row_or_its_column(pattern in patterns()) {
        for order in VertexOrder::ALL {
            let Some(Bicolouring { rows, columns }) = bidirectional(&pattern, order) else { continue };
            counts(&rows);
            counts(&columns);
            for (i, j) in pattern.entries() {
                let in_row = columns.colour(j as usize).is_some_and(|c| {
                    (0..pattern.columns()).filter(|&k| pattern.contains(i as usize, k) && columns.colour(k) == Some(c)).count() == 1
                });
                let in_column = rows.colour(i as usize).is_some_and(|c| {
                    (0..pattern.rows()).filter(|&k| pattern.contains(k, j as usize) && rows.colour(k) == Some(c)).count() == 1
                });
                prop_assert!(in_row || in_column);
            }
        }
    }

    #[test]
    fn compressions_give_the_matrix_back(pattern in patterns()) {
        let values = lopsided(&pattern);
        let best = Compression::of_jacobian(&pattern);
        recovers(&pattern, &values, &best);
        for order in VertexOrder::ALL {
            for compression in compressions(&pattern, order) {
                recovers(&pattern, &values, &compression);
                if compression.method() != Method::Bidirectional {
                    prop_assert!(best.groups() <= compression.groups());
                }
            }
        }
        prop_assert_eq!(&best, &Compression::of_jacobian(&pattern));
    }

    #[test]
    fn star_and_acyclic_colourings_are_what_they_are_called(pattern in symmetric()) {
        for order in VertexOrder::ALL {
            let stars = star(&pattern, order).unwrap();
            is_proper(&pattern, &stars);
            is_star(&pattern, &stars);
            let trees = acyclic(&pattern, order).unwrap();
            is_proper(&pattern, &trees);
            is_acyclic(&pattern, &trees);
            let square = pattern.union(&pattern.product(&pattern));
            let apart = distance_2(&pattern, order);
            for (i, j) in square.entries().filter(|(i, j)| i != j) {
                prop_assert_ne!(apart.colour(i as usize), apart.colour(j as usize));
            }
        }
    }

    #[test]
    fn symmetric_matrices_come_back_from_stars_and_trees(pattern in symmetric()) {
        let values = values(&pattern);
        recovers(&pattern, &values, &Compression::of_hessian(&pattern).unwrap());
        substitutes(&pattern, &Substitution::of_hessian(&pattern).unwrap());
        for order in VertexOrder::ALL {
            recovers(&pattern, &values, &Compression::by_stars(&pattern, order).unwrap());
            substitutes(&pattern, &Substitution::new(&pattern, order).unwrap());
        }
    }

    #[test]
    fn products_and_unions_are_those_of_places(one in patterns(), other in patterns()) {
        let other = Pattern::new(other.columns(), (0..one.columns()).map(|k| {
            if k < other.rows() { other.row(k).to_vec() } else { Vec::new() }
        }));
        let product = one.product(&other);
        for i in 0..one.rows() {
            for j in 0..other.columns() {
                let meets = (0..one.columns()).any(|k| one.contains(i, k) && other.contains(k, j));
                prop_assert_eq!(product.contains(i, j), meets);
            }
            prop_assert!(product.row(i).is_sorted());
        }
        prop_assert_eq!(product.transpose(), other.transpose().product(&one.transpose()));
    }
}

#[test]
fn a_tridiagonal_matrix_takes_three_groups_or_two_with_substitution() {
    let pattern = tridiagonal(100_000);
    let (stars, trees) =
        (Compression::of_hessian(&pattern).unwrap(), Substitution::of_hessian(&pattern).unwrap());
    assert_eq!((stars.groups(), trees.column_groups()), (3, 2));
    recovers(&pattern, &values(&pattern), &stars);
    substitutes(&pattern, &trees);
    assert_eq!(Compression::of_jacobian(&pattern).to_string(), "3 directions by columns (natural)");
    assert_eq!(trees.to_string(), "2 directions by trees (natural)");
}

#[test]
fn an_arrow_takes_a_handful_from_both_sides_and_all_from_one() {
    let pattern = arrow(300);
    for order in VertexOrder::ALL {
        let [columns, rows, both] = compressions(&pattern, order);
        assert_eq!((columns.groups(), rows.groups()), (300, 300));
        assert!(both.groups() <= 4, "{both}");
        recovers(&pattern, &lopsided(&pattern), &both);
    }
    let best = Compression::of_jacobian(&pattern);
    assert_eq!(best.to_string(), "3 directions by columns and rows (natural)");
    assert_eq!(Compression::of_hessian(&pattern).unwrap().groups(), 2);
}

#[test]
fn a_star_without_its_diagonal_is_one_group() {
    let star = Pattern::new(9, (0..9).map(|i| if i == 0 { (1..9).collect() } else { vec![0] }));
    let compression = Compression::of_hessian(&star).unwrap();
    assert_eq!(compression.to_string(), "1 direction by stars (natural)");
    recovers(&star, &values(&star), &compression);
    let trees = Substitution::of_hessian(&star).unwrap();
    assert_eq!(trees.column_groups(), 1);
    substitutes(&star, &trees);
}

#[test]
fn blocks_of_dense_rows_and_of_dense_columns_are_read_from_their_sides() {
    // Two full rows over 100 columns beside two full columns over 100 rows.
    let rows = (0..102u32).map(|i| if i < 2 { (0..100).collect() } else { vec![100, 101] });
    let pattern = Pattern::new(102, rows);
    let best = Compression::of_jacobian(&pattern);
    assert_eq!((best.row_groups(), best.column_groups()), (2, 2));
    recovers(&pattern, &lopsided(&pattern), &best);
}

#[test]
fn corner_cases_have_the_groups_they_need() {
    let groups = |pattern: &Pattern| {
        let best = Compression::of_jacobian(pattern);
        recovers(pattern, &lopsided(pattern), &best);
        for compression in compressions(pattern, VertexOrder::SmallestLast) {
            recovers(pattern, &lopsided(pattern), &compression);
        }
        best.groups()
    };
    assert_eq!(groups(&Pattern::dense(5, 7)), 5);
    assert_eq!(groups(&Pattern::dense(7, 5)), 5);
    assert_eq!(groups(&Pattern::dense(1, 1)), 1);
    assert_eq!(groups(&Pattern::dense(0, 4)), 0);
    assert_eq!(groups(&Pattern::dense(4, 0)), 0);
    assert_eq!(groups(&Pattern::dense(0, 0)), 0);
    assert_eq!(groups(&Pattern::new(3, [vec![], vec![], vec![]])), 0);
    assert_eq!(groups(&Pattern::identity(8)), 1);
    for n in [0, 1, 6] {
        let dense = Pattern::dense(n, n);
        assert_eq!(Compression::of_hessian(&dense).unwrap().groups(), n);
        assert_eq!(Substitution::of_hessian(&dense).unwrap().column_groups(), n);
    }
    assert_eq!(Compression::of_hessian(&Pattern::new(2, [vec![], vec![]])).unwrap().groups(), 0);
}

#[test]
fn stacks_of_a_wrong_size_and_lopsided_hessians_are_refused() {
    let pattern = tridiagonal(4);
    let error = Compression::of_jacobian(&pattern).recover(&[0.0; 11], &[]).unwrap_err();
    assert_eq!(error.to_string(), "column products: 11 numbers, 12 are needed");
    let error = Compression::by_rows(&pattern, VertexOrder::Natural).recover(&[], &[0.0]).unwrap_err();
    assert_eq!(error, SparsityError::Length { what: "row products", got: 1, expected: 12 });
    assert!(Substitution::of_hessian(&pattern).unwrap().recover(&[]).is_err());
    let lopsided = Pattern::new(2, [vec![1], vec![]]);
    assert_eq!(Compression::of_hessian(&lopsided), Err(SparsityError::NotSymmetric { rows: 2, columns: 2 }));
    assert!(Substitution::of_hessian(&lopsided).is_err());
}
