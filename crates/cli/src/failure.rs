//! Why a command ended without an answer, and with which exit status.

use crate::source::Source;
use serde_json::{Value as Json, json};
use wengert::check::CheckError;
use wengert::diff::DiffError;
use wengert::exec::passes::PassError;
use wengert::exec::{CompileError, ExecError};
use wengert::expr::text::{Diagnostic, PrintError};
use wengert::expr::{GraphError, Place};
use wengert::interop::InteropError;
use wengert::nn::{CheckpointError, ConfigError, NnError};

/// Whose fault it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// The work failed: status 1.
    Work,
    /// Bad input or usage: status 2.
    Input,
}

/// Why a command ended without an answer.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    /// Line and column from 1.
    place: Option<(usize, usize)>,
    /// The message with its surroundings, where there is more to show than the message.
    rendered: Option<String>,
}

impl Failure {
    /// Bad input.
    pub(crate) fn input(message: impl Into<String>) -> Failure {
        Failure { kind: Kind::Input, message: message.into(), place: None, rendered: None }
    }

    /// Work that failed.
    pub(crate) fn work(message: impl Into<String>) -> Failure {
        Failure { kind: Kind::Work, ..Failure::input(message) }
    }

    /// A mistake on the command line, as clap shows it.
    pub(crate) fn usage(rendered: String) -> Failure {
        let first = rendered.split("\n\n").next().unwrap_or_default();
        let message = first.trim_start_matches("error:").split_whitespace().collect::<Vec<_>>().join(" ");
        Failure { rendered: Some(rendered), ..Failure::input(message) }
    }

    /// A mistake in a text of this origin.
    pub(crate) fn in_text(diagnostic: &Diagnostic, origin: &str) -> Failure {
        let helps = diagnostic.helps().iter().map(|help| format!("; {help}"));
        Failure {
            place: Some((diagnostic.line(), diagnostic.column())),
            rendered: Some(diagnostic.render(origin)),
            ..Failure::input(
                std::iter::once(diagnostic.message().to_owned()).chain(helps).collect::<String>(),
            )
        }
    }

    /// With its place in the program shown, where the failure has one and no text around it yet.
    pub(crate) fn placed_in(self, source: &Source) -> Failure {
        match (self.place, &self.rendered) {
            (Some((line, column)), None) => match source.diagnostic(line, column, &self.message) {
                Some(diagnostic) => Failure { rendered: Some(diagnostic.render(source.origin())), ..self },
                None => self,
            },
            (Some(_) | None, _) => self,
        }
    }

    /// With its place.
    pub(crate) fn at(self, place: Place) -> Failure {
        match place {
            Place::Text { line, column } => Failure { place: Some((line as usize, column as usize)), ..self },
            Place::Unknown | Place::Rust(_) => self,
        }
    }

    /// The exit status.
    pub(crate) fn status(&self) -> u8 {
        match self.kind {
            Kind::Work => 1,
            Kind::Input => 2,
        }
    }

    /// The failure for a program that reads standard output.
    pub(crate) fn to_json(&self) -> Json {
        let (line, column) = self.place.unzip();
        json!({"error": {"message": self.message, "line": line, "column": column}})
    }

    /// The failure for a person.
    pub(crate) fn to_text(&self) -> String {
        match &self.rendered {
            Some(rendered) => format!("{}\n", rendered.trim_end()),
            None => format!("error: {}\n", self.message),
        }
    }
}

impl From<GraphError> for Failure {
    fn from(error: GraphError) -> Failure {
        let place = match &error {
            GraphError::Build(error) => error.place,
            GraphError::MixedBuilders { place, .. } => *place,
            _ => Place::Unknown,
        };
        Failure::input(error.to_string()).at(place)
    }
}

impl From<DiffError> for Failure {
    fn from(error: DiffError) -> Failure {
        match error {
            DiffError::Graph(error) => error.into(),
            DiffError::Undefined { place, .. } => Failure::input(error.to_string()).at(place),
            error => Failure::input(error.to_string()),
        }
    }
}

impl From<ExecError> for Failure {
    fn from(error: ExecError) -> Failure {
        let place = match &error {
            ExecError::Eval { place, .. } | ExecError::TooLarge { place, .. } => *place,
            _ => Place::Unknown,
        };
        Failure::input(error.to_string()).at(place)
    }
}

impl From<PassError> for Failure {
    fn from(error: PassError) -> Failure {
        match error {
            PassError::Unknown { .. } => Failure::input(error.to_string()),
            _ => Failure::work(error.to_string()),
        }
    }
}

impl From<CompileError> for Failure {
    fn from(error: CompileError) -> Failure {
        match error {
            CompileError::Passes(error) => error.into(),
            CompileError::Size(error) => error.into(),
            _ => Failure::input(error.to_string()),
        }
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Failure {
        match error {
            CheckError::Diff(error) => (*error).into(),
            CheckError::Exec(error) => (*error).into(),
            CheckError::Graph(error) => error.into(),
            error => Failure::input(error.to_string()),
        }
    }
}

impl From<PrintError> for Failure {
    fn from(error: PrintError) -> Failure {
        Failure::input(error.to_string())
    }
}

impl From<InteropError> for Failure {
    fn from(error: InteropError) -> Failure {
        Failure::input(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        Failure { place: error.place(), ..Failure::input(error.to_string()) }
    }
}

impl From<CheckpointError> for Failure {
    fn from(error: CheckpointError) -> Failure {
        match error {
            CheckpointError::Write { .. } => Failure::work(error.to_string()),
            error => Failure::input(error.to_string()),
        }
    }
}

impl From<NnError> for Failure {
    fn from(error: NnError) -> Failure {
        match error {
            NnError::Diverged(divergence) => Failure::work(divergence.to_string()),
            NnError::Log(error) => Failure::work(error.to_string()),
            NnError::Checkpoint(error) => error.into(),
            NnError::Config(error) => error.into(),
            NnError::Graph(error) => error.into(),
            NnError::Diff(error) => (*error).into(),
            NnError::Exec(error) => (*error).into(),
            NnError::Compile(error) => (*error).into(),
            error => Failure::input(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_and_places() {
        let divergence =
            wengert::nn::Divergence { epoch: 3, step: 2, what: wengert::nn::Runaway::Loss(f64::NAN) };
        let failure = Failure::from(NnError::from(divergence));
        assert_eq!(failure.status(), 1);
        let place = Place::Text { line: 3, column: 7 };
        let failure = Failure::from(ExecError::Eval {
            op: "take".into(),
            place,
            error: wengert::expr::EvalError::DivisionByZero,
        });
        let expected = "`take` made at line 3, column 7: integer remainder by zero";
        assert_eq!(failure.to_json(), json!({"error": {"message": expected, "line": 3, "column": 7}}));
        assert_eq!((failure.status(), failure.to_text()), (2, format!("error: {expected}\n")));
        assert_eq!(
            Failure::input("x").to_json(),
            json!({"error": {"message": "x", "line": null, "column": null}})
        );
    }

    #[test]
    fn usage_is_one_line_in_json() {
        let failure = Failure::usage("error: unexpected\n  argument\n\nUsage: x\n".to_owned());
        assert_eq!(failure.to_json()["error"]["message"], "unexpected argument");
        assert_eq!(failure.to_text(), "error: unexpected\n  argument\n\nUsage: x\n");
    }
}
