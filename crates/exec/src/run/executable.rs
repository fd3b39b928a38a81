//! A compiled function: run any number of times, by any number of threads.

use super::argument::{ArrayMut, ArrayRef};
use super::batch::Batch;
use super::frame::Frame;
use super::kernels::Kernels;
use super::loops::LoopCode;
use super::memory::Memory;
use super::options::CompileOptions;
use super::profile::Profile;
use super::session::Session;
use crate::error::{CompileError, ExecError};
use crate::native;
use crate::passes::{Level, Pipeline, Report};
use crate::plan::{Limits, Origin, Plan, PlanOptions, Printed, Product, Reference, Routine, Step};
use crate::pool::default_threads;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};
use wengert_expr::{Function, Value};

/// A step made ready.
#[derive(Debug)]
enum Code {
    Loop(LoopCode),
    Product(Product),
    Routine(Routine),
    Reference(Reference),
}

/// A compiled function. It can be shared: each run takes a frame of its own.
#[derive(Debug)]
pub struct Executable {
    function: Function,
    plan: Plan,
    codes: Vec<Code>,
    scratch: usize,
    threads: usize,
    carry: usize,
    phases: Phases,
    report: Report,
    idle: Mutex<Vec<Frame>>,
    native: bool,
    batch: OnceLock<Option<Batch>>,
}

/// How long each part of a compilation took.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Phases {
    /// Rewriting.
    pub passes: Duration,
    /// Fusion, lowering and memory.
    pub plan: Duration,
    /// Kernels and native code.
    pub kernels: Duration,
}

/// Compiles a function.
///
/// ```
/// use wengert_exec::{CompileOptions, compile};
/// use wengert_expr::{Value, text::parse};
/// let f = parse("input x: f64[3]\noutput y = sum(sin(x) * x)", &Default::default())?;
/// let executable = compile(&f, &CompileOptions::default())?;
/// let y = executable.run(&[Value::from(vec![0.0, 1.0, 2.0])])?;
/// assert!((y[0].item().unwrap() - 2.6600658).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A pass or rule named in the options that there is not, or a value too large to be tried.
pub fn compile(function: &Function, options: &CompileOptions) -> Result<Executable, CompileError> {
    crate::Interpreter::new(function).check_sizes()?;
    check_carry(function, options.carry)?;
    let start = Instant::now();
    let (function, report) = match &options.passes {
        Some(passes) => Pipeline::standard().run(function, passes)?,
        None => (function.clone(), Report::default()),
    };
    let passes = start.elapsed();
    let limits = Limits { fuse: options.fuse, ..Limits::default() };
    let carried = (0..options.carry).map(|i| (i, i)).collect();
    let budget = options.memory_budget;
    let flatten = options.fuse && options.native && native::is_there();
    let contract = options.passes.as_ref().is_some_and(|p| p.level == Level::Relaxed);
    let in_place = options.in_place;
    let plan = Plan::new(&function, &PlanOptions { limits, in_place, carried, flatten, contract, budget });
    let plan = plan.map_err(|least| CompileError::Budget { budget: budget.unwrap_or(0), least })?;
    let planned = start.elapsed();
    let mut kernels = Kernels::new(options.native, contract);
    let codes: Vec<Code> = plan.steps.iter().map(|step| ready(step, &mut kernels)).collect();
    let scratch = codes.iter().map(Code::scratch).max().unwrap_or(0);
    let phases = Phases { passes, plan: planned - passes, kernels: start.elapsed() - planned };
    let native = options.native;
    let (carry, threads) = (options.carry, options.threads.unwrap_or_else(default_threads));
    Ok(Executable {
        function,
        plan,
        codes,
        scratch,
        threads,
        carry,
        phases,
        report,
        idle: Mutex::default(),
        native,
        batch: OnceLock::new(),
    })
}

/// State must have one type before and after.
fn check_carry(function: &Function, carry: usize) -> Result<(), CompileError> {
    let (inputs, outputs) = (function.inputs(), function.outputs());
    if carry > inputs.len() || carry > outputs.len() {
        return Err(CompileError::Carry { carry, inputs: inputs.len(), outputs: outputs.len() });
    }
    for (i, input) in inputs[..carry].iter().enumerate() {
        let after = function.graph().ty(outputs[i].node);
        if *after != input.ty {
            let (input, output) = (input.clone(), function.output_name(i));
            return Err(CompileError::State {
                name: input.name,
                before: input.ty,
                output,
                after: after.clone(),
            });
        }
    }
    Ok(())
}

fn ready(step: &Step, kernels: &mut Kernels) -> Code {
    match step {
        Step::Loop(l) => Code::Loop(LoopCode { plan: l.clone(), kernel: kernels.of(l) }),
        Step::Product(p) => Code::Product(p.clone()),
        Step::Routine(r) => Code::Routine(r.clone()),
        Step::Reference(r) => Code::Reference(r.clone()),
    }
}

impl Code {
    fn scratch(&self) -> usize {
        match self {
            Code::Loop(l) => l.kernel.scratch(),
            Code::Product(_) | Code::Routine(_) | Code::Reference(_) => 0,
        }
    }

    fn run(&self, frame: &mut Frame) -> Result<(), ExecError> {
        match self {
            Code::Loop(l) => l.run(frame),
            Code::Product(p) => p.run(frame),
            Code::Routine(r) => r.run(frame)?,
            Code::Reference(r) => r.run(frame)?,
        }
        Ok(())
    }
}

impl Executable {
    /// The function as it runs: after all passes.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// How long its compilation took.
    pub fn phases(&self) -> Phases {
        self.phases
    }

    /// What the passes did.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The steps as text, one a line, and what memory they need.
    pub fn plan_text(&self) -> String {
        Printed { plan: &self.plan, function: &self.function }.to_string()
    }

    /// Bytes of temporary memory that one run works in, arguments and results apart.
    pub fn memory(&self) -> usize {
        self.plan.memory.bytes
    }

    /// Runs on one value for each input, in the order of the inputs.
    ///
    /// # Errors
    /// Another number of values, a value of another type than its input's, or an operation that has no value for its
    /// operands (an index out of bounds, an integer division by zero).
    pub fn run(&self, inputs: &[Value]) -> Result<Vec<Value>, ExecError> {
        let arguments: Vec<ArrayRef<'_>> = inputs.iter().map(ArrayRef::from).collect();
        let types = self.function.outputs().iter().map(|o| self.function.graph().ty(o.node));
        let mut outputs: Vec<Value> = types.map(Value::zeros).collect();
        let mut results: Vec<ArrayMut<'_>> = outputs.iter_mut().map(ArrayMut::from).collect();
        self.session().run_into(&arguments, &mut results)?;
        drop(results);
        Ok(outputs)
    }

    /// Runs on values by name, in any order; an input that no output needs may stay away.
    ///
    /// # Errors
    /// As [`Executable::run`], and a missing, unknown or doubled input.
    pub fn run_named(&self, inputs: &[(&str, Value)]) -> Result<Vec<Value>, ExecError> {
        let used = self.used();
        let mut slots: Vec<Option<Value>> = vec![None; self.function.inputs().len()];
        for (name, value) in inputs {
            let Some(i) = self.function.inputs().iter().position(|input| input.name == *name) else {
                let names: Vec<String> =
                    self.function.inputs().iter().map(|i| format!("{:?}", i.name)).collect();
                return Err(ExecError::Unknown { name: (*name).to_owned(), inputs: names.join(", ") });
            };
            if slots[i].replace(value.clone()).is_some() {
                return Err(ExecError::Twice { name: (*name).to_owned() });
            }
        }
        let filled = slots.into_iter().zip(self.function.inputs()).zip(used).map(|((slot, input), used)| {
            let missing = || ExecError::Missing { name: input.name.clone(), expected: input.ty.clone() };
            slot.or_else(|| (!used).then(|| Value::zeros(&input.ty))).ok_or_else(missing)
        });
        self.run(&filled.collect::<Result<Vec<_>, _>>()?)
    }

    /// Runs so many times and says where the time goes.
    ///
    /// # Errors
    /// As [`Executable::run`].
    pub fn profile(&self, inputs: &[Value], runs: usize) -> Result<Profile, ExecError> {
        Profile::measure(self, inputs, runs)
    }

    /// A frame to run in, kept by one caller: runs in it allocate nothing.
    pub fn session(&self) -> Session<'_> {
        let idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        Session::new(self, idle.unwrap_or_else(|| self.frame()))
    }

    /// How many inputs are state.
    pub(super) fn carry(&self) -> usize {
        self.carry
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Takes a frame back for the next session.
    pub(super) fn keep(&self, frame: Frame) {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(frame);
    }

    /// The function for batches, made when it is first asked for; `None` where it is too large for that.
    pub(super) fn batch(&self) -> Option<&Batch> {
        self.batch.get_or_init(|| Batch::new(&self.function, self.native)).as_ref()
    }

    pub(super) fn threads(&self) -> usize {
        self.threads
    }

    pub(super) fn run_watched(
        &self,
        frame: &mut Frame,
        watch: &mut dyn FnMut(Option<usize>),
    ) -> Result<(), ExecError> {
        watch(None);
        for (i, code) in self.codes.iter().enumerate() {
            code.run(frame)?;
            watch(Some(i));
        }
        Ok(())
    }

    pub(super) fn run_in(&self, frame: &mut Frame) -> Result<(), ExecError> {
        self.codes.iter().try_for_each(|code| code.run(frame))
    }

    fn used(&self) -> Vec<bool> {
        let live = self.function.live();
        let mut used = vec![false; self.function.inputs().len()];
        for node in self.function.graph().nodes().filter(|n| live[n.index()]) {
            if let wengert_expr::Op::Input(i) = self.function.graph().op(node) {
                used[*i as usize] = true;
            }
        }
        used
    }

    fn frame(&self) -> Frame {
        let mut arena = Memory::new(self.plan.memory.bytes);
        let base = arena.bytes().as_mut_ptr();
        let bases = self.plan.buffers.iter().zip(&self.plan.memory.offsets).map(|(buffer, offset)| {
            match (&buffer.origin, offset) {
                (Origin::Constant(value), _) => pointer_of(value),
                (_, Some(offset)) => base.wrapping_add(*offset),
                (Origin::Input(_) | Origin::Output(_) | Origin::Temporary, None) => std::ptr::null_mut(),
            }
        });
        Frame::new(bases.collect(), arena, self.threads, self.scratch)
    }
}

/// Where a value's elements lie. Values are in standard layout.
pub(super) fn pointer_of(value: &Value) -> *mut u8 {
    wengert_expr::with_tensor!(value, t => t.as_ptr().cast_mut().cast())
}
