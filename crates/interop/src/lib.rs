//! File formats: CSV, NPY, NPZ, IDX and safetensors, read into a [`Value`](wengert_expr::Value) and, for NumPy's two and the
//! last, written from one.
//!
//! A format is told by a file's first bytes, never by its name, and any file may be gzipped (but NPZ, which is an archive already).
//! What a header promises is held against the bytes that are there before anything is allocated for it.
//! Every failure is an [`InteropError`] that names the file, the place in it and what was expected there.
//! Writers replace a file whole or leave it as it was.

mod atomic;
mod blocks;
mod csv;
mod datasets;
mod elements;
mod error;
mod format;
mod gzip;
mod heading;
mod idx;
mod npy;
mod npy_header;
mod npz;
mod rows;
mod safetensors;

pub use crate::csv::{CsvOptions, CsvTable, parse_csv, read_csv};
pub use atomic::{is_unfinished, write_atomically};
pub use blocks::RowFile;
pub use datasets::{breast_cancer, diabetes, digits, iris, wine};
pub use error::{InteropError, Result};
pub use format::{Format, parse_arrays, parse_value, read_arrays, read_value};
pub use heading::Header;
pub use idx::{IdxBytes, parse_idx, parse_idx_bytes, read_idx, read_idx_bytes};
pub use npy::{encode_npy, parse_npy, read_npy, write_npy};
pub use npz::{parse_npz, read_npz, write_npz};
pub use rows::Delimiter;
pub use safetensors::{parse_safetensors, read_safetensors, write_safetensors};
