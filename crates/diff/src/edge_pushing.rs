//! The Hessian in one reverse sweep, by edge pushing (Gower and Mello, A new framework for the computation of Hessians, 2012).
//!
//! Beside its cotangent, a vertex carries arcs: second derivatives of the output with respect to it and an older vertex.
//! When the sweep comes to a vertex, its arcs are pushed on to its operands through its local maps, and its own second
//! derivative makes new arcs between them. Only what is nonlinear makes arcs, so variables that never meet have none.
//!
//! Always holds: the sum of the arcs' quadratic forms is the second derivative in the vertices not yet swept; an arc is stored
//! once, at its younger end, as the map from the older end to cotangents of the younger.

use crate::algebra::{self, add, by_coefficients, canonical, compose, transpose};
use crate::error::DiffError;
use crate::local::{LocalEdges, Locals};
use crate::tangent::Tangent;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use wengert_expr::{
    Axes, Builder, Expr, Kind, Labelled, Labels, LinearMap, NodeId, Scale, Type, TypeId, Value,
};

type Map = LinearMap<NodeId>;

/// The second derivatives of a scalar with respect to each pair of variables, the younger one's number first; `None` where
/// they do not interact. The map leads from the older variable to cotangents of the younger.
pub(crate) fn arcs<'b>(output: Expr<'b>, wrt: &[Expr<'b>]) -> Result<Vec<Vec<Option<Map>>>, DiffError> {
    let b = output.builder();
    let mut pushing = Pushing::new(b, output.id(), wrt);
    pushing.locals.edges(output.id())?;
    pushing.cotangents.insert(output.id(), Tangent::one());
    for node in (0..=output.id().index()).rev().map(NodeId::from_index) {
        pushing.sweep(node)?;
    }
    b.set_place(None);
    let row = |(i, arcs): (usize, &mut BTreeMap<u32, Map>)| (0..=i as u32).map(|j| arcs.remove(&j)).collect();
    Ok(pushing.arcs[..wrt.len()].iter_mut().enumerate().map(row).collect())
}

/// The sweep. Vertices are the variables, then the nodes of the graph: a variable stands in front of its node, joined by the
/// identity, so that it stays where the node goes.
struct Pushing<'b> {
    b: &'b Builder,
    locals: Locals<'b>,
    variables: FxHashMap<NodeId, Vec<u32>>,
    /// How many variables there are: the number of the first node.
    first: u32,
    arcs: Vec<BTreeMap<u32, Map>>,
    cotangents: FxHashMap<NodeId, Tangent<'b>>,
}

impl<'b> Pushing<'b> {
    fn new(b: &'b Builder, output: NodeId, wrt: &[Expr<'b>]) -> Pushing<'b> {
        let mut variables: FxHashMap<NodeId, Vec<u32>> = FxHashMap::default();
        for (i, v) in wrt.iter().enumerate() {
            variables.entry(v.id()).or_default().push(i as u32);
        }
        Pushing {
            b,
            locals: Locals::new(b, wrt.iter().map(|v| v.id())),
            variables,
            first: wrt.len() as u32,
            arcs: vec![BTreeMap::new(); wrt.len() + output.index() + 1],
            cotangents: FxHashMap::default(),
        }
    }

    fn vertex(&self, node: NodeId) -> u32 {
        self.first + node.index() as u32
    }

    fn sweep(&mut self, node: NodeId) -> Result<(), DiffError> {
        let vertex = self.vertex(node);
        let arcs = std::mem::take(&mut self.arcs[vertex as usize]);
        let cotangent = self.cotangents.remove(&node);
        if arcs.is_empty() && cotangent.is_none() {
            return Ok(());
        }
        self.b.set_place_of(node);
        let edges = self.locals.edges(node)?;
        let inputs = self.inputs(node, &edges);
        for (other, arc) in arcs {
            if other == vertex {
                self.push_loop(&arc, &inputs);
            } else {
                self.push(other, &arc, &inputs);
            }
        }
        if let Some(cotangent) = cotangent {
            self.create(node, &edges, cotangent)?;
            for (operand, map) in edges.iter() {
                self.pull(*operand, map, cotangent);
            }
        }
        Ok(())
    }

    /// The vertices that a node is computed from, each once.
    fn inputs(&self, node: NodeId, edges: &LocalEdges) -> Vec<(u32, Map)> {
        let ty = self.b.read(|g| g.type_id(node));
        let identity = LinearMap { from: ty, to: ty, kind: Kind::identity() };
        let own = self.variables.get(&node).into_iter().flatten().map(|&v| (v, identity.clone()));
        let mut inputs: BTreeMap<u32, Map> = own.collect();
        for (operand, map) in edges.iter() {
            accumulate(self.b, &mut inputs, self.vertex(*operand), map.clone());
        }
        inputs.into_iter().collect()
    }

    /// Pulls a cotangent back to an operand.
    fn pull(&mut self, operand: NodeId, map: &Map, cotangent: Tangent<'b>) {
        let Some(moved) = algebra::apply(self.b, &transpose(map), cotangent, None) else { return };
        let sum = match self.cotangents.get(&operand) {
            Some(before) => {
                let ty = self.b.read(|g| g.ty(operand).clone());
                before.plus(moved, self.b.node(operand), &ty)
            }
            None => moved,
        };
        self.cotangents.insert(operand, sum);
    }

    /// Pushes an arc from another vertex on to the operands.
    fn push(&mut self, other: u32, arc: &Map, inputs: &[(u32, Map)]) {
        for (input, map) in inputs {
            let moved = compose(self.b, arc, &transpose(map));
            if other == *input {
                self.connect(other, other, transpose(&moved));
            }
            self.connect(other, *input, moved);
        }
    }

    /// Pushes the arc from the node to itself on to all pairs of operands.
    fn push_loop(&mut self, arc: &Map, inputs: &[(u32, Map)]) {
        for (i, (from, first)) in inputs.iter().enumerate() {
            let half = compose(self.b, first, arc);
            for (to, second) in &inputs[i..] {
                self.connect(*from, *to, compose(self.b, &half, &transpose(second)));
            }
        }
    }

    /// Adds to the arc between two vertices.
    fn connect(&mut self, from: u32, to: u32, map: Map) {
        let (old, young, map) = if from <= to { (from, to, map) } else { (to, from, transpose(&map)) };
        if !matches!(map.kind, Kind::Zero) {
            accumulate(self.b, &mut self.arcs[young as usize], old, map);
        }
    }

    /// The arcs that a node's own second derivative makes between its operands.
    fn create(&mut self, node: NodeId, edges: &LocalEdges, cotangent: Tangent<'b>) -> Result<(), DiffError> {
        let mut pieces: BTreeMap<NodeId, Vec<(NodeId, Map)>> = BTreeMap::new();
        for (operand, map) in edges.iter() {
            coefficients(self.b, map, cotangent, pieces.entry(*operand).or_default());
        }
        pieces.retain(|_, found| !found.is_empty());
        if pieces.is_empty() {
            return Ok(());
        }
        // Operands without a derivative of their own count too: a user's rule may have coefficients that vary.
        let operands: FxHashSet<NodeId> = self.b.read(|g| g.operands(node).iter().copied().collect());
        let mut rows: BTreeMap<NodeId, BTreeMap<NodeId, Map>> = BTreeMap::new();
        for (operand, found) in pieces {
            rows.insert(operand, self.descend(found, &operands)?);
        }
        for (&row, blocks) in &rows {
            let mirrored = |column: &NodeId| rows.get(column).and_then(|r| r.get(&row));
            let is_whole = blocks.keys().all(|column| mirrored(column).is_some());
            for (&column, block) in blocks {
                let block = match mirrored(&column) {
                    Some(_) if row == column && is_whole => block.clone(),
                    Some(_) if column < row => continue,
                    mirrored => symmetric(self.b, block, mirrored.map(transpose).as_ref()),
                };
                self.connect(self.vertex(column), self.vertex(row), block);
            }
        }
        Ok(())
    }

    /// Maps from coefficients to some space as maps from the operands that the coefficients are computed from, as if the
    /// operands did not depend on each other. A rule may look behind an operand: what is older than all of them is an end too.
    /// Any ends will do, as long as every path is cut once.
    fn descend(
        &mut self,
        pieces: Vec<(NodeId, Map)>,
        operands: &FxHashSet<NodeId>,
    ) -> Result<BTreeMap<NodeId, Map>, DiffError> {
        let (mut waiting, mut found) = (BTreeMap::new(), BTreeMap::new());
        let oldest = operands.iter().filter(|o| self.locals.depends(**o)).min().copied();
        for (node, map) in pieces {
            accumulate(self.b, &mut waiting, node, map);
        }
        while let Some((node, map)) = waiting.pop_last() {
            let edges = self.locals.edges(node)?;
            if operands.contains(&node) || Some(node) < oldest {
                if self.locals.depends(node) {
                    found.insert(node, map);
                }
                continue;
            }
            for (operand, local) in edges.iter() {
                accumulate(self.b, &mut waiting, *operand, compose(self.b, local, &map));
            }
        }
        found.retain(|_, map: &mut Map| !matches!(map.kind, Kind::Zero));
        Ok(found)
    }
}

/// Adds to the map that waits under this key.
fn accumulate<K: Ord>(b: &Builder, maps: &mut BTreeMap<K, Map>, key: K, map: Map) {
    match maps.entry(key) {
        std::collections::btree_map::Entry::Occupied(mut entry) => {
            let sum = add(b, entry.get(), &map);
            entry.insert(sum);
        }
        std::collections::btree_map::Entry::Vacant(entry) => {
            entry.insert(map);
        }
    }
}

/// The coefficients of a map, each with the map from a change of it to the change of the cotangent pulled back.
fn coefficients<'b>(b: &'b Builder, map: &Map, cotangent: Tangent<'b>, found: &mut Vec<(NodeId, Map)>) {
    match &map.kind {
        Kind::Zero | Kind::Cast | Kind::Index(_) => {}
        Kind::Labelled(_) => found.extend(by_coefficients(b, map, cotangent)),
        Kind::Sum(terms) => terms.iter().for_each(|term| coefficients(b, term, cotangent, found)),
        Kind::Chain(links) => {
            let mut after = Some(cotangent);
            for (i, link) in links.iter().enumerate().rev() {
                let Some(t) = after else { return };
                let start = found.len();
                coefficients(b, link, t, found);
                for (_, whole) in &mut found[start..] {
                    *whole =
                        links[..i].iter().rev().fold(whole.clone(), |m, l| compose(b, &m, &transpose(l)));
                }
                after = algebra::apply(b, &transpose(link), t, None);
            }
        }
    }
}

/// Half the sum of a block and its mirror image, which are the same for most second derivatives. Where a rule varies with
/// something whose own rule says nothing, as a user's may, there is no mirror image.
fn symmetric(b: &Builder, block: &Map, mirrored: Option<&Map>) -> Map {
    match mirrored {
        Some(mirrored) if canonical(b, block) == canonical(b, mirrored) => block.clone(),
        Some(mirrored) => compose(b, &add(b, block, mirrored), &halving(b, block.to)),
        None => compose(b, block, &halving(b, block.to)),
    }
}

fn halving(b: &Builder, ty: TypeId) -> Map {
    let Type { dtype, shape } = b.read(|g| g.type_of(ty).clone());
    let half = b.constant(Value::from_f64s(&Type::scalar(dtype), &[0.5]));
    let axes = Axes { scale: Labels::new(), ..Axes::same(shape.rank(), false, false) };
    LinearMap { from: ty, to: ty, kind: Kind::Labelled(Labelled::new(Scale::By(half.id()), None, axes)) }
}
