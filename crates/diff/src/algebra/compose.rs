//! One linear map after another.
//!
//! Labelled after labelled is labelled: axes in the middle are matched, coefficients multiplied, what stands only in the
//! middle is summed. Everything else, and a product that would hold more coefficients than the budget, stays a chain.

use super::form::{Form, spread, union};
use wengert_expr::{Axes, Builder, Kind, Labelled, Labels, LinearMap, NodeId, Scale, Shape};

/// The greatest number of coefficients that a composition makes out of fewer.
pub const COMPOSITION_BUDGET: usize = 1 << 16;

/// The map that applies `first` and then `second`.
pub fn compose(b: &Builder, first: &LinearMap<NodeId>, second: &LinearMap<NodeId>) -> LinearMap<NodeId> {
    let (from, to) = (first.from, second.to);
    match (&first.kind, &second.kind) {
        (Kind::Zero, _) | (_, Kind::Zero) => LinearMap { from, to, kind: Kind::Zero },
        (kind, _) if kind.is_identity() => second.clone(),
        (_, kind) if kind.is_identity() => first.clone(),
        (Kind::Labelled(l), Kind::Labelled(m)) => {
            labelled(b, (first, l), (second, m)).unwrap_or_else(|| chain(first, second))
        }
        (Kind::Sum(terms), _) => {
            let kind = Kind::Sum(terms.iter().map(|t| compose(b, t, second)).collect());
            LinearMap { from, to, kind }
        }
        (_, Kind::Sum(terms)) => {
            let kind = Kind::Sum(terms.iter().map(|t| compose(b, first, t)).collect());
            LinearMap { from, to, kind }
        }
        (Kind::Labelled(_) | Kind::Cast | Kind::Index(_) | Kind::Chain(_), _) => chain(first, second),
    }
}

/// Both maps one after the other, as data; neighbours that compose are composed by the caller's order of products.
fn chain(first: &LinearMap<NodeId>, second: &LinearMap<NodeId>) -> LinearMap<NodeId> {
    let parts = |map: &LinearMap<NodeId>| match &map.kind {
        Kind::Chain(maps) => maps.to_vec(),
        _ => vec![map.clone()],
    };
    let kind = Kind::Chain([parts(first), parts(second)].concat().into());
    LinearMap { from: first.from, to: second.to, kind }
}

type Part<'m> = (&'m LinearMap<NodeId>, &'m Labelled<NodeId>);

fn labelled(b: &Builder, first: Part<'_>, second: Part<'_>) -> Option<LinearMap<NodeId>> {
    let f = Form::new(b, first.0, first.1);
    let s = Form::new(b, second.0, second.1);
    // The middle carries the first map's names; what the second adds gets new ones.
    let fresh = f.axes.input.iter().chain(&f.axes.output).max().map_or(0, |l| l + 1);
    let (left, right) = (f.axes.output.clone(), s.axes.input.clone());
    let rename = |labels: &Labels| -> Labels {
        let middle = |l: &u8| right.iter().position(|i| i == l).map(|i| left[i]);
        labels.iter().map(|l| middle(l).unwrap_or(fresh + l)).collect()
    };
    let output = rename(&s.axes.output);
    let ends = union(&f.axes.input, &output);
    let middle: Labels = f.axes.output.iter().copied().filter(|l| !ends.contains(l)).collect();

    // A mask on an axis that is summed is written into the coefficients.
    let f = if f.axes.mask.iter().any(|l| middle.contains(l)) { f.settled() } else { f };
    let s_mask_is_summed = rename(&s.axes.mask).iter().any(|l| middle.contains(l));
    let s = if s_mask_is_summed { s.settled() } else { s };
    let (s_scale, s_mask) = (rename(&s.axes.scale), rename(&s.axes.mask));

    let labels = union(&f.axes.scale, &s_scale);
    let kept: Labels = labels.iter().copied().filter(|l| !middle.contains(l)).collect();
    let mut whole = Form {
        b,
        from: f.from,
        to: s.to,
        scale: Scale::One,
        mask: f.mask,
        axes: Axes { input: f.axes.input.clone(), output, scale: kept.clone(), mask: f.axes.mask.clone() },
    };
    let shape: Shape = kept.iter().map(|&l| whole.extent(l)).collect();
    let before = [&f, &s].map(|m| match m.scale {
        Scale::By(e) => e.shape().elements(),
        Scale::One | Scale::MinusOne => 1,
    });
    if shape.elements() > COMPOSITION_BUDGET.max(before[0]).max(before[1]) {
        return None;
    }
    // A middle axis on which nothing depends repeats and is summed again: a factor.
    let repeats: usize = middle.iter().filter(|l| !labels.contains(l)).map(|&l| f.extent(l)).product();
    whole.scale = match (f.scale, s.scale) {
        (Scale::One, Scale::One) | (Scale::MinusOne, Scale::MinusOne) => Scale::One,
        (Scale::One, Scale::MinusOne) | (Scale::MinusOne, Scale::One) => Scale::MinusOne,
        (Scale::By(e), Scale::One) => Scale::By(e.relabel(&f.axes.scale, &kept, &shape)),
        (Scale::By(e), Scale::MinusOne) => Scale::By(-e.relabel(&f.axes.scale, &kept, &shape)),
        (Scale::One, Scale::By(e)) => Scale::By(e.relabel(&s_scale, &kept, &shape)),
        (Scale::MinusOne, Scale::By(e)) => Scale::By(-e.relabel(&s_scale, &kept, &shape)),
        (Scale::By(e), Scale::By(g)) => Scale::By(e.einsum(&f.axes.scale, g, &s_scale, &kept, &shape)),
    };
    if repeats != 1 {
        let (c, labels) = whole.coefficients();
        let wide = spread(c, &labels, &kept, &shape);
        whole.scale = Scale::By(wide * whole.number(repeats as f64));
    }
    if !matches!(whole.scale, Scale::By(_)) {
        whole.axes.scale = Labels::new();
    }
    Some(whole.with_mask(s.mask.map(|m| (m, s_mask))).normalised().into_map())
}
