//! C2. A random graph of scalars: built, differentiated and compiled once, then its value and gradient.

use crate::pace::{Measure, Session, array, timed_ms};
use crate::run::{Settings, compile};
use crate::{Arguments, Outcome};
use wengert_diff::{Mode, value_and_grad};
use wengert_expr::{Builder, DType, Expr, Function, Type, Value};

pub(crate) fn session(args: &Arguments) -> Outcome<Session> {
    let tape = array(&args.folder, "tape")?;
    let rows = tape.slice::<i64>().ok_or("a tape holds integers")?;
    let inputs: Vec<Value> = array(&args.folder, "x")?.to_f64s().into_iter().map(Value::scalar).collect();
    let names: Vec<String> = (0..inputs.len()).map(|i| format!("x{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let settings = Settings { exact: false, threads: args.threads, carry: 0 };
    let times = if rows.len() <= 3 * 10_000 { 3 } else { 1 };
    let (f, build) = timed_ms(times, || mean_of_sinks(rows, &names))?;
    let (both, differentiate) = timed_ms(times, || Ok(value_and_grad(&f, &names, Mode::Reverse)?))?;
    let ((mut value, mut both), compile) =
        timed_ms(times, || Ok((compile(&f, settings)?, compile(&both, settings)?)))?;
    value.load(&inputs)?;
    both.load(&inputs)?;
    both.call()?;
    let check = check(&both.outputs());
    let once = vec![("build_ms", build), ("differentiate_ms", differentiate), ("compile_ms", compile)];
    let measures = vec![
        Measure::new("value_us", move || value.call()),
        Measure::new("gradient_us", move || both.call()),
    ];
    Ok(Session { check, once, measures })
}

/// Rows are an operation and two operands, as c2_graph.py says; the output is the mean of the nodes that no other uses.
fn mean_of_sinks(rows: &[i64], names: &[&str]) -> Outcome<Function> {
    let b = Builder::new();
    let mut nodes: Vec<Expr<'_>> = names.iter().map(|&n| b.input(n, Type::scalar(DType::F64))).collect();
    let mut used = vec![false; names.len() + rows.len() / 3];
    used[..names.len()].fill(true);
    for row in rows.as_chunks::<3>().0 {
        let [a, other] = [row[1], row[2]].map(|place| place as usize);
        used[a] = true;
        let node = match row[0] {
            0 | 1 => {
                used[other] = true;
                if row[0] == 0 { nodes[a] + nodes[other] } else { nodes[a] * nodes[other] }
            }
            2 => nodes[a].sin(),
            3 => nodes[a].exp(),
            4 => nodes[a].tanh(),
            operation => return Err(format!("no operation {operation}").into()),
        };
        nodes.push(node);
    }
    let mut sinks = nodes.iter().zip(&used).filter(|(_, used)| !**used).map(|(&node, _)| node);
    let first = sinks.next().ok_or("a tape has a node that no other uses")?;
    let (total, count) = sinks.fold((first, 1), |(total, count), node| (total + node, count + 1));
    b.output("y", total / f64::from(count));
    Ok(b.finish()?)
}

/// The value, the sum of the gradient and of its absolute values, and its first elements.
fn check(outputs: &[Value]) -> Vec<f64> {
    let found: Vec<f64> = outputs.iter().filter_map(Value::item).collect();
    let (value, gradient) = (found[0], &found[1..]);
    let sums = [value, gradient.iter().sum(), gradient.iter().map(|g| g.abs()).sum()];
    sums.into_iter().chain(gradient[..8].iter().copied()).collect()
}
