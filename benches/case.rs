//! A function with values at which its derivatives are costed and timed.

use crate::error::Error;
use crate::table::Table;
use wengert_diff::eliminate::Convention;
use wengert_diff::{Costs, DiffError, Directional, Mode, cost, jacobian, jvp, vjp};
use wengert_exec::{ExecError, Interpreter};
use wengert_expr::{Function, Type, Value};

/// A function, the variables to differentiate it by, and one value for each input in order.
#[derive(Clone, Debug)]
pub struct Case {
    /// What tables and benchmarks call it.
    pub name: String,
    /// The function.
    pub function: Function,
    /// The names of the variables.
    pub wrt: Vec<String>,
    /// One value for each input.
    pub values: Vec<Value>,
}

/// A function ready to run on its values.
#[derive(Clone, Debug)]
pub struct Prepared {
    interpreter: Interpreter,
    values: Vec<Value>,
}

impl Case {
    /// A function differentiated by all its float inputs.
    pub fn new(name: impl Into<String>, function: Function, values: Vec<Value>) -> Case {
        let floats = function.inputs().iter().filter(|i| i.ty.dtype.is_float());
        let wrt = floats.map(|i| i.name.clone()).collect();
        Case { name: name.into(), function, wrt, values }
    }

    /// The same function differentiated by these inputs only.
    pub fn with_respect_to(self, wrt: &[&str]) -> Case {
        Case { wrt: wrt.iter().map(|&w| w.to_owned()).collect(), ..self }
    }

    fn wrt(&self) -> Vec<&str> {
        self.wrt.iter().map(String::as_str).collect()
    }

    /// What each mode costs, counted before anything runs.
    ///
    /// # Errors
    /// When the function has no derivative.
    pub fn cost(&self) -> Result<Costs, DiffError> {
        cost(&self.function, &self.wrt())
    }

    /// The function itself.
    pub fn primal(&self) -> Prepared {
        self.prepare(&self.function, self.values.clone())
    }

    /// The whole derivative, in this mode.
    ///
    /// # Errors
    /// When the function has no derivative.
    pub fn jacobian(&self, mode: Mode) -> Result<Prepared, DiffError> {
        Ok(self.prepare(&jacobian(&self.function, &self.wrt(), mode)?, self.values.clone()))
    }

    /// One pass of forward mode: the tangent of ones.
    ///
    /// # Errors
    /// When the function has no derivative.
    pub fn forward_pass(&self) -> Result<Prepared, DiffError> {
        Ok(self.directional(&jvp(&self.function, &self.wrt())?))
    }

    /// One pass of reverse mode: the cotangent of ones.
    ///
    /// # Errors
    /// When the function has no derivative.
    pub fn reverse_pass(&self) -> Result<Prepared, DiffError> {
        Ok(self.directional(&vjp(&self.function, &self.wrt())?))
    }

    fn directional(&self, derivative: &Directional) -> Prepared {
        let inputs = &derivative.function.inputs()[self.values.len()..];
        let ones = |ty: &Type| Value::from_f64s(ty, &vec![1.0; ty.shape.elements()]);
        let directions = inputs.iter().map(|i| ones(&i.ty));
        self.prepare(&derivative.function, self.values.iter().cloned().chain(directions).collect())
    }

    fn prepare(&self, function: &Function, values: Vec<Value>) -> Prepared {
        Prepared { interpreter: Interpreter::new(function), values }
    }

    /// The counted costs of forward and reverse mode on these cases, one row each, and what they count.
    ///
    /// # Errors
    /// When a function has no derivative.
    pub fn cost_table(cases: &[Case]) -> Result<String, Error> {
        let mut table = Table::new(&[
            "function",
            "vertices",
            "edges",
            "forward passes",
            "forward products",
            "forward sums",
            "reverse passes",
            "reverse products",
            "reverse sums",
            "the cheaper",
        ]);
        for case in cases {
            let costs = case.cost()?;
            let counts =
                [&costs.forward, &costs.reverse].into_iter().flat_map(|m| [&m.passes, &m.products, &m.sums]);
            let sizes = [costs.vertices.to_string(), costs.edges.to_string()];
            let cells =
                std::iter::once(case.name.clone()).chain(sizes).chain(counts.map(ToString::to_string));
            table.row(cells.chain([costs.better_sweep().to_string()]).collect());
        }
        let convention = Convention::default();
        Ok(format!("{table}\nConvention: {convention}: {}.\n", convention.meaning()))
    }
}

impl Prepared {
    /// The function that runs.
    pub fn function(&self) -> &Function {
        self.interpreter.function()
    }

    /// Runs once.
    ///
    /// # Errors
    /// When an operation has no value for its operands.
    pub fn run(&self) -> Result<Vec<Value>, ExecError> {
        self.interpreter.run(&self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_expr::{Builder, DType};

    /// `x * y` and `sin(x)` at (2, 3).
    fn two_by_two() -> Case {
        let b = Builder::new();
        let [x, y] = ["x", "y"].map(|n| b.input(n, Type::scalar(DType::F64)));
        b.output("p", x * y);
        b.output("s", x.sin());
        Case::new("small", b.finish().unwrap(), vec![Value::scalar(2.0), Value::scalar(3.0)])
    }

    fn numbers(prepared: Result<Prepared, DiffError>) -> Vec<f64> {
        prepared.unwrap().run().unwrap().iter().map(|v| v.item().unwrap()).collect()
    }

    #[test]
    fn runs_its_derivatives() {
        let case = two_by_two();
        let slope = 2f64.cos();
        for mode in [Mode::Forward, Mode::Reverse] {
            assert_eq!(numbers(case.jacobian(mode)), [3.0, 2.0, slope, 0.0]);
        }
        assert_eq!(numbers(Ok(case.primal())), [6.0, 2f64.sin()]);
        assert_eq!(numbers(case.forward_pass()), [5.0, slope]);
        assert_eq!(numbers(case.reverse_pass()), [3.0 + slope, 2.0]);
        assert_eq!(numbers(case.with_respect_to(&["y"]).jacobian(Mode::Reverse)), [2.0, 0.0]);
    }

    #[test]
    fn costs_are_a_table_with_its_convention() {
        let text = Case::cost_table(&[two_by_two()]).unwrap();
        let row = text.lines().nth(2).unwrap();
        assert_eq!(row, "| small | 4 | 3 | 2 | 6 | 2 | 2 | 6 | 2 | reverse |");
        assert!(text.lines().last().unwrap().starts_with("Convention: free-units: "), "{text}");
    }
}
