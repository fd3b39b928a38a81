//! A program with the values of its inputs, ready for a command.

use crate::args::{ProgramArgs, Settings};
use crate::bindings::{self, Binding};
use crate::evaluate::evaluate;
use crate::failure::Failure;
use crate::names;
use crate::source::Source;
use std::collections::HashSet;
use wengert::diff::{DiffError, float_inputs};
use wengert::expr::text::{Options, Undeclared, parse, suggest};
use wengert::expr::{Function, Type, Value};

/// A program with the values of its inputs.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The function that it defines.
    pub(crate) function: Function,
    /// The values of its inputs.
    pub(crate) values: Vec<(String, Value)>,
    /// What to differentiate with respect to: the names given, or all floats.
    pub(crate) wrt: Vec<String>,
    source: Source,
}

impl Program {
    /// A program with a value for every input that it needs.
    pub(crate) fn with_values(
        args: &ProgramArgs,
        wrt: &[String],
        settings: &Settings,
    ) -> Result<Program, Failure> {
        let program = Program::load(args, wrt, settings, Undeclared::Error)?;
        program.check_values()?;
        Ok(program)
    }

    /// A program of which only the types matter; names without a type are scalars.
    pub(crate) fn with_types(
        args: &ProgramArgs,
        wrt: &[String],
        settings: &Settings,
    ) -> Result<Program, Failure> {
        Program::load(args, wrt, settings, Undeclared::Scalar)
    }

    fn load(
        args: &ProgramArgs,
        wrt: &[String],
        settings: &Settings,
        undeclared: Undeclared,
    ) -> Result<Program, Failure> {
        let source = Source::read(args)?;
        let bindings = bindings::read(&args.at, "--at", settings.float())?;
        let wrt = names::list(wrt)?;
        let given: Vec<(String, Type)> =
            bindings.iter().map(|b| (b.name.clone(), b.ty(settings.float()))).collect();
        let options =
            Options { given, undeclared, default_float: settings.float(), sharing: !settings.no_share };
        let function = parsed(&source, options, &wrt)?;
        check_outputs(&function)?;
        let values = values(&function, &bindings)?;
        let wrt = variables(&function, wrt)?;
        Ok(Program { function, values, wrt, source })
    }

    /// The function's outputs, or those of one made from it, at the values.
    pub(crate) fn evaluate(&self, function: &Function) -> Result<Vec<Value>, Failure> {
        evaluate(function, &self.inputs()).map_err(self.placed())
    }

    /// The values by borrowed names.
    pub(crate) fn inputs(&self) -> Vec<(&str, Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
    }

    /// The variables by borrowed names; an error if there is none.
    pub(crate) fn variables(&self) -> Result<Vec<&str>, Failure> {
        match self.wrt.is_empty() {
            true => Err(DiffError::NoVariable.into()),
            false => Ok(self.wrt.iter().map(String::as_str).collect()),
        }
    }

    /// The names of the outputs.
    pub(crate) fn output_names(&self) -> Vec<String> {
        (0..self.function.outputs().len()).map(|i| self.function.output_name(i)).collect()
    }

    /// Shows a failure's place in the program.
    pub(crate) fn placed<E: Into<Failure>>(&self) -> impl Fn(E) -> Failure {
        |error| error.into().placed_in(&self.source)
    }

    /// Whether every input that the outputs need has a value.
    pub(crate) fn has_values(&self) -> bool {
        self.missing().is_none()
    }

    fn missing(&self) -> Option<&wengert::expr::Input> {
        let live = self.function.live();
        let known = |name: &str| self.values.iter().any(|(n, _)| n == name);
        self.function.inputs().iter().find(|i| live[i.node.index()] && !known(&i.name))
    }

    fn check_values(&self) -> Result<(), Failure> {
        let Some(input) = self.missing() else { return Ok(()) };
        let (name, ty) = (&input.name, &input.ty);
        let message = format!("input {name:?} ({ty}) has no value: give one with --at");
        let failure = Failure::input(message).at(self.function.graph().place(input.node));
        Err(failure.placed_in(&self.source))
    }
}

/// The function of a program. A variable that the program uses is an input, even where its name means a constant.
fn parsed(source: &Source, mut options: Options, wrt: &[String]) -> Result<Function, Failure> {
    let parse =
        |options: &Options| parse(source.text(), options).map_err(|d| Failure::in_text(&d, source.origin()));
    let function = parse(&options)?;
    let unknown: Vec<&String> = wrt.iter().filter(|w| function.graph().input(w).is_none()).collect();
    if unknown.is_empty() || options.undeclared == Undeclared::Error {
        return Ok(function);
    }
    options.given.extend(unknown.iter().map(|w| ((*w).clone(), Type::scalar(options.default_float))));
    let shadowed = parse(&options)?;
    let users = shadowed.graph().users();
    let used = |w: &&String| shadowed.graph().input(w).is_some_and(|i| !users.of(i.node).is_empty());
    if unknown.iter().all(used) { Ok(shadowed) } else { Ok(function) }
}

/// An output without a name is called out0, out1 and so on, which another may be too.
fn check_outputs(function: &Function) -> Result<(), Failure> {
    let mut names = HashSet::new();
    match (0..function.outputs().len())
        .map(|i| function.output_name(i))
        .find(|name| !names.insert(name.clone()))
    {
        Some(twice) => {
            Err(Failure::input(format!("two outputs are called {twice:?}: name them `output NAME = ...`")))
        }
        None => Ok(()),
    }
}

/// The values of a function's inputs, each of its input's type.
fn values(function: &Function, bindings: &[Binding]) -> Result<Vec<(String, Value)>, Failure> {
    let value = |b: &Binding| {
        let input = function.graph().input(&b.name).ok_or_else(|| {
            let name = &b.name;
            Failure::input(format!("the program computes {name:?} itself: it takes no value"))
        })?;
        Ok((b.name.clone(), b.converted(&input.ty)?))
    };
    bindings.iter().map(value).collect()
}

/// The variables: those named, all of them inputs, or every float input.
fn variables(function: &Function, wrt: Vec<String>) -> Result<Vec<String>, Failure> {
    if wrt.is_empty() {
        return Ok(float_inputs(function).into_iter().map(str::to_owned).collect());
    }
    let names = || function.inputs().iter().map(|i| i.name.as_str());
    match wrt.iter().find(|w| function.graph().input(w).is_none()) {
        None => Ok(wrt),
        Some(unknown) => {
            let near = suggest(unknown, names()).map(|near| format!("; did you mean {near:?}?"));
            let all = names().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
            let all =
                if all.is_empty() { "there are none".to_owned() } else { format!("the inputs are {all}") };
            Err(Failure::input(format!(
                "--wrt: no input is named {unknown:?}; {all}{}",
                near.unwrap_or_default()
            )))
        }
    }
}
