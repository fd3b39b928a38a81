//! A rewrite as a row: what it looks for, what it puts there, and whether every bit stays.
//!
//! Elementwise rows are two texts in the language; what depends on shapes or axes is a function. Either kind has an
//! example, a program on which it fires and which is its test.

use super::kind::Behind;
use super::site::Site;
use wengert_expr::{DType, Expr, Op};

/// One rewrite.
pub struct Rule {
    /// Its name, unique among rules and passes.
    pub name: &'static str,
    /// What it looks for. In a pattern `c` and `d` are truth values, `k` and `l` numbers, other names anything.
    pub before: &'static str,
    /// What it puts there.
    pub after: &'static str,
    /// Whether every bit stays.
    pub holds: Holds,
    /// The elements for which it holds.
    pub on: Numbers,
    /// A program in which it fires; empty where `before` is one.
    pub example: &'static str,
    /// Where the inputs of the example lie when a relaxed row is tested.
    pub domain: (f64, f64),
    /// Whether the operations behind the root must have no other use, so that none is done twice.
    pub once: bool,
    pub(crate) rewrite: Rewrite,
}

/// What a rewrite keeps.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Holds {
    /// Every bit, but for which NaN it is.
    Exact,
    /// The value in exact arithmetic; off unless asked for.
    Relaxed {
        /// What may change.
        loses: &'static str,
        /// The greatest difference on its domain, relative to 1 plus the value.
        within: f64,
    },
}

/// The elements for which a rewrite holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Numbers {
    /// All that the operations take.
    All,
    /// Floats.
    Floats,
    /// Integers.
    Integers,
}

impl Numbers {
    pub(crate) fn contain(self, dtype: DType) -> bool {
        match self {
            Numbers::All => true,
            Numbers::Floats => dtype.is_float(),
            Numbers::Integers => dtype == DType::I64,
        }
    }
}

/// How a row is carried out.
#[derive(Clone, Copy)]
pub(crate) enum Rewrite {
    /// `before` and `after` are expressions.
    Pattern,
    /// Code, for the operations that `head` accepts, with such operands.
    Code { head: Kind, behind: Behind, apply: Apply },
}

/// Whether an operation is of some kind, whatever its attributes.
pub(crate) type Kind = fn(&Op) -> bool;

/// What stands for the root of a site, if the row fires there.
pub(crate) type Apply = for<'b> fn(&Site<'b>) -> Option<Expr<'b>>;

/// The difference that a few roundings make.
const ROUNDINGS: f64 = 1e-14;

impl Rule {
    /// A row of expressions that keeps every bit.
    pub(crate) const fn exact(name: &'static str, before: &'static str, after: &'static str) -> Rule {
        Rule {
            name,
            before,
            after,
            holds: Holds::Exact,
            on: Numbers::All,
            example: "",
            domain: (-3.0, 3.0),
            once: false,
            rewrite: Rewrite::Pattern,
        }
    }

    /// A row of expressions that may lose something.
    pub(crate) const fn relaxed(
        name: &'static str,
        before: &'static str,
        after: &'static str,
        loses: &'static str,
    ) -> Rule {
        Rule::exact(name, before, after).losing(loses)
    }

    /// A row in code that keeps every bit.
    pub(crate) const fn coded(
        name: &'static str,
        before: &'static str,
        after: &'static str,
        head: Kind,
        behind: Behind,
        apply: Apply,
        example: &'static str,
    ) -> Rule {
        let mut rule = Rule::exact(name, before, after);
        rule.rewrite = Rewrite::Code { head, behind, apply };
        rule.example = example;
        rule
    }

    pub(crate) const fn losing(mut self, loses: &'static str) -> Rule {
        self.holds = Holds::Relaxed { loses, within: ROUNDINGS };
        self
    }

    pub(crate) const fn on(mut self, on: Numbers) -> Rule {
        self.on = on;
        self
    }

    pub(crate) const fn within(mut self, low: f64, high: f64) -> Rule {
        self.domain = (low, high);
        self
    }

    /// This row only where the operations behind the root have no other use.
    pub(crate) const fn once(mut self) -> Rule {
        self.once = true;
        self
    }

    /// True if every bit stays.
    pub fn is_exact(&self) -> bool {
        self.holds == Holds::Exact
    }
}
