//! Why mode auto takes the mode it takes: what each one was predicted to do, beside what the interpreter counted.

use crate::failure::Failure;
use crate::program::Program;
use crate::terminal::table;
use serde_json::{Map, Value as Json, json};
use wengert::diff::{Choice, Mode, Prediction, value_and_jacobian};
use wengert::exec::Interpreter;
use wengert::expr::{Value, Workload};

/// The most operations that a derivative may be predicted to do, to be run for a comparison.
const RUN: u64 = 1 << 30;

/// What each mode was predicted to do and did.
pub(crate) struct Explanation<'c> {
    choice: &'c Choice,
    /// Beside each prediction; absent where running it would take long, or failed.
    counted: Vec<Option<Workload>>,
    at_values: bool,
}

impl<'c> Explanation<'c> {
    /// Runs the function and its derivative in every mode that was predicted.
    pub(crate) fn new(program: &Program, choice: &'c Choice) -> Result<Explanation<'c>, Failure> {
        let counted = choice.predictions.iter().map(|p| run(program, p)).collect::<Result<_, _>>()?;
        Ok(Explanation { choice, counted, at_values: program.has_values() })
    }

    fn rows(&self) -> impl Iterator<Item = (&Prediction, Option<&Workload>)> {
        self.choice.predictions.iter().zip(self.counted.iter().map(Option::as_ref))
    }

    /// For a person.
    pub(crate) fn text(&self) -> String {
        let cells = |load: &Workload| {
            let Workload { work, bytes, peak, nodes } = *load;
            [work.products, work.sums, work.calls, work.flops(), bytes, peak, nodes].map(|n| n.to_string())
        };
        let line = |mode: &str, said: &str, load: Option<&Workload>| {
            let cells = load.map_or_else(|| [(); 7].map(|()| "-".to_owned()), cells);
            [mode.to_owned(), said.to_owned()].into_iter().chain(cells).collect::<Vec<_>>()
        };
        let rows = self.rows().flat_map(|(p, counted)| {
            let said = if p.is_exact { "predicted" } else { "estimated" };
            [line(p.mode.name(), said, Some(&p.load)), line("", "counted", counted)]
        });
        let header =
            ["mode", "", "products", "sums", "calls", "operations", "bytes moved", "peak bytes", "nodes"];
        let point = if self.at_values { "at the values given" } else { "at ones" };
        format!(
            "\nauto takes {}\n\n{}operations: products, sums and calls of functions of the outputs and all their derivatives; \
             predicted: counted on the derivative that was written; estimated: from the linearised graph; counted: by the \
             interpreter, {point}\n",
            self.choice.reason(),
            table(&header, rows.collect()),
        )
    }

    /// For a program.
    pub(crate) fn document(&self) -> Json {
        let load = |load: &Workload| {
            json!({
                "products": load.work.products,
                "sums": load.work.sums,
                "calls": load.work.calls,
                "operations": load.work.flops(),
                "bytes": load.bytes,
                "peak_bytes": load.peak,
                "nodes": load.nodes,
            })
        };
        let modes: Map<String, Json> = self
            .rows()
            .map(|(p, counted)| {
                let entry =
                    json!({"predicted": load(&p.load), "exact": p.is_exact, "counted": counted.map(load)});
                (p.mode.name().to_owned(), entry)
            })
            .collect();
        json!({"auto": self.choice.mode.name(), "why": self.choice.reason(), "modes": modes})
    }
}

fn run(program: &Program, prediction: &Prediction) -> Result<Option<Workload>, Failure> {
    if prediction.load.work.flops() > RUN || prediction.mode == Mode::Auto {
        return Ok(None);
    }
    let function = value_and_jacobian(&program.function, &program.variables()?, prediction.mode)
        .map_err(program.placed())?;
    let given = program.inputs();
    let one = |ty: &wengert::expr::Type| Value::from_f64s(ty, &vec![1.0; ty.shape.elements()]);
    let inputs: Vec<(&str, Value)> = function
        .inputs()
        .iter()
        .map(|input| {
            let known = given.iter().find(|(name, _)| *name == input.name);
            (input.name.as_str(), known.map_or_else(|| one(&input.ty), |(_, value)| value.clone()))
        })
        .collect();
    // A value that cannot be computed at this point is nothing against the counts elsewhere.
    Ok(Interpreter::new(&function).run_counted(&inputs).ok().map(|(_, counted)| counted))
}
