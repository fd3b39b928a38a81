//! The picture of a function as it stands.

use crate::scene::{Options, Part, Rank, Scene};
use crate::sketch::Sketch;
use crate::summary::fold;
use wengert_expr::Function;

/// Draws the nodes that the outputs of a function need; many of them folded unless the options say otherwise.
///
/// Time and memory are linear in the size of the graph.
///
/// ```
/// use wengert_expr::{Builder, DType, Type};
/// use wengert_render::{Options, primal};
/// let b = Builder::new();
/// let x = b.input("x", Type::scalar(DType::F64));
/// b.output("y", x.sin() * 2.0);
/// let scene = primal(&b.finish()?, &Options::default());
/// assert_eq!(scene.nodes.len(), 3);
/// assert!(scene.to_dot().contains("sin(x)"));
/// # Ok::<(), wengert_expr::GraphError>(())
/// ```
pub fn primal(function: &Function, options: &Options) -> Scene {
    let live = function.live();
    let nodes = function.graph().nodes().filter(|n| live[n.index()]);
    let scene = Sketch::new(function, false, options).scene(nodes, |_| Part::Primal, |_, _| Rank::After);
    fold(scene, options)
}
