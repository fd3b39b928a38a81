//! How many threads to use where nobody says.

use std::sync::OnceLock;

/// The variable of the environment that says how many threads to use.
const VARIABLE: &str = "WENGERT_THREADS";

/// What `WENGERT_THREADS` says if it is a positive number, else what the machine offers; asked once.
pub(crate) fn default_threads() -> usize {
    static THREADS: OnceLock<usize> = OnceLock::new();
    *THREADS.get_or_init(|| {
        let said = std::env::var(VARIABLE).ok();
        parse(said.as_deref()).unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
    })
}

/// More threads than this are a mistake.
pub(crate) const MOST: usize = 1024;

pub(super) fn parse(said: Option<&str>) -> Option<usize> {
    said?.trim().parse().ok().filter(|&n| n > 0).map(|n: usize| n.min(MOST))
}
