//! `wengert gallery` as a user starts it.

use crate::program::{texts, wengert};
use std::fs;
use std::path::Path;

fn gallery(out: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let out = out.to_str().expect("a path of letters");
    let output = wengert(&[&["gallery", out], more].concat(), "");
    let (stdout, stderr) = texts(&output);
    (output.status.code(), stdout, stderr)
}

#[test]
fn two_runs_write_the_same_files_and_name_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let only = ["--only", "lecture-graph,perceptron-and", "--json"];
    let runs: Vec<Vec<(String, Vec<u8>)>> = ["one", "two/deep"]
        .map(|name| {
            let out = folder.path().join(name);
            let (status, stdout, stderr) = gallery(&out, &only);
            assert_eq!(status, Some(0), "{stderr}");
            assert!(
                stderr.contains("1/2 perceptron-and") && stderr.contains("2/2 lecture-graph"),
                "{stderr}"
            );
            let document: serde_json::Value = serde_json::from_str(&stdout).expect("JSON alone");
            let files = document["files"].as_array().expect("a list");
            let read = |path: &serde_json::Value| {
                let path = Path::new(path.as_str().expect("a path"));
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                (name, fs::read(path).expect("the file is there"))
            };
            assert_eq!(fs::read_dir(&out).expect("a folder").count(), files.len(), "and no others");
            files.iter().map(read).collect()
        })
        .into();
    assert_eq!(runs[0], runs[1]);
    let names: Vec<&str> = runs[0].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "perceptron-and.svg",
            "perceptron-and-boundary.csv",
            "perceptron-and-steps.csv",
            "lecture-graph.svg",
            "lecture-graph-nodes.csv",
            "lecture-graph-edges.csv",
            "index.html"
        ]
    );
}

#[test]
fn the_list_makes_nothing() {
    let output = wengert(&["gallery", "--list"], "");
    let (stdout, stderr) = texts(&output);
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("lecture-graph ") && stdout.lines().count() > 20, "{stdout}");
}

#[test]
fn what_cannot_be_made_or_written_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let (status, _, stderr) = gallery(folder.path(), &["--only", "perceptron-nand"]);
    assert_eq!(status, Some(2));
    assert!(
        stderr.starts_with("error: there is no figure \"perceptron-nand\"; the figures are perceptron-and,"),
        "{stderr}"
    );
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);

    // A file where the folder should be, and a folder where a file should be.
    let file = folder.path().join("file");
    fs::write(&file, "mine").expect("a file");
    let (status, _, stderr) = gallery(&file, &["--only", "perceptron-and"]);
    assert_eq!(status, Some(2));
    assert!(stderr.contains("cannot make the folder") && stderr.contains("file"), "{stderr}");
    assert_eq!(fs::read_to_string(&file).expect("the file"), "mine");
    let out = folder.path().join("out");
    fs::create_dir_all(out.join("perceptron-and.svg")).expect("a folder");
    let (status, _, stderr) = gallery(&out, &["--only", "perceptron-and"]);
    assert_eq!(status, Some(2), "{stderr}");
    assert!(stderr.contains("perceptron-and.svg"), "{stderr}");

    let output = wengert(&["gallery"], "");
    assert_eq!(output.status.code(), Some(2), "a folder is needed");
}
