use super::*;
use wengert_exec::evaluate;
use wengert_expr::Role;

#[test]
fn parameters_have_names_shapes_and_a_seed() {
    let model = Model::mlp(&[64, 32, 10], Activation::Relu).unwrap();
    let params = model.params(1);
    let found: Vec<(&str, Type)> = params.iter().map(|(n, v)| (n.as_str(), v.ty())).collect();
    let f32s = |shape: &[usize]| Type::new(DType::F32, shape);
    let expected =
        [("W1", f32s(&[64, 32])), ("b1", f32s(&[32])), ("W2", f32s(&[32, 10])), ("b2", f32s(&[10]))];
    assert_eq!(found, expected);
    let equal = |other: &[(String, Value)]| params.iter().zip(other).all(|(a, b)| a.1.bit_eq(&b.1));
    assert!(equal(&model.params(1)) && !equal(&model.params(2)));
    assert_eq!(model.to_string(), "64-32-10");
    assert!(params[1].1.to_f64s().iter().all(|&b| b == 0.0));
}

#[test]
fn the_xor_network_with_given_weights() {
    let model = Model::mlp(&[2, 2, 1], Activation::Relu).unwrap().with_precision(Precision::F64);
    let values = [
        ("W1", Value::new([2, 2], vec![1.0; 4])),
        ("b1", Value::from(vec![0.0, -1.0])),
        ("W2", Value::new([2, 1], vec![1.0, -2.0])),
        ("b2", Value::from(vec![0.0])),
        ("x", Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])),
    ];
    let function = model.forward_function(4).unwrap();
    let y = evaluate(&function, &values).unwrap();
    assert_eq!((y[0].shape(), y[0].to_f64s()), (&[4, 1][..], vec![0.0, 1.0, 1.0, 0.0]));
    let roles: Vec<Role> = function.inputs().iter().map(|i| i.role).collect();
    assert_eq!(roles, [Role::Param, Role::Param, Role::Param, Role::Param, Role::Input]);
}

#[test]
fn the_loss_function_has_the_names_of_its_parts() {
    let model = Model::mlp(&[3, 5, 2], Activation::Tanh).unwrap();
    let f = model.loss_function(Loss::SoftmaxCrossEntropy, 4).unwrap();
    let names: Vec<&str> = f.inputs().iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["W1", "b1", "W2", "b2", "x", "y"]);
    assert_eq!(f.inputs()[5].ty, Type::new(DType::I64, [4]));
    assert_eq!(f.graph().ty(f.outputs()[0].node), &Type::scalar(DType::F32));
}

#[test]
fn absurd_widths_are_refused() {
    let error = |sizes: &[usize]| Model::mlp(sizes, Activation::Relu).unwrap_err().to_string();
    assert_eq!(error(&[3]), "a model needs a number of features and of outputs, found 1 width");
    assert_eq!(error(&[3, 0, 1]), "width 0 of layer 1: expected 1 to 1048576 units");
    assert_eq!(error(&[3, usize::MAX]), "width 18446744073709551615 of layer 1: expected 1 to 1048576 units");
    assert_eq!(
        error(&[1 << 20, 1 << 20]),
        "a model of 1099512676352 parameters: at most 67108864 are possible"
    );
}

#[test]
fn parameters_and_nodes_stand_in_the_scopes_of_their_layers() {
    let layers = vec![
        Dense { units: 3 }.into(),
        Activate(Activation::Tanh).into(),
        crate::layer::Residual(vec![crate::layer::Dropout { rate: 0.5 }.into(), Dense { units: 3 }.into()])
            .into(),
        Dense { units: 1 }.into(),
    ];
    let f = Model::new(2, layers).unwrap().loss_function(Loss::Mse, 4).unwrap();
    let scope = |name: &str| {
        let node = f.graph().nodes().find(|&n| f.graph().name(n) == Some(name)).unwrap();
        f.graph().scope(node).to_owned()
    };
    assert_eq!((scope("W1"), scope("h1"), scope("x")), ("dense 1".into(), "dense 1".into(), String::new()));
    assert_eq!(
        (scope("W2"), scope("z2")),
        ("dense 1/residual/dense 2".into(), "dense 1/residual/dense 2".into())
    );
    assert_eq!((scope("b3"), scope("logits")), ("dense 3".into(), "dense 3".into()));
    let names: Vec<&str> = f.inputs().iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["W1", "b1", "W2", "b2", "W3", "b3", "x", "y", "key"]);
}

#[test]
fn samples_of_another_width_are_refused() {
    let model = Model::mlp(&[3, 1], Activation::Relu).unwrap();
    let b = Builder::new();
    let (params, x) = (model.declare(&b), b.input("x", Type::new(DType::F32, [4, 2])));
    let error = model.apply(x, &params, &[], Phase::Evaluate).unwrap_err();
    assert_eq!(error.to_string(), "takes samples of [3], found [2]");
}
