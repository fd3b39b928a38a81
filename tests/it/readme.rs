//! The README's and the documents' examples run: Rust as documentation tests of the facade, the language here.

use crate::program::{texts, wengert};

/// Every `$ wengert ...` line of a text block, with the lines that it is said to print.
fn examples(document: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for block in document.split("```text\n").skip(1).filter_map(|b| b.split("```").next()) {
        for line in block.lines() {
            match line.strip_prefix("$ wengert ") {
                Some(command) => found.push((command.to_owned(), Vec::new())),
                None => found.last_mut().expect("a command comes first").1.push(line.to_owned()),
            }
        }
    }
    found
}

#[test]
fn commands_of_the_readme_print_what_it_says() {
    let examples = examples(include_str!("../../README.md"));
    assert!(examples.len() >= 2);
    for (command, expected) in examples {
        let words = crate::cases::words(&command);
        let output = wengert(&words.iter().map(String::as_str).collect::<Vec<_>>(), "");
        let (stdout, stderr) = texts(&output);
        assert!(output.status.success(), "{command}: {stderr}");
        let printed: Vec<String> = stdout.lines().map(|l| l.trim_end().to_owned()).collect();
        assert!(expected.is_empty() || printed == expected, "{command} prints\n{stdout}");
    }
}
