//! The picture of the linearised graph: on each edge the partial derivative of the user with respect to the operand.

use crate::map::map_text;
use crate::number::short_value;
use crate::scene::{Edge, Options, Part, Scene};
use crate::sketch::Sketch;
use crate::summary::fold;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use wengert_diff::{DiffError, Linearized};
use wengert_expr::{Builder, Function, Kind, Labelled, LinearMap, NodeId, Scale};

/// A function and its linearised graph, whose coefficients are nodes of the function's graph.
#[derive(Clone, Debug)]
pub struct Linearization {
    /// The function, the coefficients added to its graph.
    pub function: Function,
    /// The linearised graph.
    pub linearized: Linearized,
}

impl Linearization {
    /// Linearises the outputs of a function with respect to some of its nodes.
    ///
    /// # Errors
    /// When an operation on the way has no derivative.
    pub fn new(function: &Function, variables: &[NodeId]) -> Result<Linearization, DiffError> {
        let b = Builder::on(function.graph().clone());
        let outputs: Vec<NodeId> = function.outputs().iter().map(|o| o.node).collect();
        let linearized = Linearized::new(&b, variables, &outputs)?;
        let graph = b.finish()?.into_graph();
        Ok(Linearization { function: Function::new(graph, function.outputs().to_vec()), linearized })
    }

    /// The nodes that the partial derivatives multiply by: computed, their values can stand on the edges.
    pub fn coefficients(&self) -> Vec<NodeId> {
        self.linearized.graph.edge_weights().filter_map(coefficient).collect()
    }
}

/// The one array of coefficients of a map that has no other.
pub(crate) fn coefficient(map: &LinearMap<NodeId>) -> Option<NodeId> {
    match &map.kind {
        Kind::Labelled(Labelled { scale: Scale::By(c), .. }) => Some(*c),
        Kind::Labelled(Labelled { scale: Scale::One | Scale::MinusOne, .. }) => None,
        Kind::Zero | Kind::Cast | Kind::Index(_) | Kind::Chain(_) | Kind::Sum(_) => None,
    }
}

/// What an edge says: the text of its map, and the value of its coefficient where that is known.
pub(crate) fn label(text: String, map: &LinearMap<NodeId>, options: &Options) -> String {
    match coefficient(map).and_then(|c| options.values.get(&c)).map(short_value) {
        Some(value) if value != text => format!("{text} = {value}"),
        Some(_) | None => text,
    }
}

/// Draws a linearised graph, also one from which vertices were eliminated. Time and memory are linear in its size.
pub fn linearized(linearization: &Linearization, options: &Options) -> Scene {
    let Linearization { function, linearized: Linearized { graph, .. } } = linearization;
    let sketch = Sketch::new(function, false, options);
    let mut places = vec![0; function.graph().len()];
    let mut scene = Scene { title: options.title.clone(), ..Scene::default() };
    for node in graph.node_weights() {
        places[node.index()] = scene.nodes.len();
        scene.nodes.push(sketch.node(*node, Part::Primal));
    }
    for edge in graph.edge_references() {
        let (from, to) = (graph[edge.source()], graph[edge.target()]);
        let label = label(map_text(function.graph(), edge.weight()), edge.weight(), options);
        let (from, to) = (places[from.index()], places[to.index()]);
        scene.edges.push(Edge { from, to, label, ..Edge::default() });
    }
    fold(scene, options)
}
