//! Indexing and slicing, as NumPy does it: integers drop an axis, slices keep it, one array of positions takes entries.

use super::super::Span;
use super::super::ast::{ExprId, IndexItem};
use super::super::diagnostic::Diagnostic;
use super::item::Item;
use super::tree::Elaborator;
use crate::expr::Expr;
use crate::op::Range;
use crate::ty::DType;

impl<'b> Elaborator<'_, 'b> {
    pub(super) fn subscript(
        &self,
        target: &Item<'b>,
        target_at: Span,
        items: &[IndexItem],
        operand: impl Fn(ExprId) -> Item<'b>,
        at: Span,
    ) -> Result<Item<'b>, Diagnostic> {
        if let (Item::Sequence(entries), [IndexItem::At(id)]) = (target, items)
            && let Some(i) = operand(*id).int()
        {
            let n = entries.len() as i64;
            let inside = if i < 0 { i.checked_add(n) } else { Some(i) }.and_then(|i| usize::try_from(i).ok());
            let entry = inside.and_then(|i| entries.get(i)).cloned();
            return entry.ok_or_else(|| self.error(at, format!("index {i} is out of range for {n} entries")));
        }
        let e = self.array(target, target_at)?;
        let taken = self.subscript_array(e, items, operand, at)?;
        Ok(if target.is_weak() { Item::Weak(taken, None) } else { Item::Array(taken) })
    }

    fn subscript_array(
        &self,
        e: Expr<'b>,
        items: &[IndexItem],
        operand: impl Fn(ExprId) -> Item<'b>,
        at: Span,
    ) -> Result<Expr<'b>, Diagnostic> {
        let rank = e.rank();
        let used = items.iter().filter(|i| matches!(i, IndexItem::At(_) | IndexItem::Slice { .. })).count();
        if used > rank {
            return Err(self.error(at, format!("{used} indices for an array of {rank} axes")));
        }
        let (mut e, mut axis) = (e, 0i64);
        let mut took = false;
        for item in items {
            match item {
                IndexItem::Ellipsis(_) => axis += (rank - used) as i64,
                IndexItem::NewAxis(_) => {
                    e = self.check(e.expand_dims(axis), at)?;
                    axis += 1;
                }
                IndexItem::Slice { start, stop, step, span } => {
                    let bound =
                        |id: &Option<ExprId>| id.map(|id| self.bound(&operand(id), *span)).transpose();
                    let bounds = (bound(start)?.flatten(), bound(stop)?.flatten(), bound(step)?.flatten());
                    e = self.check(self.slice(e, axis, bounds, *span)?, at)?;
                    axis += 1;
                }
                IndexItem::At(id) => {
                    let position = operand(*id);
                    let span = self.program.node(*id).span;
                    if let Some(i) = position.int() {
                        e = self.check(e.entry(axis, i), span)?;
                        continue;
                    }
                    let positions = self.array_as(&position, DType::I64, span)?;
                    if positions.dtype() != DType::I64 {
                        let message = format!("an index must be an integer, found {}", positions.ty());
                        return Err(self.error(span, message).help("use `where` to choose by a condition"));
                    }
                    if std::mem::replace(&mut took, true) {
                        let error = self.error(span, "only one index may be an array");
                        return Err(error.help("use `take` and `take_along_axis`"));
                    }
                    axis += positions.rank() as i64;
                    e = self.check(e.take(positions, axis - positions.rank() as i64), span)?;
                }
            }
        }
        Ok(e)
    }

    /// A written bound of a slice; `None` is one that is left out.
    fn bound(&self, item: &Item<'b>, at: Span) -> Result<Option<i64>, Diagnostic> {
        match item {
            Item::None => Ok(None),
            item => match item.int() {
                Some(i) => Ok(Some(i)),
                None => {
                    Err(self.error(at, "the bounds of a slice must be written integers").help("use `take`"))
                }
            },
        }
    }

    /// Python's rule for `start:stop:step`; a negative step goes backwards.
    fn slice(
        &self,
        e: Expr<'b>,
        axis: i64,
        (start, stop, step): (Option<i64>, Option<i64>, Option<i64>),
        at: Span,
    ) -> Result<Expr<'b>, Diagnostic> {
        let shape = e.shape();
        let n = shape[axis as usize] as i64;
        let step = step.unwrap_or(1);
        if step == 0 || step == i64::MIN {
            return Err(self.error(at, "the step of a slice cannot be 0"));
        }
        let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
        let clamp = |i: i64| if i < 0 { i.saturating_add(n).max(low) } else { i.min(high) };
        let start = start.map_or(if step > 0 { low } else { high }, clamp);
        let stop = stop.map_or(if step > 0 { high } else { low }, clamp);
        let distance = if step > 0 { stop - start } else { start - stop };
        let count = if distance <= 0 { 0 } else { (distance - 1) / step.abs() + 1 };
        let range = |first: i64| Range {
            start: first.max(0) as usize,
            count: count as usize,
            step: step.unsigned_abs() as usize,
        };
        let mut ranges: Vec<Range> = shape.iter().map(|&n| Range::all(n)).collect();
        if count == 0 {
            ranges[axis as usize] = Range { start: 0, count: 0, step: 1 };
            return Ok(e.slice(&ranges));
        }
        if step > 0 {
            ranges[axis as usize] = range(start);
            return Ok(e.slice(&ranges));
        }
        ranges[axis as usize] = range(start - (count - 1) * -step);
        Ok(e.slice(&ranges).flip(axis))
    }
}
