//! NPY, NumPy's format of one array.

use crate::npy_header::Header;
use crate::{Format, InteropError, Result, gzip, write_atomically};
use std::io::Write;
use std::path::Path;
use wengert_expr::Value;

pub(crate) use crate::npy_header::MAGIC;

/// The array in an NPY file, plain or gzipped, of either byte order and either order of axes; integers of every width become i64.
pub fn read_npy(path: impl AsRef<Path>) -> Result<Value> {
    let path = path.as_ref();
    parse_npy(&std::fs::read(path).map_err(InteropError::io(path))?, path)
}

/// As [`read_npy`], of bytes in memory; `path` is what errors call them.
pub fn parse_npy(bytes: &[u8], path: &Path) -> Result<Value> {
    let bytes = gzip::unpacked(bytes, path)?;
    let (header, start) = Header::parse(&bytes, path)?;
    let data = &bytes[start..];
    let Some(expected) = header.storage.bytes(&header.shape) else {
        let found = header.shape.to_string();
        return Err(InteropError::malformed(path, Format::Npy, 0, "a shape that fits in memory", found));
    };
    if data.len() != expected {
        let (expected, found) = (format!("{expected} bytes of elements"), format!("{} bytes", data.len()));
        return Err(InteropError::malformed(path, Format::Npy, start, expected, found));
    }
    header
        .storage
        .array(data, &header.shape, header.order, header.endian)
        .map_err(InteropError::too_large(path))
}

/// Writes a value to an NPY file.
pub fn write_npy(path: impl AsRef<Path>, value: &Value) -> Result<()> {
    write_atomically(path, |file| file.write_all(&encode_npy(value)))
}

/// The bytes of an NPY file: version 1.0 (2.0 for a shape that needs it), row-major and little-endian.
pub fn encode_npy(value: &Value) -> Vec<u8> {
    let mut bytes = Header::encode(&value.ty());
    bytes.extend(value.to_le_bytes());
    bytes
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::gzip::tests::pack;
    use proptest::prelude::*;
    use wengert_expr::Element;

    /// What `numpy.save` of NumPy 2.4 writes for an array of this header and these elements.
    fn numpy(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let text = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
        let padded = format!("{text:<117}\n");
        [b"\x93NUMPY\x01\x00v\x00", padded.as_bytes(), data].concat()
    }

    fn parse(bytes: &[u8]) -> Result<Value> {
        parse_npy(bytes, Path::new("x.npy"))
    }

    /// Values of every dtype and of ranks 0 to 3, zero extents included.
    pub(crate) fn values() -> impl Strategy<Value = Value> {
        fn of<T: Element>(element: impl Strategy<Value = T> + Clone + 'static) -> BoxedStrategy<Value> {
            let shape = prop::collection::vec(0usize..4, 0..4);
            let fill = move |shape: Vec<usize>| {
                let data = prop::collection::vec(element.clone(), shape.iter().product::<usize>());
                data.prop_map(move |data| Value::new(shape.as_slice(), data))
            };
            shape.prop_flat_map(fill).boxed()
        }
        prop_oneof![
            of(any::<bool>()),
            of(any::<i64>()),
            of(any::<u32>().prop_map(f32::from_bits)),
            of(any::<u64>().prop_map(f64::from_bits)),
        ]
    }

    #[test]
    fn writes_what_numpy_writes() {
        let f8 = Value::new([2, 3], vec![1.5, -2.0, 3.0, 0.1, f64::INFINITY, -0.0]);
        let data = b"\0\0\0\0\0\0\xf8?\0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\x08@\x9a\x99\x99\x99\x99\x99\xb9?\0\0\0\0\0\0\xf0\x7f\0\0\0\0\0\0\0\x80";
        assert_eq!(encode_npy(&f8), numpy("<f8", "False", "(2, 3)", data));
        let scalar = numpy("<i8", "False", "()", &[7, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(encode_npy(&Value::scalar(7i64)), scalar);
        let truth = numpy("|b1", "False", "(3,)", &[1, 0, 1]);
        assert_eq!(encode_npy(&Value::from(vec![true, false, true])), truth);
        let empty = numpy("<f8", "False", "(0, 3)", &[]);
        assert_eq!(encode_npy(&Value::new::<f64>([0, 3], vec![])), empty);
    }

    #[test]
    fn reads_what_numpy_writes() {
        let fortran = numpy("<f4", "True", "(2, 3)", b"\0\0\x80?\0\0\x80@\0\0\0@\0\0\xa0@\0\0@@\0\0\xc0@");
        let expected = Value::new([2, 3], vec![1f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert!(parse(&fortran).unwrap().bit_eq(&expected));
        assert!(parse(&pack(&fortran)).unwrap().bit_eq(&expected));
        let big = numpy(">i2", "False", "(3,)", b"\x00\x01\xff\xfe\x01,");
        assert!(parse(&big).unwrap().bit_eq(&Value::from(vec![1i64, -2, 300])));
    }

    #[test]
    fn big_endian_fortran_order_of_rank_3() {
        let data: Vec<u8> =
            [0., 12., 4., 16., 8., 20., 1., 13., 5., 17., 9., 21., 2., 14., 6., 18., 10., 22.]
                .into_iter()
                .chain([3., 15., 7., 19., 11., 23.])
                .flat_map(f64::to_be_bytes)
                .collect();
        let expected = Value::new([2, 3, 4], (0..24).map(f64::from).collect());
        assert!(parse(&numpy(">f8", "True", "(2, 3, 4)", &data)).unwrap().bit_eq(&expected));
    }

    #[test]
    fn a_u8_beyond_i64_is_refused() {
        let data = b"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80";
        let error = parse(&numpy("<u8", "False", "(2,)", data)).unwrap_err();
        let expected =
            "x.npy: element 1: expected an integer up to 9223372036854775807, found 9223372036854775808";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_header_that_lies_about_the_size_is_refused() {
        let message =
            |shape: &str, data: &[u8]| parse(&numpy("<f8", "False", shape, data)).unwrap_err().to_string();
        assert_eq!(
            message("(1099511627776, 1024)", &[0; 8]),
            "x.npy: byte 128: expected 9007199254740992 bytes of elements, found 8 bytes (NPY format)"
        );
        assert!(message("(4294967296, 4294967296)", &[]).contains("a shape that fits in memory"));
        assert!(message("(0, 9223372036854775807, 2)", &[]).contains("a shape that fits in memory"));
        assert!(message("(1,)", &[0; 9]).contains("expected 8 bytes of elements, found 9 bytes"));
    }

    #[test]
    fn a_file_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npy");
        let value = Value::new([2, 2], vec![1f32, f32::NAN, -0.0, 4.0]);
        write_npy(&path, &value).unwrap();
        assert!(read_npy(&path).unwrap().bit_eq(&value));
    }

    proptest! {
        #[test]
        fn written_then_read_is_the_same(value in values()) {
            prop_assert!(parse(&encode_npy(&value)).unwrap().bit_eq(&value));
        }

        #[test]
        fn damage_never_panics_and_every_cut_is_noticed(
            value in values(), at: prop::sample::Index, byte: u8, cut: prop::sample::Index,
        ) {
            let mut bytes = encode_npy(&value);
            prop_assert!(parse(&bytes[..cut.index(bytes.len())]).is_err());
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = parse(&bytes);
        }

        #[test]
        fn no_header_panics(text in "[{}()',: 0-9L<>|fiub a-z_TF]{0,120}", tail: Vec<u8>) {
            let mut bytes = [MAGIC, &[1, 0, text.len() as u8, 0], text.as_bytes()].concat();
            bytes.extend(tail);
            let _ = parse(&bytes);
        }
    }
}
