//! Losses as training and configurations use them.

use super::*;
use crate::data::Samples;

const EVERY: [Loss; 12] = [
    Loss::Mse,
    Loss::HalfMse,
    Loss::Mae,
    Loss::Huber(1.5),
    Loss::Hinge,
    Loss::SquaredHinge,
    Loss::Perceptron,
    Loss::GaussianNll,
    Loss::BceWithLogits,
    Loss::MultiLabel,
    Loss::SoftmaxCrossEntropy,
    Loss::LabelSmoothing(0.1),
];

#[test]
fn names_are_those_of_configurations_and_every_loss_trains() {
    #[derive(serde::Deserialize)]
    struct Line {
        loss: Loss,
    }
    for loss in EVERY {
        let plain = loss.parameter().is_none();
        let text = if plain { format!("loss = '{loss}'") } else { format!("loss = {loss}") };
        assert_eq!(toml::from_str::<Line>(&text).unwrap().loss, loss);
        let model = Model::mlp(&[3, 4, loss.outputs(2)], Activation::Tanh).unwrap();
        let f: Function = model.loss_function(loss, 5).unwrap();
        assert_eq!(f.graph().ty(f.outputs()[0].node), &Type::scalar(DType::F32), "{loss}");
        wengert_diff::grad(&f, &["W1", "b1", "W2", "b2"], wengert_diff::Mode::Reverse).unwrap();
    }
}

#[test]
fn every_loss_is_finite_at_a_thousand_in_single_precision() {
    for loss in EVERY {
        let classes = loss.target_kind() == TargetKind::Classes;
        let columns = loss.outputs(2);
        let outputs: Vec<f32> = (0..2 * columns).map(|i| if i % 3 == 0 { 1e3 } else { -1e3 }).collect();
        let targets = match classes {
            true => Value::from(vec![1i64, 0]),
            false => Value::new([2, 2], vec![1f32, 1.0, 1.0, 1.0]),
        };
        let outputs = Value::new([2, columns], outputs);
        let b = Builder::new();
        let o = b.input("o", outputs.ty());
        let value = loss.apply(o, b.constant(targets));
        b.output("loss", value);
        b.output("slope", gradient(value, &[o]).unwrap()[0]);
        let f = compile(&b.finish().unwrap(), &CompileOptions::default()).unwrap();
        let found = f.run(&[outputs]).unwrap();
        let numbers = [found[0].to_f64s(), found[1].to_f64s()].concat();
        assert!(
            numbers.iter().all(|x| x.is_finite()) && numbers.iter().any(|&x| x != 0.0),
            "{loss}: {numbers:?}"
        );
    }
}

#[test]
fn every_loss_takes_exclusive_or_and_names_targets_that_it_does_not_take() {
    use crate::{DataError, Dataset, Precision};
    for loss in EVERY {
        let data = Dataset::xor(loss, Precision::F64).unwrap();
        let outputs = loss.outputs(data.targets().outputs());
        let model = |outputs| Model::mlp(&[2, 3, outputs], Activation::Tanh).unwrap();
        assert_eq!(data.check(&model(outputs), loss), Ok(()), "{loss}");
        assert!(data.targets().are_classes(), "{loss}");
        let fewer = if outputs == 1 { 2 } else { 1 };
        assert!(matches!(data.check(&model(fewer), loss), Err(DataError::Outputs { .. })), "{loss}");
        let other =
            if loss.target_kind() == TargetKind::Classes { Loss::Hinge } else { Loss::SoftmaxCrossEntropy };
        assert!(matches!(data.check(&model(outputs), other), Err(DataError::Loss { .. })), "{loss}");
    }
    let message = Dataset::new(&column(&[0.5]), &column(&[0.0]), Loss::Hinge, Precision::F64).unwrap_err();
    assert_eq!(
        message.to_string(),
        "target 0 of sample 0 (counted from 0) is no side: the loss takes -1 and 1"
    );
}

#[test]
fn absurd_parameters_are_refused() {
    let text = |loss: &str| {
        format!(
            "data.source = 'moons'\nmodel.hidden = [2]\n[train]\nloss = {loss}\nepochs = 1\n\
             optimizer = {{ name = 'sgd', learning_rate = 0.1 }}"
        )
    };
    let error = |loss: &str| crate::TrainConfig::from_toml(&text(loss)).unwrap_err().to_string();
    assert_eq!(error("{ huber = 0.0 }"), "line 4, column 1: `train.loss` = 0: expected a positive number");
    assert_eq!(
        error("{ label_smoothing = 1.0 }"),
        "line 4, column 1: `train.loss` = 1: expected at least 0 and less than 1"
    );
    assert!(error("{ huber = nan }").contains(": `train.loss` = NaN: "));
    crate::TrainConfig::from_toml(&text("'squared_hinge'")).unwrap();
}
