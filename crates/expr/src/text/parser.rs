//! From a source to its syntax tree.

use super::ast::Program;
use super::diagnostic::Diagnostic;
use super::input::{Builder, Failure, Input};
use super::lexer::tokens;
use super::names::Names;
use super::span::Span;
use super::statement::program;
use winnow::stream::TokenSlice;

/// Parses a program. The time is linear in the source, and the stack it takes does not depend on it.
///
/// # Errors
/// The first thing that is wrong with the syntax. Names, arities, shapes and dtypes are not looked at here.
pub fn parse_program(source: &str) -> Result<Program<'_>, Diagnostic> {
    let tokens = tokens(source)?;
    let builder = Builder { source, names: Names::default(), nodes: Vec::new() };
    let mut input = Input { input: TokenSlice::new(&tokens), state: builder };
    let parsed = program(&mut input);
    let Builder { source, names, nodes } = input.state;
    match parsed {
        Ok((headers, statements)) => Ok(Program { source, names, nodes, headers, statements }),
        Err(Failure::Wrong(diagnostic)) => Err(*diagnostic),
        Err(Failure::Mismatch) => Err(Diagnostic::new(source, Span::default(), "expected a program")),
    }
}

#[cfg(test)]
#[path = "parser_tests.rs"]
mod tests;
