//! A labelled map written out: its coefficients as expressions, its labels in a normal numbering.

use crate::tangent::both;
use wengert_expr::{
    Axes, Builder, Expr, Kind, Labelled, Labels, LinearMap, NodeId, Scale, Shape, Type, TypeId, Value,
};

/// A labelled map whose labels are explicit. The argument's axes are labelled 0, 1, 2, ...; result axes that are none of
/// them get the next numbers in order. So maps of one structure have equal `input` and `output`.
#[derive(Clone)]
pub(super) struct Form<'b> {
    pub(super) b: &'b Builder,
    pub(super) from: TypeId,
    pub(super) to: TypeId,
    pub(super) scale: Scale<Expr<'b>>,
    pub(super) mask: Option<Expr<'b>>,
    pub(super) axes: Axes,
}

impl<'b> Form<'b> {
    pub(super) fn new(b: &'b Builder, map: &LinearMap<NodeId>, l: &Labelled<NodeId>) -> Form<'b> {
        let rank = b.read(|g| g.type_of(map.from).shape.rank());
        let scale = match l.scale {
            Scale::One => Scale::One,
            Scale::MinusOne => Scale::MinusOne,
            Scale::By(c) => Scale::By(b.node(c)),
        };
        let axes = l.axes(rank);
        Form { b, from: map.from, to: map.to, scale, mask: l.mask.map(|m| b.node(m)), axes }.normalised()
    }

    /// The same map with its labels renumbered.
    pub(super) fn normalised(mut self) -> Form<'b> {
        let mut order = self.axes.input.clone();
        order.extend(
            self.axes.output.iter().copied().filter(|l| !self.axes.input.contains(l)).collect::<Labels>(),
        );
        let rename = |labels: &Labels| -> Labels {
            labels.iter().filter_map(|l| order.iter().position(|o| o == l)).map(|i| i as u8).collect()
        };
        let Axes { input, output, scale, mask } = &self.axes;
        self.axes =
            Axes { input: rename(input), output: rename(output), scale: rename(scale), mask: rename(mask) };
        self
    }

    pub(super) fn into_map(self) -> LinearMap<NodeId> {
        let scale = match self.scale {
            Scale::One => Scale::One,
            Scale::MinusOne => Scale::MinusOne,
            Scale::By(e) => Scale::By(e.id()),
        };
        let kind = Kind::Labelled(Labelled::new(scale, self.mask.map(|m| m.id()), self.axes));
        LinearMap { from: self.from, to: self.to, kind }
    }

    pub(super) fn shape(&self, id: TypeId) -> Shape {
        self.b.read(|g| g.type_of(id).shape.clone())
    }

    /// The extent of a label of the argument or the result.
    pub(super) fn extent(&self, label: u8) -> usize {
        let find = |labels: &Labels, id| labels.iter().position(|&l| l == label).map(|i| self.shape(id)[i]);
        find(&self.axes.input, self.from).or_else(|| find(&self.axes.output, self.to)).unwrap_or(1)
    }

    /// A number of the map's dtype.
    pub(super) fn number(&self, x: f64) -> Expr<'b> {
        let dtype = self.b.read(|g| g.type_of(self.from).dtype);
        self.b.constant(Value::from_f64s(&Type::scalar(dtype), &[x]))
    }

    /// The coefficients as an expression and its labels.
    pub(super) fn coefficients(&self) -> (Expr<'b>, Labels) {
        match self.scale {
            Scale::One => (self.number(1.0), Labels::new()),
            Scale::MinusOne => (self.number(-1.0), Labels::new()),
            Scale::By(e) => (e, self.axes.scale.clone()),
        }
    }

    /// The coefficients with the mask's zeros written in, if there is a mask.
    pub(super) fn settled(self) -> Form<'b> {
        let Some(mask) = self.mask else { return self };
        let (c, labels) = self.coefficients();
        let all = union(&labels, &self.axes.mask);
        let shape: Shape = all.iter().map(|&l| self.extent(l)).collect();
        let chosen = spread(mask, &self.axes.mask, &all, &shape)
            .select(spread(c, &labels, &all, &shape), self.number(0.0));
        let axes = Axes { scale: all, mask: Labels::new(), ..self.axes };
        Form { scale: Scale::By(chosen), mask: None, axes, ..self }
    }

    /// With one more mask.
    pub(super) fn with_mask(mut self, mask: Option<(Expr<'b>, Labels)>) -> Form<'b> {
        let Some((mask, labels)) = mask else { return self };
        let all = union(&self.axes.mask, &labels);
        let shape: Shape = all.iter().map(|&l| self.extent(l)).collect();
        let wide = spread(mask, &labels, &all, &shape);
        self.mask = both(self.mask.map(|m| spread(m, &self.axes.mask, &all, &shape)), Some(wide));
        self.axes.mask = all;
        self
    }
}

/// The labels of both, those of the first one first.
pub(super) fn union(a: &Labels, b: &Labels) -> Labels {
    let mut all = a.clone();
    all.extend(b.iter().copied().filter(|l| !a.contains(l)).collect::<Labels>());
    all
}

/// An array with these labels repeated over more.
pub(super) fn spread<'b>(e: Expr<'b>, labels: &Labels, all: &Labels, shape: &Shape) -> Expr<'b> {
    e.relabel(labels, all, shape)
}
