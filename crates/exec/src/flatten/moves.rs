//! What each operation does with the elements of its operands.
//!
//! Operations that only move elements are asked for their reference value on the elements' numbers: no other statement of
//! where elements go is needed.

use super::Element;
use super::writer::Writer;
use crate::lane::Op as LaneOp;
use smallvec::SmallVec;
use wengert_expr::{Binary, DType, DotAxes, EvalError, Function, NodeId, Op, Reduction, Shape, Type, Value};

/// Numbers of values, as an array.
type Numbers = Box<[u32]>;

/// True for operations whose result holds elements of the first operand, or zeros, and nothing else.
pub(super) fn only_moves(op: &Op) -> bool {
    matches!(
        op,
        Op::StopGradient
            | Op::Custom(_)
            | Op::Broadcast { .. }
            | Op::Reshape(_)
            | Op::Transpose(_)
            | Op::Slice(_)
            | Op::Pad(_)
            | Op::Concatenate(_)
            | Op::Flip(_)
            | Op::Gather(_)
            | Op::Patches(_)
    )
}

/// The numbers of a node's elements.
pub(super) fn node(
    function: &Function,
    node: NodeId,
    elements: &[Numbers],
    writer: &mut Writer,
) -> Option<Numbers> {
    let graph = function.graph();
    let ty = graph.ty(node);
    let operands = graph.operands(node);
    let of = |i: usize| &*elements[operands[i].index()];
    let shape = |i: usize| graph.shape(operands[i]);
    let count = ty.shape.elements();
    match graph.op(node) {
        Op::Input(i) => {
            let array = *i as usize;
            Some((0..count).map(|index| writer.input(Element { array, index }, ty.dtype)).collect())
        }
        Op::Constant(literal) => Some(constants(literal.value(), writer)),
        op @ Op::Iota { .. } => Some(constants(&reference(op, &[], ty)?, writer)),
        op
        @ (Op::Unary(_) | Op::Polygamma(_) | Op::Binary(_) | Op::Compare(_) | Op::Select | Op::Cast(_)) => {
            let from = operands.iter().map(|&n| graph.ty(n).dtype).next();
            let (op, order) = elementwise(op, from, ty.dtype)?;
            let args = |e: usize| (0..operands.len()).map(move |i| of(i)[e]).chain(order);
            let one = |e: usize| match op {
                Some(op) => writer.push(op, ty.dtype, &args(e).collect::<SmallVec<[u32; 3]>>()),
                None => of(0)[e],
            };
            Some((0..count).map(one).collect())
        }
        Op::Reduce(fold, axes) => Some(reduce(*fold, axes, of(0), shape(0), ty, writer)),
        Op::Cumsum { axis, reverse } => {
            Some(cumsum(usize::from(*axis), *reverse, of(0), shape(0), ty.dtype, writer))
        }
        Op::Dot(axes) => Some(dot(axes, [of(0), of(1)], [shape(0), shape(1)], ty.dtype, writer)?),
        Op::Gather(_) => {
            let positions = constant(function, operands[1])?;
            let numbers = as_value(of(0), shape(0));
            moved(graph.op(node), &[&numbers, positions], ty, writer, graph.ty(operands[0]).dtype)
        }
        Op::ScatterAdd { axis, .. } => {
            let positions = constant(function, operands[1])?;
            let places = reference(
                &Op::Gather(*axis),
                &[&counting(&ty.shape), positions],
                &graph.ty(operands[0]).with_dtype(DType::I64),
            )?;
            Some(scattered(&places, of(0), ty, writer))
        }
        Op::Overlap(windows) => {
            let to = graph.ty(operands[0]).with_dtype(DType::I64);
            let places = reference(&Op::Patches(windows.clone()), &[&counting(&ty.shape)], &to)?;
            Some(scattered(&places, of(0), ty, writer))
        }
        Op::Arg(..) => None,
        op @ (Op::StopGradient | Op::Custom(_)) => {
            debug_assert!(only_moves(op));
            Some(of(0).into())
        }
        op @ (Op::Broadcast { .. }
        | Op::Reshape(_)
        | Op::Transpose(_)
        | Op::Slice(_)
        | Op::Pad(_)
        | Op::Concatenate(_)
        | Op::Flip(_)
        | Op::Patches(_)) => {
            let numbers: Vec<Value> = (0..operands.len()).map(|i| as_value(of(i), shape(i))).collect();
            let numbers: SmallVec<[&Value; 4]> = numbers.iter().collect();
            moved(op, &numbers, ty, writer, ty.dtype)
        }
    }
}

/// The instruction of an elementwise operation, none where it changes nothing, and what it has beside its operands.
pub(super) fn elementwise(op: &Op, from: Option<DType>, to: DType) -> Option<(Option<LaneOp>, Option<u32>)> {
    Some(match op {
        Op::Unary(f) => (Some(LaneOp::Unary(*f)), None),
        Op::Polygamma(order) => (Some(LaneOp::Polygamma), Some(*order)),
        Op::Binary(Binary::Pow | Binary::Remainder) if to == DType::I64 => return None,
        Op::Binary(f) => (Some(LaneOp::Binary(*f)), None),
        Op::Compare(f) => (Some(LaneOp::Compare(*f)), None),
        Op::Select => (Some(LaneOp::Select), None),
        Op::Cast(_) => ((from != Some(to)).then_some(LaneOp::Cast), None),
        _ => return None,
    })
}

fn constants(value: &Value, writer: &mut Writer) -> Numbers {
    bits(value).into_iter().map(|b| writer.constant(value.dtype(), b)).collect()
}

/// The bits of a value's elements, as programs hold them.
pub(super) fn bits(value: &Value) -> Vec<u64> {
    match value {
        Value::Bool(t) => t.iter().map(|&x| u64::from(x)).collect(),
        Value::I64(t) => t.iter().map(|&x| x as u64).collect(),
        Value::F32(t) => t.iter().map(|x| u64::from(x.to_bits())).collect(),
        Value::F64(t) => t.iter().map(|x| x.to_bits()).collect(),
    }
}

fn constant(function: &Function, node: NodeId) -> Option<&Value> {
    match function.graph().op(node) {
        Op::Constant(literal) => Some(literal.value()),
        _ => None,
    }
}

fn reference(op: &Op, operands: &[&Value], ty: &Type) -> Option<Value> {
    let value: Result<Value, EvalError> = (op.row().eval)(op, operands, ty);
    value.ok()
}

/// Numbers as integers above 0: what an operation fills in is 0.
fn as_value(numbers: &[u32], shape: &Shape) -> Value {
    Value::new(shape.clone(), numbers.iter().map(|&n| i64::from(n) + 1).collect::<Vec<i64>>())
}

/// 0, 1, 2, ... in this shape.
fn counting(shape: &Shape) -> Value {
    Value::new(shape.clone(), (0..shape.elements() as i64).collect::<Vec<i64>>())
}

fn moved(op: &Op, numbers: &[&Value], ty: &Type, writer: &mut Writer, dtype: DType) -> Option<Numbers> {
    let result = reference(op, numbers, &ty.with_dtype(DType::I64))?;
    let place = |&n: &i64| if n == 0 { writer.constant(dtype, 0) } else { (n - 1) as u32 };
    Some(result.slice::<i64>()?.iter().map(place).collect())
}

/// The numbers with their axes in this order, as rows of the last `inner` axes.
fn permuted(numbers: &[u32], shape: &Shape, order: &[usize]) -> Option<Numbers> {
    let op = Op::Transpose(order.iter().map(|&a| a as u8).collect());
    let to = Type::new(DType::I64, order.iter().map(|&a| shape[a]).collect::<Shape>());
    let result = reference(&op, &[&as_value(numbers, shape)], &to)?;
    Some(result.slice::<i64>()?.iter().map(|&n| (n - 1) as u32).collect())
}

fn folding(fold: Reduction) -> LaneOp {
    LaneOp::Binary(match fold {
        Reduction::Sum => Binary::Add,
        Reduction::Prod => Binary::Mul,
        Reduction::Max => Binary::Maximum,
        Reduction::Min => Binary::Minimum,
    })
}

fn reduce(
    fold: Reduction,
    axes: &[u8],
    numbers: &[u32],
    shape: &Shape,
    ty: &Type,
    writer: &mut Writer,
) -> Numbers {
    let reduced: Vec<usize> = axes.iter().map(|&a| usize::from(a)).collect();
    let kept = (0..shape.rank()).filter(|a| !reduced.contains(a));
    let order: Vec<usize> = kept.chain(reduced.iter().copied()).collect();
    let numbers = permuted(numbers, shape, &order).unwrap_or_default();
    let row: usize = reduced.iter().map(|&a| shape[a]).product();
    let results = ty.shape.elements();
    let mut fold_row = |elements: &[u32]| match elements.split_first() {
        None => writer.constant(ty.dtype, crate::lane::identity(fold, ty.dtype)),
        Some((&first, rest)) => {
            rest.iter().fold(first, |sum, &x| writer.push(folding(fold), ty.dtype, &[sum, x]))
        }
    };
    (0..results).map(|i| fold_row(&numbers[i * row..(i + 1) * row])).collect()
}

fn cumsum(
    axis: usize,
    reverse: bool,
    numbers: &[u32],
    shape: &Shape,
    dtype: DType,
    writer: &mut Writer,
) -> Numbers {
    let extent = shape[axis];
    let inner: usize = shape[axis + 1..].iter().product();
    let outer: usize = shape[..axis].iter().product();
    let mut sums: Numbers = numbers.into();
    let at = |k: usize| if reverse { extent - 1 - k } else { k };
    for o in 0..outer {
        for k in 1..extent {
            for i in 0..inner {
                let place = |k: usize| (o * extent + at(k)) * inner + i;
                let (before, here) = (place(k - 1), place(k));
                sums[here] = writer.push(LaneOp::Binary(Binary::Add), dtype, &[sums[before], sums[here]]);
            }
        }
    }
    sums
}

/// Elements added up where they are put: in their order, onto zero.
fn scattered(places: &Value, numbers: &[u32], ty: &Type, writer: &mut Writer) -> Numbers {
    let mut sums: Vec<Option<u32>> = vec![None; ty.shape.elements()];
    for (&place, &number) in places.slice::<i64>().unwrap_or_default().iter().zip(numbers) {
        let sum = &mut sums[place as usize];
        // Onto zero: the first one as it is, but for a negative zero.
        let before = match *sum {
            Some(before) => before,
            None => writer.constant(ty.dtype, 0),
        };
        *sum = Some(writer.push(LaneOp::Binary(Binary::Add), ty.dtype, &[before, number]));
    }
    sums.into_iter().map(|s| s.unwrap_or_else(|| writer.constant(ty.dtype, 0))).collect()
}

fn dot(
    axes: &DotAxes,
    numbers: [&[u32]; 2],
    shapes: [&Shape; 2],
    dtype: DType,
    writer: &mut Writer,
) -> Option<Numbers> {
    let list = |axes: &[u8]| axes.iter().map(|&a| usize::from(a)).collect::<Vec<_>>();
    let sides = [(&axes.batch.0, &axes.contract.0), (&axes.batch.1, &axes.contract.1)];
    let extent = |side: usize, axes: &[usize]| axes.iter().map(|&a| shapes[side][a]).product::<usize>();
    let mut rows = Vec::new();
    let mut free_extents = [0; 2];
    for (side, (batch, contract)) in sides.into_iter().enumerate() {
        let (batch, contract) = (list(batch), list(contract));
        let free: Vec<usize> =
            (0..shapes[side].rank()).filter(|a| !batch.contains(a) && !contract.contains(a)).collect();
        free_extents[side] = extent(side, &free);
        let order = [batch, free, contract].concat();
        rows.push(permuted(numbers[side], shapes[side], &order)?);
    }
    let batch = extent(0, &list(&axes.batch.0));
    let depth = extent(0, &list(&axes.contract.0));
    let [m, n] = free_extents;
    let mut results = Vec::with_capacity(batch * m * n);
    for b in 0..batch {
        for i in 0..m {
            for j in 0..n {
                let left = &rows[0][(b * m + i) * depth..][..depth];
                let right = &rows[1][(b * n + j) * depth..][..depth];
                let mut sum = None;
                for (&x, &y) in left.iter().zip(right) {
                    let product = writer.push(LaneOp::Binary(Binary::Mul), dtype, &[x, y]);
                    sum = Some(match sum {
                        None => product,
                        Some(sum) => writer.push(LaneOp::Binary(Binary::Add), dtype, &[sum, product]),
                    });
                }
                results.push(sum.unwrap_or_else(|| writer.constant(dtype, 0)));
                if writer.is_full() {
                    return Some(Box::default());
                }
            }
        }
    }
    Some(results.into())
}
