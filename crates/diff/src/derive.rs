//! Derivatives of expressions, written into the graph of their own builder.

use crate::algebra::dense;
use crate::compress::Plan;
use crate::cost::{Costs, costs};
use crate::edge_list::EdgeList;
use crate::eliminate::{Budget, Convention, Found, Problem, Step, accumulate, search};
use crate::error::DiffError;
use crate::linearize::Linearized;
use crate::mode::Mode;
use crate::paths::path_sum;
use crate::predict::{Choice, choose_between};
use crate::sweep::{basis, pull_back, push_forward};
use crate::tangent::Tangent;
use wengert_expr::{Builder, Expr, LinearMap, NodeId, Type};

/// The gradient of a scalar expression, in reverse mode: one expression of the shape of each variable, zeros for one
/// that the output does not depend on.
///
/// Cost: a small constant times that of the output itself, however many variables there are.
///
/// ```
/// use wengert_diff::gradient;
/// use wengert_expr::{Builder, DType, Type};
/// let b = Builder::new();
/// let x = b.input("x", Type::new(DType::F64, [3]));
/// let g = gradient((x * x).sum(..), &[x])?;
/// assert_eq!(g[0].shape(), x.shape());
/// # Ok::<(), wengert_diff::DiffError>(())
/// ```
///
/// # Errors
/// An output that is not a scalar or not a float, a variable that is not a float, an operation without a derivative, or
/// an earlier mistake in the builder.
pub fn gradient<'b>(output: Expr<'b>, wrt: &[Expr<'b>]) -> Result<Vec<Expr<'b>>, DiffError> {
    gradient_in(output, wrt, Mode::Reverse)
}

/// The gradient of a scalar expression in any mode.
///
/// # Errors
/// As [`gradient`]; in mode `paths` also when there are too many.
pub fn gradient_in<'b>(output: Expr<'b>, wrt: &[Expr<'b>], mode: Mode) -> Result<Vec<Expr<'b>>, DiffError> {
    check_built(output)?;
    if output.rank() != 0 {
        return Err(DiffError::NotScalar { name: name_of(output), shape: output.shape() });
    }
    Ok(jacobian(&[output], wrt, mode)?.into_iter().flatten().collect())
}

/// Tangents of the outputs from tangents of the variables: one forward sweep.
///
/// # Errors
/// Tangents that are not as many as the variables or of other types, variables or outputs that are not floats, an
/// operation without a derivative.
pub fn jvp<'b>(
    outputs: &[Expr<'b>],
    wrt: &[Expr<'b>],
    tangents: &[Expr<'b>],
) -> Result<Vec<Expr<'b>>, DiffError> {
    check_variables(outputs, wrt)?;
    check_directions("tangent", wrt, tangents)?;
    let Some(edges) = EdgeList::between(outputs, wrt)? else { return Ok(Vec::new()) };
    let seeds: Vec<_> = tangents.iter().map(|&t| Some(Tangent::of(t))).collect();
    let moved = |b: &'b Builder| push_forward(b, &edges, &seeds, None);
    Ok(outputs
        .iter()
        .zip(outputs.first().map_or_else(Vec::new, |o| moved(o.builder())))
        .map(|(o, t)| settle(t, *o))
        .collect())
}

/// Cotangents of the variables from cotangents of the outputs: one reverse sweep.
///
/// # Errors
/// Cotangents that are not as many as the outputs or of other types, variables or outputs that are not floats, an
/// operation without a derivative.
pub fn vjp<'b>(
    outputs: &[Expr<'b>],
    cotangents: &[Expr<'b>],
    wrt: &[Expr<'b>],
) -> Result<Vec<Expr<'b>>, DiffError> {
    check_variables(outputs, wrt)?;
    check_directions("cotangent", outputs, cotangents)?;
    let Some(edges) = EdgeList::between(outputs, wrt)? else { return Ok(Vec::new()) };
    let seeds: Vec<_> = cotangents.iter().map(|&t| Some(Tangent::of(t))).collect();
    let moved = |b: &'b Builder| pull_back(b, &edges, &seeds, None);
    Ok(wrt
        .iter()
        .zip(wrt.first().map_or_else(Vec::new, |v| moved(v.builder())))
        .map(|(v, t)| settle(t, *v))
        .collect())
}

/// For each output and each variable the whole derivative, of the shape of the output followed by that of the variable.
///
/// A block has the dtype of the variable, in every mode. Forward mode takes one stack of tangents for each variable, reverse mode one stack of cotangents for each output.
///
/// # Errors
/// Variables or outputs that are not floats, an operation without a derivative, in mode `paths` too many of them.
pub fn jacobian<'b>(
    outputs: &[Expr<'b>],
    wrt: &[Expr<'b>],
    mode: Mode,
) -> Result<Vec<Vec<Expr<'b>>>, DiffError> {
    check_variables(outputs, wrt)?;
    if mode == Mode::Auto {
        return match choose_between(outputs, wrt)? {
            Choice { mode: Mode::Cross, order: Some(order), .. } => jacobian_in_order(outputs, wrt, &order),
            Choice { mode: Mode::Auto, .. } => jacobian(outputs, wrt, Mode::Reverse),
            Choice { mode, .. } => jacobian(outputs, wrt, mode),
        };
    }
    let Some(edges) = EdgeList::between(outputs, wrt)? else { return Ok(Vec::new()) };
    let Some(b) = outputs.first().map(|o| o.builder()) else { return Ok(Vec::new()) };
    match mode {
        Mode::Forward => Ok(by_columns(b, &edges, outputs, wrt)),
        Mode::Auto | Mode::Reverse => Ok(by_rows(b, &edges, outputs, wrt)),
        Mode::Cross => {
            let linear = Linearized::from(edges);
            let problem = b.read(|g| Problem::new(g, &linear, Convention::Flops));
            let order = cross_order(&problem).order;
            Ok(blocks(b, &accumulate(b, &linear, &order)?, outputs, wrt))
        }
        Mode::Compressed => Ok(Plan::jacobian(b, outputs, wrt, &[])?.blocks()),
        Mode::Paths => Ok(blocks(b, &path_sum(b, &Linearized::from(edges))?, outputs, wrt)),
    }
}

/// For each output and each variable the whole derivative, accumulated in this order of elimination.
///
/// # Errors
/// As [`jacobian`], and an order that eliminates what it cannot or leaves something.
pub fn jacobian_in_order<'b>(
    outputs: &[Expr<'b>],
    wrt: &[Expr<'b>],
    order: &[Step],
) -> Result<Vec<Vec<Expr<'b>>>, DiffError> {
    check_variables(outputs, wrt)?;
    let Some(linear) = Linearized::between(outputs, wrt)? else { return Ok(Vec::new()) };
    let Some(b) = outputs.first().map(|o| o.builder()) else { return Ok(Vec::new()) };
    Ok(blocks(b, &accumulate(b, &linear, order)?, outputs, wrt))
}

/// How many orders mode `cross` looks at: less than a tenth of a second on graphs of a hundred scalars. Counted in steps, so that
/// the same graph gives the same derivative on every machine.
const CROSS_STEPS: u64 = 20_000;

/// The same on graphs of arrays, where a step costs much more and few vertices leave few orders.
const CROSS_STEPS_ON_ARRAYS: u64 = 1_000;

/// The order of mode `cross`: that of the fewest products and sums, units being free.
pub(crate) fn cross_order(problem: &Problem) -> Found {
    let size = 1 + problem.vertices() as u64 / 100;
    let steps = if problem.is_scalar() { CROSS_STEPS } else { CROSS_STEPS_ON_ARRAYS };
    search(problem, Budget::steps(steps / size), 0)
}

/// What each mode would cost on these expressions.
///
/// # Errors
/// Variables or outputs that are not floats, an operation without a derivative.
pub fn cost<'b>(
    outputs: &[Expr<'b>],
    wrt: &[Expr<'b>],
    convention: Convention,
) -> Result<Option<Costs>, DiffError> {
    check_variables(outputs, wrt)?;
    let Some(linear) = Linearized::between(outputs, wrt)? else { return Ok(None) };
    let count = |b: &Builder| b.read(|g| costs(g, &linear, elements(wrt), elements(outputs), convention));
    Ok(outputs.first().map(|o| count(o.builder())))
}

pub(crate) fn elements(es: &[Expr<'_>]) -> u64 {
    es.iter().map(|e| e.shape().elements() as u64).sum()
}

fn by_columns<'b>(
    b: &'b Builder,
    edges: &EdgeList,
    outputs: &[Expr<'b>],
    wrt: &[Expr<'b>],
) -> Vec<Vec<Expr<'b>>> {
    let mut rows = vec![Vec::new(); outputs.len()];
    for (i, variable) in wrt.iter().enumerate() {
        let (seed, stack) = basis(b, &variable.ty());
        let mut seeds = vec![None; wrt.len()];
        seeds[i] = Some(seed);
        for ((row, t), output) in rows.iter_mut().zip(push_forward(b, edges, &seeds, stack)).zip(outputs) {
            let block = column_to_block(stacked(t, *output, stack), *output, *variable, stack);
            row.push(block.cast(variable.dtype()));
        }
    }
    rows
}

fn by_rows<'b>(
    b: &'b Builder,
    edges: &EdgeList,
    outputs: &[Expr<'b>],
    wrt: &[Expr<'b>],
) -> Vec<Vec<Expr<'b>>> {
    let row = |(o, output): (usize, &Expr<'b>)| {
        let (seed, stack) = basis(b, &output.ty());
        let mut seeds = vec![None; outputs.len()];
        seeds[o] = Some(seed);
        let blocks = pull_back(b, edges, &seeds, stack).into_iter().zip(wrt);
        blocks.map(|(t, v)| stacked(t, *v, stack).reshape_to(&block_shape(*output, *v))).collect()
    };
    outputs.iter().enumerate().map(row).collect()
}

/// Whole derivatives as blocks of the shape of the output, then that of the variable.
fn blocks<'b>(
    b: &'b Builder,
    maps: &[Vec<Option<LinearMap<NodeId>>>],
    outputs: &[Expr<'b>],
    wrt: &[Expr<'b>],
) -> Vec<Vec<Expr<'b>>> {
    let block = |map: &Option<LinearMap<NodeId>>, output: Expr<'b>, variable: Expr<'b>| match map {
        Some(map) => b.node(dense(b, map)).cast(variable.dtype()).reshape_to(&block_shape(output, variable)),
        None => variable.number(0.0).broadcast_to(block_shape(output, variable)),
    };
    let rows = maps.iter().zip(outputs);
    rows.map(|(row, o)| row.iter().zip(wrt).map(|(m, v)| block(m, *o, *v)).collect()).collect()
}

/// A stack of tangents of the output, its axis in front, as a block with the variable's axes behind.
fn column_to_block<'b>(t: Expr<'b>, output: Expr<'b>, variable: Expr<'b>, stack: Option<usize>) -> Expr<'b> {
    if stack.is_none() {
        return t;
    }
    let axes: Vec<i64> = (1..=output.rank() as i64).chain([0]).collect();
    t.transpose(&axes).reshape_to(&block_shape(output, variable))
}

pub(crate) fn block_shape(output: Expr<'_>, variable: Expr<'_>) -> wengert_expr::Shape {
    output.shape().iter().chain(variable.shape().iter()).copied().collect()
}

/// What a direction stands for, as an expression; zeros for none.
pub(crate) fn settle<'b>(t: Option<Tangent<'b>>, like: Expr<'b>) -> Expr<'b> {
    stacked(t, like, None)
}

pub(crate) fn stacked<'b>(t: Option<Tangent<'b>>, like: Expr<'b>, stack: Option<usize>) -> Expr<'b> {
    let ty = like.ty();
    let ty = Type { shape: stack.map_or_else(|| ty.shape.clone(), |n| ty.shape.stacked(n)), ..ty };
    match t {
        Some(t) => t.settled(like, &ty),
        None => like.number(0.0).broadcast_to(ty.shape),
    }
}

fn check_built(e: Expr<'_>) -> Result<(), DiffError> {
    e.builder().error().map_or(Ok(()), |error| Err(error.into()))
}

pub(crate) fn check_variables(outputs: &[Expr<'_>], wrt: &[Expr<'_>]) -> Result<(), DiffError> {
    for e in outputs.iter().chain(wrt) {
        check_built(*e)?;
    }
    if let Some(v) = wrt.iter().find(|v| !v.dtype().is_float()) {
        return Err(DiffError::NotFloatInput { name: name_of(*v), dtype: v.dtype() });
    }
    if let Some(o) = outputs.iter().find(|o| !o.dtype().is_float()) {
        return Err(DiffError::NotFloatOutput { name: name_of(*o), dtype: o.dtype() });
    }
    Ok(())
}

fn check_directions(what: &'static str, of: &[Expr<'_>], directions: &[Expr<'_>]) -> Result<(), DiffError> {
    if of.len() != directions.len() {
        return Err(DiffError::Directions { what, expected: of.len(), found: directions.len() });
    }
    if let Some((e, d)) = of.iter().zip(directions).find(|(e, d)| e.ty() != d.ty()) {
        check_built(*d)?;
        return Err(DiffError::Direction { what, name: name_of(*e), expected: e.ty(), found: d.ty() });
    }
    Ok(())
}

/// The user's name of an expression, or its operation.
pub(crate) fn name_of(e: Expr<'_>) -> String {
    e.builder()
        .read(|g| g.name(e.id()).map_or_else(|| format!("`{}`", g.op(e.id()).name()), |n| format!("{n:?}")))
}
