//! Factors multiplied out in the order that needs the fewest products: the matrix chain, by dynamic programming (Godbole
//! 1973).

use super::coefficients::{Coefficients, Extents};
use super::compose::multiplied;
use super::form::Form;
use wengert_expr::{DType, Kind, LinearMap, Type, TypeId};

/// The most factors whose order is chosen; more are multiplied from the first on.
const CHOSEN: usize = 16;

/// All of these labelled maps, one after the other, as one.
pub(super) fn product<A: Coefficients>(a: A, links: &[LinearMap<A::C>]) -> Option<LinearMap<A::C>> {
    if links.len() > CHOSEN {
        let (first, rest) = links.split_first()?;
        return rest.iter().try_fold(first.clone(), |whole, link| pair(a, &whole, link));
    }
    let splits = splits(a, links)?;
    multiply(a, links, &splits, 0, links.len())
}

fn pair<A: Coefficients>(a: A, first: &LinearMap<A::C>, second: &LinearMap<A::C>) -> Option<LinearMap<A::C>> {
    match (&first.kind, &second.kind) {
        (Kind::Labelled(l), Kind::Labelled(m)) => multiplied(a, (first, l), (second, m), false),
        _ => None,
    }
}

/// For each run of factors, from its start by its end, where it is parted.
type Splits = Vec<Vec<usize>>;

/// At most as deep as there are factors to choose among.
fn multiply<A: Coefficients>(
    a: A,
    links: &[LinearMap<A::C>],
    splits: &Splits,
    start: usize,
    end: usize,
) -> Option<LinearMap<A::C>> {
    if end - start == 1 {
        return links.get(start).cloned();
    }
    let middle = splits[start][end];
    let first = multiply(a, links, splits, start, middle)?;
    pair(a, &first, &multiply(a, links, splits, middle, end)?)
}

fn splits<A: Coefficients>(a: A, links: &[LinearMap<A::C>]) -> Option<Splits> {
    let n = links.len();
    let bones = Bones(a);
    /// Where a product is split, and its structure.
    type Split = Option<(usize, LinearMap<()>)>;
    let mut best: Vec<Vec<Split>> = vec![vec![None; n + 1]; n];
    for (i, link) in links.iter().enumerate() {
        best[i][i + 1] = Some((0, link.map_coefficients(&mut |_| ())));
    }
    let mut splits = vec![vec![0; n + 1]; n];
    for (length, start) in (2..=n).flat_map(|length| (0..=n - length).map(move |start| (length, start))) {
        let end = start + length;
        for middle in start + 1..end {
            let (Some(l), Some(r)) = (&best[start][middle], &best[middle][end]) else { continue };
            let cost = l.0.saturating_add(r.0).saturating_add(size(bones, &l.1, &r.1));
            if best[start][end].as_ref().is_none_or(|b| cost < b.0) {
                let whole = pair(bones, &l.1, &r.1)?;
                best[start][end] = Some((cost, whole));
                splits[start][end] = middle;
            }
        }
    }
    Some(splits)
}

/// About how many products two maps need: an entry for each of the axes of both coefficients.
fn size<A: Coefficients>(bones: Bones<A>, first: &LinearMap<()>, second: &LinearMap<()>) -> usize {
    let (Kind::Labelled(l), Kind::Labelled(m)) = (&first.kind, &second.kind) else { return 0 };
    let (f, s) = (Form::new(bones, first, l), Form::new(bones, second, m));
    let middle = &f.axes.output;
    let shared = s
        .axes
        .input
        .iter()
        .zip(middle)
        .filter(|(right, left)| s.axes.scale.contains(right) && f.axes.scale.contains(left));
    let twice: usize = shared.map(|(_, left)| f.extents[*left as usize]).product();
    f.held().max(1).saturating_mul(s.held().max(1)) / twice.max(1)
}

/// The same maps without coefficients.
#[derive(Clone, Copy)]
struct Bones<A>(A);

type Array<'a> = super::coefficients::Array<'a, ()>;

impl<A: Coefficients> Coefficients for Bones<A> {
    type C = ();

    fn ty(self, id: TypeId) -> Type {
        self.0.ty(id)
    }

    fn number(self, _: f64, _: DType) {}
    fn negated(self, (): &()) {}
    fn relabel(self, _: Array<'_>, _: &[u8], _: &Extents) {}
    fn einsum(self, _: Array<'_>, _: Array<'_>, _: &[u8], _: &Extents) {}
    fn plus(self, (): &(), (): &(), _: u64) {}
    fn select(self, (): &(), (): &(), _: DType) {}
    fn and(self, (): &(), (): &()) {}
    fn or(self, (): &(), (): &()) {}
    fn apply_to(self, _: &LinearMap<()>, (): &(), _: &[usize]) {}
    fn diagonal(self, _: usize) {}
    fn basis(self, _: &Type) {}
}
