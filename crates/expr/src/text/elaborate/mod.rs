//! From a syntax tree to a function: names resolved, literals rounded to the dtype they meet, functions inlined.

mod arguments;
mod array;
mod builtin;
mod item;
mod scope;
mod subscript;
mod tree;

use super::Span;
use super::ast::{Declaration, HeaderKind, Output, StatementKind, Tree, TypeExpr};
use super::diagnostic::Diagnostic;
use super::parser::parse_program;
use crate::builder::Builder;
use crate::function::Function;
use crate::graph::Role;
use crate::ty::{DType, Shape, Type};
use item::Item;
use tree::Elaborator;

/// What a program's text leaves open.
#[derive(Clone, Debug)]
pub struct Options {
    /// Types of names that the program does not declare. One that it does not use either becomes an input all the same.
    pub given: Vec<(String, Type)>,
    /// What a name is that is neither declared nor given.
    pub undeclared: Undeclared,
    /// The dtype of literals alone and of undeclared inputs.
    pub default_float: DType,
    /// Whether equal expressions are one node; a `#! no-share` header switches it off too.
    pub sharing: bool,
}

/// What a name is that nobody declares.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Undeclared {
    /// A scalar input of the default float type.
    #[default]
    Scalar,
    /// An error.
    Error,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            given: Vec::new(),
            undeclared: Undeclared::Scalar,
            default_float: DType::F64,
            sharing: true,
        }
    }
}

/// The function that a program defines.
///
/// ```
/// use wengert_expr::text::{Options, parse};
/// let f = parse("c = a + b; d = b + 1; e = c * d", &Options::default())?;
/// assert_eq!(f.inputs().len(), 2);
/// assert_eq!(f.output_name(0), "e");
/// # Ok::<(), wengert_expr::text::Diagnostic>(())
/// ```
///
/// # Errors
/// The first mistake, with its place.
pub fn parse(source: &str, options: &Options) -> Result<Function, Diagnostic> {
    let program = parse_program(source)?;
    let no_share = program.headers().iter().any(|h| h.kind == HeaderKind::NoShare);
    let b = if no_share || !options.sharing { Builder::without_sharing() } else { Builder::new() };
    Elaborator::new(&program, &b, options).run()?;
    b.finish().map_err(|error| Diagnostic::new(source, Span::new(0, 0), error.to_string()))
}

impl<'b> Elaborator<'_, 'b> {
    fn run(mut self) -> Result<(), Diagnostic> {
        let program = self.program;
        let mut any_output = false;
        let mut last = None;
        for statement in program.statements() {
            match &statement.kind {
                StatementKind::Declare { role, declarations } => self.declare(*role, declarations)?,
                StatementKind::Define { name, parameters, body } => self.define(*name, parameters, *body)?,
                StatementKind::Assign { name, value } => {
                    let item = self.tree(*value)?;
                    let text = program.name(name.name);
                    // A name that the printer made up for a node without one is no name of the node.
                    let item = if super::print::is_fresh(&program.source()[name.span.range()]) {
                        item
                    } else {
                        item.named(text)
                    };
                    self.scope.bind(name.name, item.clone());
                    last = Some((Some(program.name(name.name).to_owned()), item, statement.span));
                }
                StatementKind::Evaluate(value) => last = Some((None, self.tree(*value)?, statement.span)),
                StatementKind::Output(outputs) => {
                    any_output = true;
                    for output in outputs {
                        self.output(output)?;
                    }
                }
            }
        }
        if !any_output {
            let Some((name, item, at)) = last else {
                let at = program.statements().last().map_or(Span::new(0, 0), |s| s.span);
                let error = self.error(at, "the program has no output");
                return Err(error.help("end it with an expression or with `output NAME`"));
            };
            self.finish_output(name, &item, at)?;
        }
        self.declare_unused()
    }

    fn declare(&mut self, role: Role, declarations: &[Declaration]) -> Result<(), Diagnostic> {
        for declaration in declarations {
            let ty = declaration.ty.as_ref().map(|ty| self.written_type(ty)).transpose()?;
            for name in &declaration.names {
                let text = self.program.name(name.name);
                let given = || self.given(text).unwrap_or(Type::scalar(self.options.default_float));
                let ty = ty.clone().unwrap_or_else(given);
                self.input(name.name, ty, role, name.span)?;
            }
        }
        Ok(())
    }

    fn written_type(&self, ty: &TypeExpr) -> Result<Type, Diagnostic> {
        let name = self.program.name(ty.dtype.name);
        let dtype = DType::from_name(name).ok_or_else(|| {
            let error = self.error(ty.dtype.span, format!("unknown dtype `{name}`"));
            error.help("the dtypes are f64, f32, i64 and bool")
        })?;
        Ok(Type { dtype, shape: ty.sizes.iter().map(|(n, _)| *n).collect::<Shape>() })
    }

    fn output(&mut self, output: &Output) -> Result<(), Diagnostic> {
        let item = self.tree(output.value)?;
        let at = self.program.node(output.value.root).span;
        let name = match output.name {
            // `output _ = x` writes an output without a name.
            Some(name) if self.program.source()[name.span.range()] == *"_" => None,
            Some(name) => Some(name.name),
            None => self.bare_name(output.value),
        };
        self.finish_output(name.map(|n| self.program.name(n).to_owned()), &item, at)
    }

    fn bare_name(&self, tree: Tree) -> Option<super::NameId> {
        match self.program.node(tree.root).expr {
            super::ast::Expr::Name(name) => Some(name),
            _ => None,
        }
    }

    fn finish_output(&mut self, name: Option<String>, item: &Item<'b>, at: Span) -> Result<(), Diagnostic> {
        // Literals alone become the default float, rounded once.
        let e = match item.is_weak() {
            true => self.array_as(item, self.options.default_float, at)?,
            false => self.array(item, at)?,
        };
        match name {
            Some(name) => self.b.output(name, e),
            None => self.b.output_unnamed(e),
        }
        self.check(e, at)?;
        match self.b.error() {
            Some(error) => Err(self.error(at, error.to_string())),
            None => Ok(()),
        }
    }

    /// Inputs for the names that were given and not used: their gradient is zero.
    fn declare_unused(&mut self) -> Result<(), Diagnostic> {
        for (name, ty) in &self.options.given {
            let is_bound = self.scope.names().any(|n| self.program.name(n) == name);
            if !is_bound {
                let e = self.b.input(name.clone(), ty.clone());
                self.check(e, Span::new(0, 0))?;
            }
        }
        Ok(())
    }
}
