//! The stages `optimized` and `plan`: the program, or a derivative of it, after the passes, and as the steps that run it.

use super::passes::explained;
use super::{Format, ShowArgs, show};
use crate::failure::Failure;
use crate::program::Program;
use wengert::exec::passes::Pipeline;
use wengert::exec::{CompileOptions, compile};

pub(super) fn optimized(program: &Program, args: &ShowArgs) -> Result<String, Failure> {
    let function = args.passes.subject(program)?;
    let (function, report) = Pipeline::standard().run(&function, &args.passes.options())?;
    Ok(explained(&report, show(program, &function, None, args)?, args))
}

pub(super) fn plan(program: &Program, args: &ShowArgs) -> Result<String, Failure> {
    if args.format == Format::Dot {
        return Err(Failure::input("stage plan is a text: leave out --format dot"));
    }
    let function = args.passes.subject(program)?;
    let options = CompileOptions { passes: Some(args.passes.options()), ..CompileOptions::default() };
    let executable = compile(&function, &options).map_err(program.placed())?;
    Ok(explained(executable.report(), executable.plan_text(), args))
}
