//! What many nodes have in common: an operation, the types of its operands and the type of its result.
//!
//! A graph of a million scalars has a few dozen signatures. So a node keeps no operation and no type of its own, and a type is
//! inferred once for all nodes of a signature.

use crate::map::TypeId;
use crate::op::Op;
use crate::row::{Kernel, Row};
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// An entry of a graph's table of signatures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SignatureId(pub(crate) u32);

/// An operation on operands of these types.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    pub(crate) op: Op,
    pub(crate) operands: Box<[TypeId]>,
    pub(crate) ty: TypeId,
}

/// Signatures by small numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignatureTable {
    signatures: Vec<Signature>,
    ids: HashTable<(u64, SignatureId)>,
    recent: [Option<(Elementwise, SignatureId, TypeId)>; RECENT],
}

/// How many signatures of elementwise operations are remembered.
const RECENT: usize = 32;

/// What determines a signature of an elementwise operation: its row and the type of all its operands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elementwise {
    row: &'static Row,
    ty: TypeId,
}

impl Elementwise {
    #[inline]
    pub(crate) fn of(row: &'static Row, operands: &[TypeId]) -> Option<Elementwise> {
        let ty = match *operands {
            [ty] => ty,
            [ty, other] if ty == other => ty,
            _ => return None,
        };
        (!matches!(row.kernel, Kernel::None)).then_some(Elementwise { row, ty })
    }

    /// Where it is remembered: rows lie one after another.
    fn slot(self) -> usize {
        (std::ptr::from_ref(self.row).addr() / size_of::<Row>()).wrapping_add(self.ty.0 as usize) % RECENT
    }
}

impl PartialEq for Elementwise {
    fn eq(&self, other: &Elementwise) -> bool {
        std::ptr::eq(self.row, other.row) && self.ty == other.ty
    }
}

impl SignatureTable {
    #[inline]
    pub(crate) fn get(&self, id: SignatureId) -> &Signature {
        &self.signatures[id.0 as usize]
    }

    /// The signature of an elementwise operation, and the type of its result, if they are remembered: in scalar graphs nearly
    /// always, without an operation being hashed.
    #[inline]
    pub(crate) fn recent(&self, wanted: Elementwise) -> Option<(SignatureId, TypeId)> {
        self.recent[wanted.slot()].filter(|(found, ..)| *found == wanted).map(|(_, id, ty)| (id, ty))
    }

    pub(crate) fn remember(&mut self, elementwise: Elementwise, id: SignatureId) {
        self.recent[elementwise.slot()] = Some((elementwise, id, self.get(id).ty));
    }

    /// The entry of this operation on operands of these types, or the hash under which it goes in.
    pub(crate) fn find(&self, op: &Op, operands: &[TypeId]) -> Result<SignatureId, u64> {
        let mut hasher = FxHasher::default();
        op.hash(&mut hasher);
        operands.iter().for_each(|ty| hasher.write_u32(ty.0));
        let hash = hasher.finish();
        let equal = |&(h, id): &(u64, SignatureId)| {
            let known = self.get(id);
            h == hash && same(&known.operands, operands) && known.op == *op
        };
        self.ids.find(hash, equal).map(|&(_, id)| id).ok_or(hash)
    }

    /// A signature that was looked for in vain.
    pub(crate) fn insert(&mut self, hash: u64, signature: Signature) -> SignatureId {
        let id = self.push(signature);
        self.ids.insert_unique(hash, (hash, id), |&(h, _)| h);
        id
    }

    /// A signature that nobody will look for: an input's.
    pub(crate) fn push(&mut self, signature: Signature) -> SignatureId {
        self.signatures.push(signature);
        SignatureId(self.signatures.len() as u32 - 1)
    }
}

/// Whether the types agree; at once for one or two, which nearly all operations have.
#[inline]
fn same(a: &[TypeId], b: &[TypeId]) -> bool {
    match (a, b) {
        ([a], [b]) => a == b,
        ([a, s], [b, t]) => a == b && s == t,
        _ => a == b,
    }
}
