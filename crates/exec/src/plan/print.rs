//! A plan as text: its memory, and a line for each step.

use super::step::{Address, BufferId, Factor, Loop, Matrix, Product, Reference, Routine, Step};
use super::{Buffer, Origin, Plan};
use crate::lane::{Access, Inst, Op};
use std::fmt;
use wengert_expr::{DType, Function};

/// A plan, with the names of the function's inputs and outputs.
pub(crate) struct Printed<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) function: &'p Function,
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let memory = &self.plan.memory;
        writeln!(
            f,
            "{} steps; temporary memory {} bytes ({} are alive at the worst step), {} values in place of others",
            self.plan.steps.len(),
            memory.bytes,
            memory.bound,
            memory.in_place
        )?;
        for (i, step) in self.plan.steps.iter().enumerate() {
            writeln!(f, "{i:4}  {}", self.step(step))?;
        }
        Ok(())
    }
}

impl Printed<'_> {
    pub(crate) fn step(&self, step: &Step) -> String {
        match step {
            Step::Loop(l) => self.looped(l),
            Step::Product(p) => self.product(p),
            Step::Routine(r) => self.routine(r),
            Step::Reference(Reference(r)) => format!("{} (by reference)", self.routine(r)),
        }
    }

    fn looped(&self, l: &Loop) -> String {
        let reads: Vec<String> = streams(l, |op| op == Op::Load).map(|s| self.stream(l, s)).collect();
        let writes: Vec<String> = streams(l, |op| op != Op::Load).map(|s| self.stream(l, s)).collect();
        let cut =
            l.split.map_or(String::new(), |s| format!(" in {} pieces", l.extents[s.axis].div_ceil(s.size)));
        format!(
            "loop {:?}{cut}: {} <- {} of {}",
            &l.extents[..],
            writes.join(", "),
            operations(l),
            reads.join(", ")
        )
    }

    fn stream(&self, l: &Loop, stream: usize) -> String {
        let address: &Address = &l.streams[stream];
        let how = match l.program.streams[stream].access {
            Access::Contiguous => "",
            Access::Uniform => "*",
            Access::Strided => "~",
        };
        format!("{}{how}", self.name(address.buffer))
    }

    fn product(&self, p: &Product) -> String {
        let [m, k, n] = p.extents;
        let batch: String = p.batch.iter().map(|(n, _)| format!("{n} times ")).collect();
        let factor = match p.factor {
            Factor::Constant(1.0) => String::new(),
            Factor::Constant(x) => format!("{x} * "),
            Factor::Of { buffer, negative, .. } => {
                format!("{}{} * ", if negative { "-" } else { "" }, self.name(buffer))
            }
        };
        let add = if p.accumulate { "+=" } else { "<-" };
        let side = |m: &Matrix| format!("{}{}", self.name(m.buffer), if m.columns == 1 { "" } else { "'" });
        format!("product {batch}{m}x{k}x{n}: {} {add} {factor}{} @ {}", side(&p.c), side(&p.a), side(&p.b))
    }

    fn routine(&self, r: &Routine) -> String {
        let operands: Vec<String> =
            r.operands.iter().map(|(b, ty)| format!("{} {ty}", self.name(*b))).collect();
        format!("{} {}: {} <- {}", r.op.name(), r.to.1, self.name(r.to.0), operands.join(", "))
    }

    fn name(&self, id: BufferId) -> String {
        let Buffer { ty, origin } = &self.plan.buffers[id.0 as usize];
        match origin {
            Origin::Input(i) => self.function.inputs()[*i].name.clone(),
            Origin::Output(i) => self.function.output_name(*i),
            Origin::Constant(_) => format!("constant {ty}"),
            Origin::Temporary => match self.plan.memory.offsets[id.0 as usize] {
                Some(offset) => format!("t{}@{offset}", id.0),
                None => format!("t{}", id.0),
            },
        }
    }
}

/// The streams of instructions of a kind, each once.
fn streams(l: &Loop, kind: impl Fn(Op) -> bool) -> impl Iterator<Item = usize> {
    let mut all: Vec<usize> =
        l.program.insts.iter().filter(|i| kind(i.op)).filter_map(Inst::stream).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
}

/// The operations of a loop: the first few by name.
fn operations(l: &Loop) -> String {
    const SHOWN: usize = 12;
    let name = |i: &Inst| match i.op {
        Op::Unary(f) => Some(f.row().name.to_owned()),
        Op::Binary(f) => Some(f.row().name.to_owned()),
        Op::Compare(f) => Some(f.row().name.to_owned()),
        Op::Polygamma => Some("polygamma".to_owned()),
        Op::Select => Some("where".to_owned()),
        Op::Cast => Some(format!("to {}", DType::name(i.dtype))),
        Op::MulAdd => Some("muladd".to_owned()),
        Op::Accumulate(fold) => Some(format!("{} into", fold.row().name)),
        Op::Reduce(fold) => Some(format!("{} of row", fold.row().name)),
        Op::Constant | Op::Load | Op::Store => None,
    };
    let names: Vec<String> = l.program.insts.iter().filter_map(name).collect();
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len() - more].join(" ");
    match (names.is_empty(), more) {
        (true, _) => "copy".to_owned(),
        (false, 0) => shown,
        (false, more) => format!("{shown} and {more} more"),
    }
}
