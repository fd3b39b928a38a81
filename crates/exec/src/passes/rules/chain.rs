//! Chains of matrix products in the order that takes the fewest products of numbers.
//!
//! The order is found by dynamic programming over the factors of a chain whose inner products nothing else uses.

use crate::passes::kind::{Behind, is_dot};
use crate::passes::rule::Rule;
use crate::passes::site::{Site, op, operand};
use wengert_expr::{DotAxes, Expr, Op};

pub(super) static RULES: &[Rule] = &[Rule::coded(
    "matrix-chain",
    "(x @ y) @ z, inner products used once",
    "x @ (y @ z) where that is cheaper",
    is_dot,
    Behind::One(is_dot),
    matrix_chain,
    "input x: f64[4, 5]; input y: f64[5, 6]; input z: f64[6]; w = (x @ y) @ z",
)
.losing("the order in which terms are added; may overflow elsewhere")];

/// Factors of a chain: the search takes the cube of them at every product of a long one.
const FACTORS: usize = 12;

/// A factor as a matrix: a vector is a row in front and a column at the end.
#[derive(Clone, Copy)]
struct Factor<'b> {
    e: Expr<'b>,
    transposed: bool,
    rows: usize,
    columns: usize,
}

fn factor<'b>(e: Expr<'b>, transposed: bool, left: bool) -> Factor<'b> {
    let (rows, columns) = match *e.shape() {
        [n] if left => (1, n),
        [n] => (n, 1),
        [n, m] if transposed => (m, n),
        [n, m] => (n, m),
        _ => (1, 1),
    };
    Factor { e, transposed, rows, columns }
}

/// Whether this is a plain product of matrices or vectors, and over which axes.
fn plain(e: Expr<'_>) -> Option<(u8, u8)> {
    let Op::Dot(axes) = op(e) else { return None };
    let ranks = (operand(e, 0).rank(), operand(e, 1).rank());
    match (&*axes.contract.0, &*axes.contract.1) {
        ([l], [r]) if axes.batch.0.is_empty() && ranks.0 <= 2 && ranks.1 <= 2 => Some((*l, *r)),
        _ => None,
    }
}

fn matrix_chain<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let mut chain = Vec::new();
    let mut cost = 0u64;
    plain(site.root)?;
    // From left to right; a product is taken apart where it stands.
    let mut stack = vec![(site.root, false, true)];
    while let Some((e, transposed, left)) = stack.pop() {
        let inner = e.id() == site.root.id() || (site.is_used_once(e) && e.rank() == 2);
        let axes = plain(e).filter(|_| inner && chain.len() + stack.len() < FACTORS);
        let Some((l, r)) = axes else {
            chain.push(factor(e, transposed, left));
            continue;
        };
        let (x, y) = (operand(e, 0), operand(e, 1));
        // The products of vectors inside a chain would be outer ones, which have no contraction.
        if e.id() != site.root.id() && (x.rank() != 2 || y.rank() != 2) {
            chain.push(factor(e, transposed, left));
            continue;
        }
        cost = cost
            .saturating_add((e.shape().elements() as u64).saturating_mul(x.shape()[usize::from(l)] as u64));
        let (x_turned, y_turned) = (x.rank() == 2 && l == 0, y.rank() == 2 && r == 1);
        let (first, second) = match transposed {
            false => ((x, x_turned), (y, y_turned)),
            true => ((y, !y_turned), (x, !x_turned)),
        };
        stack.push((second.0, second.1, false));
        stack.push((first.0, first.1, left));
    }
    if chain.len() < 3 {
        return None;
    }
    let (best, splits) = cheapest(&chain);
    (best < cost).then(|| product(&chain, &splits, 0, chain.len() - 1).0)
}

/// The least number of products, and for each part of the chain the place of its last product.
fn cheapest(chain: &[Factor<'_>]) -> (u64, Vec<Vec<usize>>) {
    let n = chain.len();
    let mut costs = vec![vec![0u64; n]; n];
    let mut splits = vec![vec![0; n]; n];
    for length in 2..=n {
        for i in 0..=n - length {
            let j = i + length - 1;
            let cost = |k: usize| {
                let last = (chain[i].rows as u64)
                    .saturating_mul(chain[k].columns as u64)
                    .saturating_mul(chain[j].columns as u64);
                costs[i][k].saturating_add(costs[k + 1][j]).saturating_add(last)
            };
            let best = (i..j).min_by_key(|&k| cost(k)).unwrap_or(i);
            (costs[i][j], splits[i][j]) = (cost(best), best);
        }
    }
    (costs[0][n - 1], splits)
}

/// The product of a part of the chain, and whether it is stored transposed. The depth is that of a short chain.
fn product<'b>(chain: &[Factor<'b>], splits: &[Vec<usize>], i: usize, j: usize) -> (Expr<'b>, bool) {
    if i == j {
        return (chain[i].e, chain[i].transposed);
    }
    let k = splits[i][j];
    let (x, x_turned) = product(chain, splits, i, k);
    let (y, y_turned) = product(chain, splits, k + 1, j);
    let left = if x.rank() == 2 && !x_turned { 1 } else { 0 };
    let right = if y.rank() == 2 && y_turned { 1 } else { 0 };
    let contract = (vec![left].into(), vec![right].into());
    (x.dot_general(y, DotAxes { contract, ..DotAxes::default() }), false)
}
