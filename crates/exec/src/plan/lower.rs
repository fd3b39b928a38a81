//! From clusters to steps: every value that is needed outside its cluster gets a buffer.

use super::cluster::{Cluster, is_elementwise};
use super::form::{Form, Forms, SpaceId};
use super::nest::Nest;
use super::product;
use super::step::{BufferId, Fill, Reference, Routine, Step};
use super::view::{Strides, View, row_major};
use crate::lane::Op as LaneOp;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use wengert_expr::{Binary, Function, NodeId, Op, Reduction, Shape, Type, Value, Window};

/// What a buffer is before memory is planned.
#[derive(Clone, Debug)]
pub(crate) struct Buffer {
    pub(crate) ty: Type,
    pub(crate) origin: Origin,
}

/// Where a buffer comes from.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// An input of the function, by position.
    Input(usize),
    /// An output of the function, by position.
    Output(usize),
    /// Known when the function is compiled.
    Constant(Value),
    /// Written and read by steps.
    Temporary,
}

/// A plan without its memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lowered {
    pub(crate) steps: Vec<Step>,
    pub(crate) buffers: Vec<Buffer>,
}

pub(crate) fn lower(function: &Function, forms: &Forms, clusters: &[Cluster]) -> Lowered {
    let mut lowering = Lowering::new(function, forms, clusters);
    for (i, cluster) in clusters.iter().enumerate() {
        lowering.cluster(i as u32, cluster);
    }
    lowering.copy_outputs();
    lowering.lowered
}

/// No cluster, or no buffer yet.
const NONE: u32 = u32::MAX;

pub(super) struct Lowering<'f> {
    pub(super) function: &'f Function,
    pub(super) forms: &'f Forms,
    pub(super) lowered: Lowered,
    /// The cluster of each node.
    homes: Vec<u32>,
    /// Nodes whose value has to be in memory.
    stored: Vec<bool>,
    buffers: Vec<u32>,
    /// The output that a node's buffer is, if any.
    outputs: FxHashMap<NodeId, usize>,
    /// The value of each member in the loop that is being written.
    lanes: FxHashMap<NodeId, u32>,
    loads: FxHashMap<View, u32>,
}

impl<'f> Lowering<'f> {
    fn new(function: &'f Function, forms: &'f Forms, clusters: &[Cluster]) -> Lowering<'f> {
        let graph = function.graph();
        let mut homes = vec![NONE; graph.len()];
        for (i, cluster) in clusters.iter().enumerate() {
            cluster.members.iter().for_each(|m| homes[m.index()] = i as u32);
        }
        let mut stored = vec![false; graph.len()];
        let mut outputs = FxHashMap::default();
        for (i, output) in function.outputs().iter().enumerate() {
            stored[output.node.index()] = true;
            outputs.entry(output.node).or_insert(i);
        }
        for node in graph.nodes().filter(|n| forms.of(*n) != Form::Dead) {
            let looping = matches!(forms.of(node), Form::Loop(_));
            for &operand in graph.operands(node) {
                let fused = looping && homes[operand.index()] == homes[node.index()];
                if !fused || !is_elementwise(graph.op(operand)) {
                    stored[operand.index()] = true;
                }
            }
        }
        // What a view shows has to be in memory.
        for node in graph.nodes().rev().filter(|n| forms.of(*n) == Form::View) {
            if stored[node.index()] {
                stored[forms.view(function, node).root.index()] = true;
            }
        }
        Lowering {
            function,
            forms,
            lowered: Lowered::default(),
            homes,
            stored,
            buffers: vec![NONE; graph.len()],
            outputs,
            lanes: FxHashMap::default(),
            loads: FxHashMap::default(),
        }
    }

    /// The buffer of a node that has one of its own.
    pub(super) fn buffer(&mut self, node: NodeId) -> BufferId {
        if self.buffers[node.index()] == NONE {
            let ty = self.function.graph().ty(node).clone();
            let (ty, origin) = match self.function.graph().op(node) {
                Op::Input(i) => (ty, Origin::Input(*i as usize)),
                Op::Constant(literal) => (ty, Origin::Constant(literal.value().clone())),
                Op::Iota { shape, axis, dtype } => {
                    let count = shape[usize::from(*axis)];
                    let ty = Type::new(*dtype, [count]);
                    let data: Vec<f64> = (0..count).map(|i| i as f64).collect();
                    let value = Value::from_f64s(&ty, &data);
                    (ty, Origin::Constant(value))
                }
                _ => match self.outputs.get(&node) {
                    Some(&i) => (ty, Origin::Output(i)),
                    None => (ty, Origin::Temporary),
                },
            };
            self.buffers[node.index()] = self.add(ty, origin).0;
        }
        BufferId(self.buffers[node.index()])
    }

    pub(super) fn add(&mut self, ty: Type, origin: Origin) -> BufferId {
        self.lowered.buffers.push(Buffer { ty, origin });
        BufferId(self.lowered.buffers.len() as u32 - 1)
    }

    pub(super) fn view(&self, node: NodeId) -> View {
        self.forms.view(self.function, node)
    }

    /// A buffer in which the node's elements lie densely in row-major order: its own, or a copy.
    pub(super) fn dense(&mut self, node: NodeId) -> BufferId {
        let view = self.view(node);
        let whole = self.root_elements(view.root);
        if view.is_row_major() && view.offset == 0 && view.shape.elements() == whole {
            return self.buffer(view.root);
        }
        let ty = self.function.graph().ty(node).clone();
        let copy = self.add(ty, Origin::Temporary);
        self.copy(&view, copy, 0, &row_major(&view.shape), node);
        copy
    }

    fn root_elements(&mut self, root: NodeId) -> usize {
        let buffer = self.buffer(root);
        self.lowered.buffers[buffer.0 as usize].ty.shape.elements()
    }

    /// Copies a view's elements to an offset and strides of a buffer.
    pub(super) fn copy(&mut self, from: &View, to: BufferId, offset: isize, strides: &Strides, node: NodeId) {
        let dtype = self.function.graph().ty(from.root).dtype;
        let mut nest = Nest::new(&from.shape);
        let source = self.buffer(from.root);
        let source = nest.stream(source, dtype, from.offset, &from.strides);
        let target = nest.stream(to, dtype, offset, strides);
        let value = nest.program.push(LaneOp::Load, dtype, &[source]);
        nest.program.push(LaneOp::Store, dtype, &[value, target]);
        self.lowered.steps.push(Step::Loop(nest.finish(vec![node])));
    }

    fn cluster(&mut self, home: u32, cluster: &Cluster) {
        match cluster.space {
            Some(space) => self.looped(home, space, &cluster.members),
            None => self.alone(cluster.members[0]),
        }
    }

    fn alone(&mut self, node: NodeId) {
        match self.forms.of(node) {
            Form::Product => product::lower(self, node),
            Form::Assemble => self.assemble(node),
            Form::Routine => {
                let routine = self.routine(node);
                self.lowered.steps.push(Step::Routine(routine));
            }
            Form::Reference => {
                let routine = self.routine(node);
                self.lowered.steps.push(Step::Reference(Reference(routine)));
            }
            Form::Dead | Form::Leaf | Form::View | Form::Absorbed | Form::Loop(_) => {}
        }
    }

    fn routine(&mut self, node: NodeId) -> Routine {
        let graph = self.function.graph();
        let operands = graph.operands(node).to_vec();
        let operands = operands.into_iter().map(|o| (self.dense(o), graph.ty(o).clone())).collect();
        let to = (self.buffer(node), graph.ty(node).clone());
        Routine { op: graph.op(node).clone(), operands, to, node, place: graph.place(node) }
    }

    fn looped(&mut self, home: u32, space: SpaceId, members: &[NodeId]) {
        self.lanes.clear();
        self.loads.clear();
        let mut nest = Nest::new(self.forms.space(space));
        let one = self.forms.space(space).elements() == 1;
        // A stored value may take the place of one that is loaded, so stores wait for all loads, but for single elements.
        let mut late = Vec::new();
        for &node in members {
            let value = self.member(&mut nest, home, node);
            if self.stored[node.index()] && !matches!(self.function.graph().op(node), Op::Reduce(..)) {
                if one {
                    self.store(&mut nest, node, value);
                } else {
                    late.push((node, value));
                }
            }
        }
        late.into_iter().for_each(|(node, value)| self.store(&mut nest, node, value));
        self.repack(&mut nest, members);
        self.lowered.steps.push(Step::Loop(nest.finish(members.to_vec())));
    }

    /// Copies what a loop reads again and again at distant places to where it lies in the loop's order.
    fn repack(&mut self, nest: &mut Nest, members: &[NodeId]) {
        for (stream, view) in nest.scattered() {
            let dtype = nest.program.streams[stream].dtype;
            let to = self.add(Type::new(dtype, view.shape.clone()), Origin::Temporary);
            let mut copy = Nest::new(&view.shape);
            let source = copy.stream_at(view.from, dtype, view.offset, &view.strides);
            let dense = row_major(&view.shape);
            let target = copy.stream(to, dtype, 0, &dense);
            let value = copy.program.push(LaneOp::Load, dtype, &[source]);
            copy.program.push(LaneOp::Store, dtype, &[value, target]);
            self.lowered.steps.push(Step::Loop(copy.finish(members[..1].to_vec())));
            nest.redirect(stream, to, &view.axes, &dense);
        }
    }

    fn store(&mut self, nest: &mut Nest, node: NodeId, value: u32) {
        let buffer = self.buffer(node);
        let dtype = self.function.graph().ty(node).dtype;
        let strides = match is_elementwise(self.function.graph().op(node)) {
            true => self.view(node).strides,
            // A copy for a new shape: the elements as they come.
            false => row_major(self.function.graph().shape(self.function.graph().operands(node)[0])),
        };
        let target = nest.stream(buffer, dtype, 0, &strides);
        nest.program.push(LaneOp::Store, dtype, &[value, target]);
    }

    /// Writes what one member does and returns its value.
    fn member(&mut self, nest: &mut Nest, home: u32, node: NodeId) -> u32 {
        let graph = self.function.graph();
        let dtype = graph.ty(node).dtype;
        let operands: SmallVec<[u32; 3]> =
            graph.operands(node).iter().take(3).map(|&o| self.operand(nest, home, o)).collect();
        let op = match graph.op(node) {
            Op::Unary(f) => LaneOp::Unary(*f),
            Op::Binary(f) => LaneOp::Binary(*f),
            Op::Compare(f) => LaneOp::Compare(*f),
            Op::Select => LaneOp::Select,
            Op::Cast(_) if graph.ty(graph.operands(node)[0]).dtype == dtype => {
                return self.is(node, operands[0]);
            }
            Op::Cast(_) => LaneOp::Cast,
            Op::Polygamma(order) => {
                let value = nest.program.push(LaneOp::Polygamma, dtype, &[operands[0], *order]);
                return self.is(node, value);
            }
            Op::Reduce(fold, axes) => {
                self.fold(nest, node, *fold, axes, operands[0]);
                return operands[0];
            }
            // Elements moved in a way that no view shows: a copy.
            _ => return self.is(node, operands[0]),
        };
        let value = nest.program.push(op, dtype, &operands);
        self.is(node, value)
    }

    fn is(&mut self, node: NodeId, value: u32) -> u32 {
        self.lanes.insert(node, value);
        value
    }

    /// The value of an operand: another member's, or loaded.
    fn operand(&mut self, nest: &mut Nest, home: u32, node: NodeId) -> u32 {
        if self.homes[node.index()] == home
            && let Some(&value) = self.lanes.get(&node)
            && is_elementwise(self.function.graph().op(node))
        {
            return value;
        }
        let view = self.view(node);
        if let Some(&value) = self.loads.get(&view) {
            return value;
        }
        let dtype = self.function.graph().ty(node).dtype;
        let value = match self.single(view.root) {
            Some(bits) => nest.program.constant(dtype, bits),
            None => {
                let buffer = self.buffer(view.root);
                let stream = nest.stream(buffer, dtype, view.offset, &view.strides);
                nest.program.push(LaneOp::Load, dtype, &[stream])
            }
        };
        self.loads.insert(view, value);
        value
    }

    /// The bits of a constant of one element.
    fn single(&self, root: NodeId) -> Option<u64> {
        let Op::Constant(literal) = self.function.graph().op(root) else { return None };
        let value = literal.value();
        (value.len() == 1).then(|| bits(value))
    }

    fn fold(&mut self, nest: &mut Nest, node: NodeId, fold: Reduction, axes: &[u8], value: u32) {
        let graph = self.function.graph();
        let (dtype, space) = (graph.ty(node).dtype, graph.shape(graph.operands(node)[0]));
        let mut kept = self.view(node).strides.into_iter();
        let strides: Strides = (0..space.rank())
            .map(|a| if axes.contains(&(a as u8)) { 0 } else { kept.next().unwrap_or(0) })
            .collect();
        let buffer = self.buffer(node);
        nest.fills.push(Fill { buffer, elements: graph.shape(node).elements(), dtype, fold });
        let target = nest.stream(buffer, dtype, 0, &strides);
        nest.program.push(LaneOp::Accumulate(fold), dtype, &[value, target]);
    }

    /// Parts put into a buffer by copies.
    fn assemble(&mut self, node: NodeId) {
        let graph = self.function.graph();
        let (ty, operands) = (graph.ty(node), graph.operands(node));
        let to = self.buffer(node);
        let strides = row_major(&ty.shape);
        match graph.op(node) {
            Op::Pad(paddings) => {
                self.zero(to, ty, node);
                let offset = paddings.iter().zip(&strides).map(|(p, s)| p.low as isize * s).sum();
                let steps =
                    paddings.iter().zip(&strides).map(|(p, s)| (p.interior + 1) as isize * s).collect();
                self.copy(&self.view(operands[0]), to, offset, &steps, node);
            }
            Op::Concatenate(axis) => {
                let axis = usize::from(*axis);
                let mut start = 0;
                for &part in operands {
                    self.copy(&self.view(part), to, start as isize * strides[axis], &strides, node);
                    start += graph.shape(part)[axis];
                }
            }
            Op::Overlap(windows) => self.overlap(node, to, &windows.windows),
            _ => {}
        }
    }

    fn zero(&mut self, to: BufferId, ty: &Type, node: NodeId) {
        let mut nest = Nest::new(&ty.shape);
        let target = nest.stream(to, ty.dtype, 0, &row_major(&ty.shape));
        let zero = nest.program.constant(ty.dtype, 0);
        nest.program.push(LaneOp::Store, ty.dtype, &[zero, target]);
        self.lowered.steps.push(Step::Loop(nest.finish(vec![node])));
    }

    /// Windows added up where they overlap: one loop for each offset inside a window, for elements of one loop are apart.
    fn overlap(&mut self, node: NodeId, to: BufferId, windows: &[Window]) {
        let graph = self.function.graph();
        let ty = graph.ty(node);
        self.zero(to, ty, node);
        let from = self.view(graph.operands(node)[0]);
        let rank = ty.shape.rank();
        let mut strides = row_major(&ty.shape);
        let whole = strides.clone();
        for w in windows {
            strides[usize::from(w.axis)] *= w.stride as isize;
        }
        let sizes: Vec<usize> = windows.iter().map(|w| w.size).collect();
        let counts: Shape = from.shape[..rank].iter().copied().collect();
        for at in positions(&sizes) {
            let mut nest = Nest::new(&counts);
            let shift = |steps: &dyn Fn(usize) -> isize| {
                at.iter().enumerate().map(|(i, &o)| o as isize * steps(i)).sum()
            };
            let source: isize = shift(&|i| from.strides[rank + i]);
            let target: isize =
                shift(&|i| whole[usize::from(windows[i].axis)] * windows[i].dilation as isize);
            let buffer = self.buffer(from.root);
            let reading: Strides = from.strides[..rank].iter().copied().collect();
            let stream = nest.stream(buffer, ty.dtype, from.offset + source, &reading);
            let value = nest.program.push(LaneOp::Load, ty.dtype, &[stream]);
            let old = nest.stream(to, ty.dtype, target, &strides);
            let before = nest.program.push(LaneOp::Load, ty.dtype, &[old]);
            let sum = nest.program.push(LaneOp::Binary(Binary::Add), ty.dtype, &[before, value]);
            let new = nest.stream(to, ty.dtype, target, &strides);
            nest.program.push(LaneOp::Store, ty.dtype, &[sum, new]);
            self.lowered.steps.push(Step::Loop(nest.finish(vec![node])));
        }
    }

    /// Outputs that no step writes where they belong: views, inputs, constants, and nodes that are several outputs.
    fn copy_outputs(&mut self) {
        for (i, output) in self.function.outputs().iter().enumerate() {
            let own = self.outputs.get(&output.node) == Some(&i);
            let computed = !matches!(self.forms.of(output.node), Form::Leaf | Form::View);
            if own && computed {
                continue;
            }
            let ty = self.function.graph().ty(output.node).clone();
            let view = self.view(output.node);
            let to = self.add(ty, Origin::Output(i));
            self.copy(&view, to, 0, &row_major(&view.shape), output.node);
        }
    }
}

/// Every position of an array of these extents.
fn positions(extents: &[usize]) -> Vec<SmallVec<[usize; 2]>> {
    let count = extents.iter().product();
    let mut all = Vec::with_capacity(count);
    for mut flat in 0..count {
        let mut at: SmallVec<[usize; 2]> = SmallVec::from_elem(0, extents.len());
        for (i, &n) in extents.iter().enumerate().rev() {
            at[i] = flat % n;
            flat /= n;
        }
        all.push(at);
    }
    all
}

/// The bits of a value's first element.
fn bits(value: &Value) -> u64 {
    match value {
        Value::Bool(t) => t.first().map_or(0, |&x| u64::from(x)),
        Value::I64(t) => t.first().map_or(0, |&x| x as u64),
        Value::F32(t) => t.first().map_or(0, |x| u64::from(x.to_bits())),
        Value::F64(t) => t.first().map_or(0, |x| x.to_bits()),
    }
}
