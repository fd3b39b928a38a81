//! Tuples as the language writes them: `()`, `(a,)`, `(a, b)`.

use std::fmt;

/// The items in brackets.
#[derive(Clone)]
pub(super) struct Tuple<I>(pub(super) I);

impl<I> fmt::Display for Tuple<I>
where
    I: IntoIterator<Item: fmt::Display> + Clone,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "(";
        let mut count = 0;
        for item in self.0.clone() {
            write!(f, "{separator}{item}")?;
            separator = ", ";
            count += 1;
        }
        f.write_str(match count {
            0 => "()",
            1 => ",)",
            _ => ")",
        })
    }
}
