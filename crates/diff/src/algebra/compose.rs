//! One linear map after another.
//!
//! Labelled after labelled is labelled: axes in the middle are matched, coefficients multiplied, what stands only in the
//! middle is summed. A map after a dense one is that map applied to the dense one's coefficients. Everything else, and a
//! product that would hold more coefficients than the budget, stays a chain. So does a product of rank one, as in the
//! derivative of a softmax: its two factors are less than what they multiply out to.

use super::coefficients::{Coefficients, Extents, Style};
use super::form::{Form, union};
use super::transpose::transpose;
use wengert_expr::{Axes, Kind, Labelled, Labels, LinearMap, Scale};

/// The greatest number of coefficients that a composition makes out of fewer.
pub const COMPOSITION_BUDGET: usize = 1 << 16;

/// The most products of terms that two sums are multiplied out to.
const TERMS: usize = 16;

/// The map that applies `first` and then `second`.
pub fn compose<A: Coefficients>(a: A, first: &LinearMap<A::C>, second: &LinearMap<A::C>) -> LinearMap<A::C> {
    let (from, to) = (first.from, second.to);
    match (&first.kind, &second.kind) {
        (Kind::Zero, _) | (_, Kind::Zero) => LinearMap { from, to, kind: Kind::Zero },
        (kind, _) if kind.is_identity() && first.from == first.to => second.clone(),
        (_, kind) if kind.is_identity() && second.from == second.to => first.clone(),
        (Kind::Labelled(l), Kind::Labelled(m)) => {
            labelled(a, (first, l), (second, m)).unwrap_or_else(|| chain(a, first, second))
        }
        (Kind::Chain(links), Kind::Labelled(_)) | (Kind::Labelled(_), Kind::Chain(links))
            if is_labelled(links) =>
        {
            chain(a, first, second)
        }
        (Kind::Sum(l), Kind::Sum(m)) if l.len() * m.len() > TERMS => chain(a, first, second),
        (Kind::Sum(terms), _) => sum(a, terms.iter().map(|t| compose(a, t, second)), from, to),
        (_, Kind::Sum(terms)) => sum(a, terms.iter().map(|t| compose(a, first, t)), from, to),
        _ if a.style() == Style::Structural => chain(a, first, second),
        _ => after_dense(a, first, second)
            .or_else(|| after_dense(a, &transpose(second), &transpose(first)).map(|m| transpose(&m)))
            .unwrap_or_else(|| chain(a, first, second)),
    }
}

fn sum<A: Coefficients>(
    a: A,
    terms: impl Iterator<Item = LinearMap<A::C>>,
    from: wengert_expr::TypeId,
    to: wengert_expr::TypeId,
) -> LinearMap<A::C> {
    let zero = LinearMap { from, to, kind: Kind::Zero };
    terms.fold(zero, |sum, term| super::add(a, &sum, &term))
}

/// Both maps one after the other, as data; links that meet are composed where that is labelled again.
fn chain<A: Coefficients>(a: A, first: &LinearMap<A::C>, second: &LinearMap<A::C>) -> LinearMap<A::C> {
    let parts = |map: &LinearMap<A::C>| match &map.kind {
        Kind::Chain(maps) => maps.to_vec(),
        _ => vec![map.clone()],
    };
    let (mut links, mut rest) = (parts(first), parts(second));
    if let (Some(last), Some(next)) = (links.last(), rest.first())
        && let (Kind::Labelled(l), Kind::Labelled(m)) = (&last.kind, &next.kind)
        && let Some(joined) = labelled(a, (last, l), (next, m))
    {
        links.pop();
        rest[0] = joined;
    }
    links.extend(rest);
    if let [only] = &links[..] {
        return only.clone();
    }
    LinearMap { from: first.from, to: second.to, kind: Kind::Chain(links.into()) }
}

/// Factors of a product that was left as it is.
pub(super) fn is_labelled<C>(links: &[LinearMap<C>]) -> bool {
    links.iter().all(|m| matches!(m.kind, Kind::Labelled(_)))
}

pub(super) type Part<'m, C> = (&'m LinearMap<C>, &'m Labelled<C>);

/// Both as one, within the budget, unless that would multiply out a product of rank one. Without coefficients nothing is
/// multiplied out.
fn labelled<A: Coefficients>(a: A, first: Part<'_, A::C>, second: Part<'_, A::C>) -> Option<LinearMap<A::C>> {
    multiplied(a, first, second, a.style() == Style::Sparing)
}

/// Both as one; where `sparing`, only if that holds no more coefficients than it should.
pub(super) fn multiplied<A: Coefficients>(
    a: A,
    first: Part<'_, A::C>,
    second: Part<'_, A::C>,
    sparing: bool,
) -> Option<LinearMap<A::C>> {
    let f = Form::new(a, first.0, first.1);
    let s = Form::new(a, second.0, second.1);
    // The middle carries the first map's names; what the second adds gets new ones.
    let fresh = f.extents.len() as u8;
    let (left, right) = (f.axes.output.clone(), s.axes.input.clone());
    let rename = |labels: &Labels| -> Labels {
        let middle = |l: &u8| right.iter().position(|i| i == l).map(|i| left[i]);
        labels.iter().map(|l| middle(l).unwrap_or(fresh + l)).collect()
    };
    let extents: Extents = f.extents.iter().chain(&s.extents).copied().collect();
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
    let axes = Axes { input: f.axes.input.clone(), output, scale: kept.clone(), mask: f.axes.mask.clone() };
    let mut whole = Form {
        a,
        from: f.from,
        to: s.to,
        dtype: s.dtype,
        scale: Scale::One,
        mask: f.mask.clone(),
        axes,
        extents,
    };
    let (before, after) = (f.held().saturating_add(s.held()), whole.elements(&kept));
    // Coefficients that have no axis in common, but those along which the whole is diagonal, and of which none is summed:
    // two factors that multiply out to more than they are.
    let passes = |l: &u8| whole.axes.input.contains(l) && whole.axes.output.contains(l);
    let both = matches!((&f.scale, &s.scale), (Scale::By(_), Scale::By(_)));
    let apart = f.axes.scale.iter().all(|l| !s_scale.contains(l) || passes(l));
    let is_outer = both && kept.len() == labels.len() && apart;
    if sparing && (after > COMPOSITION_BUDGET.max(f.held()).max(s.held()) || is_outer && after > before) {
        return None;
    }
    // A middle axis on which nothing depends repeats and is summed again: a factor.
    let repeats: Labels = middle.iter().copied().filter(|l| !labels.contains(l)).collect();
    let repeats = whole.elements(&repeats);
    let one = |c: &A::C, labels: &Labels| Scale::By(a.relabel((c, labels), &kept, &whole.extents));
    whole.scale = match (&f.scale, &s.scale) {
        (Scale::One, Scale::One) | (Scale::MinusOne, Scale::MinusOne) => Scale::One,
        (Scale::One, Scale::MinusOne) | (Scale::MinusOne, Scale::One) => Scale::MinusOne,
        (Scale::By(c), Scale::One) => one(c, &f.axes.scale),
        (Scale::One, Scale::By(c)) => one(c, &s_scale),
        (Scale::By(c), Scale::MinusOne) => one(&a.negated(c), &f.axes.scale),
        (Scale::MinusOne, Scale::By(c)) => one(&a.negated(c), &s_scale),
        (Scale::By(c), Scale::By(d)) => {
            Scale::By(a.einsum((c, &f.axes.scale), (d, &s_scale), &kept, &whole.extents))
        }
    };
    if repeats != 1 {
        let factor = a.number(repeats as f64, whole.dtype);
        let wide = whole.spread(&kept);
        whole.scale = Scale::By(a.einsum((&wide, &kept), (&factor, &[]), &kept, &whole.extents));
    }
    if !matches!(whole.scale, Scale::By(_)) {
        whole.axes.scale = Labels::new();
    }
    Some(whole.with_mask(s.mask.map(|m| (m, s_mask))).normalised().into_map())
}

/// A map after one whose result has no axis in common with its argument: the coefficients are a stack of tangents, to
/// which the second map is applied.
fn after_dense<A: Coefficients>(
    a: A,
    first: &LinearMap<A::C>,
    second: &LinearMap<A::C>,
) -> Option<LinearMap<A::C>> {
    let Kind::Labelled(l) = &first.kind else { return None };
    let f = Form::new(a, first, l);
    if f.axes.output.iter().any(|l| f.axes.input.contains(l)) {
        return None;
    }
    let to = a.ty(second.to);
    let leading: Labels =
        union(&f.axes.scale, &f.axes.mask).iter().copied().filter(|l| !f.axes.output.contains(l)).collect();
    let (before, stack) = (f.elements(&f.axes.output), f.elements(&leading));
    let budget = COMPOSITION_BUDGET.max(f.held());
    if stack.saturating_mul(before.max(to.shape.elements())) > budget {
        return None;
    }
    let all: Labels = leading.iter().chain(&f.axes.output).copied().collect();
    let f = f.settled().widened(&all);
    let stacked = f.a.relabel((&f.coefficients().0, &f.axes.scale), &all, &f.extents);
    let moved = a.apply_to(second, &stacked, &f.shape(&leading));
    let fresh = f.extents.len() as u8;
    let output: Labels = (fresh..fresh + to.shape.rank() as u8).collect();
    let scale: Labels = leading.iter().chain(&output).copied().collect();
    let axes = Axes { input: f.axes.input.clone(), output, scale, mask: Labels::new() };
    let extents = f.extents.iter().chain(to.shape.iter()).copied().collect();
    let whole =
        Form { to: second.to, dtype: to.dtype, scale: Scale::By(moved), mask: None, axes, extents, ..f };
    Some(whole.normalised().into_map())
}
