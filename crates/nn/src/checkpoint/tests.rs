//! Checkpoints resume bit for bit; damaged and foreign ones are refused; a failed save leaves the old file.

use super::file::{Fault, decode, encode, write};
use super::*;
use crate::activation::Activation;
use crate::data::Dataset;
use crate::loss::Loss;
use crate::metrics::Flow;
use crate::optim::{Optimizer, Schedule};
use crate::precision::Precision;
use crate::trainer::{Course, Length, Parts, Trainer};
use std::fs;
use std::io;

fn settings(optimizer: &str) -> Settings {
    let mut optimizer = Optimizer::named(optimizer).unwrap();
    optimizer.set("momentum", 0.9);
    Settings { loss: Loss::Mse, optimizer, learning_rate: 0.05, batch_size: 3, seed: 7 }
}

fn tuning() -> Tuning {
    Tuning { schedule: Schedule::Cosine { steps: 17, last: 0.1 }, ..Tuning::default() }
}

fn model(precision: Precision) -> Model {
    Model::mlp(&[2, 3, 1], Activation::Tanh).unwrap().with_precision(precision)
}

#[test]
fn best_parameters_and_a_place_within_an_epoch_are_kept() {
    let data = Dataset::xor(Loss::Mse, Precision::F32).unwrap();
    let parts = Parts { train: &data, validation: Some(&data), test: None };
    let course = |steps| Course::new(Length::Steps(steps));
    let fresh = || Trainer::new(model(Precision::F32), settings("adam")).with_tuning(tuning());
    let follow = |trainer: &mut Trainer, steps| {
        trainer.follow(&parts, &course(steps), &mut |_, _| Ok(Flow::Go)).unwrap()
    };
    let (mut whole, mut first) = (fresh(), fresh());
    let all = follow(&mut whole, 24);
    let told = follow(&mut first, 9);
    assert_eq!((told.len(), first.epochs(), told[4].number, told[4].steps), (5, 4, 5, 9));
    let Ok(found) = decode(&encode(&first.checkpoint()).unwrap()) else { panic!("its own bytes") };
    let best = found.best().unwrap();
    let mut resumed = Trainer::resume(model(Precision::F32), settings("adam"), tuning(), &found).unwrap();
    assert_eq!(resumed.best_epoch(), first.best_epoch());
    let kept = Trainer::resume(model(Precision::F32), settings("adam"), tuning(), &best).unwrap();
    assert!(same_bits(&kept.params(), &first.best_params()));
    assert_eq!(follow(&mut resumed, 24), all[4..]);
    assert_eq!(resumed.history(), whole.history());
    assert!(same_bits(resumed.checkpoint().tensors(), whole.checkpoint().tensors()));
}

fn trained(optimizer: &str, precision: Precision, epochs: usize) -> Trainer {
    let mut trainer = Trainer::new(model(precision), settings(optimizer)).with_tuning(tuning());
    train(&mut trainer, epochs);
    trainer
}

fn train(trainer: &mut Trainer, epochs: usize) {
    let data = Dataset::xor(Loss::Mse, trainer.model().precision()).unwrap();
    trainer.fit(&data, None, epochs, &mut |_| ()).unwrap();
}

fn all(trainer: &Trainer) -> Vec<(String, Value)> {
    [trainer.params(), trainer.state()].concat()
}

fn same_bits(a: &[(String, Value)], b: &[(String, Value)]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && a.1.bit_eq(&b.1))
}

/// The message of bytes that are no checkpoint.
fn fault(bytes: &[u8]) -> String {
    match decode(bytes) {
        Ok(_) => "none".to_owned(),
        Err(Fault::Damaged(what)) => what,
        Err(Fault::Format(found)) => format!("format {found}"),
    }
}

/// With the checksum that belongs to the bytes.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 4;
    let checksum = crc32fast::hash(&bytes[..end]).to_le_bytes();
    bytes[end..].copy_from_slice(&checksum);
    bytes
}

#[test]
fn resumed_training_ends_as_if_it_had_not_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    for (optimizer, precision) in [
        ("sgd", Precision::F32),
        ("adam", Precision::F64),
        ("adam", Precision::F32),
        ("lion", Precision::F32),
    ] {
        let whole = trained(optimizer, precision, 7);
        let mut first = trained(optimizer, precision, 3);
        assert!(!first.state().is_empty(), "{optimizer}");
        first.checkpoint().save(&path).unwrap();
        let loaded = Checkpoint::load(&path).unwrap();
        assert_eq!((loaded.epochs(), loaded.steps()), (3, 6));
        let mut resumed = Trainer::resume(model(precision), settings(optimizer), tuning(), &loaded).unwrap();
        assert!(same_bits(&all(&first), &all(&resumed)));
        assert_eq!(resumed.learning_rate().to_bits(), first.learning_rate().to_bits());
        train(&mut resumed, 4);
        assert!(same_bits(&all(&whole), &all(&resumed)), "{optimizer}");
        assert_eq!(resumed.epochs(), 7);
        // What would follow without the state, the step or the epoch is something else.
        train(&mut first, 3);
        assert!(!same_bits(&all(&whole), &all(&first)));
    }
}

#[test]
fn every_changed_byte_is_refused() {
    let bytes = encode(&trained("adam", Precision::F64, 1).checkpoint()).unwrap();
    assert!(decode(&bytes).is_ok());
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            assert!(fault(&bytes).contains("checksum"), "byte {at} of {}", bytes.len());
        }
    }
}

#[test]
fn every_cut_is_refused() {
    let bytes = encode(&trained("adam", Precision::F32, 1).checkpoint()).unwrap();
    for length in 0..bytes.len() {
        assert_ne!(fault(&bytes[..length]), "none", "{length}");
        // Even where the checksum were right.
        if length >= 4 {
            assert_ne!(fault(&sealed(bytes[..length].to_vec())), "none", "{length}");
        }
    }
    assert_ne!(fault(&[&bytes[..], &[0]].concat()), "none");
}

#[test]
fn damage_names_the_file_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    let none = Checkpoint::load(&path).unwrap_err().to_string();
    assert!(none.starts_with("cannot read the checkpoint") && none.contains("a.safetensors"), "{none}");
    fs::write(&path, "no checkpoint").unwrap();
    let text = Checkpoint::load(&path).unwrap_err().to_string();
    assert!(
        text.contains("a.safetensors is damaged: its checksum") && text.ends_with("train anew"),
        "{text}"
    );
}

#[test]
fn keys_that_are_there_twice_are_refused() {
    let bytes = encode(&trained("sgd", Precision::F32, 1).checkpoint()).unwrap();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let text = std::str::from_utf8(&bytes[8..8 + header]).unwrap();
    let twice = text.replacen('{', r#"{"b1":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"#, 1);
    let bytes = [&(twice.len() as u64).to_le_bytes(), twice.as_bytes(), &bytes[8 + header..]].concat();
    let message = fault(&sealed(bytes));
    assert!(message.contains(r#"the key "b1" is there twice"#), "{message}");
}

#[test]
fn another_format_is_told() {
    let mut checkpoint = trained("sgd", Precision::F32, 1).checkpoint();
    checkpoint.state.format = 1;
    assert_eq!(fault(&encode(&checkpoint).unwrap()), "format 1");
    let progress = Progress { steps: usize::MAX, ..checkpoint.state.progress.clone() };
    checkpoint.state = State { format: FORMAT, progress, ..checkpoint.state };
    assert_eq!(fault(&encode(&checkpoint).unwrap()), "it counts more steps than can be");
}

#[test]
fn bits_survive() {
    let mut checkpoint = trained("sgd", Precision::F32, 0).checkpoint();
    let single = [-0.0, f32::MIN_POSITIVE / 4.0, f32::MAX, f32::NEG_INFINITY, 0.1];
    checkpoint.tensors = vec![
        ("double".to_owned(), Value::new([2, 2], vec![-0.0, f64::MIN_POSITIVE / 4.0, f64::MAX, 0.1])),
        ("none".to_owned(), Value::new([0, 3], Vec::<f64>::new())),
        ("single".to_owned(), Value::from(single.to_vec())),
        ("step".to_owned(), Value::scalar(i64::MIN + 1)),
    ];
    let Ok(found) = decode(&encode(&checkpoint).unwrap()) else { panic!("its own bytes") };
    assert!(same_bits(&checkpoint.tensors, found.tensors()));
    assert_eq!(checkpoint.state, found.state);
    checkpoint.tensors = vec![("t".to_owned(), Value::from(vec![true]))];
    assert!(matches!(encode(&checkpoint), Err(CheckpointError::Unsupported { .. })));
}

#[test]
fn other_training_is_refused() {
    let checkpoint = trained("sgd", Precision::F32, 1).checkpoint();
    let refused = |model: Model, settings: Settings, tuning: Tuning| {
        let error = Trainer::resume(model, settings, tuning, &checkpoint).unwrap_err().to_string();
        error.strip_prefix("the checkpoint belongs to other training: ").unwrap().to_owned()
    };
    let (own, f32s) = (settings("sgd"), || model(Precision::F32));
    let wide = Model::mlp(&[2, 4, 1], Activation::Tanh).unwrap();
    assert_eq!(
        refused(wide, own, tuning()),
        r#"layer 1 is {"dense":{"units":3}} there and {"dense":{"units":4}} here"#
    );
    let relu = Model::mlp(&[2, 3, 1], Activation::Relu).unwrap();
    assert_eq!(
        refused(relu, own, tuning()),
        r#"layer 2 is {"activation":"tanh"} there and {"activation":"relu"} here"#
    );
    let double = model(Precision::F64);
    assert_eq!(refused(double, own, tuning()), r#"precision is "f32" there and "f64" here"#);
    let adam = refused(f32s(), settings("adam"), tuning());
    assert_eq!(adam, r#"optimizer is "sgd" there and "adam" here"#);
    let mut slower = own;
    slower.optimizer.set("momentum", 0.5);
    assert_eq!(refused(f32s(), slower, tuning()), "momentum is 0.9 there and 0.5 here");
    let other = Settings { seed: 8, ..own };
    assert_eq!(refused(f32s(), other, tuning()), "seed is 7 there and 8 here");
    assert!(refused(f32s(), own, Tuning::default()).starts_with("schedule is "));
}

#[test]
fn arrays_that_do_not_belong_are_refused() {
    let whole = trained("sgd", Precision::F32, 1).checkpoint();
    let refused = |tensors: Vec<(String, Value)>| {
        let checkpoint = Checkpoint { tensors, ..whole.clone() };
        let resumed = Trainer::resume(model(Precision::F32), settings("sgd"), tuning(), &checkpoint);
        matches!(resumed, Err(crate::NnError::Checkpoint(CheckpointError::Tensor { .. })))
    };
    assert!(!refused(whole.tensors.clone()));
    assert!(refused(whole.tensors[1..].to_vec()));
    assert!(refused([&whole.tensors[..], &[("more".to_owned(), Value::scalar(1.0))]].concat()));
    let mut other = whole.tensors.clone();
    other[0].1 = Value::scalar(1.0);
    assert!(refused(other));
}

#[test]
fn a_failure_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    let checkpoint = trained("sgd", Precision::F32, 1).checkpoint();
    checkpoint.save(&path).unwrap();
    let old = fs::read(&path).unwrap();
    let full = write(&path, |file| {
        file.write_all(&old[..old.len() / 2])?;
        Err(io::Error::from(io::ErrorKind::StorageFull))
    });
    let message = full.unwrap_err().to_string();
    assert!(
        message.contains("a.safetensors: no storage space") && message.contains("free space"),
        "{message}"
    );
    assert_eq!(fs::read(&path).unwrap(), old);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    trained("sgd", Precision::F32, 2).checkpoint().save(&path).unwrap();
    assert_eq!(Checkpoint::load(&path).unwrap().epochs(), 2);
}

#[test]
fn folders_that_cannot_be_written_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = trained("sgd", Precision::F32, 0).checkpoint();
    fs::write(folder.path().join("file"), "").unwrap();
    for place in ["none/a.safetensors", "file/a.safetensors"] {
        let path = folder.path().join(place);
        let message = checkpoint.save(&path).unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("cannot write the checkpoint {}: ", path.display())),
            "{message}"
        );
    }
}

/// What is dropped, running statistics and the best epoch's come back with the rest.
#[test]
fn layers_that_draw_and_keep_statistics_resume_bit_for_bit() {
    let text = "data.source = 'iris'\nmodel.layers = [{ batch_norm = {} }, { dense = { units = 6 } }, { activation = 'tanh' }, \
                { dropout = { rate = 0.3 } }]\n[train]\nepochs = 6\nbatch_size = 16\nvalidation_fraction = 0.25\n\
                loss = 'softmax_cross_entropy'\noptimizer = { name = 'adam', learning_rate = 0.02 }";
    let config = |epochs: usize| {
        let text = text.replace("epochs = 6", &format!("epochs = {epochs}"));
        crate::TrainConfig::from_toml(&text).unwrap()
    };
    let run = |experiment: &mut crate::Experiment| experiment.run(&mut |_| ()).map(|_| ()).unwrap();
    let mut whole = crate::Experiment::new(&config(6)).unwrap();
    run(&mut whole);
    let mut first = crate::Experiment::new(&config(3)).unwrap();
    run(&mut first);
    let bytes = encode(&first.checkpoint()).unwrap();
    let saved = decode(&bytes).ok().unwrap();
    let mut second = crate::Experiment::resumed(&config(6), &saved).unwrap();
    run(&mut second);
    let all = |e: &crate::Experiment| {
        [e.trainer.params(), e.trainer.buffers(), e.trainer.state(), e.trainer.best_params()].concat()
    };
    assert!(all(&whole).iter().any(|(name, _)| name == "mean1") && !whole.trainer.best_params().is_empty());
    assert!(all(&whole).iter().zip(all(&second)).all(|(a, b)| a.0 == b.0 && a.1.bit_eq(&b.1)));
    assert_eq!(whole.trainer.history(), second.trainer.history());
}
