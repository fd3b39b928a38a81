//! Einstein sums of two operands, written with products, sums and broadcasts.

use crate::expr::Expr;
use crate::map::Labels;
use crate::op::{DotAxes, Reduction};
use crate::ty::Shape;

impl<'b> Expr<'b> {
    /// `out[output] = sum over the labels not in output of self[labels]`; a label only in `output` repeats, with the
    /// extent that `extents` gives it.
    #[track_caller]
    pub fn relabel(self, labels: &[u8], output: &[u8], extents: &Shape) -> Expr<'b> {
        if labels == output {
            return self;
        }
        let summed: Vec<u8> = positions(labels, |l| !output.contains(&l));
        let kept: Vec<u8> = labels.iter().copied().filter(|l| output.contains(l)).collect();
        let reduced = if summed.is_empty() { self } else { self.reduce(Reduction::Sum, &summed) };
        // In the output's order, then each axis to its place.
        let order: Vec<u8> =
            output.iter().filter_map(|l| kept.iter().position(|k| k == l)).map(|p| p as u8).collect();
        let places = positions(output, |l| kept.contains(&l));
        reduced.permute(&order).broadcast_axes(extents.clone(), places.into())
    }

    /// `out[output] = sum over the other labels of self[labels] * other[other_labels]`. No label occurs twice in one of
    /// the lists; a label only in `output` repeats, with the extent that `extents`, the shape of the result, gives it.
    #[track_caller]
    pub fn einsum(
        self,
        labels: &[u8],
        other: Expr<'b>,
        other_labels: &[u8],
        output: &[u8],
        extents: &Shape,
    ) -> Expr<'b> {
        let (a, a_labels) = self.summed_out(labels, |l| other_labels.contains(&l) || output.contains(&l));
        let (b, b_labels) = other.summed_out(other_labels, |l| a_labels.contains(&l) || output.contains(&l));
        let shared = |l: &u8| a_labels.contains(l) && b_labels.contains(l);
        let contract: Vec<u8> =
            a_labels.iter().copied().filter(|l| shared(l) && !output.contains(l)).collect();
        if contract.is_empty() {
            return a.relabel(&a_labels, output, extents) * b.relabel(&b_labels, output, extents);
        }
        let batch: Vec<u8> = a_labels.iter().copied().filter(|l| shared(l) && output.contains(l)).collect();
        let at = |labels: &[u8], of: &[u8]| -> Box<[u8]> {
            of.iter().filter_map(|l| labels.iter().position(|k| k == l)).map(|p| p as u8).collect()
        };
        let axes = DotAxes {
            batch: (at(&a_labels, &batch), at(&b_labels, &batch)),
            contract: (at(&a_labels, &contract), at(&b_labels, &contract)),
        };
        let free = |labels: &Labels| {
            labels
                .iter()
                .copied()
                .filter(|l| !batch.contains(l) && !contract.contains(l))
                .collect::<Vec<u8>>()
        };
        let product: Vec<u8> = [batch.clone(), free(&a_labels), free(&b_labels)].concat();
        a.dot_general(b, axes).relabel(&product, output, extents)
    }

    /// Summed over the labels that are not needed.
    #[track_caller]
    fn summed_out(self, labels: &[u8], needed: impl Fn(u8) -> bool) -> (Expr<'b>, Labels) {
        let gone = positions(labels, |l| !needed(l));
        (self.reduce(Reduction::Sum, &gone), labels.iter().copied().filter(|&l| needed(l)).collect())
    }
}

fn positions(labels: &[u8], wanted: impl Fn(u8) -> bool) -> Vec<u8> {
    labels.iter().enumerate().filter(|(_, l)| wanted(**l)).map(|(i, _)| i as u8).collect()
}
