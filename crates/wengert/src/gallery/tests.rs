//! What holds of all figures.

use super::*;
use std::collections::HashSet;

fn check(figure: &Figure) {
    let document = roxmltree::Document::parse(&figure.svg).expect("well-formed XML");
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "svg", "{}", figure.id);
    assert!(root.descendants().count() > 20, "{} is all but empty", figure.id);
    for node in root.descendants() {
        for attribute in node.attributes() {
            let value = attribute.value();
            assert!(!value.contains("NaN") && !value.contains("inf"), "{}: {value}", figure.id);
        }
    }
    assert!(!figure.tables.is_empty() && figure.caption.len() > 40, "{}", figure.id);
    for table in &figure.tables {
        assert!(!table.rows.is_empty(), "{} {}", figure.id, table.name);
        assert!(
            table.rows.iter().all(|row| row.len() == table.columns.len()),
            "{} {}",
            figure.id,
            table.name
        );
        assert_eq!(table.to_csv().expect("CSV").lines().count(), table.rows.len() + 1);
    }
}

#[test]
fn every_figure_is_well_formed_and_the_same_twice() {
    for recipe in recipes().into_iter().filter(|r| !TRAINED.contains(&r.id)) {
        let (once, again) = (recipe.draw().expect("a figure"), recipe.draw().expect("a figure"));
        assert_eq!(once, again, "{}", recipe.id);
        check(&once);
    }
}

#[test]
fn names_are_files_and_stand_once() {
    let ids: Vec<&str> = recipes().iter().map(|r| r.id).collect();
    let kebab = |id: &&str| id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    assert!(ids.iter().all(kebab));
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    assert!(recipes().is_sorted_by_key(|r| r.chapter), "in the order of the lecture");
}

#[test]
fn the_page_is_well_formed_and_links_every_file() {
    let all = recipes();
    let figures: Vec<Figure> = all
        .iter()
        .filter(|r| r.chapter == Chapter::Perceptron)
        .map(|r| r.draw().expect("a figure"))
        .collect();
    let html = index(&figures);
    for figure in &figures {
        assert!(html.contains(&format!("src=\"{}\"", figure.svg_name())));
        for table in &figure.tables {
            assert!(html.contains(&format!("href=\"{}\"", figure.csv_name(table))));
        }
        for correction in figure.corrections {
            assert!(html.contains(&format!("The slide ({}).", correction.id)));
        }
    }
}

/// Figures that train for seconds: their own tests run them with fewer epochs.
const TRAINED: [&str; 2] = ["activations-on-digits", "depth-against-width"];
