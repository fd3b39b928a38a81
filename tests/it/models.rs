//! Trained models as a user has them: from a file, on tables and arrays.

use crate::kills::{Scratch, text};
use crate::program::{texts, wengert};
use serde_json::Value as Json;
use std::fs;

/// What the program prints, once it went well.
fn printed(args: &[&str]) -> String {
    let output = wengert(args, "");
    let (stdout, stderr) = texts(&output);
    assert!(output.status.success(), "{args:?}: {stderr}");
    stdout
}

fn json(args: &[&str]) -> Json {
    serde_json::from_str(&printed(&[args, &["--json"]].concat())).expect("JSON")
}

/// The status and the message of what went wrong.
fn refused(args: &[&str]) -> (Option<i32>, String) {
    let output = wengert(args, "");
    (output.status.code(), texts(&output).1)
}

#[test]
fn a_model_predicts_what_training_said_of_it() {
    let scratch = Scratch::new("models");
    let out = scratch.file("iris");
    let trained = json(&["train", "--preset", "iris", "--epochs", "5", "--out", text(&out)]);
    let model = out.join("model.safetensors");
    assert_eq!(trained["files"]["parameters"], text(&model));
    let evaluated = json(&["evaluate", text(&model)]);
    assert_eq!(evaluated, trained["test"]);
    assert_eq!(evaluated["samples"], 30);
    let confusion: u64 = evaluated["confusion"]
        .as_array()
        .expect("rows")
        .iter()
        .flat_map(|row| row.as_array().expect("a row").iter().filter_map(Json::as_u64))
        .sum();
    assert_eq!(confusion, 30);
    let data = scratch.file("new.csv");
    fs::write(&data, "5.1,3.5,1.4,0.2\n6.7,3.0,5.2,2.3\n").expect("a table");
    let table = printed(&["predict", text(&model), "--data", text(&data)]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "class,probability0,probability1,probability2");
    assert!(lines[1].starts_with("0,0.") && lines[2].starts_with("2,0.") && lines.len() == 3, "{table}");
    let document = json(&["predict", text(&model), "--data", text(&data)]);
    assert_eq!(document["classes"], serde_json::json!([0, 2]));
    for form in ["csv", "json", "npy"] {
        let file = scratch.file(&format!("out.{form}"));
        let told = json(&["predict", text(&model), "--data", text(&data), "-o", text(&file)]);
        assert_eq!(told["samples"], 2);
        assert!(fs::metadata(&file).expect("predictions").len() > 50, "{form}");
    }
    assert_eq!(fs::read_to_string(scratch.file("out.csv")).expect("a table"), table);
    // Predictions are data like others: an array of two rows and three columns.
    let (status, message) = refused(&["predict", text(&model), "--data", text(&scratch.file("out.npy"))]);
    assert_eq!((status, message.as_str()), (Some(2), "error: the model takes 4 features, the data have 3\n"));
}

#[test]
fn numbers_are_measured_and_predicted() {
    let scratch = Scratch::new("numbers");
    let out = scratch.file("diabetes");
    let trained = json(&["train", "--preset", "diabetes", "--out", text(&out)]);
    let r2 = trained["test"]["r2"].as_f64().expect("a number");
    assert!(r2 > 0.3 && r2 < 0.7, "{r2}");
    // Two of the patients as they were measured: the worse of them is predicted to be worse, too.
    let data = scratch.file("two.csv");
    let rows = "59,2,32.1,101,157,93.2,38,4,4.8598,87\n48,1,21.6,87,183,103.2,70,3,3.8918,69\n";
    fs::write(&data, rows).expect("a table");
    let table = printed(&["predict", text(&out.join("model.safetensors")), "--data", text(&data)]);
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("prediction"));
    let values: Vec<f64> = lines.map(|line| line.parse().expect("a number")).collect();
    assert!(values.len() == 2 && values.iter().all(|v| (25.0..346.0).contains(v)), "{values:?}");
    assert!(values[0] > values[1] + 50.0, "{values:?}");
}

#[test]
fn other_files_are_told_apart() {
    let scratch = Scratch::new("others");
    let out = scratch.file("xor");
    printed(&["train", "--preset", "xor", "--epochs", "2", "--out", text(&out)]);
    let model = out.join("model.safetensors");
    let curve = out.join("loss.csv");
    let cases: [(&[&str], &str); 5] = [
        (&["predict", text(&curve), "--data", text(&curve)], "loss.csv is damaged: its checksum"),
        (
            &["predict", "none.safetensors", "--data", text(&curve)],
            "cannot read the checkpoint none.safetensors",
        ),
        (&["predict", text(&model), "--data", "none.csv"], "none.csv"),
        (
            &["predict", text(&model), "--data", text(&curve), "-o", "a.txt"],
            "ends in none of .csv, .json and .npy",
        ),
        (&["evaluate", text(&model), "--data", text(&model)], "model.safetensors"),
    ];
    for (args, expected) in cases {
        let (status, message) = refused(args);
        assert_eq!(status, Some(2), "{args:?}: {message}");
        assert!(message.contains(expected), "{args:?}: {message}");
    }
}
