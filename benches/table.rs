//! A table as Markdown, to be pasted into a document.

use std::fmt;

/// Headings and rows of cells.
#[derive(Clone, Debug, Default)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(headings: &[&str]) -> Table {
        Table { headings: headings.iter().map(|&h| h.to_owned()).collect(), rows: Vec::new() }
    }

    /// Appends a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

/// The first column to the left, the others, which are numbers, to the right.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alignments = self.headings.iter().enumerate().map(|(i, _)| if i == 0 { "---" } else { "---:" });
        writeln!(f, "| {} |", self.headings.join(" | "))?;
        writeln!(f, "|{}|", alignments.collect::<Vec<_>>().join("|"))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "| {} |", row.join(" | ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_markdown() {
        let mut table = Table::new(&["what", "how much"]);
        table.row(vec!["a".into(), "1".into()]);
        assert_eq!(table.to_string(), "| what | how much |\n|---|---:|\n| a | 1 |\n");
    }
}
