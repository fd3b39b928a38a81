//! How a function is compiled.

use crate::passes;

/// How a function is compiled.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// The passes that rewrite it first; `None` for none of them.
    pub passes: Option<passes::Options>,
    /// Whether operations share loops. Without, every operation is a loop of its own.
    pub fuse: bool,
    /// Whether values may take the place of those that they replace.
    pub in_place: bool,
    /// Whether loops become native code where the processor allows it.
    pub native: bool,
    /// How many inputs are state: the first so many outputs replace the first so many inputs, in the same memory, and the
    /// function runs by [`Session::step`](crate::Session::step).
    pub carry: usize,
    /// The most bytes of temporary memory. Values that are needed much later are computed again instead of kept, until the
    /// plan fits; where none does, compilation fails and says what could be done with.
    pub memory_budget: Option<usize>,
    /// How many threads share long steps; as many as the machine has, or as `WENGERT_THREADS` says, if absent.
    pub threads: Option<usize>,
}

impl Default for CompileOptions {
    fn default() -> CompileOptions {
        CompileOptions {
            passes: Some(passes::Options::default()),
            fuse: true,
            in_place: true,
            native: true,
            carry: 0,
            memory_budget: None,
            threads: None,
        }
    }
}

impl CompileOptions {
    /// With rules that change the rounding, too.
    pub fn relaxed() -> CompileOptions {
        CompileOptions { passes: Some(passes::Options::relaxed()), ..CompileOptions::default() }
    }

    /// With this many inputs as state.
    #[must_use]
    pub fn carry(mut self, carry: usize) -> CompileOptions {
        self.carry = carry;
        self
    }

    /// With at most this many bytes of temporary memory.
    #[must_use]
    pub fn memory_budget(mut self, bytes: usize) -> CompileOptions {
        self.memory_budget = Some(bytes);
        self
    }

    /// On this many threads.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> CompileOptions {
        self.threads = Some(threads);
        self
    }
}
