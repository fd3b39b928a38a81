//! Training repeats bit for bit, tells of what happens, and ends where it is told to.

use super::*;
use crate::activation::Activation;
use crate::optim::{Adam, Schedule, Sgd};
use crate::precision::Precision;

const ADAM: Settings = Settings {
    loss: Loss::Mse,
    optimizer: Optimizer::Adam(Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }),
    learning_rate: 0.05,
    batch_size: 3,
    seed: 7,
};

fn xor(settings: Settings) -> (Trainer, Dataset) {
    let model = Model::mlp(&[2, 8, 1], Activation::Tanh).unwrap();
    (Trainer::new(model, settings), Dataset::xor(settings.loss, Precision::F32).unwrap())
}

fn trained(settings: Settings, epochs: usize) -> (Vec<(String, Value)>, Vec<Epoch>) {
    let (mut trainer, data) = xor(settings);
    let history = trainer.fit(&data, Some(&data), epochs, &mut |_| ()).unwrap();
    ([trainer.params(), trainer.state()].concat(), history)
}

#[test]
fn the_same_seed_trains_bit_for_bit() {
    let (params, history) = trained(ADAM, 20);
    let (again, same_history) = trained(ADAM, 20);
    assert_eq!(history, same_history);
    assert_eq!(params.len(), 4 + 9);
    assert!(params.iter().zip(&again).all(|(a, b)| a.0 == b.0 && a.1.bit_eq(&b.1)));
    let (other, _) = trained(Settings { seed: 8, ..ADAM }, 20);
    assert!(params.iter().zip(&other).any(|(a, b)| !a.1.bit_eq(&b.1)));
}

#[test]
fn it_learns_and_tells_of_every_step() {
    let (mut trainer, data) = xor(ADAM);
    let (mut steps, mut epochs) = (Vec::new(), 0);
    let history = trainer
        .fit(&data, Some(&data), 300, &mut |event| match event {
            Event::Step { epoch, step, steps: of, loss } => {
                assert!(loss.is_finite());
                steps.push((*epoch, *step, *of));
            }
            Event::Epoch(_) => epochs += 1,
        })
        .unwrap();
    assert_eq!((steps.len(), epochs, trainer.epochs()), (600, 300, 300));
    assert_eq!(steps[..3], [(1, 1, 2), (1, 2, 2), (2, 1, 2)]);
    let last = history[299].test.unwrap();
    assert!(last.loss < 1e-2 && last.accuracy == Some(1.0), "{last:?}");
    assert_eq!(trainer.evaluate(&data).unwrap(), last);
}

#[test]
fn every_optimiser_learns_and_repeats_bit_for_bit() {
    for &name in Optimizer::NAMES {
        let optimizer = Optimizer::named(name).unwrap();
        let learning_rate = match optimizer {
            Optimizer::Sgd(_) | Optimizer::AdaGrad(_) => 0.3,
            Optimizer::AdaDelta(_) => 20.0,
            _ => 0.01,
        };
        let settings = Settings { optimizer, learning_rate, batch_size: 4, ..ADAM };
        let before = xor(settings).0.evaluate(&xor(settings).1).unwrap().loss;
        let (params, history) = trained(settings, 60);
        let after = history[59].test.unwrap().loss;
        assert!(after < 0.9 * before, "{name}: {before} to {after}");
        let (again, _) = trained(settings, 60);
        assert!(params.iter().zip(&again).all(|(a, b)| a.0 == b.0 && a.1.bit_eq(&b.1)), "{name}");
    }
}

#[test]
fn every_optimiser_steps_as_the_interpreter_does() {
    for &name in Optimizer::NAMES {
        let optimizer = Optimizer::named(name).unwrap();
        let settings = Settings { optimizer, batch_size: 4, ..ADAM };
        let model = Model::mlp(&[2, 3, 1], Activation::Tanh).unwrap().with_precision(Precision::F64);
        let mut trainer = Trainer::new(model, settings);
        let data = Dataset::xor(Loss::Mse, Precision::F64).unwrap();
        let step = wengert_exec::Interpreter::new(&trainer.step_function(4).unwrap());
        let mut kept: Vec<Value> = trainer.kept.clone();
        let rest =
            [data.features().clone(), data.targets().values().clone(), Value::scalar(ADAM.learning_rate)];
        for _ in 0..4 {
            kept = step.run(&[&kept[..], &rest].concat()).unwrap();
            kept.truncate(trainer.kept.len());
            trainer.epoch(&data, &mut |_| ()).unwrap();
        }
        let far = |(a, b): (&Value, &Value)| {
            a.to_f64s().iter().zip(b.to_f64s()).fold(0f64, |m, (a, b)| m.max((a - b).abs()))
        };
        let worst = kept.iter().zip(&trainer.kept).map(far).fold(0f64, f64::max);
        assert!(worst < 1e-12, "{name}: {worst}");
    }
}

#[test]
fn the_schedule_gives_each_step_its_rate() {
    let sgd = Settings { optimizer: Optimizer::Sgd(Sgd::default()), batch_size: 4, ..ADAM };
    let after = |rate: f64, schedule: Schedule, epochs: usize| {
        let (trainer, data) = xor(Settings { learning_rate: rate, ..sgd });
        let mut trainer = trainer.with_tuning(Tuning { schedule, ..Tuning::default() });
        assert_eq!(trainer.learning_rate(), schedule.rate(rate, 0));
        trainer.fit(&data, None, epochs, &mut |_| ()).unwrap();
        assert_eq!(trainer.learning_rate(), schedule.rate(rate, epochs));
        trainer.params()
    };
    let same = |a: &[(String, Value)], b: &[(String, Value)]| a.iter().zip(b).all(|(a, b)| a.1.bit_eq(&b.1));
    let constant = after(0.5, Schedule::Constant, 1);
    assert!(same(&constant, &after(1.0, Schedule::LinearWarmup { steps: 2 }, 1)));
    // The second step of no rate leaves all as it is.
    assert!(same(&constant, &after(0.5, Schedule::Cosine { steps: 1, last: 0.0 }, 2)));
    assert!(!same(&constant, &after(0.5, Schedule::Constant, 2)));
}

#[test]
fn divergence_names_the_node_and_keeps_the_last_good_parameters() {
    let sgd = Optimizer::Sgd(Sgd { momentum: 0.9 });
    let (trainer, data) = xor(Settings { optimizer: sgd, learning_rate: 1e3, batch_size: 4, ..ADAM });
    let mut trainer = trainer.with_tuning(Tuning { loss_limit: f64::INFINITY, ..Tuning::default() });
    let error = trainer.fit(&data, None, 1000, &mut |_| ()).unwrap_err();
    let NnError::Diverged(divergence) = &error else { panic!("{error}") };
    assert_eq!((divergence.epoch, divergence.step), (trainer.epochs() + 1, 1));
    let Runaway::Made { by, .. } = &divergence.what else { panic!("{error}") };
    assert!(!by.node.spread.is_finite() && by.node.operands.iter().all(|(_, s)| s.is_finite()), "{error}");
    // The step is the library's own, so there is no place in the user's code.
    assert_eq!(by.place, None);
    let text = error.to_string();
    assert!(text.starts_with("training diverged at step 1 of epoch "), "{text}");
    assert!(text.contains("; first made by node ") && !text.contains(".rs"), "{text}");
    assert!(trainer.evaluate(&data).unwrap().loss.is_finite());
    assert!(trainer.params().iter().all(|(_, v)| v.to_f64s().iter().all(|x| x.is_finite())));
}

#[test]
fn a_rate_of_a_million_stops_within_one_step_of_the_first_such_number() {
    for (rate, batch) in [(1e6, 4), (1e6, 1), (1e30, 2)] {
        let sgd = Optimizer::Sgd(Sgd::default());
        let (mut trainer, data) =
            xor(Settings { optimizer: sgd, learning_rate: rate, batch_size: batch, ..ADAM });
        let mut last = (0, 0);
        let error = trainer.fit(&data, None, 1000, &mut |event| {
            if let Event::Step { epoch, step, loss, .. } = event {
                assert!(loss.is_finite());
                last = (*epoch, *step);
            }
        });
        let Err(NnError::Diverged(found)) = error else { panic!("{rate}: {error:?}") };
        let steps = 4 / batch;
        assert_eq!(
            (found.epoch - 1) * steps + found.step,
            last.0.saturating_sub(1) * steps + last.1 + 1,
            "{rate}"
        );
        assert!(matches!(found.what, Runaway::Made { .. }), "{rate}: {found}");
    }
}

#[test]
fn a_loss_beyond_its_limit_stops_although_it_is_finite() {
    let settings = Settings { learning_rate: 1e6, batch_size: 4, ..ADAM };
    let (mut trainer, data) = xor(settings);
    let error = trainer.fit(&data, None, 1000, &mut |_| ()).unwrap_err();
    let NnError::Diverged(Divergence { epoch: 2, step: 1, what: Runaway::Made { what, by } }) = &error else {
        panic!("{error}")
    };
    let Runaway::Beyond { loss, limit } = **what else { panic!("{error}") };
    assert!(loss > limit && loss.is_finite() && limit >= 1e6, "{error}");
    let reach = by.node.spread.greatest.max(-by.node.spread.least);
    assert!(
        reach > limit && by.node.operands.iter().all(|(_, s)| s.greatest.max(-s.least) <= limit),
        "{error}"
    );
    let fresh = xor(settings).0.params();
    assert!(trainer.params().iter().zip(&fresh).all(|((_, a), (_, b))| a.bit_eq(b)));
    let unlimited = Tuning { loss_limit: f64::INFINITY, ..Tuning::default() };
    let mut trainer = xor(settings).0.with_tuning(unlimited);
    assert_eq!(trainer.fit(&data, None, 100, &mut |_| ()).unwrap().len(), 100);
}

#[test]
fn numbers_that_the_precision_cannot_hold_are_in_the_data() {
    let features = Value::new([3, 2], vec![0.0, 1.0, 2.0, 30.0, 4.0, 5.0]);
    let targets = Value::from(vec![0.0, 1.0, 1.0]);
    let data = Dataset::new(&features, &targets, Loss::Mse, Precision::F32).unwrap().scaled(2e37);
    let (mut trainer, _) = xor(ADAM);
    let message = trainer.fit(&data, None, 1, &mut |_| ()).unwrap_err().to_string();
    assert_eq!(message, "features hold inf at row 1, column 1 (counted from 0)");
}

#[test]
fn an_observer_ends_training_and_it_goes_on_from_there() {
    let (mut trainer, data) = xor(ADAM);
    let stop = |after: usize| {
        let mut steps = 0;
        move |event: &Event| {
            steps += usize::from(matches!(event, Event::Step { .. }));
            if steps >= after { Flow::Stop } else { Flow::Go }
        }
    };
    let told = trainer.fit(&data, Some(&data), 10, &mut stop(5)).unwrap();
    assert_eq!((told.len(), told[2].number, told[2].steps), (3, 3, 5));
    assert_eq!((trainer.epochs(), trainer.steps()), (2, 5));
    trainer.fit(&data, Some(&data), 4, &mut |_| ()).unwrap();
    let (params, history) = trained(ADAM, 6);
    assert_eq!((trainer.history(), trainer.steps()), (&history[..], 12));
    let now = [trainer.params(), trainer.state()].concat();
    assert!(params.iter().zip(&now).all(|(a, b)| a.0 == b.0 && a.1.bit_eq(&b.1)));
}

/// A model of which each step's products and sums are long enough to be shared by several threads.
#[test]
fn any_number_of_threads_trains_the_same_bits() {
    let model = Model::mlp(&[64, 256, 10], Activation::Relu).unwrap();
    let settings = Settings { loss: Loss::SoftmaxCrossEntropy, batch_size: 512, ..ADAM };
    let (rows, columns) = (1024, 64);
    let features = (0..rows * columns).map(|i| ((i * 37 % 101) as f64 / 50.0 - 1.0).sin()).collect();
    let classes: Vec<i64> = (0..rows as i64).map(|i| i * 7 % 10).collect();
    let features = Value::new([rows, columns], features);
    let data = Dataset::new(&features, &Value::from(classes), settings.loss, Precision::F32).unwrap();
    let with = |threads: usize| {
        let mut trainer = Trainer::new(model.clone(), settings).with_threads(threads);
        let history = trainer.fit(&data, Some(&data), 2, &mut |_| ()).unwrap();
        ([trainer.params(), trainer.state()].concat(), history)
    };
    let (params, history) = with(1);
    for threads in 2..=4 {
        let (found, epochs) = with(threads);
        assert!(params.iter().zip(&found).all(|(a, b)| a.0 == b.0 && a.1.bit_eq(&b.1)), "{threads}");
        assert_eq!(epochs, history, "{threads}");
    }
}

#[test]
fn numbers_that_are_no_classes_have_no_accuracy() {
    let features = Value::new([2, 2], vec![0.0, 1.0, 2.0, 3.0]);
    let data = Dataset::new(&features, &Value::from(vec![0.5, 1.5]), Loss::Mse, Precision::F32).unwrap();
    let (mut trainer, _) = xor(ADAM);
    assert_eq!(trainer.epoch(&data, &mut |_| ()).unwrap().accuracy, None);
}
