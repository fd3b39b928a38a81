//! Derivatives of functions: a function in, a function out.
//!
//! The derivative's graph is the function's own, continued: its first nodes are the primal ones.

use crate::cost::Costs;
use crate::derive;
use crate::eliminate::{Convention, Step};
use crate::error::DiffError;
use crate::mode::Mode;
use crate::taylor::derivatives;
use wengert_expr::{Builder, Expr, Function};

/// The nodes of a function as expressions of a builder that goes on writing its graph.
pub(crate) struct Open<'b> {
    pub(crate) outputs: Vec<Expr<'b>>,
    pub(crate) wrt: Vec<Expr<'b>>,
}

pub(crate) fn open<'b>(b: &'b Builder, f: &Function, wrt: &[&str]) -> Result<Open<'b>, DiffError> {
    let variable = |name: &&str| {
        let input = f.graph().input(name).ok_or_else(|| {
            let names: Vec<String> = f.inputs().iter().map(|i| format!("{:?}", i.name)).collect();
            DiffError::UnknownInput { name: (*name).to_owned(), inputs: names.join(", ") }
        })?;
        Ok(b.node(input.node))
    };
    let wrt = wrt.iter().map(variable).collect::<Result<_, DiffError>>()?;
    Ok(Open { outputs: f.outputs().iter().map(|o| b.node(o.node)).collect(), wrt })
}

pub(crate) fn reopened(f: &Function) -> Builder {
    Builder::on(f.graph().clone())
}

/// The one output of a function, which has to be a scalar float.
pub(crate) fn scalar_output<'b>(open: &Open<'b>, f: &Function) -> Result<Expr<'b>, DiffError> {
    let [output] = open.outputs[..] else {
        return Err(DiffError::NotOneOutput { found: open.outputs.len() });
    };
    if output.rank() != 0 {
        return Err(DiffError::NotScalar { name: format!("{:?}", f.output_name(0)), shape: output.shape() });
    }
    Ok(output)
}

/// The names of all float inputs: what a function is differentiated with respect to if nothing is said.
pub fn float_inputs(f: &Function) -> Vec<&str> {
    f.inputs().iter().filter(|i| i.ty.dtype.is_float()).map(|i| i.name.as_str()).collect()
}

/// The gradient of a function with one scalar output: outputs named like the variables.
///
/// # Errors
/// Unknown variables, and as [`gradient`](crate::gradient).
pub fn grad(f: &Function, wrt: &[&str], mode: Mode) -> Result<Function, DiffError> {
    with_gradient(f, wrt, mode, false)
}

/// The value and the gradient: the function's output, then outputs named like the variables.
///
/// # Errors
/// As [`grad`].
pub fn value_and_grad(f: &Function, wrt: &[&str], mode: Mode) -> Result<Function, DiffError> {
    with_gradient(f, wrt, mode, true)
}

fn with_gradient(f: &Function, wrt: &[&str], mode: Mode, value: bool) -> Result<Function, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let output = scalar_output(&at, f)?;
    let gradient = derive::gradient_in(output, &at.wrt, mode)?;
    if value {
        b.output_unnamed(output);
    }
    for (name, g) in wrt.iter().zip(gradient) {
        b.output(*name, g);
    }
    Ok(b.finish()?)
}

/// All derivatives of all outputs: for each output in order, and each variable in order, an output `output/variable` of
/// the output's shape followed by the variable's.
///
/// # Errors
/// Unknown variables, and as [`jacobian`](crate::derive::jacobian).
pub fn jacobian(f: &Function, wrt: &[&str], mode: Mode) -> Result<Function, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let blocks = derive::jacobian(&at.outputs, &at.wrt, mode)?;
    name_blocks(&b, f, wrt, blocks);
    Ok(b.finish()?)
}

/// As [`jacobian`], accumulated in this order of elimination.
///
/// # Errors
/// As [`jacobian`], and an order that eliminates what it cannot or leaves something.
pub fn jacobian_in_order(f: &Function, wrt: &[&str], order: &[Step]) -> Result<Function, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let blocks = derive::jacobian_in_order(&at.outputs, &at.wrt, order)?;
    name_blocks(&b, f, wrt, blocks);
    Ok(b.finish()?)
}

/// The name of a block; names with a slash stand in backquotes, so that no two blocks have the same.
pub(crate) fn block_name(row: &str, column: &str) -> String {
    let quoted = |name: &str| if name.contains('/') { format!("`{name}`") } else { name.to_owned() };
    format!("{}/{}", quoted(row), quoted(column))
}

fn name_blocks<'b>(b: &'b Builder, f: &Function, wrt: &[&str], blocks: Vec<Vec<Expr<'b>>>) {
    for (o, row) in blocks.into_iter().enumerate() {
        for (name, block) in wrt.iter().zip(row) {
            b.output(block_name(&f.output_name(o), name), block);
        }
    }
}

/// A function with directions as further inputs.
#[derive(Clone, Debug)]
pub struct Directional {
    /// The function; its inputs are the original ones and then the directions.
    pub function: Function,
    /// The names of the directions, in the order of what they belong to.
    pub directions: Vec<String>,
}

/// Tangents of the outputs, named like them, from tangents of the variables, which are further inputs.
///
/// # Errors
/// Unknown variables, and as [`jvp`](crate::derive::jvp).
pub fn jvp(f: &Function, wrt: &[&str]) -> Result<Directional, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let (directions, tangents) = declare(&b, wrt.iter().map(|w| format!("tangent of {w}")), &at.wrt);
    for (o, t) in derive::jvp(&at.outputs, &at.wrt, &tangents)?.into_iter().enumerate() {
        b.output(f.output_name(o), t);
    }
    Ok(Directional { function: b.finish()?, directions })
}

/// Cotangents of the variables, named like them, from cotangents of the outputs, which are further inputs.
///
/// # Errors
/// Unknown variables, and as [`vjp`](crate::derive::vjp).
pub fn vjp(f: &Function, wrt: &[&str]) -> Result<Directional, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let names = (0..f.outputs().len()).map(|o| format!("cotangent of {}", f.output_name(o)));
    let (directions, cotangents) = declare(&b, names, &at.outputs);
    for (name, t) in wrt.iter().zip(derive::vjp(&at.outputs, &cotangents, &at.wrt)?) {
        b.output(*name, t);
    }
    Ok(Directional { function: b.finish()?, directions })
}

/// The Hessian of a scalar function times a direction, without the Hessian: forward over reverse. Outputs are named like
/// the variables, the direction's parts are further inputs.
///
/// Cost: a small constant times that of the function.
///
/// # Errors
/// As [`grad`].
pub fn hvp(f: &Function, wrt: &[&str]) -> Result<Directional, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let gradient = derive::gradient(scalar_output(&at, f)?, &at.wrt)?;
    let (directions, tangents) = declare(&b, wrt.iter().map(|w| format!("tangent of {w}")), &at.wrt);
    for (name, t) in wrt.iter().zip(derive::jvp(&gradient, &at.wrt, &tangents)?) {
        b.output(*name, t);
    }
    Ok(Directional { function: b.finish()?, directions })
}

/// Declares one input of the type of each expression, under the name given or one like it that is free.
fn declare<'b>(
    b: &'b Builder,
    names: impl Iterator<Item = String>,
    like: &[Expr<'b>],
) -> (Vec<String>, Vec<Expr<'b>>) {
    let free = |mut name: String| {
        while b.read(|g| g.input(&name).is_some()) {
            name.push('\'');
        }
        name
    };
    let declared = names.zip(like).map(|(name, e)| {
        let name = free(name);
        (name.clone(), b.input(name, e.ty()))
    });
    declared.unzip()
}

/// A scalar function of a scalar and its derivatives up to an order, from one sweep of truncated series: outputs `f`, `f'`,
/// `f''`, and so on without names.
///
/// # Errors
/// An output or a variable that is not a scalar float, and as [`grad`].
pub fn taylor(f: &Function, wrt: &str, order: usize) -> Result<Function, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, &[wrt])?;
    let x = at.wrt[0];
    if x.rank() != 0 {
        return Err(DiffError::NotScalarInput { name: format!("{wrt:?}"), shape: x.shape() });
    }
    for derivative in derivatives(scalar_output(&at, f)?, x, order)? {
        b.output_unnamed(derivative);
    }
    Ok(b.finish()?)
}

/// What each mode costs on a function, products by exact 1 and -1 being free.
///
/// # Errors
/// Unknown variables, variables or outputs that are not floats, an operation without a derivative.
pub fn cost(f: &Function, wrt: &[&str]) -> Result<Costs, DiffError> {
    cost_in(f, wrt, Convention::default())
}

/// What each mode costs on a function, in this convention.
///
/// # Errors
/// As [`cost`].
pub fn cost_in(f: &Function, wrt: &[&str], convention: Convention) -> Result<Costs, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    derive::cost(&at.outputs, &at.wrt, convention)?.ok_or(DiffError::NoVariable)
}
