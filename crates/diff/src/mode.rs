//! The modes of differentiation that a user chooses among.

use std::fmt;
use std::str::FromStr;

/// In which order the products and sums of a derivative are done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Mode {
    /// The one that is predicted to do least: see [`choose`](crate::choose).
    #[default]
    Auto,
    /// Tangents from the inputs up: one pass for each input direction.
    Forward,
    /// Cotangents from the outputs down: one pass for each output direction.
    Reverse,
    /// Vertices eliminated in the best order that a short search finds.
    Cross,
    /// Forward and reverse sweeps along groups of directions that do not meet, by a colouring of the sparsity pattern.
    Compressed,
    /// Every path multiplied out on its own: exponential, for small graphs.
    Paths,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Mode; 6] =
        [Mode::Auto, Mode::Forward, Mode::Reverse, Mode::Cross, Mode::Compressed, Mode::Paths];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Auto => "auto",
            Mode::Forward => "forward",
            Mode::Reverse => "reverse",
            Mode::Cross => "cross",
            Mode::Compressed => "compressed",
            Mode::Paths => "paths",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Mode {
    type Err = String;
    fn from_str(name: &str) -> Result<Mode, String> {
        let modes = Mode::ALL.map(Mode::name).join(", ");
        Mode::ALL
            .into_iter()
            .find(|m| m.name() == name)
            .ok_or_else(|| format!("no mode {name:?}; the modes are {modes}"))
    }
}
