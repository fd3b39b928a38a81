//! C1. The residual of bundle adjustment and its Jacobian, a batch of them.
//!
//! The residual is written and differentiated as a function of scalars; then every node becomes a vector over the batch.

use crate::pace::{Measure, Session, array};
use crate::run::{Settings, compile};
use crate::{Arguments, Outcome};
use wengert_diff::{Mode, value_and_jacobian};
use wengert_expr::{Builder, DType, Expr, Function, GraphError, Type, Value};

const VARIABLES: usize = 15;
const FEATURE: usize = 2;
const RESIDUALS: usize = 3;

type Vector<'b> = [Expr<'b>; 3];

pub(crate) fn session(args: &Arguments) -> Outcome<Session> {
    let (variables, features) = (array(&args.folder, "variables")?, array(&args.folder, "features")?);
    let count = variables.shape()[0];
    let names: Vec<String> = (0..VARIABLES).map(|i| format!("p{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let one = value_and_jacobian(&residual()?, &names, Mode::Auto)?;
    let many = over_a_batch(&one, count)?;
    let inputs = [columns(&variables), columns(&features)].concat();
    let mut check = Vec::new();
    let mut measures = Vec::new();
    for (metric, exact) in [("residual_ns", false), ("residual_exact_ns", true)] {
        let mut run = compile(&many, Settings { exact, threads: args.threads, carry: 0 })?;
        run.load(&inputs)?;
        run.call()?;
        check = sums(&run.outputs());
        measures.push(Measure { per: count as f64, ..Measure::new(metric, move || run.call()) });
    }
    Ok(Session { check, measures, ..Session::default() })
}

/// Two reprojection errors and the residual of the weight, from rotation vector, centre, focal length, principal point,
/// two radial coefficients, point, weight and feature.
fn residual() -> Result<Function, GraphError> {
    let b = Builder::new();
    let declare = |name: String| b.input(name, Type::scalar(DType::F64));
    let p: Vec<Expr<'_>> = (0..VARIABLES).map(|i| declare(format!("p{i}"))).collect();
    let feature: Vec<Expr<'_>> = (0..FEATURE).map(|i| declare(format!("feature{i}"))).collect();
    let vector = |i: usize| [p[i], p[i + 1], p[i + 2]];
    let (rotation, centre, point, weight) = (vector(0), vector(3), vector(11), p[14]);
    let turned = turned(rotation, std::array::from_fn(|k| point[k] - centre[k]));
    let (u, v) = (turned[0] / turned[2], turned[1] / turned[2]);
    let q = u.square() + v.square();
    let distortion = 1.0 + q * (p[9] + q * p[10]);
    let error = |flat, i: usize| weight * (distortion * flat * p[6] + p[7 + i] - feature[i]);
    b.output("e0", error(u, 0));
    b.output("e1", error(v, 1));
    b.output("e2", 1.0 - weight.square());
    b.finish()
}

/// A vector turned about the axis `r` by the angle `|r|`: Rodrigues' formula.
fn turned<'b>(r: Vector<'b>, x: Vector<'b>) -> Vector<'b> {
    let dot = |a: Vector<'b>, b: Vector<'b>| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let angle = dot(r, r).sqrt();
    let (sine, cosine) = (angle.sin(), angle.cos());
    let axis = r.map(|e| e / angle);
    let along = dot(axis, x) * (1.0 - cosine);
    let minor = |i: usize, j: usize| axis[i] * x[j] - axis[j] * x[i];
    let cross = [minor(1, 2), minor(2, 0), minor(0, 1)];
    std::array::from_fn(|k| x[k] * cosine + cross[k] * sine + axis[k] * along)
}

/// The same function of vectors instead of scalars, element by element; outputs that are constants become vectors too.
///
/// Only elementwise operations act on scalars, so each node is the same operation on longer operands.
fn over_a_batch(f: &Function, count: usize) -> Result<Function, GraphError> {
    let (b, graph) = (Builder::new(), f.graph());
    let live = f.live();
    let mut places: Vec<Option<Expr<'_>>> = vec![None; graph.len()];
    for input in f.inputs() {
        let vector = b.input(input.name.clone(), Type::new(input.ty.dtype, [count]));
        places[input.node.index()] = Some(vector);
    }
    for node in graph.nodes().filter(|n| live[n.index()]) {
        if places[node.index()].is_none() {
            let operands: Vec<Expr<'_>> =
                graph.operands(node).iter().filter_map(|o| places[o.index()]).collect();
            let e = b.add(graph.op(node).clone(), &operands);
            places[node.index()] = Some(if e.rank() == 0 { e.broadcast_to([count]) } else { e });
        }
    }
    for (i, output) in f.outputs().iter().enumerate() {
        if let Some(e) = places[output.node.index()] {
            b.output(f.output_name(i), e);
        }
    }
    b.finish()
}

fn columns(rows: &Value) -> Vec<Value> {
    let (width, data) = (rows.shape()[1], rows.to_f64s());
    (0..width).map(|i| Value::from(data.iter().skip(i).step_by(width).copied().collect::<Vec<_>>())).collect()
}

/// The sums of the residuals and of the Jacobians, those of their absolute values, and two rows of the first Jacobian.
fn sums(outputs: &[Value]) -> Vec<f64> {
    let columns: Vec<Vec<f64>> = outputs.iter().map(Value::to_f64s).collect();
    let (residuals, jacobian) = columns.split_at(RESIDUALS);
    let sum = |part: &[Vec<f64>]| part.iter().flatten().sum::<f64>();
    let size = |part: &[Vec<f64>]| part.iter().flatten().map(|x| x.abs()).sum::<f64>();
    let first = jacobian[..2 * VARIABLES].iter().map(|column| column[0]);
    [sum(residuals), size(residuals), sum(jacobian), size(jacobian)].into_iter().chain(first).collect()
}
