//! A row: everything that is known about one operation, in one place.
//!
//! Engines read rows and name no operation. A row that is missing does not compile; a row's claims are tested by the
//! walk over all of them in `tests/it/rows.rs`.

use crate::NodeId;
use crate::error::{EvalError, OpError};
use crate::map::Local;
use crate::op::Op;
use crate::rule::Rule;
use crate::ty::Type;
use crate::value::Value;
use crate::work::{self, WorkRule};
use std::cmp::Ordering;
use std::fmt;

/// How many operands an operation takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arity {
    /// Just so many.
    Exactly(usize),
    /// So many or more.
    AtLeast(usize),
}

impl Arity {
    /// True if it takes `n` operands.
    pub fn accepts(self, n: usize) -> bool {
        match self {
            Arity::Exactly(k) => n == k,
            Arity::AtLeast(k) => n >= k,
        }
    }
}

impl fmt::Display for Arity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, k) = match self {
            Arity::Exactly(k) => ("", k),
            Arity::AtLeast(k) => ("at least ", k),
        };
        write!(f, "{words}{k} operand{}", if *k == 1 { "" } else { "s" })
    }
}

/// The derivative with respect to one operand.
pub type MapRule = fn(&Rule<'_>) -> Local<NodeId>;

/// The derivatives with respect to every operand.
#[derive(Clone, Copy)]
pub enum Maps {
    /// One rule for each operand.
    Of(&'static [MapRule]),
    /// One rule for all operands, however many; it asks which one is meant.
    Each(MapRule),
}

/// The function of one element, for operations that work element by element.
#[derive(Clone, Copy)]
pub enum Kernel {
    /// Not such an operation.
    None,
    /// Of one element. An `f32` is computed in `f64` and rounded, which for `+ - * /` and the square root is exact rounding.
    Unary(fn(f64) -> f64),
    /// Of one element, floats or integers.
    UnaryInt(fn(f64) -> f64, fn(i64) -> i64),
    /// Of one float, giving a truth value.
    Test(fn(f64) -> bool),
    /// Of one truth value.
    Not,
    /// Of two floats.
    Binary(fn(f64, f64) -> f64),
    /// Of two floats or two integers.
    BinaryInt(fn(f64, f64) -> f64, fn(i64, i64) -> Result<i64, EvalError>),
    /// Of two truth values.
    Logic(fn(bool, bool) -> bool),
    /// Of how two elements of any dtype compare; `None` is unordered.
    Compare(fn(Option<Ordering>) -> bool),
}

/// All that is known about one operation.
pub struct Row {
    /// Its name in the language and in pictures.
    pub name: &'static str,
    /// How many operands it takes.
    pub arity: Arity,
    /// Its operands may change places: the graph keeps the older one first.
    pub commutative: bool,
    /// The type of its result, or why there is none.
    pub infer: fn(&Op, &[&Type]) -> Result<Type, OpError>,
    /// Its reference value: plain, slow and right.
    pub eval: fn(&Op, &[&Value], &Type) -> Result<Value, EvalError>,
    /// Its function of one element.
    pub kernel: Kernel,
    /// Its derivatives, one linear map for each operand.
    pub maps: Maps,
    /// Its arithmetic.
    pub work: WorkRule,
    /// For an operation that is linear in its first operand and moves elements: the same on a stack of them.
    pub lift: Option<fn(&Op, usize) -> Op>,
    /// Where each operand lies well inside the domain: an interval to test in.
    pub domain: &'static [(f64, f64)],
    /// Points at which the derivative is tested beside random ones: edges, tails and kinks, by operand.
    pub points: &'static [&'static [f64]],
    /// What happens at kinks, ties and edges.
    pub kinks: &'static str,
}

impl Row {
    /// The rule for this operand.
    pub fn rule(&self, operand: usize) -> Option<MapRule> {
        match self.maps {
            Maps::Of(rules) => rules.get(operand).copied(),
            Maps::Each(rule) => Some(rule),
        }
    }

    /// This row with an interval for each operand.
    pub const fn within(mut self, domain: &'static [(f64, f64)]) -> Row {
        self.domain = domain;
        self
    }

    /// This row with points to test at.
    pub const fn at(mut self, points: &'static [&'static [f64]]) -> Row {
        self.points = points;
        self
    }

    /// This row with a word on kinks and ties.
    pub const fn kinks(mut self, kinks: &'static str) -> Row {
        self.kinks = kinks;
        self
    }

    /// This row with its arithmetic.
    pub const fn working(mut self, work: WorkRule) -> Row {
        self.work = work;
        self
    }

    /// This row for a structural operation.
    pub const fn lifted(mut self, lift: fn(&Op, usize) -> Op) -> Row {
        self.lift = Some(lift);
        self
    }

    /// A row for an operation that is not elementwise.
    pub const fn structural(
        name: &'static str,
        arity: Arity,
        infer: fn(&Op, &[&Type]) -> Result<Type, OpError>,
        eval: fn(&Op, &[&Value], &Type) -> Result<Value, EvalError>,
        maps: Maps,
    ) -> Row {
        let kernel = Kernel::None;
        Row {
            name,
            arity,
            commutative: false,
            infer,
            eval,
            kernel,
            maps,
            work: work::NOTHING,
            lift: None,
            domain: &[],
            points: &[],
            kinks: "",
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("name", &self.name).field("arity", &self.arity).finish_non_exhaustive()
    }
}
