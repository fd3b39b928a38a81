//! Which instructions the processor has, found when the program runs, and loops compiled for each such set.

#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "calls of functions compiled for instructions that were seen to exist")
)]

/// What the processor can do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Level {
    /// What every processor of this architecture can do.
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// What this processor can do.
    #[inline]
    pub(crate) fn detect() -> Level {
        #[cfg(target_arch = "x86_64")]
        {
            let has = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            match (has, wide) {
                (true, true) => return Level::Avx512,
                (true, false) => return Level::Avx2,
                (false, _) => {}
            }
        }
        Level::Portable
    }

    /// This processor's level and all that it includes.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Level> {
        let mut all = vec![Level::Portable];
        #[cfg(target_arch = "x86_64")]
        all.extend([Level::Avx2, Level::Avx512]);
        all.retain(|&level| level <= Level::detect());
        all
    }

    /// Runs loops compiled for this level.
    #[inline]
    pub(crate) fn run<L: Loops>(self, loops: L) {
        match self {
            Level::Portable => loops.run::<{ cfg!(target_arch = "aarch64") }>(),
            // Sound: a level is made by `detect` only.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { avx2(loops) },
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => unsafe { avx512(loops) },
        }
    }
}

/// Loops that the compiler turns into vector code, again for each level; everything in them is inlined.
pub(crate) trait Loops {
    /// `FUSED` if the processor multiplies and adds in one instruction.
    fn run<const FUSED: bool>(self);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<L: Loops>(loops: L) {
    loops.run::<true>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512<L: Loops>(loops: L) {
    loops.run::<true>();
}
