//! Which format a file is in, by its first bytes.

use crate::{
    CsvOptions, InteropError, Result, gzip, idx, npy, parse_csv, parse_npz, parse_safetensors, safetensors,
};
use std::fmt;
use std::path::Path;
use wengert_expr::Value;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text of one row a line.
    Csv,
    /// A gzip stream around one of the others.
    Gzip,
    /// The format of MNIST.
    Idx,
    /// One NumPy array.
    Npy,
    /// A zip archive of NumPy arrays.
    Npz,
    /// Named arrays behind a header in JSON.
    Safetensors,
}

impl Format {
    /// The format of a file that starts with these bytes; text when nothing else fits.
    pub fn detect(bytes: &[u8]) -> Format {
        if bytes.starts_with(npy::MAGIC) {
            Format::Npy
        } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            Format::Npz
        } else if bytes.starts_with(&gzip::MAGIC) {
            Format::Gzip
        } else if safetensors::begins(bytes) {
            Format::Safetensors
        } else if bytes.starts_with(&[0, 0]) {
            Format::Idx
        } else {
            Format::Csv
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Csv => "CSV",
            Format::Gzip => "gzip",
            Format::Idx => "IDX",
            Format::Npy => "NPY",
            Format::Npz => "NPZ",
            Format::Safetensors => "safetensors",
        })
    }
}

/// The one array in an NPY, IDX or CSV file, plain or gzipped. The table of a CSV file comes without its header.
pub fn read_value(path: impl AsRef<Path>) -> Result<Value> {
    let path = path.as_ref();
    parse_value(&std::fs::read(path).map_err(InteropError::io(path))?, path)
}

/// As [`read_value`], of bytes in memory; `path` is what errors call them.
pub fn parse_value(bytes: &[u8], path: &Path) -> Result<Value> {
    let bytes = gzip::unpacked(bytes, path)?;
    match Format::detect(&bytes) {
        Format::Npy => npy::parse_npy(&bytes, path),
        Format::Idx => idx::parse_idx(&bytes, path),
        Format::Csv => Ok(parse_csv(&bytes, path, &CsvOptions::default())?.values),
        format @ (Format::Npz | Format::Safetensors) => Err(InteropError::unsupported(
            path,
            format,
            "any number of named arrays",
            "a file of one array, NPY, IDX or CSV",
        )),
        Format::Gzip => Err(InteropError::unsupported(
            path,
            Format::Gzip,
            "another gzip stream inside",
            "a file that is gzipped once",
        )),
    }
}

/// The named arrays in an NPZ or safetensors file.
pub fn read_arrays(path: impl AsRef<Path>) -> Result<Vec<(String, Value)>> {
    let path = path.as_ref();
    parse_arrays(&std::fs::read(path).map_err(InteropError::io(path))?, path)
}

/// As [`read_arrays`], of bytes in memory; `path` is what errors call them.
pub fn parse_arrays(bytes: &[u8], path: &Path) -> Result<Vec<(String, Value)>> {
    match Format::detect(bytes) {
        Format::Safetensors => parse_safetensors(bytes, path),
        _ => parse_npz(bytes, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gzip::tests::pack;

    const IDX: &[u8] = &[0, 0, 8, 1, 0, 0, 0, 2, 7, 255];

    #[test]
    fn content_decides_not_the_name() {
        let path = Path::new("misnamed.npy");
        let array = Value::from(vec![1.5, -2.0]);
        let npy = crate::encode_npy(&array);
        assert!(parse_value(&npy, path).unwrap().bit_eq(&array));
        assert!(parse_value(&pack(&npy), path).unwrap().bit_eq(&array));
        assert!(parse_value(IDX, path).unwrap().bit_eq(&Value::from(vec![7i64, 255])));
        let table = parse_value(b"a,b\n1,2\n3,4\n", path).unwrap();
        assert!(table.bit_eq(&Value::new([2, 2], vec![1.0, 2.0, 3.0, 4.0])));
    }

    #[test]
    fn archives_and_gzip_in_gzip_are_refused() {
        let archive = parse_value(b"PK\x03\x04....", Path::new("a.npz")).unwrap_err();
        assert!(matches!(archive, InteropError::Unsupported { format: Format::Npz, .. }), "{archive}");
        let twice = parse_value(&pack(&pack(b"1")), Path::new("a.gz")).unwrap_err();
        assert!(matches!(twice, InteropError::Unsupported { format: Format::Gzip, .. }), "{twice}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read_value("no/such/file.csv").unwrap_err();
        assert!(matches!(error, InteropError::Io { .. }));
        assert!(error.to_string().starts_with("no/such/file.csv: "), "{error}");
    }
}
