//! A labelled map read the other way round: fixed the cotangent, linear in the coefficients.
//!
//! A cotangent pulled back through a map is linear in the cotangent and in the map's coefficients. Second derivatives need
//! the second reading: how the pulled cotangent changes where the coefficients do.

use super::coefficients::Coefficients;
use super::form::{Form, union};
use crate::tangent::Tangent;
use wengert_expr::{Axes, Builder, Kind, Labels, LinearMap, NodeId, Scale};

/// The coefficients of a labelled map, and the linear map from a change of them to the change of what the transposed map
/// makes of this cotangent. `None` for a map without coefficients.
pub fn by_coefficients<'b>(
    b: &'b Builder,
    map: &LinearMap<NodeId>,
    cotangent: Tangent<'b>,
) -> Option<(NodeId, LinearMap<NodeId>)> {
    let Kind::Labelled(l) = &map.kind else { return None };
    let Scale::By(coefficients) = l.scale else { return None };
    let Form { axes, extents, mask, dtype, .. } = Form::new(b, map, l);
    let (scale, labels) = match cotangent.value {
        Scale::One => (Scale::One, Labels::new()),
        Scale::MinusOne => (Scale::MinusOne, Labels::new()),
        Scale::By(e) => (Scale::By(e.id()), axes.output.clone()),
    };
    let whole = Form {
        a: b,
        from: b.read(|g| g.type_id(coefficients)),
        to: map.from,
        dtype,
        scale,
        mask: None,
        axes: Axes {
            input: axes.scale.clone(),
            output: axes.input.clone(),
            scale: labels,
            mask: Labels::new(),
        },
        extents,
    };
    let whole = whole
        .with_mask(cotangent.mask.map(|m| (m.id(), axes.output.clone())))
        .with_mask(mask.map(|m| (m, axes.mask.clone())));
    let ends = union(&axes.scale, &axes.input);
    let repeated = axes.output.iter().copied().filter(|l| !ends.contains(l)).collect();
    Some((coefficients, summed(whole, &ends, repeated).normalised().into_map()))
}

/// The form with the axes summed along which the map only repeats: they stand in neither end.
fn summed<'b>(form: Form<&'b Builder>, ends: &Labels, repeated: Labels) -> Form<&'b Builder> {
    if repeated.is_empty() {
        return form;
    }
    let form = if form.axes.mask.iter().any(|l| repeated.contains(l)) { form.settled() } else { form };
    let (c, labels) = form.coefficients();
    let all = union(&labels, &repeated);
    let kept: Labels = all.iter().copied().filter(|l| ends.contains(l)).collect();
    let wide = form.a.relabel((&c, &labels), &all, &form.extents);
    let sum = form.a.relabel((&wide, &all), &kept, &form.extents);
    Form { scale: Scale::By(sum), axes: Axes { scale: kept, ..form.axes.clone() }, ..form }
}

/// The same map, written so that equal maps are equal data where that is known.
pub fn canonical<A: Coefficients>(a: A, map: &LinearMap<A::C>) -> LinearMap<A::C> {
    match &map.kind {
        Kind::Labelled(l) => Form::new(a, map, l).into_map(),
        Kind::Zero | Kind::Cast | Kind::Index(_) | Kind::Chain(_) | Kind::Sum(_) => map.clone(),
    }
}
