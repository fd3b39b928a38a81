use super::*;
use crate::data::Batches;
use crate::data::Samples;
use crate::experiment::Experiment;
use crate::metrics::Metrics;

/// Those that need no folder.
const ALL: [Preset; 14] = [
    Preset::Xor,
    Preset::And,
    Preset::Or,
    Preset::Car,
    Preset::Rings,
    Preset::Moons,
    Preset::Spirals,
    Preset::Blobs,
    Preset::Iris,
    Preset::Wine,
    Preset::Cancer,
    Preset::Diabetes,
    Preset::Digits,
    Preset::DigitsConv,
];

/// How well a preset does in the end on the samples to train on and on those kept apart.
fn trained(preset: &Preset) -> (Metrics, Option<Metrics>, Experiment) {
    let mut experiment = Experiment::new(&preset.config()).unwrap();
    let last = experiment.run(&mut |_| ()).unwrap().pop().unwrap();
    let train = experiment.trainer.evaluate(&experiment.train).unwrap();
    (train, last.test, experiment)
}

#[test]
fn configurations_are_valid_and_can_be_written() {
    for preset in ALL
        .into_iter()
        .chain([Preset::Mnist, Preset::MnistConv].map(|preset| preset(PathBuf::from("data/mnist"))))
    {
        let config = preset.config();
        assert_eq!(TrainConfig::from_toml(&config.to_toml().unwrap()).unwrap(), config);
    }
}

#[test]
fn one_epoch_lowers_the_loss() {
    for preset in ALL {
        let mut experiment = Experiment::new(&preset.config()).unwrap();
        let before = experiment.trainer.evaluate(&experiment.train).unwrap().loss;
        experiment.trainer.epoch(&experiment.train, &mut |_| ()).unwrap();
        let after = experiment.trainer.evaluate(&experiment.train).unwrap().loss;
        assert!(after < before, "{preset:?}: {before} {after}");
    }
}

#[test]
fn truth_tables_and_cars_are_learned_whole() {
    for preset in [Preset::And, Preset::Or, Preset::Xor, Preset::Car] {
        let (train, test, _) = trained(&preset);
        assert_eq!((train.accuracy, test), (Some(1.0), None), "{preset:?}");
    }
}

#[test]
fn samples_kept_apart_are_told_apart() {
    for (preset, samples, least) in [
        (Preset::Rings, 40, 1.0),
        (Preset::Moons, 40, 0.95),
        (Preset::Blobs, 60, 0.95),
        (Preset::Iris, 30, 0.9),
        (Preset::Wine, 36, 0.95),
        (Preset::Cancer, 114, 0.95),
    ] {
        let (train, test, experiment) = trained(&preset);
        assert_eq!(experiment.test.unwrap().count(), samples, "{preset:?}");
        let (train, test) = (train.accuracy.unwrap(), test.unwrap().accuracy.unwrap());
        assert!(train >= 0.95 && test >= least, "{preset:?}: {train} {test}");
    }
}

#[test]
fn spirals_are_followed() {
    let (train, test, _) = trained(&Preset::Spirals);
    let (train, test) = (train.accuracy.unwrap(), test.unwrap().accuracy.unwrap());
    assert!(train >= 0.95 && test >= 0.9, "{train} {test}");
}

/// R2, one less the loss over the variance of the targets, is about a half for a linear model of these data.
#[test]
fn half_of_the_variance_of_diabetes_is_explained() {
    let (train, test, experiment) = trained(&Preset::Diabetes);
    let r2 = |metrics: Metrics, data: &dyn Samples| {
        let all = data.chunks(usize::MAX).next().unwrap().unwrap();
        let targets = all.samples.targets().values().to_f64s();
        let n = targets.len() as f64;
        let mean = targets.iter().sum::<f64>() / n;
        1.0 - metrics.loss * n / targets.iter().map(|t| (t - mean).powi(2)).sum::<f64>()
    };
    let (train, test) = (r2(train, &experiment.train), r2(test.unwrap(), &experiment.test.unwrap()));
    assert!((0.45..0.7).contains(&train) && test >= 0.3, "{train} {test}");
}

fn solved_xor(epochs: usize) -> usize {
    let solved = |seed: u64| {
        let mut config = Preset::Xor.config();
        (config.train.seed, config.train.epochs) = (seed, epochs);
        let mut experiment = Experiment::new(&config).unwrap();
        experiment.run(&mut |_| ()).unwrap();
        experiment.trainer.evaluate(&experiment.train).unwrap().accuracy == Some(1.0)
    };
    (0..100).filter(|&seed| solved(seed)).count()
}

#[test]
fn d10_xor_succeeds_from_a_hundred_seeds() {
    let epochs = Preset::Xor.config().train.epochs;
    for steps in [epochs, 2000] {
        let successes = solved_xor(steps);
        assert!(successes >= 99, "{successes} of 100 in {steps} steps");
    }
}

#[test]
fn digits_are_read_by_the_model() {
    let mut experiment = Experiment::new(&Preset::Digits.config()).unwrap();
    assert_eq!(experiment.trainer.model().to_string(), "64-64-10");
    let mut steps = 0;
    let history =
        experiment.run(&mut |event| steps += usize::from(matches!(event, crate::Event::Step { .. })));
    let last = history.unwrap().pop().unwrap();
    assert_eq!(steps, Preset::Digits.config().train.epochs * Batches::new(1438, 16, 1).count());
    let accuracy = last.test.unwrap().accuracy.unwrap();
    assert!(accuracy >= 0.97, "{accuracy}");
}

#[test]
fn mnist_tests_on_its_own_files_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let config = || Preset::Mnist(folder.path().to_owned()).config().data;
    std::fs::write(at("t10k-images-idx3-ubyte.gz"), "").unwrap();
    assert_eq!((config().path, config().test_path), (Some(at("t10k-images-idx3-ubyte.gz")), None));
    std::fs::write(at("train-images-idx3-ubyte"), "").unwrap();
    assert_eq!(config().path, Some(at("train-images-idx3-ubyte")));
    assert_eq!(config().test_path, Some(at("t10k-images-idx3-ubyte.gz")));
    assert!(config().test_fraction().abs() < f64::EPSILON);
}
