//! Classic learners by `wengert train`.

use crate::program::{texts, wengert};
use serde_json::Value as Json;
use std::fs;
use tempfile::TempDir;

/// Trains a configuration of this learner: what it printed and the trace that it wrote.
fn train(source: &str, learner: &str, json: bool) -> (String, String) {
    let folder = TempDir::new().expect("a folder");
    let (config, out) = (folder.path().join("a.toml"), folder.path().join("out"));
    fs::write(&config, format!("data.source = '{source}'\n[learner]\n{learner}\n")).expect("written");
    let paths = [&config, &out].map(|p| p.to_str().expect("a plain path"));
    let all = ["train", paths[0], "--out", paths[1], "--json"];
    let (printed, err) = texts(&wengert(&all[..if json { 5 } else { 4 }], ""));
    let trace = fs::read_to_string(out.join("trace.csv"));
    (printed, trace.unwrap_or(err))
}

#[test]
fn what_does_not_converge_is_said_plainly() {
    let (xor, _) = train("xor", "name = 'perceptron'", false);
    assert!(xor.contains("\nnot converged: what the epochs do repeats for ever, with period 1\n"), "{xor}");
    assert!(xor.contains("training: accuracy 0.5, wrong 2 (4 samples)"), "{xor}");
    let (car, trace) = train("car", "name = 'logistic'", false);
    assert!(car.contains("no finite optimum without a ridge"), "{car}");
    assert_eq!((trace.lines().count(), car.lines().filter(|l| l.starts_with(" ...")).count()), (101, 1));
    let (stumps, _) = train("xor", "name = 'adaboost'", false);
    assert!(stumps.contains("a stronger learner is needed"), "{stumps}");
}

#[test]
fn a_document_has_the_trace_and_the_scores() {
    let (and, trace) = train("and", "name = 'perceptron'", true);
    let found: Json = serde_json::from_str(&and).unwrap_or_else(|e| panic!("{e}: {and}"));
    assert_eq!((&found["converged"], &found["train"]["accuracy"]), (&Json::Bool(true), &Json::from(1.0)));
    assert_eq!(found["parameters"]["weights"], serde_json::json!([3.0, 2.0]));
    assert_eq!(found["trace"]["rows"].as_array().map(Vec::len), Some(9));
    assert_eq!(found["test"], Json::Null);
    assert!(trace.starts_with("epoch,loss,updates,w0,w1,b\n1,"), "{trace}");
    let (_, error) = train("and", "name = 'perceptron'\nepoch = 1", false);
    assert!(error.starts_with("error: line 4, column 1: unknown field `epoch`"), "{error}");
}
