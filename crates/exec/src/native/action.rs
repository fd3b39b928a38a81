//! The steps of finished code: primitives whose operands have their places.

use super::tape::{Class, Id, Prim};

/// Where an operand is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Nowhere,
    Register(u8),
    /// The constant of this entry, in the pool.
    Pool(Id),
    /// A vector in working memory.
    Slot(u32),
    /// A mask in working memory.
    MaskSlot(u32),
    /// The elements of this contiguous stream.
    Stream(u32),
    /// The state of this reduction.
    State(u32),
    /// All true, or all false.
    Truth(bool),
}

/// What an action does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Act {
    /// A primitive, in the order of operands that its encoding has.
    Run(Prim),
    /// `args[0]` to the register.
    Move(Class),
    /// The register to `args[0]`.
    Spill(Class),
}

/// One step of the finished code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Action {
    pub(super) act: Act,
    pub(super) wide: bool,
    pub(super) imm: u16,
    pub(super) register: u8,
    pub(super) args: [Place; 3],
}
