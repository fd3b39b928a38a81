//! A finished function: a graph, its named inputs and its outputs.

use crate::graph::{Graph, Input, NodeId};
use std::sync::Arc;

/// One output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Its node.
    pub node: NodeId,
}

/// A function from named inputs to outputs: the unit that is differentiated, run, printed and drawn.
#[derive(Clone, Debug)]
pub struct Function {
    graph: Arc<Graph>,
    outputs: Vec<Output>,
}

impl Function {
    /// The function that computes these nodes of a graph.
    ///
    /// # Panics
    /// When an output is not a node of the graph.
    pub fn new(graph: Graph, outputs: Vec<Output>) -> Function {
        assert!(outputs.iter().all(|o| o.node.index() < graph.len()), "outputs are nodes of the graph");
        Function { graph: Arc::new(graph), outputs }
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The graph, to go on writing it: without a copy where nobody else holds it.
    pub fn into_graph(self) -> Graph {
        Arc::unwrap_or_clone(self.graph)
    }

    /// The inputs, in the order of their declaration.
    pub fn inputs(&self) -> &[Input] {
        self.graph.inputs()
    }

    /// The outputs, in order.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// The name of an output, or `out0`, `out1`, ... for one without.
    pub fn output_name(&self, i: usize) -> String {
        self.outputs[i].name.clone().unwrap_or_else(|| format!("out{i}"))
    }

    /// For every node, whether an output needs it. Inputs are live only if used.
    pub fn live(&self) -> Vec<bool> {
        let mut live = vec![false; self.graph.len()];
        for output in &self.outputs {
            live[output.node.index()] = true;
        }
        for node in self.graph.nodes().rev() {
            if live[node.index()] {
                for operand in self.graph.operands(node) {
                    live[operand.index()] = true;
                }
            }
        }
        live
    }

    /// How many nodes the outputs need.
    pub fn live_count(&self) -> usize {
        self.live().into_iter().filter(|&l| l).count()
    }
}
