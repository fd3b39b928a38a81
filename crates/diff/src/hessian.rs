//! Second derivatives of a scalar by a method of one's choice.

use crate::algebra::{dense, transpose};
use crate::compress::Plan;
use crate::derive::{block_shape, check_variables, gradient_in, jacobian, name_of};
use crate::edge_pushing::arcs;
use crate::error::DiffError;
use crate::mode::Mode;
use crate::predict::choose_hessian;
use crate::transform::{block_name, open, reopened, scalar_output};
use std::fmt;
use std::str::FromStr;
use wengert_expr::{Expr, Function, LinearMap, NodeId};

/// How a Hessian is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum HessianMethod {
    /// The gradient in reverse mode, differentiated in forward mode.
    ForwardOverReverse,
    /// The gradient in reverse mode, differentiated in reverse mode.
    ReverseOverReverse,
    /// Both derivatives in forward mode.
    ForwardOverForward,
    /// The gradient in reverse mode, differentiated along the groups of a star colouring of its sparsity pattern.
    Compressed,
    /// Both derivatives by elimination, each in the best order that a short search finds.
    Cross,
    /// Both derivatives as sums over all paths: for small graphs.
    Paths,
    /// One reverse sweep that carries second derivatives along. The result is symmetric by construction: of a user's own rule
    /// that belongs to no function it is the symmetric part.
    EdgePushing,
}

impl HessianMethod {
    /// Every method.
    pub const ALL: [HessianMethod; 7] = [
        HessianMethod::ForwardOverReverse,
        HessianMethod::ReverseOverReverse,
        HessianMethod::ForwardOverForward,
        HessianMethod::EdgePushing,
        HessianMethod::Compressed,
        HessianMethod::Cross,
        HessianMethod::Paths,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            HessianMethod::ForwardOverReverse => "forward-over-reverse",
            HessianMethod::ReverseOverReverse => "reverse-over-reverse",
            HessianMethod::ForwardOverForward => "forward-over-forward",
            HessianMethod::EdgePushing => "edge-pushing",
            HessianMethod::Compressed => "compressed",
            HessianMethod::Cross => "cross",
            HessianMethod::Paths => "paths",
        }
    }

    /// The method that takes both derivatives in a mode; of mode auto there is none.
    pub fn of(mode: Mode) -> Option<HessianMethod> {
        match mode {
            Mode::Auto => None,
            Mode::Forward => Some(HessianMethod::ForwardOverForward),
            Mode::Reverse => Some(HessianMethod::ReverseOverReverse),
            Mode::Cross => Some(HessianMethod::Cross),
            Mode::Compressed => Some(HessianMethod::Compressed),
            Mode::Paths => Some(HessianMethod::Paths),
        }
    }
}

impl FromStr for HessianMethod {
    type Err = String;

    fn from_str(name: &str) -> Result<HessianMethod, String> {
        let names = HessianMethod::ALL.map(HessianMethod::name).join(", ");
        HessianMethod::ALL
            .into_iter()
            .find(|m| m.name() == name)
            .ok_or_else(|| format!("no method {name:?}; the methods are {names}"))
    }
}

impl fmt::Display for HessianMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The second derivatives of a function with one scalar output: for each pair of variables an output `x/y` of the shape of
/// `x` followed by that of `y`. Both derivatives are taken in the mode; mode auto takes the method that does least (see
/// [`choose_hessian`]).
///
/// # Errors
/// As [`grad`](crate::grad).
pub fn hessian(f: &Function, wrt: &[&str], mode: Mode) -> Result<Function, DiffError> {
    let method = match HessianMethod::of(mode) {
        Some(method) => method,
        None => choose_hessian(f, wrt)?.mode,
    };
    hessian_by(f, wrt, method)
}

/// As [`hessian`], by a method.
///
/// # Errors
/// As [`grad`](crate::grad).
pub fn hessian_by(f: &Function, wrt: &[&str], method: HessianMethod) -> Result<Function, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let blocks = hessian_blocks(scalar_output(&at, f)?, &at.wrt, method)?;
    for (x, row) in wrt.iter().zip(blocks) {
        for (y, block) in wrt.iter().zip(row) {
            b.output(block_name(x, y), block);
        }
    }
    Ok(b.finish()?)
}

/// The second derivatives of a scalar expression: for each pair of variables a block of the shape of the first followed by
/// that of the second.
///
/// # Errors
/// As [`gradient`](crate::gradient).
pub fn hessian_blocks<'b>(
    output: Expr<'b>,
    wrt: &[Expr<'b>],
    method: HessianMethod,
) -> Result<Vec<Vec<Expr<'b>>>, DiffError> {
    let twice = |first, second| gradient_in(output, wrt, first).and_then(|g| jacobian(&g, wrt, second));
    match method {
        HessianMethod::ForwardOverReverse => twice(Mode::Reverse, Mode::Forward),
        HessianMethod::ReverseOverReverse => twice(Mode::Reverse, Mode::Reverse),
        HessianMethod::ForwardOverForward => twice(Mode::Forward, Mode::Forward),
        HessianMethod::EdgePushing => pushed(output, wrt),
        HessianMethod::Compressed => Ok(Plan::hessian(output, wrt, &[])?.blocks()),
        HessianMethod::Cross => twice(Mode::Cross, Mode::Cross),
        HessianMethod::Paths => twice(Mode::Paths, Mode::Paths),
    }
}

fn pushed<'b>(output: Expr<'b>, wrt: &[Expr<'b>]) -> Result<Vec<Vec<Expr<'b>>>, DiffError> {
    check_variables(&[output], wrt)?;
    if output.rank() != 0 {
        return Err(DiffError::NotScalar { name: name_of(output), shape: output.shape() });
    }
    let arcs = arcs(output, wrt)?;
    let mut blocks: Vec<Vec<Expr<'b>>> = vec![Vec::with_capacity(wrt.len()); wrt.len()];
    for (i, x) in wrt.iter().enumerate() {
        for (j, y) in wrt.iter().enumerate() {
            // Of a pair only one is stored; the other is written as its transpose.
            let block = match j.cmp(&i) {
                std::cmp::Ordering::Greater => written(arcs[j][i].as_ref().map(transpose), *x, *y),
                std::cmp::Ordering::Equal => written(arcs[i][i].clone(), *x, *y),
                std::cmp::Ordering::Less if x.dtype() == y.dtype() => mirrored(blocks[j][i], *y),
                std::cmp::Ordering::Less => written(arcs[i][j].clone(), *x, *y),
            };
            blocks[i].push(block);
        }
    }
    Ok(blocks)
}

fn written<'b>(map: Option<LinearMap<NodeId>>, x: Expr<'b>, y: Expr<'b>) -> Expr<'b> {
    match map {
        // Written from the side of fewer elements, it may come out in that side's dtype.
        Some(map) => {
            x.builder().node(dense(x.builder(), &map)).cast(y.dtype()).reshape_to(&block_shape(x, y))
        }
        None => y.number(0.0).broadcast_to(block_shape(x, y)),
    }
}

/// The block of a pair of variables from that of the same pair the other way round, in which `y` comes first.
fn mirrored<'b>(block: Expr<'b>, y: Expr<'b>) -> Expr<'b> {
    let (first, all) = (y.rank() as i64, block.rank() as i64);
    if first == 0 || first == all {
        return block;
    }
    let axes: Vec<i64> = (first..all).chain(0..first).collect();
    block.transpose(&axes)
}
