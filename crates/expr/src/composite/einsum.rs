//! Einstein sums written as NumPy writes them, `"ij,jk->ik"`.
//!
//! Operands are taken in from the left, each with a product that sums over the labels which nobody needs afterwards.

use crate::builder::Builder;
use crate::error::OpError;
use crate::expr::Expr;
use crate::ty::Shape;
use std::collections::BTreeMap;

/// Labels as their letters' places in the alphabet of the sum.
type Indices = Vec<u8>;

struct Sum {
    inputs: Vec<Indices>,
    output: Indices,
}

impl Builder {
    /// The sum of products that NumPy's `einsum` makes, without ellipses. A label that an operand repeats takes the
    /// diagonal; without `->` the result has the labels that stand once, in the order of their letters.
    ///
    /// ```
    /// use wengert_expr::{Builder, DType, Type};
    /// let b = Builder::new();
    /// let a = b.input("a", Type::new(DType::F64, [2, 3]));
    /// let x = b.input("x", Type::new(DType::F64, [3]));
    /// assert_eq!(*b.einsum("ij,j->i", &[a, x]).shape(), [2]);
    /// ```
    #[track_caller]
    pub fn einsum<'b>(&'b self, subscripts: &str, operands: &[Expr<'b>]) -> Expr<'b> {
        let checked = parse(subscripts, operands.len()).and_then(|sum| Ok((extents(&sum, operands)?, sum)));
        match checked {
            Ok((extents, sum)) => contract(&sum, &extents, operands),
            Err(error) => self.fail("einsum", error, operands),
        }
    }
}

fn refuse<T>(message: String) -> Result<T, OpError> {
    Err(OpError::Attribute(message))
}

fn parse(subscripts: &str, operands: usize) -> Result<Sum, OpError> {
    let letters: String = subscripts.chars().filter(|c| !c.is_whitespace()).collect();
    let (inputs, output) = match letters.split_once("->") {
        Some((inputs, output)) => (inputs, Some(output)),
        None => (letters.as_str(), None),
    };
    if let Some(c) =
        inputs.chars().chain(output.unwrap_or("").chars()).find(|c| !c.is_ascii_alphabetic() && *c != ',')
    {
        return refuse(format!("{subscripts:?} has {c:?} where a label is a letter"));
    }
    let inputs: Vec<Indices> = inputs.split(',').map(|labels| labels.bytes().collect()).collect();
    if inputs.len() != operands {
        return refuse(format!("{subscripts:?} labels {} operands, found {operands}", inputs.len()));
    }
    let output: Indices = match output {
        Some(output) => output.bytes().collect(),
        None => once(&inputs),
    };
    for (i, &label) in output.iter().enumerate() {
        let label_text = char::from(label);
        if output[..i].contains(&label) {
            return refuse(format!("{subscripts:?} repeats {label_text:?} in its result"));
        }
        if !inputs.iter().any(|labels| labels.contains(&label)) {
            return refuse(format!("{subscripts:?} has {label_text:?} in its result but in no operand"));
        }
    }
    Ok(Sum { inputs, output })
}

/// The labels that stand once, in order.
fn once(inputs: &[Indices]) -> Indices {
    let mut counts = BTreeMap::new();
    for &label in inputs.iter().flatten() {
        *counts.entry(label).or_insert(0) += 1;
    }
    counts.into_iter().filter(|&(_, n)| n == 1).map(|(label, _)| label).collect()
}

/// The extent of every label.
fn extents(sum: &Sum, operands: &[Expr<'_>]) -> Result<BTreeMap<u8, usize>, OpError> {
    let mut extents = BTreeMap::new();
    for (labels, operand) in sum.inputs.iter().zip(operands) {
        let shape = operand.shape();
        if shape.rank() != labels.len() {
            let text = String::from_utf8_lossy(labels);
            return refuse(format!(
                "{text:?} labels {} axes of an operand with {}",
                labels.len(),
                shape.rank()
            ));
        }
        for (&label, &extent) in labels.iter().zip(shape.iter()) {
            let known = *extents.entry(label).or_insert(extent);
            if known != extent {
                let label = char::from(label);
                return refuse(format!("label {label:?} has extent {known} and extent {extent}"));
            }
        }
    }
    Ok(extents)
}

#[track_caller]
fn contract<'b>(sum: &Sum, extents: &BTreeMap<u8, usize>, operands: &[Expr<'b>]) -> Expr<'b> {
    let (mut product, mut labels) = without_repeats(operands[0], &sum.inputs[0]);
    for i in 1..operands.len() {
        let (next, next_labels) = without_repeats(operands[i], &sum.inputs[i]);
        let last = i + 1 == operands.len();
        let kept = if last { sum.output.clone() } else { needed(sum, &labels, &next_labels, i) };
        product = product.einsum(&labels, next, &next_labels, &kept, &shape(&kept, extents));
        labels = kept;
    }
    product.relabel(&labels, &sum.output, &shape(&sum.output, extents))
}

/// The labels of the product with operand `i` that the result or a later operand has.
fn needed(sum: &Sum, left: &[u8], right: &[u8], i: usize) -> Indices {
    let later =
        |l: &u8| sum.output.contains(l) || sum.inputs[i + 1..].iter().any(|labels| labels.contains(l));
    let new = right.iter().filter(|l| !left.contains(l));
    left.iter().chain(new).copied().filter(later).collect()
}

/// Diagonals in the place of repeated labels.
#[track_caller]
fn without_repeats<'b>(operand: Expr<'b>, labels: &[u8]) -> (Expr<'b>, Indices) {
    let (mut operand, mut labels) = (operand, labels.to_vec());
    while let Some((first, second)) = repeated(&labels) {
        operand = operand.diagonal_of(first as i64, second as i64);
        let label = labels.remove(second);
        labels.remove(first);
        labels.push(label);
    }
    (operand, labels)
}

fn repeated(labels: &[u8]) -> Option<(usize, usize)> {
    (0..labels.len()).find_map(|second| {
        labels[..second].iter().position(|l| *l == labels[second]).map(|first| (first, second))
    })
}

fn shape(labels: &[u8], extents: &BTreeMap<u8, usize>) -> Shape {
    labels.iter().map(|l| extents.get(l).copied().unwrap_or(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::value;
    use crate::builder::Builder;
    use crate::ty::{DType, Type};
    use crate::value::Value;

    fn count_up(shape: &[usize]) -> Value {
        Value::new(shape, (0..shape.iter().product::<usize>() as i64).collect())
    }

    /// What NumPy's `einsum` gives for these subscripts of arrays that count up from 0.
    #[track_caller]
    fn check(subscripts: &str, shapes: &[&[usize]], want_shape: &[usize], want: &[f64]) {
        let b = Builder::new();
        let operands: Vec<_> = shapes.iter().map(|s| b.constant(count_up(s))).collect();
        let e = b.einsum(subscripts, &operands);
        assert_eq!(
            (&*e.shape(), value(e, &Value::from(0.0)).to_f64s()),
            (want_shape, want.to_vec()),
            "{subscripts}"
        );
    }

    #[test]
    fn sums_are_numpys() {
        check("ij,jk->ik", &[&[2, 3], &[3, 2]], &[2, 2], &[10.0, 13.0, 28.0, 40.0]);
        check("ij,jk", &[&[2, 3], &[3, 2]], &[2, 2], &[10.0, 13.0, 28.0, 40.0]);
        check("ba", &[&[2, 3]], &[3, 2], &[0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        check("ij->", &[&[2, 3]], &[], &[15.0]);
        check("i , j -> ji", &[&[2], &[3]], &[3, 2], &[0.0, 0.0, 0.0, 1.0, 0.0, 2.0]);
        check("i,i->i", &[&[3], &[3]], &[3], &[0.0, 1.0, 4.0]);
        check("bij,bjk->bki", &[&[2, 1, 2], &[2, 2, 1]], &[2, 1, 1], &[1.0, 13.0]);
        check(",i->i", &[&[], &[3]], &[3], &[0.0, 0.0, 0.0]);
    }

    #[test]
    fn repeated_labels_take_the_diagonal() {
        check("ii", &[&[3, 3]], &[], &[12.0]);
        check("ii->i", &[&[3, 3]], &[3], &[0.0, 4.0, 8.0]);
        check("iji->j", &[&[2, 3, 2]], &[3], &[7.0, 11.0, 15.0]);
        check("ii,i->i", &[&[2, 2], &[2]], &[2], &[0.0, 3.0]);
    }

    #[test]
    fn more_than_two_operands_are_taken_in_from_the_left() {
        check("ij,jk,kl->il", &[&[2, 2], &[2, 2], &[2, 2]], &[2, 2], &[6.0, 11.0, 22.0, 39.0]);
        check("i,i,i->", &[&[3], &[3], &[3]], &[], &[9.0]);
        check("i,j,k->ki", &[&[2], &[3], &[2]], &[2, 2], &[0.0, 0.0, 0.0, 3.0]);
    }

    #[test]
    fn mistakes_say_what_is_wrong() {
        let cases: [(&str, usize, &str); 7] = [
            ("ij,jk->ik", 1, "labels 2 operands, found 1"),
            ("...i->i", 1, "has '.' where a label is a letter"),
            ("ij->k", 1, "has 'k' in its result but in no operand"),
            ("ij->ii", 1, "repeats 'i' in its result"),
            ("ijk->i", 1, "labels 3 axes of an operand with 2"),
            ("ij,ij->", 2, "label 'i' has extent 2 and extent 3"),
            ("", 0, "labels 1 operands, found 0"),
        ];
        for (subscripts, operands, message) in cases {
            let b = Builder::new();
            let x = b.input("x", Type::new(DType::F64, [2, 3]));
            let operands = &[x, x.t()][..operands];
            assert!(b.einsum(subscripts, operands).is_dead(), "{subscripts}");
            let error = b.finish().unwrap_err().to_string();
            assert!(error.contains(message), "{subscripts}: {error}");
        }
    }
}
