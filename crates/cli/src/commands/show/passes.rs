//! The options that stages behind the passes share: what is rewritten, by which rules, and what is said of it.

use super::{Format, ShowArgs, forward, reverse};
use crate::failure::Failure;
use crate::program::Program;
use clap::{Args, ValueEnum};
use wengert::exec::passes::{Firing, Level, Options, Report};
use wengert::expr::{Function, Place};

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

impl Of {
    /// The program, or its derivative.
    pub(crate) fn function(self, program: &Program) -> Result<Function, Failure> {
        match self {
            Of::Primal => Ok(program.function.clone()),
            Of::Forward => forward(program),
            Of::Reverse => reverse(program),
        }
    }
}

/// The options of the stages `optimized` and `plan`.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of stages optimized and plan")]
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

    /// What the passes may do.
    pub(super) fn options(&self) -> Options {
        Options {
            level: if self.relaxed { Level::Relaxed } else { Level::Exact },
            rules: self.rules.clone(),
            stop_after: self.stop_after,
            explain: self.explain,
            ..Options::default()
        }
    }

    /// What they work on.
    pub(super) fn subject(&self, program: &Program) -> Result<Function, Failure> {
        self.of.unwrap_or(Of::Primal).function(program)
    }
}

/// What is shown, with what the passes did before it, if that was asked for.
pub(super) fn explained(report: &Report, shown: String, args: &ShowArgs) -> String {
    match args.passes.explain {
        true => explanation(report, comment(args.format)) + &shown,
        false => shown,
    }
}

/// What begins a comment in the text that is shown.
fn comment(format: Format) -> &'static str {
    match format {
        Format::Text => "#",
        Format::Dot => "//",
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
