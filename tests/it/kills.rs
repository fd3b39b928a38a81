//! A training that is killed at random moments and resumed ends as one that was not, bit for bit.

use crate::program::{cases, program, texts, wengert};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;
use wengert::interop::write_npy;
use wengert::nn::{Purpose, Random};

/// What training leaves in the end, but for TensorBoard's events, which hold times of the clock.
const FILES: [&str; 5] =
    ["checkpoint.safetensors", "best.safetensors", "model.safetensors", "loss.csv", "log.jsonl"];

/// A folder of its own that goes in the end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("wengert-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Scratch(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path is text")
}

fn start(config: &Path, out: &Path) -> Child {
    let mut command = Command::new(program());
    command.arg("train").arg(config).args(["--resume", "--out"]).arg(out).current_dir(cases());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

fn contents(out: &Path) -> Vec<Vec<u8>> {
    FILES.iter().map(|name| fs::read(out.join(name)).unwrap_or_default()).collect()
}

#[test]
fn a_killed_training_resumes_bit_for_bit() {
    killed(&Scratch::new("kills"), Path::new("train/kills.toml"), 50);
}

#[test]
fn a_killed_training_on_a_stream_resumes_bit_for_bit() {
    let scratch = Scratch::new("stream");
    let (features, classes) = wengert::interop::digits().expect("the digits are carried");
    write_npy(scratch.file("x.npy"), &features).expect("a file can be written");
    write_npy(scratch.file("y.npy"), &classes).expect("a file can be written");
    let config = scratch.file("stream.toml");
    // 1438 samples to train on, 100 of which are in a window.
    let text = "[data]\nsource = 'npy'\npath = 'x.npy'\nlabels_path = 'y.npy'\nstream = true\nbuffer = 100\n\
                standardize = true\n[model]\nhidden = [12]\n[train]\nloss = 'softmax_cross_entropy'\n\
                optimizer = { name = 'adam', learning_rate = 0.003 }\nbatch_size = 37\nepochs = 12\n\
                validation_fraction = 0.2\ncheckpoint = { every = 1 }\n";
    fs::write(&config, text).expect("a file can be written");
    killed(&scratch, &config, 15);
}

/// Kills a training so often at random moments; each one that ends has the files of one that was never killed.
fn killed(scratch: &Scratch, config: &Path, most: usize) {
    let (whole, parts) = (scratch.file("whole"), scratch.file("parts"));
    let output = wengert(&["train", text(config), "--out", text(&whole)], "");
    assert!(output.status.success(), "{}", texts(&output).1);
    let expected = contents(&whole);
    assert!(expected.iter().all(|file| !file.is_empty()));
    let mut random = Random::new(50, Purpose::Data, 0);
    let (mut kills, mut ends, mut behind) = (0, 0, 0);
    while kills < most || ends == 0 {
        let mut child = start(config, &parts);
        sleep(Duration::from_micros((random.uniform() * 120_000.0) as u64));
        if kills < most && child.try_wait().expect("a child is there").is_none() {
            child.kill().expect("a child can be killed");
            child.wait().expect("a killed child ends");
            kills += 1;
            behind += usize::from(parts.join("checkpoint.safetensors").exists());
            continue;
        }
        let output = child.wait_with_output().expect("the program ends");
        assert!(output.status.success(), "after {kills} kills: {}", texts(&output).1);
        let found = contents(&parts);
        for (name, (found, expected)) in FILES.iter().zip(found.iter().zip(&expected)) {
            assert!(found == expected, "{name} differs after {kills} kills");
        }
        let left: Vec<_> = fs::read_dir(&parts).expect("the folder").flatten().collect();
        assert!(left.iter().all(|f| !f.file_name().to_string_lossy().ends_with(".tmp")), "{left:?}");
        fs::remove_dir_all(&parts).expect("the folder can go");
        ends += 1;
    }
    assert!(behind > most / 4, "only {behind} of {kills} kills came after a checkpoint");
}

#[test]
fn what_cannot_be_resumed_or_written_is_told_and_left_alone() {
    let scratch = Scratch::new("refused");
    let out = scratch.file("out");
    let run = |more: &[&str]| {
        let output =
            wengert(&[&["train", "train/kills.toml", "--resume", "--out", text(&out)], more].concat(), "");
        (output.status.code(), texts(&output).1)
    };
    assert_eq!(run(&["--epochs", "3"]).0, Some(0));
    let checkpoint = out.join("checkpoint.safetensors");
    let good = fs::read(&checkpoint).expect("a checkpoint");
    let refused = |more: &[&str], expected: &str| {
        let (status, message) = run(more);
        assert_eq!(status, Some(2), "{message}");
        assert!(message.contains("checkpoint.safetensors") && message.contains(expected), "{message}");
    };
    refused(&["--learning-rate", "0.5"], "learning_rate is 0.01 there and 0.5 here");
    refused(&["--seed", "9"], "seed is 3 there and 9 here");
    for (at, flip) in [(0, 1), (20, 4), (good.len() / 2, 128), (good.len() - 1, 1)] {
        let mut bad = good.clone();
        bad[at] ^= flip;
        fs::write(&checkpoint, bad).expect("a file can be written");
        refused(&[], "is damaged");
    }
    fs::write(&checkpoint, &good[..good.len() / 3]).expect("a file can be written");
    refused(&[], "is damaged");
    fs::write(&checkpoint, &good).expect("a file can be written");
    // A folder in the place of a log, and a file in the place of the folder.
    fs::remove_file(out.join("log.jsonl")).expect("a log can go");
    fs::create_dir(out.join("log.jsonl")).expect("a folder can be made");
    let (status, message) = run(&["--epochs", "5"]);
    assert_eq!(status, Some(1), "{message}");
    assert!(message.contains("cannot write the log") && message.contains("log.jsonl"), "{message}");
    assert!(fs::read(&checkpoint).expect("a checkpoint") == good);
    let file = scratch.file("file");
    fs::write(&file, "").expect("a file can be written");
    let output = wengert(&["train", "train/kills.toml", "--out", text(&file)], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(texts(&output).1.contains("cannot make the folder"), "{}", texts(&output).1);
}

#[test]
fn divergence_leaves_the_last_good_parameters_and_the_checkpoint() {
    let scratch = Scratch::new("diverged");
    let out = scratch.file("out");
    let args = ["train", "--preset", "diabetes", "--out", text(&out), "--checkpoint-every", "1"];
    let run = |more: &[&str]| wengert(&[&args, more].concat(), "");
    assert!(run(&["--epochs", "2"]).status.success());
    let checkpoint = fs::read(out.join("checkpoint.safetensors")).expect("a checkpoint");
    let output = run(&["--learning-rate", "1e6"]);
    let message = texts(&output).1;
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("training diverged at step ") && message.contains("first made by node"),
        "{message}"
    );
    assert!(fs::read(out.join("checkpoint.safetensors")).expect("a checkpoint") == checkpoint);
    let model = out.join("last-good.safetensors");
    let output = wengert(&["evaluate", text(&model), "--json"], "");
    assert!(output.status.success(), "{}", texts(&output).1);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(found["mse"].is_f64(), "{found}");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_is_an_error_and_the_old_checkpoint_stays() {
    let scratch = Scratch::new("limit");
    let out = scratch.file("out");
    let run = |limit: &str, epochs: &str| {
        let line = format!("ulimit -f {limit}; exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &line]).arg(program()).current_dir(cases());
        command.args(["train", "train/kills.toml", "--epochs", epochs, "--resume", "--out", text(&out)]);
        command.output().expect("a shell starts")
    };
    assert!(run("unlimited", "3").status.success());
    let checkpoint = fs::read(out.join("checkpoint.safetensors")).expect("a checkpoint");
    let limited = run("1", "40");
    let message = texts(&limited).1;
    assert_eq!(limited.status.code(), Some(1), "{message}");
    assert!(message.contains("too large"), "{message}");
    assert_eq!(fs::read(out.join("checkpoint.safetensors")).expect("a checkpoint"), checkpoint);
}
