//! Clipping: gradients kept from being too large, as part of the step's graph.
//!
//! Values first, then the norm, if both are asked for. NaN stays NaN.

use wengert_expr::Expr;

/// How large gradients may be (Pascanu, Mikolov and Bengio, 2013).
///
/// ```
/// use wengert_expr::{Builder, DType, Type, Value};
///
/// let b = Builder::new();
/// let g = b.input("g", Type::new(DType::F64, [2]));
/// let clipped = wengert_nn::Clip { value: None, norm: Some(1.0) }.apply(&[g]);
/// b.output("clipped", clipped[0]);
/// let found = wengert_exec::evaluate(&b.finish()?, &[("g", Value::from(vec![3.0, 4.0]))])?;
/// assert!((found[0].to_f64s()[1] - 0.8).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Clip {
    /// The greatest size of each element.
    pub value: Option<f64>,
    /// The greatest Euclidean norm of all gradients together: longer ones are scaled, which keeps their direction.
    pub norm: Option<f64>,
}

impl Clip {
    /// The gradients, of any shapes and each of its own, clipped.
    #[track_caller]
    pub fn apply<'b>(&self, gradients: &[Expr<'b>]) -> Vec<Expr<'b>> {
        let mut clipped = gradients.to_vec();
        if let Some(limit) = self.value {
            clipped.iter_mut().for_each(|g| *g = g.clip(-limit, limit));
        }
        if let (Some(limit), Some(norm)) = (self.norm, global_norm(&clipped)) {
            let scale = norm.number(limit) / norm.maximum(norm.number(limit));
            clipped.iter_mut().for_each(|g| *g = *g * scale);
        }
        clipped
    }
}

/// The Euclidean norm of all elements of all arrays, without overflow.
#[track_caller]
fn global_norm<'b>(arrays: &[Expr<'b>]) -> Option<Expr<'b>> {
    arrays.iter().map(|a| a.norm(..)).reduce(|a, b| a.hypot(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_exec::evaluate;
    use wengert_expr::{Builder, DType, Type, Value};

    fn clipped(clip: Clip, a: &[f64], b: f64) -> Vec<f64> {
        let builder = Builder::new();
        let x = builder.input("a", Type::new(DType::F64, [a.len()]));
        let y = builder.input("b", Type::scalar(DType::F64));
        for g in clip.apply(&[x, y]) {
            builder.output_unnamed(g);
        }
        let values = [("a", Value::from(a.to_vec())), ("b", Value::scalar(b))];
        let found = evaluate(&builder.finish().unwrap(), &values).unwrap();
        found.iter().flat_map(Value::to_f64s).collect()
    }

    #[test]
    fn elements_stop_at_the_value() {
        let clip = Clip { value: Some(2.0), norm: None };
        assert_eq!(clipped(clip, &[-3.0, 1.5], 7.0), [-2.0, 1.5, 2.0]);
        assert!(clipped(clip, &[f64::NAN, 0.0], 0.0)[0].is_nan());
    }

    #[test]
    fn the_norm_of_all_gradients_together_is_kept_in_bounds() {
        let clip = Clip { value: None, norm: Some(6.5) };
        // (3, 4) and 12 together are 13 long.
        assert_eq!(clipped(clip, &[3.0, 4.0], 12.0), [1.5, 2.0, 6.0]);
        assert_eq!(clipped(clip, &[3.0, 4.0], 0.0), [3.0, 4.0, 0.0]);
        assert_eq!(clipped(clip, &[0.0, 0.0], 0.0), [0.0, 0.0, 0.0]);
        let huge = clipped(Clip { value: None, norm: Some(1.0) }, &[1e200, 0.0], 1e200);
        assert!((huge[0] - 0.5f64.sqrt()).abs() < 1e-12 && huge[2] == huge[0], "{huge:?}");
        assert!(clipped(clip, &[f64::NAN, 0.0], 0.0).iter().all(|x| x.is_nan()));
    }

    #[test]
    fn values_before_the_norm_and_nothing_unless_asked() {
        let both = Clip { value: Some(4.0), norm: Some(2.5) };
        assert_eq!(clipped(both, &[3.0, 0.0], 9.0), [1.5, 0.0, 2.0]);
        assert_eq!(clipped(Clip::default(), &[3.0, 0.0], 9e9), [3.0, 0.0, 9e9]);
    }
}
