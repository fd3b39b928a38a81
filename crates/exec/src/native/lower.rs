//! From lane programs to tapes: what each operation is in primitives.
//!
//! A program with an operation that has no vector form has no tape.

use super::calls::{Call, Function};
use super::symbol::{Number, Truth};
use super::tape::{Fold, Id, Prim, Reduce, Shared, Tape, float, int};
use crate::lane::{Access, Inst, Op, Program, identity};
use crate::math::{self, Mask, Real};
use std::cell::Cell;
use wengert_expr::{Binary, Comparison, DType, Reduction, Unary};

/// The tape of a program; for one element only if `scalar`.
pub(super) fn lower(program: &Program, scalar: bool) -> Option<Tape> {
    let count = program.insts.len();
    let shared = Shared::new(Tape::with_capacity(count));
    let mut lowering = Lowering {
        program,
        scalar,
        tape: &shared,
        values: Vec::with_capacity(count),
        stored_uniform: Cell::new(false),
    };
    for inst in &program.insts {
        let id = lowering.inst(inst)?;
        lowering.values.push(id);
    }
    Some(shared.into_inner())
}

struct Lowering<'a> {
    program: &'a Program,
    scalar: bool,
    tape: &'a Shared,
    /// The entry of each of the program's values; of what is stored, for instructions without one.
    values: Vec<Id>,
    /// True once something is stored to one element for a whole row: what is loaded before the row starts wouldn't see it.
    stored_uniform: Cell<bool>,
}

/// True for dtypes of 64 bits.
pub(super) fn wide(dtype: DType) -> bool {
    matches!(dtype, DType::F64 | DType::I64)
}

impl Lowering<'_> {
    fn push(&self, prim: Prim, wide: bool, imm: u16, args: &[u32]) -> Id {
        self.tape.borrow_mut().push(prim, wide, imm, args)
    }

    fn inst(&self, inst: &Inst) -> Option<Id> {
        let args = inst.args;
        let of = |i: usize| self.values[args[i] as usize];
        let dtype_of = |i: usize| self.program.insts[args[i] as usize].dtype;
        let wide = wide(inst.dtype);
        Some(match inst.op {
            Op::Constant => self.constant(inst.dtype, self.program.constants[args[0] as usize]),
            Op::Load => self.load(inst.dtype, args[0]),
            Op::Unary(f) => self.unary(f, dtype_of(0), of(0))?,
            Op::Polygamma => self.polygamma(args[1], inst.dtype, of(0))?,
            Op::Binary(f) => self.binary(f, inst.dtype, of(0), of(1))?,
            Op::Compare(f) => self.compare(f, dtype_of(0), of(0), of(1)),
            Op::Select if inst.dtype == DType::Bool => self.tape.borrow_mut().choose(of(0), of(1), of(2)),
            Op::Select => self.tape.borrow_mut().select(wide, of(0), of(1), of(2)),
            Op::Cast => self.cast(dtype_of(0), inst.dtype, of(0)),
            Op::MulAdd if !matches!(inst.dtype, DType::F32 | DType::F64) => return None,
            Op::MulAdd => self.tape.borrow_mut().fma(wide, [of(0), of(1), of(2)]),
            Op::Store => self.store(inst.dtype, args[1], of(0)),
            Op::Accumulate(_) if self.access(args[1]) == Access::Uniform => return None,
            Op::Accumulate(fold) => {
                let old = self.load(inst.dtype, args[1]);
                let new = self.binary(folding(fold), inst.dtype, old, of(0))?;
                self.store(inst.dtype, args[1], new)
            }
            Op::Reduce(fold) if self.scalar => {
                let start = self.constant(inst.dtype, identity(fold, inst.dtype));
                let total = self.binary(folding(fold), inst.dtype, start, of(0))?;
                let old = self.load(inst.dtype, args[1]);
                let new = self.binary(folding(fold), inst.dtype, old, total)?;
                self.store(inst.dtype, args[1], new)
            }
            Op::Reduce(fold) => self.reduce(fold, inst.dtype, args[1], of(0))?,
        })
    }

    fn constant(&self, dtype: DType, bits: u64) -> Id {
        match dtype {
            DType::Bool => self.push(Prim::Truth, false, u16::from(bits != 0), &[]),
            DType::I64 | DType::F32 | DType::F64 => self.tape.borrow_mut().constant(wide(dtype), bits),
        }
    }

    /// Where a stream's elements lie; all are the same where there is but one.
    fn access(&self, stream: u32) -> Access {
        if self.scalar { Access::Contiguous } else { self.program.streams[stream as usize].access }
    }

    fn load(&self, dtype: DType, stream: u32) -> Id {
        let wide = wide(dtype);
        let steps = || self.push(Prim::Steps, true, 0, &[stream]);
        let load = |prim, args: &[u32]| self.tape.borrow_mut().load(prim, wide, args);
        match (dtype, self.access(stream)) {
            (DType::Bool, Access::Uniform) if self.stored_uniform.get() => {
                self.non_zero(false, load(Prim::GatherBytes, &[stream]))
            }
            (_, Access::Uniform) if self.stored_uniform.get() => load(Prim::Broadcast, &[stream]),
            (DType::Bool, Access::Uniform) => self.push(Prim::UniformTruth, false, 0, &[stream]),
            (DType::Bool, Access::Contiguous) => self.non_zero(false, load(Prim::LoadBytes, &[stream])),
            (DType::Bool, Access::Strided) => self.non_zero(false, load(Prim::GatherBytes, &[stream])),
            (_, Access::Uniform) => self.push(Prim::Uniform, wide, 0, &[stream]),
            (_, Access::Contiguous) => load(Prim::Load, &[stream]),
            (_, Access::Strided) => {
                let steps = steps();
                load(Prim::Gather, &[steps, stream])
            }
        }
    }

    /// One element for a whole row is a stream whose elements all lie in one place.
    fn store(&self, dtype: DType, stream: u32, value: Id) -> Id {
        let wide = wide(dtype);
        let contiguous = self.access(stream) == Access::Contiguous;
        self.stored_uniform.set(self.stored_uniform.get() || self.access(stream) == Access::Uniform);
        match (dtype, contiguous) {
            (DType::Bool, _) => {
                let one = self.tape.borrow_mut().constant(false, 1);
                let bytes = self.push(Prim::Keep, false, 0, &[value, one]);
                let prim = if contiguous { Prim::StoreBytes } else { Prim::ScatterBytes };
                self.push(prim, false, 0, &[bytes, stream]);
            }
            (_, true) => {
                self.push(Prim::Store, wide, 0, &[value, stream]);
            }
            (_, false) => {
                let steps = self.push(Prim::Steps, true, 0, &[stream]);
                self.push(Prim::Scatter, wide, 0, &[value, steps, stream]);
            }
        }
        value
    }

    fn reduce(&self, fold: Reduction, dtype: DType, stream: u32, value: Id) -> Option<Id> {
        let number = {
            let mut tape = self.tape.borrow_mut();
            tape.reduces.push(Reduce { fold, dtype, stream });
            tape.reduces.len() as u32 - 1
        };
        let how = match (dtype, fold) {
            (DType::Bool, _) => return None,
            (DType::I64, Reduction::Sum) => Fold::IntAdd,
            (DType::I64, Reduction::Prod) => Fold::IntMul,
            (DType::I64, Reduction::Max) => Fold::IntMax,
            (DType::I64, Reduction::Min) => Fold::IntMin,
            (_, Reduction::Sum) => Fold::Add,
            (_, Reduction::Prod) => Fold::Mul,
            (_, Reduction::Max | Reduction::Min) => Fold::Replace,
        };
        let wide = wide(dtype);
        let folded = if how == Fold::Replace {
            let state = self.push(Prim::Accumulator, wide, 0, &[number]);
            self.binary(folding(fold), dtype, state, value)?
        } else {
            value
        };
        self.push(Prim::Fold(how), wide, 0, &[folded, number]);
        Some(value)
    }

    fn unary(&self, f: Unary, dtype: DType, x: Id) -> Option<Id> {
        match dtype {
            DType::Bool => (f == Unary::Not).then(|| self.tape.borrow_mut().not(x)),
            DType::I64 => self.integer_unary(f, x),
            DType::F32 => self.float_unary(f, Number::<32>::new(self.tape, x)),
            DType::F64 => self.float_unary(f, Number::<64>::new(self.tape, x)),
        }
    }

    fn integer_unary(&self, f: Unary, x: Id) -> Option<Id> {
        let constant = |x: i64| self.constant(DType::I64, x as u64);
        Some(match f {
            Unary::Neg => self.push(Prim::IntSub, true, 0, &[constant(0), x]),
            Unary::Abs => self.push(Prim::IntAbs, true, 0, &[x]),
            Unary::Sign => {
                let above = self.push(Prim::IntMax, true, 0, &[x, constant(-1)]);
                self.push(Prim::IntMin, true, 0, &[above, constant(1)])
            }
            Unary::Square => self.push(Prim::IntMul, true, 0, &[x, x]),
            Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc => x,
            _ => return None,
        })
    }

    fn float_unary<const W: u32>(&self, f: Unary, x: Number<'_, W>) -> Option<Id> {
        if f == Unary::IsFinite {
            return Some(x.abs().lt(x.number(f64::INFINITY)).id);
        }
        let call = |f| Some(Call { function: Function::OfOne(f), wide: W == 64 });
        match (math::unary(f, x), math::range(f)) {
            (Some(y), None) => Some(y.id),
            (Some(y), Some(limit)) => {
                let beyond = x.number(limit).lt(x.abs());
                let call = self.tape.borrow_mut().call(call(math::reference::unary(f)?)?)?;
                Some(self.push(Prim::Patch, W == 64, call, &[y.id, x.id, beyond.id]))
            }
            (None, _) => self.call(call(math::reference::unary(f)?)?, &[x.id]),
        }
    }

    /// What has no vector form, element by element.
    fn call(&self, call: Call, operands: &[Id]) -> Option<Id> {
        let number = self.tape.borrow_mut().call(call)?;
        let prim = if operands.len() == 1 { Prim::Call } else { Prim::CallPair };
        Some(self.push(prim, call.wide, number, operands))
    }

    fn polygamma(&self, order: u32, dtype: DType, x: Id) -> Option<Id> {
        let float = matches!(dtype, DType::F32 | DType::F64);
        let call = Call { function: Function::Polygamma(order), wide: wide(dtype) };
        if float { self.call(call, &[x]) } else { None }
    }

    fn binary(&self, f: Binary, dtype: DType, x: Id, y: Id) -> Option<Id> {
        let prim = match (dtype, f) {
            (DType::Bool, Binary::And) => Prim::MaskAnd,
            (DType::Bool, Binary::Or) => Prim::MaskOr,
            (DType::Bool, Binary::Xor) => Prim::MaskXor,
            (DType::Bool, _) => return None,
            (DType::I64, Binary::Add) => Prim::IntAdd,
            (DType::I64, Binary::Sub) => Prim::IntSub,
            (DType::I64, Binary::Mul) => Prim::IntMul,
            (DType::I64, Binary::Maximum) => Prim::IntMax,
            (DType::I64, Binary::Minimum) => Prim::IntMin,
            (DType::I64, _) => return None,
            (DType::F32, _) => {
                return self.float_binary(f, Number::<32>::new(self.tape, x), Number::new(self.tape, y));
            }
            (DType::F64, _) => {
                return self.float_binary(f, Number::<64>::new(self.tape, x), Number::new(self.tape, y));
            }
        };
        Some(self.push(prim, wide(dtype), 0, &[x, y]))
    }

    fn float_binary<'t, const W: u32>(&self, f: Binary, x: Number<'t, W>, y: Number<'t, W>) -> Option<Id> {
        let or_nan = |extreme: Number<'t, W>| -> Number<'t, W> { Truth::select(y.is_nan(), y, extreme) };
        let z = match f {
            Binary::Maximum => Some(or_nan(y.max(x))),
            Binary::Minimum => Some(or_nan(y.min(x))),
            _ => math::binary(f, x, y),
        };
        let function = Function::OfTwo(math::reference::binary(f)?);
        z.map_or_else(|| self.call(Call { function, wide: W == 64 }, &[x.id, y.id]), |z| Some(z.id))
    }

    fn compare(&self, f: Comparison, dtype: DType, x: Id, y: Id) -> Id {
        let (x, y) = match f {
            Comparison::Greater | Comparison::GreaterEqual => (y, x),
            _ => (x, y),
        };
        let (prim, predicates) = match dtype {
            DType::Bool => return self.compare_truth(f, x, y),
            DType::I64 => (Prim::IntCompare, [int::EQ, int::LT, int::LE]),
            DType::F32 | DType::F64 => (Prim::Compare, [float::EQ, float::LT, float::LE]),
        };
        let test = |i: usize| self.push(prim, wide(dtype), predicates[i], &[x, y]);
        match f {
            Comparison::Equal => test(0),
            Comparison::NotEqual => {
                let equal = test(0);
                self.tape.borrow_mut().not(equal)
            }
            Comparison::Less | Comparison::Greater => test(1),
            Comparison::LessEqual | Comparison::GreaterEqual => test(2),
        }
    }

    /// Of operands that stand the right way round for less.
    fn compare_truth(&self, f: Comparison, x: Id, y: Id) -> Id {
        let mut tape = self.tape.borrow_mut();
        match f {
            Comparison::NotEqual => tape.push(Prim::MaskXor, false, 0, &[x, y]),
            Comparison::Equal => {
                let differ = tape.push(Prim::MaskXor, false, 0, &[x, y]);
                tape.not(differ)
            }
            Comparison::Less | Comparison::Greater => tape.push(Prim::MaskAndNot, false, 0, &[x, y]),
            Comparison::LessEqual | Comparison::GreaterEqual => {
                let above = tape.push(Prim::MaskAndNot, false, 0, &[y, x]);
                tape.not(above)
            }
        }
    }

    fn cast(&self, from: DType, to: DType, x: Id) -> Id {
        use DType::{Bool, F32, F64, I64};
        match (from, to) {
            (Bool, Bool) | (I64, I64) | (F32, F32) | (F64, F64) => x,
            (Bool, I64) => self.push(Prim::Keep, true, 0, &[x, self.constant(I64, 1)]),
            (Bool, F32) => {
                let one = self.constant(F32, u64::from(1f32.to_bits()));
                self.push(Prim::Keep, false, 0, &[x, one])
            }
            (Bool, F64) => self.push(Prim::Keep, true, 0, &[x, self.constant(F64, 1f64.to_bits())]),
            (I64, Bool) => self.non_zero(true, x),
            (F32 | F64, Bool) => {
                let zero = self.compare(Comparison::Equal, from, x, self.constant(from, 0));
                self.tape.borrow_mut().not(zero)
            }
            (F32, F64) => self.push(Prim::Widen, true, 0, &[x]),
            (F64, F32) => self.push(Prim::Shorten, true, 0, &[x]),
            (I64, F64) => self.push(Prim::FromInt, true, 0, &[x]),
            (I64, F32) => self.push(Prim::LongToSingle, true, 0, &[x]),
            (F32, I64) => self.truncate(F32, Prim::SingleToLong, x),
            (F64, I64) => self.truncate(F64, Prim::ToInt, x),
        }
    }

    /// To `i64`: what is too large becomes the largest, NaN becomes 0.
    fn truncate(&self, from: DType, prim: Prim, x: Id) -> Id {
        let limit = 9_223_372_036_854_775_808.0_f64;
        let bits = if from == DType::F64 { limit.to_bits() } else { u64::from((limit as f32).to_bits()) };
        let integer = self.push(prim, true, 0, &[x]);
        let large = self.compare(Comparison::LessEqual, from, self.constant(from, bits), x);
        let number = self.compare(Comparison::Equal, from, x, x);
        let most = self.constant(DType::I64, i64::MAX as u64);
        let mut tape = self.tape.borrow_mut();
        let clamped = tape.select(true, large, most, integer);
        tape.push(Prim::Keep, true, 0, &[number, clamped])
    }

    fn non_zero(&self, wide: bool, x: Id) -> Id {
        self.push(Prim::NonZero, wide, 0, &[x])
    }
}

fn folding(fold: Reduction) -> Binary {
    match fold {
        Reduction::Sum => Binary::Add,
        Reduction::Prod => Binary::Mul,
        Reduction::Max => Binary::Maximum,
        Reduction::Min => Binary::Minimum,
    }
}
