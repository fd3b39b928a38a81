//! The verifier: checks every invariant of a function and reports all violations.
//!
//! The graph's own methods keep all of this true; a pass or a reader that is wrong does not. It never stops at the
//! first violation, reads each node once, and looks at no operand that does not exist.

mod violation;

pub use violation::{Violation, ViolationKind};

use crate::describe::describe;
use crate::function::{Function, Output};
use crate::graph::{Graph, Input, NodeId, check_shape};
use crate::op::Op;
use crate::row::Maps;
use crate::ty::Type;
use crate::with_tensor;
use rustc_hash::FxHashMap;
use std::collections::HashSet;

/// Every invariant of the function that does not hold; nothing for all that the builder, the parser and the passes make.
///
/// ```
/// use wengert_expr::{Builder, DType, Type, verify};
/// let b = Builder::new();
/// let x = b.input("x", Type::scalar(DType::F64));
/// b.output("y", x * x + x.sin());
/// assert_eq!(verify(&b.finish()?), []);
/// # Ok::<(), wengert_expr::GraphError>(())
/// ```
pub fn verify(function: &Function) -> Vec<Violation> {
    verify_parts(function.graph(), function.outputs())
}

fn verify_parts(graph: &Graph, outputs: &[Output]) -> Vec<Violation> {
    let mut verifier = Verifier { graph, seen: FxHashMap::default(), violations: Vec::new() };
    for node in graph.nodes() {
        verifier.node(node);
    }
    verifier.inputs();
    verifier.names();
    verifier.outputs(outputs);
    verifier.violations
}

struct Verifier<'g> {
    graph: &'g Graph,
    seen: FxHashMap<(&'g Op, &'g [NodeId]), NodeId>,
    violations: Vec<Violation>,
}

impl Verifier<'_> {
    fn report(&mut self, node: NodeId, kind: ViolationKind) {
        let text = describe(self.graph, node);
        self.violations.push(Violation { node: Some(node), text, kind });
    }

    fn report_entry(&mut self, text: String, kind: ViolationKind) {
        self.violations.push(Violation { node: None, text, kind });
    }

    fn node(&mut self, node: NodeId) {
        let (op, operands) = (self.graph.op(node), self.graph.operands(node));
        let younger = operands.iter().enumerate().filter(|(_, found)| **found >= node);
        let younger: Vec<(usize, NodeId)> = younger.map(|(operand, &found)| (operand, found)).collect();
        let ordered = younger.is_empty();
        for (operand, found) in younger {
            self.report(node, ViolationKind::Order { operand, found });
        }
        let expected = op.row().arity;
        if !expected.accepts(operands.len()) {
            self.report(node, ViolationKind::Arity { expected, found: operands.len() });
        } else {
            self.rules(node);
            if ordered {
                self.types(node);
            }
        }
        self.sharing(node);
    }

    fn rules(&mut self, node: NodeId) {
        let operands = self.graph.operands(node).len();
        match self.graph.op(node).row().maps {
            Maps::Of(rules) if rules.len() != operands => {
                self.report(node, ViolationKind::Rules { rules: rules.len(), operands });
            }
            Maps::Of(_) | Maps::Each(_) => {}
        }
    }

    fn types(&mut self, node: NodeId) {
        let (graph, op) = (self.graph, self.graph.op(node));
        if let Op::Constant(literal) = op
            && !with_tensor!(literal.value(), t => t.is_standard_layout())
        {
            self.report(node, ViolationKind::Layout);
        }
        let found = graph.ty(node);
        let expected = match op {
            Op::Input(entry) => match graph.inputs().get(*entry as usize) {
                Some(input) if input.node == node => Ok(input.ty.clone()),
                _ => return self.report(node, ViolationKind::NotInTable { entry: *entry }),
            },
            _ => {
                let types: Vec<&Type> = graph.operands(node).iter().map(|&n| graph.ty(n)).collect();
                (op.row().infer)(op, &types)
            }
        };
        match expected.and_then(|ty| check_shape(&found.shape).map(|()| ty)) {
            Ok(expected) if expected != *found => self.report(node, ViolationKind::Type { expected }),
            Ok(_) => {}
            Err(error) => self.report(node, ViolationKind::Misfit(error)),
        }
    }

    /// Canonical operands, and no node twice. Inputs have a table of their own.
    fn sharing(&mut self, node: NodeId) {
        let (graph, op, operands) = (self.graph, self.graph.op(node), self.graph.operands(node));
        if !graph.is_sharing() || op.is_input() {
            return;
        }
        if op.row().commutative && !operands.is_sorted() {
            self.report(node, ViolationKind::NotCanonical);
        }
        let first = *self.seen.entry((op, operands)).or_insert(node);
        if first != node {
            self.report(node, ViolationKind::Duplicate { first });
        }
    }

    fn inputs(&mut self) {
        let graph = self.graph;
        let mut names = HashSet::new();
        for (entry, Input { name, node: found, .. }) in graph.inputs().iter().enumerate() {
            let own = found.index() < graph.len() && *graph.op(*found) == Op::Input(entry as u32);
            let text = || format!("input {name:?}");
            if !own {
                self.report_entry(text(), ViolationKind::NotAnInput { found: *found });
            }
            if !names.insert(name) {
                self.report_entry(text(), ViolationKind::InputName);
            }
        }
    }

    fn names(&mut self) {
        let graph = self.graph;
        for (found, name) in graph.names() {
            if found.index() >= graph.len() || graph.op(found).is_input() {
                self.report_entry(format!("name {name:?}"), ViolationKind::Name { found });
            }
        }
    }

    fn outputs(&mut self, outputs: &[Output]) {
        let mut names = HashSet::new();
        for (i, Output { name, node: found }) in outputs.iter().enumerate() {
            let text =
                || name.as_ref().map_or_else(|| format!("output {i}"), |name| format!("output {name:?}"));
            if found.index() >= self.graph.len() {
                self.report_entry(text(), ViolationKind::Output { found: *found });
            }
            if name.as_ref().is_some_and(|name| !names.insert(name)) {
                self.report_entry(text(), ViolationKind::OutputName);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{verify, verify_parts};
    use crate::builder::Builder;
    use crate::function::Output;
    use crate::graph::{Graph, Input, NodeId, Role};
    use crate::map::{Kind, Local};
    use crate::op::{Binary, Literal, Op, Reduction, Unary};
    use crate::place::Place;
    use crate::ty::{DType, Type};
    use crate::value::Value;

    fn scalar() -> Type {
        Type::scalar(DType::F64)
    }

    fn one_input(mut graph: Graph) -> (Graph, NodeId) {
        let x = graph.add_input("x", scalar(), Role::Input, Place::Unknown).unwrap();
        (graph, x)
    }

    #[track_caller]
    fn check(graph: &Graph, want: &[&str]) {
        let found: Vec<String> = verify_parts(graph, &[]).iter().map(ToString::to_string).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn what_the_builder_makes_is_right() {
        for b in [Builder::new(), Builder::without_sharing()] {
            let x = b.input("x", Type::new(DType::F32, [2, 3]));
            let w = b.param("w", Type::new(DType::F32, [3, 4]));
            let y = x.matmul(w).gelu().softmax_cross_entropy(b.constant(vec![0i64, 3]));
            b.output("y", y.named("loss"));
            b.output_unnamed(b.custom(y, &[x], vec![Local::Map(Kind::Zero)]));
            assert_eq!(verify(&b.finish().unwrap()), []);
        }
    }

    #[test]
    fn operands_are_older_and_as_many_as_the_operation_takes() {
        let (mut graph, x) = one_input(Graph::new());
        graph.push_unchecked(Op::Unary(Unary::Sin), &[NodeId(7)], scalar());
        graph.push_unchecked(Op::Binary(Binary::Sub), &[x, NodeId(2)], scalar());
        graph.push_unchecked(Op::Binary(Binary::Sub), &[x], scalar());
        check(
            &graph,
            &[
                "%1 = sin(%7): f64: operand 0, %7, is not older than the node",
                "%2 = sub(%0, %2): f64: operand 1, %2, is not older than the node",
                "%3 = sub(%0): f64: takes 2 operands, found 1",
            ],
        );
    }

    #[test]
    fn types_are_those_that_follow() {
        let (mut graph, x) = one_input(Graph::new());
        graph.push_unchecked(Op::Unary(Unary::Sin), &[x], Type::new(DType::F32, [2]));
        graph.push_unchecked(Op::Unary(Unary::Not), &[x], scalar());
        graph.push_unchecked(Op::Constant(Literal::new(Value::from(2i64))), &[], scalar());
        graph.push_unchecked(Op::Reduce(Reduction::Sum, [0].into()), &[x], scalar());
        graph.push_unchecked(Op::Custom([Local::Map(Kind::diagonal(5))].into()), &[x, x], scalar());
        check(
            &graph,
            &[
                "%1 = sin(%0): f32[2]: should be f64",
                "%2 = logical_not(%0): f64: operand 0 must be of truth values, found f64",
                "%3 = constant(2): f64: should be i64",
                "%4 = sum(%0, axes=[0]): f64: axis 0 is out of range for rank 0",
                "%5 = custom(%0, %0, maps=1): f64: coefficient 5 is no operand",
            ],
        );
    }

    #[test]
    fn constants_lie_in_row_major_order() {
        let (mut graph, _) = one_input(Graph::new());
        let Value::F64(matrix) = Value::new([2, 2], vec![1.0, 2.0, 3.0, 4.0]) else { panic!("an f64") };
        let transposed = Value::F64(matrix.reversed_axes());
        graph.push_unchecked(Op::Constant(Literal::new(transposed)), &[], Type::new(DType::F64, [2, 2]));
        check(
            &graph,
            &[
                "%1 = constant([1.0, 3.0, 2.0, 4.0]): f64[2, 2]: has elements that do not lie in row-major order",
            ],
        );
    }

    #[test]
    fn sharing_graphs_have_no_node_twice_and_canonical_operands() {
        let build = |graph: Graph| {
            let (mut graph, x) = one_input(graph);
            let y = graph.push_unchecked(Op::Unary(Unary::Sin), &[x], scalar());
            graph.push_unchecked(Op::Unary(Unary::Sin), &[x], scalar());
            graph.push_unchecked(Op::Binary(Binary::Mul), &[y, x], scalar());
            graph.push_unchecked(Op::Binary(Binary::Sub), &[y, x], scalar());
            graph
        };
        check(
            &build(Graph::new()),
            &[
                "%2 = sin(%0): f64: is equal to the older node %1",
                "%3 = mul(%1, %0): f64: has its operands in another order than the canonical one",
            ],
        );
        check(&build(Graph::without_sharing()), &[]);
    }

    #[test]
    fn inputs_and_their_table_agree() {
        let (mut graph, x) = one_input(Graph::new());
        graph.push_unchecked(Op::Input(0), &[], scalar());
        graph.push_unchecked(Op::Input(4), &[], scalar());
        let entry = |name: &str, node, dtype| Input {
            name: name.into(),
            ty: Type::scalar(dtype),
            role: Role::Input,
            node,
        };
        graph.tables_mut().0.push(entry("x", x, DType::F64));
        let y = graph.push_unchecked(Op::Input(2), &[], scalar());
        graph.tables_mut().0.push(entry("y", y, DType::Bool));
        graph.tables_mut().0.push(entry("z", NodeId(9), DType::F64));
        check(
            &graph,
            &[
                "%1 = input(\"x\"): f64: is not the node of entry 0 of the table of inputs",
                "%2 = input(#4): f64: is not the node of entry 4 of the table of inputs",
                "%3 = input(\"y\"): f64: should be bool",
                "input \"x\": has the node %0, which is not its own",
                "input \"x\": has the name of an earlier input",
                "input \"z\": has the node %9, which is not its own",
            ],
        );
    }

    #[test]
    fn names_and_outputs_are_of_nodes() {
        let (mut graph, x) = one_input(Graph::new());
        graph.tables_mut().1.insert(NodeId(3), "ghost".into());
        graph.tables_mut().1.insert(x, "x too".into());
        let output = |name: Option<&str>, node| Output { name: name.map(Into::into), node };
        let outputs = [output(Some("y"), x), output(None, NodeId(8)), output(Some("y"), x), output(None, x)];
        let found: Vec<String> = verify_parts(&graph, &outputs).iter().map(ToString::to_string).collect();
        let want = [
            "name \"x too\": names %0, which cannot have a name of its own",
            "name \"ghost\": names %3, which cannot have a name of its own",
            "output 1: is %8, which does not exist",
            "output \"y\": has the name of an earlier output",
        ];
        assert_eq!(found, want);
    }

    #[test]
    fn shapes_stay_within_their_limits() {
        let mut graph = Graph::new();
        let ty = Type::new(DType::F64, vec![1; 40].as_slice());
        let node = graph.push_unchecked(Op::Input(0), &[], ty.clone());
        graph.tables_mut().0.push(Input { name: "x".into(), ty, role: Role::Input, node });
        let found = verify_parts(&graph, &[]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind.to_string(), "an array has at most 32 axes, this would have 40");
    }
}
