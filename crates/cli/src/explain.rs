//! Why mode auto takes what it takes: what each mode and each method was predicted to do, beside what the interpreter
//! counted.

use crate::failure::Failure;
use crate::program::Program;
use crate::terminal::table;
use serde_json::{Map, Value as Json, json};
use std::fmt::Display;
use wengert::diff::{
    Choice, DiffError, HessianMethod, Mode, Prediction, choose_hessian, value_and_hessian, value_and_jacobian,
};
use wengert::exec::Interpreter;
use wengert::expr::{Function, Type, Value, Workload};

/// The most operations that a derivative may be predicted to do, to be run for a comparison, and the most bytes to move.
const RUN: u64 = 1 << 24;
const MOVED: u64 = 1 << 28;

/// What each mode was predicted to do and did; of one scalar output also each method of its Hessian.
pub(crate) struct Explanation {
    jacobian: Compared<Mode>,
    hessian: Option<Compared<HessianMethod>>,
    at_values: bool,
}

impl Explanation {
    /// Runs the function and its derivatives in every way that was predicted.
    pub(crate) fn new(program: &Program, choice: &Choice) -> Result<Explanation, Failure> {
        let f = &program.function;
        let wrt = program.variables()?;
        let jacobian = Compared::new(program, choice.clone(), |mode| value_and_jacobian(f, &wrt, mode))?;
        let is_scalar = matches!(f.outputs(), [only] if f.graph().shape(only.node).rank() == 0);
        let hessian = match is_scalar {
            true => {
                let choice = choose_hessian(f, &wrt).map_err(program.placed())?;
                Some(Compared::new(program, choice, |method| value_and_hessian(f, &wrt, method))?)
            }
            false => None,
        };
        Ok(Explanation { jacobian, hessian, at_values: program.has_values() })
    }

    /// For a person.
    pub(crate) fn text(&self) -> String {
        let point = if self.at_values { "at the values given" } else { "at ones" };
        let hessian = self.hessian.as_ref().map(|h| format!("\nfor the Hessian auto takes {}", h.text()));
        format!(
            "\nauto takes {}{}\
             operations: products, sums and calls of functions of the outputs and all their derivatives; predicted: counted on \
             the derivative that was written; estimated: from the linearised graph; counted: by the interpreter, {point}\n",
            self.jacobian.text(),
            hessian.unwrap_or_default(),
        )
    }

    /// For a program.
    pub(crate) fn document(&self) -> Json {
        let mut document = self.jacobian.document();
        if let Some(hessian) = &self.hessian {
            document["hessian"] = hessian.document();
        }
        document
    }
}

/// A choice, and what was counted beside each prediction; absent where running it would take long, or failed.
struct Compared<M> {
    choice: Choice<M>,
    counted: Vec<Option<Workload>>,
}

impl<M: Copy + PartialEq + Display> Compared<M> {
    fn new(
        program: &Program,
        choice: Choice<M>,
        derive: impl Fn(M) -> Result<Function, DiffError>,
    ) -> Result<Compared<M>, Failure> {
        let run = |p: &Prediction<M>| match p.load.work.flops() <= RUN && p.load.bytes <= MOVED {
            true => Ok(run(program, &derive(p.mode).map_err(program.placed())?)),
            false => Ok(None),
        };
        let counted = choice.predictions.iter().map(run).collect::<Result<_, Failure>>()?;
        Ok(Compared { choice, counted })
    }

    fn rows(&self) -> impl Iterator<Item = (&Prediction<M>, Option<&Workload>)> {
        self.choice.predictions.iter().zip(self.counted.iter().map(Option::as_ref))
    }

    /// The reason, and a table of two lines for each prediction.
    fn text(&self) -> String {
        let cells = |load: &Workload| {
            let Workload { work, bytes, peak, nodes } = *load;
            [work.products, work.sums, work.calls, work.flops(), bytes, peak, nodes].map(|n| n.to_string())
        };
        let line = |mode: String, said: &str, load: Option<&Workload>| {
            let cells = load.map_or_else(|| [(); 7].map(|()| "-".to_owned()), cells);
            [mode, said.to_owned()].into_iter().chain(cells).collect::<Vec<_>>()
        };
        let rows = self.rows().flat_map(|(p, counted)| {
            let said = if p.is_exact { "predicted" } else { "estimated" };
            [line(p.mode.to_string(), said, Some(&p.load)), line(String::new(), "counted", counted)]
        });
        let header =
            ["", "", "products", "sums", "calls", "operations", "bytes moved", "peak bytes", "nodes"];
        format!("{}\n\n{}", self.choice.reason(), table(&header, rows.collect()))
    }

    fn document(&self) -> Json {
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
                (p.mode.to_string(), entry)
            })
            .collect();
        json!({"auto": self.choice.mode.to_string(), "why": self.choice.reason(), "modes": modes})
    }
}

/// What a derivative does at the program's values, or where one is missing at ones. That a value cannot be computed there
/// is nothing against the counts elsewhere.
fn run(program: &Program, function: &Function) -> Option<Workload> {
    let given = program.inputs();
    let one = |ty: &Type| Value::from_f64s(ty, &vec![1.0; ty.shape.elements()]);
    let inputs: Vec<(&str, Value)> = function
        .inputs()
        .iter()
        .map(|input| {
            let known = given.iter().find(|(name, _)| *name == input.name);
            (input.name.as_str(), known.map_or_else(|| one(&input.ty), |(_, value)| value.clone()))
        })
        .collect();
    Interpreter::new(function).run_counted(&inputs).ok().map(|(_, counted)| counted)
}
