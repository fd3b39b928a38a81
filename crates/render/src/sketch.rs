//! From a function to a scene: one node for each node that an output needs, numbers written into their users.
//!
//! Always holds: work and memory are linear in the size of the graph, and nothing recurses over its depth.

use crate::escape::visible;
use crate::expression::{NAME, formula, number};
use crate::number::short_value;
use crate::scene::{Edge, Mark, Node, NodeKind, Options, Part, Rank, Scene};
use std::collections::HashMap;
use wengert_expr::{Function, Graph, NodeId, Op, Role};

/// The most names of outputs that a node shows.
const OUTPUTS: usize = 3;

/// A function as it is drawn.
pub(crate) struct Sketch<'f> {
    graph: &'f Graph,
    outputs: HashMap<NodeId, Vec<String>>,
    options: &'f Options,
    derived: bool,
}

impl<'f> Sketch<'f> {
    /// `derived` where outputs of the function are derivatives.
    pub(crate) fn new(function: &'f Function, derived: bool, options: &'f Options) -> Sketch<'f> {
        let mut outputs: HashMap<NodeId, Vec<String>> = HashMap::new();
        for (i, output) in function.outputs().iter().enumerate() {
            outputs.entry(output.node).or_default().push(function.output_name(i));
        }
        Sketch { graph: function.graph(), outputs, options, derived }
    }

    /// The scene of these nodes, in arena order: which part each belongs to, and how edges between parts rank.
    pub(crate) fn scene(
        &self,
        nodes: impl Iterator<Item = NodeId>,
        part: impl Fn(NodeId) -> Part,
        rank: impl Fn(Part, Part) -> Rank,
    ) -> Scene {
        let mut scene = Scene { title: self.options.title.clone(), ..Scene::default() };
        let mut places: Vec<Option<usize>> = vec![None; self.graph.len()];
        for node in nodes {
            if self.is_inlined(node) {
                continue;
            }
            let to = scene.nodes.len();
            places[node.index()] = Some(to);
            let drawn = self.node(node, part(node));
            let operands = self.graph.operands(node);
            let ordered = self.shows_order(node);
            for (i, operand) in operands.iter().enumerate() {
                let Some(from) = places[operand.index()] else { continue };
                let rank = rank(scene.nodes[from].part, drawn.part);
                scene.edges.push(Edge {
                    from,
                    to,
                    label: String::new(),
                    position: ordered.then_some(i),
                    rank,
                    mark: Mark::Plain,
                });
            }
            scene.nodes.push(drawn);
        }
        scene
    }

    /// A number that is no output stands in the text of its users instead of a node.
    fn is_inlined(&self, node: NodeId) -> bool {
        !self.outputs.contains_key(&node) && number(self.graph, node).is_some()
    }

    fn shows_order(&self, node: NodeId) -> bool {
        let drawn = self.graph.operands(node).iter().filter(|&&x| !self.is_inlined(x)).count();
        drawn > 1 && !self.graph.op(node).row().commutative
    }

    /// A node with all that is known about it.
    pub(crate) fn node(&self, node: NodeId, part: Part) -> Node {
        let op = self.graph.op(node);
        let (kind, role) = self.kind(op);
        let output = self.outputs.get(&node);
        let given = self.graph.name(node);
        // A derivative's outputs are named like what they belong to: as a node's name that would mislead.
        let named_by_output = !self.derived;
        let name = given.or_else(|| output.filter(|_| named_by_output)?.first().map(String::as_str));
        let ty = self.graph.ty(node);
        let mut details = vec![if role.is_empty() { ty.to_string() } else { format!("{role} {ty}") }];
        details.extend(output.map(|names| output_line(names, name)));
        Node {
            name: name.map(|name| visible(name, NAME)),
            formula: if matches!(op, Op::Input(_)) { String::new() } else { formula(self.graph, node) },
            details,
            value: self.options.values.get(&node).filter(|_| !matches!(op, Op::Constant(_))).map(short_value),
            operation: op.name(),
            kind,
            part,
            scope: self.graph.scope(node).to_owned(),
            output: output.is_some(),
            mark: Mark::Plain,
        }
    }

    fn kind(&self, op: &Op) -> (NodeKind, &'static str) {
        if let Op::Input(i) = op {
            return match self.graph.inputs()[*i as usize].role {
                Role::Input => (NodeKind::Input, "input"),
                Role::Param => (NodeKind::Param, "param"),
            };
        }
        (if let Op::Constant(_) = op { NodeKind::Constant } else { NodeKind::Operation }, "")
    }
}

fn output_line(names: &[String], shown: Option<&str>) -> String {
    let others: Vec<String> =
        names.iter().filter(|&n| shown != Some(n)).take(OUTPUTS).map(|n| visible(n, NAME)).collect();
    if others.is_empty() { "output".to_owned() } else { format!("output {}", others.join(", ")) }
}
