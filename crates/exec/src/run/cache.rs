//! Executables by the structure of their functions.

use super::executable::{Executable, compile};
use super::options::CompileOptions;
use crate::error::CompileError;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wengert_expr::{Function, fingerprint, isomorphic};

/// Executables of functions that were compiled before, found by their structure: another function with the same graph, names
/// and types gets the same executable.
///
/// ```
/// use std::sync::Arc;
/// use wengert_exec::{Cache, CompileOptions};
/// use wengert_expr::text::parse;
/// let cache = Cache::new(CompileOptions::default());
/// let function = |text| parse(text, &Default::default());
/// let a = cache.compile(&function("output y = sin(x) + z")?)?;
/// let b = cache.compile(&function("# The same in other words.\noutput y = (sin(x)) + z")?)?;
/// assert!(Arc::ptr_eq(&a, &b));
/// assert_eq!(cache.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Cache {
    options: CompileOptions,
    known: Mutex<FxHashMap<u64, Vec<Entry>>>,
}

#[derive(Debug)]
struct Entry {
    function: Function,
    executable: Arc<Executable>,
}

impl Cache {
    /// An empty cache of executables that are compiled in one way.
    pub fn new(options: CompileOptions) -> Cache {
        Cache { options, known: Mutex::default() }
    }

    /// The executable of a function: an old one, or a new one that stays.
    ///
    /// # Errors
    /// As [`compile`].
    pub fn compile(&self, function: &Function) -> Result<Arc<Executable>, CompileError> {
        let key = fingerprint(function);
        let found = |entries: &Vec<Entry>| {
            let same = entries.iter().find(|e| isomorphic(&e.function, function));
            same.map(|e| e.executable.clone())
        };
        if let Some(executable) = self.known().get(&key).and_then(found) {
            return Ok(executable);
        }
        // Others may compile meanwhile; should one of them compile the same, the first one stays.
        let executable = Arc::new(compile(function, &self.options)?);
        let mut known = self.known();
        let entries = known.entry(key).or_default();
        if let Some(first) = found(entries) {
            return Ok(first);
        }
        entries.push(Entry { function: function.clone(), executable: executable.clone() });
        Ok(executable)
    }

    /// How many executables it holds.
    pub fn len(&self) -> usize {
        self.known().values().map(Vec::len).sum()
    }

    /// True if it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn known(&self) -> MutexGuard<'_, FxHashMap<u64, Vec<Entry>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
