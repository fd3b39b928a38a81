//! `wengert jacobian`: all derivatives of all outputs.

use super::grad::say_mode;
use crate::answer::Answer;
use crate::args::{DerivativeArgs, OrderArgs, Settings};
use crate::failure::Failure;
use crate::program::Program;
use crate::{json, sparse, terminal};
use clap::Args;
use serde_json::{Map, Value as Json, json};
use wengert::diff::{Mode, jacobian, jacobian_in_order, sparse_jacobian};
use wengert::expr::Value;

#[derive(Args, Debug)]
#[command(after_help = "The shape of a block is that of the output, then that of the input.

Examples:
  wengert jacobian -e 'y = [a * b, sin(a)]' --at a=2 --at b=3
  wengert jacobian model.wg --wrt x --at 'x=[1, 2, 3]' --mode reverse
  wengert jacobian -e 'w = sin(x * y); p = w + y; q = log(w); output p; output q' --at x=1 --at y=2 --order 3,2")]
pub(crate) struct JacobianArgs {
    #[command(flatten)]
    pub(crate) derivative: DerivativeArgs,
    #[command(flatten)]
    pub(crate) order: OrderArgs,
    /// Only the places that can be other than zero, by a colouring; `--json` gives their numbers in the flattened arrays
    #[arg(long, conflicts_with = "order")]
    pub(crate) sparse: bool,
}

pub(crate) fn run(args: &JacobianArgs, settings: &Settings) -> Result<Answer, Failure> {
    if args.sparse {
        return sparse::run(&args.derivative, settings, "jacobian", sparse_jacobian);
    }
    let order = args.order.order.as_deref();
    let args = &args.derivative;
    if order.is_some() && !matches!(args.mode, Mode::Auto | Mode::Cross) {
        return Err(Failure::input(format!("--order is for mode cross, not for mode {}", args.mode)));
    }
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let wrt = program.variables()?;
    let derivative = match order {
        Some(order) => jacobian_in_order(&program.function, &wrt, order).map_err(program.placed())?,
        None => jacobian(&program.function, &wrt, args.mode).map_err(program.placed())?,
    };
    if order.is_none() {
        say_mode(&program, args.mode, settings)?;
    }
    let blocks = Blocks {
        rows: program.output_names(),
        columns: &program.wrt,
        values: program.evaluate(&derivative)?,
    };
    Ok(Answer::new(settings, || json!({"jacobian": blocks.document()}), || blocks.text("d")))
}

/// Derivatives of each row's name with respect to each column's, row by row.
pub(crate) struct Blocks<'p> {
    pub(crate) rows: Vec<String>,
    pub(crate) columns: &'p [String],
    pub(crate) values: Vec<Value>,
}

impl Blocks<'_> {
    fn by_row(&self) -> impl Iterator<Item = (&String, &[Value])> {
        self.rows.iter().zip(self.values.chunks(self.columns.len().max(1)))
    }

    /// An object of objects.
    pub(crate) fn document(&self) -> Json {
        let row = |(name, blocks): (&String, &[Value])| {
            (name.clone(), json::object(self.columns.iter().cloned().zip(blocks)))
        };
        Json::Object(self.by_row().map(row).collect::<Map<_, _>>())
    }

    /// One line for each block, `d` standing before the row's name.
    pub(crate) fn text(&self, d: &str) -> String {
        let mut text = String::new();
        for (row, blocks) in self.by_row() {
            for (column, block) in self.columns.iter().zip(blocks) {
                let what = format!("{d}{}/d{}", terminal::name(row), terminal::name(column));
                text.push_str(&terminal::line(&what, block));
            }
        }
        text
    }
}
