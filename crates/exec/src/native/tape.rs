//! A straight line of primitive instructions in static single assignment: what a lane program becomes before registers.
//!
//! Always holds: operands are older than what uses them; equal pure entries are one entry; each entry is about one machine
//! instruction. Rewrites made here keep every bit (but a NaN's sign and payload).

use super::calls::Call;
use super::simplify::Simplified;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use wengert_expr::{DType, Reduction};

/// The number of an entry.
pub(super) type Id = u32;

/// Where a value lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Class {
    /// A vector of 32-bit elements.
    Narrow,
    /// A vector of 64-bit elements.
    Wide,
    /// One bit for each element.
    Mask,
}

/// A primitive. Arithmetic is on floats unless its name says `Int`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Prim {
    /// The same bits, `args[0] + args[1] << 32`, in every element.
    Constant,
    /// All elements true, or all false, as `imm` says.
    Truth,
    /// The one element of stream `args[0]`, in every element.
    Uniform,
    /// The same, of a stream of truth values.
    UniformTruth,
    /// The byte distances of the elements of strided stream `args[0]` from the first.
    Steps,
    /// Of contiguous stream `args[0]`; `args[1]` counts the stores before.
    Load,
    /// The one element of stream `args[0]`, where it may have changed since the row started.
    Broadcast,
    /// Truth values as integers 0 and 1, of contiguous stream `args[0]`.
    LoadBytes,
    /// `args[0]` are the steps of stream `args[1]`.
    Gather,
    /// Truth values as integers 0 and 1, of strided stream `args[0]`.
    GatherBytes,
    /// What reduction `args[0]` has so far.
    Accumulator,
    Add,
    Sub,
    Mul,
    Div,
    /// `a > b ? a : b`.
    Max,
    /// `a < b ? a : b`.
    Min,
    Sqrt,
    /// `±(a * b) ± c`: bit 0 of `imm` negates the product, bit 1 the addend.
    Fma,
    /// To an integer in the direction `imm`.
    Round,
    /// `a * 2**floor(b)`.
    Scale,
    /// The exponent, as a float; minus infinity of 0.
    Exponent,
    /// The mantissa in [3/4, 3/2); NaN of what is negative.
    Mantissa,
    And,
    Or,
    Xor,
    /// `args[0]` with the bits of `args[1]` where `args[2]` has ones.
    Copysign,
    IntAdd,
    IntSub,
    IntMul,
    IntAbs,
    IntMax,
    IntMin,
    Shl,
    Shr,
    /// By predicate `imm`.
    Compare,
    /// By predicate `imm`.
    IntCompare,
    /// True where an integer is not 0.
    NonZero,
    MaskAnd,
    /// `!a & b`.
    MaskAndNot,
    MaskOr,
    MaskXor,
    MaskNot,
    /// `args[1]` where mask `args[0]` is true, else `args[2]`.
    Select,
    /// `args[1]` where mask `args[0]` is true, else 0.
    Keep,
    /// `f32` to `f64`.
    Widen,
    /// `f64` to `f32`.
    Shorten,
    /// A float of the integer's width.
    FromInt,
    /// `i64` to `f32`.
    LongToSingle,
    /// `f64` to `i64`, truncated; the least integer where it doesn't fit.
    ToInt,
    /// `f32` to `i64`, the same.
    SingleToLong,
    /// `args[0]`, but where mask `args[2]` is true what call `imm` gives for `args[1]`.
    Patch,
    /// What call `imm` gives for `args[0]`.
    Call,
    /// What call `imm` gives for `args[0]` and `args[1]`.
    CallPair,
    /// `args[0]` to contiguous stream `args[1]`.
    Store,
    /// The integers 0 and 1 `args[0]` to contiguous stream `args[1]` of truth values.
    StoreBytes,
    /// `args[0]`, by the steps `args[1]`, to stream `args[2]`.
    Scatter,
    /// The integers 0 and 1 `args[0]` to strided stream `args[1]` of truth values.
    ScatterBytes,
    /// `args[0]` into reduction `args[1]`.
    Fold(Fold),
}

impl Prim {
    /// Where its value lives, of elements of 64 bits if `wide`.
    pub(super) fn class(self, wide: bool) -> Option<Class> {
        use Prim::*;
        Some(match self {
            Store | StoreBytes | Scatter | ScatterBytes | Fold(_) => return None,
            Truth | UniformTruth | Compare | IntCompare | NonZero | MaskAnd | MaskAndNot | MaskOr
            | MaskXor | MaskNot => Class::Mask,
            Steps | Widen | SingleToLong => Class::Wide,
            LoadBytes | GatherBytes | Shorten | LongToSingle => Class::Narrow,
            _ if wide => Class::Wide,
            _ => Class::Narrow,
        })
    }

    /// True if its operands have 64 bits.
    pub(super) fn reads_wide(self, wide: bool) -> bool {
        wide && !matches!(self, Prim::Widen | Prim::SingleToLong)
    }
}

/// How a value goes into a reduction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Fold {
    Add,
    Mul,
    IntAdd,
    IntMul,
    IntMax,
    IntMin,
    /// It is the new state.
    Replace,
}

/// Predicates of float comparisons that signal nothing. Bit 2 negates.
pub(super) mod float {
    pub(in super::super) const EQ: u16 = 0x00;
    pub(in super::super) const UNORDERED: u16 = 0x03;
    pub(in super::super) const LT: u16 = 0x11;
    pub(in super::super) const LE: u16 = 0x12;
}

/// Predicates of integer comparisons. Bit 2 negates.
pub(super) mod int {
    pub(in super::super) const EQ: u16 = 0;
    pub(in super::super) const LT: u16 = 1;
    pub(in super::super) const LE: u16 = 2;
}

/// The bit that negates a predicate.
const NEGATED: u16 = 4;

/// One primitive instruction, of elements of 64 bits if `wide`, else of 32.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Entry {
    pub(super) prim: Prim,
    pub(super) wide: bool,
    pub(super) imm: u16,
    pub(super) args: [u32; 3],
}

impl Entry {
    /// The entries that it reads.
    pub(super) fn operands(&self) -> &[Id] {
        use Prim::*;
        let count = match self.prim {
            Constant | Truth | Uniform | UniformTruth | Steps | Load | Broadcast | LoadBytes
            | GatherBytes | Accumulator => 0,
            Gather | Call | Exponent | Mantissa | Sqrt | Round | IntAbs | Shl | Shr | NonZero | MaskNot
            | Widen | Shorten | FromInt | LongToSingle | ToInt | SingleToLong | Store | StoreBytes
            | ScatterBytes | Fold(_) => 1,
            Add | Sub | Mul | Div | Max | Min | Scale | And | Or | Xor | IntAdd | IntSub | IntMul
            | IntMax | IntMin | Compare | IntCompare | MaskAnd | MaskAndNot | MaskOr | MaskXor | Keep
            | Scatter | CallPair => 2,
            Fma | Copysign | Select | Patch => 3,
        };
        &self.args[..count]
    }

    /// Where its value lives; `None` if it has none.
    pub(super) fn class(&self) -> Option<Class> {
        self.prim.class(self.wide)
    }

    /// True if it can change what a later load sees.
    pub(super) fn stores(&self) -> bool {
        matches!(self.prim, Prim::Store | Prim::StoreBytes | Prim::Scatter | Prim::ScatterBytes)
    }
}

/// A fold over a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reduce {
    pub(super) fold: Reduction,
    pub(super) dtype: DType,
    pub(super) stream: u32,
}

/// The tape while it is written.
#[derive(Debug, Default)]
pub(super) struct Tape {
    pub(super) entries: Vec<Entry>,
    pub(super) reduces: Vec<Reduce>,
    /// The functions that are called, element by element.
    pub(super) calls: Vec<Call>,
    /// Entries by their hash, which is kept so that growing touches no entry.
    known: HashTable<(u32, Id)>,
    stores: u32,
}

impl Tape {
    /// With room for so many entries.
    pub(super) fn with_capacity(capacity: usize) -> Tape {
        Tape {
            entries: Vec::with_capacity(capacity),
            known: HashTable::with_capacity(capacity),
            ..Tape::default()
        }
    }

    /// The entry, made now or before.
    pub(super) fn push(&mut self, prim: Prim, wide: bool, imm: u16, args: &[u32]) -> Id {
        let mut entry = Entry { prim, wide, imm, args: [0; 3] };
        // A loop, for so short a slice is copied faster so.
        for (to, &from) in entry.args.iter_mut().zip(args) {
            *to = from;
        }
        match self.simplified(entry) {
            Simplified::Is(id) => id,
            Simplified::To(entry) => self.find_or_append(entry),
        }
    }

    fn find_or_append(&mut self, entry: Entry) -> Id {
        if entry.class().is_none() {
            self.stores += u32::from(entry.stores());
            return self.append(entry);
        }
        let hash = hash(&entry);
        let equal = |&(h, id): &(u32, Id)| h == hash && self.entries[id as usize] == entry;
        if let Some(&(_, id)) = self.known.find(spread(hash), equal) {
            return id;
        }
        let id = self.append(entry);
        self.known.insert_unique(spread(hash), (hash, id), |&(h, _)| spread(h));
        id
    }

    fn append(&mut self, entry: Entry) -> Id {
        self.entries.push(entry);
        self.entries.len() as Id - 1
    }

    /// A load, which is another one after a store.
    pub(super) fn load(&mut self, prim: Prim, wide: bool, args: &[u32]) -> Id {
        let mut all = [0, 0, self.stores];
        for (to, &from) in all.iter_mut().zip(args) {
            *to = from;
        }
        self.push(prim, wide, 0, &all)
    }

    /// The same bits in every element.
    pub(super) fn constant(&mut self, wide: bool, bits: u64) -> Id {
        self.push(Prim::Constant, wide, 0, &[bits as u32, if wide { (bits >> 32) as u32 } else { 0 }])
    }

    /// The sign's bit.
    pub(super) fn sign(&mut self, wide: bool) -> Id {
        let [low, high] = sign_bits(wide);
        self.push(Prim::Constant, wide, 0, &[low, high])
    }

    /// `-x`.
    pub(super) fn neg(&mut self, wide: bool, x: Id) -> Id {
        let sign = self.sign(wide);
        self.push(Prim::Xor, wide, 0, &[x, sign])
    }

    /// `a * b + c`, rounded once.
    pub(super) fn fma(&mut self, wide: bool, mut args: [Id; 3]) -> Id {
        let mut imm = 0;
        for (i, arg) in args.iter_mut().enumerate() {
            if let Some(x) = self.negated(wide, *arg) {
                *arg = x;
                imm ^= if i == 2 { 2 } else { 1 };
            }
        }
        self.push(Prim::Fma, wide, imm, &args)
    }

    /// `!x` of a mask. A comparison that is asked the other way round costs nothing.
    pub(super) fn not(&mut self, x: Id) -> Id {
        let entry = self.entries[x as usize];
        match entry.prim {
            Prim::Compare | Prim::IntCompare => {
                self.push(entry.prim, entry.wide, entry.imm ^ NEGATED, &entry.args)
            }
            Prim::Truth => self.push(Prim::Truth, false, 1 - entry.imm, &[]),
            Prim::MaskNot => entry.args[0],
            _ => self.push(Prim::MaskNot, false, 0, &[x]),
        }
    }

    /// `yes` where `mask` is true, else `no`.
    pub(super) fn select(&mut self, wide: bool, mask: Id, yes: Id, no: Id) -> Id {
        let zero = self.constant(wide, 0);
        let test = self.entries[mask as usize];
        let less = test.prim == Prim::Compare && test.imm == float::LT && test.wide == wide;
        if no == zero {
            self.push(Prim::Keep, wide, 0, &[mask, yes])
        } else if yes == zero {
            let mask = self.not(mask);
            self.push(Prim::Keep, wide, 0, &[mask, no])
        } else if less && test.args[..2] == [no, yes] {
            self.push(Prim::Max, wide, 0, &[yes, no])
        } else if less && test.args[..2] == [yes, no] {
            self.push(Prim::Min, wide, 0, &[yes, no])
        } else {
            self.push(Prim::Select, wide, 0, &[mask, yes, no])
        }
    }

    /// The number of a call.
    pub(super) fn call(&mut self, call: Call) -> Option<u16> {
        let known = self.calls.iter().position(|&c| c == call);
        let number = known.unwrap_or_else(|| {
            self.calls.push(call);
            self.calls.len() - 1
        });
        u16::try_from(number).ok()
    }

    /// `yes` where `mask` is true, else `no`, all masks.
    pub(super) fn choose(&mut self, mask: Id, yes: Id, no: Id) -> Id {
        let a = self.push(Prim::MaskAnd, false, 0, &[mask, yes]);
        let b = self.push(Prim::MaskAndNot, false, 0, &[mask, no]);
        self.push(Prim::MaskOr, false, 0, &[a, b])
    }
}

fn hash(entry: &Entry) -> u32 {
    let mut hasher = FxHasher::default();
    entry.hash(&mut hasher);
    (hasher.finish() >> 16) as u32
}

/// The table takes its buckets from the low bits and its tags from the top ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The halves of the sign's bit.
pub(super) fn sign_bits(wide: bool) -> [u32; 2] {
    if wide { [0, 1 << 31] } else { [1 << 31, 0] }
}

/// A tape that many symbols write to.
pub(super) type Shared = RefCell<Tape>;
