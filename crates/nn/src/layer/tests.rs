use super::*;
use crate::activation::Activation;
use crate::loss::Loss;
use crate::model::Model;
use crate::precision::Precision;
use wengert_diff::{Mode, grad};
use wengert_exec::{CompileOptions, Interpreter, compile};
use wengert_expr::{Builder, DType, Type, Value};

/// What a model of these layers makes of samples, with these weights; the shape is that of all outputs.
fn outputs(layers: Vec<Layer>, params: &[Value], samples: &Value) -> Vec<f64> {
    let model = model(samples.shape()[1], layers);
    let given = [params.to_vec(), buffers(&model), vec![samples.clone()]].concat();
    let function = model.forward_function(samples.shape()[0]).unwrap();
    Interpreter::new(&function).run(&given).unwrap()[0].to_f64s()
}

fn model(inputs: usize, layers: Vec<Layer>) -> Model {
    Model::new(inputs, layers).unwrap().with_precision(Precision::F64)
}

fn buffers(model: &Model) -> Vec<Value> {
    model.buffers().into_iter().map(|(_, value)| value).collect()
}

/// Numbers without a pattern.
fn noise(shape: &[usize], seed: f64) -> Value {
    let count = shape.iter().product();
    Value::new(shape, (0..count).map(|i| ((i as f64 + seed) * 12.9898).sin() * 1.5).collect())
}

fn refused(inputs: usize, layers: Vec<Layer>) -> String {
    Model::new(inputs, layers).unwrap_err().to_string()
}

#[test]
fn rows_are_samples_and_weights_are_not_transposed() {
    let w = Value::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let b = Value::from(vec![0.5, 0.0, -0.5]);
    let x = Value::new([2, 2], vec![1.0, 2.0, 3.0, 4.0]);
    let h = outputs(vec![Dense { units: 3 }.into()], &[w, b], &x);
    assert_eq!(h, [9.5, 12.0, 14.5, 19.5, 26.0, 32.5]);
}

/// Convolution as its definition has it, on `[height, width, channels]`.
fn convolved(x: &[f64], [h, w, c]: [usize; 3], conv: &Conv2d, kernel: &[f64], bias: &[f64]) -> Vec<f64> {
    let Conv { channels: o, kernel: k, stride, dilation, padding } = *conv;
    let reach = (k - 1) * dilation + 1;
    let count = |n: usize| match padding {
        Padding::Valid => (n - reach) / stride + 1,
        Padding::Same => n.div_ceil(stride),
    };
    let before = |n: usize| ((count(n) - 1) * stride + reach).saturating_sub(n) / 2;
    let at = |i: usize, j: usize, ch: usize| {
        let (i, j) = (i.checked_sub(before(h)), j.checked_sub(before(w)));
        match (i.filter(|&i| i < h), j.filter(|&j| j < w)) {
            (Some(i), Some(j)) => x[(i * w + j) * c + ch],
            _ => 0.0,
        }
    };
    let mut out = Vec::new();
    for (i, j) in (0..count(h)).flat_map(|i| (0..count(w)).map(move |j| (i, j))) {
        for unit in 0..o {
            let mut sum = bias[unit];
            for (a, b) in (0..k).flat_map(|a| (0..k).map(move |b| (a, b))) {
                for ch in 0..c {
                    let weight = kernel[((a * k + b) * c + ch) * o + unit];
                    sum += weight * at(i * stride + a * dilation, j * stride + b * dilation, ch);
                }
            }
            out.push(sum);
        }
    }
    out
}

#[test]
fn convolution_is_its_definition() {
    let (h, w, c) = (5, 6, 2);
    for (stride, dilation, kernel) in [(1, 1, 3), (2, 1, 3), (1, 2, 2), (3, 1, 1), (2, 2, 3)] {
        for padding in [Padding::Valid, Padding::Same] {
            let conv = Conv { channels: 3, kernel, stride, dilation, padding };
            let (weights, bias) = (noise(&[kernel, kernel, c, 3], 1.0), noise(&[3], 2.0));
            let x = noise(&[2, h * w * c], 3.0);
            let layers = vec![Reshape(vec![h, w, c]).into(), conv.into(), Flatten {}.into()];
            let found = outputs(layers, &[weights.clone(), bias.clone()], &x);
            let (weights, bias) = (weights.to_f64s(), bias.to_f64s());
            let expected: Vec<f64> = x
                .to_f64s()
                .chunks(h * w * c)
                .flat_map(|x| convolved(x, [h, w, c], &conv, &weights, &bias))
                .collect();
            assert_eq!(found.len(), expected.len(), "{conv:?}");
            let worst = found.iter().zip(&expected).fold(0f64, |m, (a, b)| m.max((a - b).abs()));
            assert!(worst < 1e-13, "{conv:?}: {worst}");
        }
    }
}

#[test]
fn along_one_axis_a_kernel_of_differences_differentiates() {
    let x = Value::new([1, 5], vec![0.0, 1.0, 4.0, 9.0, 16.0]);
    let kernel = Value::new([2, 1, 1], vec![-1.0, 1.0]);
    let run = |conv: Conv1d| {
        let layers = vec![Reshape(vec![5, 1]).into(), conv.into(), Flatten {}.into()];
        outputs(layers, &[kernel.clone(), Value::from(vec![0.5])], &x)
    };
    assert_eq!(run(Conv1d::new(1, 2)), [1.5, 3.5, 5.5, 7.5]);
    assert_eq!(run(Conv1d::new(1, 2).padded(Padding::Same)), [1.5, 3.5, 5.5, 7.5, -15.5]);
}

#[test]
fn pools_take_the_greatest_and_the_mean() {
    let x = Value::new([1, 8], vec![-1.0, -5.0, -2.0, -8.0, -3.0, -4.0, -7.0, -6.0]);
    let run = |shape: &[usize], pool: Layer| {
        outputs(vec![Reshape(shape.to_vec()).into(), pool, Flatten {}.into()], &[], &x)
    };
    assert_eq!(run(&[2, 4, 1], MaxPool2d::new(2).into()), [-1.0, -2.0]);
    assert_eq!(run(&[2, 4, 1], AveragePool2d::new(2).into()), [-3.25, -5.75]);
    assert_eq!(run(&[4, 2], MaxPool1d::new(2).into()), [-1.0, -5.0, -3.0, -4.0]);
    assert_eq!(run(&[4, 2], AveragePool1d::new(4).into()), [-3.25, -5.75]);
    assert_eq!(run(&[2, 2, 2], GlobalAveragePool {}.into()), [-3.25, -5.75]);
    // What stands around is never the greatest, also among negative numbers.
    let same = MaxPool1d { stride: Some(1), padding: Padding::Same, ..MaxPool1d::new(3) };
    assert_eq!(run(&[8, 1], same.into()), [-1.0, -1.0, -2.0, -2.0, -3.0, -3.0, -4.0, -6.0]);
}

#[test]
fn layer_norm_has_mean_and_deviation_of_its_own() {
    let x = Value::new([2, 4], vec![1.0, 2.0, 3.0, 4.0, 1e3, -1e3, 1e3, -1e3]);
    let weights = [Value::from(vec![1.0, 1.0, 1.0, 2.0]), Value::from(vec![0.0, 0.0, 0.0, 0.5])];
    let found = outputs(vec![LayerNorm::default().into()], &weights, &x);
    let scale = 1.0 / (1.25f64 + 1e-5).sqrt();
    let first = [-1.5 * scale, -0.5 * scale, 0.5 * scale, 3.0 * scale + 0.5];
    assert!(found[..4].iter().zip(first).all(|(a, b)| (a - b).abs() < 1e-14), "{found:?}");
    assert!((found[4] - 1.0).abs() < 1e-10 && (found[7] + 1.5).abs() < 1e-10, "{found:?}");
}

/// The outputs of a model written to be trained, then the next values of its buffers.
fn trained(model: &Model, x: &Value, key: f64) -> Vec<Vec<f64>> {
    let b = Builder::new();
    let (params, kept) = (model.declare(&b), model.declare_buffers(&b));
    let input = b.input("x", model.input_type(x.shape()[0]));
    let declared = model.declare_key(&b);
    let forward = model.apply(input, &params, &kept, Phase::Train { key: declared }).unwrap();
    b.output("y", forward.outputs);
    forward.buffers.into_iter().for_each(|e| b.output_unnamed(e));
    let params = model.params(1).into_iter().map(|(_, v)| v).collect();
    let given = [params, buffers(model), vec![x.clone()]].concat();
    let key = declared.map(|_| Value::scalar(key));
    let given: Vec<Value> = given.into_iter().chain(key).collect();
    Interpreter::new(&b.finish().unwrap()).run(&given).unwrap().iter().map(Value::to_f64s).collect()
}

#[test]
fn batch_norm_takes_the_batch_to_train_and_keeps_running_statistics() {
    let model = model(2, vec![BatchNorm::default().into()]);
    let x = Value::new([4, 2], vec![1.0, 10.0, 2.0, 10.0, 3.0, 30.0, 4.0, 30.0]);
    let found = trained(&model, &x, 0.0);
    let scales = [1.0 / (1.25f64 + 1e-5).sqrt(), 1.0 / (100.0f64 + 1e-5).sqrt()];
    let expected = [-1.5, -10.0, -0.5, -10.0, 0.5, 10.0, 1.5, 10.0];
    for (i, (y, d)) in found[0].iter().zip(expected).enumerate() {
        assert!((y - d * scales[i % 2]).abs() < 1e-14, "{found:?}");
    }
    // A tenth of the batch's: means 2.5 and 20, variances with n - 1 of 5/3 and 400/3, beside 0 and 1.
    let close =
        |found: &[f64], expected: [f64; 2]| found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-13);
    assert!(close(&found[1], [0.25, 2.0]), "{found:?}");
    assert!(close(&found[2], [0.9 + 0.1 * 5.0 / 3.0, 0.9 + 40.0 / 3.0]), "{found:?}");
    let params: Vec<Value> = model.params(1).into_iter().map(|(_, v)| v).collect();
    let unmoved = outputs(vec![BatchNorm::default().into()], &params, &x);
    assert!((unmoved[2] - 2.0 / (1.0f64 + 1e-5).sqrt()).abs() < 1e-14, "{unmoved:?}");
}

#[test]
fn dropout_leaves_out_a_share_and_keeps_the_mean() {
    let model = model(1000, vec![Dropout { rate: 0.25 }.into()]);
    let x = Value::new([10, 1000], vec![3.0; 10_000]);
    let found = trained(&model, &x, 17.0).remove(0);
    assert!(found.iter().all(|&y| y == 0.0 || (y - 4.0).abs() < 1e-15));
    let left_out = found.iter().filter(|&&y| y == 0.0).count() as f64;
    // Five standard deviations of 10000 draws.
    assert!((left_out - 2500.0).abs() < 5.0 * (10_000.0f64 * 0.25 * 0.75).sqrt(), "{left_out}");
    assert_eq!(found, trained(&model, &x, 17.0).remove(0));
    assert_ne!(found, trained(&model, &x, 18.0).remove(0));
    assert_eq!(outputs(vec![Dropout { rate: 0.25 }.into()], &[], &x), vec![3.0; 10_000]);
    // Two layers draw numbers of their own.
    let twice = self::model(1000, vec![Dropout { rate: 0.5 }.into(), Dropout { rate: 0.5 }.into()]);
    let left = trained(&twice, &x, 17.0)[0].iter().filter(|&&y| y != 0.0).count() as f64;
    assert!((left - 2500.0).abs() < 5.0 * (10_000.0f64 * 0.25 * 0.75).sqrt(), "{left}");
}

#[test]
fn words_become_rows_of_a_table() {
    let table = Value::new([3, 2], vec![0.0, 0.5, 1.0, 1.5, 2.0, 2.5]);
    let layers = vec![Embedding { vocabulary: 3, width: 2 }.into(), Positions {}.into(), Flatten {}.into()];
    let positions = Value::new([2, 2], vec![0.0, 10.0, 20.0, 30.0]);
    let words = Value::new([2, 2], vec![2.0, 0.0, 1.0, 1.0]);
    let found = outputs(layers, &[table, positions], &words);
    assert_eq!(found, [2.0, 12.5, 20.0, 30.5, 1.0, 11.5, 21.0, 31.5]);
}

/// Attention as its definition has it, for one sample of `[words, width]`.
fn attended(
    x: &[f64],
    [words, width]: [usize; 2],
    heads: usize,
    causal: bool,
    weights: &[Vec<f64>],
) -> Vec<f64> {
    let times = |a: &[f64], w: &[f64]| -> Vec<f64> {
        (0..words * width)
            .map(|p| (0..width).map(|i| a[p / width * width + i] * w[i * width + p % width]).sum())
            .collect()
    };
    let [q, k, v] = [0, 1, 2].map(|i| times(x, &weights[i]));
    let d = width / heads;
    let mut side_by_side = vec![0.0; words * width];
    for (head, query) in (0..heads).flat_map(|h| (0..words).map(move |q| (h, q))) {
        let seen = if causal { query + 1 } else { words };
        let score = |key: usize| -> f64 {
            let at = |row: usize, i: usize| row * width + head * d + i;
            (0..d).map(|i| q[at(query, i)] * k[at(key, i)]).sum::<f64>() / (d as f64).sqrt()
        };
        let powers: Vec<f64> = (0..seen).map(|key| score(key).exp()).collect();
        let total: f64 = powers.iter().sum();
        for i in 0..d {
            let mixed: f64 = (0..seen).map(|key| powers[key] / total * v[key * width + head * d + i]).sum();
            side_by_side[query * width + head * d + i] = mixed;
        }
    }
    times(&side_by_side, &weights[3])
}

#[test]
fn attention_is_its_definition() {
    let [words, width] = [3, 4];
    for (heads, causal) in [(1, false), (2, false), (4, true), (2, true)] {
        let params: Vec<Value> = (0..4).map(|i| noise(&[width, width], 5.0 * i as f64)).collect();
        let x = noise(&[2, words * width], 0.5);
        let layers =
            vec![Reshape(vec![words, width]).into(), Attention { heads, causal }.into(), Flatten {}.into()];
        let found = outputs(layers, &params, &x);
        let weights: Vec<Vec<f64>> = params.iter().map(Value::to_f64s).collect();
        let samples = x.to_f64s();
        let expected =
            samples.chunks(words * width).flat_map(|x| attended(x, [words, width], heads, causal, &weights));
        let worst = found.iter().zip(expected).fold(0f64, |m, (a, b)| m.max((a - b).abs()));
        assert!(worst < 1e-12, "{heads} {causal}: {worst}");
    }
}

/// A small network with every layer in it, by what it takes.
fn networks() -> Vec<(&'static str, Model)> {
    let image = |layers: Vec<Layer>| {
        let ends = |l: Vec<Layer>| [vec![Reshape(vec![4, 4, 1]).into()], l, vec![Flatten {}.into()]].concat();
        model(16, [ends(layers), vec![Dense { units: 2 }.into()]].concat())
    };
    let sequence = |layers: Vec<Layer>| {
        let ends = |l: Vec<Layer>| [vec![Reshape(vec![4, 4]).into()], l, vec![Flatten {}.into()]].concat();
        model(16, [ends(layers), vec![Dense { units: 2 }.into()]].concat())
    };
    let tanh = || Layer::from(Activate(Activation::Tanh));
    vec![
        ("conv2d", image(vec![Conv2d::new(2, 2).into(), tanh(), MaxPool2d::new(2).into()])),
        (
            "strided",
            image(vec![Conv2d { stride: 2, ..Conv2d::new(2, 3) }.padded(Padding::Same).into(), tanh()]),
        ),
        ("conv1d", sequence(vec![Conv1d::new(3, 2).into(), tanh(), AveragePool1d::new(2).into()])),
        ("pools", sequence(vec![MaxPool1d::new(2).into(), Conv1d::new(2, 1).into(), tanh()])),
        ("average", image(vec![Conv2d::new(2, 1).into(), AveragePool2d::new(2).into(), tanh()])),
        ("global", image(vec![Conv2d::new(3, 2).into(), tanh(), GlobalAveragePool {}.into()])),
        ("batch_norm", image(vec![Conv2d::new(2, 2).into(), BatchNorm::default().into(), tanh()])),
        ("rms_norm", sequence(vec![Dense { units: 3 }.into(), RmsNorm::default().into()])),
        ("layer_norm", sequence(vec![Dense { units: 3 }.into(), LayerNorm::default().into()])),
        ("dropout", sequence(vec![Dense { units: 3 }.into(), tanh(), Dropout { rate: 0.4 }.into()])),
        (
            "transformer",
            sequence(vec![
                Positions {}.into(),
                Residual(vec![LayerNorm::default().into(), Attention { heads: 2, causal: true }.into()])
                    .into(),
                Residual(vec![Dense { units: 4 }.into(), tanh()]).into(),
            ]),
        ),
        (
            "embedding",
            model(
                3,
                vec![
                    Embedding { vocabulary: 4, width: 2 }.into(),
                    Flatten {}.into(),
                    Dense { units: 2 }.into(),
                ],
            ),
        ),
    ]
}

/// The gradient of each network's loss in reverse mode, by the interpreter: against central differences of fourth order, and against forward
/// mode and the compiler, which runs the whole.
#[test]
fn gradients_of_every_layer_agree_in_all_modes() {
    for (name, model) in networks() {
        let batch = 3;
        let loss = model.loss_function(Loss::Mse, batch).unwrap();
        let mut given: Vec<Value> = model.params(3).into_iter().map(|(_, v)| v).collect();
        let count = given.len();
        given.extend(buffers(&model));
        given.push(match name {
            "embedding" => Value::new([3, 3], vec![0.0, 1.0, 3.0, 2.0, 2.0, 1.0, 0.0, 0.0, 3.0]),
            _ => noise(&[batch, model.inputs()], 0.25),
        });
        given.push(noise(&[batch, 2], 9.0));
        given.extend(model.draws().then(|| Value::scalar(5.0)));
        let names: Vec<String> = model.param_types().into_iter().map(|(n, _)| n).collect();
        let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
        let reverse = grad(&loss, &wrt, Mode::Reverse).unwrap();
        let slopes = Interpreter::new(&reverse).run(&given).unwrap();
        let same = |others: &[Value], tolerance: f64, how: &str| {
            for ((a, b), name_of) in slopes.iter().zip(others).zip(&names) {
                let worst = a.to_f64s().iter().zip(b.to_f64s()).fold(0f64, |m, (a, b)| m.max((a - b).abs()));
                assert!(worst <= tolerance, "{name}, {name_of}, {how}: {worst}");
            }
        };
        let forward = grad(&loss, &wrt, Mode::Forward).unwrap();
        same(&Interpreter::new(&forward).run(&given).unwrap(), 1e-11, "forward");
        same(&compile(&reverse, &CompileOptions::default()).unwrap().run(&given).unwrap(), 1e-11, "compiled");
        let value = Interpreter::new(&loss);
        let step = 2e-4;
        let differences: Vec<Value> = (0..count)
            .map(|p| {
                let at = |i: usize, by: f64| {
                    let mut moved = given.clone();
                    let mut numbers = moved[p].to_f64s();
                    numbers[i] += by;
                    moved[p] = Value::from_f64s(&given[p].ty(), &numbers);
                    value.run(&moved).unwrap()[0].item().unwrap()
                };
                let slope = |i: usize| {
                    let pair = |by: f64| at(i, by) - at(i, -by);
                    (8.0 * pair(step) - pair(2.0 * step)) / (12.0 * step)
                };
                let slopes: Vec<f64> = (0..given[p].len()).map(slope).collect();
                Value::from_f64s(&given[p].ty(), &slopes)
            })
            .collect();
        same(&differences, 1e-8, "differences");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_layer() {
    let dense = || Layer::from(Dense { units: 2 });
    assert_eq!(
        refused(4, vec![dense(), Conv2d::new(2, 3).into()]),
        "layer 2, conv2d: takes samples of [height, width, channels] (a reshape in front gives it), found [2]"
    );
    assert_eq!(
        refused(4, vec![Reshape(vec![2, 2, 1]).into(), Conv2d::new(2, 3).into()]),
        "layer 2, conv2d: a window of 3 does not fit on an axis of 2: pad more, or take a smaller one"
    );
    assert_eq!(
        refused(4, vec![Reshape(vec![3, 1]).into()]),
        "layer 1, reshape: takes samples of 3 numbers, for the shape [3, 1], found [4]"
    );
    assert_eq!(
        refused(4, vec![dense(), Residual(vec![dense(), Dense { units: 3 }.into()]).into()]),
        "layer 2, residual: takes samples of [2, 2] back from the layers inside, found [3]"
    );
    assert_eq!(
        refused(4, vec![dense(), Residual(vec![Dropout { rate: 1.0 }.into()]).into()]),
        "layer 2, residual: layer 1, dropout: rate = 1: expected at least 0 and less than 1"
    );
    assert_eq!(
        refused(4, vec![Reshape(vec![2, 2]).into(), Attention { heads: 3, causal: false }.into()]),
        "layer 2, attention: heads = 3: expected a divisor of the width 2"
    );
    assert_eq!(
        refused(4, vec![Reshape(vec![2, 2]).into()]),
        "takes samples of [outputs] behind the last layer (a flatten gives them), found [2, 2]"
    );
    let stride = Conv2d { stride: 0, ..Conv2d::new(2, 1) };
    assert_eq!(
        refused(4, vec![Reshape(vec![2, 2, 1]).into(), stride.into()]),
        "layer 2, conv2d: stride = 0: expected 1 or more, within reason"
    );
    let monster = Conv2d::new(1 << 20, 1 << 20).padded(Padding::Same);
    let message = refused(1, vec![Reshape(vec![1, 1, 1]).into(), monster.into(), monster.into()]);
    assert!(message.contains("elements"), "{message}");
    let huge = Conv2d { dilation: usize::MAX, ..Conv2d::new(2, 3) };
    assert!(refused(4, vec![Reshape(vec![2, 2, 1]).into(), huge.into()]).contains("dilation = "));
    assert!(refused(4, vec![Reshape(vec![usize::MAX, 3]).into()]).contains("more than memory holds"));
    assert!(refused(1 << 20, vec![Dense { units: 1 << 20 }.into()]).contains("at most 67108864"));
}

#[test]
fn configurations_name_layers() {
    #[derive(serde::Deserialize)]
    struct Model {
        layers: Vec<Layer>,
    }
    let read = |text: &str| toml::from_str::<Model>(text).map(|m| m.layers);
    let text = "layers = [{ reshape = [8, 8, 1] }, { conv2d = { channels = 4, kernel = 3, padding = 'same' } }, \
                { activation = 'relu' }, { max_pool2d = { size = 2 } }, { batch_norm = {} }, { flatten = {} }, \
                { residual = [{ dropout = { rate = 0.5 } }] }]";
    let layers = read(text).unwrap();
    let names: Vec<&str> = layers.iter().map(Layer::name).collect();
    assert_eq!(names, ["reshape", "conv2d", "activation", "max_pool2d", "batch_norm", "flatten", "residual"]);
    assert_eq!(layers[1], Conv2d::new(4, 3).padded(Padding::Same).into());
    let json = serde_json::to_string(&layers).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Layer>>(&json).unwrap(), layers);
    let wrong = |text: &str| read(text).unwrap_err().to_string();
    assert!(wrong("layers = [{ conv3d = {} }]").contains("unknown variant `conv3d`"));
    assert!(wrong("layers = [{ dense = { unit = 3 } }]").contains("unknown field `unit`"));
    assert_eq!(read("layers = [{ conv2d = { channels = 4, kernel = -3 } }]").ok(), None);
}

#[test]
fn a_whole_training_step_has_the_precision_asked_for() {
    let model = Model::new(2, vec![BatchNorm::default().into(), Dense { units: 1 }.into()]).unwrap();
    assert!(model.buffer_types().iter().all(|(_, ty)| *ty == Type::new(DType::F32, [2])));
    let double = model.with_precision(Precision::F64);
    assert!(double.buffers().iter().all(|(_, v)| v.ty().dtype == DType::F64));
    let names: Vec<String> = double.buffers().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["mean1", "variance1"]);
}
