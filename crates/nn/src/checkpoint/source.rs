//! What a checkpoint was trained by and on.

use crate::config::TrainConfig;
use crate::data::{Dataset, Standardize};
use crate::error::ModelError;
use crate::model::Model;
use serde::{Deserialize, Serialize};
use wengert_expr::Value;

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

/// The CRC-32 of samples: of their shapes, dtypes and bits.
pub(crate) fn fingerprint<'d>(parts: impl IntoIterator<Item = Option<&'d Dataset>>) -> u32 {
    let mut hash = crc32fast::Hasher::new();
    for part in parts {
        hash.update(&[u8::from(part.is_some())]);
        for value in part.iter().flat_map(|d| [d.features(), d.targets().values()]) {
            hash.update(value.ty().to_string().as_bytes());
            update(&mut hash, value);
        }
    }
    hash.finalize()
}

fn update(hash: &mut crc32fast::Hasher, value: &Value) {
    match value {
        Value::Bool(t) => t.iter().for_each(|&x| hash.update(&[u8::from(x)])),
        Value::I64(t) => t.iter().for_each(|x| hash.update(&x.to_le_bytes())),
        Value::F32(t) => t.iter().for_each(|x| hash.update(&x.to_le_bytes())),
        Value::F64(t) => t.iter().for_each(|x| hash.update(&x.to_le_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Loss;
    use crate::precision::Precision;

    #[test]
    fn any_changed_number_and_any_other_part_changes_it() {
        let data = |x: f64| {
            let features = Value::new([2, 1], vec![1.0, x]);
            Dataset::new(&features, &Value::from(vec![0.0, 1.0]), Loss::Mse, Precision::F32).unwrap()
        };
        let (a, b) = (data(2.0), data(2.000001));
        assert_eq!(fingerprint([Some(&a)]), fingerprint([Some(&data(2.0))]));
        assert_ne!(fingerprint([Some(&a)]), fingerprint([Some(&b)]));
        assert_ne!(fingerprint([Some(&a), None]), fingerprint([None, Some(&a)]));
        assert_ne!(fingerprint([Some(&a), None]), fingerprint([Some(&a)]));
    }
}
