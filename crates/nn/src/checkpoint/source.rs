//! What a checkpoint was trained by and on.

use crate::config::TrainConfig;
use crate::data::{Samples, Standardize};
use crate::error::{ModelError, NnError};
use crate::model::Model;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a checkpoint was trained by and on: enough to predict with it, and to tell whether samples are the same.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The configuration in TOML, its paths absolute.
    pub config: String,
    /// How many features a sample has.
    pub features: usize,
    /// How many targets a sample has, or classes there are.
    pub targets: usize,
    /// Whether predictions are right or wrong.
    pub are_classes: bool,
    /// The names of the features, where the data had names.
    pub columns: Option<Vec<String>>,
    /// How features are shifted and scaled, where they are.
    pub standardize: Option<Standardize>,
    /// The CRC-32 of all samples as training sees them.
    pub data: u32,
}

impl Source {
    /// The model that the configuration has for these data.
    pub(crate) fn model(&self, config: &TrainConfig) -> Result<Model, ModelError> {
        config.model.model(self.features, config.train.loss.outputs(self.targets))
    }
}

/// The CRC-32 of the fingerprints of parts of samples.
pub(crate) fn fingerprint<'d>(
    parts: impl IntoIterator<Item = Option<&'d Arc<dyn Samples>>>,
) -> Result<u32, NnError> {
    let mut hash = crc32fast::Hasher::new();
    for part in parts {
        hash.update(&[u8::from(part.is_some())]);
        if let Some(part) = part {
            hash.update(&part.fingerprint()?.to_le_bytes());
        }
    }
    Ok(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Dataset;
    use crate::loss::Loss;
    use crate::precision::Precision;
    use wengert_expr::Value;

    #[test]
    fn any_changed_number_and_any_other_part_changes_it() {
        let data = |x: f64| {
            let features = Value::new([2, 1], vec![1.0, x]);
            let targets = Value::from(vec![0.0, 1.0]);
            let data = Dataset::new(&features, &targets, Loss::Mse, Precision::F32).unwrap();
            Arc::new(data) as Arc<dyn Samples>
        };
        let fingerprint = |parts: &[Option<&Arc<dyn Samples>>]| fingerprint(parts.iter().copied()).unwrap();
        let (a, b) = (data(2.0), data(2.000001));
        assert_eq!(fingerprint(&[Some(&a)]), fingerprint(&[Some(&data(2.0))]));
        assert_ne!(fingerprint(&[Some(&a)]), fingerprint(&[Some(&b)]));
        assert_ne!(fingerprint(&[Some(&a), None]), fingerprint(&[None, Some(&a)]));
        assert_ne!(fingerprint(&[Some(&a), None]), fingerprint(&[Some(&a)]));
    }
}
