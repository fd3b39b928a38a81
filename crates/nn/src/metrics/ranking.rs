//! Scores and probabilities against what came true.

use super::MetricError;
use super::error::{all, paired, shapes};
use wengert_expr::{DType, Value};

/// The area under the receiver operating characteristic: the probability that a sample with target 1 has a greater
/// score than one with target 0, ties counting half (Mann and Whitney, 1947). `None` where one of the two is missing.
///
/// ```
/// use wengert_expr::Value;
/// use wengert_nn::metrics::auc;
/// let targets = Value::from(vec![0.0, 0.0, 1.0, 1.0]);
/// assert_eq!(auc(&Value::from(vec![0.1, 0.4, 0.35, 0.8]), &targets)?, Some(0.75));
/// # Ok::<(), wengert_nn::metrics::MetricError>(())
/// ```
///
/// # Errors
/// Nothing to measure, shapes that differ, scores that are NaN, or targets other than 0 and 1.
pub fn auc(scores: &Value, targets: &Value) -> Result<Option<f64>, MetricError> {
    let (scores, targets) = paired(scores, targets)?;
    all("predictions", &scores, |s| !s.is_nan(), "a number")?;
    all("targets", &targets, |t| t == 0.0 || t == 1.0, "0 or 1")?;
    let mut order: Vec<(f64, bool)> = scores.iter().zip(&targets).map(|(&s, &t)| (s, t == 1.0)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Twice the pairs in the right order, so that ties stay whole; those with equal scores are one group.
    let (mut negatives, mut positives, mut doubled) = (0u64, 0u64, 0u128);
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let yes = group.iter().filter(|(_, t)| *t).count() as u64;
        let no = group.len() as u64 - yes;
        doubled += u128::from(yes) * (2 * u128::from(negatives) + u128::from(no));
        negatives += no;
        positives += yes;
    }
    let pairs = u128::from(negatives) * u128::from(positives);
    Ok((pairs > 0).then(|| doubled as f64 / (2.0 * pairs as f64)))
}

/// The mean of `-log p` of what came true. Probabilities `[samples, classes]` go with classes `[samples]` of integers;
/// probabilities of yes go with targets from 0 to 1 of the same shape. Infinite where something came true that had
/// probability 0. While training, a loss of logits is the better choice: it cannot round a probability to 0.
///
/// # Errors
/// Nothing to measure, shapes that do not go together, or numbers that are no probabilities or classes.
pub fn log_loss(probabilities: &Value, targets: &Value) -> Result<f64, MetricError> {
    let is_probability = |p: f64| (0.0..=1.0).contains(&p);
    let classes = match (probabilities.shape(), targets.shape(), targets.dtype()) {
        ([n, classes], [m], DType::I64) if n == m => Some(*classes),
        (p, t, _) if p == t => None,
        _ => {
            let expected = "the same shape, or a class for each row of probabilities";
            return Err(shapes(probabilities, targets, expected));
        }
    };
    if probabilities.is_empty() {
        return Err(MetricError::Empty { found: probabilities.ty() });
    }
    let (p, t) = (probabilities.to_f64s(), targets.to_f64s());
    all("predictions", &p, is_probability, "a probability")?;
    let losses: Vec<f64> = match classes {
        Some(classes) => {
            all("targets", &t, |t| (0.0..classes as f64).contains(&t), "a class with a probability")?;
            t.iter().zip(p.chunks(classes)).map(|(&class, row)| -libm::log(row[class as usize])).collect()
        }
        None => {
            all("targets", &t, is_probability, "0 to 1")?;
            t.iter().zip(&p).map(|(&t, &p)| surprise(t, p) + surprise(1.0 - t, 1.0 - p)).collect()
        }
    };
    Ok(losses.iter().sum::<f64>() / losses.len() as f64)
}

/// `-t log p`, and nothing of what cannot come true.
fn surprise(t: f64, p: f64) -> f64 {
    if t == 0.0 { 0.0 } else { -t * libm::log(p) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(scores: &[f64], targets: &[f64]) -> Option<f64> {
        auc(&Value::from(scores.to_vec()), &Value::from(targets.to_vec())).unwrap()
    }

    #[test]
    fn areas_by_hand() {
        assert_eq!(area(&[1.0, 2.0, 3.0, 4.0], &[0.0, 0.0, 1.0, 1.0]), Some(1.0));
        assert_eq!(area(&[1.0, 2.0, 3.0, 4.0], &[1.0, 1.0, 0.0, 0.0]), Some(0.0));
        assert_eq!(area(&[7.0; 5], &[1.0, 0.0, 0.0, 1.0, 0.0]), Some(0.5));
        // Pairs: 2 against 1 and 2 is 1.5, 3 against both is 2: 3.5 of 4. Infinite scores are scores.
        assert_eq!(area(&[2.0, 1.0, 2.0, f64::INFINITY], &[1.0, 0.0, 0.0, 1.0]), Some(0.875));
        assert_eq!(area(&[0.0, -0.0], &[0.0, 1.0]), Some(0.5));
    }

    #[test]
    fn one_class_alone_has_no_area() {
        assert_eq!(area(&[0.2, 0.4], &[1.0, 1.0]), None);
        assert_eq!(area(&[0.2, 0.4], &[0.0, 0.0]), None);
        let error = auc(&Value::from(vec![0.2]), &Value::from(vec![0.5])).unwrap_err();
        assert!(matches!(error, MetricError::Number { what: "targets", .. }));
        let error = auc(&Value::from(vec![f64::NAN]), &Value::from(vec![1.0])).unwrap_err();
        assert!(matches!(error, MetricError::Number { what: "predictions", .. }));
        let none = Value::from(Vec::<f64>::new());
        assert!(matches!(auc(&none, &none), Err(MetricError::Empty { .. })));
    }

    #[test]
    fn the_areas_of_all_pairs_counted_one_by_one() {
        let scores: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 11)).collect();
        let targets: Vec<f64> = (0..40).map(|i| f64::from(u8::from(i * 5 % 13 < 6))).collect();
        let (mut won, mut pairs) = (0.0, 0.0);
        for (s, _) in scores.iter().zip(&targets).filter(|(_, t)| **t == 1.0) {
            for (r, _) in scores.iter().zip(&targets).filter(|(_, t)| **t == 0.0) {
                pairs += 1.0;
                won += if s > r {
                    1.0
                } else if s == r {
                    0.5
                } else {
                    0.0
                };
            }
        }
        assert_eq!(area(&scores, &targets), Some(won / pairs));
    }

    #[test]
    fn log_losses_by_hand() {
        let p = Value::new([3, 3], vec![0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.6, 0.3, 0.1]);
        let loss = log_loss(&p, &Value::from(vec![0i64, 1, 2])).unwrap();
        assert!((loss - 0.960_801_196_082_329_2).abs() < 1e-15);
        let yes_no = |p: Vec<f64>, t: Vec<f64>| log_loss(&Value::from(p), &Value::from(t)).unwrap();
        let expected = (0.223_143_551_314_209_7 + 1.609_437_912_434_100_3) / 2.0;
        assert!((yes_no(vec![0.8, 0.8], vec![1.0, 0.0]) - expected).abs() < 1e-15);
        assert_eq!(yes_no(vec![0.0, 1.0], vec![0.0, 1.0]), 0.0);
        assert_eq!(yes_no(vec![0.0], vec![1.0]), f64::INFINITY);
        assert!(matches!(log_loss(&p, &Value::from(vec![0i64, 1])), Err(MetricError::Shapes { .. })));
        assert!(matches!(
            log_loss(&p, &Value::from(vec![0i64, 1, 3])),
            Err(MetricError::Number { at: 2, .. })
        ));
        let error = log_loss(&Value::from(vec![1.5]), &Value::from(vec![1.0]));
        assert!(matches!(error, Err(MetricError::Number { what: "predictions", .. })));
    }
}
