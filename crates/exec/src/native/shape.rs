//! How many elements a vector holds, and so which registers and encodings its values have.

use super::tape::Class;
use iced_x86::Register;

/// How elements fill registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Elements side by side.
    pub(super) lanes: usize,
    /// One element only, the same in all of a 128-bit register.
    pub(super) scalar: bool,
}

impl Shape {
    /// Which one of the codes of an instruction for 128, 256 and 512 bits elements of 64 bits take if `wide`, else of 32.
    /// Beside 16 elements only the first 8 steps of a stream have 64 bits.
    pub(super) fn length(self, wide: bool) -> usize {
        match (self.scalar, self.lanes) {
            (true, _) => 0,
            (false, 8) if !wide => 1,
            _ => 2,
        }
    }

    /// The bytes of a place that holds any vector.
    pub(super) fn slot(self) -> usize {
        if self.scalar { 16 } else { 64 }
    }

    /// A register of a class.
    pub(super) fn register(self, class: Class, number: u8) -> Register {
        let wide = match class {
            Class::Mask => return Register::K0 + u32::from(number),
            Class::Narrow => false,
            Class::Wide => true,
        };
        vector(self.length(wide), number)
    }
}

/// A vector register of 128, 256 or 512 bits.
pub(super) fn vector(length: usize, number: u8) -> Register {
    [Register::XMM0, Register::YMM0, Register::ZMM0][length] + u32::from(number)
}
