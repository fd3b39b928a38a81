//! `docs/lecture.md` names every case and every error of the slides, and every test that it names exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// How many cases each chapter has, and how many errors the slides have.
const CASES: [(char, usize); 9] =
    [('A', 14), ('B', 10), ('C', 8), ('D', 12), ('E', 10), ('F', 18), ('G', 10), ('H', 12), ('I', 12)];
const ERRORS: usize = 27;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The cells of every row whose first cell is a letter and a number.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let cells = |line: &'_ str| -> Vec<usize> { line.match_indices('|').map(|(i, _)| i).collect() };
    let is_id = |cell: &str| {
        cell.len() > 1
            && cell.starts_with(char::is_uppercase)
            && cell[1..].bytes().all(|b| b.is_ascii_digit())
    };
    let split = |line| cells(line).windows(2).map(|w| line[w[0] + 1..w[1]].trim()).collect();
    let lines = text.lines().filter(|l| l.starts_with('|'));
    lines.map(split).filter(|row: &Vec<&str>| row.first().is_some_and(|c| is_id(c))).collect()
}

/// What stands between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The names of all functions behind `#[test]` in the Rust files of a folder.
fn tests_in(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                for after in text.split("#[test]").skip(1) {
                    let name = after.trim_start().strip_prefix("fn ").and_then(|f| f.split('(').next());
                    found.extend(name.map(str::to_owned));
                }
            }
        }
    }
    found
}

#[test]
fn every_case_of_the_lecture_has_a_test_or_a_reason() {
    let text = fs::read_to_string(root().join("docs/lecture.md")).expect("the table");
    let rows = rows(&text);
    let ids: Vec<String> = rows.iter().map(|row| row[0].to_owned()).collect();
    let cases = CASES.into_iter().flat_map(|(chapter, n)| (1..=n).map(move |i| format!("{chapter}{i}")));
    let expected: Vec<String> = cases.chain((1..=ERRORS).map(|i| format!("S{i}"))).collect();
    assert_eq!(ids, expected);
    let mut tests: Vec<(PathBuf, BTreeSet<String>)> = Vec::new();
    for row in rows.iter().filter(|row| !row[0].starts_with('S')) {
        let [id, _, place, how] = row[..] else { panic!("{row:?} has not four cells") };
        let Some(folder) = quoted(place).next() else {
            assert!(matches!(place, "gallery" | "-") && !how.is_empty(), "{id}: {place}");
            continue;
        };
        let folder = root().join(folder);
        if !tests.iter().any(|(f, _)| *f == folder) {
            tests.push((folder.clone(), tests_in(&folder)));
        }
        let known = tests.iter().find(|(f, _)| *f == folder).map(|(_, names)| names).expect("just read");
        let named: Vec<&str> = quoted(how).collect();
        assert!(!named.is_empty(), "{id} names no test");
        for name in named {
            assert!(known.contains(name), "{id}: there is no test `{name}` in {}", folder.display());
        }
    }
}
