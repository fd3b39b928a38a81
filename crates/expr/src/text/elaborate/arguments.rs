//! The arguments of a call, matched to the parameters of a function.
//!
//! A signature is written as in Python: `x, axis=, keepdims=`, a trailing `=` for a parameter that may be left out.

use super::super::diagnostic::Diagnostic;
use super::super::{NameId, Span, suggest};
use super::item::Item;
use super::tree::Elaborator;
use crate::build::Along;
use crate::expr::Expr;
use crate::ty::{DType, Shape};
use std::cell::Cell;

/// One argument as it is written.
pub(super) struct Given<'b> {
    pub(super) keyword: Option<(NameId, Span)>,
    pub(super) item: Item<'b>,
    pub(super) span: Span,
}

/// The arguments of a call by parameter.
pub(super) struct Arguments<'a, 'p, 'b> {
    pub(super) elaborator: &'a Elaborator<'p, 'b>,
    pub(super) at: Span,
    name: &'a str,
    parameters: &'static str,
    slots: Vec<Option<(Item<'b>, Span)>>,
    strong: Cell<bool>,
    arrays: Cell<bool>,
}

fn parameters(signature: &'static str) -> impl Iterator<Item = (&'static str, bool)> {
    signature.split(", ").filter(|p| !p.is_empty()).map(|p| match p.strip_suffix('=') {
        Some(name) => (name, true),
        None => (p, false),
    })
}

impl<'a, 'p, 'b> Arguments<'a, 'p, 'b> {
    pub(super) fn bind(
        elaborator: &'a Elaborator<'p, 'b>,
        name: &'a str,
        signature: &'static str,
        given: Vec<Given<'b>>,
        at: Span,
    ) -> Result<Arguments<'a, 'p, 'b>, Diagnostic> {
        let count = parameters(signature).count();
        let mut slots = vec![None; count];
        let found = given.len();
        let usage = || format!("the parameters are {}", signature.replace('=', ""));
        for (i, arg) in given.into_iter().enumerate() {
            let slot = match arg.keyword {
                None if i < count => i,
                None => {
                    let s = if count == 1 { "" } else { "s" };
                    let message = format!("`{name}` takes at most {count} argument{s}, found {found}");
                    return Err(elaborator.error(at, message).help(usage()));
                }
                Some((keyword, span)) => {
                    let text = elaborator.program.name(keyword);
                    match parameters(signature).position(|(p, _)| p == text) {
                        Some(slot) => slot,
                        None => {
                            let error = elaborator.error(span, format!("`{name}` has no parameter `{text}`"));
                            return Err(match suggest(text, parameters(signature).map(|p| p.0)) {
                                Some(near) => error.help(format!("did you mean `{near}`?")),
                                None => error.help(usage()),
                            });
                        }
                    }
                }
            };
            if slots[slot].is_some() {
                let parameter = parameters(signature).nth(slot).map_or("", |p| p.0);
                return Err(elaborator.error(arg.span, format!("`{name}` has two values for `{parameter}`")));
            }
            slots[slot] = Some((arg.item, arg.span));
        }
        for ((parameter, optional), slot) in parameters(signature).zip(&slots) {
            if !optional && slot.is_none() {
                let error = elaborator.error(at, format!("`{name}` needs a value for `{parameter}`"));
                return Err(error.help(usage()));
            }
        }
        let (strong, arrays) = (Cell::new(false), Cell::new(false));
        Ok(Arguments { elaborator, at, name, parameters: signature, slots, strong, arrays })
    }

    /// A result as an item: weak if it is made of literals alone.
    pub(super) fn result(&self, e: Expr<'b>) -> Result<Item<'b>, Diagnostic> {
        let e = self.elaborator.check(e, self.at)?;
        Ok(if self.arrays.get() && !self.strong.get() && e.dtype() == DType::F64 {
            Item::Weak(e, None)
        } else {
            Item::Array(e)
        })
    }

    fn slot(&self, parameter: &str) -> Option<&(Item<'b>, Span)> {
        let i = parameters(self.parameters).position(|(p, _)| p == parameter)?;
        self.slots[i].as_ref().filter(|(item, _)| !matches!(item, Item::None))
    }

    /// Whether a value other than None was given.
    pub(super) fn has(&self, parameter: &str) -> bool {
        self.slot(parameter).is_some()
    }

    fn needed(&self, parameter: &str) -> Result<&(Item<'b>, Span), Diagnostic> {
        self.slot(parameter).ok_or_else(|| {
            self.elaborator.error(self.at, format!("`{}` needs a value for `{parameter}`", self.name))
        })
    }

    /// The item given, and its place.
    pub(super) fn item(&self, parameter: &str) -> Result<(&Item<'b>, Span), Diagnostic> {
        self.needed(parameter).map(|(item, span)| (item, *span))
    }

    fn mark(&self, item: &Item<'b>) {
        self.arrays.set(true);
        if !item.is_weak() {
            self.strong.set(true);
        }
    }

    /// An array.
    pub(super) fn array(&self, parameter: &str) -> Result<Expr<'b>, Diagnostic> {
        let (item, span) = self.needed(parameter)?;
        self.mark(item);
        self.elaborator.array(item, *span)
    }

    /// An array beside another: literals take its dtype.
    pub(super) fn beside(&self, parameter: &str, like: Expr<'b>) -> Result<Expr<'b>, Diagnostic> {
        let (item, span) = self.needed(parameter)?;
        self.mark(item);
        self.elaborator.array_as(item, like.dtype(), *span)
    }

    /// Two arrays; a literal takes the dtype of the other.
    pub(super) fn pair(&self, first: &str, second: &str) -> Result<(Expr<'b>, Expr<'b>), Diagnostic> {
        let (l, r) = (self.needed(first)?, self.needed(second)?);
        self.mark(&l.0);
        self.mark(&r.0);
        self.elaborator.pair((&l.0, l.1), (&r.0, r.1))
    }

    /// Positions: integer literals are `i64`.
    pub(super) fn positions(&self, parameter: &str) -> Result<Expr<'b>, Diagnostic> {
        let (item, span) = self.needed(parameter)?;
        self.elaborator.array_as(item, DType::I64, *span)
    }

    /// The arrays of a sequence, literals in the greatest dtype of the others.
    pub(super) fn arrays(&self, parameter: &str) -> Result<Vec<Expr<'b>>, Diagnostic> {
        let (item, span) = self.needed(parameter)?;
        let Item::Sequence(items) = item else {
            let e = self.array(parameter)?;
            let n = e.shape().first().copied().unwrap_or(0);
            if n == 0 {
                return Err(self
                    .elaborator
                    .error(*span, format!("expected a sequence of arrays, found {}", item.what())));
            }
            return Ok((0..n).map(|i| e.entry(0, i as i64)).collect());
        };
        items.iter().for_each(|i| self.mark(i));
        let strong =
            items.iter().filter(|i| !i.is_weak()).map(|i| self.elaborator.array(i, *span).map(|e| e.dtype()));
        let dtype = strong.collect::<Result<Vec<_>, _>>()?.into_iter().max().unwrap_or(DType::F64);
        items.iter().map(|i| self.elaborator.array_as(i, dtype, *span)).collect()
    }

    /// A written integer.
    pub(super) fn int(&self, parameter: &str) -> Result<i64, Diagnostic> {
        let (item, span) = self.needed(parameter)?;
        item.int().ok_or_else(|| {
            let message =
                format!("`{parameter}` of `{}` must be a written integer, found {}", self.name, item.what());
            self.elaborator.error(*span, message)
        })
    }

    /// A written integer, or this one if none is given.
    pub(super) fn int_or(&self, parameter: &str, default: i64) -> Result<i64, Diagnostic> {
        if self.has(parameter) { self.int(parameter) } else { Ok(default) }
    }

    /// A written integer that is not negative.
    pub(super) fn size(&self, parameter: &str) -> Result<usize, Diagnostic> {
        let n = self.int(parameter)?;
        usize::try_from(n).map_err(|_| {
            let span = self.item(parameter).map_or(self.at, |i| i.1);
            self.elaborator.error(span, format!("`{parameter}` of `{}` cannot be negative", self.name))
        })
    }

    /// A written number.
    pub(super) fn number_or(&self, parameter: &str, default: f64) -> Result<f64, Diagnostic> {
        match self.slot(parameter) {
            None => Ok(default),
            Some((Item::Number(n), _)) => Ok(n.f64),
            Some((item, span)) => {
                let message =
                    format!("`{parameter}` of `{}` must be a number, found {}", self.name, item.what());
                Err(self.elaborator.error(*span, message))
            }
        }
    }

    /// Written integers: one, or a sequence of them.
    pub(super) fn ints(&self, parameter: &str) -> Result<Vec<i64>, Diagnostic> {
        let (item, span) = self.needed(parameter)?;
        let ints = match item {
            Item::Sequence(items) => items.iter().map(Item::int).collect::<Option<Vec<i64>>>(),
            item => item.int().map(|i| vec![i]),
        };
        ints.ok_or_else(|| {
            let message = format!("`{parameter}` of `{}` must be written integers", self.name);
            self.elaborator.error(*span, message)
        })
    }

    /// Written integers that are not negative.
    pub(super) fn sizes(&self, parameter: &str) -> Result<Vec<usize>, Diagnostic> {
        let ints = self.ints(parameter)?;
        let span = self.item(parameter)?.1;
        let size = |n| usize::try_from(n).map_err(|_| self.elaborator.error(span, format!("{n} is no size")));
        ints.into_iter().map(size).collect()
    }

    /// A shape.
    pub(super) fn shape(&self, parameter: &str) -> Result<Shape, Diagnostic> {
        Ok(self.sizes(parameter)?.into_iter().collect())
    }

    /// Axes: all if none are given.
    pub(super) fn along(&self, parameter: &str) -> Result<Along, Diagnostic> {
        if self.has(parameter) { Ok(Along::Axes(self.ints(parameter)?)) } else { Ok(Along::All) }
    }

    /// A truth value, false if none is given.
    pub(super) fn flag(&self, parameter: &str) -> Result<bool, Diagnostic> {
        let Some((item, span)) = self.slot(parameter) else { return Ok(false) };
        let value = match item {
            Item::Array(e) => {
                e.as_constant().and_then(|v| v.slice::<bool>().and_then(|s| s.first().copied()))
            }
            Item::Number(n) => n.int.map(|i| i != 0),
            _ => None,
        };
        value.ok_or_else(|| {
            self.elaborator.error(*span, format!("`{parameter}` of `{}` must be true or false", self.name))
        })
    }

    /// A dtype, or the default float.
    pub(super) fn dtype(&self, parameter: &str) -> Result<DType, Diagnostic> {
        match self.slot(parameter) {
            None => Ok(self.elaborator.options.default_float),
            Some((Item::DType(d), _)) => Ok(*d),
            Some((Item::Text(name), span)) => DType::from_name(name)
                .ok_or_else(|| self.elaborator.error(*span, format!("unknown dtype {name:?}"))),
            Some((item, span)) => Err(self
                .elaborator
                .error(*span, format!("expected a dtype, found {}", item.what()))
                .help("the dtypes are f64, f32, i64 and bool")),
        }
    }

    /// A mistake in this call.
    pub(super) fn error(&self, message: impl Into<String>) -> Diagnostic {
        self.elaborator.error(self.at, message)
    }
}
