//! A linear map applied to a tangent, or to a stack of tangents along one more axis in front.

use crate::tangent::{Tangent, both};
use wengert_expr::{
    Axes, Builder, Expr, Index, Kind, Labelled, Labels, LinearMap, NodeId, Scale, Shape, Type,
};

/// The label of the stack's axis.
const STACK: u8 = u8::MAX;

/// The map applied to a tangent, or to each of a stack of so many tangents at once; `None` is zero.
pub fn apply<'b>(
    b: &'b Builder,
    map: &LinearMap<NodeId>,
    t: Tangent<'b>,
    stack: Option<usize>,
) -> Option<Tangent<'b>> {
    match &map.kind {
        Kind::Zero => None,
        Kind::Labelled(l) => Some(labelled(b, l, map, t, stack)),
        Kind::Cast => {
            let to = b.read(|g| g.type_of(map.to).dtype);
            Some(match t.value {
                Scale::By(e) => Tangent { value: Scale::By(e.cast(to)), ..t },
                Scale::One | Scale::MinusOne => t,
            })
        }
        Kind::Index(i) => Some(index(b, i, map, t, stack)),
        Kind::Chain(maps) => maps.iter().try_fold(t, |t, m| apply(b, m, t, stack)),
        Kind::Sum(maps) => {
            let ty = space(b, map.to, stack);
            let terms = maps.iter().filter_map(|m| apply(b, m, t, stack));
            terms.reduce(|sum, term| sum.plus(term, like(b, sum, term), &ty))
        }
    }
}

/// The type of the map's vectors, with the stack in front.
fn space(b: &Builder, id: wengert_expr::TypeId, stack: Option<usize>) -> Type {
    let ty = b.read(|g| g.type_of(id).clone());
    match stack {
        Some(n) => ty.with_shape(ty.shape.stacked(n)),
        None => ty,
    }
}

/// Any expression of the builder, to write constants with.
fn like<'b>(b: &'b Builder, t: Tangent<'b>, other: Tangent<'b>) -> Expr<'b> {
    match (t.value, other.value) {
        (Scale::By(e), _) | (_, Scale::By(e)) => e,
        _ => b.node(NodeId::from_index(0)),
    }
}

fn labelled<'b>(
    b: &'b Builder,
    l: &Labelled<NodeId>,
    map: &LinearMap<NodeId>,
    t: Tangent<'b>,
    stack: Option<usize>,
) -> Tangent<'b> {
    let mask = l.mask.map(|m| b.node(m));
    if l.axes.is_none() && stack.is_none() {
        return elementwise(b, l, t).masked(mask);
    }
    let from = space(b, map.from, stack);
    let to = space(b, map.to, stack);
    let mut axes = l.axes(from.shape.rank() - usize::from(stack.is_some()));
    if stack.is_some() {
        axes.input.insert(0, STACK);
        axes.output.insert(0, STACK);
    }
    let einsum = Einsum { b, axes, from, to };
    einsum.run(l.scale, mask, t)
}

fn elementwise<'b>(b: &'b Builder, l: &Labelled<NodeId>, t: Tangent<'b>) -> Tangent<'b> {
    let value = match (t.value, l.scale) {
        (_, Scale::One) => return t,
        (_, Scale::MinusOne) => return t.negated(),
        (Scale::One, Scale::By(c)) => b.node(c),
        (Scale::MinusOne, Scale::By(c)) => -b.node(c),
        (Scale::By(e), Scale::By(c)) => e * b.node(c),
    };
    Tangent { value: Scale::By(value), ..t }
}

/// A labelled map with its labels written out, the stack among them.
struct Einsum<'b> {
    b: &'b Builder,
    axes: Axes,
    from: Type,
    to: Type,
}

impl<'b> Einsum<'b> {
    fn run(&self, scale: Scale<NodeId>, mask: Option<Expr<'b>>, t: Tangent<'b>) -> Tangent<'b> {
        let axes = &self.axes;
        let sums = axes.input.iter().any(|l| !axes.output.contains(l) && self.extent(*l) != 1);
        let mask_is_summed = mask.is_some() && axes.mask.iter().any(|l| !axes.output.contains(l));
        // A sum ends a mask: what it stands for is written out first.
        let (t, kept) = match t.mask {
            Some(m) if !sums => {
                let m = m.relabel_bool(&axes.input, &axes.output, &self.to.shape);
                (Tangent { mask: None, ..t }, Some(m))
            }
            Some(_) => (Tangent::of(t.settled(self.any(t), &self.from)), None),
            None => (t, None),
        };
        if mask_is_summed {
            return self.masked_before_sum(scale, mask, t).masked(kept);
        }
        let mask = mask.map(|m| m.relabel_bool(&axes.mask, &axes.output, &self.to.shape));
        let mask = both(mask, kept);
        Tangent { value: self.product(scale, t, sums), mask }
    }

    fn product(&self, scale: Scale<NodeId>, t: Tangent<'b>, sums: bool) -> Scale<Expr<'b>> {
        let Axes { input, output, scale: labels, .. } = &self.axes;
        let extents = &self.to.shape;
        let c = match scale {
            Scale::One | Scale::MinusOne => {
                let t = if matches!(scale, Scale::MinusOne) { t.negated() } else { t };
                return match t.value {
                    Scale::One | Scale::MinusOne if !sums => t.value,
                    _ => Scale::By(t.unmasked(self.any(t), &self.from).relabel(input, output, extents)),
                };
            }
            Scale::By(c) => self.b.node(c),
        };
        // A unit tangent gives the coefficients themselves, if no axis of it alone is summed.
        let plain = input.iter().all(|l| output.contains(l) || labels.contains(l) || self.extent(*l) == 1);
        let value = match t.value {
            Scale::One if plain => c.relabel(labels, output, extents),
            Scale::MinusOne if plain => -c.relabel(labels, output, extents),
            _ => t.unmasked(c, &self.from).einsum(input, c, labels, output, extents),
        };
        Scale::By(value)
    }

    /// The mask stands on axes that are summed: products are selected before the sum.
    fn masked_before_sum(&self, scale: Scale<NodeId>, mask: Option<Expr<'b>>, t: Tangent<'b>) -> Tangent<'b> {
        let Some(mask) = mask else { return t };
        let axes = &self.axes;
        let mut all: Labels = axes.input.clone();
        for &label in axes.scale.iter().chain(&axes.mask) {
            if !all.contains(&label) {
                all.push(label);
            }
        }
        let shape: Shape = all.iter().map(|&l| self.extent(l)).collect();
        let value = t.unmasked(mask, &self.from).relabel(&axes.input, &all, &shape);
        let product = match scale {
            Scale::One => value,
            Scale::MinusOne => -value,
            Scale::By(c) => value * self.b.node(c).relabel(&axes.scale, &all, &shape),
        };
        let mask = mask.relabel_bool(&axes.mask, &all, &shape);
        let chosen = mask.select(product, product.number(0.0));
        Tangent::of(chosen.relabel(&all, &axes.output, &self.to.shape))
    }

    /// Every label stands in the argument or in the result.
    fn extent(&self, label: u8) -> usize {
        let find = |labels: &Labels, shape: &Shape| labels.iter().position(|&l| l == label).map(|i| shape[i]);
        find(&self.axes.input, &self.from.shape)
            .or_else(|| find(&self.axes.output, &self.to.shape))
            .unwrap_or(1)
    }

    fn any(&self, t: Tangent<'b>) -> Expr<'b> {
        like(self.b, t, t)
    }
}

fn index<'b>(
    b: &'b Builder,
    index: &Index<NodeId>,
    map: &LinearMap<NodeId>,
    t: Tangent<'b>,
    stack: Option<usize>,
) -> Tangent<'b> {
    let from = space(b, map.from, stack);
    let op = match (stack, index.apply.op.row().lift) {
        (Some(n), Some(lift)) => lift(&index.apply.op, n),
        _ => index.apply.op.clone(),
    };
    let data: Vec<Expr<'b>> = index.apply.data.iter().map(|&d| b.node(d)).collect();
    let moved = |e: Expr<'b>| {
        let operands: Vec<Expr<'b>> = std::iter::once(e).chain(data.iter().copied()).collect();
        b.add(op.clone(), &operands)
    };
    let mask = t.mask.filter(|m| {
        // Only operations that move elements have a meaning for a mask; those that add them up end it.
        let types: Vec<Type> = std::iter::once(m.ty()).chain(data.iter().map(|d| d.ty())).collect();
        let types: Vec<&Type> = types.iter().collect();
        (op.row().infer)(&op, &types).is_ok()
    });
    match mask {
        Some(m) => Tangent { value: Scale::By(moved(t.unmasked(m, &from))), mask: Some(moved(m)) },
        None => Tangent::of(moved(t.settled(like(b, t, t), &from))),
    }
}

/// Masks move like values, but nothing is ever summed over them except axes of extent 1.
trait RelabelBool {
    fn relabel_bool(self, labels: &[u8], output: &[u8], extents: &Shape) -> Self;
}

impl RelabelBool for Expr<'_> {
    fn relabel_bool(self, labels: &[u8], output: &[u8], extents: &Shape) -> Self {
        let gone: Vec<i64> =
            (0..labels.len()).filter(|&i| !output.contains(&labels[i])).map(|i| i as i64).collect();
        let kept: Labels = labels.iter().copied().filter(|l| output.contains(l)).collect();
        self.squeeze(gone.as_slice()).relabel(&kept, output, extents)
    }
}
