//! Pictures of whole functions, held against Graphviz itself.
//!
//! Tests that need `dot` say so and pass without it, unless `WENGERT_REQUIRE_DOT` is 1.

use crate::{
    Direction, Elimination, Linearization, NodeKind, Options, Rank, Scene, derivative, eliminated,
    linearized, primal,
};
use proptest::prelude::*;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wengert_diff::eliminate::{Convention, Heuristic, Problem, Step, order, steps};
use wengert_diff::{Mode, jvp, value_and_grad};
use wengert_expr::{Along, Builder, DType, Expr, Function, NodeId, Type, Value};

const NAMES: [&str; 22] = [
    "",
    " ",
    "\"",
    "\\",
    "\\\"",
    "a\\",
    "\\N \\G \\n \\l",
    "<script>alert(1)</script>",
    "&lt;&amp;&#0;&",
    "]]>",
    "<b",
    "-->",
    "line\nbreak\r\n",
    "tab\tbell\u{7}",
    "nul\0nul",
    "esc\u{1b}[31m",
    "\u{85}\u{2028}",
    "\u{202e}right to left",
    "node",
    "日本語 żółć 🦀 e\u{301}",
    "\u{fffe}\u{ffff}\u{10ffff}\u{e000}",
    "{a|b}; } -- rm -rf $(x) `x` %n",
];

fn scalar() -> Type {
    Type::scalar(DType::F64)
}

/// The SVG that Graphviz makes; `None` without Graphviz.
fn svg(dot: &str) -> Option<String> {
    let mut command = Command::new("dot");
    command.arg("-Tsvg").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        assert_ne!(
            std::env::var("WENGERT_REQUIRE_DOT").as_deref(),
            Ok("1"),
            "Graphviz's `dot` is not installed"
        );
        eprintln!("skipped: Graphviz's `dot` is not installed");
        return None;
    };
    let (mut input, text) = (child.stdin.take().expect("piped"), dot.to_owned());
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("dot runs");
    writer.join().expect("no panic").expect("dot reads");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !errors.contains("rror"), "{errors}\n{dot}");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

/// Checks that strings, labels and braces of a DOT text close, and that labels hold only our own markup.
fn check_closed(dot: &str) {
    let mut rest = dot.chars();
    let mut open = Vec::new();
    while let Some(character) = rest.next() {
        match character {
            '"' => {
                while let Some(inner) = rest.next().filter(|&c| c != '"') {
                    assert!(!inner.is_control(), "{inner:?} in a string");
                    if inner == '\\' {
                        assert!(matches!(rest.next(), Some('"' | '\\' | 'n')), "an escape of Graphviz");
                    }
                }
            }
            '<' => check_label(&mut rest),
            '{' | '[' => open.push(character),
            '}' => assert_eq!(open.pop(), Some('{')),
            ']' => assert_eq!(open.pop(), Some('[')),
            '>' => {}
            _ => assert!(
                character.is_ascii_graphic() || " \n".contains(character),
                "{character:?} outside of strings"
            ),
        }
    }
    assert!(open.is_empty());
}

fn check_label(rest: &mut std::str::Chars<'_>) {
    let mut tags = Vec::new();
    while let Some(character) = rest.next() {
        match character {
            '<' => {
                let tag: String = rest.take_while(|&c| c != '>').collect();
                match tag.strip_prefix('/') {
                    Some(closed) => assert_eq!(tags.pop().as_deref(), Some(closed)),
                    None if tag == "br/" => {}
                    None => {
                        let word = tag.split(' ').next().unwrap_or_default().to_owned();
                        assert!(word == "b" || word == "font", "markup {tag:?}");
                        tags.push(word);
                    }
                }
            }
            '>' => {
                assert!(tags.is_empty());
                return;
            }
            _ => assert!(!character.is_control(), "{character:?} in a label"),
        }
    }
    panic!("a label that does not close");
}

/// A sum over these names of `x * sin(x) + p`, named throughout.
fn named(names: &[&str]) -> Function {
    let b = Builder::new();
    let terms = names.iter().map(|&name| {
        let (x, p) = (b.input(name, scalar()), b.param(format!("{name}'"), scalar()));
        ((x * x.sin()).named(name) + p).named(format!("{name}+"))
    });
    let sum = terms.reduce(|a, b| a + b).expect("a name");
    b.output(names.concat(), sum);
    b.finish().expect("a valid graph")
}

fn pictures(f: &Function, options: &Options) -> Vec<Scene> {
    let names: Vec<&str> = f.inputs().iter().map(|i| i.name.as_str()).collect();
    let nodes: Vec<NodeId> = f.inputs().iter().map(|i| i.node).collect();
    let reverse = value_and_grad(f, &names, Mode::Reverse).expect("differentiable");
    let forward = jvp(f, &names).expect("differentiable").function;
    let length = f.graph().len();
    let linearization = Linearization::new(f, &nodes).expect("differentiable");
    let forth = forward_order(&linearization);
    let half = elimination(&linearization, &forth, forth.len() / 2);
    vec![
        primal(f, options),
        derivative(&reverse, length, Direction::Reverse, options),
        derivative(&forward, length, Direction::Forward, options),
        linearized(&linearization, options),
        eliminated(&half, options),
        eliminated(&elimination(&linearization, &forth, forth.len()), options),
    ]
}

fn forward_order(linearization: &Linearization) -> Vec<Step> {
    let graph = linearization.function.graph();
    let problem = Problem::new(graph, &linearization.linearized, Convention::default());
    steps(&order(&problem, Heuristic::Forward))
}

fn elimination(linearization: &Linearization, order: &[Step], taken: usize) -> Elimination {
    Elimination::new(linearization, order, Some(taken), Convention::default()).expect("a possible order")
}

#[test]
fn graphviz_accepts_every_name() {
    let f = named(&NAMES);
    let values = f.graph().nodes().map(|n| (n, Value::scalar(f64::NAN))).collect();
    let whole = Options { title: NAMES.concat(), values, ..Options::default() };
    for options in [Options { limit: 10, ..whole.clone() }, whole] {
        for scene in pictures(&f, &options) {
            let dot = scene.to_dot();
            check_closed(&dot);
            let Some(svg) = svg(&dot) else { return };
            assert!(!svg.contains("<script") && svg.ends_with("</svg>\n"));
            assert!(svg.chars().all(|c| !c.is_control() || c == '\n'), "{svg}");
        }
    }
}

#[test]
fn graphviz_shows_a_name_as_it_is() {
    let texts = ["&lt;script&gt;", "C:\\new", "&quot;q&quot;", "&amp;lt;", "日本語"];
    let names = ["<script>", "C:\\new", "\"q\"", "&lt;", "日本語"];
    let f = named(&[&names.concat()]);
    let options = Options { title: names.concat(), ..Options::default() };
    let Some(svg) = svg(&primal(&f, &options).to_dot()) else { return };
    // Graphviz writes blanks and some quotes as entities.
    let svg = svg
        .replace("&#45;", "-")
        .replace("&#39;", "'")
        .replace("&#160;", " ")
        .replace("\"q\"", "&quot;q&quot;");
    assert!(svg.matches(&texts.concat()).count() >= 3, "{svg}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_name_leaves_a_closed_text(name in any::<String>(), control in "[\\x00-\\x1f\"\\\\<>&]{0,8}") {
        let name = name + &control;
        let f = named(&[&name]);
        let options = Options { title: name.clone(), ..Options::default() };
        for scene in pictures(&f, &options) {
            check_closed(&scene.to_dot());
        }
    }
}

#[test]
fn the_graph_of_the_lecture() {
    let b = Builder::new();
    let (x, y) = (b.input("a", scalar()), b.input("b", scalar()));
    let (c, d) = ((x + y).named("c"), (y + 1.0).named("d"));
    b.output("e", c * d);
    let f = b.finish().expect("a valid graph");
    let values =
        [("a", 2.0), ("b", 1.0)].map(|(n, v)| (f.graph().input(n).expect("an input").node, Value::scalar(v)));
    let scene = primal(&f, &Options { values: values.into_iter().collect(), ..Options::default() });
    let shown: Vec<(Option<&str>, &str)> =
        scene.nodes.iter().map(|n| (n.name.as_deref(), &*n.formula)).collect();
    assert_eq!(
        shown,
        [(Some("a"), ""), (Some("b"), ""), (Some("c"), "a + b"), (Some("d"), "b + 1"), (Some("e"), "c * d")]
    );
    assert_eq!(scene.nodes[0].details, ["input f64"]);
    assert_eq!(scene.nodes[0].value.as_deref(), Some("2"));
    assert_eq!(scene.nodes[4].details, ["f64", "output"]);
    let dot = scene.to_dot();
    assert!(dot.contains("n2 -> n4 [color=\"#555555\"];"), "{dot}");
    assert!(
        dot.contains("<b>c</b> = a + b<br/><font color=\"#5F5F5F\" point-size=\"10\">f64</font>"),
        "{dot}"
    );

    let nodes: Vec<NodeId> = f.inputs().iter().map(|i| i.node).collect();
    let partials: Vec<String> = {
        let linearization = Linearization::new(&f, &nodes).expect("differentiable");
        linearized(&linearization, &Options::default()).edges.into_iter().map(|e| e.label).collect()
    };
    assert_eq!(partials, ["1", "1", "1", "d", "c"]);
}

#[test]
fn operand_order_is_shown_where_it_matters() {
    let b = Builder::new();
    let (x, y) = (b.input("x", scalar()), b.input("y", scalar()));
    b.output("z", (x - y) * (x + y) / (2.0 - x));
    let scene = primal(&b.finish().expect("a valid graph"), &Options::default());
    let positions = |operation: &str| -> Vec<Option<usize>> {
        scene.edges.iter().filter(|e| scene.nodes[e.to].operation == operation).map(|e| e.position).collect()
    };
    assert_eq!(positions("add"), [None, None]);
    assert_eq!(positions("mul"), [None, None]);
    assert_eq!(positions("div"), [Some(0), Some(1)]);
    // Three differences: x - y with both operands drawn, 2 - x with one.
    assert_eq!(positions("sub"), [Some(0), Some(1), None]);
}

#[test]
fn the_backward_pass_runs_down_beside_the_forward_pass() {
    let f = named(&["x"]);
    let gradient = value_and_grad(&f, &["x"], Mode::Reverse).expect("differentiable");
    let scene = derivative(&gradient, f.graph().len(), Direction::Reverse, &Options::default());
    for edge in &scene.edges {
        let parts = (scene.nodes[edge.from].part, scene.nodes[edge.to].part);
        let expected = match parts {
            (crate::Part::Primal, crate::Part::Primal) => Rank::After,
            (crate::Part::Primal, crate::Part::Cotangent) => Rank::Free,
            (crate::Part::Cotangent, crate::Part::Cotangent) => Rank::Before,
            other => panic!("no such edge: {other:?}"),
        };
        assert_eq!(edge.rank, expected);
    }
    let dot = scene.to_dot();
    assert!(
        dot.contains("constraint=false") && dot.contains("dir=back") && dot.contains("subgraph cluster_1")
    );
}

/// A chain of `n` operations on one input.
fn chain(n: usize) -> Function {
    let b = Builder::new();
    let x = b.input("x", scalar());
    let links = n.div_ceil(2);
    b.output("y", (0..links).fold(x, |e: Expr<'_>, _| e.sin() * x));
    b.finish().expect("a valid graph")
}

#[test]
fn ten_thousand_nodes_are_folded() {
    let f = chain(10_000);
    let scene = primal(&f, &Options::default());
    assert!(scene.nodes.len() < 20, "{} boxes", scene.nodes.len());
    let hidden: usize = scene
        .nodes
        .iter()
        .filter(|n| n.kind == NodeKind::Folded)
        .map(|n| n.formula.trim_end_matches(" nodes").replace(',', "").parse::<usize>().expect("a count"))
        .sum();
    let drawn = scene.nodes.iter().filter(|n| n.kind != NodeKind::Folded).count();
    assert_eq!(hidden + drawn, f.live_count());
    assert_eq!(scene.notes, [format!("10,001 nodes in {} boxes; --all draws each node", scene.nodes.len())]);
    assert!(scene.edges.iter().all(|e| e.from < e.to));
    svg(&scene.to_dot());
    let all = primal(&f, &Options { all: true, ..Options::default() });
    assert_eq!(all.nodes.iter().filter(|n| n.kind != NodeKind::Tag).count(), f.live_count());
}

#[test]
fn wide_graphs_fold_too() {
    let b = Builder::new();
    for i in 0..3000 {
        let x = b.input(format!("x{i}"), scalar());
        b.output(format!("y{i}"), x.exp() + 1.0);
    }
    let f = b.finish().expect("a valid graph");
    let inputs: Vec<NodeId> = f.inputs().iter().map(|i| i.node).collect();
    let linearization = Linearization::new(&f, &inputs).expect("differentiable");
    let forth = forward_order(&linearization);
    for scene in [
        primal(&f, &Options::default()),
        linearized(&linearization, &Options::default()),
        eliminated(&elimination(&linearization, &forth, forth.len() / 2), &Options::default()),
    ] {
        assert!(scene.nodes.len() < 20, "{} boxes", scene.nodes.len());
        svg(&scene.to_dot());
    }
}

#[test]
fn a_million_nodes_need_no_stack() {
    let draw = || {
        let f = chain(1_000_000);
        let start = Instant::now();
        let scene = primal(&f, &Options::default());
        let all = primal(&f, &Options { all: true, ..Options::default() }).to_dot();
        (scene.nodes.len(), all.len(), start.elapsed())
    };
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(draw).expect("a thread");
    let (boxes, length, time) = thread.join().expect("no overflow");
    assert!(boxes < 20 && length > 100_000_000, "{boxes} boxes, {length} bytes");
    assert!(time < Duration::from_secs(120), "{time:?}");
}

/// A step of a deep network: forward, backward, update.
fn train_step(layers: usize) -> (Function, usize) {
    let b = Builder::new();
    let matrix = Type::new(DType::F32, [8, 8]);
    let mut h = b.input("x", matrix.clone());
    let weights: Vec<Expr<'_>> = (0..layers).map(|i| b.param(format!("W{i}"), matrix.clone())).collect();
    for &w in &weights {
        let z = h.matmul(w);
        h = z.maximum(z.number(0.0));
    }
    let loss = h.square().sum(Along::All);
    let primal_nodes = b.read(|g| g.len());
    let rate = b.input("rate", Type::scalar(DType::F32));
    let gradient = wengert_diff::gradient(loss, &weights).expect("differentiable");
    for (i, (&w, g)) in weights.iter().zip(gradient).enumerate() {
        b.output(format!("new W{i}"), w - rate * g);
    }
    (b.finish().expect("a valid graph"), primal_nodes)
}

#[test]
fn graphviz_lays_out_a_train_step_of_a_thousand_nodes_in_seconds() {
    let (f, primal_nodes) = train_step(90);
    let scene =
        derivative(&f, primal_nodes, Direction::Reverse, &Options { all: true, ..Options::default() });
    assert!(scene.nodes.len() > 1000, "{} nodes", scene.nodes.len());
    let start = Instant::now();
    svg(&scene.to_dot());
    // Uncut and ranked as one graph, this takes minutes.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn odd_functions_are_drawn() {
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::I64, [0, 3]));
    let (two, table) = (b.constant(2.0), b.constant(vec![1.0, 2.0, 3.0]));
    for (name, e) in [("same", x), ("again", x), ("two", two), ("table", table)] {
        b.output(name, e);
    }
    let scene = primal(&b.finish().expect("a valid graph"), &Options::default());
    let details: Vec<&str> = scene.nodes.iter().flat_map(|n| &n.details).map(String::as_str).collect();
    assert_eq!(details, ["input i64[0, 3]", "output same, again", "f64", "output", "f64[3]", "output"]);
    assert_eq!(scene.nodes[2].formula, "[1, 2, 3]");
    svg(&scene.to_dot());
    let empty = primal(&Builder::new().finish().expect("a valid graph"), &Options::default());
    assert_eq!(empty, Scene::default());
    svg(&empty.to_dot());
}
