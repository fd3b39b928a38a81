//! The blocks of a Jacobian, each as the structure of its map, from the graph alone.
//!
//! What a vertex has of each variable goes up the graph as a structure: a diagonal of a million elements is one entry, a
//! dense block too. Only where many terms of different structures meet are places written out.

use super::closed::closed_values;
use super::expand::{Expander, check_size};
use super::pattern::Pattern;
use crate::algebra::Slot;
use crate::eliminate::{Algebra, Convention, Structure, Structures};
use crate::error::DiffError;
use crate::linearize::Linearized;
use petgraph::Direction;
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use smallvec::SmallVec;
use std::fmt;
use std::sync::Arc;
use wengert_expr::{Axes, Graph, Kind, LinearMap, NodeId, Scale, Shape, TypeTable, Value};

/// The most terms or links that stay a structure.
const TERMS: usize = 64;

#[derive(Clone)]
enum Block {
    Structure(Structure),
    Places(Arc<Pattern>),
}

/// What a vertex has of the variables, or of the outputs, by ascending number.
type Row = SmallVec<[(u32, Block); 2]>;

/// The structure of the derivative of every output with respect to every variable.
pub struct Blocks<'g> {
    structures: Structures,
    expander: Expander<'g>,
    outputs: Vec<Row>,
    /// Elements of each output and of each variable.
    rows: Vec<usize>,
    columns: Vec<usize>,
}

impl<'g> Blocks<'g> {
    /// Follows the structures from the variables to the outputs, or back from few outputs.
    ///
    /// Time and space: a structure for each vertex and each variable, or each output, that it has to do with. Positions that are inputs are
    /// looked up in `at`.
    ///
    /// # Errors
    /// When more than 2^28 places would have to be written out.
    pub fn new(
        graph: &'g Graph,
        linear: &Linearized,
        ends: Ends<'_>,
        at: &[(&str, Value)],
    ) -> Result<Blocks<'g>, DiffError> {
        let maps = || linear.graph.edge_references().map(|e| e.weight());
        let positions = maps().flat_map(|map| positions(&Slot::bones(map)));
        let matrices = maps().filter_map(matrix).filter(|m| graph.shape(*m).elements() <= MATRIX);
        let expander = Expander::new(graph.types(), closed_values(graph, positions.chain(matrices), at));
        let structures = Structures::new(graph, Convention::FreeUnits).structural();
        let size = |nodes: &[NodeId]| nodes.iter().map(|&n| graph.shape(n).elements()).collect();
        let (rows, columns) = (size(ends.outputs), size(ends.variables));
        let mut blocks = Blocks { structures, expander, outputs: Vec::new(), rows, columns };
        blocks.outputs = blocks.follow(linear)?;
        Ok(blocks)
    }

    /// Where there are far fewer outputs than variables the blocks go down from the outputs instead.
    fn follow(&mut self, linear: &Linearized) -> Result<Vec<Row>, DiffError> {
        if linear.inputs.len() <= 8 * linear.outputs.len() {
            let rows = self.carried(linear, Way::Up)?;
            return Ok(rows_of(&linear.outputs, &rows));
        }
        let rows = self.carried(linear, Way::Down)?;
        let mut turned = vec![Row::new(); linear.outputs.len()];
        for (variable, row) in rows_of(&linear.inputs, &rows).into_iter().enumerate() {
            for (output, block) in row {
                turned[output as usize].push((variable as u32, block));
            }
        }
        Ok(turned)
    }

    /// What each end has of the other ends, carried through the graph.
    fn carried(&mut self, linear: &Linearized, way: Way) -> Result<Vec<Row>, DiffError> {
        let (starts, ends) = match way {
            Way::Up => (&linear.inputs, &linear.outputs),
            Way::Down => (&linear.outputs, &linear.inputs),
        };
        let count = linear.graph.node_count();
        let mut users: Vec<usize> = vec![0; count];
        for vertex in linear.graph.node_indices() {
            users[vertex.index()] = linear.graph.edges_directed(vertex, way.ahead()).count();
        }
        ends.iter().flatten().for_each(|v| users[v.index()] += 1);
        let mut rows: Vec<Row> = vec![Row::new(); count];
        for (i, vertex) in starts.iter().enumerate().filter_map(|(i, v)| Some((i, (*v)?))) {
            let identity = self.structures.identity(linear.node(vertex));
            self.add_to(&mut rows[vertex.index()], (i as u32, Block::Structure(identity)))?;
        }
        let mut order: Vec<NodeIndex> = linear.graph.node_indices().collect();
        if way == Way::Down {
            order.reverse();
        }
        for vertex in order {
            let mut row = std::mem::take(&mut rows[vertex.index()]);
            for edge in linear.graph.edges_directed(vertex, way.ahead().opposite()) {
                let source = if way == Way::Up { edge.source() } else { edge.target() }.index();
                users[source] -= 1;
                let before =
                    if users[source] == 0 { std::mem::take(&mut rows[source]) } else { rows[source].clone() };
                let map = self.edge(edge.weight())?;
                if row.is_empty() {
                    row = self.moved_row(before, &map, way)?;
                } else {
                    for entry in self.moved_row(before, &map, way)? {
                        self.add_to(&mut row, entry)?;
                    }
                }
            }
            rows[vertex.index()] = row;
        }
        Ok(rows)
    }

    /// A local derivative. Of a matrix that is known the zeros are left out.
    fn edge(&mut self, map: &LinearMap<NodeId>) -> Result<Block, DiffError> {
        if let Some(places) = matrix(map).and_then(|m| self.expander.known_matrix(map, m)) {
            return Ok(Block::Places(Arc::new(places?)));
        }
        Ok(Block::Structure(self.structures.local(map)))
    }

    fn moved_row(&mut self, row: Row, map: &Block, way: Way) -> Result<Row, DiffError> {
        row.into_iter().map(|(end, block)| Ok((end, self.moved(block, map, way)?))).collect()
    }

    fn moved(&mut self, block: Block, map: &Block, way: Way) -> Result<Block, DiffError> {
        match (block, map) {
            (Block::Structure(before), Block::Structure(map)) => {
                let after = match way {
                    Way::Up => self.structures.compose(&before, map),
                    Way::Down => self.structures.compose(map, &before),
                };
                self.settled(after)
            }
            (Block::Places(places), Block::Structure(map))
                if self.structures.map(*map).kind.is_identity() =>
            {
                Ok(Block::Places(places))
            }
            (block, map) => {
                let (places, own) = (self.places(&block)?, self.places(map)?);
                let moved = match way {
                    Way::Up => own.product(&places),
                    Way::Down => places.product(&own),
                };
                check_size(moved.nonzeros())?;
                Ok(Block::Places(Arc::new(moved)))
            }
        }
    }

    fn add_to(&mut self, row: &mut Row, (variable, block): (u32, Block)) -> Result<(), DiffError> {
        match row.binary_search_by_key(&variable, |(v, _)| *v) {
            Err(i) => row.insert(i, (variable, block)),
            Ok(i) => row[i].1 = self.sum(&row[i].1.clone(), &block)?,
        }
        Ok(())
    }

    fn sum(&mut self, left: &Block, right: &Block) -> Result<Block, DiffError> {
        match (left, right) {
            (Block::Structure(l), Block::Structure(r)) => {
                let sum = self.structures.add(l, r);
                self.settled(sum)
            }
            (Block::Places(l), Block::Places(r)) if Arc::ptr_eq(l, r) => Ok(left.clone()),
            (l, r) => {
                let (l, r) = (self.places(l)?, self.places(r)?);
                let union = l.union(&r);
                check_size(union.nonzeros())?;
                Ok(Block::Places(Arc::new(union)))
            }
        }
    }

    /// Structures of many parts are written out.
    fn settled(&mut self, structure: Structure) -> Result<Block, DiffError> {
        let map = self.structures.map(structure);
        if parts(map) <= TERMS {
            return Ok(Block::Structure(structure));
        }
        Ok(Block::Places(self.expander.places(map)?))
    }

    fn places(&mut self, block: &Block) -> Result<Arc<Pattern>, DiffError> {
        match block {
            Block::Structure(s) => self.expander.places(self.structures.map(*s)),
            Block::Places(p) => Ok(p.clone()),
        }
    }

    /// What the block of an output and a variable looks like; `None` where it is zero.
    pub fn shape(&self, output: usize, variable: usize) -> Option<BlockShape> {
        let row = &self.outputs[output];
        let i = row.binary_search_by_key(&(variable as u32), |(v, _)| *v).ok()?;
        Some(match &row[i].1 {
            Block::Places(p) => BlockShape::Sparse { places: p.nonzeros() },
            Block::Structure(s) => shape_of(self.expander.types(), self.structures.map(*s)),
        })
    }

    /// How many places there are at least, as far as single terms of the structures tell.
    pub fn dense_places(&self) -> usize {
        let places = |block: &Block| match block {
            Block::Structure(s) => least_places(self.expander.types(), self.structures.map(*s)),
            Block::Places(p) => p.nonzeros(),
        };
        let blocks = self.outputs.iter().flatten();
        blocks.map(|(_, block)| places(block)).fold(0, usize::saturating_add)
    }

    /// Every place of the Jacobian: a row for each element of the outputs, a column for each of the variables.
    ///
    /// # Errors
    /// When there are more than 2^28 of them.
    pub fn pattern(&mut self) -> Result<Pattern, DiffError> {
        let offsets: Vec<usize> =
            self.columns.iter().scan(0, |before, n| Some(std::mem::replace(before, *before + n))).collect();
        let columns = self.columns.iter().sum();
        let (mut starts, mut places) = (vec![0], Vec::new());
        for (output, &rows) in self.outputs.clone().iter().zip(&self.rows.clone()) {
            let blocks = output
                .iter()
                .map(|(variable, block)| Ok((offsets[*variable as usize] as u32, self.places(block)?)))
                .collect::<Result<Vec<(u32, Arc<Pattern>)>, DiffError>>()?;
            check_size(places.len() + blocks.iter().map(|(_, p)| p.nonzeros()).sum::<usize>())?;
            for i in 0..rows {
                for (offset, block) in &blocks {
                    places.extend(block.row(i).iter().map(|c| c + offset));
                }
                starts.push(places.len());
            }
        }
        Ok(Pattern::from_parts(columns, starts, places))
    }
}

/// Which way blocks are carried through the graph.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// From the variables.
    Up,
    /// From the outputs.
    Down,
}

impl Way {
    fn ahead(self) -> Direction {
        match self {
            Way::Up => Direction::Outgoing,
            Way::Down => Direction::Incoming,
        }
    }
}

/// The rows of these vertices; the same vertex may be there twice.
fn rows_of(at: &[Option<NodeIndex>], rows: &[Row]) -> Vec<Row> {
    at.iter().map(|v| v.map(|v| rows[v.index()].clone()).unwrap_or_default()).collect()
}

/// The two ends of a derivative.
#[derive(Clone, Copy, Debug)]
pub struct Ends<'n> {
    /// The outputs.
    pub outputs: &'n [NodeId],
    /// The variables.
    pub variables: &'n [NodeId],
}

/// What one block of a Jacobian looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockShape {
    /// Every element depends on every element.
    Dense,
    /// Every element depends on the one at the same place.
    Diagonal,
    /// Axes are shared: a dense block for each of these many.
    BlockDiagonal {
        /// How many blocks.
        blocks: usize,
    },
    /// Some structure of several maps.
    Composed {
        /// How many.
        maps: usize,
    },
    /// Written out.
    Sparse {
        /// How many places.
        places: usize,
    },
}

impl fmt::Display for BlockShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BlockShape::Dense => write!(f, "dense"),
            BlockShape::Diagonal => write!(f, "diagonal"),
            BlockShape::BlockDiagonal { blocks } => write!(f, "block diagonal of {blocks} blocks"),
            BlockShape::Composed { maps } => write!(f, "composed of {maps} maps"),
            BlockShape::Sparse { places } => write!(f, "sparse with {places} places"),
        }
    }
}

fn shape_of(types: &TypeTable, map: &LinearMap<Slot>) -> BlockShape {
    let (from, to): (&Shape, &Shape) = (&types.get(map.from).shape, &types.get(map.to).shape);
    match &map.kind {
        Kind::Labelled(l) => {
            let Axes { input, output, .. } = l.axes(from.rank());
            let shared = || output.iter().zip(to.iter()).filter(|(l, _)| input.contains(l));
            let blocks: usize = shared().map(|(_, n)| n).product();
            match blocks {
                1 => BlockShape::Dense,
                n if n == from.elements() && n == to.elements() => BlockShape::Diagonal,
                blocks => BlockShape::BlockDiagonal { blocks },
            }
        }
        Kind::Cast if from.elements() == 1 => BlockShape::Dense,
        Kind::Cast => BlockShape::Diagonal,
        Kind::Zero | Kind::Index(_) | Kind::Chain(_) | Kind::Sum(_) => {
            BlockShape::Composed { maps: parts(map) }
        }
    }
}

/// The greatest matrix of constants whose zeros are looked for.
const MATRIX: usize = 1 << 24;

/// The coefficients of a map that is more than elementwise.
fn matrix(map: &LinearMap<NodeId>) -> Option<NodeId> {
    match &map.kind {
        Kind::Labelled(l) if l.axes.is_some() => match l.scale {
            Scale::By(node) => Some(node),
            Scale::One | Scale::MinusOne => None,
        },
        _ => None,
    }
}

/// How many places a map has at least.
fn least_places(types: &TypeTable, map: &LinearMap<Slot>) -> usize {
    let (from, to): (&Shape, &Shape) = (&types.get(map.from).shape, &types.get(map.to).shape);
    match &map.kind {
        Kind::Labelled(l) => {
            let Axes { input, output, .. } = l.axes(from.rank());
            let alone = input.iter().zip(from.iter()).filter(|(l, _)| !output.contains(l));
            alone.map(|(_, &n)| n).fold(to.elements(), usize::saturating_mul)
        }
        Kind::Sum(terms) => terms.iter().map(|t| least_places(types, t)).max().unwrap_or(0),
        Kind::Zero | Kind::Cast | Kind::Index(_) | Kind::Chain(_) => 0,
    }
}

/// How many maps a structure is made of.
fn parts(map: &LinearMap<Slot>) -> usize {
    match &map.kind {
        Kind::Chain(maps) | Kind::Sum(maps) => maps.iter().map(parts).sum(),
        Kind::Zero | Kind::Labelled(_) | Kind::Cast | Kind::Index(_) => 1,
    }
}

/// The arrays of positions in a map.
fn positions(map: &LinearMap<Slot>) -> Vec<NodeId> {
    let mut found = Vec::new();
    map.map_parts(&mut |part| {
        if let wengert_expr::Part::Position(Slot::Positions(node)) = part {
            found.push(*node);
        }
    });
    found
}
