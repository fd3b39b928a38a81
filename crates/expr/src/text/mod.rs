//! The language as text: from a source to its syntax tree, with errors that point at the place.

mod arguments;
pub mod ast;
mod bracket;
mod diagnostic;
mod elaborate;
mod excerpt;
mod expression;
mod index;
mod input;
mod lexer;
mod list;
mod names;
mod operator;
mod parser;
mod print;
mod quote;
mod span;
mod statement;
mod suggest;
mod token;
mod unexpected;

pub use diagnostic::Diagnostic;
pub use elaborate::{Options, Undeclared, parse};
pub use lexer::MAX_NESTING;
pub use names::{NameId, Names};
pub use parser::parse_program;
pub use print::{PrintError, print};
pub use quote::{name_to_source, text_to_source};
pub use span::Span;
pub use suggest::suggest;
