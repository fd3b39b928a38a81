//! Where the first number that is not finite came from.

use super::Trainer;
use crate::data::{Dataset, first_not};
use crate::error::{DataError, Divergence, NnError, NotFinite, Origin};
use wengert_exec::first_not_finite;
use wengert_expr::{Function, NodeId, Place};

/// The folder of the library's crates, as the compiler names files.
fn library() -> &'static str {
    file!().split_once("nn/src").map_or("", |(folder, _)| folder)
}

impl Trainer {
    /// The divergence with the node of the step's graph that made the first number that is not finite, found by running
    /// the step once more, node after node. Where the samples hold such a number, that is the fault.
    pub(super) fn fault(&self, train: &Dataset, samples: &[usize], diverged: Divergence) -> NnError {
        let batch = train.rows(samples);
        for (what, values) in [("features", batch.features()), ("targets", batch.targets().values())] {
            if let Some((row, column, value)) = first_not(values, f64::is_finite) {
                return DataError::NotFinite { what, row: samples[row], column, value }.into();
            }
        }
        let what = match self.origin(&batch) {
            Some(origin) => NotFinite::Made { what: Box::new(diverged.what), by: Box::new(origin) },
            None => diverged.what,
        };
        Divergence { what, ..diverged }.into()
    }

    /// The node that first made a number that is not finite. What is already diverging need not be told a second error.
    fn origin(&self, batch: &Dataset) -> Option<Origin> {
        let function = self.step_function(batch.len()).ok()?;
        let data = [batch.features().clone(), batch.targets().values().clone()];
        let inputs = [&self.before[..], &data, &self.step_extras()].concat();
        let found = first_not_finite(&function, &inputs).ok()??;
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
