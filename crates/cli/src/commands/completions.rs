//! `wengert completions`: completions for a shell, made from the command line itself.

use crate::answer::Answer;
use crate::args::Cli;
use clap::{Args, CommandFactory};

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  wengert completions bash > ~/.local/share/bash-completion/completions/wengert
  wengert completions zsh > ~/.zfunc/_wengert
  wengert completions fish > ~/.config/fish/completions/wengert.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "wengert", &mut script);
    Answer::raw(String::from_utf8_lossy(&script).into_owned())
}
