//! What an expression of the language stands for while a program is elaborated.
//!
//! A number stays a literal until it meets an array, whose dtype it is then rounded to, once. What is computed from
//! literals alone is weak: it is held in `f64` and takes the float type of what it meets.

use crate::expr::Expr;
use crate::ty::DType;
use crate::value::Value;
use std::rc::Rc;

/// A literal: the text rounded to each dtype.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Number {
    pub(super) f64: f64,
    pub(super) f32: f32,
    pub(super) int: Option<i64>,
}

impl Number {
    /// The literal with these digits.
    pub(super) fn read(digits: &str, negative: bool) -> Option<Number> {
        let text = if negative { format!("-{digits}") } else { digits.to_owned() };
        Some(Number { f64: text.parse().ok()?, f32: text.parse().ok()?, int: text.parse().ok() })
    }

    pub(super) fn of(f64: f64) -> Number {
        Number { f64, f32: f64 as f32, int: None }
    }

    pub(super) fn of_int(int: i64) -> Number {
        Number { f64: int as f64, f32: int as f32, int: Some(int) }
    }

    pub(super) fn value(self, dtype: DType) -> Value {
        match dtype {
            DType::F64 => Value::scalar(self.f64),
            DType::F32 => Value::scalar(self.f32),
            DType::I64 => Value::scalar(self.int.unwrap_or(self.f64 as i64)),
            DType::Bool => Value::scalar(self.f64 != 0.0),
        }
    }
}

/// What an expression stands for.
#[derive(Clone, Debug)]
pub(super) enum Item<'b> {
    /// A literal.
    Number(Number),
    /// An array computed from literals alone, and the integer that it is, if it is one that is known.
    Weak(Expr<'b>, Option<i64>),
    /// An array.
    Array(Expr<'b>),
    /// A list or a tuple.
    Sequence(Rc<[Item<'b>]>),
    /// A string.
    Text(Rc<str>),
    /// The name of a dtype.
    DType(DType),
    /// `None`.
    None,
    /// A derivative of a `custom` node.
    Map(crate::map::Local<crate::graph::NodeId>),
}

impl<'b> Item<'b> {
    /// How the thing is called in messages.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Item::Number(_) => "a number",
            Item::Weak(..) | Item::Array(_) => "an array",
            Item::Sequence(_) => "a sequence",
            Item::Text(_) => "a string",
            Item::DType(_) => "a dtype",
            Item::None => "None",
            Item::Map(_) => "a linear map",
        }
    }

    /// Made of literals alone.
    pub(super) fn is_weak(&self) -> bool {
        match self {
            Item::Number(_) | Item::Weak(..) => true,
            Item::Sequence(items) => !items.is_empty() && items.iter().all(Item::is_weak),
            Item::Array(_) | Item::Text(_) | Item::DType(_) | Item::None | Item::Map(_) => false,
        }
    }

    /// The integer that it is, if one is written.
    pub(super) fn int(&self) -> Option<i64> {
        match self {
            Item::Number(n) => n.int,
            Item::Weak(_, int) => *int,
            Item::Array(_)
            | Item::Sequence(_)
            | Item::Text(_)
            | Item::DType(_)
            | Item::None
            | Item::Map(_) => None,
        }
    }

    /// Names the node of an array.
    pub(super) fn named(self, name: &str) -> Item<'b> {
        if let Item::Array(e) | Item::Weak(e, _) = self {
            e.named(name);
        }
        self
    }

    /// The entries of a regular nested sequence of `true` and `false`, with its extents; `None` if it is something else.
    pub(super) fn truth_values(&self) -> Option<(Vec<usize>, Vec<bool>)> {
        match self {
            Item::Array(e) => {
                let value = e.as_constant().filter(|v| v.shape().is_empty())?;
                Some((Vec::new(), value.slice::<bool>()?.to_vec()))
            }
            Item::Sequence(items) => regular(items.iter().map(Item::truth_values)),
            Item::Number(_) | Item::Weak(..) | Item::Text(_) | Item::DType(_) | Item::None | Item::Map(_) => {
                None
            }
        }
    }

    /// The numbers of a regular nested sequence of literals, with its extents; `None` if it is something else.
    pub(super) fn literals(&self) -> Option<(Vec<usize>, Vec<Number>)> {
        match self {
            Item::Number(n) => Some((Vec::new(), vec![*n])),
            Item::Sequence(items) => regular(items.iter().map(Item::literals)),
            Item::Weak(..) | Item::Array(_) | Item::Text(_) | Item::DType(_) | Item::None | Item::Map(_) => {
                None
            }
        }
    }
}

/// Entries of one shape put together along a new first axis.
fn regular<T>(parts: impl Iterator<Item = Option<(Vec<usize>, Vec<T>)>>) -> Option<(Vec<usize>, Vec<T>)> {
    let parts: Vec<_> = parts.collect::<Option<_>>()?;
    let inner = parts.first().map_or_else(Vec::new, |p| p.0.clone());
    if parts.iter().any(|p| p.0 != inner) {
        return None;
    }
    let shape = std::iter::once(parts.len()).chain(inner).collect();
    Some((shape, parts.into_iter().flat_map(|p| p.1).collect()))
}
