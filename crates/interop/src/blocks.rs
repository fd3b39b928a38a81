//! Files of rows, read a block of rows at a time: of a file of any size no more than one block is in memory.
//!
//! A block's numbers are those that reading the whole file gives. The files must not be compressed, since what is inside
//! could not be reached without all that stands before it.

use crate::elements::{Endian, Order, Storage};
use crate::heading::Heading;
use crate::npy_header::Header as NpyHeader;
use crate::rows::Rows;
use crate::{CsvOptions, Format, Header, InteropError, Result, gzip, idx, parse_csv};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use wengert_expr::{Shape, Value};

/// A file of rows.
///
/// ```
/// use wengert_interop::{RowFile, write_npy};
/// use wengert_expr::Value;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("x.npy");
/// write_npy(&path, &Value::new([5, 2], (0..10).map(f64::from).collect()))?;
/// let file = RowFile::npy(&path, 2)?;
/// assert_eq!((file.rows(), file.blocks()), (5, 3));
/// assert_eq!(file.read(2)?.to_f64s(), [8.0, 9.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RowFile {
    path: PathBuf,
    source: Source,
    rows: usize,
    block: usize,
}

#[derive(Clone, Debug)]
enum Source {
    /// Elements of one size behind a header.
    Binary { storage: Storage, endian: Endian, start: u64, shape: Shape },
    /// Lines of so many fields. Of each block, where it starts and how many lines stand before it; then where the last one
    /// ends.
    Text { options: CsvOptions, columns: Option<Vec<String>>, width: usize, starts: Vec<(u64, usize)> },
}

/// The most bytes that a header may take.
const HEADER: u64 = 1 << 16;

impl RowFile {
    /// The rows along the first axis of the array in an NPY file, so many in a block but at least one.
    ///
    /// # Errors
    /// A file that cannot be read, a header that says something else than what follows, and an array whose rows lie apart.
    pub fn npy(path: impl AsRef<Path>, block: usize) -> Result<RowFile> {
        let path = path.as_ref();
        let (head, length) = head(path, Format::Npy)?;
        let (header, start) = NpyHeader::parse(&head, path)?;
        if header.order == Order::Fortran && header.shape.rank() > 1 {
            let (found, expected) = ("columns one after another", "rows, as NumPy's order C writes them");
            return Err(InteropError::unsupported(path, Format::Npy, found.to_owned(), expected));
        }
        let (storage, endian) = (header.storage, header.endian);
        binary(path, Format::Npy, (storage, endian, header.shape), (start, length), block)
    }

    /// The same of an IDX file.
    ///
    /// # Errors
    /// As [`RowFile::npy`].
    pub fn idx(path: impl AsRef<Path>, block: usize) -> Result<RowFile> {
        let path = path.as_ref();
        let (head, length) = head(path, Format::Idx)?;
        let (storage, shape, start) = idx::heading(&head, path)?;
        binary(path, Format::Idx, (storage, Endian::Big, shape), (start, length), block)
    }

    /// The rows of a table as text. It is read through once to find where its blocks start.
    ///
    /// # Errors
    /// A file that cannot be read or has no row of data, and a field with a line break in it.
    pub fn csv(path: impl AsRef<Path>, options: &CsvOptions, block: usize) -> Result<RowFile> {
        let (path, block) = (path.as_ref(), block.max(1));
        head(path, Format::Csv)?;
        let mut lines = BufReader::new(File::open(path).map_err(InteropError::io(path))?);
        let (mut offset, mut before, mut rows) = (0u64, 0usize, 0usize);
        let (mut starts, mut columns, mut width, mut line) = (Vec::new(), None, 0, Vec::new());
        let mut first = true;
        loop {
            line.clear();
            let length = lines.read_until(b'\n', &mut line).map_err(InteropError::io(path))?;
            if length == 0 {
                break;
            }
            if line.iter().filter(|&&b| b == b'"').count() % 2 == 1 {
                let (found, expected) =
                    (format!("a quote left open in line {}", before + 1), "quotes that end in their line");
                return Err(InteropError::unsupported(path, Format::Csv, found, expected));
            }
            if !line.trim_ascii().is_empty() {
                let heading = if first { heading(&line, options) } else { None };
                first = false;
                match heading {
                    Some(names) => columns = Some(names).filter(|names| !names.is_empty()),
                    None => {
                        if rows == 0 {
                            width = columns.as_ref().map_or_else(|| fields(&line, options), Vec::len);
                        }
                        if rows % block == 0 {
                            starts.push((offset, before));
                        }
                        rows += 1;
                    }
                }
            }
            offset += length as u64;
            before += 1;
        }
        if rows == 0 {
            return Err(InteropError::Empty { path: path.to_owned() });
        }
        starts.push((offset, before));
        let options = CsvOptions { header: Header::No, ..options.clone() };
        let source = Source::Text { options, columns, width, starts };
        Ok(RowFile { path: path.to_owned(), source, rows, block })
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many rows a block has, but the last, which may have fewer.
    pub fn block(&self) -> usize {
        self.block
    }

    /// How many blocks there are.
    pub fn blocks(&self) -> usize {
        self.rows.div_ceil(self.block)
    }

    /// How many numbers a row has.
    pub fn width(&self) -> usize {
        match &self.source {
            Source::Binary { shape, .. } => shape[1..].iter().product(),
            Source::Text { width, .. } => *width,
        }
    }

    /// The names of the columns, where the first line of a text gives them.
    pub fn columns(&self) -> Option<&[String]> {
        match &self.source {
            Source::Binary { .. } => None,
            Source::Text { columns, .. } => columns.as_deref(),
        }
    }

    /// A block, its rows along the first axis; without rows beyond the last block.
    ///
    /// # Errors
    /// A file that cannot be read or has become shorter, and what is no number.
    pub fn read(&self, block: usize) -> Result<Value> {
        let first = block.saturating_mul(self.block).min(self.rows);
        let count = self.block.min(self.rows - first);
        match &self.source {
            Source::Binary { storage, endian, start, shape } => {
                let mut extents: Vec<usize> = shape.to_vec();
                extents[0] = count;
                let row = storage.size() as u64 * extents[1..].iter().product::<usize>() as u64;
                let bytes = self.bytes(start + first as u64 * row, count as u64 * row)?;
                let array = storage.array(&bytes, &Shape::new(&extents), Order::C, *endian);
                array.map_err(InteropError::too_large(&self.path))
            }
            Source::Text { options, width, starts, .. } => {
                let last = starts.len() - 1;
                let ((from, before), (to, _)) = (starts[block.min(last)], starts[(block + 1).min(last)]);
                let table = parse_csv(&self.bytes(from, to - from)?, &self.path, options);
                let values = table.map_err(|error| error.further_down(before))?.values;
                match values.shape()[1] {
                    found if found != *width && count > 0 => {
                        let (path, line) = (self.path.clone(), before + 1);
                        Err(InteropError::Ragged { path, line, expected: *width, found })
                    }
                    _ => Ok(values),
                }
            }
        }
    }

    fn bytes(&self, from: u64, count: u64) -> Result<Vec<u8>> {
        let io = InteropError::io(&self.path);
        let read = || {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = vec![0; count as usize];
            file.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(io)
    }
}

/// The beginning of a file, and how long all of it is.
fn head(path: &Path, format: Format) -> Result<(Vec<u8>, u64)> {
    let file = File::open(path).map_err(InteropError::io(path))?;
    let length = file.metadata().map_err(InteropError::io(path))?.len();
    let mut head = Vec::new();
    file.take(HEADER).read_to_end(&mut head).map_err(InteropError::io(path))?;
    match head.starts_with(&gzip::MAGIC) {
        true => Err(InteropError::unsupported(
            path,
            format,
            "gzip around it".to_owned(),
            "a plain file to read in blocks",
        )),
        false => Ok((head, length)),
    }
}

/// A file of elements behind a header that keeps what it promises.
fn binary(
    path: &Path,
    format: Format,
    (storage, endian, shape): (Storage, Endian, Shape),
    (start, length): (usize, u64),
    block: usize,
) -> Result<RowFile> {
    let Some(&rows) = shape.first() else {
        return Err(InteropError::unsupported(path, format, "one number".to_owned(), "an array with rows"));
    };
    let (expected, found) = (storage.bytes(&shape), length.saturating_sub(start as u64));
    if expected.map(|n| n as u64) != Some(found) {
        let expected = format!("the elements of a shape {shape}");
        return Err(InteropError::malformed(path, format, start, expected, format!("{found} bytes")));
    }
    let source = Source::Binary { storage, endian, start: start as u64, shape };
    Ok(RowFile { path: path.to_owned(), source, rows, block: block.max(1) })
}

/// The names of the columns, if this first line has them.
fn heading(line: &[u8], options: &CsvOptions) -> Option<Vec<String>> {
    let text = std::str::from_utf8(line).ok()?;
    let mut rows = Rows::new(text.strip_prefix('\u{feff}').unwrap_or(text), options.delimiter);
    match Heading::of(rows.next().ok()??, options.header) {
        Heading::Columns(names) => Some(names),
        Heading::Classes { .. } => Some(Vec::new()),
        Heading::Data => None,
    }
}

/// How many fields a line has.
fn fields(line: &[u8], options: &CsvOptions) -> usize {
    let text = std::str::from_utf8(line).unwrap_or_default();
    let mut rows = Rows::new(text.strip_prefix('\u{feff}').unwrap_or(text), options.delimiter);
    rows.next().ok().flatten().map_or(0, |row| row.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{read_csv, read_npy, write_npy};
    use std::fs::write;
    use tempfile::TempDir;

    /// All blocks one after another.
    fn all(file: &RowFile) -> Vec<f64> {
        (0..file.blocks()).flat_map(|b| file.read(b).unwrap().to_f64s()).collect()
    }

    #[test]
    fn blocks_of_an_array_are_its_rows() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x.npy");
        for value in [
            Value::new([7, 2, 3], (0..42).map(f64::from).collect()),
            Value::from((0..7i64).collect::<Vec<i64>>()),
            Value::new([7, 1], (0..7).map(|x| x as f32 / 3.0).collect()),
        ] {
            write_npy(&path, &value).unwrap();
            for block in [0, 1, 2, 3, 7, 100] {
                let file = RowFile::npy(&path, block).unwrap();
                assert_eq!((file.rows(), file.blocks()), (7, 7usize.div_ceil(block.max(1))));
                assert_eq!(all(&file), read_npy(&path).unwrap().to_f64s(), "{block}");
                assert_eq!(file.read(0).unwrap().shape()[1..], value.shape()[1..]);
                assert_eq!(file.read(99).unwrap().len(), 0);
            }
        }
        write(&path, [0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6]).unwrap();
        let file = RowFile::idx(&path, 2).unwrap();
        assert_eq!(
            (all(&file), file.read(1).unwrap().shape()),
            (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[1, 2][..])
        );
    }

    #[test]
    fn blocks_of_a_text_are_its_rows_and_faults_keep_their_line() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x.csv");
        let options = CsvOptions::default();
        for text in [
            "a,b\n1,2\n\n3,4\n5,6\r\n7,8\n\n9,10",
            "1,2\n3,4\n\"5\",6\n7,8\n9,10\n",
            "\u{feff}x,y\n1,2\n3,4\n",
        ] {
            write(&path, text).unwrap();
            let whole = read_csv(&path, &options).unwrap();
            for block in [1, 2, 3, 9] {
                let file = RowFile::csv(&path, &options, block).unwrap();
                assert_eq!(all(&file), whole.values.to_f64s(), "{block} {text:?}");
                assert_eq!(
                    (file.rows(), file.columns()),
                    (whole.values.shape()[0], whole.columns.as_deref())
                );
            }
        }
        write(&path, "a,b\n1,2\n3,4\n\n5,x\n").unwrap();
        let file = RowFile::csv(&path, &options, 2).unwrap();
        assert!(file.read(0).is_ok());
        let error = file.read(1).unwrap_err();
        assert!(matches!(error, InteropError::NotANumber { line: 5, column: 2, .. }), "{error}");
        write(&path, "a,b\n1,2\n3,4\n\n5,6,7\n8,9,10\n").unwrap();
        let error = RowFile::csv(&path, &options, 2).unwrap().read(1).unwrap_err();
        assert!(matches!(error, InteropError::Ragged { line: 5, expected: 2, found: 3, .. }), "{error}");
    }

    #[test]
    fn what_cannot_be_read_in_blocks_is_refused() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x");
        let csv = || RowFile::csv(&path, &CsvOptions::default(), 2).unwrap_err().to_string();
        write(&path, "a,b\n").unwrap();
        assert!(csv().contains("no "), "{}", csv());
        write(&path, "1,\"2\n3\"\n").unwrap();
        assert!(csv().contains("a quote left open in line 1"), "{}", csv());
        write(&path, crate::gzip::tests::pack(b"1,2\n")).unwrap();
        assert!(csv().contains("gzip"), "{}", csv());
        write_npy(&path, &Value::new([4, 2], vec![0.0; 8])).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(matches!(RowFile::npy(&path, 2), Err(InteropError::Malformed { .. })));
        write_npy(&path, &Value::scalar(1.0)).unwrap();
        assert!(matches!(RowFile::npy(&path, 2), Err(InteropError::Unsupported { .. })));
        let at = bytes.windows(5).position(|w| w == b"False").unwrap();
        write(&path, [&bytes[..at], b"True ", &bytes[at + 5..]].concat()).unwrap();
        assert!(matches!(RowFile::npy(&path, 2), Err(InteropError::Unsupported { .. })));
    }
}
