//! The sum of two linear maps between the same spaces.
//!
//! Labelled maps of one structure add their coefficients; everything else stays a sum of maps.

use super::form::{Form, spread, union};
use wengert_expr::{Axes, Builder, Kind, Labels, LinearMap, NodeId, Scale, Shape};

/// The map whose results are the sums of both maps' results.
pub fn add(b: &Builder, left: &LinearMap<NodeId>, right: &LinearMap<NodeId>) -> LinearMap<NodeId> {
    match (&left.kind, &right.kind) {
        (Kind::Zero, _) => return right.clone(),
        (_, Kind::Zero) => return left.clone(),
        (Kind::Labelled(l), Kind::Labelled(r)) => {
            let (l, r) = (Form::new(b, left, l), Form::new(b, right, r));
            if l.axes.input == r.axes.input && l.axes.output == r.axes.output {
                return coefficients(l, r).into_map();
            }
        }
        (Kind::Labelled(_) | Kind::Cast | Kind::Index(_) | Kind::Chain(_) | Kind::Sum(_), _) => {}
    }
    let terms = |map: &LinearMap<NodeId>| match &map.kind {
        Kind::Sum(maps) => maps.to_vec(),
        _ => vec![map.clone()],
    };
    let kind = Kind::Sum([terms(left), terms(right)].concat().into());
    LinearMap { from: left.from, to: left.to, kind }
}

fn coefficients<'b>(l: Form<'b>, r: Form<'b>) -> Form<'b> {
    let same_mask = l.mask.map(|m| m.id()) == r.mask.map(|m| m.id()) && l.axes.mask == r.axes.mask;
    let mask = match (l.mask, r.mask) {
        _ if same_mask => l.mask.map(|m| (m, l.axes.mask.clone())),
        (Some(a), Some(b)) => {
            let all = union(&l.axes.mask, &r.axes.mask);
            let shape: Shape = all.iter().map(|&label| l.extent(label)).collect();
            let either =
                spread(a, &l.axes.mask, &all, &shape).logical_or(spread(b, &r.axes.mask, &all, &shape));
            Some((either, all))
        }
        (None, _) | (_, None) => None,
    };
    let (l, r) = if same_mask { (l, r) } else { (l.settled(), r.settled()) };
    let (a, a_labels) = l.coefficients();
    let (c, c_labels) = r.coefficients();
    let all = union(&a_labels, &c_labels);
    let shape: Shape = all.iter().map(|&label| l.extent(label)).collect();
    let sum = spread(a, &a_labels, &all, &shape) + spread(c, &c_labels, &all, &shape);
    let axes = Axes { scale: all, mask: Labels::new(), ..l.axes.clone() };
    Form { scale: Scale::By(sum), mask: None, axes, ..l }.with_mask(mask)
}
