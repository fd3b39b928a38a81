//! A general product as matrix products: each group of axes becomes one axis of a matrix where strides allow, else the
//! operand is copied into order first.

use super::lower::{Lowering, Origin};
use super::step::{BufferId, Factor, Matrix, Product, Step};
use super::update::Update;
use super::view::{View, row_major};
use smallvec::SmallVec;
use wengert_expr::{DotAxes, NodeId, Op, Shape, Type};

/// An operand with its axes in three groups: batch, rows, columns.
struct Operand {
    buffer: BufferId,
    view: View,
    groups: [Vec<usize>; 3],
}

/// Writes the product that a node is, or that it adds to something.
pub(super) fn lower(lowering: &mut Lowering<'_>, node: NodeId) {
    let Some(update) = lowering.forms.update(node).cloned() else {
        return multiply(lowering, node, node, Factor::Constant(1.0), false);
    };
    let base = lowering.view(update.base);
    let to = lowering.buffer(node);
    let strides = lowering.view(node).strides;
    lowering.copy(&base, to, 0, &strides, node);
    let factor = factor(lowering, &update);
    multiply(lowering, node, update.product, factor, true);
}

fn factor(lowering: &mut Lowering<'_>, update: &Update) -> Factor {
    let Some(node) = update.factor else { return Factor::Constant(if update.negative { -1.0 } else { 1.0 }) };
    let view = lowering.view(node);
    match lowering.function.graph().op(view.root) {
        Op::Constant(literal) if literal.value().len() == 1 => {
            let x = literal.value().item().unwrap_or(1.0);
            Factor::Constant(if update.negative { -x } else { x })
        }
        _ => {
            let buffer = lowering.buffer(view.root);
            Factor::Of { buffer, offset: view.offset, negative: update.negative }
        }
    }
}

/// Writes a product into the buffer of `node`, or adds it to what is there.
fn multiply(lowering: &mut Lowering<'_>, node: NodeId, product: NodeId, factor: Factor, accumulate: bool) {
    let graph = lowering.function.graph();
    let Op::Dot(axes) = graph.op(product) else { return };
    let operands = [graph.operands(product)[0], graph.operands(product)[1]];
    let views = operands.map(|o| lowering.view(o));
    let DotAxes { batch, contract } = &**axes;
    let list = |axes: &[u8]| axes.iter().map(|&a| usize::from(a)).collect::<Vec<_>>();
    let free = |view: &View, batch: &[u8], contract: &[u8]| {
        let taken = [list(batch), list(contract)].concat();
        (0..view.shape.rank()).filter(|a| !taken.contains(a)).collect::<Vec<_>>()
    };
    let [left, right] = views;
    let (rows, columns) = (free(&left, &batch.0, &contract.0), free(&right, &batch.1, &contract.1));
    let buffers = [left.root, right.root].map(|root| lowering.buffer(root));
    let a = Operand { buffer: buffers[0], groups: [list(&batch.0), rows, list(&contract.0)], view: left };
    let b = Operand { buffer: buffers[1], groups: [list(&batch.1), list(&contract.1), columns], view: right };
    let (a, b) = (a.ordered(lowering, node), b.ordered(lowering, node));
    let extents = [a.extent(1), a.extent(2), b.extent(2)];
    let batches: SmallVec<[usize; 2]> = a.groups[0].iter().map(|&x| a.view.shape[x]).collect();
    // Batch axes, rows, columns: of a product in another order than row-major, at most one axis each.
    let result = lowering.view(node);
    let axes = |g: usize, o: &Operand| o.groups[g].len();
    let (rows, columns) = (axes(1, &a), axes(2, &b));
    let stride = |group: std::ops::Range<usize>| {
        let found = group.rev().find(|&axis| result.shape[axis] != 1);
        found.map_or(1, |axis| result.strides[axis])
    };
    let first = batches.len();
    let (row, column) = (stride(first..first + rows), stride(first + rows..first + rows + columns));
    let steps = &result.strides;
    let batch = batches
        .iter()
        .enumerate()
        .map(|(i, &n)| {
            let stride = |o: &Operand| o.view.strides[o.groups[0][i]];
            (n, [stride(&a), stride(&b), steps[i]])
        })
        .filter(|(n, _)| *n != 1)
        .collect();
    let buffer = lowering.buffer(node);
    let c = Matrix { buffer, offset: 0, rows: row, columns: column };
    let dtype = graph.ty(node).dtype;
    lowering.lowered.steps.push(Step::Product(Product {
        dtype,
        extents,
        a: a.matrix(),
        b: b.matrix(),
        c,
        factor,
        accumulate,
        batch: merged_batch(batch),
        node,
    }));
}

type Batch = SmallVec<[(usize, [isize; 3]); 1]>;

/// Batch axes merged where all three matrices allow.
fn merged_batch(batch: Batch) -> Batch {
    let mut merged = Batch::new();
    for (n, strides) in batch.into_iter().rev() {
        match merged.last_mut() {
            Some((m, inner)) if (0..3).all(|i| strides[i] == inner[i] * *m as isize) => *m *= n,
            _ => merged.push((n, strides)),
        }
    }
    merged.reverse();
    merged
}

impl Operand {
    fn extent(&self, group: usize) -> usize {
        self.groups[group].iter().map(|&a| self.view.shape[a]).product()
    }

    /// The one stride of a group's axes, if they lie evenly.
    fn stride(&self, group: usize) -> Option<isize> {
        let axes = self.groups[group].iter().filter(|&&a| self.view.shape[a] != 1);
        let axes: SmallVec<[(usize, isize); 4]> =
            axes.map(|&a| (self.view.shape[a], self.view.strides[a])).collect();
        let even = axes.windows(2).all(|w| w[0].1 == w[1].1 * w[1].0 as isize);
        if self.view.shape.contains(&0) {
            return Some(1);
        }
        even.then(|| axes.last().map_or(1, |&(_, stride)| stride))
    }

    /// How many elements of a group lie one after another in memory.
    fn run(&self, group: usize) -> usize {
        let mut run = 1;
        for &axis in self.groups[group].iter().rev().filter(|&&a| self.view.shape[a] != 1) {
            if self.view.strides[axis] != run as isize {
                break;
            }
            run *= self.view.shape[axis];
        }
        run
    }

    /// This operand, copied into the order of its groups if a group lies unevenly.
    fn ordered(self, lowering: &mut Lowering<'_>, node: NodeId) -> Operand {
        if (1..3).all(|g| self.stride(g).is_some()) {
            return self;
        }
        // The group that lies in longer runs comes last, so that the copy moves runs.
        let last = if self.run(1) > self.run(2) { [0, 2, 1] } else { [0, 1, 2] };
        let order = last.map(|g| self.groups[g].clone()).concat();
        let shape: Shape = order.iter().map(|&a| self.view.shape[a]).collect();
        let strides = order.iter().map(|&a| self.view.strides[a]).collect();
        let permuted = View { shape: shape.clone(), strides, root: self.view.root, offset: self.view.offset };
        let dtype = lowering.function.graph().ty(permuted.root).dtype;
        let buffer = lowering.add(Type::new(dtype, shape.clone()), Origin::Temporary);
        lowering.copy(&permuted, buffer, 0, &row_major(&shape), node);
        let mut groups = [const { Vec::new() }; 3];
        let mut next = 0;
        for g in last {
            groups[g] = (next..next + self.groups[g].len()).collect();
            next += self.groups[g].len();
        }
        Operand { buffer, view: View { offset: 0, strides: row_major(&shape), shape, ..permuted }, groups }
    }

    fn matrix(&self) -> Matrix {
        let stride = |group| self.stride(group).unwrap_or(1);
        Matrix { buffer: self.buffer, offset: self.view.offset, rows: stride(1), columns: stride(2) }
    }
}
