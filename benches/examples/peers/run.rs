//! How a function is run: the one place that knows the executor.

use crate::Outcome;
use wengert_exec::Interpreter;
use wengert_expr::{Function, Value};

/// What a compiled function may do.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    /// Only rewrites that keep every bit.
    #[expect(dead_code, reason = "the interpreter is always exact")]
    pub(crate) exact: bool,
    #[expect(dead_code, reason = "the interpreter has one thread")]
    pub(crate) threads: usize,
}

/// A function with places for its inputs and outputs, to be called again and again.
pub(crate) trait Run {
    /// Sets all inputs.
    fn load(&mut self, inputs: &[Value]);
    /// Runs on the inputs that are set.
    fn call(&mut self) -> Outcome<()>;
    /// Makes the first `count` outputs of the last call the first inputs of the next: a step of training.
    fn carry(&mut self, count: usize);
    /// The outputs of the last call.
    fn outputs(&self) -> Vec<Value>;
}

/// Makes a function ready to run.
pub(crate) fn compile(function: &Function, _: Settings) -> Outcome<impl Run + use<>> {
    Ok(Interpreted { interpreter: Interpreter::new(function), inputs: Vec::new(), outputs: Vec::new() })
}

struct Interpreted {
    interpreter: Interpreter,
    inputs: Vec<Value>,
    outputs: Vec<Value>,
}

impl Run for Interpreted {
    fn load(&mut self, inputs: &[Value]) {
        self.inputs = inputs.to_vec();
    }

    fn call(&mut self) -> Outcome<()> {
        self.outputs = self.interpreter.run(&self.inputs)?;
        Ok(())
    }

    fn carry(&mut self, count: usize) {
        self.inputs[..count].clone_from_slice(&self.outputs[..count]);
    }

    fn outputs(&self) -> Vec<Value> {
        self.outputs.clone()
    }
}
