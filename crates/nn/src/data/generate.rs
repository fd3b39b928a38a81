//! Samples that are made up: truth tables, and figures in the plane that a line cannot part.
//!
//! The same seed makes the same bits on every machine. Classes are numbered from 0, one after another; for a loss of
//! margins two classes are -1 and 1.

use super::Dataset;
use crate::error::DataError;
use crate::loss::{Loss, TargetKind};
use crate::precision::Precision;
use crate::random::{Purpose, Random};
use std::f64::consts::{PI, TAU};
use wengert_expr::Value;

/// The most samples that are made up.
pub(crate) const MAX_SAMPLES: usize = 1 << 24;

/// The features of [`Synthetic::Car`].
const CARS: [[f64; 2]; 5] = [[11.0, 8.0], [20.0, 7.0], [4.0, 8.0], [8.0, 7.0], [11.0, 5.0]];

/// What samples are made up. `noise` and `deviation` are the standard deviation of normal noise on every coordinate.
///
/// ```
/// use wengert_nn::{Loss, Precision, Synthetic};
/// let moons = Synthetic::Moons { samples: 100, noise: 0.1 };
/// let data = moons.dataset(1, Loss::BceWithLogits, Precision::F32)?;
/// assert_eq!((data.len(), data.width(), data.targets().outputs()), (100, 2, 1));
/// # Ok::<(), wengert_nn::DataError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Synthetic {
    /// The four cases of exclusive or.
    Xor,
    /// The four cases of and.
    And,
    /// The four cases of or.
    Or,
    /// Five rows of two features, the first of which tells class 1 (above 9.5) from class 0.
    Car,
    /// Two rings about the origin, radii 1 and 2, their samples evenly spaced: class 0 is the inner one.
    Rings {
        /// How many samples, half of them in each ring.
        samples: usize,
        /// The noise.
        noise: f64,
    },
    /// Two half circles of radius 1 that reach into one another, the second one upside down about (1, 1/2).
    Moons {
        /// How many samples, half of them in each.
        samples: usize,
        /// The noise.
        noise: f64,
    },
    /// Two spirals of three half turns from the origin to radius 1, one being the other turned by 180 degrees.
    Spirals {
        /// How many samples, half of them in each.
        samples: usize,
        /// The noise.
        noise: f64,
    },
    /// Normal distributions with their means evenly spaced on a circle of radius 2.
    Blobs {
        /// How many samples, as many in each class as in any other, or one more.
        samples: usize,
        /// How many classes.
        classes: usize,
        /// The standard deviation.
        deviation: f64,
    },
    /// `sin(2 pi x) + noise` with `x` uniform in [0, 1): numbers, not classes.
    Sine {
        /// How many samples.
        samples: usize,
        /// The noise on the target.
        noise: f64,
    },
}

impl Synthetic {
    /// The samples, as a loss and a precision take them.
    ///
    /// # Errors
    /// No samples or too many, noise that is negative or not finite, or targets that the loss does not take.
    pub fn dataset(&self, seed: u64, loss: Loss, precision: Precision) -> Result<Dataset, DataError> {
        let (features, targets) = self.sample(seed, loss)?;
        Dataset::new(&features, &targets, loss, precision)
    }

    /// Features `[samples, features]` and targets `[samples]`.
    pub(crate) fn sample(&self, seed: u64, loss: Loss) -> Result<(Value, Value), DataError> {
        self.check()?;
        let mut random = Random::new(seed, Purpose::Data, 0);
        let two = |random: &mut Random, samples, noise, at: fn(bool, f64) -> [f64; 2]| {
            classes(random, samples, 2, noise, |class, part| at(class == 1, part))
        };
        let (features, mut targets) = match *self {
            Synthetic::Xor => table([0.0, 1.0, 1.0, 0.0]),
            Synthetic::And => table([0.0, 0.0, 0.0, 1.0]),
            Synthetic::Or => table([0.0, 1.0, 1.0, 1.0]),
            Synthetic::Car => (CARS.concat(), vec![1.0, 1.0, 0.0, 0.0, 1.0]),
            Synthetic::Rings { samples, noise } => two(&mut random, samples, noise, ring),
            Synthetic::Moons { samples, noise } => two(&mut random, samples, noise, moon),
            Synthetic::Spirals { samples, noise } => two(&mut random, samples, noise, spiral),
            Synthetic::Blobs { samples, classes: count, deviation } => {
                classes(&mut random, samples, count, deviation, |class, _| {
                    circle(2.0, TAU * class as f64 / count as f64)
                })
            }
            Synthetic::Sine { samples, noise } => sine(&mut random, samples, noise),
        };
        if loss.target_kind() == TargetKind::Signs && self.classes() == Some(2) {
            targets.iter_mut().for_each(|t| *t = 2.0 * *t - 1.0);
        }
        let width = features.len() / targets.len();
        Ok((Value::new([targets.len(), width], features), Value::from(targets)))
    }

    /// How many classes there are, if targets are classes.
    pub fn classes(&self) -> Option<usize> {
        match *self {
            Synthetic::Blobs { classes, .. } => Some(classes),
            Synthetic::Sine { .. } => None,
            _ => Some(2),
        }
    }

    fn check(&self) -> Result<(), DataError> {
        let wrong = |what, value, expected| Err(DataError::Synthetic { what, value, expected });
        let (samples, noise) = match *self {
            Synthetic::Xor | Synthetic::And | Synthetic::Or | Synthetic::Car => return Ok(()),
            Synthetic::Rings { samples, noise }
            | Synthetic::Moons { samples, noise }
            | Synthetic::Spirals { samples, noise }
            | Synthetic::Sine { samples, noise }
            | Synthetic::Blobs { samples, deviation: noise, .. } => (samples, noise),
        };
        if !(1..=MAX_SAMPLES).contains(&samples) {
            return wrong("samples", samples as f64, "1 to 16777216");
        }
        let classes = self.classes().unwrap_or(1);
        if classes == 0 || classes > samples {
            return wrong("classes", classes as f64, "at least 1, and a sample for each");
        }
        if !(noise.is_finite() && noise >= 0.0) {
            return wrong("noise", noise, "a finite number, not negative");
        }
        Ok(())
    }
}

fn table(targets: [f64; 4]) -> (Vec<f64>, Vec<f64>) {
    (vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], targets.to_vec())
}

/// Samples of each class along its curve, `part` of whose length, in [0, 1), lies before a sample.
fn classes(
    random: &mut Random,
    samples: usize,
    count: usize,
    noise: f64,
    at: impl Fn(usize, f64) -> [f64; 2],
) -> (Vec<f64>, Vec<f64>) {
    let (mut features, mut targets) = (Vec::new(), Vec::new());
    for class in 0..count {
        let members = samples / count + usize::from(class < samples % count);
        for i in 0..members {
            let point = at(class, i as f64 / members as f64);
            features.extend(point.map(|x| x + noise * random.normal()));
            targets.push(class as f64);
        }
    }
    (features, targets)
}

fn circle(radius: f64, angle: f64) -> [f64; 2] {
    [radius * libm::cos(angle), radius * libm::sin(angle)]
}

fn ring(outer: bool, part: f64) -> [f64; 2] {
    circle(if outer { 2.0 } else { 1.0 }, TAU * part)
}

fn moon(second: bool, part: f64) -> [f64; 2] {
    let [x, y] = circle(1.0, PI * part);
    if second { [1.0 - x, 0.5 - y] } else { [x, y] }
}

fn spiral(second: bool, part: f64) -> [f64; 2] {
    let start = if second { PI } else { 0.0 };
    // Not from the origin itself, where the two would meet.
    let radius = 0.05 + 0.95 * part;
    circle(radius, start + 3.0 * PI * part)
}

fn sine(random: &mut Random, samples: usize, noise: f64) -> (Vec<f64>, Vec<f64>) {
    let mut draw = || {
        let x = random.uniform();
        (x, libm::sin(TAU * x) + noise * random.normal())
    };
    (0..samples).map(|_| draw()).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: [Synthetic; 5] = [
        Synthetic::Rings { samples: 101, noise: 0.05 },
        Synthetic::Moons { samples: 101, noise: 0.05 },
        Synthetic::Spirals { samples: 101, noise: 0.05 },
        Synthetic::Blobs { samples: 101, classes: 4, deviation: 0.5 },
        Synthetic::Sine { samples: 101, noise: 0.05 },
    ];

    fn drawn(synthetic: Synthetic, seed: u64, loss: Loss) -> (Vec<f64>, Vec<f64>) {
        let data = synthetic.dataset(seed, loss, Precision::F64).unwrap();
        (data.features().to_f64s(), data.targets().values().to_f64s())
    }

    #[test]
    fn a_seed_makes_the_same_bits_and_another_others() {
        for figure in FIGURES {
            assert_eq!(drawn(figure, 1, Loss::Mse), drawn(figure, 1, Loss::Mse));
            assert_ne!(drawn(figure, 1, Loss::Mse), drawn(figure, 2, Loss::Mse));
            assert_eq!(drawn(figure, 1, Loss::Mse).1.len(), 101);
        }
    }

    #[test]
    fn truth_tables_are_the_connectives() {
        for (synthetic, truth) in [
            (Synthetic::Xor, [false, true, true, false]),
            (Synthetic::And, [false, false, false, true]),
            (Synthetic::Or, [false, true, true, true]),
        ] {
            let (features, targets) = drawn(synthetic, 0, Loss::BceWithLogits);
            assert_eq!(features, [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
            assert_eq!(targets, truth.map(|t| f64::from(u8::from(t))));
            assert_eq!(drawn(synthetic, 0, Loss::Perceptron).1, truth.map(|t| if t { 1.0 } else { -1.0 }));
        }
    }

    #[test]
    fn a_threshold_on_the_first_feature_parts_the_cars() {
        let (features, targets) = drawn(Synthetic::Car, 0, Loss::Hinge);
        let told = features.chunks(2).map(|car| (car[0] - 9.5).signum());
        assert_eq!(told.collect::<Vec<_>>(), targets);
    }

    #[test]
    fn figures_have_their_shapes() {
        let without_noise = |synthetic| drawn(synthetic, 3, Loss::SoftmaxCrossEntropy);
        let (points, rings) = without_noise(Synthetic::Rings { samples: 60, noise: 0.0 });
        for (p, class) in points.chunks(2).zip(&rings) {
            assert!((p[0].hypot(p[1]) - 1.0 - class).abs() < 1e-15);
        }
        assert_eq!(rings.iter().sum::<f64>(), 30.0);
        let (points, moons) = without_noise(Synthetic::Moons { samples: 60, noise: 0.0 });
        for (p, &class) in points.chunks(2).zip(&moons) {
            let centre = [class, 0.5 * class];
            assert!(((p[0] - centre[0]).hypot(p[1] - centre[1]) - 1.0).abs() < 1e-15);
            assert!((p[1] - centre[1]) * (1.0 - 2.0 * class) >= 0.0);
        }
        let (points, _) = without_noise(Synthetic::Spirals { samples: 60, noise: 0.0 });
        for (a, b) in points[..60].chunks(2).zip(points[60..].chunks(2)) {
            assert!((a[0] + b[0]).abs() < 1e-15 && (a[1] + b[1]).abs() < 1e-15);
            assert!(a[0].hypot(a[1]) <= 1.0);
        }
        let (points, blobs) = without_noise(Synthetic::Blobs { samples: 7, classes: 3, deviation: 0.0 });
        assert_eq!(blobs, [0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
        assert!((points[6] + 1.0).abs() < 1e-15 && (points[7] - 3f64.sqrt()).abs() < 1e-15);
        let (x, y) = drawn(Synthetic::Sine { samples: 50, noise: 0.0 }, 3, Loss::Mse);
        assert!(x.iter().zip(&y).all(|(x, y)| (0.0..1.0).contains(x) && (y - (TAU * x).sin()).abs() < 1e-15));
    }

    #[test]
    fn noise_has_its_deviation() {
        let (points, _) =
            drawn(Synthetic::Blobs { samples: 20_000, classes: 1, deviation: 0.5 }, 5, Loss::Mse);
        let variance = points.iter().step_by(2).map(|x| (x - 2.0).powi(2)).sum::<f64>() / 20_000.0;
        // Five standard errors of a variance: 5 sqrt(2/n).
        assert!((variance / 0.25 - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn what_cannot_be_drawn_is_an_error() {
        let error = |s: Synthetic, loss| s.dataset(1, loss, Precision::F32).unwrap_err().to_string();
        let message = "noise = -1 of generated samples: expected a finite number, not negative";
        assert_eq!(error(Synthetic::Moons { samples: 10, noise: -1.0 }, Loss::Mse), message);
        assert!(error(Synthetic::Sine { samples: 0, noise: 0.0 }, Loss::Mse).starts_with("samples = 0 "));
        assert!(
            error(Synthetic::Rings { samples: usize::MAX, noise: 0.0 }, Loss::Mse).starts_with("samples")
        );
        let blobs = |classes| Synthetic::Blobs { samples: 9, classes, deviation: f64::NAN };
        assert!(error(blobs(10), Loss::Mse).starts_with("classes = 10 "));
        assert!(error(blobs(3), Loss::Mse).starts_with("noise = NaN "));
        let three = Synthetic::Blobs { samples: 9, classes: 3, deviation: 0.1 };
        assert!(error(three, Loss::Hinge).contains("is no side"));
    }
}
