//! Loops compiled more than once, each time for other vector instructions, and the choice between them at run time.
//!
//! A [`Body`] is inlined into a function that may use the instructions; nothing but its speed depends on which.

#![expect(unsafe_code, reason = "a function compiled for instructions may only run where they exist")]

/// Sets of vector instructions, each holding the ones before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Isa {
    /// Whatever every machine of the architecture has.
    Portable,
    /// AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 F, BW, DQ and VL.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Isa {
    /// The best one that this machine has.
    pub(crate) fn detect() -> Isa {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            match (avx2, avx512) {
                (true, true) => return Isa::Avx512,
                (true, false) => return Isa::Avx2,
                (false, _) => {}
            }
        }
        Isa::Portable
    }

    /// The same with vectors of at most 256 bits. On Zen 4 those are as fast, and a load of 512 bits that soon follows a store
    /// of them waits for it, as loops over tiles do.
    pub(crate) fn narrow(self) -> Isa {
        match self {
            Isa::Portable => Isa::Portable,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => Isa::Avx2,
        }
    }

    /// All that this machine has.
    #[cfg(test)]
    pub(crate) fn available() -> Vec<Isa> {
        #[cfg(target_arch = "x86_64")]
        let all = [Isa::Portable, Isa::Avx2, Isa::Avx512];
        #[cfg(not(target_arch = "x86_64"))]
        let all = [Isa::Portable];
        all.into_iter().filter(|&isa| isa <= Isa::detect()).collect()
    }
}

/// A loop. `run` is to be `#[inline(always)]`, and all that it calls inlinable.
pub(crate) trait Body {
    /// What it works on.
    type Args;

    /// Runs it.
    ///
    /// # Safety
    /// As the body says.
    unsafe fn run(args: &Self::Args);
}

/// A loop for the instructions of this machine.
pub(crate) type Compiled<A> = unsafe fn(&A);

/// The loop compiled for these instructions. Calling it is sound where they exist, as they do if [`Isa::detect`] says so,
/// and what the body asks for holds.
pub(crate) fn compiled<B: Body>(isa: Isa) -> Compiled<B::Args> {
    match isa {
        Isa::Portable => B::run,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => avx2::<B>,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => avx512::<B>,
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<B: Body>(args: &B::Args) {
    // SAFETY: the caller's.
    unsafe { B::run(args) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
unsafe fn avx512<B: Body>(args: &B::Args) {
    // SAFETY: the caller's.
    unsafe { B::run(args) }
}
