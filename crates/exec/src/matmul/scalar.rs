//! The numbers that products are made of.

/// A number with a product and a sum; integers wrap.
pub(crate) trait Scalar: Copy + PartialEq {
    const ZERO: Self;

    fn from_f64(x: f64) -> Self;

    fn plus(self, b: Self) -> Self;

    fn times(self, b: Self) -> Self;

    /// `self * b + c`; rounded once if `FUSED`, which pays only where the processor has such an instruction.
    fn mul_add<const FUSED: bool>(self, b: Self, c: Self) -> Self;

    /// `self * sum`, added to what `c` holds if `accumulate`.
    ///
    /// # Safety
    /// `c` can be written, and read if `accumulate`.
    #[inline(always)]
    #[expect(unsafe_code, reason = "the caller answers for the pointer")]
    unsafe fn put<const FUSED: bool>(self, sum: Self, c: *mut Self, accumulate: bool) {
        unsafe {
            c.write(if accumulate { self.mul_add::<FUSED>(sum, c.read()) } else { self.times(sum) });
        }
    }
}

macro_rules! float {
    ($t:ty) => {
        impl Scalar for $t {
            const ZERO: $t = 0.0;

            #[inline(always)]
            fn from_f64(x: f64) -> $t {
                x as $t
            }

            #[inline(always)]
            fn plus(self, b: $t) -> $t {
                self + b
            }

            #[inline(always)]
            fn times(self, b: $t) -> $t {
                self * b
            }

            #[inline(always)]
            fn mul_add<const FUSED: bool>(self, b: $t, c: $t) -> $t {
                if FUSED { <$t>::mul_add(self, b, c) } else { self * b + c }
            }
        }
    };
}

float!(f32);
float!(f64);

impl Scalar for i64 {
    const ZERO: i64 = 0;

    #[inline(always)]
    fn from_f64(x: f64) -> i64 {
        x as i64
    }

    #[inline(always)]
    fn plus(self, b: i64) -> i64 {
        self.wrapping_add(b)
    }

    #[inline(always)]
    fn times(self, b: i64) -> i64 {
        self.wrapping_mul(b)
    }

    #[inline(always)]
    fn mul_add<const FUSED: bool>(self, b: i64, c: i64) -> i64 {
        self.wrapping_mul(b).wrapping_add(c)
    }
}
