//! The first line of a table where it is no data: column names, or the counts and class names of scikit-learn's files.

use crate::rows::Row;

/// Whether the first line names the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    /// It does when none of its fields is a number.
    ///
    /// A line of two counts and then names, as `150,4,setosa,versicolor,virginica`, is understood too: how many rows, how
    /// many columns before the label, and the names of the classes.
    #[default]
    Auto,
    /// It does.
    Yes,
    /// It is data.
    No,
}

/// What the first line is.
#[derive(Debug, PartialEq)]
pub(crate) enum Heading {
    Columns(Vec<String>),
    Classes { rows: usize, features: usize, names: Vec<String> },
    Data,
}

impl Heading {
    pub(crate) fn of(row: Row<'_>, header: Header) -> Heading {
        match header {
            Header::Yes => Heading::Columns(row.fields().map(str::to_owned).collect()),
            Header::No => Heading::Data,
            Header::Auto => Heading::guess(&row.fields().collect::<Vec<_>>()),
        }
    }

    fn guess(fields: &[&str]) -> Heading {
        let owned = |fields: &[&str]| fields.iter().map(|&f| f.to_owned()).collect();
        let is_name = |field: &&str| field.parse::<f64>().is_err();
        if fields.iter().all(is_name) {
            return Heading::Columns(owned(fields));
        }
        if let [rows, features, names @ ..] = fields
            && let (Ok(rows), Ok(features)) = (rows.parse(), features.parse())
            && !names.is_empty()
            && names.iter().all(is_name)
        {
            return Heading::Classes { rows, features, names: owned(names) };
        }
        Heading::Data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&n| n.to_owned()).collect()
    }

    #[test]
    fn guesses() {
        assert_eq!(Heading::guess(&["x", "y"]), Heading::Columns(names(&["x", "y"])));
        assert_eq!(Heading::guess(&["", "y"]), Heading::Columns(names(&["", "y"])));
        let classes = Heading::Classes { rows: 150, features: 4, names: names(&["setosa", "virginica"]) };
        assert_eq!(Heading::guess(&["150", "4", "setosa", "virginica"]), classes);
        assert_eq!(Heading::guess(&["150", "4"]), Heading::Data);
        assert_eq!(Heading::guess(&["1.5", "4", "x"]), Heading::Data);
        assert_eq!(Heading::guess(&["x", "1", "2"]), Heading::Data);
        assert_eq!(Heading::guess(&["nan", "inf"]), Heading::Data);
    }
}
