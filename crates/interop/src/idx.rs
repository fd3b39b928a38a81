//! IDX, the format of MNIST: two zero bytes, an element type, a rank, the extents, then the elements, all big-endian.

use crate::elements::{Endian, Order, Storage};
use crate::{Format, InteropError, Result, gzip};
use std::path::Path;
use wengert_expr::{Shape, Value};

/// An array of bytes: an eighth of the memory that the same numbers take as i64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdxBytes {
    /// The extents.
    pub shape: Shape,
    /// The elements in row-major order.
    pub data: Vec<u8>,
}

/// The array in an IDX file, plain or gzipped; integers of every width become i64.
pub fn read_idx(path: impl AsRef<Path>) -> Result<Value> {
    let path = path.as_ref();
    parse_idx(&std::fs::read(path).map_err(InteropError::io(path))?, path)
}

/// As [`read_idx`], of bytes in memory; `path` is what errors call them.
pub fn parse_idx(bytes: &[u8], path: &Path) -> Result<Value> {
    let bytes = gzip::unpacked(bytes, path)?;
    let header = Header::parse(&bytes, path)?;
    let data = &bytes[header.size()..];
    header.storage.array(data, &header.shape, Order::C, Endian::Big).map_err(InteropError::too_large(path))
}

/// The bytes in an IDX file of unsigned bytes, plain or gzipped.
pub fn read_idx_bytes(path: impl AsRef<Path>) -> Result<IdxBytes> {
    let path = path.as_ref();
    parse_idx_bytes(&std::fs::read(path).map_err(InteropError::io(path))?, path)
}

/// As [`read_idx_bytes`], of bytes in memory; `path` is what errors call them.
pub fn parse_idx_bytes(bytes: &[u8], path: &Path) -> Result<IdxBytes> {
    let bytes = gzip::unpacked(bytes, path)?;
    let header = Header::parse(&bytes, path)?;
    if header.storage != Storage::U8 {
        let found = format!("elements of type 0x{:02x}", bytes[2]);
        return Err(InteropError::unsupported(path, Format::Idx, found, "unsigned bytes, type 0x08"));
    }
    let mut data = bytes.into_owned();
    data.drain(..header.size());
    Ok(IdxBytes { shape: header.shape, data })
}

/// What the header at the start of a file says: how elements are stored, the extents, and where elements start.
pub(crate) fn heading(bytes: &[u8], path: &Path) -> Result<(Storage, Shape, usize)> {
    let header = Header::promised(bytes, path)?;
    let size = header.size();
    Ok((header.storage, header.shape, size))
}

/// A header whose promise the file keeps: exactly as many bytes follow as its elements need.
struct Header {
    storage: Storage,
    shape: Shape,
}

impl Header {
    fn parse(bytes: &[u8], path: &Path) -> Result<Header> {
        Header::promised(bytes, path)?.kept(bytes, path)
    }

    /// Whatever follows it.
    fn promised(bytes: &[u8], path: &Path) -> Result<Header> {
        let malformed = |offset, expected: String, found: String| {
            InteropError::malformed(path, Format::Idx, offset, expected, found)
        };
        let &[a, b, code, rank, ref rest @ ..] = bytes else {
            return Err(malformed(0, "a header of 4 bytes".into(), format!("{} bytes", bytes.len())));
        };
        if [a, b] != [0, 0] {
            return Err(malformed(0, "two zero bytes".into(), format!("{a:#04x} {b:#04x}")));
        }
        let Some(storage) = storage(code) else {
            return Err(malformed(
                2,
                "an element type (0x08, 0x09, 0x0b to 0x0e)".into(),
                format!("{code:#04x}"),
            ));
        };
        let (extents, _) = rest.as_chunks::<4>();
        let Some(extents) = extents.get(..usize::from(rank)) else {
            return Err(malformed(4, format!("{rank} extents of 4 bytes"), format!("{} bytes", rest.len())));
        };
        let shape: Shape = extents.iter().map(|&n| u32::from_be_bytes(n) as usize).collect();
        Ok(Header { storage, shape })
    }

    /// An error unless exactly the elements follow.
    fn kept(self, bytes: &[u8], path: &Path) -> Result<Header> {
        let malformed = |offset, expected: String, found: String| {
            InteropError::malformed(path, Format::Idx, offset, expected, found)
        };
        let (found, size) = (bytes.len() - self.size(), self.size());
        match self.storage.bytes(&self.shape) {
            Some(expected) if expected == found => Ok(self),
            Some(expected) => {
                Err(malformed(size, format!("{expected} bytes of elements"), format!("{found} bytes")))
            }
            None => Err(malformed(4, "a shape that fits in memory".into(), self.shape.to_string())),
        }
    }

    /// Bytes before the elements.
    fn size(&self) -> usize {
        4 + 4 * self.shape.rank()
    }
}

fn storage(code: u8) -> Option<Storage> {
    Some(match code {
        0x08 => Storage::U8,
        0x09 => Storage::I8,
        0x0b => Storage::I16,
        0x0c => Storage::I32,
        0x0d => Storage::F32,
        0x0e => Storage::F64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gzip::tests::pack;
    use proptest::prelude::*;

    fn file(code: u8, extents: &[u32], data: &[u8]) -> Vec<u8> {
        let extents: Vec<u8> = extents.iter().flat_map(|n| n.to_be_bytes()).collect();
        [&[0, 0, code, extents.len() as u8 / 4], &*extents, data].concat()
    }

    fn parse(bytes: &[u8]) -> Result<Value> {
        parse_idx(bytes, Path::new("x.idx"))
    }

    #[test]
    fn every_element_type() {
        let cases: [(u8, &[u8], Value); 6] = [
            (0x08, &[7, 255], Value::from(vec![7i64, 255])),
            (0x09, &[7, 255], Value::from(vec![7i64, -1])),
            (0x0b, &[0, 7, 0xff, 0xfe], Value::from(vec![7i64, -2])),
            (0x0c, &[0, 0, 1, 0, 0x80, 0, 0, 0], Value::from(vec![256i64, i64::from(i32::MIN)])),
            (0x0d, &[0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], Value::from(vec![1.5f32, -2.0])),
            (
                0x0e,
                &[0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0],
                Value::from(vec![1.5f64, -2.0]),
            ),
        ];
        for (code, data, expected) in cases {
            let bytes = file(code, &[2], data);
            assert!(parse(&bytes).unwrap().bit_eq(&expected), "{code:#x}");
            assert!(parse(&pack(&bytes)).unwrap().bit_eq(&expected), "{code:#x} gzipped");
        }
    }

    #[test]
    fn bytes_stay_bytes() {
        let bytes = file(8, &[2, 3], &[1, 2, 3, 4, 5, 6]);
        let expected = IdxBytes { shape: Shape::from([2, 3]), data: vec![1, 2, 3, 4, 5, 6] };
        assert_eq!(parse_idx_bytes(&pack(&bytes), Path::new("x")).unwrap(), expected);
        let floats = file(0x0d, &[1], &[0; 4]);
        let error = parse_idx_bytes(&floats, Path::new("x")).unwrap_err();
        assert!(matches!(error, InteropError::Unsupported { .. }), "{error}");
    }

    #[test]
    fn no_elements_and_no_axes() {
        assert_eq!(parse(&file(8, &[0, 28, 28], &[])).unwrap().shape(), [0, 28, 28]);
        assert!(parse(&file(8, &[], &[9])).unwrap().bit_eq(&Value::scalar(9i64)));
    }

    #[test]
    fn lengths_are_held_against_the_header() {
        let message = |bytes: &[u8]| parse(bytes).unwrap_err().to_string();
        assert_eq!(
            message(&file(8, &[2, 3], &[0; 5])),
            "x.idx: byte 12: expected 6 bytes of elements, found 5 bytes (IDX format)"
        );
        assert!(message(&file(8, &[2], &[0; 3])).contains("expected 2 bytes of elements, found 3 bytes"));
        assert!(message(&file(8, &[u32::MAX; 3], &[])).contains("a shape that fits in memory"));
        assert!(message(&file(8, &[u32::MAX, 1], &[0; 9])).contains("expected 4294967295 bytes"));
        assert!(message(&[0, 0, 8, 2, 0, 0, 0, 1]).contains("expected 2 extents of 4 bytes, found 4 bytes"));
        assert!(message(&[0, 0, 0x0a, 1]).contains("byte 2: expected an element type"));
        assert!(message(&[1, 0, 8, 1]).contains("byte 0: expected two zero bytes, found 0x01 0x00"));
        assert!(message(&[]).contains("expected a header of 4 bytes, found 0 bytes"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(head in prop::sample::select(vec![8u8, 9, 11, 12, 13, 14, 0]), tail: Vec<u8>) {
            let _ = parse(&[&[0, 0, head], &*tail].concat());
            let _ = parse(&tail);
        }
    }
}
