//! The line graph while its faces are eliminated.
//!
//! Its vertices are the edges of the linearised graph, its edges the faces: pairs of edges that follow each other. To
//! eliminate a face is to multiply its two maps. The product belongs where the first edge comes from and the second goes
//! to: it is added to the edge between the same neighbours if there is one, else it is a new edge. Every order of vertices
//! or edges is an order of faces, not the other way round. Source: Naumann, "Optimal accumulation of Jacobian matrices by
//! elimination methods on the dual computational graph", Mathematical Programming 99 (2004).
//!
//! Always holds: no two edges have the same neighbours on both sides; an edge that nothing precedes leaves a source, one
//! that nothing follows enters a sink. Edges are numbered oldest first, as [`Web::links`] lists them, then as they come
//! into being; of two that become one, the older number stays. Space grows with the number of faces.

use super::step::{OrderError, Step};
use super::web::{Algebra, Role, Web};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::fmt;

/// Two edges of which the second leaves the vertex that the first enters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Face {
    /// The number of the first edge.
    pub first: u32,
    /// The number of the second edge.
    pub second: u32,
}

impl fmt::Display for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}*{}", self.first, self.second)
    }
}

/// Numbers of edges, ascending.
type Row = SmallVec<[u32; 6]>;

#[derive(Clone, Debug)]
struct Edge<M> {
    map: M,
    from: u32,
    to: u32,
    /// The edges that precede it; none if it leaves a source.
    before: Row,
    /// The edges that follow it; none if it enters a sink.
    after: Row,
}

impl<M> Edge<M> {
    fn side(&self, after: bool) -> &Row {
        if after { &self.after } else { &self.before }
    }
}

/// A line graph that is being eliminated.
#[derive(Clone, Debug)]
pub struct LineGraph<M> {
    /// Absent once an edge is gone.
    edges: Vec<Option<Edge<M>>>,
    /// The edges that ever entered a vertex.
    into: Vec<Row>,
    /// Edges from a source to a sink.
    whole: FxHashMap<(u32, u32), u32>,
}

impl<M: Clone> LineGraph<M> {
    /// How many faces the line graph of a web has: edges in times edges out, summed over the vertices.
    pub fn faces_of(web: &Web<M>) -> u64 {
        let faces = |v| {
            let (into, out) = web.degrees(v);
            u64::from(into) * u64::from(out)
        };
        web.inner().map(faces).fold(0, u64::saturating_add)
    }

    /// The line graph of a web.
    pub fn new(web: &Web<M>) -> LineGraph<M> {
        let mut into = vec![Row::new(); web.len()];
        let mut out = vec![Row::new(); web.len()];
        for (i, link) in (0..).zip(web.links()) {
            out[link.from as usize].push(i);
            into[link.to as usize].push(i);
        }
        let mut whole = FxHashMap::default();
        let mut edges = Vec::new();
        for (i, link) in (0..).zip(web.links()) {
            let (from, to) = (link.from, link.to);
            let (before, after) = (into[from as usize].clone(), out[to as usize].clone());
            if web.role(from) == Role::Source && web.role(to) == Role::Sink {
                whole.insert((from, to), i);
            }
            edges.push(Some(Edge { map: link.map.clone(), from, to, before, after }));
        }
        LineGraph { edges, into, whole }
    }

    /// The same line graph with something else on its edges, which are named by their numbers.
    pub fn map<N>(&self, mut f: impl FnMut(u32, &M) -> N) -> LineGraph<N> {
        let mut edge = |(i, e): (u32, &Option<Edge<M>>)| {
            let e = e.as_ref()?;
            let (before, after) = (e.before.clone(), e.after.clone());
            Some(Edge { map: f(i, &e.map), from: e.from, to: e.to, before, after })
        };
        let edges = (0..).zip(&self.edges).map(&mut edge).collect();
        LineGraph { edges, into: self.into.clone(), whole: self.whole.clone() }
    }

    /// How many edges there ever were.
    pub fn numbers(&self) -> usize {
        self.edges.len()
    }

    fn edge(&self, i: u32) -> Option<&Edge<M>> {
        self.edges.get(i as usize)?.as_ref()
    }

    fn edge_mut(&mut self, i: u32) -> Option<&mut Edge<M>> {
        self.edges.get_mut(i as usize)?.as_mut()
    }

    /// All edges: number, where from, where to, and map.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32, u32, &M)> {
        (0..).zip(&self.edges).filter_map(|(i, e)| e.as_ref().map(|e| (i, e.from, e.to, &e.map)))
    }

    /// All faces, by the numbers of their edges.
    pub fn faces(&self) -> impl Iterator<Item = Face> {
        (0..).zip(&self.edges).flat_map(|(first, e)| {
            e.iter().flat_map(move |e| e.after.iter().map(move |&second| Face { first, second }))
        })
    }

    /// The edges that precede or follow one.
    pub(super) fn beside(&self, i: u32, after: bool) -> &[u32] {
        self.edge(i).map_or(&[], |e| e.side(after))
    }

    /// The vertices of an edge, and what stands on it.
    pub(super) fn at(&self, i: u32) -> Option<(u32, u32, &M)> {
        self.edge(i).map(|e| (e.from, e.to, &e.map))
    }

    /// True if this face is there.
    pub fn has(&self, face: Face) -> bool {
        self.edge(face.first).is_some_and(|e| e.after.binary_search(&face.second).is_ok())
    }

    /// The derivative of a sink by a source, once no face is left.
    pub fn between(&self, from: u32, to: u32) -> Option<&M> {
        self.whole.get(&(from, to)).and_then(|&i| self.edge(i)).map(|e| &e.map)
    }

    /// Where a face lies: the vertices that its first edge leaves and enters, and the one that its second enters.
    pub(super) fn place(&self, face: Face) -> Option<[u32; 3]> {
        Some([self.edge(face.first)?.from, self.edge(face.first)?.to, self.edge(face.second)?.to])
    }

    /// The faces between the vertices of a place.
    pub(super) fn faces_at(&self, [from, via, to]: [u32; 3]) -> Vec<Face> {
        self.faces_through(via, |e| e.from == from, |e| e.to == to)
    }

    /// The faces that an order of vertices or edges would eliminate in one step.
    pub(super) fn faces_of_step(&self, step: Step) -> Vec<Face> {
        match step {
            Step::Vertex(v) => self.faces_through(v, |_| true, |_| true),
            Step::Front(u, w) => self.faces_through(w, |e| e.from == u, |_| true),
            Step::Back(u, w) => self.faces_through(u, |_| true, |e| e.to == w),
        }
    }

    fn faces_through(
        &self,
        via: u32,
        first: impl Fn(&Edge<M>) -> bool,
        second: impl Fn(&Edge<M>) -> bool,
    ) -> Vec<Face> {
        let mut faces = Vec::new();
        for &i in self.into.get(via as usize).into_iter().flatten() {
            let Some(edge) = self.edge(i).filter(|e| first(e)) else { continue };
            let follows = edge.after.iter().filter(|&&j| self.edge(j).is_some_and(&second));
            faces.extend(follows.map(|&j| Face { first: i, second: j }));
        }
        faces
    }

    /// Eliminates a face.
    ///
    /// # Errors
    /// A face that is not there.
    pub fn eliminate<A: Algebra<Map = M>>(&mut self, face: Face, a: &mut A) -> Result<(), OrderError> {
        let (i, j) = (face.first, face.second);
        let (Some(first), Some(second), true) = (self.edge(i), self.edge(j), self.has(face)) else {
            return Err(OrderError::NoFace { first: i, second: j });
        };
        let map = a.compose(&first.map, &second.map);
        let product = Edge {
            map,
            from: first.from,
            to: second.to,
            before: first.before.clone(),
            after: second.after.clone(),
        };
        match self.alike(&product, None) {
            Some(k) => self.add_to(k, &product.map, a),
            None => self.insert(product),
        }
        self.unlink(i, j);
        self.settle(i, true, a);
        self.settle(j, false, a);
        Ok(())
    }

    /// Another edge with the same neighbours on both sides.
    fn alike(&self, edge: &Edge<M>, except: Option<u32>) -> Option<u32> {
        let candidates = match (edge.before.first(), edge.after.first()) {
            (_, Some(&s)) => &self.edge(s)?.before,
            (Some(&p), None) => &self.edge(p)?.after,
            (None, None) => return self.whole.get(&(edge.from, edge.to)).copied(),
        };
        candidates.iter().copied().find(|&k| {
            let same = |e: &Edge<M>| {
                (e.from, e.to) == (edge.from, edge.to) && e.before == edge.before && e.after == edge.after
            };
            Some(k) != except && self.edge(k).is_some_and(same)
        })
    }

    fn add_to<A: Algebra<Map = M>>(&mut self, k: u32, map: &M, a: &mut A) {
        if let Some(edge) = self.edge_mut(k) {
            edge.map = a.add(&edge.map, map);
        }
    }

    fn insert(&mut self, edge: Edge<M>) {
        let k = self.edges.len() as u32;
        // The newest number is the greatest: rows stay ascending.
        edge.before.iter().for_each(|&p| {
            if let Some(e) = self.edge_mut(p) {
                e.after.push(k);
            }
        });
        edge.after.iter().for_each(|&s| {
            if let Some(e) = self.edge_mut(s) {
                e.before.push(k);
            }
        });
        if edge.before.is_empty() && edge.after.is_empty() {
            self.whole.insert((edge.from, edge.to), k);
        }
        self.into[edge.to as usize].push(k);
        self.edges.push(Some(edge));
    }

    fn unlink(&mut self, i: u32, j: u32) {
        if let Some(e) = self.edge_mut(i) {
            e.after.retain(|k| *k != j);
        }
        if let Some(e) = self.edge_mut(j) {
            e.before.retain(|k| *k != i);
        }
    }

    fn remove(&mut self, i: u32) -> Option<Edge<M>> {
        let edge = self.edges[i as usize].take()?;
        edge.before.iter().for_each(|&p| self.unlink(p, i));
        edge.after.iter().for_each(|&s| self.unlink(i, s));
        Some(edge)
    }

    /// An edge that lost a neighbour on one side: without any there it is gone, and of two alike the younger is added to
    /// the older.
    fn settle<A: Algebra<Map = M>>(&mut self, i: u32, after: bool, a: &mut A) {
        let Some(edge) = self.edge(i) else { return };
        if edge.side(after).is_empty() {
            self.remove(i);
        } else if let Some(other) = self.alike(edge, Some(i)) {
            let (older, younger) = (i.min(other), i.max(other));
            if let Some(younger) = self.remove(younger) {
                self.add_to(older, &younger.map, a);
            }
        }
    }

    /// That no face is left.
    pub(crate) fn check_complete(&self) -> Result<(), OrderError> {
        let mut left = self.faces();
        match left.next() {
            None => Ok(()),
            Some(Face { first, second }) => {
                Err(OrderError::MissingFace { first, second, left: left.count() + 1 })
            }
        }
    }
}
