//! The sum of two linear maps between the same spaces.
//!
//! Labelled maps of one structure add their coefficients, so a sum holds at most one term of each structure: identity
//! plus rank one stays two terms and never becomes dense by accident. Only where many terms of other kinds pile up does a
//! sum become a dense matrix, if that fits into the budget.

use super::coefficients::{Coefficients, Style};
use super::dense::{dense_elements, densified, held};
use super::form::{Form, union};
use wengert_expr::{Axes, Kind, Labels, LinearMap, Scale};

/// The most terms of other structures than labelled that stand in a sum before it is made dense.
const TERMS: usize = 8;

/// The map whose results are the sums of both maps' results.
pub fn add<A: Coefficients>(a: A, left: &LinearMap<A::C>, right: &LinearMap<A::C>) -> LinearMap<A::C> {
    match (&left.kind, &right.kind) {
        (Kind::Zero, _) => return right.clone(),
        (_, Kind::Zero) => return left.clone(),
        _ => {}
    }
    let mut sum = terms(left);
    for term in terms(right) {
        let merged = sum.iter().enumerate().find_map(|(i, t)| merge(a, t, &term).map(|m| (i, m)));
        match merged {
            Some((i, merged)) => sum[i] = merged,
            None => sum.push(term),
        }
    }
    if sum.len() == 1 {
        return sum.remove(0);
    }
    let map = LinearMap { from: left.from, to: left.to, kind: Kind::Sum(sum.into()) };
    if a.style() != Style::Structural && is_better_dense(a, &map) { densified(a, &map) } else { map }
}

fn terms<C: Clone>(map: &LinearMap<C>) -> Vec<LinearMap<C>> {
    match &map.kind {
        Kind::Sum(maps) => maps.to_vec(),
        _ => vec![map.clone()],
    }
}

/// Two terms as one of the same structure, if they have one.
fn merge<A: Coefficients>(a: A, left: &LinearMap<A::C>, right: &LinearMap<A::C>) -> Option<LinearMap<A::C>> {
    if a.style() == Style::Structural && left == right {
        // Of equal structures, whatever their coefficients, the sum has the structure too.
        return Some(left.clone());
    }
    match (&left.kind, &right.kind) {
        (Kind::Labelled(l), Kind::Labelled(r)) => {
            let (l, r) = (Form::new(a, left, l), Form::new(a, right, r));
            let same = l.axes.input == r.axes.input && l.axes.output == r.axes.output;
            same.then(|| coefficients(l, r).into_map())
        }
        (Kind::Chain(l), Kind::Chain(r)) => chains(a, left, l, r),
        _ => None,
    }
}

/// Chains that differ in one labelled link are a chain again, with the sum in its place.
fn chains<A: Coefficients>(
    a: A,
    whole: &LinearMap<A::C>,
    left: &[LinearMap<A::C>],
    right: &[LinearMap<A::C>],
) -> Option<LinearMap<A::C>> {
    if left.len() != right.len() {
        return None;
    }
    let mut differing = (0..left.len()).filter(|&i| left[i] != right[i] || scaled(&left[i]));
    let i = differing.next()?;
    if differing.next().is_some() || (left[i].from, left[i].to) != (right[i].from, right[i].to) {
        return None;
    }
    let mut links = left.to_vec();
    links[i] = merge(a, &left[i], &right[i])?;
    Some(LinearMap { from: whole.from, to: whole.to, kind: Kind::Chain(links.into()) })
}

fn scaled<C>(map: &LinearMap<C>) -> bool {
    matches!(&map.kind, Kind::Labelled(l) if matches!(l.scale, Scale::By(_)))
}

fn coefficients<A: Coefficients>(l: Form<A>, r: Form<A>) -> Form<A> {
    let same_mask = l.mask == r.mask && l.axes.mask == r.axes.mask;
    let mask = match (&l.mask, &r.mask) {
        (Some(m), _) if same_mask => Some((m.clone(), l.axes.mask.clone())),
        _ => l.either_mask(&r),
    };
    let (l, r) = if same_mask { (l, r) } else { (l.settled(), r.settled()) };
    let all = union(&l.coefficients().1, &r.coefficients().1);
    let elements = l.elements(&all) as u64;
    let sum = l.a.plus(&l.spread(&all), &r.spread(&all), elements);
    let axes = Axes { scale: all, mask: Labels::new(), ..l.axes.clone() };
    Form { scale: Scale::By(sum), mask: None, axes, ..l }.with_mask(mask)
}

/// Terms that cannot be merged would pile up.
fn is_better_dense<A: Coefficients>(a: A, map: &LinearMap<A::C>) -> bool {
    let Kind::Sum(terms) = &map.kind else { return false };
    let lazy = terms.iter().filter(|t| !matches!(t.kind, Kind::Labelled(_))).count();
    lazy > TERMS && dense_elements(a, map) <= super::COMPOSITION_BUDGET.max(held(a, map))
}
