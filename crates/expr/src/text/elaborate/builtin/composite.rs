//! Activations, softmax and losses: functions that are composed of others.

use super::{Function, function};

/// A function of one array.
macro_rules! of_one {
    ($name:literal, $method:ident) => {
        function($name, "x", |args| args.result(args.array("x")?.$method()))
    };
}

/// A loss of two arrays.
macro_rules! loss {
    ($name:literal, $signature:literal, $first:literal, $second:literal, $method:ident) => {
        function($name, $signature, |args| {
            let (a, b) = args.pair($first, $second)?;
            args.result(a.$method(b))
        })
    };
}

pub(super) static FUNCTIONS: &[Function] = &[
    of_one!("relu", relu),
    of_one!("selu", selu),
    of_one!("gelu", gelu),
    of_one!("gelu_tanh", gelu_tanh),
    of_one!("silu", silu),
    of_one!("swish", silu),
    of_one!("mish", mish),
    of_one!("log_sigmoid", log_sigmoid),
    of_one!("gaussian", gaussian),
    of_one!("step", step),
    of_one!("hardtanh", hardtanh),
    of_one!("hard_sigmoid", hard_sigmoid),
    function("leaky_relu", "x, a=", |args| {
        let x = args.array("x")?;
        let slope = if args.has("a") { args.beside("a", x)? } else { x.number(0.01) };
        args.result(x.leaky_relu(slope))
    }),
    function("prelu", "x, a", |args| {
        let x = args.array("x")?;
        args.result(x.leaky_relu(args.beside("a", x)?))
    }),
    function("elu", "x, a=", |args| {
        let x = args.array("x")?;
        let alpha = if args.has("a") { args.beside("a", x)? } else { x.number(1.0) };
        args.result(x.elu(alpha))
    }),
    function("softmax", "x, axis=", |args| args.result(args.array("x")?.softmax(args.int_or("axis", -1)?))),
    function("log_softmax", "x, axis=", |args| {
        args.result(args.array("x")?.log_softmax(args.int_or("axis", -1)?))
    }),
    loss!("mse", "prediction, target", "prediction", "target", mse),
    loss!("mae", "prediction, target", "prediction", "target", mae),
    loss!("bce_with_logits", "z, t", "z", "t", bce_with_logits),
    loss!("kl_divergence", "p, q", "p", "q", kl_divergence),
    function("huber", "prediction, target, delta=", |args| {
        let (prediction, target) = args.pair("prediction", "target")?;
        args.result(prediction.huber(target, args.number_or("delta", 1.0)?))
    }),
    function("softmax_cross_entropy", "logits, target", |args| {
        let logits = args.array("logits")?;
        let (item, _) = args.item("target")?;
        let target = if item.is_weak() { args.positions("target")? } else { args.array("target")? };
        args.result(logits.softmax_cross_entropy(target))
    }),
    function("gaussian_nll", "mean, target, variance", |args| {
        let (mean, target) = args.pair("mean", "target")?;
        args.result(mean.gaussian_nll(target, args.beside("variance", mean)?))
    }),
];
