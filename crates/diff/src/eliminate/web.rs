//! The linearised graph while it is eliminated: what one wants of it is edges by both ends, quickly, and edges that go.
//!
//! Generic in what stands on an edge, so that the same elimination emits a graph, counts a cost, or draws a picture.
//! Always holds: at most one edge between two vertices; sources have no edge in and sinks none out. Edges are found by a
//! table and unlinked by a mark, so a vertex of degree 10^5 costs no more than its edges (petgraph's lists would have to be
//! walked).

use super::step::{OrderError, Step};
use crate::linearize::Linearized;
use petgraph::stable_graph::{NodeIndex, StableDiGraph};
use petgraph::visit::{EdgeRef, IntoEdgeReferences, NodeIndexable};
use rustc_hash::FxHashMap;
use wengert_expr::{LinearMap, NodeId};

/// What is done with the maps on edges.
pub trait Algebra {
    /// What stands on an edge.
    type Map: Clone;
    /// A local derivative as it comes from the linearised graph.
    fn local(&mut self, map: &LinearMap<NodeId>) -> Self::Map;
    /// The identity at a node.
    fn identity(&mut self, node: NodeId) -> Self::Map;
    /// One map after another.
    fn compose(&mut self, first: &Self::Map, second: &Self::Map) -> Self::Map;
    /// The sum of two maps.
    fn add(&mut self, left: &Self::Map, right: &Self::Map) -> Self::Map;
}

/// What a vertex is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// A variable.
    Source,
    /// An output that no other output is computed from; where one is, a copy of it.
    Sink,
    /// To be eliminated.
    Inner,
}

#[derive(Clone, Debug)]
struct Edge<M> {
    from: u32,
    to: u32,
    /// Absent once the edge is eliminated.
    map: Option<M>,
    /// Not in the linearised graph.
    is_fill: bool,
}

/// An edge as it is seen from outside.
#[derive(Clone, Copy, Debug)]
pub struct Link<'w, M> {
    /// The vertex that it leaves.
    pub from: u32,
    /// The vertex that it enters.
    pub to: u32,
    /// Its map.
    pub map: &'w M,
    /// It came into being when something was eliminated, or its map changed.
    pub is_fill: bool,
}

/// A linearised graph that is being eliminated.
#[derive(Clone, Debug)]
pub struct Web<M> {
    roles: Vec<Role>,
    nodes: Vec<NodeId>,
    /// The vertex of each variable; `None` where no output depends on it.
    sources: Vec<Option<u32>>,
    /// The vertex of each output; `None` where it depends on no variable.
    sinks: Vec<Option<u32>>,
    edges: Vec<Edge<M>>,
    into: Vec<Vec<u32>>,
    out: Vec<Vec<u32>>,
    degree_in: Vec<u32>,
    degree_out: Vec<u32>,
    table: FxHashMap<(u32, u32), u32>,
    eliminated: Vec<bool>,
}

impl<M: Clone> Web<M> {
    /// The linearised graph before anything is eliminated. Its vertices keep their numbers. An output that others are
    /// computed from gets a copy behind it, a variable that is computed from others one in front; copies come last.
    pub fn new<A: Algebra<Map = M>>(linear: &Linearized, a: &mut A) -> Web<M> {
        let graph = &linear.graph;
        let n = graph.node_bound();
        let mut web = Web {
            roles: vec![Role::Inner; n],
            nodes: (0..n).map(|i| graph[NodeIndex::new(i)]).collect(),
            sources: Vec::new(),
            sinks: Vec::new(),
            edges: Vec::with_capacity(graph.edge_count()),
            into: vec![Vec::new(); n],
            out: vec![Vec::new(); n],
            degree_in: vec![0; n],
            degree_out: vec![0; n],
            table: FxHashMap::default(),
            eliminated: vec![false; n],
        };
        web.table.reserve(graph.edge_count());
        for edge in graph.edge_references() {
            let map = a.local(edge.weight());
            web.connect(edge.source().index() as u32, edge.target().index() as u32, map, false, a);
        }
        let ends = |at: &[Option<NodeIndex>]| -> Vec<Option<u32>> {
            at.iter().map(|v| v.map(|v| v.index() as u32)).collect()
        };
        web.sources = web.copies(&ends(&linear.inputs), Role::Source, a);
        web.sinks = web.copies(&ends(&linear.outputs), Role::Sink, a);
        web
    }

    /// The same graph with something else on its edges.
    pub fn map<N>(&self, f: impl Fn(&M) -> N) -> Web<N> {
        let edge =
            |e: &Edge<M>| Edge { from: e.from, to: e.to, map: e.map.as_ref().map(&f), is_fill: e.is_fill };
        Web {
            roles: self.roles.clone(),
            nodes: self.nodes.clone(),
            sources: self.sources.clone(),
            sinks: self.sinks.clone(),
            edges: self.edges.iter().map(edge).collect(),
            into: self.into.clone(),
            out: self.out.clone(),
            degree_in: self.degree_in.clone(),
            degree_out: self.degree_out.clone(),
            table: self.table.clone(),
            eliminated: self.eliminated.clone(),
        }
    }

    /// Gives vertices a role, copies to those that something passes through.
    fn copies<A: Algebra<Map = M>>(&mut self, at: &[Option<u32>], role: Role, a: &mut A) -> Vec<Option<u32>> {
        let mut ends: FxHashMap<u32, u32> = FxHashMap::default();
        let mut end = |web: &mut Self, vertex: u32| {
            *ends.entry(vertex).or_insert_with(|| {
                let v = vertex as usize;
                let passes = match role {
                    Role::Source => web.degree_in[v] > 0,
                    Role::Sink | Role::Inner => web.degree_out[v] > 0 || web.roles[v] == Role::Source,
                };
                if !passes {
                    web.roles[v] = role;
                    return vertex;
                }
                let copy = web.add_vertex(web.nodes[v], role);
                let map = a.identity(web.nodes[v]);
                let (from, to) = if role == Role::Source { (copy, vertex) } else { (vertex, copy) };
                web.connect(from, to, map, false, a);
                copy
            })
        };
        at.iter().map(|v| v.map(|v| end(self, v))).collect()
    }

    fn add_vertex(&mut self, node: NodeId, role: Role) -> u32 {
        self.roles.push(role);
        self.nodes.push(node);
        self.into.push(Vec::new());
        self.out.push(Vec::new());
        self.degree_in.push(0);
        self.degree_out.push(0);
        self.eliminated.push(false);
        self.roles.len() as u32 - 1
    }

    /// Adds a map to the edge between two vertices, which may be new. True if it is.
    fn connect<A: Algebra<Map = M>>(&mut self, from: u32, to: u32, map: M, is_fill: bool, a: &mut A) -> bool {
        if let Some(&id) = self.table.get(&(from, to)) {
            let edge = &mut self.edges[id as usize];
            edge.map = Some(match &edge.map {
                Some(before) => a.add(before, &map),
                None => map,
            });
            edge.is_fill |= is_fill;
            return false;
        }
        let id = self.edges.len() as u32;
        self.edges.push(Edge { from, to, map: Some(map), is_fill });
        self.table.insert((from, to), id);
        self.out[from as usize].push(id);
        self.into[to as usize].push(id);
        self.degree_out[from as usize] += 1;
        self.degree_in[to as usize] += 1;
        true
    }

    fn disconnect(&mut self, id: u32) {
        let edge = &mut self.edges[id as usize];
        edge.map = None;
        self.table.remove(&(edge.from, edge.to));
        self.degree_out[edge.from as usize] -= 1;
        self.degree_in[edge.to as usize] -= 1;
    }

    /// The edges at a vertex, oldest first; those that are gone are dropped from its list.
    fn living(&mut self, v: u32, into: bool) -> Vec<u32> {
        let Web { edges, into: ins, out: outs, .. } = self;
        let list = if into { &mut ins[v as usize] } else { &mut outs[v as usize] };
        list.retain(|&id| edges[id as usize].map.is_some());
        list.clone()
    }

    /// How many vertices there are, copies and eliminated ones among them.
    pub fn len(&self) -> usize {
        self.roles.len()
    }

    /// True without vertices.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// What a vertex is for.
    pub fn role(&self, v: u32) -> Role {
        self.roles[v as usize]
    }

    /// The node of a vertex.
    pub fn node(&self, v: u32) -> NodeId {
        self.nodes[v as usize]
    }

    /// The vertices of the variables.
    pub fn sources(&self) -> &[Option<u32>] {
        &self.sources
    }

    /// The vertices of the outputs.
    pub fn sinks(&self) -> &[Option<u32>] {
        &self.sinks
    }

    /// The vertices that are left to eliminate, ascending.
    pub fn inner(&self) -> impl Iterator<Item = u32> {
        (0..self.len() as u32).filter(|&v| self.is_left(v))
    }

    /// True for an inner vertex that was not eliminated.
    pub fn is_left(&self, v: u32) -> bool {
        self.roles[v as usize] == Role::Inner && !self.eliminated[v as usize]
    }

    /// How many edges enter and leave a vertex.
    pub fn degrees(&self, v: u32) -> (u32, u32) {
        (self.degree_in[v as usize], self.degree_out[v as usize])
    }

    /// All edges, oldest first.
    pub fn links(&self) -> impl Iterator<Item = Link<'_, M>> {
        self.edges.iter().filter_map(|e| {
            e.map.as_ref().map(|map| Link { from: e.from, to: e.to, map, is_fill: e.is_fill })
        })
    }

    /// The map of the edge between two vertices.
    pub fn between(&self, from: u32, to: u32) -> Option<&M> {
        self.table.get(&(from, to)).and_then(|&id| self.edges[id as usize].map.as_ref())
    }

    /// The maps of the edges at a vertex; of none that does not exist.
    pub fn around(&self, v: u32) -> impl Iterator<Item = &M> {
        let lists = [self.into.get(v as usize), self.out.get(v as usize)];
        lists.into_iter().flatten().flatten().filter_map(|&id| self.edges[id as usize].map.as_ref())
    }

    /// The vertices that an edge leads from, or to, oldest edge first.
    pub fn neighbours(&mut self, v: u32) -> (Vec<u32>, Vec<u32>) {
        let into = self.living(v, true).into_iter().map(|id| self.edges[id as usize].from).collect();
        let out = self.living(v, false).into_iter().map(|id| self.edges[id as usize].to).collect();
        (into, out)
    }

    /// Eliminates a vertex: every pair of an edge in and an edge out becomes one edge. Returns how many edges are new.
    pub fn eliminate<A: Algebra<Map = M>>(&mut self, v: u32, a: &mut A) -> u32 {
        let (into, out) = (self.living(v, true), self.living(v, false));
        let mut fill = 0;
        for &i in &into {
            for &o in &out {
                fill += u32::from(self.join(i, o, a));
            }
        }
        into.iter().chain(&out).for_each(|&id| self.disconnect(id));
        self.into[v as usize] = Vec::new();
        self.out[v as usize] = Vec::new();
        self.eliminated[v as usize] = true;
        fill
    }

    fn join<A: Algebra<Map = M>>(&mut self, i: u32, o: u32, a: &mut A) -> bool {
        let (first, second) = (&self.edges[i as usize], &self.edges[o as usize]);
        let (from, to) = (first.from, second.to);
        match (&first.map, &second.map) {
            (Some(first), Some(second)) => {
                let map = a.compose(first, second);
                self.connect(from, to, map, true, a)
            }
            (None, _) | (_, None) => false,
        }
    }

    /// Eliminates one edge: in front, `from -> to` is joined with the edges that leave `to`; behind, with those that enter
    /// `from`. A vertex that no edge enters or leaves any more is gone. Returns how many edges are new.
    pub fn eliminate_edge<A: Algebra<Map = M>>(&mut self, from: u32, to: u32, front: bool, a: &mut A) -> u32 {
        let Some(&id) = self.table.get(&(from, to)) else { return 0 };
        let via = if front { to } else { from };
        let others = self.living(via, !front);
        let joined = |&other: &u32| {
            let (first, second) = if front { (id, other) } else { (other, id) };
            u32::from(self.join(first, second, a))
        };
        let fill = others.iter().map(joined).sum();
        self.disconnect(id);
        let (ins, outs) = self.degrees(via);
        if ins == 0 || outs == 0 {
            let rest = [self.living(via, true), self.living(via, false)].concat();
            rest.iter().for_each(|&id| self.disconnect(id));
            self.eliminated[via as usize] = true;
        }
        fill
    }

    /// Takes one step of an order. Returns how many edges are new.
    ///
    /// # Errors
    /// A step that is not possible: a vertex that is not to be eliminated or was, an edge that is not there.
    pub fn take<A: Algebra<Map = M>>(&mut self, step: Step, a: &mut A) -> Result<u32, OrderError> {
        self.check(step)?;
        Ok(match step {
            Step::Vertex(v) => self.eliminate(v, a),
            Step::Front(from, to) => self.eliminate_edge(from, to, true, a),
            Step::Back(from, to) => self.eliminate_edge(from, to, false, a),
        })
    }

    fn check(&self, step: Step) -> Result<(), OrderError> {
        let vertex = |v: u32| match self.roles.get(v as usize) {
            None => Err(OrderError::Unknown { vertex: v, count: self.len() }),
            Some(Role::Source | Role::Sink) => Err(OrderError::End { vertex: v }),
            Some(Role::Inner) if self.eliminated[v as usize] => Err(OrderError::Repeated { vertex: v }),
            Some(Role::Inner) => Ok(()),
        };
        let edge = |from, to| match self.table.contains_key(&(from, to)) {
            true => Ok(()),
            false => Err(OrderError::NoEdge { from, to }),
        };
        match step {
            Step::Vertex(v) => vertex(v),
            Step::Front(from, to) => edge(from, to).and_then(|()| vertex(to)),
            Step::Back(from, to) => edge(from, to).and_then(|()| vertex(from)),
        }
    }
}

impl<C: Clone> Web<LinearMap<C>> {
    /// What is left, as a linearised graph; eliminated vertices are not in it.
    pub fn linearized(&self) -> Linearized<C> {
        let mut graph = StableDiGraph::with_capacity(self.len(), self.table.len());
        let mut vertex = vec![NodeIndex::end(); self.len()];
        // Copies of variables stand in front of what is computed from them.
        let (first, rest): (Vec<u32>, Vec<u32>) =
            (0..self.len() as u32).partition(|&v| self.roles[v as usize] == Role::Source);
        for v in first.into_iter().chain(rest).filter(|&v| !self.eliminated[v as usize]) {
            vertex[v as usize] = graph.add_node(self.nodes[v as usize]);
        }
        for link in self.links() {
            graph.add_edge(vertex[link.from as usize], vertex[link.to as usize], link.map.clone());
        }
        let ends = |at: &[Option<u32>]| at.iter().map(|v| v.map(|v| vertex[v as usize])).collect();
        Linearized { inputs: ends(&self.sources), outputs: ends(&self.sinks), graph }
    }
}
