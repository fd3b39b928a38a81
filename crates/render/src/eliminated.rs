//! The picture of a linearised graph while it is eliminated: what is gone, what came into being, what comes next.
//!
//! Eliminated vertices stay as ghosts, and the edges that they had keep their room, so that the pictures of several steps
//! lie on one another. A graph that is folded has no ghosts, nor has the Jacobian, which is to be seen as such.

use crate::elimination::{Elimination, Taken, degrees};
use crate::linearized::label;
use crate::map::product_text;
use crate::scene::{Edge, Mark, Node, NodeKind, Options, Part, Scene};
use crate::sketch::Sketch;
use crate::summary::fold;
use std::collections::HashSet;
use wengert_diff::eliminate::{Link, Role, Step};
use wengert_expr::{LinearMap, NodeId};

/// Draws a linearised graph after some steps of elimination. Time and memory are linear in its size.
///
/// The title says which step was taken, unless the options have one, and the notes what was spent.
pub fn eliminated(elimination: &Elimination, options: &Options) -> Scene {
    let Elimination { web, before, .. } = elimination;
    let is_jacobian = elimination.next().is_none();
    let ghosts = !is_jacobian && (options.all || web.len() <= options.limit);
    let sketch = Sketch::new(&elimination.function, false, options);
    let mut places = vec![None; web.len()];
    let mut scene = Scene { title: title(elimination, options), sideways: is_jacobian, ..Scene::default() };
    scene.notes.push(count(elimination));
    for v in drawn(elimination).filter(|&v| ghosts || !is_gone(elimination, v)) {
        places[v as usize] = Some(scene.nodes.len());
        scene.nodes.push(vertex(elimination, &sketch, v));
    }
    let mut add = |from: u32, to: u32, label: String, mark: Mark| {
        if let (Some(from), Some(to)) = (places[from as usize], places[to as usize]) {
            scene.edges.push(Edge { from, to, label, mark, ..Edge::default() });
        }
    };
    let most = if scene.sideways { LONG } else { SHORT };
    let old: HashSet<(u32, u32)> = before.iter().copied().collect();
    for link in web.links() {
        let label = label(product_text(elimination.function.graph(), link.map, most), link.map, options);
        add(link.from, link.to, label, mark(elimination, &link, &old));
    }
    for &(from, to) in before.iter().filter(|&&(from, to)| web.between(from, to).is_none()) {
        add(from, to, String::new(), Mark::Gone);
    }
    scene.edges.sort_by_key(|e| (e.to, e.from));
    scene.rows = rows(elimination, &places);
    scene.legend = legend(&scene);
    fold(scene, options)
}

/// The most characters of a coefficient beside an edge, and on one.
const SHORT: usize = 44;
const LONG: usize = 64;

/// The most variables or outputs that keep their order.
const ROW: usize = 12;

/// The variables and the outputs, each kind in its order, so that they stand in the same places after every step.
fn rows(elimination: &Elimination, places: &[Option<usize>]) -> Vec<Vec<usize>> {
    let web = &elimination.web;
    let row = |role: Role| -> Vec<usize> {
        drawn(elimination).filter(|&v| web.role(v) == role).filter_map(|v| places[v as usize]).collect()
    };
    [Role::Source, Role::Sink].map(row).into_iter().filter(|row| (2..=ROW).contains(&row.len())).collect()
}

/// The vertices in the order of the picture: copies of variables stand in front of what is computed from them.
fn drawn(elimination: &Elimination) -> impl Iterator<Item = u32> {
    let web = &elimination.web;
    let is_source = move |&v: &u32| web.role(v) == Role::Source;
    let all = move || 0..web.len() as u32;
    all().filter(is_source).chain(all().filter(move |v| !is_source(v)))
}

fn is_gone(elimination: &Elimination, v: u32) -> bool {
    elimination.web.role(v) == Role::Inner && !elimination.web.is_left(v)
}

/// A vertex with its number and, where it can be eliminated, its edges in and out.
fn vertex(elimination: &Elimination, sketch: &Sketch<'_>, v: u32) -> Node {
    let web = &elimination.web;
    let mut node = sketch.node(web.node(v), Part::Primal);
    let copy = v as usize >= elimination.originals;
    if copy {
        node.formula = "copy".to_owned();
        node.kind = NodeKind::Operation;
        node.details[0] = elimination.function.graph().ty(web.node(v)).to_string();
    }
    // An output that others are computed from is one by its copy.
    node.output &= web.role(v) == Role::Sink || web.sinks().contains(&Some(v));
    if !node.output {
        node.details.truncate(1);
    }
    node.details.insert(0, format!("vertex {v}"));
    if web.is_left(v) {
        let (ins, outs) = web.degrees(v);
        node.details.push(format!("{ins} × {outs}"));
    }
    if let Some(step) = gone_in(elimination, v) {
        node.details = vec![format!("vertex {v} · eliminated in step {step}")];
        node.value = None;
        node.mark = Mark::Gone;
    } else if elimination.next() == Some(Step::Vertex(v)) {
        node.details.push("next".to_owned());
        node.mark = Mark::Next;
    }
    // One line for what is known keeps the boxes flat.
    node.details = vec![node.details.join(" · ")];
    node
}

/// The last step that touched an eliminated vertex, from 1.
fn gone_in(elimination: &Elimination, v: u32) -> Option<usize> {
    let touches = |t: &Taken| match t.step {
        Step::Vertex(u) => u == v,
        Step::Front(from, to) | Step::Back(from, to) => from == v || to == v,
    };
    let last = || elimination.taken.iter().rposition(touches).map_or(elimination.taken.len(), |i| i + 1);
    is_gone(elimination, v).then(last)
}

fn mark(elimination: &Elimination, link: &Link<'_, LinearMap<NodeId>>, old: &HashSet<(u32, u32)>) -> Mark {
    let ends = (link.from, link.to);
    match elimination.next() {
        Some(Step::Front(from, to) | Step::Back(from, to)) if (from, to) == ends => Mark::Next,
        _ if !link.is_fill => Mark::Plain,
        _ if old.contains(&ends) => Mark::Changed,
        _ => Mark::Fill,
    }
}

fn title(elimination: &Elimination, options: &Options) -> String {
    if !options.title.is_empty() {
        return options.title.clone();
    }
    let (k, n) = (elimination.taken.len(), elimination.order.len());
    match elimination.taken.last() {
        None => format!("step 0 of {n}: the linearised graph"),
        Some(Taken { step, degrees: (ins, outs) }) => {
            format!("step {k} of {n}: eliminated {} ({ins} × {outs})", step_text(elimination, *step))
        }
    }
}

/// A step by the names of what it eliminates.
fn step_text(elimination: &Elimination, step: Step) -> String {
    let options = Options::default();
    let sketch = Sketch::new(&elimination.function, false, &options);
    let name = |v: u32| {
        let node = sketch.node(elimination.web.node(v), Part::Primal);
        node.name.unwrap_or(node.formula)
    };
    match step {
        Step::Vertex(v) => name(v),
        Step::Front(from, to) => format!("the edge from {} to {} in front", name(from), name(to)),
        Step::Back(from, to) => format!("the edge from {} to {} behind", name(from), name(to)),
    }
}

fn count(elimination: &Elimination) -> String {
    let Elimination { spent, total, convention, .. } = elimination;
    let ahead = match elimination.next() {
        Some(step @ (Step::Front(..) | Step::Back(..))) => {
            let (ins, outs) = degrees(&elimination.web, step);
            format!("; next {} ({ins} × {outs})", step_text(elimination, step))
        }
        Some(Step::Vertex(_)) | None => String::new(),
    };
    format!(
        "{} of {} products, {} of {} sums; convention {convention}{ahead}",
        spent.products, total.products, spent.sums, total.sums
    )
}

/// A word for each mark that the picture has.
fn legend(scene: &Scene) -> Vec<(Mark, &'static str)> {
    let edges: HashSet<Mark> = scene.edges.iter().map(|e| e.mark).collect();
    let nodes: HashSet<Mark> = scene.nodes.iter().map(|n| n.mark).collect();
    let words = [
        (Mark::Fill, "fill-in", edges.contains(&Mark::Fill)),
        (Mark::Changed, "added to", edges.contains(&Mark::Changed)),
        (Mark::Gone, "eliminated", nodes.contains(&Mark::Gone)),
        (Mark::Next, "next", nodes.contains(&Mark::Next) || edges.contains(&Mark::Next)),
    ];
    words.into_iter().filter(|w| w.2).map(|(mark, word, _)| (mark, word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linearized::Linearization;
    use wengert_diff::DiffError;
    use wengert_diff::eliminate::{Convention, OrderError, steps};
    use wengert_expr::{Builder, DType, Function, Type, Value};

    /// `z = x * y; w = sin(z)` with the outputs `w + z` and `log(w)`: vertices in this order from 0.
    fn simple() -> Linearization {
        let b = Builder::new();
        let [x, y] = ["x", "y"].map(|name| b.input(name, Type::scalar(DType::F64)));
        let z = (x * y).named("z");
        let w = z.sin().named("w");
        b.output("p", w + z);
        b.output("q", w.log());
        let f = b.finish().expect("a valid graph");
        let variables: Vec<NodeId> = f.inputs().iter().map(|i| i.node).collect();
        Linearization::new(&f, &variables).expect("differentiable")
    }

    fn after(order: &[u32], taken: usize) -> Elimination {
        Elimination::new(&simple(), &steps(order), Some(taken), Convention::Shared).expect("a possible order")
    }

    fn edges(scene: &Scene) -> Vec<(usize, usize, &str, Mark)> {
        scene.edges.iter().map(|e| (e.from, e.to, e.label.as_str(), e.mark)).collect()
    }

    #[test]
    fn what_happened_is_marked() {
        let scene = eliminated(&after(&[3, 2], 1), &Options::default());
        assert_eq!(scene.title, "step 1 of 2: eliminated w (1 × 2)");
        assert_eq!(scene.notes, ["2 of 6 products, 1 of 1 sums; convention shared"]);
        let marks: Vec<Mark> = scene.nodes.iter().map(|n| n.mark).collect();
        assert_eq!(marks, [Mark::Plain, Mark::Plain, Mark::Next, Mark::Gone, Mark::Plain, Mark::Plain]);
        let expected = [
            (0, 2, "y", Mark::Plain),
            (1, 2, "x", Mark::Plain),
            (2, 3, "", Mark::Gone),
            (2, 4, "cos(z) + 1", Mark::Changed),
            (3, 4, "", Mark::Gone),
            (2, 5, "cos(z) * reciprocal(w)", Mark::Fill),
            (3, 5, "", Mark::Gone),
        ];
        let mut shown = edges(&scene);
        shown.sort_by_key(|e| (e.1, e.0));
        assert_eq!(shown, expected);
        let words: Vec<&str> = scene.legend.iter().map(|(_, word)| *word).collect();
        assert_eq!(words, ["fill-in", "added to", "eliminated", "next"]);
        let dot = scene.to_dot();
        assert!(
            dot.contains("style=invis") && dot.contains("\"dashed,bold\"") && dot.contains("fill-in"),
            "{dot}"
        );
    }

    #[test]
    fn the_jacobian_has_neither_ghosts_nor_inner_vertices() {
        let scene = eliminated(&after(&[2, 3], 2), &Options::default());
        assert_eq!((scene.nodes.len(), scene.edges.len()), (4, 4));
        assert!(scene.sideways && scene.edges.iter().all(|e| e.mark == Mark::Fill));
        assert_eq!(scene.rows, [[0, 1], [2, 3]]);
        assert_eq!(scene.title, "step 2 of 2: eliminated w (2 × 2)");
    }

    #[test]
    fn before_the_first_step_it_is_the_linearised_graph() {
        let scene = eliminated(&after(&[2, 3], 0), &Options::default());
        assert_eq!(scene.title, "step 0 of 2: the linearised graph");
        assert!(scene.edges.iter().all(|e| e.mark == Mark::Plain));
        assert_eq!(scene.legend, [(Mark::Next, "next")]);
    }

    #[test]
    fn an_edge_that_comes_next_is_marked() {
        let order = [Step::Front(0, 2), Step::Vertex(2), Step::Vertex(3)];
        let elimination = Elimination::new(&simple(), &order, Some(0), Convention::Shared).expect("possible");
        let scene = eliminated(&elimination, &Options::default());
        assert_eq!(edges(&scene)[0], (0, 2, "y", Mark::Next));
        assert!(scene.notes[0].ends_with("next the edge from x to z in front (1 × 2)"), "{:?}", scene.notes);
    }

    #[test]
    fn values_stand_on_products() {
        let elimination = after(&[3, 2], 1);
        let values = elimination.coefficients().into_iter().map(|c| (c, Value::scalar(0.5))).collect();
        let scene = eliminated(&elimination, &Options { values, ..Options::default() });
        assert!(edges(&scene).contains(&(2, 5, "cos(z) * reciprocal(w) = 0.5", Mark::Fill)));
    }

    #[test]
    fn wrong_orders_are_errors() {
        let error =
            |order: &[Step], taken| match Elimination::new(&simple(), order, taken, Convention::Shared)
                .map(|_| ())
            {
                Err(DiffError::Order(error)) => error,
                other => panic!("no error of an order: {other:?}"),
            };
        let both = steps(&[2, 3]);
        assert_eq!(error(&both, Some(3)), OrderError::Beyond { asked: 3, count: 2 });
        assert_eq!(error(&both[..1], Some(0)), OrderError::Missing { vertex: 3, left: 1 });
        assert_eq!(error(&steps(&[2, 2]), None), OrderError::Repeated { vertex: 2 });
        assert_eq!(error(&steps(&[0]), None), OrderError::End { vertex: 0 });
        assert_eq!(error(&[Step::Back(0, 5)], None), OrderError::NoEdge { from: 0, to: 5 });
    }

    #[test]
    fn without_variables_there_is_nothing_to_draw() {
        let b = Builder::new();
        let f: Function = b.finish().expect("a valid graph");
        let linearization = Linearization::new(&f, &[]).expect("nothing to differentiate");
        let elimination =
            Elimination::new(&linearization, &[], None, Convention::default()).expect("no steps");
        assert_eq!(eliminated(&elimination, &Options::default()).nodes, []);
    }
}
