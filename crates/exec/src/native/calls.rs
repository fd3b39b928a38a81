//! Functions that native code calls element by element: what has no vector form, and arguments beyond the range of one.

#![expect(unsafe_code, reason = "operands come by address")]

use wengert_expr::special;

/// A function of elements of 64 bits if `wide`, else of 32.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Call {
    pub(super) function: Function,
    pub(super) wide: bool,
}

/// A function by its values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    OfOne(fn(f64) -> f64),
    OfTwo(fn(f64, f64) -> f64),
    /// Of this order.
    Polygamma(u32),
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        match (self, other) {
            (Function::OfOne(f), Function::OfOne(g)) => std::ptr::fn_addr_eq(*f, *g),
            (Function::OfTwo(f), Function::OfTwo(g)) => std::ptr::fn_addr_eq(*f, *g),
            (Function::Polygamma(f), Function::Polygamma(g)) => f == g,
            (Function::OfOne(_) | Function::OfTwo(_) | Function::Polygamma(_), _) => false,
        }
    }
}

/// A call's operands and results, as vectors, and a bit for each element that is asked for.
#[repr(C)]
pub(super) struct Operands {
    pub(super) x: [u64; 8],
    pub(super) y: [u64; 8],
    pub(super) out: [u64; 8],
    pub(super) mask: u64,
}

impl Call {
    fn at(&self, x: f64, y: f64) -> f64 {
        match self.function {
            Function::OfOne(f) => f(x),
            Function::OfTwo(f) => f(x, y),
            Function::Polygamma(order) => special::polygamma(order, x),
        }
    }

    fn fill(&self, operands: &mut Operands) {
        for lane in 0..if self.wide { 8 } else { 16 } {
            if operands.mask >> lane & 1 == 0 {
                continue;
            }
            if self.wide {
                let [x, y] = [operands.x, operands.y].map(|v| f64::from_bits(v[lane]));
                operands.out[lane] = self.at(x, y).to_bits();
            } else {
                let (word, shift) = (lane / 2, lane % 2 * 32);
                let [x, y] =
                    [operands.x, operands.y].map(|v| f64::from(f32::from_bits((v[word] >> shift) as u32)));
                let bits = u64::from((self.at(x, y) as f32).to_bits());
                operands.out[word] = operands.out[word] & !(u64::from(u32::MAX) << shift) | bits << shift;
            }
        }
    }
}

/// What native code calls.
pub(super) unsafe extern "sysv64" fn enter(operands: *mut Operands, call: *const Call) {
    // Sound: native code passes its own working memory and the table of its calls.
    unsafe { (*call).fill(&mut *operands) }
}
