//! Samples in files that stay there.

use super::{Loaded, Named, Wanted, feature_names, needed, options, parted, position};
use crate::config::{ConfigError, DataConfig, Source};
use crate::data::{Stream, TargetRows};
use crate::error::NnError;
use std::path::Path;
use wengert_interop::RowFile;

/// Of how many blocks a window is filled, each from another place in the file.
const BLOCKS: usize = 16;

/// The files that a configuration names, to be read as often as their samples are asked for.
pub(super) fn open(data: &DataConfig, wanted: &Wanted<'_>) -> Result<Loaded<Stream>, NnError> {
    let part = |path: Option<&Path>, labels: Option<&Path>| -> Result<Named<Stream>, NnError> {
        let (features, targets, columns) = files(data, needed(path, "data.path", data.source)?, labels)?;
        let window = data.buffer() / features.block();
        let samples = Stream::new(features, targets, wanted.loss, wanted.precision, window)?;
        Ok(Named { samples, columns })
    };
    let all = part(data.path.as_deref(), data.labels_path.as_deref())?;
    let labels = data.test_labels_path.as_deref();
    let test = data.test_path.as_deref().map(|path| part(Some(path), labels)).transpose()?;
    parted(data, wanted, all, test)
}

/// The file with the features, where targets are, and the names of the features.
fn files(
    data: &DataConfig,
    path: &Path,
    labels: Option<&Path>,
) -> Result<(RowFile, TargetRows, Option<Vec<String>>), NnError> {
    let block = data.buffer().div_ceil(BLOCKS);
    let open = |path: &Path| match data.source {
        Source::Npy => Ok(RowFile::npy(path, block)?),
        Source::Idx => Ok(RowFile::idx(path, block)?),
        Source::Csv => Ok(RowFile::csv(path, &options(data), block)?),
        source => Err(NnError::from(ConfigError::Meaningless {
            key: "data.stream",
            because: format!("for source {source}"),
        })),
    };
    let features = open(path)?;
    let column = data.label_column.as_ref();
    let names = feature_names(features.columns(), labels.is_none(), column);
    let targets = match labels {
        Some(labels) => TargetRows::File(open(labels)?),
        None => TargetRows::Column(position(column, features.width(), features.columns())?),
    };
    Ok((features, targets, names))
}
