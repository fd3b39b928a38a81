//! From items to arrays: a literal takes the dtype of what it meets, a list becomes one array.

use super::super::Span;
use super::super::diagnostic::Diagnostic;
use super::item::Item;
use super::tree::Elaborator;
use crate::expr::Expr;
use crate::ty::{DType, Type};
use crate::value::Value;

impl<'b> Elaborator<'_, 'b> {
    /// An array of an item; literals alone become `f64`, weakly.
    pub(super) fn array(&self, item: &Item<'b>, at: Span) -> Result<Expr<'b>, Diagnostic> {
        match item {
            Item::Array(e) | Item::Weak(e, _) => Ok(*e),
            Item::Number(n) => Ok(self.b.constant(n.value(DType::F64))),
            Item::Sequence(items) => self.sequence(items, item, DType::F64, at),
            Item::Text(_) | Item::DType(_) | Item::None | Item::Map(_) => {
                Err(self.error(at, format!("expected an array, found {}", item.what())))
            }
        }
    }

    /// An array of an item beside arrays of this dtype: literals are rounded to it.
    pub(super) fn array_as(&self, item: &Item<'b>, dtype: DType, at: Span) -> Result<Expr<'b>, Diagnostic> {
        match item {
            Item::Number(n) => Ok(self.b.constant(n.value(self.meeting(dtype, n.int.is_some())))),
            Item::Weak(e, int) if e.dtype().is_float() => match (dtype, int) {
                (DType::I64, Some(int)) => Ok(self.b.constant(*int)),
                _ => Ok(e.cast(self.meeting(dtype, false))),
            },
            Item::Sequence(items) => self.sequence(items, item, dtype, at),
            Item::Weak(..) | Item::Array(_) | Item::Text(_) | Item::DType(_) | Item::None | Item::Map(_) => {
                self.array(item, at)
            }
        }
    }

    /// The dtype that a literal takes beside an array of this one.
    fn meeting(&self, dtype: DType, integral: bool) -> DType {
        match dtype {
            DType::F32 | DType::F64 => dtype,
            DType::I64 | DType::Bool if integral => DType::I64,
            DType::I64 | DType::Bool => self.options.default_float,
        }
    }

    /// A list as an array: one constant if it is made of literals, else its entries stacked.
    fn sequence(
        &self,
        items: &[Item<'b>],
        whole: &Item<'b>,
        dtype: DType,
        at: Span,
    ) -> Result<Expr<'b>, Diagnostic> {
        if let Some((shape, numbers)) = whole.literals() {
            let integral = numbers.iter().all(|n| n.int.is_some()) && !numbers.is_empty();
            let ty = Type::new(self.meeting(dtype, integral), &shape[..]);
            let value = match ty.dtype {
                DType::I64 => Value::new(ty.shape, numbers.iter().filter_map(|n| n.int).collect()),
                DType::F32 => Value::new(ty.shape, numbers.iter().map(|n| n.f32).collect()),
                DType::F64 | DType::Bool => Value::new(ty.shape, numbers.iter().map(|n| n.f64).collect()),
            };
            return Ok(self.b.constant(value));
        }
        if let Some((shape, bools)) = whole.truth_values() {
            return Ok(self.b.constant(Value::new(&shape[..], bools)));
        }
        let strong = items.iter().filter(|i| !i.is_weak());
        let dtypes = strong.map(|i| self.array(i, at).map(|e| e.dtype())).collect::<Result<Vec<_>, _>>()?;
        let dtype = dtypes.into_iter().max().unwrap_or(dtype);
        let entries = items.iter().map(|i| self.array_as(i, dtype, at)).collect::<Result<Vec<_>, _>>()?;
        match entries.split_first() {
            Some((first, rest)) if rest.iter().all(|e| e.shape() == first.shape()) => {
                self.check(first.stack(rest, 0), at)
            }
            _ => Err(self.error(at, "the entries of a list must have the same shape")),
        }
    }

    /// Two items as arrays; a literal takes the dtype of the other.
    pub(super) fn pair(
        &self,
        (left, left_at): (&Item<'b>, Span),
        (right, right_at): (&Item<'b>, Span),
    ) -> Result<(Expr<'b>, Expr<'b>), Diagnostic> {
        match (left.is_weak(), right.is_weak()) {
            (true, false) => {
                let r = self.array(right, right_at)?;
                Ok((self.array_as(left, r.dtype(), left_at)?, r))
            }
            (false, true) => {
                let l = self.array(left, left_at)?;
                Ok((l, self.array_as(right, l.dtype(), right_at)?))
            }
            (true, true) | (false, false) => Ok((self.array(left, left_at)?, self.array(right, right_at)?)),
        }
    }
}
