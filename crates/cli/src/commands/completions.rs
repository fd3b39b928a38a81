//! `wengert completions`: completions for a shell, made from the command line itself.

use crate::answer::Answer;
use crate::args::{Cli, CompletionsArgs};
use clap::CommandFactory;

pub(crate) fn run(args: &CompletionsArgs) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "wengert", &mut script);
    Answer::raw(String::from_utf8_lossy(&script).into_owned())
}
