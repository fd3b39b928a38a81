//! Parts of arrays, taken from where they come from.

use super::pads::PARTS;
use crate::passes::kind::{Behind, is_broadcast, is_concatenate, is_pad, is_slice};
use crate::passes::rule::Rule;
use crate::passes::site::{Site, op, operand, operands, zeros};
use wengert_expr::{Expr, Op, Range};

pub(super) static RULES: &[Rule] = &[
    Rule::coded(
        "slice-slice",
        "slice(slice(x))",
        "slice(x) at once",
        is_slice,
        Behind::First(is_slice),
        slice_slice,
        "input x: f64[9]; y = x[1:8:2][1:3]",
    ),
    Rule::coded(
        "slice-pad",
        "slice(pad(x)) of the zeros, or of x alone",
        "0, or slice(x)",
        is_slice,
        Behind::First(is_pad),
        slice_pad,
        "input x: f64[3]; y = pad(x, ((2, 1),))[3:5] + pad(x, ((2, 3),))[0:2]",
    ),
    Rule::coded(
        "slice-concatenate",
        "slice(concatenate(x, y, ...)) of one part",
        "slice(x)",
        is_slice,
        Behind::First(is_concatenate),
        slice_concatenate,
        "input x: f64[3]; input y: f64[2]; z = concatenate((x, y))[3:5]",
    ),
    Rule::coded(
        "slice-broadcast",
        "slice(broadcast(x))",
        "broadcast(slice(x))",
        is_slice,
        Behind::First(is_broadcast),
        slice_broadcast,
        "input x: f64[3]; y = broadcast_to(x, (4, 3))[1:3, 0:2]",
    ),
    Rule::coded(
        "concatenate-concatenate",
        "concatenate(x, concatenate(y, z), ...)",
        "concatenate(x, y, z, ...)",
        is_concatenate,
        Behind::One(is_concatenate),
        concatenate_concatenate,
        "input x: f64[2]; input y: f64[3]; z = concatenate((x, concatenate((y, x))))",
    ),
    Rule::coded(
        "concatenate-slices",
        "concatenate(x[a:b], x[b:c], ...)",
        "concatenate(x[a:c], ...)",
        is_concatenate,
        Behind::One(is_slice),
        concatenate_slices,
        "input x: f64[5]; y = concatenate((x[0:2], x[2:4], x[0:1]))",
    ),
];

fn ranges(e: Expr<'_>) -> Option<Box<[Range]>> {
    if let Op::Slice(ranges) = op(e) { Some(ranges) } else { None }
}

fn slice_slice<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (outer, inner) = (ranges(site.root)?, ranges(site.x(0))?);
    let join = |(o, i): (&Range, &Range)| {
        if o.count == 0 {
            return Some(Range { start: 0, count: 0, step: 1 });
        }
        Some(Range {
            start: i.start.checked_add(o.start.checked_mul(i.step)?)?,
            count: o.count,
            step: o.step.checked_mul(i.step)?,
        })
    };
    let joined: Vec<Range> = outer.iter().zip(inner.iter()).map(join).collect::<Option<_>>()?;
    Some(operand(site.x(0), 0).slice(&joined))
}

fn slice_pad<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (taken, Op::Pad(paddings)) = (ranges(site.root)?, op(site.x(0))) else { return None };
    let x = operand(site.x(0), 0);
    let mut inside = Vec::new();
    let mut whole = true;
    for ((range, padding), &n) in taken.iter().zip(paddings.iter()).zip(x.shape().iter()) {
        let (low, stride) = (padding.low, padding.interior + 1);
        let end = range.start + range.count.saturating_sub(1) * range.step;
        let last = low + n.saturating_sub(1) * stride;
        if range.count > 0 && (n == 0 || end < low || range.start > last) {
            return Some(zeros(x, site.root.shape()));
        }
        // Every position taken is one of the operand's.
        let within = range.count > 0 && n > 0 && range.start >= low && end <= last;
        let aligned = within && (range.start - low).is_multiple_of(stride);
        let step = if range.count <= 1 { 1 } else { range.step / stride };
        whole &= aligned && (range.count <= 1 || range.step.is_multiple_of(stride));
        inside.push(Range { start: range.start.saturating_sub(low) / stride, count: range.count, step });
    }
    whole.then(|| x.slice(&inside))
}

fn slice_concatenate<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (mut taken, Op::Concatenate(axis)) = (ranges(site.root)?, op(site.x(0))) else { return None };
    let axis = usize::from(axis);
    let parts = operands(site.x(0));
    if parts.len() > PARTS {
        return None;
    }
    let range = taken[axis];
    let end = range.start + range.count.saturating_sub(1) * range.step;
    let mut before = 0;
    for part in parts {
        let after = before + part.shape()[axis];
        if range.count > 0 && range.start >= before && end < after {
            taken[axis].start -= before;
            return Some(part.slice(&taken));
        }
        before = after;
    }
    None
}

fn slice_broadcast<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (taken, Op::Broadcast { axes, .. }) = (ranges(site.root)?, op(site.x(0))) else { return None };
    let x = operand(site.x(0), 0);
    let wide = site.x(0).shape();
    let shape = x.shape();
    let kept = axes.iter().zip(shape.iter()).map(|(&a, &n)| {
        let a = usize::from(a);
        if n == wide[a] { taken[a] } else { Range::all(1) }
    });
    let kept: Vec<Range> = kept.collect();
    Some(x.slice(&kept).broadcast_axes(site.root.shape(), axes))
}

fn concatenate_concatenate<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let Op::Concatenate(axis) = site.op() else { return None };
    let parts = operands(site.root);
    let same = |e: Expr<'b>| op(e) == Op::Concatenate(axis);
    if !parts.iter().any(|&e| same(e)) {
        return None;
    }
    let flat: Vec<Expr<'b>> =
        parts.into_iter().flat_map(|e| if same(e) { operands(e) } else { vec![e] }).collect();
    (flat.len() <= PARTS).then(|| site.root.builder().add(Op::Concatenate(axis), &flat))
}

/// Neighbours that are neighbouring slices of one array.
fn concatenate_slices<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let Op::Concatenate(axis) = site.op() else { return None };
    let axis = usize::from(axis);
    let mut parts: Vec<Expr<'b>> = Vec::new();
    let mut joined = false;
    for part in operands(site.root) {
        match parts.last().and_then(|&last| join(last, part, axis)) {
            Some(both) => {
                parts.pop();
                parts.push(both);
                joined = true;
            }
            None => parts.push(part),
        }
    }
    match parts.as_slice() {
        [whole] if joined => Some(*whole),
        parts => joined.then(|| site.root.builder().add(Op::Concatenate(axis as u8), parts)),
    }
}

fn join<'b>(a: Expr<'b>, b: Expr<'b>, axis: usize) -> Option<Expr<'b>> {
    let (first, second) = (ranges(a)?, ranges(b)?);
    let x = operand(a, 0);
    let others = first.iter().zip(second.iter()).enumerate().all(|(i, (f, s))| i == axis || f == s);
    let (f, s) = (first[axis], second[axis]);
    let neighbours = f.step == 1 && s.step == 1 && f.start + f.count == s.start;
    if x.id() != operand(b, 0).id() || !others || !neighbours {
        return None;
    }
    let mut both = first;
    both[axis].count += s.count;
    Some(x.slice(&both))
}
