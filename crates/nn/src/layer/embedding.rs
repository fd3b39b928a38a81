//! A vector for each word.

use super::misfit::{Misfit, units};
use super::{Own, Rule, Start};
use serde::{Deserialize, Serialize};
use wengert_expr::{DType, Expr};

/// The row of a table `E` of shape `[vocabulary, width]` for each number of a word, from 0: samples `[words]` become
/// `[words, width]`. Numbers are data like other features, and one beyond the table has a row of zeros.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embedding {
    /// How many words there are.
    pub vocabulary: usize,
    /// How many numbers stand for a word.
    pub width: usize,
}

impl Rule for Embedding {
    const WEIGHTED: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        units("vocabulary", self.vocabulary)?;
        units("width", self.width)?;
        let spread = Start::Normal(1.0 / (self.width as f64).sqrt());
        let table = own.param("E", &[self.vocabulary, self.width], spread, x);
        Ok(table.take(x.cast(DType::I64), 0))
    }
}
