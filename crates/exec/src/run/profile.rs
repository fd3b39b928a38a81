//! Where the time of a run goes: each step measured, beside what its arithmetic and its bytes would take at the machine's
//! limits.

use super::argument::{ArrayMut, ArrayRef};
use super::executable::Executable;
use super::machine::Machine;
use crate::error::ExecError;
use crate::lane::{Inst, Op};
use crate::plan::{BufferId, Loop, Printed, Step};
use smallvec::SmallVec;
use std::time::Instant;
use wengert_expr::{DType, Type, Value, Work};

/// Where the time goes.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The steps in the order in which they run.
    pub steps: Vec<StepProfile>,
    /// How often it ran.
    pub runs: usize,
    /// The median time of a run, in seconds.
    pub seconds: f64,
    /// The limits that predictions are made from.
    pub machine: Machine,
}

/// One step.
#[derive(Clone, PartialEq, Debug)]
pub struct StepProfile {
    /// What it does.
    pub text: String,
    /// Its median time, in seconds.
    pub seconds: f64,
    /// Its arithmetic, counted from types; a function like the sine is one.
    pub flops: u64,
    /// Bytes of the buffers that it reads and writes, each once.
    pub bytes: u64,
    /// What it would take at the machine's limits, in seconds.
    pub predicted: f64,
}

impl Profile {
    pub(super) fn measure(
        executable: &Executable,
        inputs: &[Value],
        runs: usize,
    ) -> Result<Profile, ExecError> {
        let runs = runs.max(1);
        let arguments: Vec<ArrayRef<'_>> = inputs.iter().map(ArrayRef::from).collect();
        let function = executable.function();
        let types = function.outputs().iter().map(|o| function.graph().ty(o.node));
        let mut outputs: Vec<Value> = types.map(Value::zeros).collect();
        let count = executable.plan().steps.len();
        let mut times = vec![Vec::with_capacity(runs); count];
        let mut totals = Vec::with_capacity(runs);
        let mut session = executable.session();
        for run in 0..=runs {
            let mut results: Vec<ArrayMut<'_>> = outputs.iter_mut().map(ArrayMut::from).collect();
            let mut last = Instant::now();
            let mut start = last;
            let mut watch = |step: Option<usize>| {
                let now = Instant::now();
                match step {
                    None => start = now,
                    // The first run makes caches warm.
                    Some(step) if run > 0 => times[step].push((now - last).as_secs_f64()),
                    Some(_) => {}
                }
                last = Instant::now();
            };
            session.run_watched(&arguments, &mut results, &mut watch)?;
            if run > 0 {
                totals.push((last - start).as_secs_f64());
            }
        }
        let machine = Machine::measured(executable.threads());
        let steps = executable.plan().steps.iter().zip(&mut times);
        let steps =
            steps.map(|(step, times)| StepProfile::new(executable, step, median(times), &machine)).collect();
        Ok(Profile { steps, runs, seconds: median(&mut totals), machine })
    }

    /// What all steps would take at the machine's limits, in seconds.
    pub fn predicted(&self) -> f64 {
        self.steps.iter().map(|s| s.predicted).sum()
    }
}

impl StepProfile {
    fn new(executable: &Executable, step: &Step, seconds: f64, machine: &Machine) -> StepProfile {
        let (plan, function) = (executable.plan(), executable.function());
        let graph = function.graph();
        let work = |&node: &wengert_expr::NodeId| {
            let types: SmallVec<[&Type; 4]> = graph.operands(node).iter().map(|&o| graph.ty(o)).collect();
            (graph.op(node).row().work)(graph.op(node), &types, graph.ty(node))
        };
        let counted = || step.nodes().iter().map(work).sum::<Work>().flops();
        let flops = match step {
            Step::Product(p) => 2 * p.work(),
            Step::Loop(l) => folds(l).unwrap_or_else(counted),
            Step::Routine(_) | Step::Reference(_) => counted(),
        };
        let mut touched: SmallVec<[BufferId; 8]> = step.reads().into_iter().chain(step.writes()).collect();
        touched.sort_unstable();
        touched.dedup();
        let bytes = touched.iter().map(|b| plan.buffers[b.0 as usize].ty.bytes() as u64).sum();
        let single = step.writes().iter().any(|b| plan.buffers[b.0 as usize].ty.dtype == DType::F32);
        let predicted = machine.seconds(flops, bytes, single);
        let text = Printed { plan, function }.step(step);
        StepProfile { text, seconds, flops, bytes, predicted }
    }

    /// Arithmetic a second, in 10^9.
    pub fn gflops(&self) -> f64 {
        self.flops as f64 / self.seconds.max(1e-12) * 1e-9
    }

    /// Bytes a second, in 10^9.
    pub fn gigabytes(&self) -> f64 {
        self.bytes as f64 / self.seconds.max(1e-12) * 1e-9
    }
}

/// What a loop adds up that only moves elements or folds them: a part of what its node does, which other steps share.
fn folds(l: &Loop) -> Option<u64> {
    let fold = |i: &&Inst| matches!(i.op, Op::Accumulate(_) | Op::Reduce(_));
    let insts = &l.program.insts;
    let folds = insts.iter().filter(fold).count();
    let moves = insts.iter().filter(|i| matches!(i.op, Op::Load | Op::Store)).count();
    (folds + moves == insts.len()).then(|| (folds * l.elements()) as u64)
}

pub(super) fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    if times.is_empty() { 0.0 } else { times[times.len() / 2] }
}
