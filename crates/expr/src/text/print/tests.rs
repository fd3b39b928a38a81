//! Exact texts, each of which the parser accepts.

use super::super::parse_program;
use super::{PrintError, print};
use crate::builder::Builder;
use crate::expr::Expr;
use crate::function::{Function, Output};
use crate::graph::{Graph, Role};
use crate::map::{Axes, Kind, Labelled, Local, Scale};
use crate::op::{Comparison, DotAxes, Op, Range, Window, Windows};
use crate::ops::samples::samples;
use crate::place::Place;
use crate::ty::{DType, Type};
use crate::value::Value;

fn scalar() -> Type {
    Type::scalar(DType::F64)
}

#[track_caller]
fn text(b: Builder) -> String {
    let text = print(&b.finish().unwrap()).unwrap();
    parse_program(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    text
}

/// The lines of a function without those of inputs and outputs.
#[track_caller]
fn statements(b: Builder) -> String {
    let text = text(b);
    let is_statement = |line: &&str| !["input ", "output "].iter().any(|word| line.starts_with(word));
    text.lines().filter(is_statement).collect::<Vec<_>>().join("\n")
}

/// What stands right of the `=` for one node made of these inputs.
#[track_caller]
fn form<const N: usize>(types: [Type; N], write: impl for<'b> Fn([Expr<'b>; N]) -> Expr<'b>) -> String {
    let b = Builder::new();
    let mut names = ["x", "y", "z"].into_iter();
    let inputs = types.map(|ty| b.input(names.next().unwrap(), ty));
    b.output("out", write(inputs));
    let text = statements(b);
    assert_eq!(text.lines().count(), 1, "{text}");
    text.strip_prefix("v0 = ").unwrap().to_owned()
}

fn f64s(shape: &[usize]) -> Type {
    Type::new(DType::F64, shape)
}

#[test]
fn the_example_of_the_lecture() {
    let b = Builder::new();
    let (x, y) = (b.input("a", scalar()), b.input("b", scalar()));
    let (c, d) = ((x + y).named("c"), (y + 1.0).named("d"));
    let _dead = x.sin();
    b.output("e", (c * d).named("e"));
    let expected = "input a: f64\ninput b: f64\nc = a + b\nd = b + 1.0\ne = c * d\noutput e\n";
    assert_eq!(text(b), expected);
}

#[test]
fn reductions_of_arrays() {
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F32, [2, 3]));
    let w = b.param("w", Type::new(DType::F32, [3]));
    b.input("unused", Type::new(DType::I64, [0]));
    b.output("y", (x * w).sum(1).max(0));
    b.output_unnamed(w);
    let expected = "\
input x: f32[2, 3]
param w: f32[3]
input unused: i64[0]
v0 = broadcast(w, shape=(2, 3), axes=(1,))
v1 = x * v0
v2 = sum(v1, axis=(1,))
v3 = max(v2, axis=(0,))
output y = v3
output _ = w
";
    assert_eq!(text(b), expected);
}

#[test]
fn constants() {
    let inf = f64::INFINITY;
    let values: [(Value, &str); 17] = [
        (2.0.into(), "f64(2.0)"),
        ((-0.0).into(), "f64(-0.0)"),
        (f64::NAN.into(), "f64(nan)"),
        ((-inf).into(), "f64(-inf)"),
        (5e-324.into(), "f64(5e-324)"),
        (f64::MAX.into(), "f64(1.7976931348623157e308)"),
        (0.1f32.into(), "f32(0.1)"),
        (f32::INFINITY.into(), "f32(inf)"),
        (3i64.into(), "i64(3)"),
        (i64::MIN.into(), "i64(-9223372036854775808)"),
        (true.into(), "true"),
        (Value::new([2, 2], vec![1.0, 2.0, -inf, f64::NAN]), "f64([[1.0, 2.0], [-inf, nan]])"),
        (vec![1i64, -2].into(), "i64([1, -2])"),
        (vec![true, false].into(), "bool([true, false])"),
        (Value::new([2, 1, 2], vec![1f32, 2.0, 3.0, 4.0]), "f32([[[1.0, 2.0]], [[3.0, 4.0]]])"),
        (Value::full([0, 3], 0f32), "zeros((0, 3), dtype=f32)"),
        (Value::full([1, 1], 7.0), "f64([[7.0]])"),
    ];
    for (value, expected) in values {
        let b = Builder::new();
        let is_scalar = value.shape().is_empty();
        b.output("k", b.constant(value));
        let lines = format!("v0 = {expected}\noutput k = v0\n");
        assert_eq!(text(b), if is_scalar { format!("output k = {expected}\n") } else { lines });
    }
}

#[test]
fn a_literal_takes_its_dtype_from_what_it_meets() {
    let x = [scalar()];
    assert_eq!(form(x.clone(), |[x]| 2.0 * x), "x * 2.0");
    assert_eq!(form(x.clone(), |[x]| x.number(2.0) - x), "2.0 - x");
    assert_eq!(form(x.clone(), |[x]| x.pow(x.number(-2.0))), "x ** -2.0");
    assert_eq!(form(x.clone(), |[x]| x.number(-2.0).pow(x)), "(-2.0) ** x");
    assert_eq!(form(x.clone(), |[x]| x.number(f64::NAN).pow(x)), "nan ** x");
    assert_eq!(form(x.clone(), |[x]| x.compare(Comparison::LessEqual, x.number(-0.0))), "x <= -0.0");
    assert_eq!(form(x, |[x]| x.maximum(x.number(1e300))), "maximum(x, 1e300)");
    assert_eq!(form([Type::scalar(DType::F32)], |[x]| x * 0.1), "x * f32(0.1)");
    assert_eq!(
        form([Type::scalar(DType::Bool), scalar()], |[c, x]| c.select(x.number(1.0), x)),
        "where(x, 1.0, y)"
    );
    assert_eq!(
        form([Type::scalar(DType::Bool)], |[c]| {
            let b = c.builder();
            c.select(b.constant(1.0), b.constant(2.0))
        }),
        "where(x, f64(1.0), f64(2.0))"
    );
    assert_eq!(form([f64s(&[3])], |[x]| x.take(x.builder().constant(1i64), 0)), "take(x, i64(1), axis=0)");
    let b = Builder::new();
    b.output("y", b.constant(2.0) * b.constant(3.0).sin());
    assert_eq!(statements(b), "v0 = sin(f64(3.0))\nv1 = v0 * 2.0");
    let b = Builder::new();
    b.output("y", b.constant(2.0) * b.constant(3.0).named("k"));
    assert_eq!(statements(b), "k = f64(3.0)\nv0 = k * 2.0");
}

#[test]
fn operands_without_an_order_are_printed_inputs_first_and_constants_last() {
    let b = Builder::new();
    let two = b.constant(2.0);
    let x = b.input("x", scalar());
    let sin = x.sin();
    let y = b.input("y", scalar());
    b.output("out", two * x + sin * y);
    assert_eq!(statements(b), "v0 = sin(x)\nv1 = x * 2.0\nv2 = y * v0\nv3 = v1 + v2");
}

#[test]
fn without_sharing_a_constant_used_twice_is_a_statement() {
    let b = Builder::without_sharing();
    let x = b.input("x", scalar());
    let (two, three) = (b.constant(2.0), b.constant(3.0));
    b.output("y", two * x + two * three * b.constant(2.0));
    let expected = "\
#! no-share
input x: f64
v0 = f64(2.0)
v1 = v0 * x
v2 = v0 * 3.0
v3 = v2 * 2.0
v4 = v1 + v3
output y = v4
";
    assert_eq!(text(b), expected);
}

#[test]
fn names_that_need_quotes() {
    let b = Builder::new();
    let (x, y) = (b.input("a b", scalar()), b.input("input", scalar()));
    let sum = (x + y).named("`\n");
    let product = (sum * b.param("v0", scalar())).named("_");
    b.output("", product.sin());
    b.output("_", product);
    b.output("v1", product.cos().named("sum"));
    b.output("θ", product.tan().named("θ"));
    let expected = r"input `a b`: f64
input `input`: f64
param `v0`: f64
`\`\n` = `a b` + `input`
_ = `v0` * `\`\n`
v2 = sin(_)
sum = cos(_)
θ = tan(_)
output `` = v2
output _
output `v1` = sum
output θ
";
    assert_eq!(text(b), expected);
}

#[test]
fn a_name_given_twice_means_the_last_node_and_the_older_gets_another() {
    let b = Builder::new();
    let x = b.input("x", scalar());
    let sin = x.sin().named("x");
    let cos = sin.cos().named("x");
    b.output("y", cos * sin);
    assert_eq!(statements(b), "x = sin(x)\nv0 = x\nx = cos(v0)\nv1 = v0 * x");
    let b = Builder::new();
    let x = b.input("x", scalar());
    b.output("y", x.sin().named("x"));
    b.output("x", x);
    let expected = "input x: f64\nv0 = x\nx = sin(v0)\noutput y = x\noutput x = v0\n";
    assert_eq!(text(b), expected);
}

#[test]
fn hidden_predefined_names() {
    let b = Builder::new();
    let (x, t) = (b.input("inf", scalar()), b.input("true", Type::new(DType::Bool, [1])));
    let y = (x + f64::INFINITY).cast(DType::F32).named("f32");
    let mask = t.logical_xor(b.constant(vec![true]).named("inf"));
    b.output("y", y.sin().cast(DType::F64));
    b.output("z", y.cast(DType::I64).cast(DType::F32));
    b.output("m", mask);
    b.output("c", b.constant(Value::full([0], 0f32)));
    b.output("s", b.iota([3], 0, DType::F64).cumsum(0, true));
    let expected = r#"v0 = f64(inf)
inf = bool([true])
v1 = inf
input inf: f64
input true: bool[1]
v2 = inf + v0
f32 = astype(v2, "f32")
v3 = logical_xor(true, v1)
v4 = sin(f32)
v5 = astype(v4, f64)
v6 = astype(f32, i64)
v7 = astype(v6, "f32")
v8 = zeros((0,), dtype="f32")
v9 = iota((3,), axis=0, dtype=f64)
v10 = cumsum(v9, axis=0, reverse=1)
output y = v5
output z = v7
output m = v3
output c = v8
output s = v10
"#;
    assert_eq!(text(b), expected);
}

#[test]
fn every_operation_is_one_statement() {
    for sample in samples() {
        let b = Builder::new();
        let inputs: Vec<Expr<'_>> =
            sample.operands.iter().enumerate().map(|(i, ty)| b.input(format!("x{i}"), ty.clone())).collect();
        b.output("y", b.add(sample.op.clone(), &inputs));
        let name = sample.op.name();
        let line = statements(b);
        let infix =
            matches!(sample.op, Op::Compare(_)) || ["add", "sub", "mul", "div", "power"].contains(&name);
        let start = if infix { "v0 = x0 ".to_owned() } else { format!("v0 = {name}(") };
        assert!(line.starts_with(&start) && line.lines().count() == 1, "{line}");
    }
}

#[test]
fn attributes() {
    let x = || [f64s(&[2, 3])];
    let windows = |[x]: [Expr<'_>; 1]| -> Vec<Window> {
        let axes = 0..x.rank() as u8;
        axes.map(|axis| Window { axis, size: 2, stride: 1 + axis as usize, dilation: 1 }).collect()
    };
    let windows_of_two = vec![Window { axis: 0, size: 2, stride: 1, dilation: 1 }];
    let overlap = || Op::Overlap(Box::new(Windows { windows: windows_of_two.clone(), shape: [3].into() }));
    let scatter = || Op::ScatterAdd { axis: 0, extent: 5 };
    let texts = [
        form(x(), |[x]| x.transpose(&[1, 0])),
        form(x(), |[x]| x.reshape(&[6])),
        form([f64s(&[1])], |[x]| x.reshape(&[])),
        form(x(), |[x]| x.flip([0, 1])),
        form(x(), |[x]| {
            x.slice(&[Range { start: 0, count: 2, step: 1 }, Range { start: 1, count: 1, step: 2 }])
        }),
        form(x(), |[x]| x.pad(&[(1, 2, 0), (0, 1, 2)])),
        form([f64s(&[2]), f64s(&[1])], |[x, y]| x.concatenate(&[y, x], 0)),
        form(x(), |[x]| x.argmin(-1)),
        form(x(), |[x]| x.cumsum(0, false)),
        form(x(), |[x]| x.cumsum(0, true)),
        form(x(), |[x]| x.polygamma(2)),
        form(x(), |[x]| x.patches(&windows([x]))),
        form([f64s(&[2, 3, 4]), f64s(&[2, 4, 5])], |[x, y]| {
            x.dot_general(y, DotAxes { batch: ([0].into(), [0].into()), contract: ([2].into(), [1].into()) })
        }),
        form([f64s(&[2, 2])], |[p]| p.builder().add(overlap(), &[p])),
        form([f64s(&[2, 2]), Type::new(DType::I64, [2])], |[u, i]| u.builder().add(scatter(), &[u, i])),
    ];
    let expected = [
        "transpose(x, (1, 0))",
        "reshape(x, (6,))",
        "reshape(x, ())",
        "flip(x, axis=(0, 1))",
        "slice(x, start=(0, 1), count=(2, 1), step=(1, 2))",
        "pad(x, ((1, 2), (0, 1)), interior=(0, 2))",
        "concatenate((x, y, x), axis=0)",
        "argmin(x, axis=1)",
        "cumsum(x, axis=0)",
        "cumsum(x, axis=0, reverse=true)",
        "polygamma(2, x)",
        "patches(x, axes=(0, 1), size=(2, 2), stride=(1, 2), dilation=(1, 1))",
        "dot_general(x, y, batch=((0,), (0,)), contract=((2,), (1,)))",
        "overlap(x, shape=(3,), axes=(0,), size=(2,), stride=(1,), dilation=(1,))",
        "scatter(x, y, axis=0, extent=5)",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn derivatives_of_ones_own() {
    let b = Builder::new();
    let (x, y) = (b.input("x", f64s(&[2, 3])), b.input("y", f64s(&[3])));
    let mask = x.greater(x.number(0.0)).named("m");
    let axes = Axes {
        input: [1].into_iter().collect(),
        output: [0, 1].into_iter().collect(),
        scale: [0, 1].into_iter().collect(),
        mask: [0, 1].into_iter().collect(),
    };
    let map = Labelled::new(Scale::By(x.id()), Some(mask.id()), axes);
    let maps = vec![
        Local::Map(Kind::Labelled(map)),
        Local::Undefined("it \"jumps\"".into()),
        Local::Map(Kind::Zero),
    ];
    let custom = b.custom(x.round(), &[y, x, x], maps);
    let negated = Local::Map(Kind::Labelled(Labelled::elementwise(Scale::MinusOne, None)));
    b.output("out", b.custom(custom, &[x], vec![negated]));
    let expected = r#"v0 = broadcast(f64(0.0), shape=(2, 3), axes=())
m = x > v0
v1 = round(x)
v2 = custom(v1, (y, x, x), (labelled(x, m, `input`=(1,), `output`=(0, 1), scale_axes=(0, 1), mask_axes=(0, 1)), undefined("it \"jumps\""), zero()))
v3 = custom(v2, (x,), (labelled(-1),))"#;
    assert_eq!(statements(b), expected);
}

#[test]
fn derivatives_without_a_text() {
    let function = |op: Op| {
        let mut graph = Graph::new();
        let x = graph.add_input("x", scalar(), Role::Input, Place::Unknown).unwrap();
        let node = graph.add(op, &[x, x, x], Place::Unknown).unwrap();
        Function::new(graph, vec![Output { name: None, node }])
    };
    let chain = Local::Map(Kind::Chain(Box::new([])));
    let error = print(&function(Op::Custom([Local::Map(Kind::Zero), chain].into()))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the derivative of `%1 = custom(%0, %0, %0, maps=2): f64` with respect to operand 2 has no text form"
    );
    let error = print(&function(Op::Custom([Local::Map(Kind::diagonal(1))].into()))).unwrap_err();
    assert!(matches!(error, PrintError::Coefficients { .. }));
    let ordered = print(&function(Op::Custom([Local::Map(Kind::diagonal(2))].into()))).unwrap();
    assert!(ordered.contains("v0 = custom(x, (x,), (labelled(x),))\n"));
}

#[test]
fn a_deep_chain_needs_no_stack_and_little_time() {
    let b = Builder::new();
    let x = b.input("x", scalar());
    b.output("y", (0..1_000_000).fold(x, |e, i| if i % 2 == 0 { e.sin() } else { e * x }));
    let function = b.finish().unwrap();
    let work = move || {
        let text = print(&function).unwrap();
        assert!(text.ends_with("v999999 = x * v999998\noutput y = v999999\n"));
        text.lines().count()
    };
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap();
    assert_eq!(thread.join().unwrap(), 1_000_002);
}
