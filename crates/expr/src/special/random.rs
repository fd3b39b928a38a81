//! Random numbers as a function of a key and a counter, so that a graph that draws them is a function like any other.

/// 2^64 divided by the golden ratio, made odd.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A number in [0, 1), a multiple of 2^-53, that looks drawn by chance: the same for the same whole parts of key and
/// counter. The keys are streams of SplitMix64 (Steele, Lea and Flood, 2014), the counters positions in them.
pub fn random(key: f64, counter: f64) -> f64 {
    if key.is_nan() || counter.is_nan() {
        return f64::NAN;
    }
    let whole = |x: f64| x.floor() as i64 as u64;
    let stream = mixed(whole(key).wrapping_mul(GOLDEN).wrapping_add(1));
    let bits = mixed(stream.wrapping_add(whole(counter).wrapping_add(1).wrapping_mul(GOLDEN)));
    (bits >> 11) as f64 * 2f64.powi(-53)
}

/// Bits that all depend on all bits: Stafford's thirteenth mixer, SplitMix64's own.
fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: usize = 100_000;

    fn draws(key: f64) -> Vec<f64> {
        (0..COUNT).map(|i| random(key, i as f64)).collect()
    }

    /// Mean, variance, each of 16 bins, and the correlation of neighbours, of near keys and of a key's own shift, within
    /// five standard errors of independent uniform numbers.
    #[test]
    fn draws_look_independent_and_uniform() {
        let n = COUNT as f64;
        let correlation = |a: &[f64], b: &[f64]| {
            let products: f64 = a.iter().zip(b).map(|(a, b)| (a - 0.5) * (b - 0.5)).sum();
            12.0 * products / n
        };
        for key in [0.0, 1.0, -3.0, 1e9, 9_007_199_254_740_991.0] {
            let u = draws(key);
            assert!(u.iter().all(|u| (0.0..1.0).contains(u)));
            let mean = u.iter().sum::<f64>() / n;
            assert!((mean - 0.5).abs() < 5.0 * (1.0 / 12.0 / n).sqrt(), "{key}: {mean}");
            for bin in 0..16 {
                let count = u.iter().filter(|&&u| (u * 16.0) as usize == bin).count() as f64;
                assert!((count - n / 16.0).abs() < 5.0 * (n / 16.0).sqrt(), "{key}, bin {bin}: {count}");
            }
            for lag in [1, 2, 64] {
                assert!(correlation(&u, &u[lag..]).abs() < 5.0 / n.sqrt(), "{key}, lag {lag}");
            }
            assert!(correlation(&u, &draws(key + 1.0)).abs() < 5.0 / n.sqrt(), "{key}");
        }
    }

    #[test]
    fn whole_parts_decide_and_nan_stays() {
        assert_eq!(random(2.25, 3.75), random(2.0, 3.0));
        assert_ne!(random(2.0, 3.0), random(3.0, 2.0));
        assert!(random(f64::NAN, 0.0).is_nan() && random(0.0, f64::NAN).is_nan());
        assert!((0.0..1.0).contains(&random(f64::INFINITY, -f64::INFINITY)));
    }
}
