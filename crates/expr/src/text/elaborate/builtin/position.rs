//! Elements chosen and put by position.

use super::super::arguments::Arguments;
use super::super::item::Item;
use super::{Diagnostic, Function, function};
use crate::op::{Op, Range, Window, Windows};

pub(super) static FUNCTIONS: &[Function] = &[
    function("take", "x, indices, axis=", |args| {
        let (x, positions) = (args.array("x")?, args.positions("indices")?);
        let (x, axis) = if args.has("axis") { (x, args.int("axis")?) } else { (x.reshape(&[-1]), 0) };
        args.result(x.take(positions, axis))
    }),
    function("take_along_axis", "x, indices, axis", |args| {
        args.result(args.array("x")?.take_along_axis(args.positions("indices")?, args.int("axis")?))
    }),
    function("scatter_add", "x, indices, updates, axis=", |args| {
        let x = args.array("x")?;
        let updates = args.beside("updates", x)?;
        args.result(x.scatter_add(args.positions("indices")?, updates, args.int_or("axis", 0)?))
    }),
    function("scatter", "updates, indices, axis=, extent", |args| {
        let axis = axis(args, "axis")?;
        let op = Op::ScatterAdd { axis, extent: args.size("extent")? };
        args.result(args.elaborator.b.add(op, &[args.array("updates")?, args.positions("indices")?]))
    }),
    function("slice", "x, start, count, step=", |args| {
        let (start, count) = (args.sizes("start")?, args.sizes("count")?);
        let step = if args.has("step") { args.sizes("step")? } else { vec![1; start.len()] };
        if start.len() != count.len() || start.len() != step.len() {
            return Err(
                args.error("`start`, `count` and `step` must have as many entries as the array has axes")
            );
        }
        let ranges =
            start.iter().zip(&count).zip(&step).map(|((&start, &count), &step)| Range { start, count, step });
        args.result(args.elaborator.b.add(Op::Slice(ranges.collect()), &[args.array("x")?]))
    }),
    function("pad", "x, pad_width, value=, interior=", pad),
    function("patches", "x, axes, size, stride=, dilation=", |args| {
        args.result(args.array("x")?.patches(&windows(args)?))
    }),
    function("overlap", "x, shape, axes, size, stride=, dilation=", |args| {
        let windows = Windows { windows: windows(args)?, shape: args.shape("shape")? };
        args.result(args.elaborator.b.add(Op::Overlap(Box::new(windows)), &[args.array("x")?]))
    }),
];

fn axis(args: &Arguments<'_, '_, '_>, parameter: &str) -> Result<u8, Diagnostic> {
    u8::try_from(args.int_or(parameter, 0)?).map_err(|_| args.error("an axis is 0 or more here"))
}

/// NumPy's `pad`: one pair for all axes, or one for each.
fn pad<'b>(args: &Arguments<'_, '_, 'b>) -> Result<Item<'b>, Diagnostic> {
    let x = args.array("x")?;
    let rank = x.rank();
    let pair = |item: &Item<'b>| match item {
        Item::Sequence(pair) if pair.len() == 2 => Some((pair[0].int()?, pair[1].int()?)),
        item => item.int().map(|n| (n, n)),
    };
    let (width, at) = args.item("pad_width")?;
    let pairs: Option<Vec<(i64, i64)>> = match width {
        Item::Sequence(items) if items.iter().any(|i| matches!(i, Item::Sequence(_))) => {
            items.iter().map(pair).collect()
        }
        item => pair(item).map(|p| vec![p; rank]),
    };
    let pairs = pairs.map(|p| if p.len() == 1 { vec![p[0]; rank] } else { p });
    let Some(pairs) = pairs.filter(|p| p.len() == rank) else {
        let message = format!("`pad_width` must be one pair of integers, or one for each of {rank} axes");
        return Err(args.elaborator.error(at, message).help("write ((before, after), ...)"));
    };
    let interior = if args.has("interior") { args.sizes("interior")? } else { vec![0; rank] };
    if interior.len() != rank {
        return Err(args.error(format!("`interior` must have {rank} entries")));
    }
    let paddings: Vec<(i64, i64, usize)> =
        pairs.into_iter().zip(interior).map(|((l, h), i)| (l, h, i)).collect();
    match args.has("value") {
        true => args.result(x.pad_with(&paddings, args.beside("value", x)?)),
        false => args.result(x.pad(&paddings)),
    }
}

fn windows(args: &Arguments<'_, '_, '_>) -> Result<Vec<Window>, Diagnostic> {
    let (axes, size) = (args.sizes("axes")?, args.sizes("size")?);
    let or_ones = |p| if args.has(p) { args.sizes(p) } else { Ok(vec![1; axes.len()]) };
    let (stride, dilation) = (or_ones("stride")?, or_ones("dilation")?);
    if [&size, &stride, &dilation].iter().any(|l| l.len() != axes.len()) {
        return Err(args.error("`size`, `stride` and `dilation` must have one entry for each of `axes`"));
    }
    let window = |i: usize| {
        let axis = u8::try_from(axes[i]).unwrap_or(u8::MAX);
        Window { axis, size: size[i], stride: stride[i], dilation: dilation[i] }
    };
    Ok((0..axes.len()).map(window).collect())
}
