//! No free lunch (Wolpert, 1996): over all functions, every learner is right half of the time on points it has not seen.

use super::TheoryError;

/// The most points whose functions are gone through.
const MAX_POINTS: usize = 20;

/// How often a learner was wrong off its training points, over all functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OffTraining {
    /// How often it was wrong.
    pub errors: u64,
    /// How often it was asked.
    pub asked: u64,
}

impl OffTraining {
    /// The mean error.
    pub fn mean(&self) -> f64 {
        self.errors as f64 / self.asked as f64
    }
}

/// Trains a learner on some points of each of the `2**points` Boolean functions on `0..points`, and asks it for all the
/// other points. The learner gets the training points with their labels and the point that it is asked for.
///
/// ```
/// use wengert_nn::theory::{majority, no_free_lunch};
/// let found = no_free_lunch(8, &[0, 1, 2, 3], majority)?;
/// assert_eq!((found.asked, found.mean()), (256 * 4, 0.5));
/// # Ok::<(), wengert_nn::theory::TheoryError>(())
/// ```
///
/// # Errors
/// More than 20 points, or training points that are not some of the points, each once.
pub fn no_free_lunch(
    points: usize,
    training: &[usize],
    learner: impl Fn(&[(usize, bool)], usize) -> bool,
) -> Result<OffTraining, TheoryError> {
    if points > MAX_POINTS {
        let (found, most) = (points as u128, MAX_POINTS as u128);
        return Err(TheoryError::TooMany { what: "points", found, most });
    }
    let others: Vec<usize> = (0..points).filter(|p| !training.contains(p)).collect();
    if others.is_empty() || others.len() + training.len() != points {
        return Err(TheoryError::Training { points });
    }
    let mut found = OffTraining { errors: 0, asked: 0 };
    for function in 0..1u32 << points {
        let label = |point: usize| function >> point & 1 == 1;
        let seen: Vec<(usize, bool)> = training.iter().map(|&p| (p, label(p))).collect();
        for &point in &others {
            found.errors += u64::from(learner(&seen, point) != label(point));
            found.asked += 1;
        }
    }
    Ok(found)
}

/// The learner that says what most of its training points say, and no where there are as many of both.
pub fn majority(seen: &[(usize, bool)], _: usize) -> bool {
    2 * seen.iter().filter(|(_, yes)| *yes).count() > seen.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g4_s16_every_learner_is_wrong_half_of_the_time() {
        let training = [0, 2, 3, 7];
        let nearest = |seen: &[(usize, bool)], point: usize| {
            seen.iter().min_by_key(|(p, _)| p.abs_diff(point)).is_some_and(|(_, yes)| *yes)
        };
        let parity = |seen: &[(usize, bool)], _: usize| seen.iter().fold(false, |odd, (_, yes)| odd ^ yes);
        let half = OffTraining { errors: 512, asked: 1024 };
        assert_eq!(no_free_lunch(8, &training, majority), Ok(half));
        assert_eq!(no_free_lunch(8, &training, nearest), Ok(half));
        assert_eq!(no_free_lunch(8, &training, parity), Ok(half));
        assert_eq!(no_free_lunch(8, &[], |_, _| true), Ok(OffTraining { errors: 1024, asked: 2048 }));
    }

    #[test]
    fn training_points_are_points_and_not_all_of_them() {
        let error = |points, training: &[usize]| no_free_lunch(points, training, majority).unwrap_err();
        assert_eq!(error(3, &[0, 1, 2]), TheoryError::Training { points: 3 });
        assert_eq!(error(3, &[0, 0]), TheoryError::Training { points: 3 });
        assert_eq!(error(3, &[5]), TheoryError::Training { points: 3 });
        assert_eq!(error(0, &[]), TheoryError::Training { points: 0 });
        let message = "21 points are too many to go through: at most 20";
        assert_eq!(error(21, &[0]).to_string(), message);
    }
}
