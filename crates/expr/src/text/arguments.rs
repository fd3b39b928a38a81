//! The arguments of a call: positional ones first, then keywords, none of them twice.

use super::ast::{Argument, Ident};
use super::diagnostic::Diagnostic;
use super::input::{Input, Operand, Parsed, name_and_equal};
use super::list::distinct;

/// The arguments so far.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    given: Vec<Argument>,
    /// The keyword whose value comes next.
    keyword: Option<Ident>,
}

impl Arguments {
    /// Reads the keyword of an argument, if it has one: then its value must follow.
    pub(super) fn start_item(&mut self, input: &mut Input<'_, '_>) -> Parsed<bool> {
        self.keyword = name_and_equal(input)?;
        Ok(self.keyword.is_some())
    }

    /// Takes the value of an argument.
    pub(super) fn value(&mut self, input: &Input<'_, '_>, value: Operand) -> Parsed<()> {
        let keyword = self.keyword.take();
        if keyword.is_none()
            && let Some(Argument { keyword: Some(before), .. }) = self.given.last()
        {
            let message = "a positional argument cannot follow a keyword argument";
            return Err(Diagnostic::new(input.state.source, value.span, message)
                .label("move it forward, or name it")
                .secondary(input.state.source, before.span, "a keyword argument")
                .into());
        }
        self.given.push(Argument { keyword, value: value.id });
        Ok(())
    }

    pub(super) fn finish(self, input: &Input<'_, '_>) -> Parsed<Vec<Argument>> {
        distinct(input.state.source, "keyword", self.given.iter().filter_map(|argument| argument.keyword))?;
        Ok(self.given)
    }
}
