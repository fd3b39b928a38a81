use super::*;

fn found(source: &str, learner: &str) -> Findings {
    let text = format!("data.source = '{source}'\n[learner]\n{learner}");
    Study::new(&StudyConfig::from_toml(&text).unwrap()).unwrap().run().unwrap()
}

fn score(scores: &Scores, name: &str) -> f64 {
    scores.iter().find(|(n, _)| *n == name).unwrap().1
}

fn accuracy(found: &Findings) -> f64 {
    score(&found.train, "accuracy")
}

#[test]
fn online_learners_tell_their_epochs_and_whether_they_came_to_an_end() {
    let and = found("and", "name = 'perceptron'");
    assert_eq!((and.converged, and.trace.rows.len(), accuracy(&and)), (Some(true), 9, 1.0));
    assert_eq!(and.trace.columns, ["epoch", "loss", "updates", "w0", "w1", "b"]);
    let last = and.trace.rows[8].iter().map(Cell::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(last, "9 0 0 3 2 -4");
    let strict = found("and", "name = 'perceptron'\ntest = 'prediction'");
    assert_eq!((strict.trace.rows.len(), accuracy(&strict)), (6, 1.0));
    let xor = found("xor", "name = 'perceptron'");
    assert_eq!(xor.end, "not converged: what the epochs do repeats for ever, with period 1");
    assert!(accuracy(&xor) < 1.0);
    let delta = found("and", "name = 'delta_rule'\nepochs = 200");
    assert_eq!((delta.converged, accuracy(&delta)), (Some(false), 1.0));
    assert_eq!(accuracy(&found("or", "name = 'delta_rule'\nthreshold = 0")), 1.0 - 0.25);
    assert_eq!(accuracy(&found("or", "name = 'perceptron_loss'")), 1.0);
}

#[test]
fn least_squares_classifies_where_there_are_two_classes() {
    let or = found("or", "name = 'least_squares'");
    assert!((score(&or.train, "mse") - 1.0 / 16.0).abs() < 1e-12);
    assert_eq!((accuracy(&or), or.trace.rows.len()), (1.0, 1));
    let diabetes = found("diabetes", "name = 'least_squares'");
    assert!(diabetes.train.iter().all(|(name, _)| *name != "accuracy"));
    let held_out = score(diabetes.test.as_ref().unwrap(), "r2");
    assert!((0.3..0.6).contains(&held_out), "{held_out}");
}

#[test]
fn separable_classes_have_no_finite_optimum_and_a_ridge_gives_one() {
    for name in ["logistic", "softmax"] {
        let free = found("car", &format!("name = '{name}'"));
        assert_eq!((free.converged, accuracy(&free)), (Some(false), 1.0));
        assert!(free.end.contains("no finite optimum"), "{}", free.end);
        let held = found("car", &format!("name = '{name}'\nridge = 0.1"));
        assert_eq!((held.converged, accuracy(&held)), (Some(true), 1.0), "{}", held.end);
    }
    let ridge = found("car", "name = 'logistic'\nridge = 0.1");
    assert!((ridge.parameters[0].1.to_f64s()[0] - 1.989_830_743_425_658).abs() < 1e-6);
    let descent =
        "name = 'logistic'\nridge = 0.1\nmethod = 'gradient_descent'\nlearning_rate = 0.01\nsteps = 7";
    assert_eq!(found("car", descent).trace.rows.len(), 7);
    let iris = found("iris", "name = 'softmax'\nridge = 1");
    assert!(score(iris.test.as_ref().unwrap(), "accuracy") > 0.9, "{:?}", iris.test);
}

#[test]
fn boosting_learns_xor_with_half_planes_and_not_with_stumps() {
    let planes = found("xor", "name = 'adaboost'\nweak = 'half_planes'\nrounds = 3");
    assert_eq!((planes.trace.rows.len(), accuracy(&planes)), (3, 1.0));
    let csv = planes.trace.to_csv();
    assert!(csv.starts_with("round,hypothesis,error,alpha,mistakes,bound\n1,\""), "{csv}");
    let stumps = found("xor", "name = 'adaboost'");
    assert_eq!((stumps.trace.rows.len(), accuracy(&stumps)), (0, 0.5));
    assert!(stumps.end.contains("as good as chance"), "{}", stumps.end);
}

#[test]
fn components_come_with_coordinates() {
    let iris = found("iris", "name = 'pca'\ncomponents = 2");
    assert_eq!((iris.trace.rows.len(), iris.end.as_str()), (2, "2 of 4 components are kept"));
    assert_eq!(iris.coordinates.unwrap().shape(), [120, 2]);
    let Cell::Number(together) = iris.trace.rows[1][3] else { panic!("{:?}", iris.trace) };
    assert!((0.95..1.0).contains(&together), "{together}");
    assert!(score(&iris.test.unwrap(), "reconstruction_error") < 0.1);
    let rings = found("rings", "name = 'kernel_pca'\nkernel = 'rbf'\ngamma = 1\ncomponents = 3");
    assert_eq!(rings.coordinates.unwrap().shape(), [160, 3]);
}

#[test]
fn labels_of_other_kinds_are_refused() {
    let text = "data.source = 'iris'\nlearner.name = 'perceptron'";
    let error = Study::new(&StudyConfig::from_toml(text).unwrap()).unwrap().run().unwrap_err().to_string();
    assert!(error.starts_with("label 2 of sample ") && error.ends_with("; softmax takes more"), "{error}");
}
