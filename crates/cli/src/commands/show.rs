//! `wengert show`: a program at one stage, as a text or as a picture.

mod cross;
mod optimized;
pub(crate) mod passes;

use crate::answer::Answer;
use crate::args::{OrderArgs, ProgramArgs, SearchArgs, Settings, WrtArgs};
use crate::evaluate::watched;
use crate::failure::Failure;
use crate::program::Program;
use clap::{Args, ValueEnum};
use passes::PassArgs;
use serde_json::json;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use wengert::diff::{grad, jvp, vjp};
use wengert::expr::text::print;
use wengert::expr::{Function, NodeId, Output, Value};
use wengert::interop::write_atomically;
use wengert::render::{Direction, Linearization, Mark, Options, Scene, derivative, linearized, primal};

/// A state of a program on its way.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// The program as it stands
    Primal,
    /// A local derivative on every edge
    Linearized,
    /// The outputs with their tangents, from tangents of the inputs
    Forward,
    /// The outputs with the gradient, or cotangents from those of the outputs
    Reverse,
    /// The linearised graph while it is eliminated, down to the Jacobian
    Cross,
    /// The program, or a derivative, after the passes
    Optimized,
    /// The steps that run it, and the memory that they work in
    Plan,
}

/// How a stage is shown.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// As a program, or as lines
    Text,
    /// For Graphviz
    Dot,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Needs no values; with a value for every input the picture shows what each node computes.

Examples:
  wengert show -e 'c = a + b; e = c * (b + 1)' --stage reverse
  wengert show model.wg --stage linearized --format dot -o model.dot
  wengert show -e 'sin(a * b)' --format dot --at a=2 --at b=3 | dot -Tsvg > graph.svg
  wengert show -e 'w = sin(x * y); output p = w + y; output q = log(w)' --stage cross --steps 1
  wengert show model.wg --stage cross --steps 3 --order 5,4,6,7 --format dot | dot -Tsvg > step3.svg
  wengert show -e 'y = x * 1 - (-z)' --stage optimized --explain
  wengert show model.wg --stage optimized --of reverse --relaxed --rules=-chain
  wengert show -e 'mean(tanh(A @ x))' --at 'A=ones([3, 3])' --at 'x=ones([3])' --stage plan --of reverse"
)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// Which state of the program
    #[arg(long, value_enum, default_value_t = Stage::Primal)]
    pub(crate) stage: Stage,
    #[command(flatten)]
    pub(crate) order: OrderArgs,
    /// How many steps of the order are taken (stage cross); all unless given
    #[arg(long, value_name = "COUNT")]
    pub(crate) steps: Option<usize>,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// As a text or as a picture
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// The file to write instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Draw every node of a large graph
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) passes: PassArgs,
}

pub(crate) fn run(args: &ShowArgs, settings: &Settings) -> Result<Answer, Failure> {
    let sharing = match args.stage {
        Stage::Cross => &args.search.counting(settings)?,
        Stage::Primal
        | Stage::Linearized
        | Stage::Forward
        | Stage::Reverse
        | Stage::Optimized
        | Stage::Plan => {
            check_no_order(args)?;
            settings
        }
    };
    let rewritten = [Stage::Optimized, Stage::Plan];
    if let (false, Some(option)) = (rewritten.contains(&args.stage), args.passes.given()) {
        return Err(misplaced(option, &rewritten, args.stage));
    }
    let program = Program::with_types(&args.program, &args.wrt.wrt, sharing)?;
    let shown = match args.stage {
        Stage::Primal => show(&program, &program.function, None, args)?,
        Stage::Linearized => show_linearized(&program, &linearization(&program)?, args)?,
        Stage::Cross => cross::cross(&program, &linearization(&program)?, args)?,
        Stage::Optimized => optimized::optimized(&program, args)?,
        Stage::Plan => optimized::plan(&program, args)?,
        Stage::Forward => show(&program, &forward(&program)?, Some(Direction::Forward), args)?,
        Stage::Reverse => show(&program, &reverse(&program)?, Some(Direction::Reverse), args)?,
    };
    match &args.output {
        None => Ok(answer(settings, shown)),
        Some(path) => {
            write(path, &shown)?;
            let written = path.display().to_string();
            Ok(Answer::new(settings, || json!({"written": written}), || format!("wrote {written}\n")))
        }
    }
}

/// That nothing is asked for that only an elimination has.
fn check_no_order(args: &ShowArgs) -> Result<(), Failure> {
    let option = match (&args.order.order, args.steps) {
        (Some(_), _) => "--order",
        (None, Some(_)) => "--steps",
        (None, None) => return Ok(()),
    };
    Err(misplaced(option, &[Stage::Cross], args.stage))
}

/// That an option of some stages was given with another.
fn misplaced(option: &str, of: &[Stage], with: Stage) -> Failure {
    let name =
        |stage: &Stage| stage.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned());
    let of: Vec<String> = of.iter().map(name).collect();
    Failure::input(format!("{option} is for stage {}, not for stage {}", of.join(" or "), name(&with)))
}

fn answer(settings: &Settings, shown: String) -> Answer {
    match settings.json {
        true => Answer::new(settings, || json!({"text": shown}), String::new),
        false => Answer::raw(shown),
    }
}

/// Writes a text to a file, whole or not at all.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    Ok(write_atomically(path, |file| file.write_all(text.as_bytes()))?)
}

/// A function as text or picture; of a derivative the direction in which it runs.
fn show(
    program: &Program,
    function: &Function,
    direction: Option<Direction>,
    args: &ShowArgs,
) -> Result<String, Failure> {
    if args.format == Format::Text {
        return Ok(print(function)?);
    }
    let options = Options { values: values(program, function)?, all: args.all, ..Options::default() };
    let scene = match direction {
        None => primal(function, &options),
        Some(direction) => derivative(function, program.function.graph().len(), direction, &options),
    };
    Ok(scene.to_dot())
}

/// The outputs and their tangents, from tangents of the variables.
fn forward(program: &Program) -> Result<Function, Failure> {
    let derivative = jvp(&program.function, &program.variables()?).map_err(program.placed())?.function;
    let names = program.output_names();
    Ok(beside(program, derivative, names.iter().map(|name| format!("tangent of {name}"))))
}

/// One scalar output and its gradient; of others the cotangents of the variables, from those of the outputs.
fn reverse(program: &Program) -> Result<Function, Failure> {
    let wrt = program.variables()?;
    let graph = program.function.graph();
    match program.function.outputs() {
        [output] if graph.shape(output.node).rank() == 0 => {
            let gradient =
                grad(&program.function, &wrt, wengert::diff::Mode::Reverse).map_err(program.placed())?;
            let of = program.function.output_name(0);
            Ok(beside(program, gradient, wrt.iter().map(|name| format!("d{of}/d{name}"))))
        }
        _ => {
            let cotangents = vjp(&program.function, &wrt).map_err(program.placed())?.function;
            Ok(beside(program, cotangents, wrt.iter().map(|name| format!("cotangent of {name}"))))
        }
    }
}

/// A derivative with the program's own outputs in front, its outputs under these names.
fn beside(program: &Program, derivative: Function, names: impl Iterator<Item = String>) -> Function {
    let derived =
        derivative.outputs().iter().zip(names).map(|(o, name)| Output { name: Some(name), node: o.node });
    let outputs = program.function.outputs().iter().cloned().chain(derived).collect();
    Function::new(derivative.into_graph(), outputs)
}

fn linearization(program: &Program) -> Result<Linearization, Failure> {
    let input = |w: &&str| program.function.graph().input(w).map(|i| i.node);
    let variables: Vec<NodeId> = program.variables()?.iter().filter_map(input).collect();
    let linear = Linearization::new(&program.function, &variables).map_err(program.placed())?;
    if linear.linearized.inputs.iter().all(Option::is_none) {
        let names = program.wrt.join(", ");
        return Err(Failure::input(format!(
            "no output has a derivative with respect to {names} that is other than zero: the linearised graph is empty"
        )));
    }
    Ok(linear)
}

fn show_linearized(program: &Program, linear: &Linearization, args: &ShowArgs) -> Result<String, Failure> {
    let computed = cross::with_outputs(&linear.function, linear.coefficients());
    let all = args.all || args.format == Format::Text;
    let scene =
        linearized(linear, &Options { values: values(program, &computed)?, all, ..Options::default() });
    Ok(match args.format {
        Format::Dot => scene.to_dot(),
        Format::Text => lines(&scene),
    })
}

/// One line for each vertex, and under it one for each edge that leads to it; then what is said of the whole.
fn lines(scene: &Scene) -> String {
    let name = |i: usize| scene.nodes[i].name.as_ref().unwrap_or(&scene.nodes[i].formula);
    let mut into: Vec<Vec<String>> = vec![Vec::new(); scene.nodes.len()];
    for edge in scene.edges.iter().filter(|e| e.mark != Mark::Gone) {
        let mark = scene.legend.iter().find(|(mark, _)| *mark == edge.mark);
        let mark = mark.map(|(_, word)| format!("  [{word}]")).unwrap_or_default();
        into[edge.to].push(format!("    from {}: {}{mark}\n", name(edge.from), edge.label));
    }
    let mut text = String::new();
    for (i, (node, into)) in scene.nodes.iter().zip(&into).enumerate() {
        let formula = match (&node.name, node.formula.as_str()) {
            (Some(_), "") | (None, _) => String::new(),
            (Some(_), formula) => format!(" = {formula}"),
        };
        let value = node.value.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
        text.push_str(&format!("{}{formula}{value}  ({})\n", name(i), node.details.join(", ")));
        text.extend(into.iter().map(String::as_str));
    }
    let said = [&scene.title].into_iter().chain(&scene.notes).filter(|line| !line.is_empty());
    text.extend(said.map(|line| format!("{line}\n")));
    text
}

/// What each node computes, as far as the values given tell.
fn values(program: &Program, function: &Function) -> Result<HashMap<NodeId, Value>, Failure> {
    let mut values = HashMap::new();
    if !program.has_values() {
        if !program.values.is_empty() {
            // What cannot be said is no reason to stop.
            let _ = writeln!(io::stderr(), "values are shown only where every input has one");
        }
        return Ok(values);
    }
    // Directions have no values: then what the program itself computes is shown.
    let closed = function.inputs().len() == program.function.inputs().len();
    let function = if closed { function } else { &program.function };
    watched(function, &program.inputs(), |node, value| {
        values.insert(node, value.clone());
    })?;
    Ok(values)
}
