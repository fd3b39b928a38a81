//! The `wengert` program: reads programs and values, differentiates, trains, prints.
//!
//! Results go to standard output and everything else to standard error. The exit status is 0 if all went well, 1 if the
//! work failed, 2 for bad input or usage; no input makes a panic.

mod answer;
mod args;
mod bindings;
mod commands;
mod costs;
mod evaluate;
mod explain;
mod failure;
mod json;
mod measures;
mod names;
mod program;
mod progress;
mod source;
mod sparse;
mod terminal;

use answer::Answer;
use args::{Cli, Command};
use clap::Parser;
use clap::error::ErrorKind;
use failure::Failure;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    outlive_limits();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let json = cli.settings.json;
    match run(cli) {
        Ok(answer) => print(&answer.text, answer.status),
        Err(failure) => fail(&failure, json),
    }
}

/// A write beyond the greatest size of a file fails with an error, which is told, in place of a signal that ends the program.
fn outlive_limits() {
    #[cfg(unix)]
    {
        let told = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        // Where it cannot be caught, the signal ends the program as it does any other.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, told);
    }
}

fn run(cli: Cli) -> Result<Answer, Failure> {
    let settings = cli.settings;
    match cli.command.unwrap_or_default() {
        Command::Eval(args) => commands::eval::run(&args, &settings),
        Command::Grad(args) => commands::grad::run(&args, &settings),
        Command::Jacobian(args) => commands::jacobian::run(&args, &settings),
        Command::Hessian(args) => commands::hessian::run(&args, &settings),
        Command::Jvp(args) => commands::jvp::run(&args, &settings),
        Command::Vjp(args) => commands::vjp::run(&args, &settings),
        Command::Taylor(args) => commands::taylor::run(&args, &settings),
        Command::Cost(args) => commands::cost::run(&args, &settings),
        Command::Profile(args) => commands::profile::run(&args, &settings),
        Command::Show(args) => commands::show::run(&args, &settings),
        Command::Check(args) => commands::check::run(&args, &settings),
        Command::Train(args) => commands::train::run(&args, &settings),
        Command::Gallery(args) => commands::gallery::run(&args, &settings),
        Command::Predict(args) => commands::predict::run(&args, &settings),
        Command::Evaluate(args) => commands::evaluate::run(&args, &settings),
        Command::Completions(args) => Ok(commands::completions::run(&args)),
    }
}

/// What clap says: help on standard output, a mistake on standard error and, if it was asked for, as JSON.
fn usage(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => print(&error.render().to_string(), 0),
        _ => {
            let rendered = error.render().to_string();
            let json = std::env::args_os().take_while(|a| a != "--").any(|a| a == "--json");
            fail(&Failure::usage(rendered), json)
        }
    }
}

fn fail(failure: &Failure, json: bool) -> ExitCode {
    let shown = if json {
        io::stdout().write_all(json::document(&failure.to_json()).as_bytes())
    } else {
        io::stderr().write_all(terminal::printable(&failure.to_text()).as_bytes())
    };
    // Where not even the error can be written, the exit status still tells.
    let _ = shown;
    ExitCode::from(failure.status())
}

/// Writes to standard output. A reader that has gone, as `head` does, is no failure.
fn print(text: &str, status: u8) -> ExitCode {
    let mut out = io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::from(status),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(status),
        Err(error) => fail(&Failure::work(format!("cannot write to standard output: {error}")), false),
    }
}
