//! Which node of a function first makes a number that is not finite, or larger than it should be.
//!
//! An infinity that no output sees, like that of a branch not taken, is no fault: from the first output that is not
//! finite the search goes back through operands that are not finite either, to a node all of whose operands are.

use crate::error::ExecError;
use crate::interpreter::Interpreter;
use std::fmt;
use wengert_expr::{Function, NodeId, Type, Value};

/// The numbers of an array, in short.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spread {
    /// The least of the finite ones; infinity where there are none.
    pub least: f64,
    /// The greatest of the finite ones; minus infinity where there are none.
    pub greatest: f64,
    /// How many are infinite.
    pub infinite: usize,
    /// How many are NaN.
    pub nan: usize,
}

impl Spread {
    fn of(value: &Value) -> Spread {
        let none = Spread { least: f64::INFINITY, greatest: f64::NEG_INFINITY, infinite: 0, nan: 0 };
        let add = |s: Spread, x: f64| match x {
            _ if x.is_nan() => Spread { nan: s.nan + 1, ..s },
            _ if x.is_infinite() => Spread { infinite: s.infinite + 1, ..s },
            _ => Spread { least: s.least.min(x), greatest: s.greatest.max(x), ..s },
        };
        match value {
            Value::Bool(t) => t.iter().fold(none, |s, &x| add(s, f64::from(u8::from(x)))),
            Value::I64(t) => t.iter().fold(none, |s, &x| add(s, x as f64)),
            Value::F32(t) => t.iter().fold(none, |s, &x| add(s, f64::from(x))),
            Value::F64(t) => t.iter().fold(none, |s, &x| add(s, x)),
        }
    }

    /// Whether there are finite numbers only.
    pub fn is_finite(&self) -> bool {
        self.infinite + self.nan == 0
    }

    /// Whether all numbers are finite and of a size up to the limit.
    fn is_within(&self, limit: f64) -> bool {
        self.is_finite() && self.greatest <= limit && self.least >= -limit
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |x: f64| {
            if x != 0.0 && !(1e-3..1e6).contains(&x.abs()) { format!("{x:.3e}") } else { format!("{x:.4}") }
        };
        let mut parts = Vec::new();
        if self.least == self.greatest {
            parts.push(short(self.least));
        } else if self.least < self.greatest {
            parts.push(format!("{} to {}", short(self.least), short(self.greatest)));
        }
        if self.infinite > 0 {
            parts.push(format!("{} infinite", self.infinite));
        }
        if self.nan > 0 {
            parts.push(format!("{} NaN", self.nan));
        }
        f.write_str(&parts.join(", "))
    }
}

/// A node that made a number that is not finite, or beyond a limit, of operands that are not.
#[derive(Clone, PartialEq, Debug)]
pub struct NotFiniteNode {
    /// The node.
    pub node: NodeId,
    /// Its operation.
    pub op: String,
    /// Its name, or that of the output that it is, if it has one.
    pub name: Option<String>,
    /// Its type.
    pub ty: Type,
    /// Its numbers.
    pub spread: Spread,
    /// Its operands, by name or operation, with their numbers.
    pub operands: Vec<(String, Spread)>,
}

impl fmt::Display for NotFiniteNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
        write!(f, "node {}{named} = {} {} ({})", self.node.index(), self.op, self.ty, self.spread)?;
        for (i, (name, spread)) in self.operands.iter().enumerate() {
            write!(f, "{} {name} in {spread}", if i == 0 { " of" } else { " and" })?;
        }
        Ok(())
    }
}

/// The node that first makes a number that is not finite and that an output shows, if there is one. An input that holds
/// such a number is such a node, too.
///
/// ```
/// use wengert_exec::first_not_finite;
/// use wengert_expr::{Builder, DType, Type, Value};
/// let b = Builder::new();
/// let x = b.input("x", Type::scalar(DType::F64));
/// b.output("y", x.exp().named("e") * 0.0);
/// let found = first_not_finite(&b.finish()?, &[Value::scalar(1e3)])?.unwrap();
/// assert_eq!(found.to_string(), r#"node 1 "e" = exp f64 (1 infinite) of x in 1000.0000"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// See [`Interpreter::run`].
pub fn first_not_finite(function: &Function, inputs: &[Value]) -> Result<Option<NotFiniteNode>, ExecError> {
    first_beyond(function, inputs, f64::INFINITY)
}

/// The same of numbers that are not finite or whose size is above a limit.
///
/// # Errors
/// See [`Interpreter::run`].
pub fn first_beyond(
    function: &Function,
    inputs: &[Value],
    limit: f64,
) -> Result<Option<NotFiniteNode>, ExecError> {
    let graph = function.graph();
    if inputs.len() != function.inputs().len() {
        return Err(ExecError::Count { expected: function.inputs().len(), found: inputs.len() });
    }
    let names = function.inputs().iter().map(|input| input.name.as_str());
    let named: Vec<(&str, Value)> = names.zip(inputs.iter().cloned()).collect();
    let mut spreads: Vec<Option<Spread>> = vec![None; graph.len()];
    Interpreter::new(function).run_watched(&named, |node, value| {
        spreads[node.index()] = Some(Spread::of(value));
    })?;
    let wrong = |node: &NodeId| spreads[node.index()].filter(|spread| !spread.is_within(limit));
    let Some(mut node) = function.outputs().iter().map(|o| o.node).find(|n| wrong(n).is_some()) else {
        return Ok(None);
    };
    while let Some(&operand) = graph.operands(node).iter().find(|o| wrong(o).is_some()) {
        node = operand;
    }
    let name = |node: NodeId| graph.name(node).map(str::to_owned);
    let shown = function.outputs().iter().find(|o| o.node == node).and_then(|o| o.name.clone());
    let operand = |&o: &NodeId| {
        let called = name(o).unwrap_or_else(|| format!("{} {}", graph.op(o).name(), o.index()));
        spreads[o.index()].map(|spread| (called, spread))
    };
    Ok(wrong(&node).map(|spread| NotFiniteNode {
        node,
        op: graph.op(node).name().to_owned(),
        name: name(node).or(shown),
        ty: graph.ty(node).clone(),
        spread,
        operands: graph.operands(node).iter().filter_map(operand).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_expr::{Builder, DType};

    #[test]
    fn the_cause_is_found_and_not_what_follows_or_hides() {
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F32, [2]));
        let hidden = x.exp();
        let safe = x.greater(x.number(50.0)).select(x, hidden);
        let bad = (safe - 100.0).log().named("cause");
        b.output("y", (bad * 2.0).exp());
        let f = b.finish().unwrap();
        let found = |x: Vec<f32>| first_not_finite(&f, &[Value::from(x)]).unwrap();
        let fault = found(vec![1e3, 200.0]);
        assert_eq!(fault, None);
        let fault = found(vec![60.0, 200.0]).unwrap();
        assert_eq!((fault.name.as_deref(), fault.op.as_str()), (Some("cause"), "log"));
        assert_eq!((fault.spread.nan, fault.operands[0].1.least), (1, -40.0));
        let input = found(vec![f32::NAN, 1.0]).unwrap();
        assert_eq!(input.name.as_deref(), Some("x"));
        assert!(first_not_finite(&f, &[]).is_err());
    }
}
