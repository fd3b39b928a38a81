//! What a fit leaves behind, as words, numbers and tables.

use std::fmt;
use wengert_expr::Value;

/// Named numbers.
pub type Scores = Vec<(&'static str, f64)>;

/// What a fit leaves behind.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The steps: epochs, iterations, rounds or components.
    pub trace: Table,
    /// Whether the learner came to its end; `None` where it has none to come to.
    pub converged: Option<bool>,
    /// Why it ended.
    pub end: String,
    /// What was learned.
    pub parameters: Vec<(&'static str, Value)>,
    /// How well it does on the samples it learned from.
    pub train: Scores,
    /// How well it does on those kept apart.
    pub test: Option<Scores>,
    /// The samples it learned from along the components that it found, `[samples, components]`.
    pub coordinates: Option<Value>,
}

/// A table with names for its columns.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// The names.
    pub columns: Vec<String>,
    /// The rows, each as long as there are names.
    pub rows: Vec<Vec<Cell>>,
}

/// An entry of a table.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// How many.
    Count(usize),
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Count(n) => write!(f, "{n}"),
            Cell::Number(x) => write!(f, "{x}"),
            Cell::Text(text) => f.write_str(text),
        }
    }
}

impl Table {
    /// With these columns, of an affine function's parameters too where there are few.
    pub(super) fn new(columns: &[&str], parameters: &[String]) -> Table {
        let columns = columns.iter().map(|&c| c.to_owned()).chain(parameters.iter().cloned()).collect();
        Table { columns, rows: Vec::new() }
    }

    /// The table as comma-separated values; words stand in quotes.
    pub fn to_csv(&self) -> String {
        let cell = |c: &Cell| match c {
            Cell::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
            Cell::Count(_) | Cell::Number(_) => c.to_string(),
        };
        let row = |cells: &Vec<Cell>| cells.iter().map(cell).collect::<Vec<String>>().join(",") + "\n";
        let heading = self.columns.join(",") + "\n";
        std::iter::once(heading).chain(self.rows.iter().map(row)).collect()
    }
}

/// The most features whose weights a trace shows.
const SHOWN: usize = 8;

/// The names of an affine function's weights and bias, none where there are many.
pub(super) fn affine_names(features: usize) -> Vec<String> {
    match features {
        0..=SHOWN => (0..features).map(|i| format!("w{i}")).chain(["b".to_owned()]).collect(),
        _ => Vec::new(),
    }
}

/// As many numbers as a trace shows of them.
pub(super) fn shown(numbers: impl IntoIterator<Item = f64>, names: &[String]) -> impl Iterator<Item = Cell> {
    numbers.into_iter().take(names.len()).map(Cell::Number)
}
