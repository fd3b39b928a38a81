//! A figure: a picture, the numbers that it is drawn from, and what is said about it.

use super::error::GalleryError;
use std::fmt;

/// A figure of the lecture.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// Its name, in kebab case: the stem of its files.
    pub id: &'static str,
    /// The part of the lecture that it belongs to.
    pub chapter: Chapter,
    /// Its title.
    pub title: &'static str,
    /// What is seen.
    pub caption: String,
    /// What the slides say wrong about it, by number.
    pub corrections: &'static [Correction],
    /// The picture, an SVG document.
    pub svg: String,
    /// The numbers that it is drawn from.
    pub tables: Vec<Table>,
}

impl Figure {
    /// The name of the picture's file.
    pub fn svg_name(&self) -> String {
        format!("{}.svg", self.id)
    }

    /// The name of a table's file.
    pub fn csv_name(&self, table: &Table) -> String {
        format!("{}-{}.csv", self.id, table.name)
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name == name)
    }
}

/// An error of the slides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Correction {
    /// Its number, such as `S8`.
    pub id: &'static str,
    /// What the slide says, and what is right.
    pub text: &'static str,
}

/// The parts of the lecture.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Chapter {
    /// The perceptron and boosting.
    Perceptron,
    /// Principal components, the multi-layer perceptron, exclusive or.
    MultiLayer,
    /// Activation functions.
    Feedforward,
    /// Cost functions and output units.
    Costs,
    /// Architectures, approximation, depth.
    Architecture,
    /// Descent and back-propagation.
    Gradients,
}

impl fmt::Display for Chapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Chapter::Perceptron => "Perceptron",
            Chapter::MultiLayer => "Multi-layer perceptron",
            Chapter::Feedforward => "Deep feedforward networks",
            Chapter::Costs => "Cost functions",
            Chapter::Architecture => "Architecture and theory",
            Chapter::Gradients => "Gradient-based learning",
        })
    }
}

/// A named table of numbers and words.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// What it holds, in kebab case.
    pub name: &'static str,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// An entry of a table.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// A word.
    Text(String),
}

impl From<f64> for Cell {
    fn from(x: f64) -> Cell {
        Cell::Number(x)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

/// Numbers in the shortest form that reads back to them.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Number(x) => write!(f, "{x}"),
            Cell::Text(text) => f.write_str(text),
        }
    }
}

impl Table {
    pub(super) fn new<C: Into<Cell>>(
        name: &'static str,
        columns: &[&str],
        rows: impl IntoIterator<Item = impl IntoIterator<Item = C>>,
    ) -> Table {
        let rows = rows.into_iter().map(|row| row.into_iter().map(C::into).collect());
        Table { name, columns: columns.iter().map(|&c| c.to_owned()).collect(), rows: rows.collect() }
    }

    /// The numbers of a column; of words, NaN. Empty without such a column.
    pub fn column(&self, name: &str) -> Vec<f64> {
        let Some(at) = self.columns.iter().position(|c| c == name) else { return Vec::new() };
        let number = |row: &Vec<Cell>| match row.get(at) {
            Some(Cell::Number(x)) => *x,
            Some(Cell::Text(_)) | None => f64::NAN,
        };
        self.rows.iter().map(number).collect()
    }

    /// The table as CSV, its columns' names in the first line.
    ///
    /// # Errors
    /// Rows of different lengths.
    pub fn to_csv(&self) -> Result<String, GalleryError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::to_string))?;
        }
        let bytes = writer.into_inner().map_err(|error| GalleryError::Draw(error.to_string()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// What a figure's function makes: the picture, its tables and its caption.
pub(super) struct Picture {
    pub(super) svg: String,
    pub(super) tables: Vec<Table>,
    pub(super) caption: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_csv_and_gives_its_columns() {
        let rows = [[Cell::from(0.1), Cell::from("a, b")], [Cell::from(-2.0), Cell::from("c")]];
        let table = Table::new("t", &["x", "name"], rows);
        assert_eq!(table.to_csv().unwrap(), "x,name\n0.1,\"a, b\"\n-2,c\n");
        assert_eq!(table.column("x"), [0.1, -2.0]);
        assert!(table.column("name").iter().all(|x| x.is_nan()));
        assert!(table.column("y").is_empty());
    }
}
