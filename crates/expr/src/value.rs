//! A value: an array of one dtype on ndarray, shared until it is written.
//!
//! Always in standard (row-major, contiguous) layout, so its elements are one slice.

use crate::ty::{DType, Shape, Type};
use ndarray::{ArcArray, ArrayD, IxDyn};
use std::fmt;

/// A shared array of any rank.
pub type Tensor<T> = ArcArray<T, IxDyn>;

/// An array of one of the four dtypes.
#[derive(Clone)]
pub enum Value {
    /// Truth values.
    Bool(Tensor<bool>),
    /// 64-bit signed integers.
    I64(Tensor<i64>),
    /// 32-bit floats.
    F32(Tensor<f32>),
    /// 64-bit floats.
    F64(Tensor<f64>),
}

/// Runs the same code on the array inside a [`Value`], whatever its dtype.
#[macro_export]
macro_rules! with_tensor {
    ($value:expr, $t:ident => $body:expr) => {
        match $value {
            $crate::Value::Bool($t) => $body,
            $crate::Value::I64($t) => $body,
            $crate::Value::F32($t) => $body,
            $crate::Value::F64($t) => $body,
        }
    };
}

/// The Rust types that are elements of a [`Value`].
pub trait Element: Copy + PartialEq + Default + fmt::Debug + Send + Sync + 'static {
    /// The dtype of this type.
    const DTYPE: DType;
    /// Wraps an array. It must be in standard layout.
    fn wrap(tensor: Tensor<Self>) -> Value;
    /// The array in a value of this dtype.
    fn unwrap(value: &Value) -> Option<&Tensor<Self>>;
}

macro_rules! element {
    ($($t:ty => $v:ident),*) => {$(
        impl Element for $t {
            const DTYPE: DType = DType::$v;
            fn wrap(tensor: Tensor<Self>) -> Value { Value::$v(tensor) }
            fn unwrap(value: &Value) -> Option<&Tensor<Self>> {
                if let Value::$v(t) = value { Some(t) } else { None }
            }
        }
        impl From<$t> for Value {
            fn from(x: $t) -> Value { Value::scalar(x) }
        }
        impl From<Vec<$t>> for Value {
            fn from(x: Vec<$t>) -> Value { Value::new([x.len()], x) }
        }
    )*};
}
element!(bool => Bool, i64 => I64, f32 => F32, f64 => F64);

impl<T: Element> From<ArrayD<T>> for Value {
    fn from(array: ArrayD<T>) -> Value {
        let array = if array.is_standard_layout() { array } else { array.as_standard_layout().into_owned() };
        T::wrap(array.into_shared())
    }
}

impl Value {
    /// An array of this shape whose elements, in row-major order, are `data`.
    ///
    /// # Panics
    /// When `data` does not have as many elements as `shape`: a fault of the caller, never of a user's input.
    pub fn new<T: Element>(shape: impl Into<Shape>, data: Vec<T>) -> Value {
        let shape = shape.into();
        let array = ArrayD::from_shape_vec(IxDyn(&shape), data).expect("as many elements as the shape has");
        T::wrap(array.into_shared())
    }

    /// A value without axes.
    pub fn scalar<T: Element>(x: T) -> Value {
        T::wrap(Tensor::from_elem(IxDyn(&[]), x))
    }

    /// An array whose elements are all `x`.
    pub fn full<T: Element>(shape: impl Into<Shape>, x: T) -> Value {
        T::wrap(Tensor::from_elem(IxDyn(&shape.into()), x))
    }

    /// An array of zeros (of `false`).
    pub fn zeros(ty: &Type) -> Value {
        match ty.dtype {
            DType::Bool => Value::full(ty.shape.clone(), false),
            DType::I64 => Value::full(ty.shape.clone(), 0i64),
            DType::F32 => Value::full(ty.shape.clone(), 0f32),
            DType::F64 => Value::full(ty.shape.clone(), 0f64),
        }
    }

    /// An array of this type from `f64` elements, each rounded to the dtype once (truncated for integers, `!= 0` for truth).
    pub fn from_f64s(ty: &Type, data: &[f64]) -> Value {
        let shape = ty.shape.clone();
        match ty.dtype {
            DType::Bool => Value::new(shape, data.iter().map(|&x| x != 0.0).collect()),
            DType::I64 => Value::new(shape, data.iter().map(|&x| x as i64).collect()),
            DType::F32 => Value::new(shape, data.iter().map(|&x| x as f32).collect()),
            DType::F64 => Value::new(shape, data.to_vec()),
        }
    }

    /// Takes another value's elements; in the same memory, if the types are the same and nobody shares it.
    pub fn assign(&mut self, other: &Value) {
        match (&mut *self, other) {
            (Value::Bool(a), Value::Bool(b)) if a.shape() == b.shape() => a.assign(b),
            (Value::I64(a), Value::I64(b)) if a.shape() == b.shape() => a.assign(b),
            (Value::F32(a), Value::F32(b)) if a.shape() == b.shape() => a.assign(b),
            (Value::F64(a), Value::F64(b)) if a.shape() == b.shape() => a.assign(b),
            (Value::Bool(_) | Value::I64(_) | Value::F32(_) | Value::F64(_), _) => *self = other.clone(),
        }
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        match self {
            Value::Bool(_) => DType::Bool,
            Value::I64(_) => DType::I64,
            Value::F32(_) => DType::F32,
            Value::F64(_) => DType::F64,
        }
    }

    /// The extents.
    pub fn shape(&self) -> &[usize] {
        with_tensor!(self, t => t.shape())
    }

    /// Dtype and shape.
    pub fn ty(&self) -> Type {
        Type::new(self.dtype(), self.shape())
    }

    /// How many elements.
    pub fn len(&self) -> usize {
        with_tensor!(self, t => t.len())
    }

    /// True for an array without elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The array inside, when it has elements of type `T`.
    pub fn tensor<T: Element>(&self) -> Option<&Tensor<T>> {
        T::unwrap(self)
    }

    /// The elements in row-major order, when they are of type `T`.
    pub fn slice<T: Element>(&self) -> Option<&[T]> {
        T::unwrap(self).and_then(|t| t.as_slice())
    }

    /// Every element as `f64`, in row-major order (integers beyond 2^53 are rounded; truth is 0 or 1).
    pub fn to_f64s(&self) -> Vec<f64> {
        match self {
            Value::Bool(t) => t.iter().map(|&x| f64::from(u8::from(x))).collect(),
            Value::I64(t) => t.iter().map(|&x| x as f64).collect(),
            Value::F32(t) => t.iter().map(|&x| f64::from(x)).collect(),
            Value::F64(t) => t.iter().copied().collect(),
        }
    }

    /// The elements in row-major order as bytes, those of an element from the least; truth is 0 or 1.
    ///
    /// ```
    /// # use wengert_expr::Value;
    /// assert_eq!(Value::from(vec![1.0f32, -2.0]).to_le_bytes(), [0, 0, 128, 63, 0, 0, 0, 192]);
    /// ```
    pub fn to_le_bytes(&self) -> Vec<u8> {
        match self {
            Value::Bool(t) => t.iter().map(|&x| u8::from(x)).collect(),
            Value::I64(t) => t.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Value::F32(t) => t.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Value::F64(t) => t.iter().flat_map(|x| x.to_le_bytes()).collect(),
        }
    }

    /// The one element of an array that has one, as `f64`.
    pub fn item(&self) -> Option<f64> {
        if self.len() == 1 { self.to_f64s().first().copied() } else { None }
    }

    /// The same elements under another shape of as many.
    pub fn reshaped(&self, shape: &[usize]) -> Option<Value> {
        fn go<T: Element>(t: &Tensor<T>, shape: &[usize]) -> Option<Value> {
            t.clone().into_shape_with_order(IxDyn(shape)).ok().map(T::wrap)
        }
        with_tensor!(self, t => go(t, shape))
    }

    /// Converted element by element, as NumPy's `astype`: floats truncate towards zero and saturate to integers.
    pub fn cast(&self, dtype: DType) -> Value {
        if dtype == self.dtype() {
            return self.clone();
        }
        match (self, dtype) {
            (Value::I64(t), DType::F32) => Value::from(t.mapv(|x| x as f32)),
            (_, _) => Value::from_f64s(&Type::new(dtype, self.shape()), &self.to_f64s()),
        }
    }

    /// Equal in dtype, shape and every bit (the sign of zero and the payload of NaN included).
    pub fn bit_eq(&self, other: &Value) -> bool {
        if self.dtype() != other.dtype() || self.shape() != other.shape() {
            return false;
        }
        match (self, other) {
            (Value::F32(a), Value::F32(b)) => a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits()),
            (Value::F64(a), Value::F64(b)) => a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits()),
            (Value::I64(a), Value::I64(b)) => a == b,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Bool(_) | Value::I64(_) | Value::F32(_) | Value::F64(_), _) => false,
        }
    }

    /// The bits of every element, for hashing.
    pub(crate) fn bits(&self) -> Vec<u64> {
        match self {
            Value::Bool(t) => t.iter().map(|&x| u64::from(x)).collect(),
            Value::I64(t) => t.iter().map(|&x| x as u64).collect(),
            Value::F32(t) => t.iter().map(|&x| u64::from(x.to_bits())).collect(),
            Value::F64(t) => t.iter().map(|&x| x.to_bits()).collect(),
        }
    }
}

/// Nested lists, cut short after a few elements of each axis; a scalar as its number.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_tensor!(self, t => fmt::Debug::fmt(&t.view(), f))
    }
}

/// Nested lists, cut short after a few elements of each axis; a scalar as its number.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_tensor!(self, t => fmt::Display::fmt(&t.view(), f))
    }
}
