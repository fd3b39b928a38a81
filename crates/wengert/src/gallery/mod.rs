//! The figures of the lecture, each really computed, drawn as SVG with the numbers behind it as tables.
//!
//! Everything random comes from fixed seeds, so a figure is the same, byte for byte, every time. Axes and curves are drawn
//! with plotters; every derivative comes from a graph. Nothing here prints or writes a file.
//!
//! ```
//! let and = wengert::gallery::recipes().into_iter().find(|r| r.id == "perceptron-and").map(|r| r.draw());
//! let figure = and.transpose()?.into_iter().next();
//! assert!(figure.is_some_and(|f| f.svg.starts_with("<svg") && f.table("boundary").is_some()));
//! # Ok::<(), wengert::gallery::GalleryError>(())
//! ```

mod activations;
mod adaboost;
mod approximation;
mod cells;
mod components;
mod contour;
mod diagram;
mod error;
mod figure;
mod folding;
mod landscape;
mod lecture;
mod networks;
mod orders;
mod outputs;
mod page;
mod palette;
mod panel;
mod perceptron;
mod regions;
mod run;
mod sheet;
#[cfg(test)]
mod tests;
mod training;
mod xor;

pub use error::GalleryError;
pub use figure::{Cell, Chapter, Correction, Figure, Table};
pub use page::index;

use figure::Picture;
use sheet::Drawn;

/// How one figure is made.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// The figure's name, in kebab case.
    pub id: &'static str,
    /// The part of the lecture that it belongs to.
    pub chapter: Chapter,
    /// Its title.
    pub title: &'static str,
    /// What the slides say wrong about it.
    pub corrections: &'static [Correction],
    make: fn() -> Drawn<Picture>,
}

impl Recipe {
    /// Computes and draws the figure.
    ///
    /// # Errors
    /// None is expected: what is computed is fixed.
    pub fn draw(&self) -> Result<Figure, GalleryError> {
        let Recipe { id, chapter, title, corrections, make } = *self;
        let Picture { svg, tables, caption } = make()?;
        Ok(Figure { id, chapter, title, caption, corrections, svg, tables })
    }
}

/// How every figure is made, in the order of the lecture.
pub fn recipes() -> Vec<Recipe> {
    let [digits, depth] = training::FIGURES;
    [
        perceptron::FIGURES,
        adaboost::FIGURES,
        components::FIGURES,
        xor::FIGURES,
        activations::FIGURES,
        &[*digits],
        outputs::FIGURES,
        networks::FIGURES,
        approximation::FIGURES,
        regions::FIGURES,
        folding::FIGURES,
        &[*depth],
        landscape::FIGURES,
        lecture::FIGURES,
        orders::FIGURES,
    ]
    .concat()
}

/// Every figure, one after the other, each made when it is asked for.
///
/// # Errors
/// As [`Recipe::draw`].
pub fn figures() -> impl Iterator<Item = Result<Figure, GalleryError>> {
    recipes().into_iter().map(|recipe| recipe.draw())
}
