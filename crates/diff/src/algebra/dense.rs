//! A linear map as one array of coefficients, one for each pair of elements.

use super::coefficients::{Coefficients, Extents};
use super::compose::is_labelled;
use super::factors::product;
use super::form::Form;
use super::transpose::transpose;
use wengert_expr::{Axes, Kind, Labelled, Labels, LinearMap, Scale};

/// How many coefficients a map holds.
pub fn held<A: Coefficients>(a: A, map: &LinearMap<A::C>) -> usize {
    match &map.kind {
        Kind::Zero | Kind::Cast | Kind::Index(_) => 0,
        Kind::Labelled(l) => Form::new(a, map, l).held(),
        Kind::Chain(maps) | Kind::Sum(maps) => maps.iter().map(|m| held(a, m)).fold(0, usize::saturating_add),
    }
}

/// How many coefficients the dense matrix of a map holds.
pub fn dense_elements<A: Coefficients>(a: A, map: &LinearMap<A::C>) -> usize {
    a.ty(map.from).shape.elements().saturating_mul(a.ty(map.to).shape.elements())
}

/// The same map with one coefficient for each pair of elements.
pub fn densified<A: Coefficients>(a: A, map: &LinearMap<A::C>) -> LinearMap<A::C> {
    let (from, to) = (a.ty(map.from).shape.rank() as u8, a.ty(map.to).shape.rank() as u8);
    let (input, output): (Labels, Labels) = ((0..from).collect(), (from..from + to).collect());
    let scale = output.iter().chain(&input).copied().collect();
    let axes = Axes { input, output, scale, mask: Labels::new() };
    let kind = Kind::Labelled(Labelled::new(Scale::By(dense(a, map)), None, axes));
    LinearMap { from: map.from, to: map.to, kind }
}

/// The coefficients for each pair of elements: an array of the shape of the result, then of the argument.
///
/// A labelled map costs no product; others are applied to every unit tangent, or transposed to every unit cotangent,
/// whichever are fewer.
pub fn dense<A: Coefficients>(a: A, map: &LinearMap<A::C>) -> A::C {
    let (from, to) = (a.ty(map.from), a.ty(map.to));
    match &map.kind {
        Kind::Labelled(l) => labelled(Form::new(a, map, l)),
        Kind::Sum(terms) => {
            let elements = dense_elements(a, map) as u64;
            let mut blocks = terms.iter().map(|t| dense(a, t));
            let first =
                blocks.next().unwrap_or_else(|| dense(a, &LinearMap { kind: Kind::Zero, ..map.clone() }));
            blocks.fold(first, |sum, block| a.plus(&sum, &block, elements))
        }
        Kind::Zero => {
            let extents: Extents = to.shape.iter().chain(from.shape.iter()).copied().collect();
            let all: Labels = (0..extents.len() as u8).collect();
            a.relabel((&a.number(0.0, to.dtype), &[]), &all, &extents)
        }
        Kind::Chain(links) if is_labelled(links) => match product(a, links) {
            Some(whole) => dense(a, &whole),
            None => moved_basis(a, map),
        },
        Kind::Cast | Kind::Index(_) | Kind::Chain(_) => moved_basis(a, map),
    }
}

/// A map applied to every unit tangent, or its transpose to every unit cotangent.
fn moved_basis<A: Coefficients>(a: A, map: &LinearMap<A::C>) -> A::C {
    let (from, to) = (a.ty(map.from), a.ty(map.to));
    if to.shape.elements() <= from.shape.elements() {
        return a.apply_to(&transpose(map), &a.basis(&to), &to.shape);
    }
    let columns = a.apply_to(map, &a.basis(&from), &from.shape);
    let (n, m) = (from.shape.rank() as u8, to.shape.rank() as u8);
    let extents: Extents = from.shape.iter().chain(to.shape.iter()).copied().collect();
    let (now, wanted): (Labels, Labels) = ((0..n + m).collect(), (n..n + m).chain(0..n).collect());
    a.relabel((&columns, &now), &wanted, &extents)
}

fn labelled<A: Coefficients>(f: Form<A>) -> A::C {
    // An axis that argument and result share becomes two, of which only the diagonal is not zero.
    let shared: Labels = f.axes.output.iter().copied().filter(|l| f.axes.input.contains(l)).collect();
    let fresh = f.extents.len() as u8;
    let twin = |l: u8| shared.iter().position(|&s| s == l).map_or(l, |i| fresh + i as u8);
    let mut extents = f.extents.clone();
    extents.extend(shared.iter().map(|&l| f.extents[l as usize]));
    let all: Labels = f.axes.output.iter().copied().chain(f.axes.input.iter().map(|&l| twin(l))).collect();
    let whole = Form { extents, ..f.settled() };
    let (a, c) = (whole.a, whole.spread(&all));
    shared.iter().fold(c, |c, &l| {
        let mask = a.diagonal(whole.extents[l as usize]);
        a.select(&a.relabel((&mask, &[l, twin(l)]), &all, &whole.extents), &c, whole.dtype)
    })
}
