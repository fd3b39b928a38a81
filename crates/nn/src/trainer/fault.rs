//! Where the first number that is not finite, or too large, came from.

use super::Trainer;
use crate::data::{Batch, Dataset, first_not};
use crate::error::{DataError, Divergence, NnError, Origin, Runaway};
use wengert_exec::first_beyond;
use wengert_expr::{Function, NodeId, Place};

/// The folder of the library's crates, as the compiler names files.
fn library() -> &'static str {
    file!().split_once("nn/src").map_or("", |(folder, _)| folder)
}

impl Trainer {
    /// The divergence with the node of the step's graph that made the first number that ran away, found by running
    /// the step once more, node after node. Where the samples hold such a number, that is the fault.
    pub(super) fn fault(&self, batch: &Batch, diverged: Divergence) -> NnError {
        let Batch { samples, rows } = batch;
        for (what, values) in [("features", samples.features()), ("targets", samples.targets().values())] {
            if let Some((row, column, value)) = first_not(values, f64::is_finite) {
                return DataError::NotFinite { what, row: rows[row], column, value }.into();
            }
        }
        let limit = match diverged.what {
            Runaway::Beyond { limit, .. } => limit,
            _ => f64::INFINITY,
        };
        let what = match self.origin(samples, limit) {
            Some(origin) => Runaway::Made { what: Box::new(diverged.what), by: Box::new(origin) },
            None => diverged.what,
        };
        Divergence { what, ..diverged }.into()
    }

    /// The node that first made a number that is not finite or beyond a limit. What is already diverging need not be told a second error.
    fn origin(&self, batch: &Dataset, limit: f64) -> Option<Origin> {
        let mut function = self.step_function(batch.len()).ok()?;
        if limit.is_finite() {
            let loss = function.outputs().iter().filter(|output| output.name.as_deref() == Some("loss"));
            let outputs = loss.cloned().collect();
            function = Function::new(function.into_graph(), outputs);
        }
        let data = [batch.features().clone(), batch.targets().values().clone()];
        let inputs = [&self.before[..], &data, &self.step_extras()].concat();
        let found = first_beyond(&function, &inputs, limit).ok()??;
        Some(Origin { place: user_place(&function, found.node), node: found })
    }
}

/// Where a node was made, unless that is inside the library.
fn user_place(function: &Function, node: NodeId) -> Option<Place> {
    match function.graph().place(node) {
        Place::Unknown => None,
        Place::Rust(location) if location.file().starts_with(library()) => None,
        place @ (Place::Rust(_) | Place::Text { .. }) => Some(place),
    }
}
