//! Arrays that a caller lends to a run: views of any dtype, read or written where they lie.

use ndarray::{ArrayBase, ArrayViewD, ArrayViewMutD, Data, DataMut, Dimension};
use wengert_expr::{DType, Element, Shape, Type, Value};

/// An array to read.
#[derive(Clone, Debug)]
pub enum ArrayRef<'a> {
    /// Truth values.
    Bool(ArrayViewD<'a, bool>),
    /// 64-bit integers.
    I64(ArrayViewD<'a, i64>),
    /// 32-bit floats.
    F32(ArrayViewD<'a, f32>),
    /// 64-bit floats.
    F64(ArrayViewD<'a, f64>),
}

/// An array to write. It must be in standard (row-major, contiguous) layout.
#[derive(Debug)]
pub enum ArrayMut<'a> {
    /// Truth values.
    Bool(ArrayViewMutD<'a, bool>),
    /// 64-bit integers.
    I64(ArrayViewMutD<'a, i64>),
    /// 32-bit floats.
    F32(ArrayViewMutD<'a, f32>),
    /// 64-bit floats.
    F64(ArrayViewMutD<'a, f64>),
}

/// The element types of arrays that can be lent.
pub trait Lent: Element {
    /// An array to read.
    fn lend(view: ArrayViewD<'_, Self>) -> ArrayRef<'_>;
    /// An array to write.
    fn lend_mut(view: ArrayViewMutD<'_, Self>) -> ArrayMut<'_>;
}

impl<'a, T: Lent, S: Data<Elem = T>, D: Dimension> From<&'a ArrayBase<S, D>> for ArrayRef<'a> {
    fn from(array: &'a ArrayBase<S, D>) -> ArrayRef<'a> {
        T::lend(array.view().into_dyn())
    }
}

impl<'a, T: Lent, S: DataMut<Elem = T>, D: Dimension> From<&'a mut ArrayBase<S, D>> for ArrayMut<'a> {
    fn from(array: &'a mut ArrayBase<S, D>) -> ArrayMut<'a> {
        T::lend_mut(array.view_mut().into_dyn())
    }
}

macro_rules! arrays {
    ($($t:ty => $v:ident),*) => {
        $(
            impl Lent for $t {
                fn lend(view: ArrayViewD<'_, $t>) -> ArrayRef<'_> { ArrayRef::$v(view) }
                fn lend_mut(view: ArrayViewMutD<'_, $t>) -> ArrayMut<'_> { ArrayMut::$v(view) }
            }

            impl<'a> From<&'a [$t]> for ArrayRef<'a> {
                fn from(slice: &'a [$t]) -> ArrayRef<'a> { ArrayRef::$v(ndarray::ArrayView1::from(slice).into_dyn()) }
            }

            impl<'a> From<&'a mut [$t]> for ArrayMut<'a> {
                fn from(slice: &'a mut [$t]) -> ArrayMut<'a> {
                    ArrayMut::$v(ndarray::ArrayViewMut1::from(slice).into_dyn())
                }
            }

            impl<'a> From<&'a $t> for ArrayRef<'a> {
                fn from(x: &'a $t) -> ArrayRef<'a> { ArrayRef::$v(ndarray::aview0(x).into_dyn()) }
            }

            impl<'a> From<&'a mut $t> for ArrayMut<'a> {
                fn from(x: &'a mut $t) -> ArrayMut<'a> {
                    let one = ndarray::ArrayViewMut::from_shape((), std::slice::from_mut(x));
                    ArrayMut::$v(one.expect("one element has a shape without axes").into_dyn())
                }
            }
        )*

        impl ArrayRef<'_> {
            /// The element type.
            pub fn dtype(&self) -> DType {
                match self { $(ArrayRef::$v(_) => DType::$v),* }
            }

            /// The extents.
            pub fn shape(&self) -> &[usize] {
                match self { $(ArrayRef::$v(a) => a.shape()),* }
            }

            /// The first element, if the array is in standard layout.
            pub(crate) fn pointer(&self) -> Option<*const u8> {
                match self { $(ArrayRef::$v(a) => a.is_standard_layout().then(|| a.as_ptr().cast())),* }
            }

            /// The first element, and the strides in elements.
            pub(crate) fn layout(&self) -> (*mut u8, Vec<isize>) {
                match self { $(ArrayRef::$v(a) => (a.as_ptr().cast_mut().cast(), a.strides().to_vec())),* }
            }

            /// The same array.
            pub(crate) fn reborrow(&self) -> ArrayRef<'_> {
                match self { $(ArrayRef::$v(a) => ArrayRef::$v(a.view())),* }
            }

            /// One entry of the first axis.
            pub(crate) fn entry(&self, i: usize) -> ArrayRef<'_> {
                match self { $(ArrayRef::$v(a) => ArrayRef::$v(a.index_axis(ndarray::Axis(0), i))),* }
            }

            /// A copy in standard layout.
            pub(crate) fn to_value(&self) -> Value {
                match self { $(ArrayRef::$v(a) => Value::from(a.to_owned())),* }
            }
        }

        impl ArrayMut<'_> {
            /// The element type.
            pub fn dtype(&self) -> DType {
                match self { $(ArrayMut::$v(_) => DType::$v),* }
            }

            /// The extents.
            pub fn shape(&self) -> &[usize] {
                match self { $(ArrayMut::$v(a) => a.shape()),* }
            }

            /// The first element, and the strides in elements.
            pub(crate) fn layout(&mut self) -> (*mut u8, Vec<isize>) {
                match self { $(ArrayMut::$v(a) => (a.as_mut_ptr().cast(), a.strides().to_vec())),* }
            }

            /// One entry of the first axis.
            pub(crate) fn entry(&mut self, i: usize) -> ArrayMut<'_> {
                match self { $(ArrayMut::$v(a) => ArrayMut::$v(a.index_axis_mut(ndarray::Axis(0), i))),* }
            }

            /// The first element, if the array is in standard layout.
            pub(crate) fn pointer(&mut self) -> Option<*mut u8> {
                match self { $(ArrayMut::$v(a) => a.is_standard_layout().then(|| a.as_mut_ptr().cast())),* }
            }
        }
    };
}
arrays!(bool => Bool, i64 => I64, f32 => F32, f64 => F64);

impl<'a> From<&'a Value> for ArrayRef<'a> {
    fn from(value: &'a Value) -> ArrayRef<'a> {
        match value {
            Value::Bool(t) => t.into(),
            Value::I64(t) => t.into(),
            Value::F32(t) => t.into(),
            Value::F64(t) => t.into(),
        }
    }
}

impl ArrayRef<'_> {
    pub(crate) fn ty(&self) -> Type {
        Type::new(self.dtype(), Shape::new(self.shape()))
    }
}

impl ArrayMut<'_> {
    pub(crate) fn ty(&self) -> Type {
        Type::new(self.dtype(), Shape::new(self.shape()))
    }
}

/// A value's own memory, made its own first.
impl<'a> From<&'a mut Value> for ArrayMut<'a> {
    fn from(value: &'a mut Value) -> ArrayMut<'a> {
        match value {
            Value::Bool(t) => t.into(),
            Value::I64(t) => t.into(),
            Value::F32(t) => t.into(),
            Value::F64(t) => t.into(),
        }
    }
}
