//! safetensors, a header in JSON and the elements of named arrays behind it.

use crate::elements::{Endian, Order, Storage};
use crate::npz::check_names;
use crate::{Format, InteropError, Result, write_atomically};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, View};
use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;
use wengert_expr::{Shape, Value};

/// The arrays in a safetensors file by name, in the order of their names.
///
/// ```
/// use wengert_expr::Value;
/// use wengert_interop::{read_safetensors, write_safetensors};
/// let path = tempfile::tempdir()?.keep().join("a.safetensors");
/// write_safetensors(&path, [("x", &Value::from(vec![1.5, 2.0]))])?;
/// let arrays = read_safetensors(&path)?;
/// assert_eq!((arrays[0].0.as_str(), arrays[0].1.to_f64s()), ("x", vec![1.5, 2.0]));
/// # std::fs::remove_dir_all(path.parent().unwrap())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A file that cannot be read, is none of these, or holds elements of a type that no array here has, as halves.
pub fn read_safetensors(path: impl AsRef<Path>) -> Result<Vec<(String, Value)>> {
    let path = path.as_ref();
    parse_safetensors(&std::fs::read(path).map_err(InteropError::io(path))?, path)
}

/// As [`read_safetensors`], of bytes in memory; `path` is what errors call them.
///
/// # Errors
/// As [`read_safetensors`].
pub fn parse_safetensors(bytes: &[u8], path: &Path) -> Result<Vec<(String, Value)>> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| damaged(path, error))?;
    let mut arrays: Vec<(String, TensorView<'_>)> = file.tensors();
    arrays.sort_by(|(a, _), (b, _)| a.cmp(b));
    arrays.into_iter().map(|(name, view)| array(&view, path).map(|value| (name, value))).collect()
}

/// True for the first bytes of such a file: a length below 4 GiB, and the beginning of a JSON object.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, _, _, 0, 0, 0, 0, b'{', ..])
}

fn damaged(path: &Path, error: impl ToString) -> InteropError {
    let source = io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    InteropError::Damaged { path: path.to_owned(), format: Format::Safetensors, source }
}

fn array(view: &TensorView<'_>, path: &Path) -> Result<Value> {
    let storage = match view.dtype() {
        Dtype::BOOL => Storage::Bool,
        Dtype::I8 => Storage::I8,
        Dtype::I16 => Storage::I16,
        Dtype::I32 => Storage::I32,
        Dtype::I64 => Storage::I64,
        Dtype::U8 => Storage::U8,
        Dtype::U16 => Storage::U16,
        Dtype::U32 => Storage::U32,
        Dtype::U64 => Storage::U64,
        Dtype::F32 => Storage::F32,
        Dtype::F64 => Storage::F64,
        other => {
            let found = format!("elements of type {other:?}");
            let expected = "truth values, integers of 8 to 64 bits, F32 or F64";
            return Err(InteropError::unsupported(path, Format::Safetensors, found, expected));
        }
    };
    let shape = Shape::new(view.shape());
    if storage.bytes(&shape) != Some(view.data().len()) {
        return Err(damaged(path, format!("{} bytes of elements for a shape {shape}", view.data().len())));
    }
    storage.array(view.data(), &shape, Order::C, Endian::Little).map_err(InteropError::too_large(path))
}

/// An array as the format has it.
struct Stored<'v>(&'v Value);

impl View for Stored<'_> {
    fn dtype(&self) -> Dtype {
        match self.0 {
            Value::Bool(_) => Dtype::BOOL,
            Value::I64(_) => Dtype::I64,
            Value::F32(_) => Dtype::F32,
            Value::F64(_) => Dtype::F64,
        }
    }

    fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.0.to_le_bytes())
    }

    fn data_len(&self) -> usize {
        self.0.len() * self.0.dtype().size()
    }
}

/// Writes named values to a safetensors file. The same values make the same bytes.
///
/// # Errors
/// A name that comes twice, and a file that cannot be written; one that is there then stays as it was.
pub fn write_safetensors<'v, N: AsRef<str>>(
    path: impl AsRef<Path>,
    arrays: impl IntoIterator<Item = (N, &'v Value)>,
) -> Result<()> {
    let path = path.as_ref();
    let arrays: Vec<(N, &Value)> = arrays.into_iter().collect();
    check_names(path, &arrays)?;
    let stored = arrays.iter().map(|(name, value)| (name.as_ref(), Stored(value)));
    let bytes = safetensors::serialize(stored, None).map_err(|error| damaged(path, error))?;
    write_atomically(path, |file| file.write_all(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn written(arrays: &[(&str, &Value)]) -> (TempDir, Vec<u8>) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.safetensors");
        write_safetensors(&path, arrays.iter().copied()).unwrap();
        let bytes = std::fs::read(path).unwrap();
        (folder, bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Vec<(String, Value)>> {
        parse_safetensors(bytes, Path::new("a.safetensors"))
    }

    #[test]
    fn arrays_of_every_dtype_come_back() {
        let values = [
            ("größe", Value::new([2, 3], (0..6).map(f64::from).collect())),
            ("b", Value::from(vec![true, false])),
            ("a", Value::scalar(-7i64)),
            ("c", Value::new([0, 4], Vec::<f32>::new())),
        ];
        let named: Vec<(&str, &Value)> = values.iter().map(|(name, value)| (*name, value)).collect();
        let (_folder, bytes) = written(&named);
        assert_eq!(Format::detect(&bytes), Format::Safetensors);
        let found = parse(&bytes).unwrap();
        assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "größe"]);
        for (name, value) in &values {
            assert!(found.iter().any(|(n, v)| n == name && v.bit_eq(value)), "{name}");
        }
        assert_eq!(written(&named).1, bytes);
    }

    #[test]
    fn damage_and_what_there_is_no_array_for_are_errors() {
        let x = Value::from(vec![1.0, 2.0]);
        let (_folder, bytes) = written(&[("x", &x)]);
        for cut in 0..bytes.len() {
            assert!(matches!(parse(&bytes[..cut]), Err(InteropError::Damaged { .. })), "{cut}");
        }
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 0x55;
            // Whatever it says now, it is read or refused.
            let _ = parse(&bad);
        }
        let text = String::from_utf8_lossy(&bytes[8..]).replace("F64", "F16").replace("[2]", "[8]");
        let halves = parse(&[&bytes[..8], text.as_bytes()].concat());
        assert!(halves.is_err());
        let path = Path::new("nowhere/b.safetensors");
        assert!(matches!(
            write_safetensors(path, [("x", &x), ("x", &x)]),
            Err(InteropError::DuplicateName { .. })
        ));
        assert!(matches!(write_safetensors(path, [("x", &x)]), Err(InteropError::Io { .. })));
    }
}
