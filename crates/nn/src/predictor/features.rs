//! The features in a file as a model takes them, all or some samples at a time.

use super::{Predictions, Predictor, head_of};
use crate::config::Column;
use crate::data::flat;
use crate::error::{DataError, NnError};
use crate::load::{array, options, positions};
use crate::metrics::Flow;
use ndarray::Axis;
use std::path::Path;
use wengert_expr::Value;
use wengert_interop::{Format, InteropError, RowFile, read_arrays, read_csv, read_value};

impl Predictor {
    /// The features in a file: a table as text, whose columns are found by name where both it and the data to train on
    /// have names, an array, or one in an archive.
    ///
    /// # Errors
    /// A file that cannot be read, or that does not have what the model takes.
    pub fn features(&self, path: &Path) -> Result<Value, NnError> {
        match Format::detect(&head_of(path)?) {
            Format::Npz | Format::Safetensors => {
                let name = self.config.data.features.as_deref().unwrap_or("x");
                Ok(array(&read_arrays(path)?, name, path)?)
            }
            Format::Npy | Format::Idx => Ok(read_value(path)?),
            Format::Csv | Format::Gzip => {
                let table = read_csv(path, &options(&self.config.data))?;
                Ok(self.columns(table.values, table.columns.as_deref())?)
            }
        }
    }

    /// Predictions for the samples of a file, so many at a time of a plain CSV, NPY or IDX, which may be larger than memory,
    /// and all at once of other files. `take` may end it.
    ///
    /// # Errors
    /// As [`Predictor::features`] and [`Predictor::predict`].
    pub fn predict_file(
        &mut self,
        path: &Path,
        samples: usize,
        take: &mut dyn FnMut(Predictions) -> Flow,
    ) -> Result<(), NnError> {
        let Some((file, is_text)) = self.rows(path, samples)? else {
            let features = self.features(path)?;
            take(self.predict(&features)?);
            return Ok(());
        };
        for block in 0..file.blocks() {
            let read = file.read(block)?;
            let features = if is_text { self.columns(read, file.columns())? } else { read };
            let predicted = self.predict(&flat(&features)).map_err(|error| match error {
                NnError::Data(error) => error.further_down(block * file.block()).into(),
                error => error,
            });
            if take(predicted?) == Flow::Stop {
                break;
            }
        }
        Ok(())
    }

    /// The file as one that is read in blocks, if it can be, and whether it is a text.
    fn rows(&self, path: &Path, samples: usize) -> Result<Option<(RowFile, bool)>, InteropError> {
        let format = Format::detect(&head_of(path)?);
        let opened = match format {
            Format::Npy => RowFile::npy(path, samples),
            Format::Idx => RowFile::idx(path, samples),
            Format::Csv => RowFile::csv(path, &options(&self.config.data), samples),
            Format::Npz | Format::Safetensors | Format::Gzip => return Ok(None),
        };
        match opened {
            Ok(file) if file.rows() > 0 => Ok(Some((file, format == Format::Csv))),
            Ok(_) | Err(InteropError::Unsupported { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The columns of a table that are features. A table with one column more than there are features is one with
    /// targets.
    fn columns(&self, values: Value, names: Option<&[String]>) -> Result<Value, DataError> {
        let Some(table) = values.tensor::<f64>().filter(|table| table.ndim() == 2) else { return Ok(values) };
        let (width, data) = (table.shape()[1], &self.config.data);
        let picked: Vec<usize> = match (&self.source.columns, names) {
            (Some(own), Some(found)) => positions(own, found)?,
            _ if width == self.source.features + 1 => {
                let usual = Column::Number(-1);
                let target = data.label_column.as_ref().unwrap_or(&usual);
                let at = target.position(width, names).unwrap_or(width - 1);
                (0..width).filter(|&c| c != at).collect()
            }
            _ => return Ok(values),
        };
        Ok(Value::from(table.select(Axis(1), &picked)))
    }
}
