//! Random programs that move elements about: what rows in code say of shapes and axes, held against the interpreter.

use super::{Options, Pipeline};
use crate::evaluate;
use wengert_expr::text::print;
use wengert_expr::{
    Along, Builder, DType, DotAxes, Expr, Function, Op, Padding, Range, Reduction, Type, Value, Workload,
};

struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n.max(1)
    }

    fn order(&mut self, n: usize) -> Vec<i64> {
        let mut order: Vec<i64> = (0..n as i64).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i + 1));
        }
        order
    }
}

fn program(draw: &mut Draw, steps: usize) -> Function {
    let b = Builder::new();
    let mut pool = vec![
        b.input("x", Type::new(DType::F64, [2, 3])),
        b.input("y", Type::new(DType::F64, [3])),
        b.input("z", Type::new(DType::F64, [1, 4])),
        b.constant(0.0),
        b.constant(vec![2.0, 2.0]),
    ];
    for _ in 0..steps {
        let x = pool[pool.len() - 1 - draw.below(pool.len().min(4))];
        let y = pool[draw.below(pool.len())];
        let made = b.attempt(|| step(draw, &b, x, y));
        if let Ok(made) = made
            && made.shape().elements() <= 200
            && made.rank() < 6
        {
            pool.push(made);
        }
    }
    for (i, e) in pool.iter().rev().take(3).enumerate() {
        b.output(format!("o{i}"), *e);
    }
    b.finish().expect("only what fits was kept")
}

fn step<'b>(draw: &mut Draw, b: &'b Builder, x: Expr<'b>, y: Expr<'b>) -> Expr<'b> {
    let shape = x.shape();
    if shape.rank() == 0 {
        return if draw.below(2) == 0 { x + y } else { x.broadcast_to([2, 3]) };
    }
    let axis = draw.below(shape.rank()) as i64;
    match draw.below(20) {
        0 => {
            let mut extents: Vec<i64> = shape.iter().filter(|&&n| n > 1).map(|&n| n as i64).collect();
            for _ in 0..draw.below(3) {
                extents.insert(draw.below(extents.len() + 1), 1);
            }
            x.reshape(&extents)
        }
        1 => x.reshape(&[-1]),
        2 => x.transpose(&draw.order(shape.rank())),
        3 => x.flip(Along::Axes((0..shape.rank() as i64).filter(|_| draw.below(2) == 0).collect())),
        4 => {
            let range = |n: usize, draw: &mut Draw| {
                let (start, step) = (draw.below(n), 1 + draw.below(3));
                Range { start, count: draw.below((n - start).div_ceil(step) + 1), step }
            };
            x.slice(&shape.iter().map(|&n| range(n.max(1), draw)).collect::<Vec<_>>())
        }
        5 => {
            let padding = |draw: &mut Draw| Padding {
                low: draw.below(3),
                high: draw.below(3),
                interior: draw.below(4).saturating_sub(2),
            };
            b.add(Op::Pad(shape.iter().map(|_| padding(draw)).collect()), &[x])
        }
        6 => {
            let mut paddings = vec![Padding::default(); shape.rank()];
            let before = draw.below(3);
            paddings[axis as usize] = Padding { low: before, high: 4 - before, interior: 0 };
            let mut others = vec![Padding::default(); shape.rank()];
            others[axis as usize] = Padding { low: 4 - before, high: before, interior: 0 };
            b.add(Op::Pad(paddings.into()), &[x]) + b.add(Op::Pad(others.into()), &[x.sin()])
        }
        7 => x.concatenate(&[y, x], axis),
        8 => {
            let n = shape[axis as usize];
            let cut = |from: usize, to: usize| {
                let mut ranges: Vec<Range> = shape.iter().map(|&n| Range::all(n)).collect();
                ranges[axis as usize] = Range { start: from, count: to - from, step: 1 };
                x.slice(&ranges)
            };
            let at = draw.below(n + 1);
            cut(0, at).concatenate(&[cut(at, n)], axis)
        }
        9 => {
            let mut to = shape.clone().to_vec();
            let mut axes: Vec<u8> = (0..to.len() as u8).collect();
            let at = draw.below(to.len() + 1);
            to.insert(at, 1 + draw.below(3));
            axes.iter_mut().filter(|a| usize::from(**a) >= at).for_each(|a| *a += 1);
            x.broadcast_axes(to.as_slice().into(), axes.into())
        }
        10 => {
            let reduction = Reduction::ALL[draw.below(4)];
            let axes: Vec<i64> = (0..shape.rank() as i64).filter(|_| draw.below(2) == 0).collect();
            x.reduce_along(reduction, &Along::Axes(axes), draw.below(2) == 0)
        }
        11 => x * y,
        12 => -x + y,
        13 => x.greater(y).select(x, y.cos()),
        14 => x.cast(DType::F32).cast(DType::F64).matmul(y),
        15 => x.matmul(y).matmul(x.t()),
        16 => (y * x).sum(-1),
        _ => product(draw, x, y),
    }
}

/// A product over axes that fit, of operands as they are or transposed.
fn product<'b>(draw: &mut Draw, x: Expr<'b>, y: Expr<'b>) -> Expr<'b> {
    let turned = |draw: &mut Draw, e: Expr<'b>| {
        if draw.below(2) == 0 { e } else { e.transpose(&draw.order(e.rank())) }
    };
    let (x, y) = (turned(draw, x), turned(draw, y));
    let (left, right) = (x.shape(), y.shape());
    let fits = |i: u8, j: u8| left[usize::from(i)] == right[usize::from(j)];
    let mut axes = (DotAxes::default(), 0u8);
    for (i, j) in (0..x.rank() as u8).flat_map(|i| (0..y.rank() as u8).map(move |j| (i, j))) {
        if !fits(i, j) || i < axes.1 || axes.0.batch.1.contains(&j) || axes.0.contract.1.contains(&j) {
            continue;
        }
        let pairs = match draw.below(4) {
            0 => &mut axes.0.batch,
            1 => continue,
            _ => &mut axes.0.contract,
        };
        pairs.0 = pairs.0.iter().copied().chain([i]).collect();
        pairs.1 = pairs.1.iter().copied().chain([j]).collect();
        axes.1 = i + 1;
    }
    let product = x.dot_general(y, axes.0);
    turned(draw, product)
}

/// A chain of matrices in any order of products, each stored as it is or transposed, a vector at an end or none.
fn matrices(draw: &mut Draw) -> Function {
    let b = Builder::new();
    let n = 3 + draw.below(5);
    let extents: Vec<usize> = (0..=n).map(|_| 1 + draw.below(7)).collect();
    let mut parts: Vec<Expr<'_>> = (0..n)
        .map(|i| {
            let name = format!("m{i}");
            let (rows, columns) = (extents[i], extents[i + 1]);
            match draw.below(6) {
                0 if i == 0 => b.input(name, Type::new(DType::F64, [columns])),
                0 if i == n - 1 => b.input(name, Type::new(DType::F64, [rows])),
                1..=3 => b.input(name, Type::new(DType::F64, [rows, columns])),
                _ => b.input(name, Type::new(DType::F64, [columns, rows])).t(),
            }
        })
        .collect();
    while parts.len() > 1 {
        let at = draw.below(parts.len() - 1);
        let right = parts.remove(at + 1);
        parts[at] = parts[at].matmul(right);
    }
    b.output("product", parts[0]);
    b.finish().expect("matrices that fit")
}

#[test]
fn chains_of_matrices_keep_their_values_and_cost_no_more() {
    let mut cheaper = 0;
    for seed in 0..2000 {
        let mut draw = Draw(seed);
        let f = matrices(&mut draw);
        let options = Options { rules: vec!["chain".into()], verify: true, ..Options::default() };
        let (g, report) = Pipeline::standard().run(&f, &options).expect("valid functions");
        assert!(report.settled);
        let products = |f: &Function| Workload::of(f).work.products;
        assert!(products(&g) <= products(&f), "seed {seed}");
        cheaper += usize::from(products(&g) < products(&f));
        let value = |ty: &Type, draw: &mut Draw| {
            let data: Vec<f64> = (0..ty.shape.elements()).map(|_| draw.below(9) as f64 - 4.0).collect();
            Value::from_f64s(ty, &data)
        };
        let inputs: Vec<(&str, Value)> =
            f.inputs().iter().map(|i| (i.name.as_str(), value(&i.ty, &mut draw))).collect();
        // Of small integers every order gives the same bits.
        let (want, got) = (evaluate(&f, &inputs).expect("values"), evaluate(&g, &inputs).expect("values"));
        let equal = want[0].to_f64s() == got[0].to_f64s();
        assert!(equal && want[0].ty() == got[0].ty(), "seed {seed}: {want:?} became {got:?}");
    }
    assert!(cheaper > 500, "{cheaper}");
}

fn same(a: &Value, b: &Value) -> bool {
    let equal = |(x, y): (f64, f64)| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan());
    a.ty() == b.ty() && a.to_f64s().into_iter().zip(b.to_f64s()).all(equal)
}

#[test]
fn programs_that_move_elements_keep_their_values() {
    let special = [0.0, -0.0, 1.0, -1.5, f64::INFINITY, f64::NAN, 0.1, 3.0];
    let mut fired = std::collections::BTreeMap::new();
    let rounds = std::env::var("WENGERT_GRAPHS").ok().and_then(|n| n.parse().ok()).unwrap_or(1500);
    for seed in 0..rounds {
        let mut draw = Draw(seed ^ 0x5DEE_CE66);
        let f = program(&mut draw, 3 + seed as usize % 14);
        for relaxed in [false, true] {
            let base = if relaxed { Options::relaxed() } else { Options::default() };
            let options = Options { verify: true, explain: true, ..base };
            let run = |f: &Function| Pipeline::standard().run(f, &options).expect("valid functions");
            let (g, report) = run(&f);
            assert!(
                report.settled,
                "seed {seed}: {:?}",
                report.firings.iter().rev().take(9).collect::<Vec<_>>()
            );
            let again = run(&g).1;
            assert_eq!(again.fired, 0, "seed {seed}: {:?}", again.firings);
            report.counts.iter().for_each(|(rule, n)| *fired.entry(*rule).or_insert(0) += n);
            let inputs: Vec<(&str, Value)> = f
                .inputs()
                .iter()
                .map(|i| {
                    let n = i.ty.shape.elements();
                    let element = |draw: &mut Draw| match relaxed {
                        false => special[draw.below(special.len())],
                        true => draw.below(1000) as f64 / 500.0 - 1.0,
                    };
                    (
                        i.name.as_str(),
                        Value::from_f64s(&i.ty, &(0..n).map(|_| element(&mut draw)).collect::<Vec<_>>()),
                    )
                })
                .collect();
            let (want, got) =
                (evaluate(&f, &inputs).expect("values"), evaluate(&g, &inputs).expect("values"));
            for (a, b) in want.iter().zip(&got) {
                let close = |(x, y): (f64, f64)| {
                    x == y || (x - y).abs() <= 1e-7 * (1.0 + x.abs()) || !x.is_finite() || x.abs() > 1e6
                };
                let fine = match relaxed {
                    false => same(a, b),
                    true => a.ty() == b.ty() && a.to_f64s().into_iter().zip(b.to_f64s()).all(close),
                };
                let text = || (print(&f).unwrap_or_default(), print(&g).unwrap_or_default());
                assert!(
                    fine,
                    "seed {seed}, relaxed {relaxed}: {a} became {b}\n{:?}\n{}\n{}",
                    report.firings,
                    text().0,
                    text().1
                );
            }
        }
    }
    println!("{fired:?}");
    assert!(fired.len() > 35, "only {} rules fired: {fired:?}", fired.len());
}
