//! The expression graph: an append-only arena with hash-consing.
//!
//! Always holds: a node's operands are older than the node, so arena order is a topological order; equal operations on
//! equal operands are one node (unless sharing is switched off); every node's type was inferred for its signature.

mod again;

use crate::cons::ConsTable;
use crate::error::OpError;
use crate::map::TypeId;
use crate::op::Op;
use crate::place::{Place, PlaceId, PlaceTable, ScopeId};
use crate::row::Row;
use crate::signature::{Elementwise, Signature, SignatureId, SignatureTable};
use crate::ty::{Shape, Type};
use crate::types::TypeTable;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A node of a graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// Position in the arena.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The node at this position of an arena.
    pub fn from_index(index: usize) -> NodeId {
        NodeId(index as u32)
    }
}

/// What an input is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Role {
    /// Data, different at each call.
    #[default]
    Input,
    /// A parameter, kept between calls and trained.
    Param,
}

/// A named input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    /// Its name, unique in the graph; any characters.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// What it is for.
    pub role: Role,
    /// Its node.
    pub node: NodeId,
}

/// The greatest rank: the labels of a map with a stack in front must fit its argument and its result.
pub const MAX_RANK: usize = 32;

/// A graph of so many nodes is in the cache.
const CACHED: usize = 1 << 16;

/// An expression graph.
#[derive(Clone, Debug)]
pub struct Graph {
    signature_of: Vec<SignatureId>,
    /// The operands of each node; of more than two, where they start in the list of long ones.
    operands: Vec<[NodeId; 2]>,
    place_of: Vec<PlaceId>,
    long: Vec<NodeId>,
    signatures: SignatureTable,
    places: PlaceTable,
    types: TypeTable,
    inputs: Vec<Input>,
    inputs_by_name: FxHashMap<String, u32>,
    names: BTreeMap<NodeId, String>,
    cons: ConsTable,
    /// Whether the table of equal nodes is still to be filled.
    unlisted: bool,
    sharing: bool,
}

impl Default for Graph {
    fn default() -> Graph {
        Graph::new()
    }
}

impl Graph {
    /// An empty graph that shares equal subexpressions.
    pub fn new() -> Graph {
        Graph {
            signature_of: Vec::new(),
            operands: Vec::new(),
            place_of: Vec::new(),
            long: Vec::new(),
            signatures: SignatureTable::default(),
            places: PlaceTable::default(),
            types: TypeTable::default(),
            inputs: Vec::new(),
            inputs_by_name: FxHashMap::default(),
            names: BTreeMap::new(),
            cons: ConsTable::default(),
            unlisted: false,
            sharing: true,
        }
    }

    /// An empty graph in which every node written is a node of its own, to count as others do. Inputs stay shared.
    pub fn without_sharing() -> Graph {
        Graph { sharing: false, ..Graph::new() }
    }

    /// Whether equal subexpressions become one node.
    pub fn is_sharing(&self) -> bool {
        self.sharing
    }

    /// Makes room for so many more nodes, so that writing them copies none.
    pub fn reserve(&mut self, nodes: usize) {
        self.signature_of.reserve(nodes);
        self.operands.reserve(nodes);
        self.place_of.reserve(nodes);
        if self.sharing {
            self.cons.reserve(nodes);
        }
    }

    /// How many nodes.
    pub fn len(&self) -> usize {
        self.signature_of.len()
    }

    /// True without nodes.
    pub fn is_empty(&self) -> bool {
        self.signature_of.is_empty()
    }

    /// Every node, operands before their users.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + use<> {
        (0..self.signature_of.len() as u32).map(NodeId)
    }

    #[inline]
    fn signature(&self, node: NodeId) -> &Signature {
        self.signatures.get(self.signature_of[node.index()])
    }

    /// What a node does.
    #[inline]
    pub fn op(&self, node: NodeId) -> &Op {
        &self.signature(node).op
    }

    /// A node's operands, in order.
    #[inline]
    pub fn operands(&self, node: NodeId) -> &[NodeId] {
        let count = self.signature(node).operands.len();
        let operands = &self.operands[node.index()];
        operands.get(..count).unwrap_or_else(|| &self.long[operands[0].index()..][..count])
    }

    /// A node's type.
    #[inline]
    pub fn ty(&self, node: NodeId) -> &Type {
        self.types.get(self.type_id(node))
    }

    /// A node's type as an entry of the table of types.
    #[inline]
    pub fn type_id(&self, node: NodeId) -> TypeId {
        self.signature(node).ty
    }

    /// An entry of the table of types.
    #[inline]
    pub fn type_of(&self, id: TypeId) -> &Type {
        self.types.get(id)
    }

    /// The table of types.
    pub fn types(&self) -> &TypeTable {
        &self.types
    }

    /// The entry of this type in the table, made if it is new.
    pub fn intern_type(&mut self, ty: Type) -> TypeId {
        self.types.intern(ty)
    }

    /// Reads what adding operations on these nodes will read first. Reads in a row wait for memory together; among the work on
    /// its node each waits alone, which in a graph larger than the cache is a good part of all time. A smaller one is left alone.
    pub fn touch(&self, nodes: impl Iterator<Item = NodeId>) {
        if self.len() > CACHED {
            let read = |n: NodeId| self.signature_of.get(n.index()).map_or(0, |s| s.0) ^ self.cons.touch(n);
            std::hint::black_box(nodes.fold(0, |all, n| all ^ read(n)));
        }
    }

    /// A node's extents.
    pub fn shape(&self, node: NodeId) -> &Shape {
        &self.ty(node).shape
    }

    /// Where the user made a node; a shared node keeps its first place.
    #[inline]
    pub fn place(&self, node: NodeId) -> Place {
        self.places.get(self.place_id(node))
    }

    /// The part of a model that a node was written for, by [`Builder::scope`](crate::Builder::scope), as a path; empty if
    /// there is none. A shared node keeps its first one, and a derivative's nodes have that of what they derive.
    pub fn scope(&self, node: NodeId) -> &str {
        self.places.scope(self.place_id(node))
    }

    pub(crate) fn place_id(&self, node: NodeId) -> PlaceId {
        self.place_of[node.index()]
    }

    /// The inputs, in the order of their declaration.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The input of this name.
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs_by_name.get(name).map(|&i| &self.inputs[i as usize])
    }

    /// The name that the user gave to a node, if any; an input's is its own.
    pub fn name(&self, node: NodeId) -> Option<&str> {
        match self.op(node) {
            Op::Input(i) => Some(&self.inputs[*i as usize].name),
            _ => self.names.get(&node).map(String::as_str),
        }
    }

    /// The named nodes that are not inputs.
    pub fn names(&self) -> impl Iterator<Item = (NodeId, &str)> {
        self.names.iter().map(|(&n, s)| (n, s.as_str()))
    }

    /// Gives a node a name for texts and pictures; the first name stays.
    pub fn set_name(&mut self, node: NodeId, name: impl Into<String>) {
        if !self.op(node).is_input() {
            self.names.entry(node).or_insert_with(|| name.into());
        }
    }

    /// Adds a named input.
    ///
    /// # Errors
    /// When its shape has too many elements or axes. That the name is new is the caller's to see to.
    pub fn add_input(
        &mut self,
        name: impl Into<String>,
        ty: Type,
        role: Role,
        place: Place,
    ) -> Result<NodeId, OpError> {
        let place = self.places.intern(place, ScopeId::default());
        self.add_input_at(name, ty, role, place)
    }

    pub(crate) fn add_input_at(
        &mut self,
        name: impl Into<String>,
        ty: Type,
        role: Role,
        place: PlaceId,
    ) -> Result<NodeId, OpError> {
        check_shape(&ty.shape)?;
        let op = Op::Input(self.inputs.len() as u32);
        let signature = Signature { op, operands: Box::new([]), ty: self.types.intern(ty.clone()) };
        let signature = self.signatures.push(signature);
        let node = self.push(signature, &[], place);
        let name = name.into();
        self.inputs_by_name.entry(name.clone()).or_insert(self.inputs.len() as u32);
        self.inputs.push(Input { name, ty, role, node });
        Ok(node)
    }

    /// Adds an operation on nodes of this graph, or finds the equal node that exists.
    ///
    /// # Errors
    /// When the operation does not fit the operands.
    pub fn add(&mut self, op: Op, operands: &[NodeId], place: Place) -> Result<NodeId, OpError> {
        let types: Vec<TypeId> = operands.iter().map(|&n| self.type_id(n)).collect();
        let place = self.places.intern(place, ScopeId::default());
        self.add_typed(op, operands, &types, place).map(|(node, _)| node)
    }

    /// As [`Graph::add`], for operands whose types are known, so that none of them is looked at. Gives the node and its type.
    pub(crate) fn add_typed(
        &mut self,
        op: Op,
        operands: &[NodeId],
        types: &[TypeId],
        place: PlaceId,
    ) -> Result<(NodeId, TypeId), OpError> {
        let row = op.row();
        if !row.arity.accepts(operands.len()) {
            return Err(OpError::Arity { expected: row.arity, found: operands.len() });
        }
        let swapped;
        let (operands, types) = match (operands, types) {
            (&[a, b], &[s, t]) if b < a && row.commutative && self.sharing => {
                swapped = ([b, a], [t, s]);
                (&swapped.0[..], &swapped.1[..])
            }
            given => given,
        };
        let (signature, ty) = self.signature_for(op, row, types)?;
        Ok((self.share(signature, operands, place), ty))
    }

    /// The node of this signature and these operands: the one that exists, or a new one.
    fn share(&mut self, signature: SignatureId, operands: &[NodeId], place: PlaceId) -> NodeId {
        if !self.sharing {
            return self.push(signature, operands, place);
        }
        self.list();
        let equal = |n: NodeId| self.signature_of[n.index()] == signature && self.operands(n) == operands;
        match self.cons.find(signature, operands, equal) {
            Ok(node) => node,
            Err(vacancy) => {
                let node = self.push(signature, operands, place);
                self.cons.insert(vacancy, node);
                node
            }
        }
    }

    /// The table of places.
    pub(crate) fn places(&mut self) -> &mut PlaceTable {
        &mut self.places
    }

    /// The signature of an operation on operands of these types, and the type of its result, inferred if it is new.
    fn signature_for(
        &mut self,
        op: Op,
        row: &'static Row,
        operands: &[TypeId],
    ) -> Result<(SignatureId, TypeId), OpError> {
        let elementwise = Elementwise::of(row, operands);
        if let Some(known) = elementwise.and_then(|e| self.signatures.recent(e)) {
            return Ok(known);
        }
        let id = match self.signatures.find(&op, operands) {
            Ok(known) => known,
            Err(hash) => {
                let types: Vec<&Type> = operands.iter().map(|&id| self.types.get(id)).collect();
                let ty = (row.infer)(&op, &types)?;
                check_shape(&ty.shape)?;
                let ty = self.types.intern(ty);
                self.signatures.insert(hash, Signature { op, operands: operands.into(), ty })
            }
        };
        if let Some(elementwise) = elementwise {
            self.signatures.remember(elementwise, id);
        }
        Ok((id, self.signatures.get(id).ty))
    }

    fn push(&mut self, signature: SignatureId, operands: &[NodeId], place: PlaceId) -> NodeId {
        let node = NodeId(self.len() as u32);
        self.signature_of.push(signature);
        self.place_of.push(place);
        let unused = NodeId(u32::MAX);
        self.operands.push(match *operands {
            [] => [unused; 2],
            [a] => [a, unused],
            [a, b] => [a, b],
            _ => {
                self.long.extend_from_slice(operands);
                [NodeId((self.long.len() - operands.len()) as u32), unused]
            }
        });
        if self.sharing && !self.unlisted {
            self.cons.grow();
        }
        node
    }

    /// Adds a node as it is, for tests of what the other methods prevent.
    #[cfg(test)]
    pub(crate) fn push_unchecked(&mut self, op: Op, operands: &[NodeId], ty: Type) -> NodeId {
        let ty = self.types.intern(ty);
        let signature = Signature { op, operands: operands.iter().map(|_| ty).collect(), ty };
        let signature = self.signatures.push(signature);
        let place = self.places.intern(Place::Unknown, ScopeId::default());
        self.push(signature, operands, place)
    }

    /// The tables of inputs and names, for tests of what the other methods prevent.
    #[cfg(test)]
    pub(crate) fn tables_mut(&mut self) -> (&mut Vec<Input>, &mut BTreeMap<NodeId, String>) {
        (&mut self.inputs, &mut self.names)
    }

    /// The outgoing edges of every node.
    pub fn users(&self) -> Users {
        Users::new(self)
    }
}

pub(crate) fn check_shape(shape: &Shape) -> Result<(), OpError> {
    if shape.rank() > MAX_RANK {
        return Err(OpError::Rank { rank: shape.rank(), limit: MAX_RANK });
    }
    shape.checked_elements().map(|_| ()).ok_or_else(|| OpError::TooLarge { shape: shape.clone() })
}

/// A side table of outgoing edges: who uses a node, once for each operand position that it fills.
#[derive(Clone, Debug)]
pub struct Users {
    starts: Vec<u32>,
    users: Vec<NodeId>,
}

impl Users {
    fn new(graph: &Graph) -> Users {
        let mut starts = vec![0u32; graph.len() + 1];
        for operand in graph.nodes().flat_map(|node| graph.operands(node)) {
            starts[operand.index() + 1] += 1;
        }
        for i in 0..graph.len() {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut users = vec![NodeId(0); next[graph.len()] as usize];
        for node in graph.nodes() {
            for operand in graph.operands(node) {
                let slot = &mut next[operand.index()];
                users[*slot as usize] = node;
                *slot += 1;
            }
        }
        Users { starts, users }
    }

    /// The users of a node, oldest first.
    pub fn of(&self, node: NodeId) -> &[NodeId] {
        &self.users[self.starts[node.index()] as usize..self.starts[node.index() + 1] as usize]
    }
}
