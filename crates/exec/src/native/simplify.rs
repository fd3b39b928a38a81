//! What an entry is in fewer instructions, or written so that equal values become equal entries.
//!
//! Every bit stays, but a NaN's sign and payload.

use super::tape::{Entry, Id, Prim, Tape, sign_bits};

/// What stands for an entry.
pub(super) enum Simplified {
    Is(Id),
    To(Entry),
}

impl Tape {
    pub(super) fn simplified(&self, entry: Entry) -> Simplified {
        let mut entry = self.ordered(entry);
        let [a, b, _] = entry.args;
        let negated = |x: Id| self.negated(entry.wide, x);
        match entry.prim {
            Prim::Add => {
                if let Some(b) = negated(b) {
                    entry = Entry { prim: Prim::Sub, args: [a, b, 0], ..entry };
                } else if let Some(a) = negated(a) {
                    entry = Entry { prim: Prim::Sub, args: [b, a, 0], ..entry };
                }
            }
            Prim::Sub => {
                if let Some(b) = negated(b) {
                    entry = self.ordered(Entry { prim: Prim::Add, args: [a, b, 0], ..entry });
                }
            }
            Prim::Mul | Prim::Div => {
                if let (Some(a), Some(b)) = (negated(a), negated(b)) {
                    entry = self.ordered(Entry { args: [a, b, 0], ..entry });
                }
            }
            Prim::Xor if self.is_sign(b, entry.wide) => {
                if let Some(x) = negated(a) {
                    return Simplified::Is(x);
                }
            }
            Prim::And if self.is_magnitude(b, entry.wide) => entry.args[0] = self.without_sign(a, entry.wide),
            Prim::Copysign => entry.args[0] = self.without_sign(a, entry.wide),
            _ => {}
        }
        Simplified::To(entry)
    }

    /// Operands that can change places in one order, constants last.
    fn ordered(&self, mut entry: Entry) -> Entry {
        use Prim::*;
        let commutes = matches!(
            entry.prim,
            Add | Mul | Fma | And | Or | Xor | IntAdd | IntMul | IntMax | IntMin | MaskAnd | MaskOr | MaskXor
        );
        let key = |id: Id| (self.entries[id as usize].prim == Constant, id);
        if commutes && key(entry.args[1]) < key(entry.args[0]) {
            entry.args.swap(0, 1);
        }
        entry
    }

    /// What `x` is the negative of, if it is one.
    pub(super) fn negated(&self, wide: bool, x: Id) -> Option<Id> {
        let entry = &self.entries[x as usize];
        (entry.prim == Prim::Xor && entry.wide == wide && self.is_sign(entry.args[1], wide))
            .then_some(entry.args[0])
    }

    fn is_constant(&self, id: Id, wide: bool, bits: [u32; 2]) -> bool {
        let entry = &self.entries[id as usize];
        entry.prim == Prim::Constant && entry.wide == wide && entry.args[..2] == bits
    }

    fn is_sign(&self, id: Id, wide: bool) -> bool {
        self.is_constant(id, wide, sign_bits(wide))
    }

    fn is_magnitude(&self, id: Id, wide: bool) -> bool {
        let [low, high] = sign_bits(wide);
        self.is_constant(id, wide, if wide { [!low, !high] } else { [!low, high] })
    }

    /// The same, or something that differs in its sign only.
    fn without_sign(&self, id: Id, wide: bool) -> Id {
        let entry = &self.entries[id as usize];
        let [a, b, c] = entry.args;
        let only_sign = entry.wide == wide
            && match entry.prim {
                Prim::Xor => self.is_sign(b, wide),
                Prim::And => self.is_magnitude(b, wide),
                Prim::Copysign => self.is_sign(c, wide),
                _ => false,
            };
        if only_sign { a } else { id }
    }
}
