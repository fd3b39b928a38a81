//! The numbers of each sample in another shape.

use super::{Misfit, Own, Rule};
use serde::{Deserialize, Serialize};
use wengert_expr::{Expr, Shape};

/// The numbers of each sample in this shape, in the same order: `[28, 28, 1]` for an image of height, width and channels.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reshape(pub Vec<usize>);

impl Rule for Reshape {
    const SINGLE: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, _: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        let shape = x.shape();
        let wanted = Shape::from(self.0.as_slice()).checked_elements();
        if wanted != Some(shape.iter().skip(1).product()) {
            let count = wanted.map_or("more than memory holds".to_owned(), |n| n.to_string());
            return Err(Misfit::shape(format!("{count} numbers, for the shape {:?}", self.0), &shape));
        }
        Ok(x.reshape_to(&[&[shape[0]], &self.0[..]].concat()))
    }
}
