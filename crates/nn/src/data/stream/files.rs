//! Files of samples, a block at a time.

use crate::data::Dataset;
use crate::error::{DataError, NnError};
use crate::loss::Loss;
use crate::precision::Precision;
use ndarray::{Axis, s};
use std::ops::Range;
use wengert_expr::{DType, Value};
use wengert_interop::RowFile;

/// Where the targets of rows stand.
#[derive(Clone, Debug)]
pub enum TargetRows {
    /// In a file of their own, as many in a block as features.
    File(RowFile),
    /// In a column of the file with the features.
    Column(usize),
}

/// Features and targets in files, as a loss and a model take them.
#[derive(Clone, Debug)]
pub(super) struct Files {
    features: RowFile,
    targets: TargetRows,
    loss: Loss,
    precision: Precision,
}

impl Files {
    pub(super) fn new(
        features: RowFile,
        targets: TargetRows,
        loss: Loss,
        precision: Precision,
    ) -> Result<Files, DataError> {
        if let TargetRows::File(file) = &targets {
            let (samples, blocks) = (features.rows(), [features.block(), file.block()]);
            if file.rows() != samples {
                return Err(DataError::Count { samples, targets: file.rows() });
            }
            if blocks[0] != blocks[1] {
                return Err(DataError::Blocks { features: blocks[0], targets: blocks[1] });
            }
        }
        Ok(Files { features, targets, loss, precision })
    }

    pub(super) fn rows(&self) -> usize {
        self.features.rows()
    }

    pub(super) fn blocks(&self) -> usize {
        self.features.blocks()
    }

    /// The rows of a block.
    pub(super) fn rows_of(&self, block: usize) -> Range<usize> {
        let size = self.features.block();
        block * size..self.rows().min((block + 1) * size)
    }

    /// How many rows a block has.
    pub(super) fn block(&self) -> usize {
        self.features.block()
    }

    /// The samples of a block.
    pub(super) fn read(&self, block: usize) -> Result<Dataset, NnError> {
        let (features, targets) = self.values(block)?;
        let first = self.rows_of(block).start;
        let samples = Dataset::new(&flat(&features), &targets, self.loss, self.precision);
        samples.map_err(|error| error.further_down(first).into())
    }

    fn values(&self, block: usize) -> Result<(Value, Value), NnError> {
        let rows = self.features.read(block)?;
        match &self.targets {
            TargetRows::File(file) => Ok((rows, file.read(block)?)),
            TargetRows::Column(at) => Ok(without_column(&rows, *at)?),
        }
    }
}

/// A row for each sample, whatever shape a sample has.
pub(crate) fn flat(features: &Value) -> Value {
    let reshaped = match *features.shape() {
        [n, _, _, ..] if n > 0 => features.reshaped(&[n, features.len() / n]),
        _ => None,
    };
    reshaped.unwrap_or_else(|| features.clone())
}

/// A table without a column, and that column.
pub(crate) fn without_column(table: &Value, at: usize) -> Result<(Value, Value), DataError> {
    let missing = |columns| DataError::NoColumn { found: at.to_string(), columns };
    let values = table.cast(DType::F64);
    let Some(values) = values.tensor::<f64>().filter(|t| t.ndim() == 2) else { return Err(missing(0)) };
    let columns = values.shape()[1];
    if at >= columns {
        return Err(missing(columns));
    }
    let others: Vec<usize> = (0..columns).filter(|&c| c != at).collect();
    Ok((Value::from(values.select(Axis(1), &others)), Value::from(values.slice(s![.., at]).to_vec())))
}
