//! The cases of `tests/cases/**/*.wg`: a program, commands on it and what they print.
//!
//! A line `#$ grad - --at a=2` runs that command with the file's program on standard input (its `#$` and `#|` lines left
//! out); the lines `#| ...` after it are the blessed output: standard output, then standard error behind `! `, then
//! `= 2` for an exit status other than 0. `WENGERT_BLESS=1 cargo test -p wengert-tests cases` writes them anew.

use crate::program::{cases, texts, wengert};
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder of the cases").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "wg") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Words as a shell would split them; single quotes keep spaces.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut quoted, mut open) = (false, false);
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                if !open {
                    words.push(String::new());
                    open = true;
                }
            }
            ' ' if !quoted => open = false,
            c => {
                if !open {
                    words.push(String::new());
                    open = true;
                }
                words.last_mut().expect("a word is open").push(c);
            }
        }
    }
    words
}

/// How long something took, and how much a machine does in a second, are other numbers each time.
fn timeless(line: &str) -> String {
    const KEYS: [&str; 2] = ["seconds\":", "per_second\":"];
    let (mut shown, mut rest) = (String::new(), line);
    while let Some(end) = KEYS.iter().filter_map(|key| Some(rest.find(key)? + key.len())).min() {
        shown.push_str(&rest[..end]);
        shown.push('_');
        rest = rest[end..].trim_start_matches(|c: char| c.is_ascii_digit() || ".e+-".contains(c));
    }
    shown + rest
}

fn run(line: &str, program: &str) -> String {
    let words = words(line);
    let args: Vec<&str> = words.iter().map(String::as_str).collect();
    let output = wengert(&args, program);
    let (stdout, stderr) = texts(&output);
    let mut shown: Vec<String> = stdout.lines().map(timeless).collect();
    shown.extend(stderr.lines().map(|l| format!("! {l}")));
    match output.status.code() {
        Some(0) => {}
        Some(code) => shown.push(format!("= {code}")),
        None => shown.push("= killed".into()),
    }
    shown.iter().map(|l| format!("#| {l}").trim_end().to_owned() + "\n").collect()
}

#[test]
fn every_case_prints_what_is_blessed() {
    let bless = std::env::var_os("WENGERT_BLESS").is_some();
    let mut wrong = Vec::new();
    let mut commands = 0;
    for path in files(&cases()) {
        let text = fs::read_to_string(&path).expect("a case is text");
        let program: String =
            text.split_inclusive('\n').filter(|l| !l.starts_with("#$") && !l.starts_with("#|")).collect();
        let mut fresh = String::new();
        for line in text.split_inclusive('\n').filter(|l| !l.starts_with("#|")) {
            fresh.push_str(line);
            if let Some(command) = line.strip_prefix("#$ ") {
                commands += 1;
                fresh.push_str(&run(command.trim_end(), &program));
            }
        }
        if fresh != text {
            if bless {
                fs::write(&path, &fresh).expect("the case can be written");
            } else {
                wrong.push(format!("{}:\n{fresh}", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases differ; these are their outputs now:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(commands > 30, "only {commands} commands were found");
}

#[test]
fn only_times_and_rates_are_left_out() {
    let line = r#"{"seconds":1.5e-7,"a":2,"plan_seconds":0.1,"b_per_second":1e+9,"steps":[{"seconds":3.0}]}"#;
    let left = r#"{"seconds":_,"a":2,"plan_seconds":_,"b_per_second":_,"steps":[{"seconds":_}]}"#;
    assert_eq!(timeless(line), left);
}

#[test]
fn a_megabyte_of_brackets_is_one_clear_error() {
    let output = wengert(&["eval", "-"], &"(".repeat(1 << 20));
    let (stdout, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout.is_empty());
    assert!(stderr.starts_with("error: ") && stderr.contains("deep") && stderr.len() < 2000, "{stderr}");
}
