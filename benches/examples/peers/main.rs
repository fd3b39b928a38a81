//! Ours in the comparison with peers, `benches/peers/run.sh`: it measures one workload in the way of `common.py` there.
//!
//! `peers WORKLOAD --data DIR [--threads N] [--blocks K] [--paced]` reads the workload's arrays from DIR/WORKLOAD, measures K
//! blocks and prints a JSON line for each metric of each. With `--paced` it says "ready" before each block and waits for a line
//! on standard input, so that programs can take turns.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it prints measurements")]

mod bundle;
mod elementwise;
mod layers;
mod mixture;
mod mlp;
mod pace;
mod run;
mod start;
mod tape;

use pace::Session;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What the command line says.
struct Arguments {
    workload: String,
    /// Where the workload's arrays lie.
    folder: PathBuf,
    threads: usize,
    blocks: usize,
    paced: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Outcome<Arguments> {
        let workload =
            words.next().ok_or("usage: peers WORKLOAD --data DIR [--threads N] [--blocks K] [--paced]")?;
        let mut found = Arguments { workload, folder: PathBuf::new(), threads: 1, blocks: 1, paced: false };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} has no value"));
            match word.as_str() {
                "--data" => found.folder = PathBuf::from(value()?).join(&found.workload),
                "--threads" => found.threads = value()?.parse()?,
                "--blocks" => found.blocks = value()?.parse()?,
                "--paced" => found.paced = true,
                _ => return Err(format!("unknown option {word}").into()),
            }
        }
        Ok(found)
    }

    fn session(&self) -> Outcome<Session> {
        match self.workload.as_str() {
            name if name.starts_with('A') => mlp::session(self),
            name if name.starts_with("B-") => elementwise::session(self),
            "C1" => bundle::session(self),
            name if name.starts_with("C2-") => tape::session(self),
            "D" => mixture::session(self),
            "F" => start::session(self),
            name if name.starts_with('G') => layers::session(self),
            name => Err(format!("no workload {name}").into()),
        }
    }
}

fn main() -> ExitCode {
    let measured = Arguments::parse(std::env::args().skip(1)).and_then(|args| args.session()?.serve(&args));
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
