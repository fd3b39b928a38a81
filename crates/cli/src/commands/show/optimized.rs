//! The program, or a derivative of it, after the passes.

use super::{ShowArgs, forward, reverse, show};
use crate::failure::Failure;
use crate::program::Program;
use clap::{Args, ValueEnum};
use wengert::exec::passes::{Firing, Level, Options, PassError, Pipeline, Report};
use wengert::expr::Place;

/// What the passes work on.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Of {
    /// The program as it stands
    Primal,
    /// The outputs with their tangents
    Forward,
    /// The outputs with the gradient
    Reverse,
}

/// The options of stage `optimized`.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of stage optimized")]
pub(crate) struct PassArgs {
    /// What the passes work on: the program, or a derivative of it (primal unless given)
    #[arg(long, value_enum, value_name = "STAGE")]
    pub(crate) of: Option<Of>,
    /// Say which rule fired where
    #[arg(long)]
    pub(crate) explain: bool,
    /// Let only the first COUNT applications of rules happen
    #[arg(long, value_name = "COUNT")]
    pub(crate) stop_after: Option<usize>,
    /// Rules too that may change a rounding, a NaN or the sign of a zero
    #[arg(long)]
    pub(crate) relaxed: bool,
    /// Rules or passes to turn on, or off behind a `-`, one after another; `all` is all of them
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true, value_name = "NAMES")]
    pub(crate) rules: Vec<String>,
}

impl PassArgs {
    /// The first of these options that is given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let options = [
            (self.of.is_some(), "--of"),
            (self.explain, "--explain"),
            (self.stop_after.is_some(), "--stop-after"),
            (self.relaxed, "--relaxed"),
            (!self.rules.is_empty(), "--rules"),
        ];
        options.into_iter().find(|(given, _)| *given).map(|(_, option)| option)
    }
}

pub(super) fn optimized(program: &Program, args: &ShowArgs) -> Result<String, Failure> {
    let passes = &args.passes;
    let options = Options {
        level: if passes.relaxed { Level::Relaxed } else { Level::Exact },
        rules: passes.rules.clone(),
        stop_after: passes.stop_after,
        explain: passes.explain,
        ..Options::default()
    };
    let function = match passes.of.unwrap_or(Of::Primal) {
        Of::Primal => program.function.clone(),
        Of::Forward => forward(program)?,
        Of::Reverse => reverse(program)?,
    };
    let run = Pipeline::standard().run(&function, &options);
    let (function, report) = run.map_err(|error| match error {
        PassError::Unknown { .. } => Failure::input(error.to_string()),
        _ => Failure::work(error.to_string()),
    })?;
    let shown = show(program, &function, None, args)?;
    Ok(if passes.explain { explanation(&report, comment(args)) + &shown } else { shown })
}

/// What begins a comment in the text that is shown.
fn comment(args: &ShowArgs) -> &'static str {
    match args.format {
        super::Format::Text => "#",
        super::Format::Dot => "//",
    }
}

fn explanation(report: &Report, comment: &str) -> String {
    let mut text: String = report.firings.iter().map(|f| format!("{comment} {}\n", line(f))).collect();
    let ended = if report.settled { "" } else { ", and no more were let happen" };
    text.push_str(&format!(
        "{comment} {} applications of rules{ended}; {} nodes became {}\n",
        report.fired, report.nodes_before, report.nodes_after
    ));
    text
}

fn line(firing: &Firing) -> String {
    let place = match firing.place {
        place @ Place::Text { .. } => format!(" at {place}"),
        Place::Rust(_) | Place::Unknown => String::new(),
    };
    format!("{}/{}{place}: {} becomes {}", firing.pass, firing.rule, firing.before, firing.after)
        .replace(['\n', '\r'], " ")
}
