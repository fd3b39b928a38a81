//! The transpose of a linear map: the same data read the other way.

use std::borrow::Cow;
use wengert_expr::{Axes, Index, Kind, Labelled, LinearMap};

/// The transpose, without a copy of what is its own: an elementwise map.
pub(crate) fn transposed<C: Clone>(map: &LinearMap<C>) -> Cow<'_, LinearMap<C>> {
    match &map.kind {
        Kind::Labelled(Labelled { axes: None, .. }) if map.from == map.to => Cow::Borrowed(map),
        _ => Cow::Owned(transpose(map)),
    }
}

/// The map from cotangents of the results to cotangents of the arguments.
pub fn transpose<C: Clone>(map: &LinearMap<C>) -> LinearMap<C> {
    let kind = match &map.kind {
        Kind::Zero => Kind::Zero,
        Kind::Cast => Kind::Cast,
        Kind::Labelled(l) => Kind::Labelled(Labelled {
            axes: l.axes.as_ref().map(|a| {
                let Axes { input, output, scale, mask } = Axes::clone(a);
                Box::new(Axes { input: output, output: input, scale, mask })
            }),
            ..l.clone()
        }),
        Kind::Index(index) => {
            Kind::Index(Box::new(Index { apply: index.transpose.clone(), transpose: index.apply.clone() }))
        }
        Kind::Chain(maps) => Kind::Chain(maps.iter().rev().map(transpose).collect()),
        Kind::Sum(maps) => Kind::Sum(maps.iter().map(transpose).collect()),
    };
    LinearMap { from: map.to, to: map.from, kind }
}
