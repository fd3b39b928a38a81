//! The element types of binary files, and arrays made of their bytes.
//!
//! Whatever the file's type, the array has one of the four dtypes of a [`Value`]: every integer type becomes i64.

use ndarray::{ArrayD, IxDyn, ShapeBuilder};
use wengert_expr::{Element, Shape, Value};

/// How an element is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
}

/// Which byte of an element comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endian {
    Little,
    Big,
}

/// Which axis of an array runs fastest in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    C,
    Fortran,
}

/// The element of a file that i64 does not hold.
#[derive(Debug, PartialEq)]
pub(crate) struct Overflow {
    pub(crate) index: usize,
    pub(crate) value: u64,
}

impl Storage {
    /// Bytes of one element.
    pub(crate) fn size(self) -> usize {
        match self {
            Storage::Bool | Storage::I8 | Storage::U8 => 1,
            Storage::I16 | Storage::U16 => 2,
            Storage::I32 | Storage::U32 | Storage::F32 => 4,
            Storage::I64 | Storage::U64 | Storage::F64 => 8,
        }
    }

    /// Bytes of an array of this shape, unless that is beyond the address space.
    pub(crate) fn bytes(self, shape: &Shape) -> Option<usize> {
        shape.checked_elements()?.checked_mul(self.size())
    }

    /// The array that is stored in these bytes, which are as many as [`Storage::bytes`] says.
    pub(crate) fn array(
        self,
        bytes: &[u8],
        shape: &Shape,
        order: Order,
        endian: Endian,
    ) -> Result<Value, Overflow> {
        Ok(match self {
            Storage::Bool => array(convert(bytes, endian, |b: [u8; 1]| b != [0]), shape, order),
            Storage::I8 => array(convert(bytes, endian, |b| i64::from(i8::from_le_bytes(b))), shape, order),
            Storage::I16 => array(convert(bytes, endian, |b| i64::from(i16::from_le_bytes(b))), shape, order),
            Storage::I32 => array(convert(bytes, endian, |b| i64::from(i32::from_le_bytes(b))), shape, order),
            Storage::I64 => array(convert(bytes, endian, i64::from_le_bytes), shape, order),
            Storage::U8 => array(convert(bytes, endian, |b| i64::from(u8::from_le_bytes(b))), shape, order),
            Storage::U16 => array(convert(bytes, endian, |b| i64::from(u16::from_le_bytes(b))), shape, order),
            Storage::U32 => array(convert(bytes, endian, |b| i64::from(u32::from_le_bytes(b))), shape, order),
            Storage::U64 => array(signed(convert(bytes, endian, u64::from_le_bytes))?, shape, order),
            Storage::F32 => array(convert(bytes, endian, f32::from_le_bytes), shape, order),
            Storage::F64 => array(convert(bytes, endian, f64::from_le_bytes), shape, order),
        })
    }
}

fn convert<const N: usize, T>(bytes: &[u8], endian: Endian, from_le: impl Fn([u8; N]) -> T) -> Vec<T> {
    let (elements, _) = bytes.as_chunks::<N>();
    match endian {
        Endian::Little => elements.iter().map(|&b| from_le(b)).collect(),
        Endian::Big => elements
            .iter()
            .map(|&(mut b)| {
                b.reverse();
                from_le(b)
            })
            .collect(),
    }
}

fn signed(elements: Vec<u64>) -> Result<Vec<i64>, Overflow> {
    let signed = |(index, value)| i64::try_from(value).map_err(|_| Overflow { index, value });
    elements.into_iter().enumerate().map(signed).collect()
}

fn array<T: Element>(elements: Vec<T>, shape: &Shape, order: Order) -> Value
where
    Value: From<ArrayD<T>>,
{
    match order {
        Order::C => Value::new(shape.clone(), elements),
        Order::Fortran => Value::from(
            ArrayD::from_shape_vec(IxDyn(shape).f(), elements).expect("as many elements as the shape has"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(storage: Storage, bytes: &[u8], endian: Endian) -> Value {
        let shape = Shape::from([bytes.len() / storage.size()]);
        storage.array(bytes, &shape, Order::C, endian).unwrap()
    }

    #[test]
    fn signs_and_byte_orders() {
        assert!(flat(Storage::I8, &[0xff], Endian::Little).bit_eq(&Value::from(vec![-1i64])));
        assert!(flat(Storage::U8, &[0xff], Endian::Big).bit_eq(&Value::from(vec![255i64])));
        assert!(flat(Storage::I16, &[0xff, 0xfe], Endian::Big).bit_eq(&Value::from(vec![-2i64])));
        assert!(flat(Storage::U16, &[0xff, 0xfe], Endian::Little).bit_eq(&Value::from(vec![0xfeffi64])));
        assert!(flat(Storage::U32, &[0xff; 4], Endian::Big).bit_eq(&Value::from(vec![u32::MAX as i64])));
        assert!(
            flat(Storage::I32, &[0, 0, 0, 0x80], Endian::Little).bit_eq(&Value::from(vec![i32::MIN as i64]))
        );
        assert!(flat(Storage::F32, &[0x3f, 0xc0, 0, 0], Endian::Big).bit_eq(&Value::from(vec![1.5f32])));
        assert!(flat(Storage::Bool, &[0, 1, 2], Endian::Big).bit_eq(&Value::from(vec![false, true, true])));
    }

    #[test]
    fn fortran_order_puts_the_first_axis_innermost() {
        let value =
            Storage::I8.array(&[1, 2, 3, 4, 5, 6], &Shape::from([2, 3]), Order::Fortran, Endian::Little);
        assert!(value.unwrap().bit_eq(&Value::new([2, 3], vec![1i64, 3, 5, 2, 4, 6])));
    }

    #[test]
    fn the_largest_i64_is_the_last_u64() {
        let max = i64::MAX as u64;
        assert!(flat(Storage::U64, &max.to_be_bytes(), Endian::Big).bit_eq(&Value::from(vec![i64::MAX])));
        let bytes = [5u64.to_le_bytes(), (max + 1).to_le_bytes()].concat();
        let error = Storage::U64.array(&bytes, &Shape::from([2]), Order::C, Endian::Little).unwrap_err();
        assert_eq!(error, Overflow { index: 1, value: max + 1 });
    }

    #[test]
    fn sizes_beyond_the_address_space_have_no_bytes() {
        assert_eq!(Storage::F64.bytes(&Shape::from([2, 3])), Some(48));
        assert_eq!(Storage::F64.bytes(&Shape::from([0, 3])), Some(0));
        assert_eq!(Storage::F64.bytes(&Shape::from([1 << 32, 1 << 32])), None);
        assert_eq!(Storage::U8.bytes(&Shape::from([0, 1 << 40, 1 << 40])), None);
    }
}
