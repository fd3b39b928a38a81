//! Long edges of a large scene, cut: at its user, an operand that lies far away is drawn as a tag.
//!
//! Layouts spend their time on long edges (one more node on every layer that they cross), and readers lose them. A tag
//! repeats the name and a number in brackets that also stands at the operand.

use crate::groups::levels;
use crate::scene::{Edge, Node, NodeKind, Part, Rank, Scene};
use std::collections::{BTreeMap, HashMap};

/// Scenes of up to so many nodes keep all edges.
pub(crate) const MANY: usize = 400;

/// The most layers that an edge crosses.
const REACH: usize = 12;

/// The scene, its long edges cut if it is large. Linear but for sorting the edges.
pub(crate) fn shorten(scene: Scene) -> Scene {
    if scene.nodes.len() <= MANY {
        return scene;
    }
    let layers = layers(&scene);
    let far = |e: &Edge| layers[e.from].abs_diff(layers[e.to]) > REACH;
    let mut tags: BTreeMap<usize, usize> = BTreeMap::new();
    for edge in scene.edges.iter().filter(|e| far(e)) {
        let next = tags.len() + 1;
        tags.entry(edge.from).or_insert(next);
    }
    if tags.is_empty() {
        return scene;
    }
    let mut edges: Vec<(Edge, bool)> =
        scene.edges.into_iter().map(|e| (far(&e), e)).map(|(f, e)| (e, f)).collect();
    edges.sort_by_key(|(e, _)| e.to);
    let mut edges = edges.into_iter().peekable();
    let mut cut = Cut { nodes: Vec::new(), edges: Vec::new(), places: Vec::new(), tags };
    for (i, node) in scene.nodes.into_iter().enumerate() {
        let incoming = std::iter::from_fn(|| edges.next_if(|(e, _)| e.to == i)).collect();
        cut.add(node, incoming);
    }
    let note =
        format!("edges across more than {REACH} layers are cut: the same number in brackets marks both ends");
    let notes = scene.notes.into_iter().chain([note]).collect();
    Scene { notes, nodes: cut.nodes, edges: cut.edges, rows: Vec::new(), ..scene }
}

/// The layer on which a layout will put each node: a backward part runs down beside its forward part.
fn layers(scene: &Scene) -> Vec<usize> {
    let mut layers = levels(scene);
    let backward = |i: usize| scene.nodes[i].part == Part::Cotangent;
    let top = (0..layers.len()).filter(|&i| backward(i)).map(|i| layers[i]).max().unwrap_or(0);
    for i in (0..layers.len()).filter(|&i| backward(i)) {
        layers[i] = top - layers[i];
    }
    layers
}

/// The scene with cut edges, as far as it is written.
struct Cut {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Where each node of the whole scene stands.
    places: Vec<usize>,
    /// The numbers of the operands of cut edges.
    tags: BTreeMap<usize, usize>,
}

impl Cut {
    fn add(&mut self, mut node: Node, incoming: Vec<(Edge, bool)>) {
        let mut drawn: HashMap<usize, usize> = HashMap::new();
        let mut edges = Vec::with_capacity(incoming.len());
        for (edge, far) in incoming {
            let within = if node.part == Part::Cotangent { Rank::Before } else { Rank::After };
            let (from, rank) = if far {
                (*drawn.entry(edge.from).or_insert_with(|| self.tag(edge.from, node.part)), within)
            } else {
                (self.places[edge.from], edge.rank)
            };
            edges.push(Edge { from, rank, ..edge });
        }
        let to = self.nodes.len();
        self.edges.extend(edges.into_iter().map(|e| Edge { to, ..e }));
        if let Some(number) = self.tags.get(&self.places.len()) {
            node.details.push(format!("[{number}]"));
        }
        self.places.push(to);
        self.nodes.push(node);
    }

    fn tag(&mut self, operand: usize, part: Part) -> usize {
        let whole = &self.nodes[self.places[operand]];
        let shown = whole.name.as_deref().unwrap_or(whole.operation);
        let formula = format!("{shown} [{}]", self.tags[&operand]);
        self.nodes.push(Node { formula, kind: NodeKind::Tag, part, ..Node::default() });
        self.nodes.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_far_operand_becomes_a_tag() {
        let mut edges: Vec<Edge> = (1..500).map(|to| Edge { from: to - 1, to, ..Edge::default() }).collect();
        edges.push(Edge { from: 0, to: 499, position: Some(1), ..Edge::default() });
        let nodes = vec![Node { operation: "add", ..Node::default() }; 500];
        let scene = shorten(Scene { nodes, edges, ..Scene::default() });
        assert_eq!(scene.nodes.len(), 501);
        assert_eq!(scene.nodes[0].details, ["[1]"]);
        assert_eq!((scene.nodes[499].formula.as_str(), scene.nodes[499].kind), ("add [1]", NodeKind::Tag));
        assert_eq!(
            scene.edges.last(),
            Some(&Edge { from: 499, to: 500, position: Some(1), ..Edge::default() })
        );
        assert_eq!(scene.edges.len(), 500);
    }

    #[test]
    fn small_scenes_keep_their_edges() {
        let edges = (1..100).map(|to| Edge { from: 0, to, ..Edge::default() }).collect();
        let scene = Scene { nodes: vec![Node::default(); 100], edges, ..Scene::default() };
        assert_eq!(shorten(scene.clone()), scene);
    }
}
