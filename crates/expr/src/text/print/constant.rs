//! Constants as text. Numbers are the shortest ones that are read back as the same bits.

use super::tuple::Tuple;
use crate::ty::DType;
use crate::value::{Element, Value};
use crate::with_tensor;
use std::fmt::{self, Write};

/// A value as text.
pub(super) struct Constant<'v> {
    pub(super) value: &'v Value,
    /// Whether a scalar `f64` is written without its dtype, which it takes from what it meets.
    pub(super) plain: bool,
    /// The name of its dtype where an expression stands.
    pub(super) dtype: DTypeName,
}

impl fmt::Display for Constant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, shape) = (self.value, self.value.shape());
        if value.is_empty() {
            return write!(f, "zeros({}, dtype={})", Tuple(shape), self.dtype);
        }
        let bare = shape.is_empty() && (self.plain || value.dtype() == DType::Bool);
        if bare {
            return with_tensor!(value, t => nested(f, t.iter().copied(), shape));
        }
        write!(f, "{}(", value.dtype())?;
        with_tensor!(value, t => nested(f, t.iter().copied(), shape))?;
        f.write_str(")")
    }
}

impl Constant<'_> {
    /// Whether the text begins with a sign.
    pub(super) fn is_signed(&self) -> bool {
        let negative = |x: f64| x.is_sign_negative() && !x.is_nan();
        self.plain && self.value.shape().is_empty() && self.value.item().is_some_and(negative)
    }
}

/// The name of a dtype as an expression: a string where a name of the program hides it.
#[derive(Clone, Copy)]
pub(super) struct DTypeName {
    pub(super) dtype: DType,
    pub(super) hidden: bool,
}

impl fmt::Display for DTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hidden { write!(f, "\"{}\"", self.dtype) } else { write!(f, "{}", self.dtype) }
    }
}

/// Elements in row-major order as nested lists; a scalar as it is.
fn nested<T: Literal>(
    f: &mut fmt::Formatter<'_>,
    elements: impl Iterator<Item = T>,
    shape: &[usize],
) -> fmt::Result {
    // How many elements each list has, innermost first.
    let sizes: Vec<usize> = shape.iter().rev().scan(1, |n, &extent| advance(n, extent)).collect();
    for (i, element) in elements.enumerate() {
        let starting = sizes.iter().take_while(|&&size| i % size == 0).count();
        if i > 0 {
            repeat(f, ']', starting)?;
            f.write_str(", ")?;
        }
        repeat(f, '[', starting)?;
        element.write(f)?;
    }
    repeat(f, ']', shape.len())
}

fn advance(product: &mut usize, extent: usize) -> Option<usize> {
    *product *= extent;
    Some(*product)
}

fn repeat(f: &mut fmt::Formatter<'_>, bracket: char, times: usize) -> fmt::Result {
    (0..times).try_for_each(|_| f.write_char(bracket))
}

/// Elements that have a literal.
trait Literal: Element {
    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl Literal for bool {
    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Literal for i64 {
    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

macro_rules! float_literal {
    ($($float:ty),*) => {$(
        impl Literal for $float {
            fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if self.is_nan() {
                    f.write_str("nan")
                } else if self.is_infinite() {
                    f.write_str(if self > 0.0 { "inf" } else { "-inf" })
                } else {
                    write!(f, "{self:?}")
                }
            }
        }
    )*};
}
float_literal!(f32, f64);

/// Whether the text of a value has this predefined name in it.
pub(super) fn mentions(value: &Value, name: &str) -> bool {
    match (name, value) {
        ("inf", Value::F64(t)) => t.iter().any(|x| x.is_infinite()),
        ("inf", Value::F32(t)) => t.iter().any(|x| x.is_infinite()),
        ("nan", Value::F64(t)) => t.iter().any(|x| x.is_nan()),
        ("nan", Value::F32(t)) => t.iter().any(|x| x.is_nan()),
        ("true", Value::Bool(t)) => t.iter().any(|&x| x),
        ("false", Value::Bool(t)) => t.iter().any(|&x| !x),
        (_, Value::Bool(_) | Value::I64(_) | Value::F32(_) | Value::F64(_)) => false,
    }
}
