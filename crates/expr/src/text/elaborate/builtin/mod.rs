//! The functions of the language, by family. The elementwise ones are read from the rows, so a new row is a function.

mod composite;
mod custom;
mod elementwise;
mod position;
mod product;
mod reduce;
mod shape;

use super::super::Span;
use super::super::diagnostic::Diagnostic;
use super::arguments::{Arguments, Given};
use super::item::Item;
use super::tree::Elaborator;
use crate::op::{Binary, Comparison, Unary};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// How a function with a signature makes its result.
pub(super) type Build = for<'a, 'p, 'b> fn(&Arguments<'a, 'p, 'b>) -> Result<Item<'b>, Diagnostic>;

/// A function of the language.
#[derive(Clone, Copy)]
pub(super) enum Builtin {
    Unary(Unary),
    Binary(Binary),
    Compare(Comparison),
    Function(&'static Function),
}

/// A function with parameters that have names.
pub(super) struct Function {
    name: &'static str,
    signature: &'static str,
    build: Build,
}

const fn function(name: &'static str, signature: &'static str, build: Build) -> Function {
    Function { name, signature, build }
}

static TABLE: LazyLock<FxHashMap<&'static str, Builtin>> = LazyLock::new(|| {
    let mut table = FxHashMap::default();
    table.extend(Unary::ALL.iter().map(|&op| (op.row().name, Builtin::Unary(op))));
    table.extend(Binary::ALL.iter().map(|&op| (op.row().name, Builtin::Binary(op))));
    table.extend(Comparison::ALL.iter().map(|&op| (op.row().name, Builtin::Compare(op))));
    let families = [
        elementwise::FUNCTIONS,
        reduce::FUNCTIONS,
        shape::FUNCTIONS,
        position::FUNCTIONS,
        product::FUNCTIONS,
        composite::FUNCTIONS,
        custom::FUNCTIONS,
    ];
    table.extend(families.into_iter().flatten().map(|f| (f.name, Builtin::Function(f))));
    for (alias, name) in elementwise::ALIASES {
        if let Some(&builtin) = table.get(name) {
            table.insert(alias, builtin);
        }
    }
    table
});

/// The function of this name.
pub(super) fn find(name: &str) -> Option<Builtin> {
    TABLE.get(name).copied()
}

/// The names of all functions.
pub(super) fn names<'a>() -> impl Iterator<Item = &'a str> {
    TABLE.keys().copied()
}

impl Builtin {
    /// The result of a call.
    pub(super) fn call<'b>(
        self,
        elaborator: &Elaborator<'_, 'b>,
        name: &str,
        mut given: Vec<Given<'b>>,
        at: Span,
    ) -> Result<Item<'b>, Diagnostic> {
        let bind = |signature, given| Arguments::bind(elaborator, name, signature, given, at);
        match self {
            Builtin::Unary(op) => {
                let args = bind("x", given)?;
                args.result(args.array("x")?.unary(op))
            }
            Builtin::Binary(op) => {
                let args = bind("a, b", given)?;
                let (a, b) = args.pair("a", "b")?;
                args.result(a.binary(op, b))
            }
            Builtin::Compare(op) => {
                let args = bind("a, b", given)?;
                let (a, b) = args.pair("a", "b")?;
                args.result(a.compare(op, b))
            }
            Builtin::Function(f) => {
                // `x.reshape(2, 3)` and `x.transpose(1, 0)`: integers in a row are one tuple.
                if shape::TAKES_A_ROW.contains(&f.name)
                    && given.len() > 2
                    && given.iter().all(|g| g.keyword.is_none())
                {
                    let row: Vec<Given<'b>> = given.drain(1..).collect();
                    let span = row.iter().map(|g| g.span).reduce(Span::to).unwrap_or(at);
                    let items = row.into_iter().map(|g| g.item).collect();
                    given.push(Given { keyword: None, item: Item::Sequence(items), span });
                }
                (f.build)(&bind(f.signature, given)?)
            }
        }
    }
}
