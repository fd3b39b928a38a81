//! NPZ, NumPy's format of several named arrays: a zip archive with an NPY file for each.

use crate::error::excerpt;
use crate::{Format, InteropError, Result, encode_npy, parse_npy, write_atomically};
use std::collections::HashSet;
use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use wengert_expr::Value;
use zip::read::ZipFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

const EXTENSION: &str = ".npy";

/// The arrays in an NPZ file by name, in the order of the file.
pub fn read_npz(path: impl AsRef<Path>) -> Result<Vec<(String, Value)>> {
    let path = path.as_ref();
    parse_npz(&std::fs::read(path).map_err(InteropError::io(path))?, path)
}

/// As [`read_npz`], of bytes in memory; `path` is what errors call them.
pub fn parse_npz(bytes: &[u8], path: &Path) -> Result<Vec<(String, Value)>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged(path))?;
    let mut arrays = Vec::new();
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(damaged(path))?;
        arrays.push(array(member, path)?);
    }
    Ok(arrays)
}

fn array<R: Read>(mut member: ZipFile<'_, R>, path: &Path) -> Result<(String, Value)> {
    let Some(name) = member.name().strip_suffix(EXTENSION).map(str::to_owned) else {
        let found = format!("the member {:?}", excerpt(member.name()));
        return Err(InteropError::unsupported(path, Format::Npz, found, "members named NAME.npy only"));
    };
    // Grown as bytes come, since the size that the archive promises may be a lie.
    let mut bytes = Vec::new();
    let value = match member.read_to_end(&mut bytes) {
        Ok(_) => parse_npy(&bytes, path),
        Err(error) => Err(damaged(path)(error.into())),
    };
    match value {
        Ok(value) => Ok((name, value)),
        Err(source) => Err(InteropError::InArray { name, source: Box::new(source) }),
    }
}

fn damaged(path: &Path) -> impl FnOnce(ZipError) -> InteropError {
    move |error| InteropError::Damaged { path: path.to_owned(), format: Format::Npz, source: error.into() }
}

/// Writes named values to an NPZ file, uncompressed as `numpy.savez` does. The same values make the same bytes.
pub fn write_npz<'v, N: AsRef<str>>(
    path: impl AsRef<Path>,
    arrays: impl IntoIterator<Item = (N, &'v Value)>,
) -> Result<()> {
    let path = path.as_ref();
    let arrays: Vec<(N, &Value)> = arrays.into_iter().collect();
    check_names(path, &arrays)?;
    write_atomically(path, |file| archive(file, &arrays))
}

/// An error if a name comes twice.
pub(crate) fn check_names<N: AsRef<str>>(path: &Path, arrays: &[(N, &Value)]) -> Result<()> {
    let mut names = HashSet::new();
    match arrays.iter().find(|(name, _)| !names.insert(name.as_ref())) {
        Some((twice, _)) => {
            Err(InteropError::DuplicateName { path: path.to_owned(), name: twice.as_ref().to_owned() })
        }
        None => Ok(()),
    }
}

fn archive<N: AsRef<str>>(file: &mut (impl Write + io::Seek), arrays: &[(N, &Value)]) -> io::Result<()> {
    let mut writer = ZipWriter::new(file);
    for (name, value) in arrays {
        let bytes = encode_npy(value);
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .large_file(u32::try_from(bytes.len()).is_err());
        writer.start_file(format!("{}{EXTENSION}", name.as_ref()), options)?;
        writer.write_all(&bytes)?;
    }
    writer.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::npy::tests::values;
    use proptest::prelude::*;

    fn pack<N: AsRef<str>>(arrays: &[(N, &Value)]) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        archive(&mut bytes, arrays).unwrap();
        bytes.into_inner()
    }

    fn parse(bytes: &[u8]) -> Result<Vec<(String, Value)>> {
        parse_npz(bytes, Path::new("x.npz"))
    }

    /// What NumPy 2.4 writes for `numpy.savez_compressed(f, b=numpy.arange(3), a=numpy.array(2.5, dtype='f4'))`.
    const COMPRESSED: &[u8] =
        b"PK\x03\x04-\0\0\0\x08\0\0\0!\0\xf7@\x12\xea\xff\xff\xff\xff\xff\xff\xff\xff\x05\0\x14\0b.npy\x01\
        \0\x10\0\x98\0\0\0\0\0\0\0L\0\0\0\0\0\0\0\x9b\xec\x17\xea\x1b\x10\xc9\xc8P\xc6P\xad\x9e\x92Z\x9c\
        \\\xa4n\xa5\xa0n\x93i\xa1\xae\xa3\xa0\x9e\x96_TR\x94\x98\x17\x9f_\x94\x92\x0a\x12wK\xcc)N\x05\
        \x8a\x17g$\x16\xa4\x02\xf9\x1a\xc6:\x9a:\x0a\xb5\x0a\x14\0.\x06(`\x84\xd2LP\x1a\0PK\x03\x04-\0\0\
        \0\x08\0\0\0!\0d\x8c\"\xc3\xff\xff\xff\xff\xff\xff\xff\xff\x05\0\x14\0a.npy\x01\0\x10\0\x84\0\0\
        \0\0\0\0\0F\0\0\0\0\0\0\0\x9b\xec\x17\xea\x1b\x10\xc9\xc8P\xc6P\xad\x9e\x92Z\x9c\\\xa4n\xa5\xa0n\
        \x93f\xa2\xae\xa3\xa0\x9e\x96_TR\x94\x98\x17\x9f_\x94\x92\x0a\x12wK\xcc)N\x05\x8a\x17g$\x16\xa4\
        \x02\xf9\x1a\x9a:\x0a\xb5\x0a\x14\x01.\x06\x06\x05\x07\0PK\x01\x02-\x03-\0\0\0\x08\0\0\0!\0\xf7@\
        \x12\xeaL\0\0\0\x98\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\x80\x01\0\0\0\0b.npyPK\x01\x02-\x03-\0\0\0\
        \x08\0\0\0!\0d\x8c\"\xc3F\0\0\0\x84\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\x80\x01\x83\0\0\0a.npyPK\x05\
        \x06\0\0\0\0\x02\0\x02\0f\0\0\0\0\x01\0\0\0\0";

    #[test]
    fn reads_what_numpy_compresses() {
        let arrays = parse(COMPRESSED).unwrap();
        let names: Vec<&str> = arrays.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["b", "a"]);
        assert!(arrays[0].1.bit_eq(&Value::from(vec![0i64, 1, 2])));
        assert!(arrays[1].1.bit_eq(&Value::scalar(2.5f32)));
    }

    #[test]
    fn a_file_comes_back_in_order_and_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npz");
        let (w, b) = (Value::new([2, 1], vec![1.0, 2.0]), Value::scalar(true));
        write_npz(&path, [("layer/w", &w), ("b", &b), ("größe", &b)]).unwrap();
        let arrays = read_npz(&path).unwrap();
        let names: Vec<&str> = arrays.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["layer/w", "b", "größe"]);
        assert!(arrays[0].1.bit_eq(&w) && arrays[1].1.bit_eq(&b));
        assert_eq!(std::fs::read(&path).unwrap(), pack(&[("layer/w", &w), ("b", &b), ("größe", &b)]));
        let no_arrays: [(&str, &Value); 0] = [];
        assert!(parse(&pack(&no_arrays)).unwrap().is_empty());
    }

    #[test]
    fn one_name_twice_is_refused_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npz");
        let value = Value::scalar(1.0);
        let error = write_npz(&path, [("a", &value), ("a", &value)]).unwrap_err();
        assert!(matches!(error, InteropError::DuplicateName { ref name, .. } if name == "a"), "{error}");
        assert!(!path.exists());
    }

    #[test]
    fn a_fault_names_the_array() {
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = ZipWriter::new(&mut bytes);
        writer.start_file("w.npy", SimpleFileOptions::default()).unwrap();
        writer.write_all(&encode_npy(&Value::scalar(1.0))[..130]).unwrap();
        writer.finish().unwrap();
        let error = parse(bytes.get_ref()).unwrap_err();
        let expected =
            "array \"w\" in x.npz: byte 128: expected 8 bytes of elements, found 2 bytes (NPY format)";
        assert_eq!((error.to_string().as_str(), error.path()), (expected, Path::new("x.npz")));
    }

    #[test]
    fn other_members_and_other_files_are_refused() {
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = ZipWriter::new(&mut bytes);
        writer.start_file("notes.txt", SimpleFileOptions::default()).unwrap();
        writer.finish().unwrap();
        assert!(matches!(parse(bytes.get_ref()).unwrap_err(), InteropError::Unsupported { .. }));
        assert!(matches!(parse(b"1,2,3\n").unwrap_err(), InteropError::Damaged { format: Format::Npz, .. }));
        assert!(parse(b"").is_err());
    }

    proptest! {
        #[test]
        fn written_then_read_is_the_same(written in prop::collection::btree_map(".{0,8}", values(), 0..4)) {
            let written: Vec<(&String, &Value)> = written.iter().collect();
            let read = parse(&pack(&written)).unwrap();
            prop_assert_eq!(read.len(), written.len());
            for ((name, value), (expected_name, expected)) in read.iter().zip(&written) {
                prop_assert_eq!(name, *expected_name);
                prop_assert!(value.bit_eq(expected));
            }
        }

        #[test]
        fn damage_never_panics(at: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
            let mut bytes = COMPRESSED.to_vec();
            prop_assert!(parse(&bytes[..cut.index(bytes.len())]).is_err());
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = parse(&bytes);
        }

        #[test]
        fn damage_to_the_elements_is_noticed(value in values(), bit in 0u8..8, at: prop::sample::Index) {
            let mut bytes = pack(&[("x", &value)]);
            let start = bytes.windows(6).position(|w| w == b"\x93NUMPY").unwrap();
            let at = start + at.index(encode_npy(&value).len());
            bytes[at] ^= 1 << bit;
            prop_assert!(parse(&bytes).is_err());
        }
    }
}
