//! What is profiled: a function, its inputs, and how many of them are state.

use crate::args::{ProgramArgs, Settings, WrtArgs};
use crate::commands::show::passes::Of;
use crate::commands::train::{PresetName, TrainArgs, config};
use crate::failure::Failure;
use crate::program::Program;
use crate::terminal::{name, printable};
use std::io::{self, Write};
use std::path::PathBuf;
use wengert::exec::{ExecError, Interpreter};
use wengert::expr::{DType, Function, Input, Output, Type, Value};
use wengert::nn::{Experiment, Purpose, Random, Samples};

/// What is profiled.
pub(super) struct Subject {
    pub(super) function: Function,
    /// One value for each input.
    pub(super) inputs: Vec<Value>,
    /// How many inputs are state.
    pub(super) carry: usize,
    /// Where the function comes from.
    program: Option<Program>,
}

impl Subject {
    /// A program or its derivative.
    pub(super) fn program(
        program: &ProgramArgs,
        wrt: &WrtArgs,
        of: Of,
        settings: &Settings,
    ) -> Result<Subject, Failure> {
        let program = Program::with_types(program, &wrt.wrt, settings)?;
        let function = of.function(&program)?;
        check_sizes(&function).map_err(program.placed())?;
        let (inputs, without) = inputs(&function, &program.inputs());
        if !without.is_empty() {
            let note = printable(&format!("inputs without a value: {}", without.join(", ")));
            // What cannot be said is no reason to stop.
            let _ = writeln!(io::stderr(), "{note}");
        }
        Ok(Subject { function, inputs, carry: 0, program: Some(program) })
    }

    /// A step of training on the first samples of a preset.
    pub(super) fn training(
        preset: PresetName,
        data: Option<PathBuf>,
        settings: &Settings,
    ) -> Result<Subject, Failure> {
        let args = TrainArgs { preset: Some(preset), data, ..TrainArgs::default() };
        let Experiment { train, trainer, .. } = Experiment::new(&config(&args, settings)?)?;
        let (model, settings) = (trainer.model(), trainer.settings());
        let batch = settings.batch_size.min(train.count());
        let function = trainer.step_function(batch)?;
        let state = [trainer.params(), trainer.state()].concat();
        let samples =
            train.chunks(batch).next().transpose()?.ok_or_else(|| Failure::work("no samples"))?.samples;
        let rate = Value::from_f64s(&Type::scalar(model.precision().dtype()), &[settings.learning_rate]);
        let carry = state.len();
        let given = [samples.features().clone(), samples.targets().values().clone(), rate];
        let inputs = state.into_iter().map(|(_, value)| value).chain(given).collect();
        Ok(Subject { function, inputs, carry, program: None })
    }

    /// Shows a failure's place in the program, if there is one.
    pub(super) fn placed(&self, error: impl Into<Failure>) -> Failure {
        match &self.program {
            Some(program) => program.placed()(error),
            None => error.into(),
        }
    }
}

/// That every value, those of inputs that nothing needs too, is of a size that can be tried.
fn check_sizes(function: &Function) -> Result<(), ExecError> {
    let inputs = function.inputs().iter().map(|input| Output { name: None, node: input.node });
    let all = function.outputs().iter().cloned().chain(inputs).collect();
    Interpreter::new(&Function::new(function.graph().clone(), all)).check_sizes()
}

/// A value for each input, and what those without one get.
fn inputs(function: &Function, given: &[(&str, Value)]) -> (Vec<Value>, Vec<String>) {
    let mut said = Vec::new();
    let value = |(i, input): (usize, &Input)| match given.iter().find(|(name, _)| *name == input.name) {
        Some((_, value)) => value.clone(),
        None => {
            let values = if input.ty.dtype.is_float() { "in [-1, 1)" } else { "= 0" };
            said.push(format!("{} {values}", name(&input.name)));
            drawn(&input.ty, i as u64)
        }
    };
    (function.inputs().iter().enumerate().map(value).collect(), said)
}

/// Floats between -1 and 1, the same each time; 0 and false otherwise.
fn drawn(ty: &Type, stream: u64) -> Value {
    match ty.dtype {
        DType::Bool | DType::I64 => Value::zeros(ty),
        DType::F32 | DType::F64 => {
            let mut random = Random::new(0, Purpose::Init, stream);
            let data: Vec<f64> = (0..ty.shape.elements()).map(|_| 2.0 * random.uniform() - 1.0).collect();
            Value::from_f64s(ty, &data)
        }
    }
}
