//! Sparse derivatives: the places that can be other than zero, and what stands there.

use crate::answer::Answer;
use crate::args::{DerivativeArgs, Settings};
use crate::failure::Failure;
use crate::program::Program;
use crate::{json, terminal};
use serde_json::{Map, Value as Json, json};
use std::io::{self, Write};
use wengert::diff::{DiffError, Mode, Sparse};
use wengert::expr::{Function, Value};

/// How a sparse derivative is made from a function.
type Derive = fn(&Function, &[&str], &[(&str, Value)]) -> Result<Sparse, DiffError>;

/// Runs a sparse derivative at the program's values; `rows` are the names and sizes of its rows.
pub(crate) fn run(
    args: &DerivativeArgs,
    settings: &Settings,
    what: &'static str,
    derive: Derive,
) -> Result<Answer, Failure> {
    if !matches!(args.mode, Mode::Auto | Mode::Compressed) {
        return Err(Failure::input(format!("--sparse is for mode compressed, not for mode {}", args.mode)));
    }
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let sparse =
        derive(&program.function, &program.variables()?, &program.inputs()).map_err(program.placed())?;
    let nonzeros = program.evaluate(&sparse.function)?.remove(0).to_f64s();
    let size = |name: &String| {
        let input = program.function.graph().input(name);
        (name.clone(), input.map_or(0, |i| i.ty.shape.elements()))
    };
    let columns: Vec<(String, usize)> = program.wrt.iter().map(size).collect();
    let outputs =
        program.function.outputs().iter().map(|o| program.function.graph().shape(o.node).elements());
    let rows = match what {
        "hessian" => columns.clone(),
        _ => program.output_names().into_iter().zip(outputs).collect(),
    };
    if !settings.json {
        let Sparse { pattern, compression, .. } = &sparse;
        // What cannot be said is no reason to stop.
        let _ = writeln!(
            io::stderr(),
            "{compression}; {} of {} x {} places",
            pattern.nonzeros(),
            pattern.rows(),
            pattern.columns()
        );
    }
    let view = View { sparse, nonzeros, rows, columns };
    Ok(Answer::new(settings, || json!({what: view.document()}), || view.text()))
}

struct View {
    sparse: Sparse,
    nonzeros: Vec<f64>,
    rows: Vec<(String, usize)>,
    columns: Vec<(String, usize)>,
}

impl View {
    /// One line for each place: row, column, value.
    fn text(&self) -> String {
        let (rows, columns) = (labels(&self.rows), labels(&self.columns));
        let line = |((i, j), x): ((u32, u32), &f64)| {
            format!("{}\t{}\t{}\n", rows[i as usize], columns[j as usize], terminal::number(*x))
        };
        self.sparse.pattern.entries().zip(&self.nonzeros).map(line).collect()
    }

    fn document(&self) -> Json {
        let Sparse { pattern, compression, .. } = &self.sparse;
        let ends = |of: &[(String, usize)]| -> Json {
            let sizes: Map<String, Json> = of.iter().map(|(name, n)| (name.clone(), json!(n))).collect();
            Json::Object(sizes)
        };
        let entry = |((i, j), x): ((u32, u32), &f64)| json!([i, j, json::float(*x)]);
        json!({
            "shape": [pattern.rows(), pattern.columns()],
            "rows": ends(&self.rows),
            "columns": ends(&self.columns),
            "directions": compression.groups(),
            "method": compression.method().to_string(),
            "entries": pattern.entries().zip(&self.nonzeros).map(entry).collect::<Vec<_>>(),
        })
    }
}

/// The name of each element: that of its array, and its number in it.
fn labels(of: &[(String, usize)]) -> Vec<String> {
    of.iter()
        .flat_map(|(name, n)| {
            let name = terminal::name(name);
            (0..*n).map(move |i| if *n == 1 { name.clone() } else { format!("{name}[{i}]") })
        })
        .collect()
}
