//! One or more instances of every operation, for whoever walks all rows: tests above all.
//!
//! The families of elementwise operations are read from their lists, so a new row is a sample without another line.

use super::compare::Comparison;
use super::patches::{Window, Windows};
use crate::map::{Kind, Local};
use crate::op::{Binary, DotAxes, Extremum, Op, Padding, Range, Reduction, Unary};
use crate::row::Kernel;
use crate::ty::{DType, Shape, Type};

/// An operation on operands of these types.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The operation.
    pub op: Op,
    /// The types of its operands.
    pub operands: Vec<Type>,
}

/// Instances of every operation that has operands, its axes and shapes chosen to tell mistakes apart: no two extents
/// equal, zero-size arrays, ones, strides, duplicates.
pub fn samples() -> Vec<Sample> {
    let mut all = elementwise();
    all.extend(reductions());
    all.extend(shapes());
    all.extend(positions());
    all.extend(products());
    all
}

fn f64s(shape: &[usize]) -> Type {
    Type::new(DType::F64, shape)
}

fn sample(op: Op, operands: &[Type]) -> Sample {
    Sample { op, operands: operands.to_vec() }
}

fn elementwise() -> Vec<Sample> {
    let on = |op: Op, arity: usize| {
        let dtype = match op.row().kernel {
            Kernel::Not | Kernel::Logic(_) => DType::Bool,
            _ => DType::F64,
        };
        [vec![], vec![3], vec![0, 2]]
            .map(|s| Sample { op: op.clone(), operands: vec![Type::new(dtype, &s[..]); arity] })
    };
    let unary = Unary::ALL.iter().flat_map(|&u| on(Op::Unary(u), 1));
    let binary = Binary::ALL.iter().flat_map(|&o| on(Op::Binary(o), 2));
    let compare = Comparison::ALL.iter().flat_map(|&o| on(Op::Compare(o), 2));
    let mut all: Vec<Sample> = unary.chain(binary).chain(compare).collect();
    all.extend((1..4).map(|n| sample(Op::Polygamma(n), &[f64s(&[3])])));
    all.push(sample(Op::Select, &[Type::new(DType::Bool, [4]), f64s(&[4]), f64s(&[4])]));
    all.extend([DType::F32, DType::F64, DType::I64, DType::Bool].map(|d| sample(Op::Cast(d), &[f64s(&[3])])));
    all.push(sample(Op::StopGradient, &[f64s(&[3])]));
    let custom = [Local::Map(Kind::diagonal(2)), Local::Map(Kind::identity())];
    all.push(sample(Op::Custom(custom[..1].into()), &[f64s(&[3]), f64s(&[3]), f64s(&[3])]));
    all
}

fn reductions() -> Vec<Sample> {
    let axes: [(&[u8], &[usize]); 5] =
        [(&[0], &[3]), (&[1], &[2, 3]), (&[0, 2], &[2, 3, 4]), (&[], &[2]), (&[0], &[1, 2])];
    let mut all = Vec::new();
    for &reduction in Reduction::ALL {
        all.extend(axes.map(|(a, s)| sample(Op::Reduce(reduction, a.into()), &[f64s(s)])));
    }
    for empty in [Reduction::Sum, Reduction::Prod] {
        all.push(sample(Op::Reduce(empty, [1].into()), &[f64s(&[2, 0])]));
    }
    all.extend(Extremum::ALL.iter().map(|&e| sample(Op::Arg(e, 1), &[f64s(&[2, 3])])));
    for reverse in [false, true] {
        all.push(sample(Op::Cumsum { axis: 1, reverse }, &[f64s(&[2, 3])]));
        all.push(sample(Op::Cumsum { axis: 0, reverse }, &[f64s(&[0])]));
    }
    all
}

fn shapes() -> Vec<Sample> {
    let broadcast = |shape: &[usize], axes: &[u8], from: &[usize]| {
        sample(Op::Broadcast { shape: Box::new(Shape::new(shape)), axes: axes.into() }, &[f64s(from)])
    };
    vec![
        broadcast(&[2, 3], &[], &[]),
        broadcast(&[2, 3], &[1], &[3]),
        broadcast(&[2, 3], &[0], &[2]),
        broadcast(&[4, 2, 3], &[1, 2], &[1, 3]),
        broadcast(&[0, 3], &[1], &[3]),
        sample(Op::Reshape(Box::new(Shape::new(&[3, 4]))), &[f64s(&[2, 6])]),
        sample(Op::Reshape(Box::new(Shape::new(&[]))), &[f64s(&[1, 1])]),
        sample(Op::Transpose([2, 0, 1].into()), &[f64s(&[2, 3, 4])]),
        sample(Op::Transpose([].into()), &[f64s(&[])]),
    ]
}

fn positions() -> Vec<Sample> {
    let range = |start, count, step| Range { start, count, step };
    let padding = |low, high, interior| Padding { low, high, interior };
    let windows = |windows: &[(u8, usize, usize, usize)], shape: &[usize]| {
        let windows =
            windows.iter().map(|&(axis, size, stride, dilation)| Window { axis, size, stride, dilation });
        Box::new(Windows { windows: windows.collect(), shape: Shape::new(shape) })
    };
    let mut all = vec![
        sample(Op::Slice([range(1, 2, 2)].into()), &[f64s(&[5])]),
        sample(Op::Slice([range(0, 2, 1), range(3, 0, 1)].into()), &[f64s(&[2, 3])]),
        sample(Op::Pad([padding(1, 2, 0), padding(0, 1, 2)].into()), &[f64s(&[2, 3])]),
        sample(Op::Pad([padding(1, 2, 3)].into()), &[f64s(&[0])]),
        sample(Op::Concatenate(1), &[f64s(&[2, 3]), f64s(&[2, 1]), f64s(&[2, 0])]),
        sample(Op::Flip([0, 1].into()), &[f64s(&[2, 3])]),
    ];
    let ints = |shape: &[usize]| Type::new(DType::I64, shape);
    all.push(sample(Op::Gather(1), &[f64s(&[2, 3]), ints(&[4])]));
    all.push(sample(Op::Gather(0), &[f64s(&[3, 2]), ints(&[])]));
    all.push(sample(Op::Gather(0), &[f64s(&[3]), ints(&[2, 2])]));
    all.push(sample(Op::ScatterAdd { axis: 1, extent: 3 }, &[f64s(&[2, 4]), ints(&[4])]));
    all.push(sample(Op::ScatterAdd { axis: 0, extent: 3 }, &[f64s(&[2, 2]), ints(&[2, 2])]));
    for (w, shape) in [
        (vec![(0, 3, 1, 1)], vec![5]),
        (vec![(1, 2, 2, 2)], vec![2, 7]),
        (vec![(0, 2, 1, 1), (2, 3, 2, 1)], vec![3, 2, 6]),
        (vec![(0, 3, 1, 1)], vec![2]),
    ] {
        let windows = windows(&w, &shape);
        let patches = f64s(&windows.patches());
        all.push(sample(Op::Patches(windows.clone()), &[f64s(&shape)]));
        all.push(sample(Op::Overlap(windows), &[patches]));
    }
    all
}

fn products() -> Vec<Sample> {
    let dot = |batch: (&[u8], &[u8]), contract: (&[u8], &[u8]), left: &[usize], right: &[usize]| {
        let pair = |(l, r): (&[u8], &[u8])| (l.into(), r.into());
        sample(
            Op::Dot(Box::new(DotAxes { batch: pair(batch), contract: pair(contract) })),
            &[f64s(left), f64s(right)],
        )
    };
    vec![
        dot((&[], &[]), (&[1], &[0]), &[2, 3], &[3, 4]),
        dot((&[], &[]), (&[0], &[0]), &[3], &[3]),
        dot((&[], &[]), (&[], &[]), &[2], &[3]),
        dot((&[1], &[2]), (&[0], &[0]), &[3, 2, 4], &[3, 5, 2]),
        dot((&[0], &[0]), (&[2, 1], &[1, 2]), &[2, 3, 4], &[2, 4, 3]),
        dot((&[], &[]), (&[1], &[0]), &[2, 0], &[0, 3]),
    ]
}
