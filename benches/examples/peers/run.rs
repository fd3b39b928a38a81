//! How a function is run: the one place that knows the executor.

use crate::Outcome;
use wengert_exec::{ArrayMut, ArrayRef, CompileOptions, Executable, Session};
use wengert_expr::{Function, Value};

/// What a compiled function may do.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    /// Only rewrites that keep every bit.
    pub(crate) exact: bool,
    pub(crate) threads: usize,
    /// How many inputs are state, replaced by as many outputs: a step of training.
    pub(crate) carry: usize,
}

/// A function with places for its inputs and outputs, to be called again and again.
pub(crate) struct Run {
    executable: &'static Executable,
    session: Session<'static>,
    carry: usize,
    inputs: Vec<Value>,
    /// State first.
    outputs: Vec<Value>,
}

/// Makes a function ready to run. What is compiled stays until the process ends.
pub(crate) fn compile(function: &Function, settings: Settings) -> Outcome<Run> {
    let options = if settings.exact { CompileOptions::default() } else { CompileOptions::relaxed() };
    let options = options.carry(settings.carry).threads(settings.threads);
    let executable: &'static Executable = Box::leak(Box::new(wengert_exec::compile(function, &options)?));
    if std::env::var_os("PEERS_PLAN").is_some() {
        eprintln!("{}{:?}", executable.plan_text(), executable.phases());
    }
    let types = function.outputs().iter().map(|o| function.graph().ty(o.node));
    let outputs = types.map(Value::zeros).collect();
    Ok(Run { executable, session: executable.session(), carry: settings.carry, inputs: Vec::new(), outputs })
}

impl Run {
    /// Sets all inputs, state first.
    pub(crate) fn load(&mut self, inputs: &[Value]) -> Outcome<()> {
        let (state, rest) = inputs.split_at(self.carry);
        self.outputs[..self.carry].clone_from_slice(state);
        self.inputs = rest.to_vec();
        self.profile()
    }

    /// Where the time goes, if the environment asks.
    fn profile(&self) -> Outcome<()> {
        if std::env::var_os("PEERS_PROFILE").is_some() {
            let all = [&self.outputs[..self.carry], &self.inputs].concat();
            let profile = self.executable.profile(&all, 100)?;
            for step in &profile.steps {
                eprintln!("{:9.2} us {:9.2}  {}", step.seconds * 1e6, step.predicted * 1e6, step.text);
            }
            eprintln!("{:9.2} us {:9.2}", profile.seconds * 1e6, profile.predicted() * 1e6);
        }
        Ok(())
    }

    /// Runs on the inputs that are set.
    pub(crate) fn call(&mut self) -> Outcome<()> {
        self.steps(1)
    }

    /// Runs so many times, each time on the state that the last one left.
    pub(crate) fn steps(&mut self, count: usize) -> Outcome<()> {
        let arguments: Vec<ArrayRef<'_>> = self.inputs.iter().map(ArrayRef::from).collect();
        let mut results: Vec<ArrayMut<'_>> = self.outputs.iter_mut().map(ArrayMut::from).collect();
        let (state, rest) = results.split_at_mut(self.carry);
        Ok(self.session.steps(count, state, &arguments, rest)?)
    }

    /// The outputs of the last call.
    pub(crate) fn outputs(&self) -> Vec<Value> {
        self.outputs.clone()
    }
}
