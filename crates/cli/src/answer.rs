//! What a command has to say: one text for standard output, and an exit status.

use crate::args::Settings;
use crate::json;
use crate::terminal::printable;
use serde_json::Value as Json;

/// The result of a command.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What goes to standard output.
    pub(crate) text: String,
    /// The exit status.
    pub(crate) status: u8,
}

impl Answer {
    /// A text as it stands.
    pub(crate) fn raw(text: String) -> Answer {
        Answer { text, status: 0 }
    }

    /// A JSON document or lines for a person, whichever was asked for.
    pub(crate) fn new(
        settings: &Settings,
        document: impl FnOnce() -> Json,
        lines: impl FnOnce() -> String,
    ) -> Answer {
        Answer::raw(if settings.json { json::document(&document()) } else { printable(&lines()) })
    }

    /// The same, with status 1 unless the work held.
    pub(crate) fn if_held(self, held: bool) -> Answer {
        Answer { status: u8::from(!held), ..self }
    }
}
