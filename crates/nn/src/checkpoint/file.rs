//! The bytes of a checkpoint, and how they get to disk.
//!
//! A file is safetensors: the state of training as JSON under one key of the metadata, then the arrays, little-endian.
//! The last array, `checksum`, is the CRC-32 of every byte before it. CRC-32 finds every error within 32 bits, so every
//! changed byte; a file that was cut does not have the length that its header says. Files are written under another
//! name, flushed and renamed, so a file is always a whole checkpoint, the old one or the new one.

use super::unique::Unique;
use super::{Checkpoint, CheckpointError, FORMAT, State};
use safetensors::{Dtype, SafeTensors, View, serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use wengert_expr::{DType, Value};
use wengert_interop::{InteropError, write_atomically};

/// The metadata's key.
const KEY: &str = "wengert";
/// The last array's name.
const CHECKSUM: &str = "checksum";
/// How many bytes it has.
const CHECKSUM_BYTES: usize = 4;

/// More steps than any training makes.
const MAX_STEPS: usize = u32::MAX as usize * u16::MAX as usize;

/// An array as safetensors has it.
struct Array<'a> {
    dtype: Dtype,
    shape: &'a [usize],
    bytes: Vec<u8>,
}

impl View for Array<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// An array's dtype and bytes; none for truth values.
fn array(value: &Value) -> Option<Array<'_>> {
    let dtype = match value {
        Value::F32(_) => Dtype::F32,
        Value::F64(_) => Dtype::F64,
        Value::I64(_) => Dtype::I64,
        Value::Bool(_) => return None,
    };
    Some(Array { dtype, shape: value.shape(), bytes: value.to_le_bytes() })
}

/// The bytes of a file.
pub(super) fn encode(checkpoint: &Checkpoint) -> Result<Vec<u8>, CheckpointError> {
    let unsupported =
        |name: &String, value: &Value| CheckpointError::Unsupported { name: name.clone(), ty: value.ty() };
    let mut arrays = Vec::new();
    for (name, value) in &checkpoint.tensors {
        arrays.push((name.as_str(), array(value).ok_or_else(|| unsupported(name, value))?));
    }
    // Arrays are sorted by the size of their elements, so that one of bytes is the last.
    let checksum = Array { dtype: Dtype::U8, shape: &[CHECKSUM_BYTES], bytes: vec![0; CHECKSUM_BYTES] };
    arrays.push((CHECKSUM, checksum));
    let failed = |what: String| CheckpointError::Damaged { path: "in memory".into(), what };
    let state = serde_json::to_string(&checkpoint.state).map_err(|e| failed(e.to_string()))?;
    let metadata = HashMap::from([(KEY.to_owned(), state)]);
    let mut bytes = serialize(arrays, Some(metadata)).map_err(|e| failed(e.to_string()))?;
    let end = bytes.len().saturating_sub(CHECKSUM_BYTES);
    let checksum = crc32fast::hash(&bytes[..end]).to_le_bytes();
    bytes[end..].copy_from_slice(&checksum);
    Ok(bytes)
}

/// What is wrong with bytes.
pub(super) enum Fault {
    Damaged(String),
    Format(u64),
}

fn damaged(what: impl ToString) -> Fault {
    Fault::Damaged(what.to_string())
}

/// The checkpoint that bytes are.
pub(super) fn decode(bytes: &[u8]) -> Result<Checkpoint, Fault> {
    let (body, checksum) = bytes.split_last_chunk().ok_or_else(|| damaged("it is cut off"))?;
    if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
        return Err(damaged(
            "its checksum is not that of its bytes: some were changed or cut off, or it is another kind of file",
        ));
    }
    let (header, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    serde_json::from_slice::<Unique>(&bytes[8..8 + header]).map_err(damaged)?;
    let state = metadata.metadata().as_ref().and_then(|m| m.get(KEY));
    let state = state.ok_or_else(|| damaged("it does not say how it was trained"))?;
    serde_json::from_str::<Unique>(state).map_err(damaged)?;
    let raw: serde_json::Value = serde_json::from_str(state).map_err(damaged)?;
    match raw["format"].as_u64() {
        Some(FORMAT) => {}
        Some(found) => return Err(Fault::Format(found)),
        None => return Err(damaged("it does not say which format it has")),
    }
    let state: State = serde_json::from_value(raw).map_err(damaged)?;
    let progress = &state.progress;
    if progress.steps > MAX_STEPS || progress.position > progress.steps {
        return Err(damaged("it counts more steps than can be"));
    }
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let mut tensors = Vec::new();
    for (name, view) in file.iter().filter(|(name, _)| *name != CHECKSUM) {
        let value = value(view.dtype(), view.shape(), view.data());
        tensors
            .push((name.to_owned(), value.ok_or_else(|| damaged(format!("{name} is no array of numbers")))?));
    }
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Checkpoint { state, tensors })
}

/// The array of these bytes, if it is one of numbers.
fn value(dtype: Dtype, shape: &[usize], bytes: &[u8]) -> Option<Value> {
    let dtype = match dtype {
        Dtype::F32 => DType::F32,
        Dtype::F64 => DType::F64,
        Dtype::I64 => DType::I64,
        _ => return None,
    };
    let count = shape.iter().try_fold(1usize, |count, &axis| count.checked_mul(axis))?;
    let (words, halves) = (bytes.as_chunks().0, bytes.as_chunks().0);
    let fits = bytes.len() == count.checked_mul(if dtype == DType::F32 { 4 } else { 8 })?;
    fits.then(|| match dtype {
        DType::F32 => Value::new(shape, halves.iter().map(|&b| f32::from_le_bytes(b)).collect()),
        DType::F64 => Value::new(shape, words.iter().map(|&b| f64::from_le_bytes(b)).collect()),
        DType::I64 | DType::Bool => Value::new(shape, words.iter().map(|&b| i64::from_le_bytes(b)).collect()),
    })
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let bytes = fs::read(path).map_err(|source| CheckpointError::Read { path: path.to_owned(), source })?;
    decode(&bytes).map_err(|fault| match fault {
        Fault::Damaged(what) => CheckpointError::Damaged { path: path.to_owned(), what },
        Fault::Format(found) => CheckpointError::Format { path: path.to_owned(), found },
    })
}

/// Replaces a file, or leaves it as it was.
pub(super) fn write(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CheckpointError> {
    let failed = |source| CheckpointError::Write { path: path.to_owned(), source };
    match write_atomically(path, |file| fill(file)) {
        Ok(()) => sync_folder(path).map_err(failed),
        Err(InteropError::Io { source, .. }) => Err(failed(source)),
        Err(error) => Err(failed(io::Error::other(error))),
    }
}

/// Flushes the folder, which holds the new name.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = fs::canonicalize(path)?;
    folder.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
