//! Into how many regions of linearity networks of relus cut their inputs.
//!
//! A unit of the first layer switches on a hyperplane, so one layer makes an arrangement of hyperplanes, whose regions
//! are counted exactly. For deeper networks there are bounds. Bounds are `None` beyond 2^128.

use super::TheoryError;
use wengert_expr::Value;

/// The most regions that are counted.
const MAX_REGIONS: u128 = 1 << 20;
/// What is rounding in a direction of length about 1.
const ROUNDING: f64 = 1e-9;

/// The most regions of `n` hyperplanes in `d` dimensions, reached in generic position: `sum_{j<=d} C(n, j)`
/// (Schläfli; Zaslavsky, 1975).
///
/// ```
/// use wengert_nn::theory::region_bound;
/// // Three lines cut the plane into 7.
/// assert_eq!(region_bound(3, 2), Some(7));
/// ```
pub fn region_bound(n: u64, d: u64) -> Option<u128> {
    let mut term = 1u128;
    let mut sum = 1u128;
    for j in 1..=d.min(n) {
        term = term.checked_mul(u128::from(n - j + 1))? / u128::from(j);
        sum = sum.checked_add(term)?;
    }
    Some(sum)
}

/// How many regions some network of `layers` layers of `n` relus on `d` inputs has at least:
/// `floor(n/d)^(d (layers-1)) sum_{j<=d} C(n, j)` (Montúfar, Pascanu, Cho and Bengio, 2014). It is a bound from below of
/// the greatest number, `Omega((n/d)^(d (layers-1)) n^d)` with a fraction, not a binomial coefficient. `None` also
/// without inputs or layers.
pub fn region_lower_bound(n: u64, d: u64, layers: u64) -> Option<u128> {
    let folds = d.checked_mul(layers.checked_sub(1)?)?;
    let factor = u128::from(n.checked_div(d)?).checked_pow(u32::try_from(folds).ok()?)?;
    factor.checked_mul(region_bound(n, d)?)
}

/// How many regions every network of `layers` layers of `n` relus on `d` inputs has at most: a layer cuts each region,
/// which has no more than `d` dimensions, into at most [`region_bound`] parts.
pub fn region_upper_bound(n: u64, d: u64, layers: u64) -> Option<u128> {
    region_bound(n, d)?.checked_pow(u32::try_from(layers).ok()?)
}

/// How many regions of linearity a layer of relus has, for weights `[inputs, units]` and biases `[units]`.
///
/// By deletion and restriction (Zaslavsky, 1975): a hyperplane adds as many regions as the others cut it into. Weights
/// are taken as floats: planes that are parallel or equal to about nine digits count as such.
///
/// ```
/// use wengert_expr::Value;
/// use wengert_nn::theory::arrangement_regions;
/// // Two parallel lines and one across.
/// let weights = Value::new([2, 3], vec![1.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
/// assert_eq!(arrangement_regions(&weights, &Value::from(vec![0.0, 1.0, 0.0]))?, 6);
/// # Ok::<(), wengert_nn::theory::TheoryError>(())
/// ```
///
/// # Errors
/// Arrays that are no layer, or so many units and inputs that there may be more than 2^20 regions.
pub fn arrangement_regions(weights: &Value, bias: &Value) -> Result<u64, TheoryError> {
    let (w, b) = (weights.to_f64s(), bias.to_f64s());
    let (inputs, units) = match (weights.shape(), bias.shape()) {
        (&[inputs, units], &[n]) if n == units && w.iter().chain(&b).all(|x| x.is_finite()) => {
            (inputs, units)
        }
        _ => return Err(TheoryError::Layer { weights: weights.ty(), bias: bias.ty() }),
    };
    let most = region_bound(units as u64, inputs as u64).unwrap_or(u128::MAX);
    if most > MAX_REGIONS {
        return Err(TheoryError::TooMany { what: "possible regions", found: most, most: MAX_REGIONS });
    }
    let plane = |unit: usize| {
        let mut plane: Vec<f64> = (0..inputs).map(|i| w[i * units + unit]).collect();
        plane.push(b[unit]);
        plane
    };
    Ok(regions(&(0..units).map(plane).collect::<Vec<_>>()))
}

/// The regions of hyperplanes, each by its weights and then its bias.
fn regions(planes: &[Vec<f64>]) -> u64 {
    let mut count = 1;
    for (i, plane) in planes.iter().enumerate() {
        // A unit without weights switches nowhere.
        let Some(plane) = scaled(plane) else { continue };
        let cuts: Option<Vec<Vec<f64>>> =
            planes[..i].iter().filter_map(|p| scaled(p)).map(|p| restricted(&p, &plane)).collect();
        // A plane that is there already cuts nothing.
        count += cuts.map_or(0, |cuts| regions(&cuts));
    }
    count
}

/// With a greatest weight of 1, if any weight is more than rounding.
fn scaled(plane: &[f64]) -> Option<Vec<f64>> {
    let (bias, weights) = plane.split_last()?;
    let size = weights.iter().fold(0f64, |m, w| m.max(w.abs()));
    let negligible = size == 0.0 || size <= ROUNDING * bias.abs() && size <= ROUNDING;
    (!negligible).then(|| plane.iter().map(|x| x / size).collect())
}

/// A hyperplane's cut through another, in that one's coordinates without the one of its greatest weight; `None` if the
/// two are equal.
fn restricted(plane: &[f64], within: &[f64]) -> Option<Vec<f64>> {
    let last = within.len() - 1;
    let pivot = (0..last).max_by(|&i, &j| within[i].abs().total_cmp(&within[j].abs())).unwrap_or(0);
    let factor = plane[pivot] / within[pivot];
    let cut: Vec<f64> = plane
        .iter()
        .zip(within)
        .enumerate()
        .filter(|(i, _)| *i != pivot)
        .map(|(_, (p, w))| {
            let rest = p - factor * w;
            if rest.abs() <= ROUNDING * (p.abs() + (factor * w).abs()) { 0.0 } else { rest }
        })
        .collect();
    cut.iter().any(|&x| x != 0.0).then_some(cut)
}

#[cfg(test)]
mod tests {
    use super::super::sign_patterns;
    use super::*;
    use crate::init::Init;
    use crate::random::{Purpose, Random};
    use wengert_expr::{Builder, DType, Type};

    fn random_layer(inputs: usize, units: usize, seed: u64) -> (Value, Value) {
        let mut random = Random::new(seed, Purpose::Init, 1);
        let weights = Init::HeNormal.sample(&Type::new(DType::F64, [inputs, units]), &mut random);
        (weights, Value::from((0..units).map(|_| 0.3 * random.normal()).collect::<Vec<f64>>()))
    }

    #[test]
    fn g5_a_random_layer_has_as_many_regions_as_lines_can_make() {
        for (n, d, expected) in [(3, 2, 7), (4, 2, 11), (5, 2, 16), (10, 2, 56), (20, 1, 21)] {
            assert_eq!(region_bound(n, d), Some(expected));
            for seed in 1..4 {
                let (weights, bias) = random_layer(d as usize, n as usize, seed);
                assert_eq!(arrangement_regions(&weights, &bias), Ok(expected as u64), "{n} {d}");
            }
        }
        let (weights, bias) = random_layer(5, 9, 1);
        assert_eq!(arrangement_regions(&weights, &bias), Ok(382));
        assert_eq!(region_bound(9, 5), Some(382));
        assert_eq!(
            (region_bound(0, 3), region_bound(4, 100), region_bound(5, 0)),
            (Some(1), Some(16), Some(1))
        );
        assert_eq!(region_bound(u64::MAX, 3), None);
    }

    /// The patterns of active units on a fine grid, from the layer's graph: none that is not counted, and here all.
    #[test]
    fn g5_the_regions_are_the_patterns_of_active_units() {
        // Three lines whose bounded region and all others are in the square.
        let weights = Value::new([2, 3], vec![1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
        let bias = Value::from(vec![0.25, 0.125, -0.0625]);
        let grid: Vec<f64> =
            (0..200 * 200).flat_map(|i| [i / 200, i % 200].map(|k| (f64::from(k) - 99.5) / 100.0)).collect();
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F64, [200 * 200, 2]));
        b.output("z", x.matmul(b.constant(weights.clone())) + b.constant(bias.clone()));
        let patterns = sign_patterns(&b.finish().unwrap(), &Value::new([200 * 200, 2], grid)).unwrap();
        assert_eq!((patterns, arrangement_regions(&weights, &bias)), (7, Ok(7)));
    }

    #[test]
    fn planes_in_special_position() {
        let count = |d: usize, planes: &[&[f64]]| {
            let weights = (0..d).flat_map(|i| planes.iter().map(move |p| p[i])).collect();
            let bias = planes.iter().map(|p| p[d]).collect::<Vec<f64>>();
            arrangement_regions(&Value::new([d, planes.len()], weights), &Value::from(bias)).unwrap()
        };
        // Three lines through one point, a line twice, two parallels, a unit without weights.
        assert_eq!(count(2, &[&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.1, 0.3, 0.0]]), 6);
        assert_eq!(count(2, &[&[1.0, 0.5, 0.1], &[2.0, 1.0, 0.2], &[1.0, 0.0, 0.0]]), 4);
        assert_eq!(count(2, &[&[0.1, 0.3, 0.0], &[0.1, 0.3, 1.0]]), 3);
        assert_eq!(count(2, &[&[0.0, 0.0, 1.0], &[0.1, 0.3, 1.0]]), 2);
        // The coordinate planes of space, and a fourth through their common point.
        let axes: [&[f64]; 3] = [&[1.0, 0.0, 0.0, 0.0], &[0.0, 1.0, 0.0, 0.0], &[0.0, 0.0, 1.0, 0.0]];
        assert_eq!(count(3, &axes), 8);
        assert_eq!(count(3, &[&axes[..], &[&[1.0, 1.0, 1.0, 0.0]]].concat()), 14);
        assert_eq!(count(3, &[&axes[..], &[&[1.0, 1.0, 1.0, 1.0]]].concat()), 15);
    }

    #[test]
    fn g6_s17_the_bound_is_a_fraction_and_from_below() {
        assert_eq!(region_lower_bound(4, 2, 2), Some(44));
        assert_eq!(region_upper_bound(4, 2, 2), Some(121));
        // The printed C(n, d)^(d (l-1)) n^d is more than any network of this size can have.
        let printed = 6u128.pow(2) * 4u128.pow(2);
        assert_eq!(printed, 576);
        assert!(region_upper_bound(4, 2, 2).is_some_and(|most| most < printed));
    }

    #[test]
    fn g7_lower_bounds_of_other_sizes() {
        for (n, d, layers, expected) in
            [(2, 1, 2, 6), (4, 2, 3, 176), (10, 2, 2, 1400), (10, 2, 3, 35_000), (20, 2, 1, 211)]
        {
            assert_eq!(region_lower_bound(n, d, layers), Some(expected));
            assert!(region_upper_bound(n, d, layers).is_some_and(|most| most >= expected));
        }
        assert_eq!((region_lower_bound(4, 0, 2), region_lower_bound(4, 2, 0)), (None, None));
        assert_eq!(region_lower_bound(1000, 2, 1000), None);
    }

    #[test]
    fn what_is_no_layer_or_too_much_is_an_error() {
        let (weights, bias) = random_layer(2, 3, 1);
        let short = Value::from(vec![0.0, 0.0]);
        assert!(matches!(arrangement_regions(&weights, &short), Err(TheoryError::Layer { .. })));
        assert!(matches!(arrangement_regions(&bias, &bias), Err(TheoryError::Layer { .. })));
        let nan = Value::from(vec![f64::NAN; 3]);
        assert!(matches!(arrangement_regions(&weights, &nan), Err(TheoryError::Layer { .. })));
        let (weights, bias) = random_layer(30, 30, 1);
        assert!(matches!(arrangement_regions(&weights, &bias), Err(TheoryError::TooMany { .. })));
    }
}
