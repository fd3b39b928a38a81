//! A function as a program that reads back as the same function: one statement for each live node, in arena order.
//!
//! Always holds: a name is bound before it is used, and means the same node until its last use; the time is linear and
//! the stack does not depend on the function. A NaN is written `nan`, whatever its sign and payload; a function without
//! outputs gives declarations alone, which are no program.

mod constant;
mod custom;
mod form;
mod names;
#[cfg(test)]
mod tests;
mod tuple;

pub(in crate::text) use names::is_fresh;

use crate::function::{Function, Output};
use crate::graph::{Graph, Input, NodeId, Role};
use form::Form;
use names::{Names, to_source};
use std::fmt::Write;
use thiserror::Error;

/// Why a function has no text form.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum PrintError {
    /// A derivative given to `custom` is a map that the language cannot write.
    #[error("the derivative of `{node}` with respect to operand {operand} has no text form")]
    Map {
        /// The node as [`describe`](crate::describe) prints it.
        node: String,
        /// Which operand, from 0.
        operand: usize,
    },
    /// The coefficients of the maps given to `custom` are not the node's last operands in order.
    #[error("the coefficients of `{node}` are not its last operands in order, which has no text form")]
    Coefficients {
        /// The node as [`describe`](crate::describe) prints it.
        node: String,
    },
}

/// The function as a program of the language. Dead nodes are left out, unused inputs are not.
///
/// ```
/// use wengert_expr::text::print;
/// use wengert_expr::{Builder, DType, Type};
/// let b = Builder::new();
/// let x = b.input("x", Type::new(DType::F64, [3]));
/// b.output("y", (x.sin() * x).named("p").sum(0));
/// assert_eq!(print(&b.finish()?)?, "\
/// input x: f64[3]
/// v0 = sin(x)
/// p = x * v0
/// v1 = sum(p, axis=(0,))
/// output y = v1
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When a derivative given to `custom` cannot be written.
pub fn print(function: &Function) -> Result<String, PrintError> {
    let live = function.live();
    let names = Names::new(function, &live);
    let graph = function.graph();
    let text = String::with_capacity(graph.len() * LINE);
    let mut printer = Printer { graph, names, text };
    if !graph.is_sharing() {
        printer.text.push_str("#! no-share\n");
    }
    for node in printer.names.first(&live) {
        printer.statement(node, 0)?;
    }
    for input in function.inputs() {
        printer.declaration(input);
    }
    for node in graph.nodes().filter(|n| live[n.index()]) {
        if printer.names.is_unbound(node) {
            printer.statement(node, node.index())?;
        }
    }
    for output in function.outputs() {
        printer.output(output);
    }
    Ok(printer.text)
}

/// Bytes of a usual statement.
const LINE: usize = 20;

struct Printer<'g> {
    graph: &'g Graph,
    names: Names<'g>,
    text: String,
}

impl Printer<'_> {
    fn declaration(&mut self, input: &Input) {
        self.bind(input.node, 0);
        let role = match input.role {
            Role::Input => "input",
            Role::Param => "param",
        };
        self.text.push_str(&format!("{role} {}: {}\n", self.names.operand(input.node), input.ty));
    }

    /// The statement of a node, after all that is made at earlier positions of the arena.
    fn statement(&mut self, node: NodeId, position: usize) -> Result<(), PrintError> {
        self.bind(node, position);
        let form = Form { graph: self.graph, names: &self.names, node };
        // Writing to a String cannot fail, so what failed is the form.
        writeln!(self.text, "{} = {form}", self.names.operand(node))
            .map_err(|_| custom::refusal(self.graph, node))
    }

    /// Gives a node its name. The node that has it so far gets another one, if it is still needed.
    fn bind(&mut self, node: NodeId, position: usize) {
        if let Some(old) = self.names.bind(node, position) {
            let alias = format!("{} = {}\n", self.names.operand(old), self.names.operand(node));
            self.text.push_str(&alias);
        }
    }

    fn output(&mut self, output: &Output) {
        let value = self.names.operand(output.node);
        let line = match &output.name {
            None => format!("output _ = {value}\n"),
            Some(name) if self.names.is_bound_to(output.node, name) => format!("output {value}\n"),
            // Bare, it would be an output without a name.
            Some(name) if name == "_" => format!("output `_` = {value}\n"),
            Some(name) => format!("output {} = {value}\n", to_source(name)),
        };
        self.text.push_str(&line);
    }
}
