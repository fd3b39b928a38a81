//! The header of an NPY file: magic, version, length, and a Python dictionary of element type, order and shape.
//!
//! Parsed here because a hostile header must not reach a general parser of Python literals, which recurses over nested brackets.

use crate::elements::{Endian, Order, Storage};
use crate::error::excerpt;
use crate::{Format, InteropError, Result};
use std::path::Path;
use wengert_expr::{DType, Shape, Type};
use winnow::ascii::{digit1, multispace0};
use winnow::combinator::{alt, delimited, opt, preceded, separated, terminated};
use winnow::error::ContextError;
use winnow::prelude::*;
use winnow::token::take_till;

pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";

/// What the header says of the elements that follow it.
#[derive(Debug, PartialEq)]
pub(crate) struct Header {
    pub(crate) storage: Storage,
    pub(crate) endian: Endian,
    pub(crate) order: Order,
    pub(crate) shape: Shape,
}

impl Header {
    /// The header at the start of a file, and how many bytes it takes.
    pub(crate) fn parse(bytes: &[u8], path: &Path) -> Result<(Header, usize)> {
        let (text, start) = header_text(bytes, path)?;
        let entries = dictionary.parse(text).map_err(|error| {
            let found = excerpt(&text[error.offset()..]);
            let expected = "a dictionary of descr (a plain type), fortran_order and shape";
            InteropError::malformed(path, Format::Npy, start + error.offset(), expected, format!("{found:?}"))
        })?;
        let header = Header::from_entries(&entries, start, path)?;
        Ok((header, start + text.len()))
    }

    fn from_entries(entries: &[Entry<'_>], start: usize, path: &Path) -> Result<Header> {
        let (mut descr, mut order, mut shape) = (None, None, None);
        for entry in entries {
            match entry {
                Entry::Descr(text) => descr = Some(*text),
                Entry::Order(o) => order = Some(*o),
                Entry::Shape(extents) => shape = Some(Shape::new(extents)),
            }
        }
        let (Some(descr), Some(order), Some(shape)) = (descr, order, shape) else {
            let expected = "the entries descr, fortran_order and shape";
            return Err(InteropError::malformed(path, Format::Npy, start, expected, "not all of them"));
        };
        let (storage, endian) = element_type(descr).ok_or_else(|| {
            let found = format!("elements of type {:?}", excerpt(descr));
            InteropError::unsupported(path, Format::Npy, found, "f4, f8, i1 to i8, u1 to u8 or b1")
        })?;
        Ok(Header { storage, endian, order, shape })
    }

    /// The bytes that stand before the little-endian, row-major elements of an array of this type.
    pub(crate) fn encode(ty: &Type) -> Vec<u8> {
        let descr = match ty.dtype {
            DType::Bool => "|b1",
            DType::I64 => "<i8",
            DType::F32 => "<f4",
            DType::F64 => "<f8",
        };
        let extents: Vec<String> = ty.shape.iter().map(usize::to_string).collect();
        let comma = if extents.len() == 1 { "," } else { "" };
        let shape = extents.join(", ");
        let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}{comma}), }}");
        frame(text)
    }
}

/// The text of the header and where it starts.
fn header_text<'b>(bytes: &'b [u8], path: &Path) -> Result<(&'b str, usize)> {
    let malformed = |offset, expected: &str, found: String| {
        InteropError::malformed(path, Format::Npy, offset, expected, found)
    };
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        let found = format!("{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(6)]));
        return Err(malformed(0, "the bytes \\x93NUMPY", found));
    };
    let (length, start) = match *rest {
        [1, 0, a, b, ..] => (usize::from(u16::from_le_bytes([a, b])), 10),
        [2 | 3, 0, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]) as usize, 12),
        [1..=3, 0, ..] | [_] | [] => {
            return Err(malformed(6, "a version and a length", format!("{} bytes", rest.len())));
        }
        [major, minor, ..] => {
            return Err(malformed(6, "version 1.0, 2.0 or 3.0", format!("{major}.{minor}")));
        }
    };
    let body = &bytes[start..];
    let text = body.get(..length).ok_or_else(|| {
        malformed(start, &format!("a header of {length} bytes"), format!("{} bytes", body.len()))
    })?;
    let text = std::str::from_utf8(text)
        .map_err(|e| malformed(start + e.valid_up_to(), "text", format!("{:#04x}", text[e.valid_up_to()])))?;
    Ok((text, start))
}

/// Puts magic, version and length before the text, and pads it so that the elements start at a multiple of 64.
fn frame(text: String) -> Vec<u8> {
    const ALIGN: usize = 64;
    let short = (10 + text.len() + 1).next_multiple_of(ALIGN) - 10;
    let (version, length) = match u16::try_from(short) {
        Ok(length) => (1, length.to_le_bytes().to_vec()),
        Err(_) => {
            let long = (12 + text.len() + 1).next_multiple_of(ALIGN) - 12;
            (2, (long as u32).to_le_bytes().to_vec())
        }
    };
    let mut bytes = [MAGIC, &[version, 0], &length, text.as_bytes()].concat();
    bytes.resize((bytes.len() + 1).next_multiple_of(ALIGN) - 1, b' ');
    bytes.push(b'\n');
    bytes
}

fn element_type(descr: &str) -> Option<(Storage, Endian)> {
    let native = if cfg!(target_endian = "big") { Endian::Big } else { Endian::Little };
    let (endian, name) = match descr.as_bytes() {
        [b'<', name @ ..] => (Endian::Little, name),
        [b'>', name @ ..] => (Endian::Big, name),
        [b'|' | b'=', name @ ..] => (native, name),
        name => (native, name),
    };
    let storage = match name {
        b"b1" | b"?" => Storage::Bool,
        b"i1" => Storage::I8,
        b"i2" => Storage::I16,
        b"i4" => Storage::I32,
        b"i8" => Storage::I64,
        b"u1" => Storage::U8,
        b"u2" => Storage::U16,
        b"u4" => Storage::U32,
        b"u8" => Storage::U64,
        b"f4" => Storage::F32,
        b"f8" => Storage::F64,
        _ => return None,
    };
    Some((storage, endian))
}

enum Entry<'s> {
    Descr(&'s str),
    Order(Order),
    Shape(Vec<usize>),
}

fn dictionary<'s>(input: &mut &'s str) -> ModalResult<Vec<Entry<'s>>> {
    let entries = separated(0.., entry, token(","));
    delimited(token("{"), entries, (opt(token(",")), token("}"))).parse_next(input)
}

fn entry<'s>(input: &mut &'s str) -> ModalResult<Entry<'s>> {
    alt((
        preceded(key("descr"), string).map(Entry::Descr),
        preceded(key("fortran_order"), order).map(Entry::Order),
        preceded(key("shape"), shape).map(Entry::Shape),
    ))
    .parse_next(input)
}

fn key<'s>(name: &'static str) -> impl ModalParser<&'s str, &'s str, ContextError> {
    terminated(string.verify(move |s: &str| s == name), token(":"))
}

fn string<'s>(input: &mut &'s str) -> ModalResult<&'s str> {
    let single = delimited('\'', take_till(0.., ['\'', '\\']), '\'');
    let double = delimited('"', take_till(0.., ['"', '\\']), '"');
    delimited(multispace0, alt((single, double)), multispace0).parse_next(input)
}

fn order(input: &mut &str) -> ModalResult<Order> {
    alt((token("True").value(Order::Fortran), token("False").value(Order::C))).parse_next(input)
}

fn shape(input: &mut &str) -> ModalResult<Vec<usize>> {
    // Python 2 wrote long integers, as 3L.
    let extent = delimited(multispace0, digit1.parse_to::<usize>(), (opt('L'), multispace0));
    let extents = separated(0.., extent, token(","));
    delimited(token("("), extents, (opt(token(",")), token(")"))).parse_next(input)
}

fn token<'s>(text: &'static str) -> impl ModalParser<&'s str, &'s str, ContextError> {
    delimited(multispace0, text, multispace0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<Header> {
        Header::parse(&frame(text.to_owned()), Path::new("x.npy")).map(|(header, _)| header)
    }

    #[test]
    fn the_encoded_header_is_numpys() {
        let bytes = Header::encode(&Type::new(DType::F64, [2, 3]));
        assert_eq!(bytes.len(), 128);
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00v\x00");
        let text = std::str::from_utf8(&bytes[10..]).unwrap();
        assert_eq!(text.trim_end(), "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }");
        assert!(text.ends_with(" \n"));
        let vector = Header::encode(&Type::new(DType::Bool, [3]));
        assert!(String::from_utf8_lossy(&vector).contains("'|b1', 'fortran_order': False, 'shape': (3,), }"));
        let scalar = Header::encode(&Type::scalar(DType::I64));
        assert!(String::from_utf8_lossy(&scalar).contains("'<i8', 'fortran_order': False, 'shape': (), }"));
    }

    #[test]
    fn any_spelling_that_python_reads_the_same() {
        let expected = Header {
            storage: Storage::I16,
            endian: Endian::Big,
            order: Order::Fortran,
            shape: Shape::from([3, 0]),
        };
        for text in [
            "{'descr': '>i2', 'fortran_order': True, 'shape': (3, 0), }",
            "{\"shape\":(3,0,),\"fortran_order\":True,\"descr\":\">i2\"}",
            " { 'shape' : ( 3L , 0L ) , 'descr' : '>i2' , 'fortran_order' : True } ",
        ] {
            assert_eq!(parse_text(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_header_beyond_64_kib_has_version_2_and_is_aligned() {
        let ty = Type::new(DType::F32, vec![1; 30_000].as_slice());
        let bytes = Header::encode(&ty);
        assert_eq!((bytes[6], bytes.len() % 64), (2, 0));
        let (header, size) = Header::parse(&bytes, Path::new("x")).unwrap();
        assert_eq!((header.shape, size), (ty.shape, bytes.len()));
    }

    #[test]
    fn faults_are_placed() {
        let message = |text: &str| parse_text(text).unwrap_err().to_string();
        let unsupported = message("{'descr': '<c16', 'fortran_order': False, 'shape': (), }");
        assert!(unsupported.contains("elements of type \"<c16\" is not supported"), "{unsupported}");
        let structured = message("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (), }");
        assert!(structured.contains("expected a dictionary of descr (a plain type)"), "{structured}");
        assert!(message("{'descr': '<f8', 'shape': (1,), }").contains("not all of them"));
        let huge = message("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }");
        assert!(huge.contains("99999999999999999999"), "{huge}");
        assert!(message("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }").contains("-1"));
        assert!(message(&"(".repeat(60_000)).contains("byte 10: expected"));
    }

    #[test]
    fn a_length_beyond_the_file_is_refused() {
        let error = Header::parse(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}", Path::new("x")).unwrap_err();
        let expected = "x: byte 12: expected a header of 4294967295 bytes, found 2 bytes (NPY format)";
        assert_eq!(error.to_string(), expected);
        assert!(Header::parse(b"\x93NUMPY\x04\x00\x00\x00", Path::new("x")).is_err());
        assert!(Header::parse(b"\x93NUMPY\x01", Path::new("x")).is_err());
        assert!(Header::parse(b"\x93NUM", Path::new("x")).is_err());
    }
}
