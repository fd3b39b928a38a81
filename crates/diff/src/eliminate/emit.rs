//! Elimination that writes the graph: every product and every sum becomes nodes.

use super::line::{Face, LineGraph};
use super::step::{OrderError, Step};
use super::web::{Algebra, Web};
use crate::algebra;
use crate::linearize::Linearized;
use wengert_expr::{Builder, Kind, LinearMap, NodeId};

/// Writes products and sums of maps into a builder's graph.
#[derive(Clone, Copy, Debug)]
pub struct Emitter<'b> {
    b: &'b Builder,
}

impl<'b> Emitter<'b> {
    /// Into this builder.
    pub fn new(b: &'b Builder) -> Emitter<'b> {
        Emitter { b }
    }
}

impl Algebra for Emitter<'_> {
    type Map = LinearMap<NodeId>;

    fn local(&mut self, map: &LinearMap<NodeId>) -> LinearMap<NodeId> {
        map.clone()
    }

    fn identity(&mut self, node: NodeId) -> LinearMap<NodeId> {
        let ty = self.b.read(|g| g.type_id(node));
        LinearMap { from: ty, to: ty, kind: Kind::identity() }
    }

    fn compose(&mut self, first: &LinearMap<NodeId>, second: &LinearMap<NodeId>) -> LinearMap<NodeId> {
        algebra::compose(self.b, first, second)
    }

    fn add(&mut self, left: &LinearMap<NodeId>, right: &LinearMap<NodeId>) -> LinearMap<NodeId> {
        algebra::add(self.b, left, right)
    }
}

/// For each output and each variable the whole derivative, accumulated in this order; `None` where there is no path.
///
/// # Errors
/// An order that eliminates what it cannot, or leaves something.
pub fn accumulate(
    b: &Builder,
    linear: &Linearized,
    order: &[Step],
) -> Result<Vec<Vec<Option<LinearMap<NodeId>>>>, OrderError> {
    let mut emitter = Emitter::new(b);
    let mut web = Web::new(linear, &mut emitter);
    for &step in order {
        if let Step::Vertex(v) = step
            && (v as usize) < web.len()
        {
            b.set_place_of(web.node(v));
        }
        web.take(step, &mut emitter)?;
    }
    b.set_place(None);
    check_complete(&web)?;
    let row = |sink: &Option<u32>| {
        let entry = |source: &Option<u32>| web.between((*source)?, (*sink)?).cloned();
        web.sources().iter().map(entry).collect()
    };
    Ok(web.sinks().iter().map(row).collect())
}

/// As [`accumulate`], one face of the line graph after another.
///
/// # Errors
/// An order that eliminates a face that is not there, or leaves one.
pub fn accumulate_faces(
    b: &Builder,
    linear: &Linearized,
    order: &[Face],
) -> Result<Vec<Vec<Option<LinearMap<NodeId>>>>, OrderError> {
    let mut emitter = Emitter::new(b);
    let web = Web::new(linear, &mut emitter);
    let mut line = LineGraph::new(&web);
    for &face in order {
        if let Some([_, via, _]) = line.place(face) {
            b.set_place_of(web.node(via));
        }
        line.eliminate(face, &mut emitter)?;
    }
    b.set_place(None);
    line.check_complete()?;
    let row = |sink: &Option<u32>| {
        let entry = |source: &Option<u32>| line.between((*source)?, (*sink)?).cloned();
        web.sources().iter().map(entry).collect()
    };
    Ok(web.sinks().iter().map(row).collect())
}

/// That every inner vertex is eliminated.
pub(crate) fn check_complete<M: Clone>(web: &Web<M>) -> Result<(), OrderError> {
    let mut left = web.inner();
    match left.next() {
        None => Ok(()),
        Some(vertex) => Err(OrderError::Missing { vertex, left: left.count() + 1 }),
    }
}
