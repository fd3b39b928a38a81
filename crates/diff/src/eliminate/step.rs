//! Orders of elimination: steps one after another, as data.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// One step of an elimination. Vertices are numbered as in the linearised graph; copies of outputs come last.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Step {
    /// A vertex: every pair of an edge in and an edge out becomes one edge.
    Vertex(u32),
    /// An edge, joined with all that leave the vertex that it enters.
    Front(u32, u32),
    /// An edge, joined with all that enter the vertex that it leaves.
    Back(u32, u32),
}

/// What is wrong with an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum OrderError {
    /// A number that no vertex has.
    #[error("the order names vertex {vertex}, but there are only {count}, numbered from 0")]
    Unknown {
        /// The number.
        vertex: u32,
        /// How many vertices there are.
        count: usize,
    },
    /// A variable or an output.
    #[error("the order eliminates vertex {vertex}, which is a variable or an output: these stay")]
    End {
        /// Its number.
        vertex: u32,
    },
    /// Twice the same.
    #[error("the order eliminates vertex {vertex} twice")]
    Repeated {
        /// Its number.
        vertex: u32,
    },
    /// An edge that is not there, or not any more.
    #[error("the order eliminates the edge {from}>{to}, which is not there at that step")]
    NoEdge {
        /// Where it would start.
        from: u32,
        /// Where it would end.
        to: u32,
    },
    /// Something is left.
    #[error("the order leaves out vertex {vertex}{}", more(*left))]
    Missing {
        /// The first one.
        vertex: u32,
        /// How many.
        left: usize,
    },
    /// More steps than the order has.
    #[error("the order has {count} steps, so {asked} cannot be taken")]
    Beyond {
        /// How many were to be taken.
        asked: usize,
        /// How many there are.
        count: usize,
    },
    /// A pair of edges that do not follow each other, or not any more.
    #[error("the order eliminates the face {first}*{second}, which is not there at that step")]
    NoFace {
        /// The number of the first edge.
        first: u32,
        /// The number of the second edge.
        second: u32,
    },
    /// A face is left.
    #[error("the order leaves out face {first}*{second}{}", more(*left))]
    MissingFace {
        /// The number of the first edge of the first one.
        first: u32,
        /// The number of its second edge.
        second: u32,
        /// How many.
        left: usize,
    },
}

fn more(left: usize) -> String {
    if left > 1 { format!(" and {} more", left - 1) } else { String::new() }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Vertex(v) => write!(f, "{v}"),
            Step::Front(from, to) => write!(f, "{from}>{to}"),
            Step::Back(from, to) => write!(f, "{from}<{to}"),
        }
    }
}

/// `12` for a vertex, `3>7` for the edge from 3 to 7 eliminated in front, `3<7` for the same edge eliminated behind.
impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Step, String> {
        let number = |s: &str| {
            s.trim().parse::<u32>().map_err(|_| {
                format!("{text:?} is no step of an order: a vertex like 12, or an edge like 3>7 (front) or 3<7 (back)")
            })
        };
        if let Some((from, to)) = text.split_once('>') {
            return Ok(Step::Front(number(from)?, number(to)?));
        }
        if let Some((from, to)) = text.split_once('<') {
            return Ok(Step::Back(number(from)?, number(to)?));
        }
        Ok(Step::Vertex(number(text)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_written_and_read() {
        for step in [Step::Vertex(12), Step::Front(3, 7), Step::Back(3, 7)] {
            assert_eq!(step.to_string().parse(), Ok(step));
        }
        assert!("3-7".parse::<Step>().is_err() && "".parse::<Step>().is_err());
    }
}
