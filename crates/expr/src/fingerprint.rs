//! When two functions are the same: a hash of their structure, and the comparison that is sure.
//!
//! Both read live nodes only, oldest first, so neither the depth of a graph, nor dead nodes, nor the order in which live
//! ones were made matters. Inputs count by name, type and role, and all of them, in their order, belong to the function.

use crate::function::Function;
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::ty::Type;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::hash::{DefaultHasher, Hash, Hasher};

type Ids = SmallVec<[u32; 4]>;

/// A hash of what a function computes: equal for [`isomorphic`] functions, and only by accident for others. It is
/// stable within one build of the program.
pub fn fingerprint(function: &Function) -> u64 {
    let (graph, live) = (function.graph(), function.live());
    let mut hashes = vec![0u64; graph.len()];
    for node in graph.nodes().filter(|n| live[n.index()]) {
        let mut hasher = DefaultHasher::new();
        hash_op(graph, node, &mut hasher);
        let mut operands: SmallVec<[u64; 4]> =
            graph.operands(node).iter().map(|n| hashes[n.index()]).collect();
        if unordered(graph, node) {
            operands.sort_unstable();
        }
        operands.hash(&mut hasher);
        hashes[node.index()] = hasher.finish();
    }
    let mut hasher = DefaultHasher::new();
    graph.is_sharing().hash(&mut hasher);
    live.iter().filter(|&&l| l).count().hash(&mut hasher);
    for input in function.inputs() {
        (&input.name, &input.ty, input.role).hash(&mut hasher);
    }
    for output in function.outputs() {
        (&output.name, hashes[output.node.index()]).hash(&mut hasher);
    }
    hasher.finish()
}

fn hash_op(graph: &Graph, node: NodeId, hasher: &mut impl Hasher) {
    match graph.op(node) {
        Op::Input(entry) => {
            let input = &graph.inputs()[*entry as usize];
            ("input", &input.name, &input.ty, input.role).hash(hasher);
        }
        op => op.hash(hasher),
    }
}

/// The order of a sharing graph's commutative operands is that of their making.
fn unordered(graph: &Graph, node: NodeId) -> bool {
    graph.is_sharing() && graph.op(node).row().commutative
}

/// True if the functions are the same but for dead nodes, the order in which nodes were made, and their places: the same
/// inputs and outputs by name, type and role, and a correspondence of the live nodes that keeps operations, operands
/// and names.
pub fn isomorphic(a: &Function, b: &Function) -> bool {
    let signature = |f: &Function| {
        let inputs = f.inputs().iter().map(|i| (i.name.clone(), i.ty.clone(), i.role)).collect::<Vec<_>>();
        (f.graph().is_sharing(), inputs, f.outputs().iter().map(|o| o.name.clone()).collect::<Vec<_>>())
    };
    signature(a) == signature(b) && a.live_count() == b.live_count() && correspond(a, b)
}

/// Follows both functions from their outputs and pairs the nodes that must correspond.
fn correspond(a: &Function, b: &Function) -> bool {
    let mut classes = Classes::default();
    let (a_classes, b_classes) = (classes.of(a), classes.of(b));
    let mut partner: Vec<Option<NodeId>> = vec![None; a.graph().len()];
    let mut taken = vec![false; b.graph().len()];
    let mut pending: Vec<(NodeId, NodeId)> =
        a.outputs().iter().zip(b.outputs()).map(|(a, b)| (a.node, b.node)).collect();
    while let Some((x, y)) = pending.pop() {
        match partner[x.index()] {
            Some(known) if known == y => continue,
            Some(_) => return false,
            None => {}
        }
        let alike = a_classes[x.index()] == b_classes[y.index()] && a.graph().name(x) == b.graph().name(y);
        if !alike || std::mem::replace(&mut taken[y.index()], true) {
            return false;
        }
        partner[x.index()] = Some(y);
        pending.extend(in_order(a.graph(), x, &a_classes).into_iter().zip(in_order(
            b.graph(),
            y,
            &b_classes,
        )));
    }
    true
}

/// Operands, those without an order by their classes. In a sharing graph no two nodes are of one class.
fn in_order(graph: &Graph, node: NodeId, classes: &[u32]) -> SmallVec<[NodeId; 4]> {
    let mut operands: SmallVec<[NodeId; 4]> = graph.operands(node).into();
    if unordered(graph, node) {
        operands.sort_unstable_by_key(|n| classes[n.index()]);
    }
    operands
}

/// Numbers for the values that nodes compute: equal operations on operands of equal classes are of one class.
#[derive(Default)]
struct Classes {
    inputs: FxHashMap<(String, Type), u32>,
    others: FxHashMap<(Op, Ids), u32>,
}

impl Classes {
    /// The class of every live node.
    fn of(&mut self, function: &Function) -> Vec<u32> {
        let (graph, live) = (function.graph(), function.live());
        let mut classes = vec![0; graph.len()];
        for node in graph.nodes().filter(|n| live[n.index()]) {
            let next = (self.inputs.len() + self.others.len()) as u32;
            let class = match graph.op(node) {
                Op::Input(entry) => {
                    let input = &graph.inputs()[*entry as usize];
                    *self.inputs.entry((input.name.clone(), input.ty.clone())).or_insert(next)
                }
                op => {
                    let mut operands: Ids = graph.operands(node).iter().map(|n| classes[n.index()]).collect();
                    if unordered(graph, node) {
                        operands.sort_unstable();
                    }
                    *self.others.entry((op.clone(), operands)).or_insert(next)
                }
            };
            classes[node.index()] = class;
        }
        classes
    }
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, isomorphic};
    use crate::builder::Builder;
    use crate::describe::describe;
    use crate::expr::Expr;
    use crate::function::Function;
    use crate::graph::Role;
    use crate::op::{Literal, Op};
    use crate::ty::{DType, Type};
    use crate::value::Value;
    use crate::verify::verify;

    fn scalar() -> Type {
        Type::scalar(DType::F64)
    }

    fn function(b: Builder, write: impl for<'b> Fn(Expr<'b>, Expr<'b>) -> Expr<'b>) -> Function {
        let (x, y) = (b.input("x", scalar()), b.input("y", scalar()));
        b.output("out", write(x, y));
        b.finish().unwrap()
    }

    fn shared(write: impl for<'b> Fn(Expr<'b>, Expr<'b>) -> Expr<'b>) -> Function {
        function(Builder::new(), write)
    }

    #[track_caller]
    fn assert_same(a: &Function, b: &Function) {
        assert!(isomorphic(a, b) && isomorphic(b, a));
        assert_eq!(fingerprint(a), fingerprint(b));
    }

    #[track_caller]
    fn assert_differ(a: &Function, b: &Function) {
        assert!(!isomorphic(a, b) && !isomorphic(b, a));
        assert_ne!(fingerprint(a), fingerprint(b));
    }

    #[test]
    fn neither_dead_nodes_nor_the_order_of_making_count() {
        let plain = shared(|x, y| x.sin() * y.cos() + 2.0);
        assert_same(&plain, &shared(|x, y| x.sin() * y.cos() + 2.0));
        assert_same(
            &plain,
            &shared(|x, y| {
                let (two, cos) = (x.number(2.0), y.cos());
                let _ = x.tan().exp();
                two + cos * x.sin()
            }),
        );
    }

    #[test]
    fn operations_operands_attributes_and_constants_count() {
        let plain = shared(|x, y| x.sin() - y);
        assert_differ(&plain, &shared(|x, y| x.cos() - y));
        assert_differ(&plain, &shared(|x, y| y - x.sin()));
        assert_differ(&plain, &shared(|x, y| y.sin() - x));
        assert_differ(&shared(|x, _| x * 0.0), &shared(|x, _| x * -0.0));
        assert_differ(&shared(|x, _| x.polygamma(1)), &shared(|x, _| x.polygamma(2)));
    }

    #[test]
    fn a_node_used_twice_differs_from_two_equal_nodes() {
        let once = function(Builder::without_sharing(), |x, _| {
            let sin = x.sin();
            sin * sin
        });
        assert_differ(&once, &function(Builder::without_sharing(), |x, _| x.sin() * x.sin()));
        assert_same(
            &once,
            &function(Builder::without_sharing(), |x, _| {
                let _ = x.exp();
                let sin = x.sin();
                sin * sin
            }),
        );
        assert_differ(&once, &shared(|x, _| x.sin() * x.sin()));
    }

    #[test]
    fn without_sharing_the_same_node_must_be_meant_everywhere() {
        let crossed = |swap: bool| {
            function(Builder::without_sharing(), move |x, y| {
                let (first, second) = (x.sin(), x.sin());
                let (left, right) = if swap { (second, first) } else { (first, second) };
                (first - second) * y - (left - right)
            })
        };
        assert!(isomorphic(&crossed(false), &crossed(false)));
        assert!(!isomorphic(&crossed(false), &crossed(true)));
    }

    #[test]
    fn signatures_count() {
        let write = |name: &str, ty: Type, role: Role, output: Option<&str>| {
            let b = Builder::new();
            let x = if role == Role::Param { b.param(name, ty) } else { b.input(name, ty) };
            match output {
                Some(output) => b.output(output, x.sin()),
                None => b.output_unnamed(x.sin()),
            }
            b.finish().unwrap()
        };
        let plain = write("x", scalar(), Role::Input, Some("y"));
        assert_differ(&plain, &write("z", scalar(), Role::Input, Some("y")));
        assert_differ(&plain, &write("x", Type::new(DType::F64, [1]), Role::Input, Some("y")));
        assert_differ(&plain, &write("x", scalar(), Role::Param, Some("y")));
        assert_differ(&plain, &write("x", scalar(), Role::Input, None));
        assert_differ(&plain, &write("x", scalar(), Role::Input, Some("x")));
        assert_differ(&plain, &shared(|x, _| x.sin()));
    }

    #[test]
    fn names_count_only_for_the_comparison() {
        let (named, plain) = (shared(|x, _| x.sin().named("s") * 2.0), shared(|x, _| x.sin() * 2.0));
        assert!(!isomorphic(&named, &plain));
        assert!(isomorphic(&named, &shared(|x, _| x.sin().named("s") * 2.0)));
        assert_eq!(fingerprint(&named), fingerprint(&plain));
    }

    #[test]
    fn a_deep_chain_needs_no_stack() {
        let work = || {
            let chain =
                || shared(|x, y| (0..100_000).fold(x, |e, i| if i % 2 == 0 { e.sin() } else { e * y }));
            let (a, b) = (chain(), chain());
            assert_same(&a, &b);
            assert_eq!(verify(&a), []);
            let lines: usize = a.graph().nodes().map(|n| describe(a.graph(), n).len()).sum();
            assert!(lines > 2_000_000);
            format!("{}", a.live_count())
        };
        let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(work).unwrap();
        assert_eq!(thread.join().unwrap(), "100002");
    }

    #[test]
    fn constants_count_by_their_bits() {
        let constant = |value: f64| {
            let b = Builder::new();
            let e = b.add(Op::Constant(Literal::new(Value::from(value))), &[]);
            b.output("c", e);
            b.finish().unwrap()
        };
        assert_same(&constant(f64::NAN), &constant(f64::NAN));
        assert_differ(&constant(f64::NAN), &constant(-f64::NAN));
    }
}
