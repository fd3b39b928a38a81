//! How each node of a function gets its value: as a view of another one, inside a loop, or by a step of its own.

use super::cluster::is_elementwise;
use super::layout;
use super::update::{self, Update};
use super::view::{Strides, View};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use wengert_expr::{Binary, DType, Function, NodeId, Op, Shape};

/// How a node gets its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// It needs none.
    Dead,
    /// It is there before anything runs.
    Leaf,
    /// Its elements lie in another node's memory.
    View,
    /// Inside a loop over the elements of a space.
    Loop(SpaceId),
    /// A matrix product, and what is added to it.
    Product,
    /// A part of the product that it is added in.
    Absorbed,
    /// Parts put side by side, over one another, or into zeros.
    Assemble,
    /// By a routine of its own.
    Routine,
    /// By the row's reference value.
    Reference,
}

/// A shape over whose elements a loop goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct SpaceId(pub(crate) u32);

/// The form of every node.
pub(crate) struct Forms {
    forms: Vec<Form>,
    spaces: Vec<Shape>,
    views: FxHashMap<NodeId, View>,
    updates: FxHashMap<NodeId, Update>,
    /// Strides of values that do not lie in row-major order.
    layouts: FxHashMap<NodeId, Strides>,
}

impl Forms {
    pub(crate) fn new(function: &Function) -> Forms {
        let live = function.live();
        let graph = function.graph();
        let mut all = Forms {
            forms: vec![Form::Dead; graph.len()],
            spaces: Vec::new(),
            views: FxHashMap::default(),
            updates: FxHashMap::default(),
            layouts: FxHashMap::default(),
        };
        let mut outputs = vec![false; graph.len()];
        function.outputs().iter().for_each(|o| outputs[o.node.index()] = true);
        let mut known = FxHashMap::default();
        for node in graph.nodes().filter(|n| live[n.index()]) {
            all.forms[node.index()] = all.form(function, node, &mut known);
            if !outputs[node.index()]
                && all.may_choose(function, node)
                && let Some(strides) = layout::strides(graph.shape(node))
            {
                all.layouts.insert(node, strides);
            }
        }
        for (node, update) in update::find(function, &all) {
            // A product writes several axes as one only where they lie in row-major order.
            if all.layouts.contains_key(&node) {
                continue;
            }
            all.forms[node.index()] = Form::Product;
            update.absorbed.iter().for_each(|a| all.forms[a.index()] = Form::Absorbed);
            all.updates.insert(node, update);
        }
        all
    }

    /// The product that a node adds to something, and what to.
    pub(crate) fn update(&self, node: NodeId) -> Option<&Update> {
        self.updates.get(&node)
    }

    pub(crate) fn of(&self, node: NodeId) -> Form {
        self.forms[node.index()]
    }

    /// The shape over which a loop goes.
    pub(crate) fn space(&self, id: SpaceId) -> &Shape {
        &self.spaces[id.0 as usize]
    }

    /// Every space.
    pub(crate) fn spaces(&self) -> impl Iterator<Item = &Shape> {
        self.spaces.iter()
    }

    /// Where a node's elements lie.
    pub(crate) fn view(&self, function: &Function, node: NodeId) -> View {
        if let Some(view) = self.views.get(&node) {
            return view.clone();
        }
        let whole = View::whole(node, function.graph().shape(node));
        match self.layouts.get(&node) {
            Some(strides) => View { strides: strides.clone(), ..whole },
            None => whole,
        }
    }

    /// True if the step that computes a node can put its elements in any order.
    fn may_choose(&self, function: &Function, node: NodeId) -> bool {
        let graph = function.graph();
        match (self.of(node), graph.op(node)) {
            (Form::Loop(_), Op::Reduce(..)) => true,
            (Form::Loop(_), op) => is_elementwise(op),
            (Form::Product, Op::Dot(axes)) => {
                // Each group of axes is one.
                let batch = axes.batch.0.len() + axes.contract.0.len();
                let sides = graph.operands(node).iter().map(|&o| graph.shape(o).rank().saturating_sub(batch));
                sides.into_iter().all(|free| free <= 1)
            }
            _ => false,
        }
    }

    fn form(&mut self, function: &Function, node: NodeId, known: &mut FxHashMap<Shape, SpaceId>) -> Form {
        let graph = function.graph();
        let operands = graph.operands(node);
        let mut looping = |spaces: &mut Vec<Shape>, shape: &Shape| {
            let id = known.get(shape).copied().unwrap_or_else(|| {
                let id = SpaceId(spaces.len() as u32);
                known.insert(shape.clone(), id);
                spaces.push(shape.clone());
                id
            });
            Form::Loop(id)
        };
        match graph.op(node) {
            Op::Input(_) | Op::Constant(_) => Form::Leaf,
            Op::Iota { shape, axis, .. } => {
                self.views.insert(node, counting(node, shape, usize::from(*axis)));
                Form::Leaf
            }
            Op::Binary(Binary::Pow | Binary::Remainder) if graph.ty(node).dtype == DType::I64 => {
                Form::Reference
            }
            Op::Unary(_)
            | Op::Polygamma(_)
            | Op::Binary(_)
            | Op::Compare(_)
            | Op::Select
            | Op::Cast(_)
            | Op::Reduce(..) => looping(&mut self.spaces, graph.shape(operands[0])),
            op @ (Op::StopGradient
            | Op::Custom(_)
            | Op::Broadcast { .. }
            | Op::Reshape(_)
            | Op::Transpose(_)
            | Op::Slice(_)
            | Op::Flip(_)
            | Op::Patches(_)) => match self.view(function, operands[0]).through(op) {
                Some(view) => {
                    self.views.insert(node, view);
                    Form::View
                }
                None => looping(&mut self.spaces, graph.shape(operands[0])),
            },
            Op::Pad(_) | Op::Concatenate(_) | Op::Overlap(_) => Form::Assemble,
            Op::Dot(_) if graph.ty(node).dtype.is_float() => Form::Product,
            Op::Dot(_) => Form::Reference,
            Op::Arg(..) | Op::Cumsum { .. } | Op::Gather(_) | Op::ScatterAdd { .. } => Form::Routine,
        }
    }
}

/// An iota is one run of numbers, seen as often as its shape asks.
fn counting(node: NodeId, shape: &Shape, axis: usize) -> View {
    let mut strides: Strides = SmallVec::from_elem(0, shape.rank());
    strides[axis] = 1;
    View { root: node, offset: 0, shape: shape.clone(), strides }
}
